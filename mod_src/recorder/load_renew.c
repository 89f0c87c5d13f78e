/* A store of an older version: its visits are made anew by today's rules, a few sessions at a time
 * between batches, so that no hit waits for it. */
#include "core/clock.h"
#include "core/log.h"
#include "loader.h"

#define SESSIONS 300 /* of a transaction: some 20 ms */
#define BUSY_US 1000000
#define SETS_INTERVAL_US (INT64_C(600) * 1000000)

static void log_progress(struct slim_loader *l, uint64_t before)
{
    const struct slim_store_renewed *renewed = &l->renewed;

    if (before == 0 && renewed->sessions > 0) {
        slim_log(
            SLIM_LOG_NOTICE,
            "the store was made by an older version: the visits of %llu sessions are made anew "
            "by today's rules, in the background",
            (unsigned long long)(renewed->sessions + renewed->left));
    }
    if (renewed->sessions > 0 && renewed->left == 0) {
        slim_log(SLIM_LOG_NOTICE, "all visits are made by today's rules");
        l->renewed.sessions = 0;
    }
}

static void failed(struct slim_loader *l, int64_t *next, int64_t now)
{
    if (l->store->error.state == SLIM_STATE_STORE_BUSY) {
        *next = now + BUSY_US;
    } else {
        slim_loader_store_failed(l);
    }
}

static void renew_sets(struct slim_loader *l, int64_t now)
{
    if (now < l->sets_us || l->engine->renew_sets(l->store, &l->renewed) == APR_SUCCESS) {
        l->sets_us = now < l->sets_us ? l->sets_us : now + SETS_INTERVAL_US;
        return;
    }
    failed(l, &l->sets_us, now);
}

void slim_loader_renew(struct slim_loader *l)
{
    int64_t now = slim_ticks();
    uint64_t before = l->renewed.sessions;

    if (now < l->renew_us || slim_loader_log_is_too_large(l)) {
        return;
    }
    if (l->is_renewed) {
        renew_sets(l, now);
        return;
    }
    if (l->engine->renew(l->store, SESSIONS, &l->renewed) != APR_SUCCESS) {
        failed(l, &l->renew_us, now);
        return;
    }
    l->uncovered |= l->renewed.sessions > before;
    l->is_renewed = l->renewed.left == 0;
    log_progress(l, before);
}
