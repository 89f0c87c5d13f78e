/* The resource and the page it stands for. Pure; linear. */
#include "resource.h"

#include <string.h>

#include "core/ascii.h"
#include "core/text.h"
#include "core/url.h"

struct slim_text slim_resource_derive(struct slim_text target)
{
    struct slim_url url;
    const char *hash = target.length ? memchr(target.at, '#', target.length) : NULL;

    if (hash) {
        target.length = (size_t)(hash - target.at);
    }
    if (target.length > 0 && target.at[0] != '/' && slim_url_split(target, &url)) {
        const char *from = url.authority.at + url.authority.length;
        size_t length = (size_t)(target.at + target.length - from);
        return length > 0 ? (struct slim_text){from, length} : (struct slim_text){"/", 1};
    }
    return target;
}

/* --- percent-encoding --- */

/* One byte of a resource: as it stands, or of %XX. */
struct byte {
    unsigned char value;
    size_t length; /* of what it is written as */
};

static struct byte byte_at(struct slim_text text, size_t at)
{
    int escaped = text.at[at] == '%' && at + 2 < text.length ? slim_hex_byte(text.at + at + 1) : -1;

    return escaped < 0 ? (struct byte){(unsigned char)text.at[at], 1}
                       : (struct byte){(unsigned char)escaped, 3};
}

/* A character beyond ASCII that begins at a byte, escaped or not: its bytes and how much of the
 * text they are; 0: there is none. */
static int character_at(struct slim_text text, size_t at, char bytes[4], size_t *length)
{
    struct byte first = byte_at(text, at);
    int count = first.value >= 0xf0 ? 4 : first.value >= 0xe0 ? 3 : first.value >= 0xc2 ? 2 : 0;

    *length = 0;
    for (int i = 0; i < count; i++) {
        if (at + *length >= text.length) {
            return 0;
        }
        struct byte byte = byte_at(text, at + *length);
        bytes[i] = (char)byte.value;
        *length += byte.length;
    }
    return count > 0 && slim_utf8_is_valid(bytes, (size_t)count) ? count : 0;
}

static uint32_t code_point(const char *bytes, int count)
{
    uint32_t code = (unsigned char)bytes[0] & (count == 2 ? 0x1f : count == 3 ? 0x0f : 0x07);

    for (int i = 1; i < count; i++) {
        code = code << 6 | ((unsigned char)bytes[i] & 0x3f);
    }
    return code;
}

/* What can be seen, and does not turn what stands around it. */
static int is_readable(uint32_t code)
{
    return !(code < 0xa1 || code == 0xad || code == 0x61c || (code >= 0x2000 && code <= 0x200f)
             || (code >= 0x2028 && code <= 0x202f) || (code >= 0x205f && code <= 0x206f)
             || code == 0x3000 || code == 0xfeff || (code >= 0xe000 && code <= 0xf8ff)
             || (code >= 0xfff0 && code <= 0xffff) || code >= 0xe0000);
}

static int is_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
           || c == '.' || c == '_' || c == '~';
}

/* What may stand unescaped in an address, and means something else when it is escaped. */
static int is_reserved(unsigned char c)
{
    return c != '\0' && strchr(":/?#[]@!$&'()*+,;=", c) != NULL;
}

static size_t write_escaped(unsigned char c, char *out)
{
    static const char digits[] = "0123456789ABCDEF";

    out[0] = '%';
    out[1] = digits[c >> 4];
    out[2] = digits[c & 15];
    return 3;
}

/* One character of text, as every page has it: at most 12 bytes. *taken: how much of text it was.
 */
static size_t write_one(struct slim_text text, size_t at, char *out, size_t *taken)
{
    struct byte byte = byte_at(text, at);
    char bytes[4];
    size_t used = 0;
    int count;

    *taken = byte.length;
    if (is_unreserved(byte.value) || (byte.length == 1 && is_reserved(byte.value))) {
        out[0] = (char)byte.value;
        return 1;
    }
    count = byte.value >= 0x80 ? character_at(text, at, bytes, taken) : 0;
    if (count == 0) {
        *taken = byte.length;
        return write_escaped(byte.value, out);
    }
    if (is_readable(code_point(bytes, count))) {
        memcpy(out, bytes, (size_t)count);
        return (size_t)count;
    }
    for (int i = 0; i < count; i++) {
        used += write_escaped((unsigned char)bytes[i], out + used);
    }
    return used;
}

static size_t make_equal(struct slim_text resource, char *out, size_t size)
{
    size_t used = 0, taken;
    char one[12];

    for (size_t at = 0; at < resource.length; at += taken) {
        size_t length = write_one(resource, at, one, &taken);
        if (length > size - used) {
            break;
        }
        memcpy(out + used, one, length);
        used += length;
    }
    return used;
}

/* --- parameters --- */

static struct slim_text name_of(struct slim_text parameter)
{
    const char *equals = memchr(parameter.at, '=', parameter.length);

    return equals ? (struct slim_text){parameter.at, (size_t)(equals - parameter.at)} : parameter;
}

/* Of the site, and of the files. */
struct lists {
    const struct slim_page_list *own, *list;
};

static int drops(const struct lists *lists, struct slim_text parameter, int in_path)
{
    struct slim_text name = name_of(parameter);

    return slim_page_list_drops(lists->own, name, in_path)
           || slim_page_list_drops(lists->list, name, in_path);
}

/* Leaves those of a path's segments out that a list drops, in place. */
static size_t drop_from_path(char *text, size_t length, const struct lists *lists)
{
    size_t used = 0, end;

    for (size_t at = 0; at < length; at = end) {
        end = at + 1;
        while (end < length && text[end] != ';' && text[end] != '/') {
            end++;
        }
        struct slim_text parameter = {text + at + 1, end - at - 1};
        if (text[at] == ';' && parameter.length > 0 && drops(lists, parameter, 1)) {
            continue;
        }
        memmove(text + used, text + at, end - at);
        used += end - at;
    }
    return used;
}

static size_t drop_from_query(char *query, size_t length, const struct lists *lists)
{
    size_t used = 0, end;

    for (size_t at = 0; at < length; at = end + 1) {
        end = at;
        while (end < length && query[end] != '&') {
            end++;
        }
        struct slim_text parameter = {query + at, end - at};
        if (parameter.length == 0 || drops(lists, parameter, 0)) {
            continue;
        }
        if (used > 0) {
            query[used++] = '&';
        }
        memmove(query + used, parameter.at, parameter.length);
        used += parameter.length;
    }
    return used;
}

size_t slim_resource_page(struct slim_text resource, const struct slim_page_list *own,
                          const struct slim_page_list *list, char *out, size_t size)
{
    const struct lists lists = {own, list};
    size_t length = resource.length ? make_equal(resource, out, size) : 0;
    char *mark = length ? memchr(out, '?', length) : NULL;
    size_t path = mark ? (size_t)(mark - out) : length;
    size_t used = path && memchr(out, ';', path) ? drop_from_path(out, path, &lists) : path;

    if (mark) {
        size_t query = drop_from_query(mark + 1, length - path - 1, &lists);
        if (query > 0) {
            out[used] = '?';
            memmove(out + used + 1, mark + 1, query);
            used += query + 1;
        }
    }
    return used;
}
