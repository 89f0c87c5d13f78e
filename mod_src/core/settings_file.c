/* The recorder's settings as it leaves them in its state directory: what works on the same store
 * beside it has to derive the same facts. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "settings.h"

static apr_status_t write_all(int fd, const char *text)
{
    size_t length = strlen(text);

    while (length > 0) {
        ssize_t wrote = write(fd, text, length);
        if (wrote < 0 && errno != EINTR) {
            return errno;
        }
        if (wrote > 0) {
            text += wrote;
            length -= (size_t)wrote;
        }
    }
    return APR_SUCCESS;
}

apr_status_t slim_settings_save(const struct slim_settings *settings, apr_pool_t *pool)
{
    const char *path = apr_pstrcat(pool, settings->state, "/settings", NULL);
    const char *new_path = apr_pstrcat(pool, path, ".new", NULL);

    unlink(new_path); /* of one that was killed half way */
    int fd = open(new_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return errno;
    }
    apr_status_t rv = write_all(fd, slim_settings_write(settings, pool));
    if (close(fd) != 0 && rv == APR_SUCCESS) {
        rv = errno;
    }
    if (rv == APR_SUCCESS && rename(new_path, path) != 0) {
        rv = errno;
    }
    if (rv != APR_SUCCESS) {
        unlink(new_path);
    }
    return rv;
}

apr_status_t slim_settings_load(struct slim_settings *settings, const char *state, unsigned *line,
                                apr_pool_t *pool)
{
    const char *path = apr_pstrcat(pool, state, "/settings", NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    *line = 0;
    if (fd < 0) {
        return errno;
    }
    apr_status_t rv = slim_settings_read(settings, fd, line, pool);
    close(fd);
    return rv;
}
