/* Reports with every filter, bucket and order; and answers worked out by hand. */
#include "filled_store.h"

#include <fcntl.h>

#include "core/buffer.h"
#include "query/filter_table.h"
#include "query/report.h"
#include "report/ask.h"

static void ask(struct slim_store *store, struct slim_query *query, struct slim_answer *answer)
{
    if (slim_report_answer(store, query, answer, pool) != APR_SUCCESS) {
        fail_msg("%s: %s: %s", query->report->name,
                 query->filters ? query->filter[0].dimension : "no filter", store->error.what);
    }
}

static void set(struct slim_query *query, const char *word, const char *value)
{
    const char *reason;

    query->given = 0; /* tests say words anew */
    if (slim_query_set(query, word, value, &reason, pool) != APR_SUCCESS) {
        fail_msg("%s %s: %s", word, value, reason);
    }
}

static void every_report_takes_every_filter_and_bucket(void **state)
{
    static const enum slim_match_kind kinds[] = {SLIM_EQUALS, SLIM_DIFFERS, SLIM_CONTAINS};
    struct slim_store *store = open_reader(path);
    int asked = 0;

    (void)state;
    for (const struct slim_report *report = slim_reports; report->name; report++) {
        for (int d = 0; slim_filter_types[d].name; d++) {
            for (int kind = 0; kind < (int)LENGTH_OF(kinds); kind++) {
                struct slim_query query;
                struct slim_answer answer;
                slim_query_init(&query, report, NOON);
                query.filter[query.filters++] =
                    (struct slim_filter){slim_filter_types[d].name, kinds[kind], "x'\"", NULL};
                query.by = (enum slim_bucket)((d + kind) % SLIM_BUCKETS);
                query.robots = d % 2;
                ask(store, &query, &answer);
                assert_int_equal(slim_report_columns(report), answer.columns);
                asked++;
            }
        }
    }
    assert_true(asked > 2000);
    SQLITE->close(store);
}

static void what_the_store_calls_closed_sets_can_be_asked_for(void **state)
{
    static const char *const dimensions[] = {"robot", "kind", "channel", "mark"};

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(dimensions); i++) {
        char *names =
            apr_pstrdup(pool,
                        rows_of(path, apr_pstrcat(pool, "select name from ", dimensions[i], NULL)));
        char *rest, *name = strtok_r(names, "\n", &rest);
        assert_non_null(name);
        for (; name; name = strtok_r(NULL, "\n", &rest)) {
            struct slim_query query;
            slim_query_init(&query, &slim_reports[0], NOON);
            set(&query, "where", apr_pstrcat(pool, dimensions[i], "=", name, NULL));
        }
    }
}

static void every_report_takes_all_filters_at_once(void **state)
{
    struct slim_store *store = open_reader(path);

    (void)state;
    for (const struct slim_report *report = slim_reports; report->name; report++) {
        struct slim_query query;
        struct slim_answer answer;
        slim_query_init(&query, report, NOON);
        for (int i = 0; i < SLIM_FILTERS_MAX; i++) {
            set(&query, "where", i % 2 ? "ip!=192.0.2.99" : "status~x");
        }
        ask(store, &query, &answer);
    }
    SQLITE->close(store);
}

static void rows_come_in_any_order_asked_for(void **state)
{
    struct slim_store *store = open_reader(path);

    (void)state;
    for (const struct slim_report *report = slim_reports; report->name; report++) {
        for (int i = 0; i < 2 * slim_report_columns(report); i++) {
            struct slim_query query;
            struct slim_answer answer;
            slim_query_init(&query, report, NOON);
            set(&query, "since", "60d");
            query.robots = 1;
            query.limit = SLIM_LIMIT_MAX;
            const struct slim_column *column = &report->column[i / 2];
            set(&query, "sort", apr_pstrcat(pool, i % 2 ? "+" : "-", column->name, NULL));
            ask(store, &query, &answer);
            for (int r = 1; r < answer.rows->nelts; r++) {
                const struct slim_cell *above =
                    &APR_ARRAY_IDX(answer.rows, r - 1, struct slim_cell *)[i / 2];
                const struct slim_cell *below =
                    &APR_ARRAY_IDX(answer.rows, r, struct slim_cell *)[i / 2];
                assert_int_equal(column->type == SLIM_TEXT, above->is_text);
                int64_t difference = above->is_text ? strcmp(above->text, below->text)
                                                    : above->number - below->number;
                assert_true(i % 2 ? difference <= 0 : difference >= 0);
            }
        }
    }
    SQLITE->close(store);
}

/* The answer's rows as in rows_of. */
static const char *answer_of(struct slim_store *store, const char *report, ...)
{
    struct slim_query query;
    struct slim_answer answer;
    const char *rows = "", *word;
    va_list words;

    slim_query_init(&query, slim_report_find(report), NOON);
    va_start(words, report);
    while ((word = va_arg(words, const char *)) != NULL) {
        set(&query, word, va_arg(words, const char *));
    }
    va_end(words);
    ask(store, &query, &answer);
    for (int r = 0; r < answer.rows->nelts; r++) {
        const struct slim_cell *cells = APR_ARRAY_IDX(answer.rows, r, struct slim_cell *);
        for (int i = 0; i < answer.columns; i++) {
            rows = cells[i].is_text ? apr_pstrcat(pool, rows, i ? "|" : "", cells[i].text, NULL)
                                    : apr_psprintf(pool, "%s%s%" APR_INT64_T_FMT, rows,
                                                   i ? "|" : "", (apr_int64_t)cells[i].number);
        }
        rows = apr_pstrcat(pool, rows, "\n", NULL);
    }
    return rows;
}

/* The same without the numbers that rows begin with. */
static const char *without_first_cells(const char *rows)
{
    const char *rest = "";

    for (const char *end; *rows; rows = end + 1) {
        end = strchr(rows, '\n');
        rows = strchr(rows, '|') + 1;
        rest = apr_pstrcat(pool, rest, apr_pstrmemdup(pool, rows, (size_t)(end - rows) + 1), NULL);
    }
    return rest;
}

static void answers_are_what_is_worked_out_by_hand(void **state)
{
    struct slim_store *store = open_reader(path);

    (void)state;
    /* visits, visitors, new ones, page views, those a visit, bounce rate, both durations, hits,
     * bytes, errors, robots: one visit of two pages and 30 s, one bounce of a visitor known since
     * December, and a robot's. */
    assert_string_equal("2|2|1|3|0|150|500|30|15|4|15300|1|1\n",
                        answer_of(store, "overview", NULL));
    assert_string_equal("3|3|2|4|0|133|667|30|10|5|20300|1|1\n",
                        answer_of(store, "overview", "robots", "on", NULL));
    assert_string_equal("2026-01-29|0|0|0|0|0|0|0|0|0\n2026-01-30|1|1|1|1|5000|0|1000|0|100\n"
                        "2026-01-31|1|1|2|3|10300|1|0|30|200\n",
                        answer_of(store, "timeline", "since", "2d", NULL));
    assert_string_equal("2026-01-31T11:00|1|1|2|3|10300|1|0|30|200\n"
                        "2026-01-31T12:00|0|0|0|0|0|0|0|0|0\n",
                        answer_of(store, "timeline", "by", "hour", "since", "2026-01-31T11:00",
                                  NULL));
    assert_string_equal("2026-01-19|0|0|0|0|0|0|0|0|0\n2026-01-26|2|2|3|4|15300|1|500|30|150\n",
                        answer_of(store, "timeline", "by", "week", "since", "12d", NULL));
    assert_string_equal("2025-12|0|0|0|0|0|0|0|0|0\n2026-01|2|3|4|5|20300|1|667|30|133\n",
                        answer_of(store, "timeline", "by", "month", "since", "60d", NULL));
    assert_string_equal("2026-01-31|1|1|1|1|5000|0|1000|0|100\n"
                        "2026-02-01|1|1|2|3|10300|1|0|30|200\n",
                        answer_of(store, "timeline", "tz", "Pacific/Auckland", "since", "1d",
                                  NULL));
    assert_string_equal("2026-01-31T17:00|1|1|2|3|10300|1|0|30|200\n",
                        answer_of(store, "timeline", "by", "hour", "tz", "Asia/Kolkata", "since",
                                  "2026-01-31T17:00", "until", "2026-01-31T17:45", NULL));
    assert_string_equal("4|11|1|1|1|1|5000\n5|10|1|1|2|3|10300\n",
                        answer_of(store, "hours", "tz", "Etc/GMT+1", NULL));
    assert_string_equal("/a|2|2|0|10000||www.example.org\n/b|1|1|0|5000||www.example.org\n",
                        answer_of(store, "pages", NULL));
    assert_string_equal("/a|2|3|500|30||www.example.org\n", answer_of(store, "entries", NULL));
    assert_string_equal("/a|1|1||www.example.org\n/b|1|2||www.example.org\n",
                        answer_of(store, "exits", NULL));
    assert_string_equal("/missing|http://www.example.org/a|own|1|www.example.org\n",
                        answer_of(store, "notfound", NULL));
    assert_string_equal("/missing|404|1|300|www.example.org\n", answer_of(store, "errors", NULL));
    assert_string_equal("|direct|1|1|1000|0\nGoogle|search|1|2|0|30\n",
                        answer_of(store, "sources", NULL));
    assert_string_equal("direct|1|1|1000|0\nsearch|1|2|0|30\n", answer_of(store, "channels", NULL));
    assert_string_equal("https://www.google.com/|www.google.com|1|5000\n",
                        answer_of(store, "referers", NULL));
    assert_string_equal("Words|Google|1\n", answer_of(store, "searchterms", NULL));
    assert_string_equal("DE|1|1|2|3|10300|0\nFR|1|1|1|1|5000|1000\n",
                        answer_of(store, "countries", NULL));
    assert_string_equal("||1|2|3|10300|0\nNormandy|FR|1|1|1|5000|1000\n",
                        answer_of(store, "regions", NULL));
    assert_string_equal("|||1|2|3|10300|0\nRouen|Normandy|FR|1|1|1|5000|1000\n",
                        answer_of(store, "cities", NULL));
    assert_string_equal("|0|1|2|3|10300|0\nSeine Net|64496|1|1|1|5000|1000\n",
                        answer_of(store, "networks", NULL));
    assert_string_equal("hosting|2|1|2|2\nrobots.txt|1|0|1|1\n", answer_of(store, "marks", NULL));
    assert_string_equal("Firefox|115|2|2|3|4|15300|500\n", answer_of(store, "browsers", NULL));
    assert_string_equal("Googlebot|search||other|1|1|5000|0|0|1500\n",
                        answer_of(store, "robots", NULL));
    assert_string_equal("www.example.org|2|2|3|4|15300|1|500\n", answer_of(store, "sites", NULL));
    assert_string_equal("page|4|3|15300\n", answer_of(store, "kinds", NULL));
    assert_string_equal("/a|page|2|10000|0|3000|www.example.org\n"
                        "/b|page|1|5000|0|1500|www.example.org\n"
                        "/missing|page|1|300|1|1500|www.example.org\n",
                        answer_of(store, "files", NULL));
    assert_string_equal("200|3|15000\n404|1|300\n", answer_of(store, "status", NULL));
    assert_string_equal(
        "/a|2|1500|1500|1500|1500|www.example.org\n/b|1|1500|1500|1500|1500|www.example.org\n",
        answer_of(store, "slow", NULL));
    assert_string_equal(
        "192.0.2.7|DE|3|2|10300|1|1769860770\n2001:db8::1|FR|1|1|5000|0|1769774400\n",
        answer_of(store, "addresses", NULL));
    assert_string_equal(
        "1769860740|www.example.org|192.0.2.7|DE|Google|search|2|3|30|Firefox|Linux|none||/a > /b\n"
        "1769774400|www.example.org|2001:db8::1|FR||direct|1|1|0|Firefox|Linux|none|hosting|/a\n",
        without_first_cells(answer_of(store, "visits", NULL)));
    assert_string_equal("www.example.org|1\n", answer_of(store, "online", NULL));
    assert_string_equal("www.example.org|2\n", answer_of(store, "online", "robots", "on", NULL));
    assert_string_equal("", answer_of(store, "online", "until", "2026-01-31T11:59", NULL));
    SQLITE->close(store);
}

/* The timeline's own total: people are counted once, and averages are those of the whole. */
static void a_course_tells_the_figures_of_the_whole(void **state)
{
    static const struct {
        const char *column;
        int64_t total;
    } cases[] = {{"visitors", 2},      {"visits", 2},    {"pageviews", 3},
                 {"hits", 4},          {"bytes", 15300}, {"errors", 1},
                 {"bounce_rate", 500}, {"duration", 30}, {"pages_per_visit", 150}};
    struct slim_store *store = open_reader(path);
    struct slim_query query;
    struct slim_answer answer;

    (void)state;
    slim_query_init(&query, slim_report_find("timeline"), NOON);
    set(&query, "by", "hour");
    ask(store, &query, &answer);
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const struct slim_column *column = slim_report_column(query.report, cases[i].column);
        assert_int_equal(cases[i].total, answer.total[column - query.report->column]);
    }
    SQLITE->close(store);
}

static const char *courses_of(struct slim_store *store, const char *words[][2], size_t count)
{
    struct slim_query query;
    struct slim_answer answer;
    struct slim_buffer text;
    char since[SLIM_TIME_TEXT];

    slim_query_init(&query, slim_report_find("pages"), NOON);
    set(&query, "course", "on");
    for (size_t i = 0; i < count; i++) {
        set(&query, words[i][0], words[i][1]);
    }
    ask(store, &query, &answer);
    slim_buffer_init(&text, pool);
    slim_buffer_format(&text, "%.10s %d",
                       slim_zone_time(&slim_zone_utc, answer.courses->since, since),
                       answer.courses->days);
    for (int r = 0; r < answer.rows->nelts; r++) {
        const struct slim_cell *cells = APR_ARRAY_IDX(answer.rows, r, struct slim_cell *);
        int64_t sum = 0;
        slim_buffer_format(&text, " %s:", cells[0].text);
        for (int i = 0; i < answer.courses->spans; i++) {
            slim_buffer_format(&text, "%d", (int)answer.courses->row[r][i]);
            sum += answer.courses->row[r][i];
        }
        assert_int_equal(cells[2].number, sum);
    }
    return text.at;
}

/* /a was read at midnight of the day before and at noon, /b once behind it. */
static void rows_have_their_course(void **state)
{
    static const struct {
        const char *words[3][2];
        size_t count;
        const char *courses;
    } cases[] = {
        {{{"since", "3d"}}, 1, "2026-01-28 1 /a:0011 /b:0001"},
        {{{"since", "all"}},
         1,
         "2026-01-01 1 /a:1000000000000000000000000000011 /b:0000000000000000000000000000001"},
        {{{"since", "3d"}, {"offset", "1"}}, 2, "2026-01-28 1 /b:0001"},
        {{{"since", "3d"}, {"where", "source=Google"}}, 2, "2026-01-28 1 /a:0001 /b:0001"},
        {{{"since", "3d"}, {"tz", "Asia/Tokyo"}, {"sort", "+page"}},
         3,
         "2026-01-27 1 /a:00011 /b:00001"},
        {{{"since", "3d"}, {"until", "yesterday"}, {"exact", "on"}}, 3, "2026-01-28 1 /a:001"},
        {{{"since", "90d"}}, 1, NULL},
        {{{"since", "3d"}, {"search", "nowhere"}}, 2, "2026-01-28 1"},
    };
    struct slim_store *store = open_reader(path);

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *words[3][2];
        memcpy(words, cases[i].words, sizeof words);
        const char *courses = courses_of(store, words, cases[i].count);
        if (cases[i].courses) {
            assert_string_equal(cases[i].courses, courses);
        } else { /* 91 days are spans of two */
            assert_non_null(strstr(courses, " 2 /a:"));
        }
    }
    SQLITE->close(store);
}

static void a_search_leaves_rows_whose_name_has_the_text(void **state)
{
    struct slim_store *store = open_reader(path);

    (void)state;
    assert_string_equal("/b|1|1|0|5000||www.example.org\n",
                        answer_of(store, "pages", "search", "B", NULL));
    assert_string_equal("/a|2|2|0|10000||www.example.org\n/b|1|1|0|5000||www.example.org\n",
                        answer_of(store, "pages", "search", "b", "search", "/a", NULL));
    assert_string_equal("", answer_of(store, "pages", "search", "%", NULL));
    assert_string_equal("", answer_of(store, "pages", "search", "' or 1 --", NULL));
    assert_string_equal("404|1|300\n", answer_of(store, "status", "search", "40", NULL));
    assert_string_equal("Google|search|1|2|0|30\n",
                        answer_of(store, "sources", "search", "oog", NULL));
    assert_string_equal("2001:db8::1|FR|1|1|5000|0|1769774400\n",
                        answer_of(store, "addresses", "search", ":", NULL));
    SQLITE->close(store);
}

static void a_search_looks_at_each_column_that_names_rows(void **state)
{
    struct slim_store *store = open_reader(path);

    (void)state;
    assert_string_equal("Google|search|1|2|0|30\n",
                        answer_of(store, "sources", "search", "SEARCH", NULL));
    assert_string_equal("|direct|1|1|1000|0\n",
                        answer_of(store, "sources", "search", "direct", NULL));
    assert_string_equal("2001:db8::1|FR|1|1|5000|0|1769774400\n",
                        answer_of(store, "addresses", "search", "fr", NULL));
    assert_string_equal("/missing|404|1|300|www.example.org\n",
                        answer_of(store, "errors", "search", "404", NULL));
    assert_string_equal("", answer_of(store, "errors", "search", "300", NULL));
    assert_string_equal("", answer_of(store, "regions", "search", "=R", NULL));
    assert_string_equal("Normandy|FR|1|1|1|5000|1000\n",
                        answer_of(store, "regions", "search", "=FR", NULL));
    assert_string_equal("Normandy|FR|1|1|1|5000|1000\n",
                        answer_of(store, "regions", "search", "=Normandy", NULL));
    assert_string_equal("", answer_of(store, "regions", "search", "=fr", NULL));
    assert_string_equal("", answer_of(store, "regions", "search", "=' or 1 --", NULL));
    SQLITE->close(store);
}

static void filters_choose_hits(void **state)
{
    static const struct {
        const char *where;
        int hits;
    } cases[] = {
        {"page=/a", 2},         {"page!=/a", 2},         {"page~B", 1},
        {"page~_", 0},          {"page~%", 0},           {"resource~utm_", 2},
        {"ip=192.0.2.7", 3},    {"ip=2001:db8::1", 1},   {"ip~192.0", 3},
        {"ip!=192.0.2.7", 1},   {"status=404", 1},       {"status=4xx", 1},
        {"status!=4xx", 3},     {"status=2xx", 3},       {"country=DE", 3},
        {"country=", 0},        {"country!=DE", 1},      {"channel=search", 3},
        {"channel=direct", 1},  {"source=Google", 3},    {"source~GOO", 3},
        {"domain~google", 1},   {"searchterms~word", 1}, {"browser=Firefox", 4},
        {"version=115", 4},     {"version~11", 4},       {"platform=Linux", 4},
        {"robot=none", 4},      {"robot=search", 0},     {"kind=page", 4},
        {"kind!=page", 0},      {"method=GET", 4},       {"method=get", 0},
        {"site~example", 4},    {"language=en-us", 4},   {"referer~/a", 2},
        {"page=' or 1=1--", 0}, {"entry=/a", 4},         {"entry!=/a", 0},
        {"exit=/b", 3},         {"campaign=", 4},        {"campaign!=", 0},
        {"region=Normandy", 1}, {"region=", 3},          {"city!=Rouen", 3},
        {"network~seine", 1},   {"network=", 3},         {"mark=hosting", 1},
        {"mark!=hosting", 3},   {"mark=probe", 0},
    };
    struct slim_store *store = open_reader(path);
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_query query;
        struct slim_answer answer;
        slim_query_init(&query, slim_report_find("overview"), NOON);
        set(&query, "where", cases[i].where);
        ask(store, &query, &answer);
        int64_t hits = APR_ARRAY_IDX(answer.rows, 0, struct slim_cell *)[9].number;
        if (hits != cases[i].hits) {
            print_error("%s: %lld hits, not %d\n", cases[i].where, (long long)hits, cases[i].hits);
            wrong++;
        }
    }
    SQLITE->close(store);
    assert_int_equal(0, wrong);
}

static void limit_and_offset_cut_the_rows_not_the_totals(void **state)
{
    struct slim_store *store = open_reader(path);
    struct slim_query query;
    struct slim_answer answer;

    (void)state;
    slim_query_init(&query, slim_report_find("status"), NOON);
    set(&query, "limit", "1");
    ask(store, &query, &answer);
    assert_int_equal(1, answer.rows->nelts);
    assert_int_equal(2, answer.rows_total);
    assert_int_equal(4, answer.total[1]);
    assert_int_equal(15300, answer.total[2]);
    assert_true(answer.more);
    set(&query, "offset", "1");
    ask(store, &query, &answer);
    assert_int_equal(1, answer.rows->nelts);
    assert_int_equal(404, APR_ARRAY_IDX(answer.rows, 0, struct slim_cell *)[0].number);
    assert_false(answer.more);
    set(&query, "offset", "2");
    ask(store, &query, &answer);
    assert_int_equal(0, answer.rows->nelts);
    assert_false(answer.more);
    set(&query, "since", "2026-01-01");
    set(&query, "until", "2026-01-01");
    set(&query, "offset", "0");
    ask(store, &query, &answer);
    assert_int_equal(1, answer.rows->nelts);
    SQLITE->close(store);
}

/* Descriptor 0 is what a field that nobody set would name. */
static void a_reader_closes_only_what_it_opened(void **state)
{
    int kept = dup(STDIN_FILENO), null = open("/dev/null", O_RDONLY);

    (void)state;
    assert_int_equal(STDIN_FILENO, dup2(null, STDIN_FILENO));
    SQLITE->close(open_reader(path));
    assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0);
    assert_true(kept < 0 || dup2(kept, STDIN_FILENO) == STDIN_FILENO);
    close(kept);
    close(null);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_report_takes_every_filter_and_bucket),
        cmocka_unit_test(what_the_store_calls_closed_sets_can_be_asked_for),
        cmocka_unit_test(every_report_takes_all_filters_at_once),
        cmocka_unit_test(rows_come_in_any_order_asked_for),
        cmocka_unit_test(answers_are_what_is_worked_out_by_hand),
        cmocka_unit_test(a_course_tells_the_figures_of_the_whole),
        cmocka_unit_test(rows_have_their_course),
        cmocka_unit_test(a_search_leaves_rows_whose_name_has_the_text),
        cmocka_unit_test(a_search_looks_at_each_column_that_names_rows),
        cmocka_unit_test(filters_choose_hits),
        cmocka_unit_test(limit_and_offset_cut_the_rows_not_the_totals),
        cmocka_unit_test(a_reader_closes_only_what_it_opened),
    };

    return cmocka_run_group_tests(tests, fill_store, end_unit);
}
