/* The client behind a User-Agent: browser, version, platform, robot class; and whether it probes.
 */
#ifndef SLIM_AGENT_H
#define SLIM_AGENT_H

#include <apr_pools.h>

#include "core/facts.h"
#include "list_keeper.h"
#include "rules.h"

struct slim_agents;

/* The files that agents are named by. rules is uap-core's regexes.yaml; data is the directory of
 * our own agents.yaml, robots.tsv and probes.tsv. Nothing is read yet. */
struct slim_agents *slim_agents_make(const char *rules, const char *data, apr_pool_t *pool);

/* Before the first refresh: a directory with agents.yaml, robots.tsv and probes.tsv of the site's
 * own, which come before ours. Any may be missing. */
void slim_agents_add_own(struct slim_agents *agents, const char *directory);

/* Reads the files, or reads them again when one was replaced. One that cannot be used takes no
 * other with it: its last good version stays, else what is good of it; reason (size bytes) then
 * says what is wrong, with file, line and column. Without uap-core's rules nobody is a robot for
 * being unknown. *changed: whether something was tried. */
apr_status_t slim_agents_refresh(struct slim_agents *agents, int *changed, char *reason,
                                 size_t size) SLIM_MUST_CHECK;

/* The tables of what is in use, as long as it is; empty where there is none. */
struct slim_agents_image;
void slim_agents_make_image(const struct slim_agents *agents, struct slim_agents_image *image);

/* Whether what is in use is slim_agents_image (agents_image.h), so that nothing had to be read. */
int slim_agents_is_image(const struct slim_agents *agents);

/* As slim_kept_lists_faults. */
int slim_agents_faults(const struct slim_agents *agents, slim_tell_fault *tell, void *baton);

/* A sum over the files in use. */
uint32_t slim_agents_sum(const struct slim_agents *agents);

/* The client of a hit, by its agent and client hints; valid until the next call. Without rules
 * browser and platform are empty. */
const struct slim_client *slim_agents_derive(struct slim_agents *agents,
                                             const struct slim_hit *hit);

/* Which rules a client is named by. file NULL: no rule; a robot may still be one, because its agent
 * is empty, or names neither browser nor platform, or by a client hint. */
struct slim_agent_explanation {
    struct slim_rule_place browser, platform, robot, operator, purpose;
    const struct slim_client *client; /* as slim_agents_derive gives it */
};
void slim_agents_explain(struct slim_agents *agents, const struct slim_hit *hit,
                         struct slim_agent_explanation *explanation);

/* As slim_probes_tell; 0 for an empty resource, or without rules. */
int slim_agents_is_probe(const struct slim_agents *agents, struct slim_text resource,
                         uint16_t status, struct slim_rule_place *place);

/* As slim_probes_may_leak. */
int slim_agents_may_leak(const struct slim_agents *agents, struct slim_text resource,
                         uint16_t status, uint64_t bytes);

#endif
