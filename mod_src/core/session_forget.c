/* Hits that can no longer change become the past of their session. */
#include <stdlib.h>
#include <string.h>

#include "session_internal.h"

/* How many of the sorted hits may go: none within keep seconds of the last, and behind the last
 * that goes no prefetch that could still be shown, unless there are far too many. */
static int count_early(const struct slim_session_rules *rules, const struct slim_session_hit *hits,
                       int count, int64_t keep)
{
    int64_t last = slim_session_second(&hits[count - 1]) - keep;
    int early = count;

    while (early > 0 && slim_session_second(&hits[early - 1]) > last) {
        early--;
    }
    for (int i = early - 1; i >= 0 && count <= SLIM_SESSION_HITS_MAX; i--) {
        int64_t second = slim_session_second(&hits[i]);
        if (hits[i].roles & SLIM_ROLE_PREFETCH
            && slim_session_second(&hits[early - 1]) - second < rules->timeout) {
            for (early = i; early > 0 && slim_session_second(&hits[early - 1]) == second; early--) {
            }
        }
        if (early == 0 || slim_session_second(&hits[early - 1]) - second >= rules->timeout) {
            break;
        }
    }
    return early;
}

/* --- what waits --- */

static int make_room(struct slim_session_past *past)
{
    size_t room = past->waits_room ? past->waits_room * 2 : 8;

    if (past->waits < past->waits_room) {
        return 1;
    }
    struct slim_session_wait *larger = realloc(past->wait, room * sizeof *larger);
    if (!larger) {
        return 0;
    }
    past->wait = larger;
    past->waits_room = room;
    return 1;
}

/* Mostly it is the last second. */
int slim_session_wait(struct slim_session_past *past, struct slim_session_wait wait)
{
    size_t at = past->waits;

    while (at > 0 && past->wait[at - 1].second > wait.second) {
        at--;
    }
    if (at > 0 && past->wait[at - 1].second == wait.second) {
        struct slim_session_wait *same = &past->wait[at - 1];
        same->hits += wait.hits;
        same->assets += wait.assets;
        same->marks |= wait.marks;
        return 1;
    }
    if (!make_room(past)) {
        return 0;
    }
    memmove(past->wait + at + 1, past->wait + at, (past->waits - at) * sizeof wait);
    past->wait[at] = wait;
    past->waits++;
    return 1;
}

static struct slim_session_wait wait_of(const struct slim_session_hit *hit)
{
    return (struct slim_session_wait){slim_session_second(hit), 1,
                                      (hit->roles & SLIM_ROLE_ASSET) != 0, hit->marks};
}

/* Those that no act can take along any more. */
static void stop_waiting(struct slim_session_past *past, int64_t timeout)
{
    struct slim_visit *rest = &past->rest;
    size_t old = 0;

    while (old < past->waits && past->wait[old].second <= past->until - timeout) {
        const struct slim_session_wait *wait = &past->wait[old++];
        rest->closed = rest->hits == 0 || wait->second > rest->closed ? wait->second : rest->closed;
        rest->ended = rest->closed;
        rest->hits += wait->hits;
        rest->assets += wait->assets;
        rest->marks |= wait->marks;
    }
    past->waits -= old;
    if (old > 0) {
        memmove(past->wait, past->wait + old, past->waits * sizeof *past->wait);
    }
}

/* --- forgetting --- */

/* The rest begins with this hit. */
static void begin_rest(struct slim_visit *rest, const struct slim_session_hit *hit)
{
    *rest = (struct slim_visit){.id = hit->id};
    slim_session_add_to_rest(rest, hit);
    rest->opened = rest->began;
}

/* The last visit, with the number that it has by all hits. */
static struct slim_visit last_visit(const struct slim_dividing *d, int visits,
                                    const struct slim_session_hit *hits)
{
    struct slim_visit last = {.hits = 0};

    if (visits > 0) {
        last = d->work->visit[visits - 1];
    }
    for (int k = 0; k < d->acts; k++) {
        int i = d->work->act[k];
        if (d->work->note[i].visit == visits - 1 && d->work->note[i].stands != SLIM_LONG_AGO) {
            last.id = hits[i].is.visit;
        }
    }
    return last;
}

/* What the early ones of the hits came to. 0: no memory. */
static int make_past(const struct slim_dividing *d, struct slim_session_past *past,
                     const struct slim_session_hit *hits)
{
    int has_rest = d->visits > 0 && d->work->visit[d->visits - 1].acts == 0;
    int visits = d->visits - has_rest, fits = 1;

    past->until = slim_session_second(&d->hit[d->hits - 1]);
    past->waits = d->unclaimed;
    if (past->rest.hits == 0 && past->waits == 0) {
        past->rest.id = 0; /* acts took all of it along */
    }
    for (int i = 0; fits && i < d->hits; i++) {
        const struct slim_session_hit *hit = &d->hit[i];
        past->has_prefetches |= (hit->roles & SLIM_ROLE_PREFETCH) != 0;
        if (has_rest && d->work->note[i].visit == d->visits - 1) {
            if (past->rest.id == 0) {
                begin_rest(&past->rest, hit);
            }
            fits = slim_session_wait(past, wait_of(hit));
        }
    }
    for (int k = 0; k < d->acts; k++) {
        int64_t stands = d->work->note[d->work->act[k]].stands;
        past->acted = stands > past->acted ? stands : past->acted;
    }
    past->visit = last_visit(d, visits, hits);
    stop_waiting(past, d->rules->timeout);
    return fits && slim_session_take_all(&past->taken, &d->work->taken);
}

/* What acts that are still at hand took of what waits now. taken: by all hits. */
static void note_claim(struct slim_dividing *d, struct slim_session_claim taken,
                       const struct slim_session_hit *hits)
{
    if (d->work->claim.from != SLIM_NEVER) {
        taken.from = SLIM_NEVER; /* by an act that is past, too */
    }
    for (int i = 0; i < d->hits; i++) {
        if (d->hit[i].is_rest && !hits[i].is_rest) {
            int64_t second = slim_session_second(&hits[i]);
            taken.from = second < taken.from ? second : taken.from;
            taken.visit = hits[i].is.visit;
        }
    }
    taken.rest = d->past->rest.id;
    d->work->claim = taken;
}

long slim_session_forget(struct slim_session_work *work, const struct slim_session_rules *rules,
                         struct slim_session_past *past, struct slim_session_hit *hits,
                         size_t count, int64_t keep)
{
    int early = count > 0 ? count_early(rules, hits, (int)count, keep) : 0;
    struct slim_dividing d = {.work = work, .rules = rules, .past = past, .hits = early};

    if (early == 0) {
        return (long)count;
    }
    struct slim_session_claim taken = work->claim;
    past->own |= slim_session_has_own(hits, count);
    if (!slim_session_make_room(work, count)) {
        return -1;
    }
    memcpy(work->early, hits, (size_t)early * sizeof *hits);
    d.hit = work->early;
    if (!slim_session_work_out(&d) || !make_past(&d, past, hits)) {
        return -1;
    }
    note_claim(&d, taken, hits);
    memmove(hits, hits + early, (count - (size_t)early) * sizeof *hits);
    return (long)(count - (size_t)early);
}

/* --- late hits --- */

/* Whether a hit lies among the acts of the past's visit, or comes along with them. */
static int is_of_visit(const struct slim_session_past *past, int64_t second, int64_t timeout)
{
    return past->visit.hits > 0 && second > past->visit.began && second - past->acted <= timeout;
}

static int64_t class_of(const struct slim_session_past *past, const struct slim_session_hit *hit)
{
    return slim_session_class(hit->client.robot, past->own);
}

/* A page view between the first and the last one changes neither. */
static int add_late_view(struct slim_session_past *past, struct slim_session_hit *hit)
{
    struct slim_visit *visit = &past->visit;
    int64_t second = slim_session_second(hit);

    if (visit->pageviews == 0 || second <= visit->counted
        || second >= visit->exit_hit >> SLIM_HIT_SECOND_SHIFT) {
        return 0;
    }
    visit->acts++;
    visit->pageviews++;
    slim_session_add_hit(visit, hit);
    hit->is =
        (struct slim_session_part){.visit = visit->id, .pageview = 1, .robot = class_of(past, hit)};
    return 1;
}

static int add_late_company(struct slim_session_past *past, struct slim_session_hit *hit)
{
    slim_session_add_hit(&past->visit, hit);
    hit->is = (struct slim_session_part){.visit = past->visit.id, .robot = class_of(past, hit)};
    return 1;
}

static int add_to_waiting(struct slim_session_past *past, int64_t timeout,
                          struct slim_session_hit *hit)
{
    hit->is = (struct slim_session_part){.visit = past->rest.id, .robot = class_of(past, hit)};
    if (!slim_session_wait(past, wait_of(hit))) {
        return -1;
    }
    stop_waiting(past, timeout);
    return 1;
}

int slim_session_late(struct slim_session_past *past, const struct slim_session_rules *rules,
                      struct slim_session_hit *hit)
{
    int64_t second = slim_session_second(hit);
    unsigned acts = hit->roles & ~(unsigned)SLIM_ROLE_ASSET;

    /* what was shown depends on all hits of its page */
    if (past->until == SLIM_LONG_AGO || second > past->until || second < past->since
        || past->has_prefetches || (hit->own && !past->own)) {
        return 0;
    }
    if (is_of_visit(past, second, rules->timeout)) {
        return !acts                    ? add_late_company(past, hit)
               : acts == SLIM_ROLE_VIEW ? add_late_view(past, hit)
                                        : 0;
    }
    if (acts || past->rest.id == 0 || second <= past->rest.began
        || (past->acted != SLIM_LONG_AGO && second <= past->acted)) {
        return 0;
    }
    return add_to_waiting(past, rules->timeout, hit);
}

void slim_session_past_clear(struct slim_session_past *past)
{
    free(past->taken.slot);
    free(past->wait);
    *past = (struct slim_session_past){.until = SLIM_LONG_AGO,
                                       .acted = SLIM_LONG_AGO,
                                       .since = SLIM_LONG_AGO};
}

int slim_session_past_had(struct slim_session_past *past, int64_t resource)
{
    return slim_session_take(&past->taken, slim_session_resource(resource)) >= 0;
}

int slim_session_past_searched(struct slim_session_past *past, int64_t words)
{
    return slim_session_take(&past->taken, slim_session_words(words)) >= 0;
}
