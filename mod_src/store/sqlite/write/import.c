/* What the SQLite store knows of imported access logs. */
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "writer.h"

static void take_sum(sqlite3_stmt *row, int column, unsigned char sum[32])
{
    memset(sum, 0, 32);
    if (sqlite3_column_bytes(row, column) == 32) {
        memcpy(sum, sqlite3_column_blob(row, column), 32);
    }
}

static void take_row(sqlite3_stmt *row, struct slim_store_import *import, apr_pool_t *pool)
{
    take_sum(row, 0, import->head);
    import->head_length = (uint64_t)sqlite3_column_int64(row, 1);
    take_sum(row, 2, import->tail);
    import->tail_length = (uint64_t)sqlite3_column_int64(row, 3);
    import->offset = (uint64_t)sqlite3_column_int64(row, 4);
    import->lines = (uint64_t)sqlite3_column_int64(row, 5);
    import->rejected = (uint64_t)sqlite3_column_int64(row, 6);
    import->first_s = sqlite3_column_int64(row, 7);
    import->last_s = sqlite3_column_int64(row, 8);
    import->name = apr_pstrdup(pool, slim_sql_column_text(row, 9));
    import->number = (uint32_t)sqlite3_column_int64(row, 10);
}

struct listing {
    apr_array_header_t *found;
    apr_pool_t *pool;
};

static apr_status_t take_import(void *baton, sqlite3_stmt *row)
{
    struct listing *listing = baton;

    take_row(row, &APR_ARRAY_PUSH(listing->found, struct slim_store_import), listing->pool);
    return APR_SUCCESS;
}

apr_status_t slim_sqlite_list_imports(struct slim_store *base, apr_array_header_t **imports,
                                      apr_pool_t *pool)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    struct listing listing = {apr_array_make(pool, 16, sizeof(struct slim_store_import)), pool};

    slim_sql_rows(store, "write/import_list", SLIM_NO_VALUES, take_import, &listing);
    if (slim_sql_status(store) == APR_SUCCESS) {
        *imports = listing.found;
    }
    return slim_sql_status(store);
}

/* --- the account --- */

static void add(struct slim_sqlite *store, const char *counter, int64_t value)
{
    if (value != 0) {
        slim_sql_run(store, "write/import_account_add",
                     SLIM_VALUES(slim_value_string(":counter", counter),
                                 slim_value(":value", value)));
    }
}

static void add_excluded(struct slim_sqlite *store, unsigned reason, uint64_t hits)
{
    char counter[64];

    snprintf(counter, sizeof counter, "excluded.%s", slim_not_imported_name(reason));
    add(store, counter, (int64_t)hits);
}

static void add_account(struct slim_sqlite *store, const struct slim_import_account *account)
{
    add(store, "lines", (int64_t)account->lines);
    for (unsigned i = 0; i < SLIM_LINE_FATES; i++) {
        add(store, slim_line_fate_name(i), (int64_t)account->fate[i]);
    }
    for (unsigned i = 0; i < SLIM_NOT_IMPORTED_REASONS; i++) {
        add_excluded(store, i, account->excluded[i]);
    }
}

void slim_sqlite_imports_exclude(struct slim_sqlite *store, unsigned reason, uint64_t hits)
{
    add(store, slim_line_fate_name(SLIM_LINE_STORED), -(int64_t)hits);
    add_excluded(store, reason, hits);
}

apr_status_t slim_sqlite_all_rows_from(struct slim_store *base, int64_t *second)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;

    *second = slim_sqlite_rows_from(store);
    return slim_sql_status(store);
}

static void put(struct slim_sqlite *store, const char *file, struct slim_value number,
                const struct slim_store_import *import)
{
    slim_sql_run(store, file,
                 SLIM_VALUES(slim_value_blob(":head", import->head, sizeof import->head),
                             slim_value(":head_length", (int64_t)import->head_length),
                             slim_value_blob(":tail", import->tail, sizeof import->tail),
                             slim_value(":tail_length", (int64_t)import->tail_length),
                             slim_value(":position", (int64_t)import->offset),
                             slim_value(":lines", (int64_t)import->lines),
                             slim_value(":rejected", (int64_t)import->rejected),
                             slim_value(":first", import->first_s),
                             slim_value(":last", import->last_s),
                             slim_value_string(":name", import->name), number));
}

apr_status_t slim_sqlite_put_import(struct slim_store *base, const struct slim_store_import *import)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;

    put(store, "write/import_take", slim_value(":above", import->number), import);
    return slim_sql_status(store);
}

apr_status_t slim_sqlite_commit_import(struct slim_store *base,
                                       const struct slim_store_import *import,
                                       const struct slim_import_account *account)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);

    slim_sqlite_flush(w);
    add_account(&w->store, account);
    put(&w->store, "write/import_put", slim_value(":number", import->number), import);
    return slim_sqlite_end(w);
}
