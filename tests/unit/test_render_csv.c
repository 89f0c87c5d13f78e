/* Answers as CSV and TSV: split back as they were, and no formula among them. */
#include "sample_answer.h"

/* Splits a line as RFC 4180 has it. */
static int split_csv(const char *line, const char **end, char cells[][512])
{
    int count = 0;

    for (;; line++) {
        char *out = cells[count++];
        int quoted = *line == '"';
        line += quoted;
        while (quoted ? *line != '"' || line[1] == '"' : *line != ',' && *line != '\n') {
            assert_true(*line != '\0' && (quoted || *line != '"'));
            line += quoted && *line == '"';
            *out++ = *line++;
        }
        *out = '\0';
        line += quoted;
        assert_true(*line == ',' || *line == '\n');
        if (*line == '\n') {
            *end = line + 1;
            return count;
        }
    }
}

static int begins_like_a_formula(const char *cell)
{
    static const char *const signs[] = {"=",
                                        "+",
                                        "-",
                                        "@",
                                        "\t",
                                        "\r",
                                        "\n",
                                        "\xef\xbc\x9d",
                                        "\xef\xbc\x8b",
                                        "\xef\xbc\x8d",
                                        "\xef\xbc\xa0"};

    for (size_t i = 0; i < LENGTH_OF(signs); i++) {
        if (strncmp(cell, signs[i], strlen(signs[i])) == 0) {
            return 1;
        }
    }
    return 0;
}

static void csv_cells_are_quoted_where_needed(void **state)
{
    static const struct {
        const char *text, *cell;
    } cases[] = {
        {"", ""},
        {"plain", "plain"},
        {"a,b", "\"a,b\""},
        {"say \"x\"", "\"say \"\"x\"\"\""},
        {"a\nb", "a\\x0ab"},
        {"=1+1", "\"'=1+1\""},
        {"/a;=1+1;b", "\"/a;'=1+1;b\""},
        {"/a;;@x;-1;+2;\"=3", "\"/a;;'@x;'-1;'+2;'\"\"=3\""},
        {";", ";"},
        {"+1", "\"'+1\""},
        {"-1", "\"'-1\""},
        {"@x", "\"'@x\""},
        {"\xef\xbc\x9d"
         "1",
         "\"'\xef\xbc\x9d"
         "1\""},
        {"\t=1", "\\x09=1"},
        {"a=1", "a=1"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *expected =
            apr_pstrcat(pool, "name,hits,bytes,code,last,hit\n", cases[i].cell,
                        ",1234567,10240,404,2021-01-18T04:21:45Z,9223372036854775807\n", NULL);
        assert_string_equal(expected, render_text("csv", cases[i].text));
    }
}

static void csv_is_split_back_and_has_no_formula(void **state)
{
    static char cells[8][512];
    char bytes[128];

    (void)state;
    for (int round = 0; round < 800; round++) {
        struct slim_text texts[2] = {{bytes, nasty_bytes(bytes, sizeof bytes)}, {"x", 1}};
        struct slim_answer answer = answer_of(texts, 2);
        const char *line = strchr(render("csv", &answer), '\n') + 1;
        for (int row = 0; row < 2; row++) {
            assert_int_equal(6, split_csv(line, &line, cells));
            for (int i = 0; i < 6; i++) {
                assert_false(begins_like_a_formula(cells[i]));
            }
            assert_string_equal("9223372036854775807", cells[5]);
        }
        assert_string_equal("", line);
    }
}

static void tsv_has_a_tab_between_cells_alone(void **state)
{
    char bytes[128];

    (void)state;
    assert_string_equal("name\thits\tbytes\tcode\tlast\thit\n"
                        "a\\x09b \"c\",d\t1234567\t10240\t404\t2021-01-18T04:21:45Z\t"
                        "9223372036854775807\n",
                        render_text("tsv", "a\tb \"c\",d"));
    for (int round = 0; round < 800; round++) {
        struct slim_text text = {bytes, nasty_bytes(bytes, sizeof bytes)};
        struct slim_answer answer = answer_of(&text, 1);
        const char *line = strchr(render("tsv", &answer), '\n') + 1;
        int tabs = 0, lines = 0;
        assert_false(begins_like_a_formula(line) && *line != '\t');
        for (const char *c = line; *c; c++) {
            tabs += *c == '\t';
            lines += *c == '\n';
        }
        assert_int_equal(5, tabs);
        assert_int_equal(1, lines);
    }
}

static void a_tsv_cell_hides_no_formula_behind_a_quote(void **state)
{
    static const struct {
        const char *text, *cell;
    } cases[] = {
        {"=1+1", "'=1+1\t"}, {"\"=1+1", "'\"=1+1\t"}, {"\"", "'\"\t"}, {"a\"", "a\"\t"}, {"", "\t"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *line = strchr(render_text("tsv", cases[i].text), '\n') + 1;
        assert_memory_equal(cases[i].cell, line, strlen(cases[i].cell));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tsv_cell_hides_no_formula_behind_a_quote),
        cmocka_unit_test(csv_cells_are_quoted_where_needed),
        cmocka_unit_test(csv_is_split_back_and_has_no_formula),
        cmocka_unit_test(tsv_has_a_tab_between_cells_alone),
    };

    return RUN_UNIT(tests);
}
