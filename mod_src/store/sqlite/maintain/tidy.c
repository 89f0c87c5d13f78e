/* Deletes texts that only removed hits had. Each dictionary is tidied in a transaction of its own,
 * which scans all hits while other writers wait. The tables of columns, dictionaries and dimensions
 * say what may refer to a dictionary. */
#include <inttypes.h>
#include <stdio.h>

#include "remove.h"

#define REFERENCES_MAX 4096

/* --- who refers to a dictionary --- */

static int name_piece(struct slim_sql_text *text, const char *name, void *baton)
{
    return slim_sql_name_piece(text, name, baton);
}

static void add_reference(struct slim_sql_text *text, const char *file,
                          const struct slim_sql_name *names)
{
    slim_sql_text_add(text, text->used ? "union " : "");
    slim_sql_text_file(text, file, name_piece, (void *)(uintptr_t)names);
}

static void add_column(struct slim_sql_text *text, const char *table, const char *column)
{
    const struct slim_sql_name names[] = {{"table", table}, {"column", column}, {NULL, NULL}};

    add_reference(text, "piece/references_of_column", names);
}

static void add_columns(struct slim_sql_text *text, const struct slim_stored_table *table,
                        enum slim_dictionary_name name)
{
    for (const struct slim_stored_column *c = table->column; c->name && !c->through; c++) {
        if (c->dictionary == name) {
            add_column(text, table->name, c->name);
        }
    }
}

static void add_dictionaries(struct slim_sql_text *text, enum slim_dictionary_name name)
{
    for (int i = 1; i < SLIM_DICTIONARIES; i++) {
        for (const struct slim_entry_column *c = slim_dictionaries[i].column; c->name; c++) {
            if (c->in == name) {
                add_column(text, slim_dictionaries[i].name, c->name);
            }
        }
    }
}

/* The parts of a dimension's key that are numbers of the dictionary. */
static void add_key(struct slim_sql_text *text, const struct slim_dimension *d,
                    const struct slim_key *key, const struct slim_stored_table *table,
                    enum slim_dictionary_name name)
{
    char dimension[12], shift[12], mask[24];
    const struct slim_sql_name names[] = {{"dimension", dimension},
                                          {"shift", shift},
                                          {"mask", mask},
                                          {NULL, NULL}};
    unsigned top = 63;

    for (const struct slim_key_part *part = key->part; part->at; top = part->shift, part++) {
        const struct slim_stored_column *column = slim_stored_column_at(table, part->at);
        if (!column || column->dictionary != name) {
            continue;
        }
        snprintf(dimension, sizeof dimension, "%d", d->number);
        snprintf(shift, sizeof shift, "%u", part->shift);
        snprintf(mask, sizeof mask, "%" PRIu64, (UINT64_C(1) << (top - part->shift)) - 1);
        add_reference(text, "piece/references_of_keys", names);
    }
}

static void add_keys(struct slim_sql_text *text, enum slim_dictionary_name name)
{
    for (const struct slim_dimension *d = slim_dimension_table; d->number; d++) {
        add_key(text, d, &d->hit, &slim_stored_hit, name);
        add_key(text, d, &d->visit, &slim_stored_visit, name);
    }
}

/* --- remembering --- */

void slim_removing_loosen(struct slim_removing *r)
{
    struct slim_sqlite *store = &r->writer->store;

    for (const struct slim_stored_column *c = slim_stored_hit.column; c->name && !c->through; c++) {
        const struct slim_dictionary *shape = &slim_dictionaries[c->dictionary];
        if (shape->is_tidied) {
            const struct slim_sql_name names[] = {{"column", c->name}, {NULL, NULL}};
            slim_sql_run_once(store, "maintain/loose_hits", names,
                              SLIM_VALUES(slim_value_string(":kind", shape->name)));
        }
    }
}

/* The entries of other dictionaries that go with those of this one. */
static void loosen_parts(struct slim_sqlite *store, const struct slim_dictionary *shape)
{
    for (const struct slim_entry_column *c = shape->column; c->name; c++) {
        const struct slim_dictionary *part = &slim_dictionaries[c->in];
        if (part->is_tidied) {
            const struct slim_sql_name names[] = {{"column", c->name},
                                                  {"table", shape->name},
                                                  {NULL, NULL}};
            slim_sql_run_once(store, "maintain/loose_parts", names,
                              SLIM_VALUES(slim_value_string(":part", part->name),
                                          slim_value_string(":kind", shape->name)));
        }
    }
}

/* --- forgetting --- */

static void forget_loose(struct slim_sqlite *store, enum slim_dictionary_name name)
{
    const struct slim_dictionary *shape = &slim_dictionaries[name];
    char references[REFERENCES_MAX];
    const struct slim_sql_name names[] = {{"table", shape->name},
                                          {"references", references},
                                          {NULL, NULL}};
    struct slim_sql_text text;

    slim_sql_text_begin(&text, references, sizeof references);
    add_columns(&text, &slim_stored_hit, name);
    add_columns(&text, &slim_stored_visit, name);
    add_dictionaries(&text, name);
    add_keys(&text, name);
    slim_sql_fail_text(store, &text);
    slim_sql_run_once(store, "maintain/tidy", names,
                      SLIM_VALUES(slim_value_string(":kind", shape->name)));
}

static apr_status_t tidy(struct slim_removing *r, enum slim_dictionary_name name)
{
    apr_status_t rv = slim_maintain_begin(r->writer);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    loosen_parts(&r->writer->store, &slim_dictionaries[name]);
    forget_loose(&r->writer->store, name);
    uint64_t texts = slim_sql_changes(&r->writer->store);
    if (name == SLIM_DICTIONARY_PAGE) {
        slim_sql_run(&r->writer->store, "maintain/title_tidy", SLIM_NO_VALUES);
    }
    rv = slim_maintain_end(r->writer);
    r->removed->texts += rv == APR_SUCCESS ? texts : 0;
    return rv;
}

/* Those that refer to others come first: their entries have to be gone before the others' may go.
 */
apr_status_t slim_removing_tidy(struct slim_removing *r)
{
    apr_status_t rv = APR_SUCCESS;

    for (int i = SLIM_DICTIONARIES - 1; i > 0 && rv == APR_SUCCESS; i--) {
        if (slim_dictionaries[i].is_tidied) {
            rv = tidy(r, (enum slim_dictionary_name)i);
        }
    }
    return rv;
}
