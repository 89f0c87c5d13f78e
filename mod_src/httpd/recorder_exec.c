/* The recorder's process between fork and exec. */
#include "recorder_exec.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>
#include <http_main.h>
#include <mpm_common.h>
#include <unixd.h>

#include "config.h"
#include "core/platform.h"

/* Descriptors of the new process, with that of its settings behind the ring's, and those of older
 * rings from OLD_RING_FD on. */
#define RING_FD 3
#define READY_FD 5
#define OLD_RING_FD 6
#define FDS (3 + SLIM_RINGS_MAX - 1)

static void close_all_but(int first_unused)
{
    for (long fd = first_unused, max = sysconf(_SC_OPEN_MAX); fd < max && fd < 65536; fd++) {
        close((int)fd);
    }
}

/* Moves descriptors to their places. They are moved out of the way first: one may stand where
 * another has to go. */
static int place_fds(const struct slim_recorder_birth *birth)
{
    int from[FDS] = {birth->files->fd, birth->settings_fd, birth->ready_fd};
    int null = open("/dev/null", O_RDWR);

    memcpy(from + 3, birth->files->old_fd, sizeof birth->files->old_fd);
    for (int i = 0; i < FDS; i++) {
        from[i] = from[i] < 0 ? -1 : fcntl(from[i], F_DUPFD, 64);
    }
    if (dup2(null, 0) < 0 || dup2(null, 1) < 0) {
        return 0;
    }
    for (int i = 0; i < FDS; i++) {
        if (from[i] >= 0 && dup2(from[i], RING_FD + i) < 0) {
            return 0;
        }
        if (from[i] < 0) {
            close(RING_FD + i);
        }
    }
    close_all_but(RING_FD + FDS);
    return 1;
}

static void sleep_before_start(int pause_s, pid_t parent)
{
    for (int i = 0; i < pause_s * 10 && getppid() == parent; i++) {
        usleep(100000);
    }
    if (getppid() != parent) {
        _exit(0);
    }
}

static void reset_signals(void)
{
    sigset_t none;

    for (int i = 1; i < NSIG; i++) {
        if (i != SIGKILL && i != SIGSTOP) {
            signal(i, SIG_DFL);
        }
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

__attribute__((noreturn)) static void tell_error_and_exit(int error)
{
    char text[32];
    int length = apr_snprintf(text, sizeof text, "e%d", error);

    if (write(READY_FD, text, (size_t)length) != length) {
        _exit(3);
    }
    _exit(2);
}

void slim_recorder_exec(const struct slim_recorder_birth *birth)
{
    const struct slim_server *conf = slim_server_config(birth->server);
    const struct rlimit no_core = {0, 0};
    apr_pool_t *pool = birth->pool;
    const char *argv[20 + 2 * SLIM_RINGS_MAX] = {
        conf->settings.recorder, "record", "--ring-fd",  "3",
        "--settings-fd",         "4",      "--ready-fd", "5"};
    int argc = 8;

    reset_signals();
    setpgid(0, 0);
    slim_end_with_parent();
    for (int i = 0; i < SLIM_RINGS_MAX - 1; i++) {
        if (birth->files->old_fd[i] >= 0) {
            argv[argc++] = "--old-ring-fd";
            argv[argc++] = apr_itoa(pool, OLD_RING_FD + i);
        }
    }
    argv[argc++] = "--parent";
    argv[argc++] = apr_itoa(pool, (int)birth->parent);
    if (birth->replaced > 0) {
        argv[argc++] = "--replace";
        argv[argc++] = apr_itoa(pool, (int)birth->replaced);
    }
    if (birth->down_since > 0) {
        argv[argc++] = "--down-since";
        argv[argc++] = apr_off_t_toa(pool, birth->down_since / APR_USEC_PER_SEC);
    }
    if (birth->is_quiet) {
        argv[argc++] = "--logged";
    }
    argv[argc] = NULL;
    if (ap_run_drop_privileges(pool, birth->server) != OK) {
        _exit(2);
    }
    /* The change of user took the parent's death signal away. */
    slim_end_with_parent();
    slim_no_new_privileges();
    setrlimit(RLIMIT_CORE, &no_core);
    umask(077);
    if (!place_fds(birth)) {
        _exit(2);
    }
    sleep_before_start(birth->pause_s, birth->parent);
    execv(conf->settings.recorder, (char *const *)(apr_uintptr_t)argv);
    tell_error_and_exit(errno);
}
