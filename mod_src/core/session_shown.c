/* The order of a session's hits, and which of its prefetches were shown. */
#include <stdlib.h>
#include <string.h>

#include "session_internal.h"

#define LATE_MAX 64

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
        if (d->hit[i].from && d->hit[i].from != d->hit[i].at) {
            from[count++] = d->hit[i].from;
        }
    }
    qsort(from, count, sizeof *from, by_number);
    for (int i = first; i < end; i++) {
        d->hit[i].is_referer =
            count > 0 && bsearch(&d->hit[i].at, from, count, sizeof *from, by_number);
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

/* --- within a second --- */

/* The order of hits by what they are; texts: the order of their texts. Of hits that never act the
 * order does not matter. */
static int compare(const struct slim_session_hit *x, const struct slim_session_hit *y, int texts)
{
    int order = acts_at_all(y) - acts_at_all(x);

    if (order == 0 && acts_at_all(x)) {
        order = texts ? texts
                      : (int)(y->roles & SLIM_ROLE_PREFETCH) - (int)(x->roles & SLIM_ROLE_PREFETCH);
    }
    return order ? order : by_id(x, y);
}

static int by_second(const void *a, const void *b)
{
    const struct slim_session_hit *x = a, *y = b;

    if (x->is_referer != y->is_referer) {
        return y->is_referer - x->is_referer;
    }
    return compare(x, y, x->order - y->order);
}

static int compare_numbers(const struct slim_session_hit *x, const struct slim_session_hit *y)
{
    if (x->origin.page != y->origin.page) {
        return x->origin.page < y->origin.page ? -1 : 1;
    }
    if (x->resource != y->resource) {
        return x->resource < y->resource ? -1 : 1;
    }
    return (x->method > y->method) - (x->method < y->method);
}

static int by_numbers(const void *a, const void *b, void *baton)
{
    const struct slim_dividing *d = baton;

    return compare_numbers(&d->hit[*(const int *)a], &d->hit[*(const int *)b]);
}

static int by_texts(const void *a, const void *b, void *baton)
{
    const struct slim_dividing *d = baton;

    return compare_texts(d, &d->hit[*(const int *)a], &d->hit[*(const int *)b]);
}

/* The place of a hit's texts; count of them are sorted. */
static int place_of(const struct slim_dividing *d, const struct slim_session_hit *hit, int count)
{
    for (int low = 0, high = count - 1; low <= high;) {
        int middle = (low + high) / 2;
        const struct slim_session_hit *other = &d->hit[d->work->text[middle]];
        int order = compare_numbers(hit, other) == 0 ? 0 : compare_texts(d, hit, other);
        if (order == 0) {
            return middle;
        }
        low = order > 0 ? middle + 1 : low;
        high = order > 0 ? high : middle - 1;
    }
    return 0;
}

/* The order of texts is asked for once for each: of thousands of hits in a second most have the
 * same few. */
static void order_texts(struct slim_dividing *d, int first, int end)
{
    int *text = d->work->text, acting = 0, count = 0;

    for (int i = first; i < end; i++) {
        d->hit[i].order = 0;
        if (acts_at_all(&d->hit[i])) {
            text[acting++] = i;
        }
    }
    if (acting < 2) {
        return;
    }
    qsort_r(text, (size_t)acting, sizeof *text, by_numbers, d);
    for (int k = 0; k < acting; k++) {
        if (count == 0 || compare_numbers(&d->hit[text[count - 1]], &d->hit[text[k]]) != 0) {
            text[count++] = text[k];
        }
    }
    qsort_r(text, (size_t)count, sizeof *text, by_texts, d);
    for (int i = first; count > 1 && i < end; i++) {
        if (acts_at_all(&d->hit[i])) {
            d->hit[i].order = place_of(d, &d->hit[i], count);
        }
    }
}

static void order_second(struct slim_dividing *d, int first, int end)
{
    int ordered = 1;

    for (int i = first; ordered && i < end; i++) {
        ordered = d->hit[i].is_ordered;
    }
    if (ordered) {
        return;
    }
    find_referers(d, first, end);
    if (end - first > 1) {
        order_texts(d, first, end);
        qsort(d->hit + first, (size_t)(end - first), sizeof *d->hit, by_second);
    }
    for (int i = first; i < end; i++) {
        d->hit[i].is_ordered = 1;
    }
}

/* --- all --- */

/* Hits mostly come in the order of time. Those that do not are put in their place one by one as
 * long as they are few. */
static void order_by_time(struct slim_dividing *d)
{
    int64_t newest = SLIM_LONG_AGO;
    int late = 0;

    for (int i = 0; i < d->hits; i++) {
        int64_t second = slim_session_second(&d->hit[i]);
        late += second < newest;
        newest = second > newest ? second : newest;
    }
    if (late > LATE_MAX) {
        qsort(d->hit, (size_t)d->hits, sizeof *d->hit, by_id);
        for (int i = 0; i < d->hits; i++) {
            d->hit[i].is_ordered = 0;
        }
        return;
    }
    for (int i = 1; late > 0 && i < d->hits; i++) {
        struct slim_session_hit one = d->hit[i];
        int k = i;
        while (k > 0 && slim_session_second(&d->hit[k - 1]) > slim_session_second(&one)) {
            k--;
        }
        if (k < i) {
            memmove(&d->hit[k + 1], &d->hit[k], (size_t)(i - k) * sizeof one);
            d->hit[k] = one;
            late--;
        }
    }
}

void slim_session_order(struct slim_dividing *d)
{
    order_by_time(d);
    for (int i = 0, end; i < d->hits; i = end) {
        int64_t second = slim_session_second(&d->hit[i]);
        for (end = i + 1; end < d->hits && slim_session_second(&d->hit[end]) == second; end++) {
        }
        order_second(d, i, end);
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
    if (x_first != y_first) {
        return x_first;
    }
    int texts = slim_session_second(&d->hit[a]) == slim_session_second(&d->hit[b])
                    ? d->hit[a].order - d->hit[b].order
                    : compare_texts(d, &d->hit[a], &d->hit[b]);
    return compare(&d->hit[a], &d->hit[b], texts) < 0;
}

/* --- which prefetches were shown --- */

static int find_open(const struct slim_dividing *d, int64_t page)
{
    for (int k = 0; page && k < d->opens; k++) {
        if (d->hit[d->work->open[k]].at == page) {
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
    if (hit->proves) {
        show(d, note->shows, slim_session_second(hit));
    }
    if (hit->roles & SLIM_ROLE_PREFETCH && hit->from == hit->at) {
        return;
    }
    at = find_open(d, hit->at);
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
