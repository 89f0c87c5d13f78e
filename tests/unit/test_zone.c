/* Time zones: days of 23 and 25 hours, days that never were, and files that are none. */
#include "unit.h"

#include "core/zone.h"
#include "noise.h"

#define HOUR 3600

static const struct slim_zone *zone_of(const char *name)
{
    const struct slim_zone *zone = NULL;

    if (slim_zone_open(name, &zone, pool) != APR_SUCCESS) {
        fail_msg("no zone %s", name);
    }
    return zone;
}

/* "2026-03-29T00:00:00+00:00" or a local time, by the calendar alone. */
static int64_t seconds_of(const char *text)
{
    int y, mo, d, h, mi, s;

    assert_int_equal(6, sscanf(text, "%d-%d-%dT%d:%d:%d", &y, &mo, &d, &h, &mi, &s));
    return slim_days_from_civil(y, mo, d) * 86400 + h * HOUR + mi * 60 + s;
}

static void offsets_change_when_clocks_do(void **state)
{
    static const struct {
        const char *zone, *utc, *local;
    } cases[] = {
        {"UTC", "2026-03-29T01:00:00", "2026-03-29T01:00:00Z"},
        {"Europe/Berlin", "2026-03-29T00:59:59", "2026-03-29T01:59:59+01:00"},
        {"Europe/Berlin", "2026-03-29T01:00:00", "2026-03-29T03:00:00+02:00"},
        {"Europe/Berlin", "2026-10-25T00:59:59", "2026-10-25T02:59:59+02:00"},
        {"Europe/Berlin", "2026-10-25T01:00:00", "2026-10-25T02:00:00+01:00"},
        {"Europe/Berlin", "2077-07-01T00:00:00", "2077-07-01T02:00:00+02:00"},
        {"Europe/Berlin", "2077-12-01T00:00:00", "2077-12-01T01:00:00+01:00"},
        {"Europe/Dublin", "2060-07-01T00:00:00", "2060-07-01T01:00:00+01:00"},
        {"Europe/Dublin", "2060-01-01T00:00:00", "2060-01-01T00:00:00+00:00"},
        {"America/New_York", "2026-03-08T06:59:59", "2026-03-08T01:59:59-05:00"},
        {"America/New_York", "2026-03-08T07:00:00", "2026-03-08T03:00:00-04:00"},
        {"America/New_York", "2026-11-01T06:00:00", "2026-11-01T01:00:00-05:00"},
        {"Australia/Lord_Howe", "2026-04-04T14:59:59", "2026-04-05T01:59:59+11:00"},
        {"Australia/Lord_Howe", "2026-04-04T15:00:00", "2026-04-05T01:30:00+10:30"},
        {"Australia/Lord_Howe", "2046-01-01T00:00:00", "2046-01-01T11:00:00+11:00"},
        {"Asia/Kolkata", "2026-01-01T00:00:00", "2026-01-01T05:30:00+05:30"},
        {"Asia/Kathmandu", "2026-01-01T00:00:00", "2026-01-01T05:45:00+05:45"},
        {"Pacific/Apia", "2011-12-30T09:59:59", "2011-12-29T23:59:59-10:00"},
        {"Pacific/Apia", "2011-12-30T10:00:00", "2011-12-31T00:00:00+14:00"},
        {"Etc/GMT+5", "2026-07-01T00:00:00", "2026-06-30T19:00:00-05:00"},
        {"Asia/Tehran", "1970-01-01T00:00:00", "1970-01-01T03:30:00+03:30"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        char text[SLIM_TIME_TEXT];
        assert_string_equal(cases[i].local,
                            slim_zone_time(zone_of(cases[i].zone), seconds_of(cases[i].utc), text));
    }
}

/* fault F71 */
static void days_are_as_long_as_clocks_make_them(void **state)
{
    static const struct {
        const char *zone, *utc;
        enum slim_bucket by;
        const char *begin; /* UTC */
        int minutes;
        const char *label;
    } cases[] = {
        {"UTC", "2026-01-31T10:20:30", SLIM_BY_HOUR, "2026-01-31T10:00:00", 60, "2026-01-31T10:00"},
        {"UTC", "2026-01-31T10:20:30", SLIM_BY_DAY, "2026-01-31T00:00:00", 1440, "2026-01-31"},
        {"UTC", "2026-02-01T10:20:30", SLIM_BY_WEEK, "2026-01-26T00:00:00", 10080, "2026-01-26"},
        {"UTC", "2026-02-01T10:20:30", SLIM_BY_WEEK + 6, "2026-02-01T00:00:00", 10080,
         "2026-02-01"},
        {"UTC", "2026-01-31T23:59:59", SLIM_BY_WEEK + 6, "2026-01-25T00:00:00", 10080,
         "2026-01-25"},
        {"UTC", "2026-02-01T10:20:30", SLIM_BY_WEEK + 5, "2026-01-31T00:00:00", 10080,
         "2026-01-31"},
        {"Europe/Berlin", "2026-10-25T12:00:00", SLIM_BY_WEEK + 6, "2026-10-24T22:00:00", 169 * 60,
         "2026-10-25"},
        {"UTC", "2026-02-28T23:59:59", SLIM_BY_MONTH, "2026-02-01T00:00:00", 40320, "2026-02"},
        {"UTC", "2024-12-31T23:59:59", SLIM_BY_MONTH, "2024-12-01T00:00:00", 44640, "2024-12"},
        {"UTC", "1970-01-01T00:00:00", SLIM_BY_WEEK, "1969-12-29T00:00:00", 10080, "1969-12-29"},
        {"Europe/Berlin", "2026-03-29T12:00:00", SLIM_BY_DAY, "2026-03-28T23:00:00", 23 * 60,
         "2026-03-29"},
        {"Europe/Berlin", "2026-10-25T12:00:00", SLIM_BY_DAY, "2026-10-24T22:00:00", 25 * 60,
         "2026-10-25"},
        {"Europe/Berlin", "2026-10-25T12:00:00", SLIM_BY_WEEK, "2026-10-18T22:00:00", 169 * 60,
         "2026-10-19"},
        {"Europe/Berlin", "2026-03-29T12:00:00", SLIM_BY_MONTH, "2026-02-28T23:00:00", 743 * 60,
         "2026-03"},
        {"Europe/Berlin", "2026-10-25T00:30:00", SLIM_BY_HOUR, "2026-10-25T00:00:00", 60,
         "2026-10-25T02:00"},
        {"Europe/Berlin", "2026-10-25T01:30:00", SLIM_BY_HOUR, "2026-10-25T01:00:00", 60,
         "2026-10-25T02:00+01:00"},
        {"Europe/Berlin", "2026-10-25T02:30:00", SLIM_BY_HOUR, "2026-10-25T02:00:00", 60,
         "2026-10-25T03:00"},
        {"Asia/Kolkata", "2026-01-01T00:40:00", SLIM_BY_HOUR, "2026-01-01T00:30:00", 60,
         "2026-01-01T06:00"},
        {"Asia/Kathmandu", "2026-01-01T18:15:00", SLIM_BY_DAY, "2026-01-01T18:15:00", 1440,
         "2026-01-02"},
        {"Australia/Lord_Howe", "2026-04-04T15:10:00", SLIM_BY_HOUR, "2026-04-04T15:00:00", 30,
         "2026-04-05T01:30+10:30"},
        {"Australia/Lord_Howe", "2026-04-04T15:10:00", SLIM_BY_DAY, "2026-04-04T13:00:00", 1470,
         "2026-04-05"},
        {"Pacific/Apia", "2011-12-30T09:00:00", SLIM_BY_DAY, "2011-12-29T10:00:00", 1440,
         "2011-12-29"},
        {"Pacific/Apia", "2011-12-30T10:00:00", SLIM_BY_DAY, "2011-12-30T10:00:00", 1440,
         "2011-12-31"},
        /* midnight is jumped over: the day begins at one o'clock */
        {"America/Sao_Paulo", "2018-11-04T12:00:00", SLIM_BY_DAY, "2018-11-04T03:00:00", 23 * 60,
         "2018-11-04"},
        /* clocks go back to the old day: it has ended all the same */
        {"America/St_Johns", "2010-11-07T03:00:00", SLIM_BY_DAY, "2010-11-07T02:30:00", 25 * 60,
         "2010-11-07"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const struct slim_zone *zone = zone_of(cases[i].zone);
        int64_t utc = seconds_of(cases[i].utc);
        int64_t begin = slim_zone_bucket(zone, utc, cases[i].by);
        int64_t next = slim_zone_next(zone, utc, cases[i].by);
        char label[SLIM_LABEL_SIZE], shown[SLIM_TIME_TEXT];
        slim_zone_label(zone, begin, cases[i].by, label);
        if (begin != seconds_of(cases[i].begin) || next - begin != cases[i].minutes * 60
            || strcmp(label, cases[i].label) != 0) {
            fail_msg("%s %s: from %s, %d minutes, %s", cases[i].zone, cases[i].utc,
                     slim_zone_time(&slim_zone_utc, begin, shown), (int)(next - begin) / 60, label);
        }
    }
}

static const char *const some_zones[] = {
    "UTC",
    "Europe/Berlin",
    "Europe/Dublin",
    "Europe/Moscow",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Havana",
    "America/Santiago",
    "America/Nuuk",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Gaza",
    "Asia/Beirut",
    "Africa/Casablanca",
    "Africa/Monrovia",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kwajalein",
    "Antarctica/Troll",
    "Etc/GMT-14",
};

/* fault F71 */
static void buckets_follow_each_other_without_a_gap(void **state)
{
    (void)state;
    for (size_t z = 0; z < LENGTH_OF(some_zones); z++) {
        const struct slim_zone *zone = zone_of(some_zones[z]);
        for (int round = 0; round < 1000; round++) {
            enum slim_bucket by = (enum slim_bucket)(round % SLIM_BUCKETS);
            int64_t utc = (int64_t)noise_below(4000000) * 1000 + (int64_t)noise_below(1000);
            int64_t begin = slim_zone_bucket(zone, utc, by), next = slim_zone_next(zone, utc, by);
            int64_t within = begin + (int64_t)noise_below((uint32_t)(next - begin));
            assert_true(begin <= utc && utc < next);
            assert_int_equal(begin, slim_zone_bucket(zone, begin, by));
            assert_int_equal(begin, slim_zone_bucket(zone, within, by));
            assert_int_equal(begin, slim_zone_bucket(zone, next - 1, by));
            assert_int_equal(next, slim_zone_bucket(zone, next, by));
        }
    }
}

/* --- against another reader of the same files --- */

static const char other[] = "import sys, datetime, zoneinfo\n"
                            "for line in open(sys.argv[1]):\n"
                            "    zone, at = line.split()\n"
                            "    there = datetime.datetime.fromtimestamp(int(at), "
                            "zoneinfo.ZoneInfo(zone))\n"
                            "    print(int(there.utcoffset().total_seconds()), there.year, "
                            "there.month, there.day, there.hour, there.weekday())\n";

static void another_reader_sees_the_same(void **state)
{
    struct {
        const char *zone;
        int64_t at;
    } lines[LENGTH_OF(some_zones) * 60];
    const char *asked = scratch_path("asked"), *script = scratch_path("other.py");
    FILE *file = fopen(asked, "we");

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(lines); i++) { /* 1901 … 2155 */
        lines[i].zone = some_zones[i % LENGTH_OF(some_zones)];
        lines[i].at = (int64_t)noise_below(8000000) * 1000 - INT64_C(2150000000);
        fprintf(file, "%s %lld\n", lines[i].zone, (long long)lines[i].at);
    }
    fclose(file);
    put_file(script, other, strlen(other));
    file = popen(apr_pstrcat(pool, "/usr/bin/python3 ", script, " ", asked, NULL), "re");
    for (size_t i = 0; i < LENGTH_OF(lines); i++) {
        struct slim_local l;
        int offset, year, month, day, hour, weekday;
        assert_int_equal(6, fscanf(file, "%d %d %d %d %d %d", &offset, &year, &month, &day, &hour,
                                   &weekday));
        slim_zone_local(zone_of(lines[i].zone), lines[i].at, &l);
        if (l.offset != offset || l.year != year || l.month != month || l.day != day
            || l.hour != hour || l.weekday != weekday) {
            fail_msg("%s %lld: %d %d-%d-%d %d, not %d %d-%d-%d %d", lines[i].zone,
                     (long long)lines[i].at, l.offset, l.year, l.month, l.day, l.hour, offset, year,
                     month, day, hour);
        }
    }
    assert_int_equal(0, pclose(file));
}

/* --- what is refused --- */

static void names_lead_nowhere_else(void **state)
{
    static const char *const names[] = {
        "",
        "/etc/passwd",
        "../../../etc/passwd",
        "Europe/../UTC",
        "Europe",
        "Europe/",
        "Europe/Nowhere",
        "europe/berlin ",
        "tzdata.zi",
        "zone.tab",
        "right/UTC",
        "UTC0\n",
        "Europe/Berlin%00",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    const struct slim_zone *zone = NULL;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(names); i++) {
        if (slim_zone_open(names[i], &zone, pool) != SLIM_EBADQUERY) {
            fail_msg("%s is taken", names[i]);
        }
        assert_null(zone);
    }
}

static void ask_everything(const struct slim_zone *zone)
{
    static const int64_t times[] = {0, 1769853600, INT64_C(253402300799), -1, 951782400};
    char label[SLIM_LABEL_SIZE];

    for (size_t i = 0; i < LENGTH_OF(times); i++) {
        for (int by = 0; by < SLIM_BUCKETS; by++) {
            int64_t begin = slim_zone_bucket(zone, times[i], (enum slim_bucket)by);
            assert_true(begin <= times[i]);
            assert_true(slim_zone_next(zone, times[i], (enum slim_bucket)by) > times[i]);
            slim_zone_label(zone, begin, (enum slim_bucket)by, label);
        }
    }
}

static void damaged_files_are_refused_or_harmless(void **state)
{
    struct slim_zone zone = {.name = "x"};
    size_t length, refused = 0;

    (void)state;
    unsigned char *whole = (unsigned char *)get_file("/usr/share/zoneinfo/Europe/Berlin", &length);
    assert_true(slim_zone_parse(whole, length, &zone));
    for (size_t cut = 0; cut < length; cut++) {
        unsigned char *exact = malloc(cut + 1); /* a sanitizer sees a step over its end */
        memcpy(exact, whole, cut);
        assert_false(slim_zone_parse(exact, cut, &zone));
        free(exact);
    }
    for (int round = 0; round < 20000; round++) {
        unsigned char *bytes = apr_pmemdup(pool, whole, length);
        for (size_t n = noise_below(4) + 1; n > 0; n--) {
            size_t at = round % 3 ? noise_below((uint32_t)length) : noise_below(44);
            bytes[at] = (unsigned char)noise_below(256);
        }
        if (slim_zone_parse(bytes, length, &zone)) {
            if (round % 16 == 0) {
                ask_everything(&zone);
            }
        } else {
            refused++;
        }
        if (round % 256 == 0) {
            apr_pool_clear(pool);
            whole = (unsigned char *)get_file("/usr/share/zoneinfo/Europe/Berlin", &length);
        }
    }
    assert_true(refused > 1000);
}

static void counts_are_not_believed(void **state)
{
    static const unsigned char huge[] = "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                        "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
                                        "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";
    static const unsigned char none[] = "TZif\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    struct slim_zone zone = {.name = "x"};

    (void)state;
    assert_false(slim_zone_parse(huge, sizeof huge, &zone));
    assert_false(slim_zone_parse(none, sizeof none, &zone));
    assert_false(slim_zone_parse("", 0, &zone));
}

static void a_file_of_version_one_is_read(void **state)
{
    static const unsigned char bytes[] = "TZif\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                         "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0\4"
                                         "\0\0\x0e\x10" /* at 3600 */
                                         "\1"
                                         "\0\0\0\0\0\0"
                                         "\xff\xff\xf1\xf0\0\0" /* one hour west */
                                         "ABC";
    struct slim_zone zone = {.name = "x"};

    (void)state;
    assert_true(slim_zone_parse(bytes, sizeof bytes, &zone));
    assert_int_equal(0, slim_zone_offset(&zone, 3599));
    assert_int_equal(-3600, slim_zone_offset(&zone, 3600));
    assert_int_equal(3600, slim_zone_change(&zone, 0));
    assert_int_equal(INT64_MAX, slim_zone_change(&zone, 3600));
}

static void rules_are_as_posix_spells_them(void **state)
{
    static const struct {
        const char *text;
        int good;
        int32_t january, july; /* 2030 */
    } cases[] = {
        {"UTC0", 1, 0, 0},
        {"<+0545>-5:45", 1, 20700, 20700},
        {"<-03>3", 1, -10800, -10800},
        {"CET-1CEST,M3.5.0,M10.5.0/3", 1, 3600, 7200},
        {"EST5EDT,M3.2.0,M11.1.0", 1, -18000, -14400},
        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 1, 39600, 37800},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", 1, 0, 3600},
        {"EST5EDT,0/0,J365/25", 1, -14400, -14400},
        {"ABC0DEF,J60,J300", 1, 0, 3600},
        {"ABC0DEF,59/-167,299/167", 1, 0, 3600},
        {"", 0, 0, 0},
        {"UTC", 0, 0, 0},
        {"UT0", 0, 0, 0},
        {"UTC25", 0, 0, 0},
        {"UTC0 ", 0, 0, 0},
        {"UTC0:60", 0, 0, 0},
        {"<>0", 0, 0, 0},
        {"<+01", 0, 0, 0},
        {"CET-1CEST", 0, 0, 0},
        {"CET-1CEST,M3.5.0", 0, 0, 0},
        {"CET-1CEST,M13.5.0,M10.5.0", 0, 0, 0},
        {"CET-1CEST,M0.5.0,M10.5.0", 0, 0, 0},
        {"CET-1CEST,M3.6.0,M10.5.0", 0, 0, 0},
        {"CET-1CEST,M3.5.7,M10.5.0", 0, 0, 0},
        {"CET-1CEST,J0,J300", 0, 0, 0},
        {"CET-1CEST,366,300", 0, 0, 0},
        {"CET-1CEST,M3.5.0/168,M10.5.0", 0, 0, 0},
        {"CET-1CEST,M3.5.0,M10.5.0/3x", 0, 0, 0},
        {"CET-99999999999999999999", 0, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_zone_rule rule = {.given = 0};
        int good = slim_zone_parse_rule(cases[i].text, strlen(cases[i].text), &rule);
        if (good != cases[i].good
            || (good
                && (slim_zone_rule_offset(&rule, seconds_of("2030-01-15T12:00:00"))
                        != cases[i].january
                    || slim_zone_rule_offset(&rule, seconds_of("2030-07-15T12:00:00"))
                           != cases[i].july))) {
            fail_msg("%s", cases[i].text);
        }
    }
}

static void local_is_the_machines_zone(void **state)
{
    const struct slim_zone *zone;

    (void)state;
    if (access("/etc/localtime", R_OK) == 0) {
        assert_int_equal(APR_SUCCESS, slim_zone_open("local", &zone, pool));
        assert_string_equal("local", zone->name);
    } else {
        assert_int_equal(SLIM_EBADQUERY, slim_zone_open("local", &zone, pool));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_change_when_clocks_do),
        cmocka_unit_test(days_are_as_long_as_clocks_make_them),
        cmocka_unit_test(buckets_follow_each_other_without_a_gap),
        cmocka_unit_test(another_reader_sees_the_same),
        cmocka_unit_test(names_lead_nowhere_else),
        cmocka_unit_test(damaged_files_are_refused_or_harmless),
        cmocka_unit_test(counts_are_not_believed),
        cmocka_unit_test(a_file_of_version_one_is_read),
        cmocka_unit_test(rules_are_as_posix_spells_them),
        cmocka_unit_test(local_is_the_machines_zone),
    };

    return RUN_UNIT(tests);
}
