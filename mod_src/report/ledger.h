/* The report `ledger`: what became of all hits. It is answered from the ring and what it says of
 * the store, as the state is, so that both have the same numbers. */
#ifndef SLIM_REPORT_LEDGER_H
#define SLIM_REPORT_LEDGER_H

#include "health.h"
#include "query/answer.h"

/* Answers it; a period and filters mean nothing to it. Everything lives in pool. */
void slim_report_ledger(const struct slim_health *health, const struct slim_query *query,
                        struct slim_answer *answer, apr_pool_t *pool);

#endif
