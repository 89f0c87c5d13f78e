/* Naming stored hits anew: the store is then as if the new names had been there from the start. */
#include "made_hits.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *filled;

static int fill(void **state)
{
    if (begin_unit(state) != 0) {
        return -1;
    }
    make_hits(22);
    shuffle();
    filled = store_made("filled.db", 250);
    return 0;
}

/* Of those who came from an even address: another browser, a robot, from another source. */
struct names {
    int calls, calls_max; /* the process ends at that call; 0: never */
};

static int name_anew(void *baton, struct slim_naming *naming)
{
    struct names *names = baton;

    if (names->calls_max && ++names->calls > names->calls_max) {
        _exit(7);
    }
    if (naming->address[3] % 2) {
        return 0;
    }
    int changed = naming->robot != SLIM_ROBOT_MONITOR;
    naming->browser = text_of("Opera");
    naming->version = text_of("12");
    naming->robot = SLIM_ROBOT_MONITOR;
    naming->source = text_of("Elsewhere");
    naming->channel = SLIM_CHANNEL_SOCIAL;
    naming->terms = text_of("words");
    naming->country = text_of("AT");
    naming->region = text_of("Tyrol");
    return changed;
}

static struct slim_store_named rename_all(const char *path, uint32_t sum)
{
    struct names names = {0, 0};
    const struct slim_store_naming naming = {name_anew, &names, sum, 100};
    struct slim_store *store = open_store(path);
    struct slim_store_named named;

    well(store, SQLITE->name_anew(store, &naming, NULL, &named, pool));
    SQLITE->close(store);
    return named;
}

static const char *differences;

static void note(void *baton, const char *difference)
{
    (void)baton;
    differences = apr_pstrcat(pool, differences, difference, "\n", NULL);
}

static void assert_well(const char *path)
{
    const struct slim_store_progress progress = {.found = note};
    struct slim_store *store = open_reader(path);
    struct slim_store_checked checked;

    differences = "";
    well(store, SQLITE->check(store, 1, &progress, &checked));
    SQLITE->close(store);
    assert_string_equal("", differences);
}

static const char *hits_of(const char *path)
{
    return rows_of(path, "select count(*), browser, version, robot, source, channel, searchterms,"
                         " country, region from hits group by 2, 3, 4, 5, 6, 7, 8, 9 order by 1");
}

static void hits_visits_and_totals_get_the_new_names(void **state)
{
    const char *path = copy_store(filled, "renamed.db");

    (void)state;
    struct slim_store_named named = rename_all(path, 1);
    assert_int_equal(HITS, named.hits);
    assert_in_range(named.changed, HITS / 4, HITS - 1);
    assert_int_equal(0, named.from);
    assert_well(path);
    assert_string_equal(apr_psprintf(pool, "%d\n", (int)named.changed),
                        rows_of(path,
                                "select count(*) from hits where browser = 'Opera' and version"
                                " = '12' and robot = 'monitor' and source = 'Elsewhere' and"
                                " channel = 'social' and searchterms = 'words' and country ="
                                " 'AT' and region = 'Tyrol'"));
    assert_string_equal("0\n", rows_of(path, "select count(*) from visits where (browser = 'Opera')"
                                             " <> (source = 'Elsewhere')"));
    assert_true(strcmp("0\n", rows_of(path, "select count(*) from visits where browser = 'Opera'"
                                            " and robot = 'monitor' and country = 'AT'"))
                != 0);
    named = rename_all(path, 1); /* there is nothing left to do */
    assert_int_equal(HITS, named.hits);
    assert_int_equal(0, named.changed);
    assert_int_equal(0, named.from);
}

/* Wherever it is killed the store is well, and the work goes on there. */
static void it_goes_on_where_it_was_killed(void **state)
{
    const char *whole = copy_store(filled, "whole.db");

    (void)state;
    (void)rename_all(whole, 1);
    for (int calls = 150; calls < 2 * HITS; calls += 431) {
        const char *path = copy_store(filled, apr_psprintf(pool, "killed%d.db", calls));
        pid_t child = fork();
        int status;
        if (child == 0) {
            struct names names = {0, calls};
            const struct slim_store_naming naming = {name_anew, &names, 1, 100};
            struct slim_store *store = open_store(path);
            struct slim_store_named named;
            (void)!SQLITE->name_anew(store, &naming, NULL, &named, pool);
            _exit(0);
        }
        assert_int_equal(child, waitpid(child, &status, 0));
        assert_well(path);
        struct slim_store_named named = rename_all(path, 1);
        assert_true((WEXITSTATUS(status) == 7) == (named.from > 0));
        assert_well(path);
        assert_string_equal(hits_of(whole), hits_of(path));
    }
}

static void other_lists_begin_at_the_beginning(void **state)
{
    const char *path = copy_store(filled, "begun.db");
    pid_t child = fork();
    int status;

    (void)state;
    if (child == 0) {
        struct names names = {0, 700};
        const struct slim_store_naming naming = {name_anew, &names, 1, 100};
        struct slim_store *store = open_store(path);
        struct slim_store_named named;
        (void)!SQLITE->name_anew(store, &naming, NULL, &named, pool);
        _exit(0);
    }
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_int_equal(7, WEXITSTATUS(status));
    struct slim_store_named named = rename_all(path, 2);
    assert_int_equal(0, named.from);
    assert_int_equal(HITS, named.hits);
}

/* --- kinds --- */

#define HTML 5 /* as evidence: known, of type HTML */

/* The kinds of today: what is a page by yesterday's is a download, a feed, an answer to a program
 * or a prefetch; and the other way round. */
static enum slim_kind kind_of(int page, enum slim_kind was)
{
    static const enum slim_kind kinds[] = {
        [2] = SLIM_KIND_API,       [4] = SLIM_KIND_PAGE,     [5] = SLIM_KIND_DOWNLOAD,
        [7] = SLIM_KIND_FEED,      [9] = SLIM_KIND_PREFETCH, [11] = SLIM_KIND_PAGE,
        [13] = SLIM_KIND_DOWNLOAD, [19] = SLIM_KIND_API,
    };

    return page < (int)LENGTH_OF(kinds) && kinds[page] ? kinds[page] : was;
}

static int by_todays_lists;

/* Pages 3, 12 show page 9, 6 is posted, 2 and 8 are searches, 10 is a prefetch, 11 an asset;
 * visitor 5 has no address, and of page 4 is not known what decided. */
static void alter_kind(struct sample *s, const struct made *m)
{
    s->facts.evidence = m->page == 4 ? 0 : HTML;
    s->facts.visitor = m->visitor == 5 ? 0 : s->facts.visitor;
    if (m->page == 3 || m->page == 12) {
        s->facts.referer = text_of("http://one.example/page/9");
        s->facts.referer_page = text_of("/page/9");
        s->facts.referer_is_own = 1;
    }
    if (m->page == 6) {
        s->hit.field[SLIM_METHOD] = text_of("POST");
    }
    if (m->page == 10 || m->page == 11) {
        s->facts.kind = m->page == 10 ? SLIM_KIND_PREFETCH : SLIM_KIND_ASSET;
    }
    if (by_todays_lists && m->page != 4) {
        s->facts.kind = kind_of(m->page, s->facts.kind);
    }
    if (m->page % 6 == 2 && s->facts.kind == SLIM_KIND_PAGE) {
        s->facts.terms = text_of("words");
        s->facts.terms_are_local = 1;
    }
}

static int name_kind_anew(void *baton, struct slim_naming *naming)
{
    struct names *names = baton;
    int page = atoi(strrchr(naming->resource.at, '/') + 1);
    enum slim_kind kind = kind_of(page, naming->kind);

    if (names->calls_max && ++names->calls > names->calls_max) {
        _exit(7);
    }
    assert_true(page == 6 ? naming->method.length == 4 : naming->method.length == 3);
    if (naming->evidence != HTML || kind == naming->kind) {
        return 0;
    }
    naming->kind = kind;
    naming->terms_are_local = page % 6 == 2 && kind == SLIM_KIND_PAGE;
    naming->terms = text_of(naming->terms_are_local ? "words" : "");
    return 1;
}

static struct slim_store_named rename_kinds(const char *path, int calls_max)
{
    struct names names = {0, calls_max};
    const struct slim_store_naming naming = {name_kind_anew, &names, 1, 100};
    struct slim_store *store = open_store(path);
    struct slim_store_named named;

    well(store, SQLITE->name_anew(store, &naming, NULL, &named, pool));
    SQLITE->close(store);
    return named;
}

static const char *store_with_kinds(const char *name, int by_todays)
{
    by_todays_lists = by_todays;
    altered = alter_kind;
    const char *path = store_made(name, 250);
    altered = NULL;
    return path;
}

/* All that reports are made of; which of its hits a visit is numbered by does not matter. */
static const char *all_of(const char *path)
{
    return apr_pstrcat(
        pool,
        rows_of(path, "select hit.id, hit.kind, hit.pageview, hit.download, hit.shown, hit.flags,"
                      " hit.searchterms, visit.opened, visit.closed, visit.acts from hit"
                      " left join visit on visit.id = hit.visit order by hit.id"),
        rows_of(path,
                "select visitor, opened, closed, began, ended, counted, hits, pageviews, acts,"
                " entry, exit, assets, marks, fresh from visit order by 1, 2, 3, 4, 9"),
        rows_of(path, "select began, ended, visitor from session order by visitor, began"),
        rows_of(path, "select * from rollup where hits or pageviews or errors or bytes or visits or"
                      " bounces or duration or fresh or unshown order by 1, 2, 3, 4, 5"),
        rows_of(path, "select dimension, bucket, site, robot, key, hex(hashes) from visitors"
                      " order by 1, 2, 3, 4, 5"),
        rows_of(path, "select day from stale_day"), NULL);
}

static void with_other_kinds_all_is_as_if_they_had_been_there(void **state)
{
    const char *anew = store_with_kinds("anew.db", 1);
    const char *path = store_with_kinds("kinds.db", 0);
    const char *before =
        rows_of(path, "select kind, count(*), sum(pageview), sum(download), sum(shown"
                      " > 0) from hit group by kind");

    (void)state;
    assert_well(anew);
    struct slim_store_named named = rename_kinds(path, 0);
    assert_int_equal(HITS, named.hits);
    assert_in_range(named.changed, HITS / 5, HITS / 2);
    assert_string_equal(apr_psprintf(pool, "%d\n", (int)named.unknown),
                        rows_of(path, "select count(*) from hit where evidence = 0"));
    assert_well(path);
    assert_string_not_equal(before,
                            rows_of(path, "select kind, count(*), sum(pageview), sum(download),"
                                          " sum(shown > 0) from hit group by kind"));
    assert_string_equal("1\n",
                        rows_of(path, "select count(*) > 0 from hit where shown > 0 and kind = 6"));
    assert_string_equal(all_of(anew), all_of(path));
}

static void kinds_go_on_where_they_were_killed(void **state)
{
    const char *whole = store_with_kinds("kinds-whole.db", 1);
    const char *begun = store_with_kinds("kinds-begun.db", 0);

    (void)state;
    for (int calls = 150; calls < HITS; calls += 431) {
        const char *path = copy_store(begun, apr_psprintf(pool, "kinds-killed%d.db", calls));
        pid_t child = fork();
        int status;
        if (child == 0) {
            (void)rename_kinds(path, calls);
            _exit(0);
        }
        assert_int_equal(child, waitpid(child, &status, 0));
        assert_int_equal(7, WEXITSTATUS(status));
        assert_well(path);
        assert_true(rename_kinds(path, 0).from > 0);
        assert_well(path);
        assert_string_equal(all_of(whole), all_of(path));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hits_visits_and_totals_get_the_new_names),
        cmocka_unit_test(it_goes_on_where_it_was_killed),
        cmocka_unit_test(other_lists_begin_at_the_beginning),
        cmocka_unit_test(with_other_kinds_all_is_as_if_they_had_been_there),
        cmocka_unit_test(kinds_go_on_where_they_were_killed),
    };

    return cmocka_run_group_tests(tests, fill, end_unit);
}
