/* Lines of ranges of addresses: what is read, written again, is the same range. */
#include "fuzz.h"

#include <arpa/inet.h>

#include "enrich/geoip_text.h"

static void put_address(slim_bits128 bits, int is_ipv6, char *text, size_t size)
{
    unsigned char bytes[16];

    for (int i = 15; i >= 0; i--, bits >>= 8) {
        bytes[i] = (unsigned char)bits;
    }
    if (is_ipv6) {
        CHECK(inet_ntop(AF_INET6, bytes, text, (socklen_t)size));
    } else {
        uint32_t number = (uint32_t)bytes[12] << 24 | (uint32_t)bytes[13] << 16
                          | (uint32_t)bytes[14] << 8 | bytes[15];
        snprintf(text, size, "%u", number);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slim_geoip_range range, again;
    char from[64], to[64], line[160];
    int is_ipv6 = size > 0 && memchr(data, ':', size) != NULL;

    if (slim_geoip_read_line((const char *)data, size, &range) != SLIM_GEOIP_RANGE) {
        return 0;
    }
    CHECK(range.from <= range.to && (is_ipv6 || range.to <= UINT32_MAX));
    CHECK(strlen(range.country) == 2 && strspn(range.country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2);
    put_address(range.from, is_ipv6, from, sizeof from);
    put_address(range.to, is_ipv6, to, sizeof to);
    int length = snprintf(line, sizeof line, "%s,%s,%s", from, to, range.country);
    CHECK(slim_geoip_read_line(line, (size_t)length, &again) == SLIM_GEOIP_RANGE);
    CHECK(again.from == range.from && again.to == range.to);
    CHECK(strcmp(again.country, range.country) == 0);
    return 0;
}
