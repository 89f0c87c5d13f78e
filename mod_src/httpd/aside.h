/* Work that visitors come before. */
#ifndef SLIM_ASIDE_H
#define SLIM_ASIDE_H

#include <apr_pools.h>

/* Runs work(data), which ends before this returns, at a lower priority than what serves visitors:
 * in a thread of its own, since one that has become nice may not become otherwise again
 * (setpriority(2), RLIMIT_NICE). It is sent no signals. Where there is no thread to be had it runs
 * as it is. */
void slim_aside_run(void (*work)(void *data), void *data);

/* A pool below parent for what is much and short-lived: what it had is the system's again when it
 * ends, and not kept for the thread as that of a request's pool is. Never NULL. */
apr_pool_t *slim_aside_pool(apr_pool_t *parent);
void slim_aside_pool_end(apr_pool_t *pool);

#endif
