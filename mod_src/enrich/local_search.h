/* Words searched for on the site itself. */
#ifndef SLIM_LOCAL_SEARCH_H
#define SLIM_LOCAL_SEARCH_H

#include "core/facts.h"

/* Where the words stand while a site says nothing else: one part of the path. */
#define SLIM_LOCAL_SEARCH_PATH "/search/*"

/* Looks in a hit's target for the words of the site's own search. keys, separated by spaces, are
 * parameters, and paths that end in a star, which is the words; without a path among them there is
 * SLIM_LOCAL_SEARCH_PATH; "none" alone: neither. A parameter wins over a path. Only what
 * would be a page, by GET, answered 2xx or 3xx, searches. When there are words, terms are these, in
 * small letters, and terms_are_local is 1: of the words in a referer nothing is left then. facts
 * has the kind. */
void slim_local_search_derive(const char *keys, const struct slim_hit *hit,
                              struct slim_facts *facts);

#endif
