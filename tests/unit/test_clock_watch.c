/* Corrections of the wall clock: which are told, and how long. */
#include "unit.h"

#include "recorder/clock_watch.h"

#define SECOND INT64_C(1000000)
#define HOUR (3600 * SECOND)
#define YEAR (365 * 24 * HOUR)
#define BEGIN (50 * YEAR)

static void steps_are_seen_and_their_end(void **state)
{
    static const struct {
        int64_t after, offset; /* ticks since the last look; from where it began */
        int64_t wrong;
    } looks[] = {
        {SECOND, 0, 0},
        {SECOND, 30 * SECOND, 0}, /* is followed */
        {SECOND, 80 * SECOND, 0},
        {SECOND, 10 * YEAR, 10 * YEAR - 80 * SECOND},
        {5 * SECOND, 10 * YEAR, 10 * YEAR - 80 * SECOND},
        {SECOND, 81 * SECOND, 0},
        {SECOND, -HOUR, -HOUR - 81 * SECOND},
        {HOUR - SECOND, -HOUR, -HOUR - 81 * SECOND},
        {2 * SECOND, -HOUR, 0}, /* for an hour: that is the time now */
        {SECOND, -HOUR + 20 * SECOND, 0},
        {SECOND, YEAR, YEAR + HOUR - 20 * SECOND},
        {HOUR / 2, 2 * YEAR, 2 * YEAR + HOUR - 20 * SECOND}, /* the hour begins anew */
        {HOUR * 3 / 4, 2 * YEAR, 2 * YEAR + HOUR - 20 * SECOND},
        {HOUR / 2, 2 * YEAR, 0},
    };
    struct slim_clock_watch watch;
    int64_t ticks = 7 * HOUR;

    (void)state;
    slim_clock_watch_init(&watch, BEGIN, 0);
    for (size_t i = 0; i < LENGTH_OF(looks); i++) {
        ticks += looks[i].after;
        int64_t wrong = slim_clock_watch_look(&watch, BEGIN + looks[i].offset, ticks);
        if (wrong != looks[i].wrong) {
            fail_msg("look %zu: %lld", i, (long long)wrong);
        }
    }
}

static void a_new_recorder_believes_what_the_last_one_did(void **state)
{
    struct slim_clock_watch watch;

    (void)state;
    slim_clock_watch_init(&watch, BEGIN + 10 * YEAR, BEGIN);
    assert_int_equal(10 * YEAR, slim_clock_watch_look(&watch, BEGIN + 10 * YEAR, HOUR));
    assert_int_equal(0, slim_clock_watch_look(&watch, BEGIN, HOUR + SECOND));
}

/* It stands where anybody who serves may write. */
static void what_no_clock_can_be_is_not_believed(void **state)
{
    static const int64_t impossible[] = {INT64_MIN, INT64_MIN + 1, INT64_MAX, INT64_MAX - BEGIN};
    struct slim_clock_watch watch;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(impossible); i++) {
        slim_clock_watch_init(&watch, BEGIN, impossible[i]);
        assert_int_equal(0, slim_clock_watch_look(&watch, BEGIN, HOUR));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_seen_and_their_end),
        cmocka_unit_test(a_new_recorder_believes_what_the_last_one_did),
        cmocka_unit_test(what_no_clock_can_be_is_not_believed),
    };

    return RUN_UNIT(tests);
}
