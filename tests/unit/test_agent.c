/* Agent rules against the cases that uap-core itself is tested with (Debian's package uap-core). */
#include "unit.h"

#include <errno.h>

#include <yaml.h>

#include "enrich/agent_rules.h"

#define UAP "/usr/share/uap-core/"

static struct slim_agent_rules *rules;

static apr_status_t read_files(const char *const *paths, int count, struct slim_agent_rules **read,
                               const char **reason)
{
    struct slim_rule_lists *lists = slim_rule_lists_make(pool);
    struct slim_list_file *files = apr_pcalloc(pool, (size_t)count * sizeof *files);

    for (int i = 0; i < count; i++) {
        files[i].path = paths[i];
    }
    apr_status_t rv = slim_agent_rules_read(files, count, read, lists);
    if (rv == APR_SUCCESS) {
        slim_rule_lists_build(lists);
    }
    for (int i = 0; i < count && rv != APR_SUCCESS; i++) {
        *reason = files[i].fault ? files[i].fault : *reason;
    }
    return rv;
}

static int read_rules(void **state)
{
    static const char *const path[] = {UAP "regexes.yaml"};
    const char *reason = "";

    if (begin_unit(state) != 0 || read_files(path, 1, &rules, &reason) != APR_SUCCESS) {
        print_error("%s\n", reason);
        return -1;
    }
    return 0;
}

enum { FAMILY, MAJOR, MINOR, PATCH, PATCH_MINOR, PARTS };

struct agent_case {
    const char *agent;
    const char *part[PARTS]; /* "": none; NULL: the case does not tell */
};

typedef int find_name(const struct slim_agent_rules *rules, struct slim_text agent,
                      struct slim_agent_name *name);

static const char *scalar(yaml_document_t *document, int node)
{
    const yaml_node_t *found = yaml_document_get_node(document, node);
    const char *text = (const char *)found->data.scalar.value;

    if (found->type != YAML_SCALAR_NODE) {
        return NULL;
    }
    return found->data.scalar.style == YAML_PLAIN_SCALAR_STYLE
                   && (strcmp(text, "null") == 0 || strcmp(text, "~") == 0)
               ? ""
               : text;
}

static struct agent_case case_of(yaml_document_t *document, const yaml_node_t *map)
{
    static const char *const names[] = {"family", "major", "minor", "patch", "patch_minor"};
    struct agent_case one = {NULL, {NULL}};

    for (const yaml_node_pair_t *pair = map->data.mapping.pairs.start;
         pair < map->data.mapping.pairs.top; pair++) {
        const char *key = scalar(document, pair->key), *value = scalar(document, pair->value);
        if (strcmp(key, "user_agent_string") == 0) {
            one.agent = value;
        }
        for (int i = 0; i < PARTS; i++) {
            if (strcmp(key, names[i]) == 0) {
                one.part[i] = value;
            }
        }
    }
    return one;
}

/* 1 when the rules say something else. uap-core's own test does not look at the fourth version part
 * of browsers either: its cases disagree about it. */
static int differs(find_name *find, const struct agent_case *one)
{
    struct slim_agent_name name;
    const char *got[PARTS] = {"Other", "", "", "", ""};
    int wrong = 0, parts = find == slim_agent_rules_browser ? PATCH_MINOR : PARTS;

    if (find(rules, text_of(one->agent), &name)) {
        got[FAMILY] = name.family;
        for (int i = MAJOR; i < PARTS; i++) {
            got[i] = name.version[i - MAJOR];
        }
    }
    for (int i = 0; i < parts; i++) {
        wrong |= one->part[i] && strcmp(one->part[i], got[i]) != 0;
    }
    if (wrong) {
        print_error("%s\n  expected '%s' %s.%s.%s.%s, got '%s' %s.%s.%s.%s\n", one->agent,
                    one->part[0], one->part[1], one->part[2], one->part[3], one->part[4], got[0],
                    got[1], got[2], got[3], got[4]);
    }
    return wrong;
}

/* The cases of a file, all of them checked. */
static int check_file(const char *path, find_name *find)
{
    yaml_parser_t parser;
    yaml_document_t document;
    FILE *file = fopen(path, "re");
    int cases = 0, wrong = 0;

    assert_non_null(file);
    assert_true(yaml_parser_initialize(&parser));
    yaml_parser_set_input_file(&parser, file);
    assert_true(yaml_parser_load(&parser, &document));
    const yaml_node_t *root = yaml_document_get_root_node(&document);
    const yaml_node_t *list =
        yaml_document_get_node(&document, root->data.mapping.pairs.start->value);
    for (const yaml_node_item_t *item = list->data.sequence.items.start;
         item < list->data.sequence.items.top; item++) {
        struct agent_case one = case_of(&document, yaml_document_get_node(&document, *item));
        wrong += differs(find, &one);
        cases++;
    }
    yaml_document_delete(&document);
    yaml_parser_delete(&parser);
    fclose(file);
    print_message("%d cases of %s, %d wrong\n", cases, path, wrong);
    assert_int_equal(0, wrong);
    return cases;
}

static void browsers_are_told_as_uap_core_tells_them(void **state)
{
    int cases = 0;

    (void)state;
    cases += check_file(UAP "tests/test_ua.yaml", slim_agent_rules_browser);
    cases +=
        check_file(UAP "test_resources/firefox_user_agent_strings.yaml", slim_agent_rules_browser);
    cases += check_file(UAP "test_resources/pgts_browser_list.yaml", slim_agent_rules_browser);
    cases += check_file(UAP "test_resources/opera_mini_user_agent_strings.yaml",
                        slim_agent_rules_browser);
    cases += check_file(UAP "test_resources/podcasting_user_agent_strings.yaml",
                        slim_agent_rules_browser);
    assert_true(cases > 14000);
}

static void platforms_are_told_as_uap_core_tells_them(void **state)
{
    int cases = 0;

    (void)state;
    cases += check_file(UAP "tests/test_os.yaml", slim_agent_rules_platform);
    cases += check_file(UAP "test_resources/additional_os_tests.yaml", slim_agent_rules_platform);
    assert_true(cases > 400);
}

/* Only the device rules that say Spider are read. */
static void spiders_are_told_from_devices(void **state)
{
    static const struct {
        const char *agent;
        int spider;
    } cases[] = {
        {"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", 1},
        {"Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", 1},
        {"Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0", 0},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
         "Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
         0},
        {"", 0},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        if (slim_agent_rules_is_spider(rules, text_of(cases[i].agent), NULL) != cases[i].spider) {
            fail_msg("%s", cases[i].agent);
        }
    }
}

/* --- files of our own --- */

static struct slim_agent_rules *rules_of(const char *text)
{
    const char *path = scratch_path("rules.yaml"), *reason = "";
    struct slim_agent_rules *read = NULL;

    put_file(path, text, strlen(text));
    if (read_files(&path, 1, &read, &reason) != APR_SUCCESS) {
        fail_msg("%s", reason);
    }
    return read;
}

static void replacements_take_groups_and_are_trimmed(void **state)
{
    static const char file[] = "user_agent_parsers:\n"
                               "  - regex: 'plain (\\w+) (\\d+)\\.(\\d+)\\.(\\d+)\\.(\\d+)'\n"
                               "  - regex: '(B)ig(?:/(\\d+))?'\n"
                               "    family_replacement: ' $1-$2 '\n"
                               "    v1_replacement: 'v$2'\n"
                               "    v3_replacement: '$9x$'\n"
                               "  - regex: 'nothing(x)?'\n"
                               "  - regex: 'nobody'\n"
                               "    family_replacement: 'Other'\n"
                               "  - regex: '^caseless$'\n"
                               "    regex_flag: 'i'\n"
                               "    family_replacement: 'C'\n"
                               "os_parsers:\n"
                               "  - regex: 'os (\\d)(\\d)(\\d)(\\d)'\n"
                               "    os_replacement: 'OS'\n"
                               "    os_v1_replacement: '$1'\n"
                               "    os_v2_replacement: '$2'\n"
                               "    os_v3_replacement: '$3'\n"
                               "    os_v4_replacement: '$4'\n";
    static const struct {
        const char *agent, *name;
    } cases[] = {
        {"plain Name 1.2.3.4", "Name|1|2|3|4"},
        {"Big/7", "B-7|v7||x$|"},
        {"Big", "B-|v||x$|"},
        {"nothing", "none"},
        {"nobody", "none"},
        {"CaseLess", "C||||"},
        {"other", "none"},
    };
    struct slim_agent_rules *own = rules_of(file);
    struct slim_agent_name n;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *got = "none";
        if (slim_agent_rules_browser(own, text_of(cases[i].agent), &n)) {
            got = apr_psprintf(pool, "%s|%s|%s|%s|%s", n.family, n.version[0], n.version[1],
                               n.version[2], n.version[3]);
        }
        assert_string_equal(cases[i].name, got);
    }
    assert_true(slim_agent_rules_platform(own, text_of("os 1234"), &n));
    assert_string_equal("OS", n.family);
    assert_string_equal("4", n.version[3]);
}

static void earlier_files_and_rules_come_first(void **state)
{
    const char *paths[] = {scratch_path("first.yaml"), scratch_path("second.yaml")};
    static const char first[] = "user_agent_parsers:\n"
                                "  - regex: 'x'\n"
                                "    family_replacement: 'first'\n"
                                "  - regex: 'xy'\n"
                                "    family_replacement: 'never'\n"
                                "os_parsers:\n";
    static const char second[] = "user_agent_parsers:\n"
                                 "  - regex: 'x|y'\n"
                                 "    family_replacement: 'second'\n";
    struct slim_agent_rules *own;
    struct slim_agent_name name;
    const char *reason;

    (void)state;
    put_file(paths[0], first, strlen(first));
    put_file(paths[1], second, strlen(second));
    assert_int_equal(APR_SUCCESS, read_files(paths, 2, &own, &reason));
    assert_true(slim_agent_rules_browser(own, text_of("xy"), &name));
    assert_string_equal("first", name.family);
    assert_true(slim_agent_rules_browser(own, text_of("y"), &name));
    assert_string_equal("second", name.family);
}

static void broken_files_are_refused_by_file_and_line(void **state)
{
    static const struct {
        const char *text;
        int line; /* 0: none to name */
    } cases[] = {
        {"", 0},
        {"just text\n", 0},
        {"- a\n- b\n", 0},
        {"user_agent_parsers:\n  - regex: 'a\n", 3},
        {"a: b: c\n", 1},
        {"user_agent_parsers:\n\t- regex: 'a'\n", 2},
        {"user_agent_parsers:\n  - regex: 'a'\n  - regex: '('\n", 3},
        {"user_agent_parsers:\n  - family_replacement: 'x'\n", 2},
        {"os_parsers:\n  - regex: '[z-a]'\n", 2},
        {"device_parsers:\n  - regex: '*'\n    device_replacement: 'Spider'\n", 2},
        {"user_agent_parsers:\n  - text\n", 0},
        {"user_agent_parsers:\n  regex: 'a'\n", 0},
        {"\x01\x02\x03", 1},
        {"\xff\xfe\xff", 0},
    };
    const char *path = scratch_path("broken.yaml");

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_agent_rules *own;
        const char *reason = NULL;
        put_file(path, cases[i].text, strlen(cases[i].text));
        assert_int_equal(SLIM_EBADRULES, read_files(&path, 1, &own, &reason));
        assert_non_null(reason);
        assert_memory_equal(path, reason, strlen(path));
        const char *line = apr_psprintf(pool, ": line %d, column ", cases[i].line);
        if (cases[i].line && !strstr(reason, line)) {
            fail_msg("case %zu: %s", i, reason);
        }
    }
    const char *reason = NULL, *missing = scratch_path("missing.yaml");
    struct slim_agent_rules *own;
    assert_int_equal(ENOENT, read_files(&missing, 1, &own, &reason));
    assert_non_null(strstr(reason, "missing.yaml"));
}

static void long_parts_are_cut(void **state)
{
    struct slim_agent_rules *own = rules_of("user_agent_parsers:\n  - regex: '(a+) (b+)'\n");
    struct slim_agent_name name;
    char agent[401];

    (void)state;
    memset(agent, 'a', 200);
    memset(agent + 200, 'b', 200);
    agent[200] = ' ';
    agent[400] = '\0';
    assert_true(slim_agent_rules_browser(own, text_of(agent), &name));
    assert_int_equal(SLIM_AGENT_PART_MAX - 1, strlen(name.family));
    assert_int_equal(SLIM_AGENT_PART_MAX - 1, strlen(name.version[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(browsers_are_told_as_uap_core_tells_them),
        cmocka_unit_test(platforms_are_told_as_uap_core_tells_them),
        cmocka_unit_test(spiders_are_told_from_devices),
        cmocka_unit_test(replacements_take_groups_and_are_trimmed),
        cmocka_unit_test(earlier_files_and_rules_come_first),
        cmocka_unit_test(broken_files_are_refused_by_file_and_line),
        cmocka_unit_test(long_parts_are_cut),
    };

    return cmocka_run_group_tests(tests, read_rules, end_unit);
}
