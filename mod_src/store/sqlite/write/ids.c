/* The old table's numbers of browsers and platforms, copied from conf/slim_ids.tsv into the store
 * when the file has changed: views can read nothing but tables. */
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "core/bytes.h"
#include "core/crc32c.h"
#include "core/regular_file.h"
#include "core/tsv.h"
#include "store/sqlite/base/connection.h"

#define BYTES_MAX (INT64_C(1) << 20)

/* A sum over the bytes of the old table's numbers, so that they are read only when they changed. */
static uint32_t sum_of_file(const char *path)
{
    char buffer[4096];
    uint32_t sum = 0;
    size_t got;
    FILE *file;

    if (slim_regular_file_open(path, BYTES_MAX, &file) != APR_SUCCESS) {
        return 0;
    }
    while ((got = fread(buffer, 1, sizeof buffer, file)) > 0) {
        sum = slim_crc32c(sum, buffer, got);
    }
    fclose(file);
    return sum;
}

struct known_sum {
    const unsigned char *sum;
    int is_known;
};

static apr_status_t compare_sum(void *baton, sqlite3_stmt *row)
{
    struct known_sum *known = baton;

    known->is_known = sqlite3_column_bytes(row, 0) == 4
                      && memcmp(sqlite3_column_blob(row, 0), known->sum, 4) == 0;
    return APR_SUCCESS;
}

static int sum_is_known(struct slim_sqlite *store, const unsigned char *sum)
{
    struct known_sum known = {sum, 0};

    slim_sql_rows(store, "write/store_get", SLIM_VALUES(slim_value_string(":key", "slim_ids")),
                  compare_sum, &known);
    return known.is_known;
}

static void add_numbers(struct slim_sqlite *store, const char *path, apr_pool_t *pool)
{
    struct slim_tsv tsv;

    if (slim_tsv_open(path, &tsv, pool) != APR_SUCCESS) {
        return;
    }
    while (slim_tsv_next(&tsv, pool) == APR_SUCCESS) {
        slim_sql_run(store, "write/slim_id_add",
                     SLIM_VALUES(slim_value_string(":kind", tsv.column[0]),
                                 slim_value(":number", apr_atoi64(tsv.column[1])),
                                 slim_value_string(":name", tsv.column[2])));
    }
}

static apr_status_t take_numbers(struct slim_sqlite *store, const char *path,
                                 const unsigned char *sum, apr_pool_t *pool)
{
    apr_status_t rv = slim_sql_begin(store, "connection/begin_write");

    if (rv != APR_SUCCESS) {
        return rv;
    }
    slim_sql_run(store, "write/slim_id_clear", SLIM_NO_VALUES);
    add_numbers(store, path, pool);
    slim_sqlite_put_fact(store, "slim_ids", sum, 4);
    rv = slim_sql_commit(store);
    if (rv != APR_SUCCESS) {
        slim_sql_rollback(store);
    }
    return rv;
}

apr_status_t slim_sqlite_refresh_ids(struct slim_sqlite *store, const char *data)
{
    unsigned char sum[4];
    apr_pool_t *pool;
    apr_status_t rv = apr_pool_create(&pool, NULL);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    const char *path = apr_pstrcat(pool, data, "/slim_ids.tsv", NULL);
    slim_put_u32(sum, sum_of_file(path));
    if (!sum_is_known(store, sum)) {
        rv = take_numbers(store, path, sum, pool);
    }
    apr_pool_destroy(pool);
    return rv;
}
