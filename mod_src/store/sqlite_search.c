/* Searching an answer: its rows are there already, those that nobody searched for go. */
#include <string.h>

#include "../report/report.h"
#include "sql.h"
#include "sqlite_reader.h"

static apr_status_t put_texts(struct slim_sqlite *store, const struct slim_query *query)
{
    int outer = slim_sql_series_begin(store);

    for (int i = 0; i < query->searches; i++) {
        slim_sql_run(store, "part/put_searched",
                     SLIM_VALUES(slim_value_string(":text", query->search[i])));
    }
    return slim_sql_series_end(store, outer);
}

/* Nor all of a name; goes on with the condition of search.sql. */
static void append_called(struct composition *c)
{
    const struct slim_report *report = c->query->report;
    const char *separator = " and not exists (select 1 from temp.searched where text in (";

    for (int i = 0; i < slim_report_columns(report); i++) {
        if (slim_report_names(report, i)) {
            slim_compose_text(c, separator);
            slim_compose_text(c, "'=' || ");
            slim_compose_text(c, report->column[i].name);
            separator = ", ";
        }
    }
    slim_compose_text(c, "))");
}

apr_status_t slim_sqlite_search(struct slim_sqlite *store, const struct slim_query *query)
{
    char sql[SLIM_COMPOSED_MAX];
    struct composition c = {.at = sql, .size = sizeof sql, .query = query};
    apr_status_t rv;

    if (query->searches == 0) {
        return APR_SUCCESS;
    }
    rv = slim_sqlite_run_part(store, "sqlite/part/make_searched.sql");
    if (rv == APR_SUCCESS) {
        rv = put_texts(store, query);
    }
    slim_compose_file(&c, "sqlite/part/search.sql");
    append_called(&c);
    return rv == APR_SUCCESS ? slim_sqlite_execute(store, sql, "read") : rv;
}
