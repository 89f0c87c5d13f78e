/* Whose stored robots are, and what for, follows the lists: in any number of steps, killed or not.
 */
#include "made_hits.h"

#include <sys/wait.h>
#include <unistd.h>

#define ROBOTS                                                                                     \
    "select agent.name, operator.name, purpose.name from agent"                                    \
    " join operator on operator.id = agent.operator join purpose on purpose.id = operator.purpose" \
    " where agent.robot <> 0 and agent.id > 1 order by 1"
#define PEOPLE "select count(*) from agent where robot = 0 and operator <> 0"

static const char *filled;

/* Each visitor has an agent of its own; robots have an operator as the recorder gave it. */
static void alter(struct sample *s, const struct made *m)
{
    s->hit.field[SLIM_AGENT] = text_of(apr_psprintf(pool, "Agent/%02d", m->visitor));
    if (s->client.robot) {
        s->client.operator= text_of("Acme");
        s->client.purpose = SLIM_FOR_SEARCH;
    }
}

static int fill(void **state)
{
    if (begin_unit(state) != 0) {
        return -1;
    }
    make_hits(31);
    shuffle();
    altered = alter;
    filled = store_made("filled.db", 250);
    return 0;
}

struct names {
    int calls, calls_max; /* the process ends at that call; 0: never */
};

/* Every other one is somebody else's. */
static int name_anew(void *baton, struct slim_robot_naming *naming)
{
    struct names *names = baton;
    int number = naming->agent.at[naming->agent.length - 1] - '0';

    assert_int_equal(SLIM_ROBOT_SEARCH, naming->robot);
    assert_false(naming->hints_are_unknown);
    if (names->calls_max && ++names->calls > names->calls_max) {
        _exit(7);
    }
    names->calls++;
    if (number % 2) {
        return 0;
    }
    int changed = naming->purpose != SLIM_FOR_SEO;
    naming->operator= text_of("Other & Co");
    naming->purpose = SLIM_FOR_SEO;
    return changed;
}

/* Steps until nothing is left; returns how many robots were looked at. */
static int name_all(const char *path, uint32_t sum, unsigned rows)
{
    struct names names = {0, 0};
    const struct slim_store_robots robots = {name_anew, &names, sum, rows};
    struct slim_store *store = open_store(path);
    int more = 1;

    while (more) {
        well(store, SQLITE->name_robots(store, &robots, &more));
    }
    SQLITE->close(store);
    return names.calls;
}

static void assert_well(const char *path)
{
    struct slim_store *store = open_reader(path);
    struct slim_store_checked checked;

    well(store, SQLITE->check(store, 1, NULL, &checked));
    SQLITE->close(store);
    assert_int_equal(0, checked.differences);
}

static void they_are_kept_as_they_came(void **state)
{
    (void)state;
    assert_string_equal("Agent/00|Acme|search\nAgent/07|Acme|search\nAgent/14|Acme|search\n"
                        "Agent/21|Acme|search\nAgent/28|Acme|search\nAgent/35|Acme|search\n",
                        rows_of(filled, ROBOTS));
    assert_string_equal("0\n", rows_of(filled, PEOPLE));
}

static void robots_are_named_anew_where_they_stand(void **state)
{
    (void)state;
    for (unsigned rows = 1; rows < 100; rows += 6) {
        const char *path = copy_store(filled, apr_psprintf(pool, "by%u.db", rows));
        const char *hits = rows_of(path, "select * from hit");
        assert_int_equal(6, name_all(path, 1, rows));
        assert_string_equal("Agent/00|Other & Co|seo\nAgent/07|Acme|search\n"
                            "Agent/14|Other & Co|seo\nAgent/21|Acme|search\n"
                            "Agent/28|Other & Co|seo\nAgent/35|Acme|search\n",
                            rows_of(path, ROBOTS));
        assert_string_equal("0\n", rows_of(path, PEOPLE));
        assert_string_equal(hits, rows_of(path, "select * from hit"));
        assert_well(path);
    }
}

static void by_the_same_lists_only_new_ones_are_looked_at(void **state)
{
    const char *path = copy_store(filled, "again.db");

    (void)state;
    assert_int_equal(6, name_all(path, 1, 10));
    const char *version = rows_of(path, "pragma data_version");
    assert_int_equal(0, name_all(path, 1, 10));
    assert_string_equal(version, rows_of(path, "pragma data_version"));
    struct slim_store *store = open_store(path);
    struct slim_journal_position position = {1, 64, HITS + 1};
    well(store, SQLITE->begin(store));
    const struct made one = {.visitor = 42, .second = BASE, .pageview = 1, .robot = 1};
    put_made(store, &one);
    well(store, SQLITE->commit(store, &position, 1));
    SQLITE->close(store);
    assert_int_equal(1, name_all(path, 1, 10));
    assert_int_equal(7, name_all(path, 2, 10));
}

static void it_goes_on_where_it_was_killed(void **state)
{
    const char *whole = copy_store(filled, "whole.db");

    (void)state;
    (void)name_all(whole, 1, 5);
    for (int calls = 1; calls < 12; calls += 2) {
        const char *path = copy_store(filled, apr_psprintf(pool, "killed%d.db", calls));
        pid_t child = fork();
        int status;
        if (child == 0) {
            struct names names = {0, calls};
            const struct slim_store_robots robots = {name_anew, &names, 1, 5};
            struct slim_store *store = open_store(path);
            int more = 1;
            while (more && SQLITE->name_robots(store, &robots, &more) == APR_SUCCESS) {
            }
            _exit(0);
        }
        assert_int_equal(child, waitpid(child, &status, 0));
        assert_well(path);
        (void)name_all(path, 1, 5);
        assert_string_equal(rows_of(whole, ROBOTS), rows_of(path, ROBOTS));
        assert_well(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_kept_as_they_came),
        cmocka_unit_test(robots_are_named_anew_where_they_stand),
        cmocka_unit_test(by_the_same_lists_only_new_ones_are_looked_at),
        cmocka_unit_test(it_goes_on_where_it_was_killed),
    };

    return cmocka_run_group_tests(tests, fill, end_unit);
}
