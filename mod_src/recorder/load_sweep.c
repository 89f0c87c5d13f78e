/* Rows that were deleted for their age leave texts that nothing refers to any more. These are
 * looked for and deleted, a little at a time between batches, so that no hit waits for it. */
#include "core/clock.h"
#include "core/log.h"
#include "loader.h"

#define ROWS 20000 /* looked at in a transaction: some 20 ms */
#define BUSY_US 1000000
#define AGAIN_US (INT64_C(600) * 1000000) /* while other programs write */

static void end(struct slim_loader *l)
{
    apr_pool_destroy(l->sweep_pool);
    l->sweep = NULL;
}

static apr_status_t begin(struct slim_loader *l)
{
    apr_status_t rv = apr_pool_create(&l->sweep_pool, l->pool);

    l->swept = (struct slim_store_swept){0};
    if (rv == APR_SUCCESS) {
        rv = l->engine->sweep_begin(l->store, &l->sweep, l->sweep_pool);
        if (rv != APR_SUCCESS) {
            end(l);
        }
    }
    return rv;
}

static void failed(struct slim_loader *l, int64_t now)
{
    if (l->store->error.state == SLIM_STATE_STORE_BUSY) {
        l->sweep_us = now + BUSY_US;
    } else {
        slim_loader_store_failed(l);
    }
}

void slim_loader_sweep(struct slim_loader *l)
{
    int64_t now = slim_ticks();

    if (!l->sweep_is_due || l->purged.more || now < l->sweep_us
        || slim_loader_log_is_too_large(l)) {
        return;
    }
    if (!l->sweep && begin(l) != APR_SUCCESS) {
        failed(l, now);
        return;
    }
    uint64_t texts = l->swept.texts;
    if (l->engine->sweep(l->sweep, ROWS, &l->swept) != APR_SUCCESS) {
        failed(l, now);
        return;
    }
    l->uncovered |= l->swept.texts > texts;
    if (l->swept.is_void) {
        l->sweep_us = now + AGAIN_US;
        end(l);
    } else if (!l->swept.more) {
        slim_log(SLIM_LOG_NOTICE, "deleted %llu texts that only deleted hits had",
                 (unsigned long long)l->swept.texts);
        l->sweep_is_due = 0;
        end(l);
    }
}
