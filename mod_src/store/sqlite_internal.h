/* What the parts of the SQLite store share. */
#ifndef SLIM_SQLITE_INTERNAL_H
#define SLIM_SQLITE_INTERNAL_H

#include <sqlite3.h>
#include <sys/stat.h>

#include "store.h"

#define SLIM_SQLITE_APPLICATION_ID 0x534c494d /* "SLIM" */
#define SLIM_SQLITE_SCHEMA_VERSION 3

struct slim_sqlite;
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

/* Makes an empty store with today's schema and a UUID of its own at store->path, or nothing. */
apr_status_t slim_sqlite_make(struct slim_sqlite *store) SLIM_MUST_CHECK;

/* Brings the store that is open to today's schema, each step whole or not at all. */
apr_status_t slim_sqlite_migrate(struct slim_sqlite *store) SLIM_MUST_CHECK;

/* Takes data/slim_ids.tsv into the store when it has changed. */
apr_status_t slim_sqlite_refresh_ids(struct slim_sqlite *store, const char *data) SLIM_MUST_CHECK;

/* Settings every connection of ours has. */
void slim_sqlite_harden(sqlite3 *db);

/* Prepares an embedded file, with {table} replaced when table is given; lives until the connection
 * is closed by slim_sqlite_finalize_all. */
apr_status_t slim_sqlite_prepare(struct slim_sqlite *store, const char *file, const char *table,
                                 sqlite3_stmt **statement) SLIM_MUST_CHECK;

/* Turns SQLite's last error into store->base.error; doing: "commit to". Returns SLIM_ESTORE. */
apr_status_t slim_sqlite_failed(struct slim_sqlite *store, const char *doing);
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
apr_status_t slim_sqlite_resource(struct slim_sqlite *store, const struct slim_facts *facts,
                                  int64_t *number) SLIM_MUST_CHECK;
apr_status_t slim_sqlite_referer(struct slim_sqlite *store, const struct slim_facts *facts,
                                 int64_t *number) SLIM_MUST_CHECK;
apr_status_t slim_sqlite_source(struct slim_sqlite *store, const struct slim_facts *facts,
                                int64_t *number) SLIM_MUST_CHECK;
apr_status_t slim_sqlite_agent(struct slim_sqlite *store, struct slim_text name,
                               const struct slim_client *client, int64_t *number) SLIM_MUST_CHECK;

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
    STATEMENTS
};

#define SECONDS_KEPT 64 /* seconds whose last hit number is remembered */

struct slim_sqlite {
    struct slim_store base;
    sqlite3 *db;
    const char *path;
    const char *log_path; /* path-wal */
    unsigned char uuid[SLIM_UUID_LENGTH];
    unsigned char journal_uuid[SLIM_UUID_LENGTH];
    volatile int *stop;
    struct stat log_seen; /* the log file as it was when it was last known to be ours */
    sqlite3_stmt *statement[STATEMENTS];
    struct dictionary_set *dictionaries;
    struct {
        int64_t second;
        int64_t last; /* hit number */
    } seconds[SECONDS_KEPT];
    uint64_t put;        /* hits in this transaction */
    apr_time_t deadline; /* of a reader's question; 0: none */
    unsigned time_limit_ms;
};

apr_status_t slim_sqlite_list_imports(struct slim_store *store, apr_array_header_t **imports,
                                      apr_pool_t *pool);
apr_status_t slim_sqlite_commit_import(struct slim_store *store,
                                       const struct slim_store_import *import);

/* --- reading --- */

apr_status_t slim_sqlite_open_reader(const char *url, unsigned time_limit_ms,
                                     struct slim_store **store, apr_pool_t *pool);
apr_status_t slim_sqlite_report(struct slim_store *store, const struct slim_query *query,
                                struct slim_answer *answer, apr_pool_t *pool);
apr_status_t slim_sqlite_ledger(struct slim_store *store, uint64_t epoch,
                                struct slim_store_ledger *ledger);

#endif
