/* Which visit a hit belongs to. The store is the state: what is remembered here is a cache of one
 * visit a visitor, bounded, and whatever is not in it is looked up, so that restarts, crashes and
 * imports of old logs need no special care.
 *
 * Invariants of an entry: no other visit of its visitor ends after `before` and begins before `now`
 * does, or begins before `after` and behind it; `stored` is what the table has; an entry that
 * differs from it is dirty. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "store/sqlite/base/row.h"
#include "writer.h"

#define SETS 4096
#define WAYS 4
#define LONG_AGO INT64_MIN
#define NEVER INT64_MAX

struct entry {
    struct slim_visit now, stored; /* stored.hits == 0: not in the table yet */
    int64_t before;                /* when the visit before it ended; LONG_AGO: there is none */
    int64_t after;                 /* when the next one began; NEVER: there is none */
    uint64_t used;                 /* the clock when it was used last; 0: free */
    int dirty;
};

struct slim_sqlite_visits {
    int64_t timeout;
    uint64_t clock;
    int64_t newest; /* no visit began later; LONG_AGO: not known */
    sqlite3_stmt *put, *near;
    uint8_t
        in_use[SETS]; /* of the other sets all entries are free: their memory is not looked at */
    struct entry entry[SETS][WAYS];
};

static apr_status_t unmap(void *visits)
{
    munmap(visits, sizeof(struct slim_sqlite_visits));
    return APR_SUCCESS;
}

/* Some megabytes of which a command needs little: pages that nothing touches are never made. */
static struct slim_sqlite_visits *map_visits(apr_pool_t *pool)
{
    struct slim_sqlite_visits *v =
        mmap(NULL, sizeof *v, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (v == MAP_FAILED) {
        return apr_pcalloc(pool, sizeof *v);
    }
    apr_pool_cleanup_register(pool, v, unmap, apr_pool_cleanup_null);
    return v;
}

struct slim_sqlite_visits *slim_sqlite_visits_open(struct slim_sqlite *store, int64_t timeout,
                                                   apr_pool_t *pool)
{
    struct slim_sqlite_visits *v = map_visits(pool);

    v->timeout = timeout;
    v->newest = LONG_AGO;
    v->put = slim_sql_statement(store, "write/visit_put", NULL);
    v->near = slim_sql_placed(store, "write/visit_near", ":visitor :second");
    return v;
}

void slim_sqlite_visits_forget(struct slim_sqlite_writer *w)
{
    struct slim_sqlite_visits *v = w->visits;

    if (!v) {
        return;
    }
    for (size_t set = 0; set < SETS; set++) {
        if (v->in_use[set]) {
            memset(v->entry[set], 0, sizeof v->entry[set]);
        }
    }
    memset(v->in_use, 0, sizeof v->in_use);
    v->newest = LONG_AGO;
}

/* --- the table --- */

/* Replaces what the table and the rollups have of a visit; either may be empty (hits == 0). */
static void change(struct slim_sqlite_writer *w, const struct slim_visit *from,
                   const struct slim_visit *to)
{
    if (from->hits > 0) {
        slim_sqlite_rollup_visit(w, from, -1);
    }
    if (to->hits > 0) {
        slim_sqlite_rollup_visit(w, to, 1);
        slim_sqlite_row_bind(w->visits->put, &slim_stored_visit, to);
        slim_sql_finish(&w->store, w->visits->put);
    }
}

static void clean(struct slim_sqlite_writer *w, struct entry *e)
{
    if (e->dirty) {
        change(w, &e->stored, &e->now);
    }
    e->stored = e->now;
    e->dirty = 0;
}

/* The last visit of a visitor that began at or before second; hits == 0: there is none. */
static struct slim_visit find_near(struct slim_sqlite_writer *w, int64_t visitor, int64_t second)
{
    sqlite3_stmt *statement = w->visits->near;
    struct slim_visit visit = {0};

    sqlite3_bind_int64(statement, 1, visitor);
    sqlite3_bind_int64(statement, 2, second);
    if (slim_sql_step(&w->store, statement)) {
        slim_sqlite_row_read(statement, &slim_stored_visit, &visit);
    }
    sqlite3_reset(statement);
    return visit;
}

/* The number that a file finds for a visitor and a second; none when there is none. */
static int64_t find_number(struct slim_sqlite_writer *w, const char *file, int64_t visitor,
                           int64_t second, int64_t none)
{
    int64_t number;

    slim_sql_numbers(&w->store, file,
                     SLIM_VALUES(slim_value(":visitor", visitor), slim_value(":second", second)),
                     none, &number, 1);
    return number;
}

/* --- the cache --- */

static struct entry *find_entry(struct slim_sqlite_visits *v, int64_t visitor)
{
    struct entry *set = v->entry[(uint64_t)visitor % SETS];

    for (int i = 0; i < WAYS; i++) {
        if (set[i].used && set[i].now.visitor == visitor) {
            set[i].used = ++v->clock;
            return &set[i];
        }
    }
    return NULL;
}

/* An entry for a visitor that has none, in place of the one that was used longest ago. */
static struct entry *take_entry(struct slim_sqlite_writer *w, int64_t visitor)
{
    struct slim_sqlite_visits *v = w->visits;
    struct entry *set = v->entry[(uint64_t)visitor % SETS], *oldest = &set[0];

    for (int i = 1; i < WAYS; i++) {
        oldest = set[i].used < oldest->used ? &set[i] : oldest;
    }
    if (oldest->used) {
        clean(w, oldest);
    }
    memset(oldest, 0, sizeof *oldest);
    oldest->used = ++v->clock;
    v->in_use[(uint64_t)visitor % SETS] = 1;
    return oldest;
}

/* --- visits that change others --- */

/* Takes a visit that is in the table into the one of an entry. */
static void absorb(struct slim_sqlite_writer *w, struct entry *e, const struct slim_visit *later)
{
    static const struct slim_visit nothing;

    change(w, later, &nothing);
    slim_sql_run(&w->store, "write/visit_move_hits",
                 SLIM_VALUES(slim_value(":into", e->now.id),
                             slim_value(":first", later->began << SLIM_HIT_SECOND_SHIFT),
                             slim_value(":last", (later->ended + 1) << SLIM_HIT_SECOND_SHIFT),
                             slim_value(":visit", later->id)));
    slim_sql_run(&w->store, "write/visit_remove", SLIM_VALUES(slim_value(":id", later->id)));
    slim_visit_absorb(&e->now, later);
    e->dirty = 1;
}

/* A visit has got its first page view: it may be its visitor's first, in place of a later one. */
static void find_fresh(struct slim_sqlite_writer *w, struct entry *e)
{
    int64_t visitor = e->now.visitor, before = 0, began;

    if (e->before != LONG_AGO) {
        before = find_number(w, "write/visit_seen_before", visitor, e->now.began, 0);
    }
    e->now.fresh = !before;
    if (before || e->after == NEVER) {
        return;
    }
    began = find_number(w, "write/visit_fresh_later", visitor, e->now.ended, NEVER);
    if (began != NEVER) {
        struct slim_visit stale = find_near(w, visitor, began), later = stale;
        later.fresh = 0;
        change(w, &stale, &later);
    }
}

/* --- a hit --- */

static int is_plain(const struct slim_sqlite_visits *v, const struct entry *e, int64_t second)
{
    return slim_visit_admits(&e->now, second, v->timeout)
           && second >= (e->now.id >> SLIM_HIT_SECOND_SHIFT) - SLIM_VISIT_SLACK
           && (e->before == LONG_AGO || second - v->timeout > e->before)
           && (e->after == NEVER || second + v->timeout < e->after);
}

static void set_before(struct entry *e, const struct slim_visit *visit)
{
    e->before = visit->hits > 0 ? visit->ended : LONG_AGO;
}

/* When the visitor came again after a hit. Hits mostly come in the order of time, and then nobody
 * has. */
static int64_t find_after(struct slim_sqlite_writer *w, const struct slim_visit_hit *hit)
{
    struct slim_sqlite_visits *v = w->visits;
    int64_t after = NEVER;

    if (v->newest == LONG_AGO) {
        slim_sql_numbers(&w->store, "write/visit_newest", SLIM_NO_VALUES, 0, &v->newest, 1);
    }
    if (hit->second + v->timeout < v->newest) {
        after = find_number(w, "write/visit_next", hit->visitor, hit->second + v->timeout, NEVER);
    }
    v->newest = hit->second > v->newest ? hit->second : v->newest;
    return after;
}

/* The visits around a hit, as the table has them: puts the one that it belongs to into the entry
 * (hits == 0: none), and what it joins to that one into *joined. */
static void look_around(struct slim_sqlite_writer *w, const struct slim_visit_hit *hit,
                        struct entry *e, struct slim_visit *joined)
{
    int64_t timeout = w->visits->timeout;
    struct slim_visit last, early;

    e->after = find_after(w, hit);
    last = find_near(w, hit->visitor, hit->second + timeout);
    if (last.hits == 0 || !slim_visit_admits(&last, hit->second, timeout)) {
        set_before(e, &last);
        return;
    }
    early = find_near(w, hit->visitor, last.began - 1);
    if (early.hits > 0 && slim_visit_admits(&early, hit->second, timeout)) {
        *joined = last;
        last = early;
        early = find_near(w, hit->visitor, last.began - 1);
    }
    set_before(e, &early);
    if (hit->second < (last.id >> SLIM_HIT_SECOND_SHIFT) - SLIM_VISIT_SLACK) {
        *joined = last; /* a number of its own keeps the table in order of time */
    } else {
        e->now = e->stored = last;
    }
}

static struct entry *find_place(struct slim_sqlite_writer *w, const struct slim_visit_hit *hit,
                                struct slim_visit *joined)
{
    struct entry *e = find_entry(w->visits, hit->visitor);

    joined->hits = 0;
    if (e && is_plain(w->visits, e, hit->second)) {
        return e;
    }
    if (e) {
        clean(w, e);
        memset(&e->now, 0, sizeof e->now);
        memset(&e->stored, 0, sizeof e->stored);
        e->now.visitor = hit->visitor;
    } else {
        e = take_entry(w, hit->visitor);
    }
    look_around(w, hit, e, joined);
    return e;
}

int64_t slim_sqlite_visit_hit(struct slim_sqlite_writer *w, const struct slim_visit_hit *hit)
{
    struct slim_visit joined;

    if (hit->visitor == 0 || !slim_sql_is_well(&w->store)) {
        return 0;
    }
    struct entry *e = find_place(w, hit, &joined);
    int64_t pageviews = e->now.pageviews;
    if (e->now.hits == 0) {
        e->now = slim_visit_open(hit);
    } else {
        slim_visit_add(&e->now, hit);
    }
    e->dirty = 1;
    if (joined.hits > 0) {
        absorb(w, e, &joined);
    }
    if (pageviews == 0 && e->now.pageviews > 0) {
        find_fresh(w, e);
    }
    return e->now.id;
}

/* --- the end of a transaction --- */

void slim_sqlite_visits_flush(struct slim_sqlite_writer *w)
{
    for (size_t set = 0; set < SETS; set++) {
        for (int way = 0; w->visits->in_use[set] && way < WAYS; way++) {
            struct entry *e = &w->visits->entry[set][way];
            if (e->dirty) {
                clean(w, e);
            }
        }
    }
}
