/* Files that users replace while we run. */
#include "watch.h"

#include <errno.h>
#include <string.h>

int slim_watch_changed(struct slim_watch *watch, const char *path)
{
    struct stat now, *seen = &watch->seen;

    if (stat(path, &now) != 0) {
        memset(&now, 0, sizeof now);
    }
    int same = watch->looked && now.st_dev == seen->st_dev && now.st_ino == seen->st_ino
               && now.st_size == seen->st_size && now.st_mtim.tv_sec == seen->st_mtim.tv_sec
               && now.st_mtim.tv_nsec == seen->st_mtim.tv_nsec && now.st_mode == seen->st_mode;
    watch->looked = 1;
    *seen = now;
    return !same;
}

int slim_watch_failed_for_now(apr_status_t rv)
{
    return rv == ENOMEM || rv == EMFILE || rv == ENFILE || rv == EIO || rv == EACCES;
}
