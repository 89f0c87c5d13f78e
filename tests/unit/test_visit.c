/* Visits are the same whatever the order in which their hits come, and rollups are the sums of
 * rows. */
#include "made_hits.h"

#include "core/visit.h"
#include "report/ask.h"
#include "report/render.h"

/* --- one visit --- */

static struct slim_visit_hit hit_at(int64_t second, int pageview, int64_t page)
{
    return (struct slim_visit_hit){.id = second << SLIM_HIT_SECOND_SHIFT,
                                   .second = second,
                                   .visitor = 7,
                                   .pageview = pageview,
                                   .origin = {.page = page, .source = page + 100}};
}

static void a_visit_has_the_first_and_last_page_view_by_time(void **state)
{
    const struct slim_visit_hit middle = hit_at(1000, 1, 2), late = hit_at(1300, 1, 3),
                                asset = hit_at(1400, 0, 9), early = hit_at(900, 1, 1);
    struct slim_visit visit = slim_visit_open(&middle);

    (void)state;
    assert_true(slim_visit_is_bounce(&visit));
    assert_int_equal(0, slim_visit_duration(&visit));
    slim_visit_add(&visit, &late);
    slim_visit_add(&visit, &asset);
    slim_visit_add(&visit, &early);
    assert_int_equal(900, visit.began);
    assert_int_equal(1400, visit.ended);
    assert_int_equal(500, slim_visit_duration(&visit));
    assert_int_equal(4, visit.hits);
    assert_int_equal(3, visit.pageviews);
    assert_int_equal(1, visit.entry.page);
    assert_int_equal(101, visit.entry.source);
    assert_int_equal(3, visit.exit);
    assert_int_equal(middle.id, visit.id);
}

static void language_and_country_are_those_of_the_first_page_view(void **state)
{
    struct slim_visit_hit asset = hit_at(1000, 0, 9), late = hit_at(1300, 1, 3),
                          early = hit_at(1100, 1, 1);
    struct slim_visit visit;

    (void)state;
    asset.client.language = 1;
    late.client.language = 2;
    early.client.language = 3;
    visit = slim_visit_open(&asset);
    slim_visit_add(&visit, &late);
    assert_int_equal(2, visit.client.language);
    slim_visit_add(&visit, &early);
    assert_int_equal(3, visit.client.language);

    struct slim_visit joined = slim_visit_open(&asset);
    slim_visit_absorb(&joined, &visit);
    assert_int_equal(3, joined.client.language);
}

static void a_visit_without_page_view_does_not_count(void **state)
{
    const struct slim_visit_hit asset = hit_at(1000, 0, 9);
    struct slim_visit visit = slim_visit_open(&asset);

    (void)state;
    assert_false(slim_visit_counts(&visit));
    assert_int_equal(0, visit.entry_hit | visit.exit_hit);
}

static void the_time_limit_itself_is_no_longer_gap(void **state)
{
    const struct slim_visit_hit hit = hit_at(10000, 1, 1);
    struct slim_visit visit = slim_visit_open(&hit);

    (void)state;
    assert_true(slim_visit_admits(&visit, 10000 + TIMEOUT, TIMEOUT));
    assert_false(slim_visit_admits(&visit, 10000 + TIMEOUT + 1, TIMEOUT));
    assert_true(slim_visit_admits(&visit, 10000 - TIMEOUT, TIMEOUT));
    assert_false(slim_visit_admits(&visit, 10000 - TIMEOUT - 1, TIMEOUT));
}

/* So many page views, some half seconds apart. */
static struct slim_visit pages_in_a_row(int count, int64_t half_seconds)
{
    struct slim_visit_hit hit = hit_at(1000, 1, 1);
    struct slim_visit visit = slim_visit_open(&hit);

    for (int i = 1; i < count; i++) {
        hit = hit_at(1000 + i * half_seconds / 2, 1, 1);
        slim_visit_add(&visit, &hit);
    }
    return visit;
}

static void marks_are_of_all_that_a_visit_does(void **state)
{
    static const struct {
        int pages;
        int64_t half_seconds;
        int64_t marks;
    } cases[] = {
        {4, 60, 0},
        {5, 60, SLIM_VISIT_MARK_NO_ASSETS},
        {30, 2, SLIM_VISIT_MARK_NO_ASSETS},
        {31, 2, SLIM_VISIT_MARK_NO_ASSETS | SLIM_VISIT_MARK_FAST},
        {100, 4, SLIM_VISIT_MARK_NO_ASSETS | SLIM_VISIT_MARK_FAST}, /* 100 in 198 s */
        {100, 5, SLIM_VISIT_MARK_NO_ASSETS},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        assert_int_equal(cases[i].marks,
                         pages_in_a_row(cases[i].pages, cases[i].half_seconds).marks);
    }
}

static void one_asset_takes_the_mark_away(void **state)
{
    struct slim_visit visit = pages_in_a_row(5, 60);
    struct slim_visit_hit asset = hit_at(1001, 0, 9);

    (void)state;
    asset.is_asset = 1;
    asset.marks = SLIM_MARK_PROBE;
    slim_visit_add(&visit, &asset);
    assert_int_equal(SLIM_MARK_PROBE, visit.marks);
    assert_int_equal(1, visit.assets);
}

static void joined_visits_are_marked_by_what_both_did(void **state)
{
    struct slim_visit early = pages_in_a_row(4, 60), late = pages_in_a_row(3, 60);

    (void)state;
    late.marks |= SLIM_MARK_ROBOTS_TXT;
    slim_visit_absorb(&early, &late);
    assert_int_equal(SLIM_MARK_ROBOTS_TXT | SLIM_VISIT_MARK_NO_ASSETS, early.marks);
}

/* --- many visitors, in any order --- */

/* Where visits began and ended, of those in which no two hits share a second: there the order of
 * arrival decides. */
#define ENTRIES                                                                                    \
    "select visitor, began, (select name from page where id = entry),"                             \
    " (select name from page where id = exit) from visit where pageviews > 0 and not exists ("     \
    "select 1 from hit where visit = visit.id group by hit.id >> 24 having count(*) > 1)"          \
    " order by visitor, began"

/* The visits, worked out from the hits in order of time. */
static const char *visits_by_hand(void)
{
    apr_array_header_t *lines = apr_array_make(pool, 512, sizeof(const char *));
    struct made sorted[HITS];
    int64_t order[VISITORS];

    memcpy(sorted, made, sizeof sorted);
    qsort(sorted, HITS, sizeof sorted[0], by_visitor_and_time);
    for (int v = 0; v < VISITORS; v++) { /* visitors in the order of their signed hashes */
        order[v] = v;
        for (int k = v;
             k > 0 && (int64_t)visitor_of((int)order[k]) < (int64_t)visitor_of((int)order[k - 1]);
             k--) {
            int64_t kept = order[k];
            order[k] = order[k - 1];
            order[k - 1] = kept;
        }
    }
    for (int v = 0; v < VISITORS; v++) {
        int counted = 0;
        for (int i = 0, end; i < HITS; i = end) {
            int views = 0, assets = 0;
            for (end = i + 1; end < HITS && sorted[end].visitor == sorted[i].visitor
                              && sorted[end].second - sorted[end - 1].second <= TIMEOUT;
                 end++) {
            }
            if (sorted[i].visitor != order[v]) {
                continue;
            }
            for (int k = i; k < end; k++) {
                views += sorted[k].pageview;
                assets += !sorted[k].pageview && sorted[k].page % 3 == 0;
            }
            int fresh = views > 0 && !counted;
            counted |= views > 0;
            APR_ARRAY_PUSH(lines, const char *) =
                apr_psprintf(pool, "%" APR_INT64_T_FMT "|%ld|%ld|%d|%d|%d|%d|",
                             (apr_int64_t)visitor_of(sorted[i].visitor), (long)sorted[i].second,
                             (long)sorted[end - 1].second, end - i, views, fresh, assets);
        }
    }
    return apr_array_pstrcat(pool, lines, '\n');
}

/* The visits, as the store has them. */
static const char *visits_in(const char *path)
{
    return rows_of(
        path, "select group_concat(line, x'0a') from (select printf('%d|%d|%d|%d|%d|%d|%d|',"
              " visitor, began, ended, hits, pageviews, fresh, assets) as line from visit order by"
              " visitor, began)");
}

static void visits_do_not_depend_on_the_order_of_hits(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        make_hits(seed);
        const char *expected = apr_pstrcat(pool, visits_by_hand(), "\n", NULL);
        const char *forward = store_made(apr_psprintf(pool, "forward%d.db", (int)seed), 100);
        assert_string_equal(expected, visits_in(forward));
        shuffle();
        const char *mixed = store_made(apr_psprintf(pool, "mixed%d.db", (int)seed), 170);
        assert_string_equal(expected, visits_in(mixed));
        assert_string_equal(rows_of(forward, ENTRIES), rows_of(mixed, ENTRIES));
        assert_string_equal("0\n",
                            rows_of(mixed, "select count(*) from hit where visit not in (select"
                                           " id from visit)"));
        assert_string_equal("0\n",
                            rows_of(mixed, "select count(*) from visit where hits <> (select"
                                           " count(*) from hit where visit = visit.id) or began"
                                           " > id >> 24 or began < (id >> 24) - 86400"));
    }
}

/* --- rollups --- */

static void compare_ways(struct slim_store *store, const struct slim_query *query)
{
    struct slim_query exact = *query;
    struct slim_answer quick, slow;

    exact.exact = 1;
    well(store, slim_report_answer(store, query, &quick, pool));
    well(store, slim_report_answer(store, &exact, &slow, pool));
    assert_int_equal(SLIM_BASIS_ROWS, slow.basis);
    if (quick.rows_total != slow.rows_total) {
        fail_msg("%s: %d rows by rollups, %d by rows", query->report->name, (int)quick.rows_total,
                 (int)slow.rows_total);
    }
    assert_false(quick.approximate);
    for (int r = 0; r < quick.rows->nelts; r++) {
        const struct slim_cell *a = APR_ARRAY_IDX(quick.rows, r, struct slim_cell *);
        const struct slim_cell *b = APR_ARRAY_IDX(slow.rows, r, struct slim_cell *);
        for (int i = 0; i < quick.columns; i++) {
            if (a[i].number != b[i].number || (a[i].is_text && strcmp(a[i].text, b[i].text) != 0)) {
                fail_msg("%s, row %d, %s: %s %ld by rollups, %s %ld by rows", query->report->name,
                         r, query->report->column[i].name, a[i].is_text ? a[i].text : "",
                         (long)a[i].number, b[i].is_text ? b[i].text : "", (long)b[i].number);
            }
        }
    }
}

static void rollups_and_rows_give_the_same_answers(void **state)
{
    static const char *const words[][4][2] = {
        {{"since", "2026-01-31"}, {"until", "2026-02-14"}, {"tz", "UTC"}, {"by", "day"}},
        {{"since", "2026-02-01"}, {"until", "2026-02-05"}, {"tz", "Europe/Berlin"}, {"by", "hour"}},
        {{"since", "2026-02-01T10:20"},
         {"until", "2026-02-09T03:04"},
         {"tz", "UTC"},
         {"by", "week"}},
        {{"since", "2026-01-01"}, {"until", "2026-03-01"}, {"tz", "Asia/Kolkata"}, {"by", "month"}},
        {{"since", "2026-02-01"}, {"where", "site=one.example"}, {"tz", "UTC"}, {"robots", "on"}},
        {{"since", "2026-02-01"},
         {"where", "site!=one.example"},
         {"where", "robot=search"},
         {"robots", "on"}},
    };
    int by_rollups = 0;

    (void)state;
    make_hits(9);
    shuffle();
    struct slim_store *store = open_reader(store_made("rollups.db", 250));
    for (const struct slim_report *report = slim_reports; report->name; report++) {
        for (size_t i = 0; report->dimension && i < LENGTH_OF(words); i++) {
            struct slim_query query;
            struct slim_answer answer;
            const char *reason;
            slim_query_init(&query, report, BASE + 20 * 86400);
            query.limit = SLIM_LIMIT_MAX;
            for (int w = 0; w < 4; w++) {
                if (slim_query_set(&query, words[i][w][0], words[i][w][1], &reason, pool)
                    != APR_SUCCESS) {
                    fail_msg("%s %s: %s", words[i][w][0], words[i][w][1], reason);
                }
            }
            compare_ways(store, &query);
            well(store, slim_report_answer(store, &query, &answer, pool));
            by_rollups += answer.basis != SLIM_BASIS_ROWS;
        }
    }
    assert_true(by_rollups > 100);
    SQLITE->close(store);
}

/* --- several questions at once --- */

#define ASKED_MAX 64

static const char *csv_of(const struct slim_answer *answer)
{
    struct slim_buffer out;

    slim_buffer_init(&out, pool);
    slim_render_csv(answer, &out);
    return apr_psprintf(pool, "%s%d %d %s", out.at, (int)answer->rows_total, (int)answer->basis,
                        answer->previous ? "compared" : "");
}

/* Every report, each with the words; one more asks for another period. */
static int ask_for_all(struct slim_query *queries, const char *const (*words)[2], int number)
{
    int asked = 0;
    const char *reason;

    for (const struct slim_report *report = slim_reports; report->name; report++) {
        struct slim_query *query = &queries[asked++];
        slim_query_init(query, report, BASE + 20 * 86400);
        for (int w = 0; w < number; w++) {
            assert_int_equal(APR_SUCCESS,
                             slim_query_set(query, words[w][0], words[w][1], &reason, pool));
        }
    }
    queries[asked] = queries[asked - 1];
    queries[asked].given = 0;
    assert_int_equal(APR_SUCCESS,
                     slim_query_set(&queries[asked++], "since", "2026-02-03", &reason, pool));
    return asked;
}

static void questions_asked_at_once_are_answered_as_alone(void **state)
{
    static const char *const words[][3][2] = {
        {{"since", "2026-02-01"}, {"robots", "off"}, {"where", "browser=Chrome"}},
        {{"since", "2026-02-01"}, {"robots", "on"}, {"where", "site!=one.example"}},
        {{"since", "2026-02-02T04:05"}, {"where", "country~"}, {"where", "channel!=direct"}},
        {{"since", "2026-02-01"}, {"where", "entry~/"}, {"where", "page~1"}},
        {{"since", "2026-02-01"}, {"exact", "on"}, {"robots", "on"}},
        {{"since", "2026-02-01"}, {"until", "2026-02-09"}, {"robots", "off"}},
    };
    static struct slim_query queries[ASKED_MAX];
    const struct slim_query *asked[ASKED_MAX];
    struct slim_answer together[ASKED_MAX], alone;
    int rows = 0;

    (void)state;
    make_hits(4);
    struct slim_store *store = open_reader(store_made("together.db", 300));
    for (size_t i = 0; i < LENGTH_OF(words); i++) {
        int number = ask_for_all(queries, words[i], 3);
        for (int q = 0; q < number; q++) {
            asked[q] = &queries[q];
        }
        well(store, slim_report_answers(store, asked, number, together, pool));
        for (int q = 0; q < number; q++) {
            well(store, slim_report_answer(store, &queries[q], &alone, pool));
            assert_string_equal(csv_of(&alone), csv_of(&together[q]));
            rows += together[q].rows->nelts;
        }
    }
    assert_true(rows > 500);
    SQLITE->close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_visit_has_the_first_and_last_page_view_by_time),
        cmocka_unit_test(language_and_country_are_those_of_the_first_page_view),
        cmocka_unit_test(a_visit_without_page_view_does_not_count),
        cmocka_unit_test(marks_are_of_all_that_a_visit_does),
        cmocka_unit_test(one_asset_takes_the_mark_away),
        cmocka_unit_test(joined_visits_are_marked_by_what_both_did),
        cmocka_unit_test(the_time_limit_itself_is_no_longer_gap),
        cmocka_unit_test(visits_do_not_depend_on_the_order_of_hits),
        cmocka_unit_test(rollups_and_rows_give_the_same_answers),
        cmocka_unit_test(questions_asked_at_once_are_answered_as_alone),
    };

    return RUN_UNIT(tests);
}
