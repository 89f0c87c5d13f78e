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

/* --- statements of sql/sqlite/answer --- */

static apr_status_t ask_answer(struct slim_sqlite *store, const struct slim_query *query,
                               const char *file, int64_t since, sqlite3_stmt **statement)
{
    struct composition c = {.query = query, .robots = query->robots};

    return slim_sqlite_ask_file(store, &c, file, since, query->until, statement);
}

/* Runs a statement that returns nothing, and ends it. */
static apr_status_t run_once(struct slim_sqlite *store, sqlite3_stmt *statement)
{
    apr_status_t rv =
        sqlite3_step(statement) == SQLITE_DONE ? APR_SUCCESS : slim_sqlite_read_failed(store);

    sqlite3_finalize(statement);
    return rv;
}

static apr_status_t fill_answer_table(struct slim_sqlite *store, const struct slim_query *query,
                                      struct slim_answer *answer)
{
    int64_t since = query->since;
    sqlite3_stmt *statement;

    if (!query->report->dimension && since < store->rows_from) {
        since = answer->rows_from = store->rows_from;
    }
    apr_status_t rv = ask_answer(store, query, "sqlite/answer/make.sql", since, &statement);
    return rv == APR_SUCCESS ? run_once(store, statement) : rv;
}

static apr_status_t read_totals(struct slim_sqlite *store, const struct slim_query *query,
                                struct slim_answer *answer)
{
    int place[SLIM_NUMBERS_MAX], count = slim_report_stored(query->report, place);
    sqlite3_stmt *statement;
    apr_status_t rv = ask_answer(store, query, "sqlite/answer/totals.sql", 0, &statement);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (sqlite3_step(statement) == SQLITE_ROW) {
        answer->rows_total = (uint64_t)sqlite3_column_int64(statement, 0);
        for (int i = 0; i < count; i++) {
            answer->total[place[i]] = sqlite3_column_int64(statement, i + 1);
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
    int place[SLIM_NUMBERS_MAX], count = slim_report_stored(query->report, place);
    sqlite3_stmt *statement;
    apr_status_t rv = ask_answer(store, query, "sqlite/part/whole.sql", 0, &statement);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (sqlite3_step(statement) != SQLITE_ROW) {
        rv = slim_sqlite_read_failed(store);
    }
    for (int i = 0; rv == APR_SUCCESS && i < sqlite3_column_count(statement); i++) {
        for (int n = 0; n < count; n++) {
            if (strcmp(slim_report_number_name(query->report, place[n]),
                       sqlite3_column_name(statement, i))
                == 0) {
                answer->total[place[n]] = sqlite3_column_int64(statement, i);
            }
        }
    }
    sqlite3_finalize(statement);
    return rv;
}

static struct slim_cell take_cell(sqlite3_stmt *statement, int column, apr_pool_t *pool)
{
    struct slim_cell cell = {0};

    if (sqlite3_column_type(statement, column) == SQLITE_TEXT) {
        const char *text = (const char *)sqlite3_column_text(statement, column);
        cell.is_text = 1;
        cell.length = (size_t)sqlite3_column_bytes(statement, column);
        cell.text = apr_pstrmemdup(pool, text ? text : "", cell.length);
    } else {
        cell.number = sqlite3_column_int64(statement, column);
    }
    return cell;
}

static apr_status_t read_rows(struct slim_sqlite *store, const struct slim_query *query,
                              struct slim_answer *answer, apr_pool_t *pool)
{
    int place[SLIM_NUMBERS_MAX], count = slim_report_stored(query->report, place), rc;
    size_t size = ((size_t)place[count - 1] + 1) * sizeof(struct slim_cell);
    sqlite3_stmt *statement;
    apr_status_t rv = ask_answer(store, query, "sqlite/answer/rows.sql", 0, &statement);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    slim_sqlite_bind_int(statement, ":limit", query->limit);
    slim_sqlite_bind_int(statement, ":offset", query->offset);
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        struct slim_cell *cells = apr_pcalloc(pool, size);
        for (int i = 0; i < count; i++) {
            cells[place[i]] = take_cell(statement, i, pool);
        }
        APR_ARRAY_PUSH(answer->rows, struct slim_cell *) = cells;
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

static apr_status_t note_shown(struct slim_sqlite *store, const struct slim_query *query)
{
    sqlite3_stmt *statement;
    apr_status_t rv = slim_sqlite_run_part(store, "sqlite/part/make_shown.sql");

    if (rv == APR_SUCCESS) {
        rv = ask_answer(store, query, "sqlite/answer/shown.sql", 0, &statement);
    }
    if (rv != APR_SUCCESS) {
        return rv;
    }
    slim_sqlite_bind_int(statement, ":limit", query->limit);
    slim_sqlite_bind_int(statement, ":offset", query->offset);
    return run_once(store, statement);
}

static apr_status_t add_visitors_of_shown(struct slim_sqlite *store, const struct slim_query *query)
{
    struct slim_answer ignored = {0};
    struct slim_count none = {0};
    apr_status_t rv = note_shown(store, query);

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
        rv = add_visitors_of_shown(store, query);
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

/* Whatever became of it before. */
static void forget(struct slim_sqlite *store, const char *file)
{
    sqlite3_exec(store->db, slim_sql_find(file), NULL, NULL, NULL);
}

/* The temporary tables of an answer go with its savepoint. */
static apr_status_t answer_one(struct slim_sqlite *store, const struct slim_query *query,
                               struct slim_count *counted, struct slim_answer *answer,
                               apr_pool_t *pool)
{
    apr_status_t rv = slim_sqlite_run_part(store, "sqlite/answer/savepoint.sql");

    if (rv == APR_SUCCESS) {
        rv = answer_query(store, query, counted, answer, pool);
        forget(store, "sqlite/answer/rollback.sql");
        forget(store, "sqlite/answer/release.sql");
    }
    answer->error_percent = answer->approximate ? SLIM_HLL_ERROR_PERCENT : 0;
    answer->more = answer->rows_total > (uint64_t)query->offset + (uint64_t)answer->rows->nelts;
    return rv;
}

static apr_status_t answer_all(struct slim_sqlite *store, const struct slim_query *const *queries,
                               int number, struct slim_answer *answers, apr_pool_t *pool)
{
    struct slim_count *counts = apr_pcalloc(pool, (size_t)number * sizeof *counts);
    apr_status_t rv = slim_sqlite_rows_from(store, &store->rows_from);

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
    store->deadline =
        store->time_limit_ms ? apr_time_now() + (apr_time_t)store->time_limit_ms * 1000 : 0;
    for (int i = 0; rv == APR_SUCCESS && i < number; i += SLIM_TOGETHER_MAX) {
        int some = number - i < SLIM_TOGETHER_MAX ? number - i : SLIM_TOGETHER_MAX;
        rv = slim_sqlite_run_part(store, "sqlite/answer/begin.sql");
        if (rv == APR_SUCCESS) {
            rv = answer_all(store, queries + i, some, answers + i, pool);
            forget(store, "sqlite/answer/end.sql");
        }
    }
    store->deadline = 0;
    return rv;
}
