/* Letters of either case made one. */
#ifndef SLIM_FOLD_H
#define SLIM_FOLD_H

#include <stddef.h>

/* Writes well-formed UTF-8 in small letters into out, at most size bytes, cut between characters.
 * Returns the length. Without the C library's locale C.UTF-8 only ASCII has small letters. */
size_t slim_fold_case(const char *bytes, size_t length, char *out, size_t size);

#endif
