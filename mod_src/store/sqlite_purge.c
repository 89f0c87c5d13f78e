/* Rows that are too old go; what they added up to stays in the rollups. Since when all rows are
 * there is noted in the transaction that deletes the first of them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sqlite_house.h"

static apr_status_t prepare_before(struct slim_sqlite *store, const char *file, int64_t before,
                                   sqlite3_stmt **statement)
{
    apr_status_t rv = slim_sqlite_prepare(store, file, NULL, statement);

    if (rv == APR_SUCCESS) {
        slim_sqlite_bind_int(*statement, ":before", before);
    }
    return rv;
}

/* Deletes up to rows; *deleted: how many. */
static apr_status_t delete_some(struct slim_sqlite *store, const char *file, int64_t before,
                                unsigned rows, uint64_t *deleted)
{
    sqlite3_stmt *statement;
    apr_status_t rv = prepare_before(store, file, before, &statement);

    *deleted = 0;
    if (rv == APR_SUCCESS) {
        slim_sqlite_bind_int(statement, ":rows", rows);
        rv = slim_sqlite_finish(store, statement);
        *deleted = rv == APR_SUCCESS ? (uint64_t)sqlite3_changes(store->db) : 0;
    }
    return rv;
}

static apr_status_t note_rows_from(struct slim_sqlite *store, int64_t before)
{
    char text[24];
    int64_t known;
    apr_status_t rv = slim_sqlite_rows_from(store, &known);

    if (rv != APR_SUCCESS || known >= before) {
        return rv;
    }
    int length = snprintf(text, sizeof text, "%" PRId64, before);
    return slim_sqlite_put_fact(store, "rows_from", text, length);
}

static apr_status_t purge_some(struct slim_sqlite *store, int64_t before, unsigned rows,
                               struct slim_store_purged *purged)
{
    uint64_t hits = 0, visits = 0;
    apr_status_t rv = note_rows_from(store, before);

    if (rv == APR_SUCCESS) {
        rv = delete_some(store, "sqlite/house/purge_hits.sql", before, rows, &hits);
    }
    if (rv == APR_SUCCESS && hits < rows) {
        rv = delete_some(store, "sqlite/house/purge_visits.sql", before, rows - (unsigned)hits,
                         &visits);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_end(store);
    }
    if (rv == APR_SUCCESS) {
        purged->hits += hits;
        purged->visits += visits;
        purged->more = hits + visits == rows;
        slim_sqlite_visits_forget(store);
    }
    return rv;
}

static apr_status_t has_any(struct slim_sqlite *store, int64_t before, int64_t *any)
{
    sqlite3_stmt *statement;
    apr_status_t rv = prepare_before(store, "sqlite/house/purge_any.sql", before, &statement);

    return rv == APR_SUCCESS ? slim_sqlite_take_numbers(store, statement, 0, any, 1) : rv;
}

apr_status_t slim_sqlite_purge(struct slim_store *base, int64_t before, unsigned rows,
                               struct slim_store_purged *purged)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    int64_t any = 0;
    apr_status_t rv = has_any(store, before, &any);

    purged->more = 0;
    if (rv != APR_SUCCESS || !any) {
        return rv;
    }
    rv = slim_sqlite_begin(base);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    rv = purge_some(store, before, rows, purged);
    if (rv != APR_SUCCESS) {
        slim_sqlite_rollback(base);
    }
    return rv;
}

apr_status_t slim_sqlite_count_purge(struct slim_store *base, int64_t before,
                                     struct slim_store_purged *purged)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    sqlite3_stmt *statement;
    int64_t numbers[2] = {0, 0};
    apr_status_t rv = prepare_before(store, "sqlite/house/purge_count.sql", before, &statement);

    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_take_numbers(store, statement, 0, numbers, 2);
    }
    *purged =
        (struct slim_store_purged){.hits = (uint64_t)numbers[0], .visits = (uint64_t)numbers[1]};
    return rv;
}
