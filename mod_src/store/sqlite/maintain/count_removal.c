/* Which hits a rule removes: by what the rule looks at, and nothing else is read. */
#include "remove.h"
#include "store/sqlite/base/sql.h"

static const char *const conditions[] = {
    [SLIM_HITS_OF_ADDRESS] = "sqlite/removal/address.sql",
    [SLIM_HITS_OF_PATH] = "sqlite/removal/path.sql",
    [SLIM_HITS_OF_STATUS] = "sqlite/removal/status.sql",
    [SLIM_HITS_OF_AGENT] = "sqlite/removal/agent.sql",
    [SLIM_HITS_OF_VISITOR] = "sqlite/removal/visitor.sql",
};

sqlite3_stmt *slim_removal_statement(struct slim_sqlite *store, const char *file,
                                     const struct slim_hit_rule *rule)
{
    const struct slim_sql_name names[] = {{"rule", slim_sql_body(conditions[rule->kind])},
                                          {NULL, NULL}};
    sqlite3_stmt *statement = slim_sql_statement(store, file, names);
    int visitor = statement ? sqlite3_bind_parameter_index(statement, ":visitor") : 0;

    if (visitor) {
        sqlite3_bind_int64(statement, visitor, (int64_t)rule->visitor);
    }
    return statement;
}

apr_status_t slim_sqlite_count_removal(struct slim_store *base,
                                       const struct slim_store_removal *removal,
                                       struct slim_store_removed *removed)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    struct slim_recount recount;
    apr_status_t rv = slim_recount_open(&recount, store);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    store->question.removal = removal;
    sqlite3_stmt *statement =
        slim_removal_statement(store, "maintain/removed_hit_count", removal->rule);
    *removed = (struct slim_store_removed){0};
    if (slim_sql_step(store, statement)) {
        removed->hits = (uint64_t)sqlite3_column_int64(statement, 0);
        removed->visits = (uint64_t)sqlite3_column_int64(statement, 1);
    }
    rv = slim_sql_status(store);
    sqlite3_finalize(statement);
    store->question.removal = NULL;
    return rv;
}
