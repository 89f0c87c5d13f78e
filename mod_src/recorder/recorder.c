/* The recorder's main thread: locks, signals, and the end. */
#include "recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/platform.h"
#include "core/settings_change.h"
#include "core/whole_file.h"
#include "store/store.h"

#define TICK_MS 200
#define LOCK_WAIT_US (INT64_C(8) * 1000000)    /* for one that is ending */
#define STOOD_US (INT64_C(2) * 1000000)        /* between ticks: the whole process stood */
#define STUCK_US (INT64_C(8) * 1000000)        /* for a thread's way through its loop */
#define UP_US (INT64_C(3) * 1000000)           /* for the first way through it, before it is up */
#define END_US (INT64_C(4) * 1000000)          /* for a thread to move at the end */
#define REPLACE_WAIT_US (INT64_C(3) * 1000000) /* before one that makes no way is killed */

/* --- locks: one recorder for a state directory, one for a ring --- */

static int lock_file(int fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    return fcntl(fd, F_SETLK, &lock) == 0;
}

static int lock_owner(int fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    return fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? (int)lock.l_pid : 0;
}

static int parent_is_gone(const struct slim_recorder_start *start)
{
    return start->parent > 0 && getppid() != start->parent;
}

/* A reload may come while the one before is still handing over: then this one is not needed. */
static int is_over(const struct slim_recorder_start *start)
{
    sigset_t pending;

    return parent_is_gone(start)
           || (sigpending(&pending) == 0 && sigismember(&pending, SIGTERM) == 1);
}

/* Waits for the recorder before us; one that we replace is helped along. 0: it does not go. */
static int wait_for_lock(int fd, const struct slim_recorder_start *start)
{
    int64_t began = slim_ticks();
    int killed = 0;

    while (!lock_file(fd)) {
        int64_t waited = slim_ticks() - began;
        if (waited > LOCK_WAIT_US || is_over(start)) {
            return 0;
        }
        if (start->replace > 0 && !killed && waited > REPLACE_WAIT_US
            && lock_owner(fd) == start->replace) {
            kill(start->replace, SIGKILL);
            killed = 1;
        }
        usleep(10000);
    }
    return 1;
}

static int make_state_directory(const char *path)
{
    struct stat st;

    if ((mkdir(path, 0700) != 0 && errno != EEXIST)
        || slim_name_sync(AT_FDCWD, path) != APR_SUCCESS) {
        slim_log(SLIM_LOG_ERROR, "cannot make the state directory %s: %s", path, strerror(errno));
        return 0;
    }
    if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid()) {
        slim_log(SLIM_LOG_ERROR,
                 "the state directory %s is not a directory of uid %ld; give it to that user, and "
                 "name what a symbolic link points to",
                 path, (long)geteuid());
        return 0;
    }
    return 1;
}

/* Takes the state directory's lock, and leaves in the file where the ring is, for `status`. The
 * descriptor stays open as long as the process lives. */
static int lock_state(const struct slim_recorder_start *start, apr_pool_t *pool)
{
    const char *path = apr_pstrcat(pool, start->settings->state, "/recorder.lock", NULL);
    char ring[4096] = "", text[4200];
    ssize_t length;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0) {
        slim_log(SLIM_LOG_ERROR, "cannot open %s: %s", path, strerror(errno));
        return 0;
    }
    if (!wait_for_lock(fd, start)) {
        if (!is_over(start)) {
            slim_log(SLIM_LOG_ERROR, "another recorder, pid %d, holds %s; this one ends",
                     lock_owner(fd), path);
        }
        close(fd);
        return 0;
    }
    if (start->ring_fd >= 0) {
        char link[64];
        snprintf(link, sizeof link, SLIM_LINK_OF_FD, start->ring_fd);
        length = readlink(link, ring, sizeof ring - 1);
        ring[length > 0 ? length : 0] = '\0';
    }
    length = snprintf(text, sizeof text, "%ld\n%s\n", (long)getpid(), ring);
    if (pwrite(fd, text, (size_t)length, 0) != length || ftruncate(fd, length) != 0) {
        return 1; /* only `status` misses it */
    }
    return 1;
}

/* 0: it cannot be used, which is logged unless this process is not needed. One that was retired
 * meanwhile is none. */
static int map_ring(struct slim_recorder *r, int fd, const struct slim_recorder_start *start)
{
    struct slim_ring *ring = &r->ring[r->rings];
    int64_t began = slim_ticks();
    apr_status_t rv = slim_ring_map(fd, 1, ring);

    while (rv == APR_SUCCESS) {
        rv = slim_ring_lock_consumer(ring);
        if (rv != SLIM_ELOCKED || slim_ticks() - began > LOCK_WAIT_US || is_over(start)) {
            break;
        }
        usleep(10000);
        rv = APR_SUCCESS;
    }
    if (rv == SLIM_ELOCKED && is_over(start)) {
        return 0;
    }
    if (rv == SLIM_ERETIRED) {
        return 1;
    }
    if (rv != APR_SUCCESS) {
        slim_log(SLIM_LOG_ERROR, "cannot use the ring: %s",
                 rv == SLIM_ELOCKED    ? "another recorder drains it"
                 : rv == SLIM_EBADRING ? "it is damaged, or of another version"
                                       : strerror(rv));
        return 0;
    }
    r->rings++;
    return 1;
}

static int map_old_rings(struct slim_recorder *r, const struct slim_recorder_start *start)
{
    for (int i = 0; i < start->old_rings; i++) {
        if (!map_ring(r, start->old_ring_fd[i], start)) {
            return 0;
        }
    }
    return 1;
}

/* For commands that work on the same store; they do without when it cannot be written. */
static void leave_settings(struct slim_recorder *r, apr_pool_t *pool)
{
    const struct slim_settings *settings = r->settings;
    const char *before = slim_settings_left(settings->state, pool);

    if (before) {
        slim_settings_changed(before, slim_settings_write(settings, pool), r->changed,
                              sizeof r->changed, pool);
    }
    apr_status_t rv = slim_settings_save(settings, pool);

    if (rv != APR_SUCCESS) {
        slim_log(SLIM_LOG_INFO, "cannot write %s/settings: %s; `slimstats import` uses defaults",
                 settings->state, strerror(rv));
    }
}

/* --- the process --- */

static void block_signals(sigset_t *awaited)
{
    static const int ignored[] = {SIGPIPE, SIGHUP, SIGINT, SIGUSR1, SIGUSR2, SIGWINCH, SIGXFSZ};

    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++) {
        signal(ignored[i], SIG_IGN);
    }
    sigemptyset(awaited);
    sigaddset(awaited, SIGTERM);
    pthread_sigmask(SIG_BLOCK, awaited, NULL);
}

static void watch_clock(struct slim_recorder *r)
{
    int64_t wrong = slim_clock_watch_look(&r->clock, slim_clock_offset(), slim_ticks());
    char what[128];

    atomic_store(&r->clock_is_wrong, wrong != 0);
    r->status.clock_believed = r->clock.believed;
    if (wrong == 0) {
        slim_condition_leave(&r->conditions, SLIM_AREA_CLOCK);
        return;
    }
    snprintf(what, sizeof what, "the system clock went %s by %lld s", wrong > 0 ? "ahead" : "back",
             (long long)((wrong > 0 ? wrong : -wrong) / 1000000));
    slim_condition_enter(&r->conditions, SLIM_AREA_CLOCK,
                         wrong > 0 ? SLIM_STATE_CLOCK_AHEAD : SLIM_STATE_CLOCK_BACK, 0, what);
}

/* A thread that stands is named. What this one did not see itself, since the whole process stood,
 * is nobody's fault. */
static void watch_threads(struct slim_recorder *r)
{
    static const char *const does[SLIM_RECORDER_THREADS] = {"moves hits from ring to journal",
                                                            "syncs the journal",
                                                            "loads hits into the store"};
    int64_t now = slim_ticks();
    char what[128];
    int stuck = 0;

    if (now - r->ticked > STOOD_US) {
        r->watched_from = now;
    }
    r->ticked = now;
    for (int i = 0; i < SLIM_RECORDER_THREADS; i++) {
        int64_t beat = atomic_load(&r->beat[i]);
        beat = beat > r->watched_from ? beat : r->watched_from;
        if (now - beat > STUCK_US) {
            stuck = 1;
            snprintf(what, sizeof what, "the thread that %s has not moved for %lld s", does[i],
                     (long long)((now - beat) / 1000000));
            slim_condition_enter(&r->conditions, SLIM_AREA_THREADS, SLIM_STATE_RECORDER_STUCK, i,
                                 what);
        }
    }
    if (!stuck) {
        slim_condition_leave(&r->conditions, SLIM_AREA_THREADS);
    }
}

static void report_ready(const struct slim_recorder_start *start)
{
    int fd = start->ready_fd;

    if (start->down_since_s > 0) {
        slim_log(SLIM_LOG_NOTICE, "the recorder runs again after %lld s",
                 (long long)(slim_ticks() / 1000000 - start->down_since_s));
    }
    if (fd >= 0) {
        if (write(fd, "r", 1) != 1) {
            slim_log(SLIM_LOG_INFO, "nobody waits for this recorder");
        }
        close(fd);
    }
}

static int all_went(struct slim_recorder *r)
{
    int went = 0;

    for (int i = 0; i < SLIM_RECORDER_THREADS; i++) {
        went += atomic_load(&r->went[i]);
    }
    return went == SLIM_RECORDER_THREADS;
}

static void run_until_stopped(struct slim_recorder *r, const struct slim_recorder_start *start,
                              const sigset_t *awaited)
{
    const struct timespec tick = {.tv_nsec = TICK_MS * 1000000L}, begin = {.tv_nsec = 10000000L};
    int64_t began = slim_ticks();

    while (sigtimedwait(awaited, NULL, atomic_load(&r->is_up) ? &tick : &begin) != SIGTERM
           && !parent_is_gone(start)) {
        if (!atomic_load(&r->is_up) && (all_went(r) || slim_ticks() - began > UP_US)) {
            atomic_store(&r->is_up, 1);
            report_ready(start);
        }
        watch_clock(r);
        watch_threads(r);
        slim_conditions_tick(&r->conditions);
        slim_recorder_publish(r);
    }
}

static int start_threads(struct slim_recorder *r, pthread_t threads[SLIM_RECORDER_THREADS])
{
    void *(*const bodies[SLIM_RECORDER_THREADS])(void *) = {slim_recorder_drain, slim_recorder_sync,
                                                            slim_recorder_load};

    for (int i = 0; i < SLIM_RECORDER_THREADS; i++) {
        slim_recorder_beat(r, (enum slim_recorder_thread)i);
        int failed = pthread_create(&threads[i], NULL, bodies[i], r);
        if (failed) {
            slim_log(SLIM_LOG_ERROR, "cannot start a thread: %s", strerror(failed));
            return 0; /* the process ends, and the others with it */
        }
    }
    return 1;
}

/* When the last of the threads moved. */
static int64_t last_beat(struct slim_recorder *r)
{
    int64_t last = 0;

    for (int i = 0; i < SLIM_RECORDER_THREADS; i++) {
        int64_t beat = atomic_load(&r->beat[i]);
        last = beat > last ? beat : last;
    }
    return last;
}

/* 0: nothing moves, and is not waited for. */
static int end_threads(struct slim_recorder *r, pthread_t threads[SLIM_RECORDER_THREADS])
{
    int64_t began = slim_ticks();

    atomic_store(&r->stopping, 1);
    while (atomic_load(&r->ended) < SLIM_RECORDER_THREADS) {
        int64_t moved = last_beat(r);
        if (slim_ticks() - (moved > began ? moved : began) > END_US) {
            return 0;
        }
        atomic_store(&r->interrupted, atomic_load(&r->drained));
        slim_recorder_wake(r);
        usleep(5000);
    }
    for (int i = 0; i < SLIM_RECORDER_THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    return 1;
}

static void say_nothing(enum slim_level level, const char *message)
{
    (void)level;
    (void)message;
}

int slim_recorder_run(const struct slim_recorder_start *start, apr_pool_t *pool)
{
    struct slim_recorder *r = apr_pcalloc(pool, sizeof *r);
    pthread_t threads[SLIM_RECORDER_THREADS];
    sigset_t awaited;

    r->settings = start->settings;
    if (apr_pool_create(&r->thread_pool[0], NULL) != APR_SUCCESS
        || apr_pool_create(&r->thread_pool[1], NULL) != APR_SUCCESS) {
        return 2;
    }
    pthread_mutex_init(&r->publishing, NULL);
    pthread_mutex_init(&r->mutex, NULL);
    r->appended_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    block_signals(&awaited);
    slim_log_set_sink(start->reason_logged ? say_nothing : slim_log_to_stderr);
    if (!slim_store_engine_for(r->settings->store)) {
        slim_log(SLIM_LOG_ERROR, "no store engine for %s", r->settings->store);
        return 2;
    }
    if (!make_state_directory(r->settings->state) || !lock_state(start, pool)
        || (start->ring_fd >= 0 && !map_ring(r, start->ring_fd, start))
        || !map_old_rings(r, start)) {
        return is_over(start) ? 0 : 2;
    }
    slim_log_set_sink(slim_log_to_stderr);
    r->is_httpds = start->parent > 0 && start->down_since_s == 0;
    leave_settings(r, pool);
    slim_recorder_begin_status(r);
    watch_clock(r); /* before anybody deletes by it */
    if (!start_threads(r, threads)) {
        return 2;
    }
    run_until_stopped(r, start, &awaited);
    if (!end_threads(r, threads)) {
        slim_log(SLIM_LOG_INFO, "a thread of the recorder stands: it ends without it");
        _exit(0); /* what the thread has in hand is in the journal */
    }
    slim_recorder_publish(r);
    return 0;
}

struct slim_journal *slim_recorder_journal(struct slim_recorder *r)
{
    struct slim_journal *journal;

    pthread_mutex_lock(&r->mutex);
    journal = r->journal;
    pthread_mutex_unlock(&r->mutex);
    return journal;
}

void slim_recorder_beat(struct slim_recorder *r, enum slim_recorder_thread thread)
{
    atomic_store(&r->beat[thread], slim_ticks());
}

void slim_recorder_went(struct slim_recorder *r, enum slim_recorder_thread thread)
{
    atomic_store(&r->went[thread], 1);
}
