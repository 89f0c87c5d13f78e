/* Rule files in uap-core's format: three lists of maps, each with a regex and replacements. */
#include "agent_rules.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <yaml.h>

#include "core/text.h"

#define REPLACEMENTS SLIM_RULE_VALUES /* of family, major, minor, patch, patch_minor */

/* A rule's values are what it gives instead of its groups; NULL: the group of that number. */
struct slim_agent_rules {
    struct slim_rules *browsers, *platforms, *spiders;
};

struct section {
    const char *name;
    const char *keys[REPLACEMENTS];
};

static const struct section sections[] = {
    {"user_agent_parsers",
     {"family_replacement", "v1_replacement", "v2_replacement", "v3_replacement", NULL}},
    {"os_parsers",
     {"os_replacement", "os_v1_replacement", "os_v2_replacement", "os_v3_replacement",
      "os_v4_replacement"}},
    {"device_parsers", {"device_replacement", NULL, NULL, NULL, NULL}},
};

struct reading {
    struct slim_agent_rules *rules;
    struct slim_list_file *file;
    yaml_document_t *document;
    apr_pool_t *pool;
};

static const char *scalar(const yaml_node_t *node)
{
    return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

static apr_status_t fault(struct reading *in, const yaml_mark_t *mark, unsigned offset,
                          const char *why)
{
    return slim_list_file_fault(in->file, (unsigned)mark->line + 1,
                                (unsigned)mark->column + 1 + offset, why, in->pool);
}

/* One rule of a section as the file has it. */
struct entry {
    const yaml_node_t *expression; /* NULL: none */
    struct slim_rule rule;
};

static void read_entry(struct reading *in, const struct section *section, const yaml_node_t *map,
                       struct entry *entry)
{
    memset(entry, 0, sizeof *entry);
    for (const yaml_node_pair_t *pair = map->data.mapping.pairs.start;
         pair < map->data.mapping.pairs.top; pair++) {
        const yaml_node_t *node = yaml_document_get_node(in->document, pair->value);
        const char *key = scalar(yaml_document_get_node(in->document, pair->key));
        const char *value = scalar(node);
        if (!key || !value) {
            continue;
        }
        if (strcmp(key, "regex") == 0) {
            entry->expression = node;
            entry->rule.expression = value;
        } else if (strcmp(key, "regex_flag") == 0) {
            entry->rule.ignore_case = strcmp(value, "i") == 0;
        }
        for (int i = 0; i < REPLACEMENTS; i++) {
            if (section->keys[i] && strcmp(key, section->keys[i]) == 0) {
                entry->rule.value[i] = value;
            }
        }
    }
}

static apr_status_t add_rule(struct reading *in, struct slim_rules *target,
                             const struct entry *entry)
{
    const yaml_node_t *node = entry->expression;
    unsigned offset, quote = node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    const char *why;
    apr_status_t rv = slim_rules_add(target, &entry->rule, &why, &offset, in->pool);

    if (rv == SLIM_EBADRULES) {
        (void)fault(in, &node->start_mark, offset + quote, why);
    }
    return rv;
}

static apr_status_t add_entry(struct reading *in, const struct section *section,
                              const yaml_node_t *map)
{
    struct entry entry;
    struct slim_agent_rules *rules = in->rules;
    struct slim_rules *list = section == &sections[0]   ? rules->browsers
                              : section == &sections[1] ? rules->platforms
                                                        : rules->spiders;

    if (map->type != YAML_MAPPING_NODE) {
        return fault(in, &map->start_mark, 0, "no rule: it needs a regex");
    }
    read_entry(in, section, map, &entry);
    if (!entry.expression) {
        return fault(in, &map->start_mark, 0, "a rule without a regex");
    }
    const char *device = entry.rule.value[0];
    if (list == rules->spiders && (!device || strcmp(device, "Spider") != 0)) {
        return APR_SUCCESS;
    }
    entry.rule.place = (struct slim_rule_place){in->file->path, (unsigned)map->start_mark.line + 1};
    apr_status_t rv = add_rule(in, list, &entry);
    return rv == SLIM_EBADRULES && in->file->only_good ? APR_SUCCESS : rv;
}

static apr_status_t read_section(struct reading *in, const struct section *section,
                                 const yaml_node_t *sequence)
{
    apr_status_t rv = APR_SUCCESS;

    if (sequence->type == YAML_SCALAR_NODE) {
        return APR_SUCCESS; /* an empty list */
    }
    if (sequence->type != YAML_SEQUENCE_NODE) {
        return fault(in, &sequence->start_mark, 0, "no list of rules");
    }
    for (const yaml_node_item_t *item = sequence->data.sequence.items.start;
         rv == APR_SUCCESS && item < sequence->data.sequence.items.top; item++) {
        rv = add_entry(in, section, yaml_document_get_node(in->document, *item));
    }
    return rv;
}

static apr_status_t read_document(struct reading *in)
{
    static const yaml_mark_t start = {0, 0, 0};
    const yaml_node_t *root = yaml_document_get_root_node(in->document);
    apr_status_t rv = APR_SUCCESS;

    if (!root || root->type != YAML_MAPPING_NODE) {
        return fault(in, root ? &root->start_mark : &start, 0, "no rule file in uap-core's format");
    }
    for (const yaml_node_pair_t *pair = root->data.mapping.pairs.start;
         rv == APR_SUCCESS && pair < root->data.mapping.pairs.top; pair++) {
        const char *key = scalar(yaml_document_get_node(in->document, pair->key));
        for (size_t i = 0; key && i < sizeof sections / sizeof sections[0]; i++) {
            if (strcmp(key, sections[i].name) == 0) {
                rv = read_section(in, &sections[i],
                                  yaml_document_get_node(in->document, pair->value));
            }
        }
    }
    return rv;
}

static apr_status_t read_stream(struct reading *in, FILE *stream)
{
    yaml_parser_t parser;
    yaml_document_t document;
    apr_status_t rv;

    if (!yaml_parser_initialize(&parser)) {
        return APR_ENOMEM;
    }
    yaml_parser_set_input_file(&parser, stream);
    if (yaml_parser_load(&parser, &document)) {
        in->document = &document;
        rv = read_document(in);
        yaml_document_delete(&document);
        in->document = NULL;
    } else if (parser.error == YAML_MEMORY_ERROR) {
        rv = APR_ENOMEM;
    } else {
        rv = fault(in, &parser.problem_mark, 0, parser.problem ? parser.problem : "no YAML");
    }
    yaml_parser_delete(&parser);
    return rv;
}

static apr_status_t read_file(struct reading *in)
{
    FILE *stream;
    apr_status_t rv = slim_list_file_open(in->file, &stream, in->pool);

    if (rv == APR_SUCCESS) {
        rv = read_stream(in, stream);
        fclose(stream);
    }
    return rv;
}

struct slim_agent_rules *slim_agent_rules_make(struct slim_rule_lists *lists)
{
    struct slim_agent_rules *rules = apr_palloc(slim_rule_lists_pool(lists), sizeof *rules);

    rules->browsers = slim_rules_make(lists);
    rules->platforms = slim_rules_make(lists);
    rules->spiders = slim_rules_make(lists);
    return rules;
}

apr_status_t slim_agent_rules_read(struct slim_list_file *files, int count,
                                   struct slim_agent_rules **result, struct slim_rule_lists *lists)
{
    struct reading in = {.rules = slim_agent_rules_make(lists),
                         .pool = slim_rule_lists_pool(lists)};
    apr_status_t rv = APR_SUCCESS;

    for (int i = 0; i < count && rv == APR_SUCCESS; i++) {
        in.file = &files[i];
        rv = read_file(&in);
    }
    if (rv == APR_SUCCESS) {
        *result = in.rules;
    }
    return rv;
}

static size_t append(char *out, size_t used, struct slim_text text)
{
    size_t room = SLIM_AGENT_PART_MAX - 1 - used;
    size_t length = text.length < room ? text.length : room;

    if (length > 0) {
        memcpy(out + used, text.at, length);
    }
    return used + length;
}

/* Names are shown to people: what is no text in an agent is none in a name. */
static void make_printable(char *text)
{
    int is_text = slim_utf8_is_valid(text, strlen(text));

    for (char *c = text; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !is_text)) {
            *c = '?';
        }
    }
}

/* A name begins with a letter or a digit: rules for any robot take what stands before "bot", too.
 */
static void trim_name(char *name)
{
    size_t from = 0;

    while (name[from] && (unsigned char)name[from] < 0x80 && !isalnum((unsigned char)name[from])) {
        from++;
    }
    memmove(name, name + from, strlen(name + from) + 1);
}

/* Fills in $1 … $9, and trims. */
static void expand(const char *replacement, const struct slim_match *match, char *out)
{
    size_t used = 0, from = 0;

    for (const char *c = replacement; *c; c++) {
        if (*c == '$' && c[1] >= '1' && c[1] <= '9') {
            used = append(out, used, match->group[c[1] - '0']);
            c++;
        } else {
            used = append(out, used, (struct slim_text){c, 1});
        }
    }
    while (used > 0 && out[used - 1] == ' ') {
        used--;
    }
    while (from < used && out[from] == ' ') {
        from++;
    }
    memmove(out, out + from, used - from);
    out[used - from] = '\0';
    make_printable(out);
}

static int find(const struct slim_rules *rules, struct slim_text agent,
                struct slim_agent_name *name)
{
    static const char *const groups[REPLACEMENTS] = {"$1", "$2", "$3", "$4", "$5"};
    struct slim_match match;

    if (!slim_rules_match(rules, agent, &match)) {
        return 0;
    }
    for (int i = 0; i < REPLACEMENTS; i++) {
        const char *text = slim_rules_value(rules, match.rule, i);
        expand(text ? text : groups[i], &match, i == 0 ? name->family : name->version[i - 1]);
    }
    trim_name(name->family);
    name->place = match.place;
    return name->family[0] != '\0' && strcmp(name->family, "Other") != 0; /* a rule may say so */
}

int slim_agent_rules_browser(const struct slim_agent_rules *rules, struct slim_text agent,
                             struct slim_agent_name *name)
{
    return find(rules->browsers, agent, name);
}

int slim_agent_rules_platform(const struct slim_agent_rules *rules, struct slim_text agent,
                              struct slim_agent_name *name)
{
    return find(rules->platforms, agent, name);
}

int slim_agent_rules_is_spider(const struct slim_agent_rules *rules, struct slim_text agent,
                               struct slim_rule_place *place)
{
    struct slim_match match;

    if (!slim_rules_match(rules->spiders, agent, &match)) {
        return 0;
    }
    if (place) {
        *place = match.place;
    }
    return 1;
}
