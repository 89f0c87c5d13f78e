/* Secret parameters. No allocation but in reading a rule; linear in the input for a given rule. */
#include "secret.h"

#include <string.h>

#include <apr_strings.h>

#include "ascii.h"
#include "url.h"

#define NAME_MAX_LENGTH 256 /* of a parameter, as it is compared */
#define VALUE_MAX 2048      /* of a value that is looked into */
#define ROUNDS 3            /* how often a value may be encoded */

/* Letters and digits of text in lower case; returns their number, size when there are too many. */
static size_t fold(struct slim_text text, char *out, size_t size)
{
    size_t length = 0;

    for (size_t i = 0; i < text.length && length < size; i++) {
        char c = text.at[i];
        int byte = c == '%' && i + 2 < text.length ? slim_hex_byte(text.at + i + 1) : -1;
        if (byte >= 0) {
            c = (char)byte;
            i += 2;
        }
        c = slim_lower(c);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            out[length++] = c;
        }
    }
    return length;
}

/* --- names --- */

static int is_word(const char *words, const char *word, size_t length)
{
    while (*words) {
        size_t n = strcspn(words, " ");
        if (n == length && memcmp(words, word, n) == 0) {
            return 1;
        }
        words += n + (words[n] == ' ');
    }
    return 0;
}

/* Whether a parameter of the query is one of the names. */
static int has_one_of(struct slim_text query, const char *names)
{
    char folded[NAME_MAX_LENGTH];
    struct slim_text name, value;

    while (slim_url_next_parameter(&query, &name, &value)) {
        size_t length = fold(name, folded, sizeof folded);
        if (length < sizeof folded && is_word(names, folded, length)) {
            return 1;
        }
    }
    return 0;
}

/* Ours that begin at from. */
static int is_ours(const char *folded, size_t length, size_t from, struct slim_text query)
{
    unsigned letter = (unsigned)(folded[from] - 'a');

    if (letter >= 26) {
        return 0;
    }
    for (unsigned i = slim_secrets_from[letter]; i < slim_secrets_from[letter + 1]; i++) {
        const struct slim_secret *one = &slim_secrets[i];
        if (one->length <= length - from && folded[from + 1] == one->name[1]
            && memcmp(folded + from, one->name, one->length) == 0
            && (one->is_within || (from == 0 && length == one->length))
            && (!*one->beside || has_one_of(query, one->beside))) {
            return 1;
        }
    }
    return 0;
}

enum verdict { OPEN = -1, UNKNOWN, SECRET };

/* What a directive says; its last word holds. */
static enum verdict verdict_of(const char *names, const char *folded, size_t length)
{
    enum verdict verdict = UNKNOWN;

    while (names && *names) {
        size_t n = strcspn(names, " "), open = *names == '!', stars = names[open] == '*';
        const char *name = names + open + stars;
        size_t name_length = n - open - 2 * stars;
        if (stars ? memmem(folded, length, name, name_length) != NULL
                  : name_length == length && memcmp(name, folded, length) == 0) {
            verdict = open ? OPEN : SECRET;
        }
        names += n + (names[n] == ' ');
    }
    return verdict;
}

int slim_secret_is(const struct slim_secret_rule *rule, struct slim_text name,
                   struct slim_text query)
{
    char folded[NAME_MAX_LENGTH];
    size_t length = fold(name, folded, sizeof folded);

    if (length == sizeof folded) {
        return 1;
    }
    enum verdict verdict = verdict_of(rule->names, folded, length);
    for (size_t from = 0; verdict == UNKNOWN && !rule->without_ours && from + 1 < length; from++) {
        verdict = is_ours(folded, length, from, query) ? SECRET : UNKNOWN;
    }
    return verdict == SECRET;
}

/* --- values --- */

int slim_secret_user(struct slim_text address, size_t *start, size_t *end)
{
    struct slim_url url;

    if (address.length == 0 || !memchr(address.at, '@', address.length)
        || !slim_url_split(address, &url)) {
        return 0;
    }
    const char *at = memrchr(url.authority.at, '@', url.authority.length);
    *start = (size_t)(url.authority.at - address.at);
    *end = at ? (size_t)(at + 1 - address.at) : 0;
    return at != NULL;
}

static int ends_name(char c)
{
    return c == '=' || c == ':';
}

static int parts(char c)
{
    return strchr("?&;#,{ ", c) != NULL; /* NUL, too */
}

/* Name and value in a query string, in JSON or in a header: "token=1", "\"token\": \"1\"". */
static int has_secret_pair(const struct slim_secret_rule *rule, struct slim_text text)
{
    const struct slim_text none = {NULL, 0};
    size_t from = 0;

    for (size_t i = 0; i < text.length; i++) {
        if (parts(text.at[i])) {
            from = i + 1;
        } else if (ends_name(text.at[i]) && i > from && i + 1 < text.length) {
            struct slim_text name = {text.at + from, i - from};
            if (slim_secret_is(rule, name, none)) {
                return 1;
            }
            from = i + 1;
        }
    }
    return 0;
}

static int has_user(struct slim_text text)
{
    size_t start, end;
    const char *scheme = text.length ? memmem(text.at, text.length, "://", 3) : NULL;

    if (!scheme || !memchr(scheme, '@', text.length - (size_t)(scheme - text.at))) {
        return 0;
    }
    while (scheme > text.at && slim_lower(scheme[-1]) >= 'a' && slim_lower(scheme[-1]) <= 'z') {
        scheme--;
    }
    return slim_secret_user((struct slim_text){scheme, text.length - (size_t)(scheme - text.at)},
                            &start, &end);
}

/* What a value without any of these is, it stays when it is decoded. */
static int may_hide(struct slim_text value)
{
    static const char signs[] = "=%@:";

    for (const char *c = signs; *c && value.length > 0; c++) {
        if (memchr(value.at, *c, value.length)) {
            return 1;
        }
    }
    return 0;
}

int slim_secret_is_within(const struct slim_secret_rule *rule, struct slim_text value)
{
    char decoded[VALUE_MAX];

    for (int round = 0; may_hide(value); round++) {
        if (has_secret_pair(rule, value) || has_user(value)) {
            return 1;
        }
        if (round == ROUNDS || !memchr(value.at, '%', value.length)) {
            return 0;
        }
        /* it never grows, so that it may be decoded where it stands */
        value.length = slim_url_decode(value, decoded, sizeof decoded);
        value.at = decoded;
    }
    return 0;
}

/* --- at a glance --- */

enum sign { NONE, EQUALS, AMPERSAND, STRANGE };

static const unsigned char sign_of[256] = {
    ['='] = EQUALS,  ['&'] = AMPERSAND, ['%'] = STRANGE, ['@'] = STRANGE,
    [':'] = STRANGE, [';'] = STRANGE,   ['#'] = STRANGE};

/* A name as far as it was read, folded. Each letter and digit is five bits; 31, a digit, begins
 * none of ours. */
struct glance {
    unsigned three, first, length;
};

#define NO_LETTER 31u

static int has_bit(const uint32_t *words, unsigned number)
{
    return (int)(words[number / 32] >> (number % 32) & 1);
}

/* 1: one of ours may begin with the last three letters. */
static int read_name(struct glance *name, char c)
{
    unsigned char byte = (unsigned char)c;
    unsigned letter = (byte | 0x20u) - 'a';

    if (letter >= 26) {
        if (byte < '0' || byte > '9') {
            return 0;
        }
        letter = NO_LETTER;
    }
    name->first = name->length++ == 0 ? letter : name->first;
    name->three = (name->three << 5 | letter) & 0x7fff;
    return has_bit(slim_secrets_three, name->three);
}

static int is_whole(const struct glance *name)
{
    unsigned last = name->three & 31;

    return name->length > 31 || (slim_secrets_whole[name->first * 32 + last] >> name->length & 1);
}

int slim_secret_may_be_among(struct slim_text query)
{
    const unsigned char *at = (const unsigned char *)query.at, *end = at + query.length;

    while (at < end) {
        struct glance name = {0x7fff, NO_LETTER, 0};
        while (at < end && sign_of[*at] == NONE) {
            if (read_name(&name, (char)*at++)) {
                return 1;
            }
        }
        if (at < end && sign_of[*at] == EQUALS) {
            if (is_whole(&name)) {
                return 1;
            }
            at++;
            while (at < end && sign_of[*at] == NONE) {
                at++;
            }
        }
        if (at < end && sign_of[*at] != AMPERSAND) {
            return 1;
        }
        at++;
    }
    return 0;
}

/* --- the rule --- */

/* What stands around names in a query. */
static int has_sign(struct slim_text word)
{
    for (size_t i = 0; i < word.length; i++) {
        if (strchr("=&?#", word.at[i])) {
            return 1;
        }
    }
    return 0;
}

/* One name, folded, with its stars; 0 when it is none. */
static int add_name(struct slim_secret_rule *rule, struct slim_text word, apr_pool_t *pool)
{
    char folded[SLIM_SECRET_NAME_MAX];
    int open = word.length > 1 && word.at[0] == '!';

    word = (struct slim_text){word.at + open, word.length - (size_t)open};
    int stars = word.length > 2 && word.at[0] == '*' && word.at[word.length - 1] == '*';
    if (word.length >= sizeof folded || (!stars && memchr(word.at, '*', word.length))
        || has_sign(word)) {
        return 0;
    }
    size_t length = fold(word, folded, sizeof folded);
    rule->names =
        apr_pstrcat(pool, rule->names, *rule->names ? " " : "", open ? "!" : "", stars ? "*" : "",
                    apr_pstrmemdup(pool, folded, length), stars ? "*" : "", NULL);
    return length > 0;
}

int slim_secret_rule_parse(const char *text, struct slim_secret_rule *rule, apr_pool_t *pool)
{
    *rule = (struct slim_secret_rule){0, ""};
    if (strncmp(text, "none", 4) == 0 && (text[4] == '\0' || text[4] == ' ')) {
        rule->without_ours = 1;
        text += 4 + (text[4] == ' ');
        if (!*text) {
            return text[-1] != ' ';
        }
    }
    for (;;) {
        size_t length = strcspn(text, " ");
        if (!add_name(rule, (struct slim_text){text, length}, pool)) {
            return 0;
        }
        if (!text[length]) {
            return 1;
        }
        text += length + 1;
    }
}
