/* The answer to a question: rows of cells, their totals, and what they were counted from. */
#ifndef SLIM_ANSWER_H
#define SLIM_ANSWER_H

#include <apr_tables.h>

#include "core/note.h"
#include "query.h"
#include "report.h"

/* Texts may hold any bytes: whoever shows them escapes them. */
struct slim_cell {
    int is_text;
    int64_t number;
    const char *text;
    size_t length;
};

/* What an answer was counted from. */
enum slim_basis { SLIM_BASIS_ROWS, SLIM_BASIS_ROLLUPS, SLIM_BASIS_BOTH };

#define SLIM_NOTES_MAX 200

/* What the period before had. */
struct slim_previous {
    struct slim_query query;
    int64_t **row; /* for each of the answer's rows its columns' numbers; NULL: not known */
    int64_t total[SLIM_COLUMNS_MAX];
    uint64_t rows_total;
};

#define SLIM_COURSE_MAX 60

/* The page views of each row, by equal spans of whole days of UTC; those of its ends may be cut by
 * the period. */
struct slim_courses {
    int64_t since; /* seconds: where the first span begins */
    int days;      /* of a span */
    int spans;     /* 1 … SLIM_COURSE_MAX */
    int64_t **row; /* for each of the answer's rows so many numbers */
};

struct slim_answer {
    const struct slim_query *query;
    int columns;
    apr_array_header_t *rows;        /* struct slim_cell *, columns of them, then sums */
    int64_t total[SLIM_NUMBERS_MAX]; /* over all rows, those left out too; for columns that add up,
                                        of a course (slim_report_by_time)
                                        for all that measure */
    uint64_t rows_total;             /* with those left out */
    int sites;                       /* whose rows are apart, in all rows; 0: the report has none */
    int more;                        /* rows were left out behind the last */
    int64_t since; /* seconds: where the period begins that is shown: the question's, or of all time
                      the first day that has anything */
    enum slim_basis basis;
    int64_t rows_from;   /* seconds: counted from there, since older rows are gone; 0: from the
                            period's beginning */
    int64_t older_until; /* seconds: days before were counted by older rules; 0: none of them was */
    int rounded;         /* what is older was counted by whole days (or hours) */
    int approximate;     /* distinct numbers come from a sketch, */
    double error_percent;                 /* with this standard error */
    const struct slim_previous *previous; /* NULL unless it was asked for */
    const struct slim_courses *courses;   /* likewise */
    apr_array_header_t *notes;            /* struct slim_note, beside the course of a period, oldest
                                             first, the newest SLIM_NOTES_MAX of it; NULL: it is none */
};

/* Makes the rates of rows and totals of the numbers beside them. */
void slim_answer_divide(struct slim_answer *answer);

#endif
