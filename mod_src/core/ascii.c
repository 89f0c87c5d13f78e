/* Bytes to and from hexadecimal digits. */
#include "ascii.h"

void slim_hex_write(const unsigned char *bytes, size_t count, char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < count; i++) {
        *text++ = digits[bytes[i] >> 4];
        *text++ = digits[bytes[i] & 15];
    }
    *text = '\0';
}

int slim_hex_read(const char *text, size_t count, unsigned char *bytes)
{
    for (size_t i = 0; i < count; i++) {
        int byte = slim_hex_byte(text + 2 * i);
        if (byte < 0) {
            return 0;
        }
        bytes[i] = (unsigned char)byte;
    }
    return 1;
}
