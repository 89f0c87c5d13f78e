/* The words of a question, checked one by one. */
#include "query.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "filter_value.h"
#include "report.h"

const char *const slim_dimensions[] = {
    "site",        "page",     "resource", "referer", "domain",  "source",   "channel",
    "searchterms", "language", "country",  "browser", "version", "platform", "robot",
    "kind",        "method",   "status",   "ip",      "entry",   "exit",     "campaign",
    "visit",       "region",   "city",     "network", "mark",    NULL,
};

static const char *const bucket_names[SLIM_BUCKETS] = {"hour", "day", "week", "month"};

const char *slim_bucket_name(enum slim_bucket by)
{
    return bucket_names[by];
}

/* --- times --- */

/* The words of both ends once more: the zone may come behind them. */
static int resolve(struct slim_query *query)
{
    int64_t since, until = query->now + 1;

    if (!slim_query_parse_time(query, query->since_text, 0, &since)
        || (query->until_text && !slim_query_parse_time(query, query->until_text, 1, &until))) {
        return 0;
    }
    query->since = since;
    query->until = until;
    return 1;
}

void slim_query_init(struct slim_query *query, const struct slim_report *report, int64_t now)
{
    *query = (struct slim_query){.report = report,
                                 .now = now,
                                 .zone = &slim_zone_utc,
                                 .since_text = report->since ? report->since : "7d",
                                 .until = now + 1,
                                 .by = SLIM_BY_DAY,
                                 .limit = report->limit ? report->limit : 10,
                                 .robots = report->robots};
    if (!resolve(query)) { /* the week that 1970 began with */
        query->since_text = "all";
        query->since = 0;
    }
}

/* --- words --- */

static const char set_since[] =
    "a day (2026-01-31), a time (2026-01-31T10:20), today, yesterday, week, month, year, "
    "last-week, last-month, last-year, all, or how long ago (90m, 24h, 7d, 4w)";

static int set_since_until(struct slim_query *query, const char **text, const char *value,
                           apr_pool_t *pool)
{
    *text = apr_pstrdup(pool, value);
    return resolve(query);
}

static int set_zone(struct slim_query *query, const char *value, apr_pool_t *pool)
{
    return slim_zone_open(value, &query->zone, pool) == APR_SUCCESS && resolve(query);
}

/* Single hits have nothing that could be compared. */
static int set_compare(struct slim_query *query, const char *value)
{
    query->compare = 1;
    return strcmp(value, "previous") == 0 && slim_report_compares(query->report);
}

/* Two questions, about this period and the one before, can be asked side by side. */
static int set_period(struct slim_query *query, const char *value)
{
    query->before = strcmp(value, "previous") == 0;
    return (query->before || strcmp(value, "this") == 0) && slim_report_compares(query->report);
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

static int is_dimension(const char *name, size_t length)
{
    for (int i = 0; slim_dimensions[i]; i++) {
        if (strlen(slim_dimensions[i]) == length && memcmp(slim_dimensions[i], name, length) == 0) {
            return 1;
        }
    }
    return 0;
}

/* name=value, name!=value, name~value */
static int add_filter(struct slim_query *query, const char *text, const char **reason,
                      apr_pool_t *pool)
{
    size_t length = strcspn(text, "=!~");
    const char *at = text + length;
    struct slim_filter *filter = &query->filter[query->filters];

    if (query->filters == SLIM_FILTERS_MAX || !is_dimension(text, length)) {
        return 0;
    }
    if (*at == '=') {
        filter->kind = SLIM_EQUALS;
    } else if (*at == '~') {
        filter->kind = SLIM_CONTAINS;
    } else if (at[0] == '!' && at[1] == '=') {
        filter->kind = SLIM_DIFFERS;
        at++;
    } else {
        return 0;
    }
    if (strlen(at + 1) > SLIM_VALUE_MAX) {
        return 0;
    }
    filter->dimension = apr_pstrmemdup(pool, text, length);
    filter->value = apr_pstrdup(pool, at + 1);
    query->filters++;
    return slim_filter_value_check(filter, reason, pool);
}

/* Hours and single hits have no names; what they are about is asked with where. */
static int add_search(struct slim_query *query, const char *text, apr_pool_t *pool)
{
    if (query->searches == SLIM_SEARCHES_MAX || !*text || strlen(text) > SLIM_VALUE_MAX
        || !slim_report_has_names(query->report)) {
        return 0;
    }
    query->search[query->searches++] = apr_pstrdup(pool, text);
    return 1;
}

static int set_bucket(struct slim_query *query, const char *value)
{
    for (int i = 0; i < SLIM_BUCKETS; i++) {
        if (strcmp(bucket_names[i], value) == 0) {
            query->by = (enum slim_bucket)i;
            return 1;
        }
    }
    return 0;
}

/* A column, with a leading - for descending and + for ascending order. */
static int set_sort(struct slim_query *query, const char *value)
{
    int sign = *value == '-' || *value == '+';
    const struct slim_column *column = slim_report_column(query->report, value + sign);

    if (!column) {
        return 0;
    }
    query->sort = column->name;
    query->ascending = sign ? *value == '+' : column->type == SLIM_TEXT;
    return 1;
}

static int set_flag(const char *value, int *flag)
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

static int set_word(struct slim_query *query, const char *word, const char *value,
                    const char **reason, apr_pool_t *pool)
{
    int good;

    if (strcmp(word, "since") == 0) {
        good = set_since_until(query, &query->since_text, value, pool);
        *reason = set_since;
    } else if (strcmp(word, "until") == 0) {
        good = set_since_until(query, &query->until_text, value, pool);
        *reason = set_since;
    } else if (strcmp(word, "where") == 0) {
        *reason = "DIMENSION=VALUE, DIMENSION!=VALUE or DIMENSION~PART, at most 16 of them";
        good = add_filter(query, value, reason, pool);
    } else if (strcmp(word, "search") == 0) {
        good = add_search(query, value, pool);
        *reason =
            "a part of the name of rows, or =NAME, for reports whose rows have one; at most 256";
    } else if (strcmp(word, "by") == 0) {
        good = set_bucket(query, value);
        *reason = "hour, day, week or month";
    } else if (strcmp(word, "limit") == 0) {
        good = set_number(value, 1, SLIM_LIMIT_MAX, &query->limit);
        *reason = "a number from 1 to 1000";
    } else if (strcmp(word, "offset") == 0) {
        good = set_number(value, 0, 1000000000, &query->offset);
        *reason = "a number from 0 to 1000000000";
    } else if (strcmp(word, "sort") == 0) {
        good = set_sort(query, value);
        *reason =
            "a column of the report, with - before it for descending or + for ascending order";
    } else if (strcmp(word, "robots") == 0) {
        good = set_flag(value, &query->robots);
        *reason = "on or off";
    } else if (strcmp(word, "tz") == 0) {
        good = set_zone(query, value, pool);
        *reason = "the name of a time zone, as Europe/Berlin; UTC or local";
    } else if (strcmp(word, "compare") == 0) {
        good = set_compare(query, value);
        *reason = "previous, for reports that count";
    } else if (strcmp(word, "period") == 0) {
        good = set_period(query, value);
        *reason = "previous or this, for reports that count";
    } else if (strcmp(word, "exact") == 0) {
        good = set_flag(value, &query->exact);
        *reason = "on or off";
    } else {
        good = 0;
        *reason = "since, until, tz, where, search, by, limit, offset, sort, robots, compare, "
                  "period, exact";
    }
    return good;
}

apr_status_t slim_query_set(struct slim_query *query, const char *word, const char *value,
                            const char **reason, apr_pool_t *pool)
{
    struct slim_query changed = *query;

    if (!set_word(&changed, word, value, reason, pool)) {
        return SLIM_EBADQUERY;
    }
    *query = changed;
    return APR_SUCCESS;
}

apr_status_t slim_query_check(const struct slim_query *query, const char **reason)
{
    if (query->since >= query->until) {
        *reason = "since is not earlier than until";
        return SLIM_EBADQUERY;
    }
    return APR_SUCCESS;
}
