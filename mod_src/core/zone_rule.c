/* The rule at a TZif file's end: when clocks change in years that the file does not list. */
#include <string.h>

#include "zone.h"

#define HOUR 3600
#define DAY 86400

/* --- parsing --- */

struct cursor {
    const char *at, *end;
};

static int take(struct cursor *c, char wanted)
{
    if (c->at == c->end || *c->at != wanted) {
        return 0;
    }
    c->at++;
    return 1;
}

static int take_number(struct cursor *c, int high, int *number)
{
    const char *begin = c->at;

    *number = 0;
    while (c->at < c->end && *c->at >= '0' && *c->at <= '9') {
        *number = *number * 10 + (*c->at++ - '0');
        if (*number > high) {
            return 0;
        }
    }
    return c->at > begin;
}

/* "CET", or "<+0330>": shown nowhere. */
static int take_name(struct cursor *c)
{
    const char *begin = c->at;

    if (take(c, '<')) {
        while (c->at < c->end && *c->at != '>') {
            c->at++;
        }
        return c->at > begin + 1 && take(c, '>');
    }
    while (c->at < c->end && ((*c->at | 32) >= 'a' && (*c->at | 32) <= 'z')) {
        c->at++;
    }
    return c->at - begin >= 3;
}

/* [+-]hh[:mm[:ss]] */
static int take_time(struct cursor *c, int hours_max, int32_t *seconds)
{
    int hours, minutes = 0, rest = 0, sign = take(c, '-') ? -1 : 1;

    if (sign > 0) {
        (void)take(c, '+');
    }
    if (!take_number(c, hours_max, &hours)) {
        return 0;
    }
    if (take(c, ':')
        && (!take_number(c, 59, &minutes) || (take(c, ':') && !take_number(c, 59, &rest)))) {
        return 0;
    }
    *seconds = sign * (hours * HOUR + minutes * 60 + rest);
    return 1;
}

static int take_date(struct cursor *c, struct slim_zone_date *date)
{
    int good;

    date->time = 2 * HOUR;
    if (take(c, 'M')) {
        date->kind = SLIM_DATE_MONTH;
        good = take_number(c, 12, &date->month) && date->month > 0 && take(c, '.')
               && take_number(c, 5, &date->week) && date->week > 0 && take(c, '.')
               && take_number(c, 6, &date->day);
    } else if (take(c, 'J')) {
        date->kind = SLIM_DATE_JULIAN;
        good = take_number(c, 365, &date->day) && date->day > 0;
    } else {
        date->kind = SLIM_DATE_ORDINAL;
        good = take_number(c, 365, &date->day);
    }
    return good && (!take(c, '/') || take_time(c, 167, &date->time));
}

int slim_zone_parse_rule(const char *text, size_t length, struct slim_zone_rule *rule)
{
    struct cursor c = {text, text + length};
    struct slim_zone_rule found = {.given = 1};
    int32_t west;

    if (!take_name(&c) || !take_time(&c, 24, &west)) {
        return 0;
    }
    found.standard = -west;
    if (c.at < c.end) {
        found.changes = 1;
        found.saving = found.standard + HOUR;
        if (!take_name(&c)) {
            return 0;
        }
        if (c.at < c.end && *c.at != ',') {
            if (!take_time(&c, 24, &west)) {
                return 0;
            }
            found.saving = -west;
        }
        if (!take(&c, ',') || !take_date(&c, &found.begin) || !take(&c, ',')
            || !take_date(&c, &found.end) || c.at != c.end) {
            return 0;
        }
    }
    *rule = found;
    return 1;
}

/* --- asking --- */

static int is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days since 1970 of a rule's date in a year. */
static int64_t day_of(const struct slim_zone_date *date, int64_t year)
{
    int64_t first;

    switch (date->kind) {
    case SLIM_DATE_JULIAN: /* 1 … 365, never February 29 */
        first = slim_days_from_civil(year, 1, 1);
        return first + date->day - 1 + (is_leap(year) && date->day >= 60);
    case SLIM_DATE_ORDINAL: return slim_days_from_civil(year, 1, 1) + date->day;
    default: break;
    }
    first = slim_days_from_civil(year, date->month, 1);
    int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 0: Sunday, as in the rule */
    int64_t day = first + (date->day - weekday + 7) % 7 + (date->week - 1) * 7;
    return day < slim_days_from_civil(year, date->month + 1, 1) ? day : day - 7;
}

static int64_t begin_of(const struct slim_zone_rule *rule, int64_t year)
{
    return day_of(&rule->begin, year) * DAY + rule->begin.time - rule->standard;
}

static int64_t end_of(const struct slim_zone_rule *rule, int64_t year)
{
    return day_of(&rule->end, year) * DAY + rule->end.time - rule->saving;
}

static int64_t year_of(int64_t utc)
{
    int year, month, day;

    slim_civil_from_days(utc >= 0 ? utc / DAY : -((-utc + DAY - 1) / DAY), &year, &month, &day);
    return year;
}

int32_t slim_zone_rule_offset(const struct slim_zone_rule *rule, int64_t utc)
{
    int64_t this_year = rule->changes ? year_of(utc) : 0;

    if (!rule->changes) {
        return rule->standard;
    }
    for (int64_t year = this_year - 1; year <= this_year + 1; year++) {
        int64_t begin = begin_of(rule, year), end = end_of(rule, year);
        if (end <= begin) { /* south of the equator it ends in the next year */
            end = end_of(rule, year + 1);
        }
        if (utc >= begin && utc < end) {
            return rule->saving;
        }
    }
    return rule->standard;
}

int64_t slim_zone_rule_change(const struct slim_zone_rule *rule, int64_t utc)
{
    int64_t next = INT64_MAX, this_year = rule->changes ? year_of(utc) : 0;

    for (int64_t year = this_year - 1; rule->changes && year <= this_year + 2; year++) {
        int64_t at[2] = {begin_of(rule, year), end_of(rule, year)};
        for (int i = 0; i < 2; i++) {
            if (at[i] > utc && at[i] < next
                && slim_zone_rule_offset(rule, at[i] - 1) != slim_zone_rule_offset(rule, at[i])) {
                next = at[i];
            }
        }
    }
    return next;
}
