/* SlimStatsRetain: deletes rows that are too old, a few at a time between batches, so that no hit
 * waits for it.
 *
 * What is too old is not decided by the clock alone, which may be wrong: the store keeps a horizon,
 * before which rows are deleted. It stays behind the times of the last hits, stands while the clock
 * is not believed, and goes on by a day an hour at most. Another SlimStatsRetain is somebody's
 * wish: then it goes as far as the last hits allow. */
#include "core/clock.h"
#include "core/log.h"
#include "loader.h"

#define PURGE_ROWS 5000 /* of a transaction: some 20 ms */
#define PURGE_INTERVAL_US (INT64_C(3600) * 1000000)
#define LOG_INTERVAL_US (INT64_C(86400) * 1000000)
#define AGAIN_US 1000000
#define DAY_S 86400
#define FAR_DAYS 2 /* beyond what a day an hour has done soon */

static void log_purged(struct slim_loader *l, int64_t now)
{
    const struct slim_store_purged *purged = &l->purged;

    if (purged->hits + purged->visits == 0
        || (l->purge_logged_us != 0 && now - l->purge_logged_us < LOG_INTERVAL_US)) {
        return;
    }
    slim_log(SLIM_LOG_NOTICE,
             "deleted %llu hits and %llu visits older than %u days; daily totals stay",
             (unsigned long long)purged->hits, (unsigned long long)purged->visits,
             l->recorder->settings->retain_days);
    l->purge_logged_us = now;
    l->purged = (struct slim_store_purged){0};
}

static void log_far(struct slim_loader *l, int64_t left_s, int64_t now)
{
    if (left_s <= FAR_DAYS * DAY_S
        || (l->far_logged_us != 0 && now - l->far_logged_us < LOG_INTERVAL_US)) {
        return;
    }
    slim_log(
        SLIM_LOG_NOTICE,
        "the hits of %lld days more are older than SlimStatsRetain, all at once: a day an hour "
        "is deleted, in case it is the clock; slimstats purge deletes them now",
        (long long)(left_s / DAY_S));
    l->far_logged_us = now;
}

/* Where the horizon would be by SlimStatsRetain, the clock and the last hits. */
static int64_t wished(const struct slim_store_horizon *horizon, unsigned retain_days)
{
    int64_t at = apr_time_sec(apr_time_now());

    at = (at < horizon->middle ? at : horizon->middle) - (int64_t)retain_days * DAY_S;
    return at < DAY_S ? 0 : at - at % DAY_S;
}

/* Moves the horizon, if it is time; *before: where it is, 0: nowhere. */
static apr_status_t move_horizon(struct slim_loader *l, int64_t now, int64_t *before)
{
    unsigned retain_days = l->recorder->settings->retain_days;
    struct slim_store_horizon horizon;
    apr_status_t rv = l->engine->horizon(l->store, &horizon);

    *before = horizon.second;
    if (rv != APR_SUCCESS || horizon.middle == 0) {
        return rv;
    }
    int64_t next = wished(&horizon, retain_days);
    if (horizon.second > 0 && horizon.retain_days == retain_days) {
        log_far(l, next - horizon.second, now);
        if (next <= horizon.second || now < l->horizon_us) {
            return APR_SUCCESS;
        }
        next = next < horizon.second + DAY_S ? next : horizon.second + DAY_S;
    }
    if (next == 0) {
        return APR_SUCCESS;
    }
    l->horizon_us = now + PURGE_INTERVAL_US;
    horizon = (struct slim_store_horizon){.second = next, .retain_days = retain_days};
    *before = next;
    return l->engine->put_horizon(l->store, &horizon);
}

static void failed(struct slim_loader *l, int64_t now)
{
    if (l->store->error.state == SLIM_STATE_STORE_BUSY) {
        l->purge_us = now + AGAIN_US;
    } else {
        slim_loader_store_failed(l);
    }
}

void slim_loader_purge(struct slim_loader *l)
{
    uint64_t seen = l->purged.hits + l->purged.visits;
    int64_t now = slim_ticks(), before;

    if (now < l->purge_us || slim_loader_log_is_too_large(l)) {
        return;
    }
    if (atomic_load(&l->recorder->clock_is_wrong)) {
        l->purge_us = now + AGAIN_US;
        return;
    }
    if (l->horizon_us == 0) {
        l->horizon_us = now + PURGE_INTERVAL_US; /* what counts is how long it runs */
    }
    if (move_horizon(l, now, &before) != APR_SUCCESS
        || (before > 0
            && l->engine->purge(l->store, before, 0, PURGE_ROWS, &l->purged) != APR_SUCCESS)) {
        failed(l, now);
        return;
    }
    if (l->purged.hits + l->purged.visits > seen) {
        l->uncovered = 1;
        l->sweep_is_due = 1;
    }
    if (before == 0 || !l->purged.more) {
        l->purge_us = now + PURGE_INTERVAL_US;
        log_purged(l, now);
    }
}
