/* The recorder's process, as the parent starts and ends it. */
#ifndef SLIM_RECORDER_PROCESS_H
#define SLIM_RECORDER_PROCESS_H

#include "ring_file.h"

/* Starts the recorder, or hands over from the one that runs. */
void slim_recorder_process_start(apr_pool_t *pconf, server_rec *server,
                                 const struct slim_ring_files *files);

/* The monitor hook, which the parent runs every few seconds: a start that failed is tried again. */
int slim_recorder_process_monitor(apr_pool_t *pool, server_rec *server);

#endif
