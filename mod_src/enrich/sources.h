/* The list of known sources: search engines, social networks, assistants, mail. */
#ifndef SLIM_SOURCES_H
#define SLIM_SOURCES_H

#include <apr_pools.h>

#include "core/facts.h"
#include "core/list_file.h"
#include "core/status_code.h"

struct slim_sources;

struct slim_source {
    const char *name;
    enum slim_channel channel;
    const char *parameters; /* names of the parameters that hold search terms, "q,p"; "" none */
    const char *charset;    /* of terms that are not UTF-8; "" unknown */
    int spam;               /* its hits are made up so that somebody looks it up */
    const char *file;       /* where it stands */
    unsigned line;
};

/* An empty list. */
struct slim_sources *slim_sources_make(apr_pool_t *pool);

/* Adds the lines of a file as conf/sources.tsv (its head describes the format); what stands there
 * wins over what was added before. SLIM_EBADRULES for a line that is not understood, else errno's
 * value; file->fault then says what is wrong. */
apr_status_t slim_sources_add(struct slim_sources *sources, struct slim_list_file *file,
                              apr_pool_t *pool) SLIM_MUST_CHECK;

/* Adds the domains of a file as conf/referer_spam.txt: they and all below them are the source
 * SLIM_SOURCE_SPAM. Results are those of slim_sources_add. */
#define SLIM_SOURCE_SPAM "Referer spam"
apr_status_t slim_sources_add_spam(struct slim_sources *sources, struct slim_list_file *file,
                                   apr_pool_t *pool) SLIM_MUST_CHECK;

/* The source of a lower-case host and a path, or NULL. */
const struct slim_source *slim_sources_find(const struct slim_sources *sources,
                                            struct slim_text host, struct slim_text path);

/* The source that a link says it is from (utm_source): an address or host of the list, else the
 * name of a source or a word for it, in letters of either case and with or without what is neither
 * letter nor digit ("HackerNews", "hacker-news"). NULL when the list does not know it. */
const struct slim_source *slim_sources_named(const struct slim_sources *sources,
                                             struct slim_text name);

#endif
