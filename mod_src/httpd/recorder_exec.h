/* What a process is on its way to become the recorder. */
#ifndef SLIM_RECORDER_EXEC_H
#define SLIM_RECORDER_EXEC_H

#include "ring_file.h"

struct slim_recorder_birth {
    server_rec *server;
    apr_pool_t *pool;
    const struct slim_ring_files *files;
    int settings_fd, ready_fd;
    int pause_s; /* to sleep before it begins */
    pid_t parent;
    pid_t replaced;     /* the recorder that makes way for it; 0: none */
    int64_t down_since; /* ticks since when there is none, if it is to say that it runs; else 0 */
    int is_quiet;       /* why it cannot start was told */
};

/* Becomes httpd's user, leaves what is httpd's, and runs the recorder; never returns. */
void slim_recorder_exec(const struct slim_recorder_birth *birth) __attribute__((noreturn));

#endif
