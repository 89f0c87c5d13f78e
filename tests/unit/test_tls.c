/* The spellings of a version of TLS. */
#include "unit.h"

#include "enrich/tls.h"

static void versions_get_one_spelling(void **state)
{
    static const struct {
        const char *said, *expected;
    } cases[] = {
        {"TLSv1.3", "TLSv1.3"},
        {"TLSv1.2", "TLSv1.2"},
        {"TLSv1", "TLSv1"},
        {"SSLv3", "SSLv3"},
        {"TLS1.3", "TLSv1.3"},
        {"TLS 1.2", "TLSv1.2"},
        {"", ""},
        {"-", ""},
        {"TLS", ""},
        {"TLSv", ""},
        {"TLSvX", ""},
        {"TLSv1.", ""},
        {"TLSv1.33", ""},
        {"TLSv1.x", ""},
        {"tlsv1.3", ""},
        {"TLSv1.3 ", ""},
        {"UNKNOWN", ""},
        {"TLSv\xff", ""},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        char out[SLIM_TLS_SIZE] = "before";
        slim_tls_derive(text_of(cases[i].said), out);
        assert_string_equal(cases[i].expected, out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_get_one_spelling),
    };

    return cmocka_run_group_tests(tests, begin_unit, end_unit);
}
