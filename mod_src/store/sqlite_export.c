/* Rows as they are, one after the other, in constant memory. */
#include <string.h>

#include "sqlite_reader.h"

#define EXPORT_COLUMNS_MAX 32

static void take_cells(sqlite3_stmt *row, int columns, struct slim_cell *cells)
{
    memset(cells, 0, (size_t)columns * sizeof *cells);
    for (int i = 0; i < columns; i++) {
        int type = sqlite3_column_type(row, i);
        if (type == SQLITE_INTEGER) {
            cells[i].number = sqlite3_column_int64(row, i);
        } else {
            cells[i].is_text = 1;
            cells[i].text = (const char *)sqlite3_column_text(row, i); /* NULL for null */
            cells[i].length = (size_t)sqlite3_column_bytes(row, i);
        }
    }
}

static apr_status_t hand_out(struct slim_sqlite *store, sqlite3_stmt *statement,
                             const struct slim_store_export *export)
{
    struct slim_cell cells[EXPORT_COLUMNS_MAX];
    const char *names[EXPORT_COLUMNS_MAX];
    int columns = sqlite3_column_count(statement), rc;

    columns = columns < EXPORT_COLUMNS_MAX ? columns : EXPORT_COLUMNS_MAX;
    for (int i = 0; i < columns; i++) {
        names[i] = sqlite3_column_name(statement, i);
    }
    if (!export->begin(export->baton, columns, names)) {
        return APR_SUCCESS;
    }
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        take_cells(statement, columns, cells);
        if (!export->row(export->baton, columns, names, cells)) {
            return APR_SUCCESS;
        }
    }
    return rc == SQLITE_DONE ? APR_SUCCESS : slim_sqlite_read_failed(store);
}

apr_status_t slim_sqlite_export(struct slim_store *base, const struct slim_query *query,
                                const struct slim_store_export *export)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    char sql[SLIM_COMPOSED_MAX];
    struct composition c = {.at = sql, .size = sizeof sql, .query = query, .robots = query->robots};
    sqlite3_stmt *statement;

    slim_compose_file(&c, "sqlite/house/export.sql");
    apr_status_t rv = slim_sqlite_ask(store, &c, query->since, query->until, &statement);
    if (rv == APR_SUCCESS) {
        rv = hand_out(store, statement, export);
        sqlite3_finalize(statement);
    }
    return rv;
}
