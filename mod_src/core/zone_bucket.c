/* Hours, days, weeks and months of a zone, and their names. */
#include <stdio.h>

#include "zone.h"

#define HOUR 3600

int64_t slim_zone_day(const struct slim_zone *zone, int64_t utc, int days)
{
    struct slim_local local;

    slim_zone_local(zone, utc, &local);
    local.hour = local.minute = local.second = 0;
    local.day += days;
    return slim_zone_from_local(zone, &local);
}

/* Hours begin where clocks show a whole one, and where they are changed. */
static int64_t hour_of(const struct slim_zone *zone, int64_t utc)
{
    struct slim_local local;

    slim_zone_local(zone, utc, &local);
    int64_t begin = utc - local.minute * 60 - local.second;
    int64_t change = slim_zone_change(zone, begin);
    while (change <= utc) {
        begin = change;
        change = slim_zone_change(zone, begin);
    }
    return begin;
}

static int64_t next_hour(const struct slim_zone *zone, int64_t utc)
{
    struct slim_local local;

    slim_zone_local(zone, utc, &local);
    int64_t next = utc - local.minute * 60 - local.second + HOUR;
    int64_t change = slim_zone_change(zone, utc);
    return change < next ? change : next;
}

/* The beginning of the day, week or month so many steps from the one a time is in. */
static int64_t stepped(const struct slim_zone *zone, int64_t utc, enum slim_bucket by, int steps)
{
    struct slim_local local;

    slim_zone_local(zone, utc, &local);
    local.hour = local.minute = local.second = 0;
    if (by == SLIM_BY_MONTH) {
        local.day = 1;
        local.month += steps;
    } else if (by >= SLIM_BY_WEEK) {
        int first = (int)by - SLIM_BY_WEEK;
        local.day += 7 * steps - (local.weekday + 7 - first) % 7;
    } else {
        local.day += steps;
    }
    return slim_zone_from_local(zone, &local);
}

int64_t slim_zone_bucket(const struct slim_zone *zone, int64_t utc, enum slim_bucket by)
{
    if (by == SLIM_BY_HOUR) {
        return hour_of(zone, utc);
    }
    /* Clocks that were set back over midnight show the old day again: it has ended all the same. */
    int64_t next = stepped(zone, utc, by, 1);
    return next <= utc ? next : stepped(zone, utc, by, 0);
}

int64_t slim_zone_next(const struct slim_zone *zone, int64_t utc, enum slim_bucket by)
{
    if (by == SLIM_BY_HOUR) {
        return next_hour(zone, utc);
    }
    int steps = 1;
    int64_t next = stepped(zone, utc, by, steps);
    while (next <= utc) { /* a day that clocks jumped over begins where the one behind it does */
        next = stepped(zone, utc, by, ++steps);
    }
    return next;
}

/* --- names --- */

static void put_offset(char *at, size_t size, int32_t offset)
{
    int32_t east = offset < 0 ? -offset : offset;

    snprintf(at, size, "%c%02d:%02d", offset < 0 ? '-' : '+', east / HOUR % 100, east / 60 % 60);
}

/* Whether clocks showed this time before, too. */
static int is_shown_again(const struct slim_zone *zone, int64_t utc, const struct slim_local *local)
{
    return slim_zone_from_local(zone, local) < utc;
}

const char *slim_zone_label(const struct slim_zone *zone, int64_t begin, enum slim_bucket by,
                            char label[SLIM_LABEL_SIZE])
{
    struct slim_local l;

    slim_zone_local(zone, begin, &l);
    if (by == SLIM_BY_MONTH) {
        snprintf(label, SLIM_LABEL_SIZE, "%04d-%02d", l.year, l.month);
    } else if (by != SLIM_BY_HOUR) {
        snprintf(label, SLIM_LABEL_SIZE, "%04d-%02d-%02d", l.year, l.month, l.day);
    } else {
        int length = snprintf(label, SLIM_LABEL_SIZE, "%04d-%02d-%02dT%02d:%02d", l.year, l.month,
                              l.day, l.hour, l.minute);
        if (is_shown_again(zone, begin, &l)) {
            put_offset(label + length, SLIM_LABEL_SIZE - (size_t)length, l.offset);
        }
    }
    return label;
}

const char *slim_zone_time(const struct slim_zone *zone, int64_t utc, char text[SLIM_TIME_TEXT])
{
    struct slim_local l;

    slim_zone_local(zone, utc, &l);
    int length = snprintf(text, SLIM_TIME_TEXT - 8, "%04d-%02d-%02dT%02d:%02d:%02d", l.year,
                          l.month, l.day, l.hour, l.minute, l.second);
    if (zone == &slim_zone_utc) {
        snprintf(text + length, 2, "Z");
    } else {
        put_offset(text + length, 8, l.offset);
    }
    return text;
}
