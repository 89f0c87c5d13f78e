/* What a question is confined to before anybody says a word. */
#include "query.h"
#include "text_list.h"
#include "view.h"

void slim_query_confine(struct slim_query *query, const apr_array_header_t *sites, apr_pool_t *pool)
{
    query->filter[0] = (struct slim_filter){"site", SLIM_EQUALS, "", slim_text_list(sites, pool)};
    query->filters = 1;
    query->confined = 1;
}

apr_status_t slim_query_confine_view(struct slim_query *query, const struct slim_view *view,
                                     const struct slim_segments *segments, const char **reason,
                                     apr_pool_t *pool)
{
    apr_status_t rv = APR_SUCCESS;

    query->segments = segments;
    if (view->segment) {
        rv = slim_query_set(query, "segment", view->segment, reason, pool);
    }
    query->confined = query->filters;
    query->segments = NULL;
    query->view = view;
    query->given = 0;
    return rv;
}
