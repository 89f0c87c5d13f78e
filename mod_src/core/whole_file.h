/* A file that has its name only once it is whole: it is written beside it, under a name that tells
 * whose part it is, by one process at a time. */
#ifndef SLIM_WHOLE_FILE_H
#define SLIM_WHOLE_FILE_H

#include <sys/types.h>

#include <apr_pools.h>

#include "status_code.h"

#define SLIM_PARTIAL ".slimstats-partial" /* behind the name; so is nobody else's file called */

struct slim_whole_file {
    const char *path;
    const char *partial; /* what is written meanwhile */
    int fd;              /* of that; holds the lock that tells others it is at work */
    int replaces;        /* what has the name already, else that is left alone */
    apr_pool_t *pool;
};

/* Makes the part with mode, empty, and takes away one that a killed process left. With replaces
 * a link is followed, and what it leads to is replaced. EEXIST: path is there and is to
 * stay; EISDIR, ESPIPE: it is no regular file; SLIM_ELOCKED: somebody writes it now; else errno's
 * value. */
apr_status_t slim_whole_file_begin(struct slim_whole_file *file, const char *path, int replaces,
                                   mode_t mode, apr_pool_t *pool) SLIM_MUST_CHECK;

/* Gives it its name, so that it outlives a power cut, too; on failure takes it away. Either way
 * file is over, its descriptor closed. */
apr_status_t slim_whole_file_end(struct slim_whole_file *file) SLIM_MUST_CHECK;

/* Takes it away unfinished. */
void slim_whole_file_drop(struct slim_whole_file *file);

/* What is wrong, for people; static, or valid until the next call. */
const char *slim_whole_file_reason(apr_status_t rv);

#endif
