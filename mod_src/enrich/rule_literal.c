/* Literals of expressions, as RE2's prefilter finds them: parts that match a few known strings are
 * joined while they follow one another, and required once something unknown ends that. */
#include "rule_literal.h"

#include <ctype.h>
#include <string.h>

#include <apr_strings.h>

#include "core/ascii.h"

#define CLASS_MAX 4  /* characters of a class that is taken apart */
#define DEPTH_MAX 24 /* of groups */

/* What a part of an expression matches. */
struct part {
    int is_exact; /* one of strings, nothing else */
    struct slim_literal_set strings;
    struct slim_rule_literals need; /* when it is not; strings are then what it ends with */
};

struct parser {
    const char *at;
    int depth;
    int gave_up; /* something is not understood: nothing is known */
    apr_pool_t *pool;
};

/* The set that an alternative is best searched by; NULL: none. */
static const struct slim_literal_set *best_of(const struct part *part)
{
    const struct slim_literal_set *best = NULL;

    if (part->is_exact) {
        return slim_literal_set_is_useless(&part->strings) ? NULL : &part->strings;
    }
    for (int i = 0; i < part->need.sets; i++) {
        if (!best || slim_literal_set_score(&part->need.set[i]) > slim_literal_set_score(best)) {
            best = &part->need.set[i];
        }
    }
    return best;
}

/* --- parts --- */

static void make_unknown(struct part *part)
{
    memset(part, 0, sizeof *part);
}

static void make_exact(struct part *part, struct slim_literal_set strings)
{
    memset(part, 0, sizeof *part);
    part->is_exact = 1;
    part->strings = strings;
}

static void make_empty(struct parser *p, struct part *part)
{
    make_exact(part, slim_literal_set_one("", 0, p->pool));
}

static void make_byte(struct parser *p, struct part *part, char byte)
{
    char lower = slim_lower(byte);

    make_exact(part, slim_literal_set_one(&lower, 1, p->pool));
}

static void give_up(struct parser *p, struct part *part)
{
    p->gave_up = 1;
    make_unknown(part);
}

static void parse_escape(struct parser *p, struct part *part)
{
    char c = *p->at;

    if (c == '\0' || strchr("QEpPNgkxocXRKGC", c)) {
        give_up(p, part);
        return;
    }
    p->at++;
    if (strchr("bBAzZ", c)) {
        make_empty(p, part);
    } else if (isalnum((unsigned char)c)) {
        make_unknown(part); /* a class, a control or a reference */
    } else {
        make_byte(p, part, c);
    }
}

/* "[Aa]" is two strings, "[a-z]" and "[^x]" are unknown. */
static void parse_class(struct parser *p, struct part *part)
{
    struct slim_literal_set set = slim_literal_set_make(CLASS_MAX, p->pool);
    int known = *p->at != '^';
    const char *start = p->at += !known;

    for (; *p->at && (*p->at != ']' || p->at == start); p->at++) {
        char c = *p->at;
        if (c == '[' && strchr(":.=", p->at[1]) && p->at[1]) {
            give_up(p, part);
            return;
        }
        if (c == '\\') {
            c = *++p->at;
            if (c == '\0' || strchr("QEpPNxoc", c)) {
                give_up(p, part);
                return;
            }
            known &= !isalnum((unsigned char)c);
        } else if (c == '-' && p->at > start && p->at[1] != ']') {
            known = 0;
        }
        c = slim_lower(c);
        known &= set.count < CLASS_MAX;
        if (known && !slim_literal_set_holds(&set, (struct slim_text){&c, 1})) {
            slim_literal_set_push(&set, &c, 1, "", 0, p->pool);
        }
    }
    if (*p->at != ']') {
        give_up(p, part);
        return;
    }
    p->at++;
    if (known) {
        make_exact(part, set);
    } else {
        make_unknown(part);
    }
}

static void parse_alternatives(struct parser *p, struct part *part);

static void close_group(struct parser *p, struct part *part)
{
    parse_alternatives(p, part);
    if (*p->at != ')') {
        give_up(p, part);
        return;
    }
    p->at++;
}

/* "(?i)" is empty, "(?i:x)" is x; white space that means nothing is not understood. */
static void parse_flags(struct parser *p, struct part *part)
{
    while (*p->at == '-' || *p->at == 'i' || *p->at == 's' || *p->at == 'm') {
        p->at++;
    }
    if (*p->at == ':') {
        p->at++;
        close_group(p, part);
    } else if (*p->at == ')') {
        p->at++;
        make_empty(p, part);
    } else {
        give_up(p, part);
    }
}

/* Past the opening parenthesis. What looks around takes no room, and nothing is made of it. */
static void parse_group(struct parser *p, struct part *part)
{
    static const char *const around[] = {"?=", "?!", "?<=", "?<!"};

    for (size_t i = 0; i < sizeof around / sizeof around[0]; i++) {
        size_t length = strlen(around[i]);
        if (strncmp(p->at, around[i], length) == 0) {
            p->at += length;
            close_group(p, part);
            make_empty(p, part);
            return;
        }
    }
    if (*p->at == '*') {
        give_up(p, part);
    } else if (*p->at != '?') {
        close_group(p, part);
    } else {
        p->at++;
        if (*p->at == '>') {
            p->at++;
            close_group(p, part);
        } else {
            parse_flags(p, part);
        }
    }
}

/* --- how often --- */

/* Past "{2,5}" when it is one; *least is then its first number. */
static int skip_braces(struct parser *p, long *least)
{
    const char *c = p->at + 1;

    if (*c == ',') {
        p->gave_up = 1; /* a quantifier or not, by the version of PCRE2 */
        return 0;
    }
    if (!isdigit((unsigned char)*c)) {
        return 0;
    }
    for (*least = 0; isdigit((unsigned char)*c) && *least < 100000; c++) {
        *least = *least * 10 + (*c - '0');
    }
    if (*c == ',') {
        c++;
        while (isdigit((unsigned char)*c)) {
            c++;
        }
    }
    if (*c != '}') {
        return 0;
    }
    p->at = c + 1;
    return 1;
}

static void make_at_least_one(struct part *part)
{
    if (part->is_exact) {
        struct slim_literal_set strings = part->strings;
        make_unknown(part);
        slim_rule_literals_require(&part->need, strings);
    }
}

static void make_optional(struct parser *p, struct part *part)
{
    struct slim_literal_set nothing = slim_literal_set_one("", 0, p->pool);

    if (part->is_exact && part->strings.count < SLIM_LITERAL_JOINED_MAX) {
        part->strings = slim_literal_set_join(&nothing, &part->strings, p->pool);
    } else {
        make_unknown(part);
    }
}

static void parse_quantifier(struct parser *p, struct part *part)
{
    long least = 1;

    if (*p->at == '?') {
        p->at++;
        make_optional(p, part);
    } else if (*p->at == '*') {
        p->at++;
        make_unknown(part);
    } else if (*p->at == '+') {
        p->at++;
        make_at_least_one(part);
    } else if (*p->at == '{' && skip_braces(p, &least)) {
        if (least == 0) {
            make_unknown(part);
        } else {
            make_at_least_one(part);
        }
    } else {
        return;
    }
    if (*p->at == '?' || *p->at == '+') { /* lazy, possessive */
        p->at++;
    }
    if (*p->at && strchr("?*+", *p->at)) {
        p->gave_up = 1;
    }
}

/* --- one after another, one or another --- */

static int parse_atom(struct parser *p, struct part *part)
{
    char c = *p->at;

    if (p->gave_up || c == '\0' || c == '|' || c == ')') {
        return 0;
    }
    p->at++;
    switch (c) {
    case '\\': parse_escape(p, part); break;
    case '[': parse_class(p, part); break;
    case '(': parse_group(p, part); break;
    case '.': make_unknown(part); break;
    case '^':
    case '$': make_empty(p, part); break;
    default: make_byte(p, part, c);
    }
    parse_quantifier(p, part);
    return 1;
}

static void parse_sequence(struct parser *p, struct part *part)
{
    struct part next;

    make_empty(p, part);
    while (parse_atom(p, &next)) {
        if (next.is_exact && slim_literal_set_can_follow(&part->strings, &next.strings)) {
            part->strings = slim_literal_set_follow(&part->strings, &next.strings, p->pool);
            continue;
        }
        slim_rule_literals_require(&part->need, part->strings);
        part->is_exact = 0;
        part->strings = next.is_exact ? next.strings : slim_literal_set_one("", 0, p->pool);
        for (int i = 0; i < next.need.sets; i++) {
            slim_rule_literals_require(&part->need, next.need.set[i]);
        }
    }
    if (!part->is_exact) {
        slim_rule_literals_require(&part->need, part->strings);
        part->strings.count = 0;
    }
}

/* One or the other: strings of both, or what either is best searched by. */
static void add_alternative(struct parser *p, struct part *part, const struct part *other)
{
    if (part->is_exact && other->is_exact) {
        part->strings = slim_literal_set_join(&part->strings, &other->strings, p->pool);
        return;
    }
    const struct slim_literal_set *a = best_of(part), *b = best_of(other);
    struct part both;
    make_unknown(&both);
    if (a && b) {
        slim_rule_literals_require(&both.need, slim_literal_set_join(a, b, p->pool));
    }
    *part = both;
}

static void parse_alternatives(struct parser *p, struct part *part)
{
    struct part other;

    if (++p->depth > DEPTH_MAX) {
        give_up(p, part);
        return;
    }
    parse_sequence(p, part);
    while (*p->at == '|' && !p->gave_up) {
        p->at++;
        parse_sequence(p, &other);
        add_alternative(p, part, &other);
    }
    p->depth--;
}

/* Sets of what all agents hold are left out when there is a better one. */
static void keep_good_sets(struct slim_rule_literals *literals)
{
    size_t best = 0;
    int kept = 0;

    for (int i = 0; i < literals->sets; i++) {
        size_t score = slim_literal_set_score(&literals->set[i]);
        best = score > best ? score : best;
    }
    for (int i = 0; i < literals->sets; i++) {
        if (slim_literal_set_score(&literals->set[i]) > SLIM_LITERAL_COMMON
            || best <= SLIM_LITERAL_COMMON) {
            literals->set[kept++] = literals->set[i];
        }
    }
    literals->sets = kept;
}

void slim_rule_literals_find(const char *expression, struct slim_rule_literals *literals,
                             apr_pool_t *pool)
{
    struct parser p = {.at = expression, .pool = pool};
    struct part part;

    memset(literals, 0, sizeof *literals);
    parse_alternatives(&p, &part);
    if (p.gave_up || *p.at) {
        return;
    }
    if (part.is_exact) {
        slim_rule_literals_require(literals, part.strings);
    } else {
        *literals = part.need;
    }
    keep_good_sets(literals);
}
