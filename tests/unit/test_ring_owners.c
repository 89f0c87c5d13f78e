/* Who owns a slot of the ring, and what a killed child leaves. */
#include "child_process.h"

#define SLOT SLIM_RING_SLOT_MIN

static void two_processes_never_own_one_slot(void **state)
{
    struct slim_ring ring = open_ring(4, SLOT);
    struct owners *owners = shared_page(sizeof *owners);
    pid_t child[8];
    int owned[5] = {0}, refused = 0;

    (void)state;
    for (int i = 0; i < 8; i++) {
        child[i] = start(claim_and_wait, &ring, owners);
    }
    for (int i = 0; i < 8; i++) {
        int32_t slot;
        while ((slot = owners->slot[i]) == 0) {
            sched_yield();
        }
        assert_in_range(slot + 1, 0, 5);
        refused += slot < 0;
        owned[slot < 0 ? 0 : slot]++;
    }
    assert_int_equal(4, refused);
    for (int i = 1; i <= 4; i++) {
        assert_int_equal(1, owned[i]);
    }
    for (int i = 0; i < 8; i++) {
        end(child[i], SIGKILL);
    }
    struct slim_ring_producer producer; /* locks die with their owners */
    assert_int_equal(APR_SUCCESS, claim(&ring, &producer));
    munmap(owners, sizeof *owners);
    close_ring(&ring);
}

/* Killed after all of a push but its last word: the record does not count, the ones before do. */
static void push_that_did_not_move_the_head_is_no_push(void **state)
{
    struct slim_ring ring = open_ring(1, SLOT);
    struct slim_ring_slot *slot = ring_slot(&ring, 0);
    struct slim_ring_producer producer;

    (void)state;
    for (uint64_t n = 0; n < 6; n++) {
        assert_int_equal(APR_SUCCESS, claim(&ring, &producer));
        assert_int_equal(n, waiting_in(&ring));
        uint64_t head = atomic_load(&slot->head);
        push(&producer, 1, n);
        atomic_store(&slot->head, head);
        assert_int_equal(n, waiting_in(&ring));
        assert_int_equal(APR_SUCCESS, claim(&ring, &producer));
        assert_int_equal(n + 1, ledger_of(&ring).dropped[SLIM_DROPPED_CHILD_KILLED]);
        push(&producer, 1, n);
    }
    close_ring(&ring);
}

static void push_ten_and_wait(const struct slim_ring *ring, void *baton)
{
    _Atomic uint64_t *done = baton;
    struct slim_ring_producer producer;

    if (claim(ring, &producer) == APR_SUCCESS) {
        for (int i = 0; i < 10; i++) {
            push(&producer, 1, *done);
            ++*done;
        }
    }
    pause();
}

static void slot_of_a_killed_owner_goes_on_where_it_was(void **state)
{
    static char out[SLOT];
    struct slim_ring ring = open_ring(1, SLOT);
    _Atomic uint64_t *done = shared_page(sizeof *done);
    struct slim_ring_consumer consumer;
    struct slim_ring_range range;

    (void)state;
    for (uint64_t round = 1; round <= 5; round++) {
        pid_t child = start(push_ten_and_wait, &ring, done);
        while (*done < 10 * round) {
            sched_yield();
        }
        end(child, SIGKILL);
    }
    slim_ring_consume(&ring, 0, &consumer);
    assert_true(slim_ring_read(&consumer, 0, out, sizeof out, &range));
    assert_int_equal(50, range.records);
    assert_int_equal(50, range.records_before);
    struct slim_text stream = {out, range.length}, record;
    for (uint64_t i = 0, who = 0, number = 0; i < 50; i++) {
        assert_int_equal(APR_SUCCESS, slim_record_next(&stream, &record));
        assert_true(record_is_whole(record, &who, &number));
        assert_int_equal(i, number);
    }
    assert_int_equal(50, ledger_of(&ring).seen);
    munmap(done, sizeof *done);
    close_ring(&ring);
}

/* As a child leaves it that is killed between counting a hit as seen and copying it. */
static void die_within_the_push(const struct slim_ring *ring, void *baton)
{
    struct slim_ring_producer producer;

    (void)baton;
    if (claim(ring, &producer) == APR_SUCCESS) {
        push(&producer, 1, 0);
        slim_ring_count_excluded(&producer, SLIM_EXCLUDED_IP);
        atomic_fetch_add(&producer.hold[0].slot->seen, 2);
    }
    kill(getpid(), SIGKILL);
}

static void hit_without_fate_is_settled_once_as_child_killed(void **state)
{
    struct slim_ring ring = open_ring(1, SLOT);

    (void)state;
    for (uint64_t round = 1; round <= 3; round++) {
        pid_t child = start(die_within_the_push, &ring, NULL);
        int status;
        assert_int_equal(child, waitpid(child, &status, 0));
        end(start(claim_and_end, &ring, NULL), 0);
        end(start(claim_and_end, &ring, NULL), 0);
        struct slim_ledger ledger = ledger_of(&ring);
        assert_int_equal(2 * round, ledger.dropped[SLIM_DROPPED_CHILD_KILLED]);
        assert_int_equal(2 * round, slim_ledger_dropped(&ledger));
        assert_int_equal(round, ledger.excluded[SLIM_EXCLUDED_IP]);
        assert_int_equal(4 * round, ledger.seen);
        assert_int_equal(round, waiting_in(&ring));
    }
    close_ring(&ring);
}

/* Nobody takes the slot over: fewer children are wanted than there were. */
static void hit_without_fate_is_settled_where_nobody_follows(void **state)
{
    struct slim_ring ring = open_ring(3, SLOT);
    struct owners *owners = shared_page(sizeof *owners);
    int status;

    (void)state;
    pid_t killed = start(die_within_the_push, &ring, NULL);
    assert_int_equal(killed, waitpid(killed, &status, 0));
    assert_int_equal(1, slim_ring_settle(&ring));
    assert_int_equal(0, slim_ring_settle(&ring));
    struct slim_ledger ledger = ledger_of(&ring);
    assert_int_equal(2, ledger.dropped[SLIM_DROPPED_CHILD_KILLED]);
    assert_int_equal(4, ledger.seen);
    assert_int_equal(1, waiting_in(&ring));

    /* an owner that lives may be about to decide */
    pid_t alive = start(claim_and_wait, &ring, owners);
    int32_t slot;
    while ((slot = owners->slot[0]) == 0) {
        sched_yield();
    }
    atomic_fetch_add(&ring_slot(&ring, (uint32_t)slot - 1)->seen, 1);
    assert_int_equal(0, slim_ring_settle(&ring));
    end(alive, SIGKILL);
    assert_int_equal(1, slim_ring_settle(&ring));
    ledger = ledger_of(&ring);
    assert_int_equal(3, ledger.dropped[SLIM_DROPPED_CHILD_KILLED]);
    pid_t next[3];
    for (int i = 0; i < 3; i++) { /* and every slot is free again */
        next[i] = start(claim_and_wait, &ring, owners);
        while ((slot = owners->slot[i + 1]) == 0) {
            sched_yield();
        }
        assert_true(slot > 0);
    }
    for (int i = 0; i < 3; i++) {
        end(next[i], SIGKILL);
    }
    munmap(owners, sizeof *owners);
    close_ring(&ring);
}

/* An owner that is killed between a mark and the head it belongs to, in any order of its two words.
 */
static void killed_in_publish(const struct slim_ring *ring, void *order)
{
    struct slim_ring_producer producer;
    const struct slim_ring_hold *hold = &producer.hold[0];

    if (claim(ring, &producer) != APR_SUCCESS) {
        _exit(1);
    }
    struct ring_mark *next = ring_mark_of(hold->slot, hold->records + 1);
    atomic_fetch_add(&hold->slot->seen, 1);
    if (*(int *)order != 1) {
        atomic_store(&next->position, hold->head + 48);
    }
    if (*(int *)order != 0) {
        atomic_store(&next->records, hold->records + 1);
    }
    raise(SIGKILL);
}

static void push_some(const struct slim_ring *ring, void *count)
{
    struct slim_ring_producer producer;

    if (claim(ring, &producer) != APR_SUCCESS) {
        _exit(1);
    }
    for (int n = 0; n < *(int *)count; n++) {
        push(&producer, 1, (uint64_t)n);
    }
}

static void drain_all(const struct slim_ring *ring)
{
    static char out[SLOT];
    struct slim_ring_consumer consumer;
    struct slim_ring_range range;

    slim_ring_consume(ring, 0, &consumer);
    while (slim_ring_read(&consumer, consumer.tail, out, sizeof out, &range)) {
        slim_ring_release(&consumer, &range);
    }
}

/* Whatever the slot had taken, with a damaged head or a fresh one: only the hit in hand is lost. */
/* fault F32 */
static void a_kill_within_publish_costs_one_hit(void **state)
{
    (void)state;
    for (int order = 0; order < 3; order++) {
        for (int taken = 0; taken < 5; taken++) {
            for (int damaged = 0; damaged < 2; damaged++) {
                struct slim_ring ring = open_ring(1, SLOT);
                int one = 1, status;
                pid_t child;
                end(start(push_some, &ring, &taken), 0);
                drain_all(&ring);
                atomic_fetch_or(&ring_slot(&ring, 0)->head, damaged ? 1 : 0);
                child = start(killed_in_publish, &ring, &order);
                assert_int_equal(child, waitpid(child, &status, 0));
                assert_true(WIFSIGNALED(status));
                end(start(push_some, &ring, &one), 0);
                struct slim_ledger ledger = ledger_of(&ring);
                if (slim_ledger_dropped(&ledger) != 1 || ledger.seen != (uint64_t)taken + 2) {
                    fail_msg("order %d, %d taken, damaged %d: %llu dropped of %llu", order, taken,
                             damaged, (unsigned long long)slim_ledger_dropped(&ledger),
                             (unsigned long long)ledger.seen);
                }
                close_ring(&ring);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kill_within_publish_costs_one_hit),
        cmocka_unit_test(two_processes_never_own_one_slot),
        cmocka_unit_test(push_that_did_not_move_the_head_is_no_push),
        cmocka_unit_test(slot_of_a_killed_owner_goes_on_where_it_was),
        cmocka_unit_test(hit_without_fate_is_settled_once_as_child_killed),
        cmocka_unit_test(hit_without_fate_is_settled_where_nobody_follows),
    };

    return RUN_UNIT(tests);
}
