/* Files named by the caller of a command that switches to the store's owner: they are opened before
 * that, and their bytes copied, because the owner may be allowed neither to read nor to create
 * them. */
#ifndef SLIM_CARRY_H
#define SLIM_CARRY_H

#include <apr_pools.h>

/* Whether slimstats, run by root, will become another user to open what is at path. */
int slim_carry_needed(const char *path);

/* The name of a copy beside the store, less what an earlier command left there; the copy is this
 * process's as long as it lives. NULL after an error message: another command has it. */
const char *slim_carry_place(const char *store, apr_pool_t *pool);

#endif
