/* Which hits are to be removed: a rule, as a function for SQL. */
#include "store/sqlite/base/connection.h"
#include "store/sqlite/base/row.h"

static struct slim_text take_text(sqlite3_value *value)
{
    const char *text = (const char *)sqlite3_value_text(value);

    return (struct slim_text){text ? text : "", text ? (size_t)sqlite3_value_bytes(value) : 0};
}

void slim_sqlite_is_removed(sqlite3_context *context, int count, sqlite3_value **values)
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
