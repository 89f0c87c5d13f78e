/* Rules by site: a hash, and wildcards in it. */
#include "site_rules.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "ascii.h"
#include "setting_table.h"

static const struct slim_site_rules defaults = {"keep", {SLIM_QUERY_KEEP, "", ""}, 0};

struct slim_site_rules *slim_site_rules_make(apr_hash_t *sites, const char *site)
{
    apr_pool_t *pool = apr_hash_pool_get(sites);
    char *key = apr_pstrdup(pool, site);

    slim_lower_all(key, strlen(key), key);
    struct slim_site_rules *rules = apr_hash_get(sites, key, APR_HASH_KEY_STRING);
    if (!rules) {
        rules = apr_pmemdup(pool, &defaults, sizeof defaults);
        apr_hash_set(sites, key, APR_HASH_KEY_STRING, rules);
    }
    return rules;
}

static int set_query(struct slim_site_rules *rules, const char *value)
{
    rules->query_text = value;
    return slim_query_rule_parse(value, &rules->query);
}

static int set_search(struct slim_site_rules *rules, const char *value)
{
    rules->query.search = value;
    return slim_query_keys_are_good(value);
}

static int set_robots(struct slim_site_rules *rules, const char *value)
{
    uint64_t drop;

    if (slim_setting_parse(slim_setting_find("site-robots"), value, 0, &drop) != APR_SUCCESS) {
        return 0;
    }
    rules->drop_robots = (int)drop;
    return 1;
}

static const struct {
    const char *name;
    int (*set)(struct slim_site_rules *rules, const char *value);
} table[] = {{"site-query", set_query}, {"site-search", set_search}, {"site-robots", set_robots}};

apr_status_t slim_site_rules_set(apr_hash_t *sites, const char *name, const char *value)
{
    apr_pool_t *pool = apr_hash_pool_get(sites);
    const char *tab = strchr(value, '\t');

    for (size_t i = 0; tab && tab > value && i < sizeof table / sizeof table[0]; i++) {
        struct slim_site_rules tried = defaults;
        if (strcmp(name, table[i].name) != 0) {
            continue;
        }
        value = apr_pstrmemdup(pool, value, (apr_size_t)(tab - value));
        tab = apr_pstrdup(pool, tab + 1);
        return table[i].set(&tried, tab) && table[i].set(slim_site_rules_make(sites, value), tab)
                   ? APR_SUCCESS
                   : SLIM_EBADSETTING;
    }
    return SLIM_EBADSETTING;
}

const char *slim_site_rules_write(apr_hash_t *sites, apr_pool_t *pool)
{
    apr_array_header_t *lines = apr_array_make(pool, 16, sizeof(const char *));

    for (apr_hash_index_t *hi = apr_hash_first(pool, sites); hi; hi = apr_hash_next(hi)) {
        const char *site = apr_hash_this_key(hi);
        const struct slim_site_rules *rules = apr_hash_this_val(hi);
        APR_ARRAY_PUSH(lines, const char *) =
            apr_pstrcat(pool, "site-query ", site, "\t", rules->query_text, "\nsite-robots ", site,
                        "\t", rules->drop_robots ? "drop\n" : "keep\n", NULL);
        if (*rules->query.search) {
            APR_ARRAY_PUSH(lines, const char *) =
                apr_pstrcat(pool, "site-search ", site, "\t", rules->query.search, "\n", NULL);
        }
    }
    return apr_array_pstrcat(pool, lines, 0);
}

const struct slim_site_rules *slim_site_rules_find(apr_hash_t *sites, struct slim_text site)
{
    char key[256];
    size_t length = site.length < sizeof key ? site.length : sizeof key - 1;

    if (!sites || apr_hash_count(sites) == 0) {
        return &defaults;
    }
    slim_lower_all(site.at, length, key);
    const struct slim_site_rules *rules =
        length > 0 ? apr_hash_get(sites, key, (apr_ssize_t)length) : NULL;
    for (size_t i = 1; !rules && i < length; i++) {
        if (key[i] == '.') {
            key[i - 1] = '*';
            rules = apr_hash_get(sites, key + i - 1, (apr_ssize_t)(length - i + 1));
        }
    }
    if (!rules) {
        rules = apr_hash_get(sites, "*", 1);
    }
    return rules ? rules : &defaults;
}
