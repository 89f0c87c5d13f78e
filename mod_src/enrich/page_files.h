/* The files of lists about addresses: paths.tsv, names.tsv, parameters.txt, those that come with us
 * and the site's own. */
#ifndef SLIM_PAGE_FILES_H
#define SLIM_PAGE_FILES_H

#include "core/page_list.h"
#include "list_keeper.h"

#define SLIM_PAGE_FILES 6

struct slim_page_files {
    struct slim_kept_list list[SLIM_PAGE_FILES]; /* the site's own paths, names, parameters; ours */
    struct slim_page_list *pages;                /* of those in use; NULL before they are read */
    apr_pool_t *parent, *pool;
};

/* state may be NULL: no own files. */
void slim_page_files_init(struct slim_page_files *files, const char *data, const char *state,
                          apr_pool_t *pool);

/* Reads those that changed; whether any did. *status and reason: what is wrong with them. */
int slim_page_files_refresh(struct slim_page_files *files, apr_status_t *status, char *reason,
                            size_t size);

#endif
