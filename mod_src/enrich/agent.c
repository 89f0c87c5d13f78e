/* Clients, derived once for each distinct agent and kept in a bounded cache. */
#include "agent.h"

#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "agent_lists.h"
#include "agent_shape.h"
#include "client_hint.h"
#include "core/cache.h"
#include "core/text.h"
#include "hint_text.h"

#define CACHE_ENTRIES 8192
#define CACHE_BYTES (4u << 20)
#define HINT_MAX 256 /* bytes of a hint that are looked at */

struct slim_agents {
    struct slim_kept_list list[SLIM_AGENT_FILES];
    apr_pool_t *parent;
    apr_pool_t *pool; /* of the rules in use, NULL: none */
    struct slim_agent_lists made;
    struct slim_cache *cache;
};

static void name_file(struct slim_agents *agents, enum slim_agent_file file, const char *directory,
                      const char *name, int is_optional)
{
    struct slim_kept_list *list = &agents->list[file];

    list->path = directory ? apr_pstrcat(agents->parent, directory, "/", name, NULL) : name;
    list->is_optional = is_optional;
    list->good.path = list->newest.path = list->path;
}

struct slim_agents *slim_agents_make(const char *rules, const char *data, apr_pool_t *pool)
{
    struct slim_agents *agents = apr_pcalloc(pool, sizeof *agents);

    agents->parent = pool;
    name_file(agents, SLIM_OUR_AGENTS, data, "agents.yaml", 0);
    name_file(agents, SLIM_UAP_AGENTS, NULL, apr_pstrdup(pool, rules), 0);
    name_file(agents, SLIM_OUR_ROBOTS, data, "robots.tsv", 0);
    name_file(agents, SLIM_OUR_PROBES, data, "probes.tsv", 0);
    agents->cache = slim_cache_make(CACHE_ENTRIES, CACHE_BYTES, pool);
    return agents;
}

void slim_agents_add_own(struct slim_agents *agents, const char *directory)
{
    name_file(agents, SLIM_OWN_AGENTS, directory, "agents.yaml", 1);
    name_file(agents, SLIM_OWN_ROBOTS, directory, "robots.tsv", 1);
    name_file(agents, SLIM_OWN_PROBES, directory, "probes.tsv", 1);
}

apr_status_t slim_agents_refresh(struct slim_agents *agents, int *changed, char *reason,
                                 size_t size)
{
    apr_pool_t *pool;
    struct slim_agent_lists made;

    *changed = slim_kept_lists_look(agents->list, SLIM_AGENT_FILES, agents->parent);
    if (!*changed) {
        return APR_SUCCESS;
    }
    apr_status_t rv = slim_agent_lists_read(agents->list, &made, &pool, agents->parent);
    if (rv != APR_SUCCESS) {
        snprintf(reason, size, "agents cannot be named: too little memory");
        return rv;
    }
    slim_kept_lists_keep(agents->list, SLIM_AGENT_FILES);
    if (agents->pool) {
        apr_pool_destroy(agents->pool);
    }
    agents->pool = pool;
    agents->made = made;
    agents->made.knows_browsers = agents->list[SLIM_UAP_AGENTS].good.bytes != NULL;
    slim_cache_clear(agents->cache);
    return slim_kept_lists_status(agents->list, SLIM_AGENT_FILES, reason, size);
}

void slim_agents_make_image(const struct slim_agents *agents, struct slim_agents_image *image)
{
    slim_agent_lists_image(&agents->made, agents->list, image);
}

int slim_agents_is_image(const struct slim_agents *agents)
{
    return slim_agent_lists_are_image(agents->list);
}

int slim_agents_faults(const struct slim_agents *agents, slim_tell_fault *tell, void *baton)
{
    return slim_kept_lists_faults(agents->list, SLIM_AGENT_FILES, tell, baton);
}

uint32_t slim_agents_sum(const struct slim_agents *agents)
{
    return slim_kept_lists_sum(agents->list, SLIM_AGENT_FILES, 0);
}

/* --- deriving one --- */

struct derived {
    struct slim_agent_name browser, platform;
    int has_browser, has_platform;
    enum slim_robot robot;
    struct slim_rule_place robot_place;
    struct slim_robot_duty duty; /* of a robot */
};

/* Whether a browser was named by our own rules or the site's. */
static int is_ours(const struct slim_agents *agents, const struct derived *d)
{
    return d->has_browser
           && (d->browser.place.file == agents->list[SLIM_OUR_AGENTS].path
               || d->browser.place.file == agents->list[SLIM_OWN_AGENTS].path);
}

static enum slim_robot tell_robot(const struct slim_agents *agents, const struct slim_hit *hit,
                                  const struct slim_agent_shape *shape, struct derived *d)
{
    struct slim_text text = {shape->text, shape->length};
    const struct slim_robot_look look = {shape, is_ours(agents, d)};

    if (text.length == 0 || slim_text_is(text, "-")) {
        return SLIM_ROBOT_OTHER;
    }
    if (slim_text_is(text, SLIM_AGENT_NOT_LOGGED)) {
        return SLIM_ROBOT_NONE;
    }
    int listed = slim_robots_tell(agents->made.robots, &look, &d->robot_place);
    if (listed >= 0) {
        return (enum slim_robot)listed;
    }
    if (slim_agent_rules_is_spider(agents->made.rules, text, &d->robot_place)) {
        return SLIM_ROBOT_OTHER;
    }
    if (slim_client_hint_is_headless(hit)) {
        return SLIM_ROBOT_TOOL;
    }
    if (!agents->made.knows_browsers || d->has_platform || d->has_browser) {
        return SLIM_ROBOT_NONE;
    }
    return SLIM_ROBOT_OTHER;
}

/* A television's platform is named beside its browser. */
static int find_browser(const struct slim_agents *agents, const struct slim_agent_shape *shape,
                        struct slim_agent_name *name)
{
    struct slim_text below = {shape->below, shape->below_length};
    struct slim_text text = {shape->text, shape->length};

    return (below.length > 0 && slim_agent_rules_browser(agents->made.rules, below, name))
           || slim_agent_rules_browser(agents->made.rules, text, name);
}

/* hit has no more of agent and hints than is looked at, and these as they are kept: so that a
 * stored hit is named as it was when it came. */
static void tell(const struct slim_agents *agents, const struct slim_hit *hit, struct derived *d)
{
    struct slim_agent_shape shape;

    memset(d, 0, sizeof *d);
    slim_agent_shape_find(hit->field[SLIM_AGENT], &shape);
    d->has_browser = find_browser(agents, &shape, &d->browser);
    d->has_platform =
        slim_agent_rules_platform(agents->made.rules, (struct slim_text){shape.text, shape.length},
                                  &d->platform);
    d->robot = tell_robot(agents, hit, &shape, d);
    if (d->robot != SLIM_ROBOT_NONE) {
        const struct slim_robot_look look = {&shape, is_ours(agents, d)};
        slim_robots_duty(agents->made.robots, &look, d->robot, &d->duty);
    }
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

    if (!agents->made.rules) {
        return;
    }
    tell(agents, hit, &d);
    client->robot = d.robot;
    client->purpose = d.duty.purpose;
    if (d.duty.operator.length> 0) {
        client->operator= keep(agents->cache, d.duty.operator.at);
    }
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

static const enum slim_field hint_fields[] = {SLIM_CH_UA, SLIM_CH_VERSIONS, SLIM_CH_PLATFORM,
                                              SLIM_CH_PLATFORM_VERSION};
#define HINTS (sizeof hint_fields / sizeof hint_fields[0])
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
        struct slim_text *hint = &cut->field[hint_fields[i]];
        *hint = hit->field[hint_fields[i]];
        hint->length = hint->length < HINT_MAX ? hint->length : HINT_MAX;
    }
}

/* Leaves of the hints what is kept of them; a text of them. */
static struct slim_text normalize_hints(struct slim_hit *cut, char text[SLIM_HINT_TEXT_MAX])
{
    struct slim_text hints = {text, slim_hint_text_make(cut, text)};

    slim_hint_text_put(hints, cut);
    return hints;
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
        struct slim_text hint = hit->field[hint_fields[i]];
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
    char hints[SLIM_HINT_TEXT_MAX];
    struct slim_hit cut;
    struct slim_client client, *found;

    cut_fields(hit, &cut);
    struct slim_text key = key_of(&cut, buffer);
    found = slim_cache_get(agents->cache, key);
    if (found) {
        return found;
    }
    struct slim_text text = normalize_hints(&cut, hints);
    client = (struct slim_client){
        .hints = {slim_cache_keep(agents->cache, text.at, text.length), text.length}};
    derive(agents, &cut, &client);
    return slim_cache_put(agents->cache, key, &client, sizeof client);
}

void slim_agents_explain(struct slim_agents *agents, const struct slim_hit *hit,
                         struct slim_agent_explanation *explanation)
{
    char hints[SLIM_HINT_TEXT_MAX];
    struct slim_hit cut;
    struct derived d;

    memset(explanation, 0, sizeof *explanation);
    if (agents->made.rules) {
        cut_fields(hit, &cut);
        (void)normalize_hints(&cut, hints);
        tell(agents, &cut, &d);
        explanation->browser = d.browser.place;
        explanation->platform = d.platform.place;
        explanation->robot = d.robot_place;
        explanation->operator= d.duty.operator_place;
        explanation->purpose = d.duty.purpose_place;
    }
    explanation->client = slim_agents_derive(agents, hit);
}

int slim_agents_is_probe(const struct slim_agents *agents, struct slim_text resource,
                         uint16_t status, struct slim_rule_place *place)
{
    return agents->made.probes && resource.length > 0
           && slim_probes_tell(agents->made.probes, resource, status, place);
}

int slim_agents_may_leak(const struct slim_agents *agents, struct slim_text resource,
                         uint16_t status, uint64_t bytes)
{
    return agents->made.probes && resource.length > 0
           && slim_probes_may_leak(agents->made.probes, resource, status, bytes);
}
