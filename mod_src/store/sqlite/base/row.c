/* Lists of columns, and the values in their order. */
#include "row.h"

#include <string.h>

#include <apr_strings.h>

#include "core/address.h"

/* --- the lists --- */

static void add_name(struct slim_sql_text *text, const struct slim_stored_table *table,
                     const struct slim_stored_column *column)
{
    (void)table;
    slim_sql_text_add(text, column->name);
}

static void add_update(struct slim_sql_text *text, const struct slim_stored_table *table,
                       const struct slim_stored_column *column)
{
    (void)table;
    slim_sql_text_format(text, "%s = excluded.%s", column->name, column->name);
}

static void add_qualified(struct slim_sql_text *text, const struct slim_stored_table *table,
                          const struct slim_stored_column *column)
{
    slim_sql_text_format(text, "%s.%s", column->through ? column->through : table->name,
                         column->name);
}

static const struct list {
    const char *name; /* behind "hit_", "visit_" */
    void (*add)(struct slim_sql_text *text, const struct slim_stored_table *table,
                const struct slim_stored_column *column);
    int skips_id, has_others;
} lists[] = {
    {"columns", add_name, 0, 0},
    {"updates", add_update, 1, 0},
    {"row", add_qualified, 0, 1},
};

static void add_list(struct slim_sql_text *text, const struct slim_stored_table *table,
                     const struct list *list)
{
    const struct slim_stored_column *column = table->column + list->skips_id;
    const char *separator = "";

    for (; column->name && (list->has_others || !column->through); column++) {
        slim_sql_text_add(text, separator);
        list->add(text, table, column);
        separator = ",\n  ";
    }
}

int slim_sqlite_row_piece(struct slim_sql_text *text, const char *name)
{
    static const struct slim_stored_table *const tables[] = {&slim_stored_hit, &slim_stored_visit};

    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        size_t length = strlen(tables[i]->name);
        if (strncmp(name, tables[i]->name, length) != 0 || name[length] != '_') {
            continue;
        }
        for (size_t j = 0; j < sizeof lists / sizeof lists[0]; j++) {
            if (strcmp(name + length + 1, lists[j].name) == 0) {
                add_list(text, tables[i], &lists[j]);
                return 1;
            }
        }
    }
    return 0;
}

/* --- addresses --- */

static void give_address(sqlite3_context *result, const struct slim_hit_row *row)
{
    const uint8_t *a = row->address;
    char text[SLIM_ADDRESS_SIZE];

    if (row->address_length == 4) {
        sqlite3_result_int64(result, (int64_t)a[0] << 24 | (int64_t)a[1] << 16 | a[2] << 8 | a[3]);
    } else {
        slim_address_format(a, row->address_length, text);
        sqlite3_result_text(result, text, -1, SQLITE_TRANSIENT);
    }
}

void slim_sqlite_address_read(sqlite3_value *value, uint8_t address[16], uint8_t *length)
{
    if (sqlite3_value_type(value) == SQLITE_INTEGER) {
        uint32_t number = (uint32_t)sqlite3_value_int64(value);
        for (int i = 0; i < 4; i++) {
            address[i] = (uint8_t)(number >> (24 - 8 * i));
        }
        *length = 4;
        return;
    }
    const char *text = (const char *)sqlite3_value_text(value);
    if (!text || !*text || !slim_address_parse(text, address, length)) {
        *length = 0;
    }
}

/* --- rows --- */

const char *slim_sqlite_row_columns(const struct slim_stored_table *table, apr_pool_t *pool)
{
    const char *columns = table->column->name;

    for (const struct slim_stored_column *c = table->column + 1; c->name && !c->through; c++) {
        columns = apr_pstrcat(pool, columns, ", ", c->name, NULL);
    }
    return columns;
}

void slim_sqlite_row_give(sqlite3_context *result, const struct slim_stored_table *table,
                          const void *row, int column)
{
    const struct slim_stored_column *c = &table->column[column];

    if (c->type == SLIM_STORED_ADDRESS) {
        give_address(result, row);
    } else {
        sqlite3_result_int64(result, slim_row_number(row, c->at));
    }
}

int slim_sqlite_row_read(sqlite3_stmt *result, const struct slim_stored_table *table, void *row)
{
    int at = 0;

    for (const struct slim_stored_column *c = table->column; c->name; c++, at++) {
        if (c->type == SLIM_STORED_ADDRESS) {
            struct slim_hit_row *hit = row;
            slim_sqlite_address_read(sqlite3_column_value(result, at), hit->address,
                                     &hit->address_length);
        } else {
            slim_row_set(row, c->at, sqlite3_column_int64(result, at));
        }
    }
    return at;
}
