/* Values of parameters. Linear in the input; no allocation but iconv's. */
#include "value.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

#include "core/facts.h"
#include "core/text.h"
#include "core/url.h"

#define PARAMETERS_MAX 8

/* Converts bytes to UTF-8 in place; 0 when they are not of that charset. */
static int convert(const char *charset, char *bytes, size_t *length, size_t size)
{
    char out[4 * SLIM_TERMS_MAX], *from = bytes, *to = out;
    size_t left = *length, room = sizeof out;
    iconv_t cd = iconv_open("UTF-8", charset);

    if (cd == (iconv_t)-1) {
        return 0;
    }
    int good = iconv(cd, &from, &left, &to, &room) != (size_t)-1 || errno == E2BIG;
    if (good) { /* a letter that a mark may follow (windows-1255, -1258) is held back until asked
                   for */
        good = iconv(cd, NULL, NULL, &to, &room) != (size_t)-1 || errno == E2BIG;
    }
    iconv_close(cd);
    if (!good) {
        return 0;
    }
    size_t used = slim_utf8_cut(out, sizeof out - room, size);
    memcpy(bytes, out, used);
    *length = used;
    return 1;
}

/* Tries the source's charsets ("windows-1251,koi8-r"), then Latin 1, which fits any bytes. */
static void make_utf8(const char *charsets, char *bytes, size_t *length, size_t size)
{
    char name[32];

    while (*charsets) {
        size_t n = strcspn(charsets, ",");
        if (n > 0 && n < sizeof name) { /* iconv's empty name is the locale's */
            memcpy(name, charsets, n);
            name[n] = '\0';
            if (convert(name, bytes, length, size)) {
                return;
            }
        }
        charsets += n + (charsets[n] == ',');
    }
    if (!convert("ISO-8859-1", bytes, length, size)) {
        *length = 0;
    }
}

/* White space and controls become one space, none at the ends. */
static size_t fold_space(char *bytes, size_t length)
{
    size_t used = 0;

    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c > 0x20 && c != 0x7f) {
            bytes[used++] = (char)c;
        } else if (used > 0 && bytes[used - 1] != ' ') {
            bytes[used++] = ' ';
        }
    }
    return used > 0 && bytes[used - 1] == ' ' ? used - 1 : used;
}

struct slim_text slim_value_find(const char *names, struct slim_text query)
{
    struct slim_text found[PARAMETERS_MAX] = {{NULL, 0}}, name, value;

    while (slim_url_next_parameter(&query, &name, &value)) {
        const char *at = names;
        for (int i = 0; i < PARAMETERS_MAX && *at; i++) {
            size_t length = strcspn(at, ", ");
            if (name.length == length && memcmp(name.at, at, length) == 0 && found[i].length == 0) {
                found[i] = value;
            }
            at += length + (at[length] != '\0');
        }
    }
    for (int i = 0; i < PARAMETERS_MAX; i++) {
        if (found[i].length > 0) {
            return found[i];
        }
    }
    return (struct slim_text){NULL, 0};
}

const char *slim_value_charset(struct slim_text query)
{
    /* iconv takes no name that a client made up. */
    static const char *const known[] = {
        "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254",
        "windows-1255", "windows-1256", "windows-1257", "windows-1258", "windows-874",
        "koi8-r",       "koi8-u",       "iso-8859-2",   "iso-8859-5",   "iso-8859-7",
        "iso-8859-8",   "iso-8859-9",   "iso-8859-15",  "shift_jis",    "shift-jis",
        "sjis",         "euc-jp",       "euc-kr",       "gb2312",       "gbk",
        "gb18030",      "big5",         "tis-620",
    };
    struct slim_text named = slim_value_find("ie,IE,ei,EI", query);

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strlen(known[i]) == named.length
            && strncasecmp(known[i], named.at, named.length) == 0) {
            return known[i];
        }
    }
    return "";
}

static size_t clean(const char *charsets, char *out, size_t length, size_t size)
{
    if (!slim_utf8_is_valid(out, length)) {
        make_utf8(charsets, out, &length, size);
    }
    return fold_space(out, length);
}

size_t slim_value_read(struct slim_text raw, const char *charsets, char *out, size_t size)
{
    size_t length = slim_url_decode(raw, out, size);

    if (length == size) {
        length = slim_utf8_cut(out, length, length - 1);
    }
    return clean(charsets, out, length, size);
}

size_t slim_value_clean(struct slim_text raw, const char *charsets, char *out, size_t size)
{
    size_t length = slim_utf8_cut(raw.at, raw.length, size);

    if (length > 0) { /* else there may be no bytes to point to */
        memcpy(out, raw.at, length);
    }
    return clean(charsets, out, length, size);
}

struct slim_text slim_value_query(struct slim_text target)
{
    const char *hash = target.length ? memchr(target.at, '#', target.length) : NULL;

    target.length = hash ? (size_t)(hash - target.at) : target.length;
    const char *mark = target.length ? memchr(target.at, '?', target.length) : NULL;
    if (!mark) {
        return (struct slim_text){NULL, 0};
    }
    return (struct slim_text){mark + 1, target.length - (size_t)(mark + 1 - target.at)};
}
