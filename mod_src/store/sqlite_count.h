/* What a question adds up by key. The place of a sum is the class of robots. */
#ifndef SLIM_SQLITE_COUNT_H
#define SLIM_SQLITE_COUNT_H

#include "hll.h"
#include "sqlite_reader.h"
#include "sums.h"
#include "visit_set.h"

/* All zero but for store and composition: empty. */
struct slim_count {
    struct slim_sqlite *store;
    struct composition *composition;
    struct slim_sums sums;
    struct slim_hll *sets; /* of visitors, one for each sum, as far as sets_size */
    size_t sets_size;
    struct slim_visit_set visits; /* those asked for, when the composition keeps them apart, */
    const struct slim_visit_slot *visit; /* and that of the last hit that was looked at */
};

void slim_count_free(struct slim_count *count);

/* The failure when memory is gone. */
apr_status_t slim_count_no_memory(struct slim_count *count) SLIM_MUST_CHECK;

/* Adds the hits and the visits of a period, in seconds, row by row. */
apr_status_t slim_count_rows(struct slim_count *count, int64_t since,
                             int64_t until) SLIM_MUST_CHECK;

/* Composes a file and prepares it for a period. */
apr_status_t slim_count_prepare(struct slim_count *count, const char *file, int64_t since,
                                int64_t until, sqlite3_stmt **statement) SLIM_MUST_CHECK;

/* Hands each row of a statement to add, and ends the statement. */
apr_status_t slim_count_add(struct slim_count *count, sqlite3_stmt *statement,
                            apr_status_t (*add)(struct slim_count *,
                                                sqlite3_stmt *)) SLIM_MUST_CHECK;

/* For slim_count_add: a row of measures, as in visits.sql and rollup.sql; */
apr_status_t slim_count_measures(struct slim_count *count, sqlite3_stmt *row) SLIM_MUST_CHECK;
/* a row with a set, as in visitors.sql and visitors_shown.sql. */
apr_status_t slim_count_visitors(struct slim_count *count, sqlite3_stmt *row) SLIM_MUST_CHECK;

#endif
