/* The times of access logs: httpd's %t, and what strftime writes for %{format}t. Pure. */
#ifndef SLIM_LOG_TIME_H
#define SLIM_LOG_TIME_H

#include <stddef.h>
#include <stdint.h>

#include "core/hit.h"

/* The last minute that was read: lines of a log come in order, so most need only its seconds. */
struct slim_log_clock {
    char minute[17]; /* "17/May/2015:10:05" */
    char zone[5];    /* "+0200" */
    int64_t begin_s;
};

#define SLIM_LOG_CLF_LENGTH 26 /* "17/May/2015:10:05:03 +0200" */

/* Reads what stands between the brackets of %t, SLIM_LOG_CLF_LENGTH bytes. Returns 1 and seconds
 * since 1970 (they may be negative), 0 when it is no such time. clock begins as zeros. */
int slim_log_time_clf(struct slim_log_clock *clock, const char *at, int64_t *seconds);

/* A time as it is put together from the pieces of %{format}t. */
struct slim_log_moment {
    int year, month, day, hour, minute, second; /* year 0: no date was read */
    int afternoon;                              /* 1: AM, 2: PM */
    int zone_s;                                 /* east of Greenwich */
    int64_t epoch_us;                           /* -1: not given as such */
    int fraction_us;
};

/* The pieces: strftime's letters Y y m d e b B H I M S p z Z a A j s, and of httpd's own
 * 'u' usec, 'l' msec, 'f' usec_frac, 'q' msec_frac. */
int slim_log_time_is_piece(char piece);

/* Reads one piece at the start of length bytes; returns how many it took, 0: it is not there. */
size_t slim_log_time_piece(char piece, const char *at, size_t length,
                           struct slim_log_moment *moment);

/* The moment in µs since 1970; a moment without zone is UTC. 0 when there is no such day. */
int slim_log_time_of_moment(const struct slim_log_moment *moment, int64_t *time_us);

/* "2026-01-31T10:20:30.123456Z", with a space for the T, any number of digits behind the point or
 * none, and +01:00, +0100 or nothing (UTC) for the Z. 0: it is no such time. */
int slim_log_time_iso(struct slim_text text, int64_t *time_us);

#endif
