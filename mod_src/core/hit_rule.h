/* Selects stored hits: the rules of SlimStatsExclude that can still be evaluated
 * afterwards, an address, or a visitor. */
#ifndef SLIM_HIT_RULE_H
#define SLIM_HIT_RULE_H

#include <stdint.h>

#include <apr_pools.h>

#include "hit.h"
#include "ledger.h"
#include "status_code.h"

enum slim_hit_rule_kind {
    SLIM_HITS_OF_ADDRESS,
    SLIM_HITS_OF_PATH,
    SLIM_HITS_OF_STATUS,
    SLIM_HITS_OF_AGENT,
    SLIM_HITS_OF_VISITOR
};

struct slim_hit_rule {
    enum slim_hit_rule_kind kind;
    enum slim_excluded reason; /* what the ledger counts them as */
    uint8_t address[16];
    uint8_t address_length; /* 4 or 16 */
    unsigned bits;          /* of the address that have to be the same */
    const char *pattern;    /* of the path, as decoded; of the agent, in any case */
    int low, high;          /* status */
    uint64_t visitor;
};

/* A hit as a store has it. */
struct slim_stored_hit {
    uint8_t address[16];
    uint8_t address_length; /* 0: none was kept */
    int status;
    struct slim_text resource; /* path and query */
    struct slim_text agent;
    uint64_t visitor; /* 0: not kept */
};

/* Reads "ip=ADDRESS[/BITS]", "path=GLOB", "status=N[-M]" or "agent=GLOB". SLIM_EBADSETTING when it
 * is none of these; *reason then says what is allowed. Texts live as long as text does. */
apr_status_t slim_hit_rule_parse(struct slim_hit_rule *rule, const char *text,
                                 const char **reason) SLIM_MUST_CHECK;

/* Reads "404" or "400-499": of 100 to 599 (RFC 9110, 15). 0: it is neither. */
int slim_hit_rule_status(const char *text, int *low, int *high);

/* Whether a pattern can match a path: it begins as one does, or with * or ?. */
int slim_hit_rule_is_path(const char *pattern);

/* Reads a visitor's hash: a decimal number, with a sign or not, or 0x and hexadecimal digits. */
apr_status_t slim_hit_rule_visitor(struct slim_hit_rule *rule, const char *text) SLIM_MUST_CHECK;

/* The path that rules ask for, as httpd has it: decoded, without query, empty segments and dots.
 * out has size bytes, its NUL included; a longer path is cut. */
void slim_hit_rule_path(struct slim_text resource, char *out, size_t size);

int slim_hit_rule_matches(const struct slim_hit_rule *rule, const struct slim_stored_hit *hit);

#endif
