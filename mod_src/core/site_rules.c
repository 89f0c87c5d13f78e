/* Rules by site: a hash, and wildcards in it. */
#include "site_rules.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "ascii.h"
#include "hit.h"
#include "setting_table.h"
#include "text.h"

static const struct slim_site_rules defaults = {.query_text = "keep",
                                                .query = {SLIM_QUERY_KEEP, "", "", {0, ""}},
                                                .secret_text = "",
                                                .address = SLIM_ADDRESS_FULL};

struct slim_site_rules *slim_site_rules_make(apr_hash_t *sites, const char *site)
{
    apr_pool_t *pool = apr_hash_pool_get(sites);
    char *key = apr_pstrdup(pool, site);

    slim_lower_all(key, strlen(key), key);
    struct slim_site_rules *rules = apr_hash_get(sites, key, APR_HASH_KEY_STRING);
    if (!rules) {
        rules = apr_pmemdup(pool, &defaults, sizeof defaults);
        apr_hash_set(sites, key, APR_HASH_KEY_STRING, rules);
    }
    return rules;
}

static int set_query(struct slim_site_rules *rules, const char *value, apr_pool_t *pool)
{
    (void)pool;
    rules->query_text = value;
    return slim_query_rule_parse(value, &rules->query);
}

static int set_search(struct slim_site_rules *rules, const char *value, apr_pool_t *pool)
{
    (void)pool;
    rules->query.search = value;
    return slim_query_keys_are_good(value);
}

/* One of the words that the table has for a setting. */
static int parse_word(const char *name, const char *value, uint64_t *word)
{
    return slim_setting_parse(slim_setting_find(name), value, 0, word) == APR_SUCCESS;
}

static int set_secret(struct slim_site_rules *rules, const char *value, apr_pool_t *pool)
{
    rules->secret_text = value;
    return slim_secret_rule_parse(value, &rules->query.secret, pool);
}

static int set_robots(struct slim_site_rules *rules, const char *value, apr_pool_t *pool)
{
    uint64_t drop = 0;
    int known = parse_word("site-robots", value, &drop);

    (void)pool;
    rules->drop_robots = (int)drop;
    return known;
}

static int set_address(struct slim_site_rules *rules, const char *value, apr_pool_t *pool)
{
    uint64_t kept = 0;
    int known = parse_word("site-address", value, &kept);

    (void)pool;
    rules->address = (enum slim_address_kept)kept;
    return known;
}

static const struct {
    const char *word;
    uint32_t flag;
} respects[] = {{"dnt", SLIM_HIT_DNT}, {"gpc", SLIM_HIT_GPC}};

#define RESPECTS (sizeof respects / sizeof respects[0])

static uint32_t respect_of(const char *word, size_t length)
{
    for (size_t i = 0; i < RESPECTS; i++) {
        if (length == strlen(respects[i].word)
            && slim_text_begins((struct slim_text){word, length}, respects[i].word)) {
            return respects[i].flag;
        }
    }
    return 0;
}

int slim_respect_parse(const char *text, uint32_t *flags)
{
    *flags = 0;
    if (slim_text_is(slim_text_of(text), "none")) {
        return 1;
    }
    for (;;) {
        size_t length = strcspn(text, " ");
        uint32_t flag = respect_of(text, length);
        *flags |= flag;
        if (!flag || !text[length]) {
            return flag != 0;
        }
        text += length + 1;
    }
}

static int set_respect(struct slim_site_rules *rules, const char *value, apr_pool_t *pool)
{
    (void)pool;
    return slim_respect_parse(value, &rules->respected);
}

void slim_site_rules_exclude(struct slim_site_rules *rules, const struct slim_exclusion *exclusion,
                             apr_pool_t *pool)
{
    if (!rules->exclusions) {
        rules->exclusions = apr_array_make(pool, 4, sizeof *exclusion);
    }
    APR_ARRAY_PUSH(rules->exclusions, struct slim_exclusion) = *exclusion;
}

static int add_told(struct slim_site_rules *rules, const char *value, int is_own, apr_pool_t *pool)
{
    struct slim_exclusion exclusion;

    if (slim_exclusion_parse(value, &exclusion, pool) != APR_SUCCESS) {
        return 0;
    }
    exclusion.is_own = is_own;
    slim_site_rules_exclude(rules, &exclusion, pool);
    return 1;
}

static int add_exclusion(struct slim_site_rules *rules, const char *value, apr_pool_t *pool)
{
    return add_told(rules, value, 0, pool);
}

static int add_own(struct slim_site_rules *rules, const char *value, apr_pool_t *pool)
{
    return add_told(rules, value, 1, pool);
}

void slim_site_rules_page(struct slim_site_rules *rules, const struct slim_page_rule *rule,
                          apr_pool_t *pool)
{
    if (!rules->pages) {
        rules->pages = apr_array_make(pool, 4, sizeof *rule);
    }
    APR_ARRAY_PUSH(rules->pages, struct slim_page_rule) = *rule;
}

static int add_page(struct slim_site_rules *rules, const char *value, apr_pool_t *pool)
{
    struct slim_page_rule rule;
    const char *why;

    if (slim_page_rule_parse(value, &rule, &why, pool) != APR_SUCCESS) {
        return 0;
    }
    slim_site_rules_page(rules, &rule, pool);
    return 1;
}

static const char *note_listed(struct slim_site_rules *rules, const char *name, const char *value,
                               const char *why, apr_pool_t *pool)
{
    if (!why) {
        if (!rules->listed) {
            rules->listed = apr_array_make(pool, 4, sizeof(struct slim_site_listed));
        }
        APR_ARRAY_PUSH(rules->listed, struct slim_site_listed) =
            (struct slim_site_listed){name, apr_pstrdup(pool, value)};
    }
    return why;
}

static struct slim_page_list *own_list(struct slim_site_rules *rules, apr_pool_t *pool)
{
    if (!rules->own) {
        rules->own = slim_page_list_make(pool);
    }
    return rules->own;
}

const char *slim_site_rules_kind(struct slim_site_rules *rules, const char *value, apr_pool_t *pool)
{
    const char *space = strchr(value, ' ');
    const char *kind = space ? apr_pstrmemdup(pool, value, (apr_size_t)(space - value)) : value;
    const char *pattern = space ? apr_pstrdup(pool, space + 1) : "";
    const char *why = slim_page_list_add_kind(own_list(rules, pool), kind, pattern, pool);

    return note_listed(rules, "site-kind", value, why, pool);
}

const char *slim_site_rules_parameter(struct slim_site_rules *rules, const char *name,
                                      apr_pool_t *pool)
{
    const char *why = slim_page_list_add_parameter(own_list(rules, pool), name, pool);

    return note_listed(rules, "site-parameter", name, why, pool);
}

static int add_kind(struct slim_site_rules *rules, const char *value, apr_pool_t *pool)
{
    return slim_site_rules_kind(rules, value, pool) == NULL;
}

static int add_parameter(struct slim_site_rules *rules, const char *value, apr_pool_t *pool)
{
    return slim_site_rules_parameter(rules, value, pool) == NULL;
}

static const struct {
    const char *name;
    int (*set)(struct slim_site_rules *rules, const char *value, apr_pool_t *pool);
} table[] = {{"site-query", set_query},        {"site-search", set_search},
             {"site-secret", set_secret},      {"site-robots", set_robots},
             {"site-address", set_address},    {"site-respect", set_respect},
             {"site-exclude", add_exclusion},  {"site-own", add_own},
             {"site-page", add_page},          {"site-kind", add_kind},
             {"site-parameter", add_parameter}};

static int listed_are_equal(const apr_array_header_t *a, const apr_array_header_t *b)
{
    int count = a ? a->nelts : 0;

    if (count != (b ? b->nelts : 0)) {
        return 0;
    }
    for (int i = 0; i < count; i++) {
        const struct slim_site_listed *one = &APR_ARRAY_IDX(a, i, struct slim_site_listed);
        const struct slim_site_listed *two = &APR_ARRAY_IDX(b, i, struct slim_site_listed);
        if (strcmp(one->name, two->name) != 0 || strcmp(one->value, two->value) != 0) {
            return 0;
        }
    }
    return 1;
}

int slim_site_rules_are_equal(const struct slim_site_rules *a, const struct slim_site_rules *b)
{
    return strcmp(a->query_text, b->query_text) == 0
           && strcmp(a->query.search, b->query.search) == 0
           && strcmp(a->secret_text, b->secret_text) == 0 && a->drop_robots == b->drop_robots
           && a->address == b->address && a->respected == b->respected
           && slim_exclusions_are_equal(a->exclusions, b->exclusions)
           && slim_page_rules_are_equal(a->pages, b->pages)
           && listed_are_equal(a->listed, b->listed);
}

apr_status_t slim_site_rules_set(apr_hash_t *sites, const char *name, const char *value)
{
    apr_pool_t *pool = apr_hash_pool_get(sites);
    const char *tab = strchr(value, '\t');

    for (size_t i = 0; tab && tab > value && i < sizeof table / sizeof table[0]; i++) {
        struct slim_site_rules tried = defaults;
        if (strcmp(name, table[i].name) != 0) {
            continue;
        }
        value = apr_pstrmemdup(pool, value, (apr_size_t)(tab - value));
        tab = apr_pstrdup(pool, tab + 1);
        return table[i].set(&tried, tab, pool)
                       && table[i].set(slim_site_rules_make(sites, value), tab, pool)
                   ? APR_SUCCESS
                   : SLIM_EBADSETTING;
    }
    return SLIM_EBADSETTING;
}

static const char *join_respects(uint32_t flags, apr_pool_t *pool)
{
    const char *text = "";

    for (size_t i = 0; i < RESPECTS; i++) {
        if (flags & respects[i].flag) {
            text = apr_pstrcat(pool, text, *text ? " " : "", respects[i].word, NULL);
        }
    }
    return text;
}

static void write_line(apr_array_header_t *lines, const char *name, const char *site,
                       const char *value)
{
    APR_ARRAY_PUSH(lines, const char *) =
        apr_pstrcat(lines->pool, name, " ", site, "\t", value, "\n", NULL);
}

/* A rule of a section. */
static void write_in_section(apr_array_header_t *lines, const char *name, const char *site,
                             const char *section, const char *text)
{
    write_line(lines, name, site, apr_pstrcat(lines->pool, section, "\t", text, NULL));
}

static void write_rules(apr_array_header_t *lines, const char *site,
                        const struct slim_site_rules *rules)
{
    write_line(lines, "site-query", site, rules->query_text);
    write_line(lines, "site-robots", site, rules->drop_robots ? "drop" : "keep");
    if (*rules->query.search) {
        write_line(lines, "site-search", site, rules->query.search);
    }
    if (*rules->secret_text) {
        write_line(lines, "site-secret", site, rules->secret_text);
    }
    write_line(lines, "site-address", site,
               slim_setting_find("site-address")->word[rules->address]);
    if (rules->respected) {
        write_line(lines, "site-respect", site, join_respects(rules->respected, lines->pool));
    }
    for (int i = 0; rules->exclusions && i < rules->exclusions->nelts; i++) {
        const struct slim_exclusion *one =
            &APR_ARRAY_IDX(rules->exclusions, i, struct slim_exclusion);
        write_in_section(lines, one->is_own ? "site-own" : "site-exclude", site, one->section,
                         one->text);
    }
    for (int i = 0; rules->pages && i < rules->pages->nelts; i++) {
        const struct slim_page_rule *one = &APR_ARRAY_IDX(rules->pages, i, struct slim_page_rule);
        write_in_section(lines, "site-page", site, one->section, one->text);
    }
    for (int i = 0; rules->listed && i < rules->listed->nelts; i++) {
        const struct slim_site_listed *one =
            &APR_ARRAY_IDX(rules->listed, i, struct slim_site_listed);
        write_line(lines, one->name, site, one->value);
    }
}

const char *slim_site_rules_write(apr_hash_t *sites, apr_pool_t *pool)
{
    apr_array_header_t *lines = apr_array_make(pool, 16, sizeof(const char *));

    for (apr_hash_index_t *hi = apr_hash_first(pool, sites); hi; hi = apr_hash_next(hi)) {
        write_rules(lines, apr_hash_this_key(hi), apr_hash_this_val(hi));
    }
    return apr_array_pstrcat(pool, lines, 0);
}

const struct slim_site_rules *slim_site_rules_find(apr_hash_t *sites, struct slim_text site)
{
    char key[256];
    size_t length = site.length < sizeof key ? site.length : sizeof key - 1;

    if (!sites || apr_hash_count(sites) == 0) {
        return &defaults;
    }
    slim_lower_all(site.at, length, key);
    const struct slim_site_rules *rules =
        length > 0 ? apr_hash_get(sites, key, (apr_ssize_t)length) : NULL;
    for (size_t i = 1; !rules && i < length; i++) {
        if (key[i] == '.') {
            key[i - 1] = '*';
            rules = apr_hash_get(sites, key + i - 1, (apr_ssize_t)(length - i + 1));
        }
    }
    if (!rules) {
        rules = apr_hash_get(sites, "*", 1);
    }
    return rules ? rules : &defaults;
}
