/* What the parts of the check share. */
#ifndef SLIM_SQLITE_CHECK_H
#define SLIM_SQLITE_CHECK_H

#include "maintain.h"
#include "store/sums.h"

struct slim_checking {
    struct slim_recount recount;
    struct slim_sqlite *store;
    const struct slim_store_progress *progress;
    struct slim_store_checked *checked;
};

/* Counts a difference and reports it. */
void slim_check_found(struct slim_checking *checking, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Reads each day's rows once: rollups, sets of visitors and visits have to be what they add up to
 * (check_day.c). */
void slim_check_days(struct slim_checking *checking);

/* What the hits read so far add up to, by visit (check_visit.c). 0: no memory. */
int slim_check_gather(struct slim_sums *visits, const struct slim_hit_row *hit);

/* Compares the visits that ended before second, and forgets them. */
void slim_check_gathered(struct slim_checking *checking, struct slim_sums *visits, int64_t second);

/* Visits have to have hits, and be of a session. */
void slim_check_empty_visits(struct slim_checking *checking);

/* Divides each session's hits into visits once more (check_session.c). */
void slim_check_sessions(struct slim_checking *checking);

#endif
