/* Reading the SQLite store. The SQL of a report is one of a closed set: a file, with pieces from
 * files put in; whatever a reader typed is bound. Connections are read-only. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "../core/settings.h"
#include "../report/report.h"
#include "sql.h"
#include "sqlite_internal.h"

static struct slim_sqlite *self(struct slim_store *base)
{
    return (struct slim_sqlite *)base;
}

/* --- opening --- */

static int stop_when_late(void *data)
{
    const struct slim_sqlite *store = data;

    return store->deadline != 0 && apr_time_now() > store->deadline;
}

static int single_number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    int number = -1;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK
        && sqlite3_step(statement) == SQLITE_ROW) {
        number = sqlite3_column_int(statement, 0);
    }
    sqlite3_finalize(statement);
    return number;
}

static apr_status_t check_schema(struct slim_sqlite *store)
{
    int application = single_number(store->db, "pragma application_id");
    int version = single_number(store->db, "pragma user_version");

    if (application < 0 || version < 0) {
        return slim_sqlite_failed(store, "read");
    }
    if (application != SLIM_SQLITE_APPLICATION_ID) {
        return slim_sqlite_refused(store, SLIM_STATE_SCHEMA_NEWER, 0, "%s is no store of slimstats",
                                   store->path);
    }
    if (version != SLIM_SQLITE_SCHEMA_VERSION) {
        return slim_sqlite_refused(store, SLIM_STATE_SCHEMA_NEWER, 0,
                                   "%s has schema %d, this version reads %d", store->path, version,
                                   SLIM_SQLITE_SCHEMA_VERSION);
    }
    return APR_SUCCESS;
}

apr_status_t slim_sqlite_open_reader(const char *url, unsigned time_limit_ms,
                                     struct slim_store **result, apr_pool_t *pool)
{
    struct slim_sqlite *store = apr_pcalloc(pool, sizeof *store);

    store->base.engine = &slim_store_sqlite;
    store->path = apr_pstrdup(pool, slim_settings_sqlite_path(url));
    store->time_limit_ms = time_limit_ms;
    *result = &store->base;
    if (access(store->path, F_OK) != 0) {
        return slim_sqlite_refused(store, SLIM_STATE_STORE_MOVED, 0, "there is no store at %s",
                                   store->path);
    }
    if (sqlite3_open_v2(store->path, &store->db,
                        SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW
                            | SQLITE_OPEN_EXRESCODE,
                        NULL)
        != SQLITE_OK) {
        return slim_sqlite_failed(store, "open");
    }
    slim_sqlite_harden(store->db);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_busy_timeout(store->db, 1000);
    sqlite3_progress_handler(store->db, 10000, stop_when_late, store);
    return check_schema(store);
}

/* --- composing --- */

struct composition {
    char *at;
    size_t used, size;
    const struct slim_query *query;
};

#define COMPOSED_MAX 32768

static void append(struct composition *c, const char *text, size_t length)
{
    if (c->used + length < c->size) {
        memcpy(c->at + c->used, text, length);
        c->used += length;
        c->at[c->used] = '\0';
    }
}

static void append_text(struct composition *c, const char *text)
{
    append(c, text, strlen(text));
}

/* The part of a file behind its comment lines. */
static const char *body(const char *sql)
{
    while (sql[0] == '-' && sql[1] == '-') {
        sql = strchr(sql, '\n') + 1;
    }
    return sql;
}

/* :value0 is the first filter's value. */
static void append_filter(struct composition *c, int index)
{
    const struct slim_filter *filter = &c->query->filter[index];
    char file[64], match[96];

    snprintf(file, sizeof file, "sqlite/filter/%s.sql", filter->dimension);
    snprintf(match, sizeof match,
             filter->kind == SLIM_CONTAINS ? "instr(lower(name), lower(:value%d)) > 0"
                                           : "name = :value%d",
             index);
    const char *sql = body(slim_sql_find(file));
    const char *mark = strstr(sql, "{match}");
    append_text(c, index > 0 ? " and " : "");
    append_text(c, filter->kind == SLIM_DIFFERS ? "not (" : "(");
    append(c, sql, (size_t)(mark - sql));
    append_text(c, match);
    append_text(c, mark + strlen("{match}"));
    append_text(c, ")");
}

static void append_filters(struct composition *c)
{
    for (int i = 0; i < c->query->filters; i++) {
        append_filter(c, i);
    }
    if (c->query->filters == 0) {
        append_text(c, "true");
    }
}

static void append_piece(struct composition *c, const char *name, size_t length)
{
    if (length == 9 && memcmp(name, "{filters}", 9) == 0) {
        append_filters(c);
    } else if (length == 8 && memcmp(name, "{robots}", 8) == 0) {
        append_text(c, c->query->robots ? "true" : "hit.robot = 0");
    } else if (length == 8 && memcmp(name, "{bucket}", 8) == 0) {
        append_text(c, "slim_bucket(hit.id >> 24)");
    }
}

static void compose(struct composition *c, const char *sql)
{
    append_text(c, "create temp table answer as\n");
    while (*sql) {
        size_t plain = strcspn(sql, "{");
        append(c, sql, plain);
        sql += plain;
        if (*sql) {
            size_t length = strcspn(sql, "}") + 1;
            append_piece(c, sql, length);
            sql += length;
        }
    }
}

/* --- asking --- */

static apr_status_t prepare(struct slim_sqlite *store, const char *sql, sqlite3_stmt **statement)
{
    return sqlite3_prepare_v2(store->db, sql, -1, statement, NULL) == SQLITE_OK
               ? APR_SUCCESS
               : slim_sqlite_failed(store, "read");
}

static apr_status_t read_failed(struct slim_sqlite *store)
{
    apr_status_t rv = slim_sqlite_failed(store, "read");

    return (store->base.error.code & 0xff) == SQLITE_INTERRUPT ? SLIM_ETIMEOUT : rv;
}

static void bind_query(sqlite3_stmt *statement, const struct slim_query *query)
{
    char name[24];

    slim_sqlite_bind_int(statement, ":since", query->since << 24);
    slim_sqlite_bind_int(statement, ":until", query->until << 24);
    slim_sqlite_bind_int(statement, ":rows", (int64_t)query->offset + query->limit + 1);
    for (int i = 0; i < query->filters; i++) {
        struct slim_text value = {query->filter[i].value, strlen(query->filter[i].value)};
        snprintf(name, sizeof name, ":value%d", i);
        slim_sqlite_bind_text(statement, name, value);
    }
}

static apr_status_t fill_answer_table(struct slim_sqlite *store, const struct slim_query *query)
{
    char sql[COMPOSED_MAX], file[64];
    struct composition c = {.at = sql, .size = sizeof sql, .query = query};
    sqlite3_stmt *statement;

    snprintf(file, sizeof file, "sqlite/report/%s.sql", query->report->name);
    compose(&c, body(slim_sql_find(file)));
    apr_status_t rv = prepare(store, sql, &statement);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    bind_query(statement, query);
    if (sqlite3_step(statement) != SQLITE_DONE) {
        rv = read_failed(store);
    }
    sqlite3_finalize(statement);
    return rv;
}

static apr_status_t read_totals(struct slim_sqlite *store, const struct slim_query *query,
                                struct slim_answer *answer)
{
    char sql[2048] = "select count(*)";
    struct composition c = {.at = sql, .used = strlen(sql), .size = sizeof sql, .query = query};
    const struct slim_column *column = query->report->column;
    sqlite3_stmt *statement;

    for (int i = 0; i < answer->columns; i++) {
        int adds_up = column[i].type == SLIM_COUNT || column[i].type == SLIM_BYTES;
        append_text(&c, adds_up ? ", sum(" : ", 0");
        append_text(&c, adds_up ? column[i].name : "");
        append_text(&c, adds_up ? ")" : "");
    }
    append_text(&c, " from temp.answer");
    apr_status_t rv = prepare(store, sql, &statement);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (sqlite3_step(statement) == SQLITE_ROW) {
        answer->rows_total = (uint64_t)sqlite3_column_int64(statement, 0);
        for (int i = 0; i < answer->columns; i++) {
            answer->total[i] = sqlite3_column_int64(statement, i + 1);
        }
    } else {
        rv = read_failed(store);
    }
    sqlite3_finalize(statement);
    return rv;
}

static void take_row(sqlite3_stmt *statement, struct slim_answer *answer, apr_pool_t *pool)
{
    struct slim_cell *cells = apr_pcalloc(pool, (size_t)answer->columns * sizeof *cells);

    for (int i = 0; i < answer->columns; i++) {
        if (sqlite3_column_type(statement, i) == SQLITE_TEXT) {
            const char *text = (const char *)sqlite3_column_text(statement, i);
            cells[i].is_text = 1;
            cells[i].length = (size_t)sqlite3_column_bytes(statement, i);
            cells[i].text = apr_pstrmemdup(pool, text ? text : "", cells[i].length);
        } else {
            cells[i].number = sqlite3_column_int64(statement, i);
        }
    }
    APR_ARRAY_PUSH(answer->rows, struct slim_cell *) = cells;
}

/* Every order ends in the columns one after the other, so that it is the same each time. */
static void compose_rows(struct composition *c, int columns)
{
    const struct slim_query *query = c->query;
    const struct slim_column *column = query->report->column;
    int ascending = query->sort ? query->ascending : query->report->ascending;

    append_text(c, "select ");
    for (int i = 0; i < columns; i++) {
        append_text(c, i ? ", " : "");
        append_text(c, column[i].name);
    }
    append_text(c, " from temp.answer order by ");
    append_text(c, query->sort ? query->sort : query->report->sort);
    append_text(c, ascending ? " asc" : " desc");
    for (int i = 0; i < columns; i++) {
        append_text(c, ", ");
        append_text(c, column[i].name);
    }
    append_text(c, " limit :limit offset :offset");
}

static apr_status_t read_rows(struct slim_sqlite *store, const struct slim_query *query,
                              struct slim_answer *answer, apr_pool_t *pool)
{
    char sql[2048];
    struct composition c = {.at = sql, .size = sizeof sql, .query = query};
    sqlite3_stmt *statement;
    int rc;

    compose_rows(&c, answer->columns);
    apr_status_t rv = prepare(store, sql, &statement);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    slim_sqlite_bind_int(statement, ":limit", query->limit);
    slim_sqlite_bind_int(statement, ":offset", query->offset);
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        take_row(statement, answer, pool);
    }
    if (rc != SQLITE_DONE) {
        rv = read_failed(store);
    }
    sqlite3_finalize(statement);
    return rv;
}

apr_status_t slim_sqlite_report(struct slim_store *base, const struct slim_query *query,
                                struct slim_answer *answer, apr_pool_t *pool)
{
    struct slim_sqlite *store = self(base);

    memset(answer, 0, sizeof *answer);
    answer->query = query;
    answer->columns = slim_report_columns(query->report);
    answer->rows = apr_array_make(pool, (int)query->limit, sizeof(struct slim_cell *));
    store->deadline =
        store->time_limit_ms ? apr_time_now() + (apr_time_t)store->time_limit_ms * 1000 : 0;
    sqlite3_exec(store->db, "drop table if exists temp.answer", NULL, NULL, NULL);
    apr_status_t rv = slim_sqlite_add_bucket(store, query);
    if (rv == APR_SUCCESS) {
        rv = fill_answer_table(store, query);
    }
    if (rv == APR_SUCCESS) {
        rv = read_totals(store, query, answer);
    }
    if (rv == APR_SUCCESS) {
        rv = read_rows(store, query, answer, pool);
    }
    answer->more = answer->rows_total > (uint64_t)query->offset + (uint64_t)answer->rows->nelts;
    store->deadline = 0;
    return rv;
}
