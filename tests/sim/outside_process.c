/* Time, processes, threads, and what of the C library reads by itself. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "outside.h"
#include "world.h"

#define OWNER 33

/* --- time --- */

SIM_OUTSIDE int clock_gettime(clockid_t id, struct timespec *at)
{
    if (!sim_process) {
        return (int)syscall(SYS_clock_gettime, id, at);
    }
    int64_t us = id == CLOCK_REALTIME ? sim_wall() : sim_uptime();
    at->tv_sec = us / SIM_SECOND;
    at->tv_nsec = us % SIM_SECOND * 1000;
    return 0;
}

SIM_OUTSIDE int gettimeofday(struct timeval *at, void *zone)
{
    if (!sim_process) {
        return (int)syscall(SYS_gettimeofday, at, zone);
    }
    at->tv_sec = sim_wall() / SIM_SECOND;
    at->tv_usec = sim_wall() % SIM_SECOND;
    return 0;
}

SIM_OUTSIDE time_t time(time_t *at)
{
    time_t now = sim_process ? sim_wall() / SIM_SECOND : (time_t)syscall(SYS_time, NULL);

    if (at) {
        *at = now;
    }
    return now;
}

/* Sleepers wake late, as the machine is busy. */
static void sleep_for(int64_t us, int (*is_over)(void *), void *baton)
{
    int64_t late = sim_climate.late_us > 0 ? sim_spread(0, sim_climate.late_us) : 0;

    sim_enter(SIM_CALL_WAIT, NULL);
    sim_wait(sim.ticks + us + late, is_over, baton);
}

SIM_OUTSIDE int usleep(useconds_t us)
{
    sleep_for(us, NULL, NULL);
    return 0;
}

SIM_OUTSIDE unsigned sleep(unsigned s)
{
    sleep_for((int64_t)s * SIM_SECOND, NULL, NULL);
    return 0;
}

/* --- events --- */

SIM_OUTSIDE int eventfd(unsigned count, int flags)
{
    struct sim_opened *opened = sim_opened_make(SIM_OPENED_EVENTS, NULL);

    (void)flags;
    opened->offset = count;
    return sim_fd_take(opened, 3);
}

static int has_events(void *opened)
{
    return ((struct sim_opened *)opened)->offset > 0;
}

/* poll(), whose declaration says that it does not read what is asked. */
SIM_OUTSIDE int sim_poll(struct pollfd *fds, nfds_t count, int ms) __asm__("poll");

int sim_poll(struct pollfd *fds, nfds_t count, int ms)
{
    struct sim_opened *opened = sim_fd_get(fds->fd);

    if (!opened || count != 1) {
        return -1;
    }
    if (!has_events(opened)) {
        sleep_for((int64_t)ms * 1000, has_events, opened);
    }
    fds->revents = has_events(opened) ? POLLIN : 0;
    return fds->revents != 0;
}

/* --- processes --- */

SIM_OUTSIDE pid_t getpid(void)
{
    return sim_process ? sim_process->pid : (pid_t)syscall(SYS_getpid);
}

SIM_OUTSIDE pid_t getppid(void)
{
    return sim_process_find(sim_process->parent) ? sim_process->parent : 1;
}

SIM_OUTSIDE uid_t geteuid(void)
{
    return sim_process ? OWNER : (uid_t)syscall(SYS_geteuid);
}

SIM_OUTSIDE int kill(pid_t pid, int number)
{
    struct sim_process *process = sim_process_find(pid);

    if (!process) {
        errno = ESRCH;
        return -1;
    }
    sim_trace("kill %d with %d", pid, number);
    if (number == SIGKILL) {
        sim_process_end(process, -1);
    } else {
        process->is_ending = 1;
    }
    return 0;
}

SIM_OUTSIDE void _exit(int code)
{
    if (sim_process) {
        sim_process_end(sim_process, code);
        sim_leave();
    }
    syscall(SYS_exit_group, code);
    abort();
}

/* --- signals: there is SIGTERM, which is waited for --- */

static int is_ending(void *process)
{
    return ((struct sim_process *)process)->is_ending;
}

SIM_OUTSIDE int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout)
{
    struct sim_process *process = sim_process;

    (void)set;
    (void)info;
    if (!process->is_ending) {
        sleep_for((int64_t)timeout->tv_sec * SIM_SECOND + timeout->tv_nsec / 1000, is_ending,
                  process);
    }
    if (process->is_ending) {
        return SIGTERM;
    }
    errno = EAGAIN;
    return -1;
}

SIM_OUTSIDE int sigpending(sigset_t *set)
{
    sigemptyset(set);
    return sim_process->is_ending ? sigaddset(set, SIGTERM) : 0;
}

SIM_OUTSIDE sighandler_t signal(int number, sighandler_t handler)
{
    (void)number;
    (void)handler;
    return SIG_DFL;
}

SIM_OUTSIDE int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
    (void)how;
    (void)set;
    (void)old;
    return 0;
}

/* --- threads --- */

SIM_OUTSIDE int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                               void *(*body)(void *), void *baton)
{
    (void)attributes;
    *thread = (pthread_t)sim_thread_start(sim_process, body, baton);
    return 0;
}

static int is_over(void *thread)
{
    return sim_thread_is_over(thread);
}

SIM_OUTSIDE int pthread_join(pthread_t thread, void **result)
{
    (void)result;
    sim_wait(INT64_MAX, is_over, (void *)thread);
    return 0;
}

/* All simulated threads are one to the C library: a mutex that it finds locked is another's. */
SIM_OUTSIDE int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    while (pthread_mutex_trylock(mutex) != 0) {
        if (!sim_process) {
            abort();
        }
        sim_wait(sim.ticks + 10, NULL, NULL);
    }
    return 0;
}

/* --- chance --- */

SIM_OUTSIDE ssize_t getrandom(void *bytes, size_t length, unsigned flags)
{
    if (!sim_process) {
        return syscall(SYS_getrandom, bytes, length, flags);
    }
    for (size_t i = 0; i < length; i++) {
        ((unsigned char *)bytes)[i] = (unsigned char)sim_below(256);
    }
    return (ssize_t)length;
}
