/* The order of texts, for hits of one second. */
#include "session.h"

static const char *const files[] = {[SLIM_SESSION_PAGE] = "write/order_page",
                                    [SLIM_SESSION_RESOURCE] = "write/order_resource",
                                    [SLIM_SESSION_METHOD] = "write/order_method"};

_Static_assert(sizeof files / sizeof files[0] == SLIM_SESSION_TEXTS, "a file for each text");

void slim_sqlite_orders_open(struct slim_sqlite *store, struct slim_sqlite_sessions *sessions)
{
    for (size_t i = 0; i < SLIM_SESSION_TEXTS; i++) {
        sessions->order[i] = slim_sql_placed(store, files[i], NULL, ":a :b");
    }
}

/* The numbers are those of dictionaries. Who writes asks this again and again. */
static int ask(struct slim_sqlite *store, sqlite3_stmt *statement, int64_t a, int64_t b)
{
    sqlite3_bind_int64(statement, 1, a);
    sqlite3_bind_int64(statement, 2, b);
    int order = slim_sql_step(store, statement) ? sqlite3_column_int(statement, 0) : 0;
    sqlite3_reset(statement);
    return order;
}

static int compare_texts(void *baton, enum slim_session_text text, int64_t a, int64_t b)
{
    struct slim_sqlite *store = baton;
    int64_t order;

    if (store->writer && store->writer->sessions) {
        return ask(store, store->writer->sessions->order[text], a, b);
    }
    slim_sql_numbers(store, files[text], SLIM_VALUES(slim_value(":a", a), slim_value(":b", b)), 0,
                     &order, 1);
    return (int)order;
}

struct slim_session_rules slim_sqlite_session_rules(struct slim_sqlite *store, int64_t timeout)
{
    return (struct slim_session_rules){timeout, compare_texts, store};
}
