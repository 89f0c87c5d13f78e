/* Searching an answer: its rows are there already, and those that do not match are deleted. */
#include "reader.h"

void slim_sqlite_search(struct slim_sqlite *store, const struct slim_query *query)
{
    struct slim_composition c = {.query = query};

    if (query->searches == 0) {
        return;
    }
    slim_sql_script(store, "part/make_searched", "read");
    for (int i = 0; i < query->searches; i++) {
        slim_sql_run(store, "part/put_searched",
                     SLIM_VALUES(slim_value_string(":text", query->search[i])));
    }
    slim_sqlite_run_question(store, &c, "part/search", 0, 0, SLIM_NO_VALUES);
}
