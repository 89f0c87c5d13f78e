/* slimstats country build: a country file from the distribution's text files. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>
#include <apr_time.h>

#include "cli.h"
#include "enrich/country.h"
#include "enrich/country_build.h"

enum { OPTION_FROM = SLIM_OPTION_LONG };

static const struct slim_cli_option options[] = {
    {"output", 'o', "FILE",
     "the file to write (default: " SLIM_COUNTRY_FILE " in the state directory)"},
    {"from", OPTION_FROM, "DIR",
     "directory of the files geoip and geoip6 (default: " SLIM_GEOIP_DIRECTORY ")"},
    {.name = NULL},
};

static void draw_progress(void *data, uint64_t done, uint64_t total)
{
    (void)data;
    fprintf(stderr, "\r\033[Kreading ranges: %" PRIu64 " %%", total ? done * 100 / total : 0);
}

static const char *directory_of(const char *path, apr_pool_t *pool)
{
    const char *slash = strrchr(path, '/');

    if (!slash) {
        return ".";
    }
    return slash == path ? "/" : apr_pstrmemdup(pool, path, (apr_size_t)(slash - path));
}

static int build_file(struct slim_cli *cli, struct slim_country_build *build)
{
    int shown = isatty(STDERR_FILENO);
    const char *reason;

    build->progress = shown ? draw_progress : NULL;
    if (!slim_cli_become_owner(directory_of(build->output, cli->pool))) {
        return SLIM_EXIT_FAILED;
    }
    apr_time_t began = apr_time_now();
    apr_status_t rv = slim_country_build(build, &reason, cli->pool);
    if (shown) {
        fputs("\r\033[K", stderr);
    }
    if (rv != APR_SUCCESS) {
        return slim_cli_fail("%s%s", reason,
                             APR_STATUS_IS_ENOENT(rv) && access(build->from, F_OK) != 0
                                 ? " (Debian's package tor-geoipdb brings the text files)"
                                 : "");
    }
    printf("%s: %" PRIu64 " ranges, %.1f MB, %.1f s\n", build->output, build->ranges,
           (double)build->size / 1e6, (double)(apr_time_now() - began) / 1e6);
    return SLIM_EXIT_OK;
}

static int run_country(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct slim_cli_options given;
    struct slim_country_build build = {.from = SLIM_GEOIP_DIRECTORY};
    const char *value;
    int option, more;

    slim_cli_options_begin(&given, cli, &slim_command_country, argc, argv);
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        if (option == 'o') {
            build.output = value;
        } else {
            build.from = value;
        }
    }
    if (more < 0) {
        return given.exit;
    }
    if (argc - given.getopt->ind != 1 || strcmp(given.getopt->argv[given.getopt->ind], "build")) {
        return slim_cli_fail("country: the only action is: country build");
    }
    if (!build.output) {
        build.output = apr_pstrcat(cli->pool, slim_cli_state(cli), "/" SLIM_COUNTRY_FILE, NULL);
    }
    return build_file(cli, &build);
}

const struct slim_command slim_command_country = {
    .name = "country",
    .arguments = "build",
    .summary = "makes a country file from the package tor-geoipdb",
    .options = options,
    .run = run_country,
};
