/* What the parts of the enrichment share. */
#ifndef SLIM_ENRICH_INTERNAL_H
#define SLIM_ENRICH_INTERNAL_H

#include "agent.h"
#include "country.h"
#include "enrich.h"
#include "network.h"
#include "page_files.h"
#include "proof.h"
#include "referer_cache.h"
#include "source_files.h"
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
    struct slim_proofs *proofs;
    int only_looks; /* and makes no key for them */
    apr_pool_t *pool;
    struct slim_enrich_part part[SLIM_DATA_PARTS];
    int was_read[SLIM_DATA_PARTS]; /* for good or bad: there was memory for it once */
};

#endif
