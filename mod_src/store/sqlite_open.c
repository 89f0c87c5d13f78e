/* Opening a store file: is it ours, is it the one the journal knows, does it have today's schema.
 * Nothing is written to a file that fails one of these. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <apr_strings.h>

#include "../core/bytes.h"
#include "../core/crc32c.h"
#include "../core/tsv.h"
#include "sql.h"
#include "sqlite_internal.h"

#define HEADER_LENGTH 100

void slim_sqlite_harden(sqlite3 *db)
{
    sqlite3_extended_result_codes(db, 1);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_exec(db, "pragma cell_size_check = on; pragma temp_store = memory;", NULL, NULL, NULL);
}

/* Big-endian numbers of the database header (https://sqlite.org/fileformat.html, 1.3). */
static uint32_t header_number(const unsigned char *header, int offset)
{
    return (uint32_t)header[offset] << 24 | (uint32_t)header[offset + 1] << 16
           | (uint32_t)header[offset + 2] << 8 | header[offset + 3];
}

/* Looks at the file before SQLite does: SQLite would replay a log beside it into whatever it is.
 * *fresh: there is no file yet, or an empty one. */
static apr_status_t look_at_file(struct slim_sqlite *store, int *fresh)
{
    unsigned char header[HEADER_LENGTH];
    struct stat st;
    int fd = open(store->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    *fresh = 0;
    if (fd < 0 && errno == ENOENT) {
        *fresh = 1;
        return APR_SUCCESS;
    }
    if (fd < 0) {
        int error = errno;
        return slim_sqlite_refused(store,
                                   error == EACCES ? SLIM_STATE_STORE_READONLY
                                                   : SLIM_STATE_STORE_IO,
                                   error, "cannot open %s: %s", store->path,
                                   error == ELOOP ? "it is a symbolic link" : strerror(error));
    }
    ssize_t length = pread(fd, header, sizeof header, 0);
    int regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    close(fd);
    if (!regular) {
        return slim_sqlite_refused(store, SLIM_STATE_STORE_CORRUPT, 0, "%s is no regular file",
                                   store->path);
    }
    if (length == 0) {
        *fresh = 1;
        return APR_SUCCESS;
    }
    if (length < HEADER_LENGTH || memcmp(header, "SQLite format 3", 16) != 0) {
        return slim_sqlite_refused(store, SLIM_STATE_STORE_CORRUPT, SQLITE_NOTADB,
                                   "%s is no SQLite database", store->path);
    }
    if (header_number(header, 68) != SLIM_SQLITE_APPLICATION_ID) {
        return slim_sqlite_refused(store, SLIM_STATE_SCHEMA_NEWER, 0,
                                   "%s is a database of another program", store->path);
    }
    if (header_number(header, 60) > SLIM_SQLITE_SCHEMA_VERSION) {
        return slim_sqlite_refused(store, SLIM_STATE_SCHEMA_NEWER, 0,
                                   "%s has schema %u, this version knows %d", store->path,
                                   header_number(header, 60), SLIM_SQLITE_SCHEMA_VERSION);
    }
    return APR_SUCCESS;
}

/* path as a URI that SQLite opens without looking at the log beside it. */
static void immutable_uri(const char *path, char *uri, size_t size)
{
    size_t used = (size_t)snprintf(uri, size, "file:");

    for (; *path && used + 16 < size; path++) {
        if (strchr("%?#", *path)) {
            used += (size_t)snprintf(uri + used, size - used, "%%%02X", (unsigned char)*path);
        } else {
            uri[used++] = *path;
        }
    }
    snprintf(uri + used, size - used, "?immutable=1");
}

static apr_status_t read_uuid(struct slim_sqlite *store, unsigned char *uuid)
{
    sqlite3_stmt *statement;
    apr_status_t rv = slim_sqlite_prepare(store, "sqlite/write/store_get.sql", NULL, &statement);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    slim_sqlite_bind_text(statement, ":key", (struct slim_text){"uuid", 4});
    if (sqlite3_step(statement) == SQLITE_ROW
        && sqlite3_column_bytes(statement, 0) == SLIM_UUID_LENGTH) {
        memcpy(uuid, sqlite3_column_blob(statement, 0), SLIM_UUID_LENGTH);
    } else {
        rv = slim_sqlite_failed(store, "read");
    }
    sqlite3_finalize(statement);
    return rv;
}

/* A file that was put in place of ours must not get our log replayed into it. */
static apr_status_t check_identity(struct slim_sqlite *store, const unsigned char *expected)
{
    static const unsigned char none[SLIM_UUID_LENGTH];
    unsigned char uuid[SLIM_UUID_LENGTH];
    char uri[8192];

    if (memcmp(expected, none, sizeof none) == 0) {
        return APR_SUCCESS;
    }
    immutable_uri(store->path, uri, sizeof uri);
    apr_status_t rv = APR_SUCCESS;
    if (sqlite3_open_v2(uri, &store->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL)
        != SQLITE_OK) {
        rv = slim_sqlite_failed(store, "open");
    }
    if (rv == APR_SUCCESS) {
        rv = read_uuid(store, uuid);
    }
    sqlite3_close(store->db);
    store->db = NULL;
    if (rv == APR_SUCCESS && memcmp(uuid, expected, sizeof uuid) != 0) {
        rv = slim_sqlite_refused(store, SLIM_STATE_STORE_MOVED, 0,
                                 "%s is not the store that the journal was loaded into",
                                 store->path);
    }
    return rv;
}

static apr_status_t run(struct slim_sqlite *store, const char *sql, const char *doing)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK
               ? APR_SUCCESS
               : slim_sqlite_failed(store, doing);
}

static int user_version(sqlite3 *db)
{
    sqlite3_stmt *statement;
    int version = -1;

    if (sqlite3_prepare_v2(db, "pragma user_version", -1, &statement, NULL) == SQLITE_OK
        && sqlite3_step(statement) == SQLITE_ROW) {
        version = sqlite3_column_int(statement, 0);
    }
    sqlite3_finalize(statement);
    return version;
}

static apr_status_t put_fact(struct slim_sqlite *store, const char *key, const void *value,
                             int length)
{
    sqlite3_stmt *statement;
    apr_status_t rv = slim_sqlite_prepare(store, "sqlite/write/store_put.sql", NULL, &statement);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    slim_sqlite_bind_text(statement, ":key", (struct slim_text){key, strlen(key)});
    sqlite3_bind_blob(statement, sqlite3_bind_parameter_index(statement, ":value"), value, length,
                      SQLITE_STATIC);
    rv = slim_sqlite_run(store, statement, "write to");
    sqlite3_finalize(statement);
    return rv;
}

static apr_status_t make_identity(struct slim_sqlite *store)
{
    unsigned char uuid[SLIM_UUID_LENGTH];
    char sql[64];

    if (getrandom(uuid, sizeof uuid, 0) != sizeof uuid) {
        return slim_sqlite_refused(store, SLIM_STATE_STORE_IO, errno, "no random numbers for %s",
                                   store->path);
    }
    snprintf(sql, sizeof sql, "pragma application_id = %d", SLIM_SQLITE_APPLICATION_ID);
    apr_status_t rv = run(store, sql, "make");
    return rv == APR_SUCCESS ? put_fact(store, "uuid", uuid, sizeof uuid) : rv;
}

/* The schema file with a number, by its name's first four digits. */
static const char *schema_file(int number)
{
    char prefix[32];
    int length = snprintf(prefix, sizeof prefix, "sqlite/schema/%04d_", number);

    for (const struct slim_sql *sql = slim_sql_table; sql->path; sql++) {
        if (strncmp(sql->path, prefix, (size_t)length) == 0) {
            return sql->text;
        }
    }
    return NULL;
}

/* One step of the schema, whole or not at all. */
static apr_status_t migrate_to(struct slim_sqlite *store, int number)
{
    char sql[64];
    apr_status_t rv = run(store, "begin immediate", "make");

    if (rv != APR_SUCCESS) {
        return rv;
    }
    rv = run(store, schema_file(number), "make");
    if (rv == APR_SUCCESS && number == 1) {
        rv = make_identity(store);
    }
    if (rv == APR_SUCCESS) {
        snprintf(sql, sizeof sql, "pragma user_version = %d", number);
        rv = run(store, sql, "make");
    }
    if (rv == APR_SUCCESS) {
        rv = run(store, "commit", "make");
    }
    if (rv != APR_SUCCESS) {
        sqlite3_exec(store->db, "rollback", NULL, NULL, NULL);
    }
    return rv;
}

static apr_status_t migrate(struct slim_sqlite *store)
{
    int version = user_version(store->db);
    apr_status_t rv = version < 0 ? slim_sqlite_failed(store, "read") : APR_SUCCESS;
    int migrated = version < SLIM_SQLITE_SCHEMA_VERSION;

    while (rv == APR_SUCCESS && version < SLIM_SQLITE_SCHEMA_VERSION) {
        rv = migrate_to(store, ++version);
    }
    /* The identity has to stand in the file itself, where it is looked for without the log. */
    if (rv == APR_SUCCESS && migrated) {
        sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    }
    return rv;
}

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

static apr_status_t refresh_slim_ids(struct slim_sqlite *store, const char *data)
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
        rv = run(store, "begin immediate", "write to");
        if (rv == APR_SUCCESS) {
            rv = run(store, slim_sql_find("sqlite/write/slim_id_clear.sql"), "write to");
        }
        if (rv == APR_SUCCESS) {
            rv = add_numbers(store, path, pool);
        }
        if (rv == APR_SUCCESS) {
            rv = put_fact(store, "slim_ids", sum, sizeof sum);
        }
        if (rv == APR_SUCCESS) {
            rv = run(store, "commit", "write to");
        } else {
            sqlite3_exec(store->db, "rollback", NULL, NULL, NULL);
        }
    }
    apr_pool_destroy(pool);
    return rv;
}

/* Another program may hold the store for a moment; how long is too long is the caller's matter. */
static int wait_while_busy(void *data, int tries)
{
    struct slim_sqlite *store = data;

    if (tries >= 50 || (store->stop && *store->stop)) {
        return 0;
    }
    sqlite3_sleep(20);
    return 1;
}

static apr_status_t open_connection(struct slim_sqlite *store)
{
    if (sqlite3_open_v2(store->path, &store->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
                            | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE,
                        NULL)
        != SQLITE_OK) {
        return slim_sqlite_failed(store, "open");
    }
    sqlite3_busy_handler(store->db, wait_while_busy, store);
    slim_sqlite_harden(store->db);
    if (sqlite3_db_readonly(store->db, "main") == 1) {
        return slim_sqlite_refused(store, SLIM_STATE_STORE_READONLY, SQLITE_READONLY,
                                   "cannot write to %s: %s (SQLite %d)", store->path,
                                   sqlite3_errstr(SQLITE_READONLY), SQLITE_READONLY);
    }
    return run(store,
               "pragma journal_mode = wal; pragma synchronous = normal;"
               "pragma wal_autocheckpoint = 0; pragma journal_size_limit = 8388608;"
               "pragma cache_size = -8192",
               "open");
}

apr_status_t slim_sqlite_open_file(struct slim_sqlite *store,
                                   const struct slim_store_opening *opening)
{
    int fresh;
    apr_status_t rv = look_at_file(store, &fresh);

    if (rv == APR_SUCCESS && fresh && !opening->may_create) {
        rv = slim_sqlite_refused(store, SLIM_STATE_STORE_MOVED, ENOENT, "%s is gone", store->path);
    }
    if (rv == APR_SUCCESS && !fresh) {
        rv = check_identity(store, opening->identity->store);
    }
    if (rv == APR_SUCCESS) {
        rv = open_connection(store);
    }
    if (rv == APR_SUCCESS) {
        rv = migrate(store);
    }
    if (rv == APR_SUCCESS) {
        rv = read_uuid(store, store->uuid);
    }
    if (rv == APR_SUCCESS) {
        rv = refresh_slim_ids(store, opening->data);
    }
    return rv;
}
