/* How many paths that only scanners ask for are answered. */
#ifndef SLIM_LEAKS_H
#define SLIM_LEAKS_H

#include <stdint.h>

#include <apr_pools.h>
#include <apr_tables.h>

struct slim_store;

/* Those of the last 30 days that were not refused since, as the report leaks has them; sites as
 * slim_query_confine has them, NULL: all. -1: nobody could say. */
int64_t slim_leaks_open(struct slim_store *store, int64_t now, const apr_array_header_t *sites,
                        apr_pool_t *pool);

#endif
