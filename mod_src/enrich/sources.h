/* The list of known sources: search engines, social networks, assistants, mail. */
#ifndef SLIM_SOURCES_H
#define SLIM_SOURCES_H

#include <apr_pools.h>

#include "../core/status_code.h"
#include "../core/facts.h"

struct slim_sources;

struct slim_source {
    const char *name;
    enum slim_channel channel;
    const char *parameters; /* names of the parameters that hold search terms, "q,p"; "" none */
    const char *charset;    /* of terms that are not UTF-8; "" unknown */
};

/* Reads conf/sources.tsv (its head describes the format). On failure *line is the line at fault, 0
 * when the file cannot be read. SLIM_EBADRULES for a line that is not understood. */
apr_status_t slim_sources_read(const char *path, struct slim_sources **sources, unsigned *line,
                               apr_pool_t *pool) SLIM_MUST_CHECK;

/* The source of a lower-case host and a path, or NULL. */
const struct slim_source *slim_sources_find(const struct slim_sources *sources,
                                            struct slim_text host, struct slim_text path);

#endif
