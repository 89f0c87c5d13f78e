/* A ring whose bytes lie: a hacked child may write anything anywhere at any time. The consumer
 * hands out streams of records or skips, always goes on, and never reads outside. */
#include "ring_file.h"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "noise.h"

#define SLOT SLIM_RING_SLOT_MIN

static char *out; /* exactly as large as what the consumer is told, so that a sanitizer sees more */
#define OUT_SIZE ((size_t)SLIM_RECORD_MAX + 16)

static int make_out(void **state)
{
    out = malloc(OUT_SIZE);
    return begin_unit(state);
}

static void assert_stream(const char *bytes, size_t length, uint64_t records)
{
    struct slim_text stream = {bytes, length}, record;
    uint64_t found = 0;

    while (slim_record_next(&stream, &record) == APR_SUCCESS) {
        found++;
    }
    assert_int_equal(0, stream.length);
    assert_int_equal(records, found);
}

/* One range, checked: 0 when there is none. */
static int take_one(struct slim_ring_consumer *consumer)
{
    struct slim_ring_range range;
    uint64_t from = consumer->tail;

    if (!slim_ring_read(consumer, from, out, OUT_SIZE, &range)) {
        return 0;
    }
    assert_true(range.length <= OUT_SIZE);
    assert_stream(out, range.length, range.records);
    assert_int_equal(from, range.from);
    if (range.to == from && range.records == 0) {
        fail_msg("the consumer stands still at %llu", (unsigned long long)from);
    }
    slim_ring_release(consumer, &range);
    return 1;
}

/* --- damaged records in a sound slot --- */

static void bytes_that_are_no_record_are_skipped_and_counted(void **state)
{
    static const uint32_t lengths[] = {0,          SLIM_RECORD_MAX + 1, 0x7fffffff, 0x80000000,
                                       0xfffffff8, 0xfffffffc,          0xffffffff};

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(lengths); i++) {
        struct slim_ring ring = open_ring(1, SLOT);
        struct slim_ring_producer producer;
        struct slim_ring_consumer consumer;
        uint64_t third = 0;
        assert_int_equal(APR_SUCCESS, claim(&ring, &producer));
        for (uint64_t n = 0; n < 5; n++) {
            third = n == 2 ? head_of(&ring, 0) : third;
            push(&producer, 1, n);
        }
        slim_put_u32(ring_bytes(&ring, 0) + third, lengths[i]);
        slim_ring_consume(&ring, 0, &consumer);
        while (take_one(&consumer)) {
        }
        struct slim_ledger ledger = ledger_of(&ring);
        assert_int_equal(2, ledger.drained);
        assert_int_equal(3, ledger.dropped[SLIM_DROPPED_UNREADABLE]);
        assert_int_equal(0, waiting_in(&ring));

        push(&producer, 1, 5); /* and goes on behind */
        assert_true(take_one(&consumer));
        assert_false(take_one(&consumer));
        ledger = ledger_of(&ring);
        assert_int_equal(3, ledger.drained);
        assert_int_equal(6, ledger.seen);
        assert_int_equal(3, ledger.dropped[SLIM_DROPPED_UNREADABLE]);
        close_ring(&ring);
    }
}

/* --- slots whose numbers are impossible --- */

static const struct {
    uint64_t head, tail;
} impossible[] = {
    {8, 16},                          /* behind its tail */
    {0, UINT64_MAX - 7},              /* the same, about to turn over */
    {SLOT + 8, 0},                    /* more than the slot holds */
    {UINT64_MAX, 0},                  /* odd and too much */
    {UINT64_MAX - 7, 0},              /* too much */
    {12, 8},                          /* between two records' places */
    {9, 0},                           /* the same */
    {16, 3},                          /* a tail of that kind */
    {UINT64_C(1) << 63, UINT64_C(8)}, /* far away */
    {UINT64_C(1) << 63, UINT64_C(1)}, /* far away and odd */
};

static void impossible_slots_are_mended(void **state)
{
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(impossible); i++) {
        struct slim_ring ring = open_ring(1, SLOT);
        struct slim_ring_slot *slot = ring_slot(&ring, 0);
        struct slim_ring_producer producer;
        struct slim_ring_consumer consumer;
        int rounds = 0;
        atomic_store(&slot->head, impossible[i].head);
        atomic_store(&slot->tail, impossible[i].tail);
        int mended_at_once = impossible[i].head % 8 != 0 && impossible[i].tail % 8 == 0;
        assert_int_equal(mended_at_once ? APR_SUCCESS : SLIM_ENOSLOT, claim(&ring, &producer));
        slim_ring_consume(&ring, 0, &consumer);
        struct slim_ring_range range;
        for (; rounds < 100 && slim_ring_read(&consumer, consumer.tail, out, OUT_SIZE, &range);
             rounds++) {
            slim_ring_release(&consumer, &range);
        }
        if (rounds == 100 || (!mended_at_once && claim(&ring, &producer) != APR_SUCCESS)) {
            print_error("head %llu, tail %llu: %s\n", (unsigned long long)impossible[i].head,
                        (unsigned long long)impossible[i].tail,
                        rounds == 100 ? "the consumer never comes to an end" : "is not mended");
            wrong++;
        }
        close_ring(&ring);
    }
    assert_int_equal(0, wrong);
}

static uint64_t nasty_number(void)
{
    static const uint64_t numbers[] = {0,          1,
                                       7,          8,
                                       SLOT - 8,   SLOT,
                                       SLOT + 8,   UINT32_MAX,
                                       UINT64_MAX, UINT64_MAX - 7,
                                       INT64_MAX,  UINT64_C(1) << 63};

    switch (noise_below(3)) {
    case 0: return numbers[noise_below(LENGTH_OF(numbers))];
    case 1: return noise() % (2 * SLOT) & ~UINT64_C(7);
    default: return noise();
    }
}

static void mutated_slots_never_stop_the_consumer(void **state)
{
    struct slim_ring ring = open_ring(2, SLOT);
    struct slim_ring_slot *slot = ring_slot(&ring, 0);
    char *bytes = ring_bytes(&ring, 0);
    uint64_t *words = (uint64_t *)(void *)slot;
    int stuck = 0;

    (void)state;
    for (int round = 0; round < 10000; round++) {
        struct slim_ring_producer producer = {.ring = &ring, .holds = 1};
        struct slim_ring_consumer consumer;
        struct slim_ring_range range;
        size_t rounds = 0, most = SLOT / 8;
        memset(slot, 0, sizeof *slot);
        producer.hold[0] = (struct slim_ring_hold){.slot = slot, .bytes = bytes};
        pthread_mutex_init(&producer.mutex, NULL);
        for (uint64_t n = noise_below(60); n > 0; n--) {
            push(&producer, 1, n);
        }
        for (size_t n = noise_below(4); n > 0; n--) {
            words[noise_below(sizeof *slot / 8)] = nasty_number();
        }
        for (size_t n = noise_below(4); n > 0; n--) {
            size_t at = noise_below(SLOT / 8) * 8;
            slim_put_u32(bytes + at % 8192, (uint32_t)nasty_number());
        }
        slim_ring_consume(&ring, 0, &consumer);
        while (rounds < most && slim_ring_read(&consumer, consumer.tail, out, OUT_SIZE, &range)) {
            assert_true(range.length <= OUT_SIZE);
            assert_stream(out, range.length, range.records);
            slim_ring_release(&consumer, &range);
            rounds++;
        }
        stuck += rounds == most;
        struct slim_ledger ledger = ledger_of(&ring);
        (void)slim_ledger_dropped(&ledger);
        pthread_mutex_destroy(&producer.mutex);
    }
    assert_int_equal(0, stuck);
    close_ring(&ring);
}

/* --- a child that writes anything while the recorder reads --- */

static void scribble(const struct slim_ring *ring)
{
    struct slim_ring_slot *slot = ring_slot(ring, 0);
    uint64_t *words = (uint64_t *)(void *)slot;
    char *bytes = ring_bytes(ring, 0);

    noise_seed((uint64_t)getpid());
    for (;;) {
        if (noise_below(4) == 0) { /* often enough a head that could be true */
            atomic_store(&slot->head, atomic_load(&slot->tail) + noise_below(SLOT / 8) * 8);
        } else if (noise_below(8) == 0) {
            words[noise_below(sizeof(struct slim_ring_slot) / 8)] = nasty_number();
        } else {
            size_t at = noise_below(SLOT / 8) * 8;
            slim_put_u32(bytes + at,
                         (uint32_t)(noise_below(2) ? noise_below(300) : nasty_number()));
        }
    }
}

static void a_scribbling_child_gets_no_false_stream_out(void **state)
{
    struct slim_ring ring = open_ring(1, SLOT);
    struct slim_ring_consumer consumer;
    uint64_t records = 0, taken = 0;
    pid_t child = fork();

    (void)state;
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        scribble(&ring);
    }
    slim_ring_consume(&ring, 0, &consumer);
    while (taken < 50000 || records == 0) {
        struct slim_ring_range range;
        if (!slim_ring_read(&consumer, consumer.tail, out, OUT_SIZE, &range)) {
            sched_yield();
            continue;
        }
        assert_true(range.length <= OUT_SIZE);
        assert_stream(out, range.length, range.records);
        slim_ring_release(&consumer, &range);
        records += range.records;
        if (taken++ % 64 == 0) {
            slim_ring_consume(&ring, 0, &consumer);
        }
    }
    assert_int_equal(0, kill(child, SIGKILL));
    assert_int_equal(child, waitpid(child, NULL, 0));
    close_ring(&ring);
}

/* A producer whose recorder is hacked writes within its slot all the same. */
static void a_lying_tail_never_leads_a_producer_outside(void **state)
{
    struct slim_ring ring = open_ring(3, SLOT);
    struct slim_ring_producer producer;
    char *before, *behind;

    (void)state;
    for (int round = 0; round < 1000; round++) {
        memset(ring.base + 2 * RING_PAGE, 0,
               (size_t)(slim_ring_file_size(&ring.shape) - 2 * RING_PAGE));
        assert_int_equal(APR_SUCCESS, claim(&ring, &producer));
        uint32_t own = producer.hold[0].index;
        for (uint32_t i = 0; i < 3; i++) { /* no further slot to go to */
            atomic_store(&ring_slot(&ring, i)->head, i == own ? 0 : SLOT + 8);
        }
        before = own > 0 ? ring_bytes(&ring, own - 1) : NULL;
        behind = own < 2 ? ring_bytes(&ring, own + 1) : NULL;
        for (uint64_t n = 0; n < 200; n++) {
            atomic_store(&producer.hold[0].slot->tail, nasty_number());
            push(&producer, 1, n);
        }
        for (size_t at = 0; at < SLOT; at += 8) {
            assert_true(!before || slim_get_u64(before + at) == 0);
            assert_true(!behind || slim_get_u64(behind + at) == 0);
        }
        struct slim_ledger ledger = ledger_of(&ring);
        assert_int_equal(200, ledger.seen);
        pthread_mutex_destroy(&producer.mutex);
    }
    close_ring(&ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_that_are_no_record_are_skipped_and_counted),
        cmocka_unit_test(impossible_slots_are_mended),
        cmocka_unit_test(mutated_slots_never_stop_the_consumer),
        cmocka_unit_test(a_scribbling_child_gets_no_false_stream_out),
        cmocka_unit_test(a_lying_tail_never_leads_a_producer_outside),
    };

    return cmocka_run_group_tests(tests, make_out, end_unit);
}
