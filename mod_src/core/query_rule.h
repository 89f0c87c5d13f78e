/* SlimStatsQuery and SlimStatsSecret: what is kept of an address. Pure functions. */
#ifndef SLIM_QUERY_RULE_H
#define SLIM_QUERY_RULE_H

#include "hit.h"
#include "secret.h"

enum slim_query_mode { SLIM_QUERY_KEEP, SLIM_QUERY_DROP, SLIM_QUERY_ONLY };

#define SLIM_QUERY_KEY_MAX 64

struct slim_query_rule {
    enum slim_query_mode mode;
    const char *keys;               /* of SLIM_QUERY_ONLY, separated by spaces */
    const char *search;             /* of the site's own search, separated by spaces; "" none */
    struct slim_secret_rule secret; /* values that go in every mode, but for those of search */
};

/* Reads "keep", "drop" or "only KEY …"; keys points into text. 1 when it is one of these; search
 * and secret are left as they are. */
int slim_query_rule_parse(const char *text, struct slim_query_rule *rule);

/* Whether text is one or more keys, separated by single spaces: up to SLIM_QUERY_KEY_MAX bytes
 * each, no control and nothing that ends a parameter's name. */
int slim_query_keys_are_good(const char *text);

/* Whether an address has anything that a rule may take away; else it is recorded as it is. */
int slim_query_is_plain(struct slim_text address);

/* Whether an address certainly stays as it is by a rule: 0 wants a closer look. For the path of a
 * request. */
int slim_query_stays(const struct slim_query_rule *rule, struct slim_text address);

/* Copies an address into out, at most size bytes, without fragment and user info, with the
 * parameters that the rule keeps, and of those that are secret the names alone, in the path
 * ("/a;jsessionid=1"), too. Returns the length it has as a whole; more than size: it was cut. Names
 * are compared decoded. */
size_t slim_query_apply(const struct slim_query_rule *rule, struct slim_text address, char *out,
                        size_t size);

/* The same, for what the recorder has yet to look at: the words of the site's own search and utm_*
 * stay, and of click ids the name. */
size_t slim_query_reduce(const struct slim_query_rule *rule, struct slim_text address, char *out,
                         size_t size);

/* What slim_query_apply leaves out of an address, beside fragment and user info: bits. */
enum slim_query_taken {
    SLIM_QUERY_TAKES_PARAMETERS = 1u << 0, /* by mode and keys */
    SLIM_QUERY_TAKES_SECRETS = 1u << 1     /* values, by secret */
};
unsigned slim_query_takes(const struct slim_query_rule *rule, struct slim_text address);

/* The address up to its query or fragment. */
struct slim_text slim_query_cut(struct slim_text address);

#endif
