/* Rules about stored hits: what they mean, and what is refused. */
#include "unit.h"

#include "core/hit_rule.h"

static void rules_match_as_they_do_at_capture(void **state)
{
    static const struct {
        const char *rule, *resource, *agent;
        uint8_t address[16], length;
        int status, matches;
    } cases[] = {
        {"ip=192.0.2.7", "/", "", {192, 0, 2, 7}, 4, 200, 1},
        {"ip=192.0.2.7", "/", "", {192, 0, 2, 8}, 4, 200, 0},
        {"ip=192.0.2.0/29", "/", "", {192, 0, 2, 7}, 4, 200, 1},
        {"ip=192.0.2.0/29", "/", "", {192, 0, 2, 8}, 4, 200, 0},
        {"ip=0.0.0.0/0", "/", "", {1, 2, 3, 4}, 4, 200, 1},
        {"ip=0.0.0.0/0", "/", "", {0}, 0, 200, 0},
        {"ip=2001:db8::/32", "/", "", {0x20, 1, 0x0d, 0xb8, 9}, 16, 200, 1},
        {"ip=2001:db8::/32", "/", "", {0x20, 1, 0x0d, 0xb9}, 16, 200, 0},
        {"ip=192.0.2.0/24", "/", "", {192, 0, 2}, 16, 200, 0},
        {"path=/wp-*", "/wp-login.php?x=1", "", {0}, 0, 200, 1},
        {"path=/wp-*", "/blog/wp-login.php", "", {0}, 0, 200, 0},
        {"path=/a b", "/a%20b", "", {0}, 0, 200, 1},
        {"path=/a+b", "/a+b", "", {0}, 0, 200, 1},
        {"path=/a%", "/a%", "", {0}, 0, 200, 1},
        {"path=/A", "/a", "", {0}, 0, 200, 0},
        {"path=*", "", "", {0}, 0, 200, 0},
        {"status=404", "/", "", {0}, 0, 404, 1},
        {"status=300-399", "/", "", {0}, 0, 399, 1},
        {"status=300-399", "/", "", {0}, 0, 400, 0},
        {"agent=*bot*", "/", "A Bot/1", {0}, 0, 200, 1},
        {"agent=*", "/", "", {0}, 0, 200, 0},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_stored_hit hit = {.address_length = cases[i].length,
                                      .status = cases[i].status,
                                      .resource = text_of(cases[i].resource),
                                      .agent = text_of(cases[i].agent)};
        struct slim_hit_rule rule;
        const char *reason;
        memcpy(hit.address, cases[i].address, 16);
        assert_int_equal(APR_SUCCESS, slim_hit_rule_parse(&rule, cases[i].rule, &reason));
        if (slim_hit_rule_matches(&rule, &hit) != cases[i].matches) {
            fail_msg("%s on %s", cases[i].rule, cases[i].resource);
        }
    }
}

static void what_cannot_be_asked_is_refused(void **state)
{
    static const char *const rules[] = {"",
                                        "ip=",
                                        "ip=192.0.2",
                                        "ip=192.0.2.1/33",
                                        "ip=192.0.2.1/",
                                        "ip=x/8",
                                        "ip=1.2.3.4/-1",
                                        "status=",
                                        "status=99",
                                        "status=999",
                                        "status=500-600",
                                        "status=0404",
                                        "status=404-",
                                        "status=+404",
                                        "status=300-",
                                        "status=400-300",
                                        "path=",
                                        "path=wp-login.php",
                                        "agent=",
                                        "type=image/*",
                                        "env=dontlog",
                                        "expr=true",
                                        "referer=x"};
    struct slim_hit_rule rule;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(rules); i++) {
        const char *reason = NULL;
        assert_int_equal(SLIM_EBADSETTING, slim_hit_rule_parse(&rule, rules[i], &reason));
        assert_non_null(reason);
    }
}

static void visitors_are_numbers_of_64_bits(void **state)
{
    static const struct {
        const char *text;
        uint64_t visitor; /* 0: refused */
    } cases[] = {{"7", 7},
                 {"-1", UINT64_MAX},
                 {"18446744073709551615", UINT64_MAX},
                 {"0xff", 255},
                 {"18446744073709551616", 0},
                 {"0", 0},
                 {"", 0},
                 {"-", 0},
                 {" 7", 0},
                 {"7a", 0},
                 {"0x", 0}};

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_hit_rule rule;
        apr_status_t rv = slim_hit_rule_visitor(&rule, cases[i].text);
        assert_int_equal(cases[i].visitor ? APR_SUCCESS : SLIM_EBADSETTING, rv);
        assert_int_equal(1, cases[i].visitor == 0 || rule.visitor == cases[i].visitor);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_match_as_they_do_at_capture),
        cmocka_unit_test(what_cannot_be_asked_is_refused),
        cmocka_unit_test(visitors_are_numbers_of_64_bits),
    };

    return RUN_UNIT(tests);
}
