/* What the parts of `slimstats import` share: what was asked for, and what is ready before the
 * first log is read. */
#ifndef SLIM_IMPORTING_H
#define SLIM_IMPORTING_H

#include <apr_tables.h>

#include "cli.h"
#include "core/settings.h"
#include "import_progress.h"
#include "query/query.h"

#define STANDARD_INPUT "/dev/stdin"

struct importing {
    struct slim_cli *cli;
    const char *format;
    const char *site;   /* of hits whose line names none; NULL until it is known */
    const char *server; /* that wrote the logs; NULL: the settings' */
    const char *rejects;
    const char *from; /* NULL: access logs */
    struct slim_query period;
    struct slim_settings settings;
    struct slim_import import;
    struct slim_import_progress progress;
    apr_array_header_t *names, *fds; /* of the logs */
    int is_archive;                  /* the one that is read */
    uint64_t stored;                 /* hits of all of them; an archive has notes of its own */
    int exit;
};

/* A text that may hold anybody's bytes, for the terminal. */
const char *slim_importing_escape(const char *text, apr_pool_t *pool);

/* Says what is wrong with a log; the command fails, but goes on with the next. name is escaped. */
void slim_importing_fail(struct importing *i, const char *name, const char *what, apr_pool_t *pool);

/* Waits until the recorder has stored what it has taken by now: a line of a log may be one of these
 * hits. 0 after an error message: nobody stores them. */
int slim_importing_wait(struct importing *i);

/* Opens logs and store, reads settings and data files, says what a log cannot answer. 0 after an
 * error message. */
int slim_importing_prepare(struct importing *i);

#endif
