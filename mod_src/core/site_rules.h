/* What the recorder has to know of each site: SlimStatsQuery, SlimStatsSearchParam,
 * SlimStatsRobots. */
#ifndef SLIM_SITE_RULES_H
#define SLIM_SITE_RULES_H

#include <apr_hash.h>

#include "query_rule.h"
#include "status_code.h"

struct slim_site_rules {
    const char *query_text; /* the rule as it was written */
    struct slim_query_rule query;
    int drop_robots;
};

#define SLIM_SEARCH_KEYS_MAX 8

/* The rules of a site, made with the defaults when there are none; in the hash's pool. "*" stands
 * for every site without rules of its own, "*.example.org" for those below that name. */
struct slim_site_rules *slim_site_rules_make(apr_hash_t *sites, const char *site);

/* Sets a rule by the name it has in settings: site-query, site-search, site-robots, from
 * "SITE<TAB>VALUE". SLIM_EBADSETTING when name or value is not understood. */
apr_status_t slim_site_rules_set(apr_hash_t *sites, const char *name,
                                 const char *value) SLIM_MUST_CHECK;

/* All rules as lines of settings, in pool. */
const char *slim_site_rules_write(apr_hash_t *sites, apr_pool_t *pool);

/* The rules that a site's hits follow; never NULL. */
const struct slim_site_rules *slim_site_rules_find(apr_hash_t *sites, struct slim_text site);

#endif
