/* What recorder and import have to know of each site: SlimStatsQuery, SlimStatsSearchParam,
 * SlimStatsRobots, SlimStatsPage; and what capture does for the recorder, but nobody for lines of a
 * log: SlimStatsAddress, SlimStatsRespect, SlimStatsSecret, SlimStatsExclude, SlimStatsOwn. */
#ifndef SLIM_SITE_RULES_H
#define SLIM_SITE_RULES_H

#include <apr_hash.h>

#include "exclusion.h"
#include "page_list.h"
#include "page_rule.h"
#include "query_rule.h"
#include "setting_values.h"
#include "status_code.h"

struct slim_site_rules {
    const char *query_text; /* the rule as it was written */
    struct slim_query_rule query;
    const char *secret_text; /* SlimStatsSecret as it was written; "" not at all */
    int drop_robots;
    enum slim_address_kept address;
    uint32_t respected; /* SLIM_HIT_DNT, SLIM_HIT_GPC: who sends them leaves no traces */
    apr_array_header_t *exclusions; /* struct slim_exclusion; NULL: none */
    apr_array_header_t *pages;      /* struct slim_page_rule; NULL: none */
    struct slim_page_list *own;     /* SlimStatsKind, SlimStatsPageParam; NULL: none */
    apr_array_header_t *listed;     /* struct slim_site_listed, what own was made of; NULL: none */
};

/* "site-kind", "api /x"; or "site-parameter", "ref". */
struct slim_site_listed {
    const char *name, *value;
};

#define SLIM_SEARCH_KEYS_MAX 8

/* The rules of a site, made with the defaults when there are none; in the hash's pool. "*" stands
 * for every site without rules of its own, "*.example.org" for those below that name. */
struct slim_site_rules *slim_site_rules_make(apr_hash_t *sites, const char *site);

/* Sets a rule by the name it has in settings: site-query, site-search, site-robots, site-address,
 * site-respect, or adds one of site-exclude, site-own, site-page, site-kind or site-parameter, from
 * "SITE<TAB>VALUE". SLIM_EBADSETTING when name or value is not understood. */
apr_status_t slim_site_rules_set(apr_hash_t *sites, const char *name,
                                 const char *value) SLIM_MUST_CHECK;

/* Adds an exclusion, or a rule of pages. */
void slim_site_rules_exclude(struct slim_site_rules *rules, const struct slim_exclusion *exclusion,
                             apr_pool_t *pool);
void slim_site_rules_page(struct slim_site_rules *rules, const struct slim_page_rule *rule,
                          apr_pool_t *pool);

/* Adds "KIND PATTERN", or a parameter's name, to the lists that are the site's own. NULL, or what
 * is wrong. */
const char *slim_site_rules_kind(struct slim_site_rules *rules, const char *value,
                                 apr_pool_t *pool);
const char *slim_site_rules_parameter(struct slim_site_rules *rules, const char *name,
                                      apr_pool_t *pool);

/* The words of SlimStatsRespect, one or several between spaces, as flags; 0 when one of them is not
 * known. "none" alone is no flag. */
int slim_respect_parse(const char *text, uint32_t *flags);

int slim_site_rules_are_equal(const struct slim_site_rules *a, const struct slim_site_rules *b);

/* All rules as lines of settings, in pool. */
const char *slim_site_rules_write(apr_hash_t *sites, apr_pool_t *pool);

/* The rules that a site's hits follow; never NULL. */
const struct slim_site_rules *slim_site_rules_find(apr_hash_t *sites, struct slim_text site);

#endif
