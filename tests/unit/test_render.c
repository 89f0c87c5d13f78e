/* Answers as tables for people, as text and HTML. */
#include "sample_answer.h"

#include <locale.h>

#include "core/text.h"

static void table_columns_stand_below_each_other(void **state)
{
    static const struct slim_text texts[] = {{"/", 1},
                                             {"", 0},
                                             {"a\nb", 3},
                                             {"\xc3\xa4\xe4\xb8\xad", 5}};
    struct slim_answer answer = answer_of(texts, 4);

    (void)state;
    assert_string_equal("sample: texts and numbers\n"
                        "2026-01-24T00:00:00Z to 2026-01-31T10:00:01Z, robots left out\n"
                        "\n"
                        "name         hits   bytes  code  last\n"
                        "/       1,234,567  10 KiB   404  2021-01-18T04:21:45Z\n"
                        "-       1,234,568  10 KiB   404  2021-01-18T04:21:45Z\n"
                        "a\\x0ab  1,234,569  10 KiB   404  2021-01-18T04:21:45Z\n"
                        "\xc3\xa4\xe4\xb8\xad     1,234,570  10 KiB   404  2021-01-18T04:21:45Z\n",
                        render("table", &answer));
    answer = answer_of(texts, 0);
    assert_non_null(strstr(render("table", &answer),
                           "\n\nnothing found; robots, as curl, are left out: --robots\n"));
    query.robots = 1;
    assert_non_null(strstr(render("table", &answer), "\n\nnothing found\n"));
    answer = answer_of(texts, 1);
    answer.rows_total = 12;
    answer.more = 1;
    query.offset = 3;
    assert_non_null(strstr(render("table", &answer), "\nthere are more rows"));
    query.robots = 1;
    assert_null(strstr(render("table", &answer), "left out"));
}

static void long_texts_are_cut_with_a_sign(void **state)
{
    char text[400] = "";

    (void)state;
    for (int i = 0; i < 100; i++) {
        strcat(text, "\xe4\xb8\xad");
    }
    const char *line = strstr(render_text("table", text), "\n\xe4\xb8\xad");
    assert_non_null(line);
    assert_int_equal(29 * 3, strspn(line + 1, "\xe4\xb8\xad"));
    assert_memory_equal("\xe2\x80\xa6", line + 1 + 29 * 3, 3);
}

static void tables_hold_only_what_may_be_shown(void **state)
{
    char bytes[128];

    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct slim_text text = {bytes, nasty_bytes(bytes, sizeof bytes)};
        struct slim_answer answer = answer_of(&text, 1);
        const char *table = render("table", &answer);
        assert_true(slim_utf8_is_valid(table, strlen(table)));
        assert_null(strpbrk(table, "\r\t\x1b\x7f"));
        assert_null(strstr(table, "\xe2\x80\xae"));
        int lines = 0;
        for (const char *c = table; *c; c++) {
            lines += *c == '\n';
        }
        assert_int_equal(5, lines);
    }
}

static void html_tables_escape_their_cells(void **state)
{
    struct slim_text text = text_of("<b>&'\"");
    struct slim_answer answer = answer_of(&text, 1);
    struct slim_buffer out;

    (void)state;
    slim_buffer_init(&out, pool);
    slim_render_html(&answer, &out);
    assert_non_null(strstr(out.at, "<td class=\"name\"><bdi>&lt;b&gt;&amp;&#39;&quot;</bdi></td>"));
    assert_non_null(strstr(out.at, "<td class=\"number\">1,234,567</td>"));
    assert_non_null(strstr(out.at, "<th scope=\"col\" class=\"number more\">Last</th>"));
    assert_null(strstr(out.at, "9223372036854775807"));
    assert_null(strstr(out.at, ">hit<"));
}

static void html_pages_need_nothing_else(void **state)
{
    struct slim_text text = text_of("<script>1</script>");
    struct slim_answer answer = answer_of(&text, 1);
    const struct slim_format *format = slim_format_find("html");
    struct slim_buffer out;

    (void)state;
    slim_buffer_init(&out, pool);
    format->begin(&answer, 1, &out);
    format->render(&answer, &out);
    format->end(&out);
    assert_non_null(strstr(out.at, "<p>2026-01-24 to 2026-01-31 (UTC), robots left out</p>"));
    assert_non_null(strstr(out.at, "<h1><bdi>Web statistics</bdi></h1>"));
    assert_non_null(strstr(out.at, "<h2>Sample</h2>"));
    assert_non_null(strstr(out.at, "&lt;script&gt;1&lt;/script&gt;"));
    assert_non_null(strstr(out.at, "<i style=\"width:100%\"></i>"));
    assert_non_null(strstr(out.at, "</body>\n</html>\n"));
    assert_null(strstr(out.at, "<script"));
    assert_null(strstr(out.at, "http:"));
}

static struct slim_answer course_of(struct slim_query *asked, const int64_t *visits, int days)
{
    static const char *const labels[] = {"2026-01-29", "2026-01-30", "2026-01-31"};
    const struct slim_report *timeline = slim_report_find("timeline");
    struct slim_answer answer = {.query = asked, .rows_total = (uint64_t)days};
    int main = slim_report_main(timeline);

    slim_query_init(asked, timeline, 1769853600);
    answer.since = asked->since;
    answer.columns = slim_report_columns(timeline);
    answer.rows = apr_array_make(pool, 3, sizeof(struct slim_cell *));
    for (int i = 0; i < days; i++) {
        struct slim_cell *cells = apr_pcalloc(pool, SLIM_NUMBERS_MAX * sizeof *cells);
        cells[0] = (struct slim_cell){.is_text = 1, .text = labels[i], .length = 10};
        cells[main].number = visits[i];
        APR_ARRAY_PUSH(answer.rows, struct slim_cell *) = cells;
    }
    return answer;
}

static const char *html_of(const struct slim_answer *answer)
{
    return render("html", answer);
}

static void a_course_is_a_chart_with_its_table_behind_it(void **state)
{
    struct slim_query asked;
    struct slim_answer answer = course_of(&asked, (const int64_t[]){1000, 0, 4000}, 3);
    const char *html = html_of(&answer);

    (void)state;
    assert_non_null(strstr(html, "aria-label=\"Visits, 3 values, at most 4000\""));
    assert_non_null(strstr(html, "<rect x=\"1\" y=\"75.0\" width=\"8\" height=\"25.0\"><title>"
                                 "2026-01-29: 1000 Visits</title></rect>"));
    assert_non_null(strstr(html, "y=\"100.0\" width=\"8\" height=\"0.0\"><title>2026-01-30: 0"));
    assert_non_null(strstr(html, "y=\"0.0\" width=\"8\" height=\"100.0\"><title>2026-01-31: 4000"));
    assert_non_null(strstr(html, "<span>2026-01-29</span><span>Visits, at most 4,000</span>"
                                 "<span>2026-01-31</span>"));
    assert_non_null(strstr(html, "<summary>Table</summary>"));
    assert_null(strstr(html, "class=\"bar\""));
    answer = course_of(&asked, (const int64_t[]){0}, 1);
    assert_non_null(strstr(html_of(&answer), "height=\"0.0\""));
}

static const char *begin_of(const struct slim_answer *answers, int number)
{
    struct slim_buffer out;

    slim_buffer_init(&out, pool);
    slim_render_html_begin(answers, number, &out);
    return out.at;
}

static void rows_have_their_course_in_every_format(void **state)
{
    const struct slim_text names[] = {text_of("/up"), text_of("/none")};
    struct slim_answer answer = answer_of(names, 2);
    int64_t up[] = {0, 1, 4, 16}, none[] = {0, 0, 0, 0}, *rows[] = {up, none};
    const struct slim_courses courses = {1769644800, 2, 4, rows};

    (void)state;
    assert_null(strstr(render("json", &answer), "course"));
    answer.courses = &courses;
    assert_non_null(strstr(render("json", &answer),
                           "\"course\":{\"from\":\"2026-01-29T00:00:00Z\",\"days\":2,"
                           "\"rows\":[[0,1,4,16],[0,0,0,0]]}"));
    assert_non_null(strstr(render("csv", &answer), ",hit,course\n"));
    assert_non_null(strstr(render("csv", &answer), ",\"0 1 4 16\"\n"));
    assert_non_null(strstr(render("tsv", &answer), "\t0 0 0 0\n"));
    assert_non_null(strstr(render("table", &answer), "  course\n"));
    assert_non_null(strstr(render("table", &answer), "   ▁▂█\n"));
    assert_non_null(strstr(render("html", &answer), "<td class=\"bar\"> ▁▂█</td>"));
}

static void a_page_says_whose_it_is_and_of_when(void **state)
{
    struct slim_text site = text_of("<b>.example");
    struct slim_answer answers[2] = {answer_of(&site, 1), answer_of(&site, 1)};
    struct slim_query of_sites;

    (void)state;
    slim_query_init(&of_sites, slim_report_find("sites"), 1769853600);
    answers[1].query = &of_sites;
    assert_non_null(strstr(begin_of(answers, 2), "<h1><bdi>&lt;b&gt;.example</bdi></h1>"));
    answers[1].rows_total = 2;
    assert_non_null(strstr(begin_of(answers, 2), "<h1><bdi>Web statistics</bdi></h1>"));
    query.filter[query.filters++] = (struct slim_filter){"site", SLIM_EQUALS, "a.example", NULL};
    assert_non_null(
        strstr(begin_of(answers, 2), "<title>a.example, 2026-01-24 to 2026-01-31 (UTC)"));
    query.until = query.since + 86400;
    assert_non_null(strstr(begin_of(answers, 1), "<p>2026-01-24 (UTC), robots left out</p>"));
    query.until = query.since + 5400;
    assert_non_null(
        strstr(begin_of(answers, 1), "<p>2026-01-24T00:00:00Z to 2026-01-24T01:30:00Z,"));
}

/* --- numbers --- */

/* What is counted is grouped, whether or not it adds up; a number that names something is not. */
static void what_is_counted_is_grouped(void **state)
{
    static const struct {
        const char *report, *column, *text;
    } cases[] = {
        {"overview", "visitors", "12,345"}, {"pages", "visitors", "12,345"},
        {"marks", "people", "12,345"},      {"status", "status", "12345"},
        {"recent", "status", "12345"},      {"networks", "number", "12345"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_query asked;
        struct slim_buffer out;
        slim_buffer_init(&out, pool);
        slim_query_init(&asked, slim_report_find(cases[i].report), 1769853600);
        const struct slim_column *column = slim_report_column(asked.report, cases[i].column);
        slim_render_cell_number(&out, &asked, (int)(column - asked.report->column), 12345);
        assert_string_equal(cases[i].text, out.at);
    }
}

static void numbers_are_shown_for_people(void **state)
{
    static const struct {
        enum slim_column_type type;
        int64_t number;
        const char *text;
    } cases[] = {
        {SLIM_COUNT, 0, "0"},
        {SLIM_COUNT, 999, "999"},
        {SLIM_COUNT, 1000, "1,000"},
        {SLIM_COUNT, 1234567, "1,234,567"},
        {SLIM_COUNT, -1, "-1"},
        {SLIM_COUNT, -123, "-123"},
        {SLIM_COUNT, -1234, "-1,234"},
        {SLIM_COUNT, INT64_MAX, "9,223,372,036,854,775,807"},
        {SLIM_COUNT, INT64_MIN, "-9,223,372,036,854,775,808"},
        {SLIM_NUMBER, 12345, "12345"},
        {SLIM_BYTES, 0, "0 B"},
        {SLIM_BYTES, 1023, "1023 B"},
        {SLIM_BYTES, 1024, "1 KiB"},
        {SLIM_BYTES, 1536, "1.5 KiB"},
        {SLIM_BYTES, 10 << 20, "10 MiB"},
        {SLIM_BYTES, INT64_C(1) << 50, "1024 TiB"},
        {SLIM_MICROS, 999, "999 \xc2\xb5s"},
        {SLIM_MICROS, 3400, "3.4 ms"},
        {SLIM_MICROS, 61000000, "61 s"},
        {SLIM_SECONDS, 1610943705, "2021-01-18T04:21:45Z"},
        {SLIM_PERCENT, 0, "0.0 %"},
        {SLIM_PERCENT, 123, "12.3 %"},
        {SLIM_PERCENT, 1000, "100.0 %"},
        {SLIM_PERCENT, -5, "-0.5 %"},
        {SLIM_DECIMAL, 241, "2.41"},
        {SLIM_DECIMAL, 5, "0.05"},
        {SLIM_DECIMAL, -100, "-1.00"},
        {SLIM_SPAN, 0, "0 s"},
        {SLIM_SPAN, 45, "45 s"},
        {SLIM_SPAN, 60, "1:00"},
        {SLIM_SPAN, 125, "2:05"},
        {SLIM_SPAN, 3599, "59:59"},
        {SLIM_SPAN, 3723, "1:02:03"},
        {SLIM_SPAN, 360000, "100:00:00"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_buffer out;
        slim_buffer_init(&out, pool);
        slim_render_number(&out, cases[i].type, cases[i].number);
        assert_string_equal(cases[i].text, out.at);
    }
}

static void changes_are_shown_in_percent(void **state)
{
    static const struct {
        int64_t before, now;
        const char *text;
    } cases[] = {
        {100, 150, "+50.0 %"}, {100, 50, "-50.0 %"},    {3, 4, "+33.3 %"}, {7, 7, "+0.0 %"},
        {5, 0, "-100.0 %"},    {1, 1000, "+99900.0 %"}, {0, 3, "new"},     {0, 0, "-"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_buffer out;
        slim_buffer_init(&out, pool);
        slim_render_change(&out, cases[i].before, cases[i].now);
        assert_string_equal(cases[i].text, out.at);
    }
}

/* A report with the types that do not add up. */
static struct slim_answer answer_of_rates(void)
{
    static const struct slim_report rates = {.name = "rates",
                                             .summary = "what does not add up",
                                             .column = {{"name", SLIM_TEXT},
                                                        {"visits", SLIM_COUNT},
                                                        {"bounces", SLIM_PERCENT},
                                                        {"duration", SLIM_SPAN},
                                                        {"pages", SLIM_DECIMAL}},
                                             .sort = "visits"};
    static struct slim_cell cells[2][5] = {
        {{1, 0, "a", 1},
         {0, 1200, NULL, 0},
         {0, 123, NULL, 0},
         {0, 3723, NULL, 0},
         {0, 241, NULL, 0}},
        {{1, 0, "b", 1}, {0, 5, NULL, 0}, {0, 1000, NULL, 0}, {0, 45, NULL, 0}, {0, 100, NULL, 0}}};
    struct slim_answer answer = {.query = &query,
                                 .columns = 5,
                                 .rows_total = 2,
                                 .since = 1769212800};

    slim_query_init(&query, &rates, 1769853600);
    answer.rows = apr_array_make(pool, 2, sizeof(struct slim_cell *));
    APR_ARRAY_PUSH(answer.rows, struct slim_cell *) = cells[0];
    APR_ARRAY_PUSH(answer.rows, struct slim_cell *) = cells[1];
    answer.total[1] = 1205;
    return answer;
}

static void only_counts_are_added_up(void **state)
{
    struct slim_answer answer = answer_of_rates();

    (void)state;
    answer.approximate = 1;
    answer.error_percent = 0.81;
    assert_string_equal("rates: what does not add up\n"
                        "2026-01-24T00:00:00Z to 2026-01-31T10:00:01Z, robots left out\n"
                        "\n"
                        "name   visits  bounces  duration  pages\n"
                        "a       1,200   12.3 %   1:02:03   2.41\n"
                        "b           5  100.0 %      45 s   1.00\n"
                        "total   1,205\n"
                        "\xe2\x89\x88 visitors are estimates, with a standard error of 0.8 %; "
                        "--exact counts them\n",
                        render("table", &answer));
    assert_string_equal("name,visits,bounces,duration,pages\n"
                        "a,1200,12.3,3723,2.41\n"
                        "b,5,100.0,45,1.00\n",
                        render("csv", &answer));
    const char *json = render("json", &answer);
    assert_non_null(strstr(json, "[\"a\",1200,12.3,3723,2.41]"));
    assert_non_null(strstr(json, "\"approximate\":true,\"error_percent\":0.81"));
    assert_non_null(strstr(json, "\"totals\":{\"rows\":2,\"visits\":1205}"));
    answer.rows_total = 1;
    assert_null(strstr(render("table", &answer), "total"));
}

static void times_are_those_of_the_zone(void **state)
{
    struct slim_text one = text_of("x");
    struct slim_answer answer = answer_of(&one, 1);
    const char *reason;

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_query_set(&query, "tz", "Asia/Kolkata", &reason, pool));
    answer.since = query.since;
    assert_non_null(strstr(render("table", &answer), "2021-01-18T09:51:45+05:30\n"));
    assert_non_null(strstr(render("csv", &answer), ",2021-01-18T09:51:45+05:30,"));
    const char *json = render("json", &answer);
    assert_non_null(strstr(json, "\"from\":\"2026-01-24T00:00:00+05:30\""));
    assert_non_null(strstr(json, "\"until\":\"2026-01-31T15:30:01+05:30\""));
    assert_non_null(strstr(json, "\"tz\":\"Asia/Kolkata\""));
    assert_non_null(strstr(json, "1610943705"));
}

static void formats_are_found_by_name(void **state)
{
    (void)state;
    for (const struct slim_format *format = slim_formats; format->name; format++) {
        assert_ptr_equal(format, slim_format_find(format->name));
    }
    assert_null(slim_format_find("xml"));
    assert_null(slim_format_find(""));
    assert_null(slim_format_find("html\r\nX-A:1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_columns_stand_below_each_other),
        cmocka_unit_test(long_texts_are_cut_with_a_sign),
        cmocka_unit_test(tables_hold_only_what_may_be_shown),
        cmocka_unit_test(html_tables_escape_their_cells),
        cmocka_unit_test(html_pages_need_nothing_else),
        cmocka_unit_test(a_course_is_a_chart_with_its_table_behind_it),
        cmocka_unit_test(rows_have_their_course_in_every_format),
        cmocka_unit_test(a_page_says_whose_it_is_and_of_when),
        cmocka_unit_test(what_is_counted_is_grouped),
        cmocka_unit_test(numbers_are_shown_for_people),
        cmocka_unit_test(changes_are_shown_in_percent),
        cmocka_unit_test(only_counts_are_added_up),
        cmocka_unit_test(times_are_those_of_the_zone),
        cmocka_unit_test(formats_are_found_by_name),
    };

    (void)setlocale(LC_CTYPE, "C.UTF-8"); /* as the command does: widths depend on it */
    return RUN_UNIT(tests);
}
