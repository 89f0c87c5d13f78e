/* A pattern of SlimStatsPage (PCRE2), and the page that it makes. */
#ifndef SLIM_PAGE_PATTERN_H
#define SLIM_PAGE_PATTERN_H

#include <apr_pools.h>

#include "hit.h"
#include "status_code.h"

struct slim_page_pattern;

/* Compiles a pattern, which goes with pool. $0 to $9 in page are what its groups matched; page is
 * kept. SLIM_EBADSETTING: *why says what is wrong with it and where, in pool. */
apr_status_t slim_page_pattern_make(const char *pattern, const char *page,
                                    struct slim_page_pattern **made, const char **why,
                                    apr_pool_t *pool) SLIM_MUST_CHECK;

/* Whether it is of path and query; else it is of the path alone. */
int slim_page_pattern_has_query(const struct slim_page_pattern *pattern);

/* Whether it fits all of text; then *length bytes of out, at most size, are the page. A text that
 * takes too long to be matched does not fit. */
int slim_page_pattern_apply(struct slim_page_pattern *pattern, struct slim_text text, char *out,
                            size_t size, size_t *length);

#endif
