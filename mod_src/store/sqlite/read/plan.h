/* Which parts of a period are answered from rollups, and which from rows. Spans do not overlap, and
 * together they are the period; rounded, they reach beyond it by less than a bucket. */
#ifndef SLIM_SQLITE_PLAN_H
#define SLIM_SQLITE_PLAN_H

#include "count.h"

struct slim_span {
    const struct slim_dimension *by; /* whose rollups answer it; NULL: rows do */
    int64_t since, until;
};

#define SLIM_SPANS_MAX 3

struct slim_plan {
    struct slim_span span[SLIM_SPANS_MAX];
    int spans;
    int rounded; /* since the rows of an edge are gone */
};

/* For a question that rollups know. */
void slim_plan_make(struct slim_count *count, struct slim_plan *plan);

/* Whether only rows can answer a question. */
int slim_plan_needs_rows(const struct slim_count *count);

#endif
