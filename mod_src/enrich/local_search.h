/* Words searched for on the site itself. */
#ifndef SLIM_LOCAL_SEARCH_H
#define SLIM_LOCAL_SEARCH_H

#include "core/facts.h"

/* Looks in a request target for the parameters of the site's own search, keys separated by spaces.
 * When one has words, terms are these and terms_are_local is 1: of the words in a referer nothing
 * is left then. Assets and prefetches search for nothing. */
void slim_local_search_derive(const char *keys, struct slim_text target, struct slim_facts *facts);

#endif
