/* What the SQLite store knows of imported access logs. */
#include <string.h>

#include <apr_strings.h>

#include "sqlite_internal.h"

static void take_sum(sqlite3_stmt *row, int column, unsigned char sum[32])
{
    memset(sum, 0, 32);
    if (sqlite3_column_bytes(row, column) == 32) {
        memcpy(sum, sqlite3_column_blob(row, column), 32);
    }
}

static void take_row(sqlite3_stmt *row, struct slim_store_import *import, apr_pool_t *pool)
{
    const char *name = (const char *)sqlite3_column_text(row, 9);

    take_sum(row, 0, import->head);
    import->head_length = (uint64_t)sqlite3_column_int64(row, 1);
    take_sum(row, 2, import->tail);
    import->tail_length = (uint64_t)sqlite3_column_int64(row, 3);
    import->offset = (uint64_t)sqlite3_column_int64(row, 4);
    import->lines = (uint64_t)sqlite3_column_int64(row, 5);
    import->rejected = (uint64_t)sqlite3_column_int64(row, 6);
    import->first_s = sqlite3_column_int64(row, 7);
    import->last_s = sqlite3_column_int64(row, 8);
    import->name = apr_pstrdup(pool, name ? name : "");
}

apr_status_t slim_sqlite_list_imports(struct slim_store *base, apr_array_header_t **imports,
                                      apr_pool_t *pool)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    apr_array_header_t *found = apr_array_make(pool, 16, sizeof(struct slim_store_import));
    sqlite3_stmt *statement;
    apr_status_t rv = slim_sqlite_prepare(store, "sqlite/write/import_list.sql", NULL, &statement);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    int rc;
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        take_row(statement, &APR_ARRAY_PUSH(found, struct slim_store_import), pool);
    }
    if (rc != SQLITE_DONE) {
        rv = slim_sqlite_failed(store, "read");
    } else {
        *imports = found;
    }
    sqlite3_finalize(statement);
    return rv;
}

static void bind_sum(sqlite3_stmt *statement, const char *name, const unsigned char sum[32])
{
    sqlite3_bind_blob(statement, sqlite3_bind_parameter_index(statement, name), sum, 32,
                      SQLITE_STATIC);
}

static apr_status_t put_import(struct slim_sqlite *store, const struct slim_store_import *import)
{
    sqlite3_stmt *statement;
    apr_status_t rv = slim_sqlite_prepare(store, "sqlite/write/import_put.sql", NULL, &statement);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    bind_sum(statement, ":head", import->head);
    slim_sqlite_bind_int(statement, ":head_length", (int64_t)import->head_length);
    bind_sum(statement, ":tail", import->tail);
    slim_sqlite_bind_int(statement, ":tail_length", (int64_t)import->tail_length);
    slim_sqlite_bind_int(statement, ":position", (int64_t)import->offset);
    slim_sqlite_bind_int(statement, ":lines", (int64_t)import->lines);
    slim_sqlite_bind_int(statement, ":rejected", (int64_t)import->rejected);
    slim_sqlite_bind_int(statement, ":first", import->first_s);
    slim_sqlite_bind_int(statement, ":last", import->last_s);
    slim_sqlite_bind_text(statement, ":name",
                          (struct slim_text){import->name, strlen(import->name)});
    rv = slim_sqlite_run(store, statement, "write to");
    sqlite3_finalize(statement);
    return rv;
}

apr_status_t slim_sqlite_commit_import(struct slim_store *base,
                                       const struct slim_store_import *import)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    apr_status_t rv = slim_sqlite_flush(store);

    if (rv == APR_SUCCESS) {
        rv = put_import(store, import);
    }
    return rv == APR_SUCCESS ? slim_sqlite_end(store) : rv;
}
