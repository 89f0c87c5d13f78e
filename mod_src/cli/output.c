/* Output files: complete, or absent. */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/whole_file.h"
#include "owner.h"

/* --- a command that is ended --- */

static const int ends[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE};

static struct slim_whole_file *unfinished;

/* The signal does what it does by itself once this returns. */
static void take_away(int number)
{
    slim_owner_go_back();
    unlinkat(unfinished->directory, unfinished->partial, 0);
    raise(number);
}

/* What is ignored, as by nohup, stays so. */
static void on_ends(void (*was)(int), void (*becomes)(int))
{
    struct sigaction action;

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        if (sigaction(ends[i], NULL, &action) == 0 && action.sa_handler == was) {
            action = (struct sigaction){.sa_handler = becomes, .sa_flags = (int)SA_RESETHAND};
            sigaction(ends[i], &action, NULL);
        }
    }
}

/* --- what it was told --- */

static int take_mode(struct slim_output_wish *wish, const char *value)
{
    char *end;
    unsigned long mode = strtoul(value, &end, 8);

    if (value[0] < '0' || value[0] > '7' || *end || mode > 0777) {
        slim_cli_fail("--mode %s: three digits as of chmod, as 644 or 640", value);
        return -1;
    }
    wish->has_mode = 1;
    wish->mode = (mode_t)mode;
    return 1;
}

int slim_output_take(struct slim_output_wish *wish, int option, const char *value)
{
    switch (option) {
    case 'o': wish->path = value; return 1;
    case SLIM_OPTION_FORCE: wish->is_forced = 1; return 1;
    case SLIM_OPTION_MODE: return take_mode(wish, value);
    default: return 0;
    }
}

const char *slim_output_extension(const struct slim_output_wish *wish)
{
    const char *slash = wish->path ? strrchr(wish->path, '/') : NULL;
    const char *point = wish->path ? strrchr(slash ? slash : wish->path, '.') : NULL;

    return point ? point + 1 : "";
}

/* --- opening --- */

/* The stream has a descriptor of its own: the file's is closed when it has its name. */
static int open_whole(struct slim_output *output, const struct slim_output_wish *wish,
                      apr_pool_t *pool)
{
    struct slim_whole_file *whole = apr_palloc(pool, sizeof *whole);
    apr_status_t rv =
        slim_whole_file_begin(whole, AT_FDCWD, output->path,
                              wish->is_forced ? SLIM_OVER_ANYTHING : SLIM_OVER_NOTHING, 0600);

    if (rv == APR_SUCCESS) {
        int fd = fcntl(whole->fd, F_DUPFD_CLOEXEC, 0);
        output->file = fd >= 0 ? fdopen(fd, "w") : NULL;
        if (!output->file || (wish->has_mode && fchmod(fd, wish->mode) != 0)) {
            rv = errno;
            slim_whole_file_drop(whole);
        }
    }
    if (rv != APR_SUCCESS) {
        slim_cli_fail("cannot make %s: %s%s", output->path, slim_whole_file_reason(rv),
                      rv == EEXIST ? "; --force replaces it" : "");
        return 0;
    }
    output->whole = unfinished = whole;
    slim_owner_keep_way_back();
    on_ends(SIG_DFL, take_away);
    return 1;
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

int slim_output_open(struct slim_output *output, const struct slim_output_wish *wish,
                     apr_pool_t *pool)
{
    const char *path = wish->path;
    struct stat st, standard;

    *output = (struct slim_output){path, stdout, NULL};
    if (!path || strcmp(path, "-") == 0) {
        output->path = NULL;
        return 1;
    }
    if (stat(path, &st) != 0 || S_ISDIR(st.st_mode)) {
        return open_whole(output, wish, pool);
    }
    if (fstat(STDOUT_FILENO, &standard) == 0 && st.st_dev == standard.st_dev
        && st.st_ino == standard.st_ino) {
        return 1;
    }
    return S_ISREG(st.st_mode) ? open_whole(output, wish, pool) : open_as_it_is(output);
}

/* --- closing --- */

/* As the caller. */
static int finish(struct slim_output *output, int good)
{
    apr_status_t rv = APR_SUCCESS;

    slim_owner_go_back();
    if (good) {
        rv = slim_whole_file_end(output->whole);
    } else {
        slim_whole_file_drop(output->whole);
    }
    on_ends(take_away, SIG_DFL);
    slim_owner_leave();
    return rv;
}

int slim_output_close(struct slim_output *output, int rc)
{
    const char *name = output->path ? output->path : "standard output";
    int error = fflush(output->file) == 0 && !ferror(output->file) ? 0 : errno ? errno : EIO;

    if (output->file != stdout && fclose(output->file) != 0 && !error) {
        error = errno;
    }
    if (output->whole) {
        int cannot = finish(output, rc == SLIM_EXIT_OK && !error);
        error = error ? error : cannot;
    }
    if (rc == SLIM_EXIT_OK && error) {
        return slim_cli_fail("cannot write to %s: %s", name, slim_whole_file_reason(error));
    }
    return rc;
}
