/* The rows of a wp_slim_stats table in a SQL dump (mysqldump, phpMyAdmin) or a CSV file. Pure. */
#ifndef SLIM_DUMP_ROW_H
#define SLIM_DUMP_ROW_H

#include <stddef.h>

#include "core/hit.h"

/* The old table's columns, in its order. */
enum slim_dump_column {
    DUMP_REMOTE_IP,
    DUMP_LANGUAGE,
    DUMP_COUNTRY,
    DUMP_REFERER,
    DUMP_DOMAIN,
    DUMP_SEARCHTERMS,
    DUMP_RESOURCE,
    DUMP_PLATFORM,
    DUMP_BROWSER,
    DUMP_VERSION,
    DUMP_DT,
    DUMP_COLUMNS
};

#define SLIM_DUMP_CELLS_MAX 32
#define SLIM_DUMP_ROW_MAX 65536

struct slim_dump {
    int is_csv;
    char separator;                  /* of CSV */
    int inside;                      /* a statement whose rows go on */
    int cells;                       /* in a row */
    int column[SLIM_DUMP_CELLS_MAX]; /* of each cell; -1: none of ours */
};

/* Looks at a dump's first bytes: SQL or CSV; the columns a CSV file names in its first line. */
void slim_dump_begin(struct slim_dump *dump, struct slim_text head);

enum slim_dump_found {
    DUMP_MORE,    /* more bytes are needed; at the end of all: there is nothing more */
    DUMP_NOTHING, /* bytes without a row */
    DUMP_ROW,
    DUMP_TOO_LONG /* a row of more than SLIM_DUMP_ROW_MAX bytes; the rest of its statement is lost
                   */
};

/* The next thing in text, which is all that is left when is_end. *taken bytes are done with, *row
 * is what stands between the parentheses, or the CSV line. */
enum slim_dump_found slim_dump_next(struct slim_dump *dump, struct slim_text text, int is_end,
                                    size_t *taken, struct slim_text *row);

/* Reads a row's cells into the columns; NULL becomes an empty text. scratch has room for row.length
 * bytes. NULL, or why it cannot be used. */
const char *slim_dump_cells(const struct slim_dump *dump, struct slim_text row, char *scratch,
                            struct slim_text column[DUMP_COLUMNS]);

#endif
