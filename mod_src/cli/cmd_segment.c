/* slimstats segment: the list of segments, filters with a name. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "cli.h"
#include "core/whole_file.h"
#include "query/alert.h"
#include "query/goal.h"
#include "query/segment.h"
#include "report/escape.h"

#define FILE_MAX (1u << 20)

static const char *path_of(const struct slim_cli *cli)
{
    return apr_pstrcat(cli->pool, slim_cli_state(cli), "/" SLIM_SEGMENTS_FILE, NULL);
}

struct slim_segments *slim_cli_segments(struct slim_cli *cli)
{
    return slim_cli_become_owner(slim_cli_state(cli))
               ? slim_segments_read(slim_cli_state(cli), cli->pool)
               : NULL;
}

struct slim_goals *slim_cli_goals(struct slim_cli *cli)
{
    return slim_cli_become_owner(slim_cli_state(cli))
               ? slim_goals_read(slim_cli_state(cli), NULL, cli->pool)
               : NULL;
}

void slim_cli_list_faults(const struct slim_cli *cli, const char *fault[SLIM_ASKING_LISTS])
{
    const char *state = slim_cli_state(cli);
    const struct slim_goals *goals = slim_goals_read(state, NULL, cli->pool);

    fault[0] = slim_segments_read(state, cli->pool)->fault;
    fault[1] = goals->fault;
    fault[2] = slim_alerts_read(cli->data, state, goals, cli->pool)->fault;
}

/* --- listing --- */

static void print_plain(const char *before, const char *text, apr_pool_t *pool)
{
    struct slim_buffer out;

    slim_buffer_init(&out, pool);
    slim_escape_plain(&out, text, strlen(text));
    printf("%s%s\n", before, out.at ? out.at : "");
}

static int list(struct slim_cli *cli)
{
    const struct slim_segments *segments = slim_cli_segments(cli);

    for (int i = 0; segments && i < segments->all->nelts; i++) {
        const struct slim_segment *one = &APR_ARRAY_IDX(segments->all, i, struct slim_segment);
        print_plain(apr_psprintf(cli->pool, "%-16s ", one->name), one->text, cli->pool);
    }
    if (segments && segments->fault) {
        slim_cli_fail("%s", segments->fault);
        return SLIM_EXIT_DEGRADED;
    }
    return segments ? SLIM_EXIT_OK : SLIM_EXIT_FAILED;
}

/* --- changing: the file line by line, so that comments and what is wrong with others stays --- */

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

/* The text without lines of that name; *found: there was one. */
static const char *without(const char *text, const char *name, int *found, apr_pool_t *pool)
{
    size_t length = strlen(name);
    const char *kept = "";

    *found = 0;
    while (*text) {
        size_t line = strcspn(text, "\n");
        int is_it = strncmp(text, name, length) == 0 && strchr("\t\n\r", text[length]);
        if (is_it) {
            *found = 1;
        } else {
            kept = apr_pstrcat(pool, kept, apr_pstrmemdup(pool, text, line), "\n", NULL);
        }
        text += line + (text[line] == '\n');
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

static int add(struct slim_cli *cli, const char *name, const char *filters)
{
    const char *path = path_of(cli), *fault = slim_segment_fault(name, filters, cli->pool);
    int found;

    if (fault) {
        return slim_cli_fail("segment: %s", fault);
    }
    const char *text =
        slim_cli_become_owner(slim_cli_state(cli)) ? read_file(path, cli->pool) : NULL;
    if (!text) {
        return SLIM_EXIT_FAILED;
    }
    text = without(text, name, &found, cli->pool);
    return write_file(path, apr_pstrcat(cli->pool, text, name, "\t", filters, "\n", NULL));
}

static int drop(struct slim_cli *cli, const char *name)
{
    const char *path = path_of(cli);
    const char *text =
        slim_cli_become_owner(slim_cli_state(cli)) ? read_file(path, cli->pool) : NULL;
    int found;

    if (!text) {
        return SLIM_EXIT_FAILED;
    }
    text = without(text, name, &found, cli->pool);
    if (!found) {
        slim_cli_fail("segment: there is no segment %s", name);
        return SLIM_EXIT_DEGRADED;
    }
    return write_file(path, text);
}

/* --- the command --- */

static int run_segment(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct slim_cli_options given;
    const char *value;
    int option, more;

    slim_cli_options_begin(&given, cli, &slim_command_segment, argc, argv);
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        continue;
    }
    if (more < 0) {
        return given.exit;
    }
    const char *const *left = given.getopt->argv + given.getopt->ind;
    int count = argc - given.getopt->ind;
    if (count == 1 && strcmp(left[0], "list") == 0) {
        return list(cli);
    }
    if (count == 3 && strcmp(left[0], "add") == 0) {
        return add(cli, left[1], left[2]);
    }
    if (count == 2 && strcmp(left[0], "remove") == 0) {
        return drop(cli, left[1]);
    }
    return slim_cli_fail("segment: add NAME 'FILTER...', list, or remove NAME");
}

const struct slim_command slim_command_segment = {
    .name = "segment",
    .arguments = "add NAME FILTERS | list | remove NAME",
    .summary = "keeps filters under a name: segments",
    .run = run_segment,
};
