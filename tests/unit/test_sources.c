/* The list of sources: how its lines are read, and which hosts its patterns fit. */
#include "unit.h"

#include <errno.h>

#include <apr_hash.h>

#include "core/tsv.h"
#include "enrich/sources.h"

static apr_status_t read_list(const char *path, struct slim_sources **sources, unsigned *line)
{
    *sources = slim_sources_make(pool);
    return slim_sources_add(*sources, path, line, pool);
}

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
        if (read_list(path, &read, &line) != cases[i].status
            || (cases[i].status != APR_SUCCESS && line != cases[i].line)) {
            fail_msg("case %zu: line %u", i, line);
        }
    }
    struct slim_sources *read;
    unsigned line = 99;
    assert_int_equal(ENOENT, read_list(scratch_path("no-such-file"), &read, &line));
    assert_int_equal(0, line);
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
    unsigned line;

    (void)state;
    put_file(path, list, strlen(list));
    assert_int_equal(APR_SUCCESS, read_list(path, &read, &line));
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
    unsigned line;
    int rows = 0, wrong = 0;

    (void)state;
    assert_int_equal(APR_SUCCESS, read_list("conf/sources.tsv", &read, &line));
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
        const char *text;
        unsigned line;
        apr_status_t status;
    } cases[] = {
        {"", 0, APR_SUCCESS},
        {"# nothing\n\nspam.example\nb.spam.example\n", 4, APR_SUCCESS},
        {"spam.example\nspam\n", 2, SLIM_EBADRULES},
        {"spam.*\n", 1, SLIM_EBADRULES},
        {"spam.example/x\n", 1, SLIM_EBADRULES},
        {".spam.example\n", 1, SLIM_EBADRULES},
        {"Spam.example\n", 1, SLIM_EBADRULES},
        {"spam.example\tx\n", 1, SLIM_EBADRULES},
    };
    const char *path = scratch_path("spam.txt");
    unsigned line;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        put_file(path, cases[i].text, strlen(cases[i].text));
        assert_int_equal(cases[i].status,
                         slim_sources_add_spam(slim_sources_make(pool), path, &line, pool));
        assert_true(cases[i].status == APR_SUCCESS || line == cases[i].line);
    }
    struct slim_sources *sources = slim_sources_make(pool);
    put_file(path, cases[1].text, strlen(cases[1].text));
    assert_int_equal(APR_SUCCESS, slim_sources_add_spam(sources, path, &line, pool));
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
    unsigned line;

    (void)state;
    put_file(path, first, strlen(first));
    assert_int_equal(APR_SUCCESS, slim_sources_add(sources, path, &line, pool));
    put_file(path, second, strlen(second));
    assert_int_equal(APR_SUCCESS, slim_sources_add(sources, path, &line, pool));
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
        cmocka_unit_test(bad_lines_are_refused_with_their_number),
        cmocka_unit_test(patterns_fit_as_the_head_of_the_file_says),
        cmocka_unit_test(hosts_of_our_list_have_their_channel),
        cmocka_unit_test(spam_is_marked_and_bad_lines_are_refused),
        cmocka_unit_test(what_is_added_later_wins),
        cmocka_unit_test(no_pattern_of_ours_stands_twice),
    };

    return RUN_UNIT(tests);
}
