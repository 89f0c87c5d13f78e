/* Leaks among stored hits are found in any number of steps, killed or not. */
#include "made_hits.h"

#include <sys/wait.h>
#include <unistd.h>

#define LEAKS "select id from hit where marks & 2048 order by id"

static const char *filled;

static int fill(void **state)
{
    if (begin_unit(state) != 0) {
        return -1;
    }
    make_hits(32);
    shuffle();
    filled = store_made("filled.db", 250);
    return 0;
}

struct looks {
    int calls, calls_max; /* the process ends at that call; 0: never */
};

/* One page of twenty. */
static int is_leak(void *baton, struct slim_text resource, unsigned status, uint64_t bytes)
{
    struct looks *looks = baton;

    assert_int_equal(200, status);
    assert_int_equal(5000, bytes);
    if (looks->calls_max && looks->calls == looks->calls_max) {
        _exit(7);
    }
    looks->calls++;
    return resource.length == 7 && resource.at[6] == '3';
}

static int find_all(const char *path, uint32_t sum, unsigned rows, int calls_max)
{
    struct looks looks = {0, calls_max};
    const struct slim_store_leaks leaks = {is_leak, &looks, sum, rows};
    struct slim_store *store = open_store(path);
    int more = 1;

    while (more) {
        well(store, SQLITE->find_leaks(store, &leaks, &more));
    }
    SQLITE->close(store);
    return looks.calls;
}

static void assert_found(const char *path)
{
    struct slim_store *store = open_reader(path);
    struct slim_store_checked checked;

    assert_string_equal(rows_of(path, "select hit.id from hit join resource on resource.id ="
                                      " hit.resource where resource.name = '/page/3' and"
                                      " status = 200 order by 1"),
                        rows_of(path, LEAKS));
    well(store, SQLITE->check(store, 1, NULL, &checked));
    SQLITE->close(store);
    assert_int_equal(0, checked.differences);
}

static void they_are_found_once(void **state)
{
    const char *path = copy_store(filled, "once.db");

    (void)state;
    assert_string_equal("", rows_of(path, LEAKS));
    int looked = find_all(path, 1, 37, 0);
    assert_found(path);
    assert_string_equal(apr_psprintf(pool, "%d\n", looked),
                        rows_of(path, "select count(*) from hit where status = 200"));
    assert_int_equal(0, find_all(path, 1, 37, 0));
    assert_int_equal(looked, find_all(path, 2, 5000, 0)); /* by another list */
    assert_found(path);
}

static void it_goes_on_where_it_was_killed(void **state)
{
    (void)state;
    for (int calls = 1; calls < 900; calls += 170) {
        const char *path = copy_store(filled, apr_psprintf(pool, "killed%d.db", calls));
        pid_t child = fork();
        int status;
        if (child == 0) {
            (void)find_all(path, 1, 100, calls);
            _exit(0);
        }
        assert_int_equal(child, waitpid(child, &status, 0));
        assert_int_equal(7, WEXITSTATUS(status));
        (void)find_all(path, 1, 100, 0);
        assert_found(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_found_once),
        cmocka_unit_test(it_goes_on_where_it_was_killed),
    };

    return cmocka_run_group_tests(tests, fill, end_unit);
}
