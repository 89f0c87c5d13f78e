/* The file of a command's -o FILE: a new file that gets its name only when it is complete, or what
 * is no regular file: a pipe, a device, standard output as - or by its name. */
#ifndef SLIM_CLI_OUTPUT_H
#define SLIM_CLI_OUTPUT_H

#include <stdio.h>

#include <apr_pools.h>

struct slim_whole_file;

struct slim_output {
    const char *path; /* NULL: standard output */
    FILE *file;
    struct slim_whole_file *whole; /* that is to get its name; NULL: a stream */
};

/* Whether path is such a stream, that takes bytes one after the other. */
int slim_output_is_stream(const char *path);

/* Opens path, or standard output when that is NULL or -, as the caller: to be done before the
 * command becomes the store's owner, who may not make a file there. A command that a signal ends
 * takes its unfinished file away; what a killed one leaves is removed by the next one for that
 * path. 0 after an error message. */
int slim_output_open(struct slim_output *output, const char *path, apr_pool_t *pool);

/* Writes what is left and gives the file its name, when rc is SLIM_EXIT_OK; else takes it away.
 * Tells what failed. Returns the command's exit code. */
int slim_output_close(struct slim_output *output, int rc);

#endif
