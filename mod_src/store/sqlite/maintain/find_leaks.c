/* Leaks among hits that are stored: of a store that is older, or after the list of probes has
 * changed. Some hits in one transaction with how far it is; whenever it is interrupted, it goes on
 * there. */
#include <apr_tables.h>

#include "core/bytes.h"
#include "maintain.h"

#define FACT "leaks_found" /* 4 bytes of the sum, 8 of the next hit */
#define FACT_SIZE 12

struct position {
    uint32_t sum;
    int64_t next; /* INT64_MAX: all were looked at; who stores hits marks them */
};

struct changed {
    int64_t id;
    int is_leak;
};

struct looking {
    const struct slim_store_leaks *leaks;
    apr_array_header_t *changed; /* struct changed */
    unsigned rows;
    int64_t next;
};

static apr_status_t take_position(void *baton, sqlite3_stmt *row)
{
    const unsigned char *bytes = sqlite3_column_blob(row, 0);

    if (sqlite3_column_bytes(row, 0) == FACT_SIZE) {
        *(struct position *)baton =
            (struct position){slim_get_u32(bytes), (int64_t)slim_get_u64(bytes + 4)};
    }
    return APR_SUCCESS;
}

static void put_position(struct slim_sqlite *store, uint32_t sum, int64_t next)
{
    unsigned char bytes[FACT_SIZE];

    slim_put_u32(bytes, sum);
    slim_put_u64(bytes + 4, (uint64_t)next);
    slim_sqlite_put_fact(store, FACT, bytes, sizeof bytes);
}

static apr_status_t look(void *baton, sqlite3_stmt *row)
{
    struct looking *l = baton;
    const char *text = (const char *)sqlite3_column_text(row, 1);
    const struct slim_text resource = {text ? text : "",
                                       text ? (size_t)sqlite3_column_bytes(row, 1) : 0};
    int64_t id = sqlite3_column_int64(row, 0);
    int is_leak = l->leaks->is_leak(l->leaks->baton, resource, (unsigned)sqlite3_column_int(row, 2),
                                    (uint64_t)sqlite3_column_int64(row, 3));

    if (is_leak != sqlite3_column_int(row, 4)) {
        APR_ARRAY_PUSH(l->changed, struct changed) = (struct changed){id, is_leak};
    }
    l->rows++;
    l->next = id + 1;
    return APR_SUCCESS;
}

static void look_at_some(struct slim_sqlite *store, struct looking *l)
{
    slim_sql_rows(store, "maintain/leak_rows",
                  SLIM_VALUES(slim_value(":first", l->next), slim_value(":rows", l->leaks->rows)),
                  look, l);
    for (int i = 0; i < l->changed->nelts; i++) {
        const struct changed *one = &APR_ARRAY_IDX(l->changed, i, struct changed);
        slim_sql_run(store, "maintain/leak_mark",
                     SLIM_VALUES(slim_value(":is_leak", one->is_leak), slim_value(":id", one->id)));
    }
}

/* In a transaction. */
static apr_status_t find_some(struct slim_sqlite_writer *w, const struct slim_store_leaks *leaks,
                              int64_t first, int *more)
{
    apr_pool_t *pool;
    apr_status_t rv = slim_sqlite_begin(&w->store.base);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (apr_pool_create(&pool, NULL) == APR_SUCCESS) {
        struct looking l = {.leaks = leaks,
                            .changed = apr_array_make(pool, 64, sizeof(struct changed)),
                            .next = first};
        look_at_some(&w->store, &l);
        *more = l.rows == leaks->rows;
        put_position(&w->store, leaks->sum, *more ? l.next : INT64_MAX);
        apr_pool_destroy(pool);
    } else {
        slim_sqlite_no_memory(&w->store);
    }
    rv = slim_sqlite_end(w);
    if (rv != APR_SUCCESS) {
        slim_sqlite_rollback(&w->store.base);
        *more = 0;
    }
    return rv;
}

apr_status_t slim_sqlite_find_leaks(struct slim_store *base, const struct slim_store_leaks *leaks,
                                    int *more)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);
    struct position from = {leaks->sum, 0};

    *more = 0;
    slim_sql_rows(&w->store, "write/store_get", SLIM_VALUES(slim_value_string(":key", FACT)),
                  take_position, &from);
    if (!slim_sql_is_well(&w->store) || (from.sum == leaks->sum && from.next == INT64_MAX)) {
        return slim_sql_status(&w->store);
    }
    return find_some(w, leaks, from.sum == leaks->sum ? from.next : 0, more);
}
