/* The ring's counters. Each hit seen has one fate, and each record pushed is drained or waits: by
 * that a counter that lies is found, and corrected. */
#include <string.h>

#include "clock.h"
#include "ring_layout.h"

/* Hits under way, or of a killed child, make a difference, and so do counters that move while they
 * are read. */
#define UNDER_WAY UINT64_C(1000)
#define RECORD_SPAN_MIN 8u

static int is_near(uint64_t a, uint64_t b)
{
    return a - b <= UNDER_WAY || b - a <= UNDER_WAY;
}

static uint64_t fates_of(const struct ring_counts *c)
{
    uint64_t sum = c->pushed;

    for (unsigned i = 0; i < SLIM_EXCLUDED_REASONS; i++) {
        sum += c->excluded[i];
    }
    for (unsigned i = 0; i < SLIM_DROPPED_REASONS; i++) {
        sum += c->dropped[i];
    }
    return sum;
}

/* More than a million hits a second since the ring was made were never counted. How long that is no
 * clock that is set may say. */
static uint64_t most_plausible(const struct slim_ring *ring)
{
    int64_t age_us = ring->made_at > 0 ? slim_ticks() - ring->made_at : -1;

    return age_us >= 0 && age_us < RING_COUNT_MAX ? (uint64_t)age_us + 1000000 : RING_COUNT_MAX;
}

/* With one bit turned, if that does it; else the bound that is nearer. */
static uint64_t bring_within(uint64_t value, uint64_t least, uint64_t most)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        uint64_t other = value ^ UINT64_C(1) << bit;
        if (other >= least && other <= most) {
            return other;
        }
    }
    return value < least ? least : most;
}

/* What was pushed and not drained is what waits. */
static int settle_drained(struct ring_counts *c, uint64_t waiting)
{
    uint64_t most = waiting / RECORD_SPAN_MIN;
    uint64_t by_seen = c->seen - (fates_of(c) - c->pushed);

    if (c->pushed - c->drained <= most) {
        return 0;
    }
    if (is_near(c->pushed, by_seen)) {
        c->drained = bring_within(c->drained, c->pushed > most ? c->pushed - most : 0, c->pushed);
    } else {
        c->pushed = bring_within(c->pushed, c->drained, c->drained + most);
    }
    return 1;
}

/* The fate that is too large by so many; NULL: none is. */
static uint64_t *find_excess(struct ring_counts *c, uint64_t excess)
{
    uint64_t *most = NULL;

    for (unsigned i = 0; i < SLIM_EXCLUDED_REASONS; i++) {
        most =
            c->excluded[i] >= excess && (!most || c->excluded[i] > *most) ? &c->excluded[i] : most;
    }
    for (unsigned i = 0; i < SLIM_DROPPED_REASONS; i++) {
        most = c->dropped[i] >= excess && (!most || c->dropped[i] > *most) ? &c->dropped[i] : most;
    }
    return most;
}

static int settle_seen(struct ring_counts *c)
{
    uint64_t fates = fates_of(c);

    if (is_near(c->seen, fates)) {
        return 0;
    }
    uint64_t *large = c->seen < fates ? find_excess(c, fates - c->seen) : NULL;
    if (large) {
        *large -= fates - c->seen;
    } else {
        c->seen = fates;
    }
    return 1;
}

/* What no ring of this age can have counted is nothing. */
static int settle_absurd(struct ring_counts *c, uint64_t most)
{
    int found = 0;

    for (unsigned i = 0; i < 16; i++) {
        if (c->excluded[i] > most || c->dropped[i] > most) {
            found = 1;
            c->excluded[i] = c->excluded[i] > most ? 0 : c->excluded[i];
            c->dropped[i] = c->dropped[i] > most ? 0 : c->dropped[i];
        }
    }
    return found;
}

int ring_count(const struct slim_ring *ring, const struct slim_ring_slot *slot,
               struct ring_counts *c)
{
    uint64_t head = atomic_load_explicit(&slot->head, memory_order_acquire);
    uint64_t tail = ring_load(&slot->tail);
    int sound = ring_positions_fit(tail, head, ring->shape.slot_size);

    memset(c, 0, sizeof *c);
    c->pushed = ring_records_at(slot, head);
    c->seen = ring_load(&slot->seen);
    for (unsigned i = 0; i < SLIM_EXCLUDED_REASONS; i++) {
        c->excluded[i] = ring_load(&slot->excluded[i]);
    }
    for (unsigned i = 0; i < SLIM_DROPPED_REASONS; i++) {
        c->dropped[i] = ring_load(&slot->dropped[i]);
    }
    c->drained = ring_load(&slot->drained);
    c->lost = ring_load(&slot->lost);
    int found = 0;
    if (sound) { /* else whoever mends the positions knows more */
        found |= settle_drained(c, head - tail);
        found |= settle_seen(c);
    }
    if (settle_absurd(c, most_plausible(ring))) {
        found = 1;
        c->seen = fates_of(c);
    }
    if (c->lost > c->drained) {
        c->lost = 0;
        found = 1;
    }
    return found;
}

uint64_t ring_no_slot(const struct slim_ring *ring)
{
    uint64_t count = ring_load(&ring_header(ring)->no_slot);

    uint64_t most = most_plausible(ring);

    return count > most ? bring_within(count, 0, most) : count;
}

void slim_ring_ledger(const struct slim_ring *ring, struct slim_ledger *ledger, uint64_t *pushed)
{
    uint64_t no_slot = ring_no_slot(ring);

    memset(ledger, 0, sizeof *ledger);
    *pushed = 0;
    ledger->seen = no_slot;
    ledger->dropped[SLIM_DROPPED_NO_SLOT] = no_slot;
    for (uint32_t i = 0; i < ring->shape.slots; i++) {
        struct ring_counts c;
        (void)ring_count(ring, ring_slot(ring, i), &c);
        ledger->seen += c.seen;
        for (unsigned reason = 0; reason < SLIM_EXCLUDED_REASONS; reason++) {
            ledger->excluded[reason] += c.excluded[reason];
        }
        for (unsigned reason = 0; reason < SLIM_DROPPED_REASONS; reason++) {
            ledger->dropped[reason] += c.dropped[reason];
        }
        ledger->drained += c.drained - c.lost;
        ledger->dropped[SLIM_DROPPED_UNREADABLE] += c.lost;
        *pushed += c.pushed;
    }
}

/* --- correcting them --- */

/* What has moved since it was read is the owner's business. */
static void correct(_Atomic uint64_t *counter, uint64_t before, uint64_t value)
{
    if (before != value) {
        atomic_compare_exchange_strong(counter, &before, value);
    }
}

int ring_correct(const struct slim_ring *ring, struct slim_ring_slot *slot)
{
    struct ring_counts c;

    uint64_t seen = ring_load(&slot->seen);
    uint64_t excluded[SLIM_EXCLUDED_REASONS], dropped[SLIM_DROPPED_REASONS];
    for (unsigned i = 0; i < SLIM_EXCLUDED_REASONS; i++) {
        excluded[i] = ring_load(&slot->excluded[i]);
    }
    for (unsigned i = 0; i < SLIM_DROPPED_REASONS; i++) {
        dropped[i] = ring_load(&slot->dropped[i]);
    }
    if (!ring_count(ring, slot, &c)) {
        return 0;
    }
    correct(&slot->seen, seen, c.seen);
    for (unsigned i = 0; i < SLIM_EXCLUDED_REASONS; i++) {
        correct(&slot->excluded[i], excluded[i], c.excluded[i]);
    }
    for (unsigned i = 0; i < SLIM_DROPPED_REASONS; i++) {
        correct(&slot->dropped[i], dropped[i], c.dropped[i]);
    }
    return 1;
}

unsigned slim_ring_correct(const struct slim_ring *ring)
{
    unsigned found = 0;
    uint64_t no_slot = ring_load(&ring_header(ring)->no_slot);

    if (ring_no_slot(ring) != no_slot) {
        correct(&ring_header(ring)->no_slot, no_slot, ring_no_slot(ring));
        found++;
    }
    for (uint32_t i = 0; i < ring->shape.slots; i++) {
        found += ring_correct(ring, ring_slot(ring, i)) != 0;
    }
    return found;
}
