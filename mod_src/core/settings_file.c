/* The recorder's settings as it leaves them in its state directory: what works on the same store
 * beside it has to derive the same facts. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "settings.h"
#include "whole_file.h"

apr_status_t slim_settings_save(const struct slim_settings *settings, apr_pool_t *pool)
{
    const char *path = apr_pstrcat(pool, settings->state, "/settings", NULL);
    const char *text = slim_settings_write(settings, pool);

    return slim_whole_file_put(AT_FDCWD, path, text, strlen(text));
}

const char *slim_settings_left(const char *state, apr_pool_t *pool)
{
    const char *path = apr_pstrcat(pool, state, "/settings", NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    char *text = NULL;

    if (fd < 0) {
        return NULL;
    }
    apr_status_t rv = slim_settings_text(fd, &text, pool);
    close(fd);
    return rv == APR_SUCCESS ? text : NULL;
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
