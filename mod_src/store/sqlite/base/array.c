/* An eponymous virtual table (sqlite.org/vtab.html), read from its first row to its last. */
#include "array.h"

#include "connection.h"

#define DECLARATION_MAX 1024

struct table {
    sqlite3_vtab base;
    const struct slim_sql_array *array;
};

struct cursor {
    sqlite3_vtab_cursor base;
    const struct slim_sql_array *array;
    uint32_t row;
};

static int declare(sqlite3 *db, const struct slim_sql_array *array, char **error)
{
    const struct slim_sql_name names[] = {{"columns", array->columns}, {NULL, NULL}};
    char declaration[DECLARATION_MAX];
    struct slim_sql_text text;

    slim_sql_text_begin(&text, declaration, sizeof declaration);
    slim_sql_text_file(&text, "connection/array", slim_sql_name_piece, (void *)(uintptr_t)names);
    int rc = text.wrong[0] ? SQLITE_ERROR : sqlite3_declare_vtab(db, declaration);
    if (rc != SQLITE_OK) {
        *error = text.wrong[0] ? sqlite3_mprintf("%s", text.wrong)
                               : sqlite3_mprintf("%s in connection/array", sqlite3_errmsg(db));
    }
    return rc;
}

static int connect_table(sqlite3 *db, void *array, int words, const char *const *word,
                         sqlite3_vtab **made, char **error)
{
    (void)words, (void)word;
    int rc = declare(db, array, error);
    if (rc != SQLITE_OK) {
        return rc;
    }
    struct table *table = sqlite3_malloc(sizeof *table);
    if (!table) {
        return SQLITE_NOMEM;
    }
    *table = (struct table){.array = array};
    sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY);
    *made = &table->base;
    return SQLITE_OK;
}

static int disconnect_table(sqlite3_vtab *table)
{
    sqlite3_free(table);
    return SQLITE_OK;
}

static int plan(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    info->estimatedCost = 1;
    return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **opened)
{
    struct cursor *cursor = sqlite3_malloc(sizeof *cursor);

    if (!cursor) {
        return SQLITE_NOMEM;
    }
    *cursor = (struct cursor){.array = ((struct table *)table)->array};
    *opened = &cursor->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *cursor)
{
    sqlite3_free(cursor);
    return SQLITE_OK;
}

static int begin(sqlite3_vtab_cursor *cursor, int number, const char *text, int values,
                 sqlite3_value **value)
{
    (void)number, (void)text, (void)values, (void)value;
    ((struct cursor *)cursor)->row = 0;
    return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *cursor)
{
    ((struct cursor *)cursor)->row++;
    return SQLITE_OK;
}

static int is_over(sqlite3_vtab_cursor *cursor)
{
    const struct cursor *c = (struct cursor *)cursor;

    return c->row >= c->array->count;
}

static int give_column(sqlite3_vtab_cursor *cursor, sqlite3_context *result, int column)
{
    const struct cursor *c = (struct cursor *)cursor;

    c->array->give(result, c->array, c->row, column);
    return SQLITE_OK;
}

static int give_number(sqlite3_vtab_cursor *cursor, sqlite3_int64 *number)
{
    *number = ((struct cursor *)cursor)->row;
    return SQLITE_OK;
}

/* Without xCreate: it is there by its name, and nobody can make another. */
static const sqlite3_module module = {
    .xConnect = connect_table,
    .xDisconnect = disconnect_table,
    .xBestIndex = plan,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = begin,
    .xNext = next,
    .xEof = is_over,
    .xColumn = give_column,
    .xRowid = give_number,
};

void slim_sql_array_declare(struct slim_sqlite *store, const char *name,
                            const struct slim_sql_array *array)
{
    if (!slim_sql_is_well(store)) {
        return;
    }
    if (sqlite3_create_module(store->db, name, &module, (void *)(uintptr_t)array) != SQLITE_OK) {
        slim_sql_fail(store, slim_sqlite_failed(store, "use"));
    }
}
