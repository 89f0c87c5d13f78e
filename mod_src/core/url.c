/* URLs and query strings. No allocation; linear in the input. */
#include "url.h"

#include <string.h>

#include "ascii.h"

/* Cuts text before at, where that is not NULL; what is behind that byte is returned. */
static struct slim_text cut_at(struct slim_text *text, const char *at)
{
    struct slim_text rest = {NULL, 0};

    if (at) {
        rest.at = at + 1;
        rest.length = text->length - (size_t)(at + 1 - text->at);
        text->length = (size_t)(at - text->at);
    }
    return rest;
}

static struct slim_text cut(struct slim_text *text, char c)
{
    return cut_at(text, text->length > 0 ? memchr(text->at, c, text->length) : NULL);
}

/* Parameters are parted by either; no more of the query is looked at than the next of them takes.
 */
static struct slim_text cut_parameter(struct slim_text *query)
{
    for (size_t i = 0; i < query->length; i++) {
        if (query->at[i] == '&' || query->at[i] == ';') {
            return cut_at(query, query->at + i);
        }
    }
    return (struct slim_text){NULL, 0};
}

/* The host in [user@]host[:port]; an IPv6 literal keeps its brackets. */
static struct slim_text host_of(struct slim_text authority)
{
    struct slim_text host = authority;

    for (size_t i = authority.length; i > 0; i--) {
        if (authority.at[i - 1] == '@') {
            host = (struct slim_text){authority.at + i, authority.length - i};
            break;
        }
    }
    if (host.length > 0 && host.at[0] == '[') {
        const char *close = memchr(host.at, ']', host.length);
        host.length = close ? (size_t)(close - host.at) + 1 : host.length;
        return host;
    }
    const char *colon = host.length ? memchr(host.at, ':', host.length) : NULL;
    host.length = colon ? (size_t)(colon - host.at) : host.length;
    while (host.length > 0 && host.at[host.length - 1] == '.') {
        host.length--;
    }
    return host;
}

int slim_url_split(struct slim_text text, struct slim_url *url)
{
    size_t scheme = 0;

    memset(url, 0, sizeof *url);
    while (scheme < text.length && text.at[scheme] != ':') {
        char c = slim_lower(text.at[scheme]);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-'
              || c == '.')) {
            return 0;
        }
        scheme++;
    }
    if (scheme == 0 || text.length < scheme + 3 || memcmp(text.at + scheme, "://", 3) != 0) {
        return 0;
    }
    url->scheme = (struct slim_text){text.at, scheme};
    struct slim_text rest = {text.at + scheme + 3, text.length - scheme - 3};
    url->fragment = cut(&rest, '#');
    url->query = cut(&rest, '?');
    size_t slash = 0;
    while (slash < rest.length && rest.at[slash] != '/') {
        slash++;
    }
    url->authority = (struct slim_text){rest.at, slash};
    url->path = (struct slim_text){rest.at + slash, rest.length - slash};
    url->host = host_of(url->authority);
    return url->host.length > 0;
}

int slim_url_next_parameter(struct slim_text *query, struct slim_text *name,
                            struct slim_text *value)
{
    while (query->length > 0) {
        struct slim_text one = *query;
        *query = cut_parameter(&one);
        if (one.length > 0) {
            *value = cut(&one, '=');
            *name = one;
            return 1;
        }
    }
    return 0;
}

size_t slim_url_decode(struct slim_text text, char *out, size_t size)
{
    size_t used = 0;

    for (size_t i = 0; i < text.length && used < size; i++) {
        char c = text.at[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%' && i + 2 < text.length && slim_hex_byte(text.at + i + 1) >= 0) {
            c = (char)slim_hex_byte(text.at + i + 1);
            i += 2;
        }
        out[used++] = c;
    }
    return used;
}
