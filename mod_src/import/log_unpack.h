/* Logs that xz, bzip2, zstd or zip compressed are unpacked by these programs, each a child with a
 * pipe: the command needs no library more for formats that few logs have, and unpacks while it
 * stores. */
#ifndef SLIM_LOG_UNPACK_H
#define SLIM_LOG_UNPACK_H

#include <sys/types.h>

#include "core/hit.h"
#include "core/status_code.h"

struct slim_log_unpacker {
    const char *program;  /* "xz" */
    const char *argument; /* by which it writes to its standard output; NULL: it does so anyway */
    const char *package;  /* that has it */
};

#define SLIM_LOG_MAGIC_MAX 6

/* By a file's first bytes; NULL: it is compressed by none of these. */
const struct slim_log_unpacker *slim_log_unpacker_of(struct slim_text head);

/* Starts the program on a file, from its beginning; *out is where its output comes from. An errno,
 * as ESPIPE: fd is no file. */
apr_status_t slim_log_unpacker_start(const struct slim_log_unpacker *unpacker, int fd, int *out,
                                     pid_t *pid) SLIM_MUST_CHECK;

/* Waits for the end of the program, after all of its output was read, or ends it: what is wrong, in
 * words; NULL: nothing. */
const char *slim_log_unpacker_end(const struct slim_log_unpacker *unpacker, pid_t pid, int is_read,
                                  char *reason, size_t size);

#endif
