/* Visitors and the keys of their days. A key that is not today's is only in memory: hits of
 * yesterday that were still on their way, and logs of the past, need one. */
#include "visitor.h"

#include <string.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_lib.h>
#include <apr_siphash.h>
#include <apr_strings.h>
#include <apr_time.h>

#include "core/bytes.h"
#include "core/record.h"
#include "visitor_chain.h"

#define DAYS_MAX 64
#define DAY_S 86400
#define SITE_MAX 255
#define AGENT_MAX 1024
#define NAME_MAX_BYTES 256
#define NAME_KIND 255

struct day {
    int64_t day;
    uint64_t used; /* when, by the count of questions; 0: free */
    unsigned char key[SLIM_VISITOR_KEY_LENGTH];
};

struct slim_visitors {
    enum slim_visitor_key kind;
    const char *state;
    const char *shared;                  /* the file of several front ends; NULL: there is none */
    const char *path, *directory, *name; /* of the file in use */
    struct day days[DAYS_MAX];
    uint64_t questions;
    int64_t settled; /* the day whose key is in the file; -1: none */
};

static char *copy_text(char *at, struct slim_text text)
{
    if (text.length > 0) {
        memcpy(at, text.at, text.length);
    }
    return at + text.length;
}

static struct slim_text cut(struct slim_text text, size_t most)
{
    text.length = text.length < most ? text.length : most;
    return text;
}

/* kind: the length of an address, or NAME_KIND. */
static uint64_t hash_parts(const unsigned char key[SLIM_VISITOR_KEY_LENGTH], unsigned char kind,
                           struct slim_text site, struct slim_text client, struct slim_text agent)
{
    char bytes[2 + SITE_MAX + NAME_MAX_BYTES + AGENT_MAX];
    char *at = bytes;

    site = cut(site, SITE_MAX);
    *at++ = (char)site.length;
    *at++ = (char)kind;
    at = copy_text(at, site);
    at = copy_text(at, client);
    at = copy_text(at, cut(agent, AGENT_MAX));
    uint64_t hash = apr_siphash24(bytes, (apr_size_t)(at - bytes), key);
    return hash ? hash : 1;
}

uint64_t slim_visitor_hash(const unsigned char key[SLIM_VISITOR_KEY_LENGTH], struct slim_text site,
                           const uint8_t *address, uint8_t address_length, struct slim_text agent)
{
    uint8_t length = address_length <= 16 ? address_length : 16;
    struct slim_text client = {(const char *)address, length};

    return hash_parts(key, length, site, client, agent);
}

uint64_t slim_visitor_hash_name(const unsigned char key[SLIM_VISITOR_KEY_LENGTH],
                                struct slim_text site, struct slim_text name,
                                struct slim_text agent)
{
    char ended[NAME_MAX_BYTES];
    char *end = copy_text(ended, cut(name, sizeof ended - 1));

    *end++ = '\0'; /* where the agent begins */
    return hash_parts(key, NAME_KIND, site, (struct slim_text){ended, (size_t)(end - ended)},
                      agent);
}

static const char *directory_of(const char *path, apr_pool_t *pool)
{
    const char *slash = strrchr(path, '/');

    return !slash ? "." : slash == path ? "/" : apr_pstrmemdup(pool, path, (size_t)(slash - path));
}

struct slim_visitors *slim_visitors_make(const char *state, const char *shared,
                                         enum slim_visitor_key kind, apr_pool_t *pool)
{
    struct slim_visitors *visitors = apr_pcalloc(pool, sizeof *visitors);

    visitors->kind = kind;
    visitors->state = state;
    visitors->shared = shared;
    visitors->path = shared ? shared : apr_pstrcat(pool, state, "/" SLIM_VISITOR_KEY_FILE, NULL);
    visitors->directory = shared ? directory_of(shared, pool) : state;
    visitors->name = apr_filepath_name_get(visitors->path);
    visitors->settled = -1;
    return visitors;
}

const char *slim_visitors_path(const struct slim_visitors *visitors)
{
    return visitors->path;
}

/* --- keys in memory --- */

static struct day *find_day(struct slim_visitors *visitors, int64_t day)
{
    for (int i = 0; i < DAYS_MAX; i++) {
        if (visitors->days[i].used && visitors->days[i].day == day) {
            visitors->days[i].used = ++visitors->questions;
            return &visitors->days[i];
        }
    }
    return NULL;
}

/* A place for a day's key: the one least recently used is replaced, but never the one in the
 * file. */
static struct day *add_day(struct slim_visitors *visitors, int64_t day,
                           const unsigned char key[SLIM_VISITOR_KEY_LENGTH])
{
    struct day *oldest = NULL;

    for (int i = 0; i < DAYS_MAX; i++) {
        struct day *d = &visitors->days[i];
        if ((!oldest || d->used < oldest->used) && !(d->used && d->day == visitors->settled)) {
            oldest = d;
        }
    }
    oldest->day = day;
    oldest->used = ++visitors->questions;
    memcpy(oldest->key, key, sizeof oldest->key);
    return oldest;
}

static struct day *find_or_make_day(struct slim_visitors *visitors, int64_t day)
{
    unsigned char key[SLIM_VISITOR_KEY_LENGTH];
    struct day *found = find_day(visitors, day);

    if (!found && apr_generate_random_bytes(key, sizeof key) == APR_SUCCESS) {
        found = add_day(visitors, day, key);
    }
    return found;
}

/* --- the key in the file --- */

static int64_t day_of(const struct slim_visitors *visitors, int64_t seconds)
{
    return visitors->kind == SLIM_VISITOR_KEY_DAILY ? seconds / DAY_S : 0;
}

/* What the file holds is taken over, today's as today's: another process may have made it. */
static void take_over(struct slim_visitors *visitors, const struct slim_visitor_key_entry *entry,
                      int64_t today)
{
    struct day *known = find_day(visitors, entry->day);

    if (!known) {
        add_day(visitors, entry->day, entry->key);
    } else if (entry->day == today) {
        memcpy(known->key, entry->key, sizeof known->key);
    }
}

static apr_status_t settle(struct slim_visitors *visitors, int directory, int64_t today)
{
    struct slim_visitor_key_entry entry;
    apr_status_t rv = slim_visitor_key_read(directory, visitors->name, &entry);
    int stale = rv == APR_SUCCESS && entry.kind == SLIM_VISITOR_KEY_DAILY && !entry.is_chain;

    if (rv != APR_SUCCESS && !APR_STATUS_IS_ENOENT(rv)) {
        return rv;
    }
    if (rv == APR_SUCCESS && entry.kind == visitors->kind && !entry.is_chain) {
        take_over(visitors, &entry, today);
        if (entry.day == today) {
            return APR_SUCCESS;
        }
    }
    struct day *made = find_or_make_day(visitors, today);
    if (!made) {
        return APR_EGENERAL;
    }
    entry = (struct slim_visitor_key_entry){.kind = visitors->kind, .day = today};
    memcpy(entry.key, made->key, sizeof entry.key);
    rv = slim_visitor_key_write(directory, visitors->name, &entry);
    if (rv != APR_SUCCESS && stale) {
        slim_visitor_key_forget(directory, visitors->name);
    }
    return rv;
}

/* The chain's key is the day's: its own file is for no more than a day. */
static apr_status_t settle_chain(struct slim_visitors *visitors, int directory,
                                 struct slim_visitor_key_entry *chain, int64_t today)
{
    struct slim_visitor_key_entry of_day = {.kind = SLIM_VISITOR_KEY_DAILY};
    apr_status_t rv = APR_SUCCESS;
    int own;

    if (chain->day > today) { /* nobody comes back to today's: the clock is wrong, or was */
        return SLIM_EBADRULES;
    }
    if (chain->day < today) {
        slim_visitor_chain_advance(chain, today);
        rv = slim_visitor_key_write(directory, visitors->name, chain);
    }
    of_day.day = today;
    slim_visitor_chain_key(chain, of_day.key);
    take_over(visitors, &of_day, today);
    if (rv == APR_SUCCESS && slim_visitor_key_lock(visitors->state, &own) == APR_SUCCESS) {
        slim_visitor_key_forget(own, SLIM_VISITOR_KEY_FILE); /* of before keys were shared */
        close(own);
    }
    return rv;
}

/* A file that several front ends share is never made here: they would all have another. */
static apr_status_t settle_shared(struct slim_visitors *visitors, int directory, int64_t today)
{
    struct slim_visitor_key_entry entry;
    apr_status_t rv = slim_visitor_key_read(directory, visitors->name, &entry);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (entry.kind != visitors->kind || entry.is_chain != (entry.kind == SLIM_VISITOR_KEY_DAILY)) {
        return SLIM_EBADRULES;
    }
    if (entry.is_chain) {
        return settle_chain(visitors, directory, &entry, today);
    }
    take_over(visitors, &entry, today);
    return APR_SUCCESS;
}

apr_status_t slim_visitors_refresh(struct slim_visitors *visitors, int64_t now_s)
{
    int64_t today = day_of(visitors, now_s);
    int directory;

    if (visitors->settled == today) {
        return APR_SUCCESS;
    }
    apr_status_t rv = slim_visitor_key_lock(visitors->directory, &directory);
    if (rv == APR_SUCCESS) {
        rv = visitors->shared ? settle_shared(visitors, directory, today)
                              : settle(visitors, directory, today);
        close(directory);
    }
    visitors->settled = rv == APR_SUCCESS ? today : -1;
    return rv;
}

/* --- hits --- */

uint64_t slim_visitors_derive(struct slim_visitors *visitors, const struct slim_hit *hit,
                              struct slim_text name)
{
    int64_t day = day_of(visitors, hit->time_us / APR_USEC_PER_SEC);

    if (hit->address_length == 0 && name.length == 0) {
        return 0;
    }
    struct day *found = find_day(visitors, day);
    if (!found) {
        int64_t now_s = apr_time_sec(apr_time_now());
        if (day == day_of(visitors, now_s)) {
            (void)slim_visitors_refresh(visitors, now_s); /* reported by the next one */
        }
        found = find_or_make_day(visitors, day);
    }
    if (!found) {
        return 0;
    }
    return hit->address_length > 0
               ? slim_visitor_hash(found->key, hit->field[SLIM_SITE], hit->address,
                                   hit->address_length, hit->field[SLIM_AGENT])
               : slim_visitor_hash_name(found->key, hit->field[SLIM_SITE], name,
                                        hit->field[SLIM_AGENT]);
}
