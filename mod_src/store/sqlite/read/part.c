/* What a dimension's keys add up to over a period. Whole days (or hours) come from the rollups, the
 * edges of the period, and whatever a filter asks for that rollups do not know, from rows, or,
 * where the rows of an edge are gone, from the rollups of a finer dimension: all are added up here
 * and handed over as one table of parts, which the report's own statement reads. */
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "reading.h"

static void take_buckets(struct slim_count *count, const struct slim_dimension *by,
                         const char *file, int64_t first, int64_t last,
                         apr_status_t (*add)(struct slim_count *, sqlite3_stmt *))
{
    const struct slim_composition *c = &count->composition;
    sqlite3_stmt *statement = slim_sqlite_ask(count->store, c, file, 0, 0,
                                              SLIM_VALUES(slim_value(":dimension", by->number),
                                                          slim_value(":first", first / by->unit),
                                                          slim_value(":last", last / by->unit)));

    slim_count_add(count, statement, add);
}

/* Whole buckets of a dimension that has the keys of the one that is asked for. */
static void take_rollups(struct slim_count *count, const struct slim_dimension *by, int64_t first,
                         int64_t last)
{
    const struct slim_composition *c = &count->composition;
    int shown = c->visitors == SLIM_VISITORS_SHOWN;

    if (!shown) {
        take_buckets(count, by, c->key == SLIM_KEY_DAY ? "part/course" : "part/rollup", first, last,
                     slim_count_measures);
    }
    if (slim_compose_counts_visitors(c)) {
        take_buckets(count, by, shown ? "part/visitors_shown" : "part/visitors", first, last,
                     slim_count_visitors);
    }
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
    struct slim_reading reading = {.store = count->store, .count = {count}, .counts = 1};
    struct slim_plan plan;
    int of_rows = 0, of_rollups = 0;

    slim_plan_make(count, &plan);
    for (int i = 0; i < plan.spans; i++) {
        const struct slim_span *span = &plan.span[i];
        if (span->by) {
            take_rollups(count, span->by, span->since, span->until);
        } else {
            slim_reading_rows(&reading, span->since, span->until);
        }
        of_rollups |= span->by != NULL;
        of_rows |= span->by == NULL;
    }
    answer->rounded = plan.rounded;
    answer->basis = of_rows && of_rollups ? SLIM_BASIS_BOTH
                    : of_rollups          ? SLIM_BASIS_ROLLUPS
                                          : SLIM_BASIS_ROWS;
}

/* A bucket in which nothing happened is a row, too: a gap would look like a shorter time. */
static void add_zeros(struct slim_count *count)
{
    const struct slim_query *query = count->composition.query;
    int64_t at = slim_zone_bucket(query->zone, query->since, query->by);
    int64_t last = query->until < query->now ? query->until : query->now + 1;
    int shift = query->report->key == SLIM_KEY_PURPOSE ? 4 : 0; /* as its pieces have it */

    for (int rows = 0; at < last && query->since > 0 && rows < SLIM_LIMIT_MAX; rows++) {
        if (!slim_sums_of(&count->sums, 0, at << shift)) {
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
           && sum->measure[SLIM_MEASURE_UNSHOWN] == 0 && c->visitors != SLIM_VISITORS_SHOWN
           && !slim_report_by_time(c->query->report);
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
    sqlite3_bind_int64(statement, 2, slim_count_site(sum));
    sqlite3_bind_int64(statement, 3, slim_count_robot(sum));
    for (int i = 0; i < SLIM_MEASURES; i++) {
        sqlite3_bind_int64(statement, 4 + i, sum->measure[i]);
    }
    if (bytes) {
        slim_hll_hand_over(set, bytes);
        sqlite3_bind_blob64(statement, 4 + SLIM_MEASURES, bytes, size, sqlite3_free);
    } else {
        sqlite3_bind_null(statement, 4 + SLIM_MEASURES);
    }
    slim_sql_finish(count->store, statement);
}

static void hand_over(struct slim_count *count)
{
    sqlite3_stmt *statement =
        slim_sql_placed(count->store, "part/put", NULL,
                        ":key :site :robot " SLIM_SQLITE_MEASURES " :visitors");

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

void slim_sqlite_fill_days(struct slim_sqlite *store, const struct slim_query *query)
{
    struct slim_count count = begin_count(store, query, SLIM_NO_VISITORS);
    struct slim_answer ignored = {0};

    count.composition.key = SLIM_KEY_DAY;
    if (slim_plan_needs_rows(&count)) {
        struct slim_reading reading = {.store = store, .count = {&count}, .counts = 1};
        slim_reading_rows(&reading, first_row(store, query), query->until);
    } else {
        add_up(&count, &ignored);
    }
    hand_over(&count);
    slim_count_free(&count);
}

/* --- several questions --- */

static int same_filters(const struct slim_query *a, const struct slim_query *b)
{
    int same = a->filters == b->filters;

    for (int i = 0; same && i < a->filters; i++) {
        const struct slim_filter *one = &a->filter[i], *other = &b->filter[i];
        same = strcmp(one->dimension, other->dimension) == 0 && one->kind == other->kind
               && !one->list == !other->list
               && strcmp(slim_filter_text(one), slim_filter_text(other)) == 0;
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
            if (slim_plan_needs_rows(&counts[i])) {
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
