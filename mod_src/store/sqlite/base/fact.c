/* Facts that a store keeps about itself, as keys and values. */
#include "connection.h"

void slim_sqlite_put_fact(struct slim_sqlite *store, const char *key, const void *value,
                          size_t length)
{
    slim_sql_run(store, "write/store_put",
                 SLIM_VALUES(slim_value_string(":key", key),
                             slim_value_blob(":value", value, length)));
}

apr_status_t slim_sqlite_revision(struct slim_store *base, int64_t *revision)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;

    slim_sql_numbers(store, "write/fact_number", SLIM_VALUES(slim_value_string(":key", "revision")),
                     0, revision, 1);
    return slim_sql_status(store);
}

int64_t slim_sqlite_rows_from(struct slim_sqlite *store)
{
    int64_t rows_from;

    slim_sql_numbers(store, "maintain/rows_from", SLIM_NO_VALUES, 0, &rows_from, 1);
    return rows_from;
}

int64_t slim_sqlite_older_until(struct slim_sqlite *store)
{
    int64_t until;

    slim_sql_numbers(store, "maintain/older_until", SLIM_NO_VALUES, 0, &until, 1);
    return until;
}
