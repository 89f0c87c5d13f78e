/* What a view shows, and what it can be asked by. */
#include "view.h"

#include <string.h>

#include <apr_strings.h>

#include "filter_table.h"

int slim_view_shows(const struct slim_view *view, const struct slim_report *report)
{
    for (int i = 0; i < view->reports->nelts; i++) {
        if (APR_ARRAY_IDX(view->reports, i, const struct slim_report *) == report) {
            return 1;
        }
    }
    return 0;
}

static int is_named(const struct slim_view *view, const char *dimension)
{
    for (int i = 0; view->filters && i < view->filters->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(view->filters, i, const char *), dimension) == 0) {
            return 1;
        }
    }
    return 0;
}

static int is_shown(const struct slim_view *view, const char *dimension)
{
    for (int i = 0; i < view->reports->nelts; i++) {
        const struct slim_report *report =
            APR_ARRAY_IDX(view->reports, i, const struct slim_report *);
        const struct slim_column *column = slim_report_column(report, dimension);
        if ((column && slim_report_names(report, (int)(column - report->column)))
            || (report->dimension && strcmp(report->dimension, dimension) == 0)) {
            return 1;
        }
    }
    return 0;
}

int slim_view_filters(const struct slim_view *view, const char *dimension)
{
    if (strcmp(dimension, "ip") == 0 || strcmp(dimension, "visit") == 0) {
        return is_named(view, dimension);
    }
    return is_named(view, dimension) || is_shown(view, dimension);
}

const char *slim_view_filter_names(const struct slim_view *view, apr_pool_t *pool)
{
    const char *names = NULL;

    for (const struct slim_filter_type *f = slim_filter_types; f->name; f++) {
        if (slim_view_filters(view, f->name)) {
            names = names ? apr_pstrcat(pool, names, ", ", f->name, NULL) : f->name;
        }
    }
    return names ? names : "none";
}
