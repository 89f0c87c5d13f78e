/* Totals of days whose hits are gone, with texts in place of the numbers in their keys: as an
 * archive has them. */
#include <stdio.h>

#include <apr_strings.h>

#include "reader.h"
#include "store/dimension.h"

#define FIXED_CELLS 15 /* before the texts of the key */
#define KEY_COLUMN (FIXED_CELLS - 1)
#define CELLS (FIXED_CELLS + SLIM_TOTAL_TEXTS)

struct totals {
    struct slim_sqlite *store;
    const struct slim_store_export *export;
    const struct slim_dimension *dimension;
    sqlite3_stmt *entry[SLIM_DICTIONARIES]; /* prepared when it is asked for first */
    struct slim_cell cells[CELLS];
    int used;
    int is_ended; /* by who gets the rows */
    apr_pool_t *pool, *row_pool;
};

static const char *const names[CELLS] = {
    "total",    "dimension", "bucket", "site",    "robot",    "hits",  "pageviews",
    "errors",   "bytes",     "visits", "bounces", "duration", "fresh", "unshown",
    "visitors", "key1",      "key2",   "key3",    "key4",     "key5",  "key6",
    "key7",     "key8",      "key9",   "key10",   "key11",
};

static void add_text(struct totals *t, const char *text, size_t length)
{
    if (t->used < CELLS) {
        t->cells[t->used++] =
            (struct slim_cell){.is_text = 1,
                               .text = apr_pstrmemdup(t->row_pool, text ? text : "", length),
                               .length = length};
    }
}

static void add_number(struct totals *t, int64_t number)
{
    if (t->used < CELLS) {
        t->cells[t->used++] = (struct slim_cell){.number = number};
    }
}

static sqlite3_stmt *entry_of(struct totals *t, enum slim_dictionary_name name)
{
    const struct slim_dictionary *shape = &slim_dictionaries[name];
    const char *columns = "";

    if (!t->entry[name]) {
        for (const struct slim_entry_column *c = shape->column; c->name; c++) {
            columns = apr_pstrcat(t->pool, columns, *columns ? ", " : "", c->name, NULL);
        }
        const struct slim_sql_name pieces[] = {{"columns", columns},
                                               {"table", shape->name},
                                               {NULL, NULL}};
        t->entry[name] = slim_sql_placed(t->store, "archive/entry", pieces, ":id");
    }
    return t->entry[name];
}

/* The texts and numbers of an entry, those of entries that it refers to included, in the order of
 * its columns. */
static void add_entry(struct totals *t, enum slim_dictionary_name name, int64_t id)
{
    const struct slim_dictionary *shape = &slim_dictionaries[name];
    sqlite3_stmt *entry = entry_of(t, name);
    int64_t number[SLIM_ENTRY_COLUMNS_MAX] = {0};
    const char *text[SLIM_ENTRY_COLUMNS_MAX] = {NULL};
    size_t length[SLIM_ENTRY_COLUMNS_MAX] = {0};

    if (!entry) {
        return;
    }
    sqlite3_bind_int64(entry, 1, id);
    int found = slim_sql_step(t->store, entry);
    for (int i = 0; found && shape->column[i].name; i++) {
        if (shape->column[i].type == SLIM_ENTRY_TEXT) {
            length[i] = (size_t)sqlite3_column_bytes(entry, i);
            text[i] = apr_pstrmemdup(t->row_pool, slim_sql_column_text(entry, i), length[i]);
        } else {
            number[i] = sqlite3_column_int64(entry, i);
        }
    }
    sqlite3_reset(entry);
    for (int i = 0; shape->column[i].name; i++) {
        switch (shape->column[i].type) {
        case SLIM_ENTRY_TEXT: add_text(t, text[i], length[i]); break;
        case SLIM_ENTRY_NUMBER: add_number(t, number[i]); break;
        default: add_entry(t, shape->column[i].in, number[i]);
        }
    }
}

static void add_key(struct totals *t, int64_t value)
{
    const struct slim_key *key = slim_dimension_key(t->dimension);
    int64_t number[SLIM_KEY_PARTS_MAX];
    int parts = slim_key_split(key, value, number);

    for (int i = 0; i < parts; i++) {
        enum slim_dictionary_name name = slim_dimension_dictionary(t->dimension, i);
        if (name == SLIM_NO_DICTIONARY) {
            add_number(t, number[i]);
        } else {
            add_entry(t, name, number[i]);
        }
    }
}

static apr_status_t hand_out(void *baton, sqlite3_stmt *row)
{
    struct totals *t = baton;

    apr_pool_clear(t->row_pool);
    t->used = 0;
    add_text(t, names[0], strlen(names[0]));
    for (int i = 0; i < KEY_COLUMN; i++) {
        if (sqlite3_column_type(row, i) == SQLITE_INTEGER) {
            add_number(t, sqlite3_column_int64(row, i));
        } else {
            add_text(t, slim_sql_column_text(row, i), (size_t)sqlite3_column_bytes(row, i));
        }
    }
    add_key(t, sqlite3_column_int64(row, KEY_COLUMN));
    while (t->used < CELLS) {
        add_text(t, "", 0);
    }
    t->is_ended = !t->export->row(t->export->baton, CELLS, names, t->cells);
    return t->is_ended ? APR_EOF : APR_SUCCESS;
}

int slim_sqlite_export_total_names(const struct slim_store_export *export)
{
    return export->begin(export->baton, CELLS, names);
}

int slim_sqlite_export_totals(struct slim_sqlite *store, const struct slim_store_export *export)
{
    struct totals t = {.store = store, .export = export};
    int64_t gone = slim_sqlite_rows_from(store);

    if (gone == 0 || apr_pool_create(&t.pool, NULL) != APR_SUCCESS) {
        return 1;
    }
    if (apr_pool_create(&t.row_pool, t.pool) == APR_SUCCESS) {
        for (t.dimension = slim_dimension_table; t.dimension->number && !t.is_ended;
             t.dimension++) {
            slim_sql_rows(store, "archive/totals",
                          SLIM_VALUES(slim_value(":dimension", t.dimension->number),
                                      slim_value(":bucket", gone / t.dimension->unit)),
                          hand_out, &t);
        }
    }
    for (int i = 0; i < SLIM_DICTIONARIES; i++) {
        sqlite3_finalize(t.entry[i]);
    }
    apr_pool_destroy(t.pool);
    return !t.is_ended;
}
