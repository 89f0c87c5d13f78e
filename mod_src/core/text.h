/* Texts as bytes: comparing without regard to case, and UTF-8. */
#ifndef SLIM_TEXT_H
#define SLIM_TEXT_H

#include "hit.h"

/* 1 when all bytes are well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF). */
int slim_utf8_is_valid(const char *bytes, size_t length);

/* The length of the longest prefix of at most limit bytes that does not end inside a character. */
size_t slim_utf8_cut(const char *bytes, size_t length, size_t limit);

/* Writes a text so that it is UTF-8: bytes that are part of no character become %XX, as addresses
 * have them (RFC 3986). Cut at size between characters; returns the length. */
size_t slim_utf8_mend(struct slim_text text, char *out, size_t size);

/* Whether a text equals a C string, letters of either case. */
int slim_text_is(struct slim_text text, const char *lower_case);
/* Whether a text begins with a C string, letters of either case. */
int slim_text_begins(struct slim_text text, const char *lower_case);

#endif
