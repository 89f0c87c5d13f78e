/* The old table's numbers of browsers and platforms, copied from conf/slim_ids.tsv into the store
 * when the file has changed: views can read nothing but tables. */
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "../core/bytes.h"
#include "../core/crc32c.h"
#include "../core/tsv.h"
#include "sql.h"
#include "sqlite_internal.h"

/* A sum over the bytes of the old table's numbers, so that they are read only when they changed. */
static uint32_t sum_of_file(const char *path)
{
    char buffer[4096];
    uint32_t sum = 0;
    size_t got;
    FILE *file = fopen(path, "re");

    while (file && (got = fread(buffer, 1, sizeof buffer, file)) > 0) {
        sum = slim_crc32c(sum, buffer, got);
    }
    if (file) {
        fclose(file);
    }
    return sum;
}

static int sum_is_known(struct slim_sqlite *store, const unsigned char *sum)
{
    sqlite3_stmt *statement;
    int known = 0;

    if (slim_sqlite_prepare(store, "sqlite/write/store_get.sql", NULL, &statement) != APR_SUCCESS) {
        return 0;
    }
    slim_sqlite_bind_text(statement, ":key", (struct slim_text){"slim_ids", 8});
    if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_bytes(statement, 0) == 4) {
        known = memcmp(sqlite3_column_blob(statement, 0), sum, 4) == 0;
    }
    sqlite3_finalize(statement);
    return known;
}

static apr_status_t add_numbers(struct slim_sqlite *store, const char *path, apr_pool_t *pool)
{
    struct slim_tsv tsv;
    sqlite3_stmt *statement;
    apr_status_t rv = slim_sqlite_prepare(store, "sqlite/write/slim_id_add.sql", NULL, &statement);

    if (rv != APR_SUCCESS || slim_tsv_open(path, &tsv, pool) != APR_SUCCESS) {
        return rv;
    }
    while (rv == APR_SUCCESS && slim_tsv_next(&tsv, pool) == APR_SUCCESS) {
        slim_sqlite_bind_text(statement, ":kind",
                              (struct slim_text){tsv.column[0], strlen(tsv.column[0])});
        slim_sqlite_bind_int(statement, ":number", apr_atoi64(tsv.column[1]));
        slim_sqlite_bind_text(statement, ":name",
                              (struct slim_text){tsv.column[2], strlen(tsv.column[2])});
        rv = slim_sqlite_run(store, statement, "write to");
    }
    sqlite3_finalize(statement);
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
        rv = slim_sqlite_execute(store, "begin immediate", "write to");
        if (rv == APR_SUCCESS) {
            rv = slim_sqlite_execute(store, slim_sql_find("sqlite/write/slim_id_clear.sql"),
                                     "write to");
        }
        if (rv == APR_SUCCESS) {
            rv = add_numbers(store, path, pool);
        }
        if (rv == APR_SUCCESS) {
            rv = slim_sqlite_put_fact(store, "slim_ids", sum, sizeof sum);
        }
        if (rv == APR_SUCCESS) {
            rv = slim_sqlite_execute(store, "commit", "write to");
        } else {
            sqlite3_exec(store->db, "rollback", NULL, NULL, NULL);
        }
    }
    apr_pool_destroy(pool);
    return rv;
}
