/* How many hits a rule would remove. */
#include "maintain.h"

apr_status_t slim_sqlite_count_removal(struct slim_store *base,
                                       const struct slim_store_removal *removal,
                                       struct slim_store_removed *removed)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    struct slim_recount recount;
    int64_t numbers[2];

    apr_status_t rv = slim_recount_open(&recount, store);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    store->question.removal = removal;
    slim_sql_numbers(store, "maintain/removed_hit_count", SLIM_NO_VALUES, 0, numbers, 2);
    store->question.removal = NULL;
    *removed =
        (struct slim_store_removed){.hits = (uint64_t)numbers[0], .visits = (uint64_t)numbers[1]};
    return slim_sql_status(store);
}
