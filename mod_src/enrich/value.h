/* Values of parameters as people read them. */
#ifndef SLIM_VALUE_H
#define SLIM_VALUE_H

#include "core/hit.h"

/* The query of a request target, without fragment; empty when there is none. */
struct slim_text slim_value_query(struct slim_text target);

/* The raw value of the first of names (at most eight, separated by commas or spaces) that is in the
 * query and not empty. */
struct slim_text slim_value_find(const char *names, struct slim_text query);

/* The charset that the query itself names for its values (ie= of Google and Baidu, ei= of Yahoo!),
 * one of those that forms were sent in; "" when it names none. A constant. */
const char *slim_value_charset(struct slim_text query);

/* Decodes %XX and +, makes UTF-8 of it (when it is none, by the charsets "windows-1251,koi8-r",
 * else as Latin 1), folds white space and controls into single spaces. Writes at most size bytes;
 * returns their number. */
size_t slim_value_read(struct slim_text raw, const char *charsets, char *out, size_t size);

/* The same for a text that is not encoded; size is at most SLIM_TERMS_MAX. */
size_t slim_value_clean(struct slim_text raw, const char *charsets, char *out, size_t size);

#endif
