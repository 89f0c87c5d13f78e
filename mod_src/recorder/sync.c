/* Journal to disk, every SlimStatsSync seconds. */
#include <unistd.h>

#include "core/clock.h"
#include "recorder.h"

#define PAUSE_US 50000 /* between looks whether the end has come */

void *slim_recorder_sync(void *data)
{
    struct slim_recorder *r = data;
    int64_t interval_us = r->settings->sync_s ? r->settings->sync_s * INT64_C(1000000) : 50000;
    struct slim_journal *journal;

    for (;;) {
        int last = atomic_load(&r->drained);
        slim_recorder_beat(r, SLIM_THREAD_SYNC);
        journal = slim_recorder_journal(r);
        apr_status_t rv = journal ? slim_journal_sync(journal) : APR_SUCCESS;
        if (rv != APR_SUCCESS) {
            slim_recorder_journal_failed(r, SLIM_JOURNAL_SYNCING, rv, "sync");
        } else if (atomic_load(&r->journal_faults) & SLIM_JOURNAL_SYNCING) {
            slim_recorder_journal_is_well(r, SLIM_JOURNAL_SYNCING);
        }
        slim_recorder_went(r, SLIM_THREAD_SYNC);
        if (last) {
            atomic_fetch_add(&r->ended, 1);
            return NULL;
        }
        int64_t began = slim_ticks(); /* a busy machine oversleeps each of many short pauses */
        while (slim_ticks() - began < interval_us && !atomic_load(&r->drained)) {
            slim_recorder_beat(r, SLIM_THREAD_SYNC);
            usleep(PAUSE_US);
        }
    }
}
