/* Times as people type them, in the zone they ask for; and the period before a period. */
#include <stdlib.h>
#include <string.h>

#include "query.h"

#define DAY 86400
#define TIME_MAX INT64_C(253402300800) /* the year 10000 */

/* --- how long ago --- */

/* Minutes and hours are counted from now; days are those of the calendar. */
static int parse_ago(const char *text, const struct slim_query *query, int end_of_day,
                     int64_t *seconds)
{
    char *end;

    if (text[0] < '0' || text[0] > '9') {
        return 0;
    }
    long amount = strtol(text, &end, 10);
    if (!*end || end[1] || amount > 100000) {
        return 0;
    }
    switch (*end) {
    case 'm': *seconds = query->now - amount * 60; break;
    case 'h': *seconds = query->now - amount * 3600; break;
    case 'w': amount *= 7; /* fall through */
    case 'd': *seconds = slim_zone_day(query->zone, query->now, end_of_day - (int)amount); break;
    default: return 0;
    }
    return *seconds >= 0;
}

/* --- words --- */

static int64_t step(const struct slim_query *query, enum slim_bucket by, int back, int end)
{
    by += by == SLIM_BY_WEEK ? (enum slim_bucket)query->week_begins : 0;
    int64_t at = slim_zone_bucket(query->zone, query->now, by);

    if (back) {
        return end ? at : slim_zone_bucket(query->zone, at - 1, by);
    }
    return end ? slim_zone_next(query->zone, at, by) : at;
}

static int parse_word(const char *text, const struct slim_query *query, int end_of_day,
                      int64_t *seconds)
{
    static const struct {
        const char *word;
        enum slim_bucket by;
        int back;
    } words[] = {
        {"today", SLIM_BY_DAY, 0},      {"yesterday", SLIM_BY_DAY, 1},
        {"week", SLIM_BY_WEEK, 0},      {"month", SLIM_BY_MONTH, 0},
        {"last-week", SLIM_BY_WEEK, 1}, {"last-month", SLIM_BY_MONTH, 1},
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(text, words[i].word) == 0) {
            *seconds = step(query, words[i].by, words[i].back, end_of_day);
            return *seconds >= 0;
        }
    }
    if (strcmp(text, "year") == 0 || strcmp(text, "last-year") == 0) {
        struct slim_local local;
        slim_zone_local(query->zone, query->now, &local);
        struct slim_local first = {.year = local.year - (*text == 'l') + end_of_day,
                                   .month = 1,
                                   .day = 1};
        *seconds = slim_zone_from_local(query->zone, &first);
        return *seconds >= 0;
    }
    if (strcmp(text, "now") == 0 || strcmp(text, "all") == 0) {
        *seconds = *text == 'n' ? query->now : end_of_day ? query->now + 1 : 0;
        return 1;
    }
    return 0;
}

/* --- dates --- */

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

static int take_date(const char **at, struct slim_local *local)
{
    int year, month, day;

    if (!take_number(at, 4, 1970, 9999, &local->year) || !take_char(at, "-")
        || !take_number(at, 2, 1, 12, &local->month) || !take_char(at, "-")
        || !take_number(at, 2, 1, 31, &local->day)) {
        return 0;
    }
    slim_civil_from_days(slim_days_from_civil(local->year, local->month, local->day), &year, &month,
                         &day);
    return month == local->month; /* else there is no such day */
}

/* hh:mm[:ss] */
static int take_clock(const char **at, struct slim_local *local)
{
    if (!take_number(at, 2, 0, 23, &local->hour) || !take_char(at, ":")
        || !take_number(at, 2, 0, 59, &local->minute)) {
        return 0;
    }
    return !take_char(at, ":") || take_number(at, 2, 0, 59, &local->second);
}

/* Z, or +hh:mm as answers have it; *given stays 0 when there is neither. */
static int take_offset(const char **at, int *given, int *offset)
{
    int hours, minutes, sign = **at == '-' ? -1 : 1;

    *given = **at != '\0';
    *offset = 0;
    if (!*given || take_char(at, "Z")) {
        return 1;
    }
    if (!take_char(at, "+-") || !take_number(at, 2, 0, 23, &hours) || !take_char(at, ":")
        || !take_number(at, 2, 0, 59, &minutes)) {
        return 0;
    }
    *offset = sign * (hours * 3600 + minutes * 60);
    return 1;
}

static int64_t within_calendar(int64_t seconds)
{
    return seconds < 0 ? 0 : seconds > TIME_MAX ? TIME_MAX : seconds;
}

/* yyyy-mm-dd, or with Thh:mm[:ss][Z|+hh:mm]. */
static int parse_date(const char *text, const struct slim_query *query, int end_of_day,
                      int64_t *seconds)
{
    struct slim_local local = {0};
    const struct slim_zone *zone = query->zone;
    int given, offset = 0;

    if (!take_date(&text, &local)) {
        return 0;
    }
    if (*text == '\0') {
        local.day += end_of_day;
    } else if (!take_char(&text, "T ") || !take_clock(&text, &local)
               || !take_offset(&text, &given, &offset) || *text) {
        return 0;
    } else if (given) {
        zone = &slim_zone_utc;
    }
    *seconds = within_calendar(slim_zone_from_local(zone, &local) - offset);
    return 1;
}

/* yyyy or yyyy-mm: where it begins or ends. */
static int parse_month(const char *text, const struct slim_query *query, int end, int64_t *seconds)
{
    struct slim_local local = {.month = 1, .day = 1};

    if (!take_number(&text, 4, 1970, 9999, &local.year)) {
        return 0;
    }
    if (*text == '\0') {
        local.year += end;
    } else if (take_char(&text, "-") && take_number(&text, 2, 1, 12, &local.month) && !*text) {
        local.month += end;
    } else {
        return 0;
    }
    *seconds = within_calendar(slim_zone_from_local(query->zone, &local));
    return 1;
}

int slim_query_parse_time(const struct slim_query *query, const char *text, int end_of_day,
                          int64_t *seconds)
{
    return parse_word(text, query, end_of_day, seconds)
           || parse_ago(text, query, end_of_day, seconds)
           || parse_month(text, query, end_of_day, seconds)
           || parse_date(text, query, end_of_day, seconds);
}

int slim_query_resolve(struct slim_query *query)
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

/* --- the period before --- */

static int64_t days_between(const struct slim_zone *zone, int64_t since, int64_t until)
{
    struct slim_local a, b;

    slim_zone_local(zone, since, &a);
    slim_zone_local(zone, until, &b);
    return slim_days_from_civil(b.year, b.month, b.day)
           - slim_days_from_civil(a.year, a.month, a.day);
}

static int64_t months_before(const struct slim_zone *zone, int64_t since, int64_t until)
{
    struct slim_local a, b;

    slim_zone_local(zone, since, &a);
    slim_zone_local(zone, until, &b);
    struct slim_local first = {.year = a.year, .month = a.month, .day = 1};
    first.month -= (b.year - a.year) * 12 + b.month - a.month;
    return slim_zone_from_local(zone, &first);
}

static int begins(const struct slim_query *query, enum slim_bucket by)
{
    return slim_zone_bucket(query->zone, query->since, by) == query->since
           && slim_zone_bucket(query->zone, query->until, by) == query->until;
}

void slim_query_previous(const struct slim_query *query, struct slim_query *previous)
{
    int64_t since = query->since - (query->until - query->since);

    if (begins(query, SLIM_BY_MONTH)) {
        since = months_before(query->zone, query->since, query->until);
    } else if (begins(query, SLIM_BY_DAY)) {
        int64_t days = days_between(query->zone, query->since, query->until);
        since = slim_zone_day(query->zone, query->since, -(int)days);
    }
    *previous = *query;
    previous->compare = 0;
    previous->until = query->since;
    previous->since = within_calendar(since);
    previous->before = 0;
}
