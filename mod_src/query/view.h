/* What a dashboard shows that shows few things: some reports, of some hits. No word of a question
 * widens it. */
#ifndef SLIM_VIEW_H
#define SLIM_VIEW_H

#include <apr_tables.h>

#include "report.h"

struct slim_view {
    const char *segment;         /* whose hits alone count; NULL: all */
    apr_array_header_t *reports; /* const struct slim_report * */
    apr_array_header_t *filters; /* const char *, names of filters beside those that its reports
                                    show; or NULL */
};

int slim_view_shows(const struct slim_view *view, const struct slim_report *report);

/* Whether hits may be filtered by a dimension: what a report of the view shows is no secret, a name
 * of a filter that is a column of it, or what its rows are made by; and what is named. Of addresses
 * and single visits it has to be named. */
int slim_view_filters(const struct slim_view *view, const char *dimension);

/* All of these, "page, site"; "none" there is none. */
const char *slim_view_filter_names(const struct slim_view *view, apr_pool_t *pool);

#endif
