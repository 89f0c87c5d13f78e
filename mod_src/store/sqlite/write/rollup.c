/* Rollups: what a transaction adds to the measures of each dimension's keys, summed up in memory
 * and written in key order. Invariant, verified by slimstats check: after each commit a rollup is
 * the sum over the stored rows and those that were purged. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "store/hll.h"
#include "store/sqlite/base/array.h"
#include "store/tally.h"
#include "writer.h"

#define SUMS_MAX 32768 /* then they are written, within the same transaction */
#define SEEN_MAX (1u << 17)
#define SETS_BYTES (1u << 20)                         /* of sets that are written at once */
#define KEY ":dimension :bucket :site :robot :key"    /* as bind_key has it */
#define COLUMNS "dimension, bucket, site, robot, key" /* as give_key has it */
#define KEY_COLUMNS 5
#define MEASURES "hits, pageviews, errors, bytes, visits, bounces, duration, fresh, unshown"

/* A visitor of a key. */
struct seen {
    uint64_t hash;
    uint32_t sum; /* the key's place among the sums */
};

/* The visitors of a key, as they are written. */
struct written_set {
    uint64_t group;
    int64_t key;
    uint32_t at, length; /* in the bytes */
};

struct slim_sqlite_rollups {
    sqlite3_stmt *add, *visitors_get, *visitors_put;
    struct slim_sql_array changes, sets; /* as the statements read them */
    struct slim_sums sums;
    struct seen *seen; /* SEEN_MAX of them, as they came */
    uint32_t seen_count;
    uint64_t *hash;       /* and by key: those of the sum at i are */
    unsigned char *bytes; /* SETS_BYTES and a set of them */
    uint32_t bytes_used;
    int64_t end; /* seconds; no visitors are kept for buckets from there on; 0: not known */
    /* From here on nothing is looked at before it is written. */
    uint32_t first[SUMS_MAX + 1];            /* hash[first[i]] up to hash[first[i + 1]] */
    const struct slim_sum *order[SUMS_MAX];  /* in which sums are written */
    const struct slim_sum *change[SUMS_MAX]; /* those of them that are not zero */
    struct written_set set[SUMS_MAX];
};

static apr_status_t free_sums(void *data)
{
    slim_sums_free(data);
    return APR_SUCCESS;
}

/* A column of a key. */
static int64_t key_column(uint64_t group, int64_t key, int column)
{
    switch (column) {
    case 0: return slim_group_dimension(group);
    case 1: return slim_group_bucket(group);
    case 2: return slim_group_site(group);
    case 3: return slim_group_robot(group);
    default: return key;
    }
}

static void give_change(sqlite3_context *result, const struct slim_sql_array *changes, uint32_t row,
                        int column)
{
    const struct slim_sum *sum = ((const struct slim_sum *const *)changes->rows)[row];

    sqlite3_result_int64(result, column < KEY_COLUMNS ? key_column(sum->group, sum->key, column)
                                                      : sum->measure[column - KEY_COLUMNS]);
}

static void give_set(sqlite3_context *result, const struct slim_sql_array *sets, uint32_t row,
                     int column)
{
    const struct slim_sqlite_rollups *r = sets->rows;
    const struct written_set *set = &r->set[row];

    if (column < KEY_COLUMNS) {
        sqlite3_result_int64(result, key_column(set->group, set->key, column));
    } else {
        sqlite3_result_blob(result, r->bytes + set->at, (int)set->length, SQLITE_STATIC);
    }
}

struct slim_sqlite_rollups *slim_sqlite_rollups_open(struct slim_sqlite *store, apr_pool_t *pool)
{
    struct slim_sqlite_rollups *r = apr_palloc(pool, sizeof *r);

    memset(r, 0, offsetof(struct slim_sqlite_rollups, first)); /* the rest is a megabyte */
    r->seen = apr_palloc(pool, SEEN_MAX * sizeof *r->seen);
    r->hash = apr_palloc(pool, SEEN_MAX * sizeof *r->hash);
    r->bytes = apr_palloc(pool, SETS_BYTES + SLIM_HLL_BYTES_MAX);
    apr_pool_cleanup_register(pool, &r->sums, free_sums, apr_pool_cleanup_null);
    r->changes = (struct slim_sql_array){COLUMNS ", " MEASURES, give_change, r->change, 0};
    r->sets = (struct slim_sql_array){COLUMNS ", hashes", give_set, r, 0};
    slim_sql_array_declare(store, "batch_rollup", &r->changes);
    slim_sql_array_declare(store, "batch_visitors", &r->sets);
    r->add = slim_sql_statement(store, "write/rollup_add", NULL);
    r->visitors_get = slim_sql_placed(store, "write/visitors_get", NULL, KEY);
    r->visitors_put = slim_sql_statement(store, "write/visitors_put", NULL);
    return r;
}

void slim_sqlite_rollups_forget(struct slim_sqlite_writer *w)
{
    if (w->rollups) {
        slim_sums_empty(&w->rollups->sums);
        w->rollups->seen_count = 0;
        w->rollups->sets.count = w->rollups->bytes_used = 0;
        w->rollups->end = 0;
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

static void write_changes(struct slim_sqlite_writer *w)
{
    static const int64_t nothing[SLIM_MEASURES];
    struct slim_sqlite_rollups *r = w->rollups;
    uint32_t count = 0;

    for (uint32_t i = 0; i < r->sums.count; i++) {
        if (memcmp(r->order[i]->measure, nothing, sizeof nothing) != 0) {
            r->change[count++] = r->order[i];
        }
    }
    r->changes.count = count;
    if (count > 0) {
        slim_sql_finish(&w->store, r->add);
    }
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

    for (int i = 0; i < KEY_COLUMNS; i++) {
        sqlite3_bind_int64(statement, i + 1, key_column(sum->group, sum->key, i));
    }
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

static void write_sets(struct slim_sqlite_writer *w)
{
    struct slim_sqlite_rollups *r = w->rollups;

    if (r->sets.count > 0) {
        slim_sql_finish(&w->store, r->visitors_put);
    }
    r->sets.count = r->bytes_used = 0;
}

/* Written with others: a key comes once. */
static void keep_visitors(struct slim_sqlite_writer *w, uint64_t group, int64_t key,
                          const struct slim_hll *set)
{
    struct slim_sqlite_rollups *r = w->rollups;
    size_t length = slim_hll_write(set, SLIM_HLL_SPARSE_MAX, r->bytes + r->bytes_used);

    r->set[r->sets.count++] = (struct written_set){group, key, r->bytes_used, (uint32_t)length};
    r->bytes_used += (uint32_t)length;
    if (r->sets.count == SUMS_MAX || r->bytes_used >= SETS_BYTES) {
        write_sets(w);
    }
}

void slim_sqlite_put_visitors(struct slim_sqlite_writer *w, uint64_t group, int64_t key,
                              const struct slim_hll *set)
{
    if (slim_hll_size(set, SLIM_HLL_SPARSE_MAX) > 0) {
        keep_visitors(w, group, key, set);
        write_sets(w);
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
    write_sets(w);
    r->end = (end + 86399) / 86400 * 86400; /* hours of a day that has begun are looked for */
}

void slim_sqlite_rollups_flush(struct slim_sqlite_writer *w)
{
    struct slim_sqlite_rollups *r = w->rollups;

    gather_visitors(r);
    slim_sums_order(&r->sums, r->order);
    write_changes(w);
    write_all_visitors(w);
    slim_sums_empty(&r->sums);
    r->seen_count = 0;
}
