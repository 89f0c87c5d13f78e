/* Chains of keys: hashed forward. */
#include "visitor_chain.h"

#include <string.h>

#include <nettle/sha2.h>

/* The first bytes of SHA-256 of a word and the chain. */
static void derive(const char *word, const unsigned char chain[SLIM_VISITOR_KEY_LENGTH],
                   unsigned char key[SLIM_VISITOR_KEY_LENGTH])
{
    struct sha256_ctx context;

    sha256_init(&context);
    sha256_update(&context, strlen(word), (const uint8_t *)word);
    sha256_update(&context, SLIM_VISITOR_KEY_LENGTH, chain);
    sha256_digest(&context, SLIM_VISITOR_KEY_LENGTH, key);
}

void slim_visitor_chain_advance(struct slim_visitor_key_entry *chain, int64_t day)
{
    for (; chain->day < day; chain->day++) {
        derive("slimstats next day", chain->key, chain->key);
    }
}

void slim_visitor_chain_key(const struct slim_visitor_key_entry *chain,
                            unsigned char key[SLIM_VISITOR_KEY_LENGTH])
{
    derive("slimstats this day", chain->key, key);
}
