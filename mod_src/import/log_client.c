/* Clients: the first of a list, and of RFC 7239's pairs. */
#include "log_client.h"

#include <string.h>

#include "core/ascii.h"
#include "core/text.h"

enum slim_log_client slim_log_client_header(struct slim_text name)
{
    static const struct {
        const char *name;
        enum slim_log_client field;
    } headers[] = {{"forwarded", SLIM_CLIENT_FORWARDED},
                   {"x-forwarded-for", SLIM_CLIENT_X_FORWARDED_FOR},
                   {"x-real-ip", SLIM_CLIENT_X_REAL_IP},
                   {"cf-connecting-ip", SLIM_CLIENT_CF_CONNECTING_IP},
                   {"true-client-ip", SLIM_CLIENT_CF_CONNECTING_IP}};

    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        if (slim_text_is(name, headers[i].name)) {
            return headers[i].field;
        }
    }
    return SLIM_CLIENT_NONE;
}

static struct slim_text trim(struct slim_text text)
{
    while (text.length > 0 && strchr(" \t\"", text.at[0])) {
        text.at++;
        text.length--;
    }
    while (text.length > 0 && strchr(" \t\"", text.at[text.length - 1])) {
        text.length--;
    }
    return text;
}

static struct slim_text until(struct slim_text text, char c)
{
    const char *end = text.length ? memchr(text.at, c, text.length) : NULL;

    text.length = end ? (size_t)(end - text.at) : text.length;
    return text;
}

/* for=… among pairs that semicolons separate. */
static struct slim_text pair_of_for(struct slim_text element)
{
    while (element.length > 0) {
        struct slim_text pair = until(element, ';'), bare = trim(pair);
        if (slim_text_begins(bare, "for=")) {
            return trim((struct slim_text){bare.at + 4, bare.length - 4});
        }
        size_t taken = pair.length + (pair.length < element.length);
        element.at += taken;
        element.length -= taken;
    }
    return element;
}

static int is_digits(struct slim_text text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') {
            return 0;
        }
    }
    return 1;
}

/* "[2001:db8::1]:4711" and "192.0.2.1:4711" without what stands around the address. */
static struct slim_text without_port(struct slim_text text)
{
    if (text.length > 0 && text.at[0] == '[') {
        return until((struct slim_text){text.at + 1, text.length - 1}, ']');
    }
    struct slim_text host = until(text, ':');
    if (host.length < text.length
        && is_digits(
            (struct slim_text){host.at + host.length + 1, text.length - host.length - 1})) {
        return host;
    }
    return text;
}

struct slim_text slim_log_client_first(enum slim_log_client field, struct slim_text value)
{
    struct slim_text first = trim(until(value, ','));

    if (field == SLIM_CLIENT_FORWARDED) {
        first = pair_of_for(first);
    }
    first = without_port(first);
    if (slim_text_is(first, "-") || slim_text_is(first, "unknown")
        || (first.length > 0 && first.at[0] == '_')) {
        first.length = 0;
    }
    return first;
}

int slim_log_client_is_name(struct slim_text text)
{
    int letters = 0;

    for (size_t i = 0; i < text.length; i++) {
        char c = slim_lower(text.at[i]);
        if (c >= 'a' && c <= 'z') {
            letters++;
        } else if (!(c >= '0' && c <= '9') && c != '.' && c != '-' && c != '_') {
            return 0;
        }
    }
    return letters > 0 && text.length <= 255;
}
