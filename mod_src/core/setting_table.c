/* The table of directives and settings, and the check of a value against its range. */
#include "setting_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ascii.h"
#include "setting_values.h"

static const char *const visitor_keys[] = {
    [SLIM_VISITOR_KEY_STATIC] = "static", [SLIM_VISITOR_KEY_DAILY] = "daily", NULL};
static const char *const addresses[] = {[SLIM_ADDRESS_FULL] = "full",
                                        [SLIM_ADDRESS_MASKED] = "masked",
                                        [SLIM_ADDRESS_NONE] = "none",
                                        NULL};
static const char *const robots[] = {"keep", "drop", NULL};

#define NAME_MAX_BYTES 64

#define AT(member) .offset = offsetof(struct slim_settings, member)
#define KIB UINT64_C(1024)
#define MIB (KIB * 1024)
#define GIB (MIB * 1024)

const struct slim_setting slim_settings_table[] = {
    /* what is recorded */
    {"SlimStats", NULL, SLIM_IN_DIRECTORY, SLIM_SET_CAPTURE, .fallback = "Off",
     .placeholder = "On|Off", .allowed = "On or Off", .summary = "whether hits are recorded here"},
    {"SlimStatsExclude", "site-exclude", SLIM_IN_DIRECTORY, SLIM_SET_EXCLUDE,
     .placeholder = "RULE ...",
     .allowed = "env=VAR, ip=CIDR, path=GLOB, status=N-M, type=GLOB, agent=GLOB, expr=EXPR",
     .summary = "hits that are not recorded"},
    {"SlimStatsOwn", "site-own", SLIM_IN_DIRECTORY, SLIM_SET_OWN, .placeholder = "RULE ...",
     .allowed = "env=VAR, ip=CIDR, path=GLOB, status=N-M, type=GLOB, agent=GLOB, expr=EXPR",
     .summary = "hits of those who run the site: a class that reports leave out"},
    {"SlimStatsSite", "site-host", SLIM_IN_HOST, SLIM_SET_SITE, .fallback = "ServerName",
     .placeholder = "NAME", .allowed = "a name of at most 255 bytes, no URL, or %{HTTP_HOST}",
     .summary = "the site's name in the statistics"},
    {"SlimStatsPage", "site-page", SLIM_IN_SECTION, SLIM_SET_PAGE, .placeholder = "RULE ...",
     .allowed = "file, index, index=NAME, slash, lower, none, or map PATTERN PAGE",
     .summary = "addresses that are one page"},
    {"SlimStatsPageHeader", NULL, SLIM_IN_SECTION, SLIM_SET_PAGE_HEADER, .fallback = "Off",
     .placeholder = "On|Off", .allowed = "On or Off",
     .summary = "whether applications name their pages and give them titles"},
    {"SlimStatsPageParam", "site-parameter", SLIM_IN_HOST, SLIM_SET_PAGE_PARAM,
     .placeholder = "NAME ...", .allowed = "names of parameters, as ref, my_* or ;sid",
     .summary = "further parameters that no page is named by"},
    {"SlimStatsKind", "site-kind", SLIM_IN_HOST, SLIM_SET_KIND, .placeholder = "KIND PATTERN ...",
     .allowed =
         "page, asset, feed, download, api or other, then paths as /x/*, ?name=value or .ext",
     .summary = "well-known paths of the site's own"},
    {"SlimStatsSearchParam", "site-search", SLIM_IN_HOST, SLIM_SET_SEARCH, .placeholder = "KEY ...",
     .allowed = "up to eight names of parameters, or paths as /find/*, as \"s q\", or none",
     .summary = "parameters of the site's own search"},
    {"SlimStatsOwnHost", "own-host", SLIM_IN_HOST, SLIM_SET_OWN_HOST, .placeholder = "NAME ...",
     .allowed = "host names without a port, as example.org or *.example.org",
     .summary = "further hosts whose links are internal"},
    {"SlimStatsRobots", "site-robots", SLIM_IN_HOST, SLIM_SET_ROBOTS, .word = robots,
     .fallback = "keep", .summary = "hits of robots"},
    /* what is kept of people */
    {"SlimStatsAddress", "site-address", SLIM_IN_HOST, SLIM_SET_ADDRESS, .word = addresses,
     .fallback = "full", .summary = "what is kept of clients' addresses"},
    {"SlimStatsRespect", "site-respect", SLIM_IN_HOST, SLIM_SET_RESPECT, .fallback = "none",
     .placeholder = "[dnt] [gpc]|none", .allowed = "dnt, gpc, both, or none alone",
     .summary = "headers that ask not to be followed"},
    {"SlimStatsQuery", "site-query", SLIM_IN_HOST, SLIM_SET_QUERY, .fallback = "keep",
     .placeholder = "keep|drop|only KEY ...",
     .allowed = "keep, drop, or only and the names of parameters, as \"only page id\"",
     .summary = "parameters of resources and referers"},
    {"SlimStatsSecret", "site-secret", SLIM_IN_HOST, SLIM_SET_SECRET,
     .placeholder = "[none] [[!]KEY ...]",
     .allowed = "none, and names of parameters, as \"door *pin* !key\"",
     .summary = "further parameters whose values are never recorded"},
    {"SlimStatsVisitorKey", "visitor-key", SLIM_IN_SERVER, SLIM_SET_WORD, AT(visitor_key),
     .word = visitor_keys, .fallback = "static",
     .summary = "whether the key that identifies visitors changes daily"},
    {"SlimStatsVisitorSecret", "visitor-secret", SLIM_IN_SERVER, SLIM_SET_PATH, AT(visitor_secret),
     .placeholder = "FILE", .allowed = "a path",
     .summary = "the file of one key of visitors for several front ends"},
    {"SlimStatsVisitTimeout", "visit-timeout", SLIM_IN_SERVER, SLIM_SET_NUMBER, AT(visit_timeout_s),
     .min = 1, .max = 86400, .unit = 60, .fallback = "30", .placeholder = "MINUTES",
     .summary = "time without a hit that ends a visit"},
    {"SlimStatsRetain", "retain", SLIM_IN_SERVER, SLIM_SET_NUMBER, AT(retain_days), .min = 1,
     .max = 36500, .unit = 1, .fallback = "400", .placeholder = "DAYS",
     .summary = "how long hits are kept"},
    /* files and sizes */
    {"SlimStatsState", "state", SLIM_IN_SERVER, SLIM_SET_PATH, AT(state),
     .fallback = SLIM_STATE_DEFAULT, .placeholder = "DIR", .allowed = "a path",
     .summary = "directory of journal, store and keys"},
    {"SlimStatsStore", "store", SLIM_IN_SERVER, SLIM_SET_STORE, AT(store),
     .fallback = "sqlite:" SLIM_STATE_DEFAULT "/stats.db", .placeholder = "URL",
     .allowed = "sqlite:PATH", .summary = "where the statistics are"},
    {"SlimStatsServer", "server", SLIM_IN_SERVER, SLIM_SET_NAME, AT(server), .placeholder = "NAME",
     .allowed = "up to 64 letters, digits, dots, hyphens and underscores",
     .summary = "this front end's name, where several share one store"},
    {"SlimStatsBuffer", NULL, SLIM_IN_SERVER, SLIM_SET_SIZE, AT(buffer_bytes), .min = MIB,
     .max = 16 * GIB, .fallback = "16M", .placeholder = "SIZE",
     .summary = "size of the ring between httpd and recorder"},
    {"SlimStatsJournalLimit", "journal-limit", SLIM_IN_SERVER, SLIM_SET_SIZE, AT(journal_limit),
     .min = MIB, .max = 16384 * GIB, .fallback = "1G", .placeholder = "SIZE",
     .summary = "size of the journal beyond which hits are dropped"},
    {"SlimStatsSync", "sync", SLIM_IN_SERVER, SLIM_SET_NUMBER, AT(sync_s), .min = 0, .max = 3600,
     .unit = 1, .fallback = "1", .placeholder = "SECONDS",
     .summary = "how often the journal is synced"},
    /* data files */
    {"SlimStatsCountry", "country", SLIM_IN_SERVER, SLIM_SET_PATH, AT(country),
     .placeholder = "FILE", .allowed = "a path",
     .summary = "a MaxMind DB file of countries or cities, or one that country build made"},
    {"SlimStatsNetwork", "network", SLIM_IN_SERVER, SLIM_SET_PATH, AT(network),
     .placeholder = "FILE", .allowed = "a path", .summary = "a MaxMind DB file of networks"},
    {"SlimStatsAgents", "agents", SLIM_IN_SERVER, SLIM_SET_PATH, AT(agents),
     .fallback = "/usr/share/uap-core/regexes.yaml", .placeholder = "FILE", .allowed = "a path",
     .summary = "uap-core's regexes.yaml"},
    {NULL, "data", SLIM_IN_SERVER, SLIM_SET_PATH, AT(data), .placeholder = "DIR",
     .allowed = "a path", .summary = "directory of the lists of sources and robots"},
    {"SlimStatsRecorder", NULL, SLIM_IN_SERVER, SLIM_SET_PATH, AT(recorder),
     .fallback = SLIM_BINDIR "/slimstats", .placeholder = "PATH", .allowed = "a path",
     .summary = "the slimstats command"},
    /* the dashboard */
    {"SlimStatsHosts", NULL, SLIM_IN_LOCATION, SLIM_SET_HOSTS, .placeholder = "NAME ...",
     .allowed = "host names without a port, as stats.example.org or [::1]",
     .summary = "host names that the dashboard answers to"},
    {"SlimStatsSites", NULL, SLIM_IN_LOCATION, SLIM_SET_SITES, .placeholder = "NAME ...|vhost",
     .allowed = "names of sites, no URLs, or vhost",
     .summary = "sites that the dashboard tells of"},
    {"SlimStatsView", NULL, SLIM_IN_LOCATION, SLIM_SET_VIEW,
     .placeholder = "[segment=NAME] reports=NAME,... [filters=NAME,...]",
     .allowed = "reports=NAME,NAME of slimstats reports, segment=NAME once, filters=NAME,NAME",
     .summary = "the only reports that the dashboard shows, of a segment"},
    {.type = SLIM_SETTING_TYPES},
};

int slim_setting_is_single(const struct slim_setting *setting)
{
    return setting->type <= SLIM_SET_WORD;
}

int slim_setting_is_name(const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789.-_";
    size_t length = strlen(text);

    return length > 0 && length <= NAME_MAX_BYTES && strspn(text, allowed) == length;
}

const struct slim_setting *slim_setting_find(const char *name)
{
    for (const struct slim_setting *s = slim_settings_table; s->type != SLIM_SETTING_TYPES; s++) {
        if (s->name && strcmp(name, s->name) == 0) {
            return s;
        }
    }
    return NULL;
}

/* --- what is allowed --- */

static const char *size_text(uint64_t bytes, char *room, size_t size)
{
    uint64_t unit = bytes >= GIB && bytes % GIB == 0 ? GIB : MIB;

    snprintf(room, size, "%llu%c", (unsigned long long)(bytes / unit), unit == GIB ? 'G' : 'M');
    return room;
}

/* The recorder counts seconds where a directive counts minutes. */
static const char *placeholder_of(const struct slim_setting *setting, int as_directive)
{
    return setting->unit == 60 && !as_directive ? "SECONDS" : setting->placeholder;
}

/* "seconds from 0 to 3600": the placeholder in small letters. A range of seconds holds whole
 * minutes only. */
static void write_number_range(const struct slim_setting *setting, int as_directive, char *room,
                               size_t size)
{
    uint64_t unit = as_directive ? setting->unit : 1;

    snprintf(room, size, "%s from %llu to %llu", placeholder_of(setting, as_directive),
             (unsigned long long)((setting->min + unit - 1) / unit),
             (unsigned long long)(setting->max / unit));
    for (char *c = room; *c >= 'A' && *c <= 'Z'; c++) {
        *c = slim_lower(*c);
    }
}

static const char *join_words(const char *const *word, const char *between, const char *last,
                              char *room, size_t size)
{
    size_t used = 0;

    for (int i = 0; word[i] && used < size; i++) {
        const char *before = i == 0 ? "" : word[i + 1] ? between : last;
        used += (size_t)snprintf(room + used, size - used, "%s%s", before, word[i]);
    }
    return room;
}

const char *slim_setting_allowed(const struct slim_setting *setting, int as_directive, char *room,
                                 size_t size)
{
    char low[32], high[32];

    if (setting->allowed) {
        return setting->allowed;
    }
    if (setting->word) {
        return join_words(setting->word, ", ", " or ", room, size);
    }
    if (setting->type == SLIM_SET_NUMBER) {
        write_number_range(setting, as_directive, room, size);
    } else {
        snprintf(room, size, "a size from %s to %s, as %s",
                 size_text(setting->min, low, sizeof low),
                 size_text(setting->max, high, sizeof high), setting->fallback);
    }
    return room;
}

const char *slim_setting_placeholder(const struct slim_setting *setting, int as_directive,
                                     char *room, size_t size)
{
    if (!setting->placeholder) {
        return join_words(setting->word, "|", "|", room, size);
    }
    return placeholder_of(setting, as_directive);
}

/* --- reading a value --- */

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
    case 'K': unit = KIB; break;
    case 'm':
    case 'M': unit = MIB; break;
    case 'g':
    case 'G': unit = GIB; break;
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

static apr_status_t parse_word(const struct slim_setting *setting, const char *text,
                               uint64_t *value)
{
    for (unsigned i = 0; setting->word[i]; i++) {
        if (strcasecmp(text, setting->word[i]) == 0) {
            *value = i;
            return APR_SUCCESS;
        }
    }
    return SLIM_EBADSETTING;
}

static apr_status_t parse_size(const struct slim_setting *setting, const char *text,
                               uint64_t *value)
{
    uint64_t bytes;

    if (slim_settings_parse_size(text, &bytes) != APR_SUCCESS || bytes < setting->min
        || bytes > setting->max) {
        return SLIM_EBADSETTING;
    }
    *value = bytes;
    return APR_SUCCESS;
}

static apr_status_t parse_number(const struct slim_setting *setting, const char *text,
                                 int as_directive, uint64_t *value)
{
    uint64_t number, unit = as_directive ? setting->unit : 1;

    if (text[strspn(text, "0123456789")] || slim_settings_parse_size(text, &number) != APR_SUCCESS
        || number > setting->max / unit || number * unit < setting->min) {
        return SLIM_EBADSETTING;
    }
    *value = number * unit;
    return APR_SUCCESS;
}

apr_status_t slim_setting_parse(const struct slim_setting *setting, const char *text,
                                int as_directive, uint64_t *value)
{
    if (setting->word) {
        return parse_word(setting, text, value);
    }
    return setting->type == SLIM_SET_SIZE ? parse_size(setting, text, value)
                                          : parse_number(setting, text, as_directive, value);
}
