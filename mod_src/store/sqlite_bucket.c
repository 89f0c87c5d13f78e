/* The SQL function slim_bucket(seconds): the name of the hour, day, week or month of a question
 * that a time is in, as core/zone.h has it. */
#include <stdlib.h>

#include "../report/query.h"
#include "sqlite_internal.h"

/* Hits come in the order of time, so that the last bucket mostly is the next one too. */
struct bucket {
    const struct slim_zone *zone;
    enum slim_bucket by;
    int64_t begin, next;
    char label[SLIM_LABEL_SIZE];
};

static void name_bucket(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct bucket *bucket = sqlite3_user_data(context);
    int64_t seconds = sqlite3_value_int64(values[0]);

    (void)count;
    if (seconds < bucket->begin || seconds >= bucket->next) {
        bucket->begin = slim_zone_bucket(bucket->zone, seconds, bucket->by);
        bucket->next = slim_zone_next(bucket->zone, seconds, bucket->by);
        slim_zone_label(bucket->zone, bucket->begin, bucket->by, bucket->label);
    }
    sqlite3_result_text(context, bucket->label, -1, SQLITE_TRANSIENT);
}

apr_status_t slim_sqlite_add_bucket(struct slim_sqlite *store, const struct slim_query *query)
{
    struct bucket *bucket = calloc(1, sizeof *bucket);

    if (!bucket) {
        return APR_ENOMEM;
    }
    bucket->zone = query->zone;
    bucket->by = query->by;
    if (sqlite3_create_function_v2(store->db, "slim_bucket", 1,
                                   SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, bucket,
                                   name_bucket, NULL, NULL, free)
        != SQLITE_OK) {
        return slim_sqlite_failed(store, "read");
    }
    return APR_SUCCESS;
}
