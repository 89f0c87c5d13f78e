/* Reading alerts.tsv. */
#include "alert.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "core/setting_table.h"
#include "core/tsv.h"
#include "segment.h"

#define LIMIT_MAX 1e15

struct reading {
    struct slim_alerts *alerts;
    const struct slim_goals *goals;
    int own_from; /* from here on they are the site's own */
    int is_own;
    int mistakes; /* lines */
};

static const char *const severities[] = {"warning", "critical"};

const char *slim_alert_severity_name(enum slim_alert_severity severity)
{
    return severities[severity];
}

/* --- a term: [max ]REPORT.COLUMN[[NAME]][(FILTERS)] --- */

static const struct {
    const char *name;
    enum slim_account_figure figure;
} accounts[] = {
    {"recorder.dropped", SLIM_ACCOUNT_DROPPED},
    {"recorder.lag", SLIM_ACCOUNT_LAG},
    {"recorder.broken", SLIM_ACCOUNT_BROKEN},
};

static const char *find_account(const char *text, struct slim_alert_term *term)
{
    for (size_t i = 0; i < sizeof accounts / sizeof accounts[0]; i++) {
        if (strcmp(text, accounts[i].name) == 0) {
            term->account = accounts[i].figure;
            return NULL;
        }
    }
    return "of the recorder there are recorder.dropped, recorder.lag and recorder.broken";
}

static const char *columns_of(const struct slim_report *report, apr_pool_t *pool)
{
    const char *names = "";

    for (int i = 0; i < slim_report_columns(report); i++) {
        if (slim_report_measures(report, i)) {
            names = apr_pstrcat(pool, names, *names ? ", " : "", report->column[i].name, NULL);
        }
    }
    return names;
}

static const char *find_column(char *text, struct slim_alert_term *term, apr_pool_t *pool)
{
    char *dot = strchr(text, '.');

    if (!dot) {
        return "a figure is REPORT.COLUMN, as overview.visitors";
    }
    if (strncmp(text, "recorder.", 9) == 0) {
        return find_account(text, term);
    }
    *dot = '\0';
    term->report = slim_report_find(text);
    if (!term->report) {
        return apr_psprintf(pool, "there is no report %s", text);
    }
    const struct slim_column *column = slim_report_column(term->report, dot + 1);
    term->column = column ? (int)(column - term->report->column) : -1;
    if (!column || !slim_report_measures(term->report, term->column)) {
        return apr_psprintf(pool, "the report %s has no column %s that counts; it has %s", text,
                            dot + 1, columns_of(term->report, pool));
    }
    return NULL;
}

/* Cuts what stands between the brackets at the end off text; NULL: there are none. */
static char *cut_brackets(char *text, char open, char close)
{
    size_t length = strlen(text);
    char *begin = strchr(text, open);

    if (length == 0 || text[length - 1] != close || !begin) {
        return NULL;
    }
    text[length - 1] = '\0';
    *begin = '\0';
    return begin + 1;
}

/* Takes the word robots out of the filters. */
static const char *take_robots(char *filters, int *robots, apr_pool_t *pool)
{
    const char *rest = "";
    char *state;

    *robots = 0;
    if (strchr(filters, '"')) {
        return filters;
    }
    for (char *word = apr_strtok(filters, " ", &state); word;
         word = apr_strtok(NULL, " ", &state)) {
        if (strcmp(word, "robots") == 0) {
            *robots = 1;
        } else {
            rest = apr_pstrcat(pool, rest, *rest ? " " : "", word, NULL);
        }
    }
    return rest;
}

static const char *read_term(char *text, const struct slim_goals *goals,
                             struct slim_alert_term *term, apr_pool_t *pool)
{
    struct slim_query query = {.goals = goals};

    *term = (struct slim_alert_term){.filters = ""};
    char *filters = cut_brackets(text, '(', ')');
    if (filters) {
        term->filters = take_robots(filters, &term->robots, pool);
    }
    term->name = cut_brackets(text, '[', ']');
    if (strncmp(text, "max ", 4) == 0) {
        term->is_largest = 1;
        text += 4;
    }
    const char *fault = find_column(text, term, pool);
    if (fault) {
        return fault;
    }
    if (term->account) {
        return term->name || filters || term->is_largest
                   ? "a figure of the recorder has no rows and no filters"
                   : NULL;
    }
    term->is_largest |=
        !slim_report_has_total(term->report, term->column) || term->report->has_no_totals;
    return slim_alert_ask(term, 0, 1, &query, pool);
}

static const char *read_figure(struct slim_alert *alert, const struct slim_goals *goals,
                               apr_pool_t *pool)
{
    char *text = apr_pstrdup(pool, alert->figure), *slash = strstr(text, " / ");

    if (slash) {
        *slash = '\0';
        alert->has_divisor = 1;
    }
    const char *fault = read_term(text, goals, &alert->term, pool);
    if (!fault && slash) {
        fault = read_term(slash + 3, goals, &alert->divisor, pool);
    }
    if (!fault && slash && (alert->term.account || alert->divisor.account)) {
        fault = "a figure of the recorder stands alone, and is not divided";
    }
    return fault;
}

/* --- the question --- */

static const char *set(struct slim_query *query, const char *word, const char *value,
                       apr_pool_t *pool)
{
    const char *reason;

    return slim_query_set(query, word, value, &reason, pool) == APR_SUCCESS ? NULL : reason;
}

const char *slim_alert_ask(const struct slim_alert_term *term, int64_t since, int64_t until,
                           struct slim_query *query, apr_pool_t *pool)
{
    const struct slim_goals *goals = query->goals;
    const char *fault;

    slim_query_init(query, term->report, until);
    query->goals = goals;
    fault = slim_filters_read(query, term->filters, pool);
    if (!fault && term->name) {
        fault = set(query, "search", apr_pstrcat(pool, "=", term->name, NULL), pool);
    }
    if (!fault && term->robots) {
        fault = set(query, "robots", "on", pool);
    }
    query->since = since;
    query->until = until;
    query->sort = term->report->column[term->column].name;
    query->ascending = 0;
    query->limit = 1; /* the largest; totals are of all */
    return fault;
}

/* --- the other columns --- */

/* "> 2 %", "< 20 % of usual", "> 60" */
static const char *read_condition(const char *text, struct slim_alert *alert)
{
    static const char fault[] = "a condition is > or < and a number, then % or % of usual";
    char *end;

    if ((*text != '<' && *text != '>') || text[1] != ' ' || text[2] < '0' || text[2] > '9') {
        return fault;
    }
    alert->is_below = *text == '<';
    alert->limit = strtod(text + 2, &end);
    if (strspn(text + 2, "0123456789.") != (size_t)(end - text - 2)) {
        return fault;
    }
    alert->is_of_usual = strcmp(end, " % of usual") == 0;
    if ((!alert->is_of_usual && strcmp(end, " %") != 0 && *end) || !(alert->limit <= LIMIT_MAX)) {
        return fault;
    }
    int is_rate = alert->has_divisor
                  || (alert->term.report
                      && alert->term.report->column[alert->term.column].type == SLIM_PERCENT);
    alert->is_percent = is_rate;
    if (!alert->is_of_usual && *end && !is_rate) {
        return "this figure is no rate: % needs A / B, or of usual behind it";
    }
    return NULL;
}

static int read_seconds(const char *text, int64_t *seconds)
{
    char *end;

    if (*text < '0' || *text > '9') {
        return 0;
    }
    long amount = strtol(text, &end, 10);
    if (amount > 10080 || !*end || end[1]) {
        return 0;
    }
    *seconds = amount * (*end == 'm' ? 60 : *end == 'h' ? 3600 : *end == 'd' ? 86400 : 0);
    return strchr("mhd", *end) != NULL;
}

static const char *read_times(struct slim_tsv *row, struct slim_alert *alert)
{
    char *const *column = row->column, *end;

    row->fault_at = row->at[4];
    if (!read_seconds(column[4], &alert->window) || alert->window < SLIM_ALERT_WINDOW_MIN
        || alert->window > SLIM_ALERT_WINDOW_MAX) {
        return "a window is 5m to 7d";
    }
    row->fault_at = row->at[row->columns > 5 ? 5 : 4];
    alert->minimum = strtod(column[5], &end);
    if (*end || !(alert->minimum >= 0) || !(alert->minimum <= LIMIT_MAX)) {
        return "a minimum is a number";
    }
    if (alert->minimum > 0 && !alert->has_divisor && !alert->is_of_usual) {
        return "a minimum is of B in A / B, or of what is usual; this is neither";
    }
    row->fault_at = row->at[row->columns > 6 ? 6 : 4];
    if (*column[6]
        && (!read_seconds(column[6], &alert->hold) || alert->hold > SLIM_ALERT_WINDOW_MAX)) {
        return "hold is empty, or 0m to 7d";
    }
    return alert->is_of_usual && alert->term.account ? "of the recorder nobody knows what is usual"
                                                     : NULL;
}

static int find(const struct slim_alerts *alerts, const char *name)
{
    for (int i = 0; i < alerts->count; i++) {
        if (strcmp(alerts->alert[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

static void take_away(struct slim_alerts *alerts, int at, int *own_from)
{
    memmove(&alerts->alert[at], &alerts->alert[at + 1],
            (size_t)(alerts->count - at - 1) * sizeof alerts->alert[0]);
    alerts->count--;
    *own_from -= at < *own_from;
}

static const char *read_line(struct slim_tsv *row, const struct slim_goals *goals,
                             struct slim_alert *alert, apr_pool_t *pool)
{
    const char *fault;

    *alert = (struct slim_alert){.name = row->column[0],
                                 .figure = row->column[2],
                                 .condition = row->column[3]};
    row->fault_at = row->at[1];
    if (row->columns < 5 || row->columns > 7) {
        return "a line is name, severity, figure, condition, window, minimum, hold; the last two "
               "may be "
               "missing";
    }
    alert->severity = strcmp(row->column[1], severities[1]) == 0;
    if (strcmp(row->column[1], severities[alert->severity]) != 0) {
        return "a severity is warning or critical";
    }
    row->fault_at = row->at[2];
    fault = read_figure(alert, goals, pool);
    if (!fault) {
        row->fault_at = row->at[3];
        fault = read_condition(row->column[3], alert);
    }
    if (!fault) {
        fault = read_times(row, alert);
    }
    return fault;
}

static const char *take_line(struct reading *reading, struct slim_tsv *row, apr_pool_t *pool)
{
    struct slim_alerts *alerts = reading->alerts;
    int before = find(alerts, row->column[0]);
    struct slim_alert alert;

    if (!slim_setting_is_name(row->column[0])) {
        return "a name is 1 to 64 letters, digits, dots, hyphens and underscores";
    }
    if (before >= reading->own_from) {
        return "that name stands above, too";
    }
    if (strcmp(row->column[2], "off") == 0) {
        if (!reading->is_own || before < 0) {
            return "there is no shipped alert of that name that could be off";
        }
        take_away(alerts, before, &reading->own_from);
        return NULL;
    }
    if (alerts->count == SLIM_ALERTS_MAX) {
        return "there are too many alerts: at most 64";
    }
    const char *fault = read_line(row, reading->goals, &alert, pool);
    if (fault) {
        return fault;
    }
    if (before >= 0) {
        take_away(alerts, before, &reading->own_from);
    }
    alerts->alert[alerts->count++] = alert;
    return NULL;
}

static const char *take(void *baton, const char *path, struct slim_tsv *row, apr_pool_t *pool)
{
    struct reading *reading = baton;
    const char *fault = take_line(reading, row, pool);

    (void)path;
    reading->mistakes += fault != NULL;
    return fault;
}

struct slim_alerts *slim_alerts_read(const char *data, const char *state,
                                     const struct slim_goals *goals, apr_pool_t *pool)
{
    struct slim_alerts *alerts = apr_pcalloc(pool, sizeof *alerts);
    struct reading reading = {.alerts = alerts, .goals = goals};

    alerts->fault = slim_lists_each(data, SLIM_ALERTS_FILE, take, &reading, pool);
    reading.own_from = alerts->count;
    reading.is_own = 1;
    const char *own = slim_lists_each(state, SLIM_ALERTS_FILE, take, &reading, pool);
    alerts->fault = own ? own : alerts->fault;
    if (reading.mistakes > 1) {
        alerts->fault =
            apr_psprintf(pool, "%s; and %d more %s", alerts->fault, reading.mistakes - 1,
                         reading.mistakes > 2 ? "mistakes" : "mistake");
    }
    return alerts;
}
