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

int slim_utf8_is_valid(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length;) {
        unsigned char low, high;
        int more = continuation((unsigned char)bytes[i++], &low, &high);

        if (more < 0 || (size_t)more > length - i) {
            return 0;
        }
        for (; more > 0; more--, low = 0x80, high = 0xbf) {
            unsigned char c = (unsigned char)bytes[i++];
            if (c < low || c > high) {
                return 0;
            }
        }
    }
    return 1;
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
