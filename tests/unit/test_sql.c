/* Every SQL file, prepared on a fresh store, and what the code says about it. */
#include "filled_store.h"

#include "core/facts.h"
#include "report/report.h"
#include "store/sql.h"
#include "store/sqlite_dimension.h"
#include "store/sqlite_reader.h"
#include "store/sqlite_row.h"

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

/* The text with each {mark} replaced. */
static const char *fill_marks(const char *text)
{
    static const char *const marks[][2] = {{"{table}", "site"},
                                           {"{columns}", "name"},
                                           {"{values}", ":name"},
                                           {"{key}", "name = :name"},
                                           {"{column}", "rowid"},
                                           {"{references}", "select site from hit"},
                                           {"{number}", "1"},
                                           {"{match}", "name = :value0"},
                                           {"{filters}", "true"},
                                           {"{robots}", "true"},
                                           {"{visit_filters}", "true"},
                                           {"{visit_robots}", "true"},
                                           {"{class}", "true"},
                                           {"{hit_key}", "hit.id"},
                                           {"{visit_key}", "visit.id"},
                                           {"{rollup_key}", "hit.key"},
                                           {"{sums}", "1"},
                                           {"{visitors_kept}", "visitors_kept(visit.visitor)"},
                                           {"{visitor}", "hit.visit"},
                                           {"{hit_keys}", ", hit.id, hit.site"},
                                           {"{visit_keys}", ", visit.id, visit.site"},
                                           {"{joins}", ""},
                                           {"{visit_joins}", ""},
                                           {"{found}",
                                            "instr(lower(key), lower(searched.text)) > 0"},
                                           {"{own_filters}", "true"},
                                           {"{of_visits}", "true"},
                                           {"{shown_hits}", "true"},
                                           {"{shown_robots}", "true"}};

    for (const char *at = text; (at = strchr(at, '{')) != NULL; at++) {
        char list[4096];
        struct slim_sql_text of;
        const char *end = strchr(at, '}');
        slim_sql_text_begin(&of, list, sizeof list);
        if (slim_sqlite_row_piece(&of, apr_pstrmemdup(pool, at + 1, (size_t)(end - at) - 1))) {
            at = text = apr_pstrcat(pool, apr_pstrmemdup(pool, text, (size_t)(at - text)), list,
                                    end + 1, NULL);
        }
    }
    for (size_t i = 0; i < LENGTH_OF(marks); i++) {
        const char *at;
        while ((at = strstr(text, marks[i][0])) != NULL) {
            text = apr_pstrcat(pool, apr_pstrmemdup(pool, text, (size_t)(at - text)), marks[i][1],
                               at + strlen(marks[i][0]), NULL);
        }
    }
    assert_null(strchr(text, '{'));
    return text;
}

/* What a question's statements find in their connection. */
static void make_temporary(struct slim_store *store)
{
    static struct slim_query query = {.zone = &slim_zone_utc};
    static int approximate;
    struct slim_sqlite *sqlite = (struct slim_sqlite *)store;

    well(store, slim_sqlite_add_functions(sqlite, &query, &approximate));
    well(store, slim_sqlite_run_part(sqlite, "sqlite/part/make.sql"));
    well(store, slim_sqlite_run_part(sqlite, "sqlite/part/make_shown.sql"));
    well(store, slim_sqlite_run_part(sqlite, "sqlite/part/make_searched.sql"));
    well(store, slim_sqlite_execute(sqlite, "create temp table answer (key, visitors)", "make"));
    for (const struct slim_sql *sql = slim_sql_table; sql->path; sql++) {
        if (strstr(sql->path, "/house/") && strstr(sql->text, "create temp table")) {
            well(store, slim_sqlite_execute(sqlite, sql->text, "make"));
        }
    }
}

static void every_statement_prepares(void **state)
{
    struct slim_store *store = open_store(scratch_path("fresh.db"));
    sqlite3 *db = ((struct slim_sqlite *)store)->db;

    (void)state;
    make_temporary(store);
    for (const struct slim_sql *sql = slim_sql_table; sql->path; sql++) {
        const char *text, *tail;
        sqlite3_stmt *statement;
        if (strstr(sql->path, "/schema/") || strstr(sql->path, "/part/make")
            || strstr(sql->path, "/piece/") || strstr(sql->path, "/connection/")) {
            continue;
        }
        text = fill_marks(sql->text);
        if (strstr(sql->path, "/visit_filter/")) {
            text = apr_pstrcat(pool, "select 1 from visit where\n", text, NULL);
        }
        if (strstr(sql->path, "/filter/")) {
            text = apr_pstrcat(pool, "select 1 from hit where\n", text, NULL);
        }
        if (sqlite3_prepare_v2(db, text, -1, &statement, &tail) != SQLITE_OK) {
            fail_msg("%s: %s", sql->path, sqlite3_errmsg(db));
        }
        assert_int_equal(0, strlen(tail)); /* one statement a file */
        sqlite3_finalize(statement);
    }
    SQLITE->close(store);
}

static void columns_of_reports_are_those_of_their_sql(void **state)
{
    struct slim_store *store = open_reader(path);
    sqlite3 *db = ((struct slim_sqlite *)store)->db;

    (void)state;
    make_temporary(store);
    for (const struct slim_report *report = slim_reports; report->name; report++) {
        const char *file = apr_pstrcat(pool, "sqlite/report/", report->name, ".sql", NULL);
        sqlite3_stmt *statement;
        assert_non_null(slim_sql_find(file));
        assert_true(!report->dimension || slim_dimension_find(report->dimension));
        assert_int_equal(SQLITE_OK, sqlite3_prepare_v2(db, fill_marks(slim_sql_find(file)), -1,
                                                       &statement, NULL));
        /* a key may stand behind them */
        assert_in_range(sqlite3_column_count(statement) - slim_report_columns(report), 0, 1);
        for (int i = 0; i < slim_report_columns(report); i++) {
            assert_string_equal(report->column[i].name, sqlite3_column_name(statement, i));
        }
        sqlite3_finalize(statement);
    }
    for (const struct slim_sql *sql = slim_sql_table; sql->path; sql++) {
        const char *name = sql->path + strlen("sqlite/report/");
        if (strstr(sql->path, "sqlite/report/") == sql->path) {
            assert_non_null(slim_report_find(apr_pstrmemdup(pool, name, strlen(name) - 4)));
        }
    }
    SQLITE->close(store);
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
        apr_psprintf(pool, "%d|robots.txt\n%d|probe\n%d|hosting\n%d|no assets\n%d|fast\n",
                     SLIM_MARK_ROBOTS_TXT, SLIM_MARK_PROBE, SLIM_MARK_HOSTING,
                     SLIM_VISIT_MARK_NO_ASSETS, SLIM_VISIT_MARK_FAST);

    (void)state;
    assert_string_equal(expected, rows_of(path, "select id, name from mark order by id"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(embedded_files_are_the_files),
        cmocka_unit_test(every_statement_prepares),
        cmocka_unit_test(columns_of_reports_are_those_of_their_sql),
        cmocka_unit_test(marks_in_the_schema_are_those_of_the_code),
        cmocka_unit_test(names_in_the_schema_are_those_of_the_code),
    };

    return cmocka_run_group_tests(tests, fill_store, end_unit);
}
