/* A question: its defaults, and what its words say together. */
#include "query.h"

#include <stdlib.h>

#include "report.h"

static const char *const bucket_names[] = {"hour", "day", "month", "week"};

const char *slim_bucket_name(enum slim_bucket by)
{
    return bucket_names[by < SLIM_BY_WEEK ? by : SLIM_BY_WEEK];
}

void slim_query_init(struct slim_query *query, const struct slim_report *report, int64_t now)
{
    *query = (struct slim_query){.report = report,
                                 .now = now,
                                 .zone = &slim_zone_utc,
                                 .since_text = report->since ? report->since : "7d",
                                 .until = now + 1,
                                 .by = SLIM_BY_DAY,
                                 .limit = report->limit ? report->limit : 10,
                                 .robots = report->robots};
    if (!slim_query_resolve(query)) { /* the week that 1970 began with */
        query->since_text = "all";
        query->since = 0;
    }
}

apr_status_t slim_query_check(const struct slim_query *query, const char **reason)
{
    if (query->since >= query->until) {
        *reason = "since is not earlier than until";
        return SLIM_EBADQUERY;
    }
    return APR_SUCCESS;
}
