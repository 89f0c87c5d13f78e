/* What older rules made is brought to today's, a little at a time, while capture and loading go on.
 * A session says by which rules it was divided, so that nothing is done twice or forgotten,
 * whenever this is interrupted. */
#include <apr_tables.h>

#include "maintain.h"
#include "store/sqlite/write/session.h"

#define HITS 4096 /* read at a time */

struct old {
    int64_t visitor;
    struct slim_session_span span;
};

static apr_status_t take_old(void *baton, sqlite3_stmt *row)
{
    APR_ARRAY_PUSH((apr_array_header_t *)baton, struct old) = (struct old){
        sqlite3_column_int64(row, 1),
        {sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 2), sqlite3_column_int64(row, 3),
         sqlite3_column_int64(row, 4)},
    };
    return APR_SUCCESS;
}

/* Its visit is taken out, as if its hits had just come. */
static void take_out(struct slim_sqlite_writer *w, const struct old *old)
{
    struct slim_sqlite_session one = {.visitor = old->visitor};

    slim_session_past_clear(&one.past);
    slim_sqlite_session_load_visits(&w->store, &one, &old->span);
    for (uint32_t i = 0; i < one.visits; i++) {
        slim_sqlite_rollup_visit(w, &one.visit[i], -1);
        slim_sql_run(&w->store, "write/visit_remove",
                     SLIM_VALUES(slim_value(":id", one.visit[i].id)));
    }
    slim_sql_run(&w->store, "write/session_remove", SLIM_VALUES(slim_value(":id", old->span.id)));
    slim_sqlite_session_clear(&one);
}

struct giving {
    int64_t visitor;
    apr_array_header_t *rows; /* struct slim_hit_row */
};

static apr_status_t take_hit(void *baton, sqlite3_stmt *result)
{
    const struct giving *giving = baton;
    struct slim_hit_row *row = &APR_ARRAY_PUSH(giving->rows, struct slim_hit_row);

    *row = (struct slim_hit_row){.visitor = giving->visitor};
    slim_sqlite_hit_read(result, row);
    return APR_SUCCESS;
}

/* Divides its hits, some at a time: there may be millions of them. */
static void divide(struct slim_sqlite_writer *w, const struct old *old, apr_array_header_t *rows)
{
    struct giving giving = {old->visitor, rows};
    int64_t last = (old->span.began << SLIM_HIT_SECOND_SHIFT) - 1;

    do {
        apr_array_clear(giving.rows);
        slim_sql_rows(&w->store, "write/renew_hits",
                      SLIM_VALUES(slim_value(":last", last), slim_value(":ended", old->span.ended),
                                  slim_value(":visit", old->span.id), slim_value(":rows", HITS)),
                      take_hit, &giving);
        for (int i = 0; i < giving.rows->nelts; i++) {
            const struct slim_hit_row *row = &APR_ARRAY_IDX(giving.rows, i, struct slim_hit_row);
            slim_sqlite_session_hit(w, row, 0);
            last = row->id;
        }
        slim_sqlite_flush_hits(w);
    } while (giving.rows->nelts == HITS && slim_sql_is_well(&w->store));
}

/* Days whose hits are gone stay as they are. */
static void renew_session(struct slim_sqlite_writer *w, const struct old *old, int64_t rows_from,
                          apr_array_header_t *rows)
{
    slim_sqlite_session_leave(w, old->visitor);
    slim_sqlite_flush_hits(w);
    if (old->span.began < rows_from) {
        slim_sql_run(&w->store, "maintain/renew_not",
                     SLIM_VALUES(slim_value(":id", old->span.id),
                                 slim_value(":rules", SLIM_SESSION_RULES)));
        slim_sqlite_note_older(&w->store, (old->span.ended / SLIM_DAY + 1) * SLIM_DAY);
        return;
    }
    take_out(w, old);
    divide(w, old, rows);
}

static uint64_t count_left(struct slim_sqlite *store)
{
    int64_t left;

    slim_sql_numbers(store, "maintain/renew_left", SLIM_NO_VALUES, 0, &left, 1);
    return (uint64_t)left;
}

static void renew_some(struct slim_sqlite_writer *w, unsigned sessions,
                       struct slim_store_renewed *renewed)
{
    apr_pool_t *pool;

    if (apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        slim_sqlite_no_memory(&w->store);
        return;
    }
    apr_array_header_t *old = apr_array_make(pool, (int)sessions, sizeof(struct old));
    slim_sql_rows(&w->store, "maintain/renew_find", SLIM_VALUES(slim_value(":sessions", sessions)),
                  take_old, old);
    apr_array_header_t *rows = apr_array_make(pool, HITS, sizeof(struct slim_hit_row));
    int64_t rows_from = slim_sqlite_rows_from(&w->store);
    for (int i = 0; i < old->nelts && slim_sql_is_well(&w->store); i++) {
        renew_session(w, &APR_ARRAY_IDX(old, i, struct old), rows_from, rows);
        renewed->sessions++;
    }
    apr_pool_destroy(pool);
}

apr_status_t slim_sqlite_renew(struct slim_store *base, unsigned sessions,
                               struct slim_store_renewed *renewed)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);
    uint64_t before = renewed->sessions;

    renewed->left = count_left(&w->store);
    if (renewed->left == 0) {
        return slim_sql_status(&w->store);
    }
    apr_status_t rv = slim_sqlite_begin(base);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    renew_some(w, sessions, renewed);
    slim_sqlite_flush(w);
    rv = slim_sqlite_end(w);
    if (rv != APR_SUCCESS) {
        slim_sqlite_rollback(base);
        renewed->sessions = before;
        return rv;
    }
    renewed->left = count_left(&w->store);
    return slim_sql_status(&w->store);
}

/* --- sets of visitors --- */

static apr_status_t remake_dimension(struct slim_recount *r, const struct slim_dimension *d,
                                     int64_t day, int is_last)
{
    struct slim_sqlite_writer *w = r->store->writer;
    apr_status_t rv = slim_sqlite_begin(&w->store.base);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    slim_recount_remake(r, d, day);
    if (is_last) {
        slim_sql_run(r->store, "maintain/stale_done", SLIM_VALUES(slim_value(":day", day)));
    }
    rv = slim_sqlite_end(w);
    if (rv != APR_SUCCESS) {
        slim_sqlite_rollback(&w->store.base);
    }
    return rv;
}

apr_status_t slim_sqlite_renew_sets(struct slim_store *base, struct slim_store_renewed *renewed)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    struct slim_recount r;
    int64_t day;

    slim_sql_numbers(store, "maintain/stale_first", SLIM_NO_VALUES, -1, &day, 1);
    if (day < 0) {
        return slim_sql_status(store);
    }
    apr_status_t rv = slim_recount_open(&r, store);
    for (const struct slim_dimension *d = slim_dimension_table; rv == APR_SUCCESS && d->number;
         d++) {
        rv = remake_dimension(&r, d, day, d[1].number == 0);
    }
    renewed->days += rv == APR_SUCCESS;
    return rv;
}
