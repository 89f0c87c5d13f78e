/* Sets of strings of which a subject holds at least one, and the sets that an expression requires.
 */
#ifndef SLIM_LITERAL_SET_H
#define SLIM_LITERAL_SET_H

#include <apr_pools.h>

#include "core/hit.h"

#define SLIM_LITERAL_SETS 4        /* that an expression may require */
#define SLIM_LITERAL_MAX 24        /* bytes of a string */
#define SLIM_LITERAL_JOINED_MAX 64 /* strings of a set made by putting sets behind one another */
#define SLIM_LITERAL_COMMON 1      /* the score of what nearly every agent holds */

/* Items are in the pool of their maker, with a NUL behind; letters are lower case. */
struct slim_literal_set {
    int count;
    struct slim_text *item;
};

/* Of each set a subject holds one item; no set: nothing is known. */
struct slim_rule_literals {
    int sets;
    struct slim_literal_set set[SLIM_LITERAL_SETS];
};

/* An empty set with room for count items; push must not be called more often than that. */
struct slim_literal_set slim_literal_set_make(int count, apr_pool_t *pool);
void slim_literal_set_push(struct slim_literal_set *set, const char *a, size_t a_length,
                           const char *b, size_t b_length, apr_pool_t *pool);
struct slim_literal_set slim_literal_set_one(const char *text, size_t length, apr_pool_t *pool);

int slim_literal_set_holds(const struct slim_literal_set *set, struct slim_text text);

/* Items of either. */
struct slim_literal_set slim_literal_set_join(const struct slim_literal_set *a,
                                              const struct slim_literal_set *b, apr_pool_t *pool);

/* Each item of a with each of b behind it; only when can_follow says that the ceilings hold. */
int slim_literal_set_can_follow(const struct slim_literal_set *a, const struct slim_literal_set *b);
struct slim_literal_set slim_literal_set_follow(const struct slim_literal_set *a,
                                                const struct slim_literal_set *b, apr_pool_t *pool);

/* How selective a set is among agents: the length of its worst item, SLIM_LITERAL_COMMON at most
 * for what nearly every agent holds, 0 for no use at all. */
size_t slim_literal_set_score(const struct slim_literal_set *set);

/* A part of length bytes at most (SLIM_LITERAL_MAX at most), which is selective if any of
 * that length does: of those the last. Points into the literal. */
struct slim_text slim_literal_rare_part(struct slim_text literal, size_t length);

/* Whether searching for it is of no use. */
int slim_literal_set_is_useless(const struct slim_literal_set *set);

/* Another set is required; useless ones are not taken, and of too many the worst is dropped. */
void slim_rule_literals_require(struct slim_rule_literals *need, struct slim_literal_set set);

#endif
