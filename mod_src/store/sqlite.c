/* The SQLite store: the writer's transactions, and the table of the engine's functions. */
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "../core/settings.h"
#include "sqlite_internal.h"

static const char *const files[STATEMENTS] = {
    [STATEMENT_HIT_ADD] = "sqlite/write/hit_add.sql",
    [STATEMENT_LAST_IN_SECOND] = "sqlite/write/hit_last_in_second.sql",
    [STATEMENT_POSITION_FIND] = "sqlite/write/position_find.sql",
    [STATEMENT_POSITION_PUT] = "sqlite/write/position_put.sql",
    [STATEMENT_LEDGER_PUT] = "sqlite/write/ledger_put.sql",
    [STATEMENT_LEDGER_ADD] = "sqlite/write/ledger_add.sql",
    [STATEMENT_LEDGER_LIST] = "sqlite/write/ledger_list.sql",
    [STATEMENT_STORED_TOTAL] = "sqlite/write/stored_total.sql",
    [STATEMENT_DATA_VERSION] = "sqlite/write/data_version.sql",
};

static struct slim_sqlite *self(struct slim_store *store)
{
    return (struct slim_sqlite *)store;
}

static void bind_blob(sqlite3_stmt *statement, const char *name, const void *bytes, int length)
{
    sqlite3_bind_blob(statement, sqlite3_bind_parameter_index(statement, name), bytes, length,
                      SQLITE_STATIC);
}

/* --- opening and closing --- */

static void close_store(struct slim_store *base)
{
    struct slim_sqlite *store = self(base);
    sqlite3_stmt *statement;

    while (store->db && (statement = sqlite3_next_stmt(store->db, NULL)) != NULL) {
        sqlite3_finalize(statement);
    }
    sqlite3_close(store->db);
    store->db = NULL;
    slim_sqlite_close_lock(store);
}

static apr_status_t open_statements(struct slim_sqlite *store,
                                    const struct slim_store_opening *opening, apr_pool_t *pool)
{
    apr_status_t rv = slim_sqlite_dictionaries_open(store, pool);

    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_visits_open(store, opening->visit_timeout_s, pool);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_rollups_open(store, pool);
    }
    for (int i = 0; i < STATEMENTS && rv == APR_SUCCESS; i++) {
        rv = slim_sqlite_prepare(store, files[i], NULL, &store->statement[i]);
    }
    return rv;
}

static apr_status_t open_store(const struct slim_store_opening *opening, struct slim_store **result,
                               apr_pool_t *pool)
{
    struct slim_sqlite *store = apr_pcalloc(pool, sizeof *store);

    store->base.engine = &slim_store_sqlite;
    store->path = apr_pstrdup(pool, slim_settings_sqlite_path(opening->url));
    store->log_path = apr_pstrcat(pool, store->path, "-wal", NULL);
    store->lock_path = apr_pstrcat(pool, store->path, "-lock", NULL);
    store->lock_fd = -1;
    store->stop = opening->stop;
    memcpy(store->journal_uuid, opening->identity->journal, SLIM_UUID_LENGTH);
    *result = &store->base;

    apr_status_t rv = slim_sqlite_lock(store);
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_open_file(store, opening);
    }
    if (rv == APR_SUCCESS) {
        rv = open_statements(store, opening, pool);
    }
    slim_sqlite_unlock(store);
    if (rv != APR_SUCCESS) {
        close_store(&store->base);
    }
    return rv;
}

static const unsigned char *store_uuid(const struct slim_store *base)
{
    return ((const struct slim_sqlite *)base)->uuid;
}

/* --- where we are --- */

static apr_status_t read_position(struct slim_store *base, struct slim_journal_position *position)
{
    struct slim_sqlite *store = self(base);
    sqlite3_stmt *statement = store->statement[STATEMENT_POSITION_FIND];
    apr_status_t rv = APR_SUCCESS;

    memset(position, 0, sizeof *position);
    bind_blob(statement, ":uuid", store->journal_uuid, SLIM_UUID_LENGTH);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW) {
        position->segment = (uint64_t)sqlite3_column_int64(statement, 0);
        position->offset = (uint64_t)sqlite3_column_int64(statement, 1);
        position->record = (uint64_t)sqlite3_column_int64(statement, 2);
    } else if (rc != SQLITE_DONE) {
        rv = slim_sqlite_failed(store, "read");
    }
    sqlite3_reset(statement);
    return rv;
}

/* SQLite goes on "committing" into a file that was deleted or replaced, and into a log that was:
 * both are looked for by name before anything counts as stored. */
static apr_status_t check_still_there(struct slim_sqlite *store)
{
    int moved = 0;
    struct stat log;

    sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (!moved) {
        if (stat(store->log_path, &log) != 0) {
            moved = store->log_seen.st_ino != 0;
        } else if (store->log_seen.st_ino == 0) {
            store->log_seen = log;
        } else {
            moved = log.st_ino != store->log_seen.st_ino || log.st_dev != store->log_seen.st_dev;
        }
    }
    if (moved) {
        return slim_sqlite_refused(store, SLIM_STATE_STORE_MOVED, 0,
                                   "%s was deleted, renamed or replaced", store->path);
    }
    return APR_SUCCESS;
}

/* --- a transaction --- */

/* What is remembered of the store's rows is void. */
static void forget(struct slim_sqlite *store)
{
    slim_sqlite_dictionaries_forget(store);
    slim_sqlite_visits_forget(store);
    slim_sqlite_rollups_forget(store);
    memset(store->seconds, 0, sizeof store->seconds);
}

static void forget_if_others_wrote(struct slim_sqlite *store)
{
    sqlite3_stmt *statement = store->statement[STATEMENT_DATA_VERSION];
    int64_t version =
        sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;

    sqlite3_reset(statement);
    if (version < 0 || version != store->data_version) {
        forget(store);
    }
    store->data_version = version;
}

apr_status_t slim_sqlite_begin(struct slim_store *base)
{
    struct slim_sqlite *store = self(base);
    apr_status_t rv = slim_sqlite_lock(store);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    store->put = 0;
    rv = check_still_there(store);
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_execute(store, "begin immediate", "write to");
    }
    if (rv == APR_SUCCESS) {
        forget_if_others_wrote(store);
    } else {
        slim_sqlite_unlock(store);
    }
    return rv;
}

void slim_sqlite_rollback(struct slim_store *base)
{
    struct slim_sqlite *store = self(base);

    sqlite3_exec(store->db, "rollback", NULL, NULL, NULL);
    forget(store);
    slim_sqlite_unlock(store);
}

static int64_t within(uint64_t value)
{
    return value > (uint64_t)INT64_MAX ? INT64_MAX : (int64_t)value;
}

static apr_status_t put_counter(struct slim_sqlite *store, uint64_t epoch, const char *kind,
                                const char *name, uint64_t base, uint64_t value)
{
    sqlite3_stmt *statement = store->statement[STATEMENT_LEDGER_PUT];
    char counter[64];
    int length = snprintf(counter, sizeof counter, "%s%s", kind, name);

    slim_sqlite_bind_int(statement, ":ring", (int64_t)epoch);
    slim_sqlite_bind_text(statement, ":counter", (struct slim_text){counter, (size_t)length});
    slim_sqlite_bind_int(statement, ":base", within(base));
    slim_sqlite_bind_int(statement, ":value", within(value));
    return slim_sqlite_run(store, statement, "write to");
}

/* A ring that drained nothing yet is as young as this store; an older one brings counts that
 * belong to the store before. */
static apr_status_t put_ledger(struct slim_store *base, uint64_t epoch,
                               const struct slim_ledger *ledger)
{
    struct slim_sqlite *store = self(base);
    int young = ledger->drained == 0;
    apr_status_t rv = APR_SUCCESS;

    for (unsigned i = 0; i < SLIM_EXCLUDED_REASONS && rv == APR_SUCCESS; i++) {
        rv = put_counter(store, epoch, "excluded.", slim_excluded_name(i),
                         young ? 0 : ledger->excluded[i], ledger->excluded[i]);
    }
    for (unsigned i = 0; i < SLIM_DROPPED_REASONS && rv == APR_SUCCESS; i++) {
        rv = put_counter(store, epoch, "dropped.", slim_dropped_name(i),
                         young ? 0 : ledger->dropped[i], ledger->dropped[i]);
    }
    return rv;
}

static apr_status_t add_counter(struct slim_sqlite *store, const char *kind, const char *name,
                                uint64_t value)
{
    sqlite3_stmt *statement = store->statement[STATEMENT_LEDGER_ADD];
    char counter[64];
    int length = snprintf(counter, sizeof counter, "%s%s", kind, name);

    if (value == 0) {
        return APR_SUCCESS;
    }
    slim_sqlite_bind_text(statement, ":counter", (struct slim_text){counter, (size_t)length});
    slim_sqlite_bind_int(statement, ":value", within(value));
    return slim_sqlite_run(store, statement, "write to");
}

apr_status_t slim_sqlite_put_lost(struct slim_store *base, const struct slim_ledger *lost)
{
    struct slim_sqlite *store = self(base);
    apr_status_t rv = APR_SUCCESS;

    for (unsigned i = 0; i < SLIM_EXCLUDED_REASONS && rv == APR_SUCCESS; i++) {
        rv = add_counter(store, "excluded.", slim_excluded_name(i), lost->excluded[i]);
    }
    for (unsigned i = 0; i < SLIM_DROPPED_REASONS && rv == APR_SUCCESS; i++) {
        rv = add_counter(store, "dropped.", slim_dropped_name(i), lost->dropped[i]);
    }
    return rv;
}

apr_status_t slim_sqlite_flush(struct slim_sqlite *store)
{
    apr_status_t rv = slim_sqlite_visits_flush(store);

    return rv == APR_SUCCESS ? slim_sqlite_rollups_flush(store) : rv;
}

apr_status_t slim_sqlite_end(struct slim_sqlite *store)
{
    apr_status_t rv = check_still_there(store);

    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_execute(store, "commit", "commit to");
    }
    if (rv == APR_SUCCESS) {
        slim_sqlite_unlock(store);
    }
    return rv;
}

static apr_status_t commit(struct slim_store *base, const struct slim_journal_position *position,
                           uint64_t loaded)
{
    struct slim_sqlite *store = self(base);
    sqlite3_stmt *statement = store->statement[STATEMENT_POSITION_PUT];
    apr_status_t rv = slim_sqlite_flush(store);

    if (rv == APR_SUCCESS) {
        bind_blob(statement, ":uuid", store->journal_uuid, SLIM_UUID_LENGTH);
        slim_sqlite_bind_int(statement, ":segment", (int64_t)position->segment);
        slim_sqlite_bind_int(statement, ":position", (int64_t)position->offset);
        slim_sqlite_bind_int(statement, ":record", (int64_t)position->record);
        slim_sqlite_bind_int(statement, ":loaded", (int64_t)loaded);
        slim_sqlite_bind_int(statement, ":stored", (int64_t)store->put);
        rv = slim_sqlite_run(store, statement, "write to");
    }
    return rv == APR_SUCCESS ? slim_sqlite_end(store) : rv;
}

/* When another program writes, it will be tried again: not covered, but no failure. */
static apr_status_t checkpoint(struct slim_store *base, int *covered)
{
    struct slim_sqlite *store = self(base);
    int pages = 0, merged = 0;
    apr_status_t rv = check_still_there(store);

    *covered = 0;
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_lock(store);
    }
    if (rv != APR_SUCCESS) {
        return store->base.error.state == SLIM_STATE_STORE_BUSY ? APR_SUCCESS : rv;
    }
    int rc = sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &merged);
    slim_sqlite_unlock(store);
    if (rc != SQLITE_OK) {
        return slim_sqlite_failed(store, "merge the log into");
    }
    *covered = pages == merged;
    return APR_SUCCESS;
}

static void sizes(struct slim_store *base, struct slim_store_sizes *sizes)
{
    struct slim_sqlite *store = self(base);
    struct stat st;

    sizes->bytes = stat(store->path, &st) == 0 ? (uint64_t)st.st_size : 0;
    sizes->log_bytes = stat(store->log_path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

const struct slim_store_engine slim_store_sqlite = {
    .scheme = "sqlite",
    .open = open_store,
    .uuid = store_uuid,
    .position = read_position,
    .begin = slim_sqlite_begin,
    .put = slim_sqlite_put,
    .put_ledger = put_ledger,
    .put_lost = slim_sqlite_put_lost,
    .commit = commit,
    .rollback = slim_sqlite_rollback,
    .list_imports = slim_sqlite_list_imports,
    .commit_import = slim_sqlite_commit_import,
    .checkpoint = checkpoint,
    .ledger = slim_sqlite_ledger,
    .sizes = sizes,
    .close = close_store,
    .open_reader = slim_sqlite_open_reader,
    .report = slim_sqlite_report,
    .export_rows = slim_sqlite_export,
    .check = slim_sqlite_check,
    .rebuild = slim_sqlite_rebuild,
    .purge = slim_sqlite_purge,
    .count_purge = slim_sqlite_count_purge,
    .remove = slim_sqlite_remove,
    .count_removal = slim_sqlite_count_removal,
    .backup = slim_sqlite_backup,
    .restore = slim_sqlite_restore,
};
