/* SlimStatsPage: which addresses are one page. */
#include "unit.h"

#include "core/bytes.h"
#include "core/page_rule.h"
#include "core/text.h"
#include "noise.h"

#define RULES_MAX 8

static apr_array_header_t *rules_of(const char *const *texts)
{
    apr_array_header_t *rules = apr_array_make(pool, RULES_MAX, sizeof(struct slim_page_rule));
    const char *why;

    for (int i = 0; texts[i]; i++) {
        const char *text =
            strchr(texts[i], '\t') ? texts[i] : apr_pstrcat(pool, "\t", texts[i], NULL);
        struct slim_page_rule *rule = apr_array_push(rules);
        if (slim_page_rule_parse(text, rule, &why, pool) != APR_SUCCESS) {
            fail_msg("%s: %s", texts[i], why ? why : "not understood");
        }
    }
    return rules;
}

/* The page, and behind it what made it. */
static const char *apply_of(const apr_array_header_t *rules, const char *resource,
                            struct slim_text sections, const char *file)
{
    const struct slim_page_place place = {text_of(resource), sections, text_of(file)};
    const struct slim_page_rule *made;
    char page[256];
    size_t length = strlen(resource);

    memcpy(page, resource, length);
    length = slim_page_rules_apply(rules, &place, page, length, sizeof page, &made);
    return apr_psprintf(pool, "%.*s%s%s", (int)length, page, made ? "  " : "",
                        made ? made->text : "");
}

static const char *apply(const apr_array_header_t *rules, const char *resource,
                         struct slim_text sections)
{
    return apply_of(rules, resource, sections, "");
}

static void files_complete_addresses(void **state)
{
    static const struct {
        const char *rules[RULES_MAX];
        const char *resource, *file, *page;
    } cases[] = {
        {{"file"}, "/", "/home.asp", "/home.asp  file"},
        {{"file"}, "/home.asp", "/home.asp", "/home.asp"},
        {{"file"}, "/a/?x=1", "/a/index.php", "/a/index.php?x=1  file"},
        {{"file"}, "/about", "/about.html", "/about.html  file"},
        {{"file"}, "/about?a/b", "/about.html", "/about.html?a/b  file"},
        {{"file"}, "/post/hello", "/index.php", "/post/hello"},
        {{"file"}, "/post", "/post/index.php", "/post"},
        {{"file"}, "/about", "/abo", "/about"},
        {{"file"}, "/about", "", "/about"},
        {{"slash", "index", "file"}, "/a/index.html", "/a/index.html", "/a  slash"},
        {{"slash", "index", "file"}, "/a/", "/a/index.html", "/a  slash"},
        {{"lower", "file"}, "/A", "/A.html", "/a.html  lower"},
        {{"file", "map /a.html /named"}, "/a", "/a.html", "/named  map /a.html /named"},
        {{"file", "none"}, "/a", "/a.html", "/a"},
        {{"none"}, "/a", "/a.html", "/a"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(apply_of(rules_of(cases[i].rules), cases[i].resource,
                                     (struct slim_text){NULL, 0}, cases[i].file),
                            cases[i].page);
    }
}

static void addresses_become_one_page(void **state)
{
    static const struct {
        const char *rules[RULES_MAX];
        const char *resource, *page;
    } cases[] = {
        {{"index"}, "/index.html", "/  index"},
        {{"index"}, "/a/index.php?x=1", "/a/?x=1  index"},
        {{"index"}, "/a/index.php/x", "/a/index.php/x"},
        {{"index"}, "/a/myindex.html", "/a/myindex.html"},
        {{"index"}, "/index.html/", "/index.html/"},
        {{"index"}, "/?/index.html", "/?/index.html"},
        {{"index"}, "/Index.html", "/Index.html"},
        {{"index=home.asp"}, "/a/home.asp", "/a/  index=home.asp"},
        {{"index=home.asp"}, "/a/index.html", "/a/index.html"},
        {{"index"}, "*", "*"},
        {{"index"}, "", ""},
        {{"slash"}, "/", "/"},
        {{"slash"}, "//", "/  slash"},
        {{"slash"}, "/a/?b/", "/a?b/  slash"},
        {{"slash"}, "/a", "/a"},
        {{"lower"}, "/A/%2Fb?C=D", "/a/%2Fb?C=D  lower"},
        {{"lower"}, "/%C3", "/%C3"},
        {{"lower"}, "/%", "/%"},
        {{"slash", "index"}, "/a/index.html", "/a  slash"},
        {{"lower", "index"}, "/A/index.html", "/a/  lower"},
        {{"map /shop/[0-9]+ /shop/..."}, "/shop/12", "/shop/...  map /shop/[0-9]+ /shop/..."},
        {{"map /shop/[0-9]+ /shop/..."},
         "/shop/12?a=b",
         "/shop/...?a=b  map /shop/[0-9]+ /shop/..."},
        {{"map /shop/[0-9]+ /shop/..."}, "/shop/12/x", "/shop/12/x"},
        {{"map /shop/[0-9]+ /shop/..."}, "/x/shop/12", "/x/shop/12"},
        {{"map (/[a-z]+)/([0-9]+) $2$1"}, "/a/1", "1/a  map (/[a-z]+)/([0-9]+) $2$1"},
        {{"map /a(b)?(c) /$1$2"}, "/ac", "/c  map /a(b)?(c) /$1$2"},
        {{"map /a(b)? /x$1"}, "/a", "/x  map /a(b)? /x$1"},
        {{"map /a $$x"}, "/a", "$$x  map /a $$x"},
        {{"map (/a)\\?.* $1"}, "/a?x=1", "/a  map (/a)\\?.* $1"},
        {{"map (/a)\\?.* $1"}, "/a", "/a"},
        {{"map /\\w+ /word"}, "/caf\u00e9", "/caf\u00e9"},
        {{"map /caf. /c"}, "/caf\u00e9", "/c  map /caf. /c"},
        {{"map /a /b", "map /b /c"}, "/a", "/c  map /b /c"},
        {{"map /b /c", "map /a /b"}, "/a", "/b  map /a /b"},
        {{"map /a /B", "lower"}, "/A", "/B  map /a /B"},
        {{"map (.*) $0$0"}, "/a", "/a/a  map (.*) $0$0"},
        {{"map (x?).* $1"}, "/a", "/a"},
        {{"map /a /a"}, "/a", "/a  map /a /a"},
        {{"lower", "none", "slash"}, "/A/", "/A  slash"},
        {{"lower", "none"}, "/A/", "/A/"},
        {{"lower", "/b\tnone"}, "/B/A", "/b/a  lower"},
        {{"lower", "/B\tnone"}, "/B/A", "/B/A"},
        {{"/shop\tslash", "/shop/x\tlower"}, "/shop/x/Y/", "/shop/x/y  lower"},
        {{"/shop\tslash"}, "/sho%70/Y/", "/sho%70/Y  slash"},
        {{"/shop\tslash"}, "/shopping/", "/shopping/"},
        {{"<Files x>\tslash"}, "/x/", "/x/"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *page = apply(rules_of(cases[i].rules), cases[i].resource, text_of(""));
        assert_string_equal(cases[i].page, page);
    }
    assert_string_equal("/A", apply(NULL, "/A", text_of("")));
}

static void sections_that_no_address_tells_hold_by_their_id(void **state)
{
    static const char *const texts[] = {"<Directory /x>\tlower", "<Files y>\tslash",
                                        "<Files z>\tnone", NULL};
    const apr_array_header_t *rules = rules_of(texts);
    char ids[12];

    (void)state;
    slim_put_u32(ids, 17);
    slim_put_u32(ids + 4, slim_page_section_id("<Files y>"));
    slim_put_u32(ids + 8, slim_page_section_id("<Directory /x>"));
    assert_string_equal("/A/", apply(rules, "/A/", (struct slim_text){ids, 0}));
    assert_string_equal("/A  slash", apply(rules, "/A/", (struct slim_text){ids, 8}));
    assert_string_equal("/A  slash", apply(rules, "/A/", (struct slim_text){ids, 11}));
    assert_string_equal("/a  lower", apply(rules, "/A/", (struct slim_text){ids, 12}));
    slim_put_u32(ids, slim_page_section_id("<Files z>"));
    assert_string_equal("/A/", apply(rules, "/A/", (struct slim_text){ids, 12}));
}

static void what_is_no_rule_is_refused(void **state)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"index", NULL}, /* without a section */
        {"\t", NULL},
        {"\tIndex", NULL},
        {"\tindex=", NULL},
        {"\tindex=a/b", NULL},
        {"\tindex=a b", NULL},
        {"place\tindex", NULL},
        {"\tlower slash", NULL},
        {"\tmap", NULL},
        {"\tmap ", "needs a pattern and a page"},
        {"\tmap /a", "needs a pattern and a page"},
        {"\tmap /a ", "needs a pattern and a page"},
        {"\tmap /a /b c", "needs a pattern and a page"},
        {"\tmap /\xff /b", "needs a pattern and a page"},
        {"\tmap /a\n /b", "needs a pattern and a page"},
        {"\tmap /shop/[0-9 /b", "pattern /shop/[0-9, at byte 10: "},
        {"\tmap /a( /b", "pattern /a(, at byte 3: "},
        {"\tmap /\\C /b", "at byte"},
        {"\tmap /a $1", "page $1 names a group that pattern /a does not have"},
        {"\tmap /a(b) $2", "page $2 names a group"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_page_rule rule;
        const char *why;
        assert_int_equal(SLIM_EBADSETTING, slim_page_rule_parse(cases[i].text, &rule, &why, pool));
        if (!cases[i].why != !why || (why && !strstr(why, cases[i].why))) {
            fail_msg("%s: %s", cases[i].text, why ? why : "not understood");
        }
    }
    char *longest = apr_pcalloc(pool, 2000);
    memset(longest, 'a', 1000);
    memcpy(longest, "\tmap ", 5);
    memcpy(longest + 900, " /b", 3);
    struct slim_page_rule rule;
    const char *why;
    assert_int_equal(SLIM_EBADSETTING, slim_page_rule_parse(longest, &rule, &why, pool));
}

/* A pattern that would try for ages ends, and does not fit. */
static void hostile_addresses_end(void **state)
{
    static const char *const texts[] = {"map /((a+)+)+b /c", "map (/?.*)*c /d", NULL};
    char resource[240];

    (void)state;
    memset(resource, 'a', sizeof resource);
    resource[0] = '/';
    resource[sizeof resource - 1] = '\0';
    assert_string_equal(resource, apply(rules_of(texts), resource, text_of("")));
}

/* Whatever comes: within its room, UTF-8, and never empty. */
static void pages_stay_texts(void **state)
{
    static const char *const texts[] = {"index",
                                        "lower",
                                        "slash",
                                        "map (/.)(.*) $2\u20ac$1$2",
                                        "map (.*)\\?(.*) $1$2\u00e9?$2",
                                        "/a\tnone",
                                        "map /b(.*) $1",
                                        NULL};
    static const char *const parts[] = {"/", "a",          "B",      "?",      "%2F",
                                        "%", "index.html", "\u00e9", "//",     ".",
                                        "=", "&x",         "b",      "\u20ac", "\U0001f600"};
    const apr_array_header_t *rules = rules_of(texts);

    (void)state;
    for (int round = 0; round < 50000; round++) {
        char page[200], resource[200];
        size_t length = 1, size = 60 + noise_below(140);
        const struct slim_page_rule *made;
        page[0] = '/';
        for (size_t n = noise_below(12); n > 0; n--) {
            const char *part = parts[noise_below(LENGTH_OF(parts))];
            size_t more = strlen(part);
            if (length + more > size) {
                break;
            }
            memcpy(page + length, part, more);
            length += more;
        }
        memcpy(resource, page, length);
        char file[240];
        size_t longer = length + noise_below(sizeof file - length);
        memcpy(file, page, length);
        memset(file + length, 'f', longer - length);
        const struct slim_page_place place = {{resource, length}, {NULL, 0}, {file, longer}};
        length = slim_page_rules_apply(rules, &place, page, length, size, &made);
        assert_true(length > 0 && length <= size && slim_utf8_is_valid(page, length));
    }
}

static void lists_are_compared(void **state)
{
    static const char *const one[] = {"lower", "map /a /b", NULL};
    static const char *const two[] = {"lower", "map /a /c", NULL};
    static const char *const three[] = {"lower", "/x\tmap /a /b", NULL};

    (void)state;
    assert_true(slim_page_rules_are_equal(rules_of(one), rules_of(one)));
    assert_true(slim_page_rules_are_equal(NULL, NULL));
    assert_false(slim_page_rules_are_equal(rules_of(one), NULL));
    assert_false(slim_page_rules_are_equal(rules_of(one), rules_of(two)));
    assert_false(slim_page_rules_are_equal(rules_of(one), rules_of(three)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_complete_addresses),
        cmocka_unit_test(addresses_become_one_page),
        cmocka_unit_test(sections_that_no_address_tells_hold_by_their_id),
        cmocka_unit_test(what_is_no_rule_is_refused),
        cmocka_unit_test(hostile_addresses_end),
        cmocka_unit_test(pages_stay_texts),
        cmocka_unit_test(lists_are_compared),
    };

    return RUN_UNIT(tests);
}
