/* A ring whose counters lie: one bit of one of them, and the ledger says what it said before. */
#include "core/clock.h"
#include "ring_file.h"

#define SLOT SLIM_RING_SLOT_MIN
#define FIRST_BIT 11 /* less could be hits under way */

static struct slim_ring ring;
static struct slim_ring_consumer consumer;

static void drain(uint64_t frames)
{
    static char out[4096];
    struct slim_ring_range range;

    while (frames-- > 0 && slim_ring_read(&consumer, consumer.tail, out, sizeof out, &range)) {
        slim_ring_release(&consumer, &range);
    }
}

/* 40 hits pushed, 3 excluded, 1 without a slot; waiting of the pushed ones, if any, some. */
static void fill(int all_drained)
{
    struct slim_ring_producer producer;

    ring = open_ring(2, SLOT);
    assert_int_equal(APR_SUCCESS, claim(&ring, &producer));
    uint32_t home = producer.hold[0].index;
    for (uint64_t n = 0; n < 40; n++) {
        push(&producer, 1, n);
    }
    for (int n = 0; n < 3; n++) {
        slim_ring_count_excluded(&producer, SLIM_EXCLUDED_IP);
    }
    slim_ring_count_no_slot(&ring);
    slim_ring_consume(&ring, home, &consumer);
    drain(all_drained ? UINT64_MAX : 1);
    ring.made_at = slim_ticks() - INT64_C(60000000);
}

static int same(const struct slim_ledger *a, const struct slim_ledger *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* The ledger, as it is read by anybody, after the recorder's correction, and to the next owner and
 * the next recorder, with the child that had the slot gone. */
static void assert_unmoved(const struct slim_ledger *before, uint64_t waiting, const char *what,
                           int bit)
{
    struct slim_ledger now = ledger_of(&ring);
    struct slim_ring_consumer next;
    struct slim_ring_producer heir;

    if (!same(before, &now) || waiting_in(&ring) != waiting) {
        fail_msg("%s, bit %d: the ledger moved", what, bit);
    }
    slim_ring_consume(&ring, (uint32_t)(consumer.slot - ring_slot(&ring, 0)), &next);
    if (next.drained != consumer.drained || next.lost != consumer.lost) {
        fail_msg("%s, bit %d: the next recorder begins at %llu", what, bit,
                 (unsigned long long)next.drained);
    }
    (void)slim_ring_correct(&ring);
    (void)slim_ring_restate(&consumer);
    for (int slots = 0; slots < 2; slots++) { /* of this process: the lock does not keep it out */
        assert_int_equal(APR_SUCCESS, claim(&ring, &heir));
    }
    now = ledger_of(&ring);
    if (!same(before, &now) || waiting_in(&ring) != waiting) {
        fail_msg("%s, bit %d: the ledger moved for good", what, bit);
    }
}

static void flip_each(_Atomic uint64_t *counter, const char *what, int first)
{
    struct slim_ledger before = ledger_of(&ring);
    uint64_t waiting = waiting_in(&ring), was = atomic_load(counter);

    for (int bit = first; bit < 64; bit++) {
        atomic_store(counter, was ^ UINT64_C(1) << bit);
        assert_unmoved(&before, waiting, what, bit);
        atomic_store(counter, was);
    }
}

static void flip_all(void)
{
    struct slim_ring_slot *slot = consumer.slot;

    flip_each(&slot->seen, "seen", FIRST_BIT);
    flip_each(&slot->excluded[SLIM_EXCLUDED_IP], "excluded", FIRST_BIT);
    flip_each(&slot->dropped[SLIM_DROPPED_RING_FULL], "dropped", FIRST_BIT);
    flip_each(&slot->dropped[SLIM_DROPPED_CHILD_KILLED], "killed", FIRST_BIT);
    flip_each(&slot->drained, "drained", FIRST_BIT);
    flip_each(&slot->lost, "lost", FIRST_BIT);
    for (int i = 0; i < 2; i++) {
        flip_each(&slot->mark[i].records, "mark", FIRST_BIT);
    }
    flip_each(&ring_header(&ring)->no_slot, "no slot", 27); /* a minute of a million a second */
    close_ring(&ring);
}

static void a_flipped_bit_moves_no_ledger_when_all_is_drained(void **state)
{
    (void)state;
    fill(1);
    assert_int_equal(0, waiting_in(&ring));
    flip_all();
}

static void a_flipped_bit_moves_no_ledger_while_records_wait(void **state)
{
    (void)state;
    fill(0);
    assert_int_not_equal(0, waiting_in(&ring));
    flip_all();
}

/* Whatever somebody writes there, sums stay numbers, and it is found. */
static void counters_that_agree_on_nonsense_are_not_believed(void **state)
{
    (void)state;
    fill(1);
    struct slim_ledger before = ledger_of(&ring);
    atomic_fetch_add(&consumer.slot->seen, UINT64_C(1) << 62);
    atomic_fetch_add(&consumer.slot->dropped[SLIM_DROPPED_CHILD_KILLED], UINT64_C(1) << 62);
    assert_unmoved(&before, 0, "both", 62);
    assert_int_equal(0, slim_ring_correct(&ring));
    close_ring(&ring);
}

/* As after a restart of the machine: how long the ring has been there nobody knows. */
static void without_an_age_there_is_a_bound_all_the_same(void **state)
{
    (void)state;
    fill(1);
    ring.made_at = 0;
    flip_each(&ring_header(&ring)->no_slot, "no slot", 45);
    flip_each(&consumer.slot->seen, "seen", FIRST_BIT);
    close_ring(&ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flipped_bit_moves_no_ledger_when_all_is_drained),
        cmocka_unit_test(a_flipped_bit_moves_no_ledger_while_records_wait),
        cmocka_unit_test(counters_that_agree_on_nonsense_are_not_believed),
        cmocka_unit_test(without_an_age_there_is_a_bound_all_the_same),
    };

    return RUN_UNIT(tests);
}
