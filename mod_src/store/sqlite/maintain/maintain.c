/* Transactions of maintenance, and its progress. */
#include "maintain.h"

#define WAIT_TRIES 60      /* of a second each */
#define PAUSE_MS 5         /* after a transaction, for those who wait for their turn */
#define LOG_MAX (16 << 20) /* bytes: then the log is merged into the file */

/* Maintenance changes visits and texts behind the back of what remembers them. */
static void forget(struct slim_sqlite_writer *w)
{
    slim_sqlite_dictionaries_forget(w->dictionaries);
    slim_sqlite_titles_forget(w);
    slim_sqlite_sessions_forget(w);
}

apr_status_t slim_maintain_begin(struct slim_sqlite_writer *w)
{
    struct slim_store *base = &w->store.base;
    apr_status_t rv = slim_sqlite_begin(base);

    for (int tries = 1;
         tries < WAIT_TRIES && rv != APR_SUCCESS && base->error.state == SLIM_STATE_STORE_BUSY;
         tries++) {
        rv = slim_sqlite_begin(base);
    }
    forget(w);
    return rv;
}

void slim_maintain_merge(struct slim_sqlite_writer *w)
{
    struct slim_store_sizes sizes;
    apr_status_t rv = APR_SUCCESS;
    int covered;

    slim_sqlite_sizes(&w->store.base, &sizes);
    if (sizes.log_bytes > LOG_MAX) {
        rv = slim_sqlite_checkpoint(&w->store.base, &covered);
    }
    (void)rv;
}

apr_status_t slim_maintain_end(struct slim_sqlite_writer *w)
{
    apr_status_t rv = slim_sqlite_end(w);

    if (rv != APR_SUCCESS) {
        slim_sqlite_rollback(&w->store.base);
    } else {
        slim_maintain_merge(w);
    }
    forget(w);
    sqlite3_sleep(PAUSE_MS);
    return rv;
}

void slim_maintain_progress(const struct slim_store_progress *progress, const char *step,
                            uint64_t done, uint64_t total)
{
    if (progress && progress->step) {
        progress->step(progress->baton, step, done, total);
    }
}
