/* Copying the store while others write, and restoring a copy. A file is never moved over a store:
 * SQLite would replay the store's write-ahead log into it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "core/whole_file.h"
#include "maintain.h"
#include "store/sqlite/base/sql.h"

#define STEP_PAGES 256 /* 1 MiB at a time, */
#define PAUSE_MS 5     /* then others have their turn */
#define BUSY_MS 20

/* --- copying --- */

static apr_status_t copy_failed(struct slim_sqlite *store, const char *path, int rc)
{
    return slim_sqlite_refused(store, SLIM_STATE_STORE_IO, rc, "cannot copy to %s: %s", path,
                               sqlite3_errstr(rc));
}

/* Copies the whole of one connection's file into another's. When somebody else writes, SQLite
 * begins anew by itself; one snapshot keeps it from having to. */
static apr_status_t copy_pages(struct slim_sqlite *store, sqlite3 *from, sqlite3 *to,
                               const char *path, const struct slim_store_progress *progress)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    int rc = backup ? SQLITE_OK : sqlite3_errcode(to);

    while (rc == SQLITE_OK || rc == SQLITE_BUSY || rc == SQLITE_LOCKED) {
        rc = sqlite3_backup_step(backup, STEP_PAGES);
        uint64_t total = (uint64_t)sqlite3_backup_pagecount(backup);
        slim_maintain_progress(progress, "pages",
                               total - (uint64_t)sqlite3_backup_remaining(backup), total);
        sqlite3_sleep(rc == SQLITE_OK ? PAUSE_MS : rc == SQLITE_DONE ? 0 : BUSY_MS);
    }
    if (backup) {
        sqlite3_backup_finish(backup);
    }
    return rc == SQLITE_DONE ? APR_SUCCESS : copy_failed(store, path, rc);
}

/* A store of its own has no log: one file, to be carried about. */
static apr_status_t copy_into(struct slim_sqlite *store, sqlite3 *from, const char *path,
                              const struct slim_store_progress *progress)
{
    sqlite3 *to = NULL;
    apr_status_t rv = APR_SUCCESS;

    if (sqlite3_open_v2(path, &to,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE, NULL)
        != SQLITE_OK) {
        rv = copy_failed(store, path, sqlite3_errcode(to));
    }
    if (rv == APR_SUCCESS) {
        sqlite3_exec(to, slim_sql_find("sqlite/connection/copy_sync.sql"), NULL, NULL, NULL);
        rv = copy_pages(store, from, to, path, progress);
    }
    if (rv == APR_SUCCESS
        && sqlite3_exec(to, slim_sql_find("sqlite/connection/copy_alone.sql"), NULL, NULL, NULL)
               != SQLITE_OK) {
        rv = copy_failed(store, path, sqlite3_errcode(to));
    }
    sqlite3_close(to);
    return rv;
}

/* A copy is worth something only when it is whole. */
static apr_status_t judge(struct slim_sqlite *store, const char *path, apr_status_t rv,
                          const struct slim_store *copy, const struct slim_store_checked *checked)
{
    if (rv != APR_SUCCESS) {
        store->base.error = copy->error;
    } else if (checked->differences > 0) {
        rv = slim_sqlite_refused(store, SLIM_STATE_STORE_CORRUPT, SQLITE_CORRUPT,
                                 "%s is not whole: a check finds %llu differences", path,
                                 (unsigned long long)checked->differences);
    }
    return rv;
}

/* Opens a store of this or an older version, which today's reader does not read. */
static apr_status_t open_any(struct slim_sqlite *source, const char *path)
{
    int fresh;

    *source = (struct slim_sqlite){.base.engine = &slim_store_sqlite, .path = path};
    apr_status_t rv = slim_sqlite_look_at_file(source, &fresh);
    if (rv == APR_SUCCESS && fresh) {
        return slim_sqlite_refused(source, SLIM_STATE_STORE_MOVED, 0,
                                   access(path, F_OK) == 0 ? "%s is empty, not a store"
                                                           : "there is no %s",
                                   path);
    }
    if (rv == APR_SUCCESS
        && sqlite3_open_v2(path, &source->db,
                           SQLITE_OPEN_READONLY | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE,
                           NULL)
               != SQLITE_OK) {
        rv = slim_sqlite_failed(source, "open");
    }
    if (rv == APR_SUCCESS) {
        slim_sqlite_harden(source->db);
    }
    return rv;
}

/* Page by page; whether its visits and rollups are right is the check's to say, of any store. */
static apr_status_t check_copy(struct slim_sqlite *store, const char *path,
                               const struct slim_store_progress *progress)
{
    struct slim_store_checked checked = {0};
    struct slim_sqlite copy;
    apr_status_t rv = open_any(&copy, path);

    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_check_pages(&copy, progress, &checked);
    }
    rv = judge(store, path, rv, &copy.base, &checked);
    copy.base.engine->close(&copy.base);
    return rv;
}

static apr_status_t no_file(struct slim_sqlite *store, const char *path, apr_status_t rv)
{
    return slim_sqlite_refused(store, slim_sqlite_state_of_errno(rv), rv, "cannot make %s: %s",
                               path, slim_whole_file_reason(rv));
}

/* --- backup --- */

/* Copies and checks under the name that the file has until it is whole. */
static apr_status_t fill(struct slim_sqlite *store, const char *partial,
                         const struct slim_store_progress *progress)
{
    apr_status_t rv = slim_sql_begin(store, "connection/begin_copy");

    if (rv == APR_SUCCESS) {
        rv = copy_into(store, store->db, partial, progress);
        slim_sql_rollback(store);
    }
    return rv == APR_SUCCESS ? check_copy(store, partial, progress) : rv;
}

apr_status_t slim_sqlite_backup(struct slim_store *base, const char *path,
                                const struct slim_store_progress *progress)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    struct slim_whole_file file;
    apr_status_t rv = slim_whole_file_begin(&file, AT_FDCWD, path, SLIM_OVER_NOTHING, 0600);

    if (rv != APR_SUCCESS) {
        return no_file(store, path, rv);
    }
    slim_sqlite_remove_beside(file.partial); /* of one that was killed half way */
    rv = fill(store, file.partial, progress);
    slim_sqlite_remove_beside(file.partial);
    if (rv != APR_SUCCESS) {
        slim_whole_file_drop(&file);
        return rv;
    }
    rv = slim_whole_file_end(&file);
    return rv == APR_SUCCESS ? rv : no_file(store, path, rv);
}

/* --- restore --- */

/* Before the new file has the name: a log of the old one would be replayed into it. */
static apr_status_t put_in_place(struct slim_sqlite *store, struct slim_whole_file *file)
{
    slim_sqlite_remove_beside(store->path);
    apr_status_t rv = slim_whole_file_end(file);
    return rv == APR_SUCCESS ? rv : no_file(store, store->path, rv);
}

/* The copy is migrated when it is opened for writing; its UUID is the backup's. */
static apr_status_t make_copy(struct slim_sqlite *store, const char *from, const char *copy,
                              const struct slim_store_progress *progress)
{
    struct slim_sqlite source;
    apr_status_t rv = open_any(&source, from);

    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_read_uuid(&source, store->uuid);
    }
    if (rv != APR_SUCCESS) {
        store->base.error = source.base.error;
    }
    if (rv == APR_SUCCESS) {
        rv = copy_into(store, source.db, copy, progress);
    }
    source.base.engine->close(&source.base);
    return rv == APR_SUCCESS ? check_copy(store, copy, progress) : rv;
}

apr_status_t slim_sqlite_restore(const char *url, const char *from,
                                 const struct slim_store_progress *progress,
                                 struct slim_store **result, apr_pool_t *pool)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_make(url, pool);
    struct slim_sqlite *store = &w->store;
    struct slim_whole_file file;

    *result = &store->base;
    apr_status_t rv = slim_whole_file_begin(&file, AT_FDCWD, store->path, SLIM_OVER_ANYTHING, 0600);
    if (rv != APR_SUCCESS) {
        return no_file(store, store->path, rv);
    }
    slim_sqlite_remove_beside(file.partial); /* of one that was killed half way */
    rv = make_copy(store, from, file.partial, progress);
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_lock(w);
    }
    if (rv == APR_SUCCESS) {
        rv = put_in_place(store, &file);
        slim_sqlite_unlock(w);
    } else {
        slim_sqlite_remove_beside(file.partial);
        slim_whole_file_drop(&file);
    }
    slim_sqlite_close_lock(w);
    return rv;
}
