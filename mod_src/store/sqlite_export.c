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

static void hand_out(struct slim_sqlite *store, sqlite3_stmt *statement,
                     const struct slim_store_export *export)
{
    struct slim_cell cells[EXPORT_COLUMNS_MAX];
    const char *names[EXPORT_COLUMNS_MAX];
    int columns = sqlite3_column_count(statement);

    columns = columns < EXPORT_COLUMNS_MAX ? columns : EXPORT_COLUMNS_MAX;
    for (int i = 0; i < columns; i++) {
        names[i] = sqlite3_column_name(statement, i);
    }
    if (!export->begin(export->baton, columns, names)) {
        return;
    }
    while (slim_sql_step(store, statement)) {
        take_cells(statement, columns, cells);
        if (!export->row(export->baton, columns, names, cells)) {
            return;
        }
    }
}

apr_status_t slim_sqlite_export(struct slim_store *base, const struct slim_query *query,
                                const struct slim_store_export *export)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    const struct slim_composition c = {.query = query, .robots = query->robots};
    sqlite3_stmt *statement =
        slim_sqlite_ask(store, &c, "house/export", query->since, query->until, SLIM_NO_VALUES);

    if (statement) {
        hand_out(store, statement, export);
    }
    apr_status_t rv = slim_sql_status(store);
    sqlite3_finalize(statement);
    return rv;
}
