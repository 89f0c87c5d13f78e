/* What a dimension's keys add up to over a period. Whole days (or hours) come from the rollups, the
 * edges of the period, and whatever a filter asks for that rollups do not know, from rows: both are
 * added up here and handed over as one table of parts, which the report's own statement reads. */
#include <stdlib.h>
#include <string.h>

#include "reading.h"

static void take_buckets(struct slim_count *count, const char *file, int64_t first, int64_t last,
                         apr_status_t (*add)(struct slim_count *, sqlite3_stmt *))
{
    const struct slim_composition *c = &count->composition;
    sqlite3_stmt *statement =
        slim_sqlite_ask(count->store, c, file, 0, 0,
                        SLIM_VALUES(slim_value(":dimension", c->dimension->number),
                                    slim_value(":first", first), slim_value(":last", last)));

    slim_count_add(count, statement, add);
}

static void take_rollups(struct slim_count *count, int64_t first, int64_t last)
{
    const struct slim_composition *c = &count->composition;
    int64_t unit = c->dimension->unit;
    int shown = c->visitors == SLIM_VISITORS_SHOWN;

    if (!shown) {
        take_buckets(count, "part/rollup", first / unit, last / unit, slim_count_measures);
    }
    if (slim_compose_counts_visitors(c)) {
        take_buckets(count, shown ? "part/visitors_shown" : "part/visitors", first / unit,
                     last / unit, slim_count_visitors);
    }
}

/* --- which way --- */

int slim_sqlite_sums_know(const struct slim_query *query)
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

static int is_empty(struct slim_count *count, int64_t since, int64_t until)
{
    sqlite3_stmt *statement = slim_sqlite_ask(count->store, &count->composition, "part/has_hits",
                                              since, until, SLIM_NO_VALUES);
    int empty = slim_sql_step(count->store, statement) && sqlite3_column_int(statement, 0) == 0;

    sqlite3_finalize(statement);
    return empty;
}

static int64_t floor_to(int64_t value, int64_t unit)
{
    return value - value % unit;
}

/* The whole buckets of the period, [*first, *last) in seconds. One that the period cuts counts as
 * whole when nothing happened in what is cut off, or when its rows are gone; returns whether the
 * latter was so. */
static int find_whole_buckets(struct slim_count *count, int64_t *first, int64_t *last)
{
    const struct slim_composition *c = &count->composition;
    int64_t unit = c->dimension->unit;
    int64_t since = c->query->since, until = c->query->until;
    int64_t rows_from = count->store->question.rows_from;
    int rounded = 0;

    *first = floor_to(since, unit);
    *last = floor_to(until, unit);
    if (*first < since && *first < rows_from) {
        rounded = 1;
    } else if (*first < since) {
        *first += is_empty(count, *first, since) ? 0 : unit;
    }
    if (*last < until && *last < rows_from) {
        *last += unit;
        rounded = 1;
    } else if (*last < until) {
        *last += is_empty(count, until, *last + unit) ? unit : 0;
    }
    return rounded;
}

static int needs_rows(const struct slim_composition *c)
{
    return c->query->exact || !slim_sqlite_sums_know(c->query)
           || (c->dimension->unit == 3600 && !hours_are_whole(c->query));
}

/* Where the rows of a period begin. */
static int64_t first_row(const struct slim_sqlite *store, const struct slim_query *query)
{
    return query->since < store->question.rows_from ? store->question.rows_from : query->since;
}

static void note_rows(const struct slim_count *count, struct slim_answer *answer)
{
    const struct slim_query *query = count->composition.query;

    answer->basis = SLIM_BASIS_ROWS;
    if (query->since < count->store->question.rows_from) {
        answer->rows_from = count->store->question.rows_from;
    }
}

static void add_up(struct slim_count *count, struct slim_answer *answer)
{
    const struct slim_query *query = count->composition.query;
    struct slim_reading reading = {.store = count->store, .count = {count}, .counts = 1};
    int64_t first, last;
    int rounded = find_whole_buckets(count, &first, &last);

    if (first >= last) {
        note_rows(count, answer);
        slim_reading_rows(&reading, first_row(count->store, query), query->until);
        return;
    }
    answer->rounded = rounded;
    answer->basis =
        first > query->since || last < query->until ? SLIM_BASIS_BOTH : SLIM_BASIS_ROLLUPS;
    take_rollups(count, first, last);
    slim_reading_rows(&reading, query->since, first);
    slim_reading_rows(&reading, last, query->until);
}

/* A bucket in which nothing happened is a row, too: a gap would look like a shorter time. */
static void add_zeros(struct slim_count *count)
{
    const struct slim_query *query = count->composition.query;
    int64_t at = slim_zone_bucket(query->zone, query->since, query->by);
    int64_t last = query->until < query->now ? query->until : query->now + 1;

    for (int rows = 0; at < last && query->since > 0 && rows < SLIM_LIMIT_MAX; rows++) {
        if (!slim_sums_of(&count->sums, 0, at)) {
            slim_count_no_memory(count);
            return;
        }
        at = slim_zone_next(query->zone, at, query->by);
    }
}

/* --- handing over --- */

/* A key that visits have moved away from is left with zeros in the rollups. */
static int is_nothing(const struct slim_count *count, const struct slim_sum *sum)
{
    const struct slim_composition *c = &count->composition;

    return sum->measure[SLIM_MEASURE_HITS] == 0 && sum->measure[SLIM_MEASURE_VISITS] == 0
           && c->visitors != SLIM_VISITORS_SHOWN && !slim_report_by_time(c->query->report);
}

static void put_sum(struct slim_count *count, sqlite3_stmt *statement, uint32_t index)
{
    const struct slim_sum *sum = &count->sums.sum[index];
    struct slim_hll *set = index < count->sets_size ? &count->sets[index] : NULL;
    size_t size = set ? slim_hll_size(set, SIZE_MAX) : 0;
    unsigned char *bytes = size ? sqlite3_malloc64(size) : NULL;

    if (size && !bytes) {
        slim_count_no_memory(count);
        return;
    }
    sqlite3_bind_int64(statement, 1, sum->key);
    sqlite3_bind_int64(statement, 2, (int64_t)sum->group);
    for (int i = 0; i < SLIM_MEASURES; i++) {
        sqlite3_bind_int64(statement, 3 + i, sum->measure[i]);
    }
    if (bytes) {
        slim_hll_write(set, SIZE_MAX, bytes);
        sqlite3_bind_blob64(statement, 3 + SLIM_MEASURES, bytes, size, sqlite3_free);
    } else {
        sqlite3_bind_null(statement, 3 + SLIM_MEASURES);
    }
    slim_sql_finish(count->store, statement);
}

static void hand_over(struct slim_count *count)
{
    sqlite3_stmt *statement =
        slim_sql_placed(count->store, "part/put", ":key :robot " SLIM_SQLITE_MEASURES " :visitors");

    for (uint32_t i = 0; statement && i < count->sums.count; i++) {
        if (!is_nothing(count, &count->sums.sum[i])) {
            put_sum(count, statement, i);
        }
    }
    sqlite3_finalize(statement);
}

static struct slim_count begin_count(struct slim_sqlite *store, const struct slim_query *query,
                                     enum slim_visitors visitors)
{
    struct slim_count count = {.store = store,
                               .composition = {.query = query,
                                               .dimension =
                                                   slim_dimension_find(query->report->dimension),
                                               .key = query->report->key,
                                               .visitors = visitors,
                                               /* it separates people and robots itself */
                                               .robots =
                                                   query->robots || query->report->keeps_robots}};

    slim_compose_visits_apart(&count.composition);
    return count;
}

void slim_sqlite_fill_parts(struct slim_sqlite *store, const struct slim_query *query,
                            enum slim_visitors visitors, struct slim_count *counted,
                            struct slim_answer *answer)
{
    struct slim_count own = {0}, *count = counted;

    if (counted->composition.query) {
        note_rows(counted, answer);
    } else {
        own = begin_count(store, query, visitors);
        count = &own;
        add_up(count, answer);
    }
    if (slim_report_by_time(query->report)) {
        add_zeros(count);
    }
    hand_over(count);
    slim_count_free(&own);
}

/* --- several questions --- */

static int same_filters(const struct slim_query *a, const struct slim_query *b)
{
    int same = a->filters == b->filters;

    for (int i = 0; same && i < a->filters; i++) {
        same = strcmp(a->filter[i].dimension, b->filter[i].dimension) == 0
               && a->filter[i].kind == b->filter[i].kind
               && strcmp(a->filter[i].value, b->filter[i].value) == 0;
    }
    return same;
}

static int reads_same_rows(const struct slim_query *a, const struct slim_query *b)
{
    return a->since == b->since && a->until == b->until && a->by == b->by
           && strcmp(a->zone->name, b->zone->name) == 0 && same_filters(a, b);
}

/* Counts what reads the same rows as the first. Members leave the list of those that wait. */
static void count_like_first(struct slim_sqlite *store, struct slim_count **waiting, int *number)
{
    const struct slim_query *first = waiting[0]->composition.query;
    struct slim_reading reading = {.store = store};
    int left = 0;

    for (int i = 0; i < *number; i++) {
        if (reads_same_rows(first, waiting[i]->composition.query)) {
            reading.count[reading.counts++] = waiting[i];
        } else {
            waiting[left++] = waiting[i];
        }
    }
    *number = left;
    store->question.bucket = (struct slim_sqlite_bucket){.zone = first->zone, .by = first->by};
    slim_reading_rows(&reading, first_row(store, first), first->until);
}

void slim_sqlite_count_rows(struct slim_sqlite *store, const struct slim_query *const *queries,
                            int number, struct slim_count *counts)
{
    struct slim_count *waiting[SLIM_TOGETHER_MAX];
    int waits = 0;

    for (int i = 0; i < number; i++) {
        counts[i] = (struct slim_count){0};
        if (queries[i]->report->dimension) {
            counts[i] = begin_count(store, queries[i], SLIM_ALL_VISITORS);
            if (needs_rows(&counts[i].composition)) {
                waiting[waits++] = &counts[i];
            } else {
                counts[i].composition.query = NULL;
            }
        }
    }
    while (waits > 0) {
        count_like_first(store, waiting, &waits);
    }
}
