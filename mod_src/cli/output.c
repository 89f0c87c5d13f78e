/* Files of whoever called, made whole by a process that stays who called. */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../core/whole_file.h"
#include "cli.h"

/* --- the keeper --- */

/* Ends with the command: a byte says that the file is whole, the end of the socket that it is not.
 * A signal from the terminal is the command's, whose end is then seen here. */
static void __attribute__((noreturn)) keep(struct slim_whole_file *whole, int command)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGTSTP};
    char is_whole;

    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        signal(signals[i], SIG_IGN);
    }
    if (read(command, &is_whole, 1) == 1) {
        int error = slim_whole_file_end(whole);
        _exit(write(command, &error, sizeof error) == sizeof error ? 0 : 1);
    }
    slim_whole_file_drop(whole);
    _exit(0);
}

static int start_keeper(struct slim_output *output, struct slim_whole_file *whole)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        return errno;
    }
    output->keeper_pid = fork();
    if (output->keeper_pid == 0) {
        close(pair[0]);
        keep(whole, pair[1]);
    }
    int error = output->keeper_pid < 0 ? errno : 0;
    close(pair[1]);
    output->keeper = pair[0];
    return error;
}

/* 0, or the errno value with which the keeper could not give the name. */
static int ask_keeper(const struct slim_output *output)
{
    int error = EPIPE;

    if (send(output->keeper, "", 1, MSG_NOSIGNAL) != 1
        || recv(output->keeper, &error, sizeof error, MSG_WAITALL) != sizeof error) {
        return EPIPE;
    }
    return error;
}

/* --- opening --- */

static int open_whole(struct slim_output *output, apr_pool_t *pool)
{
    struct slim_whole_file whole;
    apr_status_t rv = slim_whole_file_begin(&whole, output->path, 0, 0600, pool);

    if (rv != APR_SUCCESS) {
        slim_cli_fail("cannot make %s: %s", output->path, slim_whole_file_reason(rv));
        return 0;
    }
    int error = start_keeper(output, &whole);
    if (error) {
        slim_whole_file_drop(&whole);
        slim_cli_fail("cannot make %s: %s", output->path, strerror(error));
        return 0;
    }
    output->file = fdopen(whole.fd, "w");
    return output->file != NULL;
}

/* A pipe or a device is written as it is; so is what standard output is already, by its name. */
static int open_as_it_is(struct slim_output *output)
{
    int fd = open(output->path, O_WRONLY | O_NOCTTY | O_CLOEXEC);

    output->file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!output->file) {
        slim_cli_fail("cannot write to %s: %s", output->path, strerror(errno));
    }
    return output->file != NULL;
}

int slim_output_is_stream(const char *path)
{
    struct stat st;

    return strcmp(path, "-") == 0
           || (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode));
}

int slim_output_open(struct slim_output *output, const char *path, apr_pool_t *pool)
{
    struct stat st, standard;

    *output = (struct slim_output){path, stdout, -1, 0};
    if (!path || strcmp(path, "-") == 0) {
        output->path = NULL;
        return 1;
    }
    if (stat(path, &st) != 0 || S_ISDIR(st.st_mode)) {
        return open_whole(output, pool);
    }
    if (fstat(STDOUT_FILENO, &standard) == 0 && st.st_dev == standard.st_dev
        && st.st_ino == standard.st_ino) {
        return 1;
    }
    return S_ISREG(st.st_mode) ? open_whole(output, pool) : open_as_it_is(output);
}

/* --- closing --- */

int slim_output_close(struct slim_output *output, int rc)
{
    const char *name = output->path ? output->path : "standard output";
    int error = fflush(output->file) == 0 && !ferror(output->file) ? 0 : errno ? errno : EIO;

    if (output->file != stdout && fclose(output->file) != 0 && !error) {
        error = errno;
    }
    if (output->keeper >= 0 && rc == SLIM_EXIT_OK && !error) {
        error = ask_keeper(output);
    }
    if (output->keeper >= 0) {
        close(output->keeper);
        waitpid(output->keeper_pid, NULL, 0);
    }
    if (rc == SLIM_EXIT_OK && error) {
        return slim_cli_fail("cannot write to %s: %s", name, slim_whole_file_reason(error));
    }
    return rc;
}
