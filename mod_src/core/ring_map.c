/* The ring's file: making, checking, mapping, and the counters in it. */
#include "ring.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_time.h>

#include "clock.h"
#include "ring_layout.h"

static const char magic[8] = {'S', 'L', 'I', 'M', 'R', 'I', 'N', 'G'};

struct slim_ring_shape slim_ring_shape_for(uint64_t bytes, unsigned processes)
{
    struct slim_ring_shape shape;
    uint64_t slots = (uint64_t)processes + processes / 8 + 4;

    shape.slots = slots > SLIM_RING_SLOTS_MAX ? SLIM_RING_SLOTS_MAX : (uint32_t)slots;
    uint64_t size = bytes / shape.slots / RING_PAGE * RING_PAGE;
    if (size < SLIM_RING_SLOT_MIN) {
        size = SLIM_RING_SLOT_MIN;
    }
    shape.slot_size = size > (1u << 30) ? (1u << 30) : (uint32_t)size;
    return shape;
}

uint64_t slim_ring_file_size(const struct slim_ring_shape *shape)
{
    return ring_bytes_offset(shape) + (uint64_t)shape->slots * shape->slot_size;
}

static int shape_is_possible(const struct slim_ring_shape *shape)
{
    return shape->slots > 0 && shape->slots <= SLIM_RING_SLOTS_MAX
           && shape->slot_size >= SLIM_RING_SLOT_MIN && shape->slot_size <= (1u << 30)
           && shape->slot_size % RING_PAGE == 0;
}

/* The kernel's name of the machine's start (random(4), boot_id); 0: it does not tell. */
static uint64_t name_of_boot(void)
{
    char text[37] = "";
    uint64_t name = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    int fd = open(SLIM_FILE_OF_BOOT, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

    if (fd >= 0) {
        close(fd);
    }
    for (ssize_t i = 0; i < length; i++) {
        name = (name ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    }
    return length > 0 ? name : 0;
}

static int64_t made_at(const struct ring_header *header)
{
    int is_known = header->boot != 0 && header->made_ticks > 0 && header->made_ticks <= slim_ticks()
                   && header->boot == name_of_boot();

    return is_known ? header->made_ticks : 0;
}

apr_status_t slim_ring_format(int fd, const struct slim_ring_shape *shape)
{
    struct ring_header header = {.version = RING_VERSION,
                                 .slots = shape->slots,
                                 .slot_size = shape->slot_size,
                                 .made_us = apr_time_now(),
                                 .boot = name_of_boot(),
                                 .made_ticks = slim_ticks()};

    if (!shape_is_possible(shape)) {
        return APR_EINVAL;
    }
    memcpy(header.magic, magic, sizeof magic);
    while (header.epoch == 0) {
        if (getrandom(&header.epoch, sizeof header.epoch, 0) != sizeof header.epoch) {
            return errno;
        }
    }
    int failed = posix_fallocate(fd, 0, (off_t)slim_ring_file_size(shape));
    if (failed) {
        return failed;
    }
    if (pwrite(fd, &header, sizeof header, 0) != (ssize_t)sizeof header) {
        return errno ? errno : APR_EGENERAL;
    }
    return APR_SUCCESS;
}

static apr_status_t read_header(int fd, struct ring_header *header, struct slim_ring_shape *shape)
{
    static const struct ring_header retired;
    struct stat st;

    if (pread(fd, header, sizeof *header, 0) != (ssize_t)sizeof *header) {
        return SLIM_EBADRING;
    }
    if (memcmp(header, &retired, sizeof retired) == 0) {
        return SLIM_ERETIRED;
    }
    if (memcmp(header->magic, magic, sizeof magic) != 0 || header->version != RING_VERSION) {
        return SLIM_EBADRING;
    }
    shape->slots = header->slots;
    shape->slot_size = header->slot_size;
    if (!shape_is_possible(shape) || header->epoch == 0 || fstat(fd, &st) != 0
        || (uint64_t)st.st_size != slim_ring_file_size(shape)) {
        return SLIM_EBADRING;
    }
    return APR_SUCCESS;
}

apr_status_t slim_ring_probe(int fd, struct slim_ring_shape *shape)
{
    struct ring_header header;

    return read_header(fd, &header, shape);
}

apr_status_t slim_ring_map(int fd, int writable, struct slim_ring *ring)
{
    struct ring_header header;
    struct slim_ring_shape shape;
    apr_status_t rv = read_header(fd, &header, &shape);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    size_t size = (size_t)slim_ring_file_size(&shape);
    void *base = mmap(NULL, size, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
    if (base == MAP_FAILED) {
        return errno;
    }
    *ring = (struct slim_ring){.base = base,
                               .size = size,
                               .epoch = header.epoch,
                               .made_at = made_at(&header),
                               .shape = shape,
                               .fd = fd};
    return APR_SUCCESS;
}

void slim_ring_unmap(struct slim_ring *ring)
{
    if (ring->base) {
        munmap(ring->base, (size_t)ring->size);
        ring->base = NULL;
    }
}

uint64_t ring_records_at(const struct slim_ring_slot *slot, uint64_t head)
{
    for (int i = 0; i < 2; i++) {
        if (ring_load(&slot->mark[i].position) == head) {
            return ring_load(&slot->mark[i].records);
        }
    }
    return 0;
}

/* The status block: a sequence number that is odd while the block is being written, then the
 * block, in words. */
static _Atomic uint64_t *status_words(const struct slim_ring *ring)
{
    return (_Atomic uint64_t *)(void *)(ring->base + RING_PAGE);
}

int slim_ring_peek_status(const struct slim_ring *ring, int64_t *heartbeat_ticks,
                          uint32_t *drop_reason)
{
    const _Atomic uint64_t *words = status_words(ring);
    uint64_t processes = ring_load(words + 1 + offsetof(struct slim_status, pid) / 8);
    uint32_t pair[2];

    _Static_assert(offsetof(struct slim_status, drop_reason)
                       == offsetof(struct slim_status, pid) + sizeof pair[0],
                   "pid and drop_reason are one word");
    memcpy(pair, &processes, sizeof pair);
    *drop_reason = pair[1];
    *heartbeat_ticks =
        (int64_t)ring_load(words + 1 + offsetof(struct slim_status, heartbeat_ticks) / 8);
    return atomic_load_explicit(words, memory_order_acquire) != 0;
}

int slim_ring_read_status(const struct slim_ring *ring, struct slim_status *status)
{
    const _Atomic uint64_t *words = status_words(ring);
    uint64_t copy[sizeof *status / 8];

    for (int attempt = 0; attempt < 1000; attempt++) {
        uint64_t before = atomic_load_explicit(words, memory_order_acquire);
        if (before == 0) {
            return 0;
        }
        for (size_t i = 0; i < sizeof copy / 8; i++) {
            copy[i] = ring_load(words + 1 + i);
        }
        atomic_thread_fence(memory_order_acquire);
        if (before % 2 == 0 && ring_load(words) == before) {
            memcpy(status, copy, sizeof *status);
            slim_status_bound(status);
            return 1;
        }
    }
    return 0;
}

void slim_ring_write_status(const struct slim_ring *ring, const struct slim_status *status)
{
    _Atomic uint64_t *words = status_words(ring);
    uint64_t copy[sizeof *status / 8];
    uint64_t sequence = ring_load(words) | 1;

    memcpy(copy, status, sizeof copy);
    ring_store(words, sequence);
    atomic_thread_fence(memory_order_release);
    for (size_t i = 0; i < sizeof copy / 8; i++) {
        ring_store(words + 1 + i, copy[i]);
    }
    atomic_store_explicit(words, sequence + 1, memory_order_release);
}

uint64_t slim_ring_used(const struct slim_ring *ring)
{
    uint64_t used = 0;

    for (uint32_t i = 0; i < ring->shape.slots; i++) {
        const struct slim_ring_slot *slot = ring_slot(ring, i);
        uint64_t tail = ring_load(&slot->tail), head = ring_load(&slot->head);
        used += ring_positions_fit(tail, head, ring->shape.slot_size) ? head - tail : 0;
    }
    return used;
}
