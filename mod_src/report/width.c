/* wcwidth() as the locale has it; bytes that are not UTF-8 take a column each. */
#include "width.h"

#include <wchar.h>

#include "escape.h"

size_t slim_width(const char *text, size_t length)
{
    size_t width = 0;

    while (length > 0) {
        long code;
        size_t size = slim_utf8_next(text, length, &code);
        int columns = code > 0x7f ? wcwidth((wchar_t)code) : 1;
        width += columns > 0 ? (size_t)columns : columns < 0;
        text += size;
        length -= size;
    }
    return width;
}

size_t slim_width_cut(const char *text, size_t length, size_t limit)
{
    size_t at = 0;

    while (at < length) {
        long code;
        size_t size = slim_utf8_next(text + at, length - at, &code);
        if (slim_width(text, at + size) > limit) {
            break;
        }
        at += size;
    }
    return at;
}
