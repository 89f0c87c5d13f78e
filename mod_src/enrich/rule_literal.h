/* What a subject must hold for an expression to match it: literals that can be searched for before
 * the expression is tried. */
#ifndef SLIM_RULE_LITERAL_H
#define SLIM_RULE_LITERAL_H

#include <apr_pools.h>

#include "literal_set.h"

/* Reads an expression in PCRE2's syntax that compiles. Whatever matches it holds the literals, if
 * ASCII letters of either case are taken for the same. What it does not understand it does not
 * use. Everything is in pool. */
void slim_rule_literals_find(const char *expression, struct slim_rule_literals *literals,
                             apr_pool_t *pool);

#endif
