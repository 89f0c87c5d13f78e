/* The SQL functions that questions need: buckets of time in a zone, sets of visitors, quantiles. */
#include <stdlib.h>
#include <string.h>

#include "addresses.h"
#include "query/report.h"
#include "reading.h"
#include "store/hll.h"
#include "store/sqlite/base/connection.h"

/* --- time --- */

static void bucket_begin(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct slim_sqlite_bucket *bucket = sqlite3_user_data(context);
    int64_t seconds = sqlite3_value_int64(values[0]);

    (void)count;
    if (seconds < bucket->begin || seconds >= bucket->next) {
        bucket->begin = slim_zone_bucket(bucket->zone, seconds, bucket->by);
        bucket->next = slim_zone_next(bucket->zone, seconds, bucket->by);
    }
    sqlite3_result_int64(context, bucket->begin);
}

static void bucket_label(sqlite3_context *context, int count, sqlite3_value **values)
{
    const struct slim_sqlite_bucket *bucket = sqlite3_user_data(context);
    char label[SLIM_LABEL_SIZE];

    (void)count;
    slim_zone_label(bucket->zone, sqlite3_value_int64(values[0]), bucket->by, label);
    sqlite3_result_text(context, label, -1, SQLITE_TRANSIENT);
}

/* 0 … 167, from Monday's first hour. */
static void hour_of_week(sqlite3_context *context, int count, sqlite3_value **values)
{
    const struct slim_sqlite_bucket *bucket = sqlite3_user_data(context);
    struct slim_local local;

    (void)count;
    slim_zone_local(bucket->zone, sqlite3_value_int64(values[0]), &local);
    sqlite3_result_int(context, local.weekday * 24 + local.hour);
}

/* --- rates --- */

static void divide(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    sqlite3_result_int64(context,
                         slim_rate(sqlite3_value_int64(values[0]), sqlite3_value_int64(values[1]),
                                   sqlite3_value_int64(values[2])));
}

/* --- visitors --- */

static void fail(sqlite3_context *context, apr_status_t rv)
{
    if (rv == APR_ENOMEM) {
        sqlite3_result_error_nomem(context);
    } else {
        sqlite3_result_error_code(context, SQLITE_CORRUPT);
    }
}

static void add_visitor(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct slim_hll *set = sqlite3_aggregate_context(context, sizeof *set);

    (void)count;
    if (set && sqlite3_value_type(values[0]) != SQLITE_NULL) {
        apr_status_t rv = slim_hll_add(set, (uint64_t)sqlite3_value_int64(values[0]));
        if (rv != APR_SUCCESS) {
            fail(context, rv);
        }
    }
}

static void add_visitors(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct slim_hll *set = sqlite3_aggregate_context(context, sizeof *set);

    (void)count;
    if (set && sqlite3_value_type(values[0]) == SQLITE_BLOB) {
        apr_status_t rv = slim_hll_merge(set, sqlite3_value_blob(values[0]),
                                         (size_t)sqlite3_value_bytes(values[0]));
        if (rv != APR_SUCCESS) {
            fail(context, rv);
        }
    }
}

/* As rollups keep it. */
static void finish_kept(sqlite3_context *context)
{
    struct slim_hll *set = sqlite3_aggregate_context(context, 0);
    size_t size = set ? slim_hll_size(set, SLIM_HLL_SPARSE_MAX) : 0;
    unsigned char *bytes = size ? sqlite3_malloc64(size) : NULL;

    if (size && !bytes) {
        sqlite3_result_error_nomem(context);
    } else if (size) {
        slim_hll_write(set, SLIM_HLL_SPARSE_MAX, bytes);
        sqlite3_result_blob64(context, bytes, size, sqlite3_free);
    }
    if (set) {
        slim_hll_free(set);
    }
}

static void finish_count(sqlite3_context *context)
{
    struct slim_hll *set = sqlite3_aggregate_context(context, 0);
    int *approximate = sqlite3_user_data(context), estimated = 0;

    sqlite3_result_int64(context, set ? (int64_t)slim_hll_count(set, &estimated) : 0);
    *approximate |= estimated;
    if (set) {
        slim_hll_free(set);
    }
}

/* --- quantiles --- */

struct sample {
    int64_t *value;
    size_t count, size;
    int64_t permille;
};

static void add_sample(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct sample *sample = sqlite3_aggregate_context(context, sizeof *sample);

    (void)count;
    if (!sample) {
        return;
    }
    if (sample->count == sample->size) {
        size_t size = sample->size ? sample->size * 2 : 16;
        int64_t *larger = realloc(sample->value, size * sizeof *larger);
        if (!larger) {
            sqlite3_result_error_nomem(context);
            return;
        }
        sample->value = larger;
        sample->size = size;
    }
    sample->value[sample->count++] = sqlite3_value_int64(values[0]);
    sample->permille = sqlite3_value_int64(values[1]);
}

static int compare_numbers(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* The smallest value that at least so many of a thousand do not exceed (nearest rank). */
static void finish_quantile(sqlite3_context *context)
{
    struct sample *sample = sqlite3_aggregate_context(context, 0);

    if (!sample || sample->count == 0) {
        return;
    }
    qsort(sample->value, sample->count, sizeof sample->value[0], compare_numbers);
    size_t rank = ((size_t)sample->permille * sample->count + 999) / 1000;
    sqlite3_result_int64(context, sample->value[rank ? rank - 1 : 0]);
    free(sample->value);
}

/* --- the table --- */

apr_status_t slim_sqlite_add_functions(struct slim_sqlite *store, const struct slim_query *query,
                                       int *approximate)
{
    const struct {
        const char *name;
        int arguments;
        void *data;
        void (*call)(sqlite3_context *, int, sqlite3_value **);
        void (*step)(sqlite3_context *, int, sqlite3_value **);
        void (*finish)(sqlite3_context *);
    } functions[] = {
        {"slim_bucket", 1, &store->question.bucket, bucket_begin, NULL, NULL},
        {"slim_bucket_label", 1, &store->question.bucket, bucket_label, NULL, NULL},
        {"slim_hour_of_week", 1, &store->question.bucket, hour_of_week, NULL, NULL},
        {"slim_rate", 3, NULL, divide, NULL, NULL},
        {"visitors_kept", 1, NULL, NULL, add_visitor, finish_kept},
        {"visitors_in", 1, approximate, NULL, add_visitors, finish_count},
        {"slim_is_removed", 5, store, slim_sqlite_is_removed, NULL, NULL},
        {"slim_noted", 1, store, slim_sqlite_noted, NULL, NULL},
        {"slim_asked", 1, store, slim_sqlite_asked, NULL, NULL},
        {"slim_asked_visitor", 1, store, slim_sqlite_asked_visitor, NULL, NULL},
        {"slim_add_hits", -1, store, NULL, slim_sqlite_add_hit, slim_sqlite_all_added},
        {"slim_add_visits", -1, store, NULL, slim_sqlite_add_visit, slim_sqlite_all_added},
        {"slim_add_addresses", 6, store, NULL, slim_sqlite_add_address,
         slim_sqlite_addresses_added},
        {"quantile", 2, NULL, NULL, add_sample, finish_quantile},
    };

    store->question.bucket = (struct slim_sqlite_bucket){.zone = query->zone, .by = query->by};
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        int flags =
            SQLITE_UTF8 | SQLITE_DIRECTONLY | (functions[i].call ? SQLITE_DETERMINISTIC : 0);
        if (sqlite3_create_function_v2(store->db, functions[i].name, functions[i].arguments, flags,
                                       functions[i].data, functions[i].call, functions[i].step,
                                       functions[i].finish, NULL)
            != SQLITE_OK) {
            return slim_sqlite_failed(store, "read");
        }
    }
    return APR_SUCCESS;
}
