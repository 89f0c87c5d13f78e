/* What a visit does by all of its hits. */
#include "visit.h"

#include <stddef.h>

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

const char *slim_visit_validate(const struct slim_visit *visit)
{
    if (visit->began > visit->ended) {
        return "it ends before it begins";
    }
    if (visit->hits < 1 || visit->pageviews < 0 || visit->acts < 0 || visit->assets < 0) {
        return "it has no hits, or fewer than none of a kind";
    }
    if (visit->pageviews > visit->hits || visit->acts > visit->hits
        || visit->assets > visit->hits) {
        return "it has more of a kind than hits";
    }
    if ((visit->entry_hit == 0) != (visit->pageviews == 0)
        || (visit->exit_hit == 0) != (visit->pageviews == 0)) {
        return "its first and last page view are not among its page views";
    }
    return NULL;
}
