/* Rollups and sets of visitors made anew from rows. Others who write wait while a
 * dimension of a day is counted: it must not change meanwhile. */
#include <string.h>

#include "sqlite_house.h"

static apr_status_t run_for_day(struct slim_recount *r, const char *file,
                                const struct slim_dimension *d, int64_t day)
{
    sqlite3_stmt *statement;
    apr_status_t rv = slim_recount_prepare(r, file, d, day, &statement);

    return rv == APR_SUCCESS ? slim_sqlite_finish(r->store, statement) : rv;
}

static apr_status_t remake(struct slim_recount *r, const struct slim_dimension *d, int64_t day)
{
    static const char *const files[] = {
        "sqlite/house/rollup_clear.sql",
        "sqlite/house/set_clear.sql",
        "sqlite/house/rollup_make.sql",
        "sqlite/house/set_make.sql",
    };
    apr_status_t rv = slim_recount_day(r, d, day);

    for (size_t i = 0; i < sizeof files / sizeof files[0] && rv == APR_SUCCESS; i++) {
        rv = run_for_day(r, files[i], d, day);
    }
    return rv;
}

static apr_status_t remake_day(struct slim_recount *r, int64_t day,
                               struct slim_store_rebuilt *rebuilt)
{
    apr_status_t rv = APR_SUCCESS;

    for (const struct slim_dimension *d = slim_dimension_table; rv == APR_SUCCESS && d->number;
         d++) {
        rv = slim_house_begin(r->store);
        if (rv == APR_SUCCESS) {
            rv = slim_house_end(r->store, remake(r, d, day));
        }
        if (rv == APR_SUCCESS) {
            rv = slim_recount_size(r, &rebuilt->rollups, &rebuilt->sets);
        }
    }
    return rv;
}

apr_status_t slim_sqlite_rebuild(struct slim_store *base, const struct slim_store_teller *teller,
                                 struct slim_store_rebuilt *rebuilt)
{
    struct slim_recount r;
    apr_status_t rv = slim_recount_open(&r, (struct slim_sqlite *)base);
    int64_t day = r.rows_from / SLIM_DAY - 1;

    memset(rebuilt, 0, sizeof *rebuilt);
    rebuilt->rows_from = r.rows_from;
    while (rv == APR_SUCCESS) {
        rv = slim_recount_next_day(&r, day + 1, &day);
        if (rv != APR_SUCCESS || day < 0) {
            break;
        }
        slim_house_tell(teller, "day", (uint64_t)day, 0);
        rv = remake_day(&r, day, rebuilt);
        rebuilt->days += rv == APR_SUCCESS;
    }
    return rv;
}
