/* The data that the enrichers need: opening it, reading it anew, and what is wrong with it. */
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "core/crc32c.h"
#include "enrich_internal.h"
#include "list_keeper.h"

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
    e->visitors = slim_visitors_make(settings->state, settings->visitor_secret,
                                     (enum slim_visitor_key)settings->visitor_key, pool);
    e->referers = slim_referers_make(pool);
    e->proofs = slim_proofs_make(settings->data, settings->state, pool);
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

static void keep_first(void *baton, const char *fault)
{
    const char **first = baton;

    *first = *first ? *first : fault;
}

/* A list that cannot be used proves nothing; that is told once. */
static void refresh_proofs(struct slim_enrich *e, struct slim_enrich_part *part)
{
    const char *first = NULL;

    part->news[0] = '\0';
    if (slim_proofs_refresh(e->proofs) && slim_proofs_faults(e->proofs, keep_first, &first) > 0) {
        snprintf(part->news, sizeof part->news, "%s; its robots stay unproved", first);
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
    refresh_proofs(e, &e->part[SLIM_DATA_AGENTS]);
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

int slim_enrich_proof_lines(const struct slim_enrich *e, const struct slim_proof_line **lines)
{
    return slim_proofs_lines(e->proofs, lines);
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
    return slim_agents_faults(e->agents, tell, baton) + slim_proofs_faults(e->proofs, tell, baton)
           + slim_proofs_stale(e->proofs, apr_time_sec(apr_time_now()), tell, baton)
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
