/* What hits make of a visit. Nothing here knows a clock or a store. */
#include "visit.h"

static int is_fast(const struct slim_visit *visit)
{
    int64_t seconds = visit->ended - visit->began;

    return visit->pageviews * 60 > SLIM_VISIT_FAST_PAGES * (seconds > 60 ? seconds : 60);
}

/* They come and go with the visit's other measures. */
static void mark(struct slim_visit *visit)
{
    visit->marks &= ~(int64_t)(SLIM_VISIT_MARK_NO_ASSETS | SLIM_VISIT_MARK_FAST);
    if (visit->pageviews >= SLIM_VISIT_BARE_PAGES && visit->assets == 0) {
        visit->marks |= SLIM_VISIT_MARK_NO_ASSETS;
    }
    visit->marks |= is_fast(visit) ? SLIM_VISIT_MARK_FAST : 0;
}

static void add_pageview(struct slim_visit *visit, const struct slim_visit_hit *hit)
{
    if (visit->pageviews++ == 0 || hit->id < visit->entry_hit) {
        visit->entry_hit = hit->id;
        visit->entry = hit->origin;
        visit->client = hit->client;
    }
    if (hit->id > visit->exit_hit) {
        visit->exit_hit = hit->id;
        visit->exit = hit->origin.page;
    }
}

struct slim_visit slim_visit_open(const struct slim_visit_hit *hit)
{
    struct slim_visit visit = {
        .id = hit->id,
        .visitor = hit->visitor,
        .began = hit->second,
        .ended = hit->second,
        .client = hit->client,
    };

    slim_visit_add(&visit, hit);
    return visit;
}

int slim_visit_admits(const struct slim_visit *visit, int64_t second, int64_t timeout)
{
    return second >= visit->began - timeout && second <= visit->ended + timeout;
}

void slim_visit_add(struct slim_visit *visit, const struct slim_visit_hit *hit)
{
    visit->hits++;
    visit->began = hit->second < visit->began ? hit->second : visit->began;
    visit->ended = hit->second > visit->ended ? hit->second : visit->ended;
    visit->assets += hit->is_asset != 0;
    visit->marks |= hit->marks;
    if (hit->pageview) {
        add_pageview(visit, hit);
    }
    mark(visit);
}

void slim_visit_absorb(struct slim_visit *visit, const struct slim_visit *later)
{
    if (visit->pageviews == 0) {
        visit->fresh = later->fresh;
    }
    if (later->pageviews > 0 && (visit->pageviews == 0 || later->entry_hit < visit->entry_hit)) {
        visit->entry_hit = later->entry_hit;
        visit->entry = later->entry;
        visit->client = later->client;
    }
    if (later->exit_hit > visit->exit_hit) {
        visit->exit_hit = later->exit_hit;
        visit->exit = later->exit;
    }
    visit->hits += later->hits;
    visit->pageviews += later->pageviews;
    visit->assets += later->assets;
    visit->marks |= later->marks;
    visit->began = later->began < visit->began ? later->began : visit->began;
    visit->ended = later->ended > visit->ended ? later->ended : visit->ended;
    mark(visit);
}
