/* A bounded cache in front of slim_referer_derive, by site and header. */
#include "referer_cache.h"

#include <string.h>

#include "core/cache.h"

#define ENTRIES 4096
#define BYTES (1u << 20)

struct slim_referers {
    struct slim_cache *cache;
};

struct derived {
    struct slim_text referer, domain, source, terms;
    enum slim_channel channel;
    int is_own;
};

struct slim_referers *slim_referers_make(apr_pool_t *pool)
{
    struct slim_referers *referers = apr_pcalloc(pool, sizeof *referers);

    referers->cache = slim_cache_make(ENTRIES, BYTES, pool);
    return referers;
}

void slim_referers_forget(struct slim_referers *referers)
{
    slim_cache_clear(referers->cache);
}

static struct slim_text keep(struct slim_cache *cache, struct slim_text text)
{
    return (struct slim_text){slim_cache_keep(cache, text.at, text.length), text.length};
}

static void remember(struct slim_cache *cache, struct slim_text key, const struct slim_facts *facts)
{
    const struct derived derived = {.referer = keep(cache, facts->referer),
                                    .domain = keep(cache, facts->domain),
                                    .source = keep(cache, facts->source),
                                    .terms = keep(cache, facts->terms),
                                    .channel = facts->channel,
                                    .is_own = facts->referer_is_own};

    slim_cache_put(cache, key, &derived, sizeof derived);
}

static void recall(const struct derived *derived, struct slim_facts *facts)
{
    facts->referer = derived->referer;
    facts->domain = derived->domain;
    facts->source = derived->source;
    facts->terms = derived->terms;
    facts->terms_are_local = 0;
    facts->channel = derived->channel;
    facts->referer_is_own = derived->is_own;
}

void slim_referers_derive(struct slim_referers *referers, const struct slim_sources *sources,
                          apr_hash_t *own_hosts, struct slim_text header, struct slim_text site,
                          struct slim_facts *facts)
{
    char bytes[4096];
    struct slim_text key = {bytes, site.length + 1 + header.length};

    if (header.length == 0 || key.length > sizeof bytes) {
        slim_referer_derive(sources, own_hosts, header, site, facts);
        return;
    }
    if (site.length > 0) {
        memcpy(bytes, site.at, site.length);
    }
    bytes[site.length] = '\0';
    memcpy(bytes + site.length + 1, header.at, header.length);
    const struct derived *derived = slim_cache_get(referers->cache, key);
    if (derived) {
        recall(derived, facts);
    } else {
        slim_referer_derive(sources, own_hosts, header, site, facts);
        remember(referers->cache, key, facts);
    }
}
