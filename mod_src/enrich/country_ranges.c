/* Reading a sorted array of addresses and their countries. */
#include "country_ranges.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/address.h"
#include "core/bytes.h"
#include "core/crc32c.h"

#define CHECKSUM_AT 20
#define LETTERS 2

size_t slim_country_ranges_width(int family)
{
    return family == SLIM_COUNTRY_IPV4 ? 4 : 16;
}

uint32_t slim_country_ranges_checksum(const uint8_t *bytes, size_t size)
{
    return slim_crc32c(slim_crc32c(0, bytes, CHECKSUM_AT), bytes + SLIM_COUNTRY_RANGES_HEAD,
                       size - SLIM_COUNTRY_RANGES_HEAD);
}

/* --- reading --- */

static int are_letters(const uint8_t *at)
{
    return (at[0] == 0 && at[1] == 0)
           || (at[0] >= 'A' && at[0] <= 'Z' && at[1] >= 'A' && at[1] <= 'Z');
}

static int are_sorted(const uint8_t *entry, uint32_t count, size_t width)
{
    for (uint32_t i = 0; i < count; i++, entry += width + LETTERS) {
        if (!are_letters(entry + width)
            || (i > 0 && memcmp(entry - width - LETTERS, entry, width) >= 0)) {
            return 0;
        }
    }
    return 1;
}

apr_status_t slim_country_ranges_read(const uint8_t *bytes, size_t size,
                                      struct slim_country_ranges *ranges)
{
    struct slim_country_ranges read = {.bytes = bytes, .size = size};
    uint64_t at = SLIM_COUNTRY_RANGES_HEAD;

    if (size < SLIM_COUNTRY_RANGES_HEAD
        || memcmp(bytes, SLIM_COUNTRY_RANGES_MAGIC, SLIM_COUNTRY_RANGES_MAGIC_LENGTH) != 0
        || slim_get_u32(bytes + 8) != SLIM_COUNTRY_RANGES_VERSION) {
        return SLIM_EBADRULES;
    }
    for (int i = 0; i < SLIM_COUNTRY_FAMILIES; i++) {
        uint64_t entry_size = slim_country_ranges_width(i) + LETTERS;
        read.count[i] = slim_get_u32(bytes + 12 + 4 * i);
        if (read.count[i] > (size - at) / entry_size) {
            return SLIM_EBADRULES;
        }
        read.entry[i] = bytes + at;
        at += read.count[i] * entry_size;
    }
    if (at != size
        || slim_get_u32(bytes + CHECKSUM_AT) != slim_country_ranges_checksum(bytes, size)) {
        return SLIM_EBADRULES;
    }
    for (int i = 0; i < SLIM_COUNTRY_FAMILIES; i++) {
        if (!are_sorted(read.entry[i], read.count[i], slim_country_ranges_width(i))) {
            return SLIM_EBADRULES;
        }
    }
    *ranges = read;
    return APR_SUCCESS;
}

/* --- files --- */

int slim_country_ranges_are_in(int fd)
{
    char magic[SLIM_COUNTRY_RANGES_MAGIC_LENGTH];

    return pread(fd, magic, sizeof magic, 0) == (ssize_t)sizeof magic
           && memcmp(magic, SLIM_COUNTRY_RANGES_MAGIC, sizeof magic) == 0;
}

apr_status_t slim_country_ranges_open(struct slim_country_ranges *ranges, int fd)
{
    struct slim_country_ranges read;
    struct stat st;

    if (fstat(fd, &st) != 0) {
        return errno;
    }
    if (st.st_size < SLIM_COUNTRY_RANGES_HEAD) {
        return SLIM_EBADRULES;
    }
    void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED) {
        return errno;
    }
    apr_status_t rv = slim_country_ranges_read(bytes, (size_t)st.st_size, &read);
    if (rv != APR_SUCCESS) {
        munmap(bytes, (size_t)st.st_size);
        return rv;
    }
    slim_country_ranges_close(ranges);
    *ranges = read;
    return APR_SUCCESS;
}

void slim_country_ranges_close(struct slim_country_ranges *ranges)
{
    union {
        const uint8_t *read;
        void *mapped;
    } bytes = {ranges->bytes};

    if (ranges->bytes) {
        munmap(bytes.mapped, ranges->size);
    }
    memset(ranges, 0, sizeof *ranges);
}

/* --- asking --- */

/* The IPv4 address in an IPv6 one; NULL: it holds none. */
static const uint8_t *find_ipv4(const uint8_t *address)
{
    static const uint8_t compatible[12], six_to_four[2] = {0x20, 0x02};

    if (memcmp(address, six_to_four, sizeof six_to_four) == 0) {
        return address + sizeof six_to_four;
    }
    return slim_address_is_mapped(address) || memcmp(address, compatible, sizeof compatible) == 0
               ? address + 12
               : NULL;
}

/* The last entry that does not begin behind an address; NULL: all do. */
static const uint8_t *last_before(const struct slim_country_ranges *ranges, int family,
                                  const uint8_t *address)
{
    size_t width = slim_country_ranges_width(family), size = width + LETTERS;
    uint32_t low = 0, high = ranges->count[family];

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (memcmp(ranges->entry[family] + middle * size, address, width) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low > 0 ? ranges->entry[family] + (low - 1) * size : NULL;
}

void slim_country_ranges_find(const struct slim_country_ranges *ranges, const uint8_t *address,
                              uint8_t length, char country[3])
{
    const uint8_t *ipv4 = length == 4 ? address : length == 16 ? find_ipv4(address) : NULL;
    const uint8_t *entry = NULL;

    if (ipv4) {
        entry = last_before(ranges, SLIM_COUNTRY_IPV4, ipv4);
    } else if (length == 16) {
        entry = last_before(ranges, SLIM_COUNTRY_IPV6, address);
    }
    memset(country, 0, 3);
    if (entry) {
        memcpy(country, entry + (ipv4 ? 4 : 16), LETTERS);
    }
}
