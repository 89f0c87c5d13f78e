/* Clients, derived once for each distinct agent and kept in a bounded cache. */
#include "agent.h"

#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "../core/cache.h"
#include "agent_rules.h"
#include "robot.h"
#include "rules.h"
#include "../core/text.h"
#include "watch.h"

#define CACHE_ENTRIES 8192
#define CACHE_BYTES (4u << 20)
#define FILES 3 /* agents.yaml, regexes.yaml, robots.tsv */

struct slim_agents {
    const char *path[FILES];
    struct slim_watch watch[FILES];
    apr_pool_t *parent;
    apr_pool_t *pool; /* of the rules in use, NULL: none */
    struct slim_agent_rules *rules;
    struct slim_robots *robots;
    struct slim_cache *cache;
};

struct slim_agents *slim_agents_make(const char *rules, const char *data, apr_pool_t *pool)
{
    struct slim_agents *agents = apr_pcalloc(pool, sizeof *agents);

    agents->path[0] = apr_pstrcat(pool, data, "/agents.yaml", NULL);
    agents->path[1] = apr_pstrdup(pool, rules);
    agents->path[2] = apr_pstrcat(pool, data, "/robots.tsv", NULL);
    agents->parent = pool;
    agents->cache = slim_cache_make(CACHE_ENTRIES, CACHE_BYTES, pool);
    return agents;
}

static apr_status_t read_files(struct slim_agents *agents, apr_pool_t *pool,
                               struct slim_agent_rules **rules, struct slim_robots **robots,
                               const char **reason)
{
    apr_status_t rv = slim_agent_rules_read(agents->path, 2, rules, reason, pool);

    if (rv == APR_SUCCESS) {
        rv = slim_robots_read(agents->path[2], robots, reason, pool);
    }
    return rv;
}

apr_status_t slim_agents_refresh(struct slim_agents *agents, int *changed, char *reason,
                                 size_t size)
{
    apr_pool_t *pool;
    struct slim_agent_rules *rules;
    struct slim_robots *robots;
    const char *why = "";
    apr_status_t rv;

    *changed = 0;
    for (int i = 0; i < FILES; i++) {
        *changed |= slim_watch_changed(&agents->watch[i], agents->path[i]);
    }
    if (!*changed) {
        return APR_SUCCESS;
    }
    rv = apr_pool_create(&pool, agents->parent);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    rv = read_files(agents, pool, &rules, &robots, &why);
    if (rv != APR_SUCCESS) {
        snprintf(reason, size, "%s", why);
        apr_pool_destroy(pool);
        return rv;
    }
    if (agents->pool) {
        apr_pool_destroy(agents->pool);
    }
    agents->pool = pool;
    agents->rules = rules;
    agents->robots = robots;
    slim_cache_clear(agents->cache);
    return APR_SUCCESS;
}

/* --- deriving one --- */

struct derived {
    struct slim_agent_name browser, platform;
    int has_browser, has_platform;
};

static enum slim_robot derive_robot(const struct slim_agents *agents, struct slim_text agent,
                                    const struct derived *derived)
{
    if (agent.length == 0 || slim_text_is(agent, "-")) {
        return SLIM_ROBOT_OTHER;
    }
    int listed = slim_robots_find(agents->robots, agent);
    if (listed >= 0) {
        return (enum slim_robot)listed;
    }
    if (slim_agent_rules_is_spider(agents->rules, agent)) {
        return SLIM_ROBOT_OTHER;
    }
    if (!derived->has_platform && !derived->has_browser) {
        return SLIM_ROBOT_OTHER;
    }
    return SLIM_ROBOT_NONE;
}

static struct slim_text keep(struct slim_cache *cache, const char *text)
{
    size_t length = strlen(text);

    return (struct slim_text){slim_cache_keep(cache, text, length), length};
}

/* "17.4.1" of the parts that are there. */
static struct slim_text keep_version(struct slim_cache *cache, const struct slim_agent_name *name)
{
    char text[SLIM_AGENT_VERSIONS * SLIM_AGENT_PART_MAX];
    size_t used = 0;

    text[0] = '\0';
    for (int i = 0; i < SLIM_AGENT_VERSIONS && name->version[i][0]; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? "." : "",
                                 name->version[i]);
    }
    return keep(cache, text);
}

static void derive(struct slim_agents *agents, struct slim_text agent, struct slim_client *client)
{
    struct derived d;

    memset(client, 0, sizeof *client);
    if (!agents->rules) {
        return;
    }
    memset(&d, 0, sizeof d);
    d.has_browser = slim_agent_rules_browser(agents->rules, agent, &d.browser);
    d.has_platform = slim_agent_rules_platform(agents->rules, agent, &d.platform);
    client->robot = derive_robot(agents, agent, &d);
    if (d.has_browser) {
        client->browser = keep(agents->cache, d.browser.family);
        client->version = keep(agents->cache, d.browser.version[0]);
        client->version_full = keep_version(agents->cache, &d.browser);
    }
    if (d.has_platform) {
        client->platform = keep(agents->cache, d.platform.family);
        client->platform_version = keep_version(agents->cache, &d.platform);
    }
}

const struct slim_client *slim_agents_derive(struct slim_agents *agents, const struct slim_hit *hit)
{
    struct slim_text agent = hit->field[SLIM_AGENT];
    struct slim_client client, *found;

    if (agent.length > SLIM_SUBJECT_MAX) {
        agent.length = SLIM_SUBJECT_MAX;
    }
    found = slim_cache_get(agents->cache, agent);
    if (found) {
        return found;
    }
    derive(agents, agent, &client);
    return slim_cache_put(agents->cache, agent, &client, sizeof client);
}
