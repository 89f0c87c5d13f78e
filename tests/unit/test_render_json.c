/* Answers as JSON: for programs, and harmless within a page. */
#include "sample_answer.h"

#include <jansson.h>

#include "core/text.h"

static void json_has_the_columns_rows_and_totals(void **state)
{
    static const struct slim_text texts[] = {{"/a?b=<c>", 8}, {"\xff\0'", 3}};
    struct slim_answer answer = answer_of(texts, 2);
    json_error_t error;

    (void)state;
    answer.more = 1;
    answer.rows_total = 9;
    json_t *json = json_loads(render("json", &answer), JSON_ALLOW_NUL, &error);
    assert_non_null(json);
    assert_string_equal("sample", json_string_value(json_object_get(json, "report")));
    assert_string_equal("2026-01-24T00:00:00Z", json_string_value(json_object_get(json, "from")));
    assert_string_equal("2026-01-31T10:00:01Z", json_string_value(json_object_get(json, "until")));
    assert_string_equal("UTC", json_string_value(json_object_get(json, "tz")));
    assert_true(json_is_true(json_object_get(json, "more")));
    assert_true(json_is_false(json_object_get(json, "approximate")));
    const json_t *columns = json_object_get(json, "columns");
    assert_int_equal(6, json_array_size(columns));
    for (size_t i = 0; i < 6; i++) {
        const json_t *column = json_array_get(columns, i);
        assert_string_equal(report.column[i].name,
                            json_string_value(json_object_get(column, "name")));
        assert_string_equal(slim_column_type_name(report.column[i].type),
                            json_string_value(json_object_get(column, "type")));
    }
    const json_t *rows = json_object_get(json, "rows"), *row = json_array_get(rows, 1);
    assert_int_equal(2, json_array_size(rows));
    assert_int_equal(6, json_array_size(row));
    assert_string_equal("/a?b=<c>", json_string_value(json_array_get(json_array_get(rows, 0), 0)));
    assert_int_equal(5, json_string_length(json_array_get(row, 0)));
    assert_memory_equal("\xef\xbf\xbd\0'", json_string_value(json_array_get(row, 0)), 5);
    assert_int_equal(1234568, json_integer_value(json_array_get(row, 1)));
    assert_string_equal("9223372036854775807", json_string_value(json_array_get(row, 5)));
    const json_t *totals = json_object_get(json, "totals");
    assert_int_equal(9, json_integer_value(json_object_get(totals, "rows")));
    assert_int_equal(2469135, json_integer_value(json_object_get(totals, "hits")));
    assert_int_equal(20480, json_integer_value(json_object_get(totals, "bytes")));
    assert_null(json_object_get(totals, "code"));
    assert_null(json_object_get(totals, "last"));
    json_decref(json);
}

static void json_has_nothing_that_a_page_would_act_on(void **state)
{
    char bytes[128];

    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct slim_text text = {bytes, nasty_bytes(bytes, sizeof bytes)};
        struct slim_answer answer = answer_of(&text, 1);
        const char *reason;
        assert_int_equal(APR_SUCCESS,
                         slim_query_set(&query, "where",
                                        apr_pstrcat(pool, "page=", string_of(text), NULL), &reason,
                                        pool));
        const char *json_text = render("json", &answer);
        assert_null(strpbrk(json_text, "<>&"));
        assert_null(strstr(json_text, "\xe2\x80\xa8"));
        assert_null(strstr(json_text, "\xe2\x80\xa9"));
        assert_true(slim_utf8_is_valid(json_text, strlen(json_text)));
        json_t *json = json_loads(json_text, 0, NULL);
        assert_non_null(json);
        const json_t *row = json_array_get(json_object_get(json, "rows"), 0);
        if (slim_utf8_is_valid(bytes, text.length)) {
            assert_string_equal(string_of(text), json_string_value(json_array_get(row, 0)));
        }
        json_decref(json);
    }
}

/* Who looks at it with a terminal, too. */
static void json_has_nothing_that_a_terminal_would_act_on(void **state)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"\x7f", "\\u007f"},
        {"\xc2\x9b"
         "2J",
         "\\u009b2J"},
        {"\xc2\x85", "\\u0085"},
        {"\x1b[2J", "\\u001B[2J"},
        {"\xe2\x80\xae"
         "gpj.exe",
         "\\u202egpj.exe"},
        {"\xe2\x81\xa6", "\\u2066"},
        {"\xd8\x9c", "\\u061c"},
        {"\xef\xbb\xbf", "\\ufeff"},
        {"\xc2\xa0\xc3\xa9\xd8\xb9\xe2\x82\xac\xef\xbc\x9d",
         "\xc2\xa0\xc3\xa9\xd8\xb9\xe2\x82\xac\xef\xbc\x9d"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *json_text = render_text("json", cases[i].text);
        assert_non_null(strstr(json_text, apr_pstrcat(pool, "\"", cases[i].shown, "\"", NULL)));
        json_t *json = json_loads(json_text, 0, NULL);
        const json_t *row = json_array_get(json_object_get(json, "rows"), 0);
        assert_string_equal(cases[i].text, json_string_value(json_array_get(row, 0)));
        json_decref(json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_has_nothing_that_a_terminal_would_act_on),
        cmocka_unit_test(json_has_the_columns_rows_and_totals),
        cmocka_unit_test(json_has_nothing_that_a_page_would_act_on),
    };

    return RUN_UNIT(tests);
}
