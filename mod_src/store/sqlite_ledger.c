/* The ledger as the SQLite store keeps it. */
#include <string.h>

#include "sqlite_internal.h"

/* The counter of a name as the table has it; NULL when this version does not know it. */
static uint64_t *counter(struct slim_ledger *ledger, const char *name)
{
    for (unsigned i = 0; strncmp(name, "excluded.", 9) == 0 && i < SLIM_EXCLUDED_REASONS; i++) {
        if (strcmp(name + 9, slim_excluded_name(i)) == 0) {
            return &ledger->excluded[i];
        }
    }
    for (unsigned i = 0; strncmp(name, "dropped.", 8) == 0 && i < SLIM_DROPPED_REASONS; i++) {
        if (strcmp(name + 8, slim_dropped_name(i)) == 0) {
            return &ledger->dropped[i];
        }
    }
    return NULL;
}

/* Ring 0 is the recorder: what it lost or left out had been loaded, and is not seen twice. */
static void take_counter(struct slim_store_ledger *ledger, uint64_t epoch, sqlite3_stmt *row)
{
    uint64_t ring = (uint64_t)sqlite3_column_int64(row, 0);
    const char *name = (const char *)sqlite3_column_text(row, 1);
    uint64_t base = (uint64_t)sqlite3_column_int64(row, 2);
    uint64_t value = (uint64_t)sqlite3_column_int64(row, 3);
    int is_own = ring != 0 && ring == epoch;
    uint64_t *into = name ? counter(is_own ? &ledger->base : &ledger->before, name) : NULL;

    if (!into) {
        return;
    }
    if (is_own) {
        *into += base;
        return;
    }
    *into += value > base ? value - base : 0;
    ledger->before.seen += ring != 0 && value > base ? value - base : 0;
}

apr_status_t slim_sqlite_ledger(struct slim_store *base, uint64_t epoch,
                                struct slim_store_ledger *ledger)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    sqlite3_stmt *statement;

    memset(ledger, 0, sizeof *ledger);
    apr_status_t rv = slim_sqlite_prepare(store, "sqlite/write/ledger_list.sql", NULL, &statement);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    while (sqlite3_step(statement) == SQLITE_ROW) {
        take_counter(ledger, epoch, statement);
    }
    sqlite3_finalize(statement);
    rv = slim_sqlite_prepare(store, "sqlite/write/stored_total.sql", NULL, &statement);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (sqlite3_step(statement) == SQLITE_ROW) {
        ledger->before.seen += (uint64_t)sqlite3_column_int64(statement, 0);
        ledger->stored = (uint64_t)sqlite3_column_int64(statement, 1);
    } else {
        rv = slim_sqlite_failed(store, "read");
    }
    sqlite3_finalize(statement);
    return rv;
}
