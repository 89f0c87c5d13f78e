/* Ring to journal. Each pass takes what every slot has, writes it in one go, and only then gives
 * the room back: a recorder that is killed in between finds the range in the journal's end. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "core/clock.h"
#include "recorder.h"

#define PASS_FRAMES 256    /* frames of one flush */
#define BUSY_WAIT_US 2000  /* between passes while a slot may soon be full */
#define CALM_WAIT_US 10000 /* else, for CALM_BYTES of a slot: it must not fill up in that time */
#define CALM_BYTES (256u << 10)
#define CALM_MOST 3           /* times that */
#define BUSY_PART 32          /* of a slot that a pass finds taken */
#define FAILED_WAIT_US 500000 /* after a failure */
#define LEDGER_US 1000000     /* between ledger frames */
#define LAST_PASSES 50 /* when asked to end while hits keep coming; the next recorder goes on */

struct taken {
    struct slim_ring_consumer *consumer;
    struct slim_ring_range range;
};

struct drain {
    struct slim_recorder *recorder;
    struct slim_journal *journal;
    struct slim_ring_consumer *consumers[SLIM_RINGS_MAX]; /* one array a ring */
    int retired[SLIM_RINGS_MAX];                          /* nothing comes from it any more */
    struct taken taken[PASS_FRAMES];
    int count;
    char *bytes; /* of one frame's payload */
    apr_pool_t *pool;
    struct slim_ledger journaled[SLIM_RINGS_MAX]; /* as the last ledger frames say */
    int ledgers_are_due;                          /* the segment does not begin with them yet */
    int64_t journaled_us;
    int wrote;          /* in this pass */
    int busy;           /* a slot had much */
    useconds_t calm_us; /* between passes while none has */
};

/* A frame found at the journal's end: its records must not be taken from the ring again. */
static void resume(void *baton, const struct slim_frame *frame)
{
    struct drain *d = baton;

    for (int i = 0; i < d->recorder->rings; i++) {
        const struct slim_ring *ring = &d->recorder->ring[i];
        if (ring->epoch == frame->epoch && frame->slot < ring->shape.slots) {
            slim_ring_resume(&d->consumers[i][frame->slot], frame->to, frame->records_before);
        }
    }
}

static void make_consumers(struct drain *d)
{
    for (int i = 0; i < d->recorder->rings; i++) {
        const struct slim_ring *ring = &d->recorder->ring[i];
        d->consumers[i] = apr_palloc(d->pool, ring->shape.slots * sizeof *d->consumers[i]);
        for (uint32_t slot = 0; slot < ring->shape.slots; slot++) {
            slim_ring_consume(ring, slot, &d->consumers[i][slot]);
        }
    }
}

void slim_recorder_journal_failed(struct slim_recorder *r, enum slim_journal_fault fault,
                                  apr_status_t rv, const char *doing)
{
    char reason[128], what[512];
    int full = rv == SLIM_EJOURNALFULL || APR_STATUS_IS_ENOSPC(rv) || rv == EDQUOT;

    if (rv == SLIM_EJOURNALFULL) {
        snprintf(reason, sizeof reason, "it has reached SlimStatsJournalLimit");
    } else if (rv == SLIM_EBADJOURNAL) {
        snprintf(reason, sizeof reason, "its identity file is damaged");
    } else {
        apr_strerror(rv, reason, sizeof reason);
    }
    snprintf(what, sizeof what, "cannot %s the journal in %s: %s", doing, r->settings->state,
             reason);
    atomic_fetch_or(&r->journal_faults, (int)fault);
    slim_condition_enter(&r->conditions, SLIM_AREA_JOURNAL,
                         full ? SLIM_STATE_JOURNAL_FULL : SLIM_STATE_JOURNAL_IO, rv, what);
    pthread_mutex_lock(&r->mutex);
    r->status.drop_reason = full ? SLIM_DROPPED_JOURNAL_FULL : SLIM_DROPPED_JOURNAL_IO;
    pthread_mutex_unlock(&r->mutex);
}

void slim_recorder_journal_is_well(struct slim_recorder *r, enum slim_journal_fault fault)
{
    if ((atomic_fetch_and(&r->journal_faults, ~(int)fault) & ~(int)fault) != 0) {
        return;
    }
    slim_condition_leave(&r->conditions, SLIM_AREA_JOURNAL);
    pthread_mutex_lock(&r->mutex);
    r->status.drop_reason = SLIM_DROPPED_RING_FULL;
    pthread_mutex_unlock(&r->mutex);
}

static int open_journal(struct drain *d)
{
    struct slim_recorder *r = d->recorder;
    const char *directory = apr_pstrcat(d->pool, r->settings->state, "/journal", NULL);
    apr_pool_t *pool;
    struct slim_journal *journal;
    apr_status_t rv = apr_pool_create(&pool, d->pool);

    if (rv != APR_SUCCESS) {
        return 0;
    }
    rv = slim_journal_open(directory, r->settings->journal_limit, resume, d, &journal, pool);
    if (rv != APR_SUCCESS) {
        apr_pool_destroy(pool);
        slim_recorder_journal_failed(r, SLIM_JOURNAL_APPENDING, rv, "open");
        return 0;
    }
    slim_journal_number_from(journal, (uint64_t)apr_time_now());
    d->journal = journal;
    pthread_mutex_lock(&r->mutex);
    r->journal = journal;
    pthread_mutex_unlock(&r->mutex);
    return 1;
}

static apr_status_t add_ledger(struct drain *d, int i)
{
    const struct slim_ring *ring = &d->recorder->ring[i];
    char payload[SLIM_LEDGER_PAYLOAD];
    struct slim_frame frame = {.type = SLIM_FRAME_LEDGER,
                               .epoch = ring->epoch,
                               .payload = {payload, sizeof payload}};
    struct slim_ledger ledger;
    uint64_t pushed;

    slim_ring_ledger(ring, &ledger, &pushed);
    slim_journal_put_ledger(&ledger, payload);
    d->journaled[i] = ledger;
    return slim_journal_add(d->journal, &frame);
}

/* Counters that somebody else wrote, or that memory got wrong, are put right. */
static void correct_counters(struct drain *d, int i)
{
    const struct slim_ring *ring = &d->recorder->ring[i];
    unsigned found = 0;

    for (uint32_t slot = 0; slot < ring->shape.slots; slot++) {
        found += slim_ring_restate(&d->consumers[i][slot]) != 0;
    }
    found += slim_ring_correct(ring);
    if (found > 0) {
        slim_recorder_log_once(
            d->recorder, SLIM_LOG_WARN,
            "counters in the ring could not be right, and were corrected; look for "
            "faults of the memory, or who writes to it");
    }
}

static int ledger_moved(struct drain *d, int i)
{
    struct slim_ledger ledger;
    uint64_t pushed;

    slim_ring_ledger(&d->recorder->ring[i], &ledger, &pushed);
    return memcmp(&ledger, &d->journaled[i], sizeof ledger) != 0;
}

/* The ledger stands first in every segment, and follows the hits once a second. */
static apr_status_t add_ledgers(struct drain *d, int fresh)
{
    int64_t now = slim_ticks();
    apr_status_t rv = APR_SUCCESS;

    d->ledgers_are_due |= fresh;
    if (!d->ledgers_are_due && now - d->journaled_us < LEDGER_US) {
        return APR_SUCCESS;
    }
    d->journaled_us = now;
    for (int i = 0; i < d->recorder->rings && rv == APR_SUCCESS; i++) {
        if (d->retired[i]) {
            continue;
        }
        correct_counters(d, i);
        (void)slim_ring_settle(&d->recorder->ring[i]);
        if (d->ledgers_are_due || ledger_moved(d, i)) {
            rv = add_ledger(d, i);
        }
    }
    return rv;
}

static apr_status_t add_range(struct drain *d, const struct slim_ring *ring, uint32_t slot,
                              struct slim_ring_consumer *consumer,
                              const struct slim_ring_range *range)
{
    struct slim_frame frame = {.type = SLIM_FRAME_HITS,
                               .records = (uint32_t)range->records,
                               .slot = slot,
                               .epoch = ring->epoch,
                               .from = range->from,
                               .to = range->to,
                               .records_before = range->records_before,
                               .payload = {d->bytes, range->length}};
    apr_status_t rv = slim_journal_add(d->journal, &frame);

    if (rv == APR_SUCCESS) {
        d->taken[d->count].consumer = consumer;
        d->taken[d->count].range = *range;
        d->count++;
    }
    return rv;
}

/* Writes what was taken, then gives the slots their room back. */
static apr_status_t flush(struct drain *d)
{
    int something = slim_journal_pending(d->journal);
    apr_status_t rv = slim_journal_flush(d->journal);

    for (int i = 0; rv == APR_SUCCESS && i < d->count; i++) {
        slim_ring_release(d->taken[i].consumer, &d->taken[i].range);
    }
    d->count = 0;
    if (rv != APR_SUCCESS) {
        memset(d->journaled, 0, sizeof d->journaled);
    } else if (something) {
        d->ledgers_are_due = 0;
    }
    if (rv == APR_SUCCESS && something) {
        struct slim_recorder *r = d->recorder;
        d->wrote = 1;
        slim_recorder_appended(r, d->journal);
    }
    return rv;
}

/* One frame from a slot, at most; *took: whether there was one. */
static apr_status_t take_from_slot(struct drain *d, const struct slim_ring *ring, uint32_t slot,
                                   struct slim_ring_consumer *consumer, int *took)
{
    struct slim_ring_range range;

    *took = slim_ring_read(consumer, consumer->tail, d->bytes, SLIM_JOURNAL_PAYLOAD_MAX, &range);
    if (!*took) {
        return APR_SUCCESS;
    }
    d->busy |= range.to - range.from > ring->shape.slot_size / BUSY_PART;
    apr_status_t rv = add_range(d, ring, slot, consumer, &range);
    if (rv == APR_ENOSPC || d->count == PASS_FRAMES) { /* the journal's buffer is full */
        apr_status_t flushed = flush(d);
        if (flushed != APR_SUCCESS) {
            return flushed;
        }
        rv = rv == APR_ENOSPC ? add_range(d, ring, slot, consumer, &range) : rv;
    }
    return rv;
}

/* One pass over all slots; *took counts the frames. */
static apr_status_t pass(struct drain *d, int *took)
{
    int fresh, took_one;
    apr_status_t rv = slim_journal_begin(d->journal, &fresh);

    *took = 0;
    d->wrote = d->busy = 0;
    if (rv == APR_SUCCESS) {
        rv = add_ledgers(d, fresh);
    }
    for (int i = 0; i < d->recorder->rings; i++) {
        const struct slim_ring *ring = &d->recorder->ring[i];
        uint32_t slots = d->retired[i] ? 0 : ring->shape.slots;
        for (uint32_t slot = 0; rv == APR_SUCCESS && slot < slots; slot++) {
            rv = take_from_slot(d, ring, slot, &d->consumers[i][slot], &took_one);
            *took += took_one;
        }
    }
    apr_status_t flushed = flush(d); /* what was added before a failure is good */
    if (rv == APR_SUCCESS) {
        rv = flushed;
    }
    return rv;
}

/* An older ring is given up once nobody can push into it, and all of it and its last counters are
 * in the journal and on the disk. */
static void retire_old_rings(struct drain *d)
{
    for (int i = 1; i < d->recorder->rings; i++) {
        const struct slim_ring *ring = &d->recorder->ring[i];
        if (!d->retired[i] && slim_ring_is_deserted(ring) && slim_ring_settle(ring) == 0
            && !ledger_moved(d, i) && slim_journal_sync(d->journal) == APR_SUCCESS) {
            slim_ring_retire(ring);
            d->retired[i] = 1;
        }
    }
}

/* Records that wait in rings of other shapes. */
static uint64_t count_older(const struct drain *d)
{
    uint64_t waiting = 0;

    for (int i = 1; i < d->recorder->rings; i++) {
        struct slim_ledger ledger;
        uint64_t pushed;
        if (!d->retired[i]) {
            slim_ring_ledger(&d->recorder->ring[i], &ledger, &pushed);
            uint64_t taken = ledger.drained + ledger.dropped[SLIM_DROPPED_UNREADABLE];
            waiting += pushed > taken ? pushed - taken : 0;
        }
    }
    return waiting;
}

static void note_older(struct drain *d)
{
    uint64_t waiting = count_older(d);

    pthread_mutex_lock(&d->recorder->mutex);
    d->recorder->status.older_waiting = waiting;
    pthread_mutex_unlock(&d->recorder->mutex);
}

static void note_sizes(struct drain *d)
{
    struct slim_recorder *r = d->recorder;
    struct slim_journal_position end = slim_journal_end(d->journal);
    uint64_t bytes, segments, drained = 0, lost = 0, older = count_older(d);

    for (uint32_t slot = 0; r->rings > 0 && slot < r->ring[0].shape.slots; slot++) {
        drained += d->consumers[0][slot].drained - d->consumers[0][slot].lost;
        lost += d->consumers[0][slot].lost;
    }
    slim_journal_size(d->journal, &bytes, &segments);
    pthread_mutex_lock(&r->mutex);
    r->status.ring_drained = drained;
    r->status.ring_lost = lost;
    r->status.older_waiting = older;
    if (r->was_loaded || end.record > r->status.journal_next) { /* else who loads finds the loss */
        r->status.journal_next = end.record;
    }
    r->status.journal_bytes = bytes;
    r->status.journal_segments = segments;
    pthread_mutex_unlock(&r->mutex);
}

/* One pass, its failures reported. 0: something failed. */
static int pass_and_log(struct drain *d, int *took)
{
    apr_status_t rv;

    *took = 0;
    if (!d->journal && !open_journal(d)) {
        note_older(d);
        return 0;
    }
    rv = pass(d, took);
    if (rv != APR_SUCCESS) {
        slim_recorder_journal_failed(d->recorder, SLIM_JOURNAL_APPENDING, rv, "append to");
    } else if (d->wrote) {
        slim_recorder_journal_is_well(d->recorder, SLIM_JOURNAL_APPENDING);
    }
    if (rv == APR_SUCCESS) {
        retire_old_rings(d);
    }
    note_sizes(d);
    return rv == APR_SUCCESS;
}

/* The smaller slots are, the sooner one is full: 10 ms is what the smallest are safe with. */
static useconds_t calm_wait(const struct slim_recorder *r)
{
    uint32_t size = CALM_MOST * CALM_BYTES;

    for (int i = 0; i < r->rings; i++) {
        size = r->ring[i].shape.slot_size < size ? r->ring[i].shape.slot_size : size;
    }
    return size < CALM_BYTES ? CALM_WAIT_US
                             : (useconds_t)(CALM_WAIT_US * (uint64_t)size / CALM_BYTES);
}

void *slim_recorder_drain(void *data)
{
    struct slim_recorder *r = data;
    struct drain *d = apr_pcalloc(r->thread_pool[0], sizeof *d);

    d->recorder = r;
    d->pool = r->thread_pool[0];
    d->bytes = apr_palloc(d->pool, SLIM_JOURNAL_PAYLOAD_MAX);
    make_consumers(d);
    d->calm_us = calm_wait(r);
    for (int last_passes = 0; last_passes < LAST_PASSES;) {
        int took, stopping = atomic_load(&r->stopping);
        slim_recorder_beat(r, SLIM_THREAD_DRAIN);
        int well = pass_and_log(d, &took);
        slim_recorder_went(r, SLIM_THREAD_DRAIN);
        if (stopping && (!well || took == 0)) {
            break;
        }
        last_passes += stopping;
        usleep(!well ? FAILED_WAIT_US : d->busy || stopping ? BUSY_WAIT_US : d->calm_us);
    }
    atomic_store(&r->drained, 1);
    atomic_fetch_add(&r->ended, 1);
    return NULL;
}
