/* Which of some names somebody may have meant by one that is not known: "did you mean …". */
#ifndef SLIM_NEAR_NAME_H
#define SLIM_NEAR_NAME_H

#include <stddef.h>

#include <apr_pools.h>

#define SLIM_NEAR_MAX 32 /* bytes of a name that is compared */

struct slim_near_name {
    const char *meant;
    size_t length;
    size_t distance;  /* of the nearest so far, or the first that is too far */
    const char *name; /* the nearest; NULL: none is near */
};

/* meant, of length bytes, stays the caller's. */
void slim_near_begin(struct slim_near_name *near, const char *meant, size_t length);

/* Keeps name when it is nearer than those before. Near is what a third of its letters lead to: one
 * left out, added, changed, or two that stand together exchanged (optimal string alignment; Boytsov
 * 2011, "Indexing methods for approximate dictionary searching"); or of three and more what begins
 * the name. */
void slim_near_try(struct slim_near_name *near, const char *name);

/* " (did you mean NAME?)", with what stands before names, as "--"; "" when none is near. In pool.
 */
const char *slim_near_question(const struct slim_near_name *near, const char *before,
                               apr_pool_t *pool);

#endif
