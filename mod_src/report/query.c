/* The words of a question, checked one by one. */
#include "query.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <apr_strings.h>

#include "report.h"

#define DAY 86400
#define TIME_MAX INT64_C(253402300800) /* the year 10000 */

const char *const slim_dimensions[] = {
    "site",        "page",     "resource", "referer", "domain",  "source",   "channel",
    "searchterms", "language", "country",  "browser", "version", "platform", "robot",
    "kind",        "method",   "status",   "ip",      NULL,
};

static const char *const bucket_names[SLIM_BUCKETS] = {"hour", "day", "week", "month"};

const char *slim_bucket_name(enum slim_bucket by)
{
    return bucket_names[by];
}

void slim_query_init(struct slim_query *query, const struct slim_report *report, int64_t now)
{
    *query = (struct slim_query){.report = report,
                                 .now = now,
                                 .since = now - 7 * DAY,
                                 .until = now + 1,
                                 .by = SLIM_BY_DAY,
                                 .limit = report->limit ? report->limit : 10,
                                 .robots = report->robots};
}

/* --- times --- */

static int parse_ago(const char *text, int64_t now, int64_t *seconds)
{
    char *end;
    int64_t unit;

    if (text[0] < '0' || text[0] > '9') {
        return 0;
    }
    long amount = strtol(text, &end, 10);
    switch (*end) {
    case 'm': unit = 60; break;
    case 'h': unit = 3600; break;
    case 'd': unit = DAY; break;
    case 'w': unit = 7 * DAY; break;
    default: return 0;
    }
    if (end[1] || amount > 100000) {
        return 0;
    }
    *seconds = now - amount * unit;
    return *seconds >= 0;
}

/* Digits of exactly count places, within low … high. */
static int take_number(const char **at, int count, int low, int high, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9') {
            return 0;
        }
        *value = *value * 10 + (**at - '0');
    }
    return *value >= low && *value <= high;
}

static int take_char(const char **at, const char *allowed)
{
    if (!**at || !strchr(allowed, **at)) {
        return 0;
    }
    (*at)++;
    return 1;
}

/* yyyy-mm-dd, or with Thh:mm[:ss][Z]. */
static int parse_date(const char *text, int end_of_day, int64_t *seconds)
{
    struct tm tm = {0};
    int year, month, day;

    if (!take_number(&text, 4, 1970, 9999, &year) || !take_char(&text, "-")
        || !take_number(&text, 2, 1, 12, &month) || !take_char(&text, "-")
        || !take_number(&text, 2, 1, 31, &day)) {
        return 0;
    }
    tm.tm_year = year - 1900;
    tm.tm_mon = month - 1;
    tm.tm_mday = day;
    int whole_day = *text == '\0';
    if (!whole_day) {
        if (!take_char(&text, "T ") || !take_number(&text, 2, 0, 23, &tm.tm_hour)
            || !take_char(&text, ":") || !take_number(&text, 2, 0, 59, &tm.tm_min)) {
            return 0;
        }
        if (*text == ':' && (!take_char(&text, ":") || !take_number(&text, 2, 0, 59, &tm.tm_sec))) {
            return 0;
        }
        if (*text == 'Z') {
            text++;
        }
        if (*text) {
            return 0;
        }
    }
    *seconds = timegm(&tm);
    if (tm.tm_mday != day) { /* there is no such day: timegm went on into the next month */
        return 0;
    }
    *seconds += whole_day && end_of_day ? DAY : 0;
    return *seconds >= 0 && *seconds <= TIME_MAX;
}

int slim_query_parse_time(const char *text, int64_t now, int end_of_day, int64_t *seconds)
{
    int64_t today = now - now % DAY;

    if (strcmp(text, "today") == 0) {
        *seconds = today + (end_of_day ? DAY : 0);
        return 1;
    }
    if (strcmp(text, "yesterday") == 0) {
        *seconds = today - (end_of_day ? 0 : DAY);
        return 1;
    }
    if (strcmp(text, "now") == 0) {
        *seconds = now;
        return 1;
    }
    return parse_ago(text, now, seconds) || parse_date(text, end_of_day, seconds);
}

/* --- words --- */

static const char set_since[] = "a day (2026-01-31), a time (2026-01-31T10:20), today, yesterday, "
                                "or how long ago (90m, 24h, 7d)";

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
static int add_filter(struct slim_query *query, const char *text, apr_pool_t *pool)
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
        good = slim_query_parse_time(value, query->now, 0, &query->since);
        *reason = set_since;
    } else if (strcmp(word, "until") == 0) {
        good = slim_query_parse_time(value, query->now, 1, &query->until);
        *reason = set_since;
    } else if (strcmp(word, "where") == 0) {
        good = add_filter(query, value, pool);
        *reason = "DIMENSION=VALUE, DIMENSION!=VALUE or DIMENSION~PART, at most 16 of them";
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
    } else {
        good = 0;
        *reason = "since, until, where, by, limit, offset, sort, robots";
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
