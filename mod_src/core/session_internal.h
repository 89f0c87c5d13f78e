/* What the steps of dividing a session share: first the order of hits and which prefetches were
 * shown (session_shown.c), then acts and visits, and what came along with them
 * (session_divide.c). */
#ifndef SLIM_SESSION_INTERNAL_H
#define SLIM_SESSION_INTERNAL_H

#include "session.h"

/* What is worked out for a hit. */
struct slim_session_note {
    int64_t stands; /* when it acts; SLIM_LONG_AGO: it does not, as far as is known */
    int64_t shown;  /* a prefetch: when it was shown first; SLIM_LONG_AGO: it was not */
    int shows;      /* the prefetch that it shows once it counts; -1: none */
    int visit;      /* index; -1: none yet */
};

struct slim_session_work {
    struct slim_session_note *note;
    int *act;  /* indices of hits that may be acts, in their order */
    int *open; /* prefetches that may still be shown: the newest hits of their pages */
    struct slim_visit *visit;
    struct slim_session_hit *early; /* a copy of those that are to be forgotten */
    int64_t *from;                  /* of one second, sorted */
    int *text;                      /* hits of one second, one for each page, resource and method */
    size_t room;
    struct slim_session_taken taken; /* in the last visit */
    struct slim_session_claim claim;
};

/* One call. */
struct slim_dividing {
    struct slim_session_work *work;
    const struct slim_session_rules *rules;
    const struct slim_session_past *past;
    struct slim_session_hit *hit;
    int hits, acts, opens, visits;
    size_t unclaimed; /* how many of the past's waits, the oldest, no act takes along */
};

static inline int slim_session_has_own(const struct slim_session_hit *hits, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (hits[i].own) {
            return 1;
        }
    }
    return 0;
}

/* --- session_taken.c --- */

/* What is taken: a number that is none of the other sort's. */
static inline int64_t slim_session_resource(int64_t resource)
{
    return resource + 1;
}

static inline int64_t slim_session_words(int64_t searchterms)
{
    return -1 - searchterms;
}

/* 1: it was not there before; 0: it was; -1: there is no memory. what is not 0. */
int slim_session_take(struct slim_session_taken *taken, int64_t what);
void slim_session_take_nothing(struct slim_session_taken *taken);
/* 0: there is no memory. */
int slim_session_take_all(struct slim_session_taken *taken, const struct slim_session_taken *from);

/* --- session_shown.c --- */

/* Sorts the hits, by time and within a second. */
void slim_session_order(struct slim_dividing *dividing);

/* Whether hit a acts before hit b; both have their note. */
int slim_session_acts_before(const struct slim_dividing *dividing, int a, int b);

/* Notes when prefetches were shown. */
void slim_session_find_shown(struct slim_dividing *dividing);

/* --- session_divide.c --- */

/* Room for count hits. 0: there is no memory. */
int slim_session_make_room(struct slim_session_work *work, size_t count);

/* All steps. 0: there is no memory. */
int slim_session_work_out(struct slim_dividing *dividing);

/* Adds a hit to a visit's measures; to a rest, too. */
void slim_session_add_hit(struct slim_visit *visit, const struct slim_session_hit *hit);
void slim_session_add_to_rest(struct slim_visit *rest, const struct slim_session_hit *hit);

#endif
