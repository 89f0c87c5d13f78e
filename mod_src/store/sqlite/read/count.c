/* Adding up by key what one question counts. */
#include "count.h"

#include <stdlib.h>
#include <string.h>

void slim_count_free(struct slim_count *count)
{
    for (size_t i = 0; i < count->sets_size; i++) {
        slim_hll_free(&count->sets[i]);
    }
    free(count->sets);
    slim_sums_free(&count->sums);
}

/* The set of a sum; NULL: no memory. */
static struct slim_hll *set_of(struct slim_count *count, const struct slim_sum *sum)
{
    size_t index = (size_t)(sum - count->sums.sum);

    if (index >= count->sets_size) {
        size_t size = count->sums.slots / 2;
        struct slim_hll *sets = realloc(count->sets, size * sizeof *sets);
        if (!sets) {
            return NULL;
        }
        memset(sets + count->sets_size, 0, (size - count->sets_size) * sizeof *sets);
        count->sets = sets;
        count->sets_size = size;
    }
    return &count->sets[index];
}

apr_status_t slim_count_no_memory(struct slim_count *count)
{
    apr_status_t rv = slim_sqlite_refused(count->store, SLIM_STATE_STORE_IO, APR_ENOMEM,
                                          "no memory to read %s", count->store->path);

    slim_sql_fail(count->store, rv);
    return rv;
}

struct slim_sum *slim_count_sum(struct slim_count *count, int64_t robot, int64_t site, int64_t key)
{
    uint64_t apart = count->composition.query->report->sites_apart ? (uint64_t)site << 8 : 0;

    return slim_sums_of(&count->sums, apart | (uint64_t)robot, key);
}

/* Rows begin with key, site and robot. */
static struct slim_sum *sum_of_row(struct slim_count *count, sqlite3_stmt *row)
{
    return slim_count_sum(count, sqlite3_column_int64(row, 2), sqlite3_column_int64(row, 1),
                          sqlite3_column_int64(row, 0));
}

apr_status_t slim_count_visitor(struct slim_count *count, const struct slim_sum *sum,
                                int64_t visitor)
{
    struct slim_hll *set = set_of(count, sum);

    return set ? slim_hll_add(set, (uint64_t)visitor) : APR_ENOMEM;
}

apr_status_t slim_count_measures(struct slim_count *count, sqlite3_stmt *row)
{
    struct slim_sum *sum = sum_of_row(count, row);

    for (int i = 0; sum && i < SLIM_MEASURES; i++) {
        sum->measure[i] += sqlite3_column_int64(row, 3 + i);
    }
    return sum ? APR_SUCCESS : slim_count_no_memory(count);
}

apr_status_t slim_count_visitors(struct slim_count *count, sqlite3_stmt *row)
{
    struct slim_sum *sum = sum_of_row(count, row);
    struct slim_hll *set = sum ? set_of(count, sum) : NULL;
    apr_status_t rv =
        set ? slim_hll_merge(set, sqlite3_column_blob(row, 3), (size_t)sqlite3_column_bytes(row, 3))
            : APR_ENOMEM;

    if (rv == SLIM_EBADRECORD) {
        return slim_sqlite_refused(count->store, SLIM_STATE_STORE_CORRUPT, SQLITE_CORRUPT,
                                   "%s has a set of visitors that is none", count->store->path);
    }
    return rv == APR_SUCCESS ? rv : slim_count_no_memory(count);
}

void slim_count_add(struct slim_count *count, sqlite3_stmt *statement,
                    apr_status_t (*add)(struct slim_count *, sqlite3_stmt *))
{
    while (slim_sql_step(count->store, statement)) {
        slim_sql_fail(count->store, add(count, statement));
    }
    sqlite3_finalize(statement);
}
