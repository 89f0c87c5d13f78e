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

/* As the tables' primary key, in its order: dimension (8 bits), bucket (32), site (20) and robot
 * (4) in one number, then the key. Sites have a ceiling far below 2^20. */
struct sum_key {
    uint64_t place;
    int64_t key;
};

struct sum {
    struct sum_key key;
    int64_t measure[MEASURES];
};

struct seen {
    uint32_t sum; /* its index */
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
    uint32_t place[PLACES]; /* index of a sum + 1; 0: free */
    uint32_t count;         /* of sums */
    uint32_t hashes;
    int64_t end; /* seconds; no visitors are kept for buckets from there on; 0: not known */
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
    r->end = 0;
    store->rollups = r;
    for (int i = 0; i < ROLLUP_STATEMENTS && rv == APR_SUCCESS; i++) {
        rv = slim_sqlite_prepare(store, files[i], NULL, &r->statement[i]);
    }
    return rv;
}

static void empty(struct rollup_sums *r)
{
    memset(r->place, 0, sizeof r->place);
    r->count = r->hashes = 0;
}

void slim_sqlite_rollups_forget(struct slim_sqlite *store)
{
    if (store->rollups) {
        empty(store->rollups);
        store->rollups->end = 0;
    }
}

/* --- adding up --- */

static struct sum_key key_of(int dimension, int64_t bucket, int64_t site, int64_t robot,
                             int64_t key)
{
    return (struct sum_key){(uint64_t)dimension << 56 | ((uint64_t)bucket & 0xffffffff) << 24
                                | ((uint64_t)site & 0xfffff) << 4 | ((uint64_t)robot & 0xf),
                            key};
}

static void bind_key(sqlite3_stmt *statement, const struct sum_key *key)
{
    const int64_t values[] = {(int64_t)(key->place >> 56), (int64_t)(key->place >> 24 & 0xffffffff),
                              (int64_t)(key->place >> 4 & 0xfffff), (int64_t)(key->place & 0xf),
                              key->key};

    slim_sqlite_bind_numbers(statement, values, 5);
}

static size_t hash_key(const struct sum_key *key)
{
    uint64_t h = (key->place ^ (uint64_t)key->key << 20) * UINT64_C(0x9e3779b97f4a7c15);

    h = (h ^ h >> 32 ^ (uint64_t)key->key) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(h >> 40);
}

/* The sum of a key, made with zeros when it is new. There is room. */
static struct sum *sum_of(struct rollup_sums *r, const struct sum_key *key)
{
    size_t at = hash_key(key) & (PLACES - 1);

    while (r->place[at]) {
        struct sum *sum = &r->sum[r->place[at] - 1];
        if (sum->key.place == key->place && sum->key.key == key->key) {
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
        const struct sum_key key =
            key_of(d->number, second / d->unit, hit->site, hit->robot, d->hit_key(hit));
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
        const struct sum_key key = key_of(d->number, visit->began / d->unit, visit->client.site,
                                          visit->client.robot, d->visit_key(visit));
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
    const struct sum_key *x = &((struct sum *)sums)[*(const uint32_t *)a].key;
    const struct sum_key *y = &((struct sum *)sums)[*(const uint32_t *)b].key;

    if (x->place != y->place) {
        return x->place < y->place ? -1 : 1;
    }
    return (x->key > y->key) - (x->key < y->key);
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
    bind_key(statement, &sum->key);
    for (int i = 0; i < MEASURES; i++) {
        sqlite3_bind_int64(statement, 6 + i, sum->measure[i]);
    }
    return slim_sqlite_run(store, statement, "store rollups in");
}

static int64_t bucket_end(const struct sum_key *key)
{
    int64_t unit = slim_dimension_table[(key->place >> 56) - 1].unit;

    return ((int64_t)(key->place >> 24 & 0xffffffff) + 1) * unit;
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

static apr_status_t read_visitors(struct slim_sqlite *store, const struct sum_key *key,
                                  struct slim_hll *set)
{
    sqlite3_stmt *statement = store->rollups->statement[VISITORS_GET];
    apr_status_t rv = APR_SUCCESS;

    bind_key(statement, key);
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
    int64_t end = bucket_end(key);
    apr_status_t rv = end > store->rollups->end ? APR_SUCCESS : read_visitors(store, key, &set);
    size_t before = set.count;

    for (size_t i = 0; rv == APR_SUCCESS && i < count; i++) {
        rv = slim_hll_add(&set, seen[i].hash);
    }
    if (rv == APR_ENOMEM) {
        rv = slim_sqlite_refused(store, SLIM_STATE_STORE_IO, rv, "no memory for %s", store->path);
    }
    if (rv == APR_SUCCESS && (set.registers || set.count > before)) {
        size_t length = slim_hll_write(&set, SLIM_HLL_SPARSE_MAX, bytes);
        bind_key(statement, key);
        sqlite3_bind_blob(statement, 6, bytes, (int)length, SQLITE_STATIC);
        rv = slim_sqlite_run(store, statement, "store rollups in");
    }
    slim_hll_free(&set);
    return rv;
}

static apr_status_t write_all_visitors(struct slim_sqlite *store)
{
    struct rollup_sums *r = store->rollups;
    apr_status_t rv = find_end(store);
    int64_t end = r->end;

    /* in the order in which the sums were written, so that the table is walked once */
    for (uint32_t i = 0; i < r->count; i++) {
        r->place[r->order[i]] = i;
    }
    for (uint32_t i = 0; i < r->hashes; i++) {
        r->seen[i].sum = r->place[r->seen[i].sum];
    }
    qsort(r->seen, r->hashes, sizeof r->seen[0], compare_seen);
    for (uint32_t i = 0, next; rv == APR_SUCCESS && i < r->hashes; i = next) {
        uint32_t rank = r->seen[i].sum;
        for (next = i; next < r->hashes && r->seen[next].sum == rank; next++) {
            r->seen[next].sum = r->order[rank];
        }
        rv = write_visitors(store, &r->seen[i], next - i);
        end = bucket_end(&r->sum[r->seen[i].sum].key) > end
                  ? bucket_end(&r->sum[r->seen[i].sum].key)
                  : end;
    }
    r->end = (end + 86399) / 86400 * 86400;
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
    empty(r);
    return rv;
}
