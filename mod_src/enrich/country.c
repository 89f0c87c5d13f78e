/* Places by the files that are about: MaxMind's, DB-IP's, and flat ones. */
#include "country.h"

#include <string.h>

#include "../core/cache.h"

#define CACHE_ENTRIES 4096
#define CACHE_BYTES (1u << 20)

struct slim_country {
    struct slim_mmdb_copy *file;
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
    if (is_of_something_else(name)) {
        return 0;
    }
    return strcasestr(name, "city") || strcasestr(name, "enterprise") ? 2 : 1;
}

struct slim_country *slim_country_make(const char *path, const char *state, apr_pool_t *pool)
{
    struct slim_country *c = apr_pcalloc(pool, sizeof *c);

    c->file = slim_mmdb_copy_make(path, state, rank_file, pool);
    c->cache = slim_cache_make(CACHE_ENTRIES, CACHE_BYTES, pool);
    return c;
}

apr_status_t slim_country_refresh(struct slim_country *c, int *changed)
{
    apr_status_t rv = slim_mmdb_copy_refresh(c->file, changed);

    if (*changed) {
        slim_cache_clear(c->cache);
    }
    return rv;
}

struct slim_mmdb_copy *slim_country_file(struct slim_country *c)
{
    return c->file;
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
    if (slim_mmdb_copy_find(c->file, address, length, &entry)) {
        read_place(&entry, &place);
    }
    return slim_cache_put(c->cache, key, &place, sizeof place);
}
