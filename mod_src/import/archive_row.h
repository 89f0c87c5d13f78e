/* The lines of an archive of a store, as `slimstats export --format archive` writes them. Pure.
 *
 * Cells are separated by tabulators. The first line is "#slimstats-archive" and the number of the
 * format; then a line for each sort of lines says what their cells are, "#hit", "second", …; the
 * last is "#end". Of the other lines the first cell is the sort. In cells controls and backslashes
 * are \xHH. Columns come in any order; those that are not known are passed over, and those that are
 * missing are empty. */
#ifndef SLIM_ARCHIVE_ROW_H
#define SLIM_ARCHIVE_ROW_H

#include "core/facts.h"
#include "store/store.h"

#define SLIM_ARCHIVE_MARK "#slimstats-archive\t1"

enum slim_archive_sort {
    SLIM_ARCHIVE_VISITOR, /* somebody who had come, and of whom there are no hits any more */
    SLIM_ARCHIVE_TITLE,   /* of a page */
    SLIM_ARCHIVE_LOG,     /* that was imported */
    SLIM_ARCHIVE_NOTE,    /* on the course of time */
    SLIM_ARCHIVE_GONE,    /* before when there are no hits, but */
    SLIM_ARCHIVE_TOTAL,   /* totals of days */
    SLIM_ARCHIVE_HIT,
    SLIM_ARCHIVE_SORTS
};

#define SLIM_ARCHIVE_CELLS_MAX 64

/* Which cells are which columns. */
struct slim_archive {
    int cells[SLIM_ARCHIVE_SORTS];
    int column[SLIM_ARCHIVE_SORTS][SLIM_ARCHIVE_CELLS_MAX]; /* -1: none of ours */
};

/* What a line says. Texts are in the line, or in the scratch that it was read with. */
struct slim_archive_record {
    enum slim_archive_sort sort;
    struct slim_hit hit; /* of a hit, with its facts but for the archive's number */
    struct slim_facts facts;
    struct slim_client client; /* the facts' */
    uint64_t visitor;          /* of a visitor, */
    int64_t last_s;            /* who came last then */
    int64_t gone_s;            /* before that there are no hits */
    struct slim_store_total total;
    struct slim_text site, page, title;
    int64_t time_us;                 /* of the title */
    struct slim_store_import import; /* of a log, without number; its name in */
    char name[256];
    struct slim_note note; /* without number */
};

/* Whether a file begins as an archive. */
int slim_archive_is(struct slim_text head);

/* Learns the columns from a file's first lines. NULL, or why they cannot be used. */
const char *slim_archive_begin(struct slim_archive *archive, struct slim_text head);

/* Reads a line, one that does not begin with #. scratch has room for line.length bytes. NULL, or
 * why it cannot be used. */
const char *slim_archive_read(const struct slim_archive *archive, struct slim_text line,
                              char *scratch, struct slim_archive_record *record);

#endif
