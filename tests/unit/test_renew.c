/* What older rules made becomes what today's would have made. */
#include "old_store.h"

static int64_t older_until; /* that the last check said */

static uint64_t check(const char *path)
{
    struct slim_store *store = open_reader(path);
    struct slim_store_checked checked;

    well(store, SQLITE->check(store, 1, NULL, &checked));
    SQLITE->close(store);
    older_until = checked.older_until;
    return checked.differences;
}

static void old_visits_are_made_anew(void **state)
{
    struct slim_store_renewed renewed = {0};
    struct slim_store *store;
    uint64_t left = UINT64_MAX;

    (void)state;
    make_hits(3);
    shuffle();
    const char *fresh = store_made("fresh.db", HITS), *old = copy_store(fresh, "old.db");
    make_old(old);
    assert_string_not_equal(rows_of(fresh, VISITS), rows_of(old, VISITS));
    assert_int_equal(0, check(old));
    do { /* each time as if it had been killed in between */
        store = open_store(old);
        well(store, SQLITE->renew(store, 50, &renewed));
        SQLITE->close(store);
        assert_true(renewed.left < left);
        left = renewed.left;
        assert_int_equal(0, check(old));
    } while (left > 0);
    store = open_store(old);
    settle(store);
    SQLITE->close(store);
    assert_int_equal(renewed.sessions,
                     strtoul(rows_of(old, "select count(*) from session"), NULL, 10));
    assert_string_equal(rows_of(fresh, VISITS), rows_of(old, VISITS));
    assert_string_equal(rows_of(fresh, ROLLUPS), rows_of(old, ROLLUPS));
    assert_string_equal(rows_of(fresh, SETS), rows_of(old, SETS));

    make_old(old);
    rebuild(old); /* by hand, at once */
    assert_string_equal(rows_of(fresh, VISITS), rows_of(old, VISITS));
    assert_string_equal(rows_of(fresh, ROLLUPS), rows_of(old, ROLLUPS));
    assert_string_equal(rows_of(fresh, SETS), rows_of(old, SETS));
}

/* A page view that is none any more is taken out of the sets of its day, later. */
static void sets_of_visitors_lose_who_was_not_there(void **state)
{
    struct slim_store_renewed renewed = {0};
    struct slim_journal_position position = {1, 64, 1};
    const char *path = scratch_path("sets.db");
    struct slim_store *store = open_store(path);
    struct sample s;

    (void)state;
    make_sample(&s);
    s.facts.visitor = 77;
    s.facts.kind = SLIM_KIND_PREFETCH;
    well(store, SQLITE->begin(store));
    put_sample(store, &s);
    s.hit.time_us += 20000000;
    s.facts.kind = SLIM_KIND_ASSET;
    s.facts.referer = text_of("http://www.example.org/a");
    s.facts.referer_page = text_of("/a");
    s.facts.referer_is_own = 1;
    put_sample(store, &s);
    well(store, SQLITE->commit(store, &position, 2));
    assert_string_equal("1|1\n",
                        rows_of(path, "select sum(pageview), count(*) > 0 from hit, (select 1"
                                      " from visitors limit 1) where pageview"));

    well(store, SQLITE->begin(store));
    s.facts.referer = s.facts.referer_page = text_of("");
    s.facts.kind = SLIM_KIND_OTHER; /* an error on the page itself: what showed it was that */
    s.hit.status = 404;
    s.hit.time_us -= 10000000;
    put_sample(store, &s);
    position.record = 3;
    well(store, SQLITE->commit(store, &position, 1));
    assert_string_equal("0\n", rows_of(path, "select sum(pageview) from hit"));
    assert_string_not_equal("0\n", rows_of(path, "select count(*) from visitors"));
    assert_int_equal(0, check(path));
    well(store, SQLITE->renew_sets(store, &renewed));
    assert_int_equal(1, renewed.days);
    assert_string_equal("0\n", rows_of(path, "select count(*) from visitors"));
    assert_int_equal(0, check(path));
    SQLITE->close(store);
}

/* --- days whose rows are gone --- */

#define PURGED (BASE + 4 * INT64_C(86400))

static void purge(const char *path)
{
    struct slim_store_purged purged = {0};
    struct slim_store *store = open_store(path);

    do {
        well(store, SQLITE->purge(store, PURGED, 0, 100, &purged));
    } while (purged.more);
    SQLITE->close(store);
    assert_true(purged.hits > 0 && purged.visits > 0);
}

static void renew_all(const char *path)
{
    struct slim_store_renewed renewed = {0};
    struct slim_store *store = open_store(path);

    do {
        well(store, SQLITE->renew(store, 100, &renewed));
    } while (renewed.left > 0);
    SQLITE->close(store);
}

static const char *old_store(const char *name)
{
    make_hits(3);
    shuffle();
    const char *path = store_made(name, HITS);
    make_old(path);
    return path;
}

/* Sessions over its midnight stay as they are, and so do the days that they end on. */
static void assert_marked(const char *path)
{
    renew_all(path);
    assert_int_equal(0, check(path));
    assert_true(older_until >= PURGED);
    assert_string_equal("0\n", rows_of(path, "select count(*) from session where rules < 2"));
}

static void days_purged_by_an_older_version_are_marked(void **state)
{
    const char *path = old_store("purged.db");

    (void)state;
    purge(path);
    change(path, "delete from store where key in ('rules', 'older_rules_until')");
    SQLITE->close(open_store(path));
    assert_int_equal(0, check(path));
    assert_int_equal(PURGED, older_until); /* as soon as it was opened */
    assert_marked(path);
}

static void days_purged_before_they_were_made_anew_are_marked(void **state)
{
    struct slim_store_renewed renewed = {0};
    const char *path = old_store("overtaken.db");
    struct slim_store *store = open_store(path);

    (void)state;
    well(store, SQLITE->renew(store, 20, &renewed)); /* the newest */
    SQLITE->close(store);
    assert_int_equal(0, check(path));
    assert_int_equal(0, older_until);
    purge(path);
    assert_int_equal(0, check(path));
    assert_int_equal(PURGED, older_until);
    assert_marked(path);
}

static void of_a_store_without_any_rows_all_days_are_marked(void **state)
{
    const char *path = old_store("bare.db");

    (void)state;
    purge(path);
    change(path, "delete from hit; delete from visit; delete from session;"
                 "delete from store where key in ('rules', 'older_rules_until')");
    SQLITE->close(open_store(path));
    (void)check(path);
    assert_int_equal(PURGED, older_until);
}

static void days_of_todays_rules_are_not_marked(void **state)
{
    (void)state;
    make_hits(3);
    const char *path = store_made("today.db", HITS);
    purge(path);
    renew_all(path);
    assert_int_equal(0, check(path));
    assert_int_equal(0, older_until);
    const char *old = old_store("complete.db");
    renew_all(old);
    purge(old);
    assert_int_equal(0, check(old));
    assert_int_equal(0, older_until);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_visits_are_made_anew),
        cmocka_unit_test(sets_of_visitors_lose_who_was_not_there),
        cmocka_unit_test(days_purged_by_an_older_version_are_marked),
        cmocka_unit_test(days_purged_before_they_were_made_anew_are_marked),
        cmocka_unit_test(of_a_store_without_any_rows_all_days_are_marked),
        cmocka_unit_test(days_of_todays_rules_are_not_marked),
    };

    return RUN_UNIT(tests);
}
