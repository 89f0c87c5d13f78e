/* A list of the addresses that a robot's operator publishes: JSON, an object whose member
 * "prefixes" is an array of objects with a member "ipv4Prefix" or "ipv6Prefix", a network in CIDR
 * notation (RFC 4632; RFC 4291, 2.3). Members beside them are passed over. */
#ifndef SLIM_ENRICH_RANGES_H
#define SLIM_ENRICH_RANGES_H

#include <apr_pools.h>

#include <stddef.h>
#include <stdint.h>

#define SLIM_RANGES_MAX 200000

/* Both ends, which belong to it; an IPv4 address as ::ffff:a.b.c.d. */
struct slim_range {
    uint8_t first[16], last[16];
};

/* Rising, none touches another. */
struct slim_ranges {
    struct slim_range *range;
    size_t count;
};

/* Reads a list; what is wrong with it, a sentence in pool, NULL: nothing. A list with a mistake has
 * no ranges, and so has none that is empty. */
const char *slim_ranges_read(const char *bytes, size_t length, struct slim_ranges *ranges,
                             apr_pool_t *pool);

/* Of addresses first … last of a family whether all of them lie in one range, 1; none in any, 0;
 * some, -1. length: 4 or 16 bytes. */
int slim_ranges_have(const struct slim_ranges *ranges, const uint8_t *first, const uint8_t *last,
                     uint8_t length);

#endif
