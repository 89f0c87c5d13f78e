/* The recorder's settings: set, read and written by the table of settings. */
#include "settings.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "ascii.h"

#define FILE_MAX (16u << 20)

static char *member_of(struct slim_settings *settings, const struct slim_setting *setting)
{
    return (char *)settings + setting->offset;
}

static void put_value(struct slim_settings *settings, const struct slim_setting *setting,
                      uint64_t value)
{
    uint32_t small = (uint32_t)value;

    if (setting->type == SLIM_SET_SIZE) {
        memcpy(member_of(settings, setting), &value, sizeof value);
    } else {
        memcpy(member_of(settings, setting), &small, sizeof small);
    }
}

static void put_text(struct slim_settings *settings, const struct slim_setting *setting,
                     const char *text)
{
    memcpy(member_of(settings, setting), &text, sizeof text);
}

static int is_text(const struct slim_setting *setting)
{
    return setting->type == SLIM_SET_PATH || setting->type == SLIM_SET_STORE
           || setting->type == SLIM_SET_NAME;
}

apr_status_t slim_settings_put(struct slim_settings *settings, const struct slim_setting *setting,
                               const char *value, int as_directive, apr_pool_t *pool)
{
    uint64_t number;

    if (is_text(setting)) {
        if (!*value || (setting->type == SLIM_SET_NAME && !slim_setting_is_name(value))) {
            return SLIM_EBADSETTING;
        }
        put_text(settings, setting, apr_pstrdup(pool, value));
        return APR_SUCCESS;
    }
    apr_status_t rv = slim_setting_parse(setting, value, as_directive, &number);
    if (rv == APR_SUCCESS) {
        put_value(settings, setting, number);
    }
    return rv;
}

void slim_settings_init(struct slim_settings *settings, apr_pool_t *pool)
{
    *settings = (struct slim_settings){.own_hosts = apr_hash_make(pool),
                                       .sites = apr_hash_make(pool),
                                       .hosts = apr_hash_make(pool)};
    for (const struct slim_setting *s = slim_settings_table; s->type != SLIM_SETTING_TYPES; s++) {
        if (slim_setting_is_single(s) && s->fallback) {
            apr_status_t rv = slim_settings_put(settings, s, s->fallback, 1, pool);
            assert(rv == APR_SUCCESS);
            (void)rv;
        }
    }
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

static apr_status_t set_site_host(struct slim_settings *settings, const char *value,
                                  apr_pool_t *pool)
{
    const char *tab = strchr(value, '\t');

    if (!tab || tab == value || !tab[1]) {
        return SLIM_EBADSETTING;
    }
    slim_site_names_add(settings->hosts, apr_pstrmemdup(pool, value, (apr_size_t)(tab - value)),
                        tab + 1);
    return APR_SUCCESS;
}

apr_status_t slim_settings_set(struct slim_settings *settings, const char *name, const char *value,
                               apr_pool_t *pool)
{
    const struct slim_setting *setting = slim_setting_find(name);

    if (!setting) {
        return SLIM_EBADSETTING;
    }
    if (slim_setting_is_single(setting)) {
        return slim_settings_put(settings, setting, value, 0, pool);
    }
    switch (setting->type) {
    case SLIM_SET_OWN_HOST: return set_own_host(settings, value, pool);
    case SLIM_SET_SITE: return set_site_host(settings, value, pool);
    default: return slim_site_rules_set(settings->sites, name, value);
    }
}

apr_status_t slim_settings_text(int fd, char **text, apr_pool_t *pool)
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
    apr_status_t rv = slim_settings_text(fd, &text, pool);

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

static const char *as_text(const char *member, const struct slim_setting *setting, apr_pool_t *pool)
{
    const char *text;
    uint64_t size;
    uint32_t number;

    if (is_text(setting)) {
        memcpy(&text, member, sizeof text);
        return text;
    }
    if (setting->type == SLIM_SET_SIZE) {
        memcpy(&size, member, sizeof size);
        return apr_psprintf(pool, "%" APR_UINT64_T_FMT, (apr_uint64_t)size);
    }
    memcpy(&number, member, sizeof number);
    return setting->word ? setting->word[number] : apr_psprintf(pool, "%u", number);
}

const char *slim_settings_write(const struct slim_settings *settings, apr_pool_t *pool)
{
    apr_array_header_t *parts = apr_array_make(pool, 64, sizeof(const char *));

    for (const struct slim_setting *s = slim_settings_table; s->type != SLIM_SETTING_TYPES; s++) {
        const char *value = s->name && slim_setting_is_single(s)
                                ? as_text((const char *)settings + s->offset, s, pool)
                                : NULL;
        if (value) {
            APR_ARRAY_PUSH(parts, const char *) =
                apr_pstrcat(pool, s->name, " ", value, "\n", NULL);
        }
    }
    for (apr_hash_index_t *hi = apr_hash_first(pool, settings->own_hosts); hi;
         hi = apr_hash_next(hi)) {
        APR_ARRAY_PUSH(parts, const char *) =
            apr_pstrcat(pool, "own-host ", (const char *)apr_hash_this_key(hi), "\n", NULL);
    }
    APR_ARRAY_PUSH(parts, const char *) = slim_site_names_write(settings->hosts, pool);
    APR_ARRAY_PUSH(parts, const char *) = slim_site_rules_write(settings->sites, pool);
    return apr_array_pstrcat(pool, parts, 0);
}

const char *slim_settings_store_shown(const char *store, apr_pool_t *pool)
{
    size_t start, end;

    if (!slim_secret_user((struct slim_text){store, strlen(store)}, &start, &end)) {
        return store;
    }
    return apr_pstrcat(pool, apr_pstrmemdup(pool, store, start), "...@", store + end, NULL);
}
