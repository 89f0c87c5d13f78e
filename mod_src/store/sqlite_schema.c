/* Making a store, and bringing an older one to today's schema. A store appears under its name whole
 * or not at all: it is made under another name and renamed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "sql.h"
#include "sqlite_internal.h"

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

static apr_status_t make_identity(struct slim_sqlite *store)
{
    unsigned char uuid[SLIM_UUID_LENGTH];
    char sql[64];

    if (getrandom(uuid, sizeof uuid, 0) != sizeof uuid) {
        return slim_sqlite_refused(store, SLIM_STATE_STORE_IO, errno, "no random numbers for %s",
                                   store->path);
    }
    snprintf(sql, sizeof sql, "pragma application_id = %d", SLIM_SQLITE_APPLICATION_ID);
    apr_status_t rv = slim_sqlite_execute(store, sql, "make");
    return rv == APR_SUCCESS ? slim_sqlite_put_fact(store, "uuid", uuid, sizeof uuid) : rv;
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
    apr_status_t rv = slim_sqlite_execute(store, "begin immediate", "make");

    if (rv != APR_SUCCESS) {
        return rv;
    }
    rv = slim_sqlite_execute(store, schema_file(number), "make");
    if (rv == APR_SUCCESS && number == 1) {
        rv = make_identity(store);
    }
    if (rv == APR_SUCCESS) {
        snprintf(sql, sizeof sql, "pragma user_version = %d", number);
        rv = slim_sqlite_execute(store, sql, "make");
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_execute(store, "commit", "make");
    }
    if (rv != APR_SUCCESS) {
        sqlite3_exec(store->db, "rollback", NULL, NULL, NULL);
    }
    return rv;
}

apr_status_t slim_sqlite_migrate(struct slim_sqlite *store)
{
    int version = user_version(store->db);
    apr_status_t rv = version < 0 ? slim_sqlite_failed(store, "read") : APR_SUCCESS;

    while (rv == APR_SUCCESS && version < SLIM_SQLITE_SCHEMA_VERSION) {
        rv = migrate_to(store, ++version);
    }
    return rv;
}

/* What stands beside a file that is gone belongs to no store any more. */
static void remove_leftovers(const char *path)
{
    static const char *const suffixes[] = {"-wal", "-shm", "-journal"};
    char name[4200];

    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
        unlink(name);
    }
}

static apr_status_t fill_new_file(struct slim_sqlite *store, const char *path)
{
    apr_status_t rv = APR_SUCCESS;

    if (sqlite3_open_v2(path, &store->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
                            | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE,
                        NULL)
        != SQLITE_OK) {
        rv = slim_sqlite_failed(store, "make");
    }
    if (rv == APR_SUCCESS) {
        slim_sqlite_harden(store->db);
        rv = slim_sqlite_migrate(store);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_execute(store, "pragma journal_mode = wal", "make");
    }
    sqlite3_close(store->db);
    store->db = NULL;
    return rv;
}

static apr_status_t put_in_place(struct slim_sqlite *store, const char *from)
{
    char directory[4096];
    const char *slash = strrchr(store->path, '/');

    snprintf(directory, sizeof directory, "%.*s", slash ? (int)(slash - store->path) + 1 : 1,
             slash ? store->path : ".");
    remove_leftovers(store->path);
    int fd =
        rename(from, store->path) == 0 ? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd < 0 || fsync(fd) != 0) {
        int error = errno;
        if (fd >= 0) {
            close(fd);
        }
        return slim_sqlite_refused(store, slim_sqlite_state_of_errno(error), error,
                                   "cannot make %s: %s", store->path, strerror(error));
    }
    close(fd);
    return APR_SUCCESS;
}

apr_status_t slim_sqlite_make(struct slim_sqlite *store)
{
    char path[4096];

    snprintf(path, sizeof path, "%s.new", store->path);
    remove_leftovers(path);
    unlink(path);
    apr_status_t rv = fill_new_file(store, path);
    if (rv == APR_SUCCESS) {
        rv = put_in_place(store, path);
    }
    if (rv != APR_SUCCESS) {
        remove_leftovers(path);
        unlink(path);
    }
    return rv;
}
