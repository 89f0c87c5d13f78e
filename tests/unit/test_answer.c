/* Answers beside the period before: rows found by their keys, hours and days by their place. */
#include "filled_store.h"

#include <jansson.h>
#include <locale.h>

#include "report/ask.h"
#include "report/render.h"

static struct slim_query query;
static struct slim_answer answer;

static const char *ask_as(const char *format, const char *report, va_list words)
{
    struct slim_store *store = open_reader(path);
    struct slim_buffer out;
    const char *word, *reason;

    slim_query_init(&query, slim_report_find(report), NOON);
    while ((word = va_arg(words, const char *)) != NULL) {
        const char *value = va_arg(words, const char *);
        if (slim_query_set(&query, word, value, &reason, pool) != APR_SUCCESS) {
            fail_msg("%s %s: %s", word, value, reason);
        }
    }
    well(store, slim_report_answer(store, &query, &answer, pool));
    SQLITE->close(store);
    slim_buffer_init(&out, pool);
    slim_format_find(format)->render(&answer, &out);
    return out.at;
}

static const char *ask(const char *format, const char *report, ...)
{
    va_list words;

    va_start(words, report);
    const char *text = ask_as(format, report, words);
    va_end(words);
    return text;
}

static int column_of(const char *name)
{
    const struct slim_column *column = slim_report_column(query.report, name);

    assert_non_null(column);
    return (int)(column - query.report->column);
}

static const struct slim_cell *cells_of(int row)
{
    assert_in_range(row, 0, answer.rows->nelts - 1);
    return APR_ARRAY_IDX(answer.rows, row, struct slim_cell *);
}

static int64_t number_of(int row, const char *name)
{
    return cells_of(row)[column_of(name)].number;
}

static int64_t before_of(int row, const char *name)
{
    assert_in_range(row, 0, answer.rows->nelts - 1);
    assert_non_null(answer.previous->row[row]);
    return answer.previous->row[row][column_of(name)];
}

static int row_at(const char *text)
{
    for (int r = 0; r < answer.rows->nelts; r++) {
        if (strcmp(cells_of(r)[0].text, text) == 0) {
            return r;
        }
    }
    fail_msg("no row %s", text);
    return -1;
}

/* Today: /a, /b and /missing by 192.0.2.7; yesterday: /a by 2001:db8::1. */
static void rows_are_compared_by_their_keys(void **state)
{
    (void)state;
    assert_string_equal(
        "page,visitors,pageviews,unshown,bytes,title,site,visitors_previous,pageviews_previous,unshown_previous,bytes_previous\n"
        "/a,1,1,0,5000,,www.example.org,1,1,0,5000\n"
        "/b,1,1,0,5000,,www.example.org,0,0,0,0\n",
        ask("csv", "pages", "since", "today", "until", "today", "compare", "previous", NULL));
    assert_string_equal("status\thits\tbytes\thits_previous\tbytes_previous\n"
                        "200\t2\t10000\t1\t5000\n"
                        "404\t1\t300\t0\t0\n",
                        ask("tsv", "status", "since", "today", "until", "today", "compare",
                            "previous", "sort", "hits", NULL));
    assert_int_equal(1, answer.previous->rows_total);
    assert_int_equal(1, answer.previous->total[1]);
}

static void a_limit_does_not_hide_what_was_before(void **state)
{
    (void)state;
    ask("csv", "pages", "since", "today", "until", "today", "compare", "previous", "limit", "1",
        "offset", "1", NULL);
    assert_int_equal(1, answer.rows->nelts);
    assert_int_equal(0, answer.previous->row[0][1]);
    ask("csv", "pages", "since", "today", "until", "today", "compare", "previous", "limit", "1",
        "sort", "+page", NULL);
    assert_int_equal(1, answer.previous->row[0][1]);
}

static void single_rows_are_compared(void **state)
{
    (void)state;
    ask("csv", "overview", "since", "today", "until", "today", "compare", "previous", NULL);
    assert_int_equal(1, answer.rows->nelts);
    assert_int_equal(2, number_of(0, "pageviews"));
    assert_int_equal(1, before_of(0, "pageviews"));
    assert_int_equal(3, number_of(0, "hits"));
    assert_int_equal(1, before_of(0, "hits"));
    assert_int_equal(0, number_of(0, "bounce_rate"));
    assert_int_equal(1000, before_of(0, "bounce_rate"));
    ask("csv", "overview", "since", "all", "compare", "previous", NULL);
    assert_int_equal(0, answer.previous->row[0][0]);
}

static void courses_are_compared_by_place(void **state)
{
    (void)state;
    ask("csv", "timeline", "by", "hour", "since", "today", "until", "today", "compare", "previous",
        NULL);
    assert_int_equal(3, number_of(row_at("2026-01-31T11:00"), "hits"));
    assert_int_equal(0, before_of(row_at("2026-01-31T11:00"), "hits"));
    assert_int_equal(0, number_of(row_at("2026-01-31T12:00"), "hits"));
    assert_int_equal(1, before_of(row_at("2026-01-31T12:00"), "hits"));
    ask("csv", "timeline", "since", "today", "until", "today", "compare", "previous", NULL);
    assert_int_equal(3, number_of(row_at("2026-01-31"), "hits"));
    assert_int_equal(1, before_of(row_at("2026-01-31"), "hits"));
    assert_int_equal(5000, before_of(row_at("2026-01-31"), "bytes"));
    /* two days beside the two before them */
    ask("csv", "timeline", "since", "1d", "until", "today", "compare", "previous", NULL);
    assert_int_equal(0, before_of(row_at("2026-01-31"), "hits"));
    /* March has three days more than February */
    ask("csv", "timeline", "since", "2026-03-01", "until", "2026-03-31", "compare", "previous",
        NULL);
    for (int r = 0; r < answer.rows->nelts; r++) {
        assert_true((answer.previous->row[r] != NULL) == (r < 28));
    }
}

static void the_table_shows_what_changed(void **state)
{
    (void)state;
    assert_string_equal("status: status codes of responses\n"
                        "2026-01-31T00:00:00+01:00 to 2026-02-01T00:00:00+01:00, robots left out\n"
                        "compared with 2026-01-30T00:00:00+01:00 to 2026-01-31T00:00:00+01:00\n"
                        "\n"
                        "status  hits    change    bytes\n"
                        "   200     2  +100.0 %  9.8 KiB\n"
                        "   404     1       new    300 B\n"
                        " total     3  +200.0 %   10 KiB\n",
                        ask("table", "status", "since", "today", "until", "today", "compare",
                            "previous", "tz", "Europe/Berlin", NULL));
}

static void json_has_the_period_before(void **state)
{
    (void)state;
    const char *text =
        ask("json", "status", "since", "today", "until", "today", "compare", "previous", NULL);
    json_t *json = json_loads(text, 0, NULL);
    const char *from, *until;
    json_int_t hits, bytes, gone, before, now;

    assert_non_null(json);
    assert_int_equal(0, json_unpack(json,
                                    "{s:{s:s, s:s, s:[{s:I, s:I}, {s:I}]}, "
                                    "s:{s:I, s:{s:I}}}",
                                    "previous", "from", &from, "until", &until, "rows", "hits",
                                    &hits, "bytes", &bytes, "hits", &gone, "totals", "hits", &now,
                                    "previous", "hits", &before));
    assert_string_equal("2026-01-30T00:00:00Z", from);
    assert_string_equal("2026-01-31T00:00:00Z", until);
    assert_int_equal(1, hits);
    assert_int_equal(5000, bytes);
    assert_int_equal(0, gone);
    assert_int_equal(3, now);
    assert_int_equal(1, before);
    json_decref(json);
    json = json_loads(ask("json", "status", NULL), 0, NULL);
    assert_null(json_object_get(json, "previous"));
    json_decref(json);
}

/* What each report's rows show for the period before is what that period's own answer shows. */
static void every_report_agrees_with_the_period_itself(void **state)
{
    int compared = 0;

    (void)state;
    for (const struct slim_report *report = slim_reports; report->name; report++) {
        if (slim_report_by_time(report) || !slim_report_compares(report)) {
            continue;
        }
        ask("csv", report->name, "since", "today", "until", "today", "compare", "previous",
            "robots", "on", NULL);
        struct slim_answer both = answer;
        ask("csv", report->name, "since", "yesterday", "until", "yesterday", "robots", "on", NULL);
        for (int c = 0; c < both.columns; c++) {
            int64_t sum = 0;
            for (int r = 0; r < both.rows->nelts; r++) {
                sum += both.previous->row[r][c];
            }
            if (slim_column_adds_up(report->column[c].type)) {
                assert_int_equal(answer.total[c], both.previous->total[c]);
                assert_true(sum <= answer.total[c]);
                compared++;
            }
        }
    }
    assert_true(compared > 20);
}

static void the_period_before_can_be_asked_for_alone(void **state)
{
    (void)state;
    const char *before = ask("csv", "pages", "since", "2026-01-31", "until", "2026-01-31", "period",
                             "previous", NULL);
    assert_int_equal(1, answer.rows->nelts);
    assert_string_equal(ask("csv", "pages", "since", "2026-01-30", "until", "2026-01-30", NULL),
                        before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_period_before_can_be_asked_for_alone),
        cmocka_unit_test(rows_are_compared_by_their_keys),
        cmocka_unit_test(a_limit_does_not_hide_what_was_before),
        cmocka_unit_test(single_rows_are_compared),
        cmocka_unit_test(courses_are_compared_by_place),
        cmocka_unit_test(the_table_shows_what_changed),
        cmocka_unit_test(json_has_the_period_before),
        cmocka_unit_test(every_report_agrees_with_the_period_itself),
    };

    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, fill_store, end_unit);
}
