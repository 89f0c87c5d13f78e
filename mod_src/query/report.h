/* The registry of reports, and their answers. A new report is a file in sql/report: its head, which
 * sql/reports.awk reads, and a body for each engine. */
#ifndef SLIM_REPORT_H
#define SLIM_REPORT_H

#include <apr_pools.h>
#include <apr_tables.h>

#include <stdint.h>

enum slim_column_type {
    SLIM_TEXT,
    SLIM_COUNT,   /* adds up */
    SLIM_BYTES,   /* adds up */
    SLIM_TOOK,    /* a time span in microseconds, adds up */
    SLIM_NUMBER,  /* does not add up */
    SLIM_MICROS,  /* a time span, does not add up */
    SLIM_SECONDS, /* a point in time, since 1970 */
    SLIM_ID,      /* for programs: a string in JSON; tables leave it out */
    SLIM_PERCENT, /* in tenths, does not add up: a rate */
    SLIM_SPAN,    /* a time span in seconds, does not add up: one, or a rate */
    SLIM_DECIMAL  /* in hundredths, does not add up: a rate */
};

struct slim_column {
    const char *name; /* as the SQL file names it */
    enum slim_column_type type;
    int is_rare; /* people see it only where it counts anything */
};

#define SLIM_COLUMNS_MAX 16
#define SLIM_LIMIT_MAX 1000 /* rows of an answer */

/* A column that is a quotient of what adds up: over / under, or over / (under - less). Each of
 * these is a column, or one of the report's sums. */
struct slim_rate {
    const char *column, *over, *under;
    const char *less; /* or NULL */
};

#define SLIM_RATES_MAX 4
#define SLIM_SUMS_MAX 4
/* What a row holds: the columns, then the sums. */
#define SLIM_NUMBERS_MAX (SLIM_COLUMNS_MAX + SLIM_SUMS_MAX)

/* What rows are made for. */
enum slim_report_key {
    SLIM_KEY_DIMENSION,    /* each key of the report's dimension */
    SLIM_KEY_BUCKET,       /* the hours, days, … of the period; the first column names them */
    SLIM_KEY_PURPOSE,      /* the same, of robots, and apart what they are for */
    SLIM_KEY_HOUR_OF_WEEK, /* 0 … 167, from Monday's first hour */
    SLIM_KEY_SITE,
    SLIM_KEY_DAY /* each key of its dimension on each day of UTC: (day << 31) | key; of no report,
                  * see query.h: courses */
};

struct slim_report {
    const char *name;
    const char *summary;
    const char *dimension; /* what it counts by, a name that stores know; NULL: rows of its own */
    struct slim_column column[SLIM_COLUMNS_MAX]; /* ends with a NULL name */
    const char *sum[SLIM_SUMS_MAX + 1];          /* that only rates need; ends with NULL */
    struct slim_rate rate[SLIM_RATES_MAX + 1];   /* ends with a NULL column */
    const char *sort;                            /* default: this column, */
    int ascending;                               /* in this order, then the first column */
    unsigned limit;                              /* default; 0: 10 */
    const char *since;                           /* default; NULL: 7d */
    int robots;                                  /* counts robots by default */
    int keeps_robots;                            /* always: it is about them */
    int has_no_totals;                           /* a sum of its rows says nothing */
    int outlives_hits; /* its rows stay when hits are deleted for their age */
    int has_courses;   /* each row's page views by day can be asked for, see struct slim_courses */
    int sites_apart;   /* rows of different sites are different rows: column site */
    int keys;          /* leading columns that tell rows apart; 0: all texts do */
    enum slim_report_key key;
};

/* All reports, in the order in which they are listed, ending with a NULL name. Made by the build.
 */
extern const struct slim_report slim_reports[];

/* NULL when there is none. */
const struct slim_report *slim_report_find(const char *name);
const struct slim_column *slim_report_column(const struct slim_report *report, const char *name);
int slim_report_columns(const struct slim_report *report);
/* Whether it counts; else its rows are single hits, and no period can be compared with another. */
int slim_report_compares(const struct slim_report *report);

/* Whether its rows are the course of the period. */
int slim_report_by_time(const struct slim_report *report);

/* Whether rows have names, by which they can be searched. */
int slim_report_has_names(const struct slim_report *report);
/* Whether a column, by its place, is part of what a row is called: a text, or a number that tells
 * rows apart. */
int slim_report_names(const struct slim_report *report, int column);

/* Whether a column, by its place, is part of what tells rows apart. */
int slim_report_is_key(const struct slim_report *report, int column);

int slim_column_adds_up(enum slim_column_type type);
/* Whether a column, by its place, measures something that can be compared with another period. */
int slim_report_measures(const struct slim_report *report, int column);
/* Whether a column, by its place, has a total: it adds up, is a rate of what does, or belongs to
 * the course of a period, whose whole is asked for. */
int slim_report_has_total(const struct slim_report *report, int column);
/* The number that a report is about: what it sorts by, else the first count; -1: none. */
int slim_report_main(const struct slim_report *report);

/* A column type's name in JSON: "text", "count", … */
const char *slim_column_type_name(enum slim_column_type type);

/* --- rates: SQL adds up, this divides --- */

/* How a column is made; NULL: it is no rate. */
const struct slim_rate *slim_report_rate(const struct slim_report *report, int column);

/* over / under in 1/scale, rounded half up to the last digit shown; 0 where under is 0 or less. */
int64_t slim_rate(int64_t over, int64_t under, int64_t scale);
/* The scale of a rate's type: SLIM_PERCENT 1000, SLIM_DECIMAL 100, SLIM_SPAN 1. */
int64_t slim_rate_scale(enum slim_column_type type);

/* What stores answer: the columns that are no rates, then the sums; their places in a row. Returns
 * how many. */
int slim_report_stored(const struct slim_report *report, int place[SLIM_NUMBERS_MAX]);
/* The name of a column or sum by its place in a row. */
const char *slim_report_number_name(const struct slim_report *report, int place);

/* The report `ledger`, which no store answers: see report/ledger.h. */
extern const struct slim_report slim_ledger_report;

#endif
