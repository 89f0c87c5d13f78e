/* Giving numbers to texts. Each dictionary has a bounded cache, and a ceiling of new entries a day:
 * what comes after it is "(other)". One way serves all of them: an entry is known by a key made of
 * its texts, those of the entries that it refers to included, and the numbers of both are
 * remembered together, so that a text which comes again costs one look-up. */
#include "dictionary.h"

#include <string.h>

#include "core/cache.h"
#include "marks.h"
#include "store/sqlite/base/connection.h"

#define KEY_MAX 8192 /* a longer key is not remembered */
#define LAST_MAX 64
#define BYTES_AN_ENTRY 128 /* of a cache */

struct numbers {
    int64_t own;
    int64_t other[2]; /* those of its columns that a row has, too, in their order */
};

struct dictionary {
    sqlite3_stmt *find, *add;
    struct slim_cache *cache;
    uint32_t added; /* today */
    int64_t day;
    struct { /* the last text: sites, methods and languages mostly come again */
        char text[LAST_MAX];
        size_t length; /* 0: none */
        struct numbers numbers;
    } last;
};

struct slim_sqlite_dictionaries {
    struct dictionary of[SLIM_DICTIONARIES];
    struct slim_sqlite_marks *marks; /* NULL: nobody wants to know what is given */
};

/* What a hit's texts are given numbers with. */
struct giving {
    struct slim_sqlite *store;
    struct slim_sqlite_dictionaries *dictionaries;
    int64_t day;
    const struct slim_hit_texts *texts;
};

/* --- statements --- */

static void list_columns(const struct slim_dictionary *shape, const char *format,
                         const char *separator, int keys_only, struct slim_sql_text *text)
{
    for (const struct slim_entry_column *c = shape->column; c->name; c++) {
        if (keys_only && c->type == SLIM_ENTRY_VALUE) {
            continue;
        }
        slim_sql_text_add(text, c == shape->column ? "" : separator);
        for (const char *at = format; *at; at++) {
            char plain[] = {*at, '\0'};
            slim_sql_text_add(text, *at == '@' ? c->name : plain);
        }
    }
}

static void prepare(struct slim_sqlite *store, const struct slim_dictionary *shape,
                    struct dictionary *d)
{
    char columns[256], values[256], key[512];
    struct slim_sql_text text[3];
    const struct slim_sql_name names[] = {{"table", shape->name},
                                          {"columns", columns},
                                          {"values", values},
                                          {"key", key},
                                          {NULL, NULL}};

    slim_sql_text_begin(&text[0], columns, sizeof columns);
    slim_sql_text_begin(&text[1], values, sizeof values);
    slim_sql_text_begin(&text[2], key, sizeof key);
    list_columns(shape, "@", ", ", 0, &text[0]);
    list_columns(shape, ":@", ", ", 0, &text[1]);
    list_columns(shape, "@ = :@", "\n  and ", 1, &text[2]);
    d->find = slim_sql_statement(store, "write/dictionary_find", names);
    d->add = slim_sql_statement(store, "write/dictionary_add", names);
}

struct slim_sqlite_dictionaries *slim_sqlite_dictionaries_open(struct slim_sqlite *store,
                                                               apr_pool_t *pool)
{
    struct slim_sqlite_dictionaries *dictionaries = apr_pcalloc(pool, sizeof *dictionaries);

    for (int i = 1; i < SLIM_DICTIONARIES; i++) {
        const struct slim_dictionary *shape = &slim_dictionaries[i];
        struct dictionary *d = &dictionaries->of[i];
        d->cache = slim_cache_make(shape->cached, (size_t)shape->cached * BYTES_AN_ENTRY, pool);
        prepare(store, shape, d);
    }
    return dictionaries;
}

void slim_sqlite_dictionaries_forget(struct slim_sqlite_dictionaries *dictionaries)
{
    for (int i = 1; dictionaries && i < SLIM_DICTIONARIES; i++) {
        slim_cache_clear(dictionaries->of[i].cache);
        dictionaries->of[i].last.length = 0;
    }
}

void slim_sqlite_dictionaries_watch(struct slim_sqlite_dictionaries *dictionaries,
                                    struct slim_sqlite_marks *marks)
{
    dictionaries->marks = marks;
    if (marks) { /* what is remembered was given without a mark */
        slim_sqlite_dictionaries_forget(dictionaries);
    }
}

/* --- keys --- */

static struct slim_text text_at(const struct slim_hit_texts *texts, size_t at)
{
    return *(const struct slim_text *)((const char *)texts + at);
}

static int64_t number_at(const struct slim_hit_texts *texts, size_t at)
{
    return *(const int64_t *)((const char *)texts + at);
}

/* Adds bytes and their length; 0: there is no room. */
static int add_part(char *key, size_t *used, const char *bytes, size_t length)
{
    uint32_t stored = (uint32_t)length;

    if (*used + length + sizeof stored > KEY_MAX) {
        return 0;
    }
    memcpy(key + *used, &stored, sizeof stored);
    if (length > 0) {
        memcpy(key + *used + sizeof stored, bytes, length);
    }
    *used += length + sizeof stored;
    return 1;
}

/* Adds an entry's texts and numbers, and those of entries that it refers to. */
static int add_parts(const struct slim_hit_texts *texts, const struct slim_dictionary *shape,
                     char *key, size_t *used)
{
    int fits = 1;

    for (const struct slim_entry_column *c = shape->column; fits && c->name; c++) {
        if (c->type == SLIM_ENTRY_TEXT) {
            struct slim_text text = text_at(texts, c->at);
            fits = add_part(key, used, text.at, text.length);
        } else if (c->type == SLIM_ENTRY_NUMBER) {
            int64_t number = number_at(texts, c->at);
            fits = add_part(key, used, (const char *)&number, sizeof number);
        } else if (c->type == SLIM_ENTRY_OTHER && c->at) {
            struct slim_text text = text_at(texts, c->at);
            fits = add_part(key, used, text.at, text.length);
        } else if (c->type == SLIM_ENTRY_OTHER) {
            fits = add_parts(texts, &slim_dictionaries[c->in], key, used);
        }
    }
    return fits;
}

/* A key whose text is one text of the hit is that text: nothing is copied. Length 0: it is too
 * long to be remembered. */
static struct slim_text key_of(const struct slim_hit_texts *texts,
                               const struct slim_dictionary *shape, char *buffer)
{
    const struct slim_entry_column *c = shape->column;
    size_t used = 0;

    if (c[0].type == SLIM_ENTRY_TEXT && (!c[1].name || c[1].type == SLIM_ENTRY_VALUE)) {
        return text_at(texts, c[0].at);
    }
    return (struct slim_text){buffer, add_parts(texts, shape, buffer, &used) ? used : 0};
}

/* Whether there is nothing to be kept: no text and no number of its own, and for a version none of
 * what it is a version of. */
static int is_empty(const struct slim_hit_texts *texts, const struct slim_dictionary *shape)
{
    int empty = 1;

    for (const struct slim_entry_column *c = shape->column; empty && c->name; c++) {
        if (c->type == SLIM_ENTRY_TEXT) {
            empty = text_at(texts, c->at).length == 0;
        } else if (c->type == SLIM_ENTRY_NUMBER) {
            empty = number_at(texts, c->at) == 0;
        } else if (c->type == SLIM_ENTRY_OTHER && shape->is_version) {
            empty = is_empty(texts, &slim_dictionaries[c->in]);
        }
    }
    return empty;
}

/* --- finding and giving --- */

/* Days are those of hits, so that years of old logs do not share one day's ceiling. */
static int may_add(struct dictionary *d, const struct slim_dictionary *shape, int64_t day)
{
    if (day != d->day) {
        d->day = day;
        d->added = 0;
    }
    return d->added < shape->ceiling;
}

static int64_t add(const struct giving *g, struct dictionary *d,
                   const struct slim_dictionary *shape)
{
    if (!may_add(d, shape, g->day)) {
        return SLIM_OTHER;
    }
    slim_sql_finish(g->store, d->add);
    d->added++;
    return sqlite3_last_insert_rowid(g->store->db);
}

static struct numbers give(const struct giving *g, enum slim_dictionary_name name);

/* The number of an entry that a column refers to. */
static int64_t give_value(const struct giving *g, const struct slim_entry_column *column)
{
    struct slim_hit_texts texts;
    struct giving of_text = *g;

    if (!column->at) {
        return give(g, column->in).own;
    }
    texts = *g->texts;
    *(struct slim_text *)((char *)&texts + slim_dictionaries[column->in].column[0].at) =
        text_at(g->texts, column->at);
    of_text.texts = &texts;
    return give(&of_text, column->in).own;
}

/* Binds a column to both statements, by its place in one and its name in the other. */
static void bind_column(const struct giving *g, struct dictionary *d,
                        const struct slim_entry_column *column, int place, int64_t number)
{
    int in_find = column->type == SLIM_ENTRY_VALUE ? 0 : place;

    if (column->type == SLIM_ENTRY_TEXT) {
        struct slim_text text = text_at(g->texts, column->at);
        slim_sql_bind_text(d->find, in_find, text);
        slim_sql_bind_text(d->add, place, text);
    } else {
        if (in_find) {
            sqlite3_bind_int64(d->find, in_find, number);
        }
        sqlite3_bind_int64(d->add, place, number);
    }
}

/* Looks an entry up in the store, with the entries that it refers to; adds it if it is new. One
 * that is "(other)" refers to others that are. */
static struct numbers look_up(const struct giving *g, enum slim_dictionary_name name)
{
    const struct slim_dictionary *shape = &slim_dictionaries[name];
    struct dictionary *d = &g->dictionaries->of[name];
    struct numbers numbers = {0};
    int others = 0, place = 1;

    for (const struct slim_entry_column *c = shape->column; c->name; c++, place++) {
        int64_t number = 0;
        if (c->type == SLIM_ENTRY_NUMBER) {
            number = number_at(g->texts, c->at);
        } else if (c->type != SLIM_ENTRY_TEXT) {
            number = give_value(g, c);
        }
        if (c->type == SLIM_ENTRY_OTHER) {
            numbers.other[others++] = number;
        }
        bind_column(g, d, c, place, number);
    }
    int found = slim_sql_step(g->store, d->find);
    numbers.own = found ? sqlite3_column_int64(d->find, 0) : 0;
    sqlite3_reset(d->find);
    if (!found && slim_sql_is_well(g->store)) {
        numbers.own = add(g, d, shape);
    }
    for (int i = 0; numbers.own == SLIM_OTHER && i < others; i++) {
        numbers.other[i] = SLIM_OTHER;
    }
    if (g->dictionaries->marks) {
        slim_sqlite_mark(g->dictionaries->marks, name, numbers.own);
    }
    return numbers;
}

static int is_last(const struct dictionary *d, struct slim_text key)
{
    return d->last.length == key.length && memcmp(d->last.text, key.at, key.length) == 0;
}

static void note_last(struct dictionary *d, struct slim_text key, struct numbers numbers)
{
    if (key.length <= sizeof d->last.text) {
        memcpy(d->last.text, key.at, key.length);
        d->last.length = key.length;
        d->last.numbers = numbers;
    }
}

/* The numbers of a hit's entry in a dictionary; zeros after a failure. */
static struct numbers give(const struct giving *g, enum slim_dictionary_name name)
{
    const struct slim_dictionary *shape = &slim_dictionaries[name];
    struct dictionary *d = &g->dictionaries->of[name];
    struct numbers numbers = {0};
    char buffer[KEY_MAX];

    if (!slim_sql_is_well(g->store) || is_empty(g->texts, shape)) {
        return numbers;
    }
    struct slim_text key = key_of(g->texts, shape, buffer);
    if (key.length > 0 && is_last(d, key)) {
        return d->last.numbers;
    }
    const struct numbers *cached = key.length > 0 ? slim_cache_get(d->cache, key) : NULL;
    numbers = cached ? *cached : look_up(g, name);
    if (key.length > 0 && slim_sql_is_well(g->store)) {
        if (!cached) {
            slim_cache_put(d->cache, key, &numbers, sizeof numbers);
        }
        note_last(d, key, numbers);
    }
    return numbers;
}

void slim_sqlite_dictionaries_fill(struct slim_sqlite *store,
                                   struct slim_sqlite_dictionaries *dictionaries, int64_t day,
                                   const struct slim_hit_texts *texts, struct slim_hit_row *row)
{
    const struct giving g = {store, dictionaries, day, texts};

    for (int i = 1; i < SLIM_DICTIONARIES; i++) {
        const struct slim_dictionary *shape = &slim_dictionaries[i];
        if (shape->is_part) {
            continue;
        }
        struct numbers numbers = give(&g, (enum slim_dictionary_name)i);
        const int64_t *other = numbers.other;
        slim_row_set(row, shape->row, numbers.own);
        for (const struct slim_entry_column *c = shape->column; c->name; c++) {
            if (c->row) {
                slim_row_set(row, c->row, *other++);
            } else if (c->type == SLIM_ENTRY_OTHER) {
                const struct slim_dictionary *part = &slim_dictionaries[c->in];
                if (part->is_part && part->row) {
                    slim_row_set(row, part->row, *other);
                }
                other++;
            }
        }
    }
}

int64_t slim_sqlite_dictionaries_number(struct slim_sqlite *store,
                                        struct slim_sqlite_dictionaries *dictionaries,
                                        enum slim_dictionary_name name, int64_t day,
                                        const struct slim_hit_texts *texts)
{
    const struct giving g = {store, dictionaries, day, texts};

    return give(&g, name).own;
}
