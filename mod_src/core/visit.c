/* What a visit does by all of its hits. */
#include "visit.h"

static int is_fast(const struct slim_visit *visit)
{
    int64_t seconds = visit->ended - visit->began;

    return visit->pageviews * 60 > SLIM_VISIT_FAST_PAGES * (seconds > 60 ? seconds : 60);
}

int64_t slim_visit_marks(const struct slim_visit *visit)
{
    int64_t marks = 0;

    if (visit->pageviews >= SLIM_VISIT_BARE_PAGES && visit->assets == 0) {
        marks |= SLIM_VISIT_MARK_NO_ASSETS;
    }
    return marks | (is_fast(visit) ? SLIM_VISIT_MARK_FAST : 0);
}
