/* The list of sources: how its lines are read, and which hosts its patterns fit. */
#include "unit.h"

#include <errno.h>

#include <apr_hash.h>

#include "core/tsv.h"
#include "enrich/sources.h"

static void bad_lines_are_refused_with_their_number(void **state)
{
    static const struct {
        const char *text;
        unsigned line;
        apr_status_t status;
    } cases[] = {
        {"", 0, APR_SUCCESS},
        {"# nothing\n\n", 2, APR_SUCCESS},
        {"A\tsearch\ta.com\n", 1, APR_SUCCESS},
        {"A\tsearch\ta.com .b.com c.* d.com/e/f\tq,p\tutf-8\n", 1, APR_SUCCESS},
        {"A\tsearch\ta.com\nB\tnonsense\tb.com\n", 2, SLIM_EBADRULES},
        {"#\n\nA\tsearch\n", 3, SLIM_EBADRULES},
        {"A\n", 1, SLIM_EBADRULES},
        {"\tsearch\ta.com\n", 1, SLIM_EBADRULES},
        {"A\tSearch\ta.com\n", 1, SLIM_EBADRULES},
        {"A\tsearch\tA.com\n", 1, SLIM_EBADRULES},
        {"A\tsearch\ta.com b\xff.com\n", 1, SLIM_EBADRULES},
        {"A\tsearch\ta.com x\n", 1, SLIM_EBADRULES},
        {"A\tsearch\ta\t\t\t\t\t\t\t\n", 1, SLIM_EBADRULES},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *path = scratch_path("sources.tsv");
        struct slim_sources *read;
        unsigned line = 99;
        put_file(path, cases[i].text, strlen(cases[i].text));
        if (slim_sources_read(path, &read, &line, pool) != cases[i].status
            || (cases[i].status != APR_SUCCESS && line != cases[i].line)) {
            fail_msg("case %zu: line %u", i, line);
        }
    }
    struct slim_sources *read;
    unsigned line = 99;
    assert_int_equal(ENOENT, slim_sources_read(scratch_path("no-such-file"), &read, &line, pool));
    assert_int_equal(0, line);
}

static void patterns_fit_as_the_head_of_the_file_says(void **state)
{
    static const char list[] = "Exact\tsearch\texact.com\n"
                               "Below\tsearch\t.below.com\n"
                               "Any\tsearch\tany.*\n"
                               "Path\tsocial\texact.com/a\n"
                               "Deep\tai\texact.com/a/b\n"
                               "Longer\tmail\t.longer.below.com\n";
    static const struct {
        const char *host, *path, *name;
    } cases[] = {
        {"exact.com", "/", "Exact"},
        {"exact.com", "", "Exact"},
        {"www.exact.com", "/", "Exact"},
        {"m.exact.com", "/", "Exact"},
        {"search.exact.com", "/", "Exact"},
        {"x.exact.com", "/", NULL},
        {"exact.org", "/", NULL},
        {"below.com", "/", "Below"},
        {"a.b.below.com", "/", "Below"},
        {"xbelow.com", "/", NULL},
        {"longer.below.com", "/", "Longer"},
        {"x.longer.below.com", "/", "Longer"},
        {"any.de", "/", "Any"},
        {"www.any.co.uk", "/", "Any"},
        {"any.com.br", "/", "Any"},
        {"any", "/", NULL},
        {"x.any.de", "/", NULL},
        {"exact.com", "/a", "Path"},
        {"exact.com", "/a/", "Path"},
        {"exact.com", "/a/x", "Path"},
        {"exact.com", "/a/b", "Deep"},
        {"exact.com", "/a/b/c", "Deep"},
        {"exact.com", "/ab", "Exact"},
        {"exact.com", "/x/a", "Exact"},
        {"", "", NULL},
        {".", "/", NULL},
        {"com", "/", NULL},
    };
    const char *path = scratch_path("sources.tsv");
    struct slim_sources *read;
    unsigned line;

    (void)state;
    put_file(path, list, strlen(list));
    assert_int_equal(APR_SUCCESS, slim_sources_read(path, &read, &line, pool));
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const struct slim_source *found =
            slim_sources_find(read, text_of(cases[i].host), text_of(cases[i].path));
        if ((found == NULL) != (cases[i].name == NULL)
            || (found && strcmp(found->name, cases[i].name) != 0)) {
            fail_msg("%s%s: %s", cases[i].host, cases[i].path, found ? found->name : "none");
        }
    }
}

/* The later line would win in silence. */
static void no_pattern_of_ours_stands_twice(void **state)
{
    apr_hash_t *seen = apr_hash_make(pool);
    struct slim_tsv tsv;
    int doubles = 0;

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_tsv_open("conf/sources.tsv", &tsv, pool));
    while (slim_tsv_next(&tsv, pool) == APR_SUCCESS) {
        char *rest;
        for (char *one = apr_strtok(tsv.column[2], " ", &rest); one;
             one = apr_strtok(NULL, " ", &rest)) {
            if (apr_hash_get(seen, one, APR_HASH_KEY_STRING)) {
                print_error("conf/sources.tsv, line %u: %s stands twice\n", tsv.line, one);
                doubles++;
            }
            apr_hash_set(seen, one, APR_HASH_KEY_STRING, "");
        }
    }
    assert_true(apr_hash_count(seen) > 300);
    assert_int_equal(0, doubles);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_lines_are_refused_with_their_number),
        cmocka_unit_test(patterns_fit_as_the_head_of_the_file_says),
        cmocka_unit_test(no_pattern_of_ours_stands_twice),
    };

    return RUN_UNIT(tests);
}
