/* A ring in the scratch directory, and records that tell who pushed them. */
#ifndef SLIM_RING_FILE_H
#define SLIM_RING_FILE_H

#include "unit.h"

#include <fcntl.h>

#include "core/bytes.h"
#include "core/ring.h"
#include "core/ring_layout.h"

#define NOW INT64_C(1769860800000000)

static inline int make_ring_file(uint32_t slots, uint32_t slot_size)
{
    const struct slim_ring_shape shape = {slots, slot_size};
    const char *path = scratch_path("ring");

    (void)unlink(path);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(APR_SUCCESS, slim_ring_format(fd, &shape));
    return fd;
}

static inline struct slim_ring open_ring(uint32_t slots, uint32_t slot_size)
{
    struct slim_ring ring;

    assert_int_equal(APR_SUCCESS, slim_ring_map(make_ring_file(slots, slot_size), 1, &ring));
    return ring;
}

static inline void close_ring(struct slim_ring *ring)
{
    slim_ring_unmap(ring);
    close(ring->fd);
}

/* A slot for one thread. */
static inline apr_status_t claim(const struct slim_ring *ring, struct slim_ring_producer *producer)
{
    return slim_ring_claim(ring, 0, producer);
}

#define RECORD_MIN 16

/* A record of length bytes: who, a number, then bytes made of both. */
static inline void make_record(char *record, size_t length, uint64_t who, uint64_t number)
{
    slim_put_u64(record, who);
    slim_put_u64(record + 8, number);
    for (size_t i = RECORD_MIN; i < length; i++) {
        record[i] = (char)(who * 31 + number * 7 + i);
    }
}

static inline int record_is_whole(struct slim_text record, uint64_t *who, uint64_t *number)
{
    if (record.length < RECORD_MIN) {
        return 0;
    }
    *who = slim_get_u64(record.at);
    *number = slim_get_u64(record.at + 8);
    for (size_t i = RECORD_MIN; i < record.length; i++) {
        if (record.at[i] != (char)(*who * 31 + *number * 7 + i)) {
            return 0;
        }
    }
    return 1;
}

/* Lengths from 16 to 271 bytes, so that records meet every alignment and the slot's end. */
static inline size_t length_of_number(uint64_t number)
{
    return RECORD_MIN + (size_t)(number * 37 % 256);
}

static inline void push(struct slim_ring_producer *producer, uint64_t who, uint64_t number)
{
    char record[RECORD_MIN + 256];

    make_record(record, length_of_number(number), who, number);
    slim_ring_push(producer, record, length_of_number(number), NOW);
}

static inline struct slim_ledger ledger_of(const struct slim_ring *ring)
{
    struct slim_ledger ledger;
    uint64_t pushed;

    slim_ring_ledger(ring, &ledger, &pushed);
    return ledger;
}

/* Records that were pushed and not yet given back. */
static inline uint64_t waiting_in(const struct slim_ring *ring)
{
    struct slim_ledger ledger;
    uint64_t pushed;

    slim_ring_ledger(ring, &ledger, &pushed);
    return pushed - ledger.drained - ledger.dropped[SLIM_DROPPED_UNREADABLE];
}

static inline uint64_t head_of(const struct slim_ring *ring, uint32_t slot)
{
    return atomic_load(&ring_slot(ring, slot)->head);
}

#endif
