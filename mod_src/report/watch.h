/* Looking at alerts (query/alert.h): what their figures are, whether they are beyond their limit,
 * and what was told of them before, which is kept in the state directory. */
#ifndef SLIM_WATCH_H
#define SLIM_WATCH_H

#include "core/whole_file.h"
#include "health.h"
#include "query/alert.h"

/* --- looking --- */

/* What alerts are judged by. */
struct slim_watch {
    struct slim_store *store; /* NULL: it cannot be asked */
    const struct slim_health *health;
    const struct slim_zone *zone; /* whose weekdays and hours are usual */
    const struct slim_goals *goals;
    int64_t now;   /* seconds */
    int64_t began; /* since when the store has hits; 0: it is yet to be asked for */
};

struct slim_watch_look {
    int is_judged; /* else there are too few hits, or weeks to compare with */
    int holds;     /* it is beyond the limit */
    double value;  /* in the figure's unit; percent with a divisor */
    double usual;  /* of alerts that compare with it */
};

/* Looks at one. dropped: hits that were lost before its window. What is wrong with the store when
 * it cannot say: it is not judged then, and look says nothing. */
apr_status_t slim_watch_look(struct slim_watch *watch, const struct slim_alert *alert,
                             uint64_t dropped, struct slim_watch_look *look,
                             apr_pool_t *pool) SLIM_MUST_CHECK;

/* All hits that were lost, of the account. */
uint64_t slim_watch_dropped(const struct slim_health *health);

/* "3.2 % (> 2 %)", "3, usual 120 (< 20 % of usual)", "not judged (> 2 %)". */
const char *slim_watch_words(const struct slim_alert *alert, const struct slim_watch_look *look,
                             apr_pool_t *pool);

/* "1200", "3.2", "0.009": of a figure. */
const char *slim_watch_number(double value, apr_pool_t *pool);

/* --- what is remembered --- */

#define SLIM_WATCH_FILE "watch.state"

/* Of an alert; times are seconds since 1970. */
struct slim_watched {
    char name[65];
    enum slim_alert_severity severity;
    int64_t since; /* it holds since then; 0: it does not */
    int64_t told;  /* since then it is told; 0: it is not. Never without since */
    /* The account's lost hits, as they were a window ago or more, and later. */
    struct slim_watch_sample {
        int64_t at; /* 0: none */
        uint64_t dropped;
    } sample[2];
};

/* Alerts, and told ones that a mistake in the list hides. */
#define SLIM_WATCHED_MAX (2 * SLIM_ALERTS_MAX)

struct slim_watch_memory {
    int64_t looked; /* when alerts were looked at last; 0: never */
    struct slim_watched watched[SLIM_WATCHED_MAX];
    int count;
};

/* Reads what a state directory has; what is damaged or missing is as if nothing had been told. */
void slim_watch_remember(const char *state, struct slim_watch_memory *memory, apr_pool_t *pool);

/* Begins to write it: nobody else does until it is kept or dropped. Failures as those of
 * slim_whole_file_begin. */
apr_status_t slim_watch_begin(const char *state, struct slim_whole_file *file,
                              apr_pool_t *pool) SLIM_MUST_CHECK;
/* Writes it, and ends file either way. */
apr_status_t slim_watch_keep(struct slim_whole_file *file,
                             const struct slim_watch_memory *memory) SLIM_MUST_CHECK;

/* What is remembered of an alert, or of none yet: it is added. NULL: there is no room. */
struct slim_watched *slim_watch_of(struct slim_watch_memory *memory,
                                   const struct slim_alert *alert);

/* Notes how many hits were lost by now; returns how many were before the alert's window. */
uint64_t slim_watch_sample(struct slim_watched *watched, const struct slim_alert *alert,
                           int64_t now, uint64_t dropped);

/* What becomes of an alert by a look: 1 it begins to be told, -1 it is over, 0 neither. */
int slim_watch_step(struct slim_watched *watched, const struct slim_alert *alert,
                    const struct slim_watch_look *look, int64_t now);

#endif
