/* The daily keys of several front ends: each is made of the day's chain, and so is the next day's
 * chain; neither leads back. Pure. */
#ifndef SLIM_VISITOR_CHAIN_H
#define SLIM_VISITOR_CHAIN_H

#include "core/visitor_key.h"

/* Brings a chain to a day that is not before its own. */
void slim_visitor_chain_advance(struct slim_visitor_key_entry *chain, int64_t day);

/* The key of a chain's day. */
void slim_visitor_chain_key(const struct slim_visitor_key_entry *chain,
                            unsigned char key[SLIM_VISITOR_KEY_LENGTH]);

#endif
