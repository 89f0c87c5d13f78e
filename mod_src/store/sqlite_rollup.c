/* Rollups: what a transaction adds to the measures of each dimension's keys, summed up in memory
 * and written in key order. Invariant, proved by a check: after each commit a rollup is the sum
 * over the rows that are there and those that were purged. */
#include <stdlib.h>
#include <string.h>

#include "hll.h"
#include "sqlite_internal.h"
#include "sums.h"

#define SUMS_MAX 32768 /* then they are written, within the same transaction */
#define SEEN_MAX (1u << 17)

/* A visitor of a key. */
struct seen {
    uint64_t place;
    int64_t key;
    uint64_t hash;
};

enum rollup_statement { ROLLUP_ADD, VISITORS_GET, VISITORS_PUT, VISITORS_END, ROLLUP_STATEMENTS };

static const char *const files[ROLLUP_STATEMENTS] = {
    [ROLLUP_ADD] = "sqlite/write/rollup_add.sql",
    [VISITORS_GET] = "sqlite/write/visitors_get.sql",
    [VISITORS_PUT] = "sqlite/write/visitors_put.sql",
    [VISITORS_END] = "sqlite/write/visitors_end.sql",
};

struct rollup_sums {
    sqlite3_stmt *statement[ROLLUP_STATEMENTS];
    struct slim_sums sums;
    struct seen *seen; /* SEEN_MAX of them */
    uint32_t seen_count;
    int64_t end; /* seconds; no visitors are kept for buckets from there on; 0: not known */
};

static apr_status_t free_sums(void *data)
{
    slim_sums_free(data);
    return APR_SUCCESS;
}

apr_status_t slim_sqlite_rollups_open(struct slim_sqlite *store, apr_pool_t *pool)
{
    struct rollup_sums *r = apr_pcalloc(pool, sizeof *r);
    apr_status_t rv = APR_SUCCESS;

    r->seen = apr_palloc(pool, SEEN_MAX * sizeof *r->seen);
    apr_pool_cleanup_register(pool, &r->sums, free_sums, apr_pool_cleanup_null);
    store->rollups = r;
    for (int i = 0; i < ROLLUP_STATEMENTS && rv == APR_SUCCESS; i++) {
        rv = slim_sqlite_prepare(store, files[i], NULL, &r->statement[i]);
    }
    return rv;
}

void slim_sqlite_rollups_forget(struct slim_sqlite *store)
{
    if (store->rollups) {
        slim_sums_empty(&store->rollups->sums);
        store->rollups->seen_count = 0;
        store->rollups->end = 0;
    }
}

/* --- places: the tables' primary key before the key itself, in its order --- */

/* Dimension (8 bits), bucket (32), site (20) and robot (4). Sites have a ceiling far below 2^20. */
static uint64_t place_of(int dimension, int64_t bucket, int64_t site, int64_t robot)
{
    return (uint64_t)dimension << 56 | ((uint64_t)bucket & 0xffffffff) << 24
           | ((uint64_t)site & 0xfffff) << 4 | ((uint64_t)robot & 0xf);
}

static void bind_key(sqlite3_stmt *statement, uint64_t place, int64_t key)
{
    const int64_t values[] = {(int64_t)(place >> 56), (int64_t)(place >> 24 & 0xffffffff),
                              (int64_t)(place >> 4 & 0xfffff), (int64_t)(place & 0xf), key};

    slim_sqlite_bind_numbers(statement, values, 5);
}

/* Seconds. */
static int64_t end_of_bucket(uint64_t place)
{
    int64_t unit = slim_dimension_table[(place >> 56) - 1].unit;

    return ((int64_t)(place >> 24 & 0xffffffff) + 1) * unit;
}

/* --- adding up --- */

static apr_status_t no_memory(struct slim_sqlite *store)
{
    return slim_sqlite_refused(store, SLIM_STATE_STORE_IO, APR_ENOMEM, "no memory to write to %s",
                               store->path);
}

static apr_status_t make_room(struct slim_sqlite *store)
{
    const struct rollup_sums *r = store->rollups;

    return r->sums.count + SLIM_DIMENSIONS_MAX < SUMS_MAX
                   && r->seen_count + SLIM_DIMENSIONS_MAX < SEEN_MAX
               ? APR_SUCCESS
               : slim_sqlite_rollups_flush(store);
}

apr_status_t slim_sqlite_rollup_hit(struct slim_sqlite *store, const struct slim_hit_numbers *hit,
                                    int sign)
{
    struct rollup_sums *r = store->rollups;
    int64_t second = hit->id >> SLIM_HIT_SECOND_SHIFT;
    int is_pageview = (hit->classes & SLIM_CLASS_PAGEVIEW) != 0;
    apr_status_t rv = make_room(store);

    for (const struct slim_dimension *d = slim_dimension_table; rv == APR_SUCCESS && d->number;
         d++) {
        if (!d->hit_key || !(hit->classes & d->hit_class)) {
            continue;
        }
        uint64_t place = place_of(d->number, second / d->unit, hit->site, hit->robot);
        struct slim_sum *sum = slim_sums_of(&r->sums, place, d->hit_key(hit));
        if (!sum) {
            return no_memory(store);
        }
        sum->measure[SLIM_MEASURE_HITS] += sign;
        sum->measure[SLIM_MEASURE_PAGEVIEWS] += sign * is_pageview;
        sum->measure[SLIM_MEASURE_ERRORS] += sign * (hit->status >= 400);
        sum->measure[SLIM_MEASURE_BYTES] += sign * hit->bytes;
        if (sign > 0 && is_pageview && d->has_visitors && hit->visitor) {
            r->seen[r->seen_count++] = (struct seen){place, sum->key, (uint64_t)hit->visitor};
        }
    }
    return rv;
}

apr_status_t slim_sqlite_rollup_visit(struct slim_sqlite *store, const struct slim_visit *visit,
                                      int sign)
{
    apr_status_t rv = slim_visit_counts(visit) ? make_room(store) : APR_SUCCESS;

    if (!slim_visit_counts(visit)) {
        return rv;
    }
    for (const struct slim_dimension *d = slim_dimension_table; rv == APR_SUCCESS && d->number;
         d++) {
        if (!d->visit_key) {
            continue;
        }
        uint64_t place =
            place_of(d->number, visit->began / d->unit, visit->client.site, visit->client.robot);
        struct slim_sum *sum = slim_sums_of(&store->rollups->sums, place, d->visit_key(visit));
        if (!sum) {
            return no_memory(store);
        }
        sum->measure[SLIM_MEASURE_VISITS] += sign;
        sum->measure[SLIM_MEASURE_BOUNCES] += sign * slim_visit_is_bounce(visit);
        sum->measure[SLIM_MEASURE_DURATION] += sign * slim_visit_duration(visit);
        sum->measure[SLIM_MEASURE_FRESH] += sign * visit->fresh;
        if (d->sums_visits) {
            sum->measure[SLIM_MEASURE_HITS] += sign * visit->hits;
            sum->measure[SLIM_MEASURE_PAGEVIEWS] += sign * visit->pageviews;
        }
    }
    return rv;
}

/* --- writing --- */

static apr_status_t write_sum(struct slim_sqlite *store, const struct slim_sum *sum)
{
    static const int64_t nothing[SLIM_MEASURES];
    sqlite3_stmt *statement = store->rollups->statement[ROLLUP_ADD];

    if (memcmp(sum->measure, nothing, sizeof nothing) == 0) {
        return APR_SUCCESS;
    }
    bind_key(statement, sum->place, sum->key);
    for (int i = 0; i < SLIM_MEASURES; i++) {
        sqlite3_bind_int64(statement, 6 + i, sum->measure[i]);
    }
    return slim_sqlite_run(store, statement, "store rollups in");
}

/* Most sums are of today, or of the day that an old log has come to: behind the end there is
 * nothing to read. */
static apr_status_t find_end(struct slim_sqlite *store)
{
    sqlite3_stmt *statement = store->rollups->statement[VISITORS_END];
    apr_status_t rv = APR_SUCCESS;

    if (store->rollups->end > 0) {
        return APR_SUCCESS;
    }
    if (sqlite3_step(statement) == SQLITE_ROW) {
        store->rollups->end = sqlite3_column_int64(statement, 0);
    } else {
        rv = slim_sqlite_failed(store, "read");
    }
    sqlite3_reset(statement);
    return rv;
}

static apr_status_t read_visitors(struct slim_sqlite *store, const struct seen *seen,
                                  struct slim_hll *set)
{
    sqlite3_stmt *statement = store->rollups->statement[VISITORS_GET];
    apr_status_t rv = APR_SUCCESS;

    bind_key(statement, seen->place, seen->key);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW) {
        rv = slim_hll_merge(set, sqlite3_column_blob(statement, 0),
                            (size_t)sqlite3_column_bytes(statement, 0));
    }
    if (rv == SLIM_EBADRECORD) {
        rv = slim_sqlite_refused(store, SLIM_STATE_STORE_CORRUPT, SQLITE_CORRUPT,
                                 "%s has a set of visitors that is none", store->path);
    } else if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        rv = slim_sqlite_failed(store, "read");
    }
    sqlite3_reset(statement);
    return rv;
}

/* Adds the visitors of one key to the set that the table has. */
static apr_status_t write_visitors(struct slim_sqlite *store, const struct seen *seen, size_t count)
{
    sqlite3_stmt *statement = store->rollups->statement[VISITORS_PUT];
    unsigned char bytes[SLIM_HLL_BYTES_MAX];
    struct slim_hll set = {0};
    int is_known = end_of_bucket(seen->place) <= store->rollups->end;
    apr_status_t rv = is_known ? read_visitors(store, seen, &set) : APR_SUCCESS;
    size_t before = set.count;

    for (size_t i = 0; rv == APR_SUCCESS && i < count; i++) {
        rv = slim_hll_add(&set, seen[i].hash);
    }
    if (rv == APR_ENOMEM) {
        rv = no_memory(store);
    }
    if (rv == APR_SUCCESS && (set.registers || set.count > before)) {
        size_t length = slim_hll_write(&set, SLIM_HLL_SPARSE_MAX, bytes);
        bind_key(statement, seen->place, seen->key);
        sqlite3_bind_blob(statement, 6, bytes, (int)length, SQLITE_STATIC);
        rv = slim_sqlite_run(store, statement, "store rollups in");
    }
    slim_hll_free(&set);
    return rv;
}

static int compare_seen(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;

    if (x->place != y->place) {
        return x->place < y->place ? -1 : 1;
    }
    if (x->key != y->key) {
        return x->key < y->key ? -1 : 1;
    }
    return (x->hash > y->hash) - (x->hash < y->hash);
}

static apr_status_t write_all_visitors(struct slim_sqlite *store)
{
    struct rollup_sums *r = store->rollups;
    apr_status_t rv = find_end(store);
    int64_t end = r->end;

    qsort(r->seen, r->seen_count, sizeof r->seen[0], compare_seen);
    for (uint32_t i = 0, next; rv == APR_SUCCESS && i < r->seen_count; i = next) {
        const struct seen *seen = &r->seen[i];
        for (next = i; next < r->seen_count && r->seen[next].place == seen->place
                       && r->seen[next].key == seen->key;
             next++) {
        }
        rv = write_visitors(store, seen, next - i);
        end = end_of_bucket(seen->place) > end ? end_of_bucket(seen->place) : end;
    }
    r->end = (end + 86399) / 86400 * 86400; /* hours of a day that has begun are looked for */
    return rv;
}

apr_status_t slim_sqlite_rollups_flush(struct slim_sqlite *store)
{
    struct rollup_sums *r = store->rollups;
    apr_status_t rv = APR_SUCCESS;

    slim_sums_sort(&r->sums);
    for (uint32_t i = 0; rv == APR_SUCCESS && i < r->sums.count; i++) {
        rv = write_sum(store, &r->sums.sum[i]);
    }
    if (rv == APR_SUCCESS) {
        rv = write_all_visitors(store);
    }
    slim_sums_empty(&r->sums);
    r->seen_count = 0;
    return rv;
}
