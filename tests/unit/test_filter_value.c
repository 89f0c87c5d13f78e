/* Which values of a dimension are understood: of closed sets, of shapes, of anything else. */
#include "unit.h"

#include "query/query.h"
#include "query/report.h"

static apr_status_t ask_where(const char *text, const char **reason)
{
    struct slim_query query;

    slim_query_init(&query, slim_report_find("pages"), INT64_C(1769853600));
    return slim_query_set(&query, "where", text, reason, pool);
}

static void values_that_cannot_be_are_refused(void **state)
{
    static const struct {
        const char *text;
        int good;
    } cases[] = {
        {"status=404", 1},      {"status=4xx", 1},      {"status=0", 1},
        {"status!=99", 1},      {"status~40", 1},       {"status~4XX", 1},
        {"status=abc", 0},      {"status!=abc", 0},     {"status~abc", 0},
        {"status=", 0},         {"status=1000", 0},     {"status=0404", 0},
        {"status=-1", 0},       {"status=4xxx", 0},     {"status=x4x", 0},
        {"robot=search", 1},    {"robot!=none", 1},     {"robot~Ai", 1},
        {"robot=Search", 0},    {"robot=", 0},          {"robot~bot", 0},
        {"kind=page", 1},       {"kind=pages", 0},      {"channel=direct", 1},
        {"channel!=paid", 0},   {"mark=no assets", 1},  {"mark=evil", 0},
        {"country=AT", 1},      {"country=", 1},        {"country=(other)", 1},
        {"country~a", 1},       {"country=at", 0},      {"country=Austria", 0},
        {"country~austria", 0}, {"language=de", 1},     {"language=fil-ph", 1},
        {"language!=", 1},      {"language~EN-", 1},    {"language=German", 0},
        {"language=de_at", 0},  {"language=en-usa", 0}, {"language=e", 0},
        {"visit=17", 1},        {"visit=x", 0},         {"visit=-1", 0},
        {"visit=17.5", 0},      {"ip=192.0.2.7", 1},    {"ip=", 1},
        {"ip~192.0.", 1},       {"ip=192.0.2", 0},      {"ip=192.0.2.0/24", 0},
        {"ip~localhost", 0},    {"method=get", 1},      {"browser=none", 1},
        {"country=DE,AT", 1},   {"country=DE,", 1},     {"country!=DE,AT,CH", 1},
        {"country=DE,at", 0},   {"country=DE;AT", 0},   {"country=DE, AT", 0},
        {"status=404,5xx", 1},  {"status=404,", 0},     {"robot=ai,search", 1},
        {"robot=ai,x", 0},      {"status~40,50", 0},    {"ip=192.0.2.7,::1", 1},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *reason = NULL;
        apr_status_t rv = ask_where(cases[i].text, &reason);
        if (rv != (cases[i].good ? APR_SUCCESS : SLIM_EBADQUERY)) {
            fail_msg("%s: %d", cases[i].text, rv);
        }
    }
}

static void several_values_are_a_list(void **state)
{
    static const char *const cases[][3] = {
        {"country=DE,AT", "DE,AT", "[\"DE\",\"AT\"]"},
        {"country!=DE,", "DE,", "[\"DE\",\"\"]"},
        {"ip=::1,2001:DB8::0:1", "::1,2001:DB8::0:1", "[\"::1\",\"2001:db8::1\"]"},
        {"browser=a\"b,c", "a\"b,c", "[\"a\\\"b\",\"c\"]"},
        {"browser=\xff,c", "\xff,c", "[\"c\"]"},
        {"country=DE", "DE", NULL},
        {"browser~a,b", "a,b", NULL},
        {"page=/a,b", "/a,b", NULL}, /* commas are part of it */
        {"city=Washington, D.C.", "Washington, D.C.", NULL},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_query query;
        const char *reason;
        slim_query_init(&query, slim_report_find("pages"), INT64_C(1769853600));
        assert_int_equal(APR_SUCCESS, slim_query_set(&query, "where", cases[i][0], &reason, pool));
        assert_string_equal(cases[i][1], query.filter[0].value);
        if (cases[i][2]) {
            assert_string_equal(cases[i][2], query.filter[0].list);
        } else {
            assert_null(query.filter[0].list);
        }
    }
}

static void a_closed_set_is_told(void **state)
{
    static const char *const cases[][2] = {
        {"robot=x", "robot is one of none, search, ai, feed, monitor, preview, tool, other, own"},
        {"kind~xyz", "kind is one of other, page, asset, feed, download, api, prefetch"},
        {"mark!=x", "mark is one of robots.txt, probe, hosting, no assets, fast, posts"},
        {"status=abc", "status is a code (404) or a class of them (4xx)"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *reason;
        assert_int_equal(SLIM_EBADQUERY, ask_where(cases[i][0], &reason));
        assert_string_equal(apr_psprintf(pool, "where \"%s\" cannot be used; allowed: %s",
                                         cases[i][0], cases[i][1]),
                            reason);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_that_cannot_be_are_refused),
        cmocka_unit_test(several_values_are_a_list),
        cmocka_unit_test(a_closed_set_is_told),
    };

    return RUN_UNIT(tests);
}
