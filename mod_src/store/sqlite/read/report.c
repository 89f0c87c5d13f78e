/* Answering a report: its rows go into a temporary table, which is then added up, sorted and cut.
 * All of it in one transaction, so that the parts of an answer belong together. */
#include <string.h>

#include <apr_strings.h>

#include "addresses.h"
#include "core/clock.h"
#include "reading.h"
#include "store/hll.h"

/* --- statements of sql/sqlite/answer --- */

static sqlite3_stmt *ask(struct slim_sqlite *store, const struct slim_query *query,
                         const char *file, int64_t since)
{
    const struct slim_composition c = {.query = query, .robots = query->robots};

    return slim_sqlite_ask(store, &c, file, since, query->until, SLIM_NO_VALUES);
}

/* One that returns nothing. */
static void run(struct slim_sqlite *store, const struct slim_query *query, const char *file,
                int64_t since)
{
    sqlite3_stmt *statement = ask(store, query, file, since);

    slim_sql_step(store, statement);
    sqlite3_finalize(statement);
}

static void fill_answer_table(struct slim_sqlite *store, const struct slim_query *query,
                              struct slim_answer *answer)
{
    int64_t since = query->since, rows_from = store->question.rows_from;

    if (!query->report->dimension && !query->report->outlives_hits && since < rows_from) {
        since = answer->rows_from = rows_from;
    }
    run(store, query, "answer/make", since);
}

static void read_totals(struct slim_sqlite *store, const struct slim_query *query,
                        struct slim_answer *answer)
{
    int place[SLIM_NUMBERS_MAX], count = slim_report_stored(query->report, place);
    sqlite3_stmt *statement = ask(store, query, "answer/totals", 0);

    if (slim_sql_step(store, statement)) {
        answer->rows_total = (uint64_t)sqlite3_column_int64(statement, 0);
        answer->sites = sqlite3_column_int(statement, 1);
        for (int i = 0; i < count; i++) {
            answer->total[place[i]] = sqlite3_column_int64(statement, i + 2);
        }
    }
    sqlite3_finalize(statement);
}

/* What the whole of a period has beside its hours, days, …. */
static void read_whole(struct slim_sqlite *store, const struct slim_query *query,
                       struct slim_answer *answer)
{
    int place[SLIM_NUMBERS_MAX], count = slim_report_stored(query->report, place);
    sqlite3_stmt *statement = ask(store, query, "part/whole", 0);
    int columns = slim_sql_step(store, statement) ? sqlite3_column_count(statement) : 0;

    for (int i = 0; i < columns; i++) {
        for (int n = 0; n < count; n++) {
            if (strcmp(slim_report_number_name(query->report, place[n]),
                       sqlite3_column_name(statement, i))
                == 0) {
                answer->total[place[n]] = sqlite3_column_int64(statement, i);
            }
        }
    }
    sqlite3_finalize(statement);
}

/* Of all answers to questions that are asked at once, where they have a time limit. */
#define TEXT_MAX ((size_t)8 << 20)

static void count_text(struct slim_sqlite *store, size_t length)
{
    struct slim_sqlite_question *question = &store->question;

    if (question->deadline == 0) {
        return;
    }
    if (length > question->text_left) {
        slim_sql_fail(store, SLIM_ETOOLARGE);
        length = question->text_left;
    }
    question->text_left -= length;
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

static void read_rows(struct slim_sqlite *store, const struct slim_query *query,
                      struct slim_answer *answer, apr_pool_t *pool)
{
    int place[SLIM_NUMBERS_MAX], count = slim_report_stored(query->report, place);
    size_t size = ((size_t)place[count - 1] + 1) * sizeof(struct slim_cell);
    sqlite3_stmt *statement = ask(store, query, "answer/rows", 0);

    while (slim_sql_step(store, statement)) {
        struct slim_cell *cells = apr_pcalloc(pool, size);
        for (int i = 0; i < count; i++) {
            cells[place[i]] = take_cell(statement, i, pool);
            count_text(store, cells[place[i]].length);
        }
        APR_ARRAY_PUSH(answer->rows, struct slim_cell *) = cells;
    }
    sqlite3_finalize(statement);
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

static void note_shown(struct slim_sqlite *store, const struct slim_query *query)
{
    slim_sql_script(store, "part/make_shown", "read");
    run(store, query, "answer/shown", 0);
}

static void add_visitors_of_shown(struct slim_sqlite *store, const struct slim_query *query)
{
    struct slim_answer ignored = {0};
    struct slim_count none = {0};

    slim_sql_run(store, "part/clear", SLIM_NO_VALUES);
    slim_sqlite_fill_parts(store, query, SLIM_VISITORS_SHOWN, &none, &ignored);
    slim_sql_run(store, "part/take_visitors", SLIM_NO_VALUES);
}

static void answer_query(struct slim_sqlite *store, const struct slim_query *query,
                         struct slim_count *counted, struct slim_answer *answer, apr_pool_t *pool)
{
    int shown = counts_shown(query);

    slim_sql_fail(store, slim_sqlite_add_functions(store, query, &answer->approximate));
    if (query->report->dimension) {
        slim_sql_script(store, "part/make", "read");
        slim_sqlite_fill_parts(store, query, shown ? SLIM_NO_VISITORS : SLIM_ALL_VISITORS, counted,
                               answer);
    }
    fill_answer_table(store, query, answer);
    slim_sqlite_search(store, query);
    if (shown || query->courses) {
        note_shown(store, query);
    }
    if (shown) {
        add_visitors_of_shown(store, query);
    }
    read_totals(store, query, answer);
    if (slim_report_by_time(query->report)) {
        read_whole(store, query, answer);
    }
    if (query->report->key == SLIM_KEY_BUCKET) {
        slim_sqlite_read_notes(store, query, answer, pool);
    }
    read_rows(store, query, answer, pool);
    if (query->courses) {
        slim_sqlite_read_courses(store, query, answer, pool);
    }
}

static void begin_answer(const struct slim_query *query, struct slim_answer *answer,
                         apr_pool_t *pool)
{
    *answer = (struct slim_answer){.query = query,
                                   .columns = slim_report_columns(query->report),
                                   .since = query->since};
    answer->rows = apr_array_make(pool, (int)query->limit, sizeof(struct slim_cell *));
}

/* All time begins with the first day on which there was anything, for people; which day that is of
 * all sites is nothing that the owner of one is told. */
static int64_t first_of(struct slim_sqlite *store, const struct slim_query *query)
{
    int64_t first = 0;

    if (query->since > 0 || query->confined) {
        return query->since;
    }
    slim_sql_numbers(store, "answer/first_hour",
                     SLIM_VALUES(slim_value(":dimension", slim_dimension_find("hour")->number)), 0,
                     &first, 1);
    return slim_zone_day(query->zone, first > 0 ? first * SLIM_HOUR : query->now, 0);
}

/* The temporary tables of an answer go with its savepoint. */
static void answer_one(struct slim_sqlite *store, const struct slim_query *query,
                       struct slim_count *counted, struct slim_answer *answer, apr_pool_t *pool)
{
    slim_sql_script(store, "answer/savepoint", "read");
    answer_query(store, query, counted, answer, pool);
    slim_sql_script(store, "answer/rollback", "read");
    slim_sql_script(store, "answer/release", "read");
    slim_sqlite_addresses_forget(store);
    answer->error_percent = answer->approximate ? SLIM_HLL_ERROR_PERCENT : 0;
    if ((answer->rows_from ? answer->rows_from : query->since) < store->question.older_until) {
        answer->older_until = store->question.older_until;
    }
    answer->since = first_of(store, query);
    answer->more = answer->rows_total > (uint64_t)query->offset + (uint64_t)answer->rows->nelts;
}

static void answer_all(struct slim_sqlite *store, const struct slim_query *const *queries,
                       int number, struct slim_answer *answers, apr_pool_t *pool)
{
    struct slim_count *counts = apr_pcalloc(pool, (size_t)number * sizeof *counts);

    store->question.rows_from = slim_sqlite_rows_from(store);
    store->question.older_until = slim_sqlite_older_until(store);
    slim_sql_fail(store, slim_sqlite_add_functions(store, queries[0], &answers[0].approximate));
    slim_sqlite_count_rows(store, queries, number, counts);
    for (int i = 0; i < number && slim_sql_is_well(store); i++) {
        answer_one(store, queries[i], &counts[i], &answers[i], pool);
    }
    for (int i = 0; i < number; i++) {
        slim_count_free(&counts[i]);
    }
}

apr_status_t slim_sqlite_report(struct slim_store *base, const struct slim_query *const *queries,
                                int number, struct slim_answer *answers, apr_pool_t *pool)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    apr_status_t rv = APR_SUCCESS;

    for (int i = 0; i < number; i++) {
        begin_answer(queries[i], &answers[i], pool);
    }
    store->question.deadline =
        store->time_limit_ms ? slim_ticks() + (int64_t)store->time_limit_ms * 1000 : 0;
    store->question.text_left = TEXT_MAX;
    for (int i = 0; rv == APR_SUCCESS && i < number; i += SLIM_TOGETHER_MAX) {
        int some = number - i < SLIM_TOGETHER_MAX ? number - i : SLIM_TOGETHER_MAX;
        rv = slim_sql_begin(store, "connection/begin_read");
        if (rv == APR_SUCCESS) {
            answer_all(store, queries + i, some, answers + i, pool);
            rv = slim_sql_status(store);
            slim_sql_rollback(store); /* nothing was written but temporary tables */
        }
    }
    store->question.deadline = 0;
    return rv;
}
