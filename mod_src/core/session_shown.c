/* The order of a session's hits, and which of its prefetches were shown. */
#include <stdlib.h>
#include <string.h>

#include "session_internal.h"

/* --- the order of hits --- */

static int by_id(const void *a, const void *b)
{
    const struct slim_session_hit *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Notes which hits of a second, [first, end), are others' referers. */
static void find_referers(struct slim_dividing *d, int first, int end)
{
    int64_t *from = d->work->from;
    size_t count = 0;

    for (int i = first; i < end; i++) {
        if (d->hit[i].from && d->hit[i].from != d->hit[i].origin.page) {
            from[count++] = d->hit[i].from;
        }
    }
    qsort(from, count, sizeof *from, by_number);
    for (int i = first; i < end; i++) {
        d->hit[i].is_referer =
            count > 0 && bsearch(&d->hit[i].origin.page, from, count, sizeof *from, by_number);
    }
}

static int compare_texts(const struct slim_dividing *d, const struct slim_session_hit *x,
                         const struct slim_session_hit *y)
{
    const struct slim_session_rules *rules = d->rules;
    int order = 0;

    if (x->origin.page != y->origin.page) {
        order = rules->compare(rules->baton, SLIM_SESSION_PAGE, x->origin.page, y->origin.page);
    }
    if (order == 0 && x->resource != y->resource) {
        order = rules->compare(rules->baton, SLIM_SESSION_RESOURCE, x->resource, y->resource);
    }
    if (order == 0 && x->method != y->method) {
        order = rules->compare(rules->baton, SLIM_SESSION_METHOD, x->method, y->method);
    }
    return order;
}

static int acts_at_all(const struct slim_session_hit *hit)
{
    return (hit->roles & ~(unsigned)SLIM_ROLE_ASSET) != 0;
}

/* The order within a second. Of hits that never act the order does not matter. */
static int compare(const struct slim_dividing *d, const struct slim_session_hit *x,
                   const struct slim_session_hit *y)
{
    int order = acts_at_all(y) - acts_at_all(x);

    if (order == 0 && acts_at_all(x)) {
        order = compare_texts(d, x, y);
        if (order == 0) {
            order = (int)(y->roles & SLIM_ROLE_PREFETCH) - (int)(x->roles & SLIM_ROLE_PREFETCH);
        }
    }
    return order ? order : by_id(x, y);
}

static int by_second(const void *a, const void *b, void *baton)
{
    const struct slim_session_hit *x = a, *y = b;

    if (x->is_referer != y->is_referer) {
        return y->is_referer - x->is_referer;
    }
    return compare(baton, x, y);
}

void slim_session_order(struct slim_dividing *d)
{
    qsort(d->hit, (size_t)d->hits, sizeof *d->hit, by_id);
    for (int i = 0, end; i < d->hits; i = end) {
        int64_t second = slim_session_second(&d->hit[i]);
        for (end = i + 1; end < d->hits && slim_session_second(&d->hit[end]) == second; end++) {
        }
        d->hit[i].is_referer = 0;
        if (end - i > 1) {
            find_referers(d, i, end);
            qsort_r(d->hit + i, (size_t)(end - i), sizeof *d->hit, by_second, d);
        }
    }
}

/* What stands later than it came is the referer of what showed it.
 */
int slim_session_acts_before(const struct slim_dividing *d, int a, int b)
{
    const struct slim_session_note *x = &d->work->note[a], *y = &d->work->note[b];

    if (x->stands != y->stands) {
        return x->stands < y->stands;
    }
    int x_first = d->hit[a].is_referer || x->shown != SLIM_LONG_AGO;
    int y_first = d->hit[b].is_referer || y->shown != SLIM_LONG_AGO;
    return x_first != y_first ? x_first : compare(d, &d->hit[a], &d->hit[b]) < 0;
}

/* --- which prefetches were shown --- */

static int find_open(const struct slim_dividing *d, int64_t page)
{
    for (int k = 0; page && k < d->opens; k++) {
        if (d->hit[d->work->open[k]].origin.page == page) {
            return k;
        }
    }
    return -1;
}

/* A prefetch is shown by something at second; what it shows itself is shown with that. */
static void show(struct slim_dividing *d, int prefetch, int64_t second)
{
    struct slim_session_note *note = d->work->note;

    while (prefetch >= 0) {
        int was_shown = note[prefetch].shown != SLIM_LONG_AGO;
        if (was_shown && note[prefetch].shown <= second) {
            return;
        }
        note[prefetch].shown = second;
        if (was_shown) {
            return;
        }
        second = slim_session_second(&d->hit[prefetch]);
        prefetch = note[prefetch].shows;
    }
}

/* Prefetches that are too old to be shown stand first in the list of open ones. */
static void close_old(struct slim_dividing *d, int64_t second)
{
    int old = 0;

    while (old < d->opens
           && slim_session_second(&d->hit[d->work->open[old]]) < second - d->rules->timeout) {
        old++;
    }
    d->opens -= old;
    memmove(d->work->open, d->work->open + old, (size_t)d->opens * sizeof *d->work->open);
}

static void look_for_shown(struct slim_dividing *d, int i)
{
    const struct slim_session_hit *hit = &d->hit[i];
    struct slim_session_note *note = &d->work->note[i];
    int at = find_open(d, hit->from);

    note->shows = at >= 0 ? d->work->open[at] : -1;
    if (!(hit->roles & SLIM_ROLE_PREFETCH)) {
        show(d, note->shows, slim_session_second(hit));
    }
    at = find_open(d, hit->origin.page);
    if (at >= 0) {
        d->opens--;
        memmove(d->work->open + at, d->work->open + at + 1,
                (size_t)(d->opens - at) * sizeof *d->work->open);
    }
    if (hit->roles & SLIM_ROLE_PREFETCH) {
        d->work->open[d->opens++] = i;
    }
}

void slim_session_find_shown(struct slim_dividing *d)
{
    for (int i = 0; i < d->hits; i++) {
        d->work->note[i].shown = SLIM_LONG_AGO;
        d->work->note[i].shows = -1;
    }
    for (int i = 0; i < d->hits; i++) {
        if (d->opens > 0) {
            close_old(d, slim_session_second(&d->hit[i]));
        }
        if (d->opens > 0 || d->hit[i].roles & SLIM_ROLE_PREFETCH) {
            look_for_shown(d, i);
        }
    }
}
