/* Whose robots are, and what for, follows the list of robots, and what is a leak that of probes:
 * after these have changed the agents and hits that are stored are looked at again, a few at a time
 * between batches, so that no hit waits for it. */
#include "core/clock.h"
#include "enrich/agent.h"
#include "enrich/rename.h"
#include "loader.h"

#define AGENTS 2000 /* of a transaction: some 10 ms */
#define HITS 5000   /* likewise */
#define BUSY_US 1000000

static int may_look(struct slim_loader *l)
{
    return slim_ticks() >= l->robots_us && !slim_loader_log_is_too_large(l)
           && slim_enrich_part(l->enrich, SLIM_DATA_AGENTS)->status == APR_SUCCESS;
}

static void note(struct slim_loader *l, apr_status_t rv, int more, int *is_done)
{
    if (rv == APR_SUCCESS) {
        *is_done = !more;
        l->uncovered = 1;
    } else if (l->store->error.state == SLIM_STATE_STORE_BUSY) {
        l->robots_us = slim_ticks() + BUSY_US;
    } else {
        slim_loader_store_failed(l);
    }
}

void slim_loader_name_robots(struct slim_loader *l)
{
    struct slim_agents *agents = slim_enrich_agents(l->enrich);
    int more = 0;

    if (!l->robots_are_named && may_look(l)) {
        const struct slim_store_robots robots = {slim_rename_robot, agents, slim_agents_sum(agents),
                                                 AGENTS};
        apr_status_t rv = l->engine->name_robots(l->store, &robots, &more);
        note(l, rv, more, &l->robots_are_named);
    }
}

void slim_loader_find_leaks(struct slim_loader *l)
{
    struct slim_agents *agents = slim_enrich_agents(l->enrich);
    int more = 0;

    if (!l->leaks_are_found && may_look(l)) {
        const struct slim_store_leaks leaks = {slim_rename_leak, agents, slim_agents_sum(agents),
                                               HITS};
        apr_status_t rv = l->engine->find_leaks(l->store, &leaks, &more);
        note(l, rv, more, &l->leaks_are_found);
    }
}
