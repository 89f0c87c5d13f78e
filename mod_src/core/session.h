/* A session: the hits of one visitor with no gap longer than a time limit. Here its hits are
 * divided into visits: which prefetches were shown, what a person did (acts), what came along with
 * it. Pure: nothing here knows a clock or a store, and what comes out depends on the hits alone,
 * not on the order in which they came.
 *
 * An act is a page view by GET, a prefetch that was shown, an answered download, a search on the
 * site itself; and a POST answered with a page when another act lies at most the limit before it.
 * Acts with no gap over the limit are a visit. Any other hit comes along with the newest act before
 * it, if that lies at most the limit before, else with the next act, if at most the limit after it;
 * else it is of the rest.
 *
 * A prefetch is shown when a hit of the session, in no earlier second and at most the limit later,
 * has its address as referer, pages compared: one that proves it, or a prefetch that was shown.
 * What shows is taken for the newest earlier hit there. A shown prefetch stands at the time of what
 * first showed it. A prefetch whose own address is its referer is never shown: nothing would tell
 * it from that page.
 *
 * Is one hit own, of those who run the site, then all of the session are: it is their class, unless
 * they are a robot's.
 *
 * Within one second hits whose address is another's referer come first, then by the bytes of page,
 * resource and method.
 * Explained in mod_src/manual/how-visits.md. */
#ifndef SLIM_SESSION_H
#define SLIM_SESSION_H

#include <stddef.h>

#include "facts.h"
#include "visit.h"

/* The number of these rules. Sessions that were divided by earlier ones are stored with a lower
 * one; those are found by an index of the store, which is another one for another number. */
#define SLIM_SESSION_RULES 2

/* What a hit can be by itself: bits. */
enum slim_session_role {
    SLIM_ROLE_VIEW = 1u << 0,     /* a page by GET */
    SLIM_ROLE_POSTED = 1u << 1,   /* a page by POST */
    SLIM_ROLE_PREFETCH = 1u << 2, /* a page by GET, if it is shown */
    SLIM_ROLE_DOWNLOAD = 1u << 3, /* answers a download */
    SLIM_ROLE_SEARCH = 1u << 4,   /* has words searched for on the site itself; of a prefetch: if it
                                     is shown */
    SLIM_ROLE_ASSET = 1u << 5,
};

/* What a session makes of a hit. */
struct slim_session_part {
    int64_t visit; /* or the rest; 0: none yet */
    int pageview;
    int download;  /* the visit's first of its resource */
    int searched;  /* the visit's first for these words */
    int64_t shown; /* a prefetch: how many seconds later it was shown, and 1; 0: it was not */
    int64_t robot; /* its class */
};

struct slim_session_hit {
    int64_t id;
    unsigned roles;
    int64_t marks; /* SLIM_MARK_* */
    int64_t resource, method;
    int64_t at;   /* the page that a referer with its address is: its own, unless it is named */
    int64_t from; /* the page that the referer is, of the site itself; 0: none */
    int64_t own;  /* 1: of those who run the site */
    int proves;   /* that page was shown, as slim_role_proves has it */
    struct slim_visit_origin origin;
    struct slim_visit_client client; /* with the class of the agent */

    struct slim_session_part is;  /* made by slim_session_divide, of what it was so far */
    struct slim_session_part was; /* the caller's: as it is stored */
    uint32_t row;                 /* the caller's */
    int is_rest;                  /* after a division: of no visit */
    int is_ordered;               /* within its second; a hit that has just come is not, 0 */
    int is_referer;               /* to another hit of its second */
    int order;                    /* of its texts among those of its second */
};

/* The class of hits and visits in a session of somebody who runs the site, or of anybody else;
 * robot: what it was so far. */
static inline int64_t slim_session_class(int64_t robot, int own)
{
    return robot != SLIM_ROBOT_NONE && robot != SLIM_ROBOT_OWN ? robot
           : own                                               ? SLIM_ROBOT_OWN
                                                               : SLIM_ROBOT_NONE;
}

static inline int64_t slim_session_second(const struct slim_session_hit *hit)
{
    return hit->id >> SLIM_HIT_SECOND_SHIFT;
}

/* Resources and words that were counted in a visit: a hash table, malloc'ed; 0 is a free slot. */
struct slim_session_taken {
    int64_t *slot;
    size_t slots, count;
};

/* Hits of the rest in one second: an act may still take them along. */
struct slim_session_wait {
    int64_t second, hits, assets, marks;
};

/* What earlier hits of the session came to, which are no longer at hand. */
struct slim_session_past {
    int64_t until;                   /* their last second; SLIM_LONG_AGO: there are none */
    int64_t acted;                   /* when the last act was; SLIM_LONG_AGO: there was none */
    struct slim_visit visit;         /* of the last act; hits == 0: none */
    struct slim_session_taken taken; /* in that visit */
    struct slim_visit rest;          /* of hits that wait no longer; id == 0: there is no rest */
    struct slim_session_wait *wait;  /* by second, of the time limit before until; malloc'ed */
    size_t waits, waits_room;
    int has_prefetches;
    int own; /* a hit of the session was of those who run the site, not only of the past */
    int64_t
        since; /* what was before this second is known by its sums alone; SLIM_LONG_AGO: nothing */
};

#define SLIM_LONG_AGO INT64_MIN
#define SLIM_NEVER INT64_MAX

/* Waiting hits of the past that an act at hand takes along. */
struct slim_session_claim {
    int64_t from;  /* from this second on all of them; SLIM_NEVER: none */
    int64_t visit; /* the visit that takes them */
    int64_t rest;  /* the rest that the others are of */
};

enum slim_session_text {
    SLIM_SESSION_PAGE,
    SLIM_SESSION_RESOURCE,
    SLIM_SESSION_METHOD,
    SLIM_SESSION_TEXTS
};

struct slim_session_rules {
    int64_t timeout; /* the time limit, seconds */
    /* The order of two texts by their bytes: <0, 0, >0. Asked only for acts of one second. */
    int (*compare)(void *baton, enum slim_session_text text, int64_t a, int64_t b);
    void *baton;
};

/* What the division needs of memory; it grows, and is used again. */
struct slim_session_work;
struct slim_session_work *slim_session_work_make(void);
void slim_session_work_free(struct slim_session_work *work);

/* Divides hits (at least one) and the past into visits. Sorts the hits. *visits: those that have
 * one of the hits, or are the past's, by time, and last the rest, if there is one; valid until the
 * next call. Returns how many; -1: there is no memory. A visit keeps its number as long as it has
 * the hit that it is the number of. */
int slim_session_divide(struct slim_session_work *work, const struct slim_session_rules *rules,
                        const struct slim_session_past *past, struct slim_session_hit *hits,
                        size_t count, struct slim_visit **visits);

/* What the last division took of the past's rest; after slim_session_forget as its hits then say.
 */
struct slim_session_claim slim_session_claimed(const struct slim_session_work *work);

/* More prefetches than can be waited for: of a session with so many hits at hand, older ones that
 * were not shown by then are taken for never shown. */
#define SLIM_SESSION_HITS_MAX 20000

/* Takes hits that are done into the past: none of the last keep seconds, and none behind which a
 * prefetch could still be shown. To be called after slim_session_divide, with its hits. Returns how
 * many hits are left, which stand first then, one at least; -1: there is no memory. */
long slim_session_forget(struct slim_session_work *work, const struct slim_session_rules *rules,
                         struct slim_session_past *past, struct slim_session_hit *hits,
                         size_t count, int64_t keep);

/* Adds a hit that comes late, of a second that is past, if nothing else changes by it: 1, and
 * hit->is is made. 0: the session has to be divided with all of its hits. -1: there is no memory.
 */
int slim_session_late(struct slim_session_past *past, const struct slim_session_rules *rules,
                      struct slim_session_hit *hit);

/* Adds waiting hits. 0: there is no memory. */
int slim_session_wait(struct slim_session_past *past, struct slim_session_wait wait);

/* Notes that the past's visit has had a resource, or has searched for words. 0: there is no memory.
 */
int slim_session_past_had(struct slim_session_past *past, int64_t resource);
int slim_session_past_searched(struct slim_session_past *past, int64_t words);

/* Makes it the past of a session that has just begun; what it was has to be a past, or zeros. */
void slim_session_past_clear(struct slim_session_past *past);

#endif
