/* What clocks show: a zone's offset at any time, and the way between UTC and local time. */
#include "zone.h"

#include "zone_internal.h"

#define DAY 86400
#define OFFSET_MAX (27 * 3600) /* no zone is further from UTC */
#define TIME_MAX (INT64_C(1) << 40)

const struct slim_zone slim_zone_utc = {.name = "UTC", .rule = {.given = 1}};

/* --- offsets --- */

/* Files begin with the big bang, or may end behind all calendars. */
static int64_t transition(const struct slim_zone *zone, size_t i)
{
    int64_t at = slim_zone_big_endian(zone->times + i * zone->time_size, zone->time_size);

    return at < -TIME_MAX ? -TIME_MAX : at > TIME_MAX ? TIME_MAX : at;
}

/* How many transitions are not behind a time. */
static size_t passed(const struct slim_zone *zone, int64_t utc)
{
    size_t low = 0, high = zone->transitions;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (transition(zone, middle) <= utc) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static int32_t offset_of_type(const struct slim_zone *zone, size_t type)
{
    return (int32_t)slim_zone_big_endian(zone->types + 6 * type, 4);
}

int32_t slim_zone_offset(const struct slim_zone *zone, int64_t utc)
{
    size_t before = passed(zone, utc);

    if (before == zone->transitions && zone->rule.given) {
        return slim_zone_rule_offset(&zone->rule, utc);
    }
    return offset_of_type(zone, before > 0 ? zone->indexes[before - 1] : 0);
}

int64_t slim_zone_change(const struct slim_zone *zone, int64_t utc)
{
    for (size_t i = passed(zone, utc); i < zone->transitions; i++) {
        int64_t at = transition(zone, i);
        if (slim_zone_offset(zone, at - 1) != slim_zone_offset(zone, at)) {
            return at;
        }
        utc = at;
    }
    return zone->rule.given ? slim_zone_rule_change(&zone->rule, utc) : INT64_MAX;
}

/* --- days --- */

int64_t slim_days_from_civil(int64_t year, int month, int day)
{
    year += (month - 1 >= 0 ? month - 1 : month - 12) / 12;
    month = ((month - 1) % 12 + 12) % 12 + 1;
    /* Years begin in March, so that a leap day is a year's last. */
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468 + day - 1;
}

void slim_civil_from_days(int64_t days, int *year, int *month, int *day)
{
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t of_era = shifted - era * 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t from_march = (5 * of_year + 2) / 153;

    *day = (int)(of_year - (153 * from_march + 2) / 5 + 1);
    *month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

static int64_t floor_div(int64_t number, int64_t by)
{
    return number >= 0 ? number / by : -((-number + by - 1) / by);
}

/* --- local time --- */

void slim_zone_local(const struct slim_zone *zone, int64_t utc, struct slim_local *local)
{
    local->offset = slim_zone_offset(zone, utc);
    int64_t shown = utc + local->offset, days = floor_div(shown, DAY);
    int of_day = (int)(shown - days * DAY);

    slim_civil_from_days(days, &local->year, &local->month, &local->day);
    local->hour = of_day / 3600;
    local->minute = of_day / 60 % 60;
    local->second = of_day % 60;
    local->weekday = (int)(days + 3 - floor_div(days + 3, 7) * 7);
}

int64_t slim_zone_from_local(const struct slim_zone *zone, const struct slim_local *local)
{
    int64_t shown = slim_days_from_civil(local->year, local->month, local->day) * DAY
                    + local->hour * 3600 + local->minute * 60 + local->second;
    int64_t from = shown - OFFSET_MAX;

    for (;;) { /* through the spans of one offset each; UTC is within a day of any local time */
        int64_t to = slim_zone_change(zone, from);
        int64_t utc = shown - slim_zone_offset(zone, from);
        utc = utc > from ? utc : from;
        if (utc < to) {
            return utc;
        }
        from = to;
    }
}
