/* What `slimstats import` prints while it works. */
#ifndef SLIM_IMPORT_PROGRESS_H
#define SLIM_IMPORT_PROGRESS_H

#include <stdio.h>

#include <apr_time.h>

#include "import/import.h"

struct slim_import_progress {
    const char *name; /* of the log, escaped */
    int shown;        /* a line is drawn again and again on standard error */
    FILE *rejects;    /* where rejected lines go; NULL: nowhere */
    unsigned printed; /* rejected lines of this log that were printed */
    apr_time_t began, drawn;
    uint64_t began_at; /* bytes done when it began */
    uint64_t lines;    /* taken when it began */
    apr_pool_t *pool;  /* of this log */
};

/* Begins a log. */
void slim_import_progress_begin(struct slim_import_progress *progress, const char *name,
                                const struct slim_log_source *source, apr_pool_t *pool);

/* For slim_import's on_reject and on_batch; data is the progress. */
void slim_import_progress_reject(void *data, const struct slim_import_row *row);
void slim_import_progress_batch(void *data, const struct slim_log_source *source);

/* Wipes the line that was drawn. */
void slim_import_progress_end(struct slim_import_progress *progress);

/* One line on standard output: what became of the log. */
void slim_import_progress_sum(const char *name, const struct slim_import_result *result);

#endif
