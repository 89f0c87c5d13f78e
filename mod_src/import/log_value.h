/* Single values of access logs. Pure. */
#ifndef SLIM_LOG_VALUE_H
#define SLIM_LOG_VALUE_H

#include "core/hit.h"

/* Undoes what httpd's log escapes (\\, \", \xHH, \n, \t and their like); a backslash before
 * anything else stays. out has room for text.length bytes; returns how many were written. */
size_t slim_log_value_unescape(struct slim_text text, char *out);

/* Reads at most 18 digits and nothing else; 0 when it is no such number. */
int slim_log_value_number(struct slim_text text, uint64_t *number);

/* Reads an IPv4 or IPv6 address; *length becomes 4 or 16. 0 and *length 0 when it is none. */
int slim_log_value_address(struct slim_text text, uint8_t address[16], uint8_t *length);

/* "HTTP/1.1" as 1001, "HTTP/2" as 2000; 0 when it is none. */
uint16_t slim_log_value_protocol(struct slim_text text);

/* A time that something took: a number of the unit, or, with a point, of seconds. */
int slim_log_value_duration(struct slim_text value, uint64_t unit_us, uint64_t *us);

#endif
