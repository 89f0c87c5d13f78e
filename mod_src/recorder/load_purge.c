/* SlimStatsRetain: deletes rows that are too old, a few at a time between batches, so that no hit
 * waits for it. */
#include "core/log.h"
#include "loader.h"

#define PURGE_ROWS 5000 /* of a transaction: some 20 ms */
#define PURGE_INTERVAL_US (INT64_C(3600) * 1000000)
#define LOG_INTERVAL_US (INT64_C(86400) * 1000000)
#define BUSY_US 1000000
#define DAY_S 86400

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

void slim_loader_purge(struct slim_loader *l)
{
    int64_t now = apr_time_now();
    int64_t before = now / 1000000 - (int64_t)l->recorder->settings->retain_days * DAY_S;
    uint64_t seen = l->purged.hits + l->purged.visits;

    if (now < l->purge_us || before < DAY_S || slim_loader_log_is_too_large(l)) {
        return;
    }
    apr_status_t rv =
        l->engine->purge(l->store, before - before % DAY_S, 0, PURGE_ROWS, &l->purged);
    l->uncovered |= l->purged.hits + l->purged.visits > seen;
    if (rv != APR_SUCCESS && l->store->error.state == SLIM_STATE_STORE_BUSY) {
        l->purge_us = now + BUSY_US;
    } else if (rv != APR_SUCCESS) {
        slim_loader_store_failed(l);
    } else if (!l->purged.more) {
        l->purge_us = now + PURGE_INTERVAL_US;
        log_purged(l, now);
    }
}
