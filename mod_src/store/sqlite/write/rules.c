/* Which days were counted by older rules for good. What has its rows is made anew; of days whose
 * rows are gone nothing but the numbers is left, and those who read them are to know. */
#include <inttypes.h>
#include <stdio.h>

#include "session.h"

static void put_number(struct slim_sqlite *store, const char *key, int64_t number)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%" PRId64, number);

    slim_sqlite_put_fact(store, key, text, (size_t)length);
}

void slim_sqlite_note_older(struct slim_sqlite *store, int64_t until)
{
    if (until > slim_sqlite_older_until(store)) {
        put_number(store, "older_rules_until", until);
    }
}

void slim_sqlite_note_older_sessions(struct slim_sqlite *store, int64_t before)
{
    int64_t any;

    slim_sql_numbers(store, "maintain/renew_lost", SLIM_VALUES(slim_value(":before", before)), 0,
                     &any, 1);
    if (any) {
        slim_sqlite_note_older(store, before);
    }
}

apr_status_t slim_sqlite_note_rules(struct slim_sqlite *store)
{
    int64_t known[2]; /* the number, and whether it was noted */

    slim_sql_numbers(store, "write/rules", SLIM_VALUES(slim_value(":rules", SLIM_SESSION_RULES)), 0,
                     known, 2);
    apr_status_t rv = slim_sql_status(store);
    if (rv != APR_SUCCESS || (known[1] && known[0] >= SLIM_SESSION_RULES)) {
        return rv;
    }
    rv = slim_sql_begin(store, "connection/begin_write");
    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (known[0] < SLIM_SESSION_RULES) {
        slim_sqlite_note_older(store, slim_sqlite_rows_from(store));
    }
    put_number(store, "rules", SLIM_SESSION_RULES);
    rv = slim_sql_commit(store);
    if (rv != APR_SUCCESS) {
        slim_sql_rollback(store);
    }
    return rv;
}
