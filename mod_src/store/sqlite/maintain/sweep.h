/* Deleting texts that nothing refers to any more: mark and sweep (J. McCarthy, "Recursive functions
 * of symbolic expressions", 1960). Hits, visits and rollups are looked at, in this order, and the
 * entries marked that they refer to; then the dictionaries, those first that refer to others:
 * entries that are marked mark others, and the rest is deleted.
 *
 * Between its steps the writer goes on. What it writes then it has from rows that are looked at
 * later, or from the dictionaries, which mark each number that they give. When another program has
 * written, the sweep is void. */
#ifndef SLIM_SQLITE_SWEEP_H
#define SLIM_SQLITE_SWEEP_H

#include <apr_pools.h>

#include "maintain.h"

apr_status_t slim_sqlite_sweep_begin(struct slim_store *store, struct slim_store_sweep **sweep,
                                     apr_pool_t *pool);
apr_status_t slim_sqlite_sweep(struct slim_store_sweep *sweep, unsigned rows,
                               struct slim_store_swept *swept);
/* All of it, for a command: others write while it looks, and wait only while it deletes, unless
 * they always write in between. *texts: how many were deleted. */
apr_status_t slim_sqlite_forget_texts(struct slim_store *store,
                                      const struct slim_store_progress *progress, uint64_t *texts,
                                      apr_pool_t *pool);

#endif
