/* Work at a lower priority, in a thread of its own, with memory of its own. A child with many
 * threads would come to have as much as a question needs for each of them. */
#include "aside.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "core/platform.h"

#define NICE 10

struct aside {
    void (*work)(void *data);
    void *data;
};

static void *run(void *data)
{
    const struct aside *aside = data;

    (void)slim_thread_nice(NICE);
    aside->work(aside->data);
    return NULL;
}

void slim_aside_run(void (*work)(void *data), void *data)
{
    struct aside aside = {work, data};
    sigset_t all, before;
    pthread_t thread;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&thread, NULL, run, &aside);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed) {
        work(data);
    } else {
        pthread_join(thread, NULL);
    }
}

apr_pool_t *slim_aside_pool(apr_pool_t *parent)
{
    apr_allocator_t *allocator;
    apr_pool_t *pool;

    if (apr_allocator_create(&allocator) != APR_SUCCESS) {
        allocator = NULL;
    }
    apr_pool_create_ex(&pool, parent, NULL, allocator);
    if (allocator) {
        apr_allocator_max_free_set(allocator, 1);
        apr_allocator_owner_set(allocator, pool);
    }
    return pool;
}

/* The C library, too, keeps what threads needed, for each of them. */
void slim_aside_pool_end(apr_pool_t *pool)
{
    apr_pool_destroy(pool);
    slim_give_memory_back();
}
