/* Rates: the one place where a quotient is made, and rounded. */
#include <string.h>

#include "report.h"

int64_t slim_rate(int64_t over, int64_t under, int64_t scale)
{
    if (under <= 0) {
        return 0;
    }
    /* in two parts, since the sum of all bytes times the scale may not fit */
    int64_t whole = over / under, rest = over % under;

    return whole * scale + (rest * scale * 2 + under) / (under * 2);
}

int64_t slim_rate_scale(enum slim_column_type type)
{
    return type == SLIM_PERCENT ? 1000 : type == SLIM_DECIMAL ? 100 : 1;
}

const struct slim_rate *slim_report_rate(const struct slim_report *report, int column)
{
    for (const struct slim_rate *rate = report->rate; rate->column; rate++) {
        if (strcmp(rate->column, report->column[column].name) == 0) {
            return rate;
        }
    }
    return NULL;
}

int slim_report_stored(const struct slim_report *report, int place[SLIM_NUMBERS_MAX])
{
    int columns = slim_report_columns(report), count = 0;

    for (int i = 0; i < columns; i++) {
        if (!slim_report_rate(report, i)) {
            place[count++] = i;
        }
    }
    for (int i = 0; report->sum[i]; i++) {
        place[count++] = columns + i;
    }
    return count;
}

const char *slim_report_number_name(const struct slim_report *report, int place)
{
    int columns = slim_report_columns(report);

    return place < columns ? report->column[place].name : report->sum[place - columns];
}

/* --- an answer's --- */

/* A rate's numbers by their places in a row. */
struct quotient {
    int column, over, under;
    int less; /* -1: nothing */
    int64_t scale;
};

static int place_of(const struct slim_report *report, const char *name)
{
    int place[SLIM_NUMBERS_MAX], count = slim_report_stored(report, place);

    for (int i = 0; name && i < count; i++) {
        if (strcmp(slim_report_number_name(report, place[i]), name) == 0) {
            return place[i];
        }
    }
    return -1;
}

static int64_t divide(const struct quotient *q, int64_t over, int64_t under, int64_t less)
{
    return slim_rate(over, under - less, q->scale);
}

static void divide_row(const struct quotient *q, struct slim_cell *cells)
{
    cells[q->column].number = divide(q, cells[q->over].number, cells[q->under].number,
                                     q->less < 0 ? 0 : cells[q->less].number);
}

static void divide_total(const struct quotient *q, int64_t *total)
{
    total[q->column] = divide(q, total[q->over], total[q->under], q->less < 0 ? 0 : total[q->less]);
}

void slim_answer_divide(struct slim_answer *answer)
{
    const struct slim_report *report = answer->query->report;

    for (int i = 0; i < answer->columns; i++) {
        const struct slim_rate *rate = slim_report_rate(report, i);
        if (!rate) {
            continue;
        }
        struct quotient q = {.column = i,
                             .over = place_of(report, rate->over),
                             .under = place_of(report, rate->under),
                             .less = place_of(report, rate->less),
                             .scale = slim_rate_scale(report->column[i].type)};
        for (int r = 0; r < answer->rows->nelts; r++) {
            divide_row(&q, APR_ARRAY_IDX(answer->rows, r, struct slim_cell *));
        }
        divide_total(&q, answer->total);
    }
}
