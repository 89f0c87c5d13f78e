/* What a dimension's keys add up to over a period. Whole days (or hours) come from the rollups, the
 * edges of the period, and whatever a filter asks for that rollups do not know, from rows: both are
 * added up here and handed over as one table of parts, which the report's own statement reads. */
#include <stdlib.h>
#include <string.h>

#include "hll.h"
#include "sql.h"
#include "sqlite_reader.h"
#include "sums.h"

/* Keys that are not the dimension's own. */
static const struct {
    const char *report;
    const char *hit_key, *visit_key, *rollup_key;
} own_keys[] = {
    {"timeline", "slim_bucket(hit.id >> 24)", "slim_bucket(visit.began)",
     "slim_bucket(hit.bucket * 3600)"},
    {"hours", "slim_hour_of_week(hit.id >> 24)", "slim_hour_of_week(visit.began)",
     "slim_hour_of_week(hit.bucket * 3600)"},
    {"sites", "hit.site", "visit.site", "hit.site"},
};

static void choose_keys(struct composition *c)
{
    c->hit_key = c->dimension->hit_sql;
    c->visit_key = c->dimension->visit_sql;
    c->rollup_key = "hit.key";
    for (size_t i = 0; i < sizeof own_keys / sizeof own_keys[0]; i++) {
        if (strcmp(own_keys[i].report, c->query->report->name) == 0) {
            c->hit_key = own_keys[i].hit_key;
            c->visit_key = own_keys[i].visit_key;
            c->rollup_key = own_keys[i].rollup_key;
        }
    }
}

/* --- adding up: place is the class of robots --- */

struct count {
    struct slim_sqlite *store;
    struct composition *composition;
    struct slim_sums sums;
    struct slim_hll *sets; /* one for each sum, as far as sets_size */
    size_t sets_size;
};

static void free_count(struct count *count)
{
    for (size_t i = 0; i < count->sets_size; i++) {
        slim_hll_free(&count->sets[i]);
    }
    free(count->sets);
    slim_sums_free(&count->sums);
}

/* The set of a sum; NULL: no memory. */
static struct slim_hll *set_of(struct count *count, const struct slim_sum *sum)
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

static apr_status_t no_memory(struct slim_sqlite *store)
{
    return slim_sqlite_refused(store, SLIM_STATE_STORE_IO, APR_ENOMEM, "no memory to read %s",
                               store->path);
}

/* A row of visits.sql or rollup.sql. */
static apr_status_t add_measures(struct count *count, sqlite3_stmt *row)
{
    struct slim_sum *sum = slim_sums_of(&count->sums, (uint64_t)sqlite3_column_int64(row, 1),
                                        sqlite3_column_int64(row, 0));

    for (int i = 0; sum && i < SLIM_MEASURES; i++) {
        sum->measure[i] += sqlite3_column_int64(row, 2 + i);
    }
    return sum ? APR_SUCCESS : no_memory(count->store);
}

void slim_sqlite_add_hit(sqlite3_context *context, int arguments, sqlite3_value **values)
{
    struct slim_sqlite *store = sqlite3_user_data(context);
    struct count *count = store->adding;
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
    if (sqlite3_value_type(values[5]) == SQLITE_NULL) {
        return;
    }
    struct slim_hll *set = set_of(count, sum);
    if (!set || slim_hll_add(set, (uint64_t)sqlite3_value_int64(values[5])) != APR_SUCCESS) {
        sqlite3_result_error_nomem(context);
    }
}

void slim_sqlite_hits_added(sqlite3_context *context)
{
    sqlite3_result_null(context);
}

/* The aggregate's one row. */
static apr_status_t all_added(struct count *count, sqlite3_stmt *row)
{
    (void)count;
    (void)row;
    return APR_SUCCESS;
}

/* A row of visitors.sql or visitors_shown.sql. */
static apr_status_t add_visitors(struct count *count, sqlite3_stmt *row)
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
    return rv == APR_SUCCESS ? rv : no_memory(count->store);
}

static apr_status_t prepare_file(struct count *count, const char *file, int64_t since,
                                 int64_t until, sqlite3_stmt **statement)
{
    count->composition->used = 0;
    slim_compose_file(count->composition, file);
    return slim_sqlite_ask(count->store, count->composition, since, until, statement);
}

/* Adds each row of a statement, and ends it. */
static apr_status_t add_rows(struct count *count, sqlite3_stmt *statement,
                             apr_status_t (*add)(struct count *, sqlite3_stmt *))
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

static apr_status_t count_rows(struct count *count, int64_t since, int64_t until)
{
    const struct composition *c = count->composition;
    sqlite3_stmt *statement;
    apr_status_t rv = APR_SUCCESS;

    if (since >= until) {
        return APR_SUCCESS;
    }
    if (c->hit_key) {
        rv = prepare_file(count, "sqlite/part/hits.sql", since, until, &statement);
        rv = rv == APR_SUCCESS ? add_rows(count, statement, all_added) : rv;
    }
    if (rv == APR_SUCCESS && c->visit_key && c->visitors != SLIM_VISITORS_SHOWN) {
        rv = prepare_file(count, "sqlite/part/visits.sql", since, until, &statement);
        rv = rv == APR_SUCCESS ? add_rows(count, statement, add_measures) : rv;
    }
    return rv;
}

static apr_status_t take_buckets(struct count *count, const char *file, int64_t first, int64_t last,
                                 apr_status_t (*add)(struct count *, sqlite3_stmt *))
{
    sqlite3_stmt *statement;
    apr_status_t rv = prepare_file(count, file, 0, 0, &statement);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    slim_sqlite_bind_int(statement, ":dimension", count->composition->dimension->number);
    slim_sqlite_bind_int(statement, ":first", first);
    slim_sqlite_bind_int(statement, ":last", last);
    return add_rows(count, statement, add);
}

static apr_status_t take_rollups(struct count *count, int64_t first, int64_t last)
{
    const struct composition *c = count->composition;
    int64_t unit = c->dimension->unit;
    apr_status_t rv = APR_SUCCESS;

    if (c->visitors != SLIM_VISITORS_SHOWN) {
        rv = take_buckets(count, "sqlite/part/rollup.sql", first / unit, last / unit, add_measures);
    }
    if (rv == APR_SUCCESS && c->dimension->has_visitors && c->visitors != SLIM_NO_VISITORS) {
        rv = take_buckets(count,
                          c->visitors == SLIM_VISITORS_SHOWN ? "sqlite/part/visitors_shown.sql"
                                                             : "sqlite/part/visitors.sql",
                          first / unit, last / unit, add_visitors);
    }
    return rv;
}

/* --- which way --- */

/* Rollups know a hit's site and its class of robot, and nothing else of it. */
static int filters_are_known(const struct slim_query *query)
{
    for (int i = 0; i < query->filters; i++) {
        if (strcmp(query->filter[i].dimension, "site") != 0
            && strcmp(query->filter[i].dimension, "robot") != 0) {
            return 0;
        }
    }
    return 1;
}

/* Hours of UTC are those of a zone only while its offset is one of whole hours. */
static int hours_are_whole(const struct slim_query *query)
{
    int64_t at = query->since;

    while (at < query->until) {
        if (slim_zone_offset(query->zone, at) % 3600 != 0) {
            return 0;
        }
        at = slim_zone_change(query->zone, at);
    }
    return 1;
}

static apr_status_t is_empty(struct count *count, int64_t since, int64_t until, int *empty)
{
    sqlite3_stmt *statement;
    apr_status_t rv = prepare_file(count, "sqlite/part/has_hits.sql", since, until, &statement);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (sqlite3_step(statement) == SQLITE_ROW) {
        *empty = sqlite3_column_int(statement, 0) == 0;
    } else {
        rv = slim_sqlite_read_failed(count->store);
    }
    sqlite3_finalize(statement);
    return rv;
}

static int64_t floor_to(int64_t value, int64_t unit)
{
    return value - value % unit;
}

/* The whole buckets of the period, [*first, *last) in seconds. One that the period cuts counts as
 * whole when nothing happened in what is cut off, or when its rows are gone: *rounded. */
static apr_status_t whole_buckets(struct count *count, int64_t *first, int64_t *last, int *rounded)
{
    const struct composition *c = count->composition;
    int64_t unit = c->dimension->unit;
    int64_t since = c->query->since, until = c->query->until;
    int64_t rows_from = count->store->rows_from;
    int empty = 1;
    apr_status_t rv = APR_SUCCESS;

    *first = floor_to(since, unit);
    *last = floor_to(until, unit);
    if (*first < since && *first < rows_from) {
        *rounded = 1;
    } else if (*first < since) {
        rv = is_empty(count, *first, since, &empty);
        *first += rv == APR_SUCCESS && empty ? 0 : unit;
    }
    empty = 0;
    if (rv == APR_SUCCESS && *last < until && *last < rows_from) {
        *last += unit;
        *rounded = 1;
    } else if (rv == APR_SUCCESS && *last < until) {
        rv = is_empty(count, until, *last + unit, &empty);
        *last += rv == APR_SUCCESS && empty ? unit : 0;
    }
    return rv;
}

/* Counts the whole period row by row, from where all rows are there. */
static apr_status_t add_up_rows(struct count *count, struct slim_answer *answer)
{
    int64_t since = count->composition->query->since;

    answer->basis = SLIM_BASIS_ROWS;
    if (since < count->store->rows_from) {
        since = answer->rows_from = count->store->rows_from;
    }
    return count_rows(count, since, count->composition->query->until);
}

static apr_status_t add_up(struct count *count, struct slim_answer *answer)
{
    const struct composition *c = count->composition;
    const struct slim_query *query = c->query;
    int64_t first = query->since, last = query->since;
    int rounded = 0;
    int may = !query->exact && filters_are_known(query)
              && (c->dimension->unit != 3600 || hours_are_whole(query));
    apr_status_t rv = may ? whole_buckets(count, &first, &last, &rounded) : APR_SUCCESS;

    if (rv != APR_SUCCESS || first >= last) {
        return rv == APR_SUCCESS ? add_up_rows(count, answer) : rv;
    }
    answer->rounded = rounded;
    answer->basis =
        first > query->since || last < query->until ? SLIM_BASIS_BOTH : SLIM_BASIS_ROLLUPS;
    rv = take_rollups(count, first, last);
    if (rv == APR_SUCCESS) {
        rv = count_rows(count, query->since, first);
    }
    return rv == APR_SUCCESS ? count_rows(count, last, query->until) : rv;
}

/* A bucket in which nothing happened is a row, too: a gap would look like a shorter time. */
static apr_status_t add_zeros(struct count *count)
{
    const struct slim_query *query = count->composition->query;
    int64_t at = slim_zone_bucket(query->zone, query->since, query->by);
    int64_t last = query->until < query->now ? query->until : query->now + 1;

    for (int rows = 0; at < last && query->since > 0 && rows < SLIM_LIMIT_MAX; rows++) {
        if (!slim_sums_of(&count->sums, 0, at)) {
            return no_memory(count->store);
        }
        at = slim_zone_next(query->zone, at, query->by);
    }
    return APR_SUCCESS;
}

/* --- handing over --- */

/* A key that visits have moved away from is left with zeros in the rollups. */
static int is_nothing(const struct count *count, const struct slim_sum *sum)
{
    const struct composition *c = count->composition;

    return sum->measure[SLIM_MEASURE_HITS] == 0 && sum->measure[SLIM_MEASURE_VISITS] == 0
           && c->visitors != SLIM_VISITORS_SHOWN && strcmp(c->query->report->name, "timeline") != 0;
}

static apr_status_t put_sum(struct count *count, sqlite3_stmt *statement, uint32_t index)
{
    const struct slim_sum *sum = &count->sums.sum[index];
    struct slim_hll *set = index < count->sets_size ? &count->sets[index] : NULL;
    size_t size = set ? slim_hll_size(set, SIZE_MAX) : 0;
    unsigned char *bytes = size ? sqlite3_malloc64(size) : NULL;

    if (size && !bytes) {
        return no_memory(count->store);
    }
    sqlite3_bind_int64(statement, 1, sum->key);
    sqlite3_bind_int64(statement, 2, (int64_t)sum->place);
    for (int i = 0; i < SLIM_MEASURES; i++) {
        sqlite3_bind_int64(statement, 3 + i, sum->measure[i]);
    }
    if (bytes) {
        slim_hll_write(set, SIZE_MAX, bytes);
        sqlite3_bind_blob64(statement, 3 + SLIM_MEASURES, bytes, size, sqlite3_free);
    } else {
        sqlite3_bind_null(statement, 3 + SLIM_MEASURES);
    }
    return slim_sqlite_run(count->store, statement, "read");
}

static apr_status_t hand_over(struct count *count)
{
    sqlite3_stmt *statement;
    apr_status_t rv = prepare_file(count, "sqlite/part/put.sql", 0, 0, &statement);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    for (uint32_t i = 0; rv == APR_SUCCESS && i < count->sums.count; i++) {
        if (!is_nothing(count, &count->sums.sum[i])) {
            rv = put_sum(count, statement, i);
        }
    }
    sqlite3_finalize(statement);
    return rv;
}

apr_status_t slim_sqlite_run_part(struct slim_sqlite *store, const char *file)
{
    return slim_sqlite_execute(store, slim_sql_find(file), "read");
}

apr_status_t slim_sqlite_fill_parts(struct slim_sqlite *store, const struct slim_query *query,
                                    enum slim_visitors visitors, struct slim_answer *answer)
{
    char sql[SLIM_COMPOSED_MAX];
    struct slim_query everybody = *query;
    struct composition c = {.at = sql,
                            .size = sizeof sql,
                            .query = query,
                            .dimension = slim_dimension_find(query->report->dimension),
                            .visitors = visitors};
    struct count count = {.store = store, .composition = &c};

    choose_keys(&c);
    if (query->report->keeps_robots) { /* it tells people and robots apart itself */
        everybody.robots = 1;
        c.query = &everybody;
    }
    store->adding = &count;
    apr_status_t rv = add_up(&count, answer);
    if (rv == APR_SUCCESS && strcmp(query->report->name, "timeline") == 0) {
        rv = add_zeros(&count);
    }
    if (rv == APR_SUCCESS) {
        rv = hand_over(&count);
    }
    free_count(&count);
    return rv;
}
