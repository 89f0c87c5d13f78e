/* The referer, its domain, its source, and the words somebody searched for. */
#include "referer.h"

#include <stdio.h>
#include <string.h>

#include "core/ascii.h"
#include "core/text.h"
#include "core/url.h"
#include "value.h"

/* --- search terms --- */

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
    char *out = facts->terms_buffer, decoded[1024], charsets[128];
    struct slim_text raw = slim_value_find(source->parameters, url->query);

    if (raw.length == 0) {
        raw = slim_value_find(source->parameters, url->fragment);
    }
    snprintf(charsets, sizeof charsets, "%s,%s", slim_value_charset(url->query), source->charset);
    size_t length = slim_value_read(raw, charsets, decoded, sizeof decoded);
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

    slim_lower_all(host.at, length, buffer);
    return (struct slim_text){buffer, length};
}

/* Own hosts are those of the site, by their name or by a wildcard above it. */
static int is_own(apr_hash_t *own_hosts, struct slim_text site, struct slim_text domain)
{
    char key[600];
    size_t used = site.length;

    if (site.length + domain.length + 1 > sizeof key) {
        return 0;
    }
    slim_lower_all(site.at, site.length, key);
    if (site.length == domain.length && memcmp(key, domain.at, used) == 0) {
        return 1;
    }
    key[used++] = '\t';
    memcpy(key + used, domain.at, domain.length);
    if (!own_hosts || apr_hash_count(own_hosts) == 0) {
        return 0;
    }
    if (apr_hash_get(own_hosts, key, (apr_ssize_t)(used + domain.length))) {
        return 1;
    }
    for (size_t dot = 1; dot < domain.length; dot++) {
        if (domain.at[dot] == '.') {
            size_t rest = domain.length - dot;
            key[used] = '*';
            memcpy(key + used + 1, domain.at + dot, rest);
            if (apr_hash_get(own_hosts, key, (apr_ssize_t)(used + 1 + rest))) {
                return 1;
            }
        }
    }
    return 0;
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
