/* The table of enrichers. A new one is a file of its own and a line here. */
#include <string.h>

#include "enrich_internal.h"

#include "campaign.h"
#include "core/text.h"
#include "kind.h"
#include "language.h"
#include "local_search.h"
#include "page.h"
#include "resource.h"
#include "tls.h"
#include "type_class.h"
#include "value.h"

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

/* A hit's page has either a name or a file. */
static struct slim_text name_of(const struct slim_hit *hit, int of_file)
{
    int is_file = (hit->flags & SLIM_HIT_FILE) != 0;

    return of_file == is_file ? hit->field[SLIM_PAGE_NAME] : (struct slim_text){NULL, 0};
}

/* Of an address by itself hit is NULL. buffer is one of the facts'. */
static struct slim_text derive_page(const struct slim_enrich *e, struct slim_text resource,
                                    const struct slim_hit *hit, char buffer[SLIM_PAGE_MAX],
                                    const char **rule)
{
    struct slim_page_maker maker = {.list = e->page_files.pages, .rules = e->rules};

    if (hit) {
        maker.sections = hit->field[SLIM_PAGE_SECTIONS];
        maker.file = name_of(hit, 1);
    }
    return (struct slim_text){buffer,
                              slim_page_derive(&maker, resource, buffer, SLIM_PAGE_MAX, rule)};
}

/* What the application says has the last word. */
static void take_names(const struct slim_enrich *e, const struct slim_hit *hit,
                       struct slim_facts *facts)
{
    const struct slim_page_maker maker = {.list = e->page_files.pages, .rules = e->rules};
    char named[SLIM_PAGE_MAX];
    size_t length = slim_page_named(&maker, name_of(hit, 0), named, sizeof named);

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
    struct slim_text page =
        derive_page(e, facts->resource, NULL, facts->address_page_buffer, &rule);

    if (page.length != facts->page.length || memcmp(page.at, facts->page.at, page.length) != 0) {
        facts->address_page = page;
    }
}

static void derive_resource(struct slim_enrich *e, const struct slim_hit *hit,
                            struct slim_facts *facts)
{
    facts->resource = apply_query_rule(e, slim_resource_derive(hit->field[SLIM_URI]),
                                       facts->resource_buffer, sizeof facts->resource_buffer);
    facts->page = derive_page(e, facts->resource, hit, facts->page_buffer, &facts->page_rule);
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
        facts->referer_page = derive_page(e, slim_resource_derive(facts->referer), NULL,
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

enum slim_proof slim_enrich_proof(const struct slim_enrich *e, const struct slim_hit *hit,
                                  const struct slim_facts *facts,
                                  const struct slim_proof_line **line)
{
    const struct slim_proof_case c = {
        .operator= facts->client->operator,
        .agent = hit->field[SLIM_AGENT],
        .address = hit->address,
        .length = hit->address_length,
        .is_masked = e->rules->address == SLIM_ADDRESS_MASKED,
        .at_s = hit->time_us / 1000000,
    };

    *line = NULL;
    return facts->client->robot == SLIM_ROBOT_NONE ? SLIM_PROOF_OPEN
                                                   : slim_proofs_tell(e->proofs, &c, line);
}

/* Whether a robot is whose it says: never its class. */
static void derive_proof(struct slim_enrich *e, const struct slim_hit *hit,
                         struct slim_facts *facts)
{
    const struct slim_proof_line *line;

    switch (slim_enrich_proof(e, hit, facts, &line)) {
    case SLIM_PROOF_RANGE: facts->marks |= SLIM_MARK_PROVED; break;
    case SLIM_PROOF_FALSE: facts->marks |= SLIM_MARK_FALSE; break;
    default: break;
    }
}

static void derive_tls(struct slim_enrich *e, const struct slim_hit *hit, struct slim_facts *facts)
{
    (void)e;
    slim_tls_derive(hit->field[SLIM_TLS_VERSION], facts->tls);
}

static void note_server(struct slim_enrich *e, const struct slim_hit *hit, struct slim_facts *facts)
{
    (void)hit; /* its record was of this one */
    facts->server = slim_text_of(e->settings->server ? e->settings->server : "");
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
    if (slim_agents_may_leak(e->agents, facts->resource, hit->status, hit->bytes)) {
        facts->marks |= SLIM_MARK_LEAK;
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
    {"proof", derive_proof}, /* of what the client is */
    {"TLS", derive_tls},
    {"server", note_server},
    {"marks", derive_marks},
    {"visitor", derive_visitor},
};

void slim_enrich_hit(struct slim_enrich *e, const struct slim_hit *hit, struct slim_facts *facts)
{
    e->rules = slim_site_rules_find(e->settings->sites, hit->field[SLIM_SITE]);
    facts->is_imported = 0;
    facts->archive = 0;
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
