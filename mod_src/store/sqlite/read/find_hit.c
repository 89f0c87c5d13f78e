/* One hit, by its number. */
#include <apr_strings.h>

#include "core/evidence.h"
#include "reader.h"
#include "store/sqlite/base/row.h"

struct finding {
    struct slim_found_hit *found;
    apr_pool_t *pool;
    int rows;
};

static struct slim_text text_at(const struct finding *f, sqlite3_stmt *row, int column)
{
    const char *text = slim_sql_column_text(row, column);

    return slim_text_of(apr_pstrdup(f->pool, text));
}

static apr_status_t take_hit(void *baton, sqlite3_stmt *row)
{
    static const enum slim_field fields[] = {SLIM_SITE,    SLIM_METHOD, SLIM_URI,
                                             SLIM_REFERER, SLIM_AGENT,  SLIM_LANGUAGE};
    struct finding *f = baton;
    struct slim_hit *hit = &f->found->hit;

    hit->status = (uint16_t)sqlite3_column_int(row, 0);
    hit->flags = (uint32_t)sqlite3_column_int64(row, 1) & SLIM_HIT_FLAGS_KEPT;
    f->found->evidence = (uint32_t)sqlite3_column_int64(row, 2);
    f->found->kind = (unsigned)sqlite3_column_int64(row, 3);
    f->found->pageview = sqlite3_column_int(row, 4);
    f->found->download = sqlite3_column_int(row, 5);
    hit->protocol = (uint16_t)sqlite3_column_int(row, 6);
    hit->bytes = (uint64_t)sqlite3_column_int64(row, 7);
    slim_sqlite_address_read(sqlite3_column_value(row, 8), hit->address, &hit->address_length);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        hit->field[fields[i]] = text_at(f, row, 9 + (int)i);
    }
    f->rows++;
    return APR_SUCCESS;
}

apr_status_t slim_sqlite_find_hit(struct slim_store *base, int64_t number,
                                  struct slim_found_hit *found, apr_pool_t *pool)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    struct finding finding = {found, pool, 0};

    *found = (struct slim_found_hit){.hit = {.time_us = 0}};
    found->hit.time_us = (number >> SLIM_HIT_SECOND_SHIFT) * 1000000;
    slim_sql_rows(store, "maintain/hit_stored", SLIM_VALUES(slim_value(":hit", number)), take_hit,
                  &finding);
    apr_status_t rv = slim_sql_status(store);
    return rv == APR_SUCCESS && finding.rows == 0 ? APR_NOTFOUND : rv;
}
