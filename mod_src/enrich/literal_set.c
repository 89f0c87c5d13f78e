/* Sets of strings of which a subject contains one, and how selective they are. */
#include "literal_set.h"

#include <assert.h>
#include <string.h>

/* Agents of today's browsers: strings in here are not selective. */
static const char usual[] =
    "mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 (khtml, like gecko) version/4.0 "
    "chrome/120.0.0.0 mobile safari/537.36 (x11; linux x86_64) (linux; u; android 10; k) "
    "(macintosh; intel mac os x 10_15_7) (iphone; cpu iphone os 17_0 like mac os x) mobile/15e148 "
    "(compatible; gecko/20100101 firefox/";

void slim_literal_set_push(struct slim_literal_set *set, const char *a, size_t a_length,
                           const char *b, size_t b_length, apr_pool_t *pool)
{
    char *text = apr_palloc(pool, a_length + b_length + 1);

    if (a_length > 0) {
        memcpy(text, a, a_length);
    }
    if (b_length > 0) {
        memcpy(text + a_length, b, b_length);
    }
    text[a_length + b_length] = '\0';
    set->item[set->count++] = (struct slim_text){text, a_length + b_length};
}

struct slim_literal_set slim_literal_set_make(int count, apr_pool_t *pool)
{
    return (struct slim_literal_set){0, apr_palloc(pool,
                                                   (size_t)(count + 1) * sizeof(struct slim_text))};
}

struct slim_literal_set slim_literal_set_one(const char *text, size_t length, apr_pool_t *pool)
{
    struct slim_literal_set set = slim_literal_set_make(1, pool);

    slim_literal_set_push(&set, text, length, "", 0, pool);
    return set;
}

int slim_literal_set_holds(const struct slim_literal_set *set, struct slim_text text)
{
    for (int i = 0; i < set->count; i++) {
        if (set->item[i].length == text.length
            && memcmp(set->item[i].at, text.at, text.length) == 0) {
            return 1;
        }
    }
    return 0;
}

struct slim_literal_set slim_literal_set_join(const struct slim_literal_set *a,
                                              const struct slim_literal_set *b, apr_pool_t *pool)
{
    struct slim_literal_set set = slim_literal_set_make(a->count + b->count, pool);

    memcpy(set.item, a->item, (size_t)a->count * sizeof *a->item);
    set.count = a->count;
    for (int i = 0; i < b->count; i++) {
        if (a->count > SLIM_LITERAL_JOINED_MAX || !slim_literal_set_holds(&set, b->item[i])) {
            set.item[set.count++] = b->item[i];
        }
    }
    return set;
}

static size_t longest(const struct slim_literal_set *set)
{
    size_t length = 0;

    for (int i = 0; i < set->count; i++) {
        length = set->item[i].length > length ? set->item[i].length : length;
    }
    return length;
}

int slim_literal_set_can_follow(const struct slim_literal_set *a, const struct slim_literal_set *b)
{
    return a->count * b->count <= SLIM_LITERAL_JOINED_MAX
           && longest(a) + longest(b) <= SLIM_LITERAL_MAX;
}

struct slim_literal_set slim_literal_set_follow(const struct slim_literal_set *a,
                                                const struct slim_literal_set *b, apr_pool_t *pool)
{
    struct slim_literal_set set = slim_literal_set_make(a->count * b->count, pool);

    for (int i = 0; i < a->count; i++) {
        for (int j = 0; j < b->count; j++) {
            slim_literal_set_push(&set, a->item[i].at, a->item[i].length, b->item[j].at,
                                  b->item[j].length, pool);
        }
    }
    return set;
}

/* A single byte that is common is of no use, one that is rare is of some. */
static size_t score_of_item(struct slim_text item)
{
    if (item.length == 0) {
        return 0;
    }
    if (strstr(usual, item.at)) {
        return item.length == 1 ? 0 : SLIM_LITERAL_COMMON;
    }
    return item.length;
}

size_t slim_literal_set_score(const struct slim_literal_set *set)
{
    size_t score = SLIM_LITERAL_MAX;

    for (int i = 0; i < set->count && score > 0; i++) {
        size_t item = score_of_item(set->item[i]);
        score = item < score ? item : score;
    }
    return set->count > 0 ? score : 0;
}

struct slim_text slim_literal_rare_part(struct slim_text literal, size_t length)
{
    char part[SLIM_LITERAL_MAX + 1];

    assert(length <= SLIM_LITERAL_MAX);
    if (literal.length <= length) {
        return literal;
    }
    part[length] = '\0';
    for (size_t from = literal.length - length + 1; from > 0; from--) {
        memcpy(part, literal.at + from - 1, length);
        if (!strstr(usual, part)) {
            return (struct slim_text){literal.at + from - 1, length};
        }
    }
    return (struct slim_text){literal.at + literal.length - length, length};
}

/* As its score says, without looking for what is longer than a byte. */
int slim_literal_set_is_useless(const struct slim_literal_set *set)
{
    for (int i = 0; i < set->count; i++) {
        if (set->item[i].length < 2 && score_of_item(set->item[i]) == 0) {
            return 1;
        }
    }
    return set->count == 0;
}

/* Another set is required; of too many the worst is dropped. */
void slim_rule_literals_require(struct slim_rule_literals *need, struct slim_literal_set set)
{
    int worst = 0;

    if (slim_literal_set_is_useless(&set)) {
        return;
    }
    if (need->sets < SLIM_LITERAL_SETS) {
        need->set[need->sets++] = set;
        return;
    }
    for (int i = 1; i < need->sets; i++) {
        worst = slim_literal_set_score(&need->set[i]) < slim_literal_set_score(&need->set[worst])
                    ? i
                    : worst;
    }
    if (slim_literal_set_score(&set) > slim_literal_set_score(&need->set[worst])) {
        need->set[worst] = set;
    }
}
