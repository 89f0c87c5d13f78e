/* slimstats segment: the list of segments, filters with a name. */
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "cli.h"
#include "named_line.h"
#include "query/alert.h"
#include "query/goal.h"
#include "query/segment.h"

struct slim_segments *slim_cli_segments(struct slim_cli *cli)
{
    return slim_cli_become_owner(slim_cli_state(cli))
               ? slim_segments_read(slim_cli_state(cli), cli->pool)
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

static int list(struct slim_cli *cli)
{
    const struct slim_segments *segments = slim_cli_segments(cli);

    for (int i = 0; segments && i < segments->all->nelts; i++) {
        const struct slim_segment *one = &APR_ARRAY_IDX(segments->all, i, struct slim_segment);
        slim_named_line_print(one->name, one->text, cli->pool);
    }
    if (segments && segments->fault) {
        slim_cli_fail("%s", segments->fault);
        return SLIM_EXIT_DEGRADED;
    }
    return segments ? SLIM_EXIT_OK : SLIM_EXIT_FAILED;
}

/* --- changing --- */

static int add(struct slim_cli *cli, const char *name, const char *filters)
{
    const char *fault = slim_segment_fault(name, filters, cli->pool);

    return fault ? slim_cli_fail("segment: %s", fault)
                 : slim_named_line_put(cli, SLIM_SEGMENTS_FILE, name, filters);
}

static int drop(struct slim_cli *cli, const char *name)
{
    return slim_named_line_drop(cli, SLIM_SEGMENTS_FILE, "segment", name);
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
