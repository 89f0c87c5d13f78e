/* Where a hit came from. */
#ifndef SLIM_REFERER_H
#define SLIM_REFERER_H

#include <apr_hash.h>

#include "sources.h"

/* Fills referer, domain, source, channel and terms of facts from a Referer header and the site it
 * was sent to. own_hosts has "site\thost" keys (see settings.h); a site's own name is always its
 * own. sources may be NULL. */
void slim_referer_derive(const struct slim_sources *sources, apr_hash_t *own_hosts,
                         struct slim_text header, struct slim_text site, struct slim_facts *facts);

#endif
