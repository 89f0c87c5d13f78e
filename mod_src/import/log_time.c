/* Times of access logs. Knows no locale: httpd writes English months whatever the system speaks. */
#include "log_time.h"

#include <string.h>
#include <strings.h>

/* Days since 1970-01-01 in the proleptic Gregorian calendar; years begin in March, so that the
 * leap day is a year's last. */
static int64_t days_since_1970(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int is_day(int year, int month, int day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return month >= 1 && month <= 12 && day >= 1
           && day <= days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* count digits as a number, -1 when they are not all digits. */
static int digits(const char *at, size_t count)
{
    int number = 0;

    for (size_t i = 0; i < count; i++) {
        if (at[i] < '0' || at[i] > '9') {
            return -1;
        }
        number = number * 10 + (at[i] - '0');
    }
    return number;
}

/* 1 … 12, 0 for none. */
static int month_of(const char *at)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

    for (int i = 0; i < 12; i++) {
        if (strncasecmp(at, names + (ptrdiff_t)3 * i, 3) == 0) {
            return i + 1;
        }
    }
    return 0;
}

/* "+0200" in seconds; 0 when it is none. */
static int read_zone(const char *at, int *seconds)
{
    int hours = digits(at + 1, 2), minutes = digits(at + 3, 2);

    if ((at[0] != '+' && at[0] != '-') || hours < 0 || hours > 15 || minutes < 0 || minutes > 59) {
        return 0;
    }
    *seconds = (hours * 60 + minutes) * (at[0] == '-' ? -60 : 60);
    return 1;
}

static int read_minute(struct slim_log_clock *clock, const char *at)
{
    int day = digits(at, 2), month = month_of(at + 3), year = digits(at + 7, 4);
    int hour = digits(at + 12, 2), minute = digits(at + 15, 2), zone_s;

    if (at[2] != '/' || at[6] != '/' || at[11] != ':' || at[14] != ':' || year < 0
        || !is_day(year, month, day) || hour < 0 || hour > 23 || minute < 0 || minute > 59
        || !read_zone(at + 21, &zone_s)) {
        return 0;
    }
    memcpy(clock->minute, at, sizeof clock->minute);
    memcpy(clock->zone, at + 21, sizeof clock->zone);
    clock->begin_s = days_since_1970(year, month, day) * 86400 + hour * 3600 + minute * 60 - zone_s;
    return 1;
}

int slim_log_time_clf(struct slim_log_clock *clock, const char *at, int64_t *seconds)
{
    int second = digits(at + 18, 2);

    if (at[17] != ':' || at[20] != ' ' || second < 0 || second > 60) { /* 60: a leap second */
        return 0;
    }
    if ((memcmp(clock->minute, at, sizeof clock->minute) != 0
         || memcmp(clock->zone, at + 21, sizeof clock->zone) != 0)
        && !read_minute(clock, at)) {
        return 0;
    }
    *seconds = clock->begin_s + second;
    return 1;
}

/* --- pieces --- */

int slim_log_time_is_piece(char piece)
{
    return piece != '\0' && strchr("YymdebBHIMSpzZaAjsulfq", piece) != NULL;
}

static size_t take_number(const char *at, size_t length, size_t width, int low, int high,
                          int *number)
{
    int value = length >= width ? digits(at, width) : -1;

    if (value < low || value > high) {
        return 0;
    }
    *number = value;
    return width;
}

static size_t take_letters(const char *at, size_t length)
{
    size_t taken = 0;

    while (taken < length && taken < 32
           && ((at[taken] | 0x20) >= 'a' && (at[taken] | 0x20) <= 'z')) {
        taken++;
    }
    return taken;
}

static size_t take_month(const char *at, size_t length, int whole, struct slim_log_moment *moment)
{
    moment->month = length >= 3 ? month_of(at) : 0;
    if (moment->month == 0) {
        return 0;
    }
    return whole ? take_letters(at, length) : 3;
}

static size_t take_zone(const char *at, size_t length, struct slim_log_moment *moment)
{
    return length >= 5 && read_zone(at, &moment->zone_s) ? 5 : 0;
}

/* Seconds, milliseconds or microseconds since 1970. */
static size_t take_epoch(const char *at, size_t length, int64_t unit_us,
                         struct slim_log_moment *moment)
{
    size_t taken = 0;
    int64_t value = 0;

    while (taken < length && taken < 18 && at[taken] >= '0' && at[taken] <= '9') {
        value = value * 10 + (at[taken++] - '0');
    }
    if (taken == 0 || value > INT64_MAX / unit_us) {
        return 0;
    }
    moment->epoch_us = value * unit_us;
    return taken;
}

static size_t take_half(const char *at, size_t length, struct slim_log_moment *moment)
{
    if (length < 2 || (at[1] | 0x20) != 'm' || ((at[0] | 0x20) != 'a' && (at[0] | 0x20) != 'p')) {
        return 0;
    }
    moment->afternoon = (at[0] | 0x20) == 'p' ? 2 : 1;
    return 2;
}

static size_t take_day(const char *at, size_t length, int *day)
{
    if (length >= 2 && at[0] == ' ') { /* %e */
        return take_number(at + 1, length - 1, 1, 1, 9, day) ? 2 : 0;
    }
    return take_number(at, length, 2, 1, 31, day);
}

static size_t take_short_year(const char *at, size_t length, int *year)
{
    size_t taken = take_number(at, length, 2, 0, 99, year);

    *year += taken ? (*year < 69 ? 2000 : 1900) : 0; /* as POSIX has it */
    return taken;
}

static size_t take_fraction(const char *at, size_t length, size_t width, int unit_us,
                            struct slim_log_moment *moment)
{
    size_t taken = take_number(at, length, width, 0, 999999, &moment->fraction_us);

    moment->fraction_us *= taken ? unit_us : 1;
    return taken;
}

size_t slim_log_time_piece(char piece, const char *at, size_t length,
                           struct slim_log_moment *moment)
{
    int ignored;

    switch (piece) {
    case 'Y': return take_number(at, length, 4, 1, 9999, &moment->year);
    case 'y': return take_short_year(at, length, &moment->year);
    case 'm': return take_number(at, length, 2, 1, 12, &moment->month);
    case 'd':
    case 'e': return take_day(at, length, &moment->day);
    case 'b': return take_month(at, length, 0, moment);
    case 'B': return take_month(at, length, 1, moment);
    case 'H': return take_number(at, length, 2, 0, 23, &moment->hour);
    case 'I': return take_number(at, length, 2, 1, 12, &moment->hour);
    case 'M': return take_number(at, length, 2, 0, 59, &moment->minute);
    case 'S': return take_number(at, length, 2, 0, 60, &moment->second);
    case 'p': return take_half(at, length, moment);
    case 'z': return take_zone(at, length, moment);
    case 'Z':
    case 'a':
    case 'A': return take_letters(at, length);
    case 'j': return take_number(at, length, 3, 1, 366, &ignored);
    case 's': return take_epoch(at, length, 1000000, moment);
    case 'l': return take_epoch(at, length, 1000, moment);
    case 'u': return take_epoch(at, length, 1, moment);
    case 'f': return take_fraction(at, length, 6, 1, moment);
    case 'q': return take_fraction(at, length, 3, 1000, moment);
    default: return 0;
    }
}

int slim_log_time_of_moment(const struct slim_log_moment *m, int64_t *time_us)
{
    int hour = m->afternoon ? m->hour % 12 + (m->afternoon == 2 ? 12 : 0) : m->hour;

    if (m->epoch_us >= 0) {
        *time_us = m->epoch_us + (m->epoch_us % 1000000 == 0 ? m->fraction_us : 0);
        return 1;
    }
    if (m->year == 0 || !is_day(m->year, m->month, m->day)) {
        return 0;
    }
    *time_us = (days_since_1970(m->year, m->month, m->day) * 86400 + hour * 3600 + m->minute * 60
                + m->second - m->zone_s)
                   * 1000000
               + m->fraction_us;
    return 1;
}

/* Digits behind a point: microseconds count. */
static const char *take_digits(const char *at, const char *end, int *us)
{
    int place = 100000;

    for (; at < end && *at >= '0' && *at <= '9'; at++, place /= 10) {
        *us += (*at - '0') * place;
    }
    return at;
}

/* "Z", "+01:00", "+0100" or nothing. */
static int take_iso_zone(const char *at, const char *end, struct slim_log_moment *moment)
{
    char zone[5];

    if (at == end || (end - at == 1 && (*at | 0x20) == 'z')) {
        return 1;
    }
    if (end - at == 6 && at[3] == ':') {
        memcpy(zone, at, 3);
        memcpy(zone + 3, at + 4, 2);
        return take_zone(zone, 5, moment) == 5;
    }
    return end - at == 5 && take_zone(at, 5, moment) == 5;
}

int slim_log_time_iso(struct slim_text text, int64_t *time_us)
{
    static const char shape[] = "Y-m-d H:M:S";
    struct slim_log_moment moment = {.epoch_us = -1};
    const char *at = text.at, *end = text.at + text.length;

    for (const char *c = shape; *c; c++) {
        size_t left = (size_t)(end - at);
        size_t taken = strchr("YmdHMS", *c) ? slim_log_time_piece(*c, at, left, &moment)
                       : left > 0 && (*at == *c || (*c == ' ' && (*at | 0x20) == 't')) ? 1
                                                                                       : 0;
        if (taken == 0) {
            return 0;
        }
        at += taken;
    }
    if (at < end && (*at == '.' || *at == ',')) {
        at = take_digits(at + 1, end, &moment.fraction_us);
    }
    return take_iso_zone(at, end, &moment) && slim_log_time_of_moment(&moment, time_us);
}
