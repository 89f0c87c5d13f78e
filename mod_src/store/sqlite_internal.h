/* What the parts of the SQLite store share. */
#ifndef SLIM_SQLITE_INTERNAL_H
#define SLIM_SQLITE_INTERNAL_H

#include <sqlite3.h>
#include <sys/stat.h>

#include "../core/zone.h"
#include "sqlite_dimension.h"
#include "store.h"

#define SLIM_SQLITE_APPLICATION_ID 0x534c494d /* "SLIM" */
#define SLIM_SQLITE_SCHEMA_VERSION 6

struct slim_sqlite;
struct slim_reading;
struct dictionary_set;

/* Opens path as it is: checks that it is a store of ours, that it is the store the journal was
 * loaded into, makes or migrates it. Fills store->db and store->uuid. */
apr_status_t slim_sqlite_open_file(struct slim_sqlite *store,
                                   const struct slim_store_opening *opening) SLIM_MUST_CHECK;

/* Looks at the file before SQLite does. *fresh: there is no file yet, or an empty one. */
apr_status_t slim_sqlite_look_at_file(struct slim_sqlite *store, int *fresh) SLIM_MUST_CHECK;

/* A file that was put in place of ours must not get our log replayed into it. expected: the UUID
 * that the journal knows, all zero when it knows none. */
apr_status_t slim_sqlite_check_identity(struct slim_sqlite *store,
                                        const unsigned char *expected) SLIM_MUST_CHECK;

/* The UUID in the store that store->db has open. */
apr_status_t slim_sqlite_read_uuid(struct slim_sqlite *store, unsigned char *uuid) SLIM_MUST_CHECK;

/* Waits for its turn to write, for a second at most; then SLIM_STATE_STORE_BUSY. */
apr_status_t slim_sqlite_lock(struct slim_sqlite *store) SLIM_MUST_CHECK;
void slim_sqlite_unlock(struct slim_sqlite *store);
void slim_sqlite_close_lock(struct slim_sqlite *store);

/* Makes an empty store with today's schema and a UUID of its own at store->path, or nothing. */
apr_status_t slim_sqlite_make(struct slim_sqlite *store) SLIM_MUST_CHECK;

/* Brings the store that is open to today's schema, each step whole or not at all. */
apr_status_t slim_sqlite_migrate(struct slim_sqlite *store) SLIM_MUST_CHECK;

/* Takes data/slim_ids.tsv into the store when it has changed. */
apr_status_t slim_sqlite_refresh_ids(struct slim_sqlite *store, const char *data) SLIM_MUST_CHECK;

/* Settings every connection of ours has. */
void slim_sqlite_harden(sqlite3 *db);

/* Prepares an embedded file, with {table} replaced by table and other {names} by what files of that
 * name in sql/sqlite/piece/ hold; lives until the connection
 * is closed by slim_sqlite_finalize_all. */
apr_status_t slim_sqlite_prepare(struct slim_sqlite *store, const char *file, const char *table,
                                 sqlite3_stmt **statement) SLIM_MUST_CHECK;

/* Turns SQLite's last error into store->base.error; doing: "commit to". Returns SLIM_ESTORE. */
apr_status_t slim_sqlite_failed(struct slim_sqlite *store, const char *doing);
/* What an errno means for the store. */
enum slim_state slim_sqlite_state_of_errno(int error);
/* The same with a code and text of our own. */
apr_status_t slim_sqlite_refused(struct slim_sqlite *store, enum slim_state state, int code,
                                 const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Runs SQL text that gives no row. doing as above. */
apr_status_t slim_sqlite_execute(struct slim_sqlite *store, const char *sql,
                                 const char *doing) SLIM_MUST_CHECK;

/* Keeps a value in the table of the store's own facts. */
apr_status_t slim_sqlite_put_fact(struct slim_sqlite *store, const char *key, const void *value,
                                  int length) SLIM_MUST_CHECK;

/* Runs a prepared statement that gives no row, and resets it. doing as above. */
apr_status_t slim_sqlite_run(struct slim_sqlite *store, sqlite3_stmt *statement,
                             const char *doing) SLIM_MUST_CHECK;

/* Binds numbers to a statement's first parameters, in order. */
void slim_sqlite_bind_numbers(sqlite3_stmt *statement, const int64_t *values, int count);

/* Binds by name; a name the statement does not have is our own mistake. */
void slim_sqlite_bind_text(sqlite3_stmt *statement, const char *name, struct slim_text text);
void slim_sqlite_bind_int(sqlite3_stmt *statement, const char *name, int64_t value);

/* --- dictionaries --- */

enum slim_dictionary {
    DICTIONARY_SITE,
    DICTIONARY_METHOD,
    DICTIONARY_LANGUAGE,
    DICTIONARY_COUNTRY,
    DICTIONARY_DOMAIN,
    DICTIONARY_SEARCHTERMS,
    DICTIONARY_PAGE,
    DICTIONARY_BROWSER,
    DICTIONARY_PLATFORM,
    DICTIONARY_PLAIN, /* how many plain ones there are */
    DICTIONARY_RESOURCE = DICTIONARY_PLAIN,
    DICTIONARY_REFERER,
    DICTIONARY_SOURCE,
    DICTIONARY_CAMPAIGN,
    DICTIONARY_PLACE,
    DICTIONARY_NETWORK,
    DICTIONARY_BROWSER_VERSION,
    DICTIONARY_PLATFORM_VERSION,
    DICTIONARY_AGENT,
    DICTIONARIES
};

/* The dictionaries' statements and caches, in pool. */
apr_status_t slim_sqlite_dictionaries_open(struct slim_sqlite *store,
                                           apr_pool_t *pool) SLIM_MUST_CHECK;

/* Numbers that a transaction gave are void once it is rolled back. */
void slim_sqlite_dictionaries_forget(struct slim_sqlite *store);

/* The number of a text in a plain dictionary, given now if it is new. */
apr_status_t slim_sqlite_number(struct slim_sqlite *store, enum slim_dictionary dictionary,
                                struct slim_text name, int64_t *number) SLIM_MUST_CHECK;
/* page: what reports group the resource under. */
apr_status_t slim_sqlite_resource(struct slim_sqlite *store, const struct slim_facts *facts,
                                  int64_t *number, int64_t *page) SLIM_MUST_CHECK;
apr_status_t slim_sqlite_referer(struct slim_sqlite *store, const struct slim_facts *facts,
                                 int64_t *number) SLIM_MUST_CHECK;
apr_status_t slim_sqlite_source(struct slim_sqlite *store, const struct slim_facts *facts,
                                int64_t *number) SLIM_MUST_CHECK;
/* country: the number of the facts' country. */
apr_status_t slim_sqlite_place(struct slim_sqlite *store, const struct slim_facts *facts,
                               int64_t country, int64_t *number) SLIM_MUST_CHECK;
apr_status_t slim_sqlite_network(struct slim_sqlite *store, const struct slim_facts *facts,
                                 int64_t *number) SLIM_MUST_CHECK;
apr_status_t slim_sqlite_campaign(struct slim_sqlite *store, const struct slim_campaign *campaign,
                                  int64_t *number) SLIM_MUST_CHECK;

/* An agent's own number, and those of its browser's and platform's versions. */
struct slim_agent_numbers {
    int64_t agent, browser, platform;
};
apr_status_t slim_sqlite_agent(struct slim_sqlite *store, struct slim_text name,
                               const struct slim_client *client,
                               struct slim_agent_numbers *numbers) SLIM_MUST_CHECK;

/* --- visits --- */

struct visit_keeper;

/* timeout: seconds of silence that end a visit. */
apr_status_t slim_sqlite_visits_open(struct slim_sqlite *store, int64_t timeout,
                                     apr_pool_t *pool) SLIM_MUST_CHECK;

/* Gives a hit its visit: one that is going on, a new one, or one that the hit makes of two. *visit:
 * its id. Hits come in any order. */
apr_status_t slim_sqlite_visit_hit(struct slim_sqlite *store, const struct slim_visit_hit *hit,
                                   int64_t *visit) SLIM_MUST_CHECK;

/* Reads a visit from a row of the columns of piece/visit_columns.sql. */
void slim_sqlite_read_visit(sqlite3_stmt *row, struct slim_visit *visit);

/* Writes the visits that changed in this transaction. */
apr_status_t slim_sqlite_visits_flush(struct slim_sqlite *store) SLIM_MUST_CHECK;

/* What is remembered of visits is void: the transaction was rolled back, or another program wrote.
 */
void slim_sqlite_visits_forget(struct slim_sqlite *store);

/* --- rollups --- */

struct rollup_sums;

apr_status_t slim_sqlite_rollups_open(struct slim_sqlite *store, apr_pool_t *pool) SLIM_MUST_CHECK;

/* Counts a hit in every dimension that it belongs to; sign -1 takes it out again (but not out of
 * sets of visitors). */
apr_status_t slim_sqlite_rollup_hit(struct slim_sqlite *store, const struct slim_hit_numbers *hit,
                                    int sign) SLIM_MUST_CHECK;

/* The same for a visit; one without a page view counts nothing. */
apr_status_t slim_sqlite_rollup_visit(struct slim_sqlite *store, const struct slim_visit *visit,
                                      int sign) SLIM_MUST_CHECK;

/* Writes what was added up in this transaction. */
apr_status_t slim_sqlite_rollups_flush(struct slim_sqlite *store) SLIM_MUST_CHECK;
void slim_sqlite_rollups_forget(struct slim_sqlite *store);

/* --- the writer --- */

enum statement {
    STATEMENT_HIT_ADD,
    STATEMENT_LAST_IN_SECOND,
    STATEMENT_POSITION_FIND,
    STATEMENT_POSITION_PUT,
    STATEMENT_LEDGER_PUT,
    STATEMENT_LEDGER_ADD,
    STATEMENT_LEDGER_LIST,
    STATEMENT_STORED_TOTAL,
    STATEMENT_DATA_VERSION,
    STATEMENTS
};

/* A transaction: waits for its turn, and forgets what another writer made void. */
apr_status_t slim_sqlite_begin(struct slim_store *store) SLIM_MUST_CHECK;
/* Writes what the hits of the transaction made of visits and rollups. */
apr_status_t slim_sqlite_flush(struct slim_sqlite *store) SLIM_MUST_CHECK;
/* Commits what was flushed. On failure the transaction is still open. */
apr_status_t slim_sqlite_end(struct slim_sqlite *store) SLIM_MUST_CHECK;
void slim_sqlite_rollback(struct slim_store *store);

/* Adds to the counters of the recorder itself. */
apr_status_t slim_sqlite_put_lost(struct slim_store *store,
                                  const struct slim_ledger *lost) SLIM_MUST_CHECK;

/* Stores one hit within a transaction. */
apr_status_t slim_sqlite_put(struct slim_store *store, const struct slim_hit *hit,
                             const struct slim_facts *facts) SLIM_MUST_CHECK;

/* Writes what the hits of a transaction made of visits and rollups. */
apr_status_t slim_sqlite_flush(struct slim_sqlite *store) SLIM_MUST_CHECK;
/* Ends a transaction, if the store is still where it was. */
apr_status_t slim_sqlite_end(struct slim_sqlite *store) SLIM_MUST_CHECK;

#define SECONDS_KEPT 64 /* seconds whose last hit number is remembered */

/* The bucket that a question's last hit was in. Hits come in the order of time, so that it mostly
 * is the next one's too. */
struct slim_sqlite_bucket {
    const struct slim_zone *zone;
    enum slim_bucket by;
    int64_t begin, next;
};

struct slim_sqlite {
    struct slim_store base;
    sqlite3 *db;
    const char *path;
    const char *log_path;  /* path-wal */
    const char *lock_path; /* path-lock */
    int lock_fd;           /* -1: not open */
    int64_t data_version;  /* SQLite's; changes when another connection commits */
    unsigned char uuid[SLIM_UUID_LENGTH];
    unsigned char journal_uuid[SLIM_UUID_LENGTH];
    volatile int *stop;
    struct stat log_seen; /* the log file as it was when it was last known to be ours */
    sqlite3_stmt *statement[STATEMENTS];
    struct dictionary_set *dictionaries;
    struct visit_keeper *visits;
    struct rollup_sums *rollups;
    struct {
        int64_t second;
        int64_t last; /* hit number */
    } seconds[SECONDS_KEPT];
    int64_t day;         /* of the hit that is put, since 1970 */
    uint64_t put;        /* hits in this transaction */
    apr_time_t deadline; /* of a reader's question; 0: none */
    unsigned time_limit_ms;
    struct slim_sqlite_bucket bucket;         /* of a reader's question */
    struct slim_reading *reading;             /* what rows are handed to while they are read */
    const struct slim_store_removal *removal; /* that is going on; NULL: none */
    int64_t rows_from; /* at a reader's question: older rows are gone; 0: none */
};

apr_status_t slim_sqlite_list_imports(struct slim_store *store, apr_array_header_t **imports,
                                      apr_pool_t *pool);
apr_status_t slim_sqlite_commit_import(struct slim_store *store,
                                       const struct slim_store_import *import);
/* --- keeping house: see store.h and sqlite_house.h --- */

apr_status_t slim_sqlite_check(struct slim_store *store, int full,
                               const struct slim_store_teller *teller,
                               struct slim_store_checked *checked);
apr_status_t slim_sqlite_rebuild(struct slim_store *store, const struct slim_store_teller *teller,
                                 struct slim_store_rebuilt *rebuilt);

apr_status_t slim_sqlite_purge(struct slim_store *store, int64_t before, unsigned rows,
                               struct slim_store_purged *purged);
apr_status_t slim_sqlite_count_purge(struct slim_store *store, int64_t before,
                                     struct slim_store_purged *purged);

apr_status_t slim_sqlite_remove(struct slim_store *store, const struct slim_store_removal *removal,
                                const struct slim_store_teller *teller,
                                struct slim_store_removed *removed, apr_pool_t *pool);
apr_status_t slim_sqlite_count_removal(struct slim_store *store,
                                       const struct slim_store_removal *removal,
                                       struct slim_store_removed *removed);
apr_status_t slim_sqlite_backup(struct slim_store *store, const char *path,
                                const struct slim_store_teller *teller, apr_pool_t *pool);
apr_status_t slim_sqlite_restore(const char *url, const char *from,
                                 const struct slim_store_teller *teller, struct slim_store **store,
                                 apr_pool_t *pool);
apr_status_t slim_sqlite_export(struct slim_store *store, const struct slim_query *query,
                                const struct slim_store_export *export);
/* slim_goes(address, status, resource, agent, visitor): whether store->removal means the hit. */
void slim_sqlite_goes(sqlite3_context *context, int count, sqlite3_value **values);

/* --- reading: see sqlite_reader.h --- */

apr_status_t slim_sqlite_open_reader(const char *url, unsigned time_limit_ms,
                                     struct slim_store **store, apr_pool_t *pool);
apr_status_t slim_sqlite_report(struct slim_store *store, const struct slim_query *const *queries,
                                int number, struct slim_answer *answers, apr_pool_t *pool);
apr_status_t slim_sqlite_ledger(struct slim_store *store, uint64_t epoch,
                                struct slim_store_ledger *ledger);

#endif
