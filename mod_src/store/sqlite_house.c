/* Transactions of maintenance, and telling how far it is. */
#include "sqlite_house.h"

#define WAIT_TRIES 60 /* of a second each */
#define PAUSE_MS 5    /* after a transaction, for those who wait for their turn */

/* Maintenance changes visits and texts behind the back of what remembers them. */
static void forget(struct slim_sqlite_writer *w)
{
    slim_sqlite_dictionaries_forget(w->dictionaries);
    slim_sqlite_visits_forget(w);
}

apr_status_t slim_house_begin(struct slim_sqlite_writer *w)
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

apr_status_t slim_house_end(struct slim_sqlite_writer *w)
{
    apr_status_t rv = slim_sqlite_end(w);

    if (rv != APR_SUCCESS) {
        slim_sqlite_rollback(&w->store.base);
    }
    forget(w);
    sqlite3_sleep(PAUSE_MS);
    return rv;
}

void slim_house_tell(const struct slim_store_teller *teller, const char *step, uint64_t done,
                     uint64_t total)
{
    if (teller && teller->progress) {
        teller->progress(teller->baton, step, done, total);
    }
}
