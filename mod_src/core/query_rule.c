/* Keeping some parameters of an address, and of secret ones the names. No allocation; linear in the
 * input for a given rule. */
#include "query_rule.h"

#include <string.h>

#include "click_id.h"
#include "url.h"

enum fate { GOES, NAME_STAYS, STAYS };

/* Bytes written where they fit, and counted everywhere. */
struct sink {
    char *out;
    size_t size, length;
    unsigned taken; /* enum slim_query_taken */
};

static void write_bytes(struct sink *sink, const char *bytes, size_t length)
{
    if (sink->length < sink->size && length > 0) {
        size_t room = sink->size - sink->length;
        memcpy(sink->out + sink->length, bytes, length < room ? length : room);
    }
    sink->length += length;
}

int slim_query_keys_are_good(const char *text)
{
    for (;;) {
        size_t length = strcspn(text, " ");
        if (length == 0 || length > SLIM_QUERY_KEY_MAX || *text == '?') {
            return 0;
        }
        for (size_t i = 0; i < length; i++) {
            unsigned char c = (unsigned char)text[i];
            if (c < 0x20 || c == 0x7f || strchr("&;=#", c)) {
                return 0;
            }
        }
        if (!text[length]) {
            return 1;
        }
        text += length + 1;
    }
}

int slim_query_rule_parse(const char *text, struct slim_query_rule *rule)
{
    if (strcmp(text, "keep") == 0) {
        rule->mode = SLIM_QUERY_KEEP;
    } else if (strcmp(text, "drop") == 0) {
        rule->mode = SLIM_QUERY_DROP;
    } else if (strncmp(text, "only ", 5) == 0 && slim_query_keys_are_good(text + 5)) {
        rule->mode = SLIM_QUERY_ONLY;
        rule->keys = text + 5;
    } else {
        return 0;
    }
    return 1;
}

static int is_one_of(const char *words, const char *word, size_t length)
{
    while (words && *words) {
        size_t n = strcspn(words, " ");
        if (n == length && memcmp(words, word, n) == 0) {
            return 1;
        }
        words += n + (words[n] == ' ');
    }
    return 0;
}

static enum fate fate_of(const struct slim_query_rule *rule, struct slim_text name, int reduce)
{
    char decoded[SLIM_QUERY_KEY_MAX + 1];
    size_t length = slim_url_decode(name, decoded, sizeof decoded);

    if (rule->mode == SLIM_QUERY_ONLY && is_one_of(rule->keys, decoded, length)) {
        return STAYS;
    }
    if (!reduce) {
        return GOES;
    }
    if (is_one_of(rule->search, decoded, length)
        || (length > 4 && memcmp(decoded, "utm_", 4) == 0)) {
        return STAYS;
    }
    return slim_click_id_find(name) ? NAME_STAYS : GOES;
}

static void write_text(struct sink *sink, struct slim_text text)
{
    write_bytes(sink, text.at, text.length);
}

/* The bytes of text in [from, to). */
static struct slim_text span(struct slim_text text, size_t from, size_t to)
{
    return (struct slim_text){text.at + from, to - from};
}

/* --- what is secret --- */

static int is_secret(const struct slim_query_rule *rule, struct slim_text name,
                     struct slim_text value, struct slim_text query)
{
    char decoded[SLIM_QUERY_KEY_MAX + 1];

    if (value.length == 0
        || (!slim_secret_is(&rule->secret, name, query)
            && !slim_secret_is_within(&rule->secret, value))) {
        return 0;
    }
    return !is_one_of(rule->search, decoded, slim_url_decode(name, decoded, sizeof decoded));
}

/* Its segments may have parameters (RFC 3986, 3.3): "/a;jsessionid=1/b". */
static void write_path(struct sink *sink, const struct slim_query_rule *rule, struct slim_text path)
{
    const char *semicolon = path.length ? memchr(path.at, ';', path.length) : NULL;

    while (semicolon) {
        size_t from = (size_t)(semicolon + 1 - path.at), to = from, equals = 0;
        while (to < path.length && path.at[to] != ';' && path.at[to] != '/') {
            equals = !equals && path.at[to] == '=' ? to : equals;
            to++;
        }
        if (equals && is_secret(rule, span(path, from, equals), span(path, equals + 1, to), path)) {
            write_text(sink, span(path, 0, equals));
            sink->taken |= SLIM_QUERY_TAKES_SECRETS;
        } else {
            write_text(sink, span(path, 0, to));
        }
        path = span(path, to, path.length);
        semicolon = path.length ? memchr(path.at, ';', path.length) : NULL;
    }
    write_text(sink, path);
}

/* As it was written, but for secret values. What such a value is may have a semicolon in it: it
 * ends where all servers end it. */
static void write_query(struct sink *sink, const struct slim_query_rule *rule,
                        struct slim_text query)
{
    const char *end = query.at + query.length, *from = query.at;
    struct slim_text rest = span(query, 1, query.length), name, value;

    while (slim_url_next_parameter(&rest, &name, &value)) {
        if (!value.at || !is_secret(rule, name, value, span(query, 1, query.length))) {
            continue;
        }
        sink->taken |= SLIM_QUERY_TAKES_SECRETS;
        write_bytes(sink, from, (size_t)(value.at - 1 - from));
        from = memchr(value.at, '&', (size_t)(end - value.at));
        from = from ? from : end;
        rest = (struct slim_text){from, (size_t)(end - from)};
    }
    write_bytes(sink, from, (size_t)(end - from));
}

static void write_some(struct sink *sink, const struct slim_query_rule *rule,
                       struct slim_text query, int reduce)
{
    struct slim_text rest = span(query, 1, query.length), name, value;
    char separator = '?';

    while (slim_url_next_parameter(&rest, &name, &value)) {
        enum fate fate = fate_of(rule, name, reduce);
        if (fate == GOES) {
            sink->taken |= SLIM_QUERY_TAKES_PARAMETERS;
            continue;
        }
        write_bytes(sink, &separator, 1);
        separator = '&';
        write_text(sink, name);
        if (fate != STAYS || !value.at) {
            continue;
        }
        if (is_secret(rule, name, value, span(query, 1, query.length))) {
            sink->taken |= SLIM_QUERY_TAKES_SECRETS;
        } else {
            write_bytes(sink, "=", 1);
            write_text(sink, value);
        }
    }
}

/* --- an address --- */

static struct sink filter(const struct slim_query_rule *rule, struct slim_text address, int reduce,
                          char *out, size_t size)
{
    struct sink sink = {out, size, 0, 0};
    const char *hash = address.length ? memchr(address.at, '#', address.length) : NULL;
    size_t start, end;

    address.length = hash ? (size_t)(hash - address.at) : address.length;
    if (slim_secret_user(address, &start, &end)) {
        write_text(&sink, span(address, 0, start));
        address = span(address, end, address.length);
    }
    struct slim_text path = slim_query_cut(address);
    struct slim_text query = span(address, path.length, address.length);
    write_path(&sink, rule, path);
    if (query.length > 0) {
        if (rule->mode == SLIM_QUERY_KEEP) {
            write_query(&sink, rule, query);
        } else {
            write_some(&sink, rule, query, reduce);
        }
    }
    return sink;
}

int slim_query_is_plain(struct slim_text address)
{
    return address.length == 0
           || (!memchr(address.at, '?', address.length) && !memchr(address.at, '#', address.length)
               && !memchr(address.at, ';', address.length)
               && !memchr(address.at, '@', address.length));
}

int slim_query_stays(const struct slim_query_rule *rule, struct slim_text address)
{
    const char *mark = address.length ? memchr(address.at, '?', address.length) : NULL;
    struct slim_text path = {address.at, mark ? (size_t)(mark - address.at) : address.length};

    if (!slim_query_is_plain(path)) {
        return 0;
    }
    return !mark
           || (rule->mode == SLIM_QUERY_KEEP && !(rule->secret.names && *rule->secret.names)
               && !slim_secret_may_be_among(span(address, path.length + 1, address.length)));
}

size_t slim_query_apply(const struct slim_query_rule *rule, struct slim_text address, char *out,
                        size_t size)
{
    return filter(rule, address, 0, out, size).length;
}

size_t slim_query_reduce(const struct slim_query_rule *rule, struct slim_text address, char *out,
                         size_t size)
{
    return filter(rule, address, 1, out, size).length;
}

unsigned slim_query_takes(const struct slim_query_rule *rule, struct slim_text address)
{
    return filter(rule, address, 0, NULL, 0).taken;
}

struct slim_text slim_query_cut(struct slim_text address)
{
    static const char ends[] = "?#";

    for (const char *c = ends; *c && address.length > 0; c++) {
        const char *at = memchr(address.at, *c, address.length);
        address.length = at ? (size_t)(at - address.at) : address.length;
    }
    return address;
}
