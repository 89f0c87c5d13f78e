/* Asking a store for reports.
 * Explained in mod_src/manual/how-reports.md. */
#ifndef SLIM_ASK_H
#define SLIM_ASK_H

#include "query/answer.h"

struct slim_store;

/* Asks the store, twice for a comparison: rows of the period before are found by their keys, those
 * of a timeline by their position. A row that the period before did not have is 0 there; in a
 * longer period than the one before the last rows have none. Where a query means the period before
 * the answer has a query of its own, with the times of that. */
apr_status_t slim_report_answer(struct slim_store *store, const struct slim_query *query,
                                struct slim_answer *answer, apr_pool_t *pool) SLIM_MUST_CHECK;
/* The same for several, all of them or none; it costs less than one after the other. */
apr_status_t slim_report_answers(struct slim_store *store, const struct slim_query *const *queries,
                                 int number, struct slim_answer *answers,
                                 apr_pool_t *pool) SLIM_MUST_CHECK;

#endif
