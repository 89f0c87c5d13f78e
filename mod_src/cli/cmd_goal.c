/* slimstats goal: the list of goals, what a visit is wanted to do. */
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "cli.h"
#include "named_line.h"
#include "query/goal.h"

struct slim_goals *slim_cli_goals(struct slim_cli *cli)
{
    return slim_cli_become_owner(slim_cli_state(cli))
               ? slim_goals_read(slim_cli_state(cli), NULL, cli->pool)
               : NULL;
}

/* --- listing --- */

/* As it stands in the file: the pattern, then the filters. */
static const char *text_of(const struct slim_goal *goal, apr_pool_t *pool)
{
    static const char *const signs[] = {"=", "!=", "~", "="};
    int has_pattern = goal->condition[0].kind == SLIM_MATCHES;
    const char *text = has_pattern ? goal->condition[0].value : "*";

    for (int i = has_pattern; i < goal->conditions; i++) {
        const struct slim_filter *one = &goal->condition[i];
        const char *quote = strchr(one->value, ' ') ? "\"" : "";
        text = apr_pstrcat(pool, text, " ", one->dimension, signs[one->kind], quote, one->value,
                           quote, NULL);
    }
    return text;
}

static int list(struct slim_cli *cli)
{
    const struct slim_goals *goals = slim_cli_goals(cli);

    for (int i = 0; goals && i < goals->count; i++) {
        const struct slim_goal *goal = &goals->goal[i];
        slim_named_line_print(goal->name, text_of(goal, cli->pool), cli->pool);
    }
    if (goals && goals->fault) {
        slim_cli_fail("%s", goals->fault);
        return SLIM_EXIT_DEGRADED;
    }
    return goals ? SLIM_EXIT_OK : SLIM_EXIT_FAILED;
}

/* --- changing --- */

static int add(struct slim_cli *cli, const char *name, const char *pattern, const char *filters)
{
    const struct slim_goals *goals = slim_cli_goals(cli);
    const char *fault = goals ? slim_goal_fault(goals, name, pattern, filters, cli->pool) : NULL;

    if (!goals) {
        return SLIM_EXIT_FAILED;
    }
    if (fault) {
        return slim_cli_fail("goal: %s", fault);
    }
    return slim_named_line_put(cli, SLIM_GOALS_FILE, name,
                               apr_pstrcat(cli->pool, pattern, *filters ? "\t" : "", filters,
                                           NULL));
}

/* --- the command --- */

static int run_goal(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct slim_cli_options given;
    const char *value;
    int option, more;

    slim_cli_options_begin(&given, cli, &slim_command_goal, argc, argv);
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
    if ((count == 3 || count == 4) && strcmp(left[0], "add") == 0) {
        return add(cli, left[1], left[2], count == 4 ? left[3] : "");
    }
    if (count == 2 && strcmp(left[0], "remove") == 0) {
        return slim_named_line_drop(cli, SLIM_GOALS_FILE, "goal", left[1]);
    }
    return slim_cli_fail("goal: add NAME PATTERN ['FILTER...'], list, or remove NAME");
}

const struct slim_command slim_command_goal = {
    .name = "goal",
    .arguments = "add NAME PATTERN [FILTERS] | list | remove NAME",
    .summary = "keeps what visits are wanted to do: goals",
    .run = run_goal,
};
