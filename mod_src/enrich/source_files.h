/* The files of sources: sources.tsv and referer_spam.txt, those that come with us and the site's
 * own. */
#ifndef SLIM_SOURCE_FILES_H
#define SLIM_SOURCE_FILES_H

#include "list_keeper.h"
#include "sources.h"

#define SLIM_SOURCE_FILES 4

struct slim_source_files {
    struct slim_kept_list list[SLIM_SOURCE_FILES]; /* sources and spam of ours, of the admin's */
    struct slim_sources *sources;                  /* of those in use; NULL before they are read */
    apr_pool_t *parent, *pool;
};

/* state may be NULL: no own files. */
void slim_source_files_init(struct slim_source_files *files, const char *data, const char *state,
                            apr_pool_t *pool);

/* Reads those that changed; whether any did. *status and reason: what is wrong with them. */
int slim_source_files_refresh(struct slim_source_files *files, apr_status_t *status, char *reason,
                              size_t size);

#endif
