/* Networks that host servers, not people: by number, and by words of their names. */
#ifndef SLIM_HOSTING_H
#define SLIM_HOSTING_H

#include <apr_pools.h>

#include "core/hit.h"
#include "core/status_code.h"
#include "rules.h"

struct slim_hosting;

/* Reads files like conf/hosting.tsv (its head describes the format) in order; the lines of an
 * earlier one come first. paths are kept by reference. On failure *reason says what is wrong, and
 * where. */
apr_status_t slim_hosting_read(const char *const *paths, int count, struct slim_hosting **hosting,
                               const char **reason, apr_pool_t *pool) SLIM_MUST_CHECK;

/* Whether a network hosts servers: by the first line that fits its number (0: unknown) or its
 * name. *place is that line, its file NULL when none fits. */
int slim_hosting_tell(const struct slim_hosting *hosting, uint32_t number, struct slim_text name,
                      struct slim_rule_place *place);

#endif
