/* Quotients, and how they are rounded. */
#include "unit.h"

#include "report/report.h"

static void rates_are_rounded_half_up(void **state)
{
    static const struct {
        int64_t over, under, scale, rate;
    } cases[] = {
        {2, 3, 1000, 667},  {1, 3, 1000, 333},  {1, 16, 1000, 63},        /* 6.25 % */
        {1, 1000, 1000, 1}, {1, 2000, 1000, 1},                           /* 0.05 % */
        {1, 2001, 1000, 0}, {7, 7, 1000, 1000}, {23555, 13713, 100, 172}, /* 1.7177… */
        {9, 8, 100, 113},                                                 /* 1.125 */
        {81, 2, 1, 41},                                                   /* 40.5 s */
        {80, 2, 1, 40},     {0, 5, 1000, 0},    {5, 0, 1000, 0},
        {0, 0, 1, 0},       {5, -1, 100, 0},    {INT64_MAX, 1000000, 100, INT64_C(922337203685478)},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        assert_int_equal(cases[i].rate, slim_rate(cases[i].over, cases[i].under, cases[i].scale));
    }
}

/* Two visits of two and one page views, 9 s; and three visits of one each. */
static void answers_are_divided_row_by_row_and_as_a_whole(void **state)
{
    static const struct slim_report report = {
        .name = "made up",
        .column = {{"page", SLIM_TEXT},
                   {"visits", SLIM_COUNT},
                   {"bounce_rate", SLIM_PERCENT},
                   {"duration", SLIM_SPAN}},
        .sum = {"bounces", "seconds"},
        .rate = {{"bounce_rate", "bounces", "visits", NULL},
                 {"duration", "seconds", "visits", "bounces"}},
        .sort = "visits",
    };
    struct slim_cell rows[2][6] = {
        {{.is_text = 1, .text = "/a", .length = 2},
         {.number = 2},
         {0},
         {0},
         {.number = 1},
         {.number = 9}},
        {{.is_text = 1, .text = "/b", .length = 2}, {.number = 3}, {0}, {0}, {.number = 3}, {0}},
    };
    struct slim_query query;
    struct slim_answer answer = {.query = &query, .columns = 4, .total = {0, 5, 0, 0, 4, 9}};
    int place[SLIM_NUMBERS_MAX];

    (void)state;
    slim_query_init(&query, &report, 1769853600);
    answer.rows = apr_array_make(pool, 2, sizeof(struct slim_cell *));
    APR_ARRAY_PUSH(answer.rows, struct slim_cell *) = rows[0];
    APR_ARRAY_PUSH(answer.rows, struct slim_cell *) = rows[1];
    slim_answer_divide(&answer);
    assert_int_equal(500, rows[0][2].number);
    assert_int_equal(9, rows[0][3].number);
    assert_int_equal(1000, rows[1][2].number);
    assert_int_equal(0, rows[1][3].number);
    assert_int_equal(800, answer.total[2]);
    assert_int_equal(9, answer.total[3]);
    assert_int_equal(4, slim_report_stored(&report, place));
    assert_string_equal("visits", slim_report_number_name(&report, place[1]));
    assert_string_equal("bounces", slim_report_number_name(&report, place[2]));
    assert_true(slim_report_has_total(&report, 2) && !slim_report_has_total(&report, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_are_rounded_half_up),
        cmocka_unit_test(answers_are_divided_row_by_row_and_as_a_whole),
    };

    return RUN_UNIT(tests);
}
