/* Dividing the hits of a session into visits: the acts in their order, then what came along with
 * them.
 */
#include <stdlib.h>
#include <string.h>

#include "session_internal.h"

/* --- memory --- */

struct slim_session_work *slim_session_work_make(void)
{
    return calloc(1, sizeof(struct slim_session_work));
}

void slim_session_work_free(struct slim_session_work *work)
{
    if (work) {
        free(work->note);
        free(work->act);
        free(work->open);
        free(work->visit);
        free(work->early);
        free(work->from);
        free(work->text);
        free(work->taken.slot);
        free(work);
    }
}

static int grow(void *array, size_t count, size_t size)
{
    void **at = array, *larger = realloc(*at, count * size);

    *at = larger ? larger : *at;
    return larger != NULL;
}

/* Room for count hits, each in a visit of its own, beside the past's and the rest. */
int slim_session_make_room(struct slim_session_work *work, size_t count)
{
    if (count <= work->room) {
        return 1;
    }
    size_t room = count < 64 ? 64 : count + count / 2;
    int grown = grow(&work->note, room, sizeof *work->note)
                && grow(&work->act, room, sizeof *work->act)
                && grow(&work->open, room, sizeof *work->open)
                && grow(&work->early, room, sizeof *work->early)
                && grow(&work->from, room, sizeof *work->from)
                && grow(&work->text, room, sizeof *work->text)
                && grow(&work->visit, room + 2, sizeof *work->visit);
    work->room = grown ? room : work->room;
    return grown;
}

/* --- acts --- */

static int may_act(const struct slim_dividing *d, int i)
{
    unsigned roles = d->hit[i].roles;

    if (roles & SLIM_ROLE_PREFETCH) {
        return d->work->note[i].shown != SLIM_LONG_AGO;
    }
    return (roles & ~(unsigned)SLIM_ROLE_ASSET) != 0;
}

/* All that may be acts in their order; only what was shown later than it came is out of it. */
static void list_acts(struct slim_dividing *d)
{
    int *act = d->work->act;

    for (int i = 0; i < d->hits; i++) {
        struct slim_session_note *note = &d->work->note[i];
        note->stands = SLIM_LONG_AGO;
        note->visit = -1;
        if (!may_act(d, i)) {
            continue;
        }
        note->stands = note->shown != SLIM_LONG_AGO ? note->shown : slim_session_second(&d->hit[i]);
        int k = d->acts++;
        while (k > 0 && slim_session_acts_before(d, i, act[k - 1])) {
            act[k] = act[k - 1];
            k--;
        }
        act[k] = i;
    }
}

/* --- visits --- */

static struct slim_visit *add_visit(struct slim_dividing *d)
{
    struct slim_visit *visit = &d->work->visit[d->visits++];

    memset(visit, 0, sizeof *visit);
    return visit;
}

static void add_wait(struct slim_visit *visit, const struct slim_session_wait *wait)
{
    visit->opened = visit->hits == 0 || wait->second < visit->opened ? wait->second : visit->opened;
    visit->closed = visit->hits == 0 || wait->second > visit->closed ? wait->second : visit->closed;
    visit->hits += wait->hits;
    visit->assets += wait->assets;
    visit->marks |= wait->marks;
}

/* The first act after a long gap takes along what waits. */
static void claim(struct slim_dividing *d, struct slim_visit *visit)
{
    const struct slim_session_past *past = d->past;
    size_t first = past->waits;

    while (first > 0 && past->wait[first - 1].second >= visit->began - d->rules->timeout) {
        first--;
    }
    for (size_t i = first; i < past->waits; i++) {
        add_wait(visit, &past->wait[i]);
    }
    if (first < past->waits) {
        d->work->claim.from = past->wait[first].second;
    }
    d->unclaimed = first;
}

static void begin_visit(struct slim_dividing *d, int i)
{
    const struct slim_session_hit *hit = &d->hit[i];
    struct slim_visit *visit = add_visit(d);

    visit->began = visit->counted = d->work->note[i].stands;
    visit->entry = hit->origin;
    visit->entry.page = 0;
    visit->client = hit->client;
    slim_session_take_nothing(&d->work->taken);
    if (visit == d->work->visit + (d->past->visit.hits > 0)) {
        claim(d, visit);
    }
}

static void add_pageview(struct slim_visit *visit, const struct slim_session_hit *hit,
                         int64_t second)
{
    if (visit->pageviews++ == 0) {
        visit->counted = second;
        visit->entry_hit = hit->id;
        visit->entry.page = hit->origin.page;
    }
    visit->exit_hit = hit->id;
    visit->exit = hit->origin.page;
}

/* Adds an act to the last visit; 0: no memory. */
static int add_act(struct slim_dividing *d, int i)
{
    const unsigned pages = SLIM_ROLE_VIEW | SLIM_ROLE_POSTED | SLIM_ROLE_PREFETCH;
    struct slim_session_hit *hit = &d->hit[i];
    struct slim_session_note *note = &d->work->note[i];
    struct slim_visit *visit = &d->work->visit[d->visits - 1];

    note->visit = d->visits - 1;
    visit->acts++;
    visit->ended = note->stands;
    hit->is.pageview = (hit->roles & pages) != 0;
    hit->is.shown =
        hit->roles & SLIM_ROLE_PREFETCH ? note->stands - slim_session_second(hit) + 1 : 0;
    if (hit->is.pageview) {
        add_pageview(visit, hit, note->stands);
    }
    if (hit->roles & SLIM_ROLE_DOWNLOAD) {
        hit->is.download = slim_session_take(&d->work->taken, slim_session_resource(hit->resource));
    }
    if (hit->roles & SLIM_ROLE_SEARCH) {
        hit->is.searched =
            slim_session_take(&d->work->taken, slim_session_words(hit->origin.searchterms));
    }
    return hit->is.download >= 0 && hit->is.searched >= 0;
}

/* 0: no memory. */
static int begin_with_past(struct slim_dividing *d)
{
    d->work->claim = (struct slim_session_claim){.from = SLIM_NEVER, .rest = d->past->rest.id};
    d->unclaimed = d->past->waits;
    if (d->past->visit.hits > 0) {
        *add_visit(d) = d->past->visit;
    }
    return slim_session_take_all(&d->work->taken, &d->past->taken);
}

static int find_visits(struct slim_dividing *d)
{
    int64_t acted = d->past->acted, timeout = d->rules->timeout;

    for (int k = 0; k < d->acts; k++) {
        int i = d->work->act[k];
        struct slim_session_note *note = &d->work->note[i];
        int goes_on = acted != SLIM_LONG_AGO && note->stands - acted <= timeout;
        if (d->hit[i].roles & SLIM_ROLE_POSTED && !goes_on) {
            note->stands = SLIM_LONG_AGO;
            continue;
        }
        if (!goes_on || d->visits == 0) {
            begin_visit(d, i);
        }
        acted = note->stands;
        if (!add_act(d, i)) {
            return 0;
        }
    }
    return 1;
}

/* --- what came along --- */

/* The visits of hits that are no acts. */
static void find_company(struct slim_dividing *d)
{
    int64_t before = d->past->acted, timeout = d->rules->timeout;
    int visit = d->past->visit.hits > 0 ? 0 : -1, next = 0;

    for (int i = 0; i < d->hits; i++) {
        struct slim_session_note *note = &d->work->note[i];
        int64_t second = slim_session_second(&d->hit[i]);
        for (; next < d->acts; next++) {
            const struct slim_session_note *act = &d->work->note[d->work->act[next]];
            if (act->stands == SLIM_LONG_AGO) {
                continue; /* a POST that is no act */
            }
            if (act->stands > second) {
                break;
            }
            before = act->stands;
            visit = act->visit;
        }
        if (note->stands != SLIM_LONG_AGO) {
            continue;
        }
        if (before != SLIM_LONG_AGO && second - before <= timeout) {
            note->visit = visit;
        } else if (next < d->acts && d->work->note[d->work->act[next]].stands - second <= timeout) {
            note->visit = d->work->note[d->work->act[next]].visit;
        }
    }
}

void slim_session_add_to_rest(struct slim_visit *rest, const struct slim_session_hit *hit)
{
    int64_t second = slim_session_second(hit);

    if (rest->hits == 0) {
        rest->began = rest->counted = second;
        rest->client = hit->client;
        rest->entry = hit->origin;
        rest->entry.page = 0;
    }
    rest->ended = second > rest->ended ? second : rest->ended;
}

void slim_session_add_hit(struct slim_visit *visit, const struct slim_session_hit *hit)
{
    int64_t second = slim_session_second(hit);

    visit->opened = visit->hits == 0 || second < visit->opened ? second : visit->opened;
    visit->closed = visit->hits == 0 || second > visit->closed ? second : visit->closed;
    visit->hits++;
    visit->assets += (hit->roles & SLIM_ROLE_ASSET) != 0;
    visit->marks |= hit->marks;
}

/* The rest, as far as it is past; NULL: there is none. */
static struct slim_visit *past_rest(struct slim_dividing *d)
{
    if (d->past->rest.hits == 0 && d->unclaimed == 0) {
        return NULL;
    }
    struct slim_visit *rest = add_visit(d);
    *rest = d->past->rest;
    for (size_t i = 0; i < d->unclaimed; i++) {
        add_wait(rest, &d->past->wait[i]);
    }
    rest->ended = rest->closed;
    return rest;
}

static void add_hits(struct slim_dividing *d)
{
    struct slim_visit *rest = past_rest(d);

    for (int i = 0; i < d->hits; i++) {
        struct slim_session_hit *hit = &d->hit[i];
        struct slim_session_note *note = &d->work->note[i];
        hit->is_rest = note->visit < 0;
        if (hit->is_rest) {
            rest = rest ? rest : add_visit(d);
            note->visit = d->visits - 1;
            slim_session_add_to_rest(rest, hit);
        }
        slim_session_add_hit(&d->work->visit[note->visit], hit);
    }
}

static void give_classes(struct slim_dividing *d)
{
    int own = d->past->own || slim_session_has_own(d->hit, (size_t)d->hits);

    for (int i = 0; i < d->visits; i++) {
        int64_t *robot = &d->work->visit[i].client.robot;
        *robot = slim_session_class(*robot, own);
    }
    for (int i = 0; i < d->hits; i++) {
        d->hit[i].is.robot = slim_session_class(d->hit[i].client.robot, own);
    }
}

/* --- numbers --- */

/* Whether a hit may give its number to what it belongs to: an act to a visit, any to a rest. */
static int may_name(const struct slim_dividing *d, int i)
{
    const struct slim_session_note *note = &d->work->note[i];

    return d->work->visit[note->visit].id == 0
           && (d->work->visit[note->visit].acts == 0 || note->stands != SLIM_LONG_AGO);
}

/* A visit has the number of one of its acts: the one that it had, as long as it has that act, else
 * that of the first. A rest has that of its first hit. No two can have the same. */
static void give_numbers(struct slim_dividing *d)
{
    struct slim_visit *visits = d->work->visit;

    for (int i = 0; i < d->hits; i++) {
        struct slim_visit *visit = &visits[d->work->note[i].visit];
        if (visit->acts > 0 && d->hit[i].is.visit == d->hit[i].id && may_name(d, i)) {
            visit->id = d->hit[i].id;
        }
    }
    for (int i = 0; i < d->hits; i++) {
        if (may_name(d, i)) {
            visits[d->work->note[i].visit].id = d->hit[i].id;
        }
    }
    for (int i = 0; i < d->hits; i++) {
        d->hit[i].is.visit = visits[d->work->note[i].visit].id;
    }
    if (d->work->claim.from != SLIM_NEVER) {
        d->work->claim.visit = visits[d->past->visit.hits > 0].id;
    }
}

/* --- all --- */

int slim_session_work_out(struct slim_dividing *d)
{
    if (!slim_session_make_room(d->work, (size_t)d->hits)) {
        return 0;
    }
    for (int i = 0; i < d->hits; i++) {
        d->hit[i].is = (struct slim_session_part){.visit = d->hit[i].is.visit};
    }
    slim_session_order(d);
    slim_session_find_shown(d);
    list_acts(d);
    if (!begin_with_past(d) || !find_visits(d)) {
        return 0;
    }
    find_company(d);
    add_hits(d);
    give_classes(d);
    give_numbers(d);
    return 1;
}

int slim_session_divide(struct slim_session_work *work, const struct slim_session_rules *rules,
                        const struct slim_session_past *past, struct slim_session_hit *hits,
                        size_t count, struct slim_visit **visits)
{
    struct slim_dividing d = {
        .work = work, .rules = rules, .past = past, .hit = hits, .hits = (int)count};

    if (!slim_session_work_out(&d)) {
        return -1;
    }
    for (int v = 0; v < d.visits; v++) {
        work->visit[v].marks &= ~SLIM_VISIT_MARKS;
        work->visit[v].marks |= slim_visit_marks(&work->visit[v]);
    }
    *visits = work->visit;
    return d.visits;
}

struct slim_session_claim slim_session_claimed(const struct slim_session_work *work)
{
    return work->claim;
}
