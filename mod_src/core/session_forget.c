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

/* What the early hits came to; those that a later act may still take along stay, and stand first in
 * hits then. Returns how many of them there are; -1: no memory. */
static int make_past(const struct slim_dividing *d, struct slim_session_past *past,
                     struct slim_session_hit *hits)
{
    struct slim_visit rest = past->rest;
    int64_t last = slim_session_second(&d->hit[d->hits - 1]);
    int stay = 0, has_rest = d->visits > 0 && d->work->visit[d->visits - 1].acts == 0;
    int visits = d->visits - has_rest;

    for (int i = 0; i < d->hits; i++) {
        const struct slim_session_hit *hit = &d->hit[i];
        int is_rest = has_rest && d->work->note[i].visit == d->visits - 1;
        if (is_rest && slim_session_second(hit) > last - d->rules->timeout) {
            hits[stay++] = hits[i];
        } else if (is_rest) {
            if (rest.hits == 0) {
                rest.id = hits[i].is.visit;
            }
            slim_session_add_to_rest(&rest, hit);
            slim_session_add_hit(&rest, hit);
        }
    }
    for (int k = 0; k < d->acts; k++) {
        int64_t stands = d->work->note[d->work->act[k]].stands;
        past->acted = stands > past->acted ? stands : past->acted;
    }
    past->until = last;
    past->rest = rest;
    past->visit = visits > 0 ? d->work->visit[visits - 1] : (struct slim_visit){.hits = 0};
    return slim_session_take_all(&past->taken, &d->work->taken) ? stay : -1;
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
    if (!slim_session_make_room(work, count)) {
        return -1;
    }
    memcpy(work->early, hits, (size_t)early * sizeof *hits);
    d.hit = work->early;
    if (!slim_session_work_out(&d)) {
        return -1;
    }
    int stay = make_past(&d, past, hits);
    if (stay < 0) {
        return -1;
    }
    memmove(hits + stay, hits + early, (count - (size_t)early) * sizeof *hits);
    return stay + (long)(count - (size_t)early);
}

void slim_session_past_clear(struct slim_session_past *past)
{
    free(past->taken.slot);
    *past = (struct slim_session_past){.until = SLIM_LONG_AGO, .acted = SLIM_LONG_AGO};
}

int slim_session_past_had(struct slim_session_past *past, int64_t resource)
{
    return slim_session_take(&past->taken, slim_session_resource(resource)) >= 0;
}

int slim_session_past_searched(struct slim_session_past *past, int64_t words)
{
    return slim_session_take(&past->taken, slim_session_words(words)) >= 0;
}
