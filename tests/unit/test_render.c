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
                        "2026-01-24T10:00:00Z to 2026-01-31T10:00:01Z, robots left out\n"
                        "\n"
                        "name         hits   bytes  code  last\n"
                        "/       1,234,567  10 KiB   404  2021-01-18T04:21:45Z\n"
                        "-       1,234,568  10 KiB   404  2021-01-18T04:21:45Z\n"
                        "a\\x0ab  1,234,569  10 KiB   404  2021-01-18T04:21:45Z\n"
                        "\xc3\xa4\xe4\xb8\xad     1,234,570  10 KiB   404  2021-01-18T04:21:45Z\n",
                        render("table", &answer));
    answer = answer_of(texts, 0);
    assert_non_null(strstr(render("table", &answer), "\n\nnothing found\n"));
    answer = answer_of(texts, 1);
    answer.rows_total = 12;
    answer.more = 1;
    query.offset = 3;
    assert_non_null(strstr(render("table", &answer), "\nand more"));
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
    slim_render_html_table(&answer, &out);
    assert_non_null(strstr(out.at, "<td><bdi>&lt;b&gt;&amp;&#39;&quot;</bdi></td>"));
    assert_non_null(strstr(out.at, "<td class=\"number\">1,234,567</td>"));
    assert_non_null(strstr(out.at, "<th scope=\"col\">last</th>"));
    assert_null(strstr(out.at, "9223372036854775807"));
    assert_null(strstr(out.at, ">hit<"));
}

/* --- numbers --- */

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
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_buffer out;
        slim_buffer_init(&out, pool);
        slim_render_number(&out, cases[i].type, cases[i].number);
        assert_string_equal(cases[i].text, out.at);
    }
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
        cmocka_unit_test(numbers_are_shown_for_people),
        cmocka_unit_test(formats_are_found_by_name),
    };

    (void)setlocale(LC_CTYPE, "C.UTF-8"); /* as the command does: widths depend on it */
    return RUN_UNIT(tests);
}
