/* Hosts and their sites: a hash, and wildcards in it. */
#include "site_names.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "ascii.h"

#define HOST_MAX 255

static char *lower_copy(apr_pool_t *pool, const char *text)
{
    char *copy = apr_pstrdup(pool, text);

    slim_lower_all(copy, strlen(copy), copy);
    return copy;
}

void slim_site_names_add(apr_hash_t *hosts, const char *site, const char *host)
{
    apr_pool_t *pool = apr_hash_pool_get(hosts);
    const char *key = lower_copy(pool, host);

    if (!apr_hash_get(hosts, key, APR_HASH_KEY_STRING)) {
        apr_hash_set(hosts, key, APR_HASH_KEY_STRING, lower_copy(pool, site));
    }
}

const char *slim_site_names_find(apr_hash_t *hosts, struct slim_text host)
{
    char key[HOST_MAX];

    if (host.length == 0 || host.length > sizeof key || apr_hash_count(hosts) == 0) {
        return NULL;
    }
    slim_lower_all(host.at, host.length, key);
    const char *site = apr_hash_get(hosts, key, (apr_ssize_t)host.length);
    for (size_t i = 1; !site && i < host.length; i++) {
        if (key[i] == '.') {
            key[i - 1] = '*';
            site = apr_hash_get(hosts, key + i - 1, (apr_ssize_t)(host.length - i + 1));
        }
    }
    return site && strcmp(site, SLIM_SITE_IS_HOST) != 0 ? site : NULL;
}

const char *slim_site_names_only(apr_hash_t *hosts)
{
    const char *only = NULL;

    for (apr_hash_index_t *hi = apr_hash_first(NULL, hosts); hi; hi = apr_hash_next(hi)) {
        const char *site = apr_hash_this_val(hi);
        if (strcmp(site, SLIM_SITE_IS_HOST) == 0 || (only && strcmp(only, site) != 0)) {
            return NULL;
        }
        only = site;
    }
    return only;
}

const char *slim_site_names_write(apr_hash_t *hosts, apr_pool_t *pool)
{
    apr_array_header_t *lines = apr_array_make(pool, 16, sizeof(const char *));

    for (apr_hash_index_t *hi = apr_hash_first(pool, hosts); hi; hi = apr_hash_next(hi)) {
        APR_ARRAY_PUSH(lines, const char *) =
            apr_pstrcat(pool, "site-host ", (const char *)apr_hash_this_val(hi), "\t",
                        (const char *)apr_hash_this_key(hi), "\n", NULL);
    }
    return apr_array_pstrcat(pool, lines, 0);
}
