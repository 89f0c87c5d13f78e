/* Searching an answer: its rows are there already, those that nobody searched for go. */
#include <string.h>

#include "../report/report.h"
#include "sql.h"
#include "sqlite_reader.h"

static apr_status_t put_texts(struct slim_sqlite *store, const struct slim_query *query)
{
    sqlite3_stmt *statement;
    apr_status_t rv = slim_sqlite_prepare(store, "sqlite/part/put_searched.sql", NULL, &statement);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    for (int i = 0; rv == APR_SUCCESS && i < query->searches; i++) {
        struct slim_text text = {query->search[i], strlen(query->search[i])};
        slim_sqlite_bind_text(statement, ":text", text);
        rv = slim_sqlite_run(store, statement, "read");
    }
    sqlite3_finalize(statement);
    return rv;
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
