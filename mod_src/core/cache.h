/* A bounded cache from bytes to values: it holds what was looked up lately, never more than twice
 * its limit. There are two generations; when the young one is full, the old one is dropped. */
#ifndef SLIM_CACHE_H
#define SLIM_CACHE_H

#include <apr_pools.h>

#include "hit.h"

struct slim_cache;

/* limit: entries of one generation; bytes: of its keys and values. Either ends it. */
struct slim_cache *slim_cache_make(unsigned limit, size_t bytes, apr_pool_t *pool);

/* The value put under key, or NULL. It stays valid until the next miss: a miss makes room for what
 * the caller will put. */
void *slim_cache_get(struct slim_cache *cache, struct slim_text key);

/* Copies key and size bytes of value; returns the copy. Put only after a miss. */
void *slim_cache_put(struct slim_cache *cache, struct slim_text key, const void *value,
                     size_t size);

/* A copy of size bytes that lives as long as the value put after it; NULL when size is 0. */
void *slim_cache_keep(struct slim_cache *cache, const void *bytes, size_t size);

void slim_cache_clear(struct slim_cache *cache);

#endif
