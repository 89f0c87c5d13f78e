/* Whose robots are, and what for, follows the list of robots: after it has changed the agents that
 * are stored are named anew, a few at a time between batches, so that no hit waits for it. */
#include "core/clock.h"
#include "enrich/agent.h"
#include "enrich/rename.h"
#include "loader.h"

#define AGENTS 2000 /* of a transaction: some 10 ms */
#define BUSY_US 1000000

void slim_loader_name_robots(struct slim_loader *l)
{
    struct slim_agents *agents = slim_enrich_agents(l->enrich);
    int64_t now = slim_ticks();
    int more;

    if (l->robots_are_named || now < l->robots_us || slim_loader_log_is_too_large(l)
        || slim_enrich_part(l->enrich, SLIM_DATA_AGENTS)->status != APR_SUCCESS) {
        return;
    }
    const struct slim_store_robots robots = {slim_rename_robot, agents, slim_agents_sum(agents),
                                             AGENTS};
    if (l->engine->name_robots(l->store, &robots, &more) == APR_SUCCESS) {
        l->robots_are_named = !more;
        l->uncovered = 1;
    } else if (l->store->error.state == SLIM_STATE_STORE_BUSY) {
        l->robots_us = now + BUSY_US;
    } else {
        slim_loader_store_failed(l);
    }
}
