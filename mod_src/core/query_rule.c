/* Keeping some parameters of an address. No allocation; linear in the input for a given rule. */
#include "query_rule.h"

#include <string.h>

#include "click_id.h"
#include "url.h"

enum fate { GOES, NAME_STAYS, STAYS };

/* Bytes written where they fit, and counted everywhere. */
struct sink {
    char *out;
    size_t size, length;
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
        if (length == 0 || length > SLIM_QUERY_KEY_MAX) {
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

static size_t filter(const struct slim_query_rule *rule, struct slim_text address, int reduce,
                     char *out, size_t size)
{
    struct sink sink = {out, size, 0};
    struct slim_text path = slim_query_cut(address), name, value;
    struct slim_text query = {address.at + path.length, address.length - path.length};
    const char *hash = query.length ? memchr(query.at, '#', query.length) : NULL;
    char separator = '?';

    write_bytes(&sink, path.at, path.length);
    query.length = hash ? (size_t)(hash - query.at) : query.length;
    if (query.length == 0) {
        return sink.length;
    }
    query.at++;
    query.length--;
    while (slim_url_next_parameter(&query, &name, &value)) {
        enum fate fate = fate_of(rule, name, reduce);
        if (fate == GOES) {
            continue;
        }
        write_bytes(&sink, &separator, 1);
        separator = '&';
        write_bytes(&sink, name.at, name.length);
        if (fate == STAYS && value.at) {
            write_bytes(&sink, "=", 1);
            write_bytes(&sink, value.at, value.length);
        }
    }
    return sink.length;
}

size_t slim_query_apply(const struct slim_query_rule *rule, struct slim_text address, char *out,
                        size_t size)
{
    return filter(rule, address, 0, out, size);
}

size_t slim_query_reduce(const struct slim_query_rule *rule, struct slim_text address, char *out,
                         size_t size)
{
    return filter(rule, address, 1, out, size);
}

struct slim_text slim_query_cut(struct slim_text address)
{
    for (size_t i = 0; i < address.length; i++) {
        if (address.at[i] == '?' || address.at[i] == '#') {
            address.length = i;
            break;
        }
    }
    return address;
}
