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

static struct slim_text without_www(struct slim_text host)
{
    int has = host.length > 4 && memcmp(host.at, "www.", 4) == 0;

    return has ? (struct slim_text){host.at + 4, host.length - 4} : host;
}

static int is_same(struct slim_text a, struct slim_text b)
{
    return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

/* Whether the hash has a host behind the site. key has the site and a tab, used bytes, and room for
 * the host. */
static int is_listed(apr_hash_t *own_hosts, char *key, size_t used, struct slim_text host)
{
    memcpy(key + used, host.at, host.length);
    return apr_hash_get(own_hosts, key, (apr_ssize_t)(used + host.length)) != NULL;
}

/* The same of a wildcard above the host. */
static int is_below_listed(apr_hash_t *own_hosts, char *key, size_t used, struct slim_text host)
{
    for (size_t dot = 1; dot < host.length; dot++) {
        if (host.at[dot] == '.') {
            size_t rest = host.length - dot;
            key[used] = '*';
            memcpy(key + used + 1, host.at + dot, rest);
            if (apr_hash_get(own_hosts, key, (apr_ssize_t)(used + 1 + rest))) {
                return 1;
            }
        }
    }
    return 0;
}

/* Own hosts are those of the site, by their name or by a wildcard above it; www. makes no
 * difference. */
static int is_own(apr_hash_t *own_hosts, struct slim_text site, struct slim_text domain)
{
    char key[600], with_www[260] = "www.";
    struct slim_text bare = without_www(domain), www = {with_www, bare.length + 4};
    size_t used = site.length + 1;

    if (used + domain.length + 4 > sizeof key || www.length > sizeof with_www) {
        return 0;
    }
    slim_lower_all(site.at, site.length, key);
    if (is_same(without_www((struct slim_text){key, site.length}), bare)) {
        return 1;
    }
    if (!own_hosts || apr_hash_count(own_hosts) == 0) {
        return 0;
    }
    memcpy(with_www + 4, bare.at, bare.length);
    key[site.length] = '\t';
    return is_listed(own_hosts, key, used, bare) || is_listed(own_hosts, key, used, www)
           || is_below_listed(own_hosts, key, used, domain);
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
