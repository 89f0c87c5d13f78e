/* Robust mutexes (POSIX, pthread_mutexattr_setrobust): the kernel hands on what a dead process
 * held. */
#include "robust.h"

#include <errno.h>

int slim_robust_make(pthread_mutex_t *locks, int number)
{
    pthread_mutexattr_t attributes;
    int error = pthread_mutexattr_init(&attributes);

    if (error) {
        return 0;
    }
    error = pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    error = error ? error : pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    for (int i = 0; i < number && !error; i++) {
        error = pthread_mutex_init(&locks[i], &attributes);
    }
    pthread_mutexattr_destroy(&attributes);
    return !error;
}

static int is_held(pthread_mutex_t *lock, int error)
{
    return (error == EOWNERDEAD ? pthread_mutex_consistent(lock) : error) == 0;
}

int slim_robust_take(pthread_mutex_t *locks, int number)
{
    for (int i = 0; i < number; i++) {
        if (is_held(&locks[i], pthread_mutex_trylock(&locks[i]))) {
            return i;
        }
    }
    return -1;
}

int slim_robust_wait(pthread_mutex_t *lock)
{
    return is_held(lock, pthread_mutex_lock(lock));
}
