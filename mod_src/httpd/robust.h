/* Locks in memory that processes share; what a dead process held is free. */
#ifndef SLIM_ROBUST_H
#define SLIM_ROBUST_H

#include <pthread.h>

/* Makes locks in shared memory that nobody uses yet; 0: the system has none to give. */
int slim_robust_make(pthread_mutex_t *locks, int number);

/* The place of a lock that was free and is held by this thread now, which has to unlock it; -1:
 * there is none. */
int slim_robust_take(pthread_mutex_t *locks, int number);

/* Waits for a lock. 0: it is broken, and not held. */
int slim_robust_wait(pthread_mutex_t *lock);

#endif
