/* Which session a hit belongs to. */
#include "session.h"

#include <stdlib.h>
#include <string.h>

#include "store/sqlite/base/row.h"

/* --- opening and closing --- */

static void drop(struct slim_sqlite_sessions *s, struct slim_sqlite_session *one)
{
    if (one) {
        s->hits -= one->hits;
        slim_sqlite_session_clear(one);
        free(one);
    }
}

static apr_status_t free_all(void *data)
{
    struct slim_sqlite_sessions *s = data;

    for (size_t set = 0; set < SETS; set++) {
        for (int way = 0; way < WAYS; way++) {
            drop(s, s->of[set][way]);
        }
    }
    slim_session_work_free(s->work);
    free(s->claim);
    free(s->visit);
    free(s->span);
    return APR_SUCCESS;
}

struct slim_sqlite_sessions *slim_sqlite_sessions_open(struct slim_sqlite *store, int64_t timeout,
                                                       apr_pool_t *pool)
{
    struct slim_sqlite_sessions *s = apr_pcalloc(pool, sizeof *s);

    s->rules = slim_sqlite_session_rules(store, timeout);
    s->work = slim_session_work_make();
    s->newest = SLIM_LONG_AGO;
    s->rows_from = -1;
    apr_pool_cleanup_register(pool, s, free_all, apr_pool_cleanup_null);
    s->near = slim_sql_placed(store, "write/session_near", NULL, ":visitor :second");
    slim_sqlite_orders_open(store, s);
    slim_sqlite_settling_open(store, s, pool);
    s->hit_find = slim_sql_placed(store, "write/hit_find", NULL, ":id");
    s->hit_change = slim_sql_placed(store, "write/hit_change", NULL,
                                    ":visit :pageview :download :shown :robot :flags :id");
    if (!s->work) {
        slim_sqlite_no_memory(store);
    }
    return s;
}

void slim_sqlite_sessions_forget(struct slim_sqlite_writer *w)
{
    struct slim_sqlite_sessions *s = w->sessions;

    if (!s) {
        return;
    }
    for (size_t set = 0; set < SETS; set++) {
        for (int way = 0; way < WAYS; way++) {
            drop(s, s->of[set][way]);
            s->of[set][way] = NULL;
        }
    }
    s->dirty = NULL;
    slim_sqlite_settling_forget(s);
    s->claims = 0;
    s->newest = SLIM_LONG_AGO;
    s->rows_from = -1;
}

/* --- the cache --- */

static struct slim_sqlite_session **find_place(struct slim_sqlite_sessions *s, int64_t visitor)
{
    struct slim_sqlite_session **set = s->of[(uint64_t)visitor % SETS];

    for (int i = 0; i < WAYS; i++) {
        if (set[i] && set[i]->visitor == visitor) {
            set[i]->used = ++s->clock;
            return &set[i];
        }
    }
    return NULL;
}

static void unlist(struct slim_sqlite_sessions *s, struct slim_sqlite_session *one)
{
    struct slim_sqlite_session **at = &s->dirty;

    while (*at && *at != one) {
        at = &(*at)->next;
    }
    if (*at) {
        *at = one->next;
    }
    one->is_dirty = 0;
}

/* Writes what is in a place, and makes it free. */
static void leave(struct slim_sqlite_writer *w, struct slim_sqlite_session **place)
{
    struct slim_sqlite_session *one = *place;

    if (one && one->is_dirty) {
        unlist(w->sessions, one);
        slim_sqlite_session_write(w, one);
        slim_sqlite_sessions_settle(w);
    }
    drop(w->sessions, one);
    *place = NULL;
}

/* A place for a visitor that has none: a free one, or that which was used longest ago. */
static struct slim_sqlite_session **take_place(struct slim_sqlite_writer *w, int64_t visitor)
{
    struct slim_sqlite_session **set = w->sessions->of[(uint64_t)visitor % SETS], **oldest = set;

    for (int i = 0; i < WAYS; i++) {
        if (!set[i]) {
            return &set[i];
        }
        oldest = set[i]->used < (*oldest)->used ? &set[i] : oldest;
    }
    leave(w, oldest);
    return oldest;
}

static struct slim_sqlite_session *make(struct slim_sqlite_writer *w, int64_t visitor)
{
    struct slim_sqlite_session *one = calloc(1, sizeof *one);

    if (!one) {
        slim_sqlite_no_memory(&w->store);
        return NULL;
    }
    slim_session_past_clear(&one->past);
    one->visitor = visitor;
    one->claim.from = SLIM_NEVER;
    one->used = ++w->sessions->clock;
    return one;
}

/* --- the tables --- */

/* The last session of a visitor that began at or before second. */
static struct slim_session_span find_near(struct slim_sqlite_writer *w, int64_t visitor,
                                          int64_t second)
{
    sqlite3_stmt *statement = w->sessions->near;
    struct slim_session_span span = {0};

    sqlite3_bind_int64(statement, 1, visitor);
    sqlite3_bind_int64(statement, 2, second);
    if (slim_sql_step(&w->store, statement)) {
        span = (struct slim_session_span){sqlite3_column_int64(statement, 0),
                                          sqlite3_column_int64(statement, 1),
                                          sqlite3_column_int64(statement, 2),
                                          sqlite3_column_int64(statement, 3)};
    }
    sqlite3_reset(statement);
    return span;
}

/* When the visitor came again after a hit. Hits mostly come in the order of time, and then nobody
 * has. */
static int64_t find_after(struct slim_sqlite_writer *w, int64_t visitor, int64_t second)
{
    struct slim_sqlite_sessions *s = w->sessions;
    int64_t after = SLIM_SESSION_NEVER;

    if (s->newest == SLIM_LONG_AGO) {
        slim_sql_numbers(&w->store, "write/session_newest", SLIM_NO_VALUES, 0, &s->newest, 1);
    }
    if (second + s->rules.timeout < s->newest) {
        slim_sql_numbers(&w->store, "write/session_next",
                         SLIM_VALUES(slim_value(":visitor", visitor),
                                     slim_value(":second", second + s->rules.timeout)),
                         SLIM_SESSION_NEVER, &after, 1);
    }
    s->newest = second > s->newest ? second : s->newest;
    return after;
}

/* --- loading --- */

static void load(struct slim_sqlite_writer *w, struct slim_sqlite_session *one,
                 const struct slim_session_span *span, int64_t second, int64_t own)
{
    struct slim_sqlite_sessions *s = w->sessions;
    uint32_t before = one->hits;

    if (s->rows_from < 0) {
        s->rows_from = slim_sqlite_rows_from(&w->store);
    }
    slim_sqlite_session_load_visits(&w->store, one, span);
    if (own && !one->past.own) {
        second = SLIM_LONG_AGO; /* all of its hits change */
    }
    slim_sqlite_session_load_hits(&w->store, one, span, second, &s->rules, s->rows_from);
    for (; before < one->hits; before++) {
        one->loaded = one->hit[before].id > one->loaded ? one->hit[before].id : one->loaded;
        s->hits++;
    }
}

static int admits(const struct slim_session_span *span, int64_t second, int64_t timeout)
{
    return span->id != 0 && second >= span->began - timeout && second <= span->ended + timeout;
}

static int64_t end_of(const struct slim_session_span *span)
{
    return span->id != 0 ? span->ended : SLIM_LONG_AGO;
}

/* Makes two sessions one, which keeps the number of the first. */
static void join(struct slim_sqlite_writer *w, struct slim_sqlite_session *one,
                 const struct slim_session_span *later)
{
    load(w, one, later, SLIM_LONG_AGO, 0);
    slim_sql_run(&w->store, "write/session_remove", SLIM_VALUES(slim_value(":id", later->id)));
    one->now.ended = later->ended > one->now.ended ? later->ended : one->now.ended;
}

/* Takes the sessions that a hit belongs to from the table: none, one, or two that it joins. */
static void look_around(struct slim_sqlite_writer *w, struct slim_sqlite_session *one,
                        int64_t second, int64_t own)
{
    int64_t timeout = w->sessions->rules.timeout;
    struct slim_session_span last, early;

    one->after = find_after(w, one->visitor, second);
    last = find_near(w, one->visitor, second + timeout);
    if (!admits(&last, second, timeout)) {
        one->before = end_of(&last);
        return;
    }
    slim_sqlite_flush_hits(w);
    early = find_near(w, one->visitor, last.began - 1);
    int joins = admits(&early, second, timeout);
    one->now = one->stored = joins ? early : last;
    load(w, one, &one->now, joins ? SLIM_LONG_AGO : second, own);
    if (joins) {
        join(w, one, &last);
        early = find_near(w, one->visitor, one->now.began - 1);
    }
    one->before = end_of(&early);
}

/* --- a hit --- */

/* Whether a hit belongs to the session and to no other. */
static int is_within(const struct slim_sqlite_sessions *s, const struct slim_sqlite_session *one,
                     int64_t second)
{
    int64_t timeout = s->rules.timeout;

    return admits(&one->now, second, timeout)
           && (one->before == SLIM_LONG_AGO || second - timeout > one->before)
           && (one->after == SLIM_SESSION_NEVER || second + timeout < one->after);
}

/* Whether what is past stays as it is when a hit comes. */
static int leaves_past(const struct slim_session_past *past, int64_t second, int64_t own)
{
    return past->until == SLIM_LONG_AGO || (second > past->until && (!own || past->own));
}

/* The session of a hit; NULL after a failure. */
static struct slim_sqlite_session *find_session(struct slim_sqlite_writer *w, int64_t visitor,
                                                int64_t second, int64_t own)
{
    struct slim_sqlite_session **place = find_place(w->sessions, visitor);

    if (place && is_within(w->sessions, *place, second)
        && leaves_past(&(*place)->past, second, own)) {
        return *place;
    }
    if (place) {
        leave(w, place);
    } else {
        place = take_place(w, visitor);
    }
    *place = make(w, visitor);
    if (*place) {
        look_around(w, *place, second, own);
        (*place)->past.own |= own != 0;
    }
    return *place;
}

static void make_dirty(struct slim_sqlite_sessions *s, struct slim_sqlite_session *one)
{
    if (!one->is_dirty) {
        one->is_dirty = 1;
        one->next = s->dirty;
        s->dirty = one;
    }
}

/* A new hit that comes late into a session that is remembered may be told at once what it is. */
static int add_late(struct slim_sqlite_writer *w, const struct slim_hit_row *row)
{
    struct slim_sqlite_sessions *s = w->sessions;
    struct slim_session_hit hit = slim_hit_row_of_session(row);
    struct slim_sqlite_session **place = find_place(s, row->visitor);

    if (!place || !is_within(s, *place, slim_session_second(&hit))) {
        return 0;
    }
    int taken = slim_session_late(&(*place)->past, &s->rules, &hit);
    if (taken < 0) {
        slim_sqlite_no_memory(&w->store);
    } else if (taken) {
        slim_hit_row_take(slim_sqlite_batch_row(w, slim_sqlite_batch_add(w, row)), &hit.is);
        (*place)->claims_again = 1;
        make_dirty(s, *place);
    }
    return taken;
}

static void widen(struct slim_session_span *span, int64_t id)
{
    int64_t second = id >> SLIM_HIT_SECOND_SHIFT;

    if (span->id == 0) {
        *span = (struct slim_session_span){id, second, second, 0};
    }
    span->rules = SLIM_SESSION_RULES;
    span->began = second < span->began ? second : span->began;
    span->ended = second > span->ended ? second : span->ended;
}

/* A stored hit that is given anew may just have been read with its session. */
static int is_loaded(const struct slim_sqlite_session *one, int64_t id)
{
    for (uint32_t i = 0; id <= one->loaded && i < one->hits; i++) {
        if (one->hit[i].id == id) {
            return 1;
        }
    }
    return 0;
}

/* Here nobody has a session in hand that would be forgotten, too. */
static void bound(struct slim_sqlite_writer *w)
{
    if (w->sessions->hits > HITS_MAX) {
        slim_sqlite_flush_hits(w);
        slim_sqlite_sessions_forget(w);
    }
}

void slim_sqlite_session_hit(struct slim_sqlite_writer *w, const struct slim_hit_row *row,
                             int is_new)
{
    struct slim_sqlite_sessions *s = w->sessions;
    struct slim_session_hit hit = slim_hit_row_of_session(row);

    bound(w);
    if (!slim_sql_is_well(&w->store) || (is_new && add_late(w, row))) {
        return;
    }
    struct slim_sqlite_session *one =
        find_session(w, row->visitor, slim_session_second(&hit), hit.own);
    if (!one || (!is_new && is_loaded(one, row->id))) {
        return;
    }
    widen(&one->now, row->id);
    hit.is = hit.was;
    hit.row = is_new ? slim_sqlite_batch_add(w, row) : 0;
    if (!slim_sqlite_session_add(one, &hit)) {
        slim_sqlite_no_memory(&w->store);
        return;
    }
    s->hits++;
    make_dirty(s, one);
}

void slim_sqlite_session_leave(struct slim_sqlite_writer *w, int64_t visitor)
{
    struct slim_sqlite_session **place = find_place(w->sessions, visitor);

    if (place) {
        leave(w, place);
    }
}

void slim_sqlite_sessions_tidy(struct slim_sqlite_writer *w)
{
    struct slim_sqlite_sessions *s = w->sessions;

    for (size_t i = 0; i < (size_t)SETS * WAYS; i++) {
        struct slim_sqlite_session **place = &s->of[i / WAYS][i % WAYS];
        if (*place && !(*place)->is_dirty
            && (*place)->now.ended + 2 * s->rules.timeout < s->newest) {
            drop(s, *place);
            *place = NULL;
        }
    }
}

void slim_sqlite_sessions_flush(struct slim_sqlite_writer *w)
{
    struct slim_sqlite_sessions *s = w->sessions;

    while (s->dirty) {
        struct slim_sqlite_session *one = s->dirty;
        s->dirty = one->next;
        one->is_dirty = 0;
        slim_sqlite_session_write(w, one);
    }
    slim_sqlite_sessions_settle(w);
}
