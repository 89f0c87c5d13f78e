/* Corrections of the wall clock. One of more than a minute is told, and nothing is deleted until
 * the clock is what it was again, or has shown the new time for an hour. Suspension of the machine
 * is none. */
#ifndef SLIM_RECORDER_CLOCK_WATCH_H
#define SLIM_RECORDER_CLOCK_WATCH_H

#include <stdint.h>

struct slim_clock_watch {
    int64_t believed; /* slim_clock_offset of the time that is taken for right */
    int64_t offset;   /* since when it is another, and for how long */
    int64_t since;    /* ticks; 0: it is believed */
};

#define SLIM_CLOCK_STEP_US (INT64_C(60) * 1000000)
#define SLIM_CLOCK_TRIAL_US (INT64_C(3600) * 1000000)

/* offset: that of now; believed: what an earlier watch of this boot believed, 0: there was none.
 * What no clock can have is none either. */
void slim_clock_watch_init(struct slim_clock_watch *watch, int64_t offset, int64_t believed);

/* Looks at the clock's offset, at ticks. Returns how far the clock is from the time that is
 * believed, in us; 0: it is believed. Corrections within a minute are followed. Pure. */
int64_t slim_clock_watch_look(struct slim_clock_watch *watch, int64_t offset, int64_t ticks);

#endif
