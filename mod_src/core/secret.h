/* Parameters whose values are never recorded: passwords, tokens, numbers of sessions, what people
 * are found by. Those of conf/secrets.tsv are built in, SlimStatsSecret adds to them. Pure
 * functions. */
#ifndef SLIM_SECRET_H
#define SLIM_SECRET_H

#include <apr_pools.h>

#include "hit.h"

/* A line of conf/secrets.tsv. */
struct slim_secret {
    const char *name; /* lower-case letters and digits */
    uint8_t length;
    uint8_t is_within;  /* anywhere in a parameter's name */
    const char *beside; /* names of which one has to be there, separated by spaces; "" none */
};

/* Those that begin with the letter 'a' + n are from slim_secrets_from[n] up to that of the next. */
extern const struct slim_secret slim_secrets[];
extern const uint16_t slim_secrets_from[27];
/* Bits of the first three letters of those anywhere in a name, each letter five bits of the bit's
 * number; and by the first and the last letter of the others, bits of their lengths. */
extern const uint32_t slim_secrets_three[1024];
extern const uint32_t slim_secrets_whole[1024];

struct slim_secret_rule {
    int without_ours;  /* only the names here */
    const char *names; /* further ones, as in the list, separated by spaces; NULL or "": none */
};

#define SLIM_SECRET_NAME_MAX 64

/* Reads "KEY ...", "none" or "none KEY ..."; KEY may be *KEY*, and !KEY is none of them. 1 when it
 * is that. Names are in pool. */
int slim_secret_rule_parse(const char *text, struct slim_secret_rule *rule, apr_pool_t *pool);

/* Whether a parameter's value is secret. Names, which may be encoded, are compared without regard
 * to case and to what is neither letter nor digit; one too long to be looked at is secret. query:
 * the parameters beside it. */
int slim_secret_is(const struct slim_secret_rule *rule, struct slim_text name,
                   struct slim_text query);

/* Whether a value has such a parameter within, in an address or a list that is encoded in it, or an
 * address with a password. */
int slim_secret_is_within(const struct slim_secret_rule *rule, struct slim_text value);

/* Whether parameters of a query may be secret by our list, or have something within: 0 is certain,
 * 1 wants a closer look. One walk over the bytes, for the path of a request. */
int slim_secret_may_be_among(struct slim_text query);

/* Where the host begins in an absolute address with user info, so that "https://" stands before
 * start and the host at end; 0 when there is no user info. */
int slim_secret_user(struct slim_text address, size_t *start, size_t *end);

#endif
