/* Lists of paths, names and parameters. Looking one up allocates nothing. */
#include "page_list.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include "ascii.h"
#include "facts.h"
#include "text.h"
#include "tsv.h"

#define NAME_MAX_LENGTH 64
#define PATTERN_MAX_LENGTH 512

/* A path: what stands before, between and behind stars. A parameter has none. */
struct path {
    struct slim_text pattern;
    uint64_t pairs;   /* as pairs_of: what it fits has all of these */
    int is_parameter; /* "name" or "name=value" of the query */
    struct slim_listed listed;
};

struct parameter {
    struct slim_text name; /* lower case, without a trailing star */
    int is_prefix, in_path;
};

struct slim_page_list {
    apr_hash_t *names;              /* to struct slim_listed, by lower-case extension */
    apr_array_header_t *paths;      /* struct path */
    apr_array_header_t *parameters; /* struct parameter */
};

struct slim_page_list *slim_page_list_make(apr_pool_t *pool)
{
    struct slim_page_list *list = apr_palloc(pool, sizeof *list);

    list->names = apr_hash_make(pool);
    list->paths = apr_array_make(pool, 64, sizeof(struct path));
    list->parameters = apr_array_make(pool, 64, sizeof(struct parameter));
    return list;
}

/* Which pairs of neighbouring bytes a text has, but for those with a star: a bit stands for
 * several. Of a hundred patterns nearly all need one that an address does not have. */
static uint64_t pairs_of(struct slim_text text)
{
    uint64_t pairs = 0;

    for (size_t i = 1; i < text.length; i++) {
        unsigned char a = (unsigned char)text.at[i - 1], b = (unsigned char)text.at[i];
        uint64_t bit = UINT64_C(1) << ((a * 7u + b * 13u) & 63);
        pairs |= a == '*' || b == '*' ? 0 : bit;
    }
    return pairs;
}

/* --- filling --- */

static const char *add_name(struct slim_page_list *list, const char *extension,
                            struct slim_listed listed, apr_pool_t *pool)
{
    size_t length = strlen(extension);
    char *key = apr_pstrdup(pool, extension);

    if (length == 0 || length > NAME_MAX_LENGTH || strpbrk(extension, "/?*. \t")) {
        return "an extension is letters and digits, as log or tar";
    }
    slim_lower_all(key, length, key);
    if (!apr_hash_get(list->names, key, APR_HASH_KEY_STRING)) {
        apr_hash_set(list->names, key, APR_HASH_KEY_STRING,
                     apr_pmemdup(pool, &listed, sizeof listed));
    }
    return NULL;
}

static const char *add_path(struct slim_page_list *list, const char *pattern,
                            struct slim_listed listed, apr_pool_t *pool)
{
    int is_parameter = pattern[0] == '?';
    const char *text = apr_pstrdup(pool, pattern + is_parameter);

    if (strlen(pattern) > PATTERN_MAX_LENGTH || strpbrk(pattern, " \t")
        || !(pattern[0] == '/' || pattern[0] == '*' || (is_parameter && *text))) {
        return "a path begins with / or *, a parameter with ?";
    }
    APR_ARRAY_PUSH(list->paths, struct path) =
        (struct path){slim_text_of(text), pairs_of(slim_text_of(text)), is_parameter, listed};
    return NULL;
}

static int kind_of(const char *name)
{
    for (int kind = 0; kind < SLIM_KINDS; kind++) {
        if (kind != SLIM_KIND_PREFETCH && strcmp(slim_kind_name((unsigned)kind), name) == 0) {
            return kind;
        }
    }
    return -1;
}

static const char no_kind[] = "the kind is none of page, asset, feed, download, api, other";

const char *slim_page_list_add_kind(struct slim_page_list *list, const char *kind,
                                    const char *pattern, apr_pool_t *pool)
{
    struct slim_listed listed = {kind_of(kind), NULL, 0};

    if (listed.kind < 0) {
        return no_kind;
    }
    return pattern[0] == '.' ? add_name(list, pattern + 1, listed, pool)
                             : add_path(list, pattern, listed, pool);
}

const char *slim_page_list_add_parameter(struct slim_page_list *list, const char *name,
                                         apr_pool_t *pool)
{
    int in_path = name[0] == ';';
    char *text = apr_pstrdup(pool, name + in_path);
    size_t length = strlen(text);
    int is_prefix = length > 0 && text[length - 1] == '*';

    if (is_prefix) {
        text[--length] = '\0';
    }
    if (length == 0 || length > NAME_MAX_LENGTH || strpbrk(text, "&=?#*; \t")) {
        return "a parameter's name, as gclid, utm_* or ;jsessionid";
    }
    slim_lower_all(text, length, text);
    APR_ARRAY_PUSH(list->parameters, struct parameter) =
        (struct parameter){{text, length}, is_prefix, in_path};
    return NULL;
}

static const char *take_path(void *baton, const char *path, struct slim_tsv *row, apr_pool_t *pool)
{
    struct slim_listed listed = {kind_of(row->column[0]), path, row->line};

    if (row->columns != 2) {
        return "needs a kind and a path, with a tab between";
    }
    if (listed.kind < 0) {
        return no_kind;
    }
    row->fault_at = row->at[1];
    return add_path(baton, row->column[1], listed, pool);
}

/* The extensions of a line are parted by spaces. */
static const char *take_names(void *baton, const char *path, struct slim_tsv *row, apr_pool_t *pool)
{
    struct slim_listed listed = {kind_of(row->column[0]), path, row->line};
    char *last = NULL;

    if (row->columns != 2) {
        return "needs a kind and extensions, with a tab between";
    }
    if (listed.kind < 0) {
        return no_kind;
    }
    for (char *name = apr_strtok(row->column[1], " ", &last); name;
         name = apr_strtok(NULL, " ", &last)) {
        const char *why = add_name(baton, name, listed, pool);
        if (why) {
            row->fault_at = row->at[1] + (unsigned)(name - row->column[1]);
            return why;
        }
    }
    return NULL;
}

static const char *take_parameter(void *baton, const char *path, struct slim_tsv *row,
                                  apr_pool_t *pool)
{
    (void)path;
    return row->columns == 1 ? slim_page_list_add_parameter(baton, row->column[0], pool)
                             : "needs one name";
}

apr_status_t slim_page_list_add_paths(struct slim_page_list *list, struct slim_list_file *file,
                                      apr_pool_t *pool)
{
    return slim_tsv_each(file, take_path, list, pool);
}

apr_status_t slim_page_list_add_names(struct slim_page_list *list, struct slim_list_file *file,
                                      apr_pool_t *pool)
{
    return slim_tsv_each(file, take_names, list, pool);
}

apr_status_t slim_page_list_add_parameters(struct slim_page_list *list, struct slim_list_file *file,
                                           apr_pool_t *pool)
{
    return slim_tsv_each(file, take_parameter, list, pool);
}

/* --- looking up --- */

static int ends_with(struct slim_text text, struct slim_text end)
{
    return text.length >= end.length
           && memcmp(text.at + text.length - end.length, end.at, end.length) == 0;
}

static struct slim_text behind(struct slim_text text, size_t length)
{
    return (struct slim_text){text.at + length, text.length - length};
}

/* Each piece between two stars is looked for once, from left to right; the last stands at the end.
 */
static int fits(struct slim_text pattern, struct slim_text path)
{
    const char *star = memchr(pattern.at, '*', pattern.length);
    size_t before = star ? (size_t)(star - pattern.at) : pattern.length;

    if (path.length < before || memcmp(path.at, pattern.at, before) != 0) {
        return 0;
    }
    if (!star) {
        return path.length == before;
    }
    path = behind(path, before);
    pattern = behind(pattern, before + 1);
    while ((star = memchr(pattern.at, '*', pattern.length)) != NULL) {
        size_t piece = (size_t)(star - pattern.at);
        const char *found = piece ? memmem(path.at, path.length, pattern.at, piece) : path.at;
        if (!found) {
            return 0;
        }
        path = behind(path, (size_t)(found - path.at) + piece);
        pattern = behind(pattern, piece + 1);
    }
    return ends_with(path, pattern);
}

static int has_parameter(struct slim_text wanted, struct slim_text query)
{
    while (query.length > 0) {
        const char *end = memchr(query.at, '&', query.length);
        size_t length = end ? (size_t)(end - query.at) : query.length;
        if (length >= wanted.length && memcmp(query.at, wanted.at, wanted.length) == 0
            && (length == wanted.length || query.at[wanted.length] == '=')) {
            return 1;
        }
        query = behind(query, end ? length + 1 : length);
    }
    return 0;
}

const struct slim_listed *slim_page_list_path(const struct slim_page_list *list,
                                              struct slim_text resource)
{
    const char *mark = resource.length ? memchr(resource.at, '?', resource.length) : NULL;
    struct slim_text path = resource, query = {"", 0};

    if (!list || resource.length == 0) {
        return NULL;
    }
    if (mark) {
        path.length = (size_t)(mark - resource.at);
        query = behind(resource, path.length + 1);
    }
    uint64_t pairs = pairs_of(resource);
    for (int i = 0; i < list->paths->nelts; i++) {
        const struct path *p = &APR_ARRAY_IDX(list->paths, i, struct path);
        if (p->pairs & ~pairs) {
            continue;
        }
        if (p->is_parameter ? has_parameter(p->pattern, query) : fits(p->pattern, path)) {
            return &p->listed;
        }
    }
    return NULL;
}

const struct slim_listed *slim_page_list_name(const struct slim_page_list *list,
                                              struct slim_text extension)
{
    char key[NAME_MAX_LENGTH];

    if (!list || extension.length == 0 || extension.length > sizeof key) {
        return NULL;
    }
    slim_lower_all(extension.at, extension.length, key);
    return apr_hash_get(list->names, key, (apr_ssize_t)extension.length);
}

int slim_page_list_drops(const struct slim_page_list *list, struct slim_text name, int in_path)
{
    for (int i = 0; list && i < list->parameters->nelts; i++) {
        const struct parameter *p = &APR_ARRAY_IDX(list->parameters, i, struct parameter);
        if (p->in_path == in_path && name.length >= p->name.length
            && (p->is_prefix || name.length == p->name.length)
            && slim_text_begins(name, p->name.at)) {
            return 1;
        }
    }
    return 0;
}
