/* The file of a command's -o FILE: a new file that gets its name only when it is complete, or what
 * is no regular file: a pipe, a device, standard output as - or by its name. */
#ifndef SLIM_CLI_OUTPUT_H
#define SLIM_CLI_OUTPUT_H

#include <stdio.h>

#include <apr_pools.h>

#include "cli.h"

struct slim_whole_file;

/* What a command was told of its file; all zero: standard output. */
struct slim_output_wish {
    const char *path; /* NULL: standard output */
    int is_forced;    /* a file that has the name is replaced, a link as such */
    int has_mode;
    mode_t mode; /* permissions of the new file; without: 0600 */
};

enum { SLIM_OPTION_FORCE = SLIM_OPTION_LONG, SLIM_OPTION_MODE };

/* The options of such a command. */
#define SLIM_OUTPUT_OPTIONS                                                                        \
    {"output", 'o', "FILE", "write to a new file instead of standard output"},                     \
        {"force", SLIM_OPTION_FORCE, NULL, "replace FILE when it is there"},                       \
    {                                                                                              \
        "mode", SLIM_OPTION_MODE, "MODE", "who may read FILE, as for chmod: 644 (default: 600)"    \
    }

/* Takes one of them. 1: taken; 0: it is none of them; -1 after an error message. */
int slim_output_take(struct slim_output_wish *wish, int option, const char *value);

/* What stands behind the last point of its file's name; "" when there is nothing. */
const char *slim_output_extension(const struct slim_output_wish *wish);

struct slim_output {
    const char *path; /* NULL: standard output */
    FILE *file;
    struct slim_whole_file *whole; /* that is to get its name; NULL: a stream */
};

/* Whether path is such a stream, that takes bytes one after the other. */
int slim_output_is_stream(const char *path);

/* Opens the file, or standard output when that is NULL or -, as the caller: to be done before the
 * command becomes the store's owner, who may not make a file there. A command that a signal ends
 * takes its unfinished file away; what a killed one leaves is removed by the next one for that
 * path. 0 after an error message. */
int slim_output_open(struct slim_output *output, const struct slim_output_wish *wish,
                     apr_pool_t *pool);

/* Writes what is left and gives the file its name, when rc is SLIM_EXIT_OK; else takes it away.
 * Tells what failed. Returns the command's exit code. */
int slim_output_close(struct slim_output *output, int rc);

#endif
