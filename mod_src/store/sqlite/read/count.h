/* What a question adds up by key. The group of a sum is the class of robots, and, where the report
 * has sites apart, the site. */
#ifndef SLIM_SQLITE_COUNT_H
#define SLIM_SQLITE_COUNT_H

#include "reader.h"
#include "store/hll.h"
#include "store/sums.h"

/* All zero but for store and composition: empty. */
struct slim_count {
    struct slim_sqlite *store;
    struct slim_composition composition; /* what is asked */
    struct slim_sums sums;
    struct slim_hll *sets; /* of visitors, one for each sum, as far as sets_size */
    size_t sets_size;
};

void slim_count_free(struct slim_count *count);

/* Memory is gone: the question fails. Returns that failure. */
apr_status_t slim_count_no_memory(struct slim_count *count);

/* The sum of a key; NULL: no memory. */
struct slim_sum *slim_count_sum(struct slim_count *count, int64_t robot, int64_t site, int64_t key);

/* The parts of a sum's group. */
static inline int64_t slim_count_robot(const struct slim_sum *sum)
{
    return (int64_t)(sum->group & 0xff);
}

static inline int64_t slim_count_site(const struct slim_sum *sum)
{
    return (int64_t)(sum->group >> 8);
}
/* Adds to a sum's set. Returns APR_ENOMEM when there is no memory. */
apr_status_t slim_count_visitor(struct slim_count *count, const struct slim_sum *sum,
                                int64_t visitor) SLIM_MUST_CHECK;

/* Hands each row of a statement (NULL: there is none) to add, and ends the statement. */
void slim_count_add(struct slim_count *count, sqlite3_stmt *statement,
                    apr_status_t (*add)(struct slim_count *, sqlite3_stmt *));

/* For slim_count_add: a row of measures, as in rollup.sql; */
apr_status_t slim_count_measures(struct slim_count *count, sqlite3_stmt *row) SLIM_MUST_CHECK;
/* a row with a set, as in visitors.sql and visitors_shown.sql. */
apr_status_t slim_count_visitors(struct slim_count *count, sqlite3_stmt *row) SLIM_MUST_CHECK;

#endif
