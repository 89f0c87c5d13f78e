/* The ring: one file, mapped by every httpd child and by the recorder, that carries records from
 * the one to the other and holds the ledger's counters.
 *
 *   header │ recorder's status │ slot headers │ slot 0's bytes │ slot 1's bytes │ …
 *
 * A child owns slots by file locks that die with it. Inside a slot positions only grow:
 * head is written by the owner after a record is complete, tail by the recorder after the record
 * is in the journal; a position modulo the slot's size is where its byte stands. So a child that is
 * killed leaves no half record, and whoever takes its slot over goes on at head. The file is fully
 * allocated when it is made: a write into it cannot fail later. It outlives every process. The
 * steps of owner and recorder are a model in tests/model/ring.pml, which spin goes through.
 * Explained in mod_src/manual/how-ring.md.
 *
 * Whatever is in the file is hostile: numbers from it are checked before they are used, and the
 * parent process (root) never maps it. */
#ifndef SLIM_RING_H
#define SLIM_RING_H

#include <pthread.h>
#include <stdint.h>

#include "ledger.h"
#include "record.h"
#include "status.h"

struct slim_ring_shape {
    uint32_t slots;     /* 1 … SLIM_RING_SLOTS_MAX */
    uint32_t slot_size; /* bytes, a multiple of 4096, SLIM_RING_SLOT_MIN … 1 GiB */
};

#define SLIM_RING_SLOTS_MAX 65536u
#define SLIM_RING_SLOT_MIN 32768u

/* The shape for processes children within bytes: a spare slot for every eighth child (old and new
 * generation overlap during a reload), slots never below SLIM_RING_SLOT_MIN, so that the file may
 * become larger than bytes. */
struct slim_ring_shape slim_ring_shape_for(uint64_t bytes, unsigned processes);

/* Size of the file of a shape. */
uint64_t slim_ring_file_size(const struct slim_ring_shape *shape);

/* --- The parent: by file descriptor only --- */

/* Makes an empty file a ring: allocates every byte, then writes the header with a fresh random
 * epoch. The descriptor stays the caller's. Returns errno's value, ENOSPC when it does not fit. */
apr_status_t slim_ring_format(int fd, const struct slim_ring_shape *shape) SLIM_MUST_CHECK;

/* Rings that a recorder drains at a time: the one in use, and older ones of other shapes. */
#define SLIM_RINGS_MAX 8

/* Reads the shape of an existing ring. SLIM_EBADRING when it is not a ring, is of another version,
 * or its length is not what its header says; SLIM_ERETIRED when it was one. */
apr_status_t slim_ring_probe(int fd, struct slim_ring_shape *shape) SLIM_MUST_CHECK;

/* --- Everybody who maps it --- */

struct slim_ring {
    char *base;
    uint64_t size;
    uint64_t epoch;  /* random, names this file among all rings there ever were */
    int64_t made_at; /* ticks; 0: before the machine was started, or unknown */
    struct slim_ring_shape shape;
    int fd; /* the caller's; locks hang on it, so no other descriptor of the file may be closed */
};

/* Maps the ring behind fd, for reading alone or for reading and writing. Fails as probing does. */
apr_status_t slim_ring_map(int fd, int writable, struct slim_ring *ring) SLIM_MUST_CHECK;
void slim_ring_unmap(struct slim_ring *ring);

/* Sums the counters of all slots; *pushed is how many records they ever took. Counters move while
 * they are read: the sum is exact when no request is under way. Those that cannot be are counted as
 * what they should be. */
void slim_ring_ledger(const struct slim_ring *ring, struct slim_ledger *ledger, uint64_t *pushed);
/* Bytes of records that wait in the ring, of all slots with sound positions. */
uint64_t slim_ring_used(const struct slim_ring *ring);

/* The words of the status block that a child needs in a hurry, which may be of two moments: when
 * the recorder last beat (ticks), and what a full ring means. 0: none was ever written. */
int slim_ring_peek_status(const struct slim_ring *ring, int64_t *heartbeat_ticks,
                          uint32_t *drop_reason);

/* The recorder's status block. Read: 0 when none was ever written or it kept changing. */
int slim_ring_read_status(const struct slim_ring *ring, struct slim_status *status);
void slim_ring_write_status(const struct slim_ring *ring, const struct slim_status *status);

/* --- A child: one producer each --- */

struct slim_ring_slot;

/* A slot that this process owns. */
struct slim_ring_hold {
    struct slim_ring_slot *slot;
    char *bytes;
    uint32_t index;
    uint64_t head;    /* ours; what is in shared memory is a copy for others */
    uint64_t records; /* pushed into this slot since the ring was made */
};

#define SLIM_RING_HOLDS_MAX 64

/* Each child has a home slot. While the recorder is away a busy one takes over slots that nobody
 * needs, and gives them back when they are drained: so one child may use the whole ring. */
struct slim_ring_producer {
    const struct slim_ring *ring;
    int threaded;          /* 0: there is one thread, and no need of the mutex */
    pthread_mutex_t mutex; /* between threads of this process only; guards what follows */
    struct slim_ring_hold hold[SLIM_RING_HOLDS_MAX]; /* the first is home */
    int holds;
    int64_t searched_us; /* when no free slot was found */
};

/* Takes a free slot for this process, and settles what its last owner left: a hit that was seen
 * but met no fate is counted as child-killed. threaded: several threads will push. SLIM_ENOSLOT
 * when all are taken. */
apr_status_t slim_ring_claim(const struct slim_ring *ring, int threaded,
                             struct slim_ring_producer *producer) SLIM_MUST_CHECK;

/* Counts a hit as seen and copies its record in, or drops and counts it. now_us dates the drop's
 * reason. No allocation, never waits for another process; no system call but under contention of
 * threads, and to lock a further slot when the recorder is behind. */
void slim_ring_push(struct slim_ring_producer *producer, const char *record, size_t length,
                    int64_t now_us);

/* Counts a hit as seen and excluded. */
void slim_ring_count_excluded(struct slim_ring_producer *producer, enum slim_excluded reason);

/* For a child without a slot: counts a hit as seen and dropped. */
void slim_ring_count_no_slot(const struct slim_ring *ring);

/* --- The recorder: one consumer a slot --- */

struct slim_ring_consumer {
    struct slim_ring_slot *slot;
    char *bytes;
    uint32_t slot_size;
    uint64_t tail;    /* all before it is in the journal */
    uint64_t drained; /* records before tail */
    uint64_t lost;    /* of these, how many were damaged */
};

/* What slim_ring_read took from a slot. */
struct slim_ring_range {
    uint64_t from, to;       /* positions */
    uint64_t records;        /* in the bytes handed out */
    uint64_t records_before; /* records of the slot before to, damaged ones too */
    uint64_t lost;           /* damaged and skipped within from … to */
    size_t length;           /* bytes handed out: a stream as record.h has it */
};

/* Takes the only consumer's lock of a ring. SLIM_ELOCKED while another process has it. */
apr_status_t slim_ring_lock_consumer(const struct slim_ring *ring) SLIM_MUST_CHECK;

void slim_ring_consume(const struct slim_ring *ring, uint32_t slot,
                       struct slim_ring_consumer *consumer);

/* Tells the consumer what the journal already holds of its slot. Ignored where the ring knows
 * better. */
void slim_ring_resume(struct slim_ring_consumer *consumer, uint64_t to, uint64_t records_before);

/* Copies whole records that begin at position from into out; 0 when there are none. Bytes that
 * are no record are skipped up to the head and counted in range->lost. Pass the last range's to
 * to go on before it is released. */
int slim_ring_read(const struct slim_ring_consumer *consumer, uint64_t from, char *out, size_t size,
                   struct slim_ring_range *range);

/* Writes tail and counters again, if somebody else did. 0: nobody had. */
int slim_ring_restate(const struct slim_ring_consumer *consumer);

/* Corrects the children's counters where they cannot be; returns how many slots had such. */
unsigned slim_ring_correct(const struct slim_ring *ring);

/* Counts as child-killed what children that are gone had seen and met no fate, in slots that nobody
 * took over; returns how many slots had such. Not for a process that has a slot of its own. */
unsigned slim_ring_settle(const struct slim_ring *ring);

/* Gives the room of a range back, and wipes it: its records are in the journal. */
void slim_ring_release(struct slim_ring_consumer *consumer, const struct slim_ring_range *range);

/* Whether nothing waits in it, and nobody has a slot to push into. */
int slim_ring_is_deserted(const struct slim_ring *ring);

/* Makes a deserted ring none, and gives its memory back; it stays mapped. */
void slim_ring_retire(const struct slim_ring *ring);

#endif
