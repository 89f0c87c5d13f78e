/* Texts to numbers. Each dictionary has a bounded cache, and a ceiling of new texts a day: what
 * comes after it is "(other)", so that made-up agents and addresses cannot fill the store. */
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "../core/cache.h"
#include "sqlite_internal.h"

#define OTHER 1 /* the number of "(other)" in every dictionary */

struct dictionary {
    sqlite3_stmt *find, *add;
    struct slim_cache *cache;
    uint32_t ceiling; /* new texts a day */
    uint32_t added;
    int64_t day;
    struct { /* the last text: sites, methods and languages mostly come again */
        char text[64];
        size_t length; /* 0: none */
        int64_t number;
    } last;
};

struct dictionary_set {
    struct dictionary of[DICTIONARIES];
};

/* name: the table of a plain dictionary, or the files' prefix. */
static const struct {
    const char *name;
    uint32_t ceiling;
    unsigned cache;
} shapes[DICTIONARIES] = {
    [DICTIONARY_SITE] = {"site", 1000, 256},
    [DICTIONARY_METHOD] = {"method", 100, 64},
    [DICTIONARY_LANGUAGE] = {"language", 10000, 1024},
    [DICTIONARY_COUNTRY] = {"country", 1000, 512},
    [DICTIONARY_DOMAIN] = {"domain", 100000, 4096},
    [DICTIONARY_SEARCHTERMS] = {"searchterms", 100000, 4096},
    [DICTIONARY_PAGE] = {"page", 200000, 8192},
    [DICTIONARY_BROWSER] = {"browser", 1000, 512},
    [DICTIONARY_PLATFORM] = {"platform", 1000, 512},
    [DICTIONARY_RESOURCE] = {"resource", 200000, 8192},
    [DICTIONARY_REFERER] = {"referer", 200000, 8192},
    [DICTIONARY_SOURCE] = {"source", 100000, 4096},
    [DICTIONARY_CAMPAIGN] = {"campaign", 10000, 1024},
    [DICTIONARY_PLACE] = {"place", 50000, 4096},
    [DICTIONARY_NETWORK] = {"network", 20000, 4096},
    [DICTIONARY_BROWSER_VERSION] = {"browser_version", 5000, 1024},
    [DICTIONARY_PLATFORM_VERSION] = {"platform_version", 5000, 1024},
    [DICTIONARY_AGENT] = {"agent", 200000, 8192},
};

static apr_status_t prepare(struct slim_sqlite *store, int which, const char *verb,
                            sqlite3_stmt **statement)
{
    char file[64];
    int plain = which < DICTIONARY_PLAIN;

    snprintf(file, sizeof file, "sqlite/write/%s_%s.sql", plain ? "dictionary" : shapes[which].name,
             verb);
    return slim_sqlite_prepare(store, file, plain ? shapes[which].name : NULL, statement);
}

apr_status_t slim_sqlite_dictionaries_open(struct slim_sqlite *store, apr_pool_t *pool)
{
    apr_status_t rv = APR_SUCCESS;

    store->dictionaries = apr_pcalloc(pool, sizeof *store->dictionaries);
    for (int i = 0; i < DICTIONARIES && rv == APR_SUCCESS; i++) {
        struct dictionary *d = &store->dictionaries->of[i];
        d->ceiling = shapes[i].ceiling;
        d->cache = slim_cache_make(shapes[i].cache, (size_t)shapes[i].cache * 128, pool);
        rv = prepare(store, i, "find", &d->find);
        if (rv == APR_SUCCESS) {
            rv = prepare(store, i, "add", &d->add);
        }
    }
    return rv;
}

void slim_sqlite_dictionaries_forget(struct slim_sqlite *store)
{
    for (int i = 0; store->dictionaries && i < DICTIONARIES; i++) {
        slim_cache_clear(store->dictionaries->of[i].cache);
        store->dictionaries->of[i].last.length = 0;
    }
}

/* Days are those of hits, so that years of old logs do not share one day's ceiling. */
static int may_add(const struct slim_sqlite *store, struct dictionary *d)
{
    if (store->day != d->day) {
        d->day = store->day;
        d->added = 0;
    }
    return d->added < d->ceiling;
}

static int is_cached(struct dictionary *d, struct slim_text key, int64_t *number)
{
    const int64_t *found = slim_cache_get(d->cache, key);

    if (found) {
        *number = *found;
    }
    return found != NULL;
}

static apr_status_t add(struct slim_sqlite *store, struct dictionary *d, int64_t *number)
{
    if (!may_add(store, d)) {
        *number = OTHER;
        return APR_SUCCESS;
    }
    apr_status_t rv = slim_sqlite_run(store, d->add, "store hits in");
    if (rv == APR_SUCCESS) {
        *number = sqlite3_last_insert_rowid(store->db);
        d->added++;
    }
    return rv;
}

/* Both statements have their values bound: finds the number, or gives one. */
static apr_status_t find_or_give(struct slim_sqlite *store, struct dictionary *d, int64_t *number)
{
    apr_status_t rv = APR_SUCCESS;

    switch (sqlite3_step(d->find)) {
    case SQLITE_ROW: *number = sqlite3_column_int64(d->find, 0); break;
    case SQLITE_DONE: rv = add(store, d, number); break;
    default: rv = slim_sqlite_failed(store, "read");
    }
    sqlite3_reset(d->find);
    return rv;
}

/* The same, remembered under a key. */
static apr_status_t find_or_add(struct slim_sqlite *store, struct dictionary *d,
                                struct slim_text key, int64_t *number)
{
    apr_status_t rv = find_or_give(store, d, number);

    if (rv == APR_SUCCESS) {
        slim_cache_put(d->cache, key, number, sizeof *number);
    }
    return rv;
}

static void bind_text(struct dictionary *d, const char *name, struct slim_text text)
{
    slim_sqlite_bind_text(d->find, name, text);
    slim_sqlite_bind_text(d->add, name, text);
}

static void bind_int(struct dictionary *d, const char *name, int64_t value)
{
    slim_sqlite_bind_int(d->find, name, value);
    slim_sqlite_bind_int(d->add, name, value);
}

static int is_last(const struct dictionary *d, struct slim_text name)
{
    return d->last.length == name.length && memcmp(d->last.text, name.at, name.length) == 0;
}

static void note_last(struct dictionary *d, struct slim_text name, int64_t number)
{
    if (name.length <= sizeof d->last.text) {
        memcpy(d->last.text, name.at, name.length);
        d->last.length = name.length;
        d->last.number = number;
    }
}

apr_status_t slim_sqlite_number(struct slim_sqlite *store, enum slim_dictionary dictionary,
                                struct slim_text name, int64_t *number)
{
    struct dictionary *d = &store->dictionaries->of[dictionary];
    apr_status_t rv = APR_SUCCESS;

    *number = 0;
    if (name.length == 0) {
        return APR_SUCCESS;
    }
    if (is_last(d, name)) {
        *number = d->last.number;
        return APR_SUCCESS;
    }
    if (!is_cached(d, name, number)) {
        bind_text(d, ":name", name);
        rv = find_or_add(store, d, name, number);
    }
    if (rv == APR_SUCCESS) {
        note_last(d, name, *number);
    }
    return rv;
}

apr_status_t slim_sqlite_resource(struct slim_sqlite *store, const struct slim_facts *facts,
                                  int64_t *number, int64_t *page)
{
    struct dictionary *d = &store->dictionaries->of[DICTIONARY_RESOURCE];
    int64_t pair[2] = {0, 0};
    const int64_t *cached;
    apr_status_t rv = APR_SUCCESS;

    if (facts->resource.length == 0) {
        *number = *page = 0;
        return APR_SUCCESS;
    }
    cached = slim_cache_get(d->cache, facts->resource);
    if (!cached) {
        rv = slim_sqlite_number(store, DICTIONARY_PAGE, facts->page, &pair[1]);
        if (rv == APR_SUCCESS) {
            bind_text(d, ":name", facts->resource);
            bind_int(d, ":page", pair[1]);
            rv = find_or_give(store, d, &pair[0]);
        }
        if (rv != APR_SUCCESS) {
            return rv;
        }
        pair[1] = pair[0] == OTHER ? OTHER : pair[1];
        cached = slim_cache_put(d->cache, facts->resource, pair, sizeof pair);
    }
    *number = cached[0];
    *page = cached[1];
    return APR_SUCCESS;
}

apr_status_t slim_sqlite_referer(struct slim_sqlite *store, const struct slim_facts *facts,
                                 int64_t *number)
{
    struct dictionary *d = &store->dictionaries->of[DICTIONARY_REFERER];
    int64_t domain;

    *number = 0;
    if (facts->referer.length == 0 || is_cached(d, facts->referer, number)) {
        return APR_SUCCESS;
    }
    apr_status_t rv = slim_sqlite_number(store, DICTIONARY_DOMAIN, facts->domain, &domain);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    slim_sqlite_bind_text(d->find, ":name", facts->referer);
    slim_sqlite_bind_text(d->add, ":name", facts->referer);
    slim_sqlite_bind_int(d->add, ":domain", domain);
    return find_or_add(store, d, facts->referer, number);
}

apr_status_t slim_sqlite_source(struct slim_sqlite *store, const struct slim_facts *facts,
                                int64_t *number)
{
    struct dictionary *d = &store->dictionaries->of[DICTIONARY_SOURCE];
    char key[300];
    size_t length = facts->source.length < sizeof key - 1 ? facts->source.length : sizeof key - 1;

    *number = 0;
    if (length == 0 && facts->channel == SLIM_CHANNEL_DIRECT) {
        return APR_SUCCESS;
    }
    key[0] = (char)facts->channel;
    if (length > 0) {
        memcpy(key + 1, facts->source.at, length);
    }
    if (is_cached(d, (struct slim_text){key, length + 1}, number)) {
        return APR_SUCCESS;
    }
    bind_text(d, ":name", (struct slim_text){key + 1, length});
    bind_int(d, ":channel", facts->channel);
    return find_or_add(store, d, (struct slim_text){key, length + 1}, number);
}

/* A key of several texts, each cut at what is left and ended by a zero byte. */
static struct slim_text join_key(const struct slim_text *parts, size_t count, char *buffer,
                                 size_t size)
{
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        size_t room = size - used - (count - i);
        size_t length = parts[i].length < room ? parts[i].length : room;
        if (length > 0) {
            memcpy(buffer + used, parts[i].at, length);
        }
        used += length;
        buffer[used++] = '\0';
    }
    return (struct slim_text){buffer, used};
}

#define PARTS(array) (array), sizeof(array) / sizeof((array)[0])

apr_status_t slim_sqlite_campaign(struct slim_sqlite *store, const struct slim_campaign *campaign,
                                  int64_t *number)
{
    struct dictionary *d = &store->dictionaries->of[DICTIONARY_CAMPAIGN];
    const struct slim_text parts[] = {campaign->name, campaign->medium, campaign->term,
                                      campaign->content};
    char buffer[2048];

    *number = 0;
    if (parts[0].length + parts[1].length + parts[2].length + parts[3].length == 0) {
        return APR_SUCCESS;
    }
    struct slim_text key = join_key(PARTS(parts), buffer, sizeof buffer);
    if (is_cached(d, key, number)) {
        return APR_SUCCESS;
    }
    bind_text(d, ":name", campaign->name);
    bind_text(d, ":medium", campaign->medium);
    bind_text(d, ":term", campaign->term);
    bind_text(d, ":content", campaign->content);
    return find_or_add(store, d, key, number);
}

apr_status_t slim_sqlite_place(struct slim_sqlite *store, const struct slim_facts *facts,
                               int64_t country, int64_t *number)
{
    struct dictionary *d = &store->dictionaries->of[DICTIONARY_PLACE];
    const struct slim_text parts[] = {{facts->country, strlen(facts->country)},
                                      facts->region,
                                      facts->city};
    char buffer[512];

    *number = 0;
    if (facts->region.length + facts->city.length == 0) {
        return APR_SUCCESS;
    }
    struct slim_text key = join_key(PARTS(parts), buffer, sizeof buffer);
    if (is_cached(d, key, number)) {
        return APR_SUCCESS;
    }
    bind_int(d, ":country", country);
    bind_text(d, ":region", facts->region);
    bind_text(d, ":city", facts->city);
    return find_or_add(store, d, key, number);
}

apr_status_t slim_sqlite_network(struct slim_sqlite *store, const struct slim_facts *facts,
                                 int64_t *number)
{
    struct dictionary *d = &store->dictionaries->of[DICTIONARY_NETWORK];
    const struct slim_text parts[] = {{(const char *)&facts->network, sizeof facts->network},
                                      facts->network_name};
    char buffer[512];

    *number = 0;
    if (facts->network == 0 && facts->network_name.length == 0) {
        return APR_SUCCESS;
    }
    struct slim_text key = join_key(PARTS(parts), buffer, sizeof buffer);
    if (is_cached(d, key, number)) {
        return APR_SUCCESS;
    }
    bind_int(d, ":number", facts->network);
    bind_text(d, ":name", facts->network_name);
    return find_or_add(store, d, key, number);
}

/* The number of a version of something that has a number: a browser, a platform. */
static apr_status_t version_number(struct slim_sqlite *store, enum slim_dictionary family,
                                   struct slim_text name, enum slim_dictionary versions,
                                   struct slim_text version, int64_t *number)
{
    struct dictionary *d = &store->dictionaries->of[versions];
    const struct slim_text parts[] = {name, version};
    char buffer[512];
    int64_t of;

    *number = 0;
    if (name.length + version.length == 0) {
        return APR_SUCCESS;
    }
    struct slim_text key = join_key(PARTS(parts), buffer, sizeof buffer);
    if (is_cached(d, key, number)) {
        return APR_SUCCESS;
    }
    apr_status_t rv = slim_sqlite_number(store, family, name, &of);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    bind_int(d, ":of", of);
    bind_text(d, ":version", version);
    return find_or_add(store, d, key, number);
}

apr_status_t slim_sqlite_agent(struct slim_sqlite *store, struct slim_text name,
                               const struct slim_client *client, struct slim_agent_numbers *numbers)
{
    struct dictionary *d = &store->dictionaries->of[DICTIONARY_AGENT];
    const char robot = (char)client->robot;
    const struct slim_text parts[] = {{&robot, 1},
                                      name,
                                      client->browser,
                                      client->version_full,
                                      client->version,
                                      client->platform,
                                      client->platform_version};
    char buffer[4096];
    struct slim_text key = join_key(PARTS(parts), buffer, sizeof buffer);
    const struct slim_agent_numbers *cached = slim_cache_get(d->cache, key);

    if (cached) {
        *numbers = *cached;
        return APR_SUCCESS;
    }
    apr_status_t rv =
        version_number(store, DICTIONARY_BROWSER, client->browser, DICTIONARY_BROWSER_VERSION,
                       client->version, &numbers->browser);
    if (rv == APR_SUCCESS) {
        rv = version_number(store, DICTIONARY_PLATFORM, client->platform,
                            DICTIONARY_PLATFORM_VERSION, client->platform_version,
                            &numbers->platform);
    }
    if (rv != APR_SUCCESS) {
        return rv;
    }
    bind_text(d, ":name", name);
    bind_int(d, ":browser", numbers->browser);
    bind_int(d, ":platform", numbers->platform);
    bind_int(d, ":robot", client->robot);
    bind_text(d, ":version_full", client->version_full);
    rv = find_or_give(store, d, &numbers->agent);
    if (rv == APR_SUCCESS) {
        slim_cache_put(d->cache, key, numbers, sizeof *numbers);
    }
    return rv;
}
