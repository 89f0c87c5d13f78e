/* Files of whoever called, for a command that becomes the store's owner: those are opened before,
 * and their bytes carried, because the owner may neither read nor make them. */
#ifndef SLIM_CARRY_H
#define SLIM_CARRY_H

#include <apr_pools.h>

/* Whether slimstats, run by root, will become another user to open what is at path. */
int slim_carry_needed(const char *path);

/* The name of a copy beside the store, less what an earlier command left there; the copy is this
 * process's as long as it lives. NULL after it told that another command has it. */
const char *slim_carry_place(const char *store, apr_pool_t *pool);

#endif
