/* Which hits are to go: the rule, as a function for SQL, and how many it means. */
#include "sqlite_house.h"
#include "sqlite_row.h"

static struct slim_text take_text(sqlite3_value *value)
{
    const char *text = (const char *)sqlite3_value_text(value);

    return (struct slim_text){text ? text : "", text ? (size_t)sqlite3_value_bytes(value) : 0};
}

void slim_sqlite_goes(sqlite3_context *context, int count, sqlite3_value **values)
{
    const struct slim_sqlite *store = sqlite3_user_data(context);
    struct slim_stored_hit hit = {0};

    (void)count;
    if (!store->question.removal) {
        sqlite3_result_int(context, 0);
        return;
    }
    slim_sqlite_address_read(values[0], hit.address, &hit.address_length);
    hit.status = sqlite3_value_int(values[1]);
    hit.resource = take_text(values[2]);
    hit.agent = take_text(values[3]);
    hit.visitor = (uint64_t)sqlite3_value_int64(values[4]);
    sqlite3_result_int(context, slim_hit_rule_matches(store->question.removal->rule, &hit));
}

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
    slim_sql_numbers(store, "house/going_count", SLIM_NO_VALUES, 0, numbers, 2);
    store->question.removal = NULL;
    *removed =
        (struct slim_store_removed){.hits = (uint64_t)numbers[0], .visits = (uint64_t)numbers[1]};
    return slim_sql_status(store);
}
