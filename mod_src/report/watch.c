/* What the figures of alerts are, now and usually. */
#include "watch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <apr_strings.h>

#include "ask.h"

#define WEEKS 4        /* that are looked at for what is usual, */
#define WEEKS_NEEDED 2 /* and how many of them have to be there */

uint64_t slim_watch_dropped(const struct slim_health *health)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < SLIM_DROPPED_REASONS; i++) {
        sum += health->ledger.dropped[i];
    }
    return sum;
}

/* --- a figure --- */

static double of_account(const struct slim_watch *watch, enum slim_account_figure figure,
                         uint64_t dropped)
{
    uint64_t all = slim_watch_dropped(watch->health);

    switch (figure) {
    case SLIM_ACCOUNT_DROPPED: return all > dropped ? (double)(all - dropped) : 0;
    case SLIM_ACCOUNT_LAG: return (double)watch->health->lag_us / 1e6;
    default: return watch->health->state != SLIM_STATE_OK;
    }
}

/* How many of a cell's numbers are one of what people read. */
static double unit_of(enum slim_column_type type)
{
    switch (type) {
    case SLIM_TOOK:
    case SLIM_MICROS: return 1e6;
    case SLIM_PERCENT: return 10;
    case SLIM_DECIMAL: return 100;
    default: return 1;
    }
}

static apr_status_t ask(const struct slim_watch *watch, const struct slim_alert_term *term,
                        int64_t since, int64_t until, double *value, apr_pool_t *pool)
{
    struct slim_query *query = apr_palloc(pool, sizeof *query);
    struct slim_answer answer;

    query->goals = watch->goals;
    if (!watch->store || slim_alert_ask(term, since, until, query, pool)) {
        return SLIM_EBADQUERY;
    }
    query->zone = watch->zone;
    apr_status_t rv = slim_report_answer(watch->store, query, &answer, pool);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    int64_t number = answer.total[term->column];
    if (term->is_largest) {
        number = answer.rows->nelts > 0
                     ? APR_ARRAY_IDX(answer.rows, 0, struct slim_cell *)[term->column].number
                     : 0;
    }
    *value = (double)number / unit_of(term->report->column[term->column].type);
    return APR_SUCCESS;
}

struct figure {
    int is_known; /* else there is too little to divide by */
    double value;
};

static apr_status_t figure_of(const struct slim_watch *watch, const struct slim_alert *alert,
                              int64_t until, struct figure *figure, apr_pool_t *pool)
{
    int64_t since = until - alert->window;
    double divisor = 100;
    apr_status_t rv = APR_SUCCESS;

    if (alert->has_divisor) {
        rv = ask(watch, &alert->divisor, since, until, &divisor, pool);
    }
    figure->is_known = divisor > 0 && (!alert->has_divisor || divisor >= alert->minimum);
    if (rv == APR_SUCCESS && figure->is_known) {
        rv = ask(watch, &alert->term, since, until, &figure->value, pool);
    }
    if (rv == APR_SUCCESS && figure->is_known && alert->has_divisor) {
        figure->value = figure->value * 100 / divisor;
    }
    return rv;
}

/* --- what is usual --- */

/* The same weekday's same time on the clock, some weeks before. */
static int64_t weeks_before(const struct slim_zone *zone, int64_t at, int weeks)
{
    struct slim_local local;

    slim_zone_local(zone, at, &local);
    local.day -= 7 * weeks;
    return slim_zone_from_local(zone, &local);
}

static apr_status_t find_beginning(struct slim_watch *watch, apr_pool_t *pool)
{
    struct slim_query query;
    struct slim_answer answer;
    const char *reason;

    slim_query_init(&query, slim_report_find("overview"), watch->now);
    query.robots = 1;
    apr_status_t rv = slim_query_set(&query, "since", "all", &reason, pool);
    if (rv == APR_SUCCESS) {
        rv = slim_report_answer(watch->store, &query, &answer, pool);
    }
    if (rv == APR_SUCCESS) {
        watch->began = answer.since > 0 ? answer.since : watch->now;
    }
    return rv;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof values[0], compare);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* is_known: there are weeks enough, and as much as the alert wants in them. */
static apr_status_t find_usual(struct slim_watch *watch, const struct slim_alert *alert,
                               struct figure *usual, apr_pool_t *pool)
{
    double values[WEEKS];
    int count = 0;
    apr_status_t rv = watch->began ? APR_SUCCESS : find_beginning(watch, pool);

    for (int week = 1; week <= WEEKS && rv == APR_SUCCESS; week++) {
        int64_t until = weeks_before(watch->zone, watch->now, week) + 1;
        struct figure figure = {0};
        if (until - alert->window < watch->began) {
            break;
        }
        rv = figure_of(watch, alert, until, &figure, pool);
        if (rv == APR_SUCCESS && figure.is_known) {
            values[count++] = figure.value;
        }
    }
    usual->is_known = 0;
    if (rv == APR_SUCCESS && count >= WEEKS_NEEDED) {
        usual->value = median(values, count);
        usual->is_known =
            usual->value > 0 && (alert->has_divisor || usual->value >= alert->minimum);
    }
    return rv;
}

/* --- an alert --- */

apr_status_t slim_watch_look(struct slim_watch *watch, const struct slim_alert *alert,
                             uint64_t dropped, struct slim_watch_look *look, apr_pool_t *pool)
{
    struct figure now = {1, 0}, usual = {1, 100};
    apr_status_t rv = APR_SUCCESS;

    *look = (struct slim_watch_look){0};
    if (alert->term.account) {
        now.value = of_account(watch, alert->term.account, dropped);
    } else {
        rv = figure_of(watch, alert, watch->now + 1, &now, pool); /* this second, too */
    }
    if (rv == APR_SUCCESS && now.is_known && alert->is_of_usual) {
        rv = find_usual(watch, alert, &usual, pool);
        look->usual = usual.is_known ? usual.value : 0;
    }
    if (rv != APR_SUCCESS || !now.is_known || !usual.is_known) {
        return rv;
    }
    double limit = alert->is_of_usual ? alert->limit * usual.value / 100 : alert->limit;
    look->is_judged = 1;
    look->value = now.value;
    look->holds = alert->is_below ? now.value < limit : now.value > limit;
    return APR_SUCCESS;
}

/* Whole numbers as such, others with as many digits as say something. */
const char *slim_watch_number(double value, apr_pool_t *pool)
{
    char text[64];
    int is_whole = value == floor(value) || fabs(value) >= 100;

    snprintf(text, sizeof text, is_whole ? "%.0f" : fabs(value) < 1 ? "%.3g" : "%.1f", value);
    return apr_pstrdup(pool, text);
}

const char *slim_watch_words(const struct slim_alert *alert, const struct slim_watch_look *look,
                             apr_pool_t *pool)
{
    const char *unit = alert->is_percent ? " %" : "", *usual = "";

    if (!look->is_judged) {
        return apr_psprintf(pool, "not judged (%s)", alert->condition);
    }
    if (alert->is_of_usual) {
        usual = apr_psprintf(pool, ", usual %s%s", slim_watch_number(look->usual, pool), unit);
    }
    return apr_psprintf(pool, "%s%s%s (%s)", slim_watch_number(look->value, pool), unit, usual,
                        alert->condition);
}
