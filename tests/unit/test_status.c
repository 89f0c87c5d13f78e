/* What the recorder tells about itself: the block in the ring, the state it means, and the ledger
 * made of it. */
#include "ring_file.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* --- the block --- */

/* Each number of it follows from n. */
static void make_status(struct slim_status *status, uint64_t n)
{
    uint64_t words[sizeof *status / 8];

    for (size_t i = 0; i < LENGTH_OF(words); i++) {
        words[i] = n * (2 * i + 1);
    }
    memcpy(status, words, sizeof words);
    slim_status_bound(status);
}

static void status_is_read_as_written(void **state)
{
    struct slim_ring ring = open_ring(1, SLIM_RING_SLOT_MIN);
    struct slim_status written, read;

    (void)state;
    assert_false(slim_ring_read_status(&ring, &read));
    for (uint64_t n = 1; n < 100; n++) {
        make_status(&written, n);
        slim_ring_write_status(&ring, &written);
        assert_true(slim_ring_read_status(&ring, &read));
        assert_memory_equal(&written, &read, sizeof read);
    }
    memset(written.version, 'x', sizeof written.version);
    slim_ring_write_status(&ring, &written);
    assert_true(slim_ring_read_status(&ring, &read));
    assert_int_equal(sizeof read.version - 1, strlen(read.version));
    close_ring(&ring);
}

static void readers_never_see_a_mixture(void **state)
{
    struct slim_ring ring = open_ring(1, SLIM_RING_SLOT_MIN);
    struct slim_status status, expected;
    int reads = 0;
    uint64_t last = 0;

    (void)state;
    make_status(&status, 1);
    slim_ring_write_status(&ring, &status);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (uint64_t n = 2;; n++) {
            make_status(&status, n);
            slim_ring_write_status(&ring, &status);
            if (n % 8 == 0) {
                usleep(1); /* or no reader ever meets a quiet moment */
            }
        }
    }
    while (reads < 20000 || last == 1) { /* it may start late */
        if (slim_ring_read_status(&ring, &status)) {
            uint64_t n = (uint64_t)status.heartbeat_us;
            make_status(&expected, n);
            assert_memory_equal(&expected, &status, sizeof status);
            assert_true(n >= last);
            last = n;
            reads++;
        }
    }
    assert_int_equal(0, kill(child, SIGKILL));
    assert_int_equal(child, waitpid(child, NULL, 0));
    assert_true(last > 1);
    close_ring(&ring);
}

/* A hacked child may write anything there: a name goes to terminals, JSON and metrics as it is. */
static void what_is_told_of_recorders_is_bounded(void **state)
{
    static const char *const names[][2] = {{"web1", "web1"}, {"a\"} 1", ""}, {"a\nb", ""},
                                           {"\x1b[2J", ""},  {"\xff", ""},   {"", ""}};
    struct slim_ring ring = open_ring(1, SLIM_RING_SLOT_MIN);
    struct slim_status written = {.heard_count = UINT64_MAX}, read;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(names); i++) {
        strcpy(written.heard[i].server, names[i][0]);
        written.heard[i].heard_s = i % 2 ? INT64_MIN : INT64_MAX;
    }
    memset(written.heard[LENGTH_OF(names)].server, 'x', sizeof written.heard[0].server);
    slim_ring_write_status(&ring, &written);
    assert_true(slim_ring_read_status(&ring, &read));
    assert_int_equal(SLIM_HEARD_MAX, read.heard_count);
    for (size_t i = 0; i < LENGTH_OF(names); i++) {
        assert_string_equal(names[i][1], read.heard[i].server);
        assert_int_equal(0, read.heard[i].heard_s);
    }
    assert_string_equal("", read.heard[LENGTH_OF(names)].server);
    close_ring(&ring);
}

/* Its writer was killed in the middle: nothing is told until the next one writes. */
static void half_written_block_is_not_read(void **state)
{
    struct slim_ring ring = open_ring(1, SLIM_RING_SLOT_MIN);
    _Atomic uint64_t *sequence = (_Atomic uint64_t *)(void *)(ring.base + RING_PAGE);
    struct slim_status status, read;

    (void)state;
    make_status(&status, 1);
    slim_ring_write_status(&ring, &status);
    atomic_fetch_add(sequence, 1);
    assert_false(slim_ring_read_status(&ring, &read));
    make_status(&status, 2);
    slim_ring_write_status(&ring, &status);
    assert_true(slim_ring_read_status(&ring, &read));
    assert_memory_equal(&status, &read, sizeof read);
    close_ring(&ring);
}

/* --- what it means --- */

static void state_is_the_first_that_is_not_well(void **state)
{
    static const struct {
        int64_t heartbeat_us;
        uint32_t store, journal, clock;
        enum slim_state state;
        int64_t since_us;
    } cases[] = {
        {NOW, 0, 0, 0, SLIM_STATE_OK, 7},
        {NOW - SLIM_HEARTBEAT_LATE_US, 0, 0, 0, SLIM_STATE_OK, 7},
        {NOW - SLIM_HEARTBEAT_LATE_US - 1, 0, 0, 0, SLIM_STATE_RECORDER_DOWN,
         NOW - SLIM_HEARTBEAT_LATE_US - 1},
        {0, SLIM_STATE_STORE_BUSY, 0, 0, SLIM_STATE_RECORDER_DOWN, 0},
        {INT64_MIN, 0, 0, 0, SLIM_STATE_RECORDER_DOWN, INT64_MIN},
        {NOW + 1, SLIM_STATE_STORE_BUSY, 0, 0, SLIM_STATE_STORE_BUSY, 100},
        {NOW, SLIM_STATE_STORE_BUSY, SLIM_STATE_JOURNAL_FULL, 0, SLIM_STATE_STORE_BUSY, 100},
        {NOW, 0, SLIM_STATE_JOURNAL_FULL, SLIM_STATE_CLOCK_BACK, SLIM_STATE_JOURNAL_FULL, 101},
        {NOW, 0, 0, SLIM_STATE_CLOCK_BACK, SLIM_STATE_CLOCK_BACK, 102},
        {NOW, SLIM_STATES, UINT32_MAX, 0, SLIM_STATE_OK, 7},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_status status = {.heartbeat_us = cases[i].heartbeat_us,
                                     .heartbeat_ticks = cases[i].heartbeat_us,
                                     .started_us = 7};
        int64_t since = -1;
        status.area[SLIM_AREA_STORE] =
            (struct slim_condition){.state = cases[i].store, .since_us = 100};
        status.area[SLIM_AREA_JOURNAL] =
            (struct slim_condition){.state = cases[i].journal, .since_us = 101};
        status.area[SLIM_AREA_CLOCK] =
            (struct slim_condition){.state = cases[i].clock, .since_us = 102};
        assert_int_equal(cases[i].state, slim_status_state(&status, NOW, &since));
        assert_int_equal(cases[i].since_us, since);
    }
}

static void every_number_has_a_name_of_its_own(void **state)
{
    static const struct {
        const char *(*name)(unsigned number);
        unsigned count;
    } cases[] = {
        {slim_state_name, SLIM_STATES},
        {slim_area_name, SLIM_AREAS},
        {slim_excluded_name, SLIM_EXCLUDED_REASONS},
        {slim_dropped_name, SLIM_DROPPED_REASONS},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        for (unsigned a = 0; a < cases[i].count; a++) {
            assert_non_null(cases[i].name(a));
            for (unsigned b = 0; b < a; b++) {
                assert_string_not_equal(cases[i].name(a), cases[i].name(b));
            }
        }
        assert_string_equal("unknown", cases[i].name(cases[i].count));
        assert_string_equal("unknown", cases[i].name(UINT32_MAX));
    }
    for (uint32_t i = 0; i < SLIM_STATES; i++) {
        assert_true(strlen(slim_state_advice(i)) > 5);
    }
}

/* --- the ledger --- */

static uint64_t unaccounted(const struct slim_ledger *total, uint64_t stored, uint64_t in_ring,
                            uint64_t in_journal)
{
    return total->seen - stored - in_ring - in_journal - slim_ledger_excluded(total)
           - slim_ledger_dropped(total);
}

/* 100 hits of this ring: 60 drained, of which 50 are loaded and 2 of these unreadable; 20 in the
 * ring, 1 damaged there; 10 excluded, 9 dropped. */
static void ledger_adds_up(void **state)
{
    struct slim_status status = {.ring_drained = 60,
                                 .ring_lost = 1,
                                 .journal_next = 60,
                                 .loaded = 50,
                                 .ledger_known = 1,
                                 .stored = 48};
    struct slim_ledger ring = {.seen = 100, .drained = 60}, total;
    uint64_t in_ring, in_journal;

    (void)state;
    ring.excluded[SLIM_EXCLUDED_IP] = 10;
    ring.dropped[SLIM_DROPPED_RING_FULL] = 9;
    ring.dropped[SLIM_DROPPED_UNREADABLE] = 1;
    status.before.seen = 50;
    status.before.dropped[SLIM_DROPPED_UNREADABLE] = 2;
    slim_status_ledger(&status, &ring, 81, &total, &in_ring, &in_journal);
    assert_int_equal(20, in_ring);
    assert_int_equal(10, in_journal);
    assert_int_equal(100, total.seen);
    assert_int_equal(10, total.excluded[SLIM_EXCLUDED_IP]);
    assert_int_equal(3, total.dropped[SLIM_DROPPED_UNREADABLE]);
    assert_int_equal(0, unaccounted(&total, status.stored, in_ring, in_journal));
}

/* What an area's state is about, however long the texts of the others are, and of whatever bytes.
 */
static void reasons_are_read_as_far_as_they_fit(void **state)
{
    struct slim_status status = {0};
    char text[600];
    size_t used = 0;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    slim_status_add_reason(&status, &used, "the first");
    slim_status_add_reason(&status, &used, "");
    slim_status_add_reason(&status, &used, text);
    assert_string_equal("the first", slim_status_reason(&status, 0));
    assert_string_equal("", slim_status_reason(&status, 1));
    assert_string_equal(text, slim_status_reason(&status, 2));
    for (unsigned i = 3; i < SLIM_AREAS; i++) {
        assert_string_equal("", slim_status_reason(&status, i));
    }
    slim_status_add_reason(&status, &used, text);
    slim_status_add_reason(&status, &used, text);
    slim_status_add_reason(&status, &used, text);
    assert_in_range(strlen(slim_status_reason(&status, 4)), 1, sizeof text - 2);
    assert_string_equal("", slim_status_reason(&status, 5));
    memset(status.reasons, 0xff, sizeof status.reasons);
    slim_status_bound(&status);
    assert_int_equal(sizeof status.reasons - 1, strlen(slim_status_reason(&status, 0)));
    assert_string_equal("", slim_status_reason(&status, 1));
    memset(status.reasons, 0, sizeof status.reasons);
    assert_string_equal("", slim_status_reason(&status, SLIM_AREAS - 1));
}

/* The store is older than the ring's counters, or younger: what was before it began is left out. */
static void what_was_counted_before_the_store_is_left_out(void **state)
{
    struct slim_status status = {
        .ring_drained = 30, .journal_next = 30, .loaded = 30, .ledger_known = 1, .stored = 20};
    struct slim_ledger ring = {.seen = 45, .drained = 30}, total;
    uint64_t in_ring, in_journal;

    (void)state;
    ring.excluded[SLIM_EXCLUDED_ENV] = 15;
    status.base.excluded[SLIM_EXCLUDED_ENV] = 5;
    status.before.seen = 20;
    slim_status_ledger(&status, &ring, 30, &total, &in_ring, &in_journal);
    assert_int_equal(10, total.excluded[SLIM_EXCLUDED_ENV]);
    assert_int_equal(30, total.seen);
    assert_int_equal(0, unaccounted(&total, status.stored, in_ring, in_journal));
}

static void sums_never_go_below_zero(void **state)
{
    struct slim_ledger a = {.seen = 5}, b = {.seen = 7, .drained = 1};

    (void)state;
    a.excluded[SLIM_EXCLUDED_IP] = 3;
    b.excluded[SLIM_EXCLUDED_IP] = 1;
    b.dropped[SLIM_DROPPED_NO_SLOT] = 1;
    slim_ledger_subtract(&a, &b);
    assert_int_equal(0, a.seen);
    assert_int_equal(0, a.drained);
    assert_int_equal(2, a.excluded[SLIM_EXCLUDED_IP]);
    assert_int_equal(0, a.dropped[SLIM_DROPPED_NO_SLOT]);
    slim_ledger_add(&a, &b);
    assert_int_equal(7, a.seen);
    assert_int_equal(3, slim_ledger_excluded(&a));
    assert_int_equal(1, slim_ledger_dropped(&a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_is_read_as_written),
        cmocka_unit_test(what_is_told_of_recorders_is_bounded),
        cmocka_unit_test(reasons_are_read_as_far_as_they_fit),
        cmocka_unit_test(readers_never_see_a_mixture),
        cmocka_unit_test(half_written_block_is_not_read),
        cmocka_unit_test(state_is_the_first_that_is_not_well),
        cmocka_unit_test(every_number_has_a_name_of_its_own),
        cmocka_unit_test(ledger_adds_up),
        cmocka_unit_test(what_was_counted_before_the_store_is_left_out),
        cmocka_unit_test(sums_never_go_below_zero),
    };

    return RUN_UNIT(tests);
}
