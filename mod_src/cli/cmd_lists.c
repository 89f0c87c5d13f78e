/* slimstats lists reads the lists and data files as the recorder would, and says what is wrong. */
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "cli.h"
#include "core/settings.h"
#include "enrich/enrich.h"

static const struct slim_cli_option options[] = {
    {"agents", 'A', "FILE", "uap-core's regexes.yaml, instead of what SlimStatsAgents says"},
    {"country", 'C', "FILE", "the file of countries, instead of what SlimStatsCountry says"},
    {"network", 'N', "FILE", "the file of networks, instead of what SlimStatsNetwork says"},
    {"quiet", 'q', NULL, "say nothing when all is well"},
    {.name = NULL},
};

static void tell_fault(void *baton, const char *fault)
{
    (void)baton;
    slim_cli_fail("%s", fault);
}

/* What stands in place of the settings'; NULL: theirs. */
struct named {
    const char *agents, *country, *network;
};

/* Settings of another version are no fault of a list. */
static int read_lists(struct slim_cli *cli, const struct named *named, int is_quiet)
{
    struct slim_settings *settings = apr_palloc(cli->pool, sizeof *settings);
    struct slim_enrich_part parts[SLIM_DATA_PARTS];
    const char *asked_by[SLIM_ASKING_LISTS];
    const char *state = slim_cli_state(cli);
    unsigned line;

    slim_settings_init(settings, cli->pool);
    if (slim_settings_load(settings, state, &line, cli->pool) != APR_SUCCESS) {
        slim_settings_init(settings, cli->pool);
    }
    settings->state = state;
    settings->agents = named->agents ? named->agents : settings->agents;
    settings->country = named->country ? named->country : settings->country;
    settings->network = named->network ? named->network : settings->network;
    settings->data = settings->data ? settings->data : cli->data;
    struct slim_enrich *enrich = slim_enrich_make(settings, cli->pool);
    slim_enrich_read(enrich, parts);
    int faults = slim_enrich_faults(enrich, tell_fault, NULL);
    slim_cli_list_faults(cli, asked_by);
    for (size_t i = 0; i < sizeof asked_by / sizeof asked_by[0]; i++) {
        if (asked_by[i]) {
            tell_fault(NULL, apr_pstrcat(cli->pool, state, "/", asked_by[i], NULL));
            faults++;
        }
    }
    if (faults > 0) {
        fprintf(stderr, "%d %s cannot be used as %s; all others are\n", faults,
                faults == 1 ? "file" : "files", faults == 1 ? "it is" : "they are");
        return SLIM_EXIT_DEGRADED;
    }
    if (!is_quiet) {
        puts("all lists can be used");
    }
    return SLIM_EXIT_OK;
}

static int run_lists(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct slim_cli_options given;
    struct named named = {NULL};
    const char *value;
    int option, more, is_quiet = 0;

    slim_cli_options_begin(&given, cli, &slim_command_lists, argc, argv);
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        switch (option) {
        case 'A': named.agents = value; break;
        case 'C': named.country = value; break;
        case 'N': named.network = value; break;
        default: is_quiet = 1;
        }
    }
    if (more < 0) {
        return given.exit;
    }
    if (!slim_cli_options_end(&given) || !slim_cli_become_owner(slim_cli_state(cli))) {
        return SLIM_EXIT_FAILED;
    }
    return read_lists(cli, &named, is_quiet);
}

const struct slim_command slim_command_lists = {
    .name = "lists",
    .arguments = "",
    .summary = "reads the lists and data files, and says what is wrong with them",
    .options = options,
    .run = run_lists,
};
