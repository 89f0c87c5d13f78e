/* Reading published addresses, and finding one. */
#include "ranges.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <jansson.h>

#include "core/address.h"

static void widen(const uint8_t *address, uint8_t length, uint8_t wide[16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

    if (length == 4) {
        memcpy(wide, mapped, 12);
        memcpy(wide + 12, address, 4);
    } else {
        memcpy(wide, address, 16);
    }
}

/* --- reading --- */

/* The bits behind the prefix: off in the first address, which they have to be, on in the last. */
static int spread(const uint8_t *address, uint8_t length, long bits, struct slim_range *range)
{
    uint8_t last[16];
    int is_network = 1;

    memcpy(last, address, length);
    for (long bit = bits; bit < length * 8L; bit++) {
        uint8_t mask = (uint8_t)(0x80u >> (bit % 8));
        is_network &= !(address[bit / 8] & mask);
        last[bit / 8] |= mask;
    }
    widen(address, length, range->first);
    widen(last, length, range->last);
    return is_network;
}

/* "192.0.2.0/24", "2001:db8::/32" */
static int read_network(const char *text, uint8_t family, struct slim_range *range)
{
    char address[SLIM_ADDRESS_SIZE], *end;
    const char *slash = strchr(text, '/');
    uint8_t bytes[16], length;

    if (!slash || (size_t)(slash - text) >= sizeof address || slash[1] < '0' || slash[1] > '9') {
        return 0;
    }
    memcpy(address, text, (size_t)(slash - text));
    address[slash - text] = '\0';
    long bits = strtol(slash + 1, &end, 10);
    return !*end && slim_address_parse(address, bytes, &length) && length == family
           && bits <= length * 8L && spread(bytes, length, bits, range);
}

/* Objects without either member are passed over: lists have others, too. */
static const char *read_prefix(const json_t *entry, struct slim_ranges *ranges, apr_pool_t *pool)
{
    static const struct {
        const char *member;
        uint8_t family;
    } kinds[] = {{"ipv4Prefix", 4}, {"ipv6Prefix", 16}};

    for (size_t i = 0; i < 2; i++) {
        const json_t *network = json_object_get(entry, kinds[i].member);
        if (!network) {
            continue;
        }
        const char *text = json_string_value(network);
        if (!text || !read_network(text, kinds[i].family, &ranges->range[ranges->count])) {
            return apr_psprintf(pool, "%s %.60s is no network", kinds[i].member,
                                text ? text : "that is no text");
        }
        ranges->count++;
    }
    return NULL;
}

static int compare(const void *a, const void *b)
{
    return memcmp(((const struct slim_range *)a)->first, ((const struct slim_range *)b)->first, 16);
}

/* Whether b begins within a or right behind it. */
static int touches(const struct slim_range *a, const struct slim_range *b)
{
    uint8_t next[16];

    memcpy(next, a->last, 16);
    for (int i = 15; i >= 0 && ++next[i] == 0; i--) {
        continue;
    }
    return memcmp(b->first, a->last, 16) <= 0 || memcmp(b->first, next, 16) == 0;
}

static void join(struct slim_ranges *ranges)
{
    size_t kept = 0;

    qsort(ranges->range, ranges->count, sizeof ranges->range[0], compare);
    for (size_t i = 1; i < ranges->count; i++) {
        struct slim_range *before = &ranges->range[kept], *one = &ranges->range[i];
        if (!touches(before, one)) {
            ranges->range[++kept] = *one;
        } else if (memcmp(one->last, before->last, 16) > 0) {
            memcpy(before->last, one->last, 16);
        }
    }
    ranges->count = kept + 1;
}

static const char *read_prefixes(const json_t *prefixes, struct slim_ranges *ranges,
                                 apr_pool_t *pool)
{
    size_t size = json_array_size(prefixes);
    const char *fault = NULL;

    if (!json_is_array(prefixes) || size == 0) {
        return "it has no prefixes";
    }
    if (size > SLIM_RANGES_MAX) {
        return "it has too many prefixes";
    }
    ranges->range = apr_palloc(pool, 2 * size * sizeof ranges->range[0]);
    for (size_t i = 0; i < size && !fault; i++) {
        fault = read_prefix(json_array_get(prefixes, i), ranges, pool);
    }
    if (!fault && ranges->count == 0) {
        fault = "it has no prefixes";
    }
    if (!fault) {
        join(ranges);
    }
    return fault;
}

const char *slim_ranges_read(const char *bytes, size_t length, struct slim_ranges *ranges,
                             apr_pool_t *pool)
{
    json_error_t error;
    json_t *json = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &error);

    *ranges = (struct slim_ranges){.count = 0};
    if (!json) {
        return apr_psprintf(pool, "line %d: it is no JSON: %s", error.line, error.text);
    }
    const char *fault = read_prefixes(json_object_get(json, "prefixes"), ranges, pool);
    json_decref(json);
    if (fault) {
        ranges->count = 0;
    }
    return fault;
}

/* --- finding --- */

int slim_ranges_have(const struct slim_ranges *ranges, const uint8_t *first, const uint8_t *last,
                     uint8_t length)
{
    uint8_t from[16], to[16];
    size_t low = 0, high = ranges->count;

    widen(first, length, from);
    widen(last, length, to);
    while (low < high) { /* the first that ends at from or behind it */
        size_t middle = low + (high - low) / 2;
        if (memcmp(ranges->range[middle].last, from, 16) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == ranges->count || memcmp(ranges->range[low].first, to, 16) > 0) {
        return 0;
    }
    const struct slim_range *one = &ranges->range[low];
    return memcmp(one->first, from, 16) <= 0 && memcmp(one->last, to, 16) >= 0 ? 1 : -1;
}
