/* Whether a file is still the one that was read last. */
#ifndef SLIM_WATCH_H
#define SLIM_WATCH_H

#include <sys/stat.h>

#include <apr_errno.h>

struct slim_watch {
    int looked; /* 0: never */
    struct stat seen;
};

/* 1 the first time, and whenever path names another file, or the file has another size or time of
 * change than at the call before. A missing file is one that never changes. */
int slim_watch_changed(struct slim_watch *watch, const char *path);

/* Whether reading a file failed for what passes, so that it is to be tried again as it is: there
 * was no memory, descriptor or right, or the disk failed (errno's value). */
int slim_watch_failed_for_now(apr_status_t rv);

#endif
