/* The SQL files as they are embedded, and what the schema and the code say alike. */
#include "filled_store.h"

#include "core/facts.h"
#include "store/columns.h"
#include "store/sqlite/base/sql.h"
#include "store/dimension.h"

/* What of a file is embedded: of a report's the line that says what it shows, and an engine's body.
 */
static const char *text_of_file(const char *name)
{
    static const char engine[] = "-- engine: sqlite\n", why[] = "-- report: ";
    const char *report = strstr(name, "/report/");
    size_t length;

    if (!report) {
        return get_file(apr_pstrcat(pool, "sql/", name, NULL), &length);
    }
    const char *text = get_file(apr_pstrcat(pool, "sql", report, NULL), &length);
    const char *body = strstr(text, engine), *summary = text + strlen(why);
    assert_memory_equal(why, text, strlen(why));
    assert_non_null(body);
    return apr_pstrcat(pool, "-- ", apr_pstrmemdup(pool, summary, strcspn(summary, "\n") + 1),
                       body + strlen(engine), NULL);
}

static void embedded_files_are_the_files(void **state)
{
    int files = 0;

    (void)state;
    for (const struct slim_sql *sql = slim_sql_table; sql->path; sql++, files++) {
        assert_string_equal(text_of_file(sql->path), sql->text);
        assert_ptr_equal(sql->text, slim_sql_find(sql->path));
        assert_memory_equal("-- ", sql->text, 3); /* each says why it is there */
    }
    assert_true(files > 40);
    assert_null(slim_sql_find("sqlite/report/none.sql"));
}

static void names_in_the_schema_are_those_of_the_code(void **state)
{
    static const struct {
        const char *table;
        const char *(*name)(unsigned number);
        unsigned count;
    } cases[] = {
        {"kind", slim_kind_name, SLIM_KINDS},
        {"channel", slim_channel_name, SLIM_CHANNELS},
        {"robot", slim_robot_name, SLIM_ROBOTS},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *expected = "";
        for (unsigned n = 0; n < cases[i].count; n++) {
            expected = apr_psprintf(pool, "%s%u|%s\n", expected, n, cases[i].name(n));
        }
        assert_string_equal(expected,
                            rows_of(path, apr_psprintf(pool, "select id, name from %s order by id",
                                                       cases[i].table)));
    }
}

static void marks_in_the_schema_are_those_of_the_code(void **state)
{
    const char *expected =
        apr_psprintf(pool,
                     "%d|robots.txt\n%d|probe\n%d|hosting\n%d|no assets\n%d|fast\n"
                     "%d|posts\n",
                     SLIM_MARK_ROBOTS_TXT, SLIM_MARK_PROBE, SLIM_MARK_HOSTING,
                     SLIM_VISIT_MARK_NO_ASSETS, SLIM_VISIT_MARK_FAST, SLIM_VISIT_MARK_POSTS);

    (void)state;
    assert_string_equal(expected, rows_of(path, "select id, name from mark order by id"));
}

/* --- the tables of columns and dictionaries, and the schema --- */

/* "name", and behind it the table that it refers to. */
static const char *schema_of(const char *table)
{
    return rows_of(
        path, apr_psprintf(pool,
                           "select c.name || coalesce('>' || f.\"table\", '') "
                           "from pragma_table_info('%s') as c "
                           "left join pragma_foreign_key_list('%s') as f on f.\"from\" = c.name "
                           "order by c.cid",
                           table, table));
}

static int is_line_of(const char *lines, const char *line)
{
    const char *at = lines;
    size_t length = strlen(line);

    while ((at = strstr(at, line)) != NULL) {
        if ((at == lines || at[-1] == '\n') && at[length] == '\n') {
            return 1;
        }
        at += length;
    }
    return 0;
}

static void columns_of_rows_are_those_of_the_schema(void **state)
{
    static const struct slim_stored_table *const tables[] = {&slim_stored_hit, &slim_stored_visit};

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(tables); i++) {
        const char *schema = schema_of(tables[i]->name);
        int count = 0, lines = 0;
        for (const struct slim_stored_column *c = tables[i]->column; c->name; c++) {
            const char *of = slim_dictionaries[c->dictionary].name;
            const char *plain = apr_pstrcat(pool, c->name, NULL);
            const char *line = of ? apr_pstrcat(pool, c->name, ">", of, NULL) : plain;
            if (c->through) {
                const char *there = schema_of(c->through);
                assert_true(is_line_of(there, line) || is_line_of(there, plain));
                continue;
            }
            count++;
            /* kind and robot have tables that never grow; what was added later refers to none */
            if (!is_line_of(schema, line) && !is_line_of(schema, plain)
                && !is_line_of(schema, apr_pstrcat(pool, c->name, ">", c->name, NULL))) {
                fail_msg("%s has no column %s, but\n%s", tables[i]->name, line, schema);
            }
        }
        for (const char *at = schema; *at; at++) {
            lines += *at == '\n';
        }
        assert_int_equal(count, lines);
    }
}

static void dictionaries_are_those_of_the_schema(void **state)
{
    (void)state;
    for (int i = 1; i < SLIM_DICTIONARIES; i++) {
        const struct slim_dictionary *d = &slim_dictionaries[i];
        const char *expected = "id\n";
        int values = 0;
        for (const struct slim_entry_column *c = d->column; c->name; c++) {
            const char *of = slim_dictionaries[c->in].name;
            const char *line = of ? apr_pstrcat(pool, c->name, ">", of, NULL) : c->name;
            values += c->type == SLIM_ENTRY_VALUE;
            assert_true(!values || c->type == SLIM_ENTRY_VALUE); /* values come last */
            if (!is_line_of(schema_of(d->name), line)) {
                /* a number of a table that never grows */
                line = apr_pstrcat(pool, c->name, ">", c->name, NULL);
            }
            if (!is_line_of(schema_of(d->name), line)) {
                line = c->name; /* what was added later refers to none */
            }
            assert_true(is_line_of(schema_of(d->name), line));
            expected = apr_pstrcat(pool, expected, line, "\n", NULL);
        }
        assert_int_equal(strlen(schema_of(d->name)), strlen(expected));
        assert_string_equal("0\n1\n",
                            rows_of(path,
                                    apr_psprintf(pool, "select id from %s where id < 2 order by id",
                                                 d->name)));
    }
}

/* Texts of hits are in dictionaries, which forget what nothing refers to any more. A table that
 * holds some beside them has to be thought of when hits are erased and purged. */
static void texts_of_hits_are_in_dictionaries_alone(void **state)
{
    static const char *const others[] = {"assistant",      "channel",    "hit",          "import",
                                         "import_account", "journal",    "kind",         "ledger",
                                         "mark",           "note",       "page_title",   "past_visitor", "purpose",
                                         "recorder",       "robot",      "rollup",       "session",
                                         "slim_id",        "stale_day",  "store",        "visit",
                                         "visitors"};
    const char *known = "";

    (void)state;
    for (int i = 1; i < SLIM_DICTIONARIES; i++) {
        known = apr_pstrcat(pool, known, slim_dictionaries[i].name, "\n", NULL);
    }
    for (size_t i = 0; i < LENGTH_OF(others); i++) {
        known = apr_pstrcat(pool, known, others[i], "\n", NULL);
    }
    const char *tables =
        rows_of(path, "select name from sqlite_schema where type = 'table' order by name");
    for (char *name = strtok(apr_pstrdup(pool, tables), "\n"); name; name = strtok(NULL, "\n")) {
        if (!is_line_of(known, name)) {
            fail_msg("who forgets the texts of table %s?", name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(embedded_files_are_the_files),
        cmocka_unit_test(columns_of_rows_are_those_of_the_schema),
        cmocka_unit_test(dictionaries_are_those_of_the_schema),
        cmocka_unit_test(texts_of_hits_are_in_dictionaries_alone),
        cmocka_unit_test(marks_in_the_schema_are_those_of_the_code),
        cmocka_unit_test(names_in_the_schema_are_those_of_the_code),
    };

    return cmocka_run_group_tests(tests, fill_store, end_unit);
}
