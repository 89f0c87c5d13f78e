/* The ring as a child sees it: take a slot, push records, count. Nothing here waits for another
 * process; the system is called only to take and give back slots. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "clock.h"
#include "ring_layout.h"

#define SEARCH_AGAIN_US 100000 /* after no slot was free */

static int lock_byte(int fd, off_t at)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = at, .l_len = 1};
    int rc;

    do {
        rc = fcntl(fd, F_SETLK, &lock);
    } while (rc != 0 && errno == EINTR);
    return rc == 0;
}

static void unlock_byte(int fd, off_t at)
{
    struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = at, .l_len = 1};

    (void)fcntl(fd, F_SETLK, &lock);
}

static void add(_Atomic uint64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static uint64_t fates_of(const struct slim_ring_slot *slot, uint64_t pushed)
{
    uint64_t fates = pushed;

    for (unsigned i = 0; i < SLIM_EXCLUDED_REASONS; i++) {
        fates += ring_load(&slot->excluded[i]);
    }
    for (unsigned i = 0; i < SLIM_DROPPED_REASONS; i++) {
        fates += ring_load(&slot->dropped[i]);
    }
    return fates;
}

/* The last owner was killed between counting a hit as seen and deciding its fate. */
static void settle_hits_without_fate(const struct slim_ring *ring, struct slim_ring_slot *slot,
                                     uint64_t pushed)
{
    (void)ring_correct(ring, slot); /* so many were not under way */
    uint64_t fates = fates_of(slot, pushed);
    uint64_t seen = ring_load(&slot->seen);

    if (seen > fates) {
        _Atomic uint64_t *killed = &slot->dropped[SLIM_DROPPED_CHILD_KILLED];
        ring_store(killed, ring_load(killed) + seen - fates);
    } else if (seen < fates) {
        ring_store(&slot->seen, fates);
    }
}

/* Sees to it that the mark that fits the head is not the next to be written: who is killed between
 * a mark and its head leaves the other one. First there are two that fit, then one. */
static void settle_marks(struct slim_ring_slot *slot, uint64_t head, uint64_t records)
{
    struct ring_mark *fits = ring_mark_of(slot, records), *next = ring_mark_of(slot, records + 1);

    if (ring_load(&fits->position) != head || ring_load(&fits->records) != records) {
        ring_store(&fits->records, records);
        atomic_store_explicit(&fits->position, head, memory_order_release);
    }
    if (ring_load(&next->position) == head) {
        atomic_store_explicit(&next->position, UINT64_MAX, memory_order_release);
    }
}

/* A head between two records' places is one that the recorder cannot mend; what stood before it is
 * lost already. */
static void mend_head(struct slim_ring_slot *slot, uint64_t tail)
{
    settle_marks(slot, tail, ring_load(&slot->drained));
    atomic_store_explicit(&slot->head, tail, memory_order_release);
}

static int take_slot(const struct slim_ring *ring, uint32_t i, struct slim_ring_hold *hold)
{
    struct slim_ring_slot *slot = ring_slot(ring, i);
    struct ring_counts counts;

    if (!lock_byte(ring->fd, RING_LOCK_SLOT(i))) {
        return 0;
    }
    uint64_t tail = atomic_load_explicit(&slot->tail, memory_order_acquire);
    uint64_t head = atomic_load_explicit(&slot->head, memory_order_acquire);
    if (head % 8 != 0) {
        head = tail & ~UINT64_C(7);
        mend_head(slot, head);
    }
    if (!ring_positions_fit(tail, head, ring->shape.slot_size)) {
        unlock_byte(ring->fd, RING_LOCK_SLOT(i)); /* the recorder mends it */
        return 0;
    }
    (void)ring_count(ring, slot, &counts);
    *hold = (struct slim_ring_hold){.slot = slot,
                                    .bytes = ring_bytes(ring, i),
                                    .index = i,
                                    .head = head,
                                    .records = counts.pushed};
    settle_marks(slot, head, hold->records);
    settle_hits_without_fate(ring, slot, hold->records);
    ring_store(&slot->owner, (uint64_t)getpid());
    return 1;
}

/* Whether a slot, its positions sound, has seen a hit that met no fate; *pushed: the records that
 * it has taken. */
static int has_hit_without_fate(const struct slim_ring *ring, const struct slim_ring_slot *slot,
                                uint64_t *pushed)
{
    uint64_t head = atomic_load_explicit(&slot->head, memory_order_acquire);

    *pushed = ring_records_at(slot, head);
    return ring_positions_fit(ring_load(&slot->tail), head, ring->shape.slot_size)
           && ring_load(&slot->seen) != fates_of(slot, *pushed);
}

unsigned slim_ring_settle(const struct slim_ring *ring)
{
    unsigned settled = 0;
    uint64_t pushed;

    for (uint32_t i = 0; i < ring->shape.slots; i++) {
        struct slim_ring_slot *slot = ring_slot(ring, i);
        if (has_hit_without_fate(ring, slot, &pushed) && lock_byte(ring->fd, RING_LOCK_SLOT(i))) {
            if (has_hit_without_fate(ring, slot, &pushed)) {
                settle_hits_without_fate(ring, slot, pushed);
                settled++;
            }
            unlock_byte(ring->fd, RING_LOCK_SLOT(i));
        }
    }
    return settled;
}

/* A file lock does not keep a process from taking its own slot again. */
static int is_held(const struct slim_ring_producer *producer, uint32_t i)
{
    for (int h = 0; h < producer->holds; h++) {
        if (producer->hold[h].index == i) {
            return 1;
        }
    }
    return 0;
}

static int take_any_slot(struct slim_ring_producer *producer)
{
    uint32_t slots = producer->ring->shape.slots;
    uint32_t first =
        producer->holds > 0 ? producer->hold[producer->holds - 1].index + 1 : (uint32_t)getpid();

    for (uint32_t n = 0; n < slots && producer->holds < SLIM_RING_HOLDS_MAX; n++) {
        uint32_t i = (first + n) % slots;
        if (!is_held(producer, i)
            && take_slot(producer->ring, i, &producer->hold[producer->holds])) {
            producer->holds++;
            return 1;
        }
    }
    return 0;
}

/* An adaptive mutex spins before it asks the kernel: the section is a memcpy. */
static apr_status_t make_mutex(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t attr;
    int failed = pthread_mutexattr_init(&attr);

    if (failed) {
        return failed;
    }
#ifdef __USE_GNU
    (void)pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ADAPTIVE_NP);
#endif
    failed = pthread_mutex_init(mutex, &attr);
    pthread_mutexattr_destroy(&attr);
    return failed;
}

apr_status_t slim_ring_claim(const struct slim_ring *ring, int threaded,
                             struct slim_ring_producer *producer)
{
    apr_status_t rv;

    memset(producer, 0, sizeof *producer);
    producer->ring = ring;
    producer->threaded = threaded;
    rv = make_mutex(&producer->mutex);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (take_any_slot(producer)) {
        return APR_SUCCESS;
    }
    pthread_mutex_destroy(&producer->mutex);
    return SLIM_ENOSLOT;
}

static void copy_in(const struct slim_ring_hold *hold, uint32_t size, uint64_t at, const void *from,
                    size_t length)
{
    size_t offset = (size_t)(at % size);
    size_t first = length < size - offset ? length : size - offset;

    memcpy(hold->bytes + offset, from, first);
    if (first < length) {
        memcpy(hold->bytes, (const char *)from + first, length - first);
    }
}

static inline int has_room(const struct slim_ring_hold *hold, uint32_t size, size_t span)
{
    uint64_t tail = atomic_load_explicit(&hold->slot->tail, memory_order_acquire);

    return ring_positions_fit(tail, hold->head, size) && size - (hold->head - tail) >= span;
}

/* The stream of record.h: length, record, zero bytes. */
static void write_record(const struct slim_ring_hold *hold, uint32_t size, const char *record,
                         size_t length, size_t span)
{
    static const char zeros[8];
    size_t offset = (size_t)(hold->head % size);
    char *at = hold->bytes + offset;

    if (offset + span <= size) {
        memset(at + span - 8, 0, 8);
        slim_put_u32(at, (uint32_t)length);
        memcpy(at + 4, record, length);
        return;
    }
    uint32_t prefix = SLIM_LE32((uint32_t)length);
    copy_in(hold, size, hold->head, &prefix, 4);
    copy_in(hold, size, hold->head + 4, record, length);
    copy_in(hold, size, hold->head + 4 + length, zeros, span - 4 - length);
}

/* A record's end and its mark are in place before the head moves. */
static void publish(struct slim_ring_hold *hold, uint32_t size, const char *record, size_t length)
{
    size_t span = slim_record_span(length);
    struct ring_mark *mark = ring_mark_of(hold->slot, hold->records + 1);

    write_record(hold, size, record, length, span);
    hold->head += span;
    hold->records++;
    ring_store(&mark->position, hold->head);
    ring_store(&mark->records, hold->records);
    atomic_store_explicit(&hold->slot->head, hold->head, memory_order_release);
}

/* Slots beyond home go back once they are drained. */
static void give_back_drained(struct slim_ring_producer *producer)
{
    for (int h = producer->holds - 1; h > 0; h--) {
        struct slim_ring_hold *hold = &producer->hold[h];
        if (ring_load(&hold->slot->tail) == hold->head) {
            ring_store(&hold->slot->owner, 0);
            unlock_byte(producer->ring->fd, RING_LOCK_SLOT(hold->index));
            *hold = producer->hold[--producer->holds];
        }
    }
}

/* The first slot of ours that has room, home before others, or a further one. NULL: the ring is
 * full. */
static struct slim_ring_hold *find_room(struct slim_ring_producer *producer, size_t span,
                                        int64_t now_us)
{
    uint32_t size = producer->ring->shape.slot_size;

    for (int h = 0; h < producer->holds; h++) {
        if (has_room(&producer->hold[h], size, span)) {
            return &producer->hold[h];
        }
    }
    if (now_us - producer->searched_us > SEARCH_AGAIN_US || now_us < producer->searched_us) {
        if (take_any_slot(producer) && has_room(&producer->hold[producer->holds - 1], size, span)) {
            return &producer->hold[producer->holds - 1];
        }
        producer->searched_us = now_us;
    }
    return NULL;
}

static enum slim_dropped reason_of_full_ring(const struct slim_ring *ring)
{
    int64_t heartbeat;
    uint32_t reason;

    if (!slim_ring_peek_status(ring, &heartbeat, &reason)
        || slim_heartbeat_is_late(heartbeat, slim_ticks())) {
        return SLIM_DROPPED_RECORDER_DOWN;
    }
    return reason < SLIM_DROPPED_REASONS ? reason : SLIM_DROPPED_RING_FULL;
}

static int push(struct slim_ring_producer *producer, const char *record, size_t length,
                int64_t now_us)
{
    struct slim_ring_hold *hold;

    if (producer->holds > 1) {
        give_back_drained(producer);
    }
    hold = find_room(producer, slim_record_span(length), now_us);
    if (hold) {
        add(&hold->slot->seen);
        publish(hold, producer->ring->shape.slot_size, record, length);
    }
    return hold != NULL;
}

void slim_ring_push(struct slim_ring_producer *producer, const char *record, size_t length,
                    int64_t now_us)
{
    int pushed;

    if (producer->threaded) {
        pthread_mutex_lock(&producer->mutex);
        pushed = push(producer, record, length, now_us);
        pthread_mutex_unlock(&producer->mutex);
    } else {
        pushed = push(producer, record, length, now_us);
    }
    if (!pushed) {
        struct slim_ring_slot *home = producer->hold[0].slot;
        add(&home->seen);
        add(&home->dropped[reason_of_full_ring(producer->ring)]);
    }
}

void slim_ring_count_excluded(struct slim_ring_producer *producer, enum slim_excluded reason)
{
    struct slim_ring_slot *home = producer->hold[0].slot;

    add(&home->seen);
    add(&home->excluded[reason]);
}

void slim_ring_count_no_slot(const struct slim_ring *ring)
{
    add(&ring_header(ring)->no_slot);
}
