/* Rollups: what a transaction adds to the measures of each dimension's keys, summed up in memory
 * and written in key order. Invariant, proved by a check: after each commit a rollup is the sum
 * over the rows that are there and those that were purged. */
#include <stdlib.h>
#include <string.h>

#include "hll.h"
#include "sqlite_internal.h"

#define PLACES 65536          /* of the table of sums; a power of two */
#define SUMS_MAX (PLACES / 2) /* then they are written, within the same transaction */
#define HASHES_MAX (1u << 17)

enum measure {
    MEASURE_HITS,
    MEASURE_PAGEVIEWS,
    MEASURE_ERRORS,
    MEASURE_BYTES,
    MEASURE_VISITS,
    MEASURE_BOUNCES,
    MEASURE_DURATION,
    MEASURE_FRESH,
    MEASURES
};

/* As the tables' primary key, in its order. */
struct sum_key {
    int64_t dimension, bucket, site, robot, key;
};

struct sum {
    struct sum_key key;
    int64_t measure[MEASURES];
};

struct seen {
    uint32_t sum; /* its index */
    uint64_t hash;
};

enum rollup_statement { ROLLUP_ADD, VISITORS_GET, VISITORS_PUT, ROLLUP_STATEMENTS };

static const char *const files[ROLLUP_STATEMENTS] = {
    [ROLLUP_ADD] = "sqlite/write/rollup_add.sql",
    [VISITORS_GET] = "sqlite/write/visitors_get.sql",
    [VISITORS_PUT] = "sqlite/write/visitors_put.sql",
};

struct rollup_sums {
    sqlite3_stmt *statement[ROLLUP_STATEMENTS];
    uint32_t place[PLACES]; /* index of a sum + 1; 0: free */
    uint32_t count;         /* of sums */
    uint32_t hashes;
    struct sum sum[SUMS_MAX];
    struct seen seen[HASHES_MAX];
    uint32_t order[SUMS_MAX];
};

apr_status_t slim_sqlite_rollups_open(struct slim_sqlite *store, apr_pool_t *pool)
{
    struct rollup_sums *r = apr_palloc(pool, sizeof *r);
    apr_status_t rv = APR_SUCCESS;

    memset(r->place, 0, sizeof r->place);
    r->count = r->hashes = 0;
    store->rollups = r;
    for (int i = 0; i < ROLLUP_STATEMENTS && rv == APR_SUCCESS; i++) {
        rv = slim_sqlite_prepare(store, files[i], NULL, &r->statement[i]);
    }
    return rv;
}

void slim_sqlite_rollups_forget(struct slim_sqlite *store)
{
    struct rollup_sums *r = store->rollups;

    if (r) {
        memset(r->place, 0, sizeof r->place);
        r->count = r->hashes = 0;
    }
}

/* --- adding up --- */

static uint64_t mix(uint64_t h, int64_t value)
{
    h = (h ^ (uint64_t)value) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 29;
}

/* The sum of a key, made with zeros when it is new. There is room. */
static struct sum *sum_of(struct rollup_sums *r, const struct sum_key *key)
{
    uint64_t h =
        mix(mix(mix(mix(mix(0, key->dimension), key->bucket), key->site), key->robot), key->key);
    size_t at = (size_t)(h >> 20) & (PLACES - 1);

    while (r->place[at]) {
        struct sum *sum = &r->sum[r->place[at] - 1];
        if (memcmp(&sum->key, key, sizeof *key) == 0) {
            return sum;
        }
        at = (at + 1) & (PLACES - 1);
    }
    struct sum *sum = &r->sum[r->count];
    r->place[at] = ++r->count;
    memset(sum->measure, 0, sizeof sum->measure);
    sum->key = *key;
    return sum;
}

static apr_status_t make_room(struct slim_sqlite *store)
{
    const struct rollup_sums *r = store->rollups;

    return r->count + SLIM_DIMENSIONS_MAX < SUMS_MAX && r->hashes + SLIM_DIMENSIONS_MAX < HASHES_MAX
               ? APR_SUCCESS
               : slim_sqlite_rollups_flush(store);
}

apr_status_t slim_sqlite_rollup_hit(struct slim_sqlite *store, const struct slim_hit_numbers *hit,
                                    int sign)
{
    int64_t second = hit->id >> SLIM_HIT_SECOND_SHIFT;
    int is_pageview = (hit->classes & SLIM_CLASS_PAGEVIEW) != 0;
    apr_status_t rv = make_room(store);

    for (const struct slim_dimension *d = slim_dimension_table; rv == APR_SUCCESS && d->number;
         d++) {
        if (!d->hit_key || !(hit->classes & d->hit_class)) {
            continue;
        }
        const struct sum_key key = {d->number, second / d->unit, hit->site, hit->robot,
                                    d->hit_key(hit)};
        struct sum *sum = sum_of(store->rollups, &key);
        sum->measure[MEASURE_HITS] += sign;
        sum->measure[MEASURE_PAGEVIEWS] += sign * is_pageview;
        sum->measure[MEASURE_ERRORS] += sign * (hit->status >= 400);
        sum->measure[MEASURE_BYTES] += sign * hit->bytes;
        if (sign > 0 && is_pageview && d->has_visitors && hit->visitor) {
            store->rollups->seen[store->rollups->hashes++] =
                (struct seen){(uint32_t)(sum - store->rollups->sum), (uint64_t)hit->visitor};
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
        const struct sum_key key = {d->number, visit->began / d->unit, visit->client.site,
                                    visit->client.robot, d->visit_key(visit)};
        struct sum *sum = sum_of(store->rollups, &key);
        sum->measure[MEASURE_VISITS] += sign;
        sum->measure[MEASURE_BOUNCES] += sign * slim_visit_is_bounce(visit);
        sum->measure[MEASURE_DURATION] += sign * slim_visit_duration(visit);
        sum->measure[MEASURE_FRESH] += sign * visit->fresh;
        if (d->sums_visits) {
            sum->measure[MEASURE_HITS] += sign * visit->hits;
            sum->measure[MEASURE_PAGEVIEWS] += sign * visit->pageviews;
        }
    }
    return rv;
}

/* --- writing --- */

static int compare_keys(const void *a, const void *b, void *sums)
{
    const int64_t *x = &((struct sum *)sums)[*(const uint32_t *)a].key.dimension;
    const int64_t *y = &((struct sum *)sums)[*(const uint32_t *)b].key.dimension;

    for (size_t i = 0; i < sizeof(struct sum_key) / sizeof(int64_t); i++) {
        if (x[i] != y[i]) {
            return x[i] < y[i] ? -1 : 1;
        }
    }
    return 0;
}

static int compare_seen(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;

    return x->sum != y->sum ? (x->sum < y->sum ? -1 : 1)
                            : (x->hash > y->hash) - (x->hash < y->hash);
}

static apr_status_t write_sum(struct slim_sqlite *store, const struct sum *sum)
{
    static const int64_t nothing[MEASURES];
    sqlite3_stmt *statement = store->rollups->statement[ROLLUP_ADD];

    if (memcmp(sum->measure, nothing, sizeof nothing) == 0) {
        return APR_SUCCESS;
    }
    slim_sqlite_bind_numbers(statement, &sum->key.dimension, 5);
    for (int i = 0; i < MEASURES; i++) {
        sqlite3_bind_int64(statement, 6 + i, sum->measure[i]);
    }
    return slim_sqlite_run(store, statement, "store rollups in");
}

static apr_status_t read_visitors(struct slim_sqlite *store, const struct sum_key *key,
                                  struct slim_hll *set)
{
    sqlite3_stmt *statement = store->rollups->statement[VISITORS_GET];
    apr_status_t rv = APR_SUCCESS;

    slim_sqlite_bind_numbers(statement, &key->dimension, 5);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW) {
        rv = slim_hll_merge(set, sqlite3_column_blob(statement, 0),
                            (size_t)sqlite3_column_bytes(statement, 0));
    }
    if (rv != APR_SUCCESS) {
        rv = slim_sqlite_refused(store, SLIM_STATE_STORE_CORRUPT, SQLITE_CORRUPT,
                                 "%s has a set of visitors that is none", store->path);
    } else if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        rv = slim_sqlite_failed(store, "read");
    }
    sqlite3_reset(statement);
    return rv;
}

/* Adds the hashes of one sum to the set that the table has. */
static apr_status_t write_visitors(struct slim_sqlite *store, const struct seen *seen, size_t count)
{
    const struct sum_key *key = &store->rollups->sum[seen->sum].key;
    sqlite3_stmt *statement = store->rollups->statement[VISITORS_PUT];
    unsigned char bytes[SLIM_HLL_BYTES_MAX];
    struct slim_hll set = {0};
    apr_status_t rv = read_visitors(store, key, &set);
    size_t before = set.count;

    for (size_t i = 0; rv == APR_SUCCESS && i < count; i++) {
        rv = slim_hll_add(&set, seen[i].hash);
    }
    if (rv == APR_SUCCESS && (set.registers || set.count > before)) {
        size_t length = slim_hll_write(&set, SLIM_HLL_SPARSE_MAX, bytes);
        slim_sqlite_bind_numbers(statement, &key->dimension, 5);
        sqlite3_bind_blob(statement, 6, bytes, (int)length, SQLITE_STATIC);
        rv = slim_sqlite_run(store, statement, "store rollups in");
    }
    slim_hll_free(&set);
    return rv;
}

static apr_status_t write_all_visitors(struct slim_sqlite *store)
{
    struct rollup_sums *r = store->rollups;
    apr_status_t rv = APR_SUCCESS;

    /* in the order in which the sums were written, so that the table is walked once */
    for (uint32_t i = 0; i < r->count; i++) {
        r->place[r->order[i]] = i;
    }
    for (uint32_t i = 0; i < r->hashes; i++) {
        r->seen[i].sum = r->place[r->seen[i].sum];
    }
    qsort(r->seen, r->hashes, sizeof r->seen[0], compare_seen);
    for (uint32_t i = 0, end; rv == APR_SUCCESS && i < r->hashes; i = end) {
        uint32_t rank = r->seen[i].sum;
        for (end = i; end < r->hashes && r->seen[end].sum == rank; end++) {
            r->seen[end].sum = r->order[rank];
        }
        rv = write_visitors(store, &r->seen[i], end - i);
    }
    return rv;
}

apr_status_t slim_sqlite_rollups_flush(struct slim_sqlite *store)
{
    struct rollup_sums *r = store->rollups;
    apr_status_t rv = APR_SUCCESS;

    for (uint32_t i = 0; i < r->count; i++) {
        r->order[i] = i;
    }
    qsort_r(r->order, r->count, sizeof r->order[0], compare_keys, r->sum);
    for (uint32_t i = 0; rv == APR_SUCCESS && i < r->count; i++) {
        rv = write_sum(store, &r->sum[r->order[i]]);
    }
    if (rv == APR_SUCCESS) {
        rv = write_all_visitors(store);
    }
    slim_sqlite_rollups_forget(store);
    return rv;
}
