/* Running SQL. One way: a file of sql/sqlite, by its name, with named values. A statement is
 * prepared once a connection and kept.
 *
 * Nothing fails in silence: a parameter without a value is a failure, and so is a value without a
 * parameter; see also sql_text.h.
 *
 * Single calls need no check. After a failure within a transaction all further calls do nothing
 * (they find no rows, and numbers get their value for no row); the transaction's end, or
 * slim_sql_status, returns the failure. Outside a transaction each call is on its own. */
#ifndef SLIM_SQLITE_STATEMENT_H
#define SLIM_SQLITE_STATEMENT_H

#include <sqlite3.h>
#include <stdint.h>
#include <string.h>

#include <apr_errno.h>

#include "core/hit.h"
#include "core/status_code.h"
#include "sql_text.h"

struct slim_sqlite;

/* A value for a parameter. Bytes have to live until the call returns. */
struct slim_value {
    const char *name; /* ":since" */
    enum { SLIM_VALUE_NUMBER, SLIM_VALUE_TEXT, SLIM_VALUE_BLOB } type;
    int64_t number;
    struct slim_text bytes;
};

static inline struct slim_value slim_value(const char *name, int64_t number)
{
    return (struct slim_value){.name = name, .type = SLIM_VALUE_NUMBER, .number = number};
}

static inline struct slim_value slim_value_text(const char *name, struct slim_text text)
{
    return (struct slim_value){.name = name, .type = SLIM_VALUE_TEXT, .bytes = text};
}

static inline struct slim_value slim_value_string(const char *name, const char *string)
{
    return slim_value_text(name, (struct slim_text){string, strlen(string)});
}

static inline struct slim_value slim_value_blob(const char *name, const void *bytes, size_t length)
{
    return (struct slim_value){.name = name,
                               .type = SLIM_VALUE_BLOB,
                               .bytes = {(const char *)bytes, length}};
}

/* SLIM_VALUES(slim_value(":since", since), …): an array for one call. */
#define SLIM_VALUES(...) ((const struct slim_value[]){__VA_ARGS__, {.name = NULL}})
#define SLIM_NO_VALUES NULL

/* The first failure of the current transaction, else that of the last call. What it was
 * stands in store->base.error. */
apr_status_t slim_sql_status(const struct slim_sqlite *store);

/* Runs a statement that gives no row, or whose rows nobody wants. */
void slim_sql_run(struct slim_sqlite *store, const char *file, const struct slim_value *values);
/* The same for what no answer is made of: the store's revision (connection.h) stays as it is. */
void slim_sql_account(struct slim_sqlite *store, const char *file, const struct slim_value *values);

/* The same for a file whose {names} mean what names says; it is not kept. */
void slim_sql_run_once(struct slim_sqlite *store, const char *file,
                       const struct slim_sql_name *names, const struct slim_value *values);

/* How many rows the last statement that writes has changed; 0 after a failure. */
uint64_t slim_sql_changes(const struct slim_sqlite *store);

/* The numbers of a statement's first row, count of them; none where there is no row, or null. */
void slim_sql_numbers(struct slim_sqlite *store, const char *file, const struct slim_value *values,
                      int64_t none, int64_t *numbers, int count);

/* Hands each row to take until that fails: its status is then the call's. */
void slim_sql_rows(struct slim_sqlite *store, const char *file, const struct slim_value *values,
                   apr_status_t (*take)(void *baton, sqlite3_stmt *row), void *baton);

/* Runs a file of statements without parameters, as "begin immediate" or a pragma. doing: "commit
 * to", for the error's text. */
void slim_sql_script(struct slim_sqlite *store, const char *file, const char *doing);

/* --- transactions --- */

/* Marks where a transaction begins that file begins; on failure there is none. */
apr_status_t slim_sql_begin(struct slim_sqlite *store, const char *file) SLIM_MUST_CHECK;

/* Commits, unless something failed before. On failure the transaction is still to be rolled back.
 */
apr_status_t slim_sql_commit(struct slim_sqlite *store) SLIM_MUST_CHECK;

/* Ends a transaction without a trace; its failure stays in slim_sql_status until the next call. */
void slim_sql_rollback(struct slim_sqlite *store);

/* Calls outside a transaction that belong together: as within one, nothing is done after the first
 * failure. Series nest, and may stand within a transaction. Returns what to pass to the end. */
int slim_sql_series_begin(struct slim_sqlite *store);
apr_status_t slim_sql_series_end(struct slim_sqlite *store, int outer);

/* --- statements that are run again and again --- */

/* The statement of a file whose {names} mean what names says (NULL: it has none), prepared; NULL
 * after a failure. It lives as long as the connection. */
sqlite3_stmt *slim_sql_statement(struct slim_sqlite *store, const char *file,
                                 const struct slim_sql_name *names);

/* The same for one whose parameters are bound by position: they have to be these, ":visitor
 * :second", in this order. */
sqlite3_stmt *slim_sql_placed(struct slim_sqlite *store, const char *file,
                              const struct slim_sql_name *names, const char *parameters);

/* What any statement may be made of: the lists of columns of row.h, {session_rules}, which is
 * SLIM_SESSION_RULES, and the files of sql/sqlite/piece, whose own {names} piece answers for. 0: it
 * is none of these. */
int slim_sql_common_piece(struct slim_sql_text *text, const char *name, slim_sql_piece *piece,
                          void *baton);

/* The statement of a text that was put together for one use: finalize it. NULL after a failure. */
sqlite3_stmt *slim_sql_prepare(struct slim_sqlite *store, const struct slim_sql_text *text);

/* Binds a text, which lives until the statement is run or bound anew. What is no UTF-8 is mended.
 */
void slim_sql_bind_text(sqlite3_stmt *statement, int place, struct slim_text text);

/* Gives a statement's parameters their values, all of them; 0 after a failure. name is used to
 * say which statement it is. */
int slim_sql_bind(struct slim_sqlite *store, const char *name, sqlite3_stmt *statement,
                  const struct slim_value *values);

/* Steps a statement to its next row: 1; 0: there is none, or a failure. Reset it afterwards. */
int slim_sql_step(struct slim_sqlite *store, sqlite3_stmt *statement);

/* Steps a statement that gives no row, and resets it. */
void slim_sql_finish(struct slim_sqlite *store, sqlite3_stmt *statement);

/* A text of a row, "" for null; it lives until the next step. */
const char *slim_sql_column_text(sqlite3_stmt *row, int column);

/* Whether more may be done: nothing failed in this transaction. */
int slim_sql_is_well(struct slim_sqlite *store);

/* Takes a failure of somebody else into the transaction; APR_SUCCESS is none. */
void slim_sql_fail(struct slim_sqlite *store, apr_status_t rv);

/* Takes what is wrong with a text into the transaction, if anything is. */
void slim_sql_fail_text(struct slim_sqlite *store, const struct slim_sql_text *text);

/* Forgets the statements that were kept. Before the connection is closed. */
void slim_sql_close(struct slim_sqlite *store);

#endif
