/* Opening regular files. */
#include "regular_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int error_of(int fd, int64_t limit)
{
    struct stat found;

    return fstat(fd, &found) != 0    ? errno
           : S_ISDIR(found.st_mode)  ? EISDIR
           : !S_ISREG(found.st_mode) ? ENOTBLK
           : found.st_size > limit   ? EFBIG
                                     : 0;
}

apr_status_t slim_regular_file_open(const char *path, int64_t limit, FILE **stream)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    int error = fd < 0 ? errno : error_of(fd, limit);

    if (!error) {
        *stream = fdopen(fd, "r");
        error = *stream ? 0 : errno;
    }
    if (error && fd >= 0) {
        close(fd);
    }
    return error;
}

const char *slim_regular_file_error(apr_status_t error)
{
    return error == ENOTBLK ? "it is not a regular file" : strerror(error);
}
