/* The ring within one process: one producer, one consumer, and what is counted. */
#include "core/clock.h"
#include "ring_file.h"

#include <errno.h>
#include <sys/wait.h>

#define SLOT SLIM_RING_SLOT_MIN

/* Reads all there is in pieces of size bytes and checks that the numbers go on from *next. */
static void read_on(struct slim_ring_consumer *consumer, size_t size, uint64_t *next)
{
    char *out = malloc(size);
    struct slim_ring_range range;

    while (slim_ring_read(consumer, consumer->tail, out, size, &range)) {
        struct slim_text stream = {out, range.length}, record;
        uint64_t who = 0, number = 0, records = 0;
        assert_int_equal(consumer->tail, range.from);
        assert_in_range(range.length, 1, size);
        while (slim_record_next(&stream, &record) == APR_SUCCESS) {
            assert_true(record_is_whole(record, &who, &number));
            assert_int_equal(*next, number);
            assert_int_equal(length_of_number(number), record.length);
            (*next)++;
            records++;
        }
        assert_int_equal(0, stream.length);
        assert_int_equal(records, range.records);
        assert_int_equal(*next, range.records_before);
        assert_int_equal(0, range.lost);
        slim_ring_release(consumer, &range);
    }
    free(out);
}

static void records_are_read_as_pushed_round_and_round(void **state)
{
    static const size_t sizes[] = {512, 4096, SLOT, 256 << 10};

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(sizes); i++) {
        struct slim_ring ring = open_ring(1, SLOT);
        struct slim_ring_producer producer;
        struct slim_ring_consumer consumer;
        uint64_t pushed = 0, next = 0;
        assert_int_equal(APR_SUCCESS, claim(&ring, &producer));
        slim_ring_consume(&ring, 0, &consumer);
        for (int round = 0; round < 40; round++) {
            for (int n = 0; n < 3 + round * 5; n++) {
                push(&producer, 1, pushed++);
            }
            assert_true(slim_ring_used(&ring) > 0);
            read_on(&consumer, sizes[i], &next);
            assert_int_equal(pushed, next);
            assert_int_equal(0, waiting_in(&ring));
            assert_int_equal(0, slim_ring_used(&ring));
        }
        assert_true(head_of(&ring, 0) > 10 * SLOT);
        struct slim_ledger ledger = ledger_of(&ring);
        assert_int_equal(0, slim_ledger_dropped(&ledger));
        assert_int_equal(pushed, ledger.drained);
        close_ring(&ring);
    }
}

static void the_largest_record_fits(void **state)
{
    static char record[SLIM_RECORD_MAX], out[SLIM_RECORD_MAX + 16];
    struct slim_ring ring = open_ring(1, SLOT);
    struct slim_ring_producer producer;
    struct slim_ring_consumer consumer;
    struct slim_ring_range range;

    (void)state;
    assert_int_equal(APR_SUCCESS, claim(&ring, &producer));
    slim_ring_consume(&ring, 0, &consumer);
    for (uint64_t i = 0; i < 20; i++) {
        size_t length = SLIM_RECORD_MAX - (size_t)i % 9;
        make_record(record, length, 1, i);
        slim_ring_push(&producer, record, length, NOW);
        assert_true(slim_ring_read(&consumer, consumer.tail, out, sizeof out, &range));
        assert_int_equal(slim_record_span(length), range.length);
        assert_memory_equal(record, out + 4, length);
        slim_ring_release(&consumer, &range);
    }
    close_ring(&ring);
}

/* As the recorder does when a frame is full: on from the last range, and given back later. */
static void reading_goes_on_before_release(void **state)
{
    char out[2][600];
    struct slim_ring ring = open_ring(1, SLOT);
    struct slim_ring_producer producer;
    struct slim_ring_consumer consumer;
    struct slim_ring_range first, second;

    (void)state;
    assert_int_equal(APR_SUCCESS, claim(&ring, &producer));
    slim_ring_consume(&ring, 0, &consumer);
    for (uint64_t i = 0; i < 20; i++) {
        push(&producer, 1, i);
    }
    assert_true(slim_ring_read(&consumer, consumer.tail, out[0], sizeof out[0], &first));
    second = first;
    assert_true(slim_ring_read(&consumer, first.to, out[1], sizeof out[1], &second));
    assert_int_equal(first.to, second.from);
    assert_int_equal(first.records_before + second.records, second.records_before);
    assert_int_equal(20, waiting_in(&ring));
    slim_ring_release(&consumer, &first);
    assert_int_equal(20 - first.records, waiting_in(&ring));
    slim_ring_release(&consumer, &second);
    assert_int_equal(20 - second.records_before, waiting_in(&ring));
    uint64_t next = second.records_before;
    read_on(&consumer, 600, &next);
    assert_int_equal(20, next);
    close_ring(&ring);
}

static void release_gives_room_back(void **state)
{
    struct slim_ring ring = open_ring(1, SLOT);
    struct slim_ring_producer producer;
    struct slim_ring_consumer consumer;
    uint64_t pushed = 0, next = 0;

    (void)state;
    assert_int_equal(APR_SUCCESS, claim(&ring, &producer));
    slim_ring_consume(&ring, 0, &consumer);
    for (int round = 0; round < 5; round++) {
        struct slim_ledger before = ledger_of(&ring), after = before;
        while (slim_ledger_dropped(&after) == slim_ledger_dropped(&before)) {
            push(&producer, 1, pushed);
            after = ledger_of(&ring);
            pushed += slim_ledger_dropped(&after) == slim_ledger_dropped(&before);
        }
        assert_int_equal(pushed - next, waiting_in(&ring));
        assert_true(head_of(&ring, 0) - consumer.tail > SLOT - 300);
        read_on(&consumer, SLOT, &next);
        assert_int_equal(pushed, next);
    }
    close_ring(&ring);
}

static void full_ring_drops_for_the_reason_that_holds(void **state)
{
    static const struct {
        int has_status;
        int64_t heartbeat; /* from now */
        uint32_t drop_reason;
        enum slim_dropped counted;
    } cases[] = {
        {0, 0, 0, SLIM_DROPPED_RECORDER_DOWN},
        {1, 0, SLIM_DROPPED_RING_FULL, SLIM_DROPPED_RING_FULL},
        {1, 0, SLIM_DROPPED_JOURNAL_FULL, SLIM_DROPPED_JOURNAL_FULL},
        {1, 0, SLIM_DROPPED_JOURNAL_IO, SLIM_DROPPED_JOURNAL_IO},
        {1, -3000000, SLIM_DROPPED_JOURNAL_IO, SLIM_DROPPED_JOURNAL_IO},
        {1, -5000001, SLIM_DROPPED_JOURNAL_IO, SLIM_DROPPED_RECORDER_DOWN},
        {1, -INT64_C(3600000000), SLIM_DROPPED_RING_FULL, SLIM_DROPPED_RECORDER_DOWN},
        {1, INT64_MIN, SLIM_DROPPED_RING_FULL, SLIM_DROPPED_RECORDER_DOWN},
        {1, 60000000, SLIM_DROPPED_RING_FULL, SLIM_DROPPED_RING_FULL},
        {1, 0, SLIM_DROPPED_REASONS, SLIM_DROPPED_RING_FULL},
        {1, 0, UINT32_MAX, SLIM_DROPPED_RING_FULL},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_ring ring = open_ring(1, SLOT);
        struct slim_ring_producer producer;
        struct slim_status status = {.heartbeat_ticks = slim_ticks() + cases[i].heartbeat,
                                     .drop_reason = cases[i].drop_reason};
        assert_int_equal(APR_SUCCESS, claim(&ring, &producer));
        if (cases[i].has_status) {
            slim_ring_write_status(&ring, &status);
        }
        for (uint64_t n = 0; head_of(&ring, 0) + 300 < SLOT; n++) {
            push(&producer, 1, n);
        }
        uint64_t kept = waiting_in(&ring);
        for (int n = 0; n < 7; n++) {
            push(&producer, 1, 255 * 37); /* a long one */
        }
        struct slim_ledger ledger = ledger_of(&ring);
        if (ledger.dropped[cases[i].counted] != slim_ledger_dropped(&ledger)
            || slim_ledger_dropped(&ledger) + waiting_in(&ring) != kept + 7
            || slim_ledger_dropped(&ledger) < 5 || ledger.seen != kept + 7) {
            fail_msg("case %zu", i);
        }
        close_ring(&ring);
    }
}

static void resume_skips_what_the_journal_has(void **state)
{
    static char out[SLOT];
    struct slim_ring ring = open_ring(1, SLOT);
    struct slim_ring_producer producer;
    struct slim_ring_consumer consumer;
    struct slim_ring_range half, rest;

    (void)state;
    assert_int_equal(APR_SUCCESS, claim(&ring, &producer));
    for (uint64_t i = 0; i < 30; i++) {
        push(&producer, 1, i);
    }
    slim_ring_consume(&ring, 0, &consumer);
    assert_true(slim_ring_read(&consumer, 0, out, 2000, &half));

    /* The recorder died behind its append: the next one finds the range in the journal. */
    slim_ring_consume(&ring, 0, &consumer);
    assert_int_equal(0, consumer.tail);
    slim_ring_resume(&consumer, half.to, half.records_before);
    assert_int_equal(half.to, consumer.tail);
    assert_int_equal(30 - half.records, waiting_in(&ring));
    uint64_t next = half.records_before;
    assert_true(slim_ring_read(&consumer, consumer.tail, out, sizeof out, &rest));
    assert_int_equal(30 - half.records, rest.records);
    read_on(&consumer, sizeof out, &next);
    assert_int_equal(30, next);

    slim_ring_resume(&consumer, half.to, half.records_before); /* older than the ring knows */
    assert_int_equal(head_of(&ring, 0), consumer.tail);
    slim_ring_resume(&consumer, head_of(&ring, 0) + 8, 31); /* what was never pushed */
    slim_ring_resume(&consumer, UINT64_MAX, 31);
    assert_int_equal(head_of(&ring, 0), consumer.tail);
    assert_int_equal(30, consumer.drained);
    close_ring(&ring);
}

static void ledger_sums_all_there_is(void **state)
{
    struct slim_ring ring = open_ring(3, SLOT);
    struct slim_ring_producer producer;
    struct slim_ring_consumer consumer;

    (void)state;
    assert_int_equal(APR_SUCCESS, claim(&ring, &producer));
    for (uint64_t i = 0; i < 6; i++) {
        push(&producer, 1, i);
    }
    slim_ring_count_excluded(&producer, SLIM_EXCLUDED_IP);
    slim_ring_count_excluded(&producer, SLIM_EXCLUDED_IP);
    slim_ring_count_excluded(&producer, SLIM_EXCLUDED_ROBOT);
    slim_ring_count_no_slot(&ring);
    struct slim_ledger ledger = ledger_of(&ring);
    assert_int_equal(6 + 3 + 1, ledger.seen);
    assert_int_equal(2, ledger.excluded[SLIM_EXCLUDED_IP]);
    assert_int_equal(1, ledger.excluded[SLIM_EXCLUDED_ROBOT]);
    assert_int_equal(3, slim_ledger_excluded(&ledger));
    assert_int_equal(1, ledger.dropped[SLIM_DROPPED_NO_SLOT]);
    assert_int_equal(0, ledger.drained);
    assert_int_equal(6, waiting_in(&ring));
    uint64_t next = 0;
    slim_ring_consume(&ring, producer.hold[0].index, &consumer);
    read_on(&consumer, SLOT, &next);
    ledger = ledger_of(&ring);
    assert_int_equal(6, ledger.drained);
    assert_int_equal(0, waiting_in(&ring));
    close_ring(&ring);
}

/* The recorder is away: a busy child uses what nobody needs, and gives it back once it is drained.
 */
static void a_full_child_takes_further_slots_for_a_while(void **state)
{
    struct slim_ring ring = open_ring(4, SLOT);
    struct slim_ring_producer producer;
    uint64_t pushed = 0, next[4] = {0};

    (void)state;
    assert_int_equal(APR_SUCCESS, claim(&ring, &producer));
    assert_int_equal(1, producer.holds);
    for (; ledger_of(&ring).dropped[SLIM_DROPPED_RECORDER_DOWN] == 0; pushed++) {
        push(&producer, 1, pushed);
    }
    assert_int_equal(4, producer.holds);
    assert_int_equal(pushed - 1, waiting_in(&ring));
    assert_int_equal(pushed, ledger_of(&ring).seen);
    for (uint32_t i = 0; i < 4; i++) {
        assert_true(head_of(&ring, i) > SLOT - 300);
    }
    for (uint32_t i = 0; i < 4; i++) {
        struct slim_ring_consumer consumer;
        static char out[SLOT];
        struct slim_ring_range range;
        slim_ring_consume(&ring, i, &consumer);
        assert_true(slim_ring_read(&consumer, 0, out, sizeof out, &range));
        slim_ring_release(&consumer, &range);
        next[i] = range.records;
    }
    assert_int_equal(pushed - 1, next[0] + next[1] + next[2] + next[3]);
    for (int i = 0; i < 20; i++) {
        push(&producer, 1, pushed++);
    }
    assert_int_equal(1, producer.holds);
    assert_int_equal(20, waiting_in(&ring));
    close_ring(&ring);
}

static void only_one_process_consumes(void **state)
{
    struct slim_ring ring = open_ring(1, SLOT);
    int status;

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_ring_lock_consumer(&ring));
    pid_t child = fork();
    if (child == 0) {
        _exit(slim_ring_lock_consumer(&ring) == SLIM_ELOCKED ? 0 : 1);
    }
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_int_equal(0, status);
    close_ring(&ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_read_as_pushed_round_and_round),
        cmocka_unit_test(the_largest_record_fits),
        cmocka_unit_test(reading_goes_on_before_release),
        cmocka_unit_test(release_gives_room_back),
        cmocka_unit_test(full_ring_drops_for_the_reason_that_holds),
        cmocka_unit_test(resume_skips_what_the_journal_has),
        cmocka_unit_test(ledger_sums_all_there_is),
        cmocka_unit_test(a_full_child_takes_further_slots_for_a_while),
        cmocka_unit_test(only_one_process_consumes),
    };

    return RUN_UNIT(tests);
}
