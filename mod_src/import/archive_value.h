/* Cells of an archive as values; each function returns 0 when a cell is no such value. Pure. */
#ifndef SLIM_ARCHIVE_VALUE_H
#define SLIM_ARCHIVE_VALUE_H

#include "core/hit.h"

/* A number that stores keep as a signed one, at most most; an empty cell is 0. */
int slim_archive_number(struct slim_text cell, uint64_t most, int64_t *number);

/* 16 hexadecimal digits; an empty cell is 0. */
int slim_archive_hash(struct slim_text cell, uint64_t *hash);

/* Copies a cell that is shorter than size, and ends it with a NUL. */
int slim_archive_string(struct slim_text cell, char *to, size_t size);

/* Hexadecimal digits, which become bytes where they stand: the cell has to be in memory that may be
 * written. */
int slim_archive_bytes(struct slim_text cell, struct slim_text *bytes);

#endif
