/* Visits are the same whatever the order in which their hits come, and rollups are the sums of
 * rows. */
#include "made_hits.h"

#include "core/visit.h"
#include "report/ask.h"
#include "report/render.h"

/* --- many visitors, in any order --- */

/* Where visits began and ended, of those in which no two hits share a second: there the order of
 * arrival decides. */
#define ENTRIES                                                                                    \
    "select visitor, began, (select name from page where id = entry),"                             \
    " (select name from page where id = exit) from visit where pageviews > 0 and not exists ("     \
    "select 1 from hit where visit = visit.id group by hit.id >> 24 having count(*) > 1)"          \
    " order by visitor, began"

/* What a visit, or the rest of a session, comes to. */
struct worked_out {
    int64_t began, ended;
    int hits, views, fresh, assets;
};

static void add_hit(struct worked_out *w, const struct made *m)
{
    w->hits++;
    w->assets += !m->pageview && m->page % 3 == 0;
}

static int by_beginning(const void *a, const void *b)
{
    const struct worked_out *x = a, *y = b;

    return (x->began > y->began) - (x->began < y->began);
}

/* The visits of one visitor's hits, in order of time, told one a line: page views are acts, all
 * else comes along with the one before, else with the one after, else is the rest of its session.
 */
static void work_out(const struct made *hits, int count, int64_t visitor, apr_array_header_t *lines)
{
    struct worked_out visit[HITS], *of[HITS];
    int visits = 0, counted = 0;
    const struct made *act = NULL;

    for (int i = 0; i < count; i++) {
        of[i] = NULL;
        if (hits[i].pageview) {
            if (!act || hits[i].second - act->second > TIMEOUT) {
                visit[visits++] = (struct worked_out){.began = hits[i].second, .fresh = !counted};
            }
            act = &hits[i];
            counted = 1;
            visit[visits - 1].ended = hits[i].second;
            visit[visits - 1].views++;
            of[i] = &visit[visits - 1];
        }
    }
    struct worked_out *rest = NULL;
    for (int i = 0; i < count; i++) {
        int before = i, after = i;
        while (before >= 0 && !hits[before].pageview) {
            before--;
        }
        while (after < count && !hits[after].pageview) {
            after++;
        }
        if (i > 0 && hits[i].second - hits[i - 1].second > TIMEOUT) {
            rest = NULL;
        }
        if (before >= 0 && hits[i].second - hits[before].second <= TIMEOUT) {
            of[i] = of[before];
        } else if (after < count && hits[after].second - hits[i].second <= TIMEOUT) {
            of[i] = of[after];
        } else {
            if (!rest) {
                rest = &visit[visits++];
                *rest = (struct worked_out){.began = hits[i].second};
            }
            rest->ended = hits[i].second;
            of[i] = rest;
        }
        add_hit(of[i], &hits[i]);
    }
    qsort(visit, (size_t)visits, sizeof visit[0], by_beginning);
    for (int v = 0; v < visits; v++) {
        APR_ARRAY_PUSH(lines, const char *) =
            apr_psprintf(pool, "%" APR_INT64_T_FMT "|%ld|%ld|%d|%d|%d|%d|", (apr_int64_t)visitor,
                         (long)visit[v].began, (long)visit[v].ended, visit[v].hits, visit[v].views,
                         visit[v].fresh, visit[v].assets);
    }
}

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
        int first = 0, end;
        while (first < HITS && sorted[first].visitor != order[v]) {
            first++;
        }
        for (end = first; end < HITS && sorted[end].visitor == order[v]; end++) {
        }
        work_out(&sorted[first], end - first, (int64_t)visitor_of((int)order[v]), lines);
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

/* Hits and visits are own where a hit of their session is, and no robot's; bit 19 of flags says of
 * a hit that it is. */
#define WRONG_CLASSES                                                                              \
    "with part as (select visit.id, visit.robot, (select max(session.id) from session where"       \
    " session.visitor = visit.visitor and session.began <= visit.opened and session.ended >="      \
    " visit.closed) as session from visit), own as (select distinct part.session from hit join"    \
    " part on part.id = hit.visit where hit.flags >> 19 & 1) select count(*) from hit join part"   \
    " on part.id = hit.visit join agent on agent.id = hit.agent where hit.robot <> part.robot or"  \
    " hit.robot <> case when agent.robot = 0 and part.session in (select session from own) then 8" \
    " else agent.robot end"

static void assert_classes(const char *path)
{
    int64_t own = strtol(rows_of(path, "select count(*) from hit where robot = 8"), NULL, 10);

    assert_string_equal("0\n", rows_of(path, WRONG_CLASSES));
    assert_true(own > HITS / 50 && own < HITS);
}

static void visits_do_not_depend_on_the_order_of_hits(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 2; seed++) {
        make_hits(seed);
        const char *expected = apr_pstrcat(pool, visits_by_hand(), "\n", NULL);
        const char *forward = store_made(apr_psprintf(pool, "forward%d.db", (int)seed), 100);
        assert_string_equal(expected, visits_in(forward));
        shuffle();
        const char *mixed = store_made(apr_psprintf(pool, "mixed%d.db", (int)seed), 170);
        assert_string_equal(expected, visits_in(mixed));
        assert_string_equal(rows_of(forward, ENTRIES), rows_of(mixed, ENTRIES));
        assert_classes(forward);
        assert_classes(mixed);
        assert_string_equal("0\n",
                            rows_of(mixed, "select count(*) from hit where visit not in (select"
                                           " id from visit)"));
        assert_string_equal("0\n",
                            rows_of(mixed, "select count(*) from visit where hits <> (select"
                                           " count(*) from hit where visit = visit.id) or opened"
                                           " > began or closed < ended"));
        assert_string_equal("0\n",
                            rows_of(mixed, "select count(*) from visit where not exists (select 1"
                                           " from session where session.visitor = visit.visitor and"
                                           " visit.opened >= session.began and visit.closed <="
                                           " session.ended)"));
    }
}

/* Four visitors who go on for days, one of them without a page view for hours. */
static void make_long_sessions(uint64_t seed)
{
    static const int64_t gaps[] = {0, 3, 60, 600, 1500, 1799};
    int64_t at[4] = {BASE, BASE + 1, BASE + 2, BASE + 3};

    noise_seed(seed);
    for (int i = 0; i < HITS; i++) {
        int v = i % 4;
        at[v] += gaps[noise_below(LENGTH_OF(gaps))];
        made[i] = (struct made){v,
                                at[v],
                                v == 3 ? noise_below(30) == 0 : noise_below(3) != 0,
                                (int)noise_below(20),
                                0,
                                v < 2 && noise_below(90) == 0};
    }
}

static void found(void *baton, const char *difference)
{
    (void)baton;
    print_message("%s\n", difference);
}

static void a_long_session_is_the_same_bit_by_bit(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 2; seed++) {
        make_long_sessions(seed);
        const char *expected = apr_pstrcat(pool, visits_by_hand(), "\n", NULL);
        assert_string_equal(expected,
                            visits_in(
                                store_made(apr_psprintf(pool, "once%d.db", (int)seed), HITS)));
        const char *bits = store_made(apr_psprintf(pool, "bits%d.db", (int)seed), 7);
        assert_string_equal(expected, visits_in(bits));
        assert_classes(bits);
        struct slim_store *store = open_reader(bits);
        struct slim_store_checked checked;
        const struct slim_store_progress progress = {.found = found};
        well(store, SQLITE->check(store, 0, &progress, &checked));
        assert_int_equal(0, checked.differences);
        SQLITE->close(store);
    }
}

/* More hits than are kept at hand: all sessions are forgotten in the middle of a batch. */
static void many_long_sessions_are_forgotten_and_go_on(void **state)
{
    enum { CLIENTS = 140, EACH = 450 };
    const char *path = scratch_path("forgotten.db");
    struct slim_store *store = open_store(path);
    const struct slim_journal_position position = {1, 64, 1};
    struct sample s;

    (void)state;
    make_sample(&s);
    s.facts.kind = SLIM_KIND_ASSET;
    well(store, SQLITE->begin(store));
    for (int i = 0; i < CLIENTS * EACH; i++) {
        s.hit.time_us = (BASE + i) * 1000000;
        s.facts.visitor = visitor_of(i % CLIENTS);
        put_sample(store, &s);
    }
    well(store, SQLITE->commit(store, &position, CLIENTS * EACH));
    SQLITE->close(store);
    assert_string_equal(apr_psprintf(pool, "%d|%d|%d\n", CLIENTS, EACH, EACH),
                        rows_of(path, "select count(*), min(hits), max(hits) from visit"));
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
        cmocka_unit_test(visits_do_not_depend_on_the_order_of_hits),
        cmocka_unit_test(a_long_session_is_the_same_bit_by_bit),
        cmocka_unit_test(many_long_sessions_are_forgotten_and_go_on),
        cmocka_unit_test(rollups_and_rows_give_the_same_answers),
        cmocka_unit_test(questions_asked_at_once_are_answered_as_alone),
    };

    return RUN_UNIT(tests);
}
