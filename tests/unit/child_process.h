/* Children that work on a ring until they end or are killed. */
#ifndef SLIM_CHILD_PROCESS_H
#define SLIM_CHILD_PROCESS_H

#include "ring_file.h"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* What children tell: a page that all of them share. */
static inline void *shared_page(size_t size)
{
    void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    assert_true(page != MAP_FAILED);
    return page;
}

static inline pid_t start(void (*run)(const struct slim_ring *ring, void *baton),
                          const struct slim_ring *ring, void *baton)
{
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        run(ring, baton);
        _exit(0);
    }
    return child;
}

static inline void end(pid_t child, int signal)
{
    int status;

    if (signal) {
        kill(child, signal);
    }
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_int_equal(signal, WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

struct owners {
    _Atomic int32_t slot[16]; /* 0: nothing yet, -1: none was free */
    _Atomic uint32_t count;
};

static inline void claim_and_wait(const struct slim_ring *ring, void *baton)
{
    struct owners *owners = baton;
    struct slim_ring_producer producer;
    apr_status_t rv = claim(ring, &producer);

    owners->slot[atomic_fetch_add(&owners->count, 1)] = rv == APR_SUCCESS
                                                            ? (int32_t)producer.hold[0].index + 1
                                                        : rv == SLIM_ENOSLOT ? -1
                                                                             : -2;
    pause();
}

static inline void claim_and_end(const struct slim_ring *ring, void *baton)
{
    struct slim_ring_producer producer;

    (void)baton;
    _exit(claim(ring, &producer) == APR_SUCCESS ? 0 : 1);
}

#endif
