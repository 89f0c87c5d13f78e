/* The files that agents are named by, and what is made of them: taken from the program where it was
 * built with the same files, else read. */
#ifndef SLIM_AGENT_LISTS_H
#define SLIM_AGENT_LISTS_H

#include <apr_pools.h>

#include "agent_rules.h"
#include "agents_image.h"
#include "list_keeper.h"
#include "probe.h"
#include "robot.h"

enum slim_agent_file {
    SLIM_OWN_AGENTS,
    SLIM_OUR_AGENTS,
    SLIM_UAP_AGENTS,
    SLIM_OWN_ROBOTS,
    SLIM_OUR_ROBOTS,
    SLIM_OWN_PROBES,
    SLIM_OUR_PROBES,
    SLIM_AGENT_FILES
};

struct slim_agent_lists {
    struct slim_rule_lists *agents, *probe_lists;
    struct slim_agent_rules *rules; /* NULL: nothing was read yet */
    struct slim_robots *robots;
    struct slim_probes *probes;
    int knows_browsers; /* uap-core's rules are among them */
};

/* Until every file (one of each kind, SLIM_AGENT_FILES of them) is read, or refused: then a new
 * pool of parent holds *lists. APR_ENOMEM, and no pool, when there is too little memory. */
apr_status_t slim_agent_lists_read(struct slim_kept_list *files, struct slim_agent_lists *lists,
                                   apr_pool_t **pool, apr_pool_t *parent) SLIM_MUST_CHECK;

/* Whether the program was built with just the files that are in use. */
int slim_agent_lists_are_image(const struct slim_kept_list *files);

/* The tables of lists that are in use, which live as long as they; all zero where there are none,
 * or not of each file. */
void slim_agent_lists_image(const struct slim_agent_lists *lists,
                            const struct slim_kept_list *files, struct slim_agents_image *image);

#endif
