/* Opening a store: is it ours, is it the one the journal knows, does it have today's schema.
 * Nothing is written to a file that fails one of these. */
#include <errno.h>

#include "session.h"

/* Another program may hold the store for a moment; how long is too long is the caller's matter. */
static int wait_while_busy(void *data, int tries)
{
    const struct slim_sqlite_writer *w = data;

    if (tries >= 50 || (w->stop && atomic_load(w->stop))) {
        return 0;
    }
    sqlite3_sleep(20);
    return 1;
}

static apr_status_t open_connection(struct slim_sqlite_writer *w)
{
    struct slim_sqlite *store = &w->store;

    if (sqlite3_open_v2(store->path, &store->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW
                            | SQLITE_OPEN_EXRESCODE,
                        NULL)
        != SQLITE_OK) {
        return slim_sqlite_failed(store, "open");
    }
    sqlite3_busy_handler(store->db, wait_while_busy, w);
    slim_sqlite_harden(store->db);
    if (sqlite3_db_readonly(store->db, "main") == 1) {
        return slim_sqlite_refused(store, SLIM_STATE_STORE_READONLY, SQLITE_READONLY,
                                   "cannot write to %s: %s (SQLite %d)", store->path,
                                   sqlite3_errstr(SQLITE_READONLY), SQLITE_READONLY);
    }
    slim_sql_script(store, "connection/writer", "open");
    return slim_sql_status(store);
}

apr_status_t slim_sqlite_open_file(struct slim_sqlite_writer *w,
                                   const struct slim_store_opening *opening)
{
    struct slim_sqlite *store = &w->store;
    int fresh;
    apr_status_t rv = slim_sqlite_look_at_file(store, &fresh);

    if (rv == APR_SUCCESS && fresh) {
        rv = opening->may_create ? slim_sqlite_make(store)
                                 : slim_sqlite_refused(store, SLIM_STATE_STORE_MOVED, ENOENT,
                                                       "%s is gone", store->path);
    } else if (rv == APR_SUCCESS) {
        rv = slim_sqlite_check_identity(store, opening->identity->store);
    }
    if (rv == APR_SUCCESS) {
        rv = open_connection(w);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_migrate(store);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_note_rules(store);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_read_uuid(store, store->uuid);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_refresh_ids(store, opening->data);
    }
    return rv;
}
