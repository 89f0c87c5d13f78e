/* Recent referers, so that the list of sources is not searched for each hit again. */
#ifndef SLIM_REFERER_CACHE_H
#define SLIM_REFERER_CACHE_H

#include "referer.h"

struct slim_referers;

struct slim_referers *slim_referers_make(apr_pool_t *pool);

/* As slim_referer_derive; the texts in facts stay valid until the next call. */
void slim_referers_derive(struct slim_referers *referers, const struct slim_sources *sources,
                          apr_hash_t *own_hosts, struct slim_text header, struct slim_text site,
                          struct slim_facts *facts);

/* The list of sources was read anew. */
void slim_referers_forget(struct slim_referers *referers);

#endif
