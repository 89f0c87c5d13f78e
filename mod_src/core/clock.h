/* Two clocks. What a hit was at, and what people read, is wall time (apr_time_now); how long
 * something takes or lasts is counted in ticks, which no correction of the wall clock moves. */
#ifndef SLIM_CLOCK_H
#define SLIM_CLOCK_H

#include <stdint.h>
#include <time.h>

#include "platform.h"

static inline int64_t slim_clock_read(clockid_t id)
{
    struct timespec at;

    clock_gettime(id, &at);
    return (int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000;
}

/* Microseconds since the machine started, the same for all its processes; it stands while the
 * machine is suspended (clock_gettime(2), CLOCK_MONOTONIC). */
static inline int64_t slim_ticks(void)
{
    return slim_clock_read(CLOCK_MONOTONIC);
}

/* How far wall time is ahead of the time since the start, suspension included: it changes by
 * corrections alone. */
static inline int64_t slim_clock_offset(void)
{
    return slim_clock_read(CLOCK_REALTIME) - slim_clock_read(SLIM_CLOCK_OF_BOOT);
}

#endif
