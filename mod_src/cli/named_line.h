/* Files of the state directory whose lines begin with a name: segments.tsv, goals.tsv. They are
 * changed line by line, so that comments stay, and what is wrong with other lines. */
#ifndef SLIM_NAMED_LINE_H
#define SLIM_NAMED_LINE_H

#include "cli.h"

/* Puts the line NAME, tabulator, rest in the place of the one of that name, or at the end. Returns
 * the command's exit code, after a message when it fails. */
int slim_named_line_put(struct slim_cli *cli, const char *file, const char *name, const char *rest);

/* Takes the line of that name out; SLIM_EXIT_DEGRADED: there is no such `what`. */
int slim_named_line_drop(struct slim_cli *cli, const char *file, const char *what,
                         const char *name);

/* A line of a list: the name, and what stands for it, escaped. */
void slim_named_line_print(const char *name, const char *text, apr_pool_t *pool);

#endif
