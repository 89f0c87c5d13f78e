/* Goals: hits that a site's owner wants, of the file goals.tsv in the state directory. A line is a
 * name, a pattern of pages (* any text, ? one character), and filters with spaces between, which
 * may be missing: all of them hold for the hit. A line with a mistake is no goal; the others are.
 */
#ifndef SLIM_GOAL_H
#define SLIM_GOAL_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "query.h"

#define SLIM_GOALS_FILE "goals.tsv"
#define SLIM_GOALS_MAX 20
#define SLIM_GOAL_CONDITIONS_MAX 8
#define SLIM_CHAIN_MAX 8

struct slim_goal {
    const char *name;
    struct slim_filter condition[SLIM_GOAL_CONDITIONS_MAX]; /* on the hit, or on its visit */
    int conditions;
};

struct slim_goals {
    struct slim_goal goal[SLIM_GOALS_MAX];
    int count;
    const char *fault; /* the first mistake: "goals.tsv: line 3: …"; NULL: there is none */
};

/* Goals one after the other. */
struct slim_goal_chain {
    int goal[SLIM_CHAIN_MAX]; /* by their places */
    int count;
    int is_strict; /* each on the page view right behind the one before; else others may lie between
                    */
};

/* Reads the file of a state directory; it need not be there. Of goals that name sites (site=) those
 * alone that name one of sites; NULL: all. Never fails: what cannot be read is told by the fault.
 */
struct slim_goals *slim_goals_read(const char *state, const apr_array_header_t *sites,
                                   apr_pool_t *pool);

/* What is wrong with a goal that is to be one of goals, or in the place of the one of its name;
 * NULL: nothing. */
const char *slim_goal_fault(const struct slim_goals *goals, const char *name, const char *pattern,
                            const char *filters, apr_pool_t *pool);

/* "order", "cart>order", "cart>>order" (strict): 1; 0: it is none, or names what is no goal. */
int slim_goal_chain_read(const struct slim_goals *goals, const char *text,
                         struct slim_goal_chain *chain);

/* "a, b"; "none here" there is none. */
const char *slim_goals_names(const struct slim_goals *goals, apr_pool_t *pool);

#endif
