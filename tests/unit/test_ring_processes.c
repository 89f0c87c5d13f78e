/* The ring between processes: nothing that was pushed is lost or read twice, whoever is killed. */
#include "child_process.h"
#include "noise.h"

#define SLOT SLIM_RING_SLOT_MIN
#define MANY (4 * SLOT) /* a consumer's buffer */

#define WRITERS 8

/* Which numbers of each writer arrived, and whether they came in order. */
struct arrivals {
    uint64_t next[64];
    uint64_t records, disordered, damaged;
};

static void take_stream(struct slim_text stream, struct arrivals *arrivals)
{
    struct slim_text record;
    uint64_t who = 0, number = 0;

    while (slim_record_next(&stream, &record) == APR_SUCCESS) {
        if (!record_is_whole(record, &who, &number) || who >= 64) {
            arrivals->damaged++;
            continue;
        }
        arrivals->disordered += number != arrivals->next[who];
        arrivals->next[who] = number + 1;
        arrivals->records++;
    }
}

static int take_all(struct slim_ring_consumer *consumer, struct arrivals *arrivals)
{
    static char out[MANY];
    struct slim_ring_range range;
    int took = 0;

    while (slim_ring_read(consumer, consumer->tail, out, sizeof out, &range)) {
        take_stream((struct slim_text){out, range.length}, arrivals);
        arrivals->damaged += range.lost;
        slim_ring_release(consumer, &range);
        took = 1;
    }
    return took;
}

struct writer {
    struct slim_ring_producer *producer;
    uint64_t who, count;
};

/* Pushes only while there is room for all threads at once, so that nothing is dropped. */
static void *push_in_thread(void *data)
{
    struct writer *writer = data;
    const struct slim_ring *ring = writer->producer->ring;

    for (uint64_t number = 0; number < writer->count; number++) {
        const struct slim_ring_slot *slot = ring_slot(ring, 0);
        while (atomic_load(&slot->head) - atomic_load(&slot->tail) > SLOT / 2) {
            sched_yield();
        }
        push(writer->producer, writer->who, number);
    }
    return NULL;
}

static void push_in_threads(const struct slim_ring *ring, void *baton)
{
    struct slim_ring_producer producer;
    struct writer writers[WRITERS];
    pthread_t threads[WRITERS];

    if (slim_ring_claim(ring, 1, &producer) != APR_SUCCESS) {
        _exit(1);
    }
    for (uint64_t i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){&producer, i, *(uint64_t *)baton};
        if (pthread_create(&threads[i], NULL, push_in_thread, &writers[i]) != 0) {
            _exit(2);
        }
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
    }
}

static void threads_of_a_child_lose_nothing_and_keep_their_order(void **state)
{
    struct slim_ring ring = open_ring(1, SLOT);
    struct arrivals arrivals = {{0}, 0, 0, 0};
    struct slim_ring_consumer consumer;
    uint64_t count = 10000;

    (void)state;
    slim_ring_consume(&ring, 0, &consumer);
    pid_t child = start(push_in_threads, &ring, &count);
    while (arrivals.records < WRITERS * count) {
        if (!take_all(&consumer, &arrivals)) {
            sched_yield();
        }
        assert_int_equal(0, arrivals.damaged | arrivals.disordered);
        assert_int_equal(0, ledger_of(&ring).dropped[SLIM_DROPPED_RECORDER_DOWN]);
    }
    end(child, 0);
    for (int i = 0; i < WRITERS; i++) {
        assert_int_equal(count, arrivals.next[i]);
    }
    assert_int_equal(WRITERS * count, ledger_of(&ring).seen);
    assert_int_equal(0, waiting_in(&ring));
    close_ring(&ring);
}

/* --- children killed at random --- */

#define CHILDREN 3
#define KILLS 300

struct life {
    uint64_t who;              /* one number for each child there ever was */
    _Atomic uint64_t returned; /* pushes that returned */
};

static void push_until_killed(const struct slim_ring *ring, void *baton)
{
    struct life *life = baton;
    struct slim_ring_producer producer;

    while (claim(ring, &producer) != APR_SUCCESS) {
        sched_yield();
    }
    for (;;) {
        const struct slim_ring_slot *slot = producer.hold[0].slot;
        while (atomic_load(&slot->head) - atomic_load(&slot->tail) > SLOT / 2) {
            sched_yield();
        }
        push(&producer, life->who, life->returned);
        life->returned++;
    }
}

/* Reads what a life pushed: every record whose push returned must be there once, and at most the
 * one that was under way beside them. */
static void check_lives(const struct life *lives, const uint64_t *arrived, int count)
{
    for (int i = 0; i < count; i++) {
        uint64_t returned = lives[i].returned;
        if (arrived[i] != returned && arrived[i] != returned + 1) {
            fail_msg("child %d: %llu pushed, %llu arrived", i, (unsigned long long)returned,
                     (unsigned long long)arrived[i]);
        }
    }
}

static void take_lives(struct slim_ring_consumer *consumer, uint64_t *arrived)
{
    static char out[MANY];
    struct slim_ring_range range;

    while (slim_ring_read(consumer, consumer->tail, out, sizeof out, &range)) {
        struct slim_text stream = {out, range.length}, record;
        uint64_t who = 0, number = 0;
        while (slim_record_next(&stream, &record) == APR_SUCCESS) {
            assert_true(record_is_whole(record, &who, &number));
            assert_int_equal(arrived[who], number);
            arrived[who]++;
        }
        assert_int_equal(0, stream.length);
        assert_int_equal(0, range.lost);
        slim_ring_release(consumer, &range);
    }
}

/* fault F32 */
static void nothing_that_was_pushed_is_lost_when_children_are_killed(void **state)
{
    static uint64_t arrived[KILLS + CHILDREN];
    struct slim_ring ring = open_ring(CHILDREN, SLOT);
    struct life *lives = shared_page((KILLS + CHILDREN) * sizeof *lives);
    struct slim_ring_consumer consumer[CHILDREN];
    pid_t child[CHILDREN];
    uint64_t total = 0;

    (void)state;
    for (uint32_t i = 0; i < CHILDREN; i++) {
        slim_ring_consume(&ring, i, &consumer[i]);
    }
    for (int i = 0; i < KILLS + CHILDREN; i++) {
        lives[i].who = (uint64_t)i;
        if (i >= CHILDREN) {
            for (size_t rounds = noise_below(6); rounds > 0; rounds--) {
                take_lives(&consumer[rounds % CHILDREN], arrived);
            }
            usleep((useconds_t)noise_below(1500));
            end(child[i % CHILDREN], SIGKILL);
        }
        child[i % CHILDREN] = start(push_until_killed, &ring, &lives[i]);
    }
    for (int i = 0; i < CHILDREN; i++) {
        end(child[i], SIGKILL);
    }
    for (int i = 0; i < CHILDREN; i++) {
        take_lives(&consumer[i], arrived);
    }
    check_lives(lives, arrived, KILLS + CHILDREN);
    for (int i = 0; i < KILLS + CHILDREN; i++) {
        total += arrived[i];
    }
    assert_true(total > KILLS);
    for (uint32_t i = 0; i < CHILDREN; i++) { /* the last owners' slots are settled now */
        end(start(claim_and_end, &ring, NULL), 0);
    }
    assert_int_equal(total, ledger_of(&ring).drained);
    assert_int_equal(0, waiting_in(&ring));
    munmap(lives, (KILLS + CHILDREN) * sizeof *lives);
    close_ring(&ring);
}

/* --- the recorder is away, children take further slots, and are killed --- */

static void push_without_waiting(const struct slim_ring *ring, void *baton)
{
    struct life *life = baton;
    struct slim_ring_producer producer;

    while (claim(ring, &producer) != APR_SUCCESS) {
        sched_yield();
    }
    for (;;) {
        push(&producer, life->who, life->returned);
        life->returned++;
    }
}

static void ledger_adds_up_whoever_held_the_slots(void **state)
{
    static char out[MANY];
    struct slim_ring ring = open_ring(8, SLOT);
    struct life *lives = shared_page(100 * sizeof *lives);
    struct slim_ring_consumer consumer;
    uint64_t arrived = 0, returned = 0, killed = 0;

    (void)state;
    for (int i = 0; i < 100; i += 2) {
        pid_t first = start(push_without_waiting, &ring, &lives[i]);
        pid_t second = start(push_without_waiting, &ring, &lives[i + 1]);
        while (lives[i].returned + lives[i + 1].returned < 50 + noise_below(1000)) {
            sched_yield();
        }
        end(first, SIGKILL);
        end(second, SIGKILL);
        for (uint32_t s = 0; s < 8; s++) {
            struct slim_ring_range range;
            slim_ring_consume(&ring, s, &consumer);
            while (noise_below(3)
                   && slim_ring_read(&consumer, consumer.tail, out, sizeof out, &range)) {
                arrived += range.records;
                assert_int_equal(0, range.lost);
                slim_ring_release(&consumer, &range);
            }
        }
        returned += lives[i].returned + lives[i + 1].returned;
    }
    struct owners *owners = shared_page(sizeof *owners);
    pid_t child[8];
    for (int i = 0; i < 8; i++) { /* each slot gets an owner, which settles it */
        child[i] = start(claim_and_wait, &ring, owners);
        while (owners->slot[i] == 0) {
            sched_yield();
        }
    }
    struct slim_ledger ledger = ledger_of(&ring);
    killed = ledger.dropped[SLIM_DROPPED_CHILD_KILLED];
    assert_int_equal(ledger.seen, arrived + waiting_in(&ring) + slim_ledger_dropped(&ledger));
    assert_in_range(ledger.seen, returned, returned + 100);
    assert_true(killed <= 100);
    for (int i = 0; i < 8; i++) {
        end(child[i], SIGKILL);
    }
    munmap(owners, sizeof *owners);
    munmap(lives, 100 * sizeof *lives);
    close_ring(&ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_of_a_child_lose_nothing_and_keep_their_order),
        cmocka_unit_test(nothing_that_was_pushed_is_lost_when_children_are_killed),
        cmocka_unit_test(ledger_adds_up_whoever_held_the_slots),
    };

    return RUN_UNIT(tests);
}
