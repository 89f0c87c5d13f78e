/* What somebody may have meant by a name that is not known. */
#include "unit.h"

#include <string.h>

#include "core/near_name.h"

static const char *nearest(const char *meant)
{
    static const char *const names[] = {"report", "reports", "import",  "export", "country",
                                        "city",   "ip",      "browser", "pages",  "page"};
    struct slim_near_name near;

    slim_near_begin(&near, meant, strlen(meant));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        slim_near_try(&near, names[i]);
    }
    return near.name ? near.name : "";
}

static void one_letter_is_a_slip(void **state)
{
    static const char *const cases[][2] = {
        {"repot", "report"},   {"reprot", "report"}, {"rreport", "report"},
        {"contry", "country"}, {"ctiy", "city"},     {"cuontry", "country"},
        {"inport", "import"},  {"pgaes", "pages"},   {"pagex", "pages"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(cases[i][1], nearest(cases[i][0]));
    }
}

static void beginnings_are_meant(void **state)
{
    (void)state;
    assert_string_equal("browser", nearest("brow"));
    assert_string_equal("country", nearest("count"));
    assert_string_equal("report", nearest("rep"));
}

static void what_is_far_is_not_meant(void **state)
{
    static const char *const cases[] = {
        "",       "x",  "zz",    "hello",
        "colour", "--", "rprtz", "a name that is far longer than any that there is"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal("", nearest(cases[i]));
    }
}

/* Against the definition, tried in all ways: every text of up to four letters of three. */
static size_t by_definition(const char *a, const char *b)
{
    size_t best;

    if (!*a || !*b) {
        return strlen(a) + strlen(b);
    }
    best = by_definition(a + 1, b + 1) + (*a != *b);
    size_t left = by_definition(a + 1, b) + 1, added = by_definition(a, b + 1) + 1;
    best = left < best ? left : best;
    best = added < best ? added : best;
    if (a[1] && b[1] && a[0] == b[1] && a[1] == b[0]) {
        size_t exchanged = by_definition(a + 2, b + 2) + 1;
        best = exchanged < best ? exchanged : best;
    }
    return best;
}

static void spell(int number, char text[5])
{
    int length = 0;

    for (; number > 0; number /= 4) {
        if (number % 4 > 0) {
            text[length++] = (char)('a' + number % 4 - 1);
        }
    }
    text[length] = '\0';
}

static void distances_are_those_of_the_definition(void **state)
{
    (void)state;
    for (int i = 0; i < 256; i++) {
        for (int j = 1; j < 256; j++) {
            struct slim_near_name near;
            char a[5], b[5];
            spell(i, a);
            spell(j, b);
            slim_near_begin(&near, a, strlen(a));
            near.distance = 100;
            slim_near_try(&near, b);
            size_t wanted = by_definition(a, b);
            int is_beginning = strlen(a) >= 3 && strncmp(a, b, strlen(a)) == 0;
            wanted = is_beginning ? 1 : wanted;
            assert_int_equal(wanted < strlen(b), near.name != NULL);
            assert_int_equal(near.name ? wanted : 100, near.distance);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_letter_is_a_slip),
        cmocka_unit_test(beginnings_are_meant),
        cmocka_unit_test(what_is_far_is_not_meant),
        cmocka_unit_test(distances_are_those_of_the_definition),
    };

    return RUN_UNIT(tests);
}
