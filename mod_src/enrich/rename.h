/* Naming stored hits anew, after lists or data files have changed. */
#ifndef SLIM_RENAME_H
#define SLIM_RENAME_H

#include "core/naming.h"
#include "enrich.h"

struct slim_renaming;

/* enrich has read its files (slim_enrich_read). */
struct slim_renaming *slim_renaming_make(struct slim_enrich *enrich, apr_pool_t *pool);

/* What it names by. */
struct slim_enrich *slim_renaming_enrich(const struct slim_renaming *renaming);

/* As slim_name_hit, of a renaming. What was told by something that is not stored stays: names
 * of browsers and versions by client hints, of agents from before these were kept (keeps_client
 * says so), the source of a link whose parameters were left out, of an
 * application or of a click id, the kind of a hit whose evidence was not kept. So do countries and
 * networks without a file of them, and what agents' rules, sources or lists of kinds name where
 * these cannot be read. */
int slim_rename(void *renaming, struct slim_naming *naming);

/* As slim_name_robot, of agents (enrich/agent.h), whose rules are read. A class that the lists do
 * not give an agent any more has no purpose but its own. */
int slim_rename_robot(void *agents, struct slim_robot_naming *naming);

/* As is_leak of struct slim_store_leaks, of agents (enrich/agent.h). */
int slim_rename_leak(void *agents, struct slim_text resource, unsigned status, uint64_t bytes);

/* A sum over the lists, data files and rules of sites in use: what was named by the same ones needs
 * no new names. */
uint32_t slim_renaming_sum(const struct slim_renaming *renaming);

#endif
