/* What the recorder says of itself, in the status block of its rings. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_time.h>

#include "core/clock.h"
#include "core/valid.h"
#include "core/version.h"
#include "recorder.h"

#define COUNT_MAX (UINT64_C(1) << 44) /* of hits: more is damage */
#define LOG_AGAIN_US (INT64_C(3600) * 1000000)
#define CLOCK_MAX (INT64_C(1) << 52) /* microseconds since 1970: in 2112 */

void slim_recorder_publish(struct slim_recorder *r)
{
    struct slim_status status;
    int is_up = atomic_load(&r->is_up);

    pthread_mutex_lock(&r->publishing);
    pthread_mutex_lock(&r->mutex);
    status = r->status;
    pthread_mutex_unlock(&r->mutex);
    slim_conditions_copy(&r->conditions, &status);
    status.heartbeat_us = is_up ? apr_time_now() : r->heartbeat_us;
    status.heartbeat_ticks = is_up ? slim_ticks() : r->heartbeat_ticks;
    status.drain_ticks = atomic_load(&r->beat[SLIM_THREAD_DRAIN]);
    slim_must_be_valid("status", slim_status_validate(&status));
    for (int i = 0; i < r->rings; i++) {
        slim_ring_write_status(&r->ring[i], &status);
    }
    pthread_mutex_unlock(&r->publishing);
}

static void publish_told(void *recorder)
{
    slim_recorder_publish(recorder);
}

/* Whether it was logged within the hour; if not, it is noted in the place of the oldest. */
static int was_logged(struct slim_status *status, uint64_t sum)
{
    int64_t now = slim_ticks();
    int oldest = 0;

    for (int i = 0; i < SLIM_TOLD_LINES; i++) {
        int64_t at = status->lines[i].at;
        if (status->lines[i].sum == sum && at > 0 && at <= now && now - at < LOG_AGAIN_US) {
            return 1;
        }
        oldest = at < status->lines[oldest].at ? i : oldest;
    }
    status->lines[oldest].sum = sum;
    status->lines[oldest].at = now;
    return 0;
}

void slim_recorder_log_once(struct slim_recorder *r, enum slim_level level, const char *format, ...)
{
    char text[1024];
    uint64_t sum = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (const char *c = text; *c; c++) {
        sum = (sum ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
    }
    pthread_mutex_lock(&r->mutex);
    int logged = was_logged(&r->status, sum);
    pthread_mutex_unlock(&r->mutex);
    if (!logged) {
        slim_log(level, "%s", text);
        slim_recorder_publish(r);
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

/* The time that the last recorder took for right, in whichever ring it said so: a ring that is new
 * does not know. 0: nobody did. */
static int64_t clock_believed_before(const struct slim_recorder *r)
{
    int64_t heartbeat = INT64_MIN, believed = 0;

    for (int i = 0; i < r->rings; i++) {
        struct slim_status before;
        if (slim_ring_read_status(&r->ring[i], &before) && before.heartbeat_ticks > heartbeat
            && before.clock_believed > 0 && before.clock_believed < CLOCK_MAX) {
            heartbeat = before.heartbeat_ticks;
            believed = before.clock_believed;
        }
    }
    return believed;
}

void slim_recorder_begin_status(struct slim_recorder *r)
{
    struct slim_status before;
    int known = r->rings > 0 && slim_ring_read_status(&r->ring[0], &before);

    slim_conditions_init(&r->conditions, known ? &before : NULL);
    r->conditions.logged = publish_told;
    r->conditions.baton = r;
    if (known) {
        memcpy(r->status.lines, before.lines, sizeof before.lines);
        r->heartbeat_us = before.heartbeat_us;
        r->heartbeat_ticks = before.heartbeat_ticks;
    }
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
    slim_clock_watch_init(&r->clock, slim_clock_offset(), clock_believed_before(r));
    r->status.pid = (uint32_t)getpid();
    r->status.started_us = apr_time_now();
    r->status.behind_ticks = slim_ticks();
    r->status.journal_limit = r->settings->journal_limit;
    snprintf(r->status.version, sizeof r->status.version, "%s", SLIM_VERSION);
}
