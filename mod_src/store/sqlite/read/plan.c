/* Whole buckets of a period, and its edges. */
#include "plan.h"

#include <string.h>

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

static int64_t ceil_to(int64_t value, int64_t unit)
{
    return floor_to(value + unit - 1, unit);
}

static void add_span(struct slim_plan *plan, const struct slim_dimension *by, int64_t since,
                     int64_t until)
{
    if (since < until) {
        plan->span[plan->spans++] = (struct slim_span){by, since, until};
    }
}

/* The rows of a time are all there. */
static int has_rows(const struct slim_count *count, int64_t since)
{
    return since >= count->store->question.rows_from;
}

static const struct slim_dimension *finer_of(const struct slim_count *count)
{
    int finer = count->composition.dimension->finer;

    return finer ? &slim_dimension_table[finer - 1] : NULL;
}

/* Where the whole buckets of the period begin. One that the period cuts counts as whole when
 * nothing happened in what is cut off, or when neither rows nor finer rollups have the rest. */
static int64_t first_whole(struct slim_count *count, struct slim_plan *plan)
{
    int64_t unit = count->composition.dimension->unit, since = count->composition.query->since;
    int64_t begin = floor_to(since, unit);

    if (begin == since) {
        return begin;
    }
    if (!has_rows(count, since)) {
        plan->rounded |= !finer_of(count);
        return finer_of(count) ? begin + unit : begin;
    }
    return has_rows(count, begin) && is_empty(count, begin, since) ? begin : begin + unit;
}

/* Where they end. */
static int64_t last_whole(struct slim_count *count, struct slim_plan *plan)
{
    int64_t unit = count->composition.dimension->unit, until = count->composition.query->until;
    int64_t end = floor_to(until, unit);

    if (end == until) {
        return end;
    }
    if (!has_rows(count, end)) {
        plan->rounded |= !finer_of(count);
        return finer_of(count) ? end : end + unit;
    }
    return is_empty(count, until, end + unit) ? end + unit : end;
}

/* A part of a bucket. */
static void add_edge(struct slim_count *count, struct slim_plan *plan, int64_t since, int64_t until)
{
    const struct slim_dimension *finer = finer_of(count);

    if (since >= until || has_rows(count, since) || !finer) {
        add_span(plan, NULL, since, until);
        return;
    }
    int64_t first = floor_to(since, finer->unit), last = ceil_to(until, finer->unit);
    plan->rounded |= first < since || last > until;
    add_span(plan, finer, first, last);
}

static void plan_buckets(struct slim_count *count, struct slim_plan *plan)
{
    const struct slim_composition *c = &count->composition;
    int64_t since = c->query->since, until = c->query->until;
    int64_t first = first_whole(count, plan), last = last_whole(count, plan);

    if (first > last) { /* within one bucket */
        add_edge(count, plan, since, until);
        return;
    }
    add_edge(count, plan, since, first);
    add_span(plan, c->dimension, first, last);
    add_edge(count, plan, last, until);
}

/* Local hours that are no hours of UTC: rows know them. Where rows are gone, an hour of UTC counts
 * for the one in which it begins. */
static void plan_cut_hours(const struct slim_count *count, struct slim_plan *plan)
{
    const struct slim_query *query = count->composition.query;
    int64_t rows_from = ceil_to(count->store->question.rows_from, SLIM_HOUR);
    int64_t gone = rows_from < query->until ? rows_from : query->until;

    plan->rounded = query->since < gone;
    add_span(plan, count->composition.dimension, floor_to(query->since, SLIM_HOUR),
             ceil_to(gone, SLIM_HOUR));
    add_span(plan, NULL, query->since > rows_from ? query->since : rows_from, query->until);
}

static int is_cut_by_hours(const struct slim_composition *c)
{
    return c->dimension->unit == SLIM_HOUR && !hours_are_whole(c->query);
}

static int sums_can_answer(const struct slim_composition *c)
{
    return !c->query->exact && slim_sqlite_sums_know(c->query);
}

int slim_plan_needs_rows(const struct slim_count *count)
{
    const struct slim_composition *c = &count->composition;

    return !sums_can_answer(c) || (is_cut_by_hours(c) && has_rows(count, c->query->since));
}

void slim_plan_make(struct slim_count *count, struct slim_plan *plan)
{
    plan->spans = plan->rounded = 0;
    if (is_cut_by_hours(&count->composition)) {
        plan_cut_hours(count, plan);
    } else {
        plan_buckets(count, plan);
    }
}
