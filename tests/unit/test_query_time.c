/* Times as people type them. */
#include "unit.h"

#include "noise.h"
#include "query/query.h"
#include "query/report.h"

#define NOW INT64_C(1769853600) /* 2026-01-31T10:00:00Z */
#define TODAY INT64_C(1769817600)
#define DAY 86400
#define YEAR_10000 INT64_C(253402300800)

static struct slim_query query_in(const char *zone)
{
    static const struct slim_report report = {.name = "any"};
    struct slim_query query;
    const char *reason;

    slim_query_init(&query, &report, NOW);
    assert_int_equal(APR_SUCCESS, slim_query_set(&query, "tz", zone, &reason, pool));
    return query;
}

static int64_t time_of(const struct slim_query *query, const char *text, int end_of_day)
{
    int64_t seconds;

    if (!slim_query_parse_time(query, text, end_of_day, &seconds)) {
        fail_msg("%s is refused", text);
    }
    return seconds;
}

static void times_are_parsed(void **state)
{
    static const struct {
        const char *text;
        int64_t begin, end; /* -1: refused */
    } cases[] = {
        {"today", TODAY, TODAY + DAY},
        {"yesterday", TODAY - DAY, TODAY},
        {"now", NOW, NOW},
        {"2026-01-31", TODAY, TODAY + DAY},
        {"2026-01-31T10:00", NOW, NOW},
        {"2026-01-31 10:00", NOW, NOW},
        {"2026-01-31T10:00Z", NOW, NOW},
        {"2026-01-31T10:00:01", NOW + 1, NOW + 1},
        {"2026-01-31T10:00:59Z", NOW + 59, NOW + 59},
        {"2026-01-31T00:00", TODAY, TODAY},
        {"2024-02-29", INT64_C(1709164800), INT64_C(1709251200)},
        {"2000-02-29", INT64_C(951782400), INT64_C(951868800)},
        {"1970-01-01", 0, DAY},
        {"9999-12-31", YEAR_10000 - DAY, YEAR_10000},
        {"0m", NOW, NOW},
        {"90m", NOW - 5400, NOW - 5400},
        {"24h", NOW - DAY, NOW - DAY},
        {"0d", TODAY, TODAY + DAY},
        {"7d", TODAY - 7 * DAY, TODAY - 6 * DAY},
        {"007d", TODAY - 7 * DAY, TODAY - 6 * DAY},
        {"2w", TODAY - 14 * DAY, TODAY - 13 * DAY},
        {"week", TODAY - 5 * DAY, TODAY + 2 * DAY},
        {"last-week", TODAY - 12 * DAY, TODAY - 5 * DAY},
        {"month", TODAY - 30 * DAY, TODAY + DAY},
        {"last-month", TODAY - 61 * DAY, TODAY - 30 * DAY},
        {"year", TODAY - 30 * DAY, TODAY + 335 * DAY},
        {"last-year", TODAY - 395 * DAY, TODAY - 30 * DAY},
        {"all", 0, NOW + 1},
        {"2026-01-31T10:00+01:00", NOW - 3600, NOW - 3600},
        {"2026-01-31T10:00:30-05:30", NOW + 19830, NOW + 19830},
        {"", -1, -1},
        {" ", -1, -1},
        {"Today", -1, -1},
        {"today ", -1, -1},
        {"tomorrow", -1, -1},
        {"7", -1, -1},
        {"d", -1, -1},
        {"7D", -1, -1},
        {"7dd", -1, -1},
        {"7 d", -1, -1},
        {"-7d", -1, -1},
        {"+7d", -1, -1},
        {"7y", -1, -1},
        {"1.5d", -1, -1},
        {"1e3d", -1, -1},
        {"100001d", -1, -1},
        {"99999999999999999999d", -1, -1},
        {"2026-05", 1777593600, 1780272000},
        {"2024-12", 1733011200, 1735689600},
        {"2024", 1704067200, 1735689600},
        {"1970", 0, 31536000},
        {"2026-", -1, -1},
        {"2026-5", -1, -1},
        {"2026-00", -1, -1},
        {"2026-13", -1, -1},
        {"2026-05-", -1, -1},
        {"2026-05T10:00", -1, -1},
        {"1969", -1, -1},
        {"20265", -1, -1},
        {"2026-02-29", -1, -1},
        {"2026-02-30", -1, -1},
        {"2026-04-31", -1, -1},
        {"1900-02-29", -1, -1},
        {"2026-00-10", -1, -1},
        {"2026-13-01", -1, -1},
        {"2026-01-00", -1, -1},
        {"2026-01-32", -1, -1},
        {"0000-00-00", -1, -1},
        {"1969-12-31", -1, -1},
        {"10000-01-01", -1, -1},
        {"2026-1-31", -1, -1},
        {"2026-01-1", -1, -1},
        {"26-01-31", -1, -1},
        {"2026/01/31", -1, -1},
        {"31.01.2026", -1, -1},
        {"20260131", -1, -1},
        {"2026-01-31T", -1, -1},
        {"2026-01-31T10", -1, -1},
        {"2026-01-31T10:", -1, -1},
        {"2026-01-31T1:00", -1, -1},
        {"2026-01-31T24:00", -1, -1},
        {"2026-01-31T10:60", -1, -1},
        {"2026-01-31T10:00:60", -1, -1},
        {"2026-01-31T10:00:", -1, -1},
        {"2026-01-31T10:00ZZ", -1, -1},
        {"2026-01-31T10:00+1:00", -1, -1},
        {"2026-01-31T10:00+01", -1, -1},
        {"2026-01-31T10:00+24:00", -1, -1},
        {"2026-01-31T10:00 01:00", -1, -1},
        {"3m0", -1, -1},
        {"next-week", -1, -1},
        {"last-day", -1, -1},
        {"2026-01-31T10:00:00.5", -1, -1},
        {"2026-01-31Z", -1, -1},
        {"2026-01-31 ", -1, -1},
        {" 2026-01-31", -1, -1},
        {"-99999999999", -1, -1},
        {"1e400", -1, -1},
        {"1769853600", -1, -1},
        {"2026-01-31'--", -1, -1},
    };

    struct slim_query query = query_in("UTC");

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        int64_t begin = -1, end = -1;
        int good = cases[i].begin >= 0;
        if (slim_query_parse_time(&query, cases[i].text, 0, &begin) != good
            || slim_query_parse_time(&query, cases[i].text, 1, &end) != good
            || (good && (begin != cases[i].begin || end != cases[i].end))) {
            fail_msg("'%s' gives %lld … %lld", cases[i].text, (long long)begin, (long long)end);
        }
    }
}

/* The store's keys are made of them by a shift: none may be before 1970 or behind the year 9999. */
static void times_are_within_the_calendar(void **state)
{
    static const char *const cases[] = {"100000m", "100000h", "99999d", "100000d", "100000w"};

    struct slim_query query = query_in("America/New_York");

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        int64_t seconds = 0;
        if (slim_query_parse_time(&query, cases[i], 0, &seconds)
            && (seconds < 0 || seconds > YEAR_10000)) {
            fail_msg("%s gives %lld", cases[i], (long long)seconds);
        }
    }
    for (int round = 0; round < 100000; round++) {
        char text[24];
        size_t length = noise_below(sizeof text);
        int64_t seconds = 0;
        for (size_t i = 0; i < length; i++) {
            text[i] = "0123456789-T: Zmhdw+.x"[noise_below(22)];
        }
        text[length] = '\0';
        if (slim_query_parse_time(&query, text, round % 2, &seconds)
            && (seconds < 0 || seconds > YEAR_10000)) {
            fail_msg("%s gives %lld", text, (long long)seconds);
        }
    }
}

/* NOW is 11:00 in Berlin, where summer time of 2026 lasts from March 29 to October 25. */
static void days_are_those_of_the_zone(void **state)
{
    struct slim_query query = query_in("Europe/Berlin");

    (void)state;
    assert_int_equal(TODAY - 3600, time_of(&query, "today", 0));
    assert_int_equal(TODAY - 3600 + DAY, time_of(&query, "today", 1));
    assert_int_equal(NOW - 3600, time_of(&query, "2026-01-31T10:00", 0));
    assert_int_equal(NOW, time_of(&query, "2026-01-31T10:00Z", 0));
    assert_int_equal(NOW - DAY, time_of(&query, "24h", 0));
    assert_int_equal(23 * 3600,
                     time_of(&query, "2026-03-29", 1) - time_of(&query, "2026-03-29", 0));
    assert_int_equal(25 * 3600,
                     time_of(&query, "2026-10-25", 1) - time_of(&query, "2026-10-25", 0));
    assert_int_equal(time_of(&query, "2026-03-29T01:00Z", 0),
                     time_of(&query, "2026-03-29T02:30", 0));
    assert_int_equal(0, time_of(&query, "1970-01-01", 0));
    query.now = time_of(&query, "2026-03-30T08:00", 0);
    assert_int_equal(time_of(&query, "2026-03-28", 0), time_of(&query, "2d", 0));
    assert_int_equal(time_of(&query, "2026-03-23", 0), time_of(&query, "1w", 0));
    assert_int_equal(time_of(&query, "2026-03-23", 0), time_of(&query, "last-week", 0));
}

/* NOW is a Saturday. The word may come before or behind the others. */
static void weeks_begin_on_the_day_that_is_asked_for(void **state)
{
    static const struct {
        const char *day;
        int behind; /* days that the week has had by TODAY */
    } cases[] = {{"monday", 5}, {"tuesday", 4}, {"friday", 1}, {"saturday", 0}, {"sunday", 6}};
    const char *reason;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_query first = query_in("UTC"), last = query_in("UTC");
        const char *const words[][2] = {{"week", cases[i].day},
                                        {"since", "last-week"},
                                        {"until", "week"},
                                        {"by", "week"}};
        for (size_t w = 0; w < LENGTH_OF(words); w++) {
            size_t back = LENGTH_OF(words) - 1 - w;
            assert_int_equal(APR_SUCCESS,
                             slim_query_set(&first, words[w][0], words[w][1], &reason, pool));
            assert_int_equal(APR_SUCCESS,
                             slim_query_set(&last, words[back][0], words[back][1], &reason, pool));
        }
        int64_t begin = TODAY - cases[i].behind * DAY;
        assert_int_equal(begin - 7 * DAY, first.since);
        assert_int_equal(begin + 7 * DAY, first.until);
        assert_int_equal(begin, slim_zone_bucket(first.zone, NOW, first.by));
        assert_string_equal("week", slim_bucket_name(first.by));
        assert_int_equal(first.since, last.since);
        assert_int_equal(first.until, last.until);
        assert_int_equal(first.by, last.by);
    }
}

static void the_period_before_is_as_long_in_the_calendar(void **state)
{
    static const struct {
        const char *zone, *since, *until, *before;
    } cases[] = {
        {"UTC", "2026-03-01", "2026-03-31", "2026-02-01"},
        {"UTC", "2026-02-01", "2026-02-28", "2026-01-01"},
        {"UTC", "2026-01-01", "2026-03-31", "2025-10-01"},
        {"UTC", "2025-01-01", "2025-12-31", "2024-01-01"},
        {"UTC", "2026-03-02", "2026-03-31", "2026-01-31"},
        {"UTC", "2026-03-08", "2026-03-08", "2026-03-07"},
        {"UTC", "2026-03-08T10:00", "2026-03-08T16:00", "2026-03-08T04:00"},
        {"UTC", "1970-01-02", "1970-01-10", "1970-01-01"},
        {"Europe/Berlin", "2026-03-30", "2026-04-05", "2026-03-23"},
        {"Europe/Berlin", "2026-03-29", "2026-03-29", "2026-03-28"},
        {"Europe/Berlin", "2026-10-26", "2026-10-26", "2026-10-25"},
        {"Europe/Berlin", "2026-04-01", "2026-04-30", "2026-03-01"},
        {"Europe/Berlin", "2026-10-25T12:00", "2026-10-26T12:00", "2026-10-24T13:00"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_query query = query_in(cases[i].zone), previous;
        const char *reason;
        assert_int_equal(APR_SUCCESS,
                         slim_query_set(&query, "since", cases[i].since, &reason, pool));
        assert_int_equal(APR_SUCCESS,
                         slim_query_set(&query, "until", cases[i].until, &reason, pool));
        query.compare = 1;
        slim_query_previous(&query, &previous);
        if (previous.since != time_of(&query, cases[i].before, 0)
            || previous.until != query.since) {
            fail_msg("%s %s: %lld", cases[i].zone, cases[i].since, (long long)previous.since);
        }
        assert_false(previous.compare);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_parsed),
        cmocka_unit_test(times_are_within_the_calendar),
        cmocka_unit_test(days_are_those_of_the_zone),
        cmocka_unit_test(weeks_begin_on_the_day_that_is_asked_for),
        cmocka_unit_test(the_period_before_is_as_long_in_the_calendar),
    };

    return RUN_UNIT(tests);
}
