/* Words searched for on the site itself: by a parameter, or a part of the path. */
#include "local_search.h"

#include <string.h>

#include "core/query_rule.h"
#include "core/text.h"
#include "fold.h"
#include "resource.h"
#include "value.h"

/* What would be a page; one that is fetched ahead may yet be shown. */
static int may_search(const struct slim_hit *hit, const struct slim_facts *facts)
{
    return (facts->kind == SLIM_KIND_PAGE || facts->kind == SLIM_KIND_PREFETCH)
           && slim_text_is(hit->field[SLIM_METHOD], "get") && hit->status >= 200
           && hit->status < 400;
}

/* The part of a path that stands for the * at a pattern's end. */
static struct slim_text part_of_path(struct slim_text path, const char *pattern, size_t length)
{
    struct slim_text part = {NULL, 0};

    if (length < 2 || pattern[length - 1] != '*' || path.length < length
        || memcmp(path.at, pattern, length - 1) != 0) {
        return part;
    }
    part.at = path.at + length - 1;
    const char *end = memchr(part.at, '/', path.length - (length - 1));
    part.length = end ? (size_t)(end - part.at) : path.length - (length - 1);
    return part;
}

static struct slim_text find_in_path(const char *keys, struct slim_text target)
{
    struct slim_text path = slim_query_cut(slim_resource_derive(target)), part = {NULL, 0};
    int patterns = 0;

    while (*keys && part.length == 0) {
        size_t length = strcspn(keys, " ");
        if (*keys == '/') {
            part = part_of_path(path, keys, length);
            patterns++;
        }
        keys += length + (keys[length] == ' ');
    }
    return patterns > 0
               ? part
               : part_of_path(path, SLIM_LOCAL_SEARCH_PATH, strlen(SLIM_LOCAL_SEARCH_PATH));
}

void slim_local_search_derive(const char *keys, const struct slim_hit *hit,
                              struct slim_facts *facts)
{
    struct slim_text target = hit->field[SLIM_URI];
    char words[SLIM_TERMS_MAX];

    facts->terms_are_local = 0;
    if (!may_search(hit, facts) || strcmp(keys, "none") == 0) {
        return;
    }
    struct slim_text raw = slim_value_find(keys, slim_value_query(target));
    size_t length = slim_value_read(raw, "", words, sizeof words);
    if (length == 0) {
        length = slim_value_read(find_in_path(keys, target), "", words, sizeof words);
    }
    if (length > 0) {
        length = slim_fold_case(words, length, facts->terms_buffer, sizeof facts->terms_buffer);
        facts->terms = (struct slim_text){facts->terms_buffer, length};
        facts->terms_are_local = 1;
    }
}
