/* Sec-CH-UA headers: brands and platforms. Pure: no allocation, no I/O. */
#include "client_hint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"

/* Brands that are browsers of their own, by the families of the agent rules. */
static const struct {
    const char *brand; /* lower case */
    const char *desktop, *mobile;
} browsers[] = {
    {"microsoft edge", "Edge", "Edge Mobile"},
    {"brave", "Brave", "Brave"},
    {"opera", "Opera", "Opera Mobile"},
    {"opera gx", "Opera GX", "Opera GX"},
    {"opera air", "Opera", "Opera"},
    {"vivaldi", "Vivaldi", "Vivaldi"},
    {"yabrowser", "Yandex Browser", "Yandex Browser"},
    {"yowser", "Yandex Browser", "Yandex Browser"},
    {"samsung internet", "Samsung Internet", "Samsung Internet"},
    {"duckduckgo", "DuckDuckGo", "DuckDuckGo Mobile"},
    {"whale", "Whale", "Whale"},
    {"coccoc", "Coc Coc", "Coc Coc"},
    {"ecosia", "Ecosia", "Ecosia Android"},
    {"huaweibrowser", "Huawei Browser", "Huawei Browser"},
    {"honorbrowser", "Honor Browser", "Honor Browser"},
    {"miuibrowser", "MiuiBrowser", "MiuiBrowser"},
    {"avast secure browser", "Avast Secure Browser", "Avast Secure Browser"},
    {"avg secure browser", "AVG", "AVG"},
    {"avira secure browser", "Avira", "Avira"},
    {"ccleaner browser", "CCleaner", "CCleaner"},
    {"norton secure browser", "Norton", "Norton"},
    {"norton private browser", "Norton", "Norton"},
    {"oculus browser", "Oculus Browser", "Oculus Browser"},
    {"sberbrowser", "Sber Browser", "Sber Browser"},
    {"android webview", "Chrome Mobile WebView", "Chrome Mobile WebView"},
};

/* --- lists of brands --- */

static size_t skip(struct slim_text text, size_t at, const char *bytes)
{
    while (at < text.length && text.at[at] && strchr(bytes, text.at[at])) {
        at++;
    }
    return at;
}

/* A quoted string; a brand may hold escaped quotes to keep parsers honest. */
static int read_quoted(struct slim_text text, size_t *at, struct slim_text *value)
{
    size_t end = *at + 1;

    if (*at >= text.length || text.at[*at] != '"') {
        return 0;
    }
    while (end < text.length && text.at[end] != '"') {
        end += text.at[end] == '\\' ? 2 : 1;
    }
    if (end >= text.length) {
        return 0;
    }
    *value = (struct slim_text){text.at + *at + 1, end - *at - 1};
    *at = end + 1;
    return 1;
}

int slim_brand_next(struct slim_text list, size_t *at, struct slim_brand *brand)
{
    struct slim_text rest;

    *at = skip(list, *at, " \t,");
    if (!read_quoted(list, at, &brand->name)) {
        return 0;
    }
    brand->version = (struct slim_text){NULL, 0};
    *at = skip(list, *at, "; \t");
    rest = (struct slim_text){list.at + *at, list.length - *at};
    if (slim_text_begins(rest, "v=")) {
        *at += 2;
        return read_quoted(list, at, &brand->version);
    }
    return 1;
}

/* --- the browser --- */

static const char *family_of(struct slim_text brand, int mobile)
{
    for (size_t i = 0; i < sizeof browsers / sizeof browsers[0]; i++) {
        if (slim_text_is(brand, browsers[i].brand)) {
            return mobile ? browsers[i].mobile : browsers[i].desktop;
        }
    }
    return NULL;
}

/* "131.0.6778.86" into its parts; what is no number is left out. */
static void set_version(struct slim_text version, struct slim_agent_name *name)
{
    size_t at = 0;

    memset(name->version, 0, sizeof name->version);
    for (int i = 0; i < SLIM_AGENT_VERSIONS; i++) {
        size_t length = 0;
        while (at < version.length && version.at[at] >= '0' && version.at[at] <= '9'
               && length < SLIM_AGENT_PART_MAX - 1) {
            name->version[i][length++] = version.at[at++];
        }
        if (length == 0 || at >= version.length || version.at[at] != '.') {
            return;
        }
        at++;
    }
}

static int same_major(const struct slim_agent_name *name, struct slim_text version)
{
    size_t length = strlen(name->version[0]);

    return length > 0 && version.length > length
           && memcmp(version.at, name->version[0], length) == 0 && version.at[length] == '.';
}

static int is_plain(const struct slim_agent_name *browser)
{
    return strcmp(browser->family, "Chrome") == 0 || strcmp(browser->family, "Chrome Mobile") == 0;
}

/* The full version of a brand that the other header names by its major one. */
static void find_full_version(const struct slim_hit *hit, struct slim_text name,
                              struct slim_agent_name *browser)
{
    struct slim_brand brand;
    size_t at = 0;

    while (slim_brand_next(hit->field[SLIM_CH_VERSIONS], &at, &brand)) {
        if (brand.name.length == name.length && memcmp(brand.name.at, name.at, name.length) == 0
            && same_major(browser, brand.version)) {
            set_version(brand.version, browser);
            return;
        }
    }
}

static int is_family(struct slim_text browser, const char *family)
{
    return browser.length == strlen(family) && memcmp(browser.at, family, browser.length) == 0;
}

int slim_client_hint_may_name(struct slim_text by_agent, struct slim_text browser)
{
    int may = is_family(by_agent, "Chrome") || is_family(by_agent, "Chrome Mobile");
    int found = may && browser.length == by_agent.length
                && memcmp(browser.at, by_agent.at, browser.length) == 0;

    for (size_t i = 0; may && !found && i < sizeof browsers / sizeof browsers[0]; i++) {
        found = is_family(browser, browsers[i].desktop) || is_family(browser, browsers[i].mobile);
    }
    return found;
}

void slim_client_hint_browser(const struct slim_hit *hit, struct slim_agent_name *browser)
{
    struct slim_text list = hit->field[SLIM_CH_UA];
    struct slim_brand brand;
    size_t at = 0;

    if (!is_plain(browser)) {
        return;
    }
    if (list.length == 0) {
        list = hit->field[SLIM_CH_VERSIONS];
    }
    while (slim_brand_next(list, &at, &brand)) {
        const char *family = family_of(brand.name, (hit->flags & SLIM_HIT_MOBILE) != 0);
        if (family) {
            snprintf(browser->family, sizeof browser->family, "%s", family);
            set_version(brand.version, browser);
            find_full_version(hit, brand.name, browser);
            return;
        }
    }
    find_full_version(hit, (struct slim_text){"Google Chrome", 13}, browser);
}

int slim_client_hint_is_headless(const struct slim_hit *hit)
{
    struct slim_brand brand;
    size_t at = 0;

    while (slim_brand_next(hit->field[SLIM_CH_UA], &at, &brand)) {
        if (slim_text_is(brand.name, "headlesschrome")) {
            return 1;
        }
    }
    return 0;
}

/* --- the platform --- */

struct slim_text slim_client_hint_unquoted(struct slim_text text)
{
    struct slim_text value = {NULL, 0};
    size_t at = skip(text, 0, " \t");

    return read_quoted(text, &at, &value) ? value : (struct slim_text){NULL, 0};
}

static const struct {
    const char *hint; /* lower case */
    const char *family;
} platforms[] = {
    {"windows", "Windows"},     {"macos", "Mac OS X"},        {"android", "Android"},
    {"chrome os", "Chrome OS"}, {"chromium os", "Chrome OS"},
};

int slim_client_hint_may_date(struct slim_text platform)
{
    int found = 0;

    for (size_t i = 0; !found && i < sizeof platforms / sizeof platforms[0]; i++) {
        found = is_family(platform, platforms[i].family);
    }
    return found;
}

const char *slim_client_hint_system(struct slim_text platform)
{
    for (size_t i = 0; i < sizeof platforms / sizeof platforms[0]; i++) {
        if (slim_text_is(platform, platforms[i].hint)) {
            return platforms[i].family;
        }
    }
    return NULL;
}

/* Windows sends a number of its programming interface: 13 came with Windows 11, below 1 is what
 * was before Windows 10. */
static void set_windows(const struct slim_agent_name *told, struct slim_agent_name *platform)
{
    long major = strtol(told->version[0], NULL, 10), minor = strtol(told->version[1], NULL, 10);
    const char *version = major >= 13 ? "11" : "10";

    if (major == 0) {
        version = minor == 1 ? "7" : minor == 2 ? "8" : "8.1";
    }
    memset(platform->version, 0, sizeof platform->version);
    snprintf(platform->version[0], sizeof platform->version[0], "%s", version);
}

void slim_client_hint_platform(const struct slim_hit *hit, struct slim_agent_name *platform)
{
    struct slim_text name = slim_client_hint_unquoted(hit->field[SLIM_CH_PLATFORM]);
    struct slim_agent_name told;

    set_version(slim_client_hint_unquoted(hit->field[SLIM_CH_PLATFORM_VERSION]), &told);
    if (!told.version[0][0]) {
        return;
    }
    const char *family = slim_client_hint_system(name);
    if (!family || strcmp(platform->family, family) != 0) {
        return;
    }
    if (strcmp(family, "Windows") == 0) {
        set_windows(&told, platform);
    } else {
        memcpy(platform->version, told.version, sizeof told.version);
    }
}

int slim_client_hint_is_there(const struct slim_hit *hit)
{
    return hit->field[SLIM_CH_UA].length > 0 || hit->field[SLIM_CH_VERSIONS].length > 0
           || hit->field[SLIM_CH_PLATFORM_VERSION].length > 0;
}
