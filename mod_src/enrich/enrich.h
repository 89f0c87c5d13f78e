/* From a hit to what is stored of it: one table of enrichers, run in order. */
#ifndef SLIM_ENRICH_H
#define SLIM_ENRICH_H

#include "core/facts.h"
#include "core/ledger.h"
#include "core/settings.h"
#include "kind.h"
#include "proof.h"

struct slim_agents;
struct slim_country;
struct slim_enrich;
struct slim_networks;
struct slim_sources;

/* What an optional part's data file is good for now. */
struct slim_enrich_part {
    apr_status_t status; /* of the last try */
    const char *path;    /* NULL: none is there */
    char reason[256];    /* what is wrong with it; "": nothing, or status says all */
    char news[256];      /* what is worth telling once of a file in use; "": nothing, or told */
    int changed;         /* tried anew by the last refresh */
};

enum slim_enrich_data {
    SLIM_DATA_COUNTRY,
    SLIM_DATA_NETWORKS,
    SLIM_DATA_AGENTS,
    SLIM_DATA_SOURCES,
    SLIM_DATA_PAGES,
    SLIM_DATA_VISITORS, /* the key that tells visitors apart; it is made, not only read */
    SLIM_DATA_PARTS
};

/* Settings are kept by reference. Data files are not read before slim_enrich_refresh. */
struct slim_enrich *slim_enrich_make(const struct slim_settings *settings, apr_pool_t *pool);

/* Reads data files that are new or were replaced; a part whose file cannot be used goes on with
 * the last good one, or gives nothing. */
void slim_enrich_refresh(struct slim_enrich *enrich,
                         struct slim_enrich_part parts[SLIM_DATA_PARTS]);

/* The same without the key of visitors, which is made when there is none: for who only looks. Facts
 * then have no visitor. */
void slim_enrich_read(struct slim_enrich *enrich, struct slim_enrich_part parts[SLIM_DATA_PARTS]);

/* Whether there was no memory to read data files, of which nothing older is in use: a hit that is
 * enriched now would lack what they say. */
int slim_enrich_waits(const struct slim_enrich *enrich);

/* Derives the facts of a hit; they are valid until the next call. */
void slim_enrich_hit(struct slim_enrich *enrich, const struct slim_hit *hit,
                     struct slim_facts *facts);

/* Of a hit without address, just enriched: a client of this name is its visitor. An empty name
 * changes nothing. */
void slim_enrich_client_name(struct slim_enrich *enrich, const struct slim_hit *hit,
                             struct slim_text name, struct slim_facts *facts);

/* Whether the hit enriched last is not to be stored by its site's rules, and why. It is counted in
 * the ledger instead. */
int slim_enrich_excludes(const struct slim_enrich *enrich, const struct slim_facts *facts,
                         enum slim_excluded *reason);

/* What the facts of hits are derived by: for those who explain them. Sources are NULL when there is
 * no list. */
struct slim_agents *slim_enrich_agents(struct slim_enrich *enrich);
struct slim_country *slim_enrich_country(struct slim_enrich *enrich);
struct slim_networks *slim_enrich_networks(struct slim_enrich *enrich);
const struct slim_sources *slim_enrich_sources(const struct slim_enrich *enrich);
/* Hands out what is wrong with the lists and data files, each by itself; how many there were. After
 * slim_enrich_read. */
int slim_enrich_faults(const struct slim_enrich *enrich,
                       void (*tell)(void *baton, const char *fault), void *baton);
/* A sum over the lists of agents, robots, probes, sources and kinds, and over the sites' rules. */
uint32_t slim_enrich_lists_sum(const struct slim_enrich *enrich);
/* What decides the kind of the hit enriched last. */
struct slim_kind_case slim_enrich_kind_case(const struct slim_enrich *enrich,
                                            const struct slim_hit *hit,
                                            const struct slim_facts *facts);
/* Whether the client of the hit enriched last is whose it says; see slim_proofs_tell. */
enum slim_proof slim_enrich_proof(const struct slim_enrich *enrich, const struct slim_hit *hit,
                                  const struct slim_facts *facts,
                                  const struct slim_proof_line **line);
/* Lines of proofs.tsv; their number. */
int slim_enrich_proof_lines(const struct slim_enrich *enrich, const struct slim_proof_line **lines);
const struct slim_enrich_part *slim_enrich_part(const struct slim_enrich *enrich,
                                                enum slim_enrich_data data);

#endif
