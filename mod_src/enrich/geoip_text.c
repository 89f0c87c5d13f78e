/* Ranges of addresses from text. No allocation; linear in the line. */
#include "geoip_text.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/hit.h"

#define ADDRESS_MAX 46

static int read_number(struct slim_text text, slim_bits128 *address)
{
    uint64_t value = 0;

    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') {
            return 0;
        }
        value = value * 10 + (uint64_t)(text.at[i] - '0');
        if (value > UINT32_MAX) {
            return 0;
        }
    }
    *address = value;
    return text.length > 0;
}

static int read_ipv6(struct slim_text text, slim_bits128 *address)
{
    char terminated[ADDRESS_MAX];
    uint8_t bytes[16];

    if (text.length >= sizeof terminated) {
        return 0;
    }
    memcpy(terminated, text.at, text.length);
    terminated[text.length] = '\0';
    if (strlen(terminated) != text.length || inet_pton(AF_INET6, terminated, bytes) != 1) {
        return 0;
    }
    *address = 0;
    for (size_t i = 0; i < sizeof bytes; i++) {
        *address = *address << 8 | bytes[i];
    }
    return 1;
}

static int read_address(struct slim_text text, slim_bits128 *address)
{
    return text.length > 0 && memchr(text.at, ':', text.length) ? read_ipv6(text, address)
                                                                : read_number(text, address);
}

static int is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* EU and AP are whole continents, ?? and codes with digits nothing at all; UK is what the registry
 * wrote for GB. */
static enum slim_geoip_line read_country(struct slim_text text, char country[3])
{
    if (text.length != 2) {
        return SLIM_GEOIP_BAD;
    }
    if (!is_upper(text.at[0]) || !is_upper(text.at[1]) || memcmp(text.at, "EU", 2) == 0
        || memcmp(text.at, "AP", 2) == 0) {
        return SLIM_GEOIP_NOTHING;
    }
    memcpy(country, memcmp(text.at, "UK", 2) == 0 ? "GB" : text.at, 2);
    country[2] = '\0';
    return SLIM_GEOIP_RANGE;
}

enum slim_geoip_line slim_geoip_read_line(const char *line, size_t length,
                                          struct slim_geoip_range *range)
{
    struct slim_text part[3] = {{line, 0}};
    struct slim_geoip_range read;
    int parts = 0;

    if (length > 0 && line[length - 1] == '\r') {
        length--;
    }
    if (length == 0 || line[0] == '#') {
        return SLIM_GEOIP_NOTHING;
    }
    for (size_t i = 0; i < length; i++) {
        if (line[i] != ',') {
            part[parts].length++;
        } else if (++parts == 3) {
            return SLIM_GEOIP_BAD;
        } else {
            part[parts] = (struct slim_text){line + i + 1, 0};
        }
    }
    if (parts != 2 || !read_address(part[0], &read.from) || !read_address(part[1], &read.to)
        || read.from > read.to || (read.from <= UINT32_MAX) != (read.to <= UINT32_MAX)) {
        return SLIM_GEOIP_BAD;
    }
    enum slim_geoip_line result = read_country(part[2], read.country);
    if (result == SLIM_GEOIP_RANGE) {
        *range = read;
    }
    return result;
}
