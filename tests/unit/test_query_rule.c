/* SlimStatsQuery: what is left of an address. */
#include "unit.h"

#include "core/click_id.h"
#include "core/query_rule.h"
#include "noise.h"

static struct slim_query_rule rule_of(const char *text)
{
    struct slim_query_rule rule = {SLIM_QUERY_KEEP, "", "s q", {0, ""}};

    assert_int_equal(1, slim_query_rule_parse(text, &rule));
    return rule;
}

static void parameters_are_kept_by_name(void **state)
{
    static const struct {
        const char *rule, *address, *applied, *reduced;
    } cases[] = {
        {"drop", "", "", ""},
        {"drop", "/", "/", "/"},
        {"drop", "/a?", "/a", "/a"},
        {"drop", "/a?token=1", "/a", "/a"},
        {"drop", "/a?token", "/a", "/a"},
        {"drop", "/a#b?token=1", "/a", "/a"},
        {"drop", "/a?token=1#s=2", "/a", "/a"},
        {"drop", "/a?s=x&token=1", "/a", "/a?s=x"},
        {"drop", "/a?%73=x", "/a", "/a?%73=x"},
        {"drop", "/a?utm_source=x&t=1", "/a", "/a?utm_source=x"},
        {"drop", "/a?utm_=x&UTM_source=y", "/a", "/a"},
        {"drop", "/a?gclid=who&t=1", "/a", "/a?gclid"},
        {"drop", "/a?t=1&fbclid=who", "/a", "/a?fbclid"},
        {"drop", "https://u:p@example.org/a?t=1", "https://example.org/a", "https://example.org/a"},
        {"drop", "?", "", ""},
        {"drop", "?t=1", "", ""},
        {"drop", "/a??t=1?u=2", "/a", "/a"},
        {"only page", "/a?page=1&t=2", "/a?page=1", "/a?page=1"},
        {"only page", "/a?t=2&page=1", "/a?page=1", "/a?page=1"},
        {"only page", "/a?page=1;t=2", "/a?page=1", "/a?page=1"},
        {"only page", "/a?page", "/a?page", "/a?page"},
        {"only page", "/a?page=", "/a?page=", "/a?page="},
        {"only page", "/a?page=1=2", "/a?page=1=2", "/a?page=1=2"},
        {"only page", "/a?pages=1&pag=2&Page=3&xpage=4", "/a", "/a"},
        {"only page", "/a?pa%67e=1", "/a?pa%67e=1", "/a?pa%67e=1"},
        {"only page", "/a?page%00=1&page%26t=2", "/a", "/a"},
        {"only page", "/a?page=1&page=2", "/a?page=1&page=2", "/a?page=1&page=2"},
        {"only page", "/a?&&page=1&&", "/a?page=1", "/a?page=1"},
        {"only a b", "/?b=1&a=2&c=3", "/?b=1&a=2", "/?b=1&a=2"},
        {"only a[]", "/?a%5B%5D=1&a[]=2", "/?a%5B%5D=1&a[]=2", "/?a%5B%5D=1&a[]=2"},
        {"only gclid", "/?gclid=who", "/?gclid=who", "/?gclid=who"},
        {"only page", "/a?page=1&s=x&utm_campaign=c", "/a?page=1", "/a?page=1&s=x&utm_campaign=c"},
    };
    char out[200];

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_query_rule rule = rule_of(cases[i].rule);
        struct slim_text address = text_of(cases[i].address);
        size_t length = slim_query_apply(&rule, address, out, sizeof out);
        const char *applied = apr_pstrmemdup(pool, out, length);
        length = slim_query_reduce(&rule, address, out, sizeof out);
        const char *reduced = apr_pstrmemdup(pool, out, length);
        if (strcmp(applied, cases[i].applied) != 0 || strcmp(reduced, cases[i].reduced) != 0) {
            fail_msg("%s of %s: '%s' and '%s'", cases[i].rule, cases[i].address, applied, reduced);
        }
    }
}

static void rules_are_read(void **state)
{
    static const struct {
        const char *text;
        int mode; /* -1: refused */
    } cases[] = {
        {"keep", SLIM_QUERY_KEEP},
        {"drop", SLIM_QUERY_DROP},
        {"only a", SLIM_QUERY_ONLY},
        {"only a b c", SLIM_QUERY_ONLY},
        {"only", -1},
        {"only ", -1},
        {"only  a", -1},
        {"only a ", -1},
        {"only a\tb", -1},
        {"only a=b", -1},
        {"only a;b", -1},
        {"only a#", -1},
        {"only ?a", -1},
        {"", -1},
        {"Keep", -1},
        {"keep ", -1},
        {"none", -1},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_query_rule rule = {SLIM_QUERY_KEEP, "", "", {0, ""}};
        int good = slim_query_rule_parse(cases[i].text, &rule);
        if (good != (cases[i].mode >= 0) || (good && (int)rule.mode != cases[i].mode)) {
            fail_msg("'%s' is read otherwise", cases[i].text);
        }
    }
    assert_int_equal(0, slim_query_keys_are_good(
                            "1234567890123456789012345678901234567890123456789012345678901234x"));
}

static void what_does_not_fit_is_counted_and_not_written(void **state)
{
    struct slim_query_rule rule = rule_of("only a");
    char out[16];

    (void)state;
    for (size_t size = 0; size <= 8; size++) {
        memset(out, '!', sizeof out);
        assert_int_equal(7, slim_query_apply(&rule, text_of("/xy?b=1&a=2"), out, size));
        assert_memory_equal("/xy?a=2", out, size < 7 ? size : 7);
        assert_int_equal('!', out[size]);
    }
}

static void noise_becomes_no_longer_and_stays_what_it_is(void **state)
{
    struct slim_query_rule rules[] = {rule_of("drop"), rule_of("only a b c d e f"),
                                      rule_of("keep")};
    char address[300], once[300], twice[300];

    (void)state;
    for (int round = 0; round < 20000; round++) {
        noise_fill(address, sizeof address);
        for (size_t i = 0; i < sizeof address; i++) {
            static const char often[] = "?&=;#%abcdefgsutm_";
            if (address[i] & 1) {
                address[i] = often[(unsigned char)address[i] % (sizeof often - 1)];
            }
        }
        struct slim_text text = {address, sizeof address};
        const struct slim_query_rule *rule = &rules[round % 3];
        size_t reduced = slim_query_reduce(rule, text, once, sizeof once);
        assert_true(reduced <= sizeof once);
        size_t again =
            slim_query_reduce(rule, (struct slim_text){once, reduced}, twice, sizeof twice);
        assert_int_equal(reduced, again);
        assert_memory_equal(once, twice, again);
    }
}

static void click_ids_name_their_network(void **state)
{
    (void)state;
    assert_string_equal("Google Ads", slim_click_id_find(text_of("gclid"))->network);
    assert_int_equal(SLIM_CHANNEL_SOCIAL, slim_click_id_find(text_of("fbclid"))->channel);
    assert_null(slim_click_id_find(text_of("gcli")));
    assert_null(slim_click_id_find(text_of("gclidx")));
    assert_null(slim_click_id_find((struct slim_text){NULL, 0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_kept_by_name),
        cmocka_unit_test(rules_are_read),
        cmocka_unit_test(what_does_not_fit_is_counted_and_not_written),
        cmocka_unit_test(noise_becomes_no_longer_and_stays_what_it_is),
        cmocka_unit_test(click_ids_name_their_network),
    };

    return RUN_UNIT(tests);
}
