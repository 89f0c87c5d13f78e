/* A child that unpacks. */
#include "log_unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOT_FOUND 127 /* as shells have it */

const struct slim_log_unpacker *slim_log_unpacker_of(struct slim_text head)
{
    static const struct {
        const char *magic;
        size_t length;
        struct slim_log_unpacker unpacker;
    } known[] = {
        {"\xfd"
         "7zXZ\0",
         6,
         {"xz", "-dc", "xz-utils"}},
        {"BZh", 3, {"bzip2", "-dc", "bzip2"}},
        {"\x28\xb5\x2f\xfd", 4, {"zstd", "-dc", "zstd"}},
        {"PK\3\4", 4, {"funzip", NULL, "unzip"}}, /* its first file */
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (head.length >= known[i].length
            && memcmp(head.at, known[i].magic, known[i].length) == 0) {
            return &known[i].unpacker;
        }
    }
    return NULL;
}

static void become(const struct slim_log_unpacker *unpacker, int from, int to)
{
    int null = open("/dev/null", O_WRONLY);

    if (dup2(from, STDIN_FILENO) < 0 || dup2(to, STDOUT_FILENO) < 0 || null < 0
        || dup2(null, STDERR_FILENO) < 0) {
        _exit(1);
    }
    signal(SIGPIPE, SIG_DFL);
    execlp(unpacker->program, unpacker->program, unpacker->argument, (char *)NULL);
    _exit(NOT_FOUND);
}

apr_status_t slim_log_unpacker_start(const struct slim_log_unpacker *unpacker, int fd, int *out,
                                     pid_t *pid)
{
    int ends[2];

    if (lseek(fd, 0, SEEK_SET) < 0 || pipe2(ends, O_CLOEXEC) != 0) {
        return errno;
    }
    *pid = fork();
    if (*pid == 0) {
        become(unpacker, fd, ends[1]);
    }
    int error = errno;
    close(ends[1]);
    if (*pid < 0) {
        close(ends[0]);
        return error;
    }
    *out = ends[0];
    return APR_SUCCESS;
}

const char *slim_log_unpacker_end(const struct slim_log_unpacker *unpacker, pid_t pid, int is_read,
                                  char *reason, size_t size)
{
    int status = 0;

    if (!is_read) {
        kill(pid, SIGKILL);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (!is_read || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) {
        return NULL;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND) {
        snprintf(reason, size, "%s compressed it, and is not installed (package %s)",
                 unpacker->program, unpacker->package);
    } else {
        snprintf(reason, size, "its compressed data is damaged, says %s", unpacker->program);
    }
    return reason;
}
