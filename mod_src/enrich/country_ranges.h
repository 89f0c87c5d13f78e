/* Our own file of countries: a sorted array, made by slimstats country build.
 *
 *   bytes   what it is
 *   8       SLIM_COUNTRY_RANGES_MAGIC
 *   4       version, 1 (numbers are little-endian)
 *   4, 4    how many entries for IPv4, and for IPv6
 *   4       CRC-32C of all other bytes
 *   6 each  IPv4: an address in network order, and two capital letters
 *   18 each IPv6: the same
 *
 * An entry counts from its address up to that of the next one; two zero bytes for letters say that
 * no country is known there. Addresses rise strictly. */
#ifndef SLIM_COUNTRY_RANGES_H
#define SLIM_COUNTRY_RANGES_H

#include <stddef.h>
#include <stdint.h>

#include "core/status_code.h"

#define SLIM_COUNTRY_RANGES_MAGIC "SlimCtry"
#define SLIM_COUNTRY_RANGES_MAGIC_LENGTH 8
#define SLIM_COUNTRY_RANGES_VERSION 1
#define SLIM_COUNTRY_RANGES_HEAD 24

enum slim_country_family { SLIM_COUNTRY_IPV4, SLIM_COUNTRY_IPV6, SLIM_COUNTRY_FAMILIES };

struct slim_country_ranges {
    const uint8_t *bytes; /* NULL: there are none */
    size_t size;
    const uint8_t *entry[SLIM_COUNTRY_FAMILIES];
    uint32_t count[SLIM_COUNTRY_FAMILIES];
};

/* The bytes of an address of a family. */
size_t slim_country_ranges_width(int family);

/* The checksum that a file of such bytes has to hold. */
uint32_t slim_country_ranges_checksum(const uint8_t *bytes, size_t size);

/* Looks at each byte of a file: what passes can be asked anything. The bytes are the caller's, and
 * in use as long as ranges is. SLIM_EBADRULES: it is no such file. Pure. */
apr_status_t slim_country_ranges_read(const uint8_t *bytes, size_t size,
                                      struct slim_country_ranges *ranges) SLIM_MUST_CHECK;

/* Whether what fd leads to begins as such a file does. */
int slim_country_ranges_are_in(int fd);

/* Maps and reads what fd leads to, which nobody may change; releases what ranges holds, unless this
 * fails. */
apr_status_t slim_country_ranges_open(struct slim_country_ranges *ranges, int fd) SLIM_MUST_CHECK;

void slim_country_ranges_close(struct slim_country_ranges *ranges);

/* Writes the country of an address of 4 or 16 bytes, "" when none is known. The IPv4 address that
 * an IPv6 one holds (::ffff:0:0/96, ::/96, 2002::/16) is what counts. */
void slim_country_ranges_find(const struct slim_country_ranges *ranges, const uint8_t *address,
                              uint8_t length, char country[3]);

#endif
