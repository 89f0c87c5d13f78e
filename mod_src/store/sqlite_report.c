/* Answering a report: its rows go into a temporary table, which is then added up, sorted and cut.
 * All of it in one transaction, so that the parts of an answer belong together. */
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "hll.h"
#include "sql.h"
#include "sqlite_house.h"
#include "sqlite_reading.h"

static struct slim_sqlite *self(struct slim_store *base)
{
    return (struct slim_sqlite *)base;
}

static apr_status_t prepare(struct slim_sqlite *store, const char *sql, sqlite3_stmt **statement)
{
    return sqlite3_prepare_v2(store->db, sql, -1, statement, NULL) == SQLITE_OK
               ? APR_SUCCESS
               : slim_sqlite_failed(store, "read");
}

apr_status_t slim_sqlite_read_failed(struct slim_sqlite *store)
{
    apr_status_t rv = slim_sqlite_failed(store, "read");

    return (store->base.error.code & 0xff) == SQLITE_INTERRUPT ? SLIM_ETIMEOUT : rv;
}

apr_status_t slim_sqlite_ask(struct slim_sqlite *store, const struct composition *c, int64_t since,
                             int64_t until, sqlite3_stmt **statement)
{
    const struct slim_query *query = c->query;
    apr_status_t rv = prepare(store, c->at, statement);
    char name[24];

    if (rv != APR_SUCCESS) {
        return rv;
    }
    slim_sqlite_bind_int(*statement, ":since", since << SLIM_HIT_SECOND_SHIFT);
    slim_sqlite_bind_int(*statement, ":until", until << SLIM_HIT_SECOND_SHIFT);
    slim_sqlite_bind_int(*statement, ":rows", (int64_t)query->offset + query->limit + 1);
    for (int i = 0; i < query->filters; i++) {
        struct slim_text value = {query->filter[i].value, strlen(query->filter[i].value)};
        snprintf(name, sizeof name, ":value%d", i);
        slim_sqlite_bind_text(*statement, name, value);
    }
    return APR_SUCCESS;
}

apr_status_t slim_sqlite_ask_file(struct slim_sqlite *store, const struct composition *composition,
                                  const char *file, int64_t since, int64_t until,
                                  sqlite3_stmt **statement)
{
    char sql[SLIM_COMPOSED_MAX];
    struct composition c = *composition;

    c.at = sql;
    c.used = 0;
    c.size = sizeof sql;
    slim_compose_file(&c, file);
    return slim_sqlite_ask(store, &c, since, until, statement);
}

static apr_status_t fill_answer_table(struct slim_sqlite *store, const struct slim_query *query,
                                      struct slim_answer *answer)
{
    int64_t since = query->since;
    char sql[SLIM_COMPOSED_MAX], file[64];
    struct composition c = {.at = sql, .size = sizeof sql, .query = query, .robots = query->robots};
    sqlite3_stmt *statement;

    snprintf(file, sizeof file, "sqlite/report/%s.sql", query->report->name);
    slim_compose_text(&c, "create temp table answer as\n");
    slim_compose_file(&c, file);
    if (!query->report->dimension && since < store->question.rows_from) {
        since = answer->rows_from = store->question.rows_from;
    }
    apr_status_t rv = slim_sqlite_ask(store, &c, since, query->until, &statement);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (sqlite3_step(statement) != SQLITE_DONE) {
        rv = slim_sqlite_read_failed(store);
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
        slim_compose_text(&c, adds_up ? ", sum(" : ", 0");
        slim_compose_text(&c, adds_up ? column[i].name : "");
        slim_compose_text(&c, adds_up ? ")" : "");
    }
    slim_compose_text(&c, " from temp.answer");
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
        rv = slim_sqlite_read_failed(store);
    }
    sqlite3_finalize(statement);
    return rv;
}

/* What the whole of a period has beside its hours, days, …. */
static apr_status_t read_whole(struct slim_sqlite *store, const struct slim_query *query,
                               struct slim_answer *answer)
{
    const struct slim_report *report = query->report;
    sqlite3_stmt *statement;
    apr_status_t rv = prepare(store, slim_sql_find("sqlite/part/whole.sql"), &statement);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (sqlite3_step(statement) != SQLITE_ROW) {
        rv = slim_sqlite_read_failed(store);
    }
    for (int i = 0; rv == APR_SUCCESS && i < sqlite3_column_count(statement); i++) {
        const struct slim_column *column =
            slim_report_column(report, sqlite3_column_name(statement, i));
        if (column) {
            answer->total[column - report->column] = sqlite3_column_int64(statement, i);
        }
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

/* Every order ends in the columns one after the other, so that it is the same each time; visitors
 * that are not known yet do not count. */
static void compose_order(struct composition *c, int columns)
{
    const struct slim_query *query = c->query;
    const struct slim_column *column = query->report->column;
    int ascending = query->sort ? query->ascending : query->report->ascending;

    slim_compose_text(c, query->sort ? query->sort : query->report->sort);
    slim_compose_text(c, ascending ? " asc" : " desc");
    for (int i = 0; i < columns; i++) {
        if (strcmp(column[i].name, "visitors") != 0) {
            slim_compose_text(c, ", ");
            slim_compose_text(c, column[i].name);
        }
    }
    slim_compose_text(c, " limit :limit offset :offset");
}

static void compose_rows(struct composition *c, int columns)
{
    const struct slim_column *column = c->query->report->column;

    slim_compose_text(c, "select ");
    for (int i = 0; i < columns; i++) {
        slim_compose_text(c, i ? ", " : "");
        slim_compose_text(c, column[i].name);
    }
    slim_compose_text(c, " from temp.answer order by ");
    compose_order(c, columns);
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
        rv = slim_sqlite_read_failed(store);
    }
    sqlite3_finalize(statement);
    return rv;
}

/* Few of many keys are shown: the visitors of those alone are counted, once it is known which.
 * Where hits have to be read it costs less to read them once. */
#define SHOWN_MAX 200

static int counts_shown(const struct slim_query *query)
{
    const struct slim_dimension *dimension =
        query->report->dimension ? slim_dimension_find(query->report->dimension) : NULL;

    return dimension && dimension->is_large && !query->exact && slim_sqlite_sums_know(query)
           && query->limit <= SHOWN_MAX && (!query->sort || strcmp(query->sort, "visitors") != 0);
}

static apr_status_t note_shown(struct slim_sqlite *store, const struct slim_query *query,
                               int columns)
{
    char sql[2048];
    struct composition c = {.at = sql, .size = sizeof sql, .query = query};
    sqlite3_stmt *statement;
    apr_status_t rv = slim_sqlite_run_part(store, "sqlite/part/make_shown.sql");

    if (rv != APR_SUCCESS) {
        return rv;
    }
    slim_compose_text(&c, "insert into temp.shown select key from temp.answer order by ");
    compose_order(&c, columns);
    rv = prepare(store, sql, &statement);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    slim_sqlite_bind_int(statement, ":limit", query->limit);
    slim_sqlite_bind_int(statement, ":offset", query->offset);
    rv = slim_sqlite_run(store, statement, "read");
    sqlite3_finalize(statement);
    return rv;
}

static apr_status_t add_visitors_of_shown(struct slim_sqlite *store, const struct slim_query *query,
                                          int columns)
{
    struct slim_answer ignored = {0};
    struct slim_count none = {0};
    apr_status_t rv = note_shown(store, query, columns);

    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_run_part(store, "sqlite/part/clear.sql");
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_fill_parts(store, query, SLIM_VISITORS_SHOWN, &none, &ignored);
    }
    return rv == APR_SUCCESS ? slim_sqlite_run_part(store, "sqlite/part/take_visitors.sql") : rv;
}

static apr_status_t answer_query(struct slim_sqlite *store, const struct slim_query *query,
                                 struct slim_count *counted, struct slim_answer *answer,
                                 apr_pool_t *pool)
{
    int shown = counts_shown(query);
    apr_status_t rv = slim_sqlite_add_functions(store, query, &answer->approximate);

    if (rv == APR_SUCCESS && query->report->dimension) {
        rv = slim_sqlite_run_part(store, "sqlite/part/make.sql");
    }
    if (rv == APR_SUCCESS && query->report->dimension) {
        rv = slim_sqlite_fill_parts(store, query, shown ? SLIM_NO_VISITORS : SLIM_ALL_VISITORS,
                                    counted, answer);
    }
    if (rv == APR_SUCCESS) {
        rv = fill_answer_table(store, query, answer);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_search(store, query);
    }
    if (rv == APR_SUCCESS && shown) {
        rv = add_visitors_of_shown(store, query, answer->columns);
    }
    if (rv == APR_SUCCESS) {
        rv = read_totals(store, query, answer);
    }
    if (rv == APR_SUCCESS && slim_report_by_time(query->report)) {
        rv = read_whole(store, query, answer);
    }
    return rv == APR_SUCCESS ? read_rows(store, query, answer, pool) : rv;
}

static void begin_answer(const struct slim_query *query, struct slim_answer *answer,
                         apr_pool_t *pool)
{
    *answer = (struct slim_answer){.query = query, .columns = slim_report_columns(query->report)};
    answer->rows = apr_array_make(pool, (int)query->limit, sizeof(struct slim_cell *));
}

/* The temporary tables of an answer go with its savepoint. */
static apr_status_t answer_one(struct slim_sqlite *store, const struct slim_query *query,
                               struct slim_count *counted, struct slim_answer *answer,
                               apr_pool_t *pool)
{
    apr_status_t rv = slim_sqlite_execute(store, "savepoint answer", "read");

    if (rv == APR_SUCCESS) {
        rv = answer_query(store, query, counted, answer, pool);
        sqlite3_exec(store->db, "rollback to answer; release answer", NULL, NULL, NULL);
    }
    answer->error_percent = answer->approximate ? SLIM_HLL_ERROR_PERCENT : 0;
    answer->more = answer->rows_total > (uint64_t)query->offset + (uint64_t)answer->rows->nelts;
    return rv;
}

static apr_status_t answer_all(struct slim_sqlite *store, const struct slim_query *const *queries,
                               int number, struct slim_answer *answers, apr_pool_t *pool)
{
    struct slim_count *counts = apr_pcalloc(pool, (size_t)number * sizeof *counts);
    store->question.rows_from = slim_sqlite_rows_from(store);
    apr_status_t rv = slim_sql_status(store);

    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_add_functions(store, queries[0], &answers[0].approximate);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_count_rows(store, queries, number, counts);
    }
    for (int i = 0; rv == APR_SUCCESS && i < number; i++) {
        rv = answer_one(store, queries[i], &counts[i], &answers[i], pool);
    }
    for (int i = 0; i < number; i++) {
        slim_count_free(&counts[i]);
    }
    return rv;
}

apr_status_t slim_sqlite_report(struct slim_store *base, const struct slim_query *const *queries,
                                int number, struct slim_answer *answers, apr_pool_t *pool)
{
    struct slim_sqlite *store = self(base);
    apr_status_t rv = APR_SUCCESS;

    for (int i = 0; i < number; i++) {
        begin_answer(queries[i], &answers[i], pool);
    }
    store->question.deadline =
        store->time_limit_ms ? apr_time_now() + (apr_time_t)store->time_limit_ms * 1000 : 0;
    for (int i = 0; rv == APR_SUCCESS && i < number; i += SLIM_TOGETHER_MAX) {
        int some = number - i < SLIM_TOGETHER_MAX ? number - i : SLIM_TOGETHER_MAX;
        rv = slim_sqlite_execute(store, "begin", "read");
        if (rv == APR_SUCCESS) {
            rv = answer_all(store, queries + i, some, answers + i, pool);
            sqlite3_exec(store->db, "rollback", NULL, NULL, NULL);
        }
    }
    store->question.deadline = 0;
    return rv;
}
