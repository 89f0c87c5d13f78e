/* How much room texts take on a terminal. */
#ifndef SLIM_WIDTH_H
#define SLIM_WIDTH_H

#include <stddef.h>

/* Columns that a text takes. */
size_t slim_width(const char *text, size_t length);

/* The length of the longest beginning that takes at most limit columns. */
size_t slim_width_cut(const char *text, size_t length, size_t limit);

#endif
