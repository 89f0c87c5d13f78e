/* Rules that make pages equal: reading and applying them. */
#include "page_rule.h"

#include <apr_strings.h>

#include "ascii.h"
#include "bytes.h"
#include "crc32c.h"
#include "hit_rule.h"
#include "page_pattern.h"
#include "section.h"
#include "text.h"

#define PATH_MAX_BYTES 4096

/* --- reading --- */

uint32_t slim_page_section_id(const char *section)
{
    uint32_t id = slim_crc32c(0, section, strlen(section));

    return id ? id : 1;
}

static const struct {
    const char *word;
    enum slim_page_rule_kind kind;
} words[] = {{"none", SLIM_PAGE_NONE},
             {"file", SLIM_PAGE_FILE},
             {"index", SLIM_PAGE_INDEX},
             {"slash", SLIM_PAGE_SLASH},
             {"lower", SLIM_PAGE_LOWER}};

static int is_printable(const char *text)
{
    size_t length = strlen(text);

    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c <= 0x20 || c == 0x7f) {
            return 0;
        }
    }
    return length > 0 && length <= SLIM_PAGE_RULE_MAX && slim_utf8_is_valid(text, length);
}

static apr_status_t parse_map(struct slim_page_rule *rule, const char *rest, const char **why,
                              apr_pool_t *pool)
{
    const char *space = strchr(rest, ' ');
    const char *pattern = space ? apr_pstrmemdup(pool, rest, (apr_size_t)(space - rest)) : "";

    if (!space || !is_printable(pattern) || !is_printable(space + 1)) {
        *why = "map needs a pattern and a page, each without spaces and up to 512 bytes";
        return SLIM_EBADSETTING;
    }
    rule->kind = SLIM_PAGE_MAP;
    rule->page = space + 1;
    return slim_page_pattern_make(pattern, rule->page, &rule->pattern, why, pool);
}

static apr_status_t parse_word(struct slim_page_rule *rule)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(rule->text, words[i].word) == 0) {
            rule->kind = words[i].kind;
            return APR_SUCCESS;
        }
    }
    if (strncmp(rule->text, "index=", 6) == 0 && is_printable(rule->text + 6)
        && !strpbrk(rule->text + 6, "/?")) {
        rule->kind = SLIM_PAGE_INDEX;
        rule->page = rule->text + 6;
        return APR_SUCCESS;
    }
    return SLIM_EBADSETTING;
}

apr_status_t slim_page_rule_parse(const char *text, struct slim_page_rule *rule, const char **why,
                                  apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, text), *tab = strchr(copy, '\t');

    *why = NULL;
    if (!tab || !strchr("\t/<*", *copy)) {
        return SLIM_EBADSETTING;
    }
    *tab = '\0';
    memset(rule, 0, sizeof *rule);
    rule->section = copy;
    rule->text = tab + 1;
    rule->section_id = *copy == '<' ? slim_page_section_id(copy) : 0;
    return strncmp(rule->text, "map ", 4) == 0 ? parse_map(rule, rule->text + 4, why, pool)
                                               : parse_word(rule);
}

int slim_page_rules_are_equal(const apr_array_header_t *a, const apr_array_header_t *b)
{
    int count = a ? a->nelts : 0;

    if (count != (b ? b->nelts : 0)) {
        return 0;
    }
    for (int i = 0; i < count; i++) {
        const struct slim_page_rule *one = &APR_ARRAY_IDX(a, i, struct slim_page_rule);
        const struct slim_page_rule *two = &APR_ARRAY_IDX(b, i, struct slim_page_rule);
        if (strcmp(one->section, two->section) != 0 || strcmp(one->text, two->text) != 0) {
            return 0;
        }
    }
    return 1;
}

/* --- the page while it is made --- */

struct making {
    char *page;
    size_t length, size;
    const struct slim_page_rule *made;
};

static size_t path_of(const struct making *m)
{
    const char *mark = m->length ? memchr(m->page, '?', m->length) : NULL;

    return mark ? (size_t)(mark - m->page) : m->length;
}

static void cut_out(struct making *m, size_t from, size_t to, const struct slim_page_rule *rule)
{
    if (to > from) {
        memmove(m->page + from, m->page + to, m->length - to);
        m->length -= to - from;
        m->made = rule;
    }
}

static int is_index(const char *name, size_t length, const char *own)
{
    static const char *const usual[] = {"index.html", "index.htm",   "index.xhtml",
                                        "index.php",  "index.shtml", NULL};
    const char *const one[] = {own, NULL};

    for (const char *const *is = own ? one : usual; *is; is++) {
        if (strlen(*is) == length && memcmp(name, *is, length) == 0) {
            return 1;
        }
    }
    return 0;
}

/* httpd completed what was asked for: a directory's index, a name without its extension. A file
 * that answers for all that has none, as a front controller does, says nothing of the page. */
static int is_completed(struct slim_text path, struct slim_text file)
{
    return file.length > path.length && memcmp(file.at, path.at, path.length) == 0
           && !memchr(file.at + path.length, '/', file.length - path.length);
}

static void take_file(struct making *m, const struct slim_page_rule *rule, struct slim_text file)
{
    size_t path = path_of(m);

    if (is_completed((struct slim_text){m->page, path}, file) && file.length <= m->size) {
        size_t rest = slim_utf8_cut(m->page + path, m->length - path, m->size - file.length);
        memmove(m->page + file.length, m->page + path, rest);
        memcpy(m->page, file.at, file.length);
        m->length = file.length + rest;
        m->made = rule;
    }
}

static void strip_index(struct making *m, const struct slim_page_rule *rule)
{
    size_t path = path_of(m), name = path;

    while (name > 0 && m->page[name - 1] != '/') {
        name--;
    }
    if (name > 0 && is_index(m->page + name, path - name, rule->page)) {
        cut_out(m, name, path, rule);
    }
}

/* The root stays. */
static void strip_slash(struct making *m, const struct slim_page_rule *rule)
{
    size_t path = path_of(m), end = path;

    while (end > 1 && m->page[end - 1] == '/') {
        end--;
    }
    cut_out(m, end, path, rule);
}

/* The digits of escapes are capitals in every page. */
static void make_lower(struct making *m, const struct slim_page_rule *rule)
{
    size_t path = path_of(m);

    for (size_t i = 0; i < path; i++) {
        if (m->page[i] == '%' && i + 2 < path && slim_hex_byte(m->page + i + 1) >= 0) {
            i += 2;
        } else if (slim_lower(m->page[i]) != m->page[i]) {
            m->page[i] = slim_lower(m->page[i]);
            m->made = rule;
        }
    }
}

/* A page that is empty would be no page. */
static void map(struct making *m, const struct slim_page_rule *rule)
{
    char made[2048];
    size_t path = slim_page_pattern_has_query(rule->pattern) ? m->length : path_of(m), length;

    if (!slim_page_pattern_apply(rule->pattern, (struct slim_text){m->page, path}, made,
                                 m->size < sizeof made ? m->size : sizeof made, &length)
        || length == 0) {
        return;
    }
    size_t rest = slim_utf8_cut(m->page + path, m->length - path, m->size - length);
    memmove(m->page + length, m->page + path, rest);
    memcpy(m->page, made, length);
    m->length = length + rest;
    m->made = rule;
}

/* --- going through the rules --- */

struct sections {
    char path[PATH_MAX_BYTES]; /* made when a rule asks for it */
    int has_path;
    const struct slim_page_place *place;
};

static int has_id(struct slim_text sections, uint32_t id)
{
    for (size_t at = 0; at + 4 <= sections.length; at += 4) {
        if (slim_get_u32(sections.at + at) == id) {
            return 1;
        }
    }
    return 0;
}

static int holds(struct sections *s, const struct slim_page_rule *rule)
{
    if (rule->section_id) {
        return has_id(s->place->sections, rule->section_id);
    }
    if (!*rule->section) {
        return 1;
    }
    if (!s->has_path) {
        slim_hit_rule_path(s->place->resource, s->path, sizeof s->path);
        s->has_path = 1;
    }
    return slim_section_holds(rule->section, s->path);
}

static const struct slim_page_rule *rule_at(const apr_array_header_t *rules, int i)
{
    return &APR_ARRAY_IDX(rules, i, struct slim_page_rule);
}

/* Behind the last "none" that holds. */
static int first_rule(const apr_array_header_t *rules, struct sections *s)
{
    int first = rules->nelts;

    while (first > 0
           && !(rule_at(rules, first - 1)->kind == SLIM_PAGE_NONE
                && holds(s, rule_at(rules, first - 1)))) {
        first--;
    }
    return first;
}

static void apply(struct making *m, const struct slim_page_rule *rule, struct slim_text file)
{
    switch (rule->kind) {
    case SLIM_PAGE_FILE: take_file(m, rule, file); break;
    case SLIM_PAGE_INDEX: strip_index(m, rule); break;
    case SLIM_PAGE_SLASH: strip_slash(m, rule); break;
    case SLIM_PAGE_LOWER: make_lower(m, rule); break;
    case SLIM_PAGE_MAP: map(m, rule); break;
    case SLIM_PAGE_NONE: break;
    }
}

size_t slim_page_rules_apply(const apr_array_header_t *rules, const struct slim_page_place *place,
                             char *page, size_t length, size_t size,
                             const struct slim_page_rule **made)
{
    struct making m = {page, length, size, NULL};
    struct sections s = {.has_path = 0, .place = place};

    *made = NULL;
    if (!rules || length == 0) {
        return length;
    }
    int first = first_rule(rules, &s);
    for (int kind = SLIM_PAGE_FILE; kind <= SLIM_PAGE_MAP; kind++) {
        for (int i = first; i < rules->nelts; i++) {
            const struct slim_page_rule *rule = rule_at(rules, i);
            if ((int)rule->kind == kind && holds(&s, rule)) {
                apply(&m, rule, place->file);
            }
        }
    }
    *made = m.made;
    return m.length;
}
