/* The list of sources: how its lines are read, and which hosts its patterns fit. */
#include "unit.h"

#include <errno.h>

#include <apr_hash.h>

#include "core/tsv.h"
#include "enrich/sources.h"

static apr_status_t read_list(const char *path, struct slim_sources **sources, const char **fault)
{
    struct slim_list_file file = {.path = path};

    *sources = slim_sources_make(pool);
    apr_status_t rv = slim_sources_add(*sources, &file, pool);
    *fault = file.fault;
    return rv;
}

static apr_status_t add_spam(const char *path, struct slim_sources *sources, const char **fault)
{
    struct slim_list_file file = {.path = path};
    apr_status_t rv = slim_sources_add_spam(sources, &file, pool);

    *fault = file.fault;
    return rv;
}

static void bad_lines_are_refused_with_their_place(void **state)
{
    static const struct {
        const char *text;
        const char *where; /* NULL: it is good */
    } cases[] = {
        {"", NULL},
        {"# nothing\n\n", NULL},
        {"A\tsearch\ta.com\n", NULL},
        {"A\tsearch\ta.com .b.com c.* d.com/e/f ??.g.com =h\tq,p\tutf-8\n", NULL},
        {"A\tsearch\ta.com\nB\tnonsense\tb.com\n", "line 2, column 3: "},
        {"#\n\nA\tsearch\n", "line 3, column 1: "},
        {"A\n", "line 1, column 1: "},
        {"\tsearch\ta.com\n", "line 1, column 1: "},
        {"A\tSearch\ta.com\n", "line 1, column 3: "},
        {"A\tsearch\tA.com\n", "line 1, column 10: "},
        {"A\tsearch\ta.com b\xff.com\n", "line 1, column 16: "},
        {"A\tsearch\ta.com x\n", "line 1, column 16: "},
        {"A\tsearch\ta\t\t\t\t\t\t\t\n", "line 1, column "},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *path = scratch_path("sources.tsv"), *fault;
        struct slim_sources *read;
        put_file(path, cases[i].text, strlen(cases[i].text));
        apr_status_t rv = read_list(path, &read, &fault);
        if ((rv == APR_SUCCESS) != (cases[i].where == NULL)
            || (cases[i].where && (rv != SLIM_EBADRULES || !strstr(fault, cases[i].where)))) {
            fail_msg("case %zu: %s", i, fault);
        }
    }
    struct slim_sources *read;
    const char *fault;
    assert_int_equal(ENOENT, read_list(scratch_path("no-such-file"), &read, &fault));
    assert_non_null(strstr(fault, "no-such-file: cannot be read: "));
}

/* A file that was bad from its beginning on. */
static void good_lines_of_a_bad_file_can_be_had(void **state)
{
    char text[] = "A\tsearch\ta.com\nB\tnonsense\tb.com\nC\tmail\tc.com\nD\n";
    struct slim_list_file file = {.path = "made-up",
                                  .bytes = text,
                                  .length = strlen(text),
                                  .only_good = 1};
    struct slim_sources *read = slim_sources_make(pool);

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_sources_add(read, &file, pool));
    assert_non_null(slim_sources_find(read, text_of("a.com"), text_of("/")));
    assert_null(slim_sources_find(read, text_of("b.com"), text_of("/")));
    assert_non_null(slim_sources_find(read, text_of("c.com"), text_of("/")));
    assert_non_null(strstr(file.fault, "made-up: line 2, column 3: is no channel"));
}

static void patterns_fit_as_the_head_of_the_file_says(void **state)
{
    static const char list[] = "Exact\tsearch\texact.com\n"
                               "Below\tsearch\t.below.com\n"
                               "Any\tsearch\tany.*\n"
                               "Path\tsocial\texact.com/a\n"
                               "Deep\tai\texact.com/a/b\n"
                               "Longer\tmail\t.longer.below.com\n"
                               "Label\tmail\twebmail.**\n"
                               "Portal\tsearch\t.portal.com ??.portal.com/x\n"
                               "Home\tai\t??.home.com\n"
                               "Shop\twebsite\t.shop.com\n";
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
        {"webmail.any.example", "/", "Label"},
        {"webmail2.x.any.co.uk", "/", "Label"},
        {"webmail34.example.org", "/", "Label"},
        {"webmail.below.com", "/", "Label"},
        {"webmail.com", "/", NULL},
        {"webmail.portal.com", "/", "Label"},
        {"mail.portal.com", "/", "Portal"},
        {"webmail.shop.com", "/", "Shop"},
        {"de.home.com", "/", "Home"},
        {"www.de.home.com", "/", "Home"},
        {"home.com", "/", NULL},
        {"deu.home.com", "/", NULL},
        {"a.de.home.com", "/", NULL},
        {"webmails.example.org", "/", NULL},
        {"2.example.org", "/", NULL},
        {"x.webmail.example.org", "/", NULL},
        {"", "", NULL},
        {".", "/", NULL},
        {"com", "/", NULL},
    };
    const char *path = scratch_path("sources.tsv");
    struct slim_sources *read;
    const char *fault;

    (void)state;
    put_file(path, list, strlen(list));
    assert_int_equal(APR_SUCCESS, read_list(path, &read, &fault));
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const struct slim_source *found =
            slim_sources_find(read, text_of(cases[i].host), text_of(cases[i].path));
        if ((found == NULL) != (cases[i].name == NULL)
            || (found && strcmp(found->name, cases[i].name) != 0)) {
            fail_msg("%s%s: %s", cases[i].host, cases[i].path, found ? found->name : "none");
        }
    }
}

/* tests/data/source_hosts.tsv */
static void hosts_of_our_list_have_their_channel(void **state)
{
    struct slim_sources *read;
    struct slim_tsv tsv;
    const char *fault;
    int rows = 0, wrong = 0;

    (void)state;
    assert_int_equal(APR_SUCCESS, read_list("conf/sources.tsv", &read, &fault));
    assert_int_equal(APR_SUCCESS, slim_tsv_open("tests/data/source_hosts.tsv", &tsv, pool));
    for (; slim_tsv_next(&tsv, pool) == APR_SUCCESS; rows++) {
        const struct slim_source *found =
            slim_sources_find(read, text_of(tsv.column[0]), text_of("/"));
        const char *got = found ? slim_channel_name(found->channel) : "website";
        if (strcmp(tsv.column[1], got) != 0
            || (*tsv.column[2] && (!found || strcmp(tsv.column[2], found->name) != 0))) {
            print_error("line %u: %s is %s (%s)\n", tsv.line, tsv.column[0], got,
                        found ? found->name : "none");
            wrong++;
        }
    }
    assert_int_equal(0, wrong);
    assert_true(rows > 30);
}

static void spam_is_marked_and_bad_lines_are_refused(void **state)
{
    static const struct {
        const char *text, *where;
    } cases[] = {
        {"", NULL},
        {"# nothing\n\nspam.example\nb.spam.example\n", NULL},
        {"spam.example\nspam\n", "line 2, column 1: "},
        {"spam.*\n", "line 1, "},
        {"spam.example/x\n", "line 1, "},
        {".spam.example\n", "line 1, "},
        {"Spam.example\n", "line 1, "},
        {"spam.example\tx\n", "line 1, "},
    };
    const char *path = scratch_path("spam.txt"), *fault;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        put_file(path, cases[i].text, strlen(cases[i].text));
        apr_status_t rv = add_spam(path, slim_sources_make(pool), &fault);
        assert_int_equal(cases[i].where ? SLIM_EBADRULES : APR_SUCCESS, rv);
        assert_true(!cases[i].where || strstr(fault, cases[i].where));
    }
    struct slim_sources *sources = slim_sources_make(pool);
    put_file(path, cases[1].text, strlen(cases[1].text));
    assert_int_equal(APR_SUCCESS, add_spam(path, sources, &fault));
    const struct slim_source *found =
        slim_sources_find(sources, text_of("www.spam.example"), text_of("/"));
    assert_non_null(found);
    assert_string_equal(SLIM_SOURCE_SPAM, found->name);
    assert_string_equal(path, found->file);
    assert_int_equal(3, found->line);
    assert_true(found->spam);
    assert_null(slim_sources_find(sources, text_of("nospam.example"), text_of("/")));
}

/* A site's own list is read behind ours. */
static void what_is_added_later_wins(void **state)
{
    static const char first[] = "A\tsearch\ta.com b.com\n", second[] = "B\tmail\tb.com\n";
    const char *path = scratch_path("sources.tsv");
    struct slim_sources *sources = slim_sources_make(pool);
    struct slim_list_file file = {.path = path};

    (void)state;
    put_file(path, first, strlen(first));
    assert_int_equal(APR_SUCCESS, slim_sources_add(sources, &file, pool));
    put_file(path, second, strlen(second));
    assert_int_equal(APR_SUCCESS, slim_sources_add(sources, &file, pool));
    assert_string_equal("A", slim_sources_find(sources, text_of("a.com"), text_of("/"))->name);
    assert_string_equal("B", slim_sources_find(sources, text_of("b.com"), text_of("/"))->name);
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
        cmocka_unit_test(bad_lines_are_refused_with_their_place),
        cmocka_unit_test(good_lines_of_a_bad_file_can_be_had),
        cmocka_unit_test(patterns_fit_as_the_head_of_the_file_says),
        cmocka_unit_test(hosts_of_our_list_have_their_channel),
        cmocka_unit_test(spam_is_marked_and_bad_lines_are_refused),
        cmocka_unit_test(what_is_added_later_wins),
        cmocka_unit_test(no_pattern_of_ours_stands_twice),
    };

    return RUN_UNIT(tests);
}
