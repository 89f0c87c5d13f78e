/* The ring file's bytes, shared by its three faces: ring.c, ring_write.c, ring_read.c. */
#ifndef SLIM_RING_LAYOUT_H
#define SLIM_RING_LAYOUT_H

#include <stdatomic.h>

#include "ring.h"

#define RING_VERSION 1u
#define RING_PAGE 4096u

/* The file is never moved to another machine: its numbers are in the machine's own order. */
struct ring_header {
    char magic[8]; /* "SLIMRING" */
    uint32_t version;
    uint32_t slots;
    uint32_t slot_size;
    uint32_t zero;
    uint64_t epoch;
    int64_t made_us;          /* wall time, for people */
    _Atomic uint64_t no_slot; /* hits of children that found no slot */
    uint64_t boot;            /* names the machine's start in which it was made; 0: unknown */
    int64_t made_ticks;       /* counted from that start */
};

/* How many records a slot had taken when its head stood at position. Two of them are written in
 * turn, each before the head it belongs to, so that the one that fits the head is always whole: a
 * slot that is owned has one that fits, and it is not the next to be written. */
struct ring_mark {
    _Atomic uint64_t position;
    _Atomic uint64_t records;
};

struct slim_ring_slot {
    /* the owner's */
    _Atomic uint64_t head;
    struct ring_mark mark[2];
    _Atomic uint64_t owner; /* its pid, for people */
    _Atomic uint64_t seen;
    _Atomic uint64_t excluded[16];
    _Atomic uint64_t dropped[16];
    /* the recorder's, on cache lines of its own */
    _Alignas(128) _Atomic uint64_t tail;
    _Atomic uint64_t drained;
    _Atomic uint64_t lost;
};

_Static_assert(sizeof(struct slim_ring_slot) == 512, "slot headers are 512 bytes apart");
_Static_assert(SLIM_EXCLUDED_REASONS <= 16 && SLIM_DROPPED_REASONS <= 16, "room for reasons");
_Static_assert(sizeof(struct slim_status) % 8 == 0, "the status block is copied in words");
_Static_assert(sizeof(struct slim_status) + 8 <= RING_PAGE, "the status block is one page");

/* Bytes of the file that locks stand for. */
#define RING_LOCK_CONSUMER 0
#define RING_LOCK_SLOT(i) (1 + (off_t)(i))

static inline struct ring_header *ring_header(const struct slim_ring *ring)
{
    return (struct ring_header *)(void *)ring->base;
}

static inline struct slim_ring_slot *ring_slot(const struct slim_ring *ring, uint32_t i)
{
    return (struct slim_ring_slot *)(void *)(ring->base + 2 * RING_PAGE) + i;
}

static inline uint64_t ring_bytes_offset(const struct slim_ring_shape *shape)
{
    uint64_t headers = (uint64_t)shape->slots * sizeof(struct slim_ring_slot);
    return 2 * RING_PAGE + (headers + RING_PAGE - 1) / RING_PAGE * RING_PAGE;
}

static inline char *ring_bytes(const struct slim_ring *ring, uint32_t i)
{
    return ring->base + ring_bytes_offset(&ring->shape) + (uint64_t)i * ring->shape.slot_size;
}

/* The mark for the time when a slot has taken so many records. */
static inline struct ring_mark *ring_mark_of(struct slim_ring_slot *slot, uint64_t records)
{
    return &slot->mark[(records + 1) % 2];
}

/* A head and a tail that a sound slot can have. */
static inline int ring_positions_fit(uint64_t tail, uint64_t head, uint32_t slot_size)
{
    return tail <= head && head - tail <= slot_size && head % 8 == 0 && tail % 8 == 0;
}

static inline uint64_t ring_load(const _Atomic uint64_t *at)
{
    return atomic_load_explicit(at, memory_order_relaxed);
}

static inline void ring_store(_Atomic uint64_t *at, uint64_t value)
{
    atomic_store_explicit(at, value, memory_order_relaxed);
}

/* No counter of a slot was ever larger, and all of them together are still a number. */
#define RING_COUNT_MAX (INT64_C(1) << 44)

/* A slot's counters as they are plausible. */
struct ring_counts {
    uint64_t seen, pushed, drained, lost;
    uint64_t excluded[16], dropped[16];
};

/* Reads a slot's counters; 1: what is in the slot was damaged, and *counts is what it should be. */
int ring_count(const struct slim_ring *ring, const struct slim_ring_slot *slot,
               struct ring_counts *counts);

/* Corrects what a slot has seen, excluded and dropped. 0: nothing was damaged. */
int ring_correct(const struct slim_ring *ring, struct slim_ring_slot *slot);

/* Hits of children that found no slot, as many as is plausible. */
uint64_t ring_no_slot(const struct slim_ring *ring);

/* Records that the slot had taken when its head stood at head; 0 when no mark fits. */
uint64_t ring_records_at(const struct slim_ring_slot *slot, uint64_t head);

#endif
