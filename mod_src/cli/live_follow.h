/* Hits as lines, as they arrive: `slimstats live` where there is no terminal. */
#ifndef SLIM_LIVE_FOLLOW_H
#define SLIM_LIVE_FOLLOW_H

#include <apr_hash.h>

#include "live.h"

/* What was printed lately, so that nothing is printed twice and what was stored late is not missed.
 * Zero at first. */
struct live_follow {
    apr_hash_t *seen;
    apr_pool_t *pool; /* of seen */
};

/* Appends the hits that are new as lines, oldest first; the first time the last ten. Returns 0 with
 * *trouble when the store failed. */
int live_follow(const struct live *live, struct live_follow *follow, struct slim_buffer *out,
                const char **trouble);

#endif
