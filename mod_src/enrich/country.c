/* Places by our own file of countries, or by what others make: MaxMind's, DB-IP's, flat ones. */
#include "country.h"

#include <string.h>
#include <unistd.h>

#include "address_file.h"
#include "core/cache.h"
#include "country_ranges.h"
#include "mmdb.h"
#include "watch.h"

#define CACHE_ENTRIES 4096
#define CACHE_BYTES (1u << 20)

struct slim_country {
    struct slim_address_file *file;
    struct slim_mmdb *mmdb; /* open, or ranges are in use, or neither */
    struct slim_country_ranges ranges;
    struct slim_cache *cache; /* struct slim_place by address */
};

static const struct slim_place nowhere;

/* Files of the same makers that lie beside one with countries. */
static int is_of_something_else(const char *name)
{
    static const char *const words[] = {"asn", "isp", "domain", "connection", "anonymous", "proxy"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasestr(name, words[i])) {
            return 1;
        }
    }
    return 0;
}

/* A file of cities has all that one of countries has. */
static int rank_file(const char *name)
{
    size_t length = strlen(name), ending = strlen(SLIM_COUNTRY_ENDING);

    if (length > ending && strcmp(name + length - ending, SLIM_COUNTRY_ENDING) == 0) {
        return 1;
    }
    if (!slim_mmdb_is_name(name) || is_of_something_else(name)) {
        return 0;
    }
    return strcasestr(name, "city") || strcasestr(name, "enterprise") ? 2 : 1;
}

static apr_status_t close_ranges(void *data)
{
    slim_country_ranges_close(data);
    return APR_SUCCESS;
}

struct slim_country *slim_country_make(const char *path, const char *state, apr_pool_t *pool)
{
    struct slim_country *c = apr_pcalloc(pool, sizeof *c);

    c->file = slim_address_file_make(path, state, rank_file, pool);
    c->mmdb = slim_mmdb_make(pool);
    c->cache = slim_cache_make(CACHE_ENTRIES, CACHE_BYTES, pool);
    apr_pool_cleanup_register(pool, &c->ranges, close_ranges, apr_pool_cleanup_null);
    return c;
}

/* Of the two kinds one is in use. */
static apr_status_t open_file(struct slim_country *c, int fd)
{
    apr_status_t rv;

    if (slim_country_ranges_are_in(fd)) {
        rv = slim_country_ranges_open(&c->ranges, fd);
        if (rv == APR_SUCCESS) {
            slim_mmdb_close(c->mmdb);
        }
        return rv;
    }
    rv = slim_mmdb_open(c->mmdb, fd);
    if (rv == APR_SUCCESS) {
        slim_country_ranges_close(&c->ranges);
    }
    return rv;
}

apr_status_t slim_country_refresh(struct slim_country *c, int *changed)
{
    int fd;

    *changed = slim_address_file_changed(c->file);
    if (!*changed) {
        return APR_SUCCESS;
    }
    slim_cache_clear(c->cache);
    if (!slim_country_path(c)) {
        return APR_SUCCESS;
    }
    apr_status_t rv = slim_address_file_copy(c->file, &fd);
    if (rv == APR_SUCCESS) {
        rv = open_file(c, fd);
        close(fd);
    }
    if (slim_watch_failed_for_now(rv)) {
        slim_address_file_again(c->file);
    }
    return rv;
}

const char *slim_country_path(const struct slim_country *c)
{
    return slim_address_file_path(c->file);
}

int slim_country_lacks(const struct slim_country *c, const uint8_t *address, uint8_t length)
{
    return slim_mmdb_lacks(c->mmdb, address, length);
}

int slim_country_was_short(struct slim_country *c)
{
    return slim_mmdb_was_short(c->mmdb);
}

static void read_place(MMDB_entry_s *entry, struct slim_place *place)
{
    static slim_mmdb_keys countries[] = {{"country", "iso_code", NULL},
                                         {"country_code", NULL},
                                         {"country", NULL}};
    static slim_mmdb_keys regions[] = {{"subdivisions", "0", "names", "en", NULL},
                                       {"subdivisions", "0", "iso_code", NULL},
                                       {"state1", NULL},
                                       {"region_name", NULL},
                                       {"region", NULL}};
    static slim_mmdb_keys cities[] = {{"city", "names", "en", NULL},
                                      {"city", NULL},
                                      {"city_name", NULL}};

    slim_mmdb_value_code(entry, countries, sizeof countries / sizeof countries[0], place->country);
    slim_mmdb_value_text(entry, regions, sizeof regions / sizeof regions[0], place->region);
    slim_mmdb_value_text(entry, cities, sizeof cities / sizeof cities[0], place->city);
}

const struct slim_place *slim_country_find(struct slim_country *c, const uint8_t *address,
                                           uint8_t length)
{
    const struct slim_text key = {(const char *)address, length};
    const struct slim_place *known;
    struct slim_place place = nowhere;
    MMDB_entry_s entry;

    if (length == 0) {
        return &nowhere;
    }
    known = slim_cache_get(c->cache, key);
    if (known) {
        return known;
    }
    if (c->ranges.bytes) {
        slim_country_ranges_find(&c->ranges, address, length, place.country);
    } else if (slim_mmdb_find(c->mmdb, address, length, &entry)) {
        read_place(&entry, &place);
    }
    return slim_cache_put(c->cache, key, &place, sizeof place);
}
