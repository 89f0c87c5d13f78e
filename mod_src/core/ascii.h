/* ASCII letters and hexadecimal digits, whatever the locale. */
#ifndef SLIM_ASCII_H
#define SLIM_ASCII_H

#include <stddef.h>

static inline char slim_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Writes length bytes in lower case; from and to may be the same. */
static inline void slim_lower_all(const char *from, size_t length, char *to)
{
    for (size_t i = 0; i < length; i++) {
        to[i] = slim_lower(from[i]);
    }
}

/* The value of a digit of either case; -1: it is not a digit. */
static inline int slim_hex_digit(char c)
{
    c = slim_lower(c);
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The value of two digits; -1: they are not both such. The second is not looked at when the first
 * is none. */
static inline int slim_hex_byte(const char *at)
{
    int high = slim_hex_digit(at[0]), low = high < 0 ? -1 : slim_hex_digit(at[1]);

    return low < 0 ? -1 : high * 16 + low;
}

/* Writes 2 * count digits and a NUL. */
void slim_hex_write(const unsigned char *bytes, size_t count, char *text);

/* Reads 2 * count digits; 0 when one is not a digit. */
int slim_hex_read(const char *text, size_t count, unsigned char *bytes);

#endif
