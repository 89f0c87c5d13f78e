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

apr_status_t slim_sqlite_search(struct slim_sqlite *store, const struct slim_query *query)
{
    struct composition c = {.query = query};
    sqlite3_stmt *statement = NULL;
    apr_status_t rv;

    if (query->searches == 0) {
        return APR_SUCCESS;
    }
    rv = slim_sqlite_run_part(store, "sqlite/part/make_searched.sql");
    if (rv == APR_SUCCESS) {
        rv = put_texts(store, query);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_ask_file(store, &c, "sqlite/part/search.sql", 0, 0, &statement);
    }
    if (rv == APR_SUCCESS && sqlite3_step(statement) != SQLITE_DONE) {
        rv = slim_sqlite_read_failed(store);
    }
    sqlite3_finalize(statement);
    return rv;
}
