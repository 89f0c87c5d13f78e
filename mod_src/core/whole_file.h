/* A file that has its name only once it is whole: it is written beside it, under a name that says
 * whose part it is, by one process at a time, synced, and renamed. */
#ifndef SLIM_WHOLE_FILE_H
#define SLIM_WHOLE_FILE_H

#include <limits.h>
#include <stddef.h>
#include <sys/types.h>

#include "status_code.h"

#define SLIM_PARTIAL ".slimstats-partial" /* behind the name; so is nobody else's file called */

enum slim_whole_file_over {
    SLIM_OVER_NOTHING,  /* what has the name already is left alone */
    SLIM_OVER_ANYTHING, /* that is replaced, a link as such; a directory is not */
    SLIM_OVER_FILE      /* a link is followed, and what it leads to replaced: a regular file */
};

struct slim_whole_file {
    int directory; /* that names are seen from, or AT_FDCWD */
    int fd;        /* of the part; holds the lock that shows others it is in use */
    enum slim_whole_file_over over;
    char path[PATH_MAX];
    char partial[PATH_MAX + sizeof SLIM_PARTIAL]; /* what is written meanwhile */
};

/* Makes the part with mode, empty, and removes one that a killed process left. path is seen from
 * directory, which is AT_FDCWD with SLIM_OVER_FILE. EEXIST: path is there and is to stay; EISDIR,
 * ESPIPE: it is not a regular file; SLIM_ELOCKED: somebody writes it now; else errno's value. */
apr_status_t slim_whole_file_begin(struct slim_whole_file *file, int directory, const char *path,
                                   enum slim_whole_file_over over, mode_t mode) SLIM_MUST_CHECK;

/* Gives it its name, so that it outlives a power cut, too; on failure takes it away. Either way
 * file is over, its descriptor closed. */
apr_status_t slim_whole_file_end(struct slim_whole_file *file) SLIM_MUST_CHECK;

/* Takes it away unfinished. */
void slim_whole_file_drop(struct slim_whole_file *file);

/* All of it at once, over anything, for nobody else to read. */
apr_status_t slim_whole_file_put(int directory, const char *path, const void *bytes,
                                 size_t length) SLIM_MUST_CHECK;

/* Has a name that was just given, of a file or a directory, outlive a power cut: syncs the
 * directory that it stands in. One that may not be read, or knows no sync, is no failure. */
apr_status_t slim_name_sync(int directory, const char *path) SLIM_MUST_CHECK;

/* What is wrong, for people; static, or valid until the next call. */
const char *slim_whole_file_reason(apr_status_t rv);

#endif
