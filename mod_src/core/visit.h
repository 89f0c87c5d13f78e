/* A visit: the hits of one visitor with no gap longer than a time limit. Pure: hits may come in any
 * order, and two visits that a late hit joins become one, so that the visits of a set of hits are
 * always the same, whatever the order in which they were seen.
 *
 * Invariants: began <= ended; no other visit of the visitor lies within the time limit of
 * [began, ended]; pageviews <= hits; entry_hit == 0 if and only if pageviews == 0; entry_hit <=
 * exit_hit; began <= id >> SLIM_HIT_SECOND_SHIFT. */
#ifndef SLIM_VISIT_H
#define SLIM_VISIT_H

#include <stdint.h>

/* A hit's number in a store: its second in the upper bits, a counter within the second below. */
#define SLIM_HIT_SECOND_SHIFT 24

/* How many seconds a visit's beginning may lie before the hit that it has its number from. */
#define SLIM_VISIT_SLACK 86400

/* Where a page view came from, and what it is: numbers of a store's dictionaries. */
struct slim_visit_origin {
    int64_t page, source, searchterms, campaign, referer;
};

/* What all hits of a visit have in common: visitor, site and agent make the visitor's hash. Country
 * and language may differ from hit to hit; those of the first page view are the visit's. */
struct slim_visit_client {
    int64_t site, country, language, agent, browser, platform, place, network;
    int64_t robot; /* class */
};

struct slim_visit {
    int64_t id;           /* the number of the hit that opened it */
    int64_t visitor;      /* the hash's bits; 0: no visit */
    int64_t began, ended; /* seconds since 1970 UTC */
    int64_t hits, pageviews, assets;
    int64_t marks;               /* SLIM_MARK_* of its hits, SLIM_VISIT_MARK_* by all of them */
    int64_t entry_hit, exit_hit; /* numbers of its first and last page view; 0: none */
    struct slim_visit_origin entry;
    int64_t exit; /* page */
    struct slim_visit_client client;
    int64_t fresh; /* 1: no earlier visit of its visitor has a page view */
};

/* What a visit does, as it is so far: bits beside those of enum slim_mark in its marks. */
enum slim_visit_mark {
    /* SLIM_VISIT_BARE_PAGES page views or more, and none of what pages consist of */
    SLIM_VISIT_MARK_NO_ASSETS = 1u << 8,
    /* more than SLIM_VISIT_FAST_PAGES page views a minute; a visit lasts a minute at least */
    SLIM_VISIT_MARK_FAST = 1u << 9,
};
#define SLIM_VISIT_BARE_PAGES 5
#define SLIM_VISIT_FAST_PAGES 30

/* A hit, as far as visits care. */
struct slim_visit_hit {
    int64_t id;
    int64_t second;
    int64_t visitor;
    int pageview, is_asset;
    int64_t marks; /* SLIM_MARK_* */
    struct slim_visit_origin origin;
    struct slim_visit_client client;
};

/* The visit that a hit opens. */
struct slim_visit slim_visit_open(const struct slim_visit_hit *hit);

/* Whether a hit at second lies within timeout of a visit. */
int slim_visit_admits(const struct slim_visit *visit, int64_t second, int64_t timeout);

/* Adds a hit that the visit admits. */
void slim_visit_add(struct slim_visit *visit, const struct slim_visit_hit *hit);

/* Takes a later visit of the same visitor into an earlier one, which keeps its number. */
void slim_visit_absorb(struct slim_visit *visit, const struct slim_visit *later);

/* The measures that reports add up; all 0 for a visit without a page view. */
static inline int slim_visit_counts(const struct slim_visit *visit)
{
    return visit->pageviews > 0;
}

static inline int slim_visit_is_bounce(const struct slim_visit *visit)
{
    return visit->pageviews == 1;
}

/* Seconds from the first hit to the last; a bounce has none. */
static inline int64_t slim_visit_duration(const struct slim_visit *visit)
{
    return visit->pageviews > 1 ? visit->ended - visit->began : 0;
}

#endif
