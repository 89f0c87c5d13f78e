/* Literals that expressions require, and lists of rules that are searched by them: the answers are
 * those of trying each rule in turn. */
#include "unit.h"

#include <apr_tables.h>
#include <yaml.h>

#include "enrich/rule_literal.h"
#include "enrich/rules.h"

#define UAP "/usr/share/uap-core/"

/* "a,b & c": a or b, and c. */
static const char *literals_of(const char *expression)
{
    struct slim_rule_literals literals;
    const char *text = "";

    slim_rule_literals_find(expression, &literals, pool);
    for (int i = 0; i < literals.sets; i++) {
        for (int n = 0; n < literals.set[i].count; n++) {
            const char *before = n ? "," : i ? " & " : "";
            text = apr_pstrcat(pool, text, before, literals.set[i].item[n].at, NULL);
        }
    }
    return text;
}

static void expressions_tell_what_they_require(void **state)
{
    static const struct {
        const char *expression, *literals;
    } cases[] = {
        {"GPTBot", "gptbot"},
        {"(GPTBot)/(\\d+)", "gptbot/"},
        {"Foo|bar", "foo,bar"},
        {"(?:Foo|bar)-[Xx]y", "foo-xy,bar-xy"},
        {"Fo?o", "fo,foo"},
        {"Foox*bar", "foo & bar"},
        {"quux+bar", "quu & bar"},
        {"Foo(?:xyz){2,3}bar", "foo & xyz & bar"},
        {"Foo(?:xyz){0,3}bar", "foo & bar"},
        {"Foo(?=xyz)bar(?<!xyz)", "foobar"},
        {"^\\bFoo\\.bar\\/$", "foo.bar/"},
        {"Foo.{0,20}(bar|quux)", "foo & bar,quux"},
        {"Chrome/(\\d+).{0,9}Herring", "herring"}, /* "chrome/" is everywhere */
        {"Chrome/(\\d+)", "chrome/"},              /* but better than nothing */
        {"(?:Foo|b\\d)x", ""},                     /* "bx" is not required: one digit */
        {"(?:Foo\\d|)bar", "bar"},
        {"[a-z]+@[a-z]+", "@"},
        {"(?i:Foo)bar", "foobar"},
        {"(?-i:Foo)bar", "foobar"},
        {"\\d+", ""},
        {"", ""},
        {"Foo|", ""},
        /* not understood, so that nothing is known */
        {"\\QFoo\\E", ""},
        {"(?x)F o o", ""},
        {"(?<name>Foo)", ""},
        {"Foo\\x41", ""},
        {"Foo[[:alpha:]]", ""},
        {"Foo(?#bar)", ""},
        {"(?|Foo|bar)", ""},
        {"(*UTF)Foo", ""},
    };
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *got = literals_of(cases[i].expression);
        if (strcmp(cases[i].literals, got) != 0) {
            print_error("%s: expected '%s', got '%s'\n", cases[i].expression, cases[i].literals,
                        got);
            wrong++;
        }
    }
    assert_int_equal(0, wrong);
}

/* --- lists --- */

/* The same rules twice. */
struct twins {
    struct slim_rule_lists *lists; /* of the filtered ones */
    struct slim_rules *filtered, *in_turn;
};

static void make_twins(struct twins *twins)
{
    twins->lists = slim_rule_lists_make(pool);
    twins->filtered = slim_rules_make(twins->lists);
    twins->in_turn = slim_rules_make(slim_rule_lists_make(pool));
}

static void add(struct twins *twins, const char *expression, int ignore_case)
{
    struct slim_rule rule = {.expression = expression,
                             .ignore_case = ignore_case,
                             .place = {"here", 1}};
    const char *reason = "";
    unsigned offset;

    if (slim_rules_add(twins->filtered, &rule, &reason, &offset, pool) != APR_SUCCESS
        || slim_rules_add(twins->in_turn, &rule, &reason, &offset, pool) != APR_SUCCESS) {
        fail_msg("%s: %s", expression, reason);
    }
}

static void assert_same(struct twins *twins, struct slim_text subject)
{
    struct slim_match filtered, in_turn;
    int one = slim_rules_match(twins->filtered, subject, &filtered);
    int other = slim_rules_match(twins->in_turn, subject, &in_turn);

    if (one != other || (one && filtered.rule != in_turn.rule)) {
        fail_msg("%s: %d %d, in turn %d %d", string_of(subject), one, one ? filtered.rule : -1,
                 other, other ? in_turn.rule : -1);
    }
    for (int i = 0; one && i < SLIM_RULE_GROUPS; i++) {
        assert_int_equal(in_turn.group[i].length, filtered.group[i].length);
        assert_ptr_equal(in_turn.group[i].at, filtered.group[i].at);
    }
}

static void small_lists_answer_as_in_turn(void **state)
{
    static const char *const expressions[] = {"abc",      "(?:ab|bc)d",     "c+d*e",     "[xX]yz",
                                              "a.{0,3}z", "^(?=.*q)zz|zq$", "bcdb(?!c)", "\\bcab/",
                                              "(?:)y",    "d{2}",           "@"};
    static const char alphabet[] = "abcdexyzqBCX/@ ";
    struct twins twins;
    char subject[24];
    unsigned seed = 1;

    (void)state;
    make_twins(&twins);
    for (size_t i = 0; i < LENGTH_OF(expressions); i++) {
        add(&twins, expressions[i], i % 2);
    }
    slim_rule_lists_build(twins.lists);
    assert_same(&twins, (struct slim_text){NULL, 0});
    for (int i = 0; i < 50000; i++) {
        size_t length = (size_t)rand_r(&seed) % sizeof subject;
        for (size_t c = 0; c < length; c++) {
            subject[c] = alphabet[(size_t)rand_r(&seed) % (sizeof alphabet - 1)];
        }
        assert_same(&twins, (struct slim_text){subject, length});
    }
}

/* --- the real lists --- */

typedef void take_map(void *baton, yaml_document_t *document, const yaml_node_t *map);

static const char *value_of(yaml_document_t *document, const yaml_node_t *map, const char *name)
{
    for (const yaml_node_pair_t *pair = map->data.mapping.pairs.start;
         pair < map->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = yaml_document_get_node(document, pair->key);
        const yaml_node_t *value = yaml_document_get_node(document, pair->value);
        if (strcmp((const char *)key->data.scalar.value, name) == 0) {
            return apr_pstrdup(pool, (const char *)value->data.scalar.value);
        }
    }
    return NULL;
}

/* The maps of a list of a file; list NULL: of its first. */
static void read_maps(const char *path, const char *list, take_map *take, void *baton)
{
    yaml_parser_t parser;
    yaml_document_t document;
    FILE *file = fopen(path, "re");

    assert_non_null(file);
    assert_true(yaml_parser_initialize(&parser));
    yaml_parser_set_input_file(&parser, file);
    assert_true(yaml_parser_load(&parser, &document));
    const yaml_node_t *root = yaml_document_get_root_node(&document);
    for (const yaml_node_pair_t *pair = root->data.mapping.pairs.start;
         pair < root->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = yaml_document_get_node(&document, pair->key);
        const yaml_node_t *value = yaml_document_get_node(&document, pair->value);
        if ((!list || strcmp((const char *)key->data.scalar.value, list) == 0)
            && value->type == YAML_SEQUENCE_NODE) {
            for (const yaml_node_item_t *item = value->data.sequence.items.start;
                 item < value->data.sequence.items.top; item++) {
                take(baton, &document, yaml_document_get_node(&document, *item));
            }
        }
    }
    yaml_document_delete(&document);
    yaml_parser_delete(&parser);
    fclose(file);
}

static void take_rule(void *baton, yaml_document_t *document, const yaml_node_t *map)
{
    const char *flag = value_of(document, map, "regex_flag");

    add(baton, value_of(document, map, "regex"), flag && strcmp(flag, "i") == 0);
}

static void take_agent(void *baton, yaml_document_t *document, const yaml_node_t *map)
{
    const char *agent = value_of(document, map, "user_agent_string");

    if (agent) {
        APR_ARRAY_PUSH((apr_array_header_t *)baton, const char *) = agent;
    }
}

static apr_array_header_t *read_agents(void)
{
    apr_array_header_t *agents = apr_array_make(pool, 20000, sizeof(char *));

    read_maps(UAP "tests/test_ua.yaml", NULL, take_agent, agents);
    read_maps(UAP "tests/test_os.yaml", NULL, take_agent, agents);
    read_maps(UAP "test_resources/pgts_browser_list.yaml", NULL, take_agent, agents);
    return agents;
}

static void take_robots(struct twins *twins)
{
    char line[4096];
    FILE *file = fopen("conf/robots.tsv", "re");

    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        char *tab = strchr(line, '\t');
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '#' && tab) {
            add(twins, apr_pstrdup(pool, tab + 1), 1);
        }
    }
    fclose(file);
}

/* An agent with some of another's in it, and bytes that are none of any. */
static struct slim_text mutate(const apr_array_header_t *agents, char *buffer, size_t size,
                               unsigned *seed)
{
    const char *a = APR_ARRAY_IDX(agents, rand_r(seed) % (int)agents->nelts, const char *);
    const char *b = APR_ARRAY_IDX(agents, rand_r(seed) % (int)agents->nelts, const char *);
    size_t cut = (size_t)rand_r(seed) % (strlen(a) + 1),
           from = (size_t)rand_r(seed) % (strlen(b) + 1);
    int length = snprintf(buffer, size, "%.*s%s%s", (int)cut, a, b + from, a + cut);

    length = length < (int)size ? length : (int)size - 1;
    for (int i = rand_r(seed) % 4; length > 0 && i > 0; i--) {
        buffer[rand_r(seed) % length] = (char)rand_r(seed);
    }
    return (struct slim_text){buffer, (size_t)length};
}

#define MUTANTS 8000

static void check_all(struct twins *twins, int mutants)
{
    apr_array_header_t *agents = read_agents();
    char buffer[1024];
    unsigned seed = 7;

    slim_rule_lists_build(twins->lists);
    for (int i = 0; i < agents->nelts; i++) {
        assert_same(twins, text_of(APR_ARRAY_IDX(agents, i, const char *)));
    }
    for (int i = 0; i < mutants; i++) {
        assert_same(twins, mutate(agents, buffer, sizeof buffer, &seed));
    }
    assert_true(agents->nelts > 14000);
}

static void browsers_are_answered_as_in_turn(void **state)
{
    struct twins twins;

    (void)state;
    make_twins(&twins);
    read_maps("conf/agents.yaml", "user_agent_parsers", take_rule, &twins);
    read_maps(UAP "regexes.yaml", "user_agent_parsers", take_rule, &twins);
    check_all(&twins, MUTANTS);
}

static void platforms_are_answered_as_in_turn(void **state)
{
    struct twins twins;

    (void)state;
    make_twins(&twins);
    read_maps("conf/agents.yaml", "os_parsers", take_rule, &twins);
    read_maps(UAP "regexes.yaml", "os_parsers", take_rule, &twins);
    check_all(&twins, MUTANTS);
}

static void robots_are_answered_as_in_turn(void **state)
{
    struct twins twins;

    (void)state;
    make_twins(&twins);
    take_robots(&twins);
    check_all(&twins, MUTANTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_tell_what_they_require),
        cmocka_unit_test(small_lists_answer_as_in_turn),
        cmocka_unit_test(browsers_are_answered_as_in_turn),
        cmocka_unit_test(platforms_are_answered_as_in_turn),
        cmocka_unit_test(robots_are_answered_as_in_turn),
    };

    return RUN_UNIT(tests);
}
