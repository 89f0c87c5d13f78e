/* Alerts: what their lines mean, when one begins to be told and is over, and what is remembered. */
#include "unit.h"

#include "report/watch.h"

/* --- lines --- */

static struct slim_alerts *read_lines(const char *shipped, const char *own)
{
    mkdir(scratch_path("shipped"), 0700);
    mkdir(scratch_path("own"), 0700);
    put_file(scratch_path("shipped/" SLIM_ALERTS_FILE), shipped, strlen(shipped));
    put_file(scratch_path("own/" SLIM_ALERTS_FILE), own, strlen(own));
    return slim_alerts_read(scratch_path("shipped"), scratch_path("own"), NULL, pool);
}

static void a_line_says_what_is_asked(void **state)
{
    (void)state;
    const struct slim_alerts *alerts = read_lines(
        "e\tcritical\toverview.hits(status=5xx robots) / overview.hits(robots)\t> 2.5 "
        "%\t15m\t100\t5m\n"
        "r\twarning\tmax robots.bytes[GPTBot] / overview.bytes\t> 30 %\t1d\n"
        "v\twarning\toverview.visitors(country=AT source=\"A B\")\t< 20 % of usual\t1h\t20\n"
        "b\twarning\toverview.bounce_rate\t> 90 %\t7d\n"
        "l\twarning\trecorder.lag\t> 60\t5m\t\t2m\n",
        "");
    const struct slim_alert *one = alerts->alert;

    assert_null(alerts->fault);
    assert_int_equal(5, alerts->count);
    assert_int_equal(SLIM_ALERT_CRITICAL, one->severity);
    assert_string_equal("overview", one->term.report->name);
    assert_string_equal("status=5xx", one->term.filters);
    assert_true(one->term.robots && one->has_divisor && one->divisor.robots && one->is_percent);
    assert_true(one->limit == 2.5 && one->minimum == 100);
    assert_int_equal(900, one->window);
    assert_int_equal(300, one->hold);
    assert_true(!one->is_below && !one->is_of_usual);
    one++;
    assert_true(one->term.is_largest && !one->divisor.is_largest && !one->divisor.robots);
    assert_string_equal("GPTBot", one->term.name);
    one++;
    assert_true(one->is_below && one->is_of_usual && !one->is_percent && one->term.is_largest);
    assert_string_equal("country=AT source=\"A B\"", one->term.filters);
    one++;
    assert_true(one->is_percent);
    one++;
    assert_int_equal(SLIM_ACCOUNT_LAG, one->term.account);
    assert_null(one->term.report);
}

static void what_is_wrong_with_a_line_is_said(void **state)
{
    static const char *const cases[][2] = {
        {"a b\twarning\toverview.hits\t> 1\t1h", "line 1, column 1: a name is"},
        {"a\twarning\toverview.hits\t> 1", "a line is name"},
        {"a\tbad\toverview.hits\t> 1\t1h", "column 3: a severity"},
        {"a\twarning\toverview\t> 1\t1h", "a figure is REPORT.COLUMN"},
        {"a\twarning\toverveiw.hits\t> 1\t1h", "there is no report overveiw"},
        {"a\twarning\toverview.hist\t> 1\t1h",
         "no column hist that counts; it has visits, visitors"},
        {"a\twarning\tpages.page\t> 1\t1h", "no column page that counts"},
        {"a\twarning\trecorder.foo\t> 1\t1h", "recorder.dropped, recorder.lag"},
        {"a\twarning\trecorder.lag(site=a)\t> 1\t1h", "no rows and no filters"},
        {"a\twarning\toverview.hits(contry=DE)\t> 1\t1h", "contry"},
        {"a\twarning\toverview.hits / pages\t> 1 %\t1h", "a figure is REPORT.COLUMN"},
        {"a\twarning\toverview.hits\t1\t1h", "a condition is"},
        {"a\twarning\toverview.hits\t> x\t1h", "a condition is"},
        {"a\twarning\toverview.hits\t> 1e300\t1h", "a condition is"},
        {"a\twarning\toverview.hits\t> nan\t1h", "a condition is"},
        {"a\twarning\toverview.hits\t> 1 %\t1h", "this figure is no rate"},
        {"a\twarning\toverview.hits\t> 1 % of unusual\t1h", "a condition is"},
        {"a\twarning\toverview.hits\t> 1\t4m", "a window is 5m to 7d"},
        {"a\twarning\toverview.hits\t> 1\t8d", "a window is 5m to 7d"},
        {"a\twarning\toverview.hits\t> 1\t1hour", "a window is 5m to 7d"},
        {"a\twarning\toverview.hits\t> 1\t99999999999999999999d", "a window is 5m to 7d"},
        {"a\twarning\toverview.hits\t> 1\t1h\tx", "column 32: a minimum is a number"},
        {"a\twarning\toverview.hits / recorder.lag\t> 1\t1h", "stands alone"},
        {"a\twarning\trecorder.lag / overview.hits\t> 1\t1h", "stands alone"},
        {"a\twarning\toverview.hits\t> 0x10\t1h", "a condition is"},
        {"a\tb\nc\td\ne\tf", "line 1, column 3: a line is name"},
        {"a\tb\nc\td\ne\tf", "; and 2 more mistakes"},
        {"a\twarning\toverview.hits\t> 1\t1h\t5", "this is neither"},
        {"a\twarning\toverview.hits\t> 1\t1h\t\t8d", "hold is empty"},
        {"a\twarning\trecorder.lag\t> 1 % of usual\t1h", "nobody knows what is usual"},
        {"a\twarning\toff\toff\t1h", "no shipped alert of that name"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const struct slim_alerts *alerts = read_lines("", cases[i][0]);
        if (!alerts->fault || !strstr(alerts->fault, cases[i][1])) {
            fail_msg("%s: %s", cases[i][0], alerts->fault ? alerts->fault : "nothing is wrong");
        }
        assert_int_equal(0, alerts->count);
    }
}

static void own_lines_stand_in_place_of_shipped_ones(void **state)
{
    (void)state;
    const struct slim_alerts *alerts =
        read_lines("a\twarning\toverview.hits\t> 1\t1h\nb\twarning\toverview.hits\t> 1\t1h\n"
                   "c\twarning\toverview.hits\t> 1\t1h\n",
                   "b\tcritical\toverview.hits\t> 7\t1h\na\twarning\toff\t\t\n"
                   "d\twarning\toverview.hits\t> 1\t1h\nb\twarning\toverview.hits\t> 9\t1h\n");
    const char *names = "";

    assert_non_null(strstr(alerts->fault, "line 4, column 1: that name stands above, too"));
    for (int i = 0; i < alerts->count; i++) {
        names = apr_psprintf(pool, "%s%s%g ", names, alerts->alert[i].name, alerts->alert[i].limit);
    }
    assert_string_equal("c1 b7 d1 ", names);
}

static void the_shipped_lines_are_good(void **state)
{
    const struct slim_alerts *alerts = slim_alerts_read("conf", scratch_path("none"), NULL, pool);

    (void)state;
    assert_null(alerts->fault);
    assert_true(alerts->count >= 8);
}

/* --- telling --- */

static int step(struct slim_watched *watched, const struct slim_alert *alert, int holds,
                int64_t now)
{
    const struct slim_watch_look look = {.is_judged = 1, .holds = holds};

    return slim_watch_step(watched, alert, &look, now);
}

static void an_alert_is_told_once_at_both_ends(void **state)
{
    const struct slim_alert alert = {.hold = 120};
    struct slim_watched watched = {.since = 0};

    (void)state;
    assert_int_equal(0, step(&watched, &alert, 1, 1000));
    assert_int_equal(0, step(&watched, &alert, 1, 1119));
    assert_int_equal(0, step(&watched, &alert, 0, 1120)); /* it was not true for so long */
    assert_int_equal(0, step(&watched, &alert, 1, 1180));
    assert_int_equal(1, step(&watched, &alert, 1, 1300));
    assert_int_equal(1180, watched.since);
    assert_int_equal(0, step(&watched, &alert, 1, 1360));
    assert_int_equal(-1, step(&watched, &alert, 0, 1420));
    assert_int_equal(0, step(&watched, &alert, 0, 1480));
    assert_true(watched.since == 0 && watched.told == 0);
}

static void a_clock_that_went_back_delays_nothing_for_ever(void **state)
{
    const struct slim_alert alert = {.hold = 120};
    struct slim_watched watched = {.since = 900000};

    (void)state;
    assert_int_equal(0, step(&watched, &alert, 1, 1000));
    assert_int_equal(1, step(&watched, &alert, 1, 1120));
}

static void lost_hits_are_those_of_the_window(void **state)
{
    const struct slim_alert alert = {.window = 900};
    struct slim_watched watched = {.since = 0};

    (void)state;
    assert_int_equal(50, slim_watch_sample(&watched, &alert, 10000, 50)); /* those were before */
    assert_int_equal(50, slim_watch_sample(&watched, &alert, 10300, 57));
    assert_int_equal(50, slim_watch_sample(&watched, &alert, 10900, 57));
    assert_int_equal(50, slim_watch_sample(&watched, &alert, 11700, 57));
    assert_int_equal(57,
                     slim_watch_sample(&watched, &alert, 11800, 57));   /* a window later at last */
    assert_int_equal(3, slim_watch_sample(&watched, &alert, 11900, 3)); /* another account */
    assert_int_equal(4, slim_watch_sample(&watched, &alert, 5000, 4));  /* another clock */
}

/* --- remembering --- */

static void what_was_told_is_remembered(void **state)
{
    const struct slim_alert a = {.name = "a"}, b = {.name = "b", .severity = SLIM_ALERT_CRITICAL};
    struct slim_watch_memory kept = {.looked = 77}, read;
    struct slim_whole_file file, other;

    (void)state;
    *slim_watch_of(&kept, &a) = (struct slim_watched){.name = "a", .since = 5, .told = 6};
    slim_watch_of(&kept, &b)->sample[1] = (struct slim_watch_sample){9, UINT64_C(1) << 40};
    assert_int_equal(APR_SUCCESS, slim_watch_begin(scratch, &file, pool));
    assert_int_equal(SLIM_ELOCKED, slim_watch_begin(scratch, &other, pool)); /* one at a time */
    assert_int_equal(APR_SUCCESS, slim_watch_keep(&file, &kept));
    slim_watch_remember(scratch, &read, pool);
    assert_int_equal(2, read.count);
    assert_int_equal(77, read.looked);
    assert_true(read.watched[0].since == 5 && read.watched[0].told == 6);
    assert_int_equal(SLIM_ALERT_CRITICAL, slim_watch_of(&read, &b)->severity);
    assert_true(slim_watch_of(&read, &b)->sample[1].dropped == UINT64_C(1) << 40);
}

static void what_is_damaged_is_nothing(void **state)
{
    static const char *const cases[] = {
        "",
        "\n\n",
        "looked",
        "looked\tx",
        "a\twarning\t1\t2\t3\t4\t5",
        "a\twarning\t0\t2\t3\t4\t5\t6",
        "a b\twarning\t1\t2\t3\t4\t5\t6",
        "a\twarning\t-1\t2\t3\t4\t5\t6",
        "\x00\x01\xff\t\t\t\t\t\t\t\t\t\t",
        "a\twarning\t1\t2\t3\t4\t5\t99999999999999999999",
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_watch_memory memory;
        put_file(scratch_path(SLIM_WATCH_FILE), cases[i], strlen(cases[i]));
        slim_watch_remember(scratch, &memory, pool);
        assert_int_equal(0, memory.count);
        assert_int_equal(0, memory.looked);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_says_what_is_asked),
        cmocka_unit_test(what_is_wrong_with_a_line_is_said),
        cmocka_unit_test(own_lines_stand_in_place_of_shipped_ones),
        cmocka_unit_test(the_shipped_lines_are_good),
        cmocka_unit_test(an_alert_is_told_once_at_both_ends),
        cmocka_unit_test(a_clock_that_went_back_delays_nothing_for_ever),
        cmocka_unit_test(lost_hits_are_those_of_the_window),
        cmocka_unit_test(what_was_told_is_remembered),
        cmocka_unit_test(what_is_damaged_is_nothing),
    };

    return RUN_UNIT(tests);
}
