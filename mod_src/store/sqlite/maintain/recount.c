/* Counts rows again by SQL: a second, independent way to the numbers that rollups keep. */
#include <string.h>

#include "maintain.h"

apr_status_t slim_recount_open(struct slim_recount *recount, struct slim_sqlite *store)
{
    int outer = slim_sql_series_begin(store);

    memset(recount, 0, sizeof *recount);
    recount->store = store;
    recount->query = (struct slim_query){.zone = &slim_zone_utc, .robots = 1};
    slim_sql_fail(store, slim_sqlite_add_functions(store, &recount->query, &recount->approximate));
    recount->rows_from = slim_sqlite_rows_from(store);
    slim_sql_run(store, "maintain/recount", SLIM_NO_VALUES);
    return slim_sql_series_end(store, outer);
}

struct slim_day_values slim_recount_values(const struct slim_dimension *dimension, int64_t day)
{
    return (struct slim_day_values){{
        slim_value(":dimension", dimension->number),
        slim_value(":first", day * SLIM_DAY / dimension->unit),
        slim_value(":last", (day + 1) * SLIM_DAY / dimension->unit),
        {.name = NULL},
    }};
}

/* The day of the first bucket of a dimension from day on, if that is before *first. */
static void first_bucket(struct slim_recount *recount, const char *file,
                         const struct slim_dimension *dimension, int64_t day, int64_t *first)
{
    int64_t bucket;

    slim_sql_numbers(recount->store, file,
                     SLIM_VALUES(slim_value(":dimension", dimension->number),
                                 slim_value(":first", day * SLIM_DAY / dimension->unit)),
                     -1, &bucket, 1);
    bucket = bucket < 0 ? -1 : bucket * dimension->unit / SLIM_DAY;
    if (bucket >= 0 && (*first < 0 || bucket < *first)) {
        *first = bucket;
    }
}

int64_t slim_recount_next_day_of_hits(struct slim_sqlite *store, int64_t day)
{
    int64_t next;

    slim_sql_numbers(store, "maintain/day_of_hits",
                     SLIM_VALUES(slim_value(":since", (day * SLIM_DAY) << SLIM_HIT_SECOND_SHIFT)),
                     -1, &next, 1);
    return next;
}

int64_t slim_recount_next_day(struct slim_recount *recount, int64_t day)
{
    int outer = slim_sql_series_begin(recount->store);
    int64_t next = slim_recount_next_day_of_hits(recount->store, day);

    for (const struct slim_dimension *d = slim_dimension_table; d->number; d++) {
        first_bucket(recount, "maintain/bucket_of_rollups", d, day, &next);
        if (d->has_visitors) {
            first_bucket(recount, "maintain/bucket_of_sets", d, day, &next);
        }
    }
    return slim_sql_series_end(recount->store, outer) == APR_SUCCESS ? next : -1;
}

void slim_recount_run(struct slim_recount *recount, const struct slim_dimension *dimension,
                      const char *file, int64_t since, int64_t until,
                      const struct slim_value *values)
{
    const struct slim_composition c = {.query = &recount->query, .dimension = dimension};

    slim_sqlite_run_question(recount->store, &c, file, since, until, values);
}

void slim_recount_day(struct slim_recount *recount, const struct slim_dimension *dimension,
                      int64_t day)
{
    int64_t since = day * SLIM_DAY, until = since + SLIM_DAY;
    const struct slim_value *unit = SLIM_VALUES(slim_value(":unit", dimension->unit));

    slim_sql_run(recount->store, "maintain/recount_clear", SLIM_NO_VALUES);
    if (dimension->hit.counts) {
        slim_recount_run(recount, dimension, "maintain/recount_hits", since, until, unit);
    }
    if (dimension->visit.counts) {
        slim_recount_run(recount, dimension, "maintain/recount_visits", since, until, unit);
    }
}

void slim_recount_size(struct slim_recount *recount, uint64_t *keys, uint64_t *sets)
{
    int64_t numbers[2];

    slim_sql_numbers(recount->store, "maintain/recount_size", SLIM_NO_VALUES, 0, numbers, 2);
    *keys += (uint64_t)numbers[0];
    *sets += (uint64_t)numbers[1];
}
