/* Time zones from the system's TZif files (RFC 8536), and the calendar in them. Nothing of the C
 * library's own zone is asked or set: it is one for the whole process, and behind a lock. All
 * times are seconds since 1970 UTC; local ones are what a clock on the wall shows. */
#ifndef SLIM_ZONE_H
#define SLIM_ZONE_H

#include <apr_pools.h>
#include <stddef.h>
#include <stdint.h>

#include "status_code.h"

#define SLIM_ZONE_NAME_MAX 64

/* Weeks begin on Monday; SLIM_BY_WEEK + n, n from 1 to 6, are those that begin n days later. */
enum slim_bucket {
    SLIM_BY_HOUR,
    SLIM_BY_DAY,
    SLIM_BY_MONTH,
    SLIM_BY_WEEK,
    SLIM_BUCKETS = SLIM_BY_WEEK + 7
};

/* A day of the year on which clocks change, as POSIX spells it. */
struct slim_zone_date {
    enum { SLIM_DATE_MONTH, SLIM_DATE_JULIAN, SLIM_DATE_ORDINAL } kind; /* Mm.w.d, Jn, n */
    int month, week, day;
    int32_t time; /* seconds behind that day's midnight, -167 h … 167 h */
};

/* The rule for all times behind a zone's last transition: "CET-1CEST,M3.5.0,M10.5.0/3". */
struct slim_zone_rule {
    int given;
    int changes; /* has a second offset for a part of the year */
    int32_t standard, saving;
    struct slim_zone_date begin, end; /* of the saving time */
};

/* A zone whose tables still stand in the file's bytes. */
struct slim_zone {
    char name[SLIM_ZONE_NAME_MAX];
    const unsigned char *times;   /* transitions, 8 or 4 bytes each, ascending */
    const unsigned char *indexes; /* of their types */
    const unsigned char *types;   /* 6 bytes each */
    size_t transitions;
    size_t time_size;
    struct slim_zone_rule rule;
};

/* Needs no file. */
extern const struct slim_zone slim_zone_utc;

/* Opens a zone by its name ("Europe/Berlin"), "UTC", or "local" for /etc/localtime. Files are
 * looked for in $TZDIR, else /usr/share/zoneinfo. SLIM_EBADQUERY: there is none of that name, or
 * its file is damaged or counts leap seconds. Lives in pool. */
apr_status_t slim_zone_open(const char *name, const struct slim_zone **zone,
                            apr_pool_t *pool) SLIM_MUST_CHECK;

/* A TZif file of version 1 to 4; the zone points into bytes. Returns 0 when they are no such file.
 * Pure. */
int slim_zone_parse(const void *bytes, size_t length, struct slim_zone *zone) SLIM_MUST_CHECK;

/* A POSIX rule (RFC 8536, 3.3). Returns 0 when it is not one. Pure. */
int slim_zone_parse_rule(const char *text, size_t length,
                         struct slim_zone_rule *rule) SLIM_MUST_CHECK;

/* Seconds east of UTC that a rule gives at a time. */
int32_t slim_zone_rule_offset(const struct slim_zone_rule *rule, int64_t utc);
/* When the rule's clocks change next behind a time; INT64_MAX: never. */
int64_t slim_zone_rule_change(const struct slim_zone_rule *rule, int64_t utc);

/* Seconds east of UTC at a time. */
int32_t slim_zone_offset(const struct slim_zone *zone, int64_t utc);
/* When the offset changes next behind a time; INT64_MAX: never. */
int64_t slim_zone_change(const struct slim_zone *zone, int64_t utc);

struct slim_local {
    int year, month, day; /* month 1 … 12, day 1 … 31 */
    int hour, minute, second;
    int weekday;    /* 0: Monday */
    int32_t offset; /* seconds east of UTC */
};

void slim_zone_local(const struct slim_zone *zone, int64_t utc, struct slim_local *local);

/* The first instant at which clocks show that time or a later one: where they are set forward over
 * it the instant they are, where they show it twice the first. Month and day may lie outside their
 * range, as 0 or 13, and count on from there. weekday and offset are not looked at. */
int64_t slim_zone_from_local(const struct slim_zone *zone, const struct slim_local *local);

/* The first instant of the hour, day, week or month that a time is in. Where clocks
 * are set back within an hour, what follows is an hour of its own. */
int64_t slim_zone_bucket(const struct slim_zone *zone, int64_t utc, enum slim_bucket by);
/* The first instant of the bucket behind the one that a time is in. */
int64_t slim_zone_next(const struct slim_zone *zone, int64_t utc, enum slim_bucket by);
/* The first instant of the day a number of days from the one that a time is in. */
int64_t slim_zone_day(const struct slim_zone *zone, int64_t utc, int days);

#define SLIM_LABEL_SIZE 40

/* A bucket's name: "2026-01-31T10:00", "2026-01-31" (a week's first day too), "2026-01". An hour
 * that clocks show a second time has its offset behind it, "2026-10-25T02:00+01:00", so that names
 * differ and sort as the hours came. */
const char *slim_zone_label(const struct slim_zone *zone, int64_t begin, enum slim_bucket by,
                            char label[SLIM_LABEL_SIZE]);

#define SLIM_TIME_TEXT 40

/* RFC 3339: "2026-01-31T10:20:30Z", "2026-01-31T11:20:30+01:00". */
const char *slim_zone_time(const struct slim_zone *zone, int64_t utc, char text[SLIM_TIME_TEXT]);

/* Days since 1970 of a day of the Gregorian calendar; month and day may lie outside their range.
 * Pure. */
int64_t slim_days_from_civil(int64_t year, int month, int day);
/* The opposite; month and day are in their range. Pure. */
void slim_civil_from_days(int64_t days, int *year, int *month, int *day);

#endif
