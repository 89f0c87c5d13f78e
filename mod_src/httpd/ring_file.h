/* The ring's file and the state directory, which the parent makes. */
#ifndef SLIM_RING_FILE_H
#define SLIM_RING_FILE_H

#include "core/ring.h"
#include "module.h"

struct slim_ring_files {
    int fd;                         /* -1: no ring; capture is off */
    int old_fd[SLIM_RINGS_MAX - 1]; /* of other shapes, that may still hold hits; -1: none */
    struct slim_ring_shape shape;
};

/* No descriptor in it is open. */
void slim_ring_files_forget(struct slim_ring_files *files);

/* Opens or makes the ring in httpd's runtime directory. Failures are logged. */
void slim_ring_files_open(apr_pool_t *pconf, server_rec *server, struct slim_ring_files *files);

/* Makes the state directory for httpd's user, unless it is there. Failures are logged. */
void slim_state_directory_make(apr_pool_t *ptemp, server_rec *server, const char *path);

#endif
