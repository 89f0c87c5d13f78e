/* Threads of simulated processes, and who of them goes next. */
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sanitizer/asan_interface.h> /* does nothing without it */
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "machine.h"
#include "world.h"

#define STACK (1u << 20) /* the kernel gives what of it is used */
#define THREADS 64

struct sim_thread {
    struct sim_process *process;
    ucontext_t context; /* it begins there */
    jmp_buf place;      /* and goes on there: other than swapcontext(), that asks no kernel */
    int has_begun, has_ended;
    int error; /* errno */
    unsigned stack;
    void *(*body)(void *);
    void *baton;
    int64_t until; /* it waits */
    int (*is_over)(void *);
    void *over;
};

static struct sim_thread *threads[THREADS];
static unsigned count;
static char *stacks; /* THREADS of them */
static char is_taken[THREADS];
static struct sim_thread *running;
static jmp_buf scheduler;
static struct sim_process *struck; /* by an accident */

/* To the scheduler, and back when it is this thread's turn. */
static void stop(void)
{
    running->error = errno;
    if (_setjmp(running->place) == 0) {
        _longjmp(scheduler, 1);
    }
    errno = running->error;
}

void sim_leave(void)
{
    running->has_ended = 1;
    _longjmp(scheduler, 1);
}

void sim_accident(void)
{
    struck = sim_process;
    sim_leave();
}

static void begin(void)
{
    running->body(running->baton);
    sim_leave();
}

static char *take_stack(struct sim_thread *thread)
{
    if (!stacks) {
        stacks = mmap(NULL, (size_t)STACK * THREADS, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    }
    while (thread->stack < THREADS && is_taken[thread->stack]) {
        thread->stack++;
    }
    if (stacks == MAP_FAILED || thread->stack == THREADS) {
        sim_failed("the simulator has no memory for a thread");
    }
    char *stack = stacks + (size_t)STACK * thread->stack;
    is_taken[thread->stack] = 1;
    ASAN_UNPOISON_MEMORY_REGION(stack, STACK); /* whoever had it may have been killed */
    return stack;
}

struct sim_thread *sim_thread_start(struct sim_process *process, void *(*body)(void *), void *baton)
{
    struct sim_thread *thread = calloc(1, sizeof *thread);

    thread->process = process;
    thread->body = body;
    thread->baton = baton;
    getcontext(&thread->context);
    thread->context.uc_stack.ss_sp = take_stack(thread);
    thread->context.uc_stack.ss_size = STACK;
    makecontext(&thread->context, begin, 0);
    threads[count++] = thread;
    return thread;
}

int sim_thread_is_over(const struct sim_thread *thread)
{
    return thread->has_ended;
}

void sim_wait(int64_t until, int (*is_over)(void *), void *baton)
{
    if (!running) { /* a process without threads, for which nobody waits */
        sim.ticks = sim.ticks > until ? sim.ticks : until;
        return;
    }
    running->until = until;
    running->is_over = is_over;
    running->over = baton;
    stop();
    running->is_over = NULL;
}

void sim_give_way(void)
{
    if (running) {
        running->until = sim.ticks;
        stop();
    }
}

/* --- who goes next --- */

/* Threads that ended, or whose process did, are no more. */
static void bury(void)
{
    unsigned left = 0;

    for (unsigned i = 0; i < count; i++) {
        if (!threads[i]->has_ended && threads[i]->process->is_alive) {
            threads[left++] = threads[i];
        } else {
            is_taken[threads[i]->stack] = 0;
        }
    }
    count = left;
}

static int64_t ready_at(const struct sim_thread *thread)
{
    int64_t at = thread->is_over && thread->is_over(thread->over) ? sim.ticks : thread->until;
    int64_t stands = thread->process->stands_until;

    return at > stands ? at : stands;
}

/* One of those that can go; NULL, and when the first one can. */
static struct sim_thread *choose(int64_t *first)
{
    struct sim_thread *ready[THREADS];
    unsigned n = 0;

    *first = INT64_MAX;
    for (unsigned i = 0; i < count; i++) {
        int64_t at = ready_at(threads[i]);
        *first = at < *first ? at : *first;
        if (at <= sim.ticks) {
            ready[n++] = threads[i];
        }
    }
    return n == 0 ? NULL : ready[n == 1 ? 0 : sim_below(n)];
}

static void let_run(struct sim_thread *thread)
{
    running = thread;
    sim_process = thread->process;
    if (_setjmp(scheduler) == 0) {
        if (thread->has_begun) {
            _longjmp(thread->place, 1);
        }
        thread->has_begun = 1;
        setcontext(&thread->context);
    }
    running = NULL;
    sim_process = NULL;
}

struct sim_process *sim_run(int64_t until)
{
    struck = NULL;
    while (sim.ticks < until) {
        int64_t first;
        bury();
        struct sim_thread *thread = choose(&first);
        if (!thread) {
            sim.ticks = first < until ? first : until;
            continue;
        }
        let_run(thread);
        if (struck) {
            return struck;
        }
        if (!thread->process->is_alive) {
            return thread->process;
        }
    }
    return NULL;
}

void sim_end_history(int code)
{
    fflush(NULL);
    _exit(code);
}
