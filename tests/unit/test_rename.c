/* Naming stored hits anew: the store is then as if the new names had been there from the start. */
#include "made_hits.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hits_visits_and_totals_get_the_new_names),
        cmocka_unit_test(it_goes_on_where_it_was_killed),
        cmocka_unit_test(other_lists_begin_at_the_beginning),
    };

    return cmocka_run_group_tests(tests, fill, end_unit);
}
