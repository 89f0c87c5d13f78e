/* Adding up by key, from rows: hits and visits of a period, one by one. */
#include "sqlite_count.h"

#include <stdlib.h>
#include <string.h>

void slim_count_free(struct slim_count *count)
{
    for (size_t i = 0; i < count->sets_size; i++) {
        slim_hll_free(&count->sets[i]);
    }
    free(count->sets);
    slim_visit_set_free(&count->visits);
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
    return slim_sqlite_refused(count->store, SLIM_STATE_STORE_IO, APR_ENOMEM,
                               "no memory to read %s", count->store->path);
}

/* A row of visits.sql or rollup.sql. */
apr_status_t slim_count_measures(struct slim_count *count, sqlite3_stmt *row)
{
    struct slim_sum *sum = slim_sums_of(&count->sums, (uint64_t)sqlite3_column_int64(row, 1),
                                        sqlite3_column_int64(row, 0));

    for (int i = 0; sum && i < SLIM_MEASURES; i++) {
        sum->measure[i] += sqlite3_column_int64(row, 2 + i);
    }
    return sum ? APR_SUCCESS : slim_count_no_memory(count);
}

void slim_sqlite_asked(sqlite3_context *context, int arguments, sqlite3_value **values)
{
    struct slim_sqlite *store = sqlite3_user_data(context);
    struct slim_count *count = store->adding;
    int64_t visit = sqlite3_value_int64(values[0]);

    (void)arguments;
    count->visit = slim_visit_set_find(&count->visits, visit);
    sqlite3_result_int(context,
                       count->visit || (visit == 0 && count->composition->takes_visitless));
}

static apr_status_t add_to_set(struct slim_count *count, const struct slim_sum *sum,
                               int64_t visitor)
{
    struct slim_hll *set = set_of(count, sum);

    return set ? slim_hll_add(set, (uint64_t)visitor) : APR_ENOMEM;
}

/* The same row's: a hit is added after it was asked for. */
void slim_sqlite_asked_visitor(sqlite3_context *context, int arguments, sqlite3_value **values)
{
    const struct slim_sqlite *store = sqlite3_user_data(context);
    const struct slim_count *count = store->adding;

    (void)arguments;
    (void)values;
    if (count->visit) {
        sqlite3_result_int64(context, count->visit->visitor);
    }
}

void slim_sqlite_add_hit(sqlite3_context *context, int arguments, sqlite3_value **values)
{
    struct slim_sqlite *store = sqlite3_user_data(context);
    struct slim_count *count = store->adding;
    apr_status_t rv = APR_SUCCESS;
    struct slim_sum *sum = slim_sums_of(&count->sums, (uint64_t)sqlite3_value_int64(values[1]),
                                        sqlite3_value_int64(values[0]));

    (void)arguments;
    if (!sum) {
        sqlite3_result_error_nomem(context);
        return;
    }
    sum->measure[SLIM_MEASURE_HITS]++;
    sum->measure[SLIM_MEASURE_PAGEVIEWS] += sqlite3_value_int64(values[2]);
    sum->measure[SLIM_MEASURE_ERRORS] += sqlite3_value_int64(values[3]);
    sum->measure[SLIM_MEASURE_BYTES] += sqlite3_value_int64(values[4]);
    if (sqlite3_value_type(values[5]) != SQLITE_NULL) {
        rv = add_to_set(count, sum, sqlite3_value_int64(values[5]));
    }
    if (rv != APR_SUCCESS) {
        sqlite3_result_error_nomem(context);
    }
}

void slim_sqlite_hits_added(sqlite3_context *context)
{
    sqlite3_result_null(context);
}

/* The aggregate's one row. */
static apr_status_t all_added(struct slim_count *count, sqlite3_stmt *row)
{
    (void)count;
    (void)row;
    return APR_SUCCESS;
}

/* A row of visitors.sql or visitors_shown.sql. */
apr_status_t slim_count_visitors(struct slim_count *count, sqlite3_stmt *row)
{
    struct slim_sum *sum = slim_sums_of(&count->sums, (uint64_t)sqlite3_column_int64(row, 1),
                                        sqlite3_column_int64(row, 0));
    struct slim_hll *set = sum ? set_of(count, sum) : NULL;
    apr_status_t rv =
        set ? slim_hll_merge(set, sqlite3_column_blob(row, 2), (size_t)sqlite3_column_bytes(row, 2))
            : APR_ENOMEM;

    if (rv == SLIM_EBADRECORD) {
        return slim_sqlite_refused(count->store, SLIM_STATE_STORE_CORRUPT, SQLITE_CORRUPT,
                                   "%s has a set of visitors that is none", count->store->path);
    }
    return rv == APR_SUCCESS ? rv : slim_count_no_memory(count);
}

apr_status_t slim_count_prepare(struct slim_count *count, const char *file, int64_t since,
                                int64_t until, sqlite3_stmt **statement)
{
    count->composition->used = 0;
    slim_compose_file(count->composition, file);
    return slim_sqlite_ask(count->store, count->composition, since, until, statement);
}

/* Adds each row of a statement, and ends it. */
apr_status_t slim_count_add(struct slim_count *count, sqlite3_stmt *statement,
                            apr_status_t (*add)(struct slim_count *, sqlite3_stmt *))
{
    apr_status_t rv = APR_SUCCESS;
    int rc = SQLITE_ROW;

    while (rv == APR_SUCCESS && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
        rv = add(count, statement);
    }
    if (rv == APR_SUCCESS && rc != SQLITE_DONE) {
        rv = slim_sqlite_read_failed(count->store);
    }
    sqlite3_finalize(statement);
    return rv;
}

/* A row of visit_set.sql. */
static apr_status_t note_visit(struct slim_count *count, sqlite3_stmt *row)
{
    return slim_visit_set_add(&count->visits, sqlite3_column_int64(row, 0),
                              sqlite3_column_int64(row, 1))
               ? APR_SUCCESS
               : slim_count_no_memory(count);
}

static apr_status_t count_hits(struct slim_count *count, int64_t since, int64_t until)
{
    sqlite3_stmt *statement;
    apr_status_t rv = APR_SUCCESS;

    if (count->composition->visits_apart) {
        slim_visit_set_free(&count->visits);
        rv = slim_count_prepare(count, "sqlite/part/visit_set.sql", since, until, &statement);
        rv = rv == APR_SUCCESS ? slim_count_add(count, statement, note_visit) : rv;
    }
    if (rv == APR_SUCCESS) {
        rv = slim_count_prepare(count, "sqlite/part/hits.sql", since, until, &statement);
        rv = rv == APR_SUCCESS ? slim_count_add(count, statement, all_added) : rv;
    }
    return rv;
}

apr_status_t slim_count_rows(struct slim_count *count, int64_t since, int64_t until)
{
    const struct composition *c = count->composition;
    sqlite3_stmt *statement;
    apr_status_t rv = APR_SUCCESS;

    if (since >= until) {
        return APR_SUCCESS;
    }
    if (c->hit_key) {
        rv = count_hits(count, since, until);
    }
    if (rv == APR_SUCCESS && c->visit_key && c->visitors != SLIM_VISITORS_SHOWN) {
        rv = slim_count_prepare(count, "sqlite/part/visits.sql", since, until, &statement);
        rv = rv == APR_SUCCESS ? slim_count_add(count, statement, slim_count_measures) : rv;
    }
    return rv;
}
