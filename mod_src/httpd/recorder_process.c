/* The recorder's process as the parent sees it: start, watch, start again with back-off, hand over
 * at a reload. The parent never waits for it while it serves; a pause before a new try is slept by
 * the new process before it becomes the recorder. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_strings.h>
#include <apr_thread_proc.h>
#include <ap_mpm.h>
#include <mpm_common.h>
#include <http_core.h>
#include <http_main.h>

#include "config.h"
#include "core/clock.h"
#include "recorder_exec.h"
#include "recorder_process.h"

#define PAUSE_MAX_S 60
#define SOON_US                                                                                    \
    (10 * APR_USEC_PER_SEC) /* a recorder that dies sooner does not start the next at once */
#define LOG_AGAIN_US (3600 * APR_USEC_PER_SEC)
#define ENDING_MAX 32 /* httpd reaps once a second; reloads may come faster */
#define LOGGED_MAX 2  /* deaths logged one by one within LOG_AGAIN_US */

/* Survives reloads: it is the server's process that started the recorder, not this generation. */
struct recorder {
    apr_proc_t proc;               /* pid 0: none */
    pid_t *running;                /* the same, for a module of another version */
    pid_t replaced;                /* the one that makes way for it; 0: none */
    apr_proc_t ending[ENDING_MAX]; /* made way, and not yet reaped; pid 0: free */
    int ready_fd;                  /* gets "r", or "e" and errno */
    int64_t started_at;            /* ticks (core/clock.h), as all times here */
    int64_t retry_at;              /* when it could not be started: when to try again; 0: it was */
    int failures;                  /* deaths before it was ready, in a row */
    int64_t down_since;            /* 0: up as far as we know */
    int out_line_due;              /* the log says that it died: the next one says that it runs */
    int logged, unlogged;          /* deaths, by whether they are in the log */
    int reason_due;                /* the next that cannot start says why, once more */
    int64_t logged_at;
};

/* This generation's. */
static struct {
    struct recorder *recorder;
    apr_pool_t *pconf;
    server_rec *server;
    const struct slim_ring_files *files;
    const char *settings;
} now;

/* --- starting --- */

/* Memory that holds the settings as a file; -1 and errno: there is none. */
static int write_settings(void)
{
    size_t length = strlen(now.settings);
    int fd = memfd_create("slimstats.settings", MFD_CLOEXEC);

    if (fd >= 0
        && (write(fd, now.settings, length) != (ssize_t)length || lseek(fd, 0, SEEK_SET) != 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

static void on_event(int reason, void *data, int status);

static int pause_before(const struct recorder *rec)
{
    int pause_s = 1;

    for (int i = 1; i < rec->failures && pause_s < PAUSE_MAX_S; i++) {
        pause_s *= 2;
    }
    if (rec->failures > 0) {
        return pause_s > PAUSE_MAX_S ? PAUSE_MAX_S : pause_s;
    }
    return rec->down_since > 0 && slim_ticks() - rec->started_at < SOON_US;
}

/* What it takes to start one is short for the moment: httpd's monitor tries again. */
static void cannot_start(struct recorder *rec, const char *what)
{
    int error = errno;

    if (rec->retry_at == 0) {
        ap_log_error(APLOG_MARK, APLOG_ERR, error, now.server,
                     "cannot start the recorder (%s): hits wait in the ring; trying again", what);
        rec->out_line_due = 1;
    }
    rec->down_since = rec->down_since ? rec->down_since : slim_ticks();
    rec->failures++;
    rec->retry_at = slim_ticks() + apr_time_from_sec(pause_before(rec));
}

static void start(void)
{
    struct recorder *rec = now.recorder;
    pid_t parent = getpid(), pid;
    int ready[2], settings_fd = write_settings();

    if (settings_fd < 0) {
        cannot_start(rec, "its settings");
        return;
    }
    if (pipe2(ready, O_CLOEXEC | O_NONBLOCK) != 0) {
        cannot_start(rec, "a pipe");
        close(settings_fd);
        return;
    }
    int pause_s = rec->retry_at ? 0 : pause_before(rec);
    pid = fork();
    if (pid == 0) {
        slim_recorder_exec(
            &(struct slim_recorder_birth){.server = now.server,
                                          .pool = now.pconf,
                                          .files = now.files,
                                          .settings_fd = settings_fd,
                                          .ready_fd = ready[1],
                                          .pause_s = pause_s,
                                          .parent = parent,
                                          .replaced = rec->replaced,
                                          .down_since = rec->out_line_due ? rec->down_since : 0,
                                          .is_quiet = rec->failures > 0 && !rec->reason_due});
    }
    if (pid < 0) {
        cannot_start(rec, "its process");
    }
    close(settings_fd);
    close(ready[1]);
    if (pid < 0) {
        close(ready[0]);
        return;
    }
    rec->reason_due = 0;
    rec->retry_at = 0;
    rec->ready_fd = ready[0];
    rec->started_at = slim_ticks() + apr_time_from_sec(pause_s);
    memset(&rec->proc, 0, sizeof rec->proc);
    *rec->running = rec->proc.pid = pid;
    apr_proc_other_child_register(&rec->proc, on_event, &rec->proc, NULL, now.pconf);
}

/* --- deaths --- */

static int is_stopping(void)
{
    int state = AP_MPMQ_STOPPING;

    return ap_mpm_query(AP_MPMQ_MPM_STATE, &state) != APR_SUCCESS || state == AP_MPMQ_STOPPING;
}

/* What the pipe says: 1 ready, 0 nothing; *error: errno of the exec that failed. */
static int was_ready(struct recorder *rec, int *error)
{
    char text[64] = "";
    ssize_t length = rec->ready_fd >= 0 ? read(rec->ready_fd, text, sizeof text - 1) : 0;

    if (rec->ready_fd >= 0) {
        close(rec->ready_fd);
        rec->ready_fd = -1;
    }
    *error = length > 1 && text[0] == 'e' ? (int)strtol(text + 1, NULL, 10) : 0;
    return length > 0 && text[0] == 'r';
}

/* Two deaths an hour are logged one by one, the others as a number. */
static int may_tell(struct recorder *rec)
{
    int64_t at = slim_ticks();

    if (at - rec->logged_at > LOG_AGAIN_US) {
        if (rec->unlogged > 0) {
            ap_log_error(APLOG_MARK, APLOG_ERR, 0, now.server,
                         "the recorder died %d more times within the hour", rec->unlogged);
        }
        rec->reason_due = rec->logged_at > 0;
        rec->logged_at = at;
        rec->logged = rec->unlogged = 0;
    }
    if (rec->logged < LOGGED_MAX && rec->failures <= 1) {
        rec->logged++;
        return 1;
    }
    rec->unlogged++;
    return 0;
}

/* status is an exit code or a signal, httpd does not say which; the recorder's own codes are small,
 * and signals that small it ignores. */
static void tell_death(struct recorder *rec, pid_t pid, int status, int error)
{
    const char *path = slim_server_config(now.server)->settings.recorder;

    if (!may_tell(rec)) {
        return;
    }
    rec->out_line_due = 1;
    if (error) {
        ap_log_error(APLOG_MARK, APLOG_ERR, error, now.server,
                     "cannot start the recorder %s: hits wait in the ring; trying again", path);
    } else {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, now.server,
                     "the recorder, pid %ld, %s %d; starting it again", (long)pid,
                     status > 3 ? "was killed by signal" : "ended with code", status);
    }
}

static void on_death(struct recorder *rec, int status)
{
    pid_t pid = rec->proc.pid;
    int error, ready = was_ready(rec, &error);

    *rec->running = rec->proc.pid = 0;
    apr_proc_other_child_unregister(&rec->proc);
    if (is_stopping()) {
        return;
    }
    rec->failures = ready ? 0 : rec->failures + 1;
    rec->out_line_due &= !ready;
    if (rec->down_since == 0 || ready) {
        rec->down_since = slim_ticks();
    }
    tell_death(rec, pid, status, error);
    rec->replaced = 0;
    start();
}

/* At the server's end the last hits still go through the journal into the store, if that is quick.
 */
static void wait_shortly(pid_t pid)
{
    for (int i = 0; i < 100; i++) {
        if (waitpid(pid, NULL, WNOHANG) != 0) {
            return;
        }
        usleep(10000);
    }
}

static void on_event(int reason, void *data, int status)
{
    struct recorder *rec = now.recorder;

    (void)data;
    switch (reason) {
    case APR_OC_REASON_DEATH:
    case APR_OC_REASON_LOST: on_death(rec, status); break;
    case APR_OC_REASON_UNREGISTER: /* this generation's configuration is destroyed */
        if (rec->proc.pid > 0) {
            kill(rec->proc.pid, SIGTERM);
            if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_EXITING) {
                wait_shortly(rec->proc.pid);
            }
        }
        break;
    default: /* APR_OC_REASON_RESTART: the children go first, then it is our turn */ break;
    }
}

static void reap(int reason, void *data, int status)
{
    apr_proc_t *proc = data;

    (void)status;
    if (reason == APR_OC_REASON_DEATH || reason == APR_OC_REASON_LOST) {
        proc->pid = 0;
        apr_proc_other_child_unregister(proc);
    }
}

/* Those that end are still our children: httpd would wonder about them. */
static void make_way(struct recorder *rec)
{
    rec->replaced = rec->proc.pid;
    for (int i = 0; i < ENDING_MAX; i++) {
        apr_proc_t *proc = &rec->ending[i];
        if (proc->pid == 0 && rec->proc.pid > 0) {
            *proc = rec->proc;
            rec->proc.pid = 0;
        }
        if (proc->pid > 0) {
            apr_proc_other_child_register(proc, reap, proc, NULL, now.pconf);
        }
    }
    rec->proc.pid = 0;
}

static void *retain(const char *key, apr_size_t size)
{
    void *data = ap_retained_data_get(key);

    return data ? data : ap_retained_data_create(key, size);
}

/* A reload may bring a module of another version, with more to keep: the memory of the one before
 * is of its own size. All that is taken over from it is the process that makes way. */
static struct recorder *retained(apr_pool_t *pool)
{
    const char *key =
        apr_psprintf(pool, "mod_slimstats-recorder-%" APR_SIZE_T_FMT, sizeof(struct recorder));
    struct recorder *rec = retain(key, sizeof *rec);
    pid_t *running = retain("mod_slimstats-running", sizeof *running);

    if (!rec->running || rec->proc.pid != *running) {
        if (rec->running && rec->ready_fd >= 0) {
            close(rec->ready_fd);
        }
        *rec = (struct recorder){.running = running, .proc.pid = *running, .ready_fd = -1};
    }
    return rec;
}

void slim_recorder_process_start(apr_pool_t *pconf, server_rec *server,
                                 const struct slim_ring_files *files)
{
    struct recorder *rec = retained(pconf);

    now.recorder = rec;
    now.pconf = pconf;
    now.server = server;
    now.files = files;
    now.settings = slim_settings_write(&slim_server_config(server)->settings, pconf);
    int error;
    if (rec->proc.pid > 0 && was_ready(rec, &error)) {
        rec->down_since = 0;
        rec->out_line_due = 0;
    }
    make_way(rec);
    rec->failures = 0;
    rec->retry_at = 0;
    start();
}

int slim_recorder_process_monitor(apr_pool_t *pool, server_rec *server)
{
    const struct recorder *rec = now.recorder;

    (void)pool;
    (void)server;
    if (rec && rec->proc.pid == 0 && rec->retry_at > 0 && slim_ticks() >= rec->retry_at
        && !is_stopping()) {
        start();
    }
    return OK;
}
