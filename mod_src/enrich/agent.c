/* Clients, derived once for each distinct agent and kept in a bounded cache. */
#include "agent.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "agent_rules.h"
#include "client_hint.h"
#include "core/cache.h"
#include "core/text.h"
#include "probe.h"
#include "robot.h"
#include "watch.h"

#define CACHE_ENTRIES 8192
#define CACHE_BYTES (4u << 20)
#define HINT_MAX 256 /* bytes of a hint that are looked at */

enum file {
    OWN_AGENTS,
    OUR_AGENTS,
    UAP_AGENTS,
    OWN_ROBOTS,
    OUR_ROBOTS,
    OWN_PROBES,
    OUR_PROBES,
    FILES
};

/* What is made of the files. */
struct made {
    struct slim_agent_rules *rules;
    struct slim_robots *robots;
    struct slim_probes *probes;
};

struct slim_agents {
    const char *path[FILES]; /* NULL: none */
    struct slim_watch watch[FILES];
    apr_pool_t *parent;
    apr_pool_t *pool; /* of the rules in use, NULL: none */
    struct made made;
    struct slim_cache *cache;
};

struct slim_agents *slim_agents_make(const char *rules, const char *data, apr_pool_t *pool)
{
    struct slim_agents *agents = apr_pcalloc(pool, sizeof *agents);

    agents->path[OUR_AGENTS] = apr_pstrcat(pool, data, "/agents.yaml", NULL);
    agents->path[UAP_AGENTS] = apr_pstrdup(pool, rules);
    agents->path[OUR_ROBOTS] = apr_pstrcat(pool, data, "/robots.tsv", NULL);
    agents->path[OUR_PROBES] = apr_pstrcat(pool, data, "/probes.tsv", NULL);
    agents->parent = pool;
    agents->cache = slim_cache_make(CACHE_ENTRIES, CACHE_BYTES, pool);
    return agents;
}

void slim_agents_add_own(struct slim_agents *agents, const char *directory)
{
    agents->path[OWN_AGENTS] = apr_pstrcat(agents->parent, directory, "/agents.yaml", NULL);
    agents->path[OWN_ROBOTS] = apr_pstrcat(agents->parent, directory, "/robots.tsv", NULL);
    agents->path[OWN_PROBES] = apr_pstrcat(agents->parent, directory, "/probes.tsv", NULL);
}

/* The paths from first to last, without those of the site's own that are not there. */
static int paths_of(const struct slim_agents *agents, enum file first, enum file last,
                    const char **paths)
{
    int count = 0;

    for (unsigned i = first; i <= last; i++) {
        const char *path = agents->path[i];
        int own = i == OWN_AGENTS || i == OWN_ROBOTS || i == OWN_PROBES;
        if (path && (!own || access(path, F_OK) == 0)) {
            paths[count++] = path;
        }
    }
    return count;
}

static apr_status_t read_files(const struct slim_agents *agents, struct made *made,
                               const char **reason, apr_pool_t *pool)
{
    struct slim_rule_lists *agent_lists = slim_rule_lists_make(pool);
    struct slim_rule_lists *probe_lists = slim_rule_lists_make(pool);
    const char *paths[FILES];
    int count = paths_of(agents, OWN_AGENTS, UAP_AGENTS, paths);
    apr_status_t rv = slim_agent_rules_read(paths, count, &made->rules, reason, agent_lists);

    if (rv == APR_SUCCESS) {
        count = paths_of(agents, OWN_ROBOTS, OUR_ROBOTS, paths);
        rv = slim_robots_read_files(paths, count, &made->robots, reason, agent_lists);
    }
    if (rv == APR_SUCCESS) {
        count = paths_of(agents, OWN_PROBES, OUR_PROBES, paths);
        rv = slim_probes_read_files(paths, count, &made->probes, reason, probe_lists);
    }
    if (rv == APR_SUCCESS) {
        slim_rule_lists_build(agent_lists);
        slim_rule_lists_build(probe_lists);
    }
    return rv;
}

apr_status_t slim_agents_refresh(struct slim_agents *agents, int *changed, char *reason,
                                 size_t size)
{
    apr_pool_t *pool;
    struct made made;
    const char *why = "";
    apr_status_t rv;

    *changed = 0;
    for (int i = 0; i < FILES; i++) {
        if (agents->path[i]) {
            *changed |= slim_watch_changed(&agents->watch[i], agents->path[i]);
        }
    }
    if (!*changed) {
        return APR_SUCCESS;
    }
    rv = apr_pool_create(&pool, agents->parent);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    rv = read_files(agents, &made, &why, pool);
    if (rv != APR_SUCCESS) {
        snprintf(reason, size, "%s", why);
        apr_pool_destroy(pool);
        return rv;
    }
    if (agents->pool) {
        apr_pool_destroy(agents->pool);
    }
    agents->pool = pool;
    agents->made = made;
    slim_cache_clear(agents->cache);
    return APR_SUCCESS;
}

/* --- deriving one --- */

struct derived {
    struct slim_agent_name browser, platform;
    int has_browser, has_platform;
    enum slim_robot robot;
    struct slim_rule_place robot_place;
};

static enum slim_robot tell_robot(const struct slim_agents *agents, const struct slim_hit *hit,
                                  struct slim_text agent, struct derived *d)
{
    if (agent.length == 0 || slim_text_is(agent, "-")) {
        return SLIM_ROBOT_OTHER;
    }
    int listed = slim_robots_tell(agents->made.robots, agent, &d->robot_place);
    if (listed >= 0) {
        return (enum slim_robot)listed;
    }
    if (slim_agent_rules_is_spider(agents->made.rules, agent, &d->robot_place)) {
        return SLIM_ROBOT_OTHER;
    }
    if (slim_client_hint_is_headless(hit)) {
        return SLIM_ROBOT_TOOL;
    }
    return d->has_platform || d->has_browser ? SLIM_ROBOT_NONE : SLIM_ROBOT_OTHER;
}

/* hit has no more of agent and hints than is looked at. */
static void tell(const struct slim_agents *agents, const struct slim_hit *hit, struct derived *d)
{
    struct slim_text agent = hit->field[SLIM_AGENT];

    memset(d, 0, sizeof *d);
    d->has_browser = slim_agent_rules_browser(agents->made.rules, agent, &d->browser);
    d->has_platform = slim_agent_rules_platform(agents->made.rules, agent, &d->platform);
    d->robot = tell_robot(agents, hit, agent, d);
    if (d->has_browser) {
        slim_client_hint_browser(hit, &d->browser);
    }
    if (d->has_platform) {
        slim_client_hint_platform(hit, &d->platform);
    }
}

static struct slim_text keep(struct slim_cache *cache, const char *text)
{
    size_t length = strlen(text);

    return (struct slim_text){slim_cache_keep(cache, text, length), length};
}

/* "17.4.1" of the parts that are there, copied: formatting them took as long as finding them. */
static struct slim_text keep_version(struct slim_cache *cache, const struct slim_agent_name *name)
{
    char text[SLIM_AGENT_VERSIONS * SLIM_AGENT_PART_MAX];
    size_t used = 0;

    for (int i = 0; i < SLIM_AGENT_VERSIONS && name->version[i][0]; i++) {
        size_t length = strlen(name->version[i]);
        if (i > 0) {
            text[used++] = '.';
        }
        memcpy(text + used, name->version[i], length);
        used += length;
    }
    return (struct slim_text){slim_cache_keep(cache, text, used), used};
}

static void derive(struct slim_agents *agents, const struct slim_hit *hit,
                   struct slim_client *client)
{
    struct derived d;

    memset(client, 0, sizeof *client);
    if (!agents->made.rules) {
        return;
    }
    tell(agents, hit, &d);
    client->robot = d.robot;
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

/* --- what is looked at, and the cache's key --- */

static const enum slim_field hints[] = {SLIM_CH_UA, SLIM_CH_VERSIONS, SLIM_CH_PLATFORM,
                                        SLIM_CH_PLATFORM_VERSION};
#define HINTS (sizeof hints / sizeof hints[0])
#define KEY_MAX (SLIM_SUBJECT_MAX + 2 + HINTS * (HINT_MAX + 1))

static void cut_fields(const struct slim_hit *hit, struct slim_hit *cut)
{
    memset(cut, 0, sizeof *cut);
    cut->flags = hit->flags;
    cut->field[SLIM_AGENT] = hit->field[SLIM_AGENT];
    if (cut->field[SLIM_AGENT].length > SLIM_SUBJECT_MAX) {
        cut->field[SLIM_AGENT].length = SLIM_SUBJECT_MAX;
    }
    for (size_t i = 0; i < HINTS; i++) {
        struct slim_text *hint = &cut->field[hints[i]];
        *hint = hit->field[hints[i]];
        hint->length = hint->length < HINT_MAX ? hint->length : HINT_MAX;
    }
}

/* The agent alone where there are no hints: then it is not copied. */
static struct slim_text key_of(const struct slim_hit *hit, char *buffer)
{
    struct slim_text agent = hit->field[SLIM_AGENT];
    size_t used = agent.length;

    if (!slim_client_hint_is_there(hit)) {
        return agent;
    }
    if (used > 0) {
        memcpy(buffer, agent.at, used);
    }
    buffer[used++] = '\0';
    buffer[used++] = hit->flags & SLIM_HIT_MOBILE ? 'm' : 'd';
    for (size_t i = 0; i < HINTS; i++) {
        struct slim_text hint = hit->field[hints[i]];
        if (hint.length > 0) {
            memcpy(buffer + used, hint.at, hint.length);
        }
        used += hint.length;
        buffer[used++] = '\0';
    }
    return (struct slim_text){buffer, used};
}

const struct slim_client *slim_agents_derive(struct slim_agents *agents, const struct slim_hit *hit)
{
    char buffer[KEY_MAX];
    struct slim_hit cut;
    struct slim_client client, *found;

    cut_fields(hit, &cut);
    struct slim_text key = key_of(&cut, buffer);
    found = slim_cache_get(agents->cache, key);
    if (found) {
        return found;
    }
    derive(agents, &cut, &client);
    return slim_cache_put(agents->cache, key, &client, sizeof client);
}

void slim_agents_explain(struct slim_agents *agents, const struct slim_hit *hit,
                         struct slim_agent_explanation *explanation)
{
    struct slim_hit cut;
    struct derived d;

    memset(explanation, 0, sizeof *explanation);
    if (agents->made.rules) {
        cut_fields(hit, &cut);
        tell(agents, &cut, &d);
        explanation->browser = d.browser.place;
        explanation->platform = d.platform.place;
        explanation->robot = d.robot_place;
    }
    explanation->client = slim_agents_derive(agents, hit);
}

int slim_agents_is_probe(const struct slim_agents *agents, struct slim_text resource,
                         uint16_t status, struct slim_rule_place *place)
{
    return agents->made.probes && resource.length > 0
           && slim_probes_tell(agents->made.probes, resource, status, place);
}
