/* Loaded before the C library: another wall clock for a process, which whoever has the file that
 * SLIM_CLOCK names sets while it runs. The clocks that go on by themselves stay as they are.
 *
 * The file is one number of 64 bits, read and written in one piece. Its lowest bit says what the
 * others are: 0 microseconds from the real time, 1 the time at which the clock stands, in
 * microseconds since 1970. (libfaketime reads a file of text each time, and two threads that do so
 * at once add what it says twice.) */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_timedwait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
static const volatile int64_t *wanted;

static void __attribute__((constructor)) begin(void)
{
    const char *path = getenv("SLIM_CLOCK");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;

    real_clock_gettime = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    real_timedwait = (int (*)(pthread_cond_t *, pthread_mutex_t *,
                              const struct timespec *))dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    if (fd >= 0) {
        void *at = mmap(NULL, sizeof *wanted, PROT_READ, MAP_SHARED, fd, 0);
        wanted = at == MAP_FAILED ? NULL : at;
        close(fd);
    }
}

static int is_wall_clock(clockid_t id)
{
    return id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE;
}

static int64_t shifted(int64_t ns)
{
    int64_t now = wanted ? *wanted : 0;

    return now & 1 ? (now >> 1) * 1000 : ns + (now >> 1) * 1000;
}

int clock_gettime(clockid_t id, struct timespec *at)
{
    int rc = real_clock_gettime ? real_clock_gettime(id, at) : -1;

    if (rc == 0 && is_wall_clock(id)) {
        int64_t ns = shifted((int64_t)at->tv_sec * 1000000000 + at->tv_nsec);
        at->tv_sec = ns / 1000000000;
        at->tv_nsec = ns % 1000000000;
    }
    return rc;
}

int gettimeofday(struct timeval *at, void *zone)
{
    struct timespec now;

    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) {
        return -1;
    }
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *at)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_REALTIME, &now);
    if (at) {
        *at = now.tv_sec;
    }
    return now.tv_sec;
}

static int64_t to_ns(const struct timespec *at)
{
    return (int64_t)at->tv_sec * 1000000000 + at->tv_nsec;
}

/* Whoever waits until a time of the wall clock waits as long as it says it is till then. A
 * condition may go by the other clock, which is far from both. */
int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *lock,
                           const struct timespec *until)
{
    struct timespec shown, real, other;

    if (!wanted || clock_gettime(CLOCK_REALTIME, &shown) != 0
        || real_clock_gettime(CLOCK_REALTIME, &real) != 0
        || real_clock_gettime(CLOCK_MONOTONIC, &other) != 0
        || llabs(to_ns(until) - to_ns(&other)) < llabs(to_ns(until) - to_ns(&shown))) {
        return real_timedwait(condition, lock, until);
    }
    int64_t ns = to_ns(until) - to_ns(&shown) + to_ns(&real);
    struct timespec then = {ns / 1000000000, ns % 1000000000};
    return real_timedwait(condition, lock, &then);
}
