/* Whether a file is still the one that was read last. */
#ifndef SLIM_WATCH_H
#define SLIM_WATCH_H

#include <sys/stat.h>

struct slim_watch {
    int looked; /* 0: never */
    struct stat seen;
};

/* 1 the first time, and whenever path names another file, or the file has another size or time of
 * change than at the call before. A missing file is one that never changes. */
int slim_watch_changed(struct slim_watch *watch, const char *path);

#endif
