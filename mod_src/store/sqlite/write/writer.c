/* The writer: opening, its transactions, and what it says of itself. */
#include <errno.h>
#include <string.h>

#include <apr_strings.h>

#include "writer.h"
#include "core/settings.h"

/* --- opening and closing --- */

void slim_sqlite_close(struct slim_store *base)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;

    slim_sql_close(store);
    sqlite3_close(store->db);
    store->db = NULL;
    if (store->writer) {
        slim_sqlite_close_lock(store->writer);
    }
}

struct slim_sqlite_writer *slim_sqlite_writer_make(const char *url, apr_pool_t *pool)
{
    struct slim_sqlite_writer *w = apr_pcalloc(pool, sizeof *w);

    w->store.base.engine = &slim_store_sqlite;
    w->store.writer = w;
    w->store.path = apr_pstrdup(pool, slim_sqlite_file(url));
    w->log_path = apr_pstrcat(pool, w->store.path, "-wal", NULL);
    w->lock_path = apr_pstrcat(pool, w->store.path, "-lock", NULL);
    w->lock_fd = -1;
    return w;
}

static apr_status_t open_statements(struct slim_sqlite_writer *w,
                                    const struct slim_store_opening *opening, apr_pool_t *pool)
{
    struct slim_sqlite *store = &w->store;
    int outer = slim_sql_series_begin(store);

    w->dictionaries = slim_sqlite_dictionaries_open(store, pool);
    w->batch = slim_sqlite_batch_open(store, pool);
    w->sessions = slim_sqlite_sessions_open(store, opening->visit_timeout_s, pool);
    w->rollups = slim_sqlite_rollups_open(store, pool);
    w->recorded = slim_sqlite_recorded_open(store, pool);
    w->archived = slim_sqlite_archived_open(store, pool);
    w->titles = slim_sqlite_titles_open(store, pool);
    w->last_in_second = slim_sql_placed(store, "write/hit_last_in_second", NULL, ":first :last");
    return slim_sql_series_end(store, outer);
}

apr_status_t slim_sqlite_open(const struct slim_store_opening *opening, struct slim_store **result,
                              apr_pool_t *pool)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_make(opening->url, pool);

    w->stop = opening->stop;
    memcpy(w->journal_uuid, opening->identity->journal, SLIM_UUID_LENGTH);
    *result = &w->store.base;

    apr_status_t rv = slim_sqlite_lock(w);
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_open_file(w, opening);
    }
    if (rv == APR_SUCCESS) {
        rv = open_statements(w, opening, pool);
    }
    slim_sqlite_unlock(w);
    if (rv != APR_SUCCESS) {
        slim_sqlite_close(&w->store.base);
    }
    return rv;
}

const unsigned char *slim_sqlite_uuid(const struct slim_store *base)
{
    return ((const struct slim_sqlite *)base)->uuid;
}

/* --- where we are --- */

apr_status_t slim_sqlite_position(struct slim_store *base, struct slim_journal_position *position)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);
    int64_t numbers[3];

    slim_sql_numbers(&w->store, "write/position_find",
                     SLIM_VALUES(slim_value_blob(":uuid", w->journal_uuid, SLIM_UUID_LENGTH)), 0,
                     numbers, 3);
    *position = (struct slim_journal_position){.segment = (uint64_t)numbers[0],
                                               .offset = (uint64_t)numbers[1],
                                               .record = (uint64_t)numbers[2]};
    return slim_sql_status(&w->store);
}

/* SQLite goes on "committing" into a file that was deleted or replaced, and into a log that was:
 * both are looked for by name before anything counts as stored. */
static apr_status_t check_still_there(struct slim_sqlite_writer *w)
{
    struct slim_sqlite *store = &w->store;
    int moved = 0;
    struct stat log;

    sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (!moved) {
        if (stat(w->log_path, &log) != 0) {
            int is_gone = errno == ENOENT || errno == ENOTDIR; /* else the disk does not say */
            moved = is_gone && w->log_seen.st_ino != 0;
        } else if (w->log_seen.st_ino == 0) {
            w->log_seen = log;
        } else {
            moved = log.st_ino != w->log_seen.st_ino || log.st_dev != w->log_seen.st_dev;
        }
    }
    if (moved) {
        return slim_sqlite_refused(store, SLIM_STATE_STORE_MOVED, 0,
                                   "%s was deleted, renamed or replaced", store->path);
    }
    return APR_SUCCESS;
}

static apr_status_t refuse_trigger(void *baton, sqlite3_stmt *row)
{
    (void)row; /* its name is whatever somebody called it */
    return slim_sqlite_refused(baton, SLIM_STATE_STORE_DENIED, SQLITE_CONSTRAINT_TRIGGER,
                               "%s has a trigger that is not ours, which is not run: nothing is "
                               "written until it is dropped (SQLite %d)",
                               ((struct slim_sqlite *)baton)->path, SQLITE_CONSTRAINT_TRIGGER);
}

/* --- a transaction --- */

/* What is remembered of the store's rows is void. */
static void forget(struct slim_sqlite_writer *w)
{
    slim_sqlite_dictionaries_forget(w->dictionaries);
    slim_sqlite_batch_forget(w);
    slim_sqlite_sessions_forget(w);
    slim_sqlite_rollups_forget(w);
    slim_sqlite_recorded_forget(w);
    slim_sqlite_archived_forget(w);
    slim_sqlite_titles_forget(w);
    memset(w->seconds, 0, sizeof w->seconds);
    w->newest_hit = 0;
}

static void forget_if_others_wrote(struct slim_sqlite_writer *w)
{
    int64_t version;

    slim_sql_numbers(&w->store, "write/data_version", SLIM_NO_VALUES, -1, &version, 1);
    if (version < 0 || version != w->data_version) {
        forget(w);
        w->log_is_to_go = 1;
    }
    w->data_version = version;
}

apr_status_t slim_sqlite_begin(struct slim_store *base)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);
    apr_status_t rv = slim_sqlite_lock(w);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    w->put = 0;
    rv = check_still_there(w);
    if (rv == APR_SUCCESS) {
        rv = slim_sql_begin(&w->store, "connection/begin_write");
    }
    if (rv == APR_SUCCESS) {
        forget_if_others_wrote(w);
        slim_sql_rows(&w->store, "write/trigger_find", SLIM_NO_VALUES, refuse_trigger, &w->store);
        rv = slim_sql_status(&w->store);
        if (rv != APR_SUCCESS) {
            slim_sql_rollback(&w->store);
        }
    }
    if (rv != APR_SUCCESS) {
        slim_sqlite_unlock(w);
    }
    return rv;
}

void slim_sqlite_rollback(struct slim_store *base)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);

    slim_sql_rollback(&w->store);
    forget(w);
    slim_sqlite_unlock(w);
}

void slim_sqlite_flush(struct slim_sqlite_writer *w)
{
    slim_sqlite_flush_hits(w);
    slim_sqlite_rollups_flush(w);
    slim_sqlite_sessions_tidy(w);
}

apr_status_t slim_sqlite_flush_put(struct slim_store *base)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);

    slim_sqlite_flush(w);
    return slim_sql_status(&w->store);
}

apr_status_t slim_sqlite_end(struct slim_sqlite_writer *w)
{
    slim_sql_fail(&w->store, slim_sql_is_well(&w->store) ? check_still_there(w) : APR_SUCCESS);
    apr_status_t rv = slim_sql_commit(&w->store);
    if (rv == APR_SUCCESS) {
        slim_sqlite_unlock(w);
    }
    return rv;
}

apr_status_t slim_sqlite_commit(struct slim_store *base,
                                const struct slim_journal_position *position, uint64_t loaded)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);

    slim_sqlite_flush(w);
    slim_sql_account(&w->store, "write/position_put",
                     SLIM_VALUES(slim_value_blob(":uuid", w->journal_uuid, SLIM_UUID_LENGTH),
                                 slim_value(":segment", (int64_t)position->segment),
                                 slim_value(":position", (int64_t)position->offset),
                                 slim_value(":record", (int64_t)position->record),
                                 slim_value(":loaded", (int64_t)loaded),
                                 slim_value(":stored", (int64_t)w->put)));
    return slim_sqlite_end(w);
}

int slim_sqlite_empty_log(struct slim_sqlite_writer *w)
{
    int rc = sqlite3_wal_checkpoint_v2(w->store.db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

    w->log_is_to_go = rc != SQLITE_OK;
    return rc == SQLITE_OK;
}

/* When another program writes, it will be tried again: not covered, but no failure. */
apr_status_t slim_sqlite_checkpoint(struct slim_store *base, int *covered)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);
    int pages = 0, merged = 0;
    apr_status_t rv = check_still_there(w);

    *covered = 0;
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_lock(w);
    }
    if (rv != APR_SUCCESS) {
        return base->error.state == SLIM_STATE_STORE_BUSY ? APR_SUCCESS : rv;
    }
    int rc =
        sqlite3_wal_checkpoint_v2(w->store.db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &merged);
    if (rc == SQLITE_OK && pages == merged && w->log_is_to_go) {
        (void)slim_sqlite_empty_log(w);
    }
    slim_sqlite_unlock(w);
    if (rc != SQLITE_OK) {
        return slim_sqlite_failed(&w->store, "merge the log into");
    }
    *covered = pages == merged;
    return APR_SUCCESS;
}

void slim_sqlite_sizes(struct slim_store *base, struct slim_store_sizes *sizes)
{
    const struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);
    struct stat st;

    sizes->bytes = stat(w->store.path, &st) == 0 ? (uint64_t)st.st_size : 0;
    sizes->log_bytes = stat(w->log_path, &st) == 0 ? (uint64_t)st.st_size : 0;
}
