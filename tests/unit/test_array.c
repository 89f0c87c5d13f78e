/* Arrays as tables of SQL. */
#include "unit.h"

#include "store/sqlite/base/array.h"
#include "store/sqlite/base/connection.h"

struct pair {
    int64_t number;
    const char *text;
};

static struct slim_sqlite store;

static void give(sqlite3_context *result, const struct slim_sql_array *array, uint32_t row,
                 int column)
{
    const struct pair *pair = (const struct pair *)array->rows + row;

    if (column == 0) {
        sqlite3_result_int64(result, pair->number);
    } else {
        sqlite3_result_text(result, pair->text, -1, SQLITE_STATIC);
    }
}

static int take(void *baton, int columns, char **value, char **name)
{
    const char **taken = baton;

    (void)name;
    for (int i = 0; i < columns; i++) {
        *taken = apr_pstrcat(pool, *taken, value[i], i + 1 < columns ? "|" : "\n", NULL);
    }
    return 0;
}

static const char *ask(const char *sql)
{
    const char *taken = "";

    return sqlite3_exec(store.db, sql, take, &taken, NULL) == SQLITE_OK ? taken
                                                                        : sqlite3_errmsg(store.db);
}

static int open_store(void **state)
{
    store = (struct slim_sqlite){.path = ":memory:"};
    return begin_unit(state) || sqlite3_open(store.path, &store.db) != SQLITE_OK;
}

static int close_store(void **state)
{
    return sqlite3_close(store.db) != SQLITE_OK || end_unit(state);
}

static void a_statement_reads_the_rows_of_that_moment(void **state)
{
    static const struct pair pairs[] = {{3, "c"}, {1, "a"}, {2, "b"}};
    static struct slim_sql_array array = {"number, text", give, pairs, 2};

    (void)state;
    slim_sql_array_declare(&store, "pairs", &array);
    assert_int_equal(APR_SUCCESS, slim_sql_status(&store));
    assert_string_equal("3|c\n1|a\n", ask("select number, text from pairs"));
    array.count = 3;
    assert_string_equal("1|a\n2|b\n3|c\n", ask("select * from pairs order by number"));
    assert_string_equal("2\n", ask("select rowid from pairs where text = 'b'"));
    assert_string_equal("9\n", ask("select count(*) from pairs as a, pairs as b"));
    array.count = 0;
    assert_string_equal("0\n", ask("select count(*) from pairs"));
}

static void rows_go_where_they_belong(void **state)
{
    static const struct pair pairs[] = {{1, "a"}, {2, "b"}, {1, "c"}};
    static struct slim_sql_array array = {"number, text", give, pairs, 3};

    (void)state;
    slim_sql_array_declare(&store, "some", &array);
    assert_string_equal("", ask("create table kept (number integer primary key, text)"));
    assert_string_equal("",
                        ask("insert into kept select number, text from some where true"
                            " on conflict (number) do update set text = text || excluded.text"));
    assert_string_equal("1|ac\n2|b\n", ask("select * from kept"));
    assert_string_equal("UNIQUE constraint failed: kept.number",
                        ask("insert into kept select * from some"));
}

/* What a store that somebody else has made says in its schema is no way to them. */
static void only_statements_of_ours_read_them(void **state)
{
    static const struct pair pairs[] = {{1, "a"}};
    static struct slim_sql_array array = {"number, text", give, pairs, 1};

    (void)state;
    slim_sql_array_declare(&store, "ours", &array);
    assert_string_equal("", ask("create view theirs as select * from ours"));
    assert_string_equal("unsafe use of virtual table \"ours\"", ask("select * from theirs"));
    assert_string_equal("no such module: ours", ask("create virtual table made using ours"));
}

static void what_is_wrong_with_columns_is_told(void **state)
{
    static struct slim_sql_array array = {"number, number", give, NULL, 0};

    (void)state;
    slim_sql_array_declare(&store, "wrong", &array);
    assert_string_equal("duplicate column name: number in connection/array",
                        ask("select * from wrong"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_statement_reads_the_rows_of_that_moment),
        cmocka_unit_test(rows_go_where_they_belong),
        cmocka_unit_test(only_statements_of_ours_read_them),
        cmocka_unit_test(what_is_wrong_with_columns_is_told),
    };

    return cmocka_run_group_tests(tests, open_store, close_store);
}
