/* Many hits of some visitors, with gaps around a visit's time limit, to be stored in any order. */
#ifndef SLIM_MADE_HITS_H
#define SLIM_MADE_HITS_H

#include "fresh_store.h"
#include "noise.h"

#define TIMEOUT 1800
#define BASE INT64_C(1769817600) /* 2026-01-31T00:00:00Z */

#define HITS 1500
#define VISITORS 40

struct made {
    int visitor;
    int64_t second;
    int pageview;
    int page;
    int robot;
    int own;
};

static struct made made[HITS];

static inline int by_visitor_and_time(const void *a, const void *b)
{
    const struct made *x = a, *y = b;

    return x->visitor != y->visitor ? x->visitor - y->visitor
                                    : (x->second > y->second) - (x->second < y->second);
}

/* Bursts and pauses over two weeks, with gaps around the time limit. */
static inline void make_hits(uint64_t seed)
{
    int64_t at[VISITORS];

    noise_seed(seed);
    for (int v = 0; v < VISITORS; v++) {
        at[v] = BASE + (int64_t)noise_below(86400);
    }
    for (int i = 0; i < HITS; i++) {
        int v = (int)noise_below(VISITORS);
        static const int64_t gaps[] = {0, 3, 60, 600, 1799, 1800, 1801, 4000, 90000};
        at[v] += gaps[noise_below(LENGTH_OF(gaps))];
        made[i] = (struct made){
            v, at[v], noise_below(3) != 0, (int)noise_below(20), v % 7 == 0, noise_below(50) == 0};
    }
}

static inline void shuffle(void)
{
    for (int i = HITS - 1; i > 0; i--) {
        int j = (int)noise_below((size_t)i + 1);
        struct made kept = made[i];
        made[i] = made[j];
        made[j] = kept;
    }
}

static inline uint64_t visitor_of(int number)
{
    return (uint64_t)(number + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

/* Changes what is made; NULL: nothing. */
static void (*altered)(struct sample *s, const struct made *m);

static inline void put_made(struct slim_store *store, const struct made *m)
{
    struct sample s;

    make_sample(&s);
    s.hit.time_us = m->second * 1000000;
    s.hit.status = m->pageview ? 200 : 404;
    s.hit.flags |= m->own ? SLIM_HIT_OWN : 0;
    s.hit.address[3] = (uint8_t)m->visitor;
    s.hit.field[SLIM_SITE] = text_of(m->visitor % 3 ? "one.example" : "two.example");
    s.client.robot = m->robot ? SLIM_ROBOT_SEARCH : SLIM_ROBOT_NONE;
    s.client.browser = text_of(m->visitor % 2 ? "Firefox" : "Chrome");
    strcpy(s.facts.country, m->visitor % 4 ? "DE" : "FR");
    s.facts.resource = s.facts.page = text_of(apr_psprintf(pool, "/page/%d", m->page));
    s.facts.title = text_of(apr_psprintf(pool, "Page %d", m->page));
    s.facts.kind = m->pageview ? SLIM_KIND_PAGE : m->page % 3 ? SLIM_KIND_OTHER : SLIM_KIND_ASSET;
    s.facts.marks = m->page == 7 ? SLIM_MARK_PROBE : m->page == 9 ? SLIM_MARK_ROBOTS_TXT : 0;
    s.facts.city = text_of(m->visitor % 4 ? "Berlin" : "Paris");
    s.facts.network = m->visitor % 5 ? 64496 : 64511;
    s.facts.network_name = text_of("A network");
    s.facts.visitor = visitor_of(m->visitor);
    if (altered) {
        altered(&s, m);
    }
    put_sample(store, &s);
}

/* A copy of a store that is closed. */
static inline const char *copy_store(const char *path, const char *name)
{
    const char *copy = scratch_path(name);

    copy_file(path, copy);
    return copy;
}

/* Does what the recorder does in a quiet minute: sets lose visitors who are in them no longer. */
static inline void settle(struct slim_store *store)
{
    struct slim_store_renewed renewed = {0};
    uint64_t days;

    do {
        days = renewed.days;
        well(store, SQLITE->renew_sets(store, &renewed));
    } while (renewed.days > days);
}

/* Hits that are left out of a store; NULL: none. */
static int (*left_out)(const struct made *m);

/* Stores all hits in the order they stand in, batch hits at a time; the store is opened anew now
 * and then. */
static inline const char *store_made(const char *name, int batch)
{
    const char *path = scratch_path(name);
    struct slim_store *store = open_store(path);

    for (int i = 0; i < HITS; i += batch) {
        struct slim_journal_position position = {1, 64, (uint64_t)i};
        well(store, SQLITE->begin(store));
        for (int k = i; k < i + batch && k < HITS; k++) {
            if (!left_out || !left_out(&made[k])) {
                put_made(store, &made[k]);
            }
        }
        well(store, SQLITE->commit(store, &position, (uint64_t)batch));
        if (i / batch % 5 == 4) {
            SQLITE->close(store);
            store = open_store(path);
        }
    }
    settle(store);
    SQLITE->close(store);
    return path;
}

#endif
