/* Whether the wall clock is believed. */
#include "clock_watch.h"

/* Offsets that a clock can have, and whose differences are numbers, too: 73,000 years. */
#define POSSIBLE_MAX (INT64_MAX / 4)

static int is_possible(int64_t offset)
{
    return offset != 0 && offset > -POSSIBLE_MAX && offset < POSSIBLE_MAX;
}

static int differ(int64_t a, int64_t b)
{
    return a - b > SLIM_CLOCK_STEP_US || b - a > SLIM_CLOCK_STEP_US;
}

void slim_clock_watch_init(struct slim_clock_watch *watch, int64_t offset, int64_t believed)
{
    *watch = (struct slim_clock_watch){.believed = is_possible(believed) ? believed : offset,
                                       .offset = offset};
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
