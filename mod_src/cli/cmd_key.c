/* slimstats key: one key of visitors for several front ends. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>
#include <apr_time.h>

#include "cli.h"
#include "core/visitor_key.h"
#include "core/whole_file.h"
#include "core/write_all.h"

enum { OPTION_DAILY = SLIM_OPTION_LONG };

static const struct slim_cli_option options[] = {
    {"daily", OPTION_DAILY, NULL, "for SlimStatsVisitorKey daily; else for static"},
    {.name = NULL},
};

#define DAY_S 86400

/* As whoever decides what is in the directory. */
static int become_owner(const char *path, apr_pool_t *pool)
{
    const char *slash = strrchr(path, '/');

    return slim_cli_become_owner(slash ? apr_pstrmemdup(pool, path, (apr_size_t)(slash - path) + 1)
                                       : ".");
}

/* Root makes it for the user whose recorder reads it: the owner of the state directory. */
static apr_status_t give(const struct slim_cli *cli, int fd)
{
    struct stat st;

    if (geteuid() != 0 || stat(slim_cli_state(cli), &st) != 0) {
        return APR_SUCCESS;
    }
    return fchown(fd, st.st_uid, st.st_gid) == 0 ? APR_SUCCESS : errno;
}

static apr_status_t write_key(const struct slim_cli *cli, const char *path, const char *text,
                              size_t length)
{
    struct slim_whole_file file;
    apr_status_t rv =
        slim_whole_file_begin(&file, AT_FDCWD, path, SLIM_OVER_NOTHING, S_IRUSR | S_IWUSR);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    rv = slim_write_all(file.fd, text, length);
    rv = rv == APR_SUCCESS ? give(cli, file.fd) : rv;
    if (rv != APR_SUCCESS) {
        slim_whole_file_drop(&file);
        return rv;
    }
    return slim_whole_file_end(&file);
}

static int make_key(const struct slim_cli *cli, const char *path, int is_daily)
{
    struct slim_visitor_key_entry entry = {.kind = is_daily ? SLIM_VISITOR_KEY_DAILY
                                                            : SLIM_VISITOR_KEY_STATIC,
                                           .is_chain = is_daily};
    char text[SLIM_VISITOR_KEY_TEXT_SIZE];
    apr_status_t rv = apr_generate_random_bytes(entry.key, sizeof entry.key);

    entry.day = is_daily ? apr_time_sec(apr_time_now()) / DAY_S : 0;
    if (rv == APR_SUCCESS) {
        rv = write_key(cli, path, text, slim_visitor_key_format(&entry, text));
    }
    if (rv != APR_SUCCESS) {
        return slim_cli_fail("cannot make %s: %s", path, slim_whole_file_reason(rv));
    }
    printf("%s: a key of visitors: bring it to each front end, where it belongs to httpd's User, "
           "and name it there with SlimStatsVisitorSecret%s\n",
           path,
           is_daily ? "; keep no copy anywhere else: it leads to the keys of all days to come"
                    : "");
    return SLIM_EXIT_OK;
}

static int run_key(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct slim_cli_options given;
    const char *value;
    int option, more, is_daily = 0;

    slim_cli_options_begin(&given, cli, &slim_command_key, argc, argv);
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        is_daily |= option == OPTION_DAILY;
    }
    if (more < 0) {
        return given.exit;
    }
    if (argc - given.getopt->ind != 1) {
        return slim_cli_fail("key: name one FILE to be made");
    }
    const char *path = given.getopt->argv[given.getopt->ind];
    return become_owner(path, cli->pool) ? make_key(cli, path, is_daily) : SLIM_EXIT_FAILED;
}

const struct slim_command slim_command_key = {
    .name = "key",
    .arguments = "FILE",
    .summary = "makes one key of visitors for several front ends",
    .options = options,
    .run = run_key,
};
