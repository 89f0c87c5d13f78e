/* Comparing bytes, and UTF-8. Pure functions. */
#include "text.h"

#include <string.h>

#include "ascii.h"

int slim_text_begins(struct slim_text text, const char *lower_case)
{
    size_t i = 0;

    while (lower_case[i]) {
        if (i >= text.length || slim_lower(text.at[i]) != lower_case[i]) {
            return 0;
        }
        i++;
    }
    return 1;
}

int slim_text_is(struct slim_text text, const char *lower_case)
{
    return text.length == strlen(lower_case) && slim_text_begins(text, lower_case);
}

/* Bytes that follow a lead byte, and the range of the first of them; -1: no lead byte. */
static int continuation(unsigned char lead, unsigned char *low, unsigned char *high)
{
    *low = 0x80;
    *high = 0xbf;
    if (lead < 0x80) {
        return 0;
    }
    if (lead >= 0xc2 && lead <= 0xdf) {
        return 1;
    }
    if (lead >= 0xe0 && lead <= 0xef) {
        *low = lead == 0xe0 ? 0xa0 : *low;
        *high = lead == 0xed ? 0x9f : *high;
        return 2;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        *low = lead == 0xf0 ? 0x90 : *low;
        *high = lead == 0xf4 ? 0x8f : *high;
        return 3;
    }
    return -1;
}

/* The length of the character that bytes begin with; 0: they begin with none. */
static size_t character(const char *bytes, size_t length)
{
    unsigned char low, high;
    int more = continuation((unsigned char)bytes[0], &low, &high);

    if (more < 0 || (size_t)more >= length) {
        return 0;
    }
    for (int i = 1; i <= more; i++, low = 0x80, high = 0xbf) {
        unsigned char c = (unsigned char)bytes[i];
        if (c < low || c > high) {
            return 0;
        }
    }
    return (size_t)more + 1;
}

int slim_utf8_is_valid(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t one = character(bytes + i, length - i);
        if (one == 0) {
            return 0;
        }
        i += one;
    }
    return 1;
}

size_t slim_utf8_mend(struct slim_text text, char *out, size_t size)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t used = 0;

    for (size_t i = 0; i < text.length;) {
        size_t one = character(text.at + i, text.length - i);
        if (size - used < (one ? one : 3)) {
            break;
        }
        if (one) {
            memcpy(out + used, text.at + i, one);
            used += one;
            i += one;
        } else {
            unsigned char byte = (unsigned char)text.at[i++];
            out[used++] = '%';
            out[used++] = digits[byte >> 4];
            out[used++] = digits[byte & 15];
        }
    }
    return used;
}

size_t slim_utf8_cut(const char *bytes, size_t length, size_t limit)
{
    if (length <= limit) {
        return length;
    }
    while (limit > 0 && ((unsigned char)bytes[limit] & 0xc0) == 0x80) {
        limit--;
    }
    return limit;
}
