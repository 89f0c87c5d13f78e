/* Rows counted anew by SQL: the other way to the numbers that rollups keep. */
#include <string.h>

#include "sqlite_house.h"

apr_status_t slim_recount_open(struct slim_recount *recount, struct slim_sqlite *store)
{
    memset(recount, 0, sizeof *recount);
    recount->store = store;
    recount->query = (struct slim_query){.zone = &slim_zone_utc, .robots = 1};
    apr_status_t rv = slim_sqlite_add_functions(store, &recount->query, &recount->approximate);
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_rows_from(store, &recount->rows_from);
    }
    return rv == APR_SUCCESS ? slim_sqlite_run_file(store, "sqlite/house/recount.sql") : rv;
}

apr_status_t slim_recount_prepare(struct slim_recount *recount, const char *file,
                                  const struct slim_dimension *dimension, int64_t day,
                                  sqlite3_stmt **statement)
{
    apr_status_t rv = slim_sqlite_prepare(recount->store, file, NULL, statement);

    if (rv == APR_SUCCESS) {
        slim_sqlite_bind_int(*statement, ":dimension", dimension->number);
        slim_sqlite_bind_int(*statement, ":first", day * SLIM_DAY / dimension->unit);
        slim_sqlite_bind_int(*statement, ":last", (day + 1) * SLIM_DAY / dimension->unit);
    }
    return rv;
}

static apr_status_t first_bucket(struct slim_recount *recount, const char *file,
                                 const struct slim_dimension *dimension, int64_t day,
                                 int64_t *first)
{
    sqlite3_stmt *statement;
    int64_t bucket = -1;
    apr_status_t rv = slim_recount_prepare(recount, file, dimension, day, &statement);

    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_take_numbers(recount->store, statement, -1, &bucket, 1);
    }
    bucket = bucket < 0 ? -1 : bucket * dimension->unit / SLIM_DAY;
    if (rv == APR_SUCCESS && bucket >= 0 && (*first < 0 || bucket < *first)) {
        *first = bucket;
    }
    return rv;
}

apr_status_t slim_recount_next_day(struct slim_recount *recount, int64_t day, int64_t *next)
{
    sqlite3_stmt *statement;
    apr_status_t rv =
        slim_sqlite_prepare(recount->store, "sqlite/house/day_of_hits.sql", NULL, &statement);

    if (rv == APR_SUCCESS) {
        slim_sqlite_bind_int(statement, ":since", (day * SLIM_DAY) << SLIM_HIT_SECOND_SHIFT);
        rv = slim_sqlite_take_numbers(recount->store, statement, -1, next, 1);
    }
    for (const struct slim_dimension *d = slim_dimension_table; rv == APR_SUCCESS && d->number;
         d++) {
        rv = first_bucket(recount, "sqlite/house/bucket_of_rollups.sql", d, day, next);
        if (rv == APR_SUCCESS && d->has_visitors) {
            rv = first_bucket(recount, "sqlite/house/bucket_of_sets.sql", d, day, next);
        }
    }
    return rv;
}

apr_status_t slim_recount_run(struct slim_recount *recount, const struct slim_dimension *dimension,
                              const char *file, int64_t since, int64_t until)
{
    struct composition c = {.at = recount->sql,
                            .size = sizeof recount->sql,
                            .query = &recount->query,
                            .dimension = dimension,
                            .hit_key = dimension->hit_sql,
                            .visit_key = dimension->visit_sql};
    sqlite3_stmt *statement;

    slim_compose_file(&c, file);
    apr_status_t rv = slim_sqlite_ask(recount->store, &c, since, until, &statement);
    if (rv == APR_SUCCESS) {
        slim_sqlite_bind_int(statement, ":unit", dimension->unit);
        slim_sqlite_bind_int(statement, ":dimension", dimension->number);
        rv = slim_sqlite_finish(recount->store, statement);
    }
    return rv;
}

apr_status_t slim_recount_day(struct slim_recount *recount, const struct slim_dimension *dimension,
                              int64_t day)
{
    int64_t since = day * SLIM_DAY, until = since + SLIM_DAY;
    apr_status_t rv = slim_sqlite_run_file(recount->store, "sqlite/house/recount_clear.sql");

    if (rv == APR_SUCCESS && dimension->hit_sql) {
        rv = slim_recount_run(recount, dimension, "sqlite/house/recount_hits.sql", since, until);
    }
    if (rv == APR_SUCCESS && dimension->visit_sql) {
        rv = slim_recount_run(recount, dimension, "sqlite/house/recount_visits.sql", since, until);
    }
    return rv;
}

apr_status_t slim_recount_size(struct slim_recount *recount, uint64_t *keys, uint64_t *sets)
{
    sqlite3_stmt *statement;
    int64_t numbers[2] = {0, 0};
    apr_status_t rv =
        slim_sqlite_prepare(recount->store, "sqlite/house/recount_size.sql", NULL, &statement);

    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_take_numbers(recount->store, statement, 0, numbers, 2);
    }
    *keys += (uint64_t)numbers[0];
    *sets += (uint64_t)numbers[1];
    return rv;
}
