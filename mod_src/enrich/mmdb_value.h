/* Values of an entry of a MaxMind DB file. The file is not trusted: a value of another
 * type than expected counts as missing. */
#ifndef SLIM_MMDB_VALUE_H
#define SLIM_MMDB_VALUE_H

#include <stddef.h>
#include <stdint.h>

#include <maxminddb.h>

/* Longest text that is kept of an entry. */
#define SLIM_MMDB_TEXT_MAX 64

/* Keys from the outermost in, NULL behind the last; "0" is the first of an array. */
typedef const char *const slim_mmdb_keys[5];

/* Each writes the first of count ways that gives a value, and returns 1; else 0, and *number or
 * text is as if there were none: 0 or "". */

/* An ISO 3166-1 code, in upper case. */
int slim_mmdb_value_code(MMDB_entry_s *entry, slim_mmdb_keys *ways, size_t count, char code[3]);

/* A text in UTF-8 (Latin 1 is made so), without controls, cut between characters. */
int slim_mmdb_value_text(MMDB_entry_s *entry, slim_mmdb_keys *ways, size_t count,
                         char text[SLIM_MMDB_TEXT_MAX + 1]);

/* The number of an autonomous system, not 0: a number, or a text as "AS15169". */
int slim_mmdb_value_network(MMDB_entry_s *entry, slim_mmdb_keys *ways, size_t count,
                            uint32_t *number);

#endif
