/* The visitor's language, from Accept-Language (RFC 9110, 12.5.4). */
#ifndef SLIM_LANGUAGE_H
#define SLIM_LANGUAGE_H

#include "core/facts.h"

/* Writes the preferred language as "en-us" or "en" (lower case, ISO 639 code and, where known, ISO
 * 3166 region), or "" when there is none: absent, "*", malformed, unknown. The tag with the highest
 * q comes first, among equals the one sent first. */
void slim_language_derive(const char *header, size_t length, char out[SLIM_LANGUAGE_SIZE]);

#endif
