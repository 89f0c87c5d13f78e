/* The referer, its domain, its source, and the words somebody searched for. */
#include "referer.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "../core/text.h"
#include "../core/url.h"

#define PARAMETERS_MAX 8

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* --- search terms --- */

/* The first of the source's parameters that is present and not empty. */
static struct slim_text find_parameter(const char *names, struct slim_text query)
{
    struct slim_text found[PARAMETERS_MAX] = {{NULL, 0}}, name, value;

    while (slim_url_next_parameter(&query, &name, &value)) {
        const char *at = names;
        for (int i = 0; i < PARAMETERS_MAX && *at; i++) {
            size_t length = strcspn(at, ",");
            if (name.length == length && memcmp(name.at, at, length) == 0 && found[i].length == 0) {
                found[i] = value;
            }
            at += length + (at[length] == ',');
        }
    }
    for (int i = 0; i < PARAMETERS_MAX; i++) {
        if (found[i].length > 0) {
            return found[i];
        }
    }
    return (struct slim_text){NULL, 0};
}

/* Converts bytes to UTF-8 in place; 0 when they are not of that charset. */
static int convert(const char *charset, char *bytes, size_t *length, size_t size)
{
    char out[4 * SLIM_TERMS_MAX], *from = bytes, *to = out;
    size_t left = *length, room = sizeof out;
    iconv_t cd = iconv_open("UTF-8", charset);

    if (cd == (iconv_t)-1) {
        return 0;
    }
    int good = iconv(cd, &from, &left, &to, &room) != (size_t)-1 || errno == E2BIG;
    iconv_close(cd);
    if (!good) {
        return 0;
    }
    size_t used = slim_utf8_cut(out, sizeof out - room, size);
    memcpy(bytes, out, used);
    *length = used;
    return 1;
}

/* Tries the source's charsets ("windows-1251,koi8-r"), then Latin 1, which fits any bytes. */
static void make_utf8(const char *charsets, char *bytes, size_t *length, size_t size)
{
    char name[32];

    while (*charsets) {
        size_t n = strcspn(charsets, ",");
        if (n < sizeof name) {
            memcpy(name, charsets, n);
            name[n] = '\0';
            if (convert(name, bytes, length, size)) {
                return;
            }
        }
        charsets += n + (charsets[n] == ',');
    }
    if (!convert("ISO-8859-1", bytes, length, size)) {
        *length = 0;
    }
}

/* White space and controls become one space, none at the ends. */
static size_t fold_space(char *bytes, size_t length)
{
    size_t used = 0;

    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c > 0x20 && c != 0x7f) {
            bytes[used++] = (char)c;
        } else if (used > 0 && bytes[used - 1] != ' ') {
            bytes[used++] = ' ';
        }
    }
    return used > 0 && bytes[used - 1] == ' ' ? used - 1 : used;
}

/* What stands in the parameter but was not searched for: the address a click was sent to, the page
 * a cache was asked for. */
static struct slim_text without_traps(struct slim_text terms)
{
    if (slim_text_begins(terms, "http://") || slim_text_begins(terms, "https://")) {
        return (struct slim_text){NULL, 0};
    }
    if (slim_text_begins(terms, "cache:")) {
        const char *space = memchr(terms.at, ' ', terms.length);
        if (!space) {
            return (struct slim_text){NULL, 0};
        }
        return (struct slim_text){space + 1, terms.length - (size_t)(space + 1 - terms.at)};
    }
    return terms;
}

static void derive_terms(const struct slim_source *source, const struct slim_url *url,
                         struct slim_facts *facts)
{
    char *out = facts->terms_buffer, decoded[1024];
    struct slim_text raw = find_parameter(source->parameters, url->query);

    if (raw.length == 0) {
        raw = find_parameter(source->parameters, url->fragment);
    }
    size_t length = slim_url_decode(raw, decoded, sizeof decoded);
    if (length == sizeof decoded) {
        length = slim_utf8_cut(decoded, length, length - 1);
    }
    if (!slim_utf8_is_valid(decoded, length)) {
        make_utf8(source->charset, decoded, &length, sizeof decoded);
    }
    length = fold_space(decoded, length);
    struct slim_text terms = without_traps((struct slim_text){decoded, length});
    length = slim_utf8_cut(terms.at, terms.length, sizeof facts->terms_buffer);
    if (length > 0) {
        memcpy(out, terms.at, length);
        facts->terms = (struct slim_text){out, length};
    }
}

/* --- referer, domain, source --- */

/* The URL without user info and fragment. */
static struct slim_text clean_url(struct slim_text text, const struct slim_url *url, char *buffer,
                                  size_t size)
{
    const char *end = url->fragment.at ? url->fragment.at - 1 : text.at + text.length;
    size_t head = (size_t)(url->authority.at - text.at);
    size_t tail = (size_t)(end - url->host.at);

    if (head + tail > size) {
        tail = size - head;
    }
    memcpy(buffer, text.at, head);
    memcpy(buffer + head, url->host.at, tail);
    return (struct slim_text){buffer, head + tail};
}

static struct slim_text lower_host(struct slim_text host, char *buffer, size_t size)
{
    size_t length = host.length < size ? host.length : size;

    for (size_t i = 0; i < length; i++) {
        buffer[i] = lower(host.at[i]);
    }
    return (struct slim_text){buffer, length};
}

static int is_own(apr_hash_t *own_hosts, struct slim_text site, struct slim_text domain)
{
    char key[600];
    size_t used = 0;

    if (site.length + domain.length + 1 > sizeof key) {
        return 0;
    }
    for (size_t i = 0; i < site.length; i++) {
        key[used++] = lower(site.at[i]);
    }
    if (site.length == domain.length && memcmp(key, domain.at, used) == 0) {
        return 1;
    }
    key[used++] = '\t';
    memcpy(key + used, domain.at, domain.length);
    return own_hosts && apr_hash_get(own_hosts, key, (apr_ssize_t)(used + domain.length)) != NULL;
}

/* The domain without the labels that name a device or a redirector. */
static struct slim_text bare_domain(struct slim_text domain)
{
    static const char *const labels[] = {"www.", "m.", "l.", "lm.", "amp."};

    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        size_t length = strlen(labels[i]);
        struct slim_text rest = {domain.at + length, domain.length - length};
        if (domain.length > length && memcmp(domain.at, labels[i], length) == 0
            && memchr(rest.at, '.', rest.length)) {
            return rest;
        }
    }
    return domain;
}

void slim_referer_derive(const struct slim_sources *sources, apr_hash_t *own_hosts,
                         struct slim_text header, struct slim_text site, struct slim_facts *facts)
{
    struct slim_url url;
    const struct slim_source *source;

    facts->referer = facts->domain = facts->source = facts->terms = (struct slim_text){NULL, 0};
    facts->channel = SLIM_CHANNEL_DIRECT;
    facts->referer_is_own = 0;
    if (!slim_url_split(header, &url)) {
        return;
    }
    int app = slim_text_is(url.scheme, "android-app");
    if (!app && !slim_text_is(url.scheme, "http") && !slim_text_is(url.scheme, "https")) {
        return;
    }
    struct slim_text host = lower_host(url.host, facts->domain_buffer, sizeof facts->domain_buffer);
    if (!app) {
        facts->referer =
            clean_url(header, &url, facts->referer_buffer, sizeof facts->referer_buffer);
        facts->domain = host;
        if (is_own(own_hosts, site, host)) {
            facts->channel = SLIM_CHANNEL_INTERNAL;
            facts->referer_is_own = 1;
            return;
        }
    }
    source = sources ? slim_sources_find(sources, host, url.path) : NULL;
    if (source) {
        facts->source = (struct slim_text){source->name, strlen(source->name)};
        facts->channel = source->channel;
        derive_terms(source, &url, facts);
        return;
    }
    facts->source = bare_domain(host);
    facts->channel = SLIM_CHANNEL_WEBSITE;
}
