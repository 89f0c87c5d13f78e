/* States that come and go are logged twice an hour, then counted, whatever becomes of the recorder
 * that logs them. */
#include "unit.h"

#include "core/clock.h"
#include "core/log.h"
#include "recorder/condition.h"

#define HOUR (INT64_C(3600) * 1000000)

static char lines[64][1024];
static int count;

static void note_line(enum slim_level level, const char *message)
{
    (void)level;
    assert_in_range(count, 0, 63);
    snprintf(lines[count++], sizeof lines[0], "%s", message);
}

/* What the next recorder finds. */
static struct slim_status left_by(struct slim_conditions *c)
{
    struct slim_status status = {0};

    slim_conditions_copy(c, &status);
    return status;
}

static void break_store(struct slim_conditions *c)
{
    slim_condition_enter(c, SLIM_AREA_STORE, SLIM_STATE_STORE_FULL, 13, "cannot commit");
}

static void begin(void)
{
    slim_log_set_sink(note_line);
    count = 0;
}

static void a_state_that_flaps_is_logged_twice(void **state)
{
    struct slim_conditions c;

    (void)state;
    begin();
    slim_conditions_init(&c, NULL);
    for (int i = 0; i < 20; i++) {
        break_store(&c);
        break_store(&c);
        slim_conditions_tick(&c);
        slim_condition_leave(&c, SLIM_AREA_STORE);
    }
    assert_int_equal(4, count);
    assert_int_equal(18, left_by(&c).told[SLIM_AREA_STORE].silent);
}

static void a_new_recorder_goes_on_where_the_last_one_was(void **state)
{
    struct slim_conditions c;
    struct slim_status status = {0};

    (void)state;
    begin();
    for (int i = 0; i < 20; i++) { /* killed in every state */
        slim_conditions_init(&c, &status);
        i % 3 != 2 ? break_store(&c) : slim_condition_leave(&c, SLIM_AREA_STORE);
        slim_conditions_tick(&c);
        status = left_by(&c);
    }
    assert_int_equal(4, count);
    assert_non_null(strstr(lines[0], "store-full"));
    assert_non_null(strstr(lines[1], "well again"));
}

static void after_an_hour_the_silent_ones_are_a_number(void **state)
{
    struct slim_conditions c;
    struct slim_status status = {0};

    (void)state;
    begin();
    status.told[SLIM_AREA_STORE] =
        (struct slim_told){.pairs = 2, .silent = 7, .counted = slim_ticks() - HOUR - 1000000};
    slim_conditions_init(&c, &status);
    slim_conditions_tick(&c);
    assert_int_equal(1, count);
    assert_string_equal("store was not well 7 more times within the hour", lines[0]);
    break_store(&c);
    assert_int_equal(2, count);
    slim_conditions_tick(&c);
    assert_int_equal(2, count);
}

static void times_of_another_boot_are_no_times(void **state)
{
    struct slim_conditions c;
    struct slim_status status = {0};

    (void)state;
    begin();
    status.told[SLIM_AREA_STORE] =
        (struct slim_told){.pairs = 2, .silent = UINT64_MAX, .counted = slim_ticks() + HOUR};
    slim_conditions_init(&c, &status);
    slim_conditions_tick(&c);
    break_store(&c);
    assert_int_equal(1, count);
}

/* Of a data file: the other file that is wrong, too. A store says the same fault in many words. */
static void another_cause_of_a_files_state_is_logged(void **state)
{
    struct slim_conditions c, next;
    struct slim_status left;

    (void)state;
    begin();
    slim_conditions_init(&c, NULL);
    slim_condition_enter(&c, SLIM_AREA_AGENTS, SLIM_STATE_AGENTS_OFF, 1, "agents.yaml: line 2");
    slim_condition_enter(&c, SLIM_AREA_AGENTS, SLIM_STATE_AGENTS_OFF, 1, "agents.yaml: line 2");
    assert_int_equal(1, count);
    slim_condition_enter(&c, SLIM_AREA_AGENTS, SLIM_STATE_AGENTS_OFF, 1, "robots.tsv: line 7");
    assert_int_equal(2, count);
    assert_non_null(strstr(lines[1], "robots.tsv: line 7"));
    left = left_by(&c);
    assert_string_equal("robots.tsv: line 7", slim_status_reason(&left, SLIM_AREA_AGENTS));
    slim_conditions_init(&next, &left);
    slim_condition_enter(&next, SLIM_AREA_AGENTS, SLIM_STATE_AGENTS_OFF, 1, "robots.tsv: line 7");
    assert_int_equal(2, count);
    slim_condition_leave(&next, SLIM_AREA_AGENTS);
    left = left_by(&next);
    assert_string_equal("", slim_status_reason(&left, SLIM_AREA_AGENTS));
    break_store(&next);
    slim_condition_enter(&next, SLIM_AREA_STORE, SLIM_STATE_STORE_FULL, 13, "cannot begin");
    assert_int_equal(4, count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_cause_of_a_files_state_is_logged),
        cmocka_unit_test(a_state_that_flaps_is_logged_twice),
        cmocka_unit_test(a_new_recorder_goes_on_where_the_last_one_was),
        cmocka_unit_test(after_an_hour_the_silent_ones_are_a_number),
        cmocka_unit_test(times_of_another_boot_are_no_times),
    };

    return RUN_UNIT(tests);
}
