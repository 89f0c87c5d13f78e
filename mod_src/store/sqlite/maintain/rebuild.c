/* Recomputes rollups and sets of visitors from rows. Other writers wait while a
 * dimension of a day is counted: it must not change meanwhile. */
#include <string.h>

#include "maintain.h"

#define SESSIONS 500  /* of a transaction */
#define BUSY_TRIES 60 /* of a second each */

void slim_recount_remake(struct slim_recount *r, const struct slim_dimension *d, int64_t day)
{
    static const char *const clear[] = {"maintain/rollup_clear", "maintain/set_clear"};
    static const char *const make[] = {"maintain/rollup_make", "maintain/set_make"};
    struct slim_day_values values = slim_recount_values(d, day);

    slim_recount_day(r, d, day);
    for (size_t i = 0; i < 2; i++) {
        slim_sql_run(r->store, clear[i], values.value);
    }
    for (size_t i = 0; i < 2; i++) {
        slim_sql_run(r->store, make[i], SLIM_VALUES(slim_value(":dimension", d->number)));
    }
}

static apr_status_t remake_day(struct slim_recount *r, int64_t day,
                               struct slim_store_rebuilt *rebuilt)
{
    struct slim_sqlite_writer *w = r->store->writer;
    apr_status_t rv = APR_SUCCESS;

    for (const struct slim_dimension *d = slim_dimension_table; rv == APR_SUCCESS && d->number;
         d++) {
        rv = slim_maintain_begin(w);
        if (rv != APR_SUCCESS) {
            break;
        }
        slim_recount_remake(r, d, day);
        rv = slim_maintain_end(w);
        if (rv == APR_SUCCESS) {
            slim_recount_size(r, &rebuilt->rollups, &rebuilt->sets);
            rv = slim_sql_status(r->store);
        }
    }
    return rv;
}

/* Visits that older rules made come first: rollups are made of them. */
static apr_status_t renew_all(struct slim_store *store, const struct slim_store_progress *progress)
{
    struct slim_store_renewed renewed = {0};
    apr_status_t rv;
    int busy = 0;

    do {
        rv = slim_sqlite_renew(store, SESSIONS, &renewed);
        if (rv != APR_SUCCESS && store->error.state == SLIM_STATE_STORE_BUSY
            && ++busy < BUSY_TRIES) {
            rv = APR_SUCCESS;
        }
        if (renewed.sessions > 0) {
            slim_maintain_progress(progress, "sessions", renewed.sessions,
                                   renewed.sessions + renewed.left);
        }
    } while (rv == APR_SUCCESS && renewed.left > 0);
    return rv;
}

apr_status_t slim_sqlite_rebuild(struct slim_store *base,
                                 const struct slim_store_progress *progress,
                                 struct slim_store_rebuilt *rebuilt)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    struct slim_recount r = {.rows_from = 0};

    apr_status_t rv = renew_all(base, progress);
    if (rv == APR_SUCCESS) {
        rv = slim_recount_open(&r, store);
    }
    int64_t day = rv == APR_SUCCESS ? r.rows_from / SLIM_DAY - 1 : 0;
    memset(rebuilt, 0, sizeof *rebuilt);
    rebuilt->rows_from = r.rows_from;
    while (rv == APR_SUCCESS) {
        day = slim_recount_next_day(&r, day + 1);
        rv = slim_sql_status(store);
        if (rv != APR_SUCCESS || day < 0) {
            break;
        }
        slim_maintain_progress(progress, "day", (uint64_t)day, 0);
        rv = remake_day(&r, day, rebuilt);
        rebuilt->days += rv == APR_SUCCESS;
    }
    return rv;
}
