/* Changing files of named lines. */
#include "named_line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "core/whole_file.h"
#include "report/escape.h"

#define FILE_MAX (1u << 20)

/* What the file has, "" when there is none; NULL after an error message. */
static char *read_file(const char *path, apr_pool_t *pool)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    char *text = apr_palloc(pool, FILE_MAX + 1);
    ssize_t length = 0, got = 1;

    if (fd < 0 && errno == ENOENT) {
        return apr_pstrdup(pool, "");
    }
    while (fd >= 0 && got > 0 && length < (ssize_t)FILE_MAX) {
        got = read(fd, text + length, FILE_MAX - (size_t)length);
        length += got > 0 ? got : 0;
    }
    if (fd < 0 || got != 0) {
        slim_cli_fail("cannot read %s: %s", path,
                      fd < 0 || got < 0 ? strerror(errno) : "too large");
        text = NULL;
    } else {
        text[length] = '\0';
    }
    if (fd >= 0) {
        close(fd);
    }
    return text;
}

/* The text with the first line of that name replaced, and others of it left out; line NULL: none in
 * its place. *found: there was one. */
static const char *with_line(const char *text, const char *name, const char *line, int *found,
                             apr_pool_t *pool)
{
    size_t length = strlen(name);
    const char *kept = "";

    *found = 0;
    while (*text) {
        size_t size = strcspn(text, "\n");
        int is_it = strncmp(text, name, length) == 0 && strchr("\t\n\r", text[length]);
        if (!is_it) {
            kept = apr_pstrcat(pool, kept, apr_pstrmemdup(pool, text, size), "\n", NULL);
        } else if (line && !*found) {
            kept = apr_pstrcat(pool, kept, line, NULL);
        }
        *found |= is_it;
        text += size + (text[size] == '\n');
    }
    return kept;
}

static int write_file(const char *path, const char *text)
{
    apr_status_t rv = slim_whole_file_put(AT_FDCWD, path, text, strlen(text));

    return rv == APR_SUCCESS
               ? SLIM_EXIT_OK
               : slim_cli_fail("cannot write %s: %s", path, slim_whole_file_reason(rv));
}

static const char *path_of(const struct slim_cli *cli, const char *file)
{
    return apr_pstrcat(cli->pool, slim_cli_state(cli), "/", file, NULL);
}

int slim_named_line_put(struct slim_cli *cli, const char *file, const char *name, const char *rest)
{
    const char *path = path_of(cli, file);
    const char *line = apr_pstrcat(cli->pool, name, "\t", rest, "\n", NULL);
    const char *text =
        slim_cli_become_owner(slim_cli_state(cli)) ? read_file(path, cli->pool) : NULL;
    int found;

    if (!text) {
        return SLIM_EXIT_FAILED;
    }
    text = with_line(text, name, line, &found, cli->pool);
    return write_file(path, found ? text : apr_pstrcat(cli->pool, text, line, NULL));
}

int slim_named_line_drop(struct slim_cli *cli, const char *file, const char *what, const char *name)
{
    const char *path = path_of(cli, file);
    const char *text =
        slim_cli_become_owner(slim_cli_state(cli)) ? read_file(path, cli->pool) : NULL;
    int found;

    if (!text) {
        return SLIM_EXIT_FAILED;
    }
    text = with_line(text, name, NULL, &found, cli->pool);
    if (!found) {
        slim_cli_fail("%s: there is no %s %s", what, what, name);
        return SLIM_EXIT_DEGRADED;
    }
    return write_file(path, text);
}

void slim_named_line_print(const char *name, const char *text, apr_pool_t *pool)
{
    struct slim_buffer out;

    slim_buffer_init(&out, pool);
    slim_escape_plain(&out, text, strlen(text));
    printf("%-16s %s\n", name, out.at ? out.at : "");
}
