/* Preparing, binding and running statements. */
#include <stdio.h>
#include <string.h>

#include "sql.h"
#include "sqlite_internal.h"

#define TEXT_MAX 4096 /* of a statement that is put together */

/* What a {name} stands for; "" when it is none of ours. */
static const char *meaning_of(const char *name, size_t length, const char *table)
{
    char file[64];

    if (length == strlen("table") && memcmp(name, "table", length) == 0) {
        return table ? table : "";
    }
    snprintf(file, sizeof file, "sqlite/piece/%.*s.sql", (int)length, name);
    return slim_sql_body(file);
}

/* Puts the text together; 0: there is no room. */
static int fill_in(const char *sql, const char *table, char *text, size_t size)
{
    size_t used = 0;

    while (*sql && used < size) {
        size_t plain = strcspn(sql, "{"), name = 0;
        const char *meaning = "";
        if (sql[plain]) {
            name = strcspn(sql + plain, "}");
            meaning = meaning_of(sql + plain + 1, name - 1, table);
        }
        used += (size_t)snprintf(text + used, size - used, "%.*s%s", (int)plain, sql, meaning);
        sql += plain + name + (sql[plain + name] == '}');
    }
    return used < size;
}

apr_status_t slim_sqlite_prepare(struct slim_sqlite *store, const char *file, const char *table,
                                 sqlite3_stmt **statement)
{
    const char *sql = slim_sql_find(file);
    char text[TEXT_MAX];

    if (!sql) {
        return slim_sqlite_refused(store, SLIM_STATE_STORE_IO, 0, "no statement %s", file);
    }
    if (strchr(sql, '{')) {
        if (!fill_in(sql, table, text, sizeof text)) {
            return slim_sqlite_refused(store, SLIM_STATE_STORE_IO, 0, "statement %s is too long",
                                       file);
        }
        sql = text;
    }
    if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL)
        != SQLITE_OK) {
        return slim_sqlite_failed(store, "use");
    }
    return APR_SUCCESS;
}

apr_status_t slim_sqlite_execute(struct slim_sqlite *store, const char *sql, const char *doing)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK
               ? APR_SUCCESS
               : slim_sqlite_failed(store, doing);
}

apr_status_t slim_sqlite_run(struct slim_sqlite *store, sqlite3_stmt *statement, const char *doing)
{
    apr_status_t rv = APR_SUCCESS;
    int rc = sqlite3_step(statement);

    if (rc != SQLITE_DONE && rc != SQLITE_ROW) {
        rv = slim_sqlite_failed(store, doing);
    }
    sqlite3_reset(statement);
    return rv;
}

void slim_sqlite_bind_numbers(sqlite3_stmt *statement, const int64_t *values, int count)
{
    for (int i = 0; i < count; i++) {
        sqlite3_bind_int64(statement, i + 1, values[i]);
    }
}

void slim_sqlite_bind_text(sqlite3_stmt *statement, const char *name, struct slim_text text)
{
    sqlite3_bind_text(statement, sqlite3_bind_parameter_index(statement, name),
                      text.at ? text.at : "", (int)text.length, SQLITE_STATIC);
}

void slim_sqlite_bind_int(sqlite3_stmt *statement, const char *name, int64_t value)
{
    sqlite3_bind_int64(statement, sqlite3_bind_parameter_index(statement, name), value);
}

apr_status_t slim_sqlite_put_fact(struct slim_sqlite *store, const char *key, const void *value,
                                  int length)
{
    sqlite3_stmt *statement;
    apr_status_t rv = slim_sqlite_prepare(store, "sqlite/write/store_put.sql", NULL, &statement);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    slim_sqlite_bind_text(statement, ":key", (struct slim_text){key, strlen(key)});
    sqlite3_bind_blob(statement, sqlite3_bind_parameter_index(statement, ":value"), value, length,
                      SQLITE_STATIC);
    rv = slim_sqlite_run(store, statement, "write to");
    sqlite3_finalize(statement);
    return rv;
}
