/* Making a store, and bringing an older one to today's schema. A store appears under its name whole
 * or not at all: it is made under another name and renamed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "connection.h"
#include "core/whole_file.h"
#include "sql.h"

void slim_sqlite_read_version(struct slim_sqlite *store, int64_t *application, int64_t *version)
{
    int64_t numbers[2];

    slim_sql_numbers(store, "connection/version", SLIM_NO_VALUES, -1, numbers, 2);
    *application = numbers[0];
    *version = numbers[1];
}

/* Runs a pragma that sets a number in the file's head. */
static void set_number(struct slim_sqlite *store, const char *file, int number)
{
    char text[16];
    const struct slim_sql_name names[] = {{"number", text}, {NULL, NULL}};

    snprintf(text, sizeof text, "%d", number);
    sqlite3_stmt *statement = slim_sql_statement(store, file, names);
    slim_sql_step(store, statement);
    sqlite3_finalize(statement);
}

static void make_identity(struct slim_sqlite *store)
{
    unsigned char uuid[SLIM_UUID_LENGTH];

    if (getrandom(uuid, sizeof uuid, 0) != sizeof uuid) {
        slim_sql_fail(store, slim_sqlite_refused(store, SLIM_STATE_STORE_IO, errno,
                                                 "no random numbers for %s", store->path));
        return;
    }
    set_number(store, "connection/set_application", SLIM_SQLITE_APPLICATION_ID);
    slim_sqlite_put_fact(store, "uuid", uuid, sizeof uuid);
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

/* They are numbered from 1 on, without a gap. */
int slim_sqlite_schema_version(void)
{
    static const char folder[] = "sqlite/schema/";
    int version = 0;

    for (const struct slim_sql *sql = slim_sql_table; sql->path; sql++) {
        version += strncmp(sql->path, folder, sizeof folder - 1) == 0;
    }
    return version;
}

static void run_schema(struct slim_sqlite *store, const char *sql)
{
    if (!sql || sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        slim_sql_fail(store, slim_sqlite_failed(store, "make"));
    }
}

/* Views are told once, as they are for the last schema: whatever earlier ones made is replaced. */
static void make_views(struct slim_sqlite *store)
{
    static const char folder[] = "sqlite/view/";

    for (const struct slim_sql *sql = slim_sql_table; sql->path; sql++) {
        if (strncmp(sql->path, folder, sizeof folder - 1) == 0 && slim_sql_is_well(store)) {
            run_schema(store, sql->text);
        }
    }
}

/* One step of the schema, whole or not at all. */
static apr_status_t migrate_to(struct slim_sqlite *store, int number)
{
    apr_status_t rv = slim_sql_begin(store, "connection/begin_write");

    if (rv != APR_SUCCESS) {
        return rv;
    }
    run_schema(store, schema_file(number));
    if (number == 1) {
        make_identity(store);
    }
    if (number == slim_sqlite_schema_version()) {
        make_views(store);
    }
    set_number(store, "connection/set_version", number);
    rv = slim_sql_commit(store);
    if (rv != APR_SUCCESS) {
        slim_sql_rollback(store);
    }
    return rv;
}

apr_status_t slim_sqlite_migrate(struct slim_sqlite *store)
{
    int64_t application, version;

    slim_sqlite_read_version(store, &application, &version);
    apr_status_t rv = slim_sql_status(store);
    while (rv == APR_SUCCESS && version < slim_sqlite_schema_version()) {
        rv = migrate_to(store, (int)++version);
    }
    return rv;
}

void slim_sqlite_remove_beside(const char *path)
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
        slim_sql_script(store, "connection/logged", "make");
        rv = slim_sql_status(store);
    }
    slim_sql_close(store);
    sqlite3_close(store->db);
    store->db = NULL;
    return rv;
}

static apr_status_t cannot_make(struct slim_sqlite *store, apr_status_t rv)
{
    return slim_sqlite_refused(store, slim_sqlite_state_of_errno(rv), rv, "cannot make %s: %s",
                               store->path, slim_whole_file_reason(rv));
}

apr_status_t slim_sqlite_make(struct slim_sqlite *store)
{
    struct slim_whole_file file;
    apr_status_t rv = slim_whole_file_begin(&file, AT_FDCWD, store->path, SLIM_OVER_ANYTHING, 0644);

    if (rv != APR_SUCCESS) {
        return cannot_make(store, rv);
    }
    slim_sqlite_remove_beside(file.partial); /* of one that was killed half way */
    rv = fill_new_file(store, file.partial);
    if (rv != APR_SUCCESS) {
        slim_sqlite_remove_beside(file.partial);
        slim_whole_file_drop(&file);
        return rv;
    }
    slim_sqlite_remove_beside(store->path);
    rv = slim_whole_file_end(&file);
    return rv == APR_SUCCESS ? rv : cannot_make(store, rv);
}
