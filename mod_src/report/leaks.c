/* Asks for the report leaks, and takes its total. */
#include "leaks.h"

#include "ask.h"
#include "query/query.h"
#include "query/report.h"

int64_t slim_leaks_open(struct slim_store *store, int64_t now, const apr_array_header_t *sites,
                        apr_pool_t *pool)
{
    const struct slim_report *report = slim_report_find("leaks");
    const struct slim_column *open = slim_report_column(report, "open");
    struct slim_query *query = apr_palloc(pool, sizeof *query);
    struct slim_answer answer;

    slim_query_init(query, report, now);
    if (sites) {
        slim_query_confine(query, sites, pool);
    }
    query->limit = 1; /* the total is of all */
    return slim_report_answer(store, query, &answer, pool) == APR_SUCCESS
               ? answer.total[open - report->column]
               : -1;
}
