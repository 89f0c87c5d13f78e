/* A visit: what one visitor does with no gap longer than a time limit between its acts, and the
 * hits that come along with them. session.h divides hits into visits; here is what a visit is.
 *
 * Invariants: began <= ended; pageviews <= hits; entry_hit == 0 if and only if pageviews == 0;
 * acts == 0: no visit, but the rest of a session, hits that belong to none of its visits. */
#ifndef SLIM_VISIT_H
#define SLIM_VISIT_H

#include <stdint.h>

/* A hit's number in a store: its second in the upper bits, a counter within the second below. */
#define SLIM_HIT_SECOND_SHIFT 24

/* Where somebody came from, and to which page: numbers of a store's dictionaries. */
struct slim_visit_origin {
    int64_t page, source, searchterms, campaign, referer;
};

/* What all hits of a visit have in common: visitor, site and agent make the visitor's hash. Country
 * and language may differ from hit to hit; those of the first act are the visit's. */
struct slim_visit_client {
    int64_t site, country, language, agent, browser, platform, place, network;
    int64_t robot; /* class */
};

struct slim_visit {
    int64_t id;      /* the number of an act of it; of a rest, of its first hit */
    int64_t visitor; /* the hash's bits */
    int64_t began,
        ended; /* first and last act, seconds since 1970 UTC; of a rest, first and last hit */
    int64_t opened, closed; /* first and last of all its hits */
    int64_t counted; /* when its first page view was: the second that it is counted in; without one,
                        when it began */
    int64_t acts, hits, pageviews, assets;
    int64_t marks;                  /* SLIM_MARK_* of its hits, SLIM_VISIT_MARK_* by all of them */
    int64_t entry_hit, exit_hit;    /* numbers of its first and last page view; 0: none */
    struct slim_visit_origin entry; /* page: of the first page view; all else of the first act */
    int64_t exit;                   /* page */
    struct slim_visit_client client;
    int64_t fresh; /* 1: its first page view is its visitor's first */
};

/* What a visit does, as it is so far: bits beside those of enum slim_mark in its marks. */
enum slim_visit_mark {
    /* SLIM_VISIT_BARE_PAGES page views or more, and none of what pages consist of */
    SLIM_VISIT_MARK_NO_ASSETS = 1u << 8,
    /* more than SLIM_VISIT_FAST_PAGES page views a minute; a visit lasts a minute at least */
    SLIM_VISIT_MARK_FAST = 1u << 9,
    /* POSTs that are no acts, of a visitor who opened no page on their day: of several visits, so
     * stores look for it when they are asked, and keep it nowhere */
    SLIM_VISIT_MARK_POSTS = 1u << 10,
};
#define SLIM_VISIT_MARKS ((int64_t)(SLIM_VISIT_MARK_NO_ASSETS | SLIM_VISIT_MARK_FAST))
#define SLIM_VISIT_BARE_PAGES 5
#define SLIM_VISIT_FAST_PAGES 30

/* NULL, or which invariant a visit or a rest breaks. */
const char *slim_visit_validate(const struct slim_visit *visit);

/* The marks of all that a visit did, beside those of its hits. */
int64_t slim_visit_marks(const struct slim_visit *visit);

/* The measures that reports add up; all 0 for a visit without a page view. */
static inline int slim_visit_counts(const struct slim_visit *visit)
{
    return visit->pageviews > 0;
}

static inline int slim_visit_is_bounce(const struct slim_visit *visit)
{
    return visit->pageviews == 1;
}

/* Seconds from the first act to the last; a bounce has none. */
static inline int64_t slim_visit_duration(const struct slim_visit *visit)
{
    return visit->pageviews > 1 ? visit->ended - visit->began : 0;
}

#endif
