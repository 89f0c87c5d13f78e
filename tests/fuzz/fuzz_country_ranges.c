/* Our own file of countries: what is taken for one answers each address with a country or none. The
 * checksum is made right first, so that what it would stop is tried, too. */
#include "fuzz.h"

#include "core/bytes.h"
#include "enrich/country_ranges.h"

static void ask(const struct slim_country_ranges *ranges, const uint8_t *address, uint8_t length)
{
    char country[3];

    slim_country_ranges_find(ranges, address, length, country);
    CHECK(strlen(country) == 0
          || (strlen(country) == 2 && strspn(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2));
}

/* An entry's own address is found, and so are the first and the last there can be. */
static void ask_all(const struct slim_country_ranges *ranges)
{
    static const uint8_t first[16],
        last[16] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

    for (int family = 0; family < SLIM_COUNTRY_FAMILIES; family++) {
        size_t width = slim_country_ranges_width(family);
        for (uint32_t i = 0; i < ranges->count[family]; i++) {
            ask(ranges, ranges->entry[family] + i * (width + 2), (uint8_t)width);
        }
        ask(ranges, first, (uint8_t)width);
        ask(ranges, last, (uint8_t)width);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slim_country_ranges ranges;
    uint8_t *bytes = malloc(size ? size : 1);

    CHECK(bytes);
    memcpy(bytes, data, size);
    if (slim_country_ranges_read(bytes, size, &ranges) == APR_SUCCESS) {
        ask_all(&ranges);
    }
    if (size >= SLIM_COUNTRY_RANGES_HEAD) {
        slim_put_u32(bytes + 20, slim_country_ranges_checksum(bytes, size));
        if (slim_country_ranges_read(bytes, size, &ranges) == APR_SUCCESS) {
            ask_all(&ranges);
        }
    }
    free(bytes);
    return 0;
}
