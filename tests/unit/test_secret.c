/* SlimStatsSecret: values that are recorded nowhere. */
#include "unit.h"

#include "core/query_rule.h"
#include "noise.h"

static struct slim_query_rule rule_of(const char *secret)
{
    struct slim_query_rule rule = {SLIM_QUERY_KEEP, "", "s", {0, ""}};

    if (*secret && !slim_secret_rule_parse(secret, &rule.secret, pool)) {
        fail_msg("'%s' is not read", secret);
    }
    return rule;
}

static void is_left_of(const char *secret, const char *address, const char *left)
{
    struct slim_query_rule rule = rule_of(secret);
    char out[400];
    size_t length = slim_query_apply(&rule, text_of(address), out, sizeof out);
    const char *got = apr_pstrmemdup(pool, out, length);

    if (strcmp(got, left) != 0) {
        fail_msg("of %s with '%s' is left %s, not %s", address, secret, got, left);
    }
    if (slim_query_is_plain(text_of(address)) && strcmp(address, left) != 0) {
        fail_msg("%s is said to be plain", address);
    }
    if (slim_query_stays(&rule, text_of(address)) && strcmp(address, left) != 0) {
        fail_msg("%s is said to stay with '%s'", address, secret);
    }
}

static void values_of_secrets_go_and_names_stay(void **state)
{
    static const char *const cases[][2] = {
        {"/login?password=x", "/login?password"},
        {"/reset?token=x&lang=de", "/reset?token&lang=de"},
        {"/?a=1&access_token=x", "/?a=1&access_token"},
        {"/?api_key=x", "/?api_key"},
        {"/?API-Key=x", "/?API-Key"},
        {"/?X-Amz-Signature=x&X-Amz-Date=1", "/?X-Amz-Signature&X-Amz-Date=1"},
        {"/?user%5Bpassword%5D=x", "/?user%5Bpassword%5D"},
        {"/?p%61ssword=x", "/?p%61ssword"},
        {"/?PHPSESSID=x", "/?PHPSESSID"},
        {"/wp-login.php?log=admin&pwd=x", "/wp-login.php?log=admin&pwd"},
        {"/?email=a%40example.com&id=9", "/?email&id"},
        {"/cb?code=x&state=y", "/cb?code&state"},
        {"/?page=2;token=x", "/?page=2;token"},
        {"/?token=a;b&c=1", "/?token&c=1"},
        {"/?token=&a=1", "/?token=&a=1"},
        {"/?token", "/?token"},
        {"/cb#access_token=x", "/cb"},
        {"/;jsessionid=x", "/;jsessionid"},
        {"/a;jsessionid=x/b;v=1?c=1", "/a;jsessionid/b;v=1?c=1"},
        {"http://user:pw@localhost/", "http://localhost/"},
        {"https://user@example.org/a?b=1", "https://example.org/a?b=1"},
        {"https://a:b@c@example.org/", "https://example.org/"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        is_left_of("", cases[i][0], cases[i][1]);
    }
}

static void what_is_encoded_in_a_value_is_seen(void **state)
{
    static const char *const cases[][2] = {
        {"/?next=/reset%3Ftoken%3Dx", "/?next"},
        {"/?next=%252Freset%253Ftoken%253Dx&a=1", "/?next&a=1"},
        {"/?u=https%3A%2F%2Fme%3Apw%40example.org%2F", "/?u"},
        {"/?v=%7B%22password%22%3A%22x%22%7D", "/?v"},
        {"/?next=/a%3Fb%3D1", "/?next=/a%3Fb%3D1"},
        {"/?t=12:30", "/?t=12:30"},
        {"/?who=@name", "/?who=@name"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        is_left_of("", cases[i][0], cases[i][1]);
    }
}

static void what_is_no_secret_is_left_as_it_was_written(void **state)
{
    static const char *const cases[] = {
        "",
        "/",
        "/a?",
        "/a?b&&c=1;d=2&",
        "/a?max=50&monkey=1&passage=2&design=3",
        "/product?code=AB-1",
        "/?id=5&p=7",
        "/map;v=1/x;y?z=%zz",
        "/@name/posts",
        "https://example.org/@name",
        "/?pi=3&sigma=2",
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        is_left_of("", cases[i], cases[i]);
    }
}

static void a_directive_changes_the_list(void **state)
{
    (void)state;
    is_left_of("door", "/?door=1&token=2", "/?door&token");
    is_left_of("*door*", "/?front-door=1", "/?front-door");
    is_left_of("door", "/?front-door=1", "/?front-door=1");
    is_left_of("none", "/?token=2", "/?token=2");
    is_left_of("none door", "/?door=1&token=2", "/?door&token=2");
    is_left_of("!key", "/?key=1&api_key=2", "/?key=1&api_key");
    is_left_of("!*key*", "/?key=1&api_key=2&token=3", "/?key=1&api_key=2&token");
    is_left_of("none", "http://user:pw@localhost/#x", "http://localhost/");
    is_left_of("s", "/?s=words&S=1", "/?s=words&S");
}

static void a_name_too_long_to_be_looked_at_is_secret(void **state)
{
    char address[400], left[400];

    (void)state;
    for (size_t length = 250; length < 260; length++) {
        snprintf(address, sizeof address, "/?%0*d=1&b=2", (int)length, 0);
        snprintf(left, sizeof left, "/?%0*d%s&b=2", (int)length, 0, length < 256 ? "=1" : "");
        is_left_of("", address, left);
    }
}

static void rules_are_read(void **state)
{
    static const char *const bad[] = {"",   " ", "none ", "a  b", "a ",  "*",  "**",  "a*",
                                      "*a", "!", "-_",    "*-*",  "a=b", "?a", "a&b", "#a"};
    struct slim_secret_rule rule;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(bad); i++) {
        if (slim_secret_rule_parse(bad[i], &rule, pool)) {
            fail_msg("'%s' is read as '%s'", bad[i], rule.names);
        }
    }
    assert_int_equal(1, slim_secret_rule_parse("none A-Key *Door_Code* !x", &rule, pool));
    assert_int_equal(1, rule.without_ours);
    assert_string_equal("akey *doorcode* !x", rule.names);
}

/* Each name of ours, whole, in capitals, parted and within a longer one, and pieces around it. What
 * is said to stay does, and of what has nothing secret most is known to. */
static void what_stays_at_a_glance_stays(void **state)
{
    static const char *const parts[] = {"page", "q", "=",     "&",    "?",  ";",       "#",     "%",
                                        "@",    ":", "x_y",   "9",    "12", "id",      "login", "/",
                                        "-",    ".", "[a][]", "\xe9", "Aa", "=lamps&", "&p="};
    struct slim_query_rule rule = rule_of("");
    char address[300], out[300], name[100];
    unsigned staying = 0;

    (void)state;
    for (unsigned round = 0; round < 200000; round++) {
        const struct slim_secret *secret = &slim_secrets[round % slim_secrets_from[26]];
        size_t length = (size_t)snprintf(address, sizeof address, "/?");
        for (size_t i = 0; i <= secret->length; i++) {
            char c = secret->name[i];
            name[i] = (char)(c >= 'a' && c <= 'z' && noise_below(3) == 0 ? c - 32 : c);
        }
        for (size_t n = noise_below(9); n > 0; n--) {
            const char *part = parts[noise_below(LENGTH_OF(parts))];
            part = noise_below(12) == 0 ? name : part;
            length += (size_t)snprintf(address + length, sizeof address - length, "%s", part);
        }
        struct slim_text text = {address, length};
        size_t left = slim_query_apply(&rule, text, out, sizeof out);
        if (slim_query_stays(&rule, text)) {
            staying++;
            if (left != length || memcmp(out, address, length) != 0) {
                fail_msg("%s is said to stay", address);
            }
        }
    }
    assert_true(staying > 20000);
    assert_true(
        slim_query_stays(&rule, text_of("/shop/?page=2&sort=price&q=red+lamps&utm_source=x")));
    assert_true(slim_query_stays(
        &rule, text_of("https://www.example.org:8443/a.html?lang=de&category=7&v=1.2-3")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stays_at_a_glance_stays),
        cmocka_unit_test(values_of_secrets_go_and_names_stay),
        cmocka_unit_test(what_is_encoded_in_a_value_is_seen),
        cmocka_unit_test(what_is_no_secret_is_left_as_it_was_written),
        cmocka_unit_test(a_directive_changes_the_list),
        cmocka_unit_test(a_name_too_long_to_be_looked_at_is_secret),
        cmocka_unit_test(rules_are_read),
    };

    return RUN_UNIT(tests);
}
