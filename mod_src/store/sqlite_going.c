/* Which hits are to go: the rule, as a function for SQL, and how many it means. */
#include <string.h>

#include "../core/address.h"
#include "sqlite_house.h"

static void take_address(sqlite3_value *value, struct slim_stored_hit *hit)
{
    if (sqlite3_value_type(value) == SQLITE_INTEGER) {
        uint32_t address = (uint32_t)sqlite3_value_int64(value);
        for (int i = 0; i < 4; i++) {
            hit->address[i] = (uint8_t)(address >> (24 - 8 * i));
        }
        hit->address_length = 4;
    } else {
        const char *text = (const char *)sqlite3_value_text(value);
        if (!text || !*text || !slim_address_parse(text, hit->address, &hit->address_length)) {
            hit->address_length = 0;
        }
    }
}

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
    if (!store->removal) {
        sqlite3_result_int(context, 0);
        return;
    }
    take_address(values[0], &hit);
    hit.status = sqlite3_value_int(values[1]);
    hit.resource = take_text(values[2]);
    hit.agent = take_text(values[3]);
    hit.visitor = (uint64_t)sqlite3_value_int64(values[4]);
    sqlite3_result_int(context, slim_hit_rule_matches(store->removal->rule, &hit));
}

apr_status_t slim_sqlite_count_removal(struct slim_store *base,
                                       const struct slim_store_removal *removal,
                                       struct slim_store_removed *removed)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    struct slim_recount recount;
    sqlite3_stmt *statement;
    int64_t numbers[2] = {0, 0};
    apr_status_t rv = slim_recount_open(&recount, store);

    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_prepare(store, "sqlite/house/going_count.sql", NULL, &statement);
    }
    if (rv == APR_SUCCESS) {
        store->removal = removal;
        rv = slim_sqlite_take_numbers(store, statement, 0, numbers, 2);
        store->removal = NULL;
    }
    *removed =
        (struct slim_store_removed){.hits = (uint64_t)numbers[0], .visits = (uint64_t)numbers[1]};
    return rv;
}
