/* An answer as text: one function per format, and a line in the table. */
#ifndef SLIM_RENDER_H
#define SLIM_RENDER_H

#include "core/buffer.h"
#include "query/answer.h"

struct slim_format {
    const char *name;
    const char *content_type;
    void (*render)(const struct slim_answer *answer, struct slim_buffer *out);
    /* Around one answer or several of the same period; NULL: nothing. */
    void (*begin)(const struct slim_answer *answers, int number, struct slim_buffer *out);
    void (*end)(struct slim_buffer *out);
};

/* table, json, csv, tsv, html; ends with a NULL name. */
extern const struct slim_format slim_formats[];

/* NULL when there is none. */
const struct slim_format *slim_format_find(const char *name);

void slim_render_table(const struct slim_answer *answer, struct slim_buffer *out);
/* <, >, &, U+2028 and U+2029 are escaped: see render_json.h. */
void slim_render_json(const struct slim_answer *answer, struct slim_buffer *out);
/* No cell begins like a formula: see render_csv.c. */
void slim_render_csv(const struct slim_answer *answer, struct slim_buffer *out);
void slim_render_tsv(const struct slim_answer *answer, struct slim_buffer *out);
/* A section of a page that needs nothing else: begin and end are around all of them. A course is a
 * chart, its table is behind it. */
void slim_render_html(const struct slim_answer *answer, struct slim_buffer *out);
void slim_render_html_begin(const struct slim_answer *answers, int number, struct slim_buffer *out);
void slim_render_html_end(struct slim_buffer *out);

/* What stands on a page of all reports: names of those that can be compared, ending with NULL. */
extern const char *const slim_render_page[];
#define SLIM_PAGE_REPORTS 23

/* A number as people read it, by its column's type: 12,345 · 1.2 MiB · 3.4 ms · 12.3 % · 1:02:03 ·
 * a time. Of a question's report it is in the question's zone, and what is counted is grouped,
 * though it does not add up, as visitors; else in UTC. */
void slim_render_cell_number(struct slim_buffer *out, const struct slim_query *query, int column,
                             int64_t number);
void slim_render_number(struct slim_buffer *out, enum slim_column_type type, int64_t number);

/* A number with so many decimals: 241 with two is 2.41. */
void slim_render_fixed(struct slim_buffer *out, int64_t number, int decimals);
/* How many decimals a column's numbers have: 1 of SLIM_PERCENT, 2 of SLIM_DECIMAL. */
int slim_column_decimals(enum slim_column_type type);

/* What became of a number: +12.3 %, -50.0 %, new; - where there is nothing to compare. */
void slim_render_change(struct slim_buffer *out, int64_t before, int64_t now);

/* The course of a row, by its place, as blocks of an eighth to a whole line's height: of the row's
 * own most; nothing where there was nothing. */
void slim_render_course(const struct slim_answer *answer, int row, struct slim_buffer *out);

/* Whether people are shown a column, by its place: numbers that are for programs are not, nor whose
 * rows are where all are of one site. */
int slim_render_shows(const struct slim_answer *answer, int column);

/* Whether a table ends in a line of totals: one row is its own, and single hits are no sum of what
 * was left out. CSV and TSV have none, since who reads them adds up what is there. */
int slim_render_has_totals(const struct slim_answer *answer);

/* "2026-01-31T10:20:30Z" of seconds since 1970. */
const char *slim_render_time(int64_t seconds, char text[SLIM_TIME_TEXT]);

/* One cell of CSV (separator ',') or TSV ('\t'): escaped, and no formula to a spreadsheet. */
void slim_render_separated(struct slim_buffer *out, const struct slim_cell *cell, char separator);

#endif
