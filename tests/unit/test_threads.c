/* What threads and processes share, by threads, as ThreadSanitizer sees no other process: the
 * ring's slots, its counters and status block, and the recorder with all of its threads. What it
 * cannot see is httpd, which is not built with it, and locks of the kernel between processes. */
#include "unit.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include "core/clock.h"
#include "core/log.h"
#include "recorder/recorder.h"
#include "ring_file.h"
#include "store/store.h"

#define SLOT SLIM_RING_SLOT_MIN
#define PRODUCERS 4

struct sharing {
    struct slim_ring ring;
    struct slim_ring_producer producer;
    uint64_t count; /* of each producer */
    atomic_int pushing;
    atomic_uint_fast64_t taken;
};

static void begin_sharing(struct sharing *s, uint64_t count)
{
    memset(s, 0, sizeof *s);
    s->ring = open_ring(2, SLOT);
    s->count = count;
    s->pushing = PRODUCERS;
    assert_int_equal(APR_SUCCESS, slim_ring_claim(&s->ring, 1, &s->producer));
}

static void *push_all(void *data)
{
    struct sharing *s = data;
    const struct slim_ring_slot *slot = ring_slot(&s->ring, s->producer.hold[0].index);

    for (uint64_t n = 0; n < s->count; n++) {
        while (atomic_load(&slot->head) - atomic_load(&slot->tail) > SLOT / 2) {
            sched_yield();
        }
        if (n % 16 == 0) {
            slim_ring_count_excluded(&s->producer, SLIM_EXCLUDED_PATH);
            slim_ring_count_no_slot(&s->ring);
        }
        push(&s->producer, 1, n);
    }
    atomic_fetch_sub(&s->pushing, 1);
    return NULL;
}

/* As the recorder's drain thread. */
static void *take_all(void *data)
{
    static char out[2 * SLOT];
    struct sharing *s = data;
    struct slim_ring_consumer consumer;
    struct slim_ring_range range;

    slim_ring_consume(&s->ring, s->producer.hold[0].index, &consumer);
    for (;;) {
        int over = atomic_load(&s->pushing) == 0;
        while (slim_ring_read(&consumer, consumer.tail, out, sizeof out, &range)) {
            slim_ring_release(&consumer, &range);
            atomic_fetch_add(&s->taken, range.records);
        }
        (void)slim_ring_restate(&consumer);
        (void)slim_ring_correct(&s->ring);
        if (over) {
            return NULL;
        }
        sched_yield();
    }
}

static void *write_status(void *data)
{
    struct sharing *s = data;
    struct slim_status status = {.pid = 1};

    while (atomic_load(&s->pushing) > 0) {
        status.heartbeat_ticks = slim_ticks();
        status.stored++;
        slim_ring_write_status(&s->ring, &status);
    }
    return NULL;
}

/* As page and command, and as a child that has no room. */
static void *look(void *data)
{
    struct sharing *s = data;
    struct slim_status status;
    int64_t beat;
    uint32_t reason;
    uint64_t last = 0;

    while (atomic_load(&s->pushing) > 0) {
        (void)ledger_of(&s->ring);
        (void)slim_ring_used(&s->ring);
        (void)slim_ring_peek_status(&s->ring, &beat, &reason);
        if (slim_ring_read_status(&s->ring, &status)) {
            assert_true(status.stored >= last);
            last = status.stored;
        }
    }
    return NULL;
}

static void run_together(void *(*const bodies[])(void *), int number, void *data)
{
    pthread_t threads[16];

    for (int i = 0; i < number; i++) {
        assert_int_equal(0, pthread_create(&threads[i], NULL, bodies[i], data));
    }
    for (int i = 0; i < number; i++) {
        assert_int_equal(0, pthread_join(threads[i], NULL));
    }
}

static void a_slot_is_shared_by_producers_consumer_and_readers(void **state)
{
    static struct sharing s;
    void *(*const bodies[])(void *) = {push_all, push_all,     push_all, push_all,
                                       take_all, write_status, look,     look};

    (void)state;
    begin_sharing(&s, 3000);
    run_together(bodies, LENGTH_OF(bodies), &s);
    assert_int_equal(PRODUCERS * s.count, s.taken);
    assert_int_equal(0, waiting_in(&s.ring));
    close_ring(&s.ring);
}

/* --- the recorder --- */

struct recording {
    struct slim_recorder_start start;
    int result;
};

static void say_nothing(enum slim_level level, const char *message)
{
    (void)level, (void)message;
}

static void *record(void *data)
{
    struct recording *r = data;
    apr_pool_t *own;

    if (apr_pool_create(&own, NULL) != APR_SUCCESS) {
        return NULL;
    }
    r->result = slim_recorder_run(&r->start, own);
    return NULL;
}

static uint64_t stored_by_now(const struct slim_ring *ring)
{
    struct slim_status status;

    return slim_ring_read_status(ring, &status)
               ? status.stored + status.before.dropped[SLIM_DROPPED_UNREADABLE]
               : 0;
}

/* The records are none of hits: each is counted as unreadable, in a transaction of the store. */
static void a_recorder_runs_and_ends(void **state)
{
    static struct sharing s;
    struct slim_settings settings;
    struct recording recording = {.start = {.settings = &settings, .ready_fd = -1}, .result = -1};
    void *(*const pushing[])(void *) = {push_all, push_all, push_all, push_all, look};
    pthread_t recorder;
    sigset_t set;

    (void)state;
    slim_settings_init(&settings, pool);
    settings.state = scratch_path("state");
    settings.store = apr_pstrcat(pool, "sqlite:", scratch_path("stats.db"), NULL);
    settings.data = scratch_path("data");
    begin_sharing(&s, 2000);
    recording.start.ring_fd = s.ring.fd;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    assert_int_equal(0, pthread_sigmask(SIG_BLOCK, &set, NULL));
    assert_int_equal(0, pthread_create(&recorder, NULL, record, &recording));
    run_together(pushing, LENGTH_OF(pushing), &s);
    while (stored_by_now(&s.ring) < PRODUCERS * s.count) {
        usleep(10000);
    }
    assert_int_equal(0, pthread_kill(recorder, SIGTERM));
    assert_int_equal(0, pthread_join(recorder, NULL));
    assert_int_equal(0, recording.result);
    slim_log_set_sink(say_nothing);
    close_ring(&s.ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slot_is_shared_by_producers_consumer_and_readers),
        cmocka_unit_test(a_recorder_runs_and_ends),
    };

    alarm(300);
    return RUN_UNIT(tests);
}
