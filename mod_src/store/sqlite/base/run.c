/* Preparing, binding and running statements. */
#include "statement.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "core/session.h"
#include "row.h"
#include "sql.h"

#define TEXT_MAX 8192 /* of a statement that is kept */

/* --- failures --- */

apr_status_t slim_sql_status(const struct slim_sqlite *store)
{
    return store->status;
}

int slim_sql_is_well(struct slim_sqlite *store)
{
    if (!store->is_series) {
        store->status = APR_SUCCESS;
    }
    return store->status == APR_SUCCESS;
}

void slim_sql_fail(struct slim_sqlite *store, apr_status_t rv)
{
    if (store->status == APR_SUCCESS) {
        store->status = rv;
    }
}

/* SQLite's last error becomes the transaction's. That a question was ended for its time is no fault
 * of the store. */
static void note_failure(struct slim_sqlite *store, const char *doing)
{
    apr_status_t rv = slim_sqlite_failed(store, doing);

    if ((store->base.error.code & 0xff) == SQLITE_INTERRUPT) {
        rv = SLIM_ETIMEOUT;
        (void)slim_sqlite_refused(store, SLIM_STATE_OK, SQLITE_INTERRUPT,
                                  "a question to %s took longer than %u ms", store->path,
                                  store->time_limit_ms);
    }
    slim_sql_fail(store, rv);
}

/* Our own mistake, or a file of SQL that somebody has changed. */
static void __attribute__((format(printf, 2, 3)))
refuse(struct slim_sqlite *store, const char *format, ...)
{
    char text[768];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    slim_sql_fail(store, slim_sqlite_refused(store, SLIM_STATE_STORE_IO, 0, "cannot ask %s: %s",
                                             store->path, text));
}

void slim_sql_fail_text(struct slim_sqlite *store, const struct slim_sql_text *text)
{
    if (text->wrong[0] && slim_sql_is_well(store)) {
        refuse(store, "%s", text->wrong);
    }
}

static const char *doing_of(sqlite3_stmt *statement)
{
    return sqlite3_stmt_readonly(statement) ? "read" : "write to";
}

/* --- preparing --- */

int slim_sql_common_piece(struct slim_sql_text *text, const char *name, slim_sql_piece *piece,
                          void *baton)
{
    char file[64], path[80];

    if (slim_sqlite_row_piece(text, name)) {
        return 1;
    }
    if (strcmp(name, "session_rules") == 0) { /* no parameter, for an index is of this number */
        slim_sql_text_format(text, "%d", SLIM_SESSION_RULES);
        return 1;
    }
    snprintf(file, sizeof file, "piece/%s", name);
    snprintf(path, sizeof path, "sqlite/%s.sql", file);
    if (!slim_sql_find(path)) {
        return 0;
    }
    slim_sql_text_file(text, file, piece, baton);
    return 1;
}

/* The names that a caller gives a meaning (NULL: none), then what any statement may be made of. */
static int named_piece(struct slim_sql_text *text, const char *name, void *baton)
{
    return (baton && slim_sql_name_piece(text, name, baton))
           || slim_sql_common_piece(text, name, named_piece, baton);
}

/* SQLite does not take a text; a store that another program has changed may be the reason. */
static void note_refused(struct slim_sqlite *store, const struct slim_sql_text *text)
{
    char *what = store->base.error.what;

    note_failure(store, "use");
    snprintf(what + strlen(what), sizeof store->base.error.what - strlen(what), " in %s",
             text->file ? text->file : "a statement");
}

static sqlite3_stmt *prepare(struct slim_sqlite *store, const struct slim_sql_text *text,
                             unsigned flags)
{
    sqlite3_stmt *statement = NULL;

    if (!slim_sql_is_well(store)) {
        return NULL;
    }
    if (text->wrong[0]) {
        slim_sql_fail_text(store, text);
    } else if (sqlite3_prepare_v3(store->db, text->at, -1, flags, &statement, NULL) != SQLITE_OK) {
        note_refused(store, text);
    }
    return statement;
}

sqlite3_stmt *slim_sql_prepare(struct slim_sqlite *store, const struct slim_sql_text *text)
{
    return prepare(store, text, 0);
}

sqlite3_stmt *slim_sql_statement(struct slim_sqlite *store, const char *file,
                                 const struct slim_sql_name *names)
{
    char buffer[TEXT_MAX];
    struct slim_sql_text text;

    slim_sql_text_begin(&text, buffer, sizeof buffer);
    slim_sql_text_file(&text, file, named_piece, (void *)(uintptr_t)names);
    return prepare(store, &text, SQLITE_PREPARE_PERSISTENT);
}

sqlite3_stmt *slim_sql_placed(struct slim_sqlite *store, const char *file,
                              const struct slim_sql_name *names, const char *parameters)
{
    sqlite3_stmt *statement = slim_sql_statement(store, file, names);
    char buffer[512];
    struct slim_sql_text found;

    slim_sql_text_begin(&found, buffer, sizeof buffer);
    for (int i = 1; statement && i <= sqlite3_bind_parameter_count(statement); i++) {
        const char *name = sqlite3_bind_parameter_name(statement, i);
        slim_sql_text_format(&found, "%s%s", i > 1 ? " " : "", name ? name : "?");
    }
    if (statement && strcmp(buffer, parameters) != 0) {
        refuse(store, "the parameters of %s are %s, not %s", file, buffer, parameters);
    }
    return statement;
}

/* --- those that are kept --- */

struct slim_sql_kept {
    const char *file;
    sqlite3_stmt *statement;
};

static sqlite3_stmt *find_kept(const struct slim_sqlite *store, const char *file)
{
    for (unsigned i = 0; i < store->kept_count; i++) {
        if (store->kept[i].file == file || strcmp(store->kept[i].file, file) == 0) {
            return store->kept[i].statement;
        }
    }
    return NULL;
}

static sqlite3_stmt *keep(struct slim_sqlite *store, const char *file, sqlite3_stmt *statement)
{
    if (store->kept_count % 32 == 0) {
        size_t size = (store->kept_count + 32) * sizeof *store->kept;
        struct slim_sql_kept *larger = realloc(store->kept, size);
        if (!larger) {
            sqlite3_finalize(statement);
            slim_sql_fail(store, slim_sqlite_refused(store, SLIM_STATE_STORE_IO, APR_ENOMEM,
                                                     "no memory to use %s", store->path));
            return NULL;
        }
        store->kept = larger;
    }
    store->kept[store->kept_count++] = (struct slim_sql_kept){file, statement};
    return statement;
}

/* The statement of a file without names of its own. */
static sqlite3_stmt *get(struct slim_sqlite *store, const char *file)
{
    sqlite3_stmt *statement = slim_sql_is_well(store) ? find_kept(store, file) : NULL;

    if (statement || store->status != APR_SUCCESS) {
        return statement;
    }
    statement = slim_sql_statement(store, file, NULL);
    return statement ? keep(store, file, statement) : NULL;
}

void slim_sql_close(struct slim_sqlite *store)
{
    sqlite3_stmt *statement;

    while (store->db && (statement = sqlite3_next_stmt(store->db, NULL)) != NULL) {
        sqlite3_finalize(statement);
    }
    free(store->kept);
    store->kept = NULL;
    store->kept_count = 0;
}

/* --- binding --- */

static void bind_value(sqlite3_stmt *statement, int at, const struct slim_value *value)
{
    const char *bytes = value->bytes.at ? value->bytes.at : "";

    switch (value->type) {
    case SLIM_VALUE_NUMBER: sqlite3_bind_int64(statement, at, value->number); break;
    case SLIM_VALUE_TEXT: slim_sql_bind_text(statement, at, value->bytes); break;
    case SLIM_VALUE_BLOB:
        sqlite3_bind_blob(statement, at, bytes, (int)value->bytes.length, SQLITE_STATIC);
        break;
    }
}

/* The first parameter that no value is for; NULL: each has one. */
static const char *forgotten(sqlite3_stmt *statement, const struct slim_value *values)
{
    for (int i = 1; i <= sqlite3_bind_parameter_count(statement); i++) {
        const char *name = sqlite3_bind_parameter_name(statement, i);
        const struct slim_value *value = values;
        while (name && value && value->name && strcmp(value->name, name) != 0) {
            value++;
        }
        if (!name || !value || !value->name) {
            return name ? name : "?";
        }
    }
    return NULL;
}

int slim_sql_bind(struct slim_sqlite *store, const char *name, sqlite3_stmt *statement,
                  const struct slim_value *values)
{
    int count = 0;

    for (const struct slim_value *value = values; value && value->name; value++, count++) {
        int at = sqlite3_bind_parameter_index(statement, value->name);
        if (at == 0) {
            refuse(store, "there is no parameter %s in %s", value->name, name);
            return 0;
        }
        bind_value(statement, at, value);
    }
    if (count != sqlite3_bind_parameter_count(statement)) {
        refuse(store, "the parameter %s of %s has no value", forgotten(statement, values), name);
        return 0;
    }
    return 1;
}

/* --- running --- */

int slim_sql_step(struct slim_sqlite *store, sqlite3_stmt *statement)
{
    if (!statement || !slim_sql_is_well(store)) {
        return 0;
    }
    int rc = sqlite3_step(statement);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        note_failure(store, doing_of(statement));
    }
    return rc == SQLITE_ROW;
}

void slim_sql_finish(struct slim_sqlite *store, sqlite3_stmt *statement)
{
    slim_sql_step(store, statement);
    sqlite3_reset(statement);
}

/* A kept statement with its values; NULL after a failure. */
static sqlite3_stmt *ready(struct slim_sqlite *store, const char *file,
                           const struct slim_value *values)
{
    sqlite3_stmt *statement = get(store, file);

    return statement && slim_sql_bind(store, file, statement, values) ? statement : NULL;
}

void slim_sql_run(struct slim_sqlite *store, const char *file, const struct slim_value *values)
{
    slim_sql_finish(store, ready(store, file, values));
}

void slim_sql_account(struct slim_sqlite *store, const char *file, const struct slim_value *values)
{
    slim_sql_run(store, file, values);
    store->accounted += (unsigned)slim_sql_changes(store);
}

void slim_sql_run_once(struct slim_sqlite *store, const char *file,
                       const struct slim_sql_name *names, const struct slim_value *values)
{
    sqlite3_stmt *statement = slim_sql_statement(store, file, names);

    if (statement && slim_sql_bind(store, file, statement, values)) {
        slim_sql_finish(store, statement);
    }
    sqlite3_finalize(statement);
}

uint64_t slim_sql_changes(const struct slim_sqlite *store)
{
    return store->status == APR_SUCCESS ? (uint64_t)sqlite3_changes(store->db) : 0;
}

void slim_sql_numbers(struct slim_sqlite *store, const char *file, const struct slim_value *values,
                      int64_t none, int64_t *numbers, int count)
{
    sqlite3_stmt *statement = ready(store, file, values);
    int found = slim_sql_step(store, statement);

    for (int i = 0; i < count; i++) {
        int known = found && sqlite3_column_type(statement, i) != SQLITE_NULL;
        numbers[i] = known ? sqlite3_column_int64(statement, i) : none;
    }
    sqlite3_reset(statement);
}

void slim_sql_rows(struct slim_sqlite *store, const char *file, const struct slim_value *values,
                   apr_status_t (*take)(void *baton, sqlite3_stmt *row), void *baton)
{
    sqlite3_stmt *statement = ready(store, file, values);

    while (slim_sql_step(store, statement)) {
        slim_sql_fail(store, take(baton, statement));
        if (store->status != APR_SUCCESS) {
            break;
        }
    }
    sqlite3_reset(statement);
}

const char *slim_sql_column_text(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);

    return text ? text : "";
}

void slim_sql_script(struct slim_sqlite *store, const char *file, const char *doing)
{
    char buffer[TEXT_MAX];
    struct slim_sql_text text;

    slim_sql_text_begin(&text, buffer, sizeof buffer);
    slim_sql_text_file(&text, file, named_piece, NULL);
    if (!slim_sql_is_well(store)) {
        return;
    }
    if (text.wrong[0]) {
        slim_sql_fail_text(store, &text);
    } else if (sqlite3_exec(store->db, text.at, NULL, NULL, NULL) != SQLITE_OK) {
        note_failure(store, doing);
    }
}

/* --- transactions --- */

apr_status_t slim_sql_begin(struct slim_sqlite *store, const char *file)
{
    slim_sql_script(store, file, strcmp(file, "connection/begin_write") == 0 ? "write to" : "read");
    store->is_series = store->status == APR_SUCCESS;
    store->changes = (unsigned)sqlite3_total_changes(store->db);
    store->accounted = 0;
    return store->status;
}

/* Answers of before are not those of now any more. */
static void renew_revision(struct slim_sqlite *store)
{
    if ((unsigned)sqlite3_total_changes(store->db) - store->changes != store->accounted) {
        slim_sql_run(store, "write/revision_put", SLIM_NO_VALUES);
    }
}

apr_status_t slim_sql_commit(struct slim_sqlite *store)
{
    renew_revision(store);
    slim_sql_script(store, "connection/commit", "commit to");
    store->is_series = store->status != APR_SUCCESS;
    return store->status;
}

void slim_sql_rollback(struct slim_sqlite *store)
{
    sqlite3_exec(store->db, slim_sql_find("sqlite/connection/rollback.sql"), NULL, NULL, NULL);
    store->is_series = 0;
}

int slim_sql_series_begin(struct slim_sqlite *store)
{
    int outer = store->is_series;

    slim_sql_is_well(store);
    store->is_series = 1;
    return outer;
}

apr_status_t slim_sql_series_end(struct slim_sqlite *store, int outer)
{
    store->is_series = outer;
    return store->status;
}
