/* A connection to a SQLite store, and what all its parts share: opening, failing, the facts that
 * the store keeps of itself. What only a writer has is in writer.h. */
#ifndef SLIM_SQLITE_INTERNAL_H
#define SLIM_SQLITE_INTERNAL_H

#include <sqlite3.h>

#include "core/zone.h"
#include "statement.h"
#include "store/store.h"

#define SLIM_SQLITE_APPLICATION_ID 0x534c494d /* "SLIM" */

/* The parameters of a key's measures, in the order of enum slim_measure. */
#define SLIM_SQLITE_MEASURES                                                                       \
    ":hits :pageviews :errors :bytes :visits :bounces :duration :fresh :unshown"

struct slim_reading;
struct slim_sql_kept;
struct slim_sqlite_addresses;
struct slim_sqlite_writer;

/* The bucket that a question's last hit was in. Hits come in the order of time, so that it mostly
 * is the next one's too. */
struct slim_sqlite_bucket {
    const struct slim_zone *zone;
    enum slim_bucket by;
    int64_t begin, next;
};

/* What the SQL functions of a connection answer by while a question is asked. */
struct slim_sqlite_question {
    int64_t deadline; /* ticks (core/clock.h); 0: none */
    size_t text_left; /* bytes that the answers' texts may still have, where there is a deadline */
    struct slim_sqlite_bucket bucket;
    struct slim_reading *reading;             /* what rows are handed to while they are read */
    const struct slim_store_removal *removal; /* in progress; NULL: none */
    int64_t rows_from;                        /* older rows are gone; 0: none */
    int64_t older_until;                      /* see slim_sqlite_older_until */
};

struct slim_sqlite {
    struct slim_store base;
    struct slim_sqlite_writer *writer; /* that this is the connection of; NULL: it only reads */
    sqlite3 *db;
    const char *path;
    unsigned char uuid[SLIM_UUID_LENGTH]; /* the store's */
    apr_status_t status;                  /* see statement.h */
    int is_series;                        /* a transaction, or calls that belong together */
    unsigned changes;   /* SQLite's count of changed rows: when the transaction began, */
    unsigned accounted; /* and of those in it that no answer is made of */
    struct slim_sql_kept *kept;
    unsigned kept_count;
    unsigned time_limit_ms; /* of each question; 0: none */
    struct slim_sqlite_question question;
    struct slim_sqlite_addresses *addresses; /* of a reader */
};

#define SLIM_SQLITE_SCHEME "sqlite"

/* The path in a URL of a SQLite store, or NULL: it is none. */
const char *slim_sqlite_file(const char *url);

/* Settings every connection of ours has. */
void slim_sqlite_harden(sqlite3 *db);

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

/* Removes SQLite's own files of a database that is deleted or was never complete: they must not be
 * used with another one. */
void slim_sqlite_remove_beside(const char *path);

/* The number of today's schema: of the last file in sql/sqlite/schema. */
int slim_sqlite_schema_version(void);

/* Brings the store that is open to today's schema, each step whole or not at all. */
apr_status_t slim_sqlite_migrate(struct slim_sqlite *store) SLIM_MUST_CHECK;

/* Which program the open file belongs to, and its schema's number; -1: not known. */
void slim_sqlite_read_version(struct slim_sqlite *store, int64_t *application, int64_t *version);

/* Takes data/slim_ids.tsv into the store when it has changed. */
apr_status_t slim_sqlite_refresh_ids(struct slim_sqlite *store, const char *data) SLIM_MUST_CHECK;

/* Keeps a value in the table of the store's own facts. */
void slim_sqlite_put_fact(struct slim_sqlite *store, const char *key, const void *value,
                          size_t length);

/* Another number after each transaction that changed what answers are made of; 0: not known. */
apr_status_t slim_sqlite_revision(struct slim_store *store, int64_t *revision);

/* The second from which on all rows are there; 0: none was ever deleted for its age. */
int64_t slim_sqlite_rows_from(struct slim_sqlite *store);

/* The second until which days were counted by older rules for good, since their rows are gone; 0:
 * there are none. */
int64_t slim_sqlite_older_until(struct slim_sqlite *store);

/* --- failing --- */

/* Turns SQLite's last error into store->base.error; doing: "commit to". Returns SLIM_ESTORE. */
apr_status_t slim_sqlite_failed(struct slim_sqlite *store, const char *doing);
/* What an errno means for the store. */
enum slim_state slim_sqlite_state_of_errno(int error);
/* The same with a code and text of our own. */
apr_status_t slim_sqlite_refused(struct slim_sqlite *store, enum slim_state state, int code,
                                 const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Ends a connection, a writer's or a reader's. */
void slim_sqlite_close(struct slim_store *store);

/* What a store knows of the ledger, and of imports: see store.h. */
apr_status_t slim_sqlite_ledger(struct slim_store *store, uint64_t epoch,
                                struct slim_store_ledger *ledger);
apr_status_t slim_sqlite_list_heard(struct slim_store *store, int64_t since_s,
                                    struct slim_heard heard[SLIM_HEARD_MAX], uint64_t *count);
apr_status_t slim_sqlite_list_imports(struct slim_store *store, apr_array_header_t **imports,
                                      apr_pool_t *pool);

/* slim_is_removed(address, status, resource, agent, visitor): whether question.removal means the
 * hit. */
void slim_sqlite_is_removed(sqlite3_context *context, int count, sqlite3_value **values);

#endif
