/* Whose robots are, and what for, as the lists say now: a row an agent is changed where it stands,
 * some in one transaction with how far it is. Whenever it is interrupted, it goes on there. */
#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "core/bytes.h"
#include "maintain.h"
#include "store/sqlite/write/dictionary.h"

#define FACT "robots_named" /* 4 bytes of the sum, 8 of the last agent that was looked at */
#define FACT_SIZE 12

struct position {
    uint32_t sum;
    int64_t last;
};

/* An agent that is called differently now. */
struct renamed {
    int64_t id;
    struct slim_text operator;
    enum slim_robot_purpose purpose;
};

struct naming {
    const struct slim_store_robots *robots;
    apr_array_header_t *renamed; /* struct renamed */
};

static apr_status_t take_position(void *baton, sqlite3_stmt *row)
{
    const unsigned char *bytes = sqlite3_column_blob(row, 0);

    if (sqlite3_column_bytes(row, 0) == FACT_SIZE) {
        *(struct position *)baton =
            (struct position){slim_get_u32(bytes), (int64_t)slim_get_u64(bytes + 4)};
    }
    return APR_SUCCESS;
}

static void put_position(struct slim_sqlite *store, const struct position *position)
{
    unsigned char bytes[FACT_SIZE];

    slim_put_u32(bytes, position->sum);
    slim_put_u64(bytes + 4, (uint64_t)position->last);
    slim_sqlite_put_fact(store, FACT, bytes, sizeof bytes);
}

static struct slim_text text_at(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);

    return (struct slim_text){text ? text : "",
                              text ? (size_t)sqlite3_column_bytes(row, column) : 0};
}

static apr_status_t look(void *baton, sqlite3_stmt *row)
{
    const struct naming *n = baton;
    struct slim_robot_naming naming = {
        .agent = text_at(row, 1),
        .hints = text_at(row, 2),
        .hints_are_unknown = sqlite3_column_int(row, 3),
        .robot = (enum slim_robot)sqlite3_column_int(row, 4),
        .operator= text_at(row, 5),
        .purpose = (enum slim_robot_purpose)sqlite3_column_int(row, 6),
    };

    if (n->robots->name(n->robots->baton, &naming)) {
        struct slim_text *name = &naming.operator;
        APR_ARRAY_PUSH(n->renamed, struct renamed) =
            (struct renamed){sqlite3_column_int64(row, 0),
                             {apr_pstrmemdup(n->renamed->pool, name->length ? name->at : "",
                                             name->length),
                              name->length},
                             naming.purpose};
    }
    return APR_SUCCESS;
}

static void rename_some(struct slim_sqlite_writer *w, const struct slim_store_robots *robots,
                        const struct position *from, int64_t last, apr_pool_t *pool)
{
    struct naming n = {robots, apr_array_make(pool, 64, sizeof(struct renamed))};

    slim_sql_rows(&w->store, "maintain/agent_rows",
                  SLIM_VALUES(slim_value(":after", from->last), slim_value(":last", last)), look,
                  &n);
    for (int i = 0; i < n.renamed->nelts; i++) {
        const struct renamed *one = &APR_ARRAY_IDX(n.renamed, i, struct renamed);
        const struct slim_hit_texts texts = {.operator= one->operator, .purpose = one->purpose };
        int64_t number = slim_sqlite_dictionaries_number(&w->store, w->dictionaries,
                                                         SLIM_DICTIONARY_OPERATOR, 0, &texts);
        slim_sql_run(&w->store, "maintain/agent_operate",
                     SLIM_VALUES(slim_value(":operator", number), slim_value(":id", one->id)));
    }
}

/* In a transaction. */
static apr_status_t name_some(struct slim_sqlite_writer *w, const struct slim_store_robots *robots,
                              const struct position *from, int64_t last)
{
    apr_pool_t *pool;
    apr_status_t rv = slim_sqlite_begin(&w->store.base);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (apr_pool_create(&pool, NULL) == APR_SUCCESS) {
        rename_some(w, robots, from, last, pool);
        apr_pool_destroy(pool);
    } else {
        slim_sqlite_no_memory(&w->store);
    }
    put_position(&w->store, &(const struct position){robots->sum, last});
    rv = slim_sqlite_end(w);
    if (rv != APR_SUCCESS) {
        slim_sqlite_rollback(&w->store.base);
    }
    return rv;
}

apr_status_t slim_sqlite_name_robots(struct slim_store *base,
                                     const struct slim_store_robots *robots, int *more)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);
    struct position from = {robots->sum, 0};
    int64_t newest;

    *more = 0;
    slim_sql_rows(&w->store, "write/store_get", SLIM_VALUES(slim_value_string(":key", FACT)),
                  take_position, &from);
    slim_sql_numbers(&w->store, "maintain/agent_last", SLIM_NO_VALUES, 0, &newest, 1);
    if (from.sum != robots->sum) {
        from = (struct position){robots->sum, SLIM_OTHER};
    }
    if (!slim_sql_is_well(&w->store) || from.last >= newest) {
        return slim_sql_status(&w->store);
    }
    int64_t last = from.last + robots->rows < newest ? from.last + robots->rows : newest;
    apr_status_t rv = name_some(w, robots, &from, last);
    *more = rv == APR_SUCCESS && last < newest;
    return rv;
}
