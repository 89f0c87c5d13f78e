/* What stored hits are called by the lists of today. */
#include "rename.h"

#include <string.h>
#include <sys/stat.h>

#include "agent.h"
#include "client_hint.h"
#include "core/click_id.h"
#include "core/crc32c.h"
#include "core/text.h"
#include "core/url.h"
#include "country.h"
#include "hint_text.h"
#include "network.h"
#include "type_class.h"
#include "value.h"

struct slim_renaming {
    struct slim_enrich *enrich;
    struct slim_facts facts;
};

struct slim_renaming *slim_renaming_make(struct slim_enrich *enrich, apr_pool_t *pool)
{
    struct slim_renaming *renaming = apr_pcalloc(pool, sizeof *renaming);

    renaming->enrich = enrich;
    return renaming;
}

struct slim_enrich *slim_renaming_enrich(const struct slim_renaming *renaming)
{
    return renaming->enrich;
}

static int equal(struct slim_text a, struct slim_text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

/* Whether text was another one. */
static int change(struct slim_text *text, struct slim_text now)
{
    int differs = !equal(*text, now);

    *text = now;
    return differs;
}

/* --- agents --- */

static int name_browser(struct slim_naming *naming, const struct slim_client *client)
{
    return change(&naming->browser, client->browser) | change(&naming->version, client->version)
           | change(&naming->version_full, client->version_full);
}

static int name_platform(struct slim_naming *naming, const struct slim_client *client)
{
    return change(&naming->platform, client->platform)
           | change(&naming->platform_version, client->platform_version);
}

/* Hints that were not kept may have made a version more precise, or another one, as Windows 11
 * calls itself 10; and a Chromium may have said whose it is. Such names stay. */
static int name_without_hints(struct slim_naming *naming, const struct slim_client *client)
{
    int is_own = equal(naming->browser, client->browser);
    int keeps_browser = slim_client_hint_may_name(client->browser, naming->browser)
                        && (!is_own || equal(naming->version, client->version));
    int keeps_platform =
        equal(naming->platform, client->platform) && slim_client_hint_may_date(naming->platform);

    naming->keeps_client =
        (keeps_browser && !(is_own && equal(naming->version_full, client->version_full)))
        || (keeps_platform && !equal(naming->platform_version, client->platform_version));
    return (keeps_browser ? 0 : name_browser(naming, client))
           | (keeps_platform ? 0 : name_platform(naming, client));
}

static int name_client(struct slim_naming *naming, const struct slim_client *client)
{
    int changed = naming->robot != client->robot;

    if (naming->is_other_agent || naming->agent.length == 0) { /* rows of old dumps have no agent */
        return 0;
    }
    if (naming->hints_are_unknown) {
        changed |= name_without_hints(naming, client);
    } else {
        changed |= name_browser(naming, client) | name_platform(naming, client);
    }
    naming->robot = client->robot;
    naming->operator= client->operator;
    naming->purpose = client->purpose;
    return changed;
}

int slim_rename_robot(void *agents, struct slim_robot_naming *naming)
{
    struct slim_hit hit = {0};

    hit.field[SLIM_AGENT] = naming->agent;
    if (!naming->hints_are_unknown) {
        slim_hint_text_put(naming->hints, &hit);
    }
    const struct slim_client *client = slim_agents_derive(agents, &hit);
    enum slim_robot_purpose purpose = client->robot == naming->robot
                                          ? client->purpose
                                          : slim_robot_purpose_of_class(naming->robot);
    int changed = change(&naming->operator, client->operator) | (naming->purpose != purpose);
    naming->purpose = purpose;
    return changed;
}

int slim_rename_leak(void *agents, struct slim_text resource, unsigned status, uint64_t bytes)
{
    return slim_agents_may_leak(agents, resource, (uint16_t)status, bytes);
}

/* --- kinds --- */

/* Words are the site's own where a page was searched for. */
static int name_kind(struct slim_naming *naming, const struct slim_facts *facts)
{
    if (naming->evidence == 0 || naming->is_other_request || naming->kind == facts->kind) {
        return 0;
    }
    naming->kind = facts->kind;
    if (naming->terms_are_local || facts->terms_are_local) {
        naming->terms = facts->terms;
        naming->terms_are_local = facts->terms_are_local;
    }
    return 1;
}

/* --- sources --- */

/* Whether a link's parameters say where it is from. */
static int has_tags(struct slim_text resource)
{
    struct slim_text query = slim_value_query(resource), name, value;

    while (slim_url_next_parameter(&query, &name, &value)) {
        if (slim_text_begins(name, "utm_") || slim_click_id_find(name)) {
            return 1;
        }
    }
    return 0;
}

static int name_source(struct slim_naming *naming, const struct slim_facts *facts)
{
    int tagged = has_tags(naming->resource);

    if (naming->referer.length == 0 && !tagged) {
        return 0;
    }
    if (naming->channel == SLIM_CHANNEL_CAMPAIGN && !tagged) {
        return 0;
    }
    int changed = change(&naming->source, facts->source) | (naming->channel != facts->channel);
    naming->channel = facts->channel;
    if (!naming->terms_are_local && !facts->terms_are_local) {
        changed |= change(&naming->terms, facts->terms);
    }
    return changed;
}

/* --- places and networks --- */

static int is_usable(const struct slim_renaming *renaming, enum slim_enrich_data data,
                     const char *path)
{
    return path && slim_enrich_part(renaming->enrich, data)->status == APR_SUCCESS;
}

static int name_place(const struct slim_renaming *renaming, struct slim_naming *naming,
                      const struct slim_facts *facts)
{
    const char *country = slim_country_path(slim_enrich_country(renaming->enrich));
    const char *network = slim_networks_path(slim_enrich_networks(renaming->enrich));
    int changed = 0;

    if (naming->address_length == 0) {
        return 0;
    }
    if (is_usable(renaming, SLIM_DATA_COUNTRY, country)) {
        changed |= change(&naming->country, slim_text_of(facts->country));
        changed |= change(&naming->region, facts->region);
        changed |= change(&naming->city, facts->city);
    }
    if (is_usable(renaming, SLIM_DATA_NETWORKS, network)) {
        changed |= naming->network != facts->network;
        changed |= change(&naming->network_name, facts->network_name);
        naming->network = facts->network;
    }
    return changed;
}

/* --- all of it --- */

int slim_rename(void *baton, struct slim_naming *naming)
{
    struct slim_renaming *renaming = baton;
    struct slim_facts *facts = &renaming->facts;
    struct slim_evidence evidence = slim_evidence_unpack(naming->evidence);
    struct slim_hit hit = {.time_us = naming->second * 1000000, .status = naming->status};

    hit.address_length = naming->address_length;
    memcpy(hit.address, naming->address, sizeof hit.address);
    slim_evidence_put(&evidence, &hit);
    hit.field[SLIM_METHOD] = naming->method;
    hit.field[SLIM_SITE] = naming->site;
    hit.field[SLIM_URI] = naming->resource;
    hit.field[SLIM_REFERER] = naming->referer;
    hit.field[SLIM_AGENT] = naming->agent;
    if (!naming->hints_are_unknown) {
        slim_hint_text_put(naming->hints, &hit);
    }
    naming->keeps_client = 0;
    slim_enrich_hit(renaming->enrich, &hit, facts);

    int changed = 0;
    if (slim_enrich_part(renaming->enrich, SLIM_DATA_AGENTS)->status == APR_SUCCESS) {
        changed |= name_client(naming, facts->client);
    }
    if (slim_enrich_part(renaming->enrich, SLIM_DATA_PAGES)->status == APR_SUCCESS) {
        changed |= name_kind(naming, facts);
    }
    if (slim_enrich_part(renaming->enrich, SLIM_DATA_SOURCES)->status == APR_SUCCESS) {
        changed |= name_source(naming, facts);
    }
    return changed | name_place(renaming, naming, facts);
}

/* Which version of a file it is. */
static uint32_t sum_file(uint32_t sum, const char *path)
{
    struct stat found;

    if (!path || stat(path, &found) != 0) {
        return slim_crc32c(sum, "", 1);
    }
    const int64_t version[] = {(int64_t)found.st_size, (int64_t)found.st_mtim.tv_sec,
                               (int64_t)found.st_mtim.tv_nsec, (int64_t)found.st_ino};
    return slim_crc32c(sum, version, sizeof version);
}

uint32_t slim_renaming_sum(const struct slim_renaming *renaming)
{
    struct slim_enrich *enrich = renaming->enrich;
    uint32_t sum = slim_enrich_lists_sum(enrich);

    sum = sum_file(sum, slim_country_path(slim_enrich_country(enrich)));
    return sum_file(sum, slim_networks_path(slim_enrich_networks(enrich)));
}
