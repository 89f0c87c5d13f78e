/* The table of enrichers. A new one is a file of its own and a line here. */
#include "enrich.h"

#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "agent.h"
#include "campaign.h"
#include "core/crc32c.h"
#include "core/text.h"
#include "country.h"
#include "kind.h"
#include "language.h"
#include "list_keeper.h"
#include "local_search.h"
#include "network.h"
#include "page.h"
#include "page_files.h"
#include "referer_cache.h"
#include "resource.h"
#include "source_files.h"
#include "tls.h"
#include "type_class.h"
#include "value.h"
#include "visitor.h"

struct slim_enrich {
    const struct slim_settings *settings;
    const struct slim_site_rules *rules; /* of the hit's site */
    struct slim_country *country;
    struct slim_networks *networks;
    struct slim_agents *agents;
    struct slim_referers *referers;
    struct slim_source_files source_files;
    struct slim_page_files page_files;
    struct slim_visitors *visitors;
    int only_looks; /* and makes no key for them */
    apr_pool_t *pool;
    struct slim_enrich_part part[SLIM_DATA_PARTS];
    int was_read[SLIM_DATA_PARTS]; /* for good or bad: there was memory for it once */
};

struct slim_enrich *slim_enrich_make(const struct slim_settings *settings, apr_pool_t *pool)
{
    struct slim_enrich *e = apr_pcalloc(pool, sizeof *e);

    e->settings = settings;
    e->pool = pool;
    e->country = slim_country_make(settings->country, settings->state, pool);
    e->networks = slim_networks_make(settings->network, settings->state, settings->data, pool);
    e->agents = slim_agents_make(settings->agents, settings->data, pool);
    if (settings->state) {
        slim_agents_add_own(e->agents, settings->state);
    }
    slim_page_files_init(&e->page_files, settings->data, settings->state, pool);
    e->visitors =
        slim_visitors_make(settings->state, (enum slim_visitor_key)settings->visitor_key, pool);
    e->referers = slim_referers_make(pool);
    slim_source_files_init(&e->source_files, settings->data, settings->state, pool);
    return e;
}

/* Whoever has half of the file does not learn it from empty columns. Before the refresh: what was
 * asked was asked of the file in use. */
static void note_missing_ipv6(int was_short, const char *path, const char *what,
                              struct slim_enrich_part *part)
{
    part->news[0] = '\0';
    if (was_short) {
        snprintf(part->news, sizeof part->news,
                 "%s has IPv4 addresses only: IPv6 visitors get no %s", path, what);
    }
}

static void refresh_country(struct slim_enrich *e, struct slim_enrich_part *part)
{
    note_missing_ipv6(slim_country_was_short(e->country), slim_country_path(e->country), "country",
                      part);
    apr_status_t rv = slim_country_refresh(e->country, &part->changed);
    part->path = slim_country_path(e->country);
    if (part->changed) {
        part->status = rv;
    }
}

static void refresh_networks(struct slim_enrich *e, struct slim_enrich_part *part)
{
    note_missing_ipv6(slim_networks_was_short(e->networks), slim_networks_path(e->networks),
                      "network", part);
    part->path = NULL;
    part->reason[0] = '\0';
    part->status = slim_networks_refresh(e->networks, &part->changed, &part->path, part->reason,
                                         sizeof part->reason);
}

static void refresh_agents(struct slim_enrich *e, struct slim_enrich_part *part)
{
    char reason[sizeof part->reason] = "";
    apr_status_t rv = slim_agents_refresh(e->agents, &part->changed, reason, sizeof reason);

    part->path = e->settings->agents;
    if (part->changed) {
        part->status = rv;
        memcpy(part->reason, reason, sizeof reason);
    }
}

static void refresh_sources(struct slim_enrich *e, struct slim_enrich_part *part)
{
    part->path = e->source_files.list[0].path;
    part->changed = slim_source_files_refresh(&e->source_files, &part->status, part->reason,
                                              sizeof part->reason);
    if (part->changed) {
        slim_referers_forget(e->referers);
    }
}

static void refresh_pages(struct slim_enrich *e, struct slim_enrich_part *part)
{
    part->path = e->page_files.list[SLIM_PAGE_FILES - 1].path;
    part->changed =
        slim_page_files_refresh(&e->page_files, &part->status, part->reason, sizeof part->reason);
}

static void refresh_visitors(struct slim_enrich *e, struct slim_enrich_part *part)
{
    apr_status_t rv = slim_visitors_refresh(e->visitors, apr_time_sec(apr_time_now()));

    part->path = slim_visitors_path(e->visitors);
    part->changed = rv != part->status;
    part->status = rv;
}

void slim_enrich_read(struct slim_enrich *e, struct slim_enrich_part parts[SLIM_DATA_PARTS])
{
    e->only_looks = 1;
    refresh_country(e, &e->part[SLIM_DATA_COUNTRY]);
    refresh_networks(e, &e->part[SLIM_DATA_NETWORKS]);
    refresh_agents(e, &e->part[SLIM_DATA_AGENTS]);
    refresh_sources(e, &e->part[SLIM_DATA_SOURCES]);
    refresh_pages(e, &e->part[SLIM_DATA_PAGES]);
    for (int i = 0; i < SLIM_DATA_PARTS; i++) {
        e->was_read[i] |= !APR_STATUS_IS_ENOMEM(e->part[i].status);
    }
    memcpy(parts, e->part, sizeof e->part);
}

int slim_enrich_waits(const struct slim_enrich *e)
{
    for (int i = 0; i < SLIM_DATA_VISITORS; i++) {
        if (!e->was_read[i]) {
            return 1;
        }
    }
    return 0;
}

void slim_enrich_refresh(struct slim_enrich *e, struct slim_enrich_part parts[SLIM_DATA_PARTS])
{
    slim_enrich_read(e, parts);
    e->only_looks = 0;
    refresh_visitors(e, &e->part[SLIM_DATA_VISITORS]);
    parts[SLIM_DATA_VISITORS] = e->part[SLIM_DATA_VISITORS];
}

struct slim_agents *slim_enrich_agents(struct slim_enrich *e)
{
    return e->agents;
}

struct slim_country *slim_enrich_country(struct slim_enrich *e)
{
    return e->country;
}

struct slim_networks *slim_enrich_networks(struct slim_enrich *e)
{
    return e->networks;
}

const struct slim_sources *slim_enrich_sources(const struct slim_enrich *e)
{
    return e->source_files.sources;
}

static int tell_part(const struct slim_enrich_part *part, slim_tell_fault *tell, void *baton)
{
    char fault[512], reason[128];

    if (part->status == APR_SUCCESS) {
        return 0;
    }
    apr_strerror(part->status, reason, sizeof reason);
    snprintf(fault, sizeof fault, "%s: %s", part->path ? part->path : "data files",
             part->status == SLIM_EBADRULES ? "it is damaged, or of another format" : reason);
    tell(baton, part->reason[0] ? part->reason : fault);
    return 1;
}

int slim_enrich_faults(const struct slim_enrich *e, slim_tell_fault *tell, void *baton)
{
    return slim_agents_faults(e->agents, tell, baton)
           + slim_kept_lists_faults(e->source_files.list, SLIM_SOURCE_FILES, tell, baton)
           + tell_part(&e->part[SLIM_DATA_COUNTRY], tell, baton)
           + tell_part(&e->part[SLIM_DATA_NETWORKS], tell, baton);
}

/* The rules of sites come in any order. */
static uint32_t sum_rules(const struct slim_enrich *e)
{
    const char *line = slim_site_rules_write(e->settings->sites, e->pool);
    uint32_t sum = 0;

    while (*line) {
        size_t length = strcspn(line, "\n") + 1;
        sum += slim_crc32c(0, line, length);
        line += length;
    }
    return sum;
}

uint32_t slim_enrich_lists_sum(const struct slim_enrich *e)
{
    uint32_t sum = slim_agents_sum(e->agents) ^ sum_rules(e);

    sum = slim_kept_lists_sum(e->source_files.list, SLIM_SOURCE_FILES, sum);
    return slim_kept_lists_sum(e->page_files.list, SLIM_PAGE_FILES, sum);
}

const struct slim_enrich_part *slim_enrich_part(const struct slim_enrich *e,
                                                enum slim_enrich_data data)
{
    return &e->part[data];
}

/* --- the enrichers --- */

/* Capture has left of an address what the enrichers need, and a log that is imported has all of it:
 * the site's rule is for what is stored. */
static struct slim_text apply_query_rule(const struct slim_enrich *e, struct slim_text address,
                                         char *buffer, size_t size)
{
    if (address.length > size) {
        address.length = size;
    }
    if (e->rules->query.mode != SLIM_QUERY_KEEP) {
        size_t length = slim_query_apply(&e->rules->query, address, buffer, size);
        return (struct slim_text){buffer, length};
    }
    return address;
}

/* buffer is one of the facts'. */
static struct slim_text derive_page(const struct slim_enrich *e, struct slim_text resource,
                                    struct slim_text sections, char buffer[SLIM_PAGE_MAX],
                                    const char **rule)
{
    const struct slim_page_maker maker = {e->page_files.pages, e->rules, sections};

    return (struct slim_text){buffer,
                              slim_page_derive(&maker, resource, buffer, SLIM_PAGE_MAX, rule)};
}

/* What the application says has the last word. */
static void take_names(const struct slim_enrich *e, const struct slim_hit *hit,
                       struct slim_facts *facts)
{
    const struct slim_page_maker maker = {e->page_files.pages, e->rules, {NULL, 0}};
    char named[SLIM_PAGE_MAX];
    size_t length = slim_page_named(&maker, hit->field[SLIM_PAGE_NAME], named, sizeof named);

    if (length > 0) {
        memcpy(facts->page_buffer, named, length);
        facts->page = (struct slim_text){facts->page_buffer, length};
        facts->page_rule = NULL;
    }
    length = slim_value_clean(hit->field[SLIM_TITLE], "", facts->title_buffer,
                              sizeof facts->title_buffer);
    facts->title = (struct slim_text){facts->title_buffer, length};
}

/* What another hit that has its address as referer takes it for. */
static void derive_address_page(const struct slim_enrich *e, struct slim_facts *facts)
{
    const char *rule;
    struct slim_text page = derive_page(e, facts->resource, (struct slim_text){NULL, 0},
                                        facts->address_page_buffer, &rule);

    if (page.length != facts->page.length || memcmp(page.at, facts->page.at, page.length) != 0) {
        facts->address_page = page;
    }
}

static void derive_resource(struct slim_enrich *e, const struct slim_hit *hit,
                            struct slim_facts *facts)
{
    facts->resource = apply_query_rule(e, slim_resource_derive(hit->field[SLIM_URI]),
                                       facts->resource_buffer, sizeof facts->resource_buffer);
    facts->page = derive_page(e, facts->resource, hit->field[SLIM_PAGE_SECTIONS],
                              facts->page_buffer, &facts->page_rule);
    take_names(e, hit, facts);
    facts->address_page = (struct slim_text){NULL, 0};
    if (hit->field[SLIM_PAGE_SECTIONS].length > 0 || hit->field[SLIM_PAGE_NAME].length > 0) {
        derive_address_page(e, facts);
    }
}

struct slim_kind_case slim_enrich_kind_case(const struct slim_enrich *e, const struct slim_hit *hit,
                                            const struct slim_facts *facts)
{
    return (struct slim_kind_case){.method = hit->field[SLIM_METHOD],
                                   .resource = facts->resource,
                                   .status = hit->status,
                                   .evidence = slim_evidence_unpack(facts->evidence),
                                   .own = e->rules->own,
                                   .list = e->page_files.pages};
}

static void derive_kind(struct slim_enrich *e, const struct slim_hit *hit, struct slim_facts *facts)
{
    struct slim_evidence evidence = slim_evidence_of(hit);

    facts->evidence = slim_evidence_pack(&evidence);
    struct slim_kind_case c = slim_enrich_kind_case(e, hit, facts);
    facts->kind = slim_kind_derive(&c);
}

static void derive_language(struct slim_enrich *e, const struct slim_hit *hit,
                            struct slim_facts *facts)
{
    (void)e;
    slim_language_derive(hit->field[SLIM_LANGUAGE].at, hit->field[SLIM_LANGUAGE].length,
                         facts->language);
}

static void derive_country(struct slim_enrich *e, const struct slim_hit *hit,
                           struct slim_facts *facts)
{
    const struct slim_place *place =
        slim_country_find(e->country, hit->address, hit->address_length);

    memcpy(facts->country, place->country, sizeof facts->country);
    facts->region = slim_text_of(place->region);
    facts->city = slim_text_of(place->city);
}

static void derive_network(struct slim_enrich *e, const struct slim_hit *hit,
                           struct slim_facts *facts)
{
    const struct slim_network *network =
        slim_networks_find(e->networks, hit->address, hit->address_length);

    facts->network = network->number;
    facts->network_name = slim_text_of(network->name);
    facts->marks |= network->hosts ? SLIM_MARK_HOSTING : 0;
}

static void derive_referer(struct slim_enrich *e, const struct slim_hit *hit,
                           struct slim_facts *facts)
{
    char buffer[sizeof facts->referer_buffer];
    const char *rule;
    struct slim_text header = apply_query_rule(e, hit->field[SLIM_REFERER], buffer, sizeof buffer);

    slim_referers_derive(e->referers, e->source_files.sources, e->settings->own_hosts, header,
                         hit->field[SLIM_SITE], facts);
    facts->referer_page = (struct slim_text){NULL, 0};
    if (facts->referer_is_own) {
        facts->referer_page =
            derive_page(e, slim_resource_derive(facts->referer), (struct slim_text){NULL, 0},
                        facts->referer_page_buffer, &rule);
    }
}

static void derive_campaign(struct slim_enrich *e, const struct slim_hit *hit,
                            struct slim_facts *facts)
{
    slim_campaign_derive(e->source_files.sources, hit->field[SLIM_URI], facts);
}

static void derive_local_search(struct slim_enrich *e, const struct slim_hit *hit,
                                struct slim_facts *facts)
{
    slim_local_search_derive(e->rules->query.search, hit, facts);
}

static void derive_client(struct slim_enrich *e, const struct slim_hit *hit,
                          struct slim_facts *facts)
{
    facts->client = slim_agents_derive(e->agents, hit);
}

static void derive_tls(struct slim_enrich *e, const struct slim_hit *hit, struct slim_facts *facts)
{
    (void)e;
    slim_tls_derive(hit->field[SLIM_TLS_VERSION], facts->tls);
}

/* Behaviour, beside what a client calls itself. */
static void derive_marks(struct slim_enrich *e, const struct slim_hit *hit,
                         struct slim_facts *facts)
{
    struct slim_rule_place place;

    if (slim_text_is(slim_query_cut(facts->resource), "/robots.txt")) {
        facts->marks |= SLIM_MARK_ROBOTS_TXT;
    }
    if (slim_agents_is_probe(e->agents, facts->resource, hit->status, &place)) {
        facts->marks |= SLIM_MARK_PROBE;
    }
}

static void derive_visitor(struct slim_enrich *e, const struct slim_hit *hit,
                           struct slim_facts *facts)
{
    facts->visitor =
        e->only_looks ? 0 : slim_visitors_derive(e->visitors, hit, (struct slim_text){NULL, 0});
}

static const struct {
    const char *name;
    void (*derive)(struct slim_enrich *e, const struct slim_hit *hit, struct slim_facts *facts);
} enrichers[] = {
    {"resource", derive_resource},
    {"kind", derive_kind},
    {"language", derive_language},
    {"country", derive_country}, /* and region and city */
    {"network", derive_network}, /* and the mark of those that host */
    {"referer", derive_referer},
    {"campaign", derive_campaign}, /* has the last word on source and channel */
    {"local search", derive_local_search},
    {"client", derive_client},
    {"TLS", derive_tls},
    {"marks", derive_marks},
    {"visitor", derive_visitor},
};

void slim_enrich_hit(struct slim_enrich *e, const struct slim_hit *hit, struct slim_facts *facts)
{
    e->rules = slim_site_rules_find(e->settings->sites, hit->field[SLIM_SITE]);
    facts->is_imported = 0;
    facts->marks = 0; /* each enricher adds its own */
    for (size_t i = 0; i < sizeof enrichers / sizeof enrichers[0]; i++) {
        enrichers[i].derive(e, hit, facts);
    }
}

void slim_enrich_client_name(struct slim_enrich *e, const struct slim_hit *hit,
                             struct slim_text name, struct slim_facts *facts)
{
    if (hit->address_length == 0 && name.length > 0) {
        facts->visitor = slim_visitors_derive(e->visitors, hit, name);
    }
}

int slim_enrich_excludes(const struct slim_enrich *e, const struct slim_facts *facts,
                         enum slim_excluded *reason)
{
    *reason = SLIM_EXCLUDED_ROBOT;
    return e->rules->drop_robots && facts->client && facts->client->robot != SLIM_ROBOT_NONE;
}
