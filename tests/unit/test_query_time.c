/* Times as people type them. */
#include "unit.h"

#include "noise.h"
#include "report/query.h"

#define NOW INT64_C(1769853600) /* 2026-01-31T10:00:00Z */
#define TODAY INT64_C(1769817600)
#define DAY 86400
#define YEAR_10000 INT64_C(253402300800)

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
        {"7d", NOW - 7 * DAY, NOW - 7 * DAY},
        {"007d", NOW - 7 * DAY, NOW - 7 * DAY},
        {"2w", NOW - 14 * DAY, NOW - 14 * DAY},
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
        {"2026-01-31T10:00+01:00", -1, -1},
        {"2026-01-31T10:00:00.5", -1, -1},
        {"2026-01-31Z", -1, -1},
        {"2026-01-31 ", -1, -1},
        {" 2026-01-31", -1, -1},
        {"-99999999999", -1, -1},
        {"1e400", -1, -1},
        {"1769853600", -1, -1},
        {"2026-01-31'--", -1, -1},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        int64_t begin = -1, end = -1;
        int good = cases[i].begin >= 0;
        if (slim_query_parse_time(cases[i].text, NOW, 0, &begin) != good
            || slim_query_parse_time(cases[i].text, NOW, 1, &end) != good
            || (good && (begin != cases[i].begin || end != cases[i].end))) {
            fail_msg("'%s' gives %lld … %lld", cases[i].text, (long long)begin, (long long)end);
        }
    }
}

/* The store's keys are made of them by a shift: none may be before 1970 or behind the year 9999. */
static void times_are_within_the_calendar(void **state)
{
    static const char *const cases[] = {"100000m", "100000h", "99999d", "100000d", "100000w"};

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        int64_t seconds = 0;
        if (slim_query_parse_time(cases[i], NOW, 0, &seconds)
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
        if (slim_query_parse_time(text, NOW, round % 2, &seconds)
            && (seconds < 0 || seconds > YEAR_10000)) {
            fail_msg("%s gives %lld", text, (long long)seconds);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_parsed),
        cmocka_unit_test(times_are_within_the_calendar),
    };

    return RUN_UNIT(tests);
}
