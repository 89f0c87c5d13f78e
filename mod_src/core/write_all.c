/* Short writes and interruptions are met here, and nowhere else. */
#include "write_all.h"

#include <errno.h>
#include <unistd.h>

/* At the file's position when offset is -1. */
static apr_status_t write_from(int fd, const char *bytes, size_t length, off_t offset)
{
    while (length > 0) {
        ssize_t wrote = offset < 0 ? write(fd, bytes, length) : pwrite(fd, bytes, length, offset);
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote <= 0) {
            return wrote < 0 ? errno : ENOSPC;
        }
        bytes += wrote;
        length -= (size_t)wrote;
        offset += offset < 0 ? 0 : wrote;
    }
    return APR_SUCCESS;
}

apr_status_t slim_write_all(int fd, const void *bytes, size_t length)
{
    return write_from(fd, bytes, length, -1);
}

apr_status_t slim_write_all_at(int fd, const void *bytes, size_t length, off_t offset)
{
    return write_from(fd, bytes, length, offset);
}

apr_status_t slim_copy_all(int from, int to)
{
    char bytes[65536];

    for (;;) {
        ssize_t length = read(from, bytes, sizeof bytes);
        if (length < 0 && errno == EINTR) {
            continue;
        }
        if (length <= 0) {
            return length < 0 ? errno : APR_SUCCESS;
        }
        apr_status_t rv = slim_write_all(to, bytes, (size_t)length);
        if (rv != APR_SUCCESS) {
            return rv;
        }
    }
}
