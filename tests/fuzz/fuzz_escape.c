/* Every way out of stored bytes: what is shown is UTF-8 that acts on nothing and deceives nobody,
 * and says what the bytes were. */
#include "fuzz.h"

#include <jansson.h>

#include "core/text.h"
#include "query/answer.h"
#include "report/escape.h"
#include "report/render.h"
#include "report/render_json.h"

/* Looked for in bytes, not by the escapers' own reading of characters. */
static void check_harmless(const struct slim_buffer *text, const char *forbidden)
{
    const unsigned char *c = (const unsigned char *)text->at;

    CHECK(strlen(text->at) == text->length && slim_utf8_is_valid(text->at, text->length));
    CHECK(!strpbrk(text->at, forbidden));
    for (; *c; c++) {
        unsigned two = (unsigned)c[0] << 8 | c[1], three = c[1] ? two << 8 | c[2] : 0;
        CHECK(*c >= 0x20 && *c != 0x7f && !(two >= 0xc280 && two <= 0xc29f) && two != 0xd89c);
        CHECK(!(three >= 0xe2808b && three <= 0xe2808f)
              && !(three >= 0xe280a8 && three <= 0xe280ae));
        CHECK(!(three >= 0xe281a0 && three <= 0xe281a9) && three != 0xefbbbf);
    }
}

static size_t put_character(unsigned long code, char *out)
{
    size_t wide = code >= 0x800, length = 0;

    CHECK(code >= 0x80 && code < 0x10000);
    out[length++] = (char)(wide ? 0xe0 | code >> 12 : 0xc0 | code >> 6);
    if (wide) {
        out[length++] = (char)(0x80 | (code >> 6 & 0x3f));
    }
    out[length++] = (char)(0x80 | (code & 0x3f));
    return length;
}

/* \\, \xHH and \u{HHHH} back to bytes, in place. */
static size_t decode(char *text)
{
    size_t length = 0;

    for (char *at = text, *end; *at; at = end) {
        if (*at != '\\' || at[1] == '\\') {
            end = at + (*at == '\\' ? 2 : 1);
            text[length++] = *at;
        } else if (at[1] == 'x') {
            char digits[3] = {at[2], at[3], '\0'}, *stopped;
            text[length++] = (char)strtoul(digits, &stopped, 16);
            CHECK(stopped == digits + 2);
            end = at + 4;
        } else {
            CHECK(at[1] == 'u' && at[2] == '{');
            unsigned long code = strtoul(at + 3, &end, 16);
            CHECK(*end++ == '}');
            length += put_character(code, text + length);
        }
    }
    return length;
}

static void check_plain(struct slim_text bytes, apr_pool_t *pool)
{
    struct slim_buffer out;

    slim_buffer_init(&out, pool);
    slim_escape_plain(&out, bytes.at, bytes.length);
    check_harmless(&out, "\n");
    CHECK(fuzz_is_same(bytes, (struct slim_text){out.at, decode(out.at)}));
}

static void check_markup(struct slim_text bytes, apr_pool_t *pool)
{
    struct slim_buffer out;
    size_t length;
    const char *valid = slim_escape_utf8(bytes.at, bytes.length, &length, pool);

    slim_buffer_init(&out, pool);
    slim_escape_html(&out, bytes.at, bytes.length);
    check_harmless(&out, "<>\"'");
    slim_buffer_init(&out, pool);
    slim_json_dump(&out, json_pack("[o]", slim_json_text(bytes.at, bytes.length, pool)));
    CHECK(out.length > 0 && out.at[--out.length] == '\n');
    out.at[out.length] = '\0';
    check_harmless(&out, "<>&");
    json_t *read = json_loads(out.at, JSON_ALLOW_NUL, NULL), *text = json_array_get(read, 0);
    CHECK(text);
    CHECK(fuzz_is_same((struct slim_text){valid, length},
                       (struct slim_text){json_string_value(text), json_string_length(text)}));
    json_decref(read);
}

/* Takes a cell's quotes off, then its ': these are between what it says and a formula. */
static size_t take_off(char *cell, size_t quoted)
{
    size_t length = 0, end = strlen(cell);

    for (size_t i = quoted; i < end - quoted; i++) {
        i += quoted && cell[i] == '"';
        if (cell[i] != '\'') {
            cell[length++] = cell[i];
        }
    }
    cell[length] = '\0';
    return length;
}

static void check_cell(struct slim_text bytes, char separator, apr_pool_t *pool)
{
    const struct slim_cell cell = {.is_text = 1, .text = bytes.at, .length = bytes.length};
    struct slim_buffer out, plain;

    slim_buffer_init(&out, pool);
    slim_buffer_init(&plain, pool);
    slim_render_separated(&out, &cell, separator);
    slim_escape_plain(&plain, bytes.at, bytes.length);
    check_harmless(&out, "\n");
    size_t quoted = separator == ',' && *out.at == '"';
    CHECK(quoted || separator != ',' || !strpbrk(out.at, ",\""));
    CHECK(out.length == 0 || !strchr("=+-@", out.at[quoted]));
    for (const char *at = strchr(out.at, ';'); at && at[1]; at = strchr(at + 1, ';')) {
        CHECK(!strchr("=+-@", at[1]));
    }
    out.length = take_off(out.at, quoted);
    CHECK(fuzz_is_same((struct slim_text){out.at, out.length},
                       (struct slim_text){plain.at, take_off(plain.at, 0)}));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool;

    CHECK(apr_pool_create(&pool, fuzz_pool()) == APR_SUCCESS);
    check_plain(fuzz_text(data, size), pool);
    check_markup(fuzz_text(data, size), pool);
    check_cell(fuzz_text(data, size), ',', pool);
    check_cell(fuzz_text(data, size), '\t', pool);
    apr_pool_destroy(pool);
    return 0;
}
