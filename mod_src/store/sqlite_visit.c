/* Which visit a hit belongs to. The store is the state: what is remembered here is a cache of one
 * visit a visitor, bounded, and whatever is not in it is looked up, so that restarts, crashes and
 * imports of old logs need no special care.
 *
 * Invariants of an entry: no other visit of its visitor ends after `before` and begins before `now`
 * does, or begins before `after` and behind it; `stored` is what the table has; an entry that
 * differs from it is dirty. */
#include <stdlib.h>
#include <string.h>

#include "sqlite_internal.h"

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

enum visit_statement {
    VISIT_PUT,
    VISIT_NEAR,
    VISIT_NEXT,
    VISIT_REMOVE,
    VISIT_MOVE_HITS,
    VISIT_SEEN_BEFORE,
    VISIT_FRESH_LATER,
    VISIT_NEWEST,
    VISIT_STATEMENTS
};

static const char *const files[VISIT_STATEMENTS] = {
    [VISIT_PUT] = "sqlite/write/visit_put.sql",
    [VISIT_NEAR] = "sqlite/write/visit_near.sql",
    [VISIT_NEXT] = "sqlite/write/visit_next.sql",
    [VISIT_REMOVE] = "sqlite/write/visit_remove.sql",
    [VISIT_MOVE_HITS] = "sqlite/write/visit_move_hits.sql",
    [VISIT_SEEN_BEFORE] = "sqlite/write/visit_seen_before.sql",
    [VISIT_FRESH_LATER] = "sqlite/write/visit_fresh_later.sql",
    [VISIT_NEWEST] = "sqlite/write/visit_newest.sql",
};

struct visit_keeper {
    int64_t timeout;
    uint64_t clock;
    int64_t newest; /* no visit began later; LONG_AGO: not known */
    sqlite3_stmt *statement[VISIT_STATEMENTS];
    struct entry entry[SETS][WAYS];
};

apr_status_t slim_sqlite_visits_open(struct slim_sqlite *store, int64_t timeout, apr_pool_t *pool)
{
    struct visit_keeper *k = apr_pcalloc(pool, sizeof *k);
    apr_status_t rv = APR_SUCCESS;

    k->timeout = timeout;
    k->newest = LONG_AGO;
    store->visits = k;
    for (int i = 0; i < VISIT_STATEMENTS && rv == APR_SUCCESS; i++) {
        rv = slim_sqlite_prepare(store, files[i], NULL, &k->statement[i]);
    }
    return rv;
}

void slim_sqlite_visits_forget(struct slim_sqlite *store)
{
    if (store->visits) {
        memset(store->visits->entry, 0, sizeof store->visits->entry);
        store->visits->newest = LONG_AGO;
    }
}

/* --- the table --- */

static apr_status_t write_visit(struct slim_sqlite *store, const struct slim_visit *v)
{
    const int64_t values[] = {v->id,
                              v->visitor,
                              v->began,
                              v->ended,
                              v->hits,
                              v->pageviews,
                              v->entry_hit,
                              v->exit_hit,
                              v->entry.page,
                              v->exit,
                              v->entry.source,
                              v->entry.searchterms,
                              v->entry.campaign,
                              v->entry.referer,
                              v->client.site,
                              v->client.country,
                              v->client.language,
                              v->client.agent,
                              v->client.robot,
                              v->fresh,
                              v->client.place,
                              v->client.network,
                              v->marks,
                              v->assets};
    sqlite3_stmt *statement = store->visits->statement[VISIT_PUT];

    slim_sqlite_bind_numbers(statement, values, (int)(sizeof values / sizeof values[0]));
    return slim_sqlite_run(store, statement, "store visits in");
}

/* Replaces what the table and the rollups have of a visit; either may be empty (hits == 0). */
static apr_status_t change(struct slim_sqlite *store, const struct slim_visit *from,
                           const struct slim_visit *to)
{
    apr_status_t rv = APR_SUCCESS;

    if (from->hits > 0) {
        rv = slim_sqlite_rollup_visit(store, from, -1);
    }
    if (rv == APR_SUCCESS && to->hits > 0) {
        rv = slim_sqlite_rollup_visit(store, to, 1);
    }
    if (rv == APR_SUCCESS && to->hits > 0) {
        rv = write_visit(store, to);
    }
    return rv;
}

static apr_status_t clean(struct slim_sqlite *store, struct entry *e)
{
    apr_status_t rv = e->dirty ? change(store, &e->stored, &e->now) : APR_SUCCESS;

    if (rv == APR_SUCCESS) {
        e->stored = e->now;
        e->dirty = 0;
    }
    return rv;
}

void slim_sqlite_read_visit(sqlite3_stmt *row, struct slim_visit *v)
{
    int64_t *const columns[] = {&v->id,
                                &v->visitor,
                                &v->began,
                                &v->ended,
                                &v->hits,
                                &v->pageviews,
                                &v->entry_hit,
                                &v->exit_hit,
                                &v->entry.page,
                                &v->exit,
                                &v->entry.source,
                                &v->entry.searchterms,
                                &v->entry.campaign,
                                &v->entry.referer,
                                &v->client.site,
                                &v->client.country,
                                &v->client.language,
                                &v->client.agent,
                                &v->client.robot,
                                &v->fresh,
                                &v->client.place,
                                &v->client.network,
                                &v->marks,
                                &v->assets,
                                &v->client.browser,
                                &v->client.platform};

    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        *columns[i] = sqlite3_column_int64(row, (int)i);
    }
}

/* The last visit of a visitor that began at or before second; hits == 0: there is none. */
static apr_status_t find_near(struct slim_sqlite *store, int64_t visitor, int64_t second,
                              struct slim_visit *visit)
{
    sqlite3_stmt *statement = store->visits->statement[VISIT_NEAR];
    const int64_t values[] = {visitor, second};
    apr_status_t rv = APR_SUCCESS;

    memset(visit, 0, sizeof *visit);
    slim_sqlite_bind_numbers(statement, values, 2);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW) {
        slim_sqlite_read_visit(statement, visit);
    } else if (rc != SQLITE_DONE) {
        rv = slim_sqlite_failed(store, "read");
    }
    sqlite3_reset(statement);
    return rv;
}

/* The number that a statement with its values bound finds; none when there is none. */
static apr_status_t take_number(struct slim_sqlite *store, sqlite3_stmt *statement, int64_t none,
                                int64_t *number)
{
    apr_status_t rv = APR_SUCCESS;
    int rc = sqlite3_step(statement);

    *number = none;
    if (rc == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL) {
        *number = sqlite3_column_int64(statement, 0);
    } else if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        rv = slim_sqlite_failed(store, "read");
    }
    sqlite3_reset(statement);
    return rv;
}

/* The same for a visitor and a second. */
static apr_status_t find_number(struct slim_sqlite *store, enum visit_statement which,
                                int64_t visitor, int64_t second, int64_t none, int64_t *number)
{
    sqlite3_stmt *statement = store->visits->statement[which];
    const int64_t values[] = {visitor, second};

    slim_sqlite_bind_numbers(statement, values, 2);
    return take_number(store, statement, none, number);
}

/* --- the cache --- */

static struct entry *find_entry(struct visit_keeper *k, int64_t visitor)
{
    struct entry *set = k->entry[(uint64_t)visitor % SETS];

    for (int i = 0; i < WAYS; i++) {
        if (set[i].used && set[i].now.visitor == visitor) {
            set[i].used = ++k->clock;
            return &set[i];
        }
    }
    return NULL;
}

/* An entry for a visitor that has none, in place of the one that was used longest ago. */
static apr_status_t take_entry(struct slim_sqlite *store, int64_t visitor, struct entry **entry)
{
    struct visit_keeper *k = store->visits;
    struct entry *set = k->entry[(uint64_t)visitor % SETS], *oldest = &set[0];

    for (int i = 1; i < WAYS; i++) {
        oldest = set[i].used < oldest->used ? &set[i] : oldest;
    }
    apr_status_t rv = oldest->used ? clean(store, oldest) : APR_SUCCESS;
    if (rv == APR_SUCCESS) {
        memset(oldest, 0, sizeof *oldest);
        oldest->used = ++k->clock;
        *entry = oldest;
    }
    return rv;
}

/* --- visits that change others --- */

/* Takes a visit that is in the table into the one of an entry. */
static apr_status_t absorb(struct slim_sqlite *store, struct entry *e,
                           const struct slim_visit *later)
{
    static const struct slim_visit nothing;
    sqlite3_stmt *move = store->visits->statement[VISIT_MOVE_HITS];
    sqlite3_stmt *drop = store->visits->statement[VISIT_REMOVE];
    const int64_t values[] = {e->now.id, later->began << SLIM_HIT_SECOND_SHIFT,
                              (later->ended + 1) << SLIM_HIT_SECOND_SHIFT, later->id};
    apr_status_t rv = change(store, later, &nothing);

    if (rv == APR_SUCCESS) {
        slim_sqlite_bind_numbers(move, values, 4);
        rv = slim_sqlite_run(store, move, "store visits in");
    }
    if (rv == APR_SUCCESS) {
        slim_sqlite_bind_numbers(drop, &later->id, 1);
        rv = slim_sqlite_run(store, drop, "store visits in");
    }
    if (rv == APR_SUCCESS) {
        slim_visit_absorb(&e->now, later);
        e->dirty = 1;
    }
    return rv;
}

/* A visit has got its first page view: it may be its visitor's first, in place of a later one. */
static apr_status_t find_fresh(struct slim_sqlite *store, struct entry *e)
{
    int64_t visitor = e->now.visitor, before = 0, began = NEVER;
    struct slim_visit later, stale;
    apr_status_t rv = APR_SUCCESS;

    if (e->before != LONG_AGO) {
        rv = find_number(store, VISIT_SEEN_BEFORE, visitor, e->now.began, 0, &before);
    }
    e->now.fresh = !before;
    if (rv != APR_SUCCESS || before || e->after == NEVER) {
        return rv;
    }
    rv = find_number(store, VISIT_FRESH_LATER, visitor, e->now.ended, NEVER, &began);
    if (rv == APR_SUCCESS && began != NEVER) {
        rv = find_near(store, visitor, began, &later);
        stale = later;
        later.fresh = 0;
        if (rv == APR_SUCCESS) {
            rv = change(store, &stale, &later);
        }
    }
    return rv;
}

/* --- a hit --- */

static int is_plain(const struct visit_keeper *k, const struct entry *e, int64_t second)
{
    return slim_visit_admits(&e->now, second, k->timeout)
           && second >= (e->now.id >> SLIM_HIT_SECOND_SHIFT) - SLIM_VISIT_SLACK
           && (e->before == LONG_AGO || second - k->timeout > e->before)
           && (e->after == NEVER || second + k->timeout < e->after);
}

static void set_before(struct entry *e, const struct slim_visit *visit)
{
    e->before = visit->hits > 0 ? visit->ended : LONG_AGO;
}

/* When the visitor came again after a hit. Hits mostly come in the order of time, and then nobody
 * has. */
static apr_status_t find_after(struct slim_sqlite *store, const struct slim_visit_hit *hit,
                               int64_t *after)
{
    struct visit_keeper *k = store->visits;
    apr_status_t rv = APR_SUCCESS;

    *after = NEVER;
    if (k->newest == LONG_AGO) {
        rv = take_number(store, k->statement[VISIT_NEWEST], 0, &k->newest);
    }
    if (rv == APR_SUCCESS && hit->second + k->timeout < k->newest) {
        rv = find_number(store, VISIT_NEXT, hit->visitor, hit->second + k->timeout, NEVER, after);
    }
    k->newest = hit->second > k->newest ? hit->second : k->newest;
    return rv;
}

/* The visits around a hit, as the table has them: puts the one that it belongs to into the entry
 * (hits == 0: none), and what it joins to that one into *joined. */
static apr_status_t look_around(struct slim_sqlite *store, const struct slim_visit_hit *hit,
                                struct entry *e, struct slim_visit *joined)
{
    int64_t timeout = store->visits->timeout;
    struct slim_visit last, early;
    apr_status_t rv = find_after(store, hit, &e->after);

    memset(joined, 0, sizeof *joined);
    if (rv == APR_SUCCESS) {
        rv = find_near(store, hit->visitor, hit->second + timeout, &last);
    }
    if (rv != APR_SUCCESS || last.hits == 0 || !slim_visit_admits(&last, hit->second, timeout)) {
        set_before(e, &last);
        return rv;
    }
    rv = find_near(store, hit->visitor, last.began - 1, &early);
    if (rv == APR_SUCCESS && early.hits > 0 && slim_visit_admits(&early, hit->second, timeout)) {
        *joined = last;
        last = early;
        rv = find_near(store, hit->visitor, last.began - 1, &early);
    }
    set_before(e, &early);
    if (hit->second < (last.id >> SLIM_HIT_SECOND_SHIFT) - SLIM_VISIT_SLACK) {
        *joined = last; /* a number of its own keeps the table in order of time */
    } else {
        e->now = e->stored = last;
    }
    return rv;
}

static apr_status_t find_place(struct slim_sqlite *store, const struct slim_visit_hit *hit,
                               struct entry **entry, struct slim_visit *joined)
{
    struct entry *e = find_entry(store->visits, hit->visitor);
    apr_status_t rv = APR_SUCCESS;

    *entry = e;
    joined->hits = 0;
    if (e && is_plain(store->visits, e, hit->second)) {
        return APR_SUCCESS;
    }
    if (e) {
        rv = clean(store, e);
        memset(&e->now, 0, sizeof e->now);
        memset(&e->stored, 0, sizeof e->stored);
        e->now.visitor = hit->visitor;
    } else {
        rv = take_entry(store, hit->visitor, entry);
    }
    return rv == APR_SUCCESS ? look_around(store, hit, *entry, joined) : rv;
}

apr_status_t slim_sqlite_visit_hit(struct slim_sqlite *store, const struct slim_visit_hit *hit,
                                   int64_t *visit)
{
    struct entry *e = NULL;
    struct slim_visit joined;
    int64_t pageviews;

    *visit = 0;
    if (hit->visitor == 0) {
        return APR_SUCCESS;
    }
    apr_status_t rv = find_place(store, hit, &e, &joined);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    pageviews = e->now.pageviews;
    if (e->now.hits == 0) {
        e->now = slim_visit_open(hit);
    } else {
        slim_visit_add(&e->now, hit);
    }
    e->dirty = 1;
    if (joined.hits > 0) {
        rv = absorb(store, e, &joined);
    }
    if (rv == APR_SUCCESS && pageviews == 0 && e->now.pageviews > 0) {
        rv = find_fresh(store, e);
    }
    *visit = e->now.id;
    return rv;
}

/* --- the end of a transaction --- */

apr_status_t slim_sqlite_visits_flush(struct slim_sqlite *store)
{
    apr_status_t rv = APR_SUCCESS;

    for (size_t set = 0; set < SETS && rv == APR_SUCCESS; set++) {
        for (int way = 0; way < WAYS && rv == APR_SUCCESS; way++) {
            struct entry *e = &store->visits->entry[set][way];
            rv = e->dirty ? clean(store, e) : APR_SUCCESS;
        }
    }
    return rv;
}
