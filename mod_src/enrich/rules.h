/* Lists of regular expressions, each tried in order: the first of a list that matches wins. Lists
 * that are asked about the same subjects stand together, so that a subject is looked at once for
 * all. */
#ifndef SLIM_RULES_H
#define SLIM_RULES_H

#include <apr_pools.h>

#include "core/hit.h"
#include "core/status_code.h"
#include "rules_image.h"

struct slim_rule_lists;
struct slim_rules;

#define SLIM_RULE_GROUPS 10 /* the whole match and $1 … $9 */

/* Where a rule is written. file NULL: nowhere. */
struct slim_rule_place {
    const char *file;
    unsigned line; /* from 1 */
};

struct slim_rule {
    const char *expression; /* PCRE2 syntax */
    int ignore_case;
    struct slim_rule_place place; /* file is kept by reference */
    /* What belongs to it, for who added it; a value may be NULL. */
    const char *value[SLIM_RULE_VALUES];
    int mark;
};

/* What a rule matched; texts point into the subject, a group that took no part is empty. */
struct slim_match {
    int rule; /* its place in the list, from 0 */
    struct slim_rule_place place;
    struct slim_text group[SLIM_RULE_GROUPS];
};

struct slim_rule_lists *slim_rule_lists_make(apr_pool_t *pool);
/* Whether a rule could not be added for that alone. */
int slim_rule_lists_lacked_memory(const struct slim_rule_lists *lists);

apr_pool_t *slim_rule_lists_pool(const struct slim_rule_lists *lists);

/* A new list among them, of SLIM_FILTER_LISTS at most; it lives in their pool. */
struct slim_rules *slim_rules_make(struct slim_rule_lists *lists);

/* Appends a rule to a list that is not built. SLIM_EBADRULES when it does not compile, APR_ENOMEM
 * when there is no memory; *reason then says why, in pool, and *offset at which byte of the
 * expression. */
apr_status_t slim_rules_add(struct slim_rules *rules, const struct slim_rule *rule,
                            const char **reason, unsigned *offset,
                            apr_pool_t *pool) SLIM_MUST_CHECK;

/* After the last rule of the last list: from now on only those are tried whose literals the subject
 * holds. Without this each is tried in turn, with the same result and at some fifty times the cost.
 */
void slim_rule_lists_build(struct slim_rule_lists *lists);

/* The tables of lists that are built, which live as long as they. */
void slim_rule_lists_image(const struct slim_rule_lists *lists, struct slim_rules_image *image);

/* Built lists of an image, which must outlive them; slim_rules_make hands out its lists in their
 * order. Expressions are compiled when they are first tried: one that this PCRE2 does not take
 * matches nothing, and without memory for one the process ends. file: the paths, in the order in
 * which the first rules of each came, kept by reference. */
struct slim_rule_lists *slim_rule_lists_of_image(const struct slim_rules_image *image,
                                                 const char *const *file, apr_pool_t *pool);

/* The first rule that matches subject: 1 and *match, else 0. Bytes, not characters; a subject is
 * cut at SLIM_SUBJECT_MAX. An expression that exceeds PCRE2's limits does not match. Not for two
 * threads at once. */
int slim_rules_match(const struct slim_rules *rules, struct slim_text subject,
                     struct slim_match *match);

/* The same, of those that accept takes: after one that it does not, the rest of the subject is
 * tried, then the next rule. */
typedef int slim_rules_accept(void *baton, const struct slim_match *match);
int slim_rules_match_accepted(const struct slim_rules *rules, struct slim_text subject,
                              slim_rules_accept *accept, void *baton, struct slim_match *match);

/* What belongs to a rule of the list; the text lives as long as the list. */
const char *slim_rules_value(const struct slim_rules *rules, int rule, int value);
int slim_rules_mark(const struct slim_rules *rules, int rule);

#define SLIM_SUBJECT_MAX 512

#endif
