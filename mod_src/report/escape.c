/* Escaping, by what will read the text. */
#include "escape.h"

#include <string.h>

#include "core/text.h"

size_t slim_utf8_next(const char *bytes, size_t length, long *code)
{
    unsigned char lead = (unsigned char)bytes[0];
    size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

    if (size > length || !slim_utf8_is_valid(bytes, size)) {
        *code = -1;
        return 1;
    }
    long value = size == 1 ? lead : lead & (0x7f >> size);
    for (size_t i = 1; i < size; i++) {
        value = value << 6 | ((unsigned char)bytes[i] & 0x3f);
    }
    *code = value;
    return size;
}

static int is_control(long code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/* Characters that turn text around, break lines where none is meant, or are not seen: as the page
 * shows them (dashboard/format.js). */
static int is_deceiving(long code)
{
    return code == 0x61c || (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e)
           || (code >= 0x2060 && code <= 0x2069) || code == 0xfeff;
}

int slim_escape_misleads(long code)
{
    return code >= 0 && (is_control(code) || is_deceiving(code));
}

void slim_escape_plain(struct slim_buffer *out, const char *bytes, size_t length)
{
    while (length > 0) {
        long code;
        size_t size = slim_utf8_next(bytes, length, &code);

        if (code == '\\') {
            slim_buffer_add(out, "\\\\", 2);
        } else if (is_control(code)) {
            for (size_t i = 0; i < size; i++) {
                slim_buffer_format(out, "\\x%02x", (unsigned char)bytes[i]);
            }
        } else if (is_deceiving(code)) {
            slim_buffer_format(out, "\\u{%lx}", (unsigned long)code);
        } else {
            slim_buffer_add(out, bytes, size);
        }
        bytes += size;
        length -= size;
    }
}

static const char replacement[] = "\xef\xbf\xbd";

void slim_escape_html(struct slim_buffer *out, const char *bytes, size_t length)
{
    while (length > 0) {
        long code;
        size_t size = slim_utf8_next(bytes, length, &code);

        switch (code) {
        case '&': slim_buffer_text(out, "&amp;"); break;
        case '<': slim_buffer_text(out, "&lt;"); break;
        case '>': slim_buffer_text(out, "&gt;"); break;
        case '"': slim_buffer_text(out, "&quot;"); break;
        case '\'': slim_buffer_text(out, "&#39;"); break;
        default:
            if (is_control(code)) {
                slim_buffer_text(out, replacement);
            } else if (is_deceiving(code)) {
                slim_buffer_format(out, "\\u{%lx}", (unsigned long)code);
            } else {
                slim_buffer_add(out, bytes, size);
            }
        }
        bytes += size;
        length -= size;
    }
}

const char *slim_escape_utf8(const char *bytes, size_t length, size_t *out_length, apr_pool_t *pool)
{
    struct slim_buffer out;

    if (slim_utf8_is_valid(bytes, length)) {
        *out_length = length;
        return bytes;
    }
    slim_buffer_init(&out, pool);
    while (length > 0) {
        long code;
        size_t size = slim_utf8_next(bytes, length, &code);
        if (code < 0) {
            slim_buffer_text(&out, replacement);
        } else {
            slim_buffer_add(&out, bytes, size);
        }
        bytes += size;
        length -= size;
    }
    *out_length = out.length;
    return out.at;
}
