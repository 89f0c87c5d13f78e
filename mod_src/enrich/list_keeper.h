/* Files of lists that people change while they are in use. Each stands alone: one that cannot be
 * used takes none of the others with it. Of such a file its last good version stays in use; where
 * there is none, what is good of it. */
#ifndef SLIM_LIST_KEEPER_H
#define SLIM_LIST_KEEPER_H

#include "core/list_file.h"
#include "watch.h"

struct slim_kept_list {
    const char *path; /* NULL: no file */
    int is_optional;  /* it may be missing; a site's own need not be there */
    struct slim_watch watch;
    apr_status_t status;          /* of the version on disk */
    const char *fault;            /* what is wrong with that, in newest_pool or pool */
    struct slim_list_file good;   /* in use; without bytes: nothing of it */
    struct slim_list_file newest; /* to be tried; likewise */
    int is_new;                   /* newest is not tried yet */
    apr_pool_t *pool, *newest_pool;
};

/* Looks at each file, and loads those that changed, or could not be read for lack of memory or
 * descriptors, or by an I/O error. Whether any did, or is still to be tried since there was no
 * memory. */
int slim_kept_lists_look(struct slim_kept_list *lists, int count, apr_pool_t *parent);

/* The versions to be tried now of the lists from first to last, in their order; *which (as long)
 * says whose. Their number. */
int slim_kept_lists_choose(const struct slim_kept_list *lists, int first, int last,
                           struct slim_list_file *files, int *which);

/* After reading what was chosen failed: the file at fault is not tried in that way again. 0: none
 * of them has a fault, and another try would fail as well; no memory is nobody's. */
int slim_kept_lists_refuse(struct slim_kept_list *lists, const struct slim_list_file *files,
                           const int *which, int count, apr_status_t rv);

/* After it went well: what was read is what is in use. */
void slim_kept_lists_keep(struct slim_kept_list *lists, int count);

/* Hands out what is wrong with each file; their number. */
typedef void slim_tell_fault(void *baton, const char *fault);
int slim_kept_lists_faults(const struct slim_kept_list *lists, int count, slim_tell_fault *tell,
                           void *baton);

/* A sum over what is in use, continuing one. */
uint32_t slim_kept_lists_sum(const struct slim_kept_list *lists, int count, uint32_t sum);

/* What is wrong with the files; reason becomes "" when nothing is. */
apr_status_t slim_kept_lists_status(const struct slim_kept_list *lists, int count, char *reason,
                                    size_t size);

#endif
