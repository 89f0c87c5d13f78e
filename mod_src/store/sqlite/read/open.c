/* Opening the SQLite store for reading. Connections are read-only; triggers and views of the file
 * are not run, and a question that takes too long is ended. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "core/clock.h"
#include "core/settings.h"
#include "addresses.h"

static int stop_when_late(void *data)
{
    const struct slim_sqlite *store = data;

    return store->question.deadline != 0 && slim_ticks() > store->question.deadline;
}

static apr_status_t check_schema(struct slim_sqlite *store)
{
    int64_t application, version;

    slim_sqlite_read_version(store, &application, &version);
    if (application < 0 || version < 0) {
        return slim_sql_status(store);
    }
    if (application != SLIM_SQLITE_APPLICATION_ID) {
        return slim_sqlite_refused(store, SLIM_STATE_SCHEMA_NEWER, 0, "%s is not a slimstats store",
                                   store->path);
    }
    if (version < slim_sqlite_schema_version()) {
        return slim_sqlite_refused(store, SLIM_STATE_SCHEMA_OLDER, 0,
                                   "%s has schema %d, this version reads %d", store->path,
                                   (int)version, slim_sqlite_schema_version());
    }
    if (version > slim_sqlite_schema_version()) {
        return slim_sqlite_refused(store, SLIM_STATE_SCHEMA_NEWER, 0,
                                   "%s has schema %d, this version reads %d", store->path,
                                   (int)version, slim_sqlite_schema_version());
    }
    return APR_SUCCESS;
}

apr_status_t slim_sqlite_open_reader(const char *url, unsigned time_limit_ms,
                                     struct slim_store **result, apr_pool_t *pool)
{
    struct slim_sqlite *store = apr_pcalloc(pool, sizeof *store);

    store->base.engine = &slim_store_sqlite;
    store->path = apr_pstrdup(pool, slim_sqlite_file(url));
    store->time_limit_ms = time_limit_ms;
    *result = &store->base;
    if (access(store->path, F_OK) != 0) {
        int error = errno;
        return error == ENOENT || error == ENOTDIR
                   ? slim_sqlite_refused(store, SLIM_STATE_STORE_MOVED, 0,
                                         "there is no store at %s", store->path)
                   : slim_sqlite_refused(store, slim_sqlite_state_of_errno(error), error,
                                         "cannot open %s: %s", store->path, strerror(error));
    }
    if (sqlite3_open_v2(store->path, &store->db,
                        SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW
                            | SQLITE_OPEN_EXRESCODE,
                        NULL)
        != SQLITE_OK) {
        return slim_sqlite_failed(store, "open");
    }
    slim_sqlite_harden(store->db);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_busy_timeout(store->db, 1000);
    slim_sql_script(store, "connection/reader", "open");
    sqlite3_progress_handler(store->db, 10000, stop_when_late, store);
    slim_sqlite_addresses_declare(store, pool);
    return check_schema(store);
}
