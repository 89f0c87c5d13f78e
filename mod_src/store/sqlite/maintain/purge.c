/* Deletes rows that are too old; their totals stay in the rollups. From when on all rows are there
 * is stored in the transaction that deletes the first of them. */
#include <inttypes.h>
#include <stdio.h>

#include "maintain.h"
#include "store/sqlite/write/session.h"

/* --- the horizon --- */

apr_status_t slim_sqlite_horizon(struct slim_store *base, struct slim_store_horizon *horizon)
{
    int64_t numbers[3];

    slim_sql_numbers((struct slim_sqlite *)base, "maintain/horizon", SLIM_NO_VALUES, 0, numbers, 3);
    *horizon = (struct slim_store_horizon){.second = numbers[0],
                                           .retain_days = (unsigned)numbers[1],
                                           .middle = numbers[2]};
    return slim_sql_status((struct slim_sqlite *)base);
}

static void put_number(struct slim_sqlite *store, const char *key, int64_t number)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%" PRId64, number);

    slim_sqlite_put_fact(store, key, text, (size_t)length);
}

apr_status_t slim_sqlite_put_horizon(struct slim_store *base,
                                     const struct slim_store_horizon *horizon)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);
    apr_status_t rv = slim_sqlite_begin(base);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    put_number(&w->store, "horizon", horizon->second);
    put_number(&w->store, "horizon_days", horizon->retain_days);
    rv = slim_sqlite_end(w);
    if (rv != APR_SUCCESS) {
        slim_sqlite_rollback(base);
    }
    return rv;
}

/* --- deleting --- */

/* Deletes up to rows; returns how many. */
static uint64_t delete_some(struct slim_sqlite *store, const char *file, int64_t before,
                            uint64_t rows)
{
    slim_sql_run(store, file,
                 SLIM_VALUES(slim_value(":before", before), slim_value(":rows", (int64_t)rows)));
    return slim_sql_changes(store);
}

static void note_rows_from(struct slim_sqlite *store, int64_t before)
{
    if (slim_sqlite_rows_from(store) < before) {
        slim_sqlite_note_older_sessions(store, before);
        put_number(store, "rows_from", before);
    }
}

static apr_status_t purge_some(struct slim_sqlite_writer *w, int64_t before, int by_hand,
                               unsigned rows, struct slim_store_purged *purged)
{
    uint64_t visits = 0;

    note_rows_from(&w->store, before);
    uint64_t hits = delete_some(&w->store, "maintain/purge_hits", before, rows);
    if (hits < rows) {
        if (by_hand) {
            slim_sql_run(&w->store, "maintain/purge_keep",
                         SLIM_VALUES(slim_value(":before", before),
                                     slim_value(":rows", (int64_t)(rows - hits))));
        } else {
            slim_sql_run(&w->store, "maintain/purge_forget",
                         SLIM_VALUES(slim_value(":before", before)));
        }
        visits = delete_some(&w->store, "maintain/purge_visits", before, rows - hits);
        slim_sql_run(&w->store, "maintain/purge_sessions",
                     SLIM_VALUES(slim_value(":before", before)));
    }
    apr_status_t rv = slim_sqlite_end(w);
    if (rv == APR_SUCCESS) {
        purged->hits += hits;
        purged->visits += visits;
        purged->more = hits + visits == rows;
        slim_sqlite_sessions_forget(w);
    }
    if (rv == APR_SUCCESS && by_hand) { /* else it is the recorder, which merges by itself */
        slim_maintain_merge(w);
    }
    return rv;
}

apr_status_t slim_sqlite_purge(struct slim_store *base, int64_t before, int by_hand, unsigned rows,
                               struct slim_store_purged *purged)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);
    int64_t any;

    purged->more = 0;
    slim_sql_numbers(&w->store, "maintain/purge_any", SLIM_VALUES(slim_value(":before", before)), 0,
                     &any, 1);
    if (!any) {
        return slim_sql_status(&w->store);
    }
    apr_status_t rv = slim_sqlite_begin(base);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    rv = purge_some(w, before, by_hand, rows, purged);
    if (rv != APR_SUCCESS) {
        slim_sqlite_rollback(base);
    }
    return rv;
}

apr_status_t slim_sqlite_count_purge(struct slim_store *base, int64_t before,
                                     struct slim_store_purged *purged)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    int64_t numbers[2];

    slim_sql_numbers(store, "maintain/purge_count", SLIM_VALUES(slim_value(":before", before)), 0,
                     numbers, 2);
    *purged =
        (struct slim_store_purged){.hits = (uint64_t)numbers[0], .visits = (uint64_t)numbers[1]};
    return slim_sql_status(store);
}
