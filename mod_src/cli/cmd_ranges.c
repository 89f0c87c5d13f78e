/* slimstats ranges: the commands that fetch what robots' operators publish of their addresses. They
 * are printed, not run: this program opens no connection. */
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>
#include <apr_time.h>

#include "cli.h"
#include "enrich/proof.h"

/* For the shell: between single quotes, in which nothing but them has a meaning. */
static const char *quoted(const char *text, apr_pool_t *pool)
{
    const char *out = "'";

    for (const char *quote; (quote = strchr(text, '\'')); text = quote + 1) {
        out = apr_pstrcat(pool, out, apr_pstrmemdup(pool, text, (size_t)(quote - text)), "'\\''",
                          NULL);
    }
    return apr_pstrcat(pool, out, text, "'", NULL);
}

static int is_first_of_its_file(const struct slim_proof_line *lines, int at)
{
    for (int i = 0; i < at; i++) {
        if (strcmp(lines[i].file, lines[at].file) == 0) {
            return 0;
        }
    }
    return 1;
}

/* Whole or not at all, so that a list that is half there is never read; it is httpd's user's. */
static void print(const struct slim_cli *cli, const struct slim_proof_line *lines, int count)
{
    const char *directory =
        apr_pstrcat(cli->pool, slim_cli_state(cli), "/" SLIM_RANGES_DIRECTORY, NULL);

    printf("mkdir -p %s\n", quoted(directory, cli->pool));
    for (int i = 0; i < count; i++) {
        const char *path = apr_pstrcat(cli->pool, directory, "/", lines[i].file, NULL);
        if (*lines[i].url && is_first_of_its_file(lines, i)) {
            const char *fresh = quoted(apr_pstrcat(cli->pool, path, ".new", NULL), cli->pool);
            printf("curl -fsSL --proto =https,http -m 60 -o %s --url %s && mv %s %s\n", fresh,
                   quoted(lines[i].url, cli->pool), fresh, quoted(path, cli->pool));
        }
    }
}

static void tell_fault(void *baton, const char *fault)
{
    (void)baton;
    slim_cli_fail("%s", fault);
}

static int run_ranges(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct slim_cli_options given;
    const struct slim_proof_line *lines;
    const char *value;
    int option, more;

    slim_cli_options_begin(&given, cli, &slim_command_ranges, argc, argv);
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        continue;
    }
    if (more < 0) {
        return given.exit;
    }
    if (!slim_cli_options_end(&given) || !slim_cli_become_owner(slim_cli_state(cli))) {
        return SLIM_EXIT_FAILED;
    }
    struct slim_proofs *proofs = slim_proofs_make(cli->data, slim_cli_state(cli), cli->pool);
    (void)slim_proofs_refresh(proofs);
    int count = slim_proofs_lines(proofs, &lines);
    print(cli, lines, count);
    int faults = slim_proofs_faults(proofs, tell_fault, NULL)
                 + slim_proofs_stale(proofs, apr_time_sec(apr_time_now()), tell_fault, NULL);
    return faults == 0 ? SLIM_EXIT_OK : SLIM_EXIT_DEGRADED;
}

const struct slim_command slim_command_ranges = {
    .name = "ranges",
    .arguments = "",
    .summary = "prints the commands that fetch the published addresses of robots",
    .run = run_ranges,
};
