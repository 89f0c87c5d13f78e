/* The recorder's settings: one table of names. */
#include "settings.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "ascii.h"

enum kind { TEXT, SIZE, NUMBER, VISITOR_KEY };

static const struct {
    const char *name;
    enum kind kind;
    size_t offset;
    uint64_t min, max; /* of NUMBER */
} table[] = {
    {"store", TEXT, offsetof(struct slim_settings, store), 0, 0},
    {"state", TEXT, offsetof(struct slim_settings, state), 0, 0},
    {"country", TEXT, offsetof(struct slim_settings, country), 0, 0},
    {"network", TEXT, offsetof(struct slim_settings, network), 0, 0},
    {"agents", TEXT, offsetof(struct slim_settings, agents), 0, 0},
    {"data", TEXT, offsetof(struct slim_settings, data), 0, 0},
    {"journal-limit", SIZE, offsetof(struct slim_settings, journal_limit), 0, 0},
    {"sync", NUMBER, offsetof(struct slim_settings, sync_s), 0, 3600},
    {"visit-timeout", NUMBER, offsetof(struct slim_settings, visit_timeout_s), 1, 86400},
    {"visitor-key", VISITOR_KEY, offsetof(struct slim_settings, visitor_key), 0, 0},
    {"retain", NUMBER, offsetof(struct slim_settings, retain_days), 1, 36500},
};

#define TABLE_LENGTH (sizeof table / sizeof table[0])
#define FILE_MAX (16u << 20)

static const char *const visitor_keys[SLIM_VISITOR_KEYS] = {"static", "daily"};

void slim_settings_init(struct slim_settings *settings, apr_pool_t *pool)
{
    *settings = (struct slim_settings){
        .state = SLIM_STATE_DEFAULT,
        .store = "sqlite:" SLIM_STATE_DEFAULT "/stats.db",
        .agents = "/usr/share/uap-core/regexes.yaml",
        .journal_limit = UINT64_C(1) << 30,
        .sync_s = 1,
        .visit_timeout_s = 1800,
        .retain_days = 400,
        .own_hosts = apr_hash_make(pool),
        .sites = apr_hash_make(pool),
    };
}

apr_status_t slim_settings_parse_size(const char *text, uint64_t *bytes)
{
    char *end;
    uint64_t unit = 1;

    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (end == text || errno || text[0] < '0' || text[0] > '9') {
        return SLIM_EBADSETTING;
    }
    switch (*end) {
    case 'k':
    case 'K': unit = UINT64_C(1) << 10; break;
    case 'm':
    case 'M': unit = UINT64_C(1) << 20; break;
    case 'g':
    case 'G': unit = UINT64_C(1) << 30; break;
    default: break;
    }
    if (unit > 1) {
        end++;
    }
    if (*end || value > UINT64_MAX / 2 / unit) {
        return SLIM_EBADSETTING;
    }
    *bytes = value * unit;
    return APR_SUCCESS;
}

void slim_settings_own_host(struct slim_settings *settings, const char *site, const char *host,
                            apr_pool_t *pool)
{
    char *key = apr_pstrcat(pool, site, "\t", host, NULL);

    slim_lower_all(key, strlen(key), key);
    apr_hash_set(settings->own_hosts, key, APR_HASH_KEY_STRING, "");
}

static apr_status_t set_own_host(struct slim_settings *settings, const char *value,
                                 apr_pool_t *pool)
{
    const char *tab = strchr(value, '\t');

    if (!tab || tab == value || !tab[1]) {
        return SLIM_EBADSETTING;
    }
    slim_settings_own_host(settings, apr_pstrmemdup(pool, value, (apr_size_t)(tab - value)),
                           tab + 1, pool);
    return APR_SUCCESS;
}

static apr_status_t set_visitor_key(char *field, const char *value)
{
    for (uint32_t i = 0; i < SLIM_VISITOR_KEYS; i++) {
        if (strcmp(value, visitor_keys[i]) == 0) {
            memcpy(field, &i, sizeof i);
            return APR_SUCCESS;
        }
    }
    return SLIM_EBADSETTING;
}

static apr_status_t set_number(char *field, size_t entry, const char *value)
{
    uint64_t number;

    if (slim_settings_parse_size(value, &number) != APR_SUCCESS) {
        return SLIM_EBADSETTING;
    }
    if (table[entry].kind == SIZE) {
        memcpy(field, &number, sizeof number);
        return APR_SUCCESS;
    }
    uint32_t small = (uint32_t)number;
    if (number < table[entry].min || number > table[entry].max) {
        return SLIM_EBADSETTING;
    }
    memcpy(field, &small, sizeof small);
    return APR_SUCCESS;
}

static apr_status_t set_entry(struct slim_settings *settings, size_t entry, const char *value,
                              apr_pool_t *pool)
{
    char *field = (char *)settings + table[entry].offset;

    switch (table[entry].kind) {
    case TEXT: {
        const char *text = apr_pstrdup(pool, value);
        if (!*value) {
            return SLIM_EBADSETTING;
        }
        memcpy(field, &text, sizeof text);
        return APR_SUCCESS;
    }
    case VISITOR_KEY: return set_visitor_key(field, value);
    default: return set_number(field, entry, value);
    }
}

apr_status_t slim_settings_set(struct slim_settings *settings, const char *name, const char *value,
                               apr_pool_t *pool)
{
    if (strcmp(name, "own-host") == 0) {
        return set_own_host(settings, value, pool);
    }
    if (strncmp(name, "site-", 5) == 0) {
        return slim_site_rules_set(settings->sites, name, value);
    }
    for (size_t i = 0; i < TABLE_LENGTH; i++) {
        if (strcmp(name, table[i].name) == 0) {
            return set_entry(settings, i, value, pool);
        }
    }
    return SLIM_EBADSETTING;
}

static apr_status_t read_all(int fd, char **text, apr_pool_t *pool)
{
    size_t size = 65536, used = 0;
    char *buffer = apr_palloc(pool, size);

    for (;;) {
        ssize_t got = read(fd, buffer + used, size - 1 - used);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return errno;
        }
        if (got == 0) {
            buffer[used] = '\0';
            *text = buffer;
            return APR_SUCCESS;
        }
        used += (size_t)got;
        if (used == size - 1) {
            if (size >= FILE_MAX) {
                return SLIM_EBADSETTING;
            }
            char *larger = apr_palloc(pool, size * 2);
            memcpy(larger, buffer, used);
            buffer = larger;
            size *= 2;
        }
    }
}

apr_status_t slim_settings_read(struct slim_settings *settings, int fd, unsigned *line,
                                apr_pool_t *pool)
{
    char *text = NULL, *state;
    apr_status_t rv = read_all(fd, &text, pool);

    *line = 0;
    if (rv != APR_SUCCESS) {
        return rv;
    }
    for (char *at = apr_strtok(text, "\n", &state); at; at = apr_strtok(NULL, "\n", &state)) {
        char *space = strchr(at, ' ');
        if (!space) {
            return SLIM_EBADSETTING;
        }
        *space = '\0';
        rv = slim_settings_set(settings, at, space + 1, pool);
        if (rv != APR_SUCCESS) {
            return rv;
        }
        (*line)++;
    }
    return APR_SUCCESS;
}

static const char *entry_as_text(const char *field, enum kind kind, apr_pool_t *pool)
{
    const char *text;
    uint64_t number;
    uint32_t small;

    switch (kind) {
    case TEXT: memcpy(&text, field, sizeof text); return text;
    case SIZE:
        memcpy(&number, field, sizeof number);
        return apr_psprintf(pool, "%" APR_UINT64_T_FMT, (apr_uint64_t)number);
    case VISITOR_KEY:
        memcpy(&small, field, sizeof small);
        return small < SLIM_VISITOR_KEYS ? visitor_keys[small] : NULL;
    default: memcpy(&small, field, sizeof small); return apr_psprintf(pool, "%u", small);
    }
}

const char *slim_settings_write(const struct slim_settings *settings, apr_pool_t *pool)
{
    apr_array_header_t *parts = apr_array_make(pool, 64, sizeof(const char *));

    for (size_t i = 0; i < TABLE_LENGTH; i++) {
        const char *value =
            entry_as_text((const char *)settings + table[i].offset, table[i].kind, pool);
        if (value) {
            APR_ARRAY_PUSH(parts, const char *) =
                apr_pstrcat(pool, table[i].name, " ", value, "\n", NULL);
        }
    }
    for (apr_hash_index_t *hi = apr_hash_first(pool, settings->own_hosts); hi;
         hi = apr_hash_next(hi)) {
        APR_ARRAY_PUSH(parts, const char *) =
            apr_pstrcat(pool, "own-host ", (const char *)apr_hash_this_key(hi), "\n", NULL);
    }
    APR_ARRAY_PUSH(parts, const char *) = slim_site_rules_write(settings->sites, pool);
    return apr_array_pstrcat(pool, parts, 0);
}

const char *slim_settings_sqlite_path(const char *store)
{
    static const char scheme[] = "sqlite:";

    if (strncmp(store, scheme, sizeof scheme - 1) != 0 || !store[sizeof scheme - 1]) {
        return NULL;
    }
    return store + sizeof scheme - 1;
}
