/* The rule behind each field: it derives as the recorder does, and looks up once more what gave the
 * result. Nothing is stored. */
#include "explain.h"

#include <assert.h>
#include <string.h>

#include <apr_strings.h>

#include "agent.h"
#include "core/ascii.h"
#include "core/role.h"
#include "core/session.h"
#include "core/text.h"
#include "core/url.h"
#include "country.h"
#include "kind.h"
#include "network.h"
#include "sources.h"
#include "value.h"

struct explaining {
    struct slim_enrich *enrich;
    const struct slim_hit *hit;
    const struct slim_explain_case *one;
    const struct slim_facts *facts;
    struct slim_explained *rows;
    int used;
    apr_pool_t *pool;
};

static void tell(struct explaining *x, unsigned from, const char *field, struct slim_text value,
                 const char *rule)
{
    assert(x->used < SLIM_EXPLAINED_MAX);
    x->rows[x->used++] = (struct slim_explained){field, value, rule, from};
}

static const char *place(const struct explaining *x, const char *file, unsigned line)
{
    return file ? apr_psprintf(x->pool, "%s, line %u", file, line) : "";
}

/* --- target and kind --- */

static const char *kind_rule(const struct explaining *x, const struct slim_kind_reason *why)
{
    if (!why->listed) {
        return why->by;
    }
    return apr_psprintf(x->pool, "%s: %s", why->by,
                        why->listed->file ? place(x, why->listed->file, why->listed->line)
                                          : "SlimStatsKind");
}

static const char *page_rule(const struct explaining *x)
{
    const struct slim_facts *facts = x->facts;

    if (facts->page_rule) {
        return apr_pstrcat(x->pool, "SlimStatsPage ", facts->page_rule, NULL);
    }
    return facts->page.length == facts->resource.length
                   && memcmp(facts->page.at, facts->resource.at, facts->page.length) == 0
               ? "the resource"
               : "the resource, its escapes made equal, without what parameters.txt and "
                 "SlimStatsPageParam name";
}

/* "as sent", and behind it what of an address was left out. */
static const char *as_sent(const struct explaining *x, struct slim_text address, const char *less)
{
    unsigned taken = slim_query_takes(x->one->rule, address);
    const char *drops = taken & SLIM_QUERY_TAKES_PARAMETERS ? ", what SlimStatsQuery drops" : "";
    const char *hides =
        taken & SLIM_QUERY_TAKES_SECRETS ? ", values that SlimStatsSecret hides" : "";
    const char *all = apr_pstrcat(x->pool, less, drops, hides, NULL);

    return *all ? apr_pstrcat(x->pool, "as sent, without ", *less ? all : all + 2, NULL)
                : "as sent";
}

static const char *resource_rule(const struct explaining *x)
{
    struct slim_text address = x->one->target;
    struct slim_url url;
    int has_host = slim_url_split(address, &url);
    int has_fragment = address.length > 0 && memchr(address.at, '#', address.length) != NULL;

    return as_sent(x, address,
                   has_host && has_fragment ? "scheme, host, fragment"
                   : has_host               ? "scheme, host"
                   : has_fragment           ? "fragment"
                                            : "");
}

static void explain_target(struct explaining *x)
{
    const struct slim_facts *facts = x->facts;

    tell(x, SLIM_FROM_TARGET, "site", x->hit->field[SLIM_SITE], "the virtual host's name");
    tell(x, SLIM_FROM_TARGET, "resource", facts->resource, resource_rule(x));
    tell(x, SLIM_FROM_TARGET, "page", facts->page, page_rule(x));
    struct slim_kind_reason why;
    const struct slim_kind_case c = slim_enrich_kind_case(x->enrich, x->hit, facts);
    enum slim_kind kind = slim_kind_explain(&c, &why);
    tell(x, SLIM_FROM_TARGET, "kind", slim_text_of(slim_kind_name(kind)), kind_rule(x, &why));
}

/* --- referer and source --- */

static const struct slim_source *find_source(const struct explaining *x)
{
    const struct slim_sources *sources = slim_enrich_sources(x->enrich);
    struct slim_text header = x->hit->field[SLIM_REFERER];
    char lower[256];
    struct slim_url url;

    if (!sources || x->facts->referer_is_own || !slim_url_split(header, &url)
        || url.host.length > sizeof lower) {
        return NULL;
    }
    slim_lower_all(url.host.at, url.host.length, lower);
    return slim_sources_find(sources, (struct slim_text){lower, url.host.length}, url.path);
}

static const char *referer_rule(const struct explaining *x)
{
    if (x->hit->field[SLIM_REFERER].length == 0) {
        return "none was sent";
    }
    return x->facts->referer.length > 0 ? as_sent(x, x->one->referer, "user info, fragment")
                                        : "only http and https are kept";
}

static const char *source_rule(const struct explaining *x, const struct slim_source *source)
{
    const struct slim_facts *facts = x->facts;

    if (facts->channel == SLIM_CHANNEL_CAMPAIGN) {
        return "utm_source or click id of the target";
    }
    if (slim_value_find("utm_source", slim_value_query(x->hit->field[SLIM_URI])).length > 0) {
        return "utm_source of the target, as the list names it";
    }
    if (facts->channel == SLIM_CHANNEL_DIRECT) {
        return "no referer and no campaign";
    }
    if (facts->channel == SLIM_CHANNEL_INTERNAL) {
        return "the site itself, by SlimStatsOwnHost or its names";
    }
    if (source) {
        return place(x, source->file, source->line);
    }
    return facts->domain.length == 0 && facts->source.length > 0
               ? "an application, or a network's mark in the target"
               : "the domain, in no list";
}

static const char *terms_rule(const struct explaining *x, const struct slim_source *source)
{
    if (x->facts->terms_are_local) {
        return "the site's own search: SlimStatsSearchParam, or a path /search/WORDS";
    }
    if (!source || !*source->parameters) {
        return "";
    }
    return apr_psprintf(x->pool, "parameters %s of the address%s", source->parameters,
                        x->facts->terms.length ? "" : ": none has words");
}

static void explain_origin(struct explaining *x)
{
    const struct slim_facts *facts = x->facts;
    const struct slim_source *source = find_source(x);
    unsigned from = SLIM_FROM_REFERER | SLIM_FROM_TARGET;

    tell(x, from, "referer", facts->referer, referer_rule(x));
    tell(x, from, "domain", facts->domain, "the referer's host");
    tell(x, from, "source", facts->source, source_rule(x, source));
    tell(x, from, "channel", slim_text_of(slim_channel_name(facts->channel)),
         source_rule(x, source));
    tell(x, from, "searchterms", facts->terms, terms_rule(x, source));
    if (source && source->spam) {
        tell(x, from, "spam", slim_text_of("yes"), place(x, source->file, source->line));
    }
    tell(x, SLIM_FROM_TARGET, "campaign", facts->campaign.name,
         "utm_campaign, or the click id's network");
    tell(x, SLIM_FROM_TARGET, "medium", facts->campaign.medium, "utm_medium");
    tell(x, SLIM_FROM_TARGET, "term", facts->campaign.term, "utm_term");
    tell(x, SLIM_FROM_TARGET, "content", facts->campaign.content, "utm_content");
}

/* --- place and network --- */

/* lacks: the file has IPv4 addresses only, and this is another one. */
static const char *file_rule(const struct explaining *x, const char *path, int lacks, int found,
                             const char *without)
{
    if (x->hit->address_length == 0) {
        return "no address is known";
    }
    if (!path) {
        return without;
    }
    if (lacks) {
        return apr_pstrcat(x->pool, path, " has IPv4 addresses only", NULL);
    }
    return found ? path : apr_pstrcat(x->pool, path, " does not tell it", NULL);
}

static void tell_place(struct explaining *x, const char *field, struct slim_text value)
{
    const struct slim_country *country = slim_enrich_country(x->enrich);
    int lacks = slim_country_lacks(country, x->hit->address, x->hit->address_length);

    tell(x, SLIM_FROM_ADDRESS, field, value,
         file_rule(x, slim_country_path(country), lacks, value.length > 0,
                   "there is no country file; see slimstats country build"));
}

static const char *hosting_rule(const struct explaining *x, const struct slim_network *network)
{
    if (network->place.file) {
        return place(x, network->place.file, network->place.line);
    }
    return network->number == 0 ? "the network is not known" : "no line of hosting.tsv fits";
}

static void explain_address(struct explaining *x)
{
    const struct slim_facts *facts = x->facts;
    struct slim_networks *networks = slim_enrich_networks(x->enrich);
    const struct slim_network *network =
        slim_networks_find(networks, x->hit->address, x->hit->address_length);
    const char *number = facts->network ? apr_psprintf(x->pool, "AS%u", facts->network) : "";
    int lacks = slim_networks_lacks(networks, x->hit->address, x->hit->address_length);
    const char *rule = file_rule(x, slim_networks_path(networks), lacks, facts->network != 0,
                                 "there is no file of networks; see SlimStatsNetwork");

    tell_place(x, "country", slim_text_of(facts->country));
    tell_place(x, "region", facts->region);
    tell_place(x, "city", facts->city);
    tell(x, SLIM_FROM_ADDRESS, "network", slim_text_of(number), rule);
    tell(x, SLIM_FROM_ADDRESS, "network_name", facts->network_name, rule);
    tell(x, SLIM_FROM_ADDRESS, "hosting", slim_text_of(network->hosts ? "yes" : "no"),
         hosting_rule(x, network));
}

/* --- who it was --- */

static void explain_language(struct explaining *x)
{
    tell(x, SLIM_FROM_LANGUAGE, "language", slim_text_of(x->facts->language),
         x->hit->field[SLIM_LANGUAGE].length == 0 ? "none was sent"
                                                  : "the tag with the highest quality, the first "
                                                    "of equals; language and region have to exist");
}

static const char *rule_of(const struct explaining *x, const struct slim_rule_place *rule,
                           struct slim_text value)
{
    if (rule->file) {
        return place(x, rule->file, rule->line);
    }
    return value.length > 0 ? "a client hint" : "no rule fits";
}

static const char *robot_rule(const struct explaining *x,
                              const struct slim_agent_explanation *explanation)
{
    if (explanation->robot.file) {
        return place(x, explanation->robot.file, explanation->robot.line);
    }
    if (explanation->client->robot == SLIM_ROBOT_NONE) {
        return "no rule fits";
    }
    return x->hit->field[SLIM_AGENT].length == 0 ? "an empty agent"
                                                 : "it names neither a browser nor a platform";
}

/* Whose a robot is, and what it is for. */
static void explain_duty(struct explaining *x, const struct slim_agent_explanation *explanation)
{
    const struct slim_client *client = explanation->client;
    const struct slim_rule_place *operator= & explanation->operator, * purpose = & explanation->purpose;

    if (client->robot == SLIM_ROBOT_NONE) {
        return;
    }
    tell(x, SLIM_FROM_AGENT, "operator",
         client->operator, operator->file ? place(x, operator->file, operator->line)
                                          : "no line says whose it is");
    tell(x, SLIM_FROM_AGENT, "purpose", slim_text_of(slim_robot_purpose_name(client->purpose)),
         purpose->file ? place(x, purpose->file, purpose->line) : "by its class");
}

static void explain_proof(struct explaining *x)
{
    static const char *const names[SLIM_PROOFS] = {"open", "range", "false"};
    const struct slim_proof_line *line;
    struct slim_hit hit = *x->hit;

    hit.time_us = apr_time_now();
    enum slim_proof proof = slim_enrich_proof(x->enrich, &hit, x->facts, &line);
    const char *why =
        !line ? "no line of proofs.tsv has its operator and a word of it"
        : proof == SLIM_PROOF_OPEN
            ? apr_pstrcat(x->pool, line->file, " is not here, is damaged, or is too old", NULL)
            : line->file;

    if (x->facts->client->robot != SLIM_ROBOT_NONE) {
        tell(x, SLIM_FROM_AGENT, "proof", slim_text_of(names[proof]), why);
    }
}

static void explain_client(struct explaining *x)
{
    struct slim_agent_explanation explanation;

    slim_agents_explain(slim_enrich_agents(x->enrich), x->hit, &explanation);
    const struct slim_client *client = explanation.client;
    const char *browser = rule_of(x, &explanation.browser, client->browser);
    const char *platform = rule_of(x, &explanation.platform, client->platform);

    tell(x, SLIM_FROM_AGENT, "browser", client->browser, browser);
    tell(x, SLIM_FROM_AGENT, "version", client->version, browser);
    tell(x, SLIM_FROM_AGENT, "version_full", client->version_full, browser);
    tell(x, SLIM_FROM_AGENT, "platform", client->platform, platform);
    tell(x, SLIM_FROM_AGENT, "platform_version", client->platform_version, platform);
    tell(x, SLIM_FROM_AGENT, "robot", slim_text_of(slim_robot_name(client->robot)),
         robot_rule(x, &explanation));
    explain_duty(x, &explanation);
    explain_proof(x);
}

static void explain_behaviour(struct explaining *x)
{
    struct slim_rule_place line = {NULL, 0};
    unsigned marks = x->facts->marks;

    (void)slim_agents_is_probe(slim_enrich_agents(x->enrich), x->facts->resource, x->hit->status,
                               &line);
    tell(x, SLIM_FROM_TARGET, "robots.txt",
         slim_text_of(marks & SLIM_MARK_ROBOTS_TXT ? "yes" : "no"),
         "whether it asks for that file");
    tell(x, SLIM_FROM_TARGET, "probe", slim_text_of(marks & SLIM_MARK_PROBE ? "yes" : "no"),
         line.file ? place(x, line.file, line.line) : "no line of probes.tsv fits");
}

/* --- whether and as what it counts --- */

static unsigned roles_of(const struct explaining *x)
{
    const struct slim_role_case c = {
        .method = x->hit->field[SLIM_METHOD],
        .kind = x->facts->kind,
        .status = x->hit->status,
        .flags = x->hit->flags,
        .evidence = x->facts->evidence,
        .searches = x->facts->terms_are_local,
    };
    return slim_role_of(&c);
}

static const char *why_no_pageview(const struct explaining *x)
{
    struct slim_text method = x->hit->field[SLIM_METHOD];
    unsigned status = x->hit->status;

    if (x->facts->kind != SLIM_KIND_PAGE && x->facts->kind != SLIM_KIND_PREFETCH) {
        return apr_psprintf(x->pool, "its kind is %s, not page", slim_kind_name(x->facts->kind));
    }
    if (x->facts->kind == SLIM_KIND_PREFETCH && !slim_text_is(method, "get")) {
        return "a prefetch whose method is not GET";
    }
    if (!slim_text_is(method, "get") && !slim_text_is(method, "post")) {
        return "the method is neither GET nor POST";
    }
    return status == 206 ? "a 206 that does not begin at byte 0"
                         : apr_psprintf(x->pool, "the status is %u, not 2xx%s", status,
                                        slim_text_is(method, "get") ? " or 304" : "");
}

static void explain_pageview(struct explaining *x, unsigned roles)
{
    const char *value = "no", *rule;

    if (roles & SLIM_ROLE_VIEW) {
        value = "yes";
        rule = "kind page, GET, status 2xx or 304";
    } else if (roles & SLIM_ROLE_POSTED) {
        value = "after an act";
        rule = "kind page, POST, status 2xx; the act lies at most SlimStatsVisitTimeout before";
    } else if (roles & SLIM_ROLE_PREFETCH) {
        value = "once shown";
        rule = "kind prefetch, GET, status 2xx or 304; a later hit with it as referer shows it";
    } else {
        rule = why_no_pageview(x);
    }
    tell(x, SLIM_FROM_TARGET, "pageview", slim_text_of(value), rule);
}

static void explain_counting(struct explaining *x)
{
    const struct slim_facts *facts = x->facts;
    enum slim_excluded reason;
    const struct slim_text yes = slim_text_of("yes"), no = slim_text_of("no");
    unsigned from = SLIM_FROM_TARGET | SLIM_FROM_AGENT;

    if (slim_enrich_excludes(x->enrich, facts, &reason)) {
        tell(x, from, "counted", no,
             apr_psprintf(x->pool, "excluded, and in the ledger as %s: SlimStatsRobots drop",
                          slim_excluded_name(reason)));
        return;
    }
    tell(x, from, "counted", yes,
         facts->client && facts->client->robot != SLIM_ROBOT_NONE
             ? "as a robot: reports leave it out unless asked (--robots)"
             : "as a visitor");
    unsigned roles = roles_of(x);
    explain_pageview(x, roles);
    tell(x, SLIM_FROM_TARGET, "download", roles & SLIM_ROLE_DOWNLOAD ? yes : no,
         "kind download; GET with status 200, or a 206 from byte 0; POST with an attachment");
    tell(x, SLIM_FROM_TARGET, "error", x->hit->status >= 400 ? yes : no, "status 400 or above");
}

int slim_explain(struct slim_enrich *enrich, const struct slim_explain_case *one,
                 struct slim_facts *facts, struct slim_explained rows[SLIM_EXPLAINED_MAX],
                 apr_pool_t *pool)
{
    struct explaining x = {
        .enrich = enrich, .hit = one->hit, .one = one, .facts = facts, .rows = rows, .pool = pool};

    slim_enrich_hit(enrich, one->hit, facts);
    explain_target(&x);
    explain_language(&x);
    explain_address(&x);
    explain_origin(&x);
    explain_client(&x);
    explain_behaviour(&x);
    explain_counting(&x);
    return x.used;
}
