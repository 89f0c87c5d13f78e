/* The writer of a store: the recorder, or a command that takes its turn. */
#ifndef SLIM_SQLITE_WRITER_H
#define SLIM_SQLITE_WRITER_H

#include <sys/stat.h>

#include "dictionary.h"
#include "store/dimension.h"
#include "store/sqlite/base/connection.h"

struct slim_hll;

#define SLIM_SECONDS_KEPT 64 /* seconds whose last hit number is remembered */

struct slim_sqlite_archived;
struct slim_sqlite_recorded;
struct slim_sqlite_batch;
struct slim_sqlite_rollups;
struct slim_sqlite_sessions;
struct slim_sqlite_titles;

struct slim_sqlite_writer {
    struct slim_sqlite store; /* its connection */
    const char *log_path;     /* path-wal */
    const char *lock_path;    /* path-lock */
    int lock_fd;              /* -1: not open */
    const atomic_int *stop;   /* when it becomes 1, waiting ends; NULL: never */
    unsigned char journal_uuid[SLIM_UUID_LENGTH];
    struct stat log_seen; /* the log file as it was when it was last known to be ours */
    int64_t data_version; /* SQLite's; changes when another connection commits */
    int log_is_to_go;     /* it may hold what was deleted, by us or by another program */
    sqlite3_stmt *last_in_second;
    struct slim_sqlite_dictionaries *dictionaries;
    struct slim_sqlite_batch *batch;
    struct slim_sqlite_sessions *sessions;
    struct slim_sqlite_rollups *rollups;
    struct slim_sqlite_recorded *recorded;
    struct slim_sqlite_archived *archived;
    struct slim_sqlite_titles *titles;
    struct {
        int64_t second;
        int64_t last; /* hit number */
    } seconds[SLIM_SECONDS_KEPT];
    int64_t newest_hit; /* no higher number was given to a hit; 0: not known */
    uint64_t put;       /* hits in this transaction */
};

static inline struct slim_sqlite_writer *slim_sqlite_writer_of(struct slim_store *store)
{
    return ((struct slim_sqlite *)store)->writer;
}

/* Opens the file of the store as it is: checks that it is a store of ours, and the one that the
 * journal was loaded into; makes or migrates it. */
apr_status_t slim_sqlite_open_file(struct slim_sqlite_writer *writer,
                                   const struct slim_store_opening *opening) SLIM_MUST_CHECK;

/* A writer of the store at url, in pool; nothing is opened yet. */
struct slim_sqlite_writer *slim_sqlite_writer_make(const char *url, apr_pool_t *pool);

/* --- taking turns --- */

/* Waits for its turn to write, for a second at most; then SLIM_STATE_STORE_BUSY. */
apr_status_t slim_sqlite_lock(struct slim_sqlite_writer *writer) SLIM_MUST_CHECK;
void slim_sqlite_unlock(struct slim_sqlite_writer *writer);
/* In one's turn: empties SQLite's log once no reader needs it, who is waited for up to a second; 0:
 * not yet, it is to go with a later checkpoint. */
int slim_sqlite_empty_log(struct slim_sqlite_writer *writer);
void slim_sqlite_close_lock(struct slim_sqlite_writer *writer);

/* --- a transaction: between its begin and its end nothing has to be looked at, see
 * statement.h --- */

/* Waits for its turn, and forgets what another writer made void. */
apr_status_t slim_sqlite_begin(struct slim_store *store) SLIM_MUST_CHECK;
/* Writes what the hits of the transaction made of visits and rollups. */
void slim_sqlite_flush(struct slim_sqlite_writer *writer);
apr_status_t slim_sqlite_flush_put(struct slim_store *store) SLIM_MUST_CHECK;
/* Commits what was flushed, if the store is still where it was and nothing has failed. On failure
 * the transaction is still to be rolled back. */
apr_status_t slim_sqlite_end(struct slim_sqlite_writer *writer) SLIM_MUST_CHECK;
void slim_sqlite_rollback(struct slim_store *store);

/* Stores one hit within a transaction. */
apr_status_t slim_sqlite_put(struct slim_store *store, const struct slim_hit *hit,
                             const struct slim_facts *facts) SLIM_MUST_CHECK;

/* Whether a hit of a second, or of a later one, may be stored, or be put in this transaction. */
int slim_sqlite_may_have_hits(struct slim_sqlite_writer *writer, int64_t second);

/* Notes the last number of a second, as it was found; one before the first: it has none. */
void slim_sqlite_note_last(struct slim_sqlite_writer *writer, int64_t second, int64_t last);

/* Notes a ring's counters. */
apr_status_t slim_sqlite_put_ledger(struct slim_store *store, uint64_t epoch,
                                    const struct slim_ledger *ledger) SLIM_MUST_CHECK;

/* Adds to the counters of the recorder itself. */
apr_status_t slim_sqlite_put_lost(struct slim_store *store,
                                  const struct slim_ledger *lost) SLIM_MUST_CHECK;

/* What rings drained into the journal, and how much of it came: see store.h. */
apr_status_t slim_sqlite_add_drained(struct slim_store *store, uint64_t epoch,
                                     uint64_t records) SLIM_MUST_CHECK;
apr_status_t slim_sqlite_put_drained(struct slim_store *store, uint64_t epoch, uint64_t drained,
                                     uint64_t *missing) SLIM_MUST_CHECK;
apr_status_t slim_sqlite_put_gap(struct slim_store *store, uint64_t records) SLIM_MUST_CHECK;

/* Notes how the recorder is. */
apr_status_t slim_sqlite_put_heard(struct slim_store *store,
                                   const struct slim_heard *heard) SLIM_MUST_CHECK;

/* Takes it into the transaction that there is no memory. */
void slim_sqlite_no_memory(struct slim_sqlite *store);

/* --- titles of pages (title.c) --- */

struct slim_sqlite_titles *slim_sqlite_titles_open(struct slim_sqlite *store, apr_pool_t *pool);

/* Notes what a hit's page was called at that time; an empty text is nothing. */
void slim_sqlite_title(struct slim_sqlite_writer *writer, const struct slim_hit_row *row,
                       struct slim_text text, int64_t time_us);
void slim_sqlite_titles_forget(struct slim_sqlite_writer *writer);

/* --- hits that are not in the table yet (batch.c) --- */

struct slim_sqlite_batch *slim_sqlite_batch_open(struct slim_sqlite *store, apr_pool_t *pool);

/* There has to be room. Returns its place, from 1 on. */
uint32_t slim_sqlite_batch_add(struct slim_sqlite_writer *writer, const struct slim_hit_row *row);
struct slim_hit_row *slim_sqlite_batch_row(struct slim_sqlite_writer *writer, uint32_t place);
int slim_sqlite_batch_is_full(const struct slim_sqlite_writer *writer);

/* The second of the newest hit in it; -1: it is empty. */
int64_t slim_sqlite_batch_newest(const struct slim_sqlite_writer *writer);
void slim_sqlite_batch_forget(struct slim_sqlite_writer *writer);

/* Divides all sessions that have changed into visits, and stores the hits of the batch. */
void slim_sqlite_flush_hits(struct slim_sqlite_writer *writer);

/* --- sessions (session.c, divide.c) --- */

/* timeout: seconds of silence that end a visit, and a session. */
struct slim_sqlite_sessions *slim_sqlite_sessions_open(struct slim_sqlite *store, int64_t timeout,
                                                       apr_pool_t *pool);

/* Gives a hit to its session: one that goes on, a new one, or two that the hit joins into one. Hits
 * come in any order. A new one goes into the batch; what its session makes of it is known when that
 * is flushed. */
void slim_sqlite_session_hit(struct slim_sqlite_writer *writer, const struct slim_hit_row *row,
                             int is_new);

/* Writes what is remembered of a visitor, and forgets it. */
void slim_sqlite_session_leave(struct slim_sqlite_writer *writer, int64_t visitor);

/* Writes the sessions that have changed. */
void slim_sqlite_sessions_flush(struct slim_sqlite_writer *writer);

/* Forgets sessions that no hit of now goes on with: what comes late is looked up. Between hits. */
void slim_sqlite_sessions_tidy(struct slim_sqlite_writer *writer);

/* Gives hits that are long stored to the visit that they came along with, as it turned out. */
void slim_sqlite_claims_flush(struct slim_sqlite_writer *writer);

/* What is remembered of sessions is void: the transaction was rolled back, or another program
 * wrote.
 */
void slim_sqlite_sessions_forget(struct slim_sqlite_writer *writer);

/* Reads the columns {hit_row}, method.name of a result, its first; returns how many they are. */
int slim_sqlite_hit_read(sqlite3_stmt *result, struct slim_hit_row *row);

/* Notes that sets of visitors of the day of a second have somebody in them who is no longer. */
void slim_sqlite_stale_day(struct slim_sqlite_writer *writer, int64_t second);

/* --- what the recorder has stored of a log (recorded.c) --- */

struct slim_sqlite_recorded *slim_sqlite_recorded_open(struct slim_sqlite *store, apr_pool_t *pool);
void slim_sqlite_recorded_forget(struct slim_sqlite_writer *writer);

/* --- what is here already of an archive (archived.c) --- */

struct slim_sqlite_archived *slim_sqlite_archived_open(struct slim_sqlite *store, apr_pool_t *pool);
void slim_sqlite_archived_forget(struct slim_sqlite_writer *writer);

/* --- the account of imports (import.c) --- */

/* Moves hits that are removed from stored to excluded. */
void slim_sqlite_imports_exclude(struct slim_sqlite *store, unsigned reason, uint64_t hits);

/* --- rollups (rollup.c) --- */

struct slim_sqlite_rollups *slim_sqlite_rollups_open(struct slim_sqlite *store, apr_pool_t *pool);

/* Counts a hit in every dimension that it belongs to; sign -1 takes it out again (but not out of
 * sets of visitors). */
void slim_sqlite_rollup_hit(struct slim_sqlite_writer *writer, const struct slim_hit_row *hit,
                            int sign);

/* The same for a visit; one without a page view counts nothing. */
void slim_sqlite_rollup_visit(struct slim_sqlite_writer *writer, const struct slim_visit *visit,
                              int sign);

/* Writes what was added up in this transaction. */
void slim_sqlite_rollups_flush(struct slim_sqlite_writer *writer);
void slim_sqlite_rollups_forget(struct slim_sqlite_writer *writer);

/* Keeps a set of visitors as that of a key, in place of the one that the table has; an empty one is
 * not kept. group: see store/tally.h. What was added up has to be written before. */
void slim_sqlite_put_visitors(struct slim_sqlite_writer *writer, uint64_t group, int64_t key,
                              const struct slim_hll *set);

/* --- the engine's functions that write: see store.h --- */

apr_status_t slim_sqlite_commit_import(struct slim_store *store,
                                       const struct slim_store_import *import,
                                       const struct slim_import_account *account);
apr_status_t slim_sqlite_find_recorded(struct slim_store *store, const struct slim_store_line *line,
                                       int *found);
apr_status_t slim_sqlite_put_archived(struct slim_store *store, const struct slim_hit *hit,
                                      const struct slim_facts *facts, int *stored);
apr_status_t slim_sqlite_put_title(struct slim_store *store, struct slim_text site,
                                   struct slim_text page, struct slim_text title, int64_t time_us);
apr_status_t slim_sqlite_put_past_visitor(struct slim_store *store, uint64_t visitor,
                                          int64_t last_s);
apr_status_t slim_sqlite_put_gone(struct slim_store *store, int64_t second, uint32_t archive);
apr_status_t slim_sqlite_put_total(struct slim_store *store, const struct slim_store_total *total,
                                   uint32_t archive);
apr_status_t slim_sqlite_put_import(struct slim_store *store,
                                    const struct slim_store_import *import);
apr_status_t slim_sqlite_put_note(struct slim_store *store, const struct slim_note *note);
apr_status_t slim_sqlite_add_note(struct slim_store *store, const struct slim_note *note);
apr_status_t slim_sqlite_delete_note(struct slim_store *store, int64_t number, int *found);
apr_status_t slim_sqlite_all_rows_from(struct slim_store *store, int64_t *second);
apr_status_t slim_sqlite_open(const struct slim_store_opening *opening, struct slim_store **store,
                              apr_pool_t *pool);
const unsigned char *slim_sqlite_uuid(const struct slim_store *store);
apr_status_t slim_sqlite_position(struct slim_store *store, struct slim_journal_position *position);
apr_status_t slim_sqlite_commit(struct slim_store *store,
                                const struct slim_journal_position *position, uint64_t loaded);
apr_status_t slim_sqlite_checkpoint(struct slim_store *store, int *covered);
void slim_sqlite_sizes(struct slim_store *store, struct slim_store_sizes *sizes);

#endif
