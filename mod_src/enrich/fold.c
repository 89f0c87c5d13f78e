/* Small letters by the C library, whatever locale the process is in. */
#include "fold.h"

#include <locale.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <wctype.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static locale_t unicode; /* kept as long as the process lives; 0: there is none */

static void find_locale(void)
{
    unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

/* The character that bytes begin with, and how many they are. */
static uint32_t read_character(const unsigned char *bytes, size_t *length)
{
    static const unsigned char leads[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t character;

    *length = bytes[0] < 0x80 ? 1 : bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
    character = bytes[0] & leads[*length];
    for (size_t i = 1; i < *length; i++) {
        character = character << 6 | (bytes[i] & 0x3f);
    }
    return character;
}

static size_t write_character(uint32_t character, unsigned char bytes[4])
{
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t length = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;

    for (size_t i = length - 1; i > 0; i--) {
        bytes[i] = (unsigned char)(0x80 | (character & 0x3f));
        character >>= 6;
    }
    bytes[0] = (unsigned char)(leads[length] | character);
    return length;
}

static uint32_t small(uint32_t character)
{
    if (character < 0x80) {
        return character >= 'A' && character <= 'Z' ? character + ('a' - 'A') : character;
    }
    return unicode ? (uint32_t)towlower_l((wint_t)character, unicode) : character;
}

size_t slim_fold_case(const char *bytes, size_t length, char *out, size_t size)
{
    size_t used = 0;

    pthread_once(&once, find_locale);
    for (size_t at = 0, read; at < length; at += read) {
        unsigned char folded[4];
        uint32_t character = read_character((const unsigned char *)bytes + at, &read);
        size_t written = write_character(small(character), folded);
        if (used + written > size) {
            break;
        }
        memcpy(out + used, folded, written);
        used += written;
    }
    return used;
}
