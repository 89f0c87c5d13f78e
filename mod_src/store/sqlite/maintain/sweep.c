/* The tables of columns, dictionaries and dimensions say what may refer to a dictionary. */
#include "sweep.h"
#include "sweep_parts.h"

#define LIMIT_MAX (INT64_C(1) << 28) /* 32 MiB of bits; a dictionary with more stays as it is */

static struct slim_sqlite *store_of(const struct slim_store_sweep *s)
{
    return &s->writer->store;
}

/* --- beginning --- */

static int64_t limit_of(struct slim_sqlite *store, const struct slim_dictionary *shape)
{
    const struct slim_sql_name names[] = {{"table", shape->name}, {NULL, NULL}};
    sqlite3_stmt *statement = slim_sql_statement(store, "maintain/sweep_limit", names);
    int64_t limit = slim_sql_step(store, statement) ? sqlite3_column_int64(statement, 0) : 0;

    sqlite3_finalize(statement);
    return limit > LIMIT_MAX ? 0 : limit;
}

static apr_status_t end_watching(void *baton)
{
    struct slim_store_sweep *s = baton;

    slim_sqlite_dictionaries_watch(s->writer->dictionaries, NULL);
    return APR_SUCCESS;
}

/* Within a transaction. */
struct slim_store_sweep *slim_sweep_make(struct slim_sqlite_writer *w, apr_pool_t *pool)
{
    struct slim_store_sweep *s = apr_pcalloc(pool, sizeof *s);

    s->writer = w;
    s->pool = pool;
    s->after = INT64_MIN;
    s->data_version = w->data_version;
    s->dictionary = SLIM_DICTIONARIES - 1;
    for (int i = 1; i < SLIM_DICTIONARIES; i++) {
        int64_t limit = limit_of(&w->store, &slim_dictionaries[i]);
        s->marks.of[i].limit = limit;
        s->marks.of[i].bits = apr_pcalloc(pool, (apr_size_t)limit / 8 + 1);
    }
    slim_sqlite_dictionaries_watch(w->dictionaries, &s->marks);
    slim_sqlite_sessions_forget(w);
    apr_pool_cleanup_register(pool, s, end_watching, apr_pool_cleanup_null);
    return s;
}

apr_status_t slim_sqlite_sweep_begin(struct slim_store *base, struct slim_store_sweep **sweep,
                                     apr_pool_t *pool)
{
    apr_status_t rv = slim_sqlite_begin(base);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    *sweep = slim_sweep_make(slim_sqlite_writer_of(base), pool);
    rv = slim_sqlite_end((*sweep)->writer);
    if (rv != APR_SUCCESS) {
        slim_sqlite_rollback(base);
    }
    return rv;
}

/* --- rows --- */

int slim_sweep_refer_stored(struct slim_reference *reference, const struct slim_stored_table *table)
{
    int count = 0;

    for (const struct slim_stored_column *c = table->column; c->name && !c->through; c++) {
        if (c->dictionary) {
            reference[count++] = (struct slim_reference){c->name, c->dictionary};
        }
    }
    return count;
}

int slim_sweep_refer_entries(struct slim_reference *reference, const struct slim_dictionary *shape)
{
    int count = 0;

    for (const struct slim_entry_column *c = shape->column; c->name; c++) {
        if (c->in) {
            reference[count++] = (struct slim_reference){c->name, c->in};
        }
    }
    return count;
}

/* The next rows of a table, from behind the last one on; NULL after a failure. */
static sqlite3_stmt *select_rows(struct slim_store_sweep *s, const char *table,
                                 const struct slim_reference *reference, unsigned rows)
{
    char columns[512];
    const struct slim_sql_name names[] = {{"table", table}, {"columns", columns}, {NULL, NULL}};
    struct slim_sql_text text;

    slim_sql_text_begin(&text, columns, sizeof columns);
    for (; reference->column; reference++) {
        slim_sql_text_format(&text, ", %s", reference->column);
    }
    slim_sql_fail_text(store_of(s), &text);
    sqlite3_stmt *statement = slim_sql_statement(store_of(s), "maintain/sweep_rows", names);
    if (statement
        && !slim_sql_bind(store_of(s), "maintain/sweep_rows", statement,
                          SLIM_VALUES(slim_value(":after", s->after), slim_value(":rows", rows)))) {
        sqlite3_finalize(statement);
        return NULL;
    }
    return statement;
}

static void mark_row(struct slim_store_sweep *s, sqlite3_stmt *row,
                     const struct slim_reference *reference)
{
    for (int i = 0; reference[i].column; i++) {
        slim_sqlite_mark(&s->marks, reference[i].to, sqlite3_column_int64(row, i + 1));
    }
}

/* Looks at some rows of a table; returns how many there were. Of a dictionary, dead takes the
 * entries that nothing refers to; NULL: it is none. */
unsigned slim_sweep_look(struct slim_store_sweep *s, const char *table,
                         const struct slim_reference *reference, unsigned rows,
                         apr_array_header_t *dead)
{
    sqlite3_stmt *statement = select_rows(s, table, reference, rows);
    unsigned looked = 0;

    while (statement && slim_sql_step(store_of(s), statement)) {
        s->after = sqlite3_column_int64(statement, 0);
        if (dead
            && !slim_sqlite_is_marked(&s->marks, (enum slim_dictionary_name)s->dictionary,
                                      s->after)) {
            APR_ARRAY_PUSH(dead, int64_t) = s->after;
        } else {
            mark_row(s, statement, reference);
        }
        looked++;
    }
    sqlite3_finalize(statement);
    return looked;
}

static unsigned look_at_stored(struct slim_store_sweep *s, const struct slim_stored_table *table,
                               unsigned rows)
{
    struct slim_reference reference[SLIM_REFERENCES_MAX] = {{NULL, SLIM_NO_DICTIONARY}};

    slim_sweep_refer_stored(reference, table);
    return slim_sweep_look(s, table->name, reference, rows, NULL);
}

/* --- rollups --- */

/* The parts of a key that are numbers of dictionaries. */
static void mark_key(struct slim_store_sweep *s, const struct slim_key *key,
                     const struct slim_stored_table *table, int64_t number)
{
    unsigned top = 63;

    for (const struct slim_key_part *part = key->part; part->at; top = part->shift, part++) {
        const struct slim_stored_column *column = slim_stored_column_at(table, part->at);
        if (column && column->dictionary) {
            int64_t mask = (int64_t)((UINT64_C(1) << (top - part->shift)) - 1);
            slim_sqlite_mark(&s->marks, column->dictionary, number >> part->shift & mask);
        }
    }
}

static apr_status_t look_at_rollup(void *baton, sqlite3_stmt *row)
{
    struct slim_store_sweep *s = baton;

    for (int i = 0; i < 5; i++) {
        s->rollup[i] = sqlite3_column_int64(row, i);
    }
    s->after++;
    slim_sqlite_mark(&s->marks, SLIM_DICTIONARY_SITE, s->rollup[2]);
    for (const struct slim_dimension *d = slim_dimension_table; d->number; d++) {
        if (d->number == s->rollup[0]) {
            mark_key(s, &d->hit, &slim_stored_hit, s->rollup[4]);
            mark_key(s, &d->visit, &slim_stored_visit, s->rollup[4]);
        }
    }
    return APR_SUCCESS;
}

static unsigned look_at_rollups(struct slim_store_sweep *s, unsigned rows)
{
    s->after = 0;
    slim_sql_rows(store_of(s), "maintain/sweep_rollups",
                  SLIM_VALUES(slim_value(":dimension", s->rollup[0]),
                              slim_value(":bucket", s->rollup[1]),
                              slim_value(":site", s->rollup[2]), slim_value(":robot", s->rollup[3]),
                              slim_value(":key", s->rollup[4]), slim_value(":rows", rows)),
                  look_at_rollup, s);
    return (unsigned)s->after;
}

/* --- entries --- */

void slim_sweep_delete(struct slim_store_sweep *s, int dictionary, const apr_array_header_t *dead)
{
    const struct slim_sql_name names[] = {{"table", slim_dictionaries[dictionary].name},
                                          {NULL, NULL}};

    if (dead->nelts == 0) {
        return;
    }
    sqlite3_stmt *statement = slim_sql_placed(store_of(s), "maintain/sweep_delete", names, ":id");
    for (int i = 0; statement && i < dead->nelts; i++) {
        sqlite3_bind_int64(statement, 1, APR_ARRAY_IDX(dead, i, int64_t));
        slim_sql_finish(store_of(s), statement);
    }
    sqlite3_finalize(statement);
    if (dictionary == SLIM_DICTIONARY_PAGE || dictionary == SLIM_DICTIONARY_SITE) {
        slim_sql_run(store_of(s), "maintain/title_tidy", SLIM_NO_VALUES);
        slim_sqlite_titles_forget(s->writer);
    }
}

static void list_entries(struct slim_store_sweep *s, const apr_array_header_t *dead)
{
    apr_array_header_t **listed = &s->listed[s->dictionary];

    if (dead->nelts > 0) {
        *listed = *listed ? *listed : apr_array_make(s->pool, dead->nelts, sizeof(int64_t));
        apr_array_cat(*listed, dead);
    }
}

static unsigned look_at_entries(struct slim_store_sweep *s, unsigned rows,
                                struct slim_store_swept *swept)
{
    const struct slim_dictionary *shape = &slim_dictionaries[s->dictionary];
    struct slim_reference reference[SLIM_REFERENCES_MAX] = {{NULL, SLIM_NO_DICTIONARY}};
    apr_pool_t *pool;

    if (apr_pool_create(&pool, s->pool) != APR_SUCCESS) {
        slim_sqlite_no_memory(store_of(s));
        return 0;
    }
    apr_array_header_t *dead = apr_array_make(pool, 256, sizeof(int64_t));
    slim_sweep_refer_entries(reference, shape);
    unsigned looked = slim_sweep_look(s, shape->name, reference, rows, dead);
    if (s->dictionary == SLIM_DICTIONARY_OPERATOR) {
        apr_array_clear(dead); /* no visitor's text; an old agent may be called so at any time */
    }
    if (s->lists) {
        list_entries(s, dead);
    } else {
        slim_sweep_delete(s, s->dictionary, dead);
    }
    swept->texts += (uint64_t)dead->nelts;
    apr_pool_destroy(pool);
    return looked;
}

/* --- steps --- */

/* Some rows of what is next, within a transaction. */
void slim_sweep_step(struct slim_store_sweep *s, unsigned rows, struct slim_store_swept *swept)
{
    unsigned looked = 0;

    switch (s->part) {
    case SLIM_SWEEP_HITS: looked = look_at_stored(s, &slim_stored_hit, rows); break;
    case SLIM_SWEEP_VISITS: looked = look_at_stored(s, &slim_stored_visit, rows); break;
    case SLIM_SWEEP_ROLLUPS: looked = look_at_rollups(s, rows); break;
    case SLIM_SWEEP_ENTRIES: looked = look_at_entries(s, rows, swept); break;
    case SLIM_SWEEP_DONE: break;
    }
    swept->rows += looked;
    if (looked == rows) {
        return;
    }
    s->after = INT64_MIN;
    if (s->part != SLIM_SWEEP_ENTRIES || --s->dictionary == 0) {
        s->part++;
    }
}

int slim_sweep_empty_log(struct slim_sqlite_writer *w)
{
    int done = 0;

    w->log_is_to_go = 1;
    if (slim_sqlite_lock(w) == APR_SUCCESS) {
        done = slim_sqlite_empty_log(w);
        slim_sqlite_unlock(w);
    }
    return done;
}

apr_status_t slim_sqlite_sweep(struct slim_store_sweep *s, unsigned rows,
                               struct slim_store_swept *swept)
{
    struct slim_store_swept before = *swept;
    apr_status_t rv = slim_sqlite_begin(&store_of(s)->base);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    swept->is_void = s->writer->data_version != s->data_version;
    if (!swept->is_void) {
        slim_sweep_step(s, rows, swept);
    }
    rv = slim_sqlite_end(s->writer);
    if (rv != APR_SUCCESS) {
        slim_sqlite_rollback(&store_of(s)->base);
        *swept = before;
    }
    swept->more = s->part != SLIM_SWEEP_DONE;
    if (rv == APR_SUCCESS && !swept->more) {
        (void)slim_sweep_empty_log(s->writer);
    }
    return rv;
}
