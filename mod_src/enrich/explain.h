/* How each field of a hit is derived, in words. */
#ifndef SLIM_EXPLAIN_H
#define SLIM_EXPLAIN_H

#include "enrich.h"

/* What a field is derived from. */
enum slim_explained_from {
    SLIM_FROM_TARGET = 1u << 0,
    SLIM_FROM_AGENT = 1u << 1,
    SLIM_FROM_REFERER = 1u << 2,
    SLIM_FROM_ADDRESS = 1u << 3,
    SLIM_FROM_LANGUAGE = 1u << 4
};

struct slim_explained {
    const char *field;      /* "country" */
    struct slim_text value; /* raw: what a visitor sent may be in it */
    const char *rule;       /* what gave it; raw likewise */
    unsigned from;          /* enum slim_explained_from */
};

#define SLIM_EXPLAINED_MAX 48

struct slim_explain_case {
    const struct slim_hit *hit;         /* with what is kept of its addresses */
    struct slim_text target, referer;   /* as they were sent */
    const struct slim_query_rule *rule; /* by which they are kept */
};

/* Derives the facts of a hit and reports for each field where it comes from, and at the end whether
 * and as what the hit counts. Returns the number of rows; they are valid until the next hit is
 * enriched, their rules as long as pool. */
int slim_explain(struct slim_enrich *enrich, const struct slim_explain_case *one,
                 struct slim_facts *facts, struct slim_explained rows[SLIM_EXPLAINED_MAX],
                 apr_pool_t *pool);

#endif
