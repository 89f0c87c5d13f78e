/* Rollups: what a transaction adds to the measures of each dimension's keys, summed up in memory
 * and written in key order. Invariant, verified by slimstats check: after each commit a rollup is
 * the sum over the stored rows and those that were purged. */
#include <stdlib.h>
#include <string.h>

#include "store/hll.h"
#include "store/tally.h"
#include "writer.h"

#define SUMS_MAX 32768 /* then they are written, within the same transaction */
#define SEEN_MAX (1u << 17)
#define KEY ":dimension :bucket :site :robot :key" /* as bind_key has it */

/* A visitor of a key. */
struct seen {
    uint64_t hash;
    uint32_t sum; /* the key's place among the sums */
};

struct slim_sqlite_rollups {
    sqlite3_stmt *add, *visitors_get, *visitors_put;
    struct slim_sums sums;
    struct seen *seen; /* SEEN_MAX of them, as they came */
    uint32_t seen_count;
    uint64_t *hash;                         /* and by key: those of the sum at i are */
    uint32_t first[SUMS_MAX + 1];           /* hash[first[i]] up to hash[first[i + 1]] */
    const struct slim_sum *order[SUMS_MAX]; /* in which sums are written */
    int64_t end; /* seconds; no visitors are kept for buckets from there on; 0: not known */
};

static apr_status_t free_sums(void *data)
{
    slim_sums_free(data);
    return APR_SUCCESS;
}

struct slim_sqlite_rollups *slim_sqlite_rollups_open(struct slim_sqlite *store, apr_pool_t *pool)
{
    struct slim_sqlite_rollups *r = apr_pcalloc(pool, sizeof *r);

    r->seen = apr_palloc(pool, SEEN_MAX * sizeof *r->seen);
    r->hash = apr_palloc(pool, SEEN_MAX * sizeof *r->hash);
    apr_pool_cleanup_register(pool, &r->sums, free_sums, apr_pool_cleanup_null);
    r->add = slim_sql_placed(store, "write/rollup_add", NULL, KEY " " SLIM_SQLITE_MEASURES);
    r->visitors_get = slim_sql_placed(store, "write/visitors_get", NULL, KEY);
    r->visitors_put = slim_sql_placed(store, "write/visitors_put", NULL, KEY " :hashes");
    return r;
}

void slim_sqlite_rollups_forget(struct slim_sqlite_writer *w)
{
    if (w->rollups) {
        slim_sums_empty(&w->rollups->sums);
        w->rollups->seen_count = 0;
        w->rollups->end = 0;
    }
}

/* The first five parameters of all statements here. */
static void bind_key(sqlite3_stmt *statement, uint64_t group, int64_t key)
{
    const int64_t values[] = {slim_group_dimension(group), slim_group_bucket(group),
                              slim_group_site(group), slim_group_robot(group), key};

    for (int i = 0; i < 5; i++) {
        sqlite3_bind_int64(statement, i + 1, values[i]);
    }
}

/* Seconds. */
static int64_t end_of_bucket(uint64_t group)
{
    int64_t unit = slim_dimension_table[slim_group_dimension(group) - 1].unit;

    return (slim_group_bucket(group) + 1) * unit;
}

/* --- adding up --- */

void slim_sqlite_no_memory(struct slim_sqlite *store)
{
    slim_sql_fail(store, slim_sqlite_refused(store, SLIM_STATE_STORE_IO, APR_ENOMEM,
                                             "no memory to write to %s", store->path));
}

static void make_room(struct slim_sqlite_writer *w)
{
    const struct slim_sqlite_rollups *r = w->rollups;

    if (r->sums.count + SLIM_DIMENSIONS_MAX >= SUMS_MAX
        || r->seen_count + SLIM_DIMENSIONS_MAX >= SEEN_MAX) {
        slim_sqlite_rollups_flush(w);
    }
}

static int note_seen(void *baton, uint32_t sum, int64_t visitor)
{
    struct slim_sqlite_rollups *r = baton;

    r->seen[r->seen_count++] = (struct seen){(uint64_t)visitor, sum};
    return 1;
}

void slim_sqlite_rollup_hit(struct slim_sqlite_writer *w, const struct slim_hit_row *hit, int sign)
{
    make_room(w);
    if (slim_sql_is_well(&w->store)
        && !slim_tally_hit(&w->rollups->sums, hit, sign, note_seen, w->rollups)) {
        slim_sqlite_no_memory(&w->store);
    }
}

void slim_sqlite_rollup_visit(struct slim_sqlite_writer *w, const struct slim_visit *visit,
                              int sign)
{
    make_room(w);
    if (slim_sql_is_well(&w->store) && !slim_tally_visit(&w->rollups->sums, visit, sign)) {
        slim_sqlite_no_memory(&w->store);
    }
}

/* --- writing --- */

static void write_sum(struct slim_sqlite_writer *w, const struct slim_sum *sum)
{
    static const int64_t nothing[SLIM_MEASURES];
    sqlite3_stmt *statement = w->rollups->add;

    if (memcmp(sum->measure, nothing, sizeof nothing) == 0) {
        return;
    }
    bind_key(statement, sum->group, sum->key);
    for (int i = 0; i < SLIM_MEASURES; i++) {
        sqlite3_bind_int64(statement, 6 + i, sum->measure[i]);
    }
    slim_sql_finish(&w->store, statement);
}

/* Most keys are of the newest day in the store: from the end on there is nothing to read. */
static void find_end(struct slim_sqlite_writer *w)
{
    if (w->rollups->end == 0) {
        slim_sql_numbers(&w->store, "write/visitors_end", SLIM_NO_VALUES, 0, &w->rollups->end, 1);
    }
}

static void read_visitors(struct slim_sqlite_writer *w, const struct slim_sum *sum,
                          struct slim_hll *set)
{
    struct slim_sqlite *store = &w->store;
    sqlite3_stmt *statement = w->rollups->visitors_get;
    apr_status_t rv = APR_SUCCESS;

    bind_key(statement, sum->group, sum->key);
    if (slim_sql_step(store, statement)) {
        rv = slim_hll_merge(set, sqlite3_column_blob(statement, 0),
                            (size_t)sqlite3_column_bytes(statement, 0));
    }
    if (rv == SLIM_EBADRECORD) {
        rv = slim_sqlite_refused(store, SLIM_STATE_STORE_CORRUPT, SQLITE_CORRUPT,
                                 "%s has a set of visitors that is none", store->path);
    } else if (rv != APR_SUCCESS) {
        slim_sqlite_no_memory(store);
    }
    slim_sql_fail(store, rv);
    sqlite3_reset(statement);
}

static void keep_visitors(struct slim_sqlite_writer *w, uint64_t group, int64_t key,
                          const struct slim_hll *set)
{
    sqlite3_stmt *statement = w->rollups->visitors_put;
    unsigned char bytes[SLIM_HLL_BYTES_MAX];
    size_t length = slim_hll_write(set, SLIM_HLL_SPARSE_MAX, bytes);

    bind_key(statement, group, key);
    sqlite3_bind_blob(statement, 6, bytes, (int)length, SQLITE_STATIC);
    slim_sql_finish(&w->store, statement);
}

void slim_sqlite_put_visitors(struct slim_sqlite_writer *w, uint64_t group, int64_t key,
                              const struct slim_hll *set)
{
    if (slim_hll_size(set, SLIM_HLL_SPARSE_MAX) > 0) {
        keep_visitors(w, group, key, set);
        return;
    }
    slim_sql_run(&w->store, "write/visitors_remove",
                 SLIM_VALUES(slim_value(":dimension", slim_group_dimension(group)),
                             slim_value(":bucket", slim_group_bucket(group)),
                             slim_value(":site", slim_group_site(group)),
                             slim_value(":robot", slim_group_robot(group)),
                             slim_value(":key", key)));
}

/* Adds the visitors of one key to the set that the table has. */
static void write_visitors(struct slim_sqlite_writer *w, const struct slim_sum *sum,
                           const uint64_t *hash, uint32_t count)
{
    struct slim_hll set = {0};
    apr_status_t rv = APR_SUCCESS;

    if (end_of_bucket(sum->group) <= w->rollups->end) {
        read_visitors(w, sum, &set);
    }
    size_t before = set.count;
    for (uint32_t i = 0; rv == APR_SUCCESS && i < count; i++) {
        rv = slim_hll_add(&set, hash[i]);
    }
    if (rv != APR_SUCCESS) {
        slim_sqlite_no_memory(&w->store);
    }
    if (slim_sql_is_well(&w->store) && (set.registers || set.count > before)) {
        keep_visitors(w, sum->group, sum->key, &set);
    }
    slim_hll_free(&set);
}

/* Puts the visitors of each key side by side: they are counted, and each has its place then. */
static void gather_visitors(struct slim_sqlite_rollups *r)
{
    uint32_t at = 0, count;

    memset(r->first, 0, (r->sums.count + 1) * sizeof r->first[0]);
    for (uint32_t i = 0; i < r->seen_count; i++) {
        r->first[r->seen[i].sum]++;
    }
    for (uint32_t i = 0; i <= r->sums.count; i++) {
        count = r->first[i];
        r->first[i] = at += count;
    }
    for (uint32_t i = r->seen_count; i-- > 0;) { /* from behind: first ends where it begins */
        r->hash[--r->first[r->seen[i].sum]] = r->seen[i].hash;
    }
}

static void write_all_visitors(struct slim_sqlite_writer *w)
{
    struct slim_sqlite_rollups *r = w->rollups;

    find_end(w);
    int64_t end = r->end;
    for (uint32_t i = 0; i < r->sums.count; i++) {
        const struct slim_sum *sum = r->order[i];
        const uint32_t *first = &r->first[sum - r->sums.sum];
        uint32_t count = first[1] - first[0];
        if (count > 0) {
            write_visitors(w, sum, &r->hash[first[0]], count);
            end = end_of_bucket(sum->group) > end ? end_of_bucket(sum->group) : end;
        }
    }
    r->end = (end + 86399) / 86400 * 86400; /* hours of a day that has begun are looked for */
}

void slim_sqlite_rollups_flush(struct slim_sqlite_writer *w)
{
    struct slim_sqlite_rollups *r = w->rollups;

    gather_visitors(r);
    slim_sums_order(&r->sums, r->order);
    for (uint32_t i = 0; i < r->sums.count; i++) {
        write_sum(w, r->order[i]);
    }
    write_all_visitors(w);
    slim_sums_empty(&r->sums);
    r->seen_count = 0;
}
