/* Comparing bytes, UTF-8, and the parts of URLs. */
#include "unit.h"

#include "core/text.h"
#include "core/url.h"
#include "noise.h"

static void only_wellformed_utf8_is_valid(void **state)
{
    static const struct {
        const char *bytes;
        int valid;
    } cases[] = {
        {"", 1},
        {"plain", 1},
        {"\x7f", 1},
        {"\x80", 0},
        {"\xbf", 0},
        {"\xc0\x80", 0}, /* overlong */
        {"\xc1\xbf", 0},
        {"\xc2\x80", 1},
        {"\xc2", 0},
        {"\xc2 ", 0},
        {"\xc2\xc0", 0},
        {"\xdf\xbf", 1},
        {"\xe0\x80\x80", 0},
        {"\xe0\x9f\xbf", 0},
        {"\xe0\xa0\x80", 1},
        {"\xe2\x82\xac", 1},
        {"\xe2\x82", 0},
        {"\xe2\x28\xa1", 0},
        {"\xe2\x82\x28", 0},
        {"\xed\x9f\xbf", 1},
        {"\xed\xa0\x80", 0}, /* surrogates */
        {"\xed\xbf\xbf", 0},
        {"\xee\x80\x80", 1},
        {"\xef\xbf\xbf", 1},
        {"\xf0\x80\x80\x80", 0},
        {"\xf0\x8f\xbf\xbf", 0},
        {"\xf0\x90\x80\x80", 1},
        {"\xf0\x9f\x98\x80", 1},
        {"\xf0\x9f\x98", 0},
        {"\xf4\x8f\xbf\xbf", 1},
        {"\xf4\x90\x80\x80", 0}, /* behind U+10FFFF */
        {"\xf5\x80\x80\x80", 0},
        {"\xf8\x88\x80\x80\x80", 0},
        {"\xfe", 0},
        {"\xff", 0},
        {"a\xe2\x82\xac"
         "b\xc3\xa9",
         1},
        {"a\xe2\x82\xac"
         "b\xc3",
         0},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        if (slim_utf8_is_valid(cases[i].bytes, strlen(cases[i].bytes)) != cases[i].valid) {
            fail_msg("case %zu", i);
        }
    }
    assert_true(slim_utf8_is_valid("a\0b", 3));
    assert_false(slim_utf8_is_valid("\xe2\x82\xac", 2));
}

static void what_is_no_character_is_escaped(void **state)
{
    static const struct {
        const char *bytes, *mended;
    } cases[] = {
        {"", ""},
        {"caf\xc3\xa9", "caf\xc3\xa9"},
        {"caf\xe9", "caf%E9"},
        {"\xff\xfe", "%FF%FE"},
        {"\xe2\x82", "%E2%82"},
        {"\xe2\x82\xe2\x82\xac", "%E2%82\xe2\x82\xac"},
        {"\xed\xa0\x80|", "%ED%A0%80|"},
        {"a\xc3|b", "a%C3|b"},
    };
    char out[6];

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        char whole[32];
        size_t length = slim_utf8_mend(text_of(cases[i].bytes), whole, sizeof whole);
        assert_string_equal(cases[i].mended, string_of((struct slim_text){whole, length}));
    }
    assert_int_equal(4, slim_utf8_mend(text_of("abc\xc3\xa9"), out, 4) + 1);
    assert_int_equal(3, slim_utf8_mend(text_of("\xe9\xe9"), out, 5));
    assert_int_equal(6, slim_utf8_mend(text_of("\xe9\xe9\xe9"), out, 6));
}

/* Written from RFC 3629's grammar by way of the code point, not of the bytes. */
static int is_valid_by_code(const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t more = bytes[i] < 0x80 ? 0 : bytes[i] >> 5 == 6 ? 1 : bytes[i] >> 4 == 14 ? 2 : 3;
        static const uint32_t lowest[] = {0, 0x80, 0x800, 0x10000};
        uint32_t code = more ? bytes[i] & (0x3fu >> more) : bytes[i];

        if ((more == 3 && bytes[i] >> 3 != 30) || i + more >= length) {
            return 0;
        }
        for (size_t k = 1; k <= more; k++) {
            if (bytes[i + k] >> 6 != 2) {
                return 0;
            }
            code = code << 6 | (bytes[i + k] & 0x3f);
        }
        if (code < lowest[more] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
            return 0;
        }
        i += more + 1;
    }
    return 1;
}

static void validity_agrees_with_the_code_points(void **state)
{
    static const unsigned char edges[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0,
                                          0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5};
    unsigned char bytes[5];

    (void)state;
    for (int round = 0; round < 300000; round++) {
        size_t length = noise_below(sizeof bytes + 1);
        for (size_t i = 0; i < length; i++) {
            bytes[i] = edges[noise_below(sizeof edges)];
        }
        assert_int_equal(is_valid_by_code(bytes, length),
                         slim_utf8_is_valid((const char *)bytes, length));
    }
}

static void cut_never_ends_inside_a_character(void **state)
{
    static const struct {
        const char *bytes;
        size_t limit, length;
    } cases[] = {
        {"", 0, 0},
        {"abc", 0, 0},
        {"abc", 2, 2},
        {"abc", 3, 3},
        {"abc", 9, 3},
        {"a\xc3\xa9", 1, 1},
        {"a\xc3\xa9", 2, 1},
        {"a\xc3\xa9", 3, 3},
        {"\xe2\x82\xac", 1, 0},
        {"\xe2\x82\xac", 2, 0},
        {"\xe2\x82\xac!", 3, 3},
        {"\xf0\x9f\x98\x80\xf0\x9f\x98\x80", 7, 4},
        {"\xf0\x9f\x98\x80\xf0\x9f\x98\x80", 4, 4},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        size_t length = strlen(cases[i].bytes);
        assert_int_equal(cases[i].length, slim_utf8_cut(cases[i].bytes, length, cases[i].limit));
    }
}

static void letters_of_either_case_are_equal(void **state)
{
    static const struct {
        const char *text, *word;
        int is, begins;
    } cases[] = {
        {"GET", "get", 1, 1},   {"get", "get", 1, 1}, {"gets", "get", 0, 1}, {"ge", "get", 0, 0},
        {"", "get", 0, 0},      {"", "", 1, 1},       {"x", "", 0, 1},       {"G[T", "g{t", 0, 0},
        {"\xc9", "\xe9", 0, 0}, {"A-1", "a-1", 1, 1},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_text text = text_of(cases[i].text);
        assert_int_equal(cases[i].is, slim_text_is(text, cases[i].word));
        assert_int_equal(cases[i].begins, slim_text_begins(text, cases[i].word));
    }
    assert_false(slim_text_is((struct slim_text){"get\0", 4}, "get"));
    assert_true(slim_text_is((struct slim_text){NULL, 0}, ""));
}

/* --- URLs --- */

static void urls_are_split(void **state)
{
    static const struct {
        const char *url, *scheme, *authority, *host, *path, *query, *fragment;
    } cases[] = {
        {"http://a.b/c?d#e", "http", "a.b", "a.b", "/c", "d", "e"},
        {"HTTPS://A.B", "HTTPS", "A.B", "A.B", "", "", ""},
        {"http://a.b/", "http", "a.b", "a.b", "/", "", ""},
        {"http://a.b?q", "http", "a.b", "a.b", "", "q", ""},
        {"http://a.b#f", "http", "a.b", "a.b", "", "", "f"},
        {"http://a.b#f?g/h", "http", "a.b", "a.b", "", "", "f?g/h"},
        {"http://a.b/?x?y", "http", "a.b", "a.b", "/", "x?y", ""},
        {"http://a.b:8080/c", "http", "a.b:8080", "a.b", "/c", "", ""},
        {"http://a.b:/c", "http", "a.b:", "a.b", "/c", "", ""},
        {"http://a.b./c", "http", "a.b.", "a.b", "/c", "", ""},
        {"http://u:p@a.b:1/c@d", "http", "u:p@a.b:1", "a.b", "/c@d", "", ""},
        {"http://u@v@a.b/", "http", "u@v@a.b", "a.b", "/", "", ""},
        {"http://[2001:db8::1]:80/x", "http", "[2001:db8::1]:80", "[2001:db8::1]", "/x", "", ""},
        {"http://u@[::1]/", "http", "u@[::1]", "[::1]", "/", "", ""},
        {"android-app://com.example/https/x", "android-app", "com.example", "com.example",
         "/https/x", "", ""},
        {"http://google.com?@evil.example/", "http", "google.com", "google.com", "",
         "@evil.example/", ""},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_url url;
        if (!slim_url_split(text_of(cases[i].url), &url)) {
            fail_msg("%s: not split", cases[i].url);
        }
        assert_string_equal(cases[i].scheme, string_of(url.scheme));
        assert_string_equal(cases[i].authority, string_of(url.authority));
        assert_string_equal(cases[i].host, string_of(url.host));
        assert_string_equal(cases[i].path, string_of(url.path));
        assert_string_equal(cases[i].query, string_of(url.query));
        assert_string_equal(cases[i].fragment, string_of(url.fragment));
    }
}

static void texts_without_scheme_or_host_are_no_urls(void **state)
{
    static const char *const cases[] = {
        "",         "/",       "a",         "a.b/c",        "http",      "http:",
        "http:/",   "http://", "http:///a", "http://:1",    "http://@/", "http://?",
        "http://#", "://a.b",  "ht tp://a", "java\nscr://", "http:a.b",  "mailto:a@b",
        "http://.", "//a.b/c",
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_url url;
        if (slim_url_split(text_of(cases[i]), &url)) {
            fail_msg("%s: split", cases[i]);
        }
    }
}

static void parameters_are_taken_one_by_one(void **state)
{
    static const struct {
        const char *query, *list; /* name=value, a name alone without = */
    } cases[] = {
        {"", ""},
        {"&&;;", ""},
        {"a=1", "a=1 "},
        {"a=1&b=2;c=3", "a=1 b=2 c=3 "},
        {"a", "a "},
        {"a=", "a= "},
        {"=1", "=1 "},
        {"=", "= "},
        {"a=b=c&&d", "a=b=c d "},
        {"a[]=1&a[]=2&", "a[]=1 a[]=2 "},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_text query = text_of(cases[i].query), name, value;
        char list[64] = "";
        while (slim_url_next_parameter(&query, &name, &value)) {
            strcat(list, string_of(name));
            strcat(list, value.at ? "=" : "");
            strcat(list, string_of(value));
            strcat(list, " ");
        }
        assert_string_equal(cases[i].list, list);
    }
}

static void escapes_are_decoded_once(void **state)
{
    static const struct {
        const char *text, *decoded;
        size_t length;
    } cases[] = {
        {"", "", 0},
        {"plain", "plain", 5},
        {"a+b%20c", "a b c", 5},
        {"%2B%2b", "++", 2},
        {"%", "%", 1},
        {"%4", "%4", 2},
        {"%41", "A", 1},
        {"%zz", "%zz", 3},
        {"%4z%41", "%4zA", 4},
        {"%%41", "%A", 2},
        {"%u0041", "%u0041", 6},
        {"%00x", "\0x", 2},
        {"%25%34%31", "%41", 3},
        {"%253C", "%3C", 3},
        {"%c3%A9", "\xc3\xa9", 2},
        {"100%", "100%", 4},
        {"% 41", "% 41", 4},
        {"%-1%+1", "%-1% 1", 6},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        char out[16];
        size_t length = slim_url_decode(text_of(cases[i].text), out, sizeof out);
        assert_int_equal(cases[i].length, length);
        assert_true(length == 0 || memcmp(cases[i].decoded, out, length) == 0);
    }
}

static void decoding_stays_within_its_room(void **state)
{
    char out[9] = "????????";

    (void)state;
    assert_int_equal(0, slim_url_decode(text_of("abc"), out, 0));
    assert_int_equal(2, slim_url_decode((struct slim_text){"%41", 2}, out, 8));
    assert_memory_equal("%4??????", out, 8);
    assert_int_equal(1, slim_url_decode((struct slim_text){"%41", 1}, out, 8));
    memset(out, '?', 8);
    assert_int_equal(3, slim_url_decode(text_of("%41%42%43%44"), out, 3));
    assert_string_equal("ABC?????", out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_wellformed_utf8_is_valid),
        cmocka_unit_test(what_is_no_character_is_escaped),
        cmocka_unit_test(validity_agrees_with_the_code_points),
        cmocka_unit_test(cut_never_ends_inside_a_character),
        cmocka_unit_test(letters_of_either_case_are_equal),
        cmocka_unit_test(urls_are_split),
        cmocka_unit_test(texts_without_scheme_or_host_are_no_urls),
        cmocka_unit_test(parameters_are_taken_one_by_one),
        cmocka_unit_test(escapes_are_decoded_once),
        cmocka_unit_test(decoding_stays_within_its_room),
    };

    return RUN_UNIT(tests);
}
