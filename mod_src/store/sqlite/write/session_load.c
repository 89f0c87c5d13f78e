/* A session as the tables have it. */
#include <stdlib.h>

#include "session.h"
#include "store/sqlite/base/row.h"

#define WHOLE 128 /* hits: a session with more of them is not read whole */
#define KEPT_S 60 /* of such a one late hits are looked for among the last seconds */
#define MANY 2048 /* in that time: then among the last few */
#define FEW_S 5

/* --- memory --- */

int slim_sqlite_make_room(void *array, uint32_t *room, uint32_t used, size_t size)
{
    void **at = array;
    uint32_t wanted = *room ? *room * 2 : 1; /* most sessions are short */

    if (used < *room) {
        return 1;
    }
    void *larger = realloc(*at, wanted * size);
    if (!larger) {
        return 0;
    }
    *at = larger;
    *room = wanted;
    return 1;
}

int slim_sqlite_session_add(struct slim_sqlite_session *one, const struct slim_session_hit *hit)
{
    if (!slim_sqlite_make_room(&one->hit, &one->hits_room, one->hits, sizeof *one->hit)) {
        return 0;
    }
    one->hit[one->hits++] = *hit;
    return 1;
}

void slim_sqlite_session_clear(struct slim_sqlite_session *one)
{
    slim_session_past_clear(&one->past);
    free(one->hit);
    free(one->visit);
    *one = (struct slim_sqlite_session){.past = one->past};
}

/* --- rows --- */

struct loading {
    struct slim_sqlite *store;
    struct slim_sqlite_session *session;
};

int slim_sqlite_hit_read(sqlite3_stmt *result, struct slim_hit_row *row)
{
    int next = slim_sqlite_row_read(result, &slim_stored_hit, row);
    const char *method = slim_sql_column_text(result, next);

    row->roles = slim_hit_row_roles(row, slim_text_of(method));
    return next + 1;
}

static apr_status_t take_hit(void *baton, sqlite3_stmt *result)
{
    const struct loading *loading = baton;
    struct slim_hit_row row = {0};

    slim_sqlite_hit_read(result, &row);
    struct slim_session_hit hit = slim_hit_row_of_session(&row);
    hit.is = hit.was;
    if (!slim_sqlite_session_add(loading->session, &hit)) {
        slim_sqlite_no_memory(loading->store);
    }
    return APR_SUCCESS;
}

static apr_status_t take_visit(void *baton, sqlite3_stmt *result)
{
    const struct loading *loading = baton;
    struct slim_sqlite_session *one = loading->session;

    if (slim_sqlite_make_room(&one->visit, &one->visits_room, one->visits, sizeof *one->visit)) {
        struct slim_visit *visit = &one->visit[one->visits++];
        slim_sqlite_row_read(result, &slim_stored_visit, visit);
        one->past.own |= visit->client.robot == SLIM_ROBOT_OWN;
    } else {
        slim_sqlite_no_memory(loading->store);
    }
    return APR_SUCCESS;
}

/* --- what is not loaded --- */

/* What is known of hits before from, second: the visit that was the last then, and the rest, less
 * the hits that are at hand. */
struct before {
    struct slim_sqlite *store;
    struct slim_sqlite_session *session;
    int64_t from;
};

static int acts(const struct slim_session_hit *hit)
{
    const unsigned always = SLIM_ROLE_VIEW | SLIM_ROLE_DOWNLOAD | SLIM_ROLE_SEARCH;
    int waits = hit->roles & (SLIM_ROLE_POSTED | SLIM_ROLE_PREFETCH);

    return hit->was.pageview || (!waits && hit->roles & always);
}

/* When the last hit of a visit before a time was. */
static int64_t last_before(const struct before *b, const struct slim_visit *visit, int64_t until)
{
    int64_t last = visit->closed;

    if (last >= until) {
        slim_sql_numbers(b->store, "write/visit_last",
                         SLIM_VALUES(slim_value(":visit", visit->id),
                                     slim_value(":opened", visit->opened),
                                     slim_value(":until", until)),
                         until - 1, &last, 1);
    }
    return last;
}

/* Some of a visit's marks may be those of hits at hand alone. */
static int64_t marks_before(const struct before *b, const struct slim_visit *visit, int64_t until)
{
    int64_t marks = visit->marks & ~SLIM_VISIT_MARKS;

    if (marks) {
        slim_sql_numbers(b->store, "write/marks_before",
                         SLIM_VALUES(slim_value(":visit", visit->id), slim_value(":until", until)),
                         0, &marks, 1);
    }
    return marks;
}

/* What a visit was before from; its last second and marks as before until. */
static struct slim_visit without_those_at_hand(const struct before *b,
                                               const struct slim_visit *visit, int64_t until)
{
    struct slim_visit rest = *visit;

    for (uint32_t i = 0; i < b->session->hits; i++) {
        const struct slim_session_hit *hit = &b->session->hit[i];
        if (hit->was.visit == visit->id) {
            rest.hits--;
            rest.acts -= visit->acts > 0 && acts(hit);
            rest.pageviews -= hit->was.pageview;
            rest.assets -= (hit->roles & SLIM_ROLE_ASSET) != 0;
        }
    }
    rest.marks = marks_before(b, visit, until);
    rest.closed = last_before(b, visit, until);
    rest.ended = visit->acts == 0 ? rest.closed : rest.ended;
    return rest;
}

/* The time of an act that was before from does not matter, but for being shortly before the next.
 */
static void begin_past_visit(const struct before *b, const struct slim_visit *visit)
{
    struct slim_session_past *past = &b->session->past;
    struct slim_visit early = without_those_at_hand(b, visit, b->from);

    if (early.acts <= 0) {
        return; /* only what came along with its first act is before */
    }
    past->acted = early.acts == visit->acts ? visit->ended : b->from - 1;
    early.ended = past->acted;
    if (early.pageviews == 0) {
        early.entry_hit = early.exit_hit = early.entry.page = early.exit = 0;
        early.counted = early.began;
    }
    past->visit = early;
}

static apr_status_t take_counted(void *baton, sqlite3_stmt *row)
{
    const struct loading *loading = baton;
    struct slim_session_past *past = &loading->session->past;
    int fits = 1;

    if (sqlite3_column_int(row, 0)) {
        fits = slim_session_past_had(past, sqlite3_column_int64(row, 2));
    }
    if (fits && sqlite3_column_int(row, 1)) {
        fits = slim_session_past_searched(past, sqlite3_column_int64(row, 3));
    }
    if (!fits) {
        slim_sqlite_no_memory(loading->store);
    }
    return APR_SUCCESS;
}

static int has_hit(const struct slim_sqlite_session *one, int64_t visit)
{
    for (uint32_t i = 0; i < one->hits; i++) {
        if (one->hit[i].was.visit == visit) {
            return 1;
        }
    }
    return 0;
}

/* Visits that have no hit at hand, and do not go on, stay as they are. */
static void leave_done(struct slim_sqlite_session *one)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < one->visits; i++) {
        const struct slim_visit *visit = &one->visit[i];
        if (visit->id == one->past.visit.id || visit->id == one->past.rest.id
            || has_hit(one, visit->id)) {
            one->visit[kept++] = *visit;
        } else {
            one->past_counts |= slim_visit_counts(visit);
        }
    }
    one->visits = kept;
}

/* What waits: hits of the rest, and those that came along with a visit whose acts are at hand. */
struct waiting {
    const struct before *before;
    const struct slim_visit *claimed; /* that visit; NULL: none */
};

static apr_status_t take_wait(void *baton, sqlite3_stmt *row)
{
    const struct waiting *w = baton;
    struct slim_sqlite_session *one = w->before->session;
    int64_t visit = sqlite3_column_int64(row, 0);
    const struct slim_session_wait wait = {sqlite3_column_int64(row, 1),
                                           sqlite3_column_int64(row, 2),
                                           sqlite3_column_int64(row, 3),
                                           sqlite3_column_int64(row, 4)};

    if (w->claimed && visit == w->claimed->id) {
        one->claim.visit = visit;
        one->claim.from = wait.second < one->claim.from ? wait.second : one->claim.from;
    } else {
        one->past.rest.hits -= wait.hits;
        one->past.rest.assets -= wait.assets;
    }
    if (!slim_session_wait(&one->past, wait)) {
        slim_sqlite_no_memory(w->before->store);
    }
    return APR_SUCCESS;
}

/* Its own hits came later: what was before came along with a visit. */
static void begin_rest(struct slim_visit *rest, const struct slim_visit *claimed, int64_t id)
{
    *rest = (struct slim_visit){.id = id,
                                .began = claimed->opened,
                                .opened = claimed->opened,
                                .counted = claimed->opened,
                                .client = claimed->client,
                                .entry = claimed->entry};
    rest->entry.page = 0;
}

/* -1: no hit has that. */
static int64_t number_or_none(int64_t visit)
{
    return visit ? visit : -1;
}

static void find_waiting(const struct before *b, const struct slim_visit *claimed, int64_t timeout)
{
    struct slim_session_past *past = &b->session->past;
    const struct waiting waiting = {b, claimed};
    const struct slim_value *values =
        SLIM_VALUES(slim_value(":from", b->from - timeout), slim_value(":until", b->from),
                    slim_value(":rest", number_or_none(past->rest.id)),
                    slim_value(":claimed", claimed ? claimed->id : -1));
    int64_t first = 0;

    if (claimed && past->rest.id == 0) {
        slim_sql_numbers(b->store, "write/wait_first", values, 0, &first, 1);
        begin_rest(&past->rest, claimed, first);
    }
    if (past->rest.id != 0) {
        slim_sql_rows(b->store, "write/wait_find", values, take_wait, (void *)(uintptr_t)&waiting);
    }
    b->session->claim.rest = past->rest.id;
}

static void make_past(const struct before *b, int64_t timeout)
{
    struct slim_sqlite_session *one = b->session;
    struct loading loading = {b->store, one};
    const struct slim_visit *last = NULL, *claimed = NULL;

    for (uint32_t i = 0; i < one->visits; i++) {
        const struct slim_visit *visit = &one->visit[i];
        if (visit->acts == 0) {
            one->past.rest = visit->opened < b->from
                                 ? without_those_at_hand(b, visit, b->from - timeout)
                                 : (struct slim_visit){.hits = 0};
        } else if (visit->began >= b->from) {
            claimed = visit->opened < b->from ? visit : claimed;
        } else if (!last || visit->began > last->began) {
            last = visit;
        }
    }
    if (last) {
        begin_past_visit(b, last);
    }
    one->past.until = b->from - 1;
    one->past.since = b->from - timeout;
    find_waiting(b, claimed, timeout);
    if (one->past.visit.hits > 0) {
        slim_sql_rows(b->store, "write/visit_counted",
                      SLIM_VALUES(slim_value(":visit", one->past.visit.id),
                                  slim_value(":from", b->from)),
                      take_counted, &loading);
    }
    leave_done(one);
}

/* --- loading --- */

int64_t slim_sqlite_session_hits(const struct slim_sqlite_session *one)
{
    int64_t hits = 0;

    for (uint32_t i = 0; i < one->visits; i++) {
        hits += one->visit[i].hits;
    }
    return hits;
}

/* Whether more than so many hits, as file says, lie between two times. */
static int has_more(struct slim_sqlite *store, const struct slim_sqlite_session *one,
                    const struct slim_session_span *span, const char *file, int64_t most,
                    int64_t from, int64_t until)
{
    int64_t found;

    slim_sql_numbers(store, file,
                     SLIM_VALUES(slim_value(":visitor", one->visitor),
                                 slim_value(":began", span->began),
                                 slim_value(":ended", span->ended), slim_value(":from", from),
                                 slim_value(":until", until), slim_value(":most", most)),
                     0, &found, 1);
    return found != 0;
}

/* The second from which hits have to be read for one at second. */
static int64_t first_needed(struct slim_sqlite *store, struct slim_sqlite_session *one,
                            const struct slim_session_span *span, int64_t second, int64_t timeout)
{
    if (second == SLIM_LONG_AGO || slim_sqlite_session_hits(one) <= WHOLE) {
        return span->began;
    }
    int64_t last = second < span->ended ? second : span->ended, from = last - KEPT_S;
    if (has_more(store, one, span, "write/session_many", MANY, from, last)) {
        from = last - FEW_S;
    }
    /* a prefetch of two time limits before may be shown, or was by another */
    if (from > span->began
        && has_more(store, one, span, "write/session_prefetch", 0, from - 2 * timeout, from)) {
        one->past.has_prefetches = 1;
        from -= 2 * timeout;
    }
    return from;
}

void slim_sqlite_session_load_visits(struct slim_sqlite *store, struct slim_sqlite_session *one,
                                     const struct slim_session_span *span)
{
    struct loading loading = {store, one};

    slim_sql_rows(store, "write/session_visits",
                  SLIM_VALUES(slim_value(":visitor", one->visitor),
                              slim_value(":began", span->began), slim_value(":ended", span->ended)),
                  take_visit, &loading);
}

void slim_sqlite_session_load_hits(struct slim_sqlite *store, struct slim_sqlite_session *one,
                                   const struct slim_session_span *span, int64_t second,
                                   const struct slim_session_rules *rules, int64_t rows_from)
{
    struct loading loading = {store, one};

    one->claim = (struct slim_session_claim){.from = SLIM_NEVER};
    int64_t from = first_needed(store, one, span, second, rules->timeout);
    from = from < rows_from ? rows_from : from;
    slim_sql_rows(store, "write/session_hits",
                  SLIM_VALUES(slim_value(":visitor", one->visitor), slim_value(":from", from),
                              slim_value(":began", span->began), slim_value(":ended", span->ended)),
                  take_hit, &loading);
    if (from > span->began) {
        const struct before before = {store, one, from};
        make_past(&before, rules->timeout);
    }
}
