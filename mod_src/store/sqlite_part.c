/* What a dimension's keys add up to over a period. Whole days (or hours) come from the rollups, the
 * edges of the period, and whatever a filter asks for that rollups do not know, from rows: both go
 * into one table of parts, which the report's own statement then adds up. */
#include <string.h>

#include "sqlite_reader.h"

/* Keys that are not the dimension's own. */
static const struct {
    const char *report;
    const char *hit_key, *visit_key, *rollup_key;
} own_keys[] = {
    {"timeline", "slim_bucket(hit.id >> 24)", "slim_bucket(visit.began)",
     "slim_bucket(hit.bucket * 3600)"},
    {"hours", "slim_hour_of_week(hit.id >> 24)", "slim_hour_of_week(visit.began)",
     "slim_hour_of_week(hit.bucket * 3600)"},
    {"sites", "hit.site", "visit.site", "hit.site"},
};

static void choose_keys(struct composition *c)
{
    c->hit_key = c->dimension->hit_sql;
    c->visit_key = c->dimension->visit_sql;
    c->rollup_key = "hit.key";
    for (size_t i = 0; i < sizeof own_keys / sizeof own_keys[0]; i++) {
        if (strcmp(own_keys[i].report, c->query->report->name) == 0) {
            c->hit_key = own_keys[i].hit_key;
            c->visit_key = own_keys[i].visit_key;
            c->rollup_key = own_keys[i].rollup_key;
        }
    }
}

/* --- running a file --- */

static apr_status_t finish(struct slim_sqlite *store, sqlite3_stmt *statement)
{
    apr_status_t rv =
        sqlite3_step(statement) == SQLITE_DONE ? APR_SUCCESS : slim_sqlite_read_failed(store);

    sqlite3_finalize(statement);
    return rv;
}

static apr_status_t prepare_file(struct slim_sqlite *store, struct composition *c, const char *file,
                                 int64_t since, int64_t until, sqlite3_stmt **statement)
{
    c->used = 0;
    slim_compose_file(c, file);
    return slim_sqlite_ask(store, c, since, until, statement);
}

static apr_status_t count_rows(struct slim_sqlite *store, struct composition *c, int64_t since,
                               int64_t until)
{
    sqlite3_stmt *statement;
    apr_status_t rv = APR_SUCCESS;

    if (since >= until) {
        return APR_SUCCESS;
    }
    if (c->hit_key) {
        rv = prepare_file(store, c, "sqlite/part/hits.sql", since, until, &statement);
        rv = rv == APR_SUCCESS ? finish(store, statement) : rv;
    }
    if (rv == APR_SUCCESS && c->visit_key) {
        rv = prepare_file(store, c, "sqlite/part/visits.sql", since, until, &statement);
        rv = rv == APR_SUCCESS ? finish(store, statement) : rv;
    }
    return rv;
}

static apr_status_t take_buckets(struct slim_sqlite *store, struct composition *c, const char *file,
                                 int64_t first, int64_t last)
{
    sqlite3_stmt *statement;
    apr_status_t rv = prepare_file(store, c, file, 0, 0, &statement);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    slim_sqlite_bind_int(statement, ":dimension", c->dimension->number);
    slim_sqlite_bind_int(statement, ":first", first);
    slim_sqlite_bind_int(statement, ":last", last);
    return finish(store, statement);
}

/* --- which way --- */

/* Rollups know a hit's site and its class of robot, and nothing else of it. */
static int filters_are_known(const struct slim_query *query)
{
    for (int i = 0; i < query->filters; i++) {
        if (strcmp(query->filter[i].dimension, "site") != 0
            && strcmp(query->filter[i].dimension, "robot") != 0) {
            return 0;
        }
    }
    return 1;
}

/* Hours of UTC are those of a zone only while its offset is one of whole hours. */
static int hours_are_whole(const struct slim_query *query)
{
    int64_t at = query->since;

    while (at < query->until) {
        if (slim_zone_offset(query->zone, at) % 3600 != 0) {
            return 0;
        }
        at = slim_zone_change(query->zone, at);
    }
    return 1;
}

static apr_status_t is_empty(struct slim_sqlite *store, struct composition *c, int64_t since,
                             int64_t until, int *empty)
{
    sqlite3_stmt *statement;
    apr_status_t rv = prepare_file(store, c, "sqlite/part/has_hits.sql", since, until, &statement);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (sqlite3_step(statement) == SQLITE_ROW) {
        *empty = sqlite3_column_int(statement, 0) == 0;
    } else {
        rv = slim_sqlite_read_failed(store);
    }
    sqlite3_finalize(statement);
    return rv;
}

static int64_t floor_to(int64_t value, int64_t unit)
{
    return value - value % unit;
}

/* The whole buckets of the period, [*first, *last) in seconds. One that the period cuts counts as
 * whole when nothing happened in what is cut off, or when its rows are gone: *rounded. */
static apr_status_t whole_buckets(struct slim_sqlite *store, struct composition *c, int64_t *first,
                                  int64_t *last, int *rounded)
{
    int64_t unit = c->dimension->unit;
    int64_t since = c->query->since, until = c->query->until;
    int empty = 1;
    apr_status_t rv = APR_SUCCESS;

    *first = floor_to(since, unit);
    *last = floor_to(until, unit);
    if (*first < since && *first < store->rows_from) {
        *rounded = 1;
    } else if (*first < since) {
        rv = is_empty(store, c, *first, since, &empty);
        *first += rv == APR_SUCCESS && empty ? 0 : unit;
    }
    empty = 0;
    if (rv == APR_SUCCESS && *last < until && *last < store->rows_from) {
        *last += unit;
        *rounded = 1;
    } else if (rv == APR_SUCCESS && *last < until) {
        rv = is_empty(store, c, until, *last + unit, &empty);
        *last += rv == APR_SUCCESS && empty ? unit : 0;
    }
    return rv;
}

static apr_status_t take_rollups(struct slim_sqlite *store, struct composition *c, int64_t first,
                                 int64_t last)
{
    int64_t unit = c->dimension->unit;
    apr_status_t rv = take_buckets(store, c, "sqlite/part/rollup.sql", first / unit, last / unit);

    if (rv == APR_SUCCESS && c->dimension->has_visitors) {
        rv = take_buckets(store, c, "sqlite/part/visitors.sql", first / unit, last / unit);
    }
    return rv;
}

/* Counts the whole period row by row, from where all rows are there. */
static apr_status_t fill_from_rows(struct slim_sqlite *store, struct composition *c,
                                   struct slim_answer *answer)
{
    int64_t since = c->query->since;

    answer->basis = SLIM_BASIS_ROWS;
    if (since < store->rows_from) {
        since = answer->rows_from = store->rows_from;
    }
    return count_rows(store, c, since, c->query->until);
}

static apr_status_t fill(struct slim_sqlite *store, struct composition *c,
                         struct slim_answer *answer)
{
    const struct slim_query *query = c->query;
    int64_t first = query->since, last = query->since;
    int rounded = 0;
    int may = !query->exact && filters_are_known(query)
              && (c->dimension->unit != 3600 || hours_are_whole(query));
    apr_status_t rv = may ? whole_buckets(store, c, &first, &last, &rounded) : APR_SUCCESS;

    if (rv != APR_SUCCESS || first >= last) {
        return rv == APR_SUCCESS ? fill_from_rows(store, c, answer) : rv;
    }
    answer->rounded = rounded;
    answer->basis =
        first > query->since || last < query->until ? SLIM_BASIS_BOTH : SLIM_BASIS_ROLLUPS;
    rv = take_rollups(store, c, first, last);
    if (rv == APR_SUCCESS) {
        rv = count_rows(store, c, query->since, first);
    }
    return rv == APR_SUCCESS ? count_rows(store, c, last, query->until) : rv;
}

/* A bucket in which nothing happened is a row, too: a gap would look like a shorter time. */
static apr_status_t add_zeros(struct slim_sqlite *store, struct composition *c)
{
    const struct slim_query *query = c->query;
    int64_t at = slim_zone_bucket(query->zone, query->since, query->by);
    int64_t last = query->until < query->now ? query->until : query->now + 1;
    sqlite3_stmt *statement;
    int rows = 0;
    apr_status_t rv = prepare_file(store, c, "sqlite/part/zero.sql", 0, 0, &statement);

    while (rv == APR_SUCCESS && at < last && query->since > 0 && rows++ < SLIM_LIMIT_MAX) {
        slim_sqlite_bind_int(statement, ":key", at);
        rv = slim_sqlite_run(store, statement, "read");
        at = slim_zone_next(query->zone, at, query->by);
    }
    if (rv == APR_SUCCESS) {
        sqlite3_finalize(statement);
    }
    return rv;
}

apr_status_t slim_sqlite_fill_parts(struct slim_sqlite *store, const struct slim_query *query,
                                    struct slim_answer *answer)
{
    char sql[SLIM_COMPOSED_MAX];
    struct composition c = {.at = sql,
                            .size = sizeof sql,
                            .query = query,
                            .dimension = slim_dimension_find(query->report->dimension)};
    struct slim_query everybody = *query;
    sqlite3_stmt *statement;

    choose_keys(&c);
    apr_status_t rv = prepare_file(store, &c, "sqlite/part/make.sql", 0, 0, &statement);
    rv = rv == APR_SUCCESS ? finish(store, statement) : rv;
    if (query->report->keeps_robots) { /* it tells people and robots apart itself */
        everybody.robots = 1;
        c.query = &everybody;
    }
    if (rv == APR_SUCCESS) {
        rv = fill(store, &c, answer);
    }
    if (rv == APR_SUCCESS && strcmp(query->report->name, "timeline") == 0) {
        rv = add_zeros(store, &c);
    }
    return rv;
}
