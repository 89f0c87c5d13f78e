/* Two generations, each a hash in a pool of its own. */
#include "cache.h"

#include <string.h>
#include <sys/random.h>

#include <apr_hash.h>
#include <apr_strings.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct value {
    _Alignas(8) char bytes[1];
};

struct generation {
    apr_pool_t *pool;
    apr_hash_t *entries;
    size_t bytes;
};

struct slim_cache {
    unsigned limit;
    size_t bytes_limit;
    struct generation young, old;
};

/* Keys come from the network: their senders must not be able to predict the slots. */
static unsigned hash_key(const char *key, apr_ssize_t *length)
{
    static uint64_t seed;

    if (seed == 0 && getrandom(&seed, sizeof seed, GRND_NONBLOCK) != sizeof seed) {
        seed = (uint64_t)(uintptr_t)&seed;
    }
    return (unsigned)XXH3_64bits_withSeed(key, (size_t)*length, seed);
}

static void empty(struct generation *generation)
{
    apr_pool_clear(generation->pool);
    generation->entries = apr_hash_make_custom(generation->pool, hash_key);
    generation->bytes = 0;
}

/* An allocator of its own, so that a generation's memory is freed when it is emptied. */
static void make_generation(struct generation *generation, apr_pool_t *parent)
{
    apr_allocator_t *allocator;

    if (apr_allocator_create(&allocator) == APR_SUCCESS) {
        apr_allocator_max_free_set(allocator, 1u << 20);
        apr_pool_create_ex(&generation->pool, parent, NULL, allocator);
        apr_allocator_owner_set(allocator, generation->pool);
    } else {
        apr_pool_create(&generation->pool, parent);
    }
    empty(generation);
}

struct slim_cache *slim_cache_make(unsigned limit, size_t bytes, apr_pool_t *pool)
{
    struct slim_cache *cache = apr_pcalloc(pool, sizeof *cache);

    cache->limit = limit;
    cache->bytes_limit = bytes;
    make_generation(&cache->young, pool);
    make_generation(&cache->old, pool);
    return cache;
}

static void age_when_full(struct slim_cache *cache)
{
    if (apr_hash_count(cache->young.entries) < cache->limit
        && cache->young.bytes < cache->bytes_limit) {
        return;
    }
    struct generation old = cache->old;
    cache->old = cache->young;
    cache->young = old;
    empty(&cache->young);
}

void *slim_cache_get(struct slim_cache *cache, struct slim_text key)
{
    struct value *value = apr_hash_get(cache->young.entries, key.at, (apr_ssize_t)key.length);

    if (!value) {
        value = apr_hash_get(cache->old.entries, key.at, (apr_ssize_t)key.length);
    }
    if (!value) {
        age_when_full(cache);
        return NULL;
    }
    return value->bytes;
}

void *slim_cache_keep(struct slim_cache *cache, const void *bytes, size_t size)
{
    cache->young.bytes += size;
    return size ? apr_pmemdup(cache->young.pool, bytes, size) : NULL;
}

void *slim_cache_put(struct slim_cache *cache, struct slim_text key, const void *bytes, size_t size)
{
    const char *copy = key.length ? apr_pmemdup(cache->young.pool, key.at, key.length) : "";
    struct value *value = apr_palloc(cache->young.pool, sizeof *value + size);

    memcpy(value->bytes, bytes, size);
    apr_hash_set(cache->young.entries, copy, (apr_ssize_t)key.length, value);
    cache->young.bytes += key.length + size + 64;
    return value->bytes;
}

void slim_cache_clear(struct slim_cache *cache)
{
    empty(&cache->young);
    empty(&cache->old);
}
