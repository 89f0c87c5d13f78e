/* Each statement is run by its name in the way in which the store runs it; whatever is misspelt in
 * it is a failure that names it, and never "nothing found"; and none reads more than it has to.
 * Linked with --wrap=slim_sql_body, and --wrap=sqlite3_prepare_v3 for their plans. */
#include "filled_store.h"
#include "query_plan.h"

#include <apr_hash.h>

#include "query/filter_table.h"
#include "query/goal.h"
#include "query/report.h"
#include "report/ask.h"
#include "store/sqlite/base/sql.h"
#include "store/sqlite/read/compose.h"
#include "store/sqlite/read/reader.h"

static const char *asking; /* the file of the next statement */

/* --- the files that are asked for, one of them with a mistake --- */

static apr_hash_t *used; /* path -> path */
static const char *broken_path, *broken_text;

const char *__real_slim_sql_body(const char *name);
const char *__wrap_slim_sql_body(const char *name);

const char *__wrap_slim_sql_body(const char *name)
{
    const char *kept = apr_pstrdup(apr_hash_pool_get(used), name);

    apr_hash_set(used, kept, APR_HASH_KEY_STRING, kept);
    if (!strstr(name, "/piece/") && !strstr(name, "filter/")) {
        asking = kept;
    }
    return broken_path && strcmp(name, broken_path) == 0 ? broken_text : __real_slim_sql_body(name);
}

/* --- the plan of each statement, by the file that it is asked by --- */

/* Plans that read more than they have to, each with the reason why it stays. */
static const struct {
    const char *file, *table;
} accepted[] = {
    {"sqlite/maintain/count_rows.sql", "visit"}, /* a check reads all of it */
    {"sqlite/maintain/sessions.sql", "session"},
    {"sqlite/maintain/visit_without_hit.sql", "visit"},
    {"sqlite/maintain/count_imported.sql", "hit"},
    {"sqlite/maintain/removed_hit_count.sql", "hit"}, /* any rule, of all time */
    {"sqlite/maintain/title_tidy.sql", "page_title"}, /* once a sweep, which reads all texts */
    {"sqlite/write/recorder_list.sql", "recorder"},   /* a row for each front end */
    {"sqlite/archive/visitors.sql", "past_visitor"},  /* an archive has all of them */
    {"sqlite/archive/titles.sql", "page_title"},
    {"sqlite/maintain/horizon.sql", "hit"}, /* the first thousand rows that come */
    {"sqlite/write/rules.sql", "rollup"},   /* the first row that comes */
    {"sqlite/report/goals.sql", "visit"},   /* those that are asked about, in memory, */
    {"sqlite/report/goals.sql", "page"},    /* and pages by a pattern, once a goal */
    {"sqlite/report/goals.sql", "resource"},
    {"sqlite/report/funnel.sql", "visit"},
    {"sqlite/report/funnel.sql", "page"},
    {"sqlite/report/funnel.sql", "resource"},
};

static apr_hash_t *plans;     /* text -> text */
static const char *bad_plans; /* those found so far */

static void take_plan(const char *table, const char *fault)
{
    for (size_t i = 0; i < LENGTH_OF(accepted); i++) {
        if (strcmp(accepted[i].file, asking) == 0 && strcmp(accepted[i].table, table) == 0) {
            return;
        }
    }
    bad_plans = apr_psprintf(pool, "%s%s: %s\n", bad_plans, asking, fault);
}

int __real_sqlite3_prepare_v3(sqlite3 *db, const char *text, int length, unsigned flags,
                              sqlite3_stmt **statement, const char **tail);
int __wrap_sqlite3_prepare_v3(sqlite3 *db, const char *text, int length, unsigned flags,
                              sqlite3_stmt **statement, const char **tail);

int __wrap_sqlite3_prepare_v3(sqlite3 *db, const char *text, int length, unsigned flags,
                              sqlite3_stmt **statement, const char **tail)
{
    int rc = __real_sqlite3_prepare_v3(db, text, length, flags, statement, tail);

    if (rc == SQLITE_OK && plans && !apr_hash_get(plans, text, APR_HASH_KEY_STRING)) {
        const char *kept = apr_pstrdup(pool, text);
        apr_hash_set(plans, kept, APR_HASH_KEY_STRING, kept);
        plan_faults(db, text, take_plan);
    }
    return rc;
}

/* --- all that a store does; what goes wrong is the result --- */

#define FIRST_DAY (NOON - 40 * 86400)

static apr_pool_t *round_pool;
static apr_status_t result;
static char said[512];

static void take(const struct slim_store *store, apr_status_t rv)
{
    if (rv != APR_SUCCESS && result == APR_SUCCESS) {
        result = rv;
        apr_cpystrn(said, store->error.what, sizeof said);
    }
}

static void put_at(struct slim_store *store, struct sample *s, int64_t second)
{
    s->hit.time_us = second * 1000000;
    take(store, SQLITE->put(store, &s->hit, &s->facts));
}

/* Somebody who reads, downloads and goes on for hours: what is long past is not read again. */
static void put_for_hours(struct slim_store *store, int64_t from_hour, int64_t to_hour)
{
    struct sample s;

    make_sample(&s);
    s.facts.visitor = UINT64_C(11) << 40;
    for (int64_t half = from_hour * 2; half < to_hour * 2; half++) {
        s.facts.kind = half % 5 == 0 ? SLIM_KIND_DOWNLOAD : SLIM_KIND_PAGE;
        put_at(store, &s, FIRST_DAY + half * 1800);
    }
}

/* Hits of one visitor in an order that makes visits of two, and one of two. */
static void put_out_of_order(struct slim_store *store)
{
    struct sample s;

    make_sample(&s);
    struct slim_text page = s.facts.page;
    s.facts.visitor = UINT64_C(7) << 40;
    s.facts.campaign.name = text_of("spring");
    put_at(store, &s, FIRST_DAY + 8000);
    put_at(store, &s, FIRST_DAY);
    put_at(store, &s, FIRST_DAY + 3000);
    put_at(store, &s, FIRST_DAY + 1500);
    s.facts.resource = s.facts.page = text_of("/early");
    put_at(store, &s, FIRST_DAY - 86400);
    s.facts.resource = s.facts.page = page;
    s.facts.visitor = UINT64_C(8) << 40;
    s.facts.kind = SLIM_KIND_ASSET;
    put_at(store, &s, FIRST_DAY);
    s.facts.kind = SLIM_KIND_PAGE;
    put_at(store, &s, FIRST_DAY + 9000);
    put_at(store, &s, FIRST_DAY + 10);
    s.facts.visitor = UINT64_C(9) << 40;
    s.hit.status = 404;
    put_at(store, &s, FIRST_DAY);
    s.hit.status = 200;
    put_at(store, &s, FIRST_DAY + 5);
}

/* One that was just put. */
static void find_recorded(struct slim_store *store)
{
    struct sample s;
    int found;

    make_sample(&s);
    s.hit.time_us = (FIRST_DAY + 3000) * INT64_C(1000000);
    const struct slim_store_line line = {.hit = &s.hit, .resource = s.facts.resource, .log = 1};
    take(store, SQLITE->find_recorded(store, &line, &found));
    assert_true(found || result != APR_SUCCESS);
}

/* Another store's: a hit that is here, one that is not, and what is of no single hit. */
static void take_archived(struct slim_store *store)
{
    const struct slim_store_import import = {.head_length = 2, .name = "other.log", .number = 2};
    struct sample s;
    int stored;

    make_sample(&s);
    s.facts.archive = 2;
    s.facts.campaign.name = text_of("spring");
    for (int64_t second = FIRST_DAY + 3000; second > 0; second -= FIRST_DAY + 2000) {
        s.hit.time_us = second * 1000000;
        s.facts.visitor = (second == 1000 ? UINT64_C(15) : UINT64_C(7)) << 40;
        take(store, SQLITE->put_archived(store, &s.hit, &s.facts, &stored));
        assert_true(stored == (second == 1000) || result != APR_SUCCESS);
    }
    take(store, SQLITE->put_title(store, s.hit.field[SLIM_SITE], s.facts.page, text_of("Title"),
                                  NOON * 1000000));
    take(store, SQLITE->put_past_visitor(store, UINT64_C(14) << 40, FIRST_DAY));
    take(store, SQLITE->put_import(store, &import));
}

/* A prefetch that was shown, until the same page comes in earnest, late; and page views of one
 * second that differ in page, resource and method. */
static void put_shown(struct slim_store *store)
{
    struct sample s;

    make_sample(&s);
    s.facts.visitor = UINT64_C(10) << 40;
    s.facts.page = s.facts.resource = text_of("/b");
    s.facts.kind = SLIM_KIND_PREFETCH;
    put_at(store, &s, FIRST_DAY);
    s.facts.kind = SLIM_KIND_ASSET;
    s.facts.page = s.facts.resource = text_of("/b.png");
    s.facts.referer = text_of("http://www.example.org/b");
    s.facts.referer_page = text_of("/b");
    s.facts.referer_is_own = 1;
    put_at(store, &s, FIRST_DAY + 9);
}

static void put_in_earnest(struct slim_store *store)
{
    static const char *const pages[][3] = {{"/b", "/b", "GET"},
                                           {"/a", "/a", "GET"},
                                           {"/b", "/b?gclid=1", "GET"},
                                           {"/b", "/b", "POST"}};
    struct sample s;

    make_sample(&s);
    s.facts.visitor = UINT64_C(10) << 40;
    for (size_t i = 0; i < LENGTH_OF(pages); i++) {
        s.facts.page = text_of(pages[i][0]);
        s.facts.resource = text_of(pages[i][1]);
        s.hit.field[SLIM_METHOD] = text_of(pages[i][2]);
        put_at(store, &s, FIRST_DAY + 5);
    }
}

/* Thousands of hits of a client: those that are long past are not read again. */
static void put_flood(struct slim_store *store)
{
    struct sample s;

    make_sample(&s);
    for (int i = 0; i < 550; i++) {
        s.facts.marks = i == 0 ? SLIM_MARK_ROBOTS_TXT : 0;
        s.facts.visitor = UINT64_C(12) << 40; /* whose first page comes after all that */
        s.facts.kind = SLIM_KIND_ASSET;
        put_at(store, &s, FIRST_DAY + 3 * i);
        s.facts.visitor = UINT64_C(13) << 40;
        s.facts.kind = SLIM_KIND_PAGE;
        put_at(store, &s, FIRST_DAY + 10 * i);
    }
}

static void put_after_flood(struct slim_store *store, int64_t seconds)
{
    struct sample s;

    make_sample(&s);
    s.facts.visitor = UINT64_C(12) << 40;
    put_at(store, &s, FIRST_DAY + 1650 + seconds);
    s.facts.visitor = UINT64_C(13) << 40;
    put_at(store, &s, FIRST_DAY + 5500 + seconds);
}

static void take_notes(struct slim_store *store)
{
    struct slim_note note = {.kind = SLIM_NOTE_RESTART, .at_s = NOON, .until_s = NOON, .times = 1};
    int found;

    take(store, SQLITE->add_note(store, &note));
    take(store, SQLITE->add_note(store, &note));
    take(store, SQLITE->delete_note(store, 999, &found));
    assert_true(!found || result != APR_SUCCESS);
}

static void write_all(struct slim_store *store)
{
    static const struct slim_ledger ledger = {.excluded = {1, 2}, .dropped = {3}};
    struct slim_journal_position position = {1, 64, 6};
    struct slim_store_import import = {.head_length = 1, .name = "access.log"};
    static const struct slim_import_account account = {
        .lines = 5, .fate = {[SLIM_LINE_STORED] = 1, [SLIM_LINE_OLD] = 3}, .excluded = {1}};
    static const struct slim_heard heard = {.server = "web1", .heard_s = NOON};
    struct slim_heard list[SLIM_HEARD_MAX];
    struct slim_store_ledger kept;
    apr_array_header_t *imports;
    uint64_t count;
    int64_t rows_from;
    uint64_t missing;
    int covered;

    take(store, SQLITE->position(store, &position));
    take(store, SQLITE->begin(store));
    put_out_of_order(store);
    put_shown(store);
    put_for_hours(store, 0, 9);
    put_flood(store);
    take(store, SQLITE->put_ledger(store, 5, &ledger));
    take(store, SQLITE->put_lost(store, &ledger));
    take(store, SQLITE->add_drained(store, 5, 3));
    take(store, SQLITE->put_drained(store, 5, 4, &missing));
    take(store, SQLITE->put_gap(store, 1));
    take(store, SQLITE->put_heard(store, &heard));
    take(store, SQLITE->commit(store, &position, 8));
    take(store, SQLITE->begin(store));
    put_out_of_order(store);
    put_in_earnest(store);
    put_for_hours(store, 9, 10);
    put_after_flood(store, 0);
    find_recorded(store);
    take_archived(store);
    take(store, SQLITE->rows_from(store, &rows_from));
    take(store, SQLITE->commit_import(store, &import, &account));
    take_notes(store);
    take(store, SQLITE->list_imports(store, &imports, round_pool));
    take(store, SQLITE->ledger(store, 5, &kept));
    take(store, SQLITE->list_heard(store, NOON, list, &count));
    assert_true(count == 1 || result != APR_SUCCESS);
    take(store, SQLITE->checkpoint(store, &covered));
}

/* By a recorder that has just begun, and remembers nobody. */
static void go_on(struct slim_store *store)
{
    static const struct slim_journal_position position = {1, 128, 6};

    take(store, SQLITE->begin(store));
    put_after_flood(store, 2);
    take(store, SQLITE->commit(store, &position, 9));
}

static void ask(struct slim_store *store, const struct slim_query *query)
{
    struct slim_answer answer;

    take(store, slim_report_answer(store, query, &answer, round_pool));
}

static void ask_by_goals(struct slim_store *store)
{
    static const struct slim_goals goals = {
        .goal = {{.name = "read",
                  .condition = {{"page", SLIM_MATCHES, "/*", NULL}},
                  .conditions = 1},
                 {.name = "found",
                  .condition = {{"source", SLIM_EQUALS, "Google", NULL},
                                {"status", SLIM_EQUALS, "2xx", NULL}},
                  .conditions = 2}},
        .count = 2};
    static const struct slim_goal_chain chain = {.goal = {0, 1}, .count = 2};
    struct slim_query query;

    slim_query_init(&query, slim_report_find("goals"), NOON);
    query.goals = &goals;
    ask(store, &query);
    slim_query_init(&query, slim_report_find("funnel"), NOON);
    query.goals = &goals;
    query.chain = &chain;
    query.filter[query.filters++] =
        (struct slim_filter){"goal", SLIM_DIFFERS, "found>>read>>read", NULL};
    ask(store, &query);
}

/* With each filter, each way of comparing, and what else a query may say. */
static void ask_all(struct slim_store *store)
{
    struct slim_query query;

    for (const struct slim_report *report = slim_reports; report->name; report++) {
        slim_query_init(&query, report, NOON);
        query.since = FIRST_DAY - 86400 + 1;
        query.search[query.searches++] = "a";
        query.searches = slim_report_has_names(report);
        query.courses = report->has_courses;
        ask(store, &query);
        query.searches = 0;
        query.filter[query.filters++] = (struct slim_filter){"method", SLIM_EQUALS, "GET", NULL};
        ask(store, &query);
    }
    for (const struct slim_filter_type *filter = slim_filter_types; filter->name; filter++) {
        slim_query_init(&query, slim_report_find("countries"), NOON);
        query.robots = 1;
        query.filter[query.filters++] =
            (struct slim_filter){filter->name, SLIM_CONTAINS, "1", NULL};
        query.filter[query.filters++] = (struct slim_filter){filter->name, SLIM_DIFFERS, "2", NULL};
        ask(store, &query);
        query.filter[1] = (struct slim_filter){filter->name, SLIM_DIFFERS, "2,3", "[\"2\",\"3\"]"};
        ask(store, &query);
        query.report = slim_report_find("recent");
        ask(store, &query);
        query.report = slim_report_find("pages");
        ask(store, &query);
    }
    slim_query_init(&query, slim_report_find("countries"), NOON);
    query.since = 0;
    ask(store, &query);
    apr_array_header_t *sites = apr_array_make(round_pool, 1, sizeof(const char *));
    APR_ARRAY_PUSH(sites, const char *) = "www.example.org";
    slim_query_init(&query, slim_report_find("pages"), NOON);
    slim_query_confine(&query, sites, round_pool);
    ask(store, &query);
    ask_by_goals(store);
}

/* Questions that read the same rows, robots wanted by one of them. */
static void ask_together(struct slim_store *store)
{
    static const char *const names[] = {"pages",     "robots",     "countries", "errors",
                                        "downloads", "notfound",   "referers",  "searchterms",
                                        "browsers",  "localsearch"};
    struct slim_query query[LENGTH_OF(names)];
    const struct slim_query *queries[LENGTH_OF(names)];
    struct slim_answer answers[LENGTH_OF(names)];

    for (size_t i = 0; i < LENGTH_OF(names); i++) {
        slim_query_init(&query[i], slim_report_find(names[i]), NOON);
        query[i].exact = 1;
        query[i].robots = i == 2;
        queries[i] = &query[i];
    }
    take(store, slim_report_answers(store, queries, (int)LENGTH_OF(names), answers, round_pool));
}

static int begin_rows(void *baton, int columns, const char *const *names)
{
    (void)baton, (void)columns, (void)names;
    return 1;
}

static int take_row(void *baton, int columns, const char *const *names,
                    const struct slim_cell *cells)
{
    (void)baton, (void)columns, (void)names, (void)cells;
    return 1;
}

static void read_all(const char *file)
{
    static const struct slim_store_export export = {begin_rows, take_row, NULL};
    struct slim_store *store;
    struct slim_store_checked checked;
    struct slim_store_purged purged;
    struct slim_found_hit found;
    struct slim_query query;

    take(store, SQLITE->open_reader(url_of(file), 0, &store, round_pool));
    if (result == APR_SUCCESS) {
        ask_all(store);
        ask_together(store);
        slim_query_init(&query, slim_reports, NOON);
        take(store, SQLITE->export_rows(store, &query, &export));
        query.since = 0;
        take(store, SQLITE->export_archive(store, &query, &export));
        take(store,
             SQLITE->find_hit(store, FIRST_DAY << SLIM_HIT_SECOND_SHIFT, &found, round_pool));
        take(store, SQLITE->check(store, 0, NULL, &checked));
        take(store, SQLITE->check(store, 1, NULL, &checked));
        if (result == APR_SUCCESS && checked.differences > 0) {
            result = SLIM_ESTORE;
            apr_cpystrn(said, "the check finds differences", sizeof said);
        }
        take(store, SQLITE->count_purge(store, NOON, &purged));
        take(store, SQLITE->backup(store, apr_pstrcat(round_pool, file, ".copy", NULL), NULL));
    }
    SQLITE->close(store);
}

/* The totals come back as they were put. */
static int taken;

static int take_total(void *baton, int columns, const char *const *names,
                      const struct slim_cell *cells)
{
    static const char *const key[] = {"/a", "http://x.example/", "", "x.example"};

    (void)baton, (void)columns;
    if (strcmp(names[0], "total") == 0) {
        taken++;
        for (size_t i = 0; i < LENGTH_OF(key); i++) {
            assert_string_equal(key[i], cells[15 + i].text);
        }
        assert_string_equal("53000000000001", cells[14].text);
        assert_int_equal(1, cells[19].number);
    }
    return 1;
}

static void read_archive(struct slim_store *store)
{
    static const struct slim_store_export export = {begin_rows, take_total, NULL};
    struct slim_query query;

    slim_query_init(&query, slim_reports, NOON);
    query.since = 0;
    taken = 0;
    take(store, SQLITE->export_archive(store, &query, &export));
    assert_true(taken == 1 || result != APR_SUCCESS);
}

/* Of a day that another store has no hits of, into a store that has none of before, either. */
static void take_totals(const char *file)
{
    static const struct slim_store_total total = {
        .dimension = 7,
        .bucket = NOON / 86400 - 300,
        .site = {"other.example", 13},
        .measure = {1},
        .visitors = {"S\0\0\0\0\0\1", 7},
        .text = {{"/a", 2}, {"http://x.example/", 17}, {"", 0}, {"x.example", 9}, {"1", 1}}};
    static const struct slim_store_import import = {.head_length = 1,
                                                    .name = "stats.archive",
                                                    .number = 1};
    static const struct slim_import_account account = {.lines = 0};
    struct slim_store *store;

    unlink(file);
    take(store, try_store(file, 1, &store));
    if (result == APR_SUCCESS) {
        take(store, SQLITE->begin(store));
        take(store, SQLITE->put_gone(store, (NOON / 86400 - 100) * 86400, 1));
        take(store, SQLITE->put_total(store, &total, 1));
        take(store, SQLITE->commit_import(store, &import, &account));
        read_archive(store);
    }
    SQLITE->close(store);
}

static void take_away(struct slim_store *store, const struct slim_hit_rule *rule)
{
    const struct slim_store_removal removal = {.rule = rule, .forgets_texts = 1};
    struct slim_store_removed removed = {0};

    take(store, SQLITE->count_removal(store, &removal, &removed));
    take(store, SQLITE->remove(store, &removal, NULL, &removed, round_pool));
    assert_true(result != APR_SUCCESS || removed.hits > 0);
}

/* Every agent is another one. */
static int name_anew(void *baton, struct slim_naming *naming)
{
    int changed = naming->robot != SLIM_ROBOT_TOOL;

    (void)baton;
    naming->robot = SLIM_ROBOT_TOOL;
    return changed;
}

static int is_leak(void *baton, struct slim_text resource, unsigned status, uint64_t bytes)
{
    (void)baton;
    return status == 200 && bytes > 0 && resource.length > 0;
}

/* Every robot is somebody's. */
static int name_robot(void *baton, struct slim_robot_naming *naming)
{
    (void)baton;
    naming->operator= text_of("Acme");
    naming->purpose = SLIM_FOR_SEO;
    return 1;
}

static void change(const char *file, const char *sql)
{
    sqlite3 *db;

    if (result != APR_SUCCESS) {
        return;
    }
    assert_int_equal(SQLITE_OK, sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE, NULL));
    assert_int_equal(SQLITE_OK, sqlite3_exec(db, sql, NULL, NULL, NULL));
    sqlite3_close(db);
}

/* As if an older version had divided all sessions. */
static void make_old(const char *file)
{
    change(file, "update session set rules = 1");
}

/* What a check says of differences, too. */
static void check_what_is_wrong(struct slim_store *store, const char *file)
{
    struct slim_store_checked checked;

    change(file, "update rollup set hits = hits + 1 where dimension = 2");
    take(store, SQLITE->check(store, 0, NULL, &checked));
    assert_true(result != APR_SUCCESS || checked.differences > 0);
    change(file, "update rollup set hits = hits - 1 where dimension = 2");
}

static void sweep(struct slim_store *store)
{
    struct slim_store_swept swept = {0};
    struct slim_store_sweep *sweep;

    take(store, SQLITE->sweep_begin(store, &sweep, round_pool));
    if (result != APR_SUCCESS) {
        return;
    }
    do {
        take(store, SQLITE->sweep(sweep, 20, &swept));
    } while (result == APR_SUCCESS && swept.more);
    assert_true(result != APR_SUCCESS || swept.texts > 0);
}

/* By rules that look at other things. */
static void count_others(struct slim_store *store)
{
    static const char *const rules[] = {"ip=192.0.2.7", "agent=*Firefox*"};
    struct slim_store_removed removed;
    struct slim_hit_rule rule;
    const char *reason;

    for (size_t i = 0; i <= LENGTH_OF(rules); i++) {
        const struct slim_store_removal removal = {.rule = &rule};
        assert_int_equal(APR_SUCCESS, i < LENGTH_OF(rules)
                                          ? slim_hit_rule_parse(&rule, rules[i], &reason)
                                          : slim_hit_rule_visitor(&rule, "0x0000080000000000"));
        take(store, SQLITE->count_removal(store, &removal, &removed));
    }
}

static void maintain(struct slim_store *store, const char *file)
{
    struct slim_hit_rule rule;
    struct slim_store_rebuilt rebuilt;
    struct slim_store_purged purged = {0};
    struct slim_store_horizon horizon;
    struct slim_store_renewed renewed = {0};
    const struct slim_store_naming naming = {.name = name_anew, .sum = 1, .rows_max = 200};
    const struct slim_store_robots robots = {.name = name_robot, .sum = 1, .rows = 100};
    const struct slim_store_leaks leaks = {.is_leak = is_leak, .sum = 1, .rows = 100};
    struct slim_store_named named;
    const char *reason;
    int more;

    /* a visit loses its first hit; a visitor loses the first visit of two */
    assert_int_equal(APR_SUCCESS, slim_hit_rule_parse(&rule, "status=404", &reason));
    take_away(store, &rule);
    assert_int_equal(APR_SUCCESS, slim_hit_rule_parse(&rule, "path=/early", &reason));
    take_away(store, &rule);
    count_others(store);
    take(store, SQLITE->rebuild(store, NULL, &rebuilt));
    take(store, SQLITE->renew(store, 1, &renewed));
    take(store, SQLITE->renew_sets(store, &renewed));
    take(store, SQLITE->name_anew(store, &naming, NULL, &named, round_pool));
    assert_true(result != APR_SUCCESS || named.changed > 0);
    take(store, SQLITE->name_robots(store, &robots, &more));
    take(store, SQLITE->find_leaks(store, &leaks, &more));
    take(store, SQLITE->horizon(store, &horizon));
    take(store, SQLITE->put_horizon(store, &horizon));
    take(store, SQLITE->purge(store, FIRST_DAY + 86400, 1, 100, &purged));
    make_old(file); /* and some hits of its sessions are gone */
    take(store, SQLITE->renew(store, 1, &renewed));
    take(store, SQLITE->purge(store, FIRST_DAY + 86400, 1, 10000, &purged));
    take(store, SQLITE->purge(store, FIRST_DAY + 2 * 86400, 0, 10000, &purged));
    sweep(store);
}

static apr_status_t do_all(const char *file)
{
    struct slim_store *store;

    result = APR_SUCCESS;
    said[0] = '\0';
    unlink(file);
    unlink(apr_pstrcat(round_pool, file, "-wal", NULL));
    unlink(apr_pstrcat(round_pool, file, "-shm", NULL));
    unlink(apr_pstrcat(round_pool, file, ".copy", NULL));
    take_totals(apr_pstrcat(round_pool, file, ".totals", NULL));
    if (result != APR_SUCCESS) {
        return result;
    }
    take(store, try_store(file, 1, &store));
    if (result == APR_SUCCESS) {
        write_all(store);
        SQLITE->close(store);
        take(store, try_store(file, 1, &store));
        go_on(store);
        read_all(file);
        check_what_is_wrong(store, file);
        make_old(file);
        maintain(store, file);
    }
    SQLITE->close(store);
    return result;
}

/* --- the tests --- */

/* Files that are no statements by name: schemas, and pragmas that any connection begins with. */
static int is_text(const char *name)
{
    return strstr(name, "/schema/") || strstr(name, "/view/") || strstr(name, "/connection/careful")
           || strstr(name, "/connection/copy") || strstr(name, "/connection/rollback");
}

static void every_statement_runs_by_its_name(void **state)
{
    const char *missing = "";

    (void)state;
    plans = apr_hash_make(pool);
    bad_plans = "";
    if (do_all(scratch_path("all.db")) != APR_SUCCESS) {
        fail_msg("%s", said);
    }
    for (const struct slim_sql *sql = slim_sql_table; sql->path; sql++) {
        if (!is_text(sql->path) && !apr_hash_get(used, sql->path, APR_HASH_KEY_STRING)) {
            missing = apr_pstrcat(pool, missing, sql->path, "\n", NULL);
        }
    }
    assert_string_equal("", missing);
    plans = NULL;
}

/* In the run above. */
static void no_plan_reads_more_than_it_has_to(void **state)
{
    (void)state;
    assert_string_equal("", bad_plans);
}

/* What the test above goes by: that it sees what is bad. */
static void take_any(const char *table, const char *fault)
{
    (void)table;
    bad_plans = apr_psprintf(pool, "%s%s\n", bad_plans, fault);
}

static void bad_plans_are_seen(void **state)
{
    static const struct {
        const char *text, *fault;
    } cases[] = {
        {"select count(*) from hit where bytes > 5", "scans hit"},
        {"select 1 from visit as hit where hit.closed >= 5", "scans visit"},
        {"select key from rollup where bucket = 5 and key = 3", "scans rollup"},
        {"select id from visit where visitor = 5 and +began > 3", "by less than it is given"},
        {"select id from visit where visitor = 5 and began + 1 > 3", NULL},
        {"select id from visit where visitor = 5 and began > 3", NULL},
        {"select max(id) from session", NULL},
        {"select id from session where rules < 2", NULL},
        {"select id from page where instr(name, 'a')", "scans page"},
        {"select id from page where instr(name, :value0)", NULL},
        {"select count(*) from hit as a join hit as b on +b.id = a.id where a.id = 7", "scans hit"},
        {"select key from visitors where dimension = 1 and bucket > 2 and +bucket < 5",
         "by less than it is given"},
        {"select key from visitors where dimension = 1 and bucket = +bucket and bucket = 5", NULL},
    };
    struct slim_store *base = open_reader(path);
    sqlite3 *db = ((struct slim_sqlite *)base)->db;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        bad_plans = "";
        plan_faults(db, cases[i].text, take_any);
        if (cases[i].fault ? !strstr(bad_plans, cases[i].fault) : *bad_plans != '\0') {
            fail_msg("%s: %s", cases[i].text, bad_plans);
        }
    }
    SQLITE->close(base);
}

/* The text with its first :parameter or {piece} misspelt; NULL: it has none. */
static const char *misspell(const char *text, char first, const char *ends)
{
    const char *at = text;

    while ((at = strchr(at, first)) != NULL && (at[1] < 'a' || at[1] > 'z')) {
        at++;
    }
    if (!at) {
        return NULL;
    }
    size_t length = 1 + strspn(at + 1, ends);
    return apr_psprintf(pool, "%.*sz%s", (int)(at - text + (ptrdiff_t)length), text, at + length);
}

static void assert_refused(const char *file, const char *text)
{
    const char *name = apr_pstrmemdup(pool, file + strlen("sqlite/"), strlen(file) - 11);

    broken_path = file;
    broken_text = text;
    apr_status_t rv = do_all(scratch_path("broken.db"));
    broken_path = NULL;
    if (rv == APR_SUCCESS) {
        fail_msg("nobody saw what is wrong with %s:\n%s", file, text);
    }
    if (!strstr(file, "/piece/") && !strstr(said, name)) {
        fail_msg("%s is wrong, but it says: %s", file, said);
    }
    apr_pool_clear(round_pool);
}

/* SLIM_EVERY=1: each file; else one of so many. */
static void whatever_is_misspelt_is_a_failure(void **state)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz_0123456789";
    const char *every = getenv("SLIM_EVERY");
    int step = every ? (int)strtol(every, NULL, 10) : 24, number = 0, tried = 0;

    (void)state;
    for (const struct slim_sql *sql = slim_sql_table; sql->path; sql++) {
        const char *body = __real_slim_sql_body(sql->path);
        const char *parameter = misspell(body, ':', letters), *piece = misspell(body, '{', letters);
        if (is_text(sql->path) || (!parameter && !piece) || number++ % step != 0) {
            continue;
        }
        if (parameter) {
            assert_refused(sql->path, parameter);
        }
        if (piece) {
            assert_refused(sql->path, piece);
        }
        tried++;
    }
    assert_true(tried > 3);
}

static void a_file_that_is_not_there_is_a_failure(void **state)
{
    struct slim_store *base = open_reader(path);
    struct slim_sqlite *store = (struct slim_sqlite *)base;

    (void)state;
    slim_sql_run(store, "maintain/none", SLIM_NO_VALUES);
    assert_int_equal(SLIM_ESTORE, slim_sql_status(store));
    assert_non_null(strstr(base->error.what, "maintain/none"));
    SQLITE->close(base);
}

static void a_text_that_does_not_fit_is_a_failure(void **state)
{
    struct slim_store *base = open_reader(path);
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    struct slim_sql_text text;
    char small[20];

    (void)state;
    slim_sql_text_begin(&text, small, sizeof small);
    slim_sql_text_file(&text, "maintain/integrity", NULL, NULL);
    assert_null(slim_sql_prepare(store, &text));
    assert_int_equal(SLIM_ESTORE, slim_sql_status(store));
    assert_non_null(strstr(base->error.what, "longer than 20 bytes"));
    SQLITE->close(base);
}

static void after_a_failure_a_transaction_does_nothing(void **state)
{
    const char *file = scratch_path("stops.db");
    struct slim_store *base = open_store(file);
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    int64_t number;

    (void)state;
    well(base, SQLITE->begin(base));
    slim_sql_run(store, "write/ledger_add",
                 SLIM_VALUES(slim_value_string(":counter", "a"), slim_value(":value", 1)));
    slim_sql_run(store, "write/ledger_add", SLIM_VALUES(slim_value(":value", 1)));
    assert_non_null(strstr(base->error.what, ":counter of write/ledger_add has no value"));
    slim_sql_run(store, "write/ledger_add",
                 SLIM_VALUES(slim_value_string(":counter", "b"), slim_value(":value", 1)));
    slim_sql_numbers(store, "write/stored_total", SLIM_NO_VALUES, -7, &number, 1);
    assert_int_equal(-7, number);
    assert_int_equal(SLIM_ESTORE,
                     SQLITE->commit(base, &(struct slim_journal_position){1, 64, 1}, 1));
    SQLITE->rollback(base);
    assert_string_equal("0\n", rows_of(file, "select count(*) from ledger"));
    slim_sql_numbers(store, "write/stored_total", SLIM_NO_VALUES, -7, &number, 1);
    assert_int_equal(0, number); /* and then it goes on */
    SQLITE->close(base);
}

/* What a report's body returns: what its head declares, and what rates are made of. */
static void bodies_of_reports_return_what_their_heads_declare(void **state)
{
    static int approximate;
    struct slim_store *base = open_reader(path);
    struct slim_sqlite *store = (struct slim_sqlite *)base;

    (void)state;
    for (const struct slim_report *report = slim_reports; report->name; report++) {
        struct slim_query query;
        slim_query_init(&query, report, NOON);
        const struct slim_composition c = {.query = &query};
        const char *file = apr_pstrcat(pool, "report/", report->name, NULL);
        assert_true(!report->dimension || slim_dimension_find(report->dimension));
        well(base, slim_sql_begin(store, "connection/begin_read"));
        well(base, slim_sqlite_add_functions(store, &query, &approximate));
        slim_sql_script(store, "part/make", "read");
        sqlite3_stmt *statement = slim_sqlite_ask(store, &c, file, 0, 1, SLIM_NO_VALUES);
        well(base, slim_sql_status(store));
        int place[SLIM_NUMBERS_MAX], count = slim_report_stored(report, place);
        int has_key = report->dimension && slim_dimension_find(report->dimension)->is_large;
        assert_int_equal(count + 2 * has_key, sqlite3_column_count(statement));
        for (int i = 0; i < count; i++) {
            assert_string_equal(slim_report_number_name(report, place[i]),
                                sqlite3_column_name(statement, i));
        }
        if (has_key) { /* visitors are counted for the keys that are shown */
            assert_string_equal("key", sqlite3_column_name(statement, count));
            assert_string_equal("site_key", sqlite3_column_name(statement, count + 1));
        }
        sqlite3_finalize(statement);
        slim_sql_rollback(store);
    }
    SQLITE->close(base);
}

/* A report without a dimension filters its rows itself, and must not forget to. */
static void reports_with_rows_of_their_own_take_filters(void **state)
{
    (void)state;
    for (const struct slim_report *report = slim_reports; report->name; report++) {
        const char *body =
            __real_slim_sql_body(apr_pstrcat(pool, "sqlite/report/", report->name, ".sql", NULL));
        if (!report->dimension && !strstr(body, "{filters}") && !strstr(body, "{visit_filters}")
            && !strstr(body, "{steps}") && !strstr(body, "{notes_asked}")) {
            fail_msg("%s takes no filters", report->name);
        }
    }
}

static int begin(void **state)
{
    if (begin_unit(state) != 0) {
        return -1;
    }
    apr_pool_create(&round_pool, pool);
    used = apr_hash_make(pool);
    return fill_store(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_statement_runs_by_its_name),
        cmocka_unit_test(no_plan_reads_more_than_it_has_to),
        cmocka_unit_test(bad_plans_are_seen),
        cmocka_unit_test(whatever_is_misspelt_is_a_failure),
        cmocka_unit_test(a_file_that_is_not_there_is_a_failure),
        cmocka_unit_test(a_text_that_does_not_fit_is_a_failure),
        cmocka_unit_test(after_a_failure_a_transaction_does_nothing),
        cmocka_unit_test(bodies_of_reports_return_what_their_heads_declare),
        cmocka_unit_test(reports_with_rows_of_their_own_take_filters),
    };

    return cmocka_run_group_tests(tests, begin, end_unit);
}
