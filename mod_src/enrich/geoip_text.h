/* Lines of the text files that Debian's tor-geoipdb brings: ranges of addresses and their country,
 * "16777216,16777471,AU" or "2001:200::,2001:200:134:ffff:ffff:ffff:ffff:ffff,JP". */
#ifndef SLIM_GEOIP_TEXT_H
#define SLIM_GEOIP_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* An IPv6 address as a number. */
typedef unsigned __int128 slim_bits128;

enum slim_geoip_line {
    SLIM_GEOIP_BAD,
    SLIM_GEOIP_NOTHING, /* empty, a comment, or a range of no known country */
    SLIM_GEOIP_RANGE
};

struct slim_geoip_range {
    slim_bits128 from, to; /* from <= to; an IPv4 address is its 32 bits */
    char country[3];       /* ISO 3166-1 alpha-2, upper case */
};

/* Reads one line without its end; range is set for SLIM_GEOIP_RANGE only. Pure. */
enum slim_geoip_line slim_geoip_read_line(const char *line, size_t length,
                                          struct slim_geoip_range *range);

#endif
