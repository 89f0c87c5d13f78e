/* Accept-Language to one language and region. */
#include "unit.h"

#include "core/tsv.h"
#include "enrich/language.h"
#include "noise.h"

static const char *derive(const char *header, size_t length)
{
    static char out[SLIM_LANGUAGE_SIZE];

    memset(out, '?', sizeof out);
    slim_language_derive(header, length, out);
    return out;
}

static void check(const char *header, const char *expected)
{
    const char *got = derive(header, strlen(header));

    if (strcmp(expected, got) != 0) {
        fail_msg("%s: expected '%s', got '%s'", header, expected, got);
    }
}

static void given_cases_are_met(void **state)
{
    struct slim_tsv tsv;
    int rows = 0;

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_tsv_open("tests/data/accept_language.tsv", &tsv, pool));
    assert_int_equal(APR_SUCCESS, slim_tsv_next(&tsv, pool));
    for (; slim_tsv_next(&tsv, pool) == APR_SUCCESS; rows++) {
        check(tsv.column[0], tsv.column[1]);
    }
    assert_int_equal(45, rows);
}

static void highest_quality_wins_and_the_first_of_equals(void **state)
{
    static const struct {
        const char *header, *language;
    } cases[] = {
        {"en;q=0.1,fr;q=0.9", "fr"},
        {"fr;q=0.5,en;q=0.5", "fr"},
        {"de;q=0.8,en;q=0.9,fr;q=0.7", "en"},
        {"de;q=0.8,en", "en"},
        {"fr;q=0.001,de;q=0.002", "de"},
        {"fr;q=0.999,de;q=1.000", "de"},
        {"fr;q=0.9,de;q=0.89", "fr"},
        {"fr;Q=0.4,de;q=0.5", "de"},
        {"fr ; q=0.4 , de ; q=0.5", "de"},
        {"fr;\tq=0.4,\tde;q=0.5", "de"},
        {"fr;q=0,de;q=0.1", "de"},
        {"fr;q=0.0,de;q=0.000", "fr"},
        {"*,en;q=0.5", ""},
        {"*;q=0.1,en;q=0.5", "en"},
        {"en;q=abc,fr;q=0.9", "en"},
        {"en;q=,fr;q=0.9", "en"},
        {"en;q=-1,fr;q=0.9", "en"},
        {"en;q=5,fr;q=1", "en"},
        {"fr;q=1,en;q=1.9", "fr"},
        {"fr;q=0.00000000000000000001,en;q=0.001", "en"},
        {"en;;q=0.5,fr;q=0.6", "fr"},
        {",,fr,,de", "fr"},
        {" , ;q=1, de", ""},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        check(cases[i].header, cases[i].language);
    }
}

static void tags_become_language_and_region(void **state)
{
    static const struct {
        const char *header, *language;
    } cases[] = {
        {"", ""},
        {" ", ""},
        {"\t,\t", ""},
        {"*", ""},
        {"en", "en"},
        {"  en-us  ", "en-us"},
        {"DE-at", "de-at"},
        {"pt_BR", "pt-br"},
        {"fil-PH", "fil-ph"},
        {"gsw-CH", "gsw-ch"},
        {"haw", "haw"},
        {"ckb-IQ", "ckb-iq"},
        {"lij-IT", "lij-it"},
        {"zgh-Tfng-MA", "zgh-ma"},
        {"deu", ""},
        {"anp-IN", "anp-in"},
        {"frr", "frr"},
        {"frr-DE", "frr-de"},
        {"cmn-Hans-CN", "cmn-cn"},
        {"yue-Hant-HK", "yue-hk"},
        {"tlh", "tlh"},
        {"BER", "ber"},
        {"zzj-CN", "zzj-cn"},
        {"und", ""},
        {"zxx", ""},
        {"mul-DE", ""},
        {"qaa", ""},
        {"xyz", ""},
        {"zzz", ""},
        {"an", "an"},
        {"a1p", ""},
        {"fr-", "fr"},
        {"zh-Hant-HK-x-private", "zh"},
        {"sr-Latn-RS", "sr-rs"},
        {"zh-hans-cn", "zh-cn"},
        {"zh-Hant", "zh"},
        {"es-419", "es"},
        {"ko-kr", "ko"},
        {"ja-JP", "ja"},
        {"ja-US", "ja-us"},
        {"en-zz", "en"},
        {"qq-us", ""},
        {"x-klingon", ""},
        {"i-default", ""},
        {"e", ""},
        {"--", ""},
        {"en--us", "en-us"},
        {"english-us", "en-us"},
        {"tr-TR", "tr-tr"},
        {"iw", "iw"},
        {"ar-EG-u-nu-arab", "ar"},
        {"<script>", ""},
        {"../../../etc/passwd", ""},
        {"=1+1", ""},
        {"' OR 1=1--", ""},
        {"\xff\xfe", ""},
        {"abcdefghijklmnop", ""},
        {"abcdefghijklmnopq", ""},
        {"enenenenenenenenen", ""},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        check(cases[i].header, cases[i].language);
    }
    assert_string_equal("en", derive("en-us", 2));
}

static void long_headers_are_read_to_their_end(void **state)
{
    static char header[8192];

    (void)state;
    for (size_t i = 0; i < 9 * 910; i++) {
        header[i] = "en;q=0.5,"[i % 9];
    }
    memcpy(header + 9 * 909, "fr;q=0.6,", 9);
    assert_string_equal("fr", derive(header, 9 * 910));
    for (const char *c = "a,; -*q\xff"; *c; c++) {
        memset(header, *c, sizeof header);
        assert_string_equal("", derive(header, sizeof header));
        memcpy(header, "de-ch,", 6);
        assert_string_equal("de-ch", derive(header, sizeof header));
    }
}

static int is_tag(const char *text)
{
    size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");

    if (*text == '\0') {
        return 1;
    }
    if (letters < 2 || letters > 3) {
        return 0;
    }
    text += letters;
    return *text == '\0'
           || (*text == '-' && strspn(text + 1, "abcdefghijklmnopqrstuvwxyz") == 2
               && strlen(text) == 3);
}

/* Whatever comes in, what goes out is a tag or nothing, and gives itself again. */
static void output_is_a_tag_or_nothing(void **state)
{
    static const char *const parts[] = {"en", "de",  "-",    "_", ",",  ";",  "q=",
                                        "0.", "5",   "*",    " ", "us", "zh", "hans",
                                        "CN", "fil", "\xff", "x", "1",  "="};
    char header[256];

    (void)state;
    for (int round = 0; round < 200000; round++) {
        size_t length = 0;
        if (round % 2) {
            length = noise_below(sizeof header);
            noise_fill(header, length);
        } else {
            for (size_t n = noise_below(24); n > 0; n--) {
                const char *part = parts[noise_below(LENGTH_OF(parts))];
                memcpy(header + length, part, strlen(part));
                length += strlen(part);
            }
        }
        const char *once = apr_pstrdup(pool, derive(header, length));
        if (!is_tag(once)) {
            fail_msg("%.*s gives '%s'", (int)length, header, once);
        }
        assert_string_equal(once, derive(once, strlen(once)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(given_cases_are_met),
        cmocka_unit_test(highest_quality_wins_and_the_first_of_equals),
        cmocka_unit_test(tags_become_language_and_region),
        cmocka_unit_test(long_headers_are_read_to_their_end),
        cmocka_unit_test(output_is_a_tag_or_nothing),
    };

    return RUN_UNIT(tests);
}
