/* Maintenance: what a check proves, and what heals a store. */
#include "made_hits.h"

#include "report/ask.h"
#include "report/render.h"
#include "query/report.h"
#include "store/sqlite/maintain/maintain.h"

static apr_array_header_t *differences;

static void note(void *baton, const char *difference)
{
    (void)baton;
    APR_ARRAY_PUSH(differences, const char *) = apr_pstrdup(pool, difference);
}

static const struct slim_store_progress progress = {.found = note};

/* Checks a store; the differences are noted. */
static uint64_t check(const char *path)
{
    struct slim_store *store = open_reader(path);
    struct slim_store_checked checked;

    differences = apr_array_make(pool, 8, sizeof(const char *));
    well(store, SQLITE->check(store, 1, &progress, &checked));
    SQLITE->close(store);
    assert_int_equal(differences->nelts, checked.differences);
    return checked.differences;
}

static void assert_well(const char *path)
{
    if (check(path) > 0) {
        fail_msg("%s", apr_array_pstrcat(pool, differences, '\n'));
    }
}

/* What somebody does to a store who should not. */
static void damage(const char *path, const char *sql)
{
    sqlite3 *db;
    char *error = NULL;

    assert_int_equal(SQLITE_OK, sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL));
    if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK) {
        fail_msg("%s: %s", sql, error);
    }
    sqlite3_close(db);
}

static void rebuild(const char *path)
{
    struct slim_store *store = open_store(path);
    struct slim_store_rebuilt rebuilt;

    well(store, SQLITE->rebuild(store, NULL, &rebuilt));
    assert_true(rebuilt.days > 0 && rebuilt.rollups > 0 && rebuilt.sets > 0);
    SQLITE->close(store);
}

/* All hits of one seed, shuffled, filled once; each test has a copy. */
static const char *filled;

static const char *copy_of_filled(const char *name)
{
    if (!filled) {
        make_hits(22);
        shuffle();
        filled = store_made("filled.db", 250);
    }
    return copy_store(filled, name);
}

/* --- check --- */

static void a_store_that_only_grew_is_well(void **state)
{
    (void)state;
    make_hits(21);
    assert_well(store_made("forward.db", 100));
    assert_well(copy_of_filled("mixed.db"));
    const char *empty = scratch_path("empty.db");
    SQLITE->close(open_store(empty));
    assert_well(empty);
}

static void damage_is_found_and_named(void **state)
{
    static const struct {
        const char *sql, *said;
        int heals; /* by a rebuild */
    } cases[] = {
        {"update rollup set bytes = bytes - 7 where dimension = 9 and bucket = (select min(bucket)"
         " from rollup where dimension = 9 and hits > 0) and key = 200",
         "-7 bytes against its rows", 1},
        {"update rollup set fresh = fresh + 2 where dimension = 1 and bucket = (select min(bucket)"
         " from rollup where dimension = 1)",
         "+2 fresh against its rows", 1},
        {"delete from rollup where dimension = 3", "rollup page of 2026-", 1},
        {"delete from rollup where dimension = 16", "rollup source of 2026-", 1},
        {"insert into rollup values (4, 25000, 0, 0, 7, 1, 1, 0, 0, 1, 1, 0, 1, 0)",
         "rollup entry of 2038-06-13, site , robot none, key 7: +1 hits", 1},
        {"insert into rollup values (4, 25000, 0, 77, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
         "rollup entry of 2038-06-13, site , robot 77, key 7 is no sum of rows", 1},
        {"update rollup set hits = 'all' where dimension = 10", "is no sum of rows", 1},
        {"update hit set bytes = bytes + 1 where id = (select max(id) from hit)",
         "-1 bytes against its rows", 1},
        {"insert into visitors values (13, 25000, 0, 0, 7, x'53000000000001')",
         "visitors of browser of 2038-06-13, site , robot none, key 7 are not", 1},
        {"update visitors set hashes = 'all' where dimension = 12", "visitors of language of", 1},
        {"delete from visitors where dimension = 13 and bucket = (select max(bucket) from visitors"
         " where dimension = 13)",
         "visitors of browser of 2026-", 1},
        {"update visitors set hashes = x'53000000000001' where dimension = 1 and bucket = (select"
         " max(bucket) from visitors where dimension = 1)",
         "visitors of hour of 2026-", 1},
        {"update visit set exit_hit = entry_hit where id = (select id from visit where entry_hit <>"
         " exit_hit limit 1)",
         "differs from its hits: exit_hit", 0},
        {"update visit set hits = hits + 1 where id = (select max(id) from visit)",
         "differs from its hits: hits", 0},
        {"update visit set assets = assets + 1 where id = (select max(id) from visit)",
         "differs from its hits: assets", 0},
        {"update visit set marks = marks + 2 where id = (select max(id) from visit where marks & 2 "
         "="
         " 0)",
         "differs from its hits: marks", 0},
        {"delete from visit where id = (select max(id) from visit)", "is missing, and has", 0},
        {"insert into visit select 5, visitor, began, ended, hits, pageviews, entry_hit, exit_hit,"
         " entry, exit, source, searchterms, campaign, referer, site, country, language, agent,"
         " robot, fresh, place, network, marks, assets, opened, closed, counted, acts from visit"
         " limit 1",
         "visit 5 has no hit", 0},
        {"update visit set ended = ended + 1 where id = (select max(id) from visit)",
         "differs from its hits: ended", 0},
        {"update hit set shown = 7 where id = (select max(id) from hit)",
         "is not what its session makes of it", 0},
        {"delete from session where id = (select max(id) from session)", "no session", 0},
        {"update hit set agent = 4711 where id = (select min(id) from hit)",
         "points to a agent that is missing", 0},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *broken = copy_of_filled("broken.db");
        damage(broken, cases[i].sql);
        assert_true(check(broken) > 0);
        const char *told = apr_array_pstrcat(pool, differences, '\n');
        if (!strstr(told, cases[i].said)) {
            fail_msg("%s: %s", cases[i].sql, told);
        }
        if (cases[i].heals) {
            rebuild(broken);
            assert_well(broken);
        }
    }
}

static void a_torn_page_is_found(void **state)
{
    size_t length;

    (void)state;
    const char *whole = copy_of_filled("torn.db");
    char *bytes = get_file(whole, &length);
    memset(bytes + length / 4096 / 2 * 4096, 0xa5, 4096);
    put_file(whole, bytes, length);
    struct slim_store *store = open_reader(whole);
    struct slim_store_checked checked;
    differences = apr_array_make(pool, 8, sizeof(const char *));
    if (SQLITE->check(store, 1, &progress, &checked) == APR_SUCCESS) {
        assert_true(checked.differences > 0);
        assert_non_null(strstr(apr_array_pstrcat(pool, differences, '\n'), "the file is damaged"));
    } else {
        assert_int_equal(SLIM_STATE_STORE_CORRUPT, store->error.state);
    }
    SQLITE->close(store);
}

static void large_sets_are_compared_by_their_registers(void **state)
{
    const char *path = scratch_path("crowd.db");
    struct slim_journal_position position = {1, 64, 0};
    struct slim_store *store = open_store(path);

    (void)state;
    for (int batch = 0; batch < 4; batch++) {
        well(store, SQLITE->begin(store));
        for (int i = 0; i < 1000; i++) {
            struct sample s;
            make_sample(&s);
            s.hit.time_us += (int64_t)(batch * 1000 + i) * 1000;
            s.facts.visitor = visitor_of(batch * 1000 + i);
            put_sample(store, &s);
        }
        well(store, SQLITE->commit(store, &position, 1000));
    }
    SQLITE->close(store);
    assert_string_equal("D\n", rows_of(path, "select distinct substr(hashes, 1, 1) from visitors"));
    assert_well(path);
    damage(path, "update visitors set hashes = cast(substr(hashes, 1, 5000) || x'07' ||"
                 " substr(hashes, 5002) as blob) where dimension = 2");
    assert_int_equal(1, check(path));
    rebuild(path);
    assert_well(path);
}

/* --- purge --- */

#define MIDNIGHT (BASE + 5 * 86400)

static void purge(const char *path, int64_t before, unsigned rows)
{
    struct slim_store *store = open_store(path);
    struct slim_store_purged expected, purged = {0};
    int steps = 0;

    well(store, SQLITE->count_purge(store, before, &expected));
    do {
        well(store, SQLITE->purge(store, before, 0, rows, &purged));
        steps++;
    } while (purged.more);
    assert_int_equal(expected.hits, purged.hits);
    assert_int_equal(expected.visits, purged.visits);
    assert_true(steps >= (int)((purged.hits + purged.visits) / rows));
    SQLITE->close(store);
}

/* The answer to a report, as CSV, and as the store gave it. */
static const char *ask_reader(struct slim_store *store, const char *report,
                              const char *const (*words)[2], struct slim_answer *answer)
{
    static struct slim_query query;
    struct slim_buffer out;
    const char *reason;

    slim_query_init(&query, slim_report_find(report), BASE + 20 * 86400);
    query.limit = SLIM_LIMIT_MAX;
    for (; words && (*words)[0]; words++) {
        assert_int_equal(APR_SUCCESS,
                         slim_query_set(&query, (*words)[0], (*words)[1], &reason, pool));
    }
    well(store, slim_report_answer(store, &query, answer, pool));
    slim_buffer_init(&out, pool);
    slim_render_csv(answer, &out);
    return out.at;
}

static const char *ask(const char *path, const char *report, const char *const (*words)[2],
                       struct slim_answer *answer)
{
    struct slim_store *store = open_reader(path);
    const char *text = ask_reader(store, report, words, answer);

    SQLITE->close(store);
    return text;
}

static void the_horizon_is_kept_and_knows_the_last_hits(void **state)
{
    struct slim_store_horizon horizon = {.second = -1};
    const char *path = copy_of_filled("horizon.db");
    struct slim_store *store = open_store(path);
    int64_t middle = 0;

    (void)state;
    well(store, SQLITE->horizon(store, &horizon));
    assert_int_equal(0, horizon.second);
    middle = horizon.middle;
    assert_true(middle > BASE && middle < BASE + 30 * 86400);
    horizon = (struct slim_store_horizon){.second = MIDNIGHT, .retain_days = 7};
    well(store, SQLITE->put_horizon(store, &horizon));
    SQLITE->close(store);
    store = open_store(path);
    well(store, SQLITE->horizon(store, &horizon));
    assert_int_equal(MIDNIGHT, horizon.second);
    assert_int_equal(7, horizon.retain_days);
    assert_int_equal(middle, horizon.middle);
    SQLITE->close(store);
}

static void rows_go_and_totals_stay(void **state)
{
    static const char *const all[][2] = {{"since", "2026-01-30"},
                                         {"until", "2026-02-20"},
                                         {"robots", "on"},
                                         {NULL, NULL}};
    struct slim_answer answer;

    (void)state;
    const char *before = copy_of_filled("before.db"), *after = copy_of_filled("after.db");
    purge(after, MIDNIGHT, 70);
    assert_well(after);
    for (const struct slim_report *report = slim_reports; report->name; report++) {
        if (report->dimension) {
            const char *expected = ask(before, report->name, all, &answer);
            assert_string_equal(expected, ask(after, report->name, all, &answer));
            assert_int_equal(SLIM_BASIS_ROLLUPS, answer.basis);
            assert_int_equal(0, answer.rows_from | answer.rounded);
        }
    }
    assert_string_equal("0|0\n",
                        rows_of(after, "select (select count(*) from hit where id >> 24 <"
                                       " 1770249600), (select count(*) from visit where ended <"
                                       " 1770249600)"));
    rebuild(after); /* leaves alone what it cannot count */
    assert_string_equal(ask(before, "pages", all, &answer), ask(after, "pages", all, &answer));
    assert_well(after);
    purge(after, MIDNIGHT - 86400, 70); /* nothing to do, and nothing taken back */
    assert_string_equal("1770249600\n",
                        rows_of(after, "select cast(value as text) from store where key ="
                                       " 'rows_from'"));
}

static void questions_to_rows_say_where_rows_begin(void **state)
{
    static const char *const whole[][2] = {{"since", "2026-01-30"},
                                           {"until", "2026-02-20"},
                                           {"where", "country=DE"},
                                           {NULL, NULL}};
    static const char *const rest[][2] = {{"since", "2026-02-05"},
                                          {"until", "2026-02-20"},
                                          {"where", "country=DE"},
                                          {NULL, NULL}};
    static const char *const exact[][2] = {{"since", "2026-01-30"}, {"exact", "on"}, {NULL, NULL}};
    struct slim_answer answer, other;

    (void)state;
    const char *path = copy_of_filled("rows.db");
    purge(path, MIDNIGHT, 1000);
    const char *expected = ask(path, "pages", rest, &other);
    assert_int_equal(0, other.rows_from);
    assert_string_equal(expected, ask(path, "pages", whole, &answer));
    assert_int_equal(MIDNIGHT, answer.rows_from);
    ask(path, "overview", exact, &answer);
    assert_int_equal(MIDNIGHT, answer.rows_from);
    ask(path, "visits", whole, &answer);
    assert_int_equal(MIDNIGHT, answer.rows_from);
    assert_true(answer.rows_total > 0);
}

static void ends_without_rows_are_rounded_outwards(void **state)
{
    static const char *const cut[][2] = {{"since", "2026-02-01T10:20"},
                                         {"until", "2026-02-03T07:00"},
                                         {NULL, NULL}};
    static const char *const days[][2] = {{"since", "2026-02-01"},
                                          {"until", "2026-02-03"},
                                          {NULL, NULL}};
    static const char *const within[][2] = {{"since", "2026-02-02T10:00"},
                                            {"until", "2026-02-02T11:00"},
                                            {NULL, NULL}};
    static const char *const day[][2] = {{"since", "2026-02-02"},
                                         {"until", "2026-02-02"},
                                         {NULL, NULL}};
    struct slim_answer answer;

    (void)state;
    const char *path = copy_of_filled("cut.db");
    purge(path, MIDNIGHT, 1000);
    const char *expected = ask(path, "pages", days, &answer);
    assert_int_equal(0, answer.rounded);
    assert_string_equal(expected, ask(path, "pages", cut, &answer));
    assert_int_equal(1, answer.rounded);
    expected = ask(path, "pages", day, &answer);
    assert_true(answer.rows_total > 0);
    assert_string_equal(expected, ask(path, "pages", within, &answer));
    assert_int_equal(1, answer.rounded);
}

/* --- erase, exclude --- */

static int of_visitor_nine(const struct made *m)
{
    return m->visitor == 9;
}

static int of_visitors_below_eight(const struct made *m)
{
    return m->visitor < 8;
}

static int of_page_three(const struct made *m)
{
    return m->page == 3;
}

static int of_pages_ten_and_more(const struct made *m)
{
    return m->page >= 10;
}

static int without_page_view(const struct made *m)
{
    return !m->pageview;
}

static int of_anybody(const struct made *m)
{
    (void)m;
    return 1;
}

static int by_time(const void *a, const void *b)
{
    const struct made *x = a, *y = b;

    return (x->second > y->second) - (x->second < y->second);
}

static void remove_hits(const char *path, const struct slim_hit_rule *rule, int forgets_texts)
{
    const struct slim_store_removal removal = {rule, forgets_texts, forgets_texts ? 37 : 0};
    struct slim_store_removed expected, removed;
    struct slim_store *reader = open_reader(path), *store = open_store(path);

    well(reader, SQLITE->count_removal(reader, &removal, &expected));
    SQLITE->close(reader);
    well(store, SQLITE->remove(store, &removal, NULL, &removed, pool));
    assert_true(removed.hits > 0);
    assert_int_equal(expected.hits, removed.hits);
    assert_int_equal(expected.visits, removed.visits);
    well(store, SQLITE->remove(store, &removal, NULL, &removed, pool));
    assert_int_equal(0, removed.hits);
    SQLITE->close(store);
}

static void assert_same_answers(const char *expected, const char *path)
{
    static const char *const all[][2] = {{"since", "2026-01-30"},
                                         {"until", "2026-02-20"},
                                         {"robots", "on"},
                                         {NULL, NULL}};
    struct slim_store *one = open_reader(expected), *other = open_reader(path);
    struct slim_answer answer;

    for (const struct slim_report *report = slim_reports; report->name; report++) {
        if (report->dimension) {
            assert_string_equal(ask_reader(one, report->name, all, &answer),
                                ask_reader(other, report->name, all, &answer));
        }
    }
    SQLITE->close(one);
    SQLITE->close(other);
    assert_string_equal(
        rows_of(expected, "select count(*), sum(pageviews), sum(fresh), sum(began), sum(ended),"
                          " sum(fresh * began), sum(marks), sum(assets) from visit"),
        rows_of(path, "select count(*), sum(pageviews), sum(fresh), sum(began), sum(ended),"
                      " sum(fresh * began), sum(marks), sum(assets) from visit"));
}

static void removed_hits_leave_no_trace_in_the_numbers(void **state)
{
    static const struct {
        const char *rule;
        int (*left_out)(const struct made *m);
    } cases[] = {
        {"ip=192.0.2.9", of_visitor_nine}, {"ip=192.0.2.0/29", of_visitors_below_eight},
        {"path=/page/3", of_page_three},   {"path=/page/1?", of_pages_ten_and_more},
        {"status=404", without_page_view}, {"status=400-499", without_page_view},
        {"agent=AGENT*", of_anybody},
    };

    (void)state;
    make_hits(27);
    qsort(made, HITS, sizeof made[0], by_time);
    const char *all = store_made("all.db", 300), *expected = NULL;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_hit_rule rule;
        const char *reason;
        if (i == 0 || cases[i].left_out != cases[i - 1].left_out) {
            left_out = cases[i].left_out;
            expected = store_made(apr_psprintf(pool, "without%d.db", (int)i), 300);
            left_out = NULL;
        }
        const char *path = copy_store(all, "with.db");
        assert_int_equal(APR_SUCCESS, slim_hit_rule_parse(&rule, cases[i].rule, &reason));
        remove_hits(path, &rule, i % 2);
        assert_well(path);
        assert_string_equal("0\n", rows_of(path, "select count(*) from page_title"
                                                 " where page not in (select id from page)"));
        assert_same_answers(expected, path);
    }
}

static void removed_hits_have_a_fate_in_the_ledger(void **state)
{
    struct slim_store_ledger before, after;
    struct slim_hit_rule rule;

    (void)state;
    const char *path = copy_of_filled("ledger.db");
    struct slim_store *reader = open_reader(path);
    well(reader, SQLITE->ledger(reader, 0, &before));
    SQLITE->close(reader);
    assert_int_equal(APR_SUCCESS,
                     slim_hit_rule_visitor(&rule, apr_psprintf(pool, "%" APR_UINT64_T_FMT,
                                                               (apr_uint64_t)visitor_of(9))));
    remove_hits(path, &rule, 1);
    assert_well(path);
    reader = open_reader(path);
    well(reader, SQLITE->ledger(reader, 0, &after));
    SQLITE->close(reader);
    uint64_t erased = after.before.excluded[SLIM_EXCLUDED_ERASED];
    assert_true(erased > 0);
    assert_int_equal(before.before.seen, after.before.seen);
    assert_int_equal(before.stored, after.stored + erased);
}

static void imported_hits_never_were_in_the_ledger(void **state)
{
    struct slim_store_ledger before, after;
    struct slim_hit_rule rule;
    const char *reason;

    (void)state;
    const char *path = copy_of_filled("imported.db");
    damage(path, "update journal set stored = 5, loaded = 5"); /* as if most were imported */
    struct slim_store *reader = open_reader(path);
    well(reader, SQLITE->ledger(reader, 0, &before));
    SQLITE->close(reader);
    assert_int_equal(APR_SUCCESS, slim_hit_rule_parse(&rule, "status=404", &reason));
    remove_hits(path, &rule, 0);
    reader = open_reader(path);
    well(reader, SQLITE->ledger(reader, 0, &after));
    SQLITE->close(reader);
    assert_int_equal(before.before.seen, after.before.seen);
    assert_int_equal(before.stored, after.stored + slim_ledger_excluded(&after.before));
}

/* --- the log --- */

/* Three transactions of 17 MB each: the second and the third find room in the log. */
static void a_log_that_has_grown_is_merged(void **state)
{
    static char large[17 << 20];
    const char *path = scratch_path("log.db");
    struct slim_store *base = open_store(path);
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);
    struct slim_store_sizes sizes;

    (void)state;
    for (int i = 0; i < 3; i++) {
        memset(large, 'a' + i, sizeof large);
        well(base, slim_maintain_begin(w));
        slim_sqlite_put_fact(&w->store, "large", large, sizeof large);
        well(base, slim_maintain_end(w));
    }
    SQLITE->sizes(base, &sizes);
    assert_true(sizes.log_bytes < 2 * sizeof large);
    SQLITE->close(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_store_that_only_grew_is_well),
        cmocka_unit_test(damage_is_found_and_named),
        cmocka_unit_test(a_torn_page_is_found),
        cmocka_unit_test(large_sets_are_compared_by_their_registers),
        cmocka_unit_test(the_horizon_is_kept_and_knows_the_last_hits),
        cmocka_unit_test(rows_go_and_totals_stay),
        cmocka_unit_test(questions_to_rows_say_where_rows_begin),
        cmocka_unit_test(ends_without_rows_are_rounded_outwards),
        cmocka_unit_test(removed_hits_leave_no_trace_in_the_numbers),
        cmocka_unit_test(removed_hits_have_a_fate_in_the_ledger),
        cmocka_unit_test(imported_hits_never_were_in_the_ledger),
        cmocka_unit_test(a_log_that_has_grown_is_merged),
    };

    return RUN_UNIT(tests);
}
