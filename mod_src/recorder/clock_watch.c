/* Whether the wall clock is believed. */
#include "clock_watch.h"

static int differ(int64_t a, int64_t b)
{
    return a - b > SLIM_CLOCK_STEP_US || b - a > SLIM_CLOCK_STEP_US;
}

void slim_clock_watch_init(struct slim_clock_watch *watch, int64_t offset, int64_t believed)
{
    *watch = (struct slim_clock_watch){.believed = believed ? believed : offset, .offset = offset};
}

int64_t slim_clock_watch_look(struct slim_clock_watch *watch, int64_t offset, int64_t ticks)
{
    if (!differ(offset, watch->believed)) {
        watch->believed = offset;
        watch->since = 0;
        return 0;
    }
    if (watch->since == 0 || differ(offset, watch->offset)) {
        watch->offset = offset;
        watch->since = ticks;
    }
    if (ticks - watch->since < SLIM_CLOCK_TRIAL_US) {
        return offset - watch->believed;
    }
    watch->believed = offset;
    watch->since = 0;
    return 0;
}
