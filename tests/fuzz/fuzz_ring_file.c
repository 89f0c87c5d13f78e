/* A ring's file with records in it, some words of which are others now: in its header, the status
 * block, slots or records. Who reads it comes to an end within it, and afterwards a child takes a
 * slot and what it pushes arrives. The input: how many records, then {u16 which word, u64 what}. */
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include <jansson.h>

#include "core/bytes.h"
#include "core/clock.h"
#include "core/ring.h"
#include "recorder/clock_watch.h"
#include "recorder/condition.h"
#include "report/metrics.h"

#define SLOTS 2u
#define ROUNDS_MAX (SLOTS * SLIM_RING_SLOT_MIN / 8)
#define OUT_SIZE ((size_t)SLIM_RECORD_MAX + 16)

static const struct slim_ring_shape shape = {SLOTS, SLIM_RING_SLOT_MIN};

static int make_file(const uint8_t *data, size_t size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    struct slim_ring_producer producer;
    struct slim_ring ring;

    CHECK(fd >= 0 && slim_ring_format(fd, &shape) == APR_SUCCESS);
    CHECK(slim_ring_map(fd, 1, &ring) == APR_SUCCESS);
    CHECK(slim_ring_claim(&ring, 0, &producer) == APR_SUCCESS);
    for (size_t i = 0; size > 0 && i < data[0]; i++) {
        slim_ring_push(&producer, (const char *)data, i % size + 1, 1);
    }
    for (size_t at = 1; at + 10 <= size; at += 10) {
        size_t word = slim_get_u16((const char *)data + at) % (ring.size / 8);
        memcpy(ring.base + 8 * word, data + at + 2, 8);
    }
    slim_ring_unmap(&ring);
    return fd;
}

/* Each line of metrics is a comment or has a number that grows from 0. */
static void check_metrics(const struct slim_health *health, apr_pool_t *pool)
{
    static const struct slim_metrics_day unknown = {.known = 0};
    struct slim_buffer out;

    slim_buffer_init(&out, pool);
    slim_metrics_render(health, &unknown, NULL, SLIM_METRICS_OPENMETRICS, &out);
    CHECK(out.length > 6 && strcmp(out.at + out.length - 6, "# EOF\n") == 0);
    for (const char *at = out.at; *at; at = strchr(at, '\n') + 1) {
        const char *space = strchr(at, ' ');
        CHECK(*at == '#' || (strncmp(at, "slimstats_", 10) == 0 && space));
        CHECK(*at == '#' || (space[1] >= '0' && space[1] <= '9'));
    }
}

/* What is said of it is a text, and JSON. */
static void check_health(const struct slim_ring *ring)
{
    struct slim_health health;
    struct slim_buffer out;
    apr_pool_t *pool;

    CHECK(apr_pool_create(&pool, fuzz_pool()) == APR_SUCCESS);
    slim_health_read(ring, NULL, &health);
    CHECK(health.state < SLIM_STATES && health.lag_us >= 0 && health.heartbeat_age_us >= 0);
    CHECK(health.ring_used <= health.ring_size);
    slim_buffer_init(&out, pool);
    slim_health_json(&health, &out);
    json_t *json = json_loads(out.at, 0, NULL);
    CHECK(json);
    json_decref(json);
    slim_health_text(&health, &out);
    check_metrics(&health, pool);
    apr_pool_destroy(pool);
}

/* A recorder goes on with what the last one left. */
static void take_over(const struct slim_ring *ring)
{
    struct slim_clock_watch watch;
    struct slim_conditions conditions;
    struct slim_status status;
    int64_t offset = slim_clock_offset();

    if (slim_ring_read_status(ring, &status)) {
        slim_conditions_init(&conditions, &status);
        pthread_mutex_destroy(&conditions.mutex);
        slim_clock_watch_init(&watch, offset, status.clock_believed);
        int64_t wrong = slim_clock_watch_look(&watch, offset, slim_ticks());
        CHECK(wrong >= -INT64_MAX && watch.believed == offset - wrong);
    }
}

/* Nothing of this writes: it is mapped for reading alone. */
static void look(int fd)
{
    struct slim_ring ring;
    uint32_t reason;
    int64_t ticks;

    CHECK(slim_ring_map(fd, 0, &ring) == APR_SUCCESS);
    CHECK(ring.size == slim_ring_file_size(&ring.shape) && ring.shape.slots <= SLOTS);
    (void)slim_ring_peek_status(&ring, &ticks, &reason);
    check_health(&ring);
    take_over(&ring);
    slim_ring_unmap(&ring);
}

/* Takes everything; how many records were the one that is wanted. */
static unsigned drain(const struct slim_ring *ring, uint32_t slot, struct slim_text wanted)
{
    static char out[OUT_SIZE];
    struct slim_ring_consumer consumer;
    struct slim_ring_range range;
    unsigned found = 0, rounds = 0;

    slim_ring_consume(ring, slot, &consumer);
    for (; slim_ring_read(&consumer, consumer.tail, out, OUT_SIZE, &range); rounds++) {
        struct slim_text stream = {out, range.length}, record;
        uint64_t records = 0, before = consumer.drained;
        CHECK(range.length <= OUT_SIZE && range.from == consumer.tail && rounds < ROUNDS_MAX);
        for (; slim_record_next(&stream, &record) == APR_SUCCESS; records++) {
            found += fuzz_is_same(record, wanted) ? 1u : 0u;
        }
        CHECK(stream.length == 0 && records == range.records);
        CHECK(range.records_before - before == range.records + range.lost);
        slim_ring_release(&consumer, &range);
    }
    slim_ring_resume(&consumer, consumer.tail + 8, consumer.drained + 1);
    CHECK(consumer.tail == range.to || rounds == 0);
    return found;
}

static void use(int fd)
{
    static const char mine[] = "a record that no input has";
    const struct slim_text none = {NULL, 0}, wanted = {mine, sizeof mine};
    struct slim_ring_producer producer;
    struct slim_ring ring;

    CHECK(slim_ring_map(fd, 1, &ring) == APR_SUCCESS);
    for (uint32_t i = 0; i < ring.shape.slots; i++) {
        drain(&ring, i, none);
    }
    CHECK(slim_ring_used(&ring) == 0);
    CHECK(slim_ring_claim(&ring, 0, &producer) == APR_SUCCESS);
    uint64_t head = producer.hold[0].head;
    for (int i = 0; i < 3; i++) {
        slim_ring_push(&producer, mine, sizeof mine, 1);
    }
    CHECK(drain(&ring, producer.hold[0].index, wanted) == 3 || head > UINT64_MAX - 1024);
    slim_ring_unmap(&ring);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = make_file(data, size);
    struct slim_ring_shape found;

    if (slim_ring_probe(fd, &found) == APR_SUCCESS) {
        look(fd);
        use(fd);
    }
    close(fd);
    return 0;
}
