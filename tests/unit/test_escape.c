/* Stored bytes made fit for terminals, pages and JSON: nothing that acts gets through, and an
 * independent decoder gives the bytes back. */
#include "unit.h"

#include "core/text.h"
#include "noise.h"
#include "report/escape.h"

static const char *plain(const char *bytes, size_t length)
{
    struct slim_buffer out;

    slim_buffer_init(&out, pool);
    slim_escape_plain(&out, bytes, length);
    assert_int_equal(strlen(out.at), out.length);
    return out.at;
}

static const char *html(const char *bytes, size_t length)
{
    struct slim_buffer out;

    slim_buffer_init(&out, pool);
    slim_escape_html(&out, bytes, length);
    assert_int_equal(strlen(out.at), out.length);
    return out.at;
}

static void plain_text_shows_what_would_act(void **state)
{
    static const struct {
        const char *bytes, *shown;
    } cases[] = {
        {"", ""},
        {"plain \xc3\xa4 \xf0\x9f\x98\x80 'x' <y>", "plain \xc3\xa4 \xf0\x9f\x98\x80 'x' <y>"},
        {"a\\b", "a\\\\b"},
        {"\\x41", "\\\\x41"},
        {"\n\r\t\x1b[31m\x07\x7f", "\\x0a\\x0d\\x09\\x1b[31m\\x07\\x7f"},
        {"\xc2\x85\xc2\x9b", "\\xc2\\x85\\xc2\\x9b"},
        {"\xc2\xa0", "\xc2\xa0"},
        {"\x80\xff\xc3", "\\x80\\xff\\xc3"},
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
        {"\xe2\x80\xae", "\\u{202e}"},
        {"a\xe2\x80\x8b"
         "b\xe2\x81\xa0",
         "a\\u{200b}b\\u{2060}"},
        {"\xe2\x80\xa8\xe2\x80\xa9", "\\u{2028}\\u{2029}"},
        {"\xe2\x81\xa6\xe2\x81\xa9", "\\u{2066}\\u{2069}"},
        {"\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", "\\u{200e}\\u{200f}\\u{61c}"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        assert_string_equal(cases[i].shown, plain(cases[i].bytes, strlen(cases[i].bytes)));
    }
    assert_string_equal("a\\x00b", plain("a\0b", 3));
}

/* --- an independent decoder of the plain form --- */

static size_t put_character(unsigned long code, char *out)
{
    size_t length = 0;

    if (code < 0x80) {
        out[length++] = (char)code;
    } else if (code < 0x800) {
        out[length++] = (char)(0xc0 | code >> 6);
        out[length++] = (char)(0x80 | (code & 0x3f));
    } else {
        out[length++] = (char)(0xe0 | code >> 12);
        out[length++] = (char)(0x80 | (code >> 6 & 0x3f));
        out[length++] = (char)(0x80 | (code & 0x3f));
    }
    return length;
}

static size_t decode_plain(const char *text, char *out)
{
    size_t length = 0;
    char *end;

    while (*text) {
        if (*text != '\\') {
            out[length++] = *text++;
        } else if (text[1] == '\\') {
            out[length++] = '\\';
            text += 2;
        } else if (text[1] == 'x') {
            char digits[3] = {text[2], text[3], '\0'};
            out[length++] = (char)strtoul(digits, &end, 16);
            assert_true(*end == '\0');
            text += 4;
        } else {
            assert_int_equal('u', text[1]);
            assert_int_equal('{', text[2]);
            length += put_character(strtoul(text + 3, &end, 16), out + length);
            assert_int_equal('}', *end);
            text = end + 1;
        }
    }
    return length;
}

/* Bytes that come near everything the escapers look for. */
static size_t tricky_bytes(char *bytes, size_t size)
{
    static const char *const parts[] = {"\\",
                                        "\\x",
                                        "\\u{202e}",
                                        "\x1b[2J",
                                        "\r\n",
                                        "\t",
                                        "\x7f",
                                        "\xc2\x80",
                                        "\xc2\x9f",
                                        "\xc2",
                                        "\xe2\x80",
                                        "\xe2\x80\xa8",
                                        "\xe2\x80\xa9",
                                        "\xe2\x80\xae",
                                        "\xe2\x81\xa7",
                                        "\xd8\x9c",
                                        "\xef\xbb\xbf",
                                        "\xf0\x9f\x98\x80",
                                        "\xf4\x90\x80\x80",
                                        "\xed\xa0\x80",
                                        "<script>",
                                        "&amp;",
                                        "\"'",
                                        "=1+1",
                                        "x",
                                        "\xff",
                                        "]]>",
                                        "--",
                                        "\xe2\x80\x8b"};
    size_t length = 0;

    for (size_t n = noise_below(30); n > 0; n--) {
        const char *part = parts[noise_below(LENGTH_OF(parts))];
        if (length + strlen(part) < size) {
            memcpy(bytes + length, part, strlen(part));
            length += strlen(part);
        }
    }
    if (noise_below(2)) {
        size_t more = noise_below(size - length);
        noise_fill(bytes + length, more < 40 ? more : 40);
        length += more < 40 ? more : 40;
    }
    return length;
}

static void assert_harmless(const char *text)
{
    assert_true(slim_utf8_is_valid(text, strlen(text)));
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        unsigned long two = (unsigned long)c[0] << 8 | c[1];
        unsigned long three = two << 8 | (c[1] ? c[2] : 0);
        assert_true(*c >= 0x20 && *c != 0x7f);
        assert_false(two >= 0xc280 && two <= 0xc29f);
        assert_false(two == 0xd89c);
        assert_false(three == 0xe2808e || three == 0xe2808f || three == 0xefbbbf);
        assert_false(three >= 0xe280a8 && three <= 0xe280ae);
        assert_false(three >= 0xe281a6 && three <= 0xe281a9);
    }
}

static void plain_text_is_harmless_and_reversible(void **state)
{
    char bytes[256], back[2048];

    (void)state;
    for (int round = 0; round < 50000; round++) {
        apr_pool_t *all = pool;
        apr_pool_create(&pool, all);
        size_t length = tricky_bytes(bytes, sizeof bytes);
        const char *shown = plain(bytes, length);
        assert_harmless(shown);
        assert_int_equal(length, decode_plain(shown, back));
        assert_true(length == 0 || memcmp(bytes, back, length) == 0);
        apr_pool_destroy(pool);
        pool = all;
    }
}

static void html_has_no_markup_left(void **state)
{
    static const struct {
        const char *bytes, *shown;
    } cases[] = {
        {"", ""},
        {"plain \xc3\xa4", "plain \xc3\xa4"},
        {"<script>alert('x')&\"</script>",
         "&lt;script&gt;alert(&#39;x&#39;)&amp;&quot;&lt;/script&gt;"},
        {"&amp;", "&amp;amp;"},
        {"a\nb\x7f", "a\xef\xbf\xbd"
                     "b\xef\xbf\xbd"},
        {"\xff\xc3", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xc2\x85", "\xef\xbf\xbd"},
        {"\xe2\x80\xae", "\\u{202e}"},
    };
    char bytes[256];

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        assert_string_equal(cases[i].shown, html(cases[i].bytes, strlen(cases[i].bytes)));
    }
    for (int round = 0; round < 5000; round++) {
        const char *shown = html(bytes, tricky_bytes(bytes, sizeof bytes));
        assert_null(strpbrk(shown, "<>\"'"));
        assert_true(slim_utf8_is_valid(shown, strlen(shown)));
    }
}

static void bytes_become_valid_utf8(void **state)
{
    static const struct {
        const char *bytes, *valid;
    } cases[] = {
        {"", ""},
        {"a\xc3\xa4", "a\xc3\xa4"},
        {"a\xff", "a\xef\xbf\xbd"},
        {"\xc3(", "\xef\xbf\xbd("},
        {"\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    };
    char bytes[256];
    size_t length;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *valid = slim_escape_utf8(cases[i].bytes, strlen(cases[i].bytes), &length, pool);
        assert_string_equal(cases[i].valid, string_of((struct slim_text){valid, length}));
    }
    for (int round = 0; round < 5000; round++) {
        const char *valid =
            slim_escape_utf8(bytes, tricky_bytes(bytes, sizeof bytes), &length, pool);
        assert_true(slim_utf8_is_valid(valid, length));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_shows_what_would_act),
        cmocka_unit_test(plain_text_is_harmless_and_reversible),
        cmocka_unit_test(html_has_no_markup_left),
        cmocka_unit_test(bytes_become_valid_utf8),
    };

    return RUN_UNIT(tests);
}
