/* The ring as the recorder sees it. Bytes are copied out before they are looked at: a hostile
 * child may change them at any moment. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "bytes.h"
#include "platform.h"
#include "ring_layout.h"

apr_status_t slim_ring_lock_consumer(const struct slim_ring *ring)
{
    struct flock lock = {.l_type = F_WRLCK,
                         .l_whence = SEEK_SET,
                         .l_start = RING_LOCK_CONSUMER,
                         .l_len = 1};

    if (fcntl(ring->fd, F_SETLK, &lock) == 0) {
        return APR_SUCCESS;
    }
    return errno == EACCES || errno == EAGAIN ? SLIM_ELOCKED : errno;
}

void slim_ring_consume(const struct slim_ring *ring, uint32_t i,
                       struct slim_ring_consumer *consumer)
{
    struct slim_ring_slot *slot = ring_slot(ring, i);

    struct ring_counts counts;

    (void)ring_count(ring, slot, &counts);
    *consumer = (struct slim_ring_consumer){.slot = slot,
                                            .bytes = ring_bytes(ring, i),
                                            .slot_size = ring->shape.slot_size,
                                            .tail = ring_load(&slot->tail),
                                            .drained = counts.drained,
                                            .lost = counts.lost};
}

static void give_back(const struct slim_ring_consumer *consumer)
{
    ring_store(&consumer->slot->drained, consumer->drained);
    ring_store(&consumer->slot->lost, consumer->lost);
    atomic_store_explicit(&consumer->slot->tail, consumer->tail, memory_order_release);
}

int slim_ring_restate(const struct slim_ring_consumer *consumer)
{
    const struct slim_ring_slot *slot = consumer->slot;

    if (ring_load(&slot->tail) == consumer->tail && ring_load(&slot->drained) == consumer->drained
        && ring_load(&slot->lost) == consumer->lost) {
        return 0;
    }
    give_back(consumer);
    return 1;
}

void slim_ring_resume(struct slim_ring_consumer *consumer, uint64_t to, uint64_t records_before)
{
    uint64_t head = atomic_load_explicit(&consumer->slot->head, memory_order_acquire);

    if (to > consumer->tail && ring_positions_fit(to, head, consumer->slot_size)) {
        consumer->tail = to;
        consumer->drained = records_before;
        give_back(consumer);
    }
}

static void copy_out(const struct slim_ring_consumer *consumer, uint64_t at, char *out,
                     size_t length)
{
    size_t offset = (size_t)(at % consumer->slot_size);
    size_t first = length < consumer->slot_size - offset ? length : consumer->slot_size - offset;

    memcpy(out, consumer->bytes + offset, first);
    memcpy(out + first, consumer->bytes, length - first);
}

/* Whole records in the stream; *good becomes their length in bytes. 0 when it ends in bytes that
 * are no record, 1 when it ends well or in the middle of one. */
static int count_records(const char *bytes, size_t length, uint64_t *records, size_t *good)
{
    struct slim_text stream = {bytes, length}, record;

    *records = 0;
    while (slim_record_next(&stream, &record) == APR_SUCCESS) {
        (*records)++;
    }
    *good = length - stream.length;
    if (stream.length < 4) {
        return 1;
    }
    size_t next = slim_get_u32(stream.at);
    return next > 0 && next <= SLIM_RECORD_MAX && slim_record_span(next) > stream.length;
}

int slim_ring_read(const struct slim_ring_consumer *consumer, uint64_t from, char *out, size_t size,
                   struct slim_ring_range *range)
{
    uint64_t stored = atomic_load_explicit(&consumer->slot->head, memory_order_acquire);
    uint64_t head = stored & ~UINT64_C(7); /* where a record may end */
    uint64_t pushed = ring_records_at(consumer->slot, stored);
    uint64_t before = from == consumer->tail ? consumer->drained : range->records_before;
    int sound = ring_positions_fit(from, head, consumer->slot_size);
    size_t length = sound ? (size_t)(head - from) : 0;

    if (head == from) {
        return 0;
    }
    int whole = length <= size;
    length = whole ? length : size;
    copy_out(consumer, from, out, length);
    *range = (struct slim_ring_range){.from = from};
    sound = sound && count_records(out, length, &range->records, &range->length);
    if (sound && (range->length > 0 || !whole)) {
        range->to = from + range->length;
        range->records_before = before + range->records;
        return range->length > 0;
    }
    /* No record begins where one must: what is left up to the head is lost. */
    range->to = head;
    range->records_before = pushed > before + range->records ? pushed : before + range->records;
    range->lost = range->records_before - before - range->records;
    return 1;
}

/* What is in the journal leaves the ring: what is erased later is not to stand here. A recorder
 * that is killed now finds the range at the journal's end, and does not read it again. */
static void wipe(const struct slim_ring_consumer *consumer, uint64_t from, uint64_t to)
{
    size_t offset = (size_t)(from % consumer->slot_size), length = (size_t)(to - from);
    size_t first = length < consumer->slot_size - offset ? length : consumer->slot_size - offset;

    if (to > from && to - from <= consumer->slot_size) {
        memset(consumer->bytes + offset, 0, first);
        memset(consumer->bytes, 0, length - first);
    }
}

void slim_ring_release(struct slim_ring_consumer *consumer, const struct slim_ring_range *range)
{
    wipe(consumer, range->from, range->to);
    consumer->tail = range->to;
    consumer->drained = range->records_before;
    consumer->lost += range->lost;
    give_back(consumer);
}

int slim_ring_is_deserted(const struct slim_ring *ring)
{
    struct flock lock = {.l_type = F_WRLCK,
                         .l_whence = SEEK_SET,
                         .l_start = RING_LOCK_SLOT(0),
                         .l_len = ring->shape.slots};

    if (fcntl(ring->fd, F_GETLK, &lock) != 0 || lock.l_type != F_UNLCK) {
        return 0;
    }
    for (uint32_t i = 0; i < ring->shape.slots; i++) {
        const struct slim_ring_slot *slot = ring_slot(ring, i);
        if (atomic_load_explicit(&slot->head, memory_order_acquire) != ring_load(&slot->tail)) {
            return 0;
        }
    }
    return 1;
}

void slim_ring_retire(const struct slim_ring *ring)
{
    memset(ring->base, 0, sizeof(struct ring_header));
    if (slim_give_room_back(ring->fd, (off_t)ring->size) != 0) {
        return; /* it keeps its room until its file is removed */
    }
}
