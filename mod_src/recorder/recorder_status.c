/* What the recorder says of itself, in the status block of its rings. */
#include <stdio.h>
#include <unistd.h>

#include <apr_time.h>

#include "core/clock.h"
#include "core/version.h"
#include "recorder.h"

#define COUNT_MAX (UINT64_C(1) << 44) /* of hits: more is damage */
#define CLOCK_MAX (INT64_C(1) << 52) /* microseconds since 1970: in 2112 */

void slim_recorder_publish(struct slim_recorder *r)
{
    struct slim_status status;

    pthread_mutex_lock(&r->mutex);
    status = r->status;
    pthread_mutex_unlock(&r->mutex);
    slim_conditions_copy(&r->conditions, status.area);
    status.heartbeat_us = apr_time_now();
    status.heartbeat_ticks = slim_ticks();
    status.drain_ticks = atomic_load(&r->beat[SLIM_THREAD_DRAIN]);
    for (int i = 0; i < r->rings; i++) {
        slim_ring_write_status(&r->ring[i], &status);
    }
}

static int is_plausible(const struct slim_ledger *ledger)
{
    return ledger->seen < COUNT_MAX && slim_ledger_excluded(ledger) < COUNT_MAX
           && slim_ledger_dropped(ledger) < COUNT_MAX;
}

static int counts_are_plausible(const struct slim_status *s)
{
    return is_plausible(&s->before) && is_plausible(&s->base) && s->stored < COUNT_MAX
           && s->loaded < COUNT_MAX && s->journal_next < COUNT_MAX && s->ring_drained < COUNT_MAX
           && s->ring_lost < COUNT_MAX;
}

void slim_recorder_begin_status(struct slim_recorder *r)
{
    struct slim_status before;
    int known = r->rings > 0 && slim_ring_read_status(&r->ring[0], &before);

    slim_conditions_init(&r->conditions, known ? &before : NULL);
    if (known && counts_are_plausible(&before)) { /* the store is not open yet and cannot say it */
        r->status.before = before.before;
        r->status.base = before.base;
        r->status.stored = before.stored;
        r->status.ledger_known = before.ledger_known;
        r->status.loaded = before.loaded;
        r->status.journal_next = before.journal_next;
        r->status.ring_drained = before.ring_drained;
        r->status.ring_lost = before.ring_lost;
    }
    known = known && before.clock_believed > 0 && before.clock_believed < CLOCK_MAX;
    slim_clock_watch_init(&r->clock, slim_clock_offset(), known ? before.clock_believed : 0);
    r->status.pid = (uint32_t)getpid();
    r->status.started_us = apr_time_now();
    r->status.behind_ticks = slim_ticks();
    r->status.journal_limit = r->settings->journal_limit;
    snprintf(r->status.version, sizeof r->status.version, "%s", SLIM_VERSION);
}
