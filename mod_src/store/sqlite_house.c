/* Small things that keeping house does again and again. */
#include "sqlite_house.h"

#define WAIT_TRIES 60 /* of a second each */
#define PAUSE_MS 5    /* after a transaction, for those who wait for their turn */

apr_status_t slim_sqlite_finish(struct slim_sqlite *store, sqlite3_stmt *statement)
{
    int rc = sqlite3_step(statement);
    apr_status_t rv = rc == SQLITE_DONE || rc == SQLITE_ROW
                          ? APR_SUCCESS
                          : slim_sqlite_failed(store, "keep house in");

    sqlite3_finalize(statement);
    return rv;
}

apr_status_t slim_sqlite_run_file(struct slim_sqlite *store, const char *file)
{
    sqlite3_stmt *statement;
    apr_status_t rv = slim_sqlite_prepare(store, file, NULL, &statement);

    return rv == APR_SUCCESS ? slim_sqlite_finish(store, statement) : rv;
}

apr_status_t slim_sqlite_take_numbers(struct slim_sqlite *store, sqlite3_stmt *statement,
                                      int64_t none, int64_t *numbers, int count)
{
    int rc = sqlite3_step(statement);
    apr_status_t rv =
        rc == SQLITE_DONE || rc == SQLITE_ROW ? APR_SUCCESS : slim_sqlite_failed(store, "read");

    for (int i = 0; rv == APR_SUCCESS && i < count; i++) {
        int known = rc == SQLITE_ROW && sqlite3_column_type(statement, i) != SQLITE_NULL;
        numbers[i] = known ? sqlite3_column_int64(statement, i) : none;
    }
    sqlite3_finalize(statement);
    return rv;
}

apr_status_t slim_sqlite_rows_from(struct slim_sqlite *store, int64_t *rows_from)
{
    sqlite3_stmt *statement;
    apr_status_t rv = slim_sqlite_prepare(store, "sqlite/house/rows_from.sql", NULL, &statement);

    return rv == APR_SUCCESS ? slim_sqlite_take_numbers(store, statement, 0, rows_from, 1) : rv;
}

apr_status_t slim_house_begin(struct slim_sqlite *store)
{
    apr_status_t rv = slim_sqlite_begin(&store->base);

    for (int tries = 1; tries < WAIT_TRIES && rv != APR_SUCCESS
                        && store->base.error.state == SLIM_STATE_STORE_BUSY;
         tries++) {
        rv = slim_sqlite_begin(&store->base);
    }
    return rv;
}

apr_status_t slim_house_end(struct slim_sqlite *store, apr_status_t rv)
{
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_end(store);
    }
    if (rv != APR_SUCCESS) {
        slim_sqlite_rollback(&store->base);
    }
    slim_sqlite_dictionaries_forget(store);
    slim_sqlite_visits_forget(store);
    sqlite3_sleep(PAUSE_MS);
    return rv;
}

void slim_house_tell(const struct slim_store_teller *teller, const char *step, uint64_t done,
                     uint64_t total)
{
    if (teller && teller->progress) {
        teller->progress(teller->baton, step, done, total);
    }
}
