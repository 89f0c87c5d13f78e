/* Rows are passed to C by aggregates of SQL: one call per row, however many questions count it. */
#include "reading.h"

/* --- what SQL calls --- */

void slim_sqlite_asked(sqlite3_context *context, int arguments, sqlite3_value **values)
{
    const struct slim_sqlite *store = sqlite3_user_data(context);
    struct slim_reading *reading = store->question.reading;
    int64_t visit = sqlite3_value_int64(values[0]);

    (void)arguments;
    reading->visit = slim_visit_set_find(&reading->visits, visit);
    sqlite3_result_int(context,
                       reading->visit
                           || (visit == 0 && reading->counter[0]->composition.takes_visitless));
}

void slim_sqlite_asked_visitor(sqlite3_context *context, int arguments, sqlite3_value **values)
{
    const struct slim_sqlite *store = sqlite3_user_data(context);
    const struct slim_reading *reading = store->question.reading;

    (void)arguments;
    (void)values;
    if (reading->visit) {
        sqlite3_result_int64(context, reading->visit->visitor);
    }
}

void slim_sqlite_noted(sqlite3_context *context, int arguments, sqlite3_value **values)
{
    const struct slim_sqlite *store = sqlite3_user_data(context);
    const struct slim_reading *reading = store->question.reading;

    (void)arguments;
    sqlite3_result_int(context, slim_visit_set_find(&reading->noted, sqlite3_value_int64(values[0]))
                                    != NULL);
}

/* What a hit hands over before its keys, in this order; */
enum {
    HIT_VISIT,
    HIT_ROBOT,
    HIT_SITE,
    HIT_PAGEVIEW,
    HIT_UNSHOWN,
    HIT_ERROR,
    HIT_BYTES,
    HIT_TIME,
    HIT_VISITOR,
    HIT_VALUES
};
/* and a visit. */
enum {
    VISIT_ROBOT,
    VISIT_SITE,
    VISIT_HITS,
    VISIT_PAGEVIEWS,
    VISIT_DURATION,
    VISIT_FRESH,
    VISIT_VISITOR,
    VISIT_VALUES
};

static struct slim_sum *sum_of(struct slim_count *count, sqlite3_value *key, sqlite3_value *robot,
                               sqlite3_value *site)
{
    return slim_count_sum(count, sqlite3_value_int64(robot), sqlite3_value_int64(site),
                          sqlite3_value_int64(key));
}

static apr_status_t take_hit(struct slim_count *count, sqlite3_value *key, sqlite3_value **values)
{
    const struct slim_dimension *dimension = count->composition.dimension;
    struct slim_sum *sum = sum_of(count, key, values[HIT_ROBOT], values[HIT_SITE]);
    int unshown = dimension->unshown ? sqlite3_value_int(values[HIT_UNSHOWN]) : 0;

    if (!sum) {
        return APR_ENOMEM;
    }
    sum->measure[SLIM_MEASURE_UNSHOWN] += unshown;
    if (dimension->unshown == SLIM_UNSHOWN_APART && unshown) {
        return APR_SUCCESS;
    }
    sum->measure[SLIM_MEASURE_HITS]++;
    sum->measure[SLIM_MEASURE_PAGEVIEWS] += sqlite3_value_int64(values[HIT_PAGEVIEW]);
    sum->measure[SLIM_MEASURE_ERRORS] += sqlite3_value_int64(values[HIT_ERROR]);
    sum->measure[SLIM_MEASURE_BYTES] += sqlite3_value_int64(values[HIT_BYTES]);
    sum->measure[SLIM_MEASURE_DURATION] +=
        dimension->sums_time ? sqlite3_value_int64(values[HIT_TIME]) : 0;
    return sqlite3_value_type(values[HIT_VISITOR]) != SQLITE_NULL
                   && slim_compose_counts_visitors_of_hits(&count->composition)
               ? slim_count_visitor(count, sum, sqlite3_value_int64(values[HIT_VISITOR]))
               : APR_SUCCESS;
}

static apr_status_t take_visit(struct slim_count *count, sqlite3_value *key, sqlite3_value **values)
{
    struct slim_sum *sum = sum_of(count, key, values[VISIT_ROBOT], values[VISIT_SITE]);
    int64_t pageviews = sqlite3_value_int64(values[VISIT_PAGEVIEWS]);

    if (!sum) {
        return APR_ENOMEM;
    }
    if (count->composition.dimension->sums_visits) {
        sum->measure[SLIM_MEASURE_HITS] += sqlite3_value_int64(values[VISIT_HITS]);
        sum->measure[SLIM_MEASURE_PAGEVIEWS] += pageviews;
    }
    sum->measure[SLIM_MEASURE_VISITS]++;
    sum->measure[SLIM_MEASURE_BOUNCES] += pageviews == 1;
    sum->measure[SLIM_MEASURE_DURATION] +=
        pageviews > 1 ? sqlite3_value_int64(values[VISIT_DURATION]) : 0;
    sum->measure[SLIM_MEASURE_FRESH] += sqlite3_value_int64(values[VISIT_FRESH]);
    return slim_compose_counts_visitors(&count->composition)
                   && !slim_compose_counts_visitors_of_hits(&count->composition)
               ? slim_count_visitor(count, sum, sqlite3_value_int64(values[VISIT_VISITOR]))
               : APR_SUCCESS;
}

/* before: the values before the keys. */
static void hand_to_all(sqlite3_context *context, int arguments, sqlite3_value **values, int before,
                        apr_status_t (*take)(struct slim_count *, sqlite3_value *,
                                             sqlite3_value **))
{
    const struct slim_sqlite *store = sqlite3_user_data(context);
    const struct slim_reading *reading = store->question.reading;
    apr_status_t rv = APR_SUCCESS;

    for (int i = 0; rv == APR_SUCCESS && i < arguments - before; i++) {
        if (sqlite3_value_type(values[before + i]) != SQLITE_NULL) {
            rv = take(reading->counter[i], values[before + i], values);
        }
    }
    if (rv != APR_SUCCESS) {
        sqlite3_result_error_nomem(context);
    }
}

/* 0: no memory. */
static int note_visit(struct slim_reading *reading, int64_t visit)
{
    return visit == 0 || slim_visit_set_find(&reading->noted, visit)
           || slim_visit_set_add(&reading->noted, visit, 0);
}

void slim_sqlite_add_hit(sqlite3_context *context, int arguments, sqlite3_value **values)
{
    const struct slim_sqlite *store = sqlite3_user_data(context);
    struct slim_reading *reading = store->question.reading;

    if (reading->notes_visits && !note_visit(reading, sqlite3_value_int64(values[HIT_VISIT]))) {
        sqlite3_result_error_nomem(context);
        return;
    }
    hand_to_all(context, arguments, values, HIT_VALUES, take_hit);
}

void slim_sqlite_add_visit(sqlite3_context *context, int arguments, sqlite3_value **values)
{
    hand_to_all(context, arguments, values, VISIT_VALUES, take_visit);
}

void slim_sqlite_all_added(sqlite3_context *context)
{
    sqlite3_result_null(context);
}

/* --- reading --- */

static void note_visits(struct slim_reading *reading, const struct slim_composition *composition,
                        int64_t since, int64_t until)
{
    struct slim_sqlite *store = reading->store;
    sqlite3_stmt *statement =
        slim_sqlite_ask(store, composition, "part/visit_set", since, until, SLIM_NO_VALUES);

    while (slim_sql_step(store, statement)) {
        if (!slim_visit_set_add(&reading->visits, sqlite3_column_int64(statement, 0),
                                sqlite3_column_int64(statement, 1))) {
            slim_count_no_memory(reading->counter[0]);
        }
    }
    sqlite3_finalize(statement);
}

/* Visits are counted whole: the hit that matches may lie before or behind the period. */
static void note_visits_beyond(struct slim_reading *reading,
                               const struct slim_composition *composition, int64_t since,
                               int64_t until)
{
    struct slim_sqlite *store = reading->store;
    sqlite3_stmt *statement =
        slim_sqlite_ask(store, composition, "part/visits_beyond", since, until, SLIM_NO_VALUES);

    while (slim_sql_step(store, statement)) {
        if (!note_visit(reading, sqlite3_column_int64(statement, 0))) {
            slim_count_no_memory(reading->counter[0]);
        }
    }
    sqlite3_finalize(statement);
}

static int counts_hits(const struct slim_composition *c)
{
    return c->dimension->hit.counts;
}

static int counts_visits(const struct slim_composition *c)
{
    return c->dimension->visit.counts && c->visitors != SLIM_VISITORS_SHOWN;
}

/* Those that count such rows take them. */
static void choose(struct slim_reading *reading, int (*counts)(const struct slim_composition *),
                   const struct slim_composition **together)
{
    reading->counters = 0;
    for (int i = 0; i < reading->counts; i++) {
        if (counts(&reading->count[i]->composition)) {
            together[reading->counters] = &reading->count[i]->composition;
            reading->counter[reading->counters++] = reading->count[i];
        }
    }
}

/* Whether the hits that are read tell which visits match the filters, so that they need not be read
 * once more for that. */
static int notes_visits(const struct slim_reading *reading)
{
    int hits = 0, visits = 0, robots_of_hits = 0, robots_of_visits = 0;

    for (int i = 0; i < reading->counts; i++) {
        const struct slim_composition *c = &reading->count[i]->composition;
        hits |= counts_hits(c);
        visits |= counts_visits(c);
        robots_of_hits |= counts_hits(c) && c->robots;
        robots_of_visits |= counts_visits(c) && c->robots;
    }
    const struct slim_composition *any = &reading->count[0]->composition;
    return hits && visits && robots_of_hits == robots_of_visits && !any->visits_apart
           && slim_compose_looks_at_hits(any);
}

static void read_rows(struct slim_reading *reading, int (*counts)(const struct slim_composition *),
                      const char *file, int64_t since, int64_t until)
{
    const struct slim_composition *together[SLIM_TOGETHER_MAX];

    choose(reading, counts, together);
    if (reading->counters == 0) {
        return;
    }
    struct slim_composition all = *together[0];
    all.together = together;
    all.together_count = reading->counters;
    all.notes_visits = reading->notes_visits;
    if (counts == counts_hits && all.visits_apart) {
        note_visits(reading, &all, since, until);
    }
    if (counts == counts_visits && all.notes_visits) {
        note_visits_beyond(reading, &all, since, until);
    }
    reading->store->question.reading = reading;
    slim_sqlite_run_question(reading->store, &all, file, since, until, SLIM_NO_VALUES);
    reading->store->question.reading = NULL;
    slim_visit_set_free(&reading->visits);
}

void slim_reading_rows(struct slim_reading *reading, int64_t since, int64_t until)
{
    if (since < until) {
        reading->notes_visits = notes_visits(reading);
        read_rows(reading, counts_hits, "part/hits", since, until);
        read_rows(reading, counts_visits, "part/visits", since, until);
        slim_visit_set_free(&reading->noted);
    }
}
