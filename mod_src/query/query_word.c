/* The table of a question's words, and how each is set. */
#include "query_word.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "core/near_name.h"
#include "filter_table.h"
#include "filter_value.h"
#include "goal.h"
#include "report.h"
#include "segment.h"
#include "text_list.h"
#include "view.h"

#define OFFSET_MAX 1000000000
#define TEXT_OF_(number) #number
#define TEXT_OF(number) TEXT_OF_(number)

/* --- the period --- */

static int set_since(struct slim_query *query, const char *value, struct slim_mistake *mistake,
                     apr_pool_t *pool)
{
    (void)mistake;
    query->since_text = apr_pstrdup(pool, value);
    return slim_query_resolve(query);
}

static int set_until(struct slim_query *query, const char *value, struct slim_mistake *mistake,
                     apr_pool_t *pool)
{
    (void)mistake;
    query->until_text = apr_pstrdup(pool, value);
    return slim_query_resolve(query);
}

static int set_zone(struct slim_query *query, const char *value, struct slim_mistake *mistake,
                    apr_pool_t *pool)
{
    (void)mistake;
    return slim_zone_open(value, &query->zone, pool) == APR_SUCCESS && slim_query_resolve(query);
}

/* Single hits have nothing that could be compared. */
static int set_compare(struct slim_query *query, const char *value, struct slim_mistake *mistake,
                       apr_pool_t *pool)
{
    (void)mistake, (void)pool;
    query->compare = 1;
    return strcmp(value, "previous") == 0 && slim_report_compares(query->report);
}

/* Two questions, about this period and the one before, can be asked side by side. */
static int set_period(struct slim_query *query, const char *value, struct slim_mistake *mistake,
                      apr_pool_t *pool)
{
    (void)mistake, (void)pool;
    query->before = strcmp(value, "previous") == 0;
    return (query->before || strcmp(value, "this") == 0) && slim_report_compares(query->report);
}

static int set_bucket(struct slim_query *query, const char *value, struct slim_mistake *mistake,
                      apr_pool_t *pool)
{
    (void)mistake, (void)pool;
    for (int i = 0; i <= SLIM_BY_WEEK; i++) {
        if (strcmp(slim_bucket_name((enum slim_bucket)i), value) == 0) {
            query->by = (enum slim_bucket)(i == SLIM_BY_WEEK ? i + query->week_begins : i);
            return 1;
        }
    }
    return 0;
}

static int set_week(struct slim_query *query, const char *value, struct slim_mistake *mistake,
                    apr_pool_t *pool)
{
    static const char *const days[] = {"monday", "tuesday",  "wednesday", "thursday",
                                       "friday", "saturday", "sunday"};

    (void)mistake, (void)pool;
    for (int i = 0; i < 7; i++) {
        if (strcmp(days[i], value) == 0) {
            query->week_begins = i;
            query->by = query->by < SLIM_BY_WEEK ? query->by : (enum slim_bucket)(SLIM_BY_WEEK + i);
            return slim_query_resolve(query);
        }
    }
    return 0;
}

/* --- which hits, which rows --- */

/* name=value, name!=value, name~value: the value; NULL: none of these forms. */
static const char *read_operator(const char *at, enum slim_match_kind *kind)
{
    switch (*at) {
    case '=': *kind = SLIM_EQUALS; return at + 1;
    case '~': *kind = SLIM_CONTAINS; return at + 1;
    case '!': *kind = SLIM_DIFFERS; return at[1] == '=' ? at + 2 : NULL;
    default: return NULL;
    }
}

static void no_such_dimension(const char *text, size_t length, struct slim_mistake *mistake,
                              apr_pool_t *pool)
{
    struct slim_near_name near;

    slim_near_begin(&near, text, length);
    for (const struct slim_filter_type *f = slim_filter_types; f->name; f++) {
        slim_near_try(&near, f->name);
    }
    mistake->what =
        apr_pstrcat(pool, "names no dimension", slim_near_question(&near, "", pool), NULL);
    mistake->allowed = slim_filter_names(pool);
}

/* Several values with commas between: each is looked at as if it were alone. */
static int read_list(struct slim_filter *filter, const struct slim_filter_type *type,
                     const char **allowed, apr_pool_t *pool)
{
    apr_array_header_t *values = apr_array_make(pool, 4, sizeof(const char *));

    for (const char *at = filter->value, *end; at; at = *end ? end + 1 : NULL) {
        end = at + strcspn(at, ",");
        struct slim_filter one = {filter->dimension, filter->kind,
                                  apr_pstrmemdup(pool, at, (apr_size_t)(end - at)), NULL};
        if (!slim_filter_value_check(type->values, &one, allowed, pool)) {
            return 0;
        }
        APR_ARRAY_PUSH(values, const char *) = one.value;
    }
    filter->list = slim_text_list(values, pool);
    return 1;
}

/* A funnel takes its steps so. */
static int add_goal(struct slim_query *query, const char *value, enum slim_match_kind kind,
                    struct slim_mistake *mistake, apr_pool_t *pool)
{
    struct slim_goal_chain *chain = apr_palloc(pool, sizeof *chain);
    int is_funnel = strcmp(query->report->name, "funnel") == 0;

    mistake->what = "names no goal";
    mistake->allowed =
        apr_pstrcat(pool, "GOAL, GOAL>GOAL, GOAL>>GOAL of: ", slim_goals_names(query->goals, pool),
                    NULL);
    if (kind == SLIM_CONTAINS || !slim_goal_chain_read(query->goals, value, chain)
        || (is_funnel && (query->chain || kind != SLIM_EQUALS))) {
        return 0;
    }
    query->chain = is_funnel ? chain : NULL;
    return 1;
}

static int add_filter(struct slim_query *query, const char *text, struct slim_mistake *mistake,
                      apr_pool_t *pool)
{
    size_t length = strcspn(text, "=!~");
    const struct slim_filter_type *type = slim_filter_type_find(text, length);
    enum slim_match_kind kind;
    const char *value = read_operator(text + length, &kind);

    if (!value || query->filters - query->confined == SLIM_FILTERS_MAX
        || strlen(value) > SLIM_VALUE_MAX) {
        return 0;
    }
    if (!type) {
        no_such_dimension(text, length, mistake, pool);
        return 0;
    }
    if (query->view && !slim_view_filters(query->view, type->name)) {
        mistake->what = "cannot be asked for here";
        mistake->allowed = slim_view_filter_names(query->view, pool);
        return 0;
    }
    if (strcmp(type->name, "goal") == 0 && !add_goal(query, value, kind, mistake, pool)) {
        return 0;
    }
    if (strcmp(type->name, "goal") == 0 && query->chain) {
        return 1; /* it is what the report is about */
    }
    struct slim_filter *filter = &query->filter[query->filters++];
    *filter = (struct slim_filter){type->name, kind, apr_pstrdup(pool, value), NULL};
    return type->values && kind != SLIM_CONTAINS && strchr(value, ',')
               ? read_list(filter, type, &mistake->allowed, pool)
               : slim_filter_value_check(type->values, filter, &mistake->allowed, pool);
}

static void no_such_segment(const struct slim_segments *segments, const char *name,
                            struct slim_mistake *mistake, apr_pool_t *pool)
{
    struct slim_near_name near;

    slim_near_begin(&near, name, strlen(name));
    for (int i = 0; segments && i < segments->all->nelts; i++) {
        slim_near_try(&near, APR_ARRAY_IDX(segments->all, i, struct slim_segment).name);
    }
    mistake->what =
        apr_pstrcat(pool, "names no segment", slim_near_question(&near, "", pool), NULL);
    mistake->allowed =
        segments && segments->all->nelts > 0 ? slim_segments_names(segments, pool) : "none here";
}

/* All filters of it, as if each were asked for. */
static int add_segment(struct slim_query *query, const char *name, struct slim_mistake *mistake,
                       apr_pool_t *pool)
{
    const struct slim_segment *segment = slim_segments_find(query->segments, name);

    if (!segment) {
        no_such_segment(query->segments, name, mistake, pool);
        return 0;
    }
    if (segment->fault) {
        mistake->what = apr_pstrcat(pool, "cannot be used (", segment->fault, ")", NULL);
        mistake->allowed = "one without mistakes";
        return 0;
    }
    const char *fault = slim_filters_read(query, segment->text, pool);
    if (fault) { /* together they are too many, or not allowed here */
        mistake->what = apr_pstrcat(pool, "cannot be used (", fault, ")", NULL);
    }
    return !fault;
}

/* Hours and single hits have no names; what they are about is asked with where. */
static int add_search(struct slim_query *query, const char *text, struct slim_mistake *mistake,
                      apr_pool_t *pool)
{
    (void)mistake;
    if (query->searches == SLIM_SEARCHES_MAX || !*text || strlen(text) > SLIM_VALUE_MAX
        || !slim_report_has_names(query->report)) {
        return 0;
    }
    query->search[query->searches++] = apr_pstrdup(pool, text);
    return 1;
}

static int set_number(const char *value, unsigned low, unsigned high, unsigned *number)
{
    char *end;

    if (value[0] < '0' || value[0] > '9' || strlen(value) > 10) {
        return 0;
    }
    unsigned long n = strtoul(value, &end, 10);
    *number = (unsigned)n;
    return !*end && n >= low && n <= high;
}

static int set_limit(struct slim_query *query, const char *value, struct slim_mistake *mistake,
                     apr_pool_t *pool)
{
    (void)mistake, (void)pool;
    return set_number(value, 1, SLIM_LIMIT_MAX, &query->limit);
}

static int set_offset(struct slim_query *query, const char *value, struct slim_mistake *mistake,
                      apr_pool_t *pool)
{
    (void)mistake, (void)pool;
    return set_number(value, 0, OFFSET_MAX, &query->offset);
}

static const char *column_names(const struct slim_report *report, apr_pool_t *pool)
{
    const char *names = "";

    for (int i = 0; i < slim_report_columns(report); i++) {
        names = apr_pstrcat(pool, names, i > 0 ? ", " : "", report->column[i].name, NULL);
    }
    return names;
}

static int set_sort(struct slim_query *query, const char *value, struct slim_mistake *mistake,
                    apr_pool_t *pool)
{
    int sign = *value == '-' || *value == '+';
    const struct slim_column *column = slim_report_column(query->report, value + sign);

    if (!column) {
        struct slim_near_name near;
        slim_near_begin(&near, value + sign, strlen(value + sign));
        for (int i = 0; i < slim_report_columns(query->report); i++) {
            slim_near_try(&near, query->report->column[i].name);
        }
        mistake->what =
            apr_pstrcat(pool, "names no column", slim_near_question(&near, "", pool), NULL);
        mistake->allowed = apr_pstrcat(pool, column_names(query->report, pool),
                                       "; -COLUMN sorts descending, +COLUMN ascending", NULL);
        return 0;
    }
    query->sort = column->name;
    query->ascending = sign ? *value == '+' : column->type == SLIM_TEXT;
    return 1;
}

/* --- on or off --- */

static int read_flag(const char *value, int *flag)
{
    static const char *const yes[] = {"1", "on", "yes", "true", ""};
    static const char *const no[] = {"0", "off", "no", "false"};

    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        if (strcmp(value, yes[i]) == 0) {
            *flag = 1;
            return 1;
        }
    }
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
        if (strcmp(value, no[i]) == 0) {
            *flag = 0;
            return 1;
        }
    }
    return 0;
}

static int set_robots(struct slim_query *query, const char *value, struct slim_mistake *mistake,
                      apr_pool_t *pool)
{
    (void)mistake, (void)pool;
    return read_flag(value, &query->robots);
}

static int set_exact(struct slim_query *query, const char *value, struct slim_mistake *mistake,
                     apr_pool_t *pool)
{
    (void)mistake, (void)pool;
    return read_flag(value, &query->exact);
}

static int set_course(struct slim_query *query, const char *value, struct slim_mistake *mistake,
                      apr_pool_t *pool)
{
    (void)mistake, (void)pool;
    return read_flag(value, &query->courses) && (!query->courses || query->report->has_courses);
}

/* --- the table --- */

#define TIMES                                                                                      \
    "a day (2026-01-31), a month (2026-01), a year (2026), a time (2026-01-31T10:20), today, "     \
    "yesterday, week, month, year, last-week, last-month, last-year, all, or how long ago (90m, "  \
    "24h, 7d, 4w)"

const struct slim_query_word slim_query_words[] = {
    {"since", 's', 0, "TIME", TIMES,
     "start: 2026-01-31, 2026-01-31T10:20, today, last-month, 90m, 7d (reports: 7d)", set_since},
    {"until", 'u', 0, "TIME", TIMES, "end; of a day, month or year, its end", set_until},
    {"tz", 'z', 0, "ZONE", "the name of a time zone, as Europe/Berlin; UTC or local",
     "time zone: Europe/Berlin, local (default UTC)", set_zone},
    {"where", 'w', 1, "DIM=VALUE",
     "DIM=VALUE, DIM!=VALUE or DIM~PART, of at most " TEXT_OF(
         SLIM_VALUE_MAX) " bytes, at most " TEXT_OF(SLIM_FILTERS_MAX) " of them",
     "only hits with DIM=VALUE, DIM=VALUE,VALUE, DIM!=VALUE or DIM~PART; repeat it for more",
     add_filter},
    {"segment", 'g', 1, "NAME", "the name of a segment, see slimstats segment",
     "only hits of this segment (slimstats segment); repeat it for more", add_segment},
    {"search", 'F', 1, "TEXT",
     "a part of the name of rows, or =NAME, for reports whose rows have one; at most " TEXT_OF(
         SLIM_SEARCHES_MAX),
     "only rows whose name contains this; repeat it for alternatives", add_search},
    {"by", 'b', 0, "STEP", "hour, day, week or month",
     "steps of the timeline: hour, day, week or month", set_bucket},
    {"week", 'W', 0, "DAY", "a day of the week: monday, … saturday, sunday",
     "the first day of weeks: monday (the default), sunday, saturday, …", set_week},
    {"limit", 'n', 0, "N", "a number from 1 to " TEXT_OF(SLIM_LIMIT_MAX),
     "at most so many rows, 1 to " TEXT_OF(SLIM_LIMIT_MAX), set_limit},
    {"offset", 'k', 0, "N", "a number from 0 to " TEXT_OF(OFFSET_MAX), "skip so many rows first",
     set_offset},
    {"sort", 'S', 0, "COLUMN", "a column of the report",
     "sort by this column: -COLUMN descending, +COLUMN ascending", set_sort},
    {"robots", 'r', 0, NULL, "on or off", "include robots", set_robots},
    {"compare", 'c', 0, "previous", "previous, for reports that count",
     "compare with the previous period", set_compare},
    {"period", 'p', 0, "previous", "previous or this, for reports that count",
     "report the previous period instead", set_period},
    {"exact", 'x', 0, NULL, "on or off", "count visitors exactly, never estimate", set_exact},
    {"course", 'C', 0, NULL, "on or off, for pages", "pages: add page views by day to each row",
     set_course},
    {.name = NULL},
};

const struct slim_query_word *slim_query_word_find(const char *name)
{
    for (const struct slim_query_word *w = slim_query_words; w->name; w++) {
        if (strcmp(name, w->name) == 0) {
            return w;
        }
    }
    return NULL;
}
