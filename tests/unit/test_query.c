/* The words of a question: every one with values that are understood and values that are not. */
#include "unit.h"

#include "query/filter_table.h"
#include "query/query_word.h"
#include "query/report.h"
#include "query/segment.h"
#include "query/view.h"

#define NOW INT64_C(1769853600) /* 2026-01-31T10:00:00Z */
#define TODAY INT64_C(1769817600)
#define DAY 86400

static struct slim_query pages_query(void)
{
    struct slim_query query;

    slim_query_init(&query, slim_report_find("pages"), NOW);
    return query;
}

static void every_word_takes_good_values_alone(void **state)
{
    static const struct {
        const char *word, *value;
        int good;
    } cases[] = {
        {"since", "7d", 1},
        {"since", "nonsense", 0},
        {"until", "yesterday", 1},
        {"until", "", 0},
        {"tz", "Europe/Berlin", 1},
        {"tz", "UTC", 1},
        {"tz", "", 0},
        {"tz", "Europe/Nowhere", 0},
        {"tz", "../../../etc/passwd", 0},
        {"tz", "+01:00", 0},
        {"compare", "previous", 1},
        {"compare", "", 0},
        {"compare", "on", 0},
        {"period", "previous", 1},
        {"period", "this", 1},
        {"period", "next", 0},
        {"period", "", 0},
        {"exact", "on", 1},
        {"exact", "off", 1},
        {"exact", "very", 0},
        {"by", "hour", 1},
        {"by", "day", 1},
        {"by", "week", 1},
        {"by", "month", 1},
        {"by", "second", 0},
        {"by", "Day", 0},
        {"by", "0", 0},
        {"week", "sunday", 1},
        {"week", "thursday", 1},
        {"week", "Sunday", 0},
        {"week", "0", 0},
        {"week", "", 0},
        {"course", "on", 1},
        {"course", "perhaps", 0},
        {"by", "", 0},
        {"limit", "1", 1},
        {"limit", "1000", 1},
        {"limit", "0", 0},
        {"limit", "1001", 0},
        {"limit", "-1", 0},
        {"limit", "+1", 0},
        {"limit", "1e9", 0},
        {"limit", "0x10", 0},
        {"limit", " 5", 0},
        {"limit", "5 ", 0},
        {"limit", "5abc", 0},
        {"limit", "", 0},
        {"limit", "2147483648", 0},
        {"limit", "4294967297", 0},
        {"limit", "9223372036854775808", 0},
        {"limit", "18446744073709551617", 0},
        {"offset", "0", 1},
        {"offset", "999999999", 1},
        {"offset", "1000000000", 1},
        {"offset", "1000000001", 0},
        {"offset", "-1", 0},
        {"offset", "4294967296", 0},
        {"sort", "page", 1},
        {"sort", "-pageviews", 1},
        {"sort", "+bytes", 1},
        {"sort", "", 0},
        {"sort", "-", 0},
        {"sort", "--page", 0},
        {"sort", "referer", 0},
        {"sort", "Page", 0},
        {"sort", "page desc", 0},
        {"sort", "page;--", 0},
        {"sort", "rowid", 0},
        {"sort", "1", 0},
        {"robots", "on", 1},
        {"robots", "off", 1},
        {"robots", "", 1},
        {"robots", "1", 1},
        {"robots", "false", 1},
        {"robots", "2", 0},
        {"robots", "ON", 0},
        {"where", "page=/", 1},
        {"where", "page!=/", 1},
        {"where", "page~blog", 1},
        {"where", "page=", 1},
        {"where", "page==x", 1},
        {"where", "page='; drop table hit;--", 1},
        {"where", "page", 0},
        {"where", "page!", 0},
        {"where", "page!x", 0},
        {"where", "page<5", 0},
        {"where", "Page=/", 0},
        {"where", " page=/", 0},
        {"where", "page =/", 0},
        {"where", "=x", 0},
        {"where", "", 0},
        {"where", "hit.id=1", 0},
        {"where", "no-such=1", 0},
        {"where", "../schema/0001_hits=1", 0},
        {"search", "blog", 1},
        {"search", "%_'; drop table hit;--", 1},
        {"search", "", 0},
        {"report", "pages", 0},
        {"Since", "7d", 0},
        {"given", "7d", 0},
        {"", "", 0},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_query query = pages_query();
        const char *reason = NULL;
        apr_status_t rv = slim_query_set(&query, cases[i].word, cases[i].value, &reason, pool);
        if (rv != (cases[i].good ? APR_SUCCESS : SLIM_EBADQUERY)) {
            fail_msg("%s '%s': %d", cases[i].word, cases[i].value, rv);
        }
        assert_true(cases[i].good || (reason && *reason));
    }
}

static void rows_without_names_are_not_searched(void **state)
{
    static const struct {
        const char *report;
        int good;
    } cases[] = {{"pages", 1},    {"status", 1}, {"addresses", 1}, {"overview", 0},
                 {"timeline", 0}, {"hours", 0},  {"recent", 0},    {"visits", 0}};

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_query query;
        const char *reason;
        slim_query_init(&query, slim_report_find(cases[i].report), NOW);
        apr_status_t rv = slim_query_set(&query, "search", "x", &reason, pool);
        assert_int_equal(cases[i].good ? APR_SUCCESS : SLIM_EBADQUERY, rv);
    }
}

static void searches_have_a_ceiling(void **state)
{
    struct slim_query query = pages_query();
    const char *reason;

    (void)state;
    for (int i = 0; i < SLIM_SEARCHES_MAX; i++) {
        assert_int_equal(APR_SUCCESS, slim_query_set(&query, "search", "x", &reason, pool));
    }
    assert_int_equal(SLIM_EBADQUERY, slim_query_set(&query, "search", "x", &reason, pool));
}

static void refused_words_change_nothing(void **state)
{
    static const char *const cases[][2] = {
        {"since", "2026-02-30"}, {"since", "9x"},          {"until", "2026-01-31T10:00x"},
        {"limit", "0"},          {"limit", "1001"},        {"limit", "5abc"},
        {"offset", "1e3"},       {"offset", "2000000000"}, {"by", "year"},
        {"sort", "+nothing"},    {"robots", "maybe"},      {"where", "page!x"},
        {"where", "nothing=x"},  {"unknown", "x"},         {"tz", "Nowhere"},
        {"compare", "next"},     {"exact", "x"},
    };
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_query query = pages_query(), before = pages_query();
        const char *reason;
        assert_int_equal(SLIM_EBADQUERY,
                         slim_query_set(&query, cases[i][0], cases[i][1], &reason, pool));
        if (query.since != before.since || query.until != before.until
            || query.limit != before.limit || query.offset != before.offset || query.by != before.by
            || query.sort != before.sort || query.ascending != before.ascending
            || query.robots != before.robots || query.filters != before.filters
            || query.zone != before.zone || query.compare != before.compare
            || query.exact != before.exact) {
            print_error("%s '%s' is refused and yet set\n", cases[i][0], cases[i][1]);
            wrong++;
        }
    }
    assert_int_equal(0, wrong);
}

static void words_set_what_they_say(void **state)
{
    struct slim_query query = pages_query();
    const char *reason;

    (void)state;
    assert_int_equal(TODAY - 7 * DAY, query.since);
    assert_int_equal(NOW + 1, query.until);
    assert_int_equal(APR_SUCCESS, slim_query_set(&query, "since", "2026-01-30", &reason, pool));
    assert_int_equal(TODAY - DAY, query.since);
    assert_int_equal(APR_SUCCESS, slim_query_set(&query, "until", "2026-01-30", &reason, pool));
    assert_int_equal(TODAY, query.until);
    assert_int_equal(APR_SUCCESS, slim_query_set(&query, "by", "month", &reason, pool));
    assert_int_equal(SLIM_BY_MONTH, query.by);
    assert_int_equal(APR_SUCCESS, slim_query_set(&query, "limit", "17", &reason, pool));
    assert_int_equal(17, query.limit);
    assert_int_equal(APR_SUCCESS, slim_query_set(&query, "offset", "4", &reason, pool));
    assert_int_equal(4, query.offset);
    assert_int_equal(APR_SUCCESS, slim_query_set(&query, "robots", "on", &reason, pool));
    assert_true(query.robots);
    assert_int_equal(APR_SUCCESS, slim_query_set(&query, "compare", "previous", &reason, pool));
    assert_true(query.compare);
    assert_int_equal(APR_SUCCESS, slim_query_set(&query, "exact", "on", &reason, pool));
    assert_true(query.exact);
    assert_int_equal(APR_SUCCESS, slim_query_check(&query, &reason));
    query = pages_query();
    query.robots = 1;
    assert_int_equal(APR_SUCCESS, slim_query_set(&query, "robots", "off", &reason, pool));
    assert_false(query.robots);
}

/* Word, value, and what is allowed: the same sentence for API and command. */
static void a_mistake_is_told_in_one_sentence(void **state)
{
    const struct {
        const char *word, *value, *reason;
    } cases[] = {
        {"limit", "0", "limit \"0\" cannot be used; allowed: a number from 1 to 1000"},
        {"offset", "x", "offset \"x\" cannot be used; allowed: a number from 0 to 1000000000"},
        {"by", "year", "by \"year\" cannot be used; allowed: hour, day, week or month"},
        {"robots", "ON", "robots \"ON\" cannot be used; allowed: on or off"},
        {"since", "9x",
         "since \"9x\" cannot be used; allowed: a day (2026-01-31), a month (2026-01), a year "
         "(2026), a time (2026-01-31T10:20), today, yesterday, week, month, year, last-week, "
         "last-month, last-year, all, or how long "
         "ago (90m, 24h, 7d, 4w)"},
        {"sort", "-x",
         "sort \"-x\" names no column; allowed: page, visitors, pageviews, unshown, bytes, title, "
         "site; -COLUMN "
         "sorts "
         "descending, +COLUMN ascending"},
        {"where", "page",
         "where \"page\" cannot be used; allowed: DIM=VALUE, DIM!=VALUE or DIM~PART, of at most "
         "2048 bytes, at most 16 of them"},
        {"where", "robot=x",
         "where \"robot=x\" cannot be used; allowed: robot is one of none, search, ai, feed, "
         "monitor, preview, tool, other, own"},
        {"where", "colour=red",
         apr_pstrcat(pool, "where \"colour=red\" names no dimension; allowed: ",
                     slim_filter_names(pool), NULL)},
        {"where", "contry=DE",
         apr_pstrcat(pool,
                     "where \"contry=DE\" names no dimension (did you mean country?); allowed: ",
                     slim_filter_names(pool), NULL)},
        {"sort", "+visitor",
         "sort \"+visitor\" names no column (did you mean visitors?); allowed: page, visitors, "
         "pageviews, unshown, bytes, title, site; -COLUMN sorts descending, +COLUMN ascending"},
        {"sinse", "7d",
         "sinse \"7d\" is not known (did you mean since?); allowed: since, until, tz, where, "
         "segment, "
         "search, by, week, limit, offset, "
         "sort, robots, compare, period, exact, course"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_query query = pages_query();
        const char *reason;
        assert_int_equal(SLIM_EBADQUERY,
                         slim_query_set(&query, cases[i].word, cases[i].value, &reason, pool));
        assert_string_equal(cases[i].reason, reason);
    }
}

static void a_long_value_is_told_by_its_beginning(void **state)
{
    struct slim_query query = pages_query();
    char value[300], shown[128];
    const char *reason;

    (void)state;
    memset(value, 'x', sizeof value);
    memcpy(value + 79, "\xc3\xa9", 2); /* a character that would be cut */
    value[sizeof value - 1] = '\0';
    assert_int_equal(SLIM_EBADQUERY, slim_query_set(&query, "tz", value, &reason, pool));
    snprintf(shown, sizeof shown, "tz \"%.79s…\" cannot be used", value);
    assert_int_equal(0, strncmp(reason, shown, strlen(shown)));
}

/* As they are read from a state directory. */
static struct slim_segments *segments_of(const char *text)
{
    const char *path = scratch_path(SLIM_SEGMENTS_FILE);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(0, fclose(file));
    return slim_segments_read(apr_pstrmemdup(pool, path, (apr_size_t)(strrchr(path, '/') - path)),
                              pool);
}

/* The asker's own come on top of as many that confine the question. */
static void all_filters_fit_beside_a_view(void **state)
{
    const char *many = "";
    const struct slim_view view = {.segment = "s",
                                   .reports = apr_array_make(pool, 1, sizeof(void *)),
                                   .filters = apr_array_make(pool, 1, sizeof(void *))};
    apr_array_header_t *sites = apr_array_make(pool, 1, sizeof(const char *));
    struct slim_query query = pages_query();
    const char *reason;

    (void)state;
    for (int i = 0; i < SLIM_FILTERS_MAX; i++) {
        many = apr_pstrcat(pool, many, " page~x", NULL);
    }
    APR_ARRAY_PUSH(sites, const char *) = "a.example";
    APR_ARRAY_PUSH(view.filters, const char *) = "ip";
    slim_query_confine(&query, sites, pool);
    assert_int_equal(APR_SUCCESS, slim_query_confine_view(&query, &view,
                                                          segments_of(apr_pstrcat(pool, "s\t", many,
                                                                                  "\n", NULL)),
                                                          &reason, pool));
    assert_int_equal(SLIM_EBADQUERY, slim_query_set(&query, "where", "page~1", &reason, pool));
    assert_non_null(strstr(reason, "cannot be asked for here; allowed: ip"));
    for (int i = 0; i < SLIM_FILTERS_MAX; i++) {
        assert_int_equal(APR_SUCCESS, slim_query_set(&query, "where", "ip~1", &reason, pool));
    }
    assert_int_equal(SLIM_ALL_FILTERS_MAX, query.filters);
    assert_int_equal(SLIM_EBADQUERY, slim_query_set(&query, "where", "ip~1", &reason, pool));
    assert_int_equal(SLIM_EBADQUERY, slim_query_set(&query, "segment", "s", &reason, pool));
}

static void what_adds_up_may_come_again_and_nothing_else(void **state)
{
    static const struct {
        const char *word, *value;
        int may_repeat;
    } cases[] = {
        {"since", "7d", 0},         {"until", "today", 0}, {"tz", "UTC", 0},
        {"where", "page=/", 1},     {"segment", "s", 1},   {"search", "x", 1},
        {"by", "day", 0},           {"week", "sunday", 0}, {"limit", "5", 0},
        {"offset", "1", 0},         {"sort", "page", 0},   {"robots", "on", 0},
        {"compare", "previous", 0}, {"period", "this", 0}, {"exact", "on", 0},
        {"course", "on", 0},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_query query = pages_query();
        const char *reason;
        assert_string_equal(cases[i].word, slim_query_words[i].name);
        query.segments = segments_of("s\tpage=/\n");
        assert_int_equal(APR_SUCCESS,
                         slim_query_set(&query, cases[i].word, cases[i].value, &reason, pool));
        apr_status_t rv = slim_query_set(&query, cases[i].word, cases[i].value, &reason, pool);
        assert_int_equal(cases[i].may_repeat ? APR_SUCCESS : SLIM_EBADQUERY, rv);
        if (!cases[i].may_repeat) {
            assert_string_equal(apr_psprintf(pool, "%s \"%s\" comes a second time; allowed: once",
                                             cases[i].word, cases[i].value),
                                reason);
        }
    }
    assert_null(slim_query_words[LENGTH_OF(cases)].name);
}

static void texts_sort_upwards_and_numbers_downwards(void **state)
{
    static const struct {
        const char *value, *sort;
        int ascending;
    } cases[] = {
        {"page", "page", 1},   {"-page", "page", 0},        {"+page", "page", 1},
        {"bytes", "bytes", 0}, {"visitors", "visitors", 0}, {"+bytes", "bytes", 1},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_query query = pages_query();
        const char *reason;
        assert_int_equal(APR_SUCCESS,
                         slim_query_set(&query, "sort", cases[i].value, &reason, pool));
        assert_string_equal(cases[i].sort, query.sort);
        assert_int_equal(cases[i].ascending, query.ascending);
    }
}

static void filters_are_kept_as_typed(void **state)
{
    static const struct {
        const char *text, *dimension, *value;
        enum slim_match_kind kind;
    } cases[] = {
        {"page=/a=b", "page", "/a=b", SLIM_EQUALS},
        {"page!==", "page", "=", SLIM_DIFFERS},
        {"page~~", "page", "~", SLIM_CONTAINS},
        {"ip=2001:db8::1", "ip", "2001:db8::1", SLIM_EQUALS},
        {"source=' OR '1'='1", "source", "' OR '1'='1", SLIM_EQUALS},
        {"country!=", "country", "", SLIM_DIFFERS},
        {"ip=2001:DB8:0::1", "ip", "2001:db8::1", SLIM_EQUALS},
        {"ip~2001:DB8", "ip", "2001:DB8", SLIM_CONTAINS},
    };
    struct slim_query query = pages_query();

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        char text[64];
        const char *reason;
        strcpy(text, cases[i].text);
        assert_int_equal(APR_SUCCESS, slim_query_set(&query, "where", text, &reason, pool));
        memset(text, 'x', sizeof text);
        assert_int_equal(i + 1, query.filters);
        assert_string_equal(cases[i].dimension, query.filter[i].dimension);
        assert_string_equal(cases[i].value, query.filter[i].value);
        assert_int_equal(cases[i].kind, query.filter[i].kind);
    }
}

static void filters_have_ceilings(void **state)
{
    struct slim_query query = pages_query();
    char value[SLIM_VALUE_MAX + 16] = "page=";
    const char *reason;

    (void)state;
    memset(value + 5, 'x', SLIM_VALUE_MAX + 1);
    assert_int_equal(SLIM_EBADQUERY, slim_query_set(&query, "where", value, &reason, pool));
    value[5 + SLIM_VALUE_MAX] = '\0';
    for (int i = 0; i < SLIM_FILTERS_MAX; i++) {
        assert_int_equal(APR_SUCCESS, slim_query_set(&query, "where", value, &reason, pool));
    }
    assert_int_equal(SLIM_EBADQUERY, slim_query_set(&query, "where", "page=x", &reason, pool));
    assert_int_equal(SLIM_FILTERS_MAX, query.filters);
}

static void a_period_must_not_be_empty(void **state)
{
    struct slim_query query = pages_query();
    const char *reason = NULL;

    (void)state;
    query.since = query.until - 1;
    assert_int_equal(APR_SUCCESS, slim_query_check(&query, &reason));
    query.since++;
    assert_int_equal(SLIM_EBADQUERY, slim_query_check(&query, &reason));
    assert_non_null(reason);
    query.since++;
    assert_int_equal(SLIM_EBADQUERY, slim_query_check(&query, &reason));
}

static void the_zone_may_come_before_or_behind_the_times(void **state)
{
    struct slim_query first = pages_query(), last = pages_query();
    const char *reason;

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_query_set(&first, "tz", "Europe/Berlin", &reason, pool));
    assert_int_equal(TODAY - 7 * DAY - 3600, first.since);
    assert_int_equal(APR_SUCCESS, slim_query_set(&first, "since", "today", &reason, pool));
    assert_int_equal(APR_SUCCESS, slim_query_set(&first, "until", "today", &reason, pool));
    assert_int_equal(APR_SUCCESS, slim_query_set(&last, "until", "today", &reason, pool));
    assert_int_equal(APR_SUCCESS, slim_query_set(&last, "since", "today", &reason, pool));
    assert_int_equal(APR_SUCCESS, slim_query_set(&last, "tz", "Europe/Berlin", &reason, pool));
    assert_int_equal(TODAY - 3600, first.since);
    assert_int_equal(TODAY - 3600 + DAY, first.until);
    assert_int_equal(first.since, last.since);
    assert_int_equal(first.until, last.until);
}

static void single_hits_are_not_compared(void **state)
{
    struct slim_query query;
    const char *reason;

    (void)state;
    slim_query_init(&query, slim_report_find("recent"), NOW);
    assert_int_equal(SLIM_EBADQUERY, slim_query_set(&query, "compare", "previous", &reason, pool));
}

static void every_report_can_be_asked_for(void **state)
{
    (void)state;
    for (const struct slim_report *report = slim_reports; report->name; report++) {
        struct slim_query query;
        const char *reason;
        slim_query_init(&query, report, NOW);
        assert_ptr_equal(report, slim_report_find(report->name));
        assert_non_null(slim_report_column(report, report->sort));
        assert_in_range(query.limit, 1, SLIM_LIMIT_MAX);
        assert_true(*report->summary && slim_report_columns(report) > 0);
        for (int i = 0; i < slim_report_columns(report); i++) {
            query.given = 0;
            assert_int_equal(APR_SUCCESS,
                             slim_query_set(&query, "sort", report->column[i].name, &reason, pool));
        }
    }
    assert_null(slim_report_find(""));
    assert_null(slim_report_find("no-such"));
    assert_null(slim_report_find("Pages"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_takes_good_values_alone),
        cmocka_unit_test(rows_without_names_are_not_searched),
        cmocka_unit_test(searches_have_a_ceiling),
        cmocka_unit_test(refused_words_change_nothing),
        cmocka_unit_test(words_set_what_they_say),
        cmocka_unit_test(a_mistake_is_told_in_one_sentence),
        cmocka_unit_test(a_long_value_is_told_by_its_beginning),
        cmocka_unit_test(what_adds_up_may_come_again_and_nothing_else),
        cmocka_unit_test(all_filters_fit_beside_a_view),
        cmocka_unit_test(texts_sort_upwards_and_numbers_downwards),
        cmocka_unit_test(filters_are_kept_as_typed),
        cmocka_unit_test(filters_have_ceilings),
        cmocka_unit_test(a_period_must_not_be_empty),
        cmocka_unit_test(the_zone_may_come_before_or_behind_the_times),
        cmocka_unit_test(single_hits_are_not_compared),
        cmocka_unit_test(every_report_can_be_asked_for),
    };

    return RUN_UNIT(tests);
}
