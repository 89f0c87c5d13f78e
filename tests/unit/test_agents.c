/* The client behind an agent: rules, robots and the cache before them, and their replacement while
 * they are in use. */
#include "unit.h"

#include <ctype.h>
#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "core/text.h"
#include "core/tsv.h"
#include "enrich/agent.h"
#include "enrich/robot.h"
#include "enrich/rules.h"

#define UAP "/usr/share/uap-core/regexes.yaml"

static const struct slim_client *client_of(struct slim_agents *agents, const char *agent)
{
    struct slim_hit hit = {.status = 200};

    hit.field[SLIM_AGENT] = text_of(agent);
    return slim_agents_derive(agents, &hit);
}

static void known_agents_are_told_by_our_files(void **state)
{
    static const struct {
        const char *agent, *browser, *version, *platform;
        enum slim_robot robot;
    } cases[] = {
        {"Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0", "Firefox", "115",
         "Linux", SLIM_ROBOT_NONE},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
         "Chrome/120.0.0.0 Safari/537.36",
         "Chrome", "120", "Windows", SLIM_ROBOT_NONE},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
         "Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.91",
         "Edge", "120", "Windows", SLIM_ROBOT_NONE},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
         "Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
         "Mobile Safari", "17", "iOS", SLIM_ROBOT_NONE},
        {"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot",
         "2", "", SLIM_ROBOT_SEARCH},
        {"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; "
         "+https://openai.com/gptbot)",
         NULL, NULL, NULL, SLIM_ROBOT_AI},
        {"", "", "", "", SLIM_ROBOT_OTHER},
        {"-", "", "", "", SLIM_ROBOT_OTHER},
        {"utter nonsense", "", "", "", SLIM_ROBOT_OTHER},
        {"curl/7.88.1", "curl", "7", "", SLIM_ROBOT_TOOL},
    };
    struct slim_agents *agents = slim_agents_make(UAP, "conf", pool);
    char reason[256] = "";
    int changed;

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_agents_refresh(agents, &changed, reason, sizeof reason));
    assert_true(changed);
    for (int twice = 0; twice < 2; twice++) { /* the second time from the cache */
        for (size_t i = 0; i < LENGTH_OF(cases); i++) {
            const struct slim_client *client = client_of(agents, cases[i].agent);
            if (cases[i].browser) {
                assert_string_equal(cases[i].browser, string_of(client->browser));
                assert_string_equal(cases[i].version, string_of(client->version));
                assert_string_equal(cases[i].platform, string_of(client->platform));
            }
            if (client->robot != cases[i].robot) {
                fail_msg("%s is %s", cases[i].agent, slim_robot_name(client->robot));
            }
        }
    }
    assert_int_equal(APR_SUCCESS, slim_agents_refresh(agents, &changed, reason, sizeof reason));
    assert_false(changed);
}

static void agents_beyond_the_limit_are_one(void **state)
{
    struct slim_agents *agents = slim_agents_make(UAP, "conf", pool);
    char reason[256], agent[4096];
    int changed;

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_agents_refresh(agents, &changed, reason, sizeof reason));
    memset(agent, 'x', sizeof agent);
    memcpy(agent, "Firefox/115.0 ", 14);
    memcpy(agent + SLIM_SUBJECT_MAX, "Googlebot/2.1", 14);
    const struct slim_client *client = client_of(agents, agent);
    assert_string_equal("Firefox", string_of(client->browser));
    assert_int_not_equal(SLIM_ROBOT_SEARCH, client->robot);
}

static struct slim_agents *our_agents(void)
{
    struct slim_agents *agents = slim_agents_make(UAP, "conf", pool);
    char reason[256] = "";
    int changed;

    if (slim_agents_refresh(agents, &changed, reason, sizeof reason) != APR_SUCCESS) {
        fail_msg("%s", reason);
    }
    return agents;
}

/* tests/data/agents.tsv */
static void agents_of_today_and_of_old_are_told(void **state)
{
    struct slim_agents *agents = our_agents();
    struct slim_tsv tsv;
    int rows = 0, wrong = 0;

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_tsv_open("tests/data/agents.tsv", &tsv, pool));
    while (slim_tsv_next(&tsv, pool) == APR_SUCCESS) {
        const struct slim_client *client = client_of(agents, tsv.column[0]);
        const char *got =
            apr_pstrcat(pool, string_of(client->browser), "\t", string_of(client->version), "\t",
                        string_of(client->platform), "\t", slim_robot_name(client->robot), NULL);
        const char *expected = apr_pstrcat(pool, tsv.column[1], "\t", tsv.column[2], "\t",
                                           tsv.column[3], "\t", tsv.column[4], NULL);
        if (strcmp(expected, got) != 0) {
            print_error("line %u: expected %s, got %s\n", tsv.line, expected, got);
            wrong++;
        }
        rows++;
    }
    assert_int_equal(0, wrong);
    assert_true(rows > 150);
}

static int is_printable(struct slim_text text)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte < 0x20 || byte == 0x7f) {
            return 0;
        }
    }
    return slim_utf8_is_valid(text.at, text.length);
}

/* Bytes of any kind in the places where names are taken from, and asked twice. */
static void hostile_agents_give_printable_names(void **state)
{
    static const struct {
        const char *before, *after;
    } frames[] = {
        {"Mozilla/5.0 (", ") Firefox/115.0"},
        {"", "/1.0"},
        {"", "Bot/1.0"},
        {"Mozilla/5.0 (compatible; ", "; +http://x.org/)"},
        {"Mozilla/5.0 (Linux; Android 4.", ") Chrome/1.0"},
    };
    struct slim_agents *agents = our_agents();
    unsigned seed = 3;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char noise[16], agent[256];
        for (size_t c = 0; c < sizeof noise - 1; c++) {
            noise[c] = (char)(rand_r(&seed) % 255 + 1);
        }
        noise[rand_r(&seed) % 16] = '\0';
        noise[15] = '\0';
        size_t frame = (size_t)i % LENGTH_OF(frames);
        snprintf(agent, sizeof agent, "%s%s%s", frames[frame].before, noise, frames[frame].after);
        struct slim_client client = *client_of(agents, agent);
        assert_true(client.browser.length == 0 || isalnum((unsigned char)client.browser.at[0])
                    || (unsigned char)client.browser.at[0] >= 0x80);
        assert_true(is_printable(client.browser) && is_printable(client.version_full));
        assert_true(is_printable(client.platform) && is_printable(client.platform_version));
        assert_string_equal(string_of(client.browser),
                            string_of(client_of(agents, agent)->browser));
    }
}

static void client_hints_are_part_of_who_asks(void **state)
{
    static const char reduced[] = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
                                  "(KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
    struct slim_agents *agents = our_agents();
    struct slim_hit hit = {.status = 200};

    (void)state;
    for (int twice = 0; twice < 2; twice++) {
        const struct slim_client *client = client_of(agents, reduced);
        assert_string_equal("Chrome", string_of(client->browser));
        assert_string_equal("10", string_of(client->platform_version));
        hit.field[SLIM_AGENT] = text_of(reduced);
        hit.field[SLIM_CH_UA] = text_of("\"Brave\";v=\"131\", \"Chromium\";v=\"131\"");
        hit.field[SLIM_CH_PLATFORM] = text_of("\"Windows\"");
        hit.field[SLIM_CH_PLATFORM_VERSION] = text_of("\"15.0.0\"");
        client = slim_agents_derive(agents, &hit);
        assert_string_equal("Brave", string_of(client->browser));
        assert_string_equal("11", string_of(client->platform_version));
        assert_int_equal(SLIM_ROBOT_NONE, client->robot);
    }
    hit.field[SLIM_CH_UA] = text_of("\"HeadlessChrome\";v=\"131\"");
    assert_int_equal(SLIM_ROBOT_TOOL, slim_agents_derive(agents, &hit)->robot);
}

/* --- replaced files --- */

static const char *data; /* a directory with files of our own */

static void put(const char *name, const char *text)
{
    const char *path = apr_pstrcat(pool, data, "/", name, NULL);
    const char *fresh = apr_pstrcat(pool, path, ".new", NULL);

    put_file(fresh, text, strlen(text));
    assert_int_equal(0, rename(fresh, path));
}

static struct slim_agents *agents_of_own_files(void)
{
    data = scratch_path("data");
    assert_int_equal(0, mkdir(data, 0700));
    put("agents.yaml", "user_agent_parsers:\n  - regex: '(First)/(\\d+)'\n");
    put("regexes.yaml", "user_agent_parsers:\n  - regex: '(Second)/(\\d+)'\n");
    put("robots.tsv", "search\tfindme\n");
    put("probes.tsv", "always\t/hole\n");
    return slim_agents_make(apr_pstrcat(pool, data, "/regexes.yaml", NULL), data, pool);
}

static void replaced_files_are_used_and_broken_ones_are_not(void **state)
{
    struct slim_agents *agents = agents_of_own_files();
    char reason[256] = "";
    int changed;

    (void)state;
    assert_int_equal(0, client_of(agents, "First/1")->browser.length); /* nothing is read yet */
    assert_int_equal(APR_SUCCESS, slim_agents_refresh(agents, &changed, reason, sizeof reason));
    assert_true(changed);
    assert_string_equal("First", string_of(client_of(agents, "First/1")->browser));
    assert_string_equal("Second", string_of(client_of(agents, "Second/1")->browser));
    assert_int_equal(SLIM_ROBOT_SEARCH, client_of(agents, "FindMe First/1")->robot);

    put("robots.tsv", "# another\nmonitor\tfindme\nnone\tnobody\n");
    assert_int_equal(APR_SUCCESS, slim_agents_refresh(agents, &changed, reason, sizeof reason));
    assert_true(changed);
    assert_int_equal(SLIM_ROBOT_MONITOR, client_of(agents, "FindMe First/1")->robot);
    assert_int_equal(SLIM_ROBOT_NONE, client_of(agents, "nobody")->robot);

    put("robots.tsv", "monitor\tfine\nsearch\t(\n");
    assert_int_equal(SLIM_EBADRULES, slim_agents_refresh(agents, &changed, reason, sizeof reason));
    assert_true(changed);
    assert_non_null(strstr(reason, "robots.tsv: line 2, column 9: "));
    assert_int_equal(SLIM_ROBOT_MONITOR, client_of(agents, "FindMe First/1")->robot);
    assert_int_equal(APR_SUCCESS, slim_agents_refresh(agents, &changed, reason, sizeof reason));
    assert_false(changed);
    assert_int_equal(SLIM_ROBOT_MONITOR, client_of(agents, "FindMe First/2")->robot);

    put("robots.tsv", "ai\tfindme\n");
    put("agents.yaml", "user_agent_parsers:\n  - regex: '(First)/(\\d+)'\n"
                       "    family_replacement: 'Third'\n");
    assert_int_equal(APR_SUCCESS, slim_agents_refresh(agents, &changed, reason, sizeof reason));
    assert_int_equal(SLIM_ROBOT_AI, client_of(agents, "FindMe First/1")->robot);
    assert_string_equal("Third", string_of(client_of(agents, "First/1")->browser));

    struct slim_rule_place place;
    assert_true(slim_agents_is_probe(agents, text_of("/hole"), 200, &place));
    assert_false(slim_agents_is_probe(agents, text_of("/"), 200, &place));
    put("probes.tsv", "never\t/hole\n");
    assert_int_equal(SLIM_EBADRULES, slim_agents_refresh(agents, &changed, reason, sizeof reason));
    assert_non_null(strstr(reason, "probes.tsv: line 1, column 1: "));
    assert_true(slim_agents_is_probe(agents, text_of("/hole"), 200, &place));
    put("probes.tsv", "");

    put("regexes.yaml", "nonsense");
    assert_int_equal(SLIM_EBADRULES, slim_agents_refresh(agents, &changed, reason, sizeof reason));
    assert_non_null(strstr(reason, "regexes.yaml"));
    assert_string_equal("Second", string_of(client_of(agents, "Second/9")->browser));
    remove_tree(data);
    assert_int_not_equal(APR_SUCCESS, slim_agents_refresh(agents, &changed, reason, sizeof reason));
    assert_string_equal("Second", string_of(client_of(agents, "Second/10")->browser));
}

/* A file with a mistake at the start has no last good version: what is good of it is used, and all
 * of the others. */
static void each_list_stands_alone(void **state)
{
    static const struct {
        const char *name, *text, *fault;
    } cases[] = {
        {"robots.tsv", "ai\tmine\nsearch\t(\nai\tyours\n", "robots.tsv: line 2, column 9: "},
        {"agents.yaml", "user_agent_parsers:\n  - regex: '('\n",
         "agents.yaml: line 2, column 14: "},
        {"agents.yaml", "user_agent_parsers: [", "agents.yaml: line 2, column 1: "},
        {"agents.yaml", "- nothing", "agents.yaml: line 1, column 1: "},
        {"probes.tsv", "sometimes\t/x\nalways\t/mine\n", "probes.tsv: line 1, column 1: "},
    };
    const char *own = scratch_path("own");
    struct slim_rule_place place;
    char reason[256] = "";
    int changed;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_agents *agents = slim_agents_make(UAP, "conf", pool);
        assert_int_equal(0, mkdir(own, 0700));
        data = own;
        put("robots.tsv", "ai\tmine\n");
        put("probes.tsv", "always\t/mine\n");
        put(cases[i].name, cases[i].text);
        slim_agents_add_own(agents, own);
        assert_int_equal(SLIM_EBADRULES,
                         slim_agents_refresh(agents, &changed, reason, sizeof reason));
        if (!strstr(reason, cases[i].fault)) {
            fail_msg("%s: %s", cases[i].fault, reason);
        }
        assert_int_equal(SLIM_ROBOT_SEARCH, client_of(agents, "Googlebot/2.1")->robot);
        assert_int_equal(SLIM_ROBOT_AI, client_of(agents, "GPTBot/1.0")->robot);
        assert_int_equal(SLIM_ROBOT_AI, client_of(agents, "It is mine")->robot);
        assert_int_equal(SLIM_ROBOT_TOOL, client_of(agents, "curl/8.0")->robot);
        assert_int_equal(SLIM_ROBOT_OTHER, client_of(agents, "")->robot);
        assert_true(slim_agents_is_probe(agents, text_of("/mine"), 200, &place));
        assert_true(slim_agents_is_probe(agents, text_of("/.env"), 404, &place));
        remove_tree(own);
    }
}

/* Nobody becomes a robot because the rules that would name browsers are not there. */
static void without_uap_cores_rules_the_lists_go_on(void **state)
{
    struct slim_agents *agents = slim_agents_make("/no/such/file", "conf", pool);
    char reason[256] = "";
    int changed;

    (void)state;
    assert_int_equal(ENOENT, slim_agents_refresh(agents, &changed, reason, sizeof reason));
    assert_non_null(strstr(reason, "/no/such/file: cannot be read: "));
    assert_int_equal(SLIM_ROBOT_SEARCH, client_of(agents, "Googlebot/2.1")->robot);
    assert_int_equal(SLIM_ROBOT_AI, client_of(agents, "GPTBot/1.0")->robot);
    assert_int_equal(SLIM_ROBOT_TOOL, client_of(agents, "curl/8.0")->robot);
    assert_int_equal(SLIM_ROBOT_OTHER, client_of(agents, "")->robot);
    const struct slim_client *client =
        client_of(agents, "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0");
    assert_int_equal(SLIM_ROBOT_NONE, client->robot);
}

/* No descriptor is free, for as long. */
static apr_status_t refresh_without_descriptors(struct slim_agents *agents, int *changed)
{
    struct rlimit before, none;
    char reason[256];

    getrlimit(RLIMIT_NOFILE, &before);
    none = before;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
    apr_status_t rv = slim_agents_refresh(agents, changed, reason, sizeof reason);
    setrlimit(RLIMIT_NOFILE, &before);
    return rv;
}

static void lists_that_could_not_be_read_are_read_later(void **state)
{
    struct slim_agents *agents = slim_agents_make(UAP, "conf", pool);
    char reason[256] = "";
    int changed;

    (void)state;
    assert_int_equal(EMFILE, refresh_without_descriptors(agents, &changed));
    assert_true(changed);
    refresh_without_descriptors(agents, &changed);
    assert_false(changed); /* nothing new to tell */
    assert_int_equal(APR_SUCCESS, slim_agents_refresh(agents, &changed, reason, sizeof reason));
    assert_true(changed);
    assert_int_equal(SLIM_ROBOT_AI, client_of(agents, "GPTBot/1.0")->robot);
}

/* More agents than the cache holds: the last answer is valid, earlier ones may go. */
static void many_agents_do_not_mix(void **state)
{
    struct slim_agents *agents = agents_of_own_files();
    char reason[256] = "", agent[64], version[16];
    int changed;

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_agents_refresh(agents, &changed, reason, sizeof reason));
    for (int i = 0; i < 60000; i++) {
        int n = i % 3 ? i : i / 7;
        snprintf(agent, sizeof agent, "%s/%d", n % 2 ? "First" : "Second", n);
        snprintf(version, sizeof version, "%d", n);
        const struct slim_client *client = client_of(agents, agent);
        assert_int_equal(strlen(version), client->version.length);
        assert_memory_equal(version, client->version.at, client->version.length);
        assert_memory_equal(agent, client->browser.at, client->browser.length);
    }
    remove_tree(data);
}

/* --- a site's own files, and who said what --- */

static void own_files_come_first_and_may_come_and_go(void **state)
{
    struct slim_agents *agents = agents_of_own_files();
    const char *own = scratch_path("own"), *shipped = data;
    char reason[256] = "";
    int changed;

    (void)state;
    assert_int_equal(0, mkdir(own, 0700));
    slim_agents_add_own(agents, own);
    assert_int_equal(APR_SUCCESS, slim_agents_refresh(agents, &changed, reason, sizeof reason));
    assert_string_equal("First", string_of(client_of(agents, "First/1")->browser));
    assert_int_equal(SLIM_ROBOT_SEARCH, client_of(agents, "findme First/1")->robot);

    data = own;
    put("agents.yaml", "user_agent_parsers:\n  - regex: 'First'\n"
                       "    family_replacement: 'Own'\n");
    put("robots.tsv", "none\tfindme\n");
    assert_int_equal(APR_SUCCESS, slim_agents_refresh(agents, &changed, reason, sizeof reason));
    assert_true(changed);
    assert_string_equal("Own", string_of(client_of(agents, "First/1")->browser));
    assert_int_equal(SLIM_ROBOT_NONE, client_of(agents, "findme First/1")->robot);

    put("robots.tsv", "nonsense\n");
    assert_int_equal(SLIM_EBADRULES, slim_agents_refresh(agents, &changed, reason, sizeof reason));
    assert_non_null(strstr(reason, "own/robots.tsv: line 1, column 1: "));
    remove_tree(own);
    assert_int_equal(APR_SUCCESS, slim_agents_refresh(agents, &changed, reason, sizeof reason));
    assert_string_equal("First", string_of(client_of(agents, "First/1")->browser));
    remove_tree(shipped);
}

static const char *place_of(struct slim_rule_place place)
{
    return place.file ? apr_psprintf(pool, "%s:%u", strrchr(place.file, '/') + 1, place.line)
                      : "none";
}

static void explanations_name_file_and_line(void **state)
{
    struct slim_agents *agents = agents_of_own_files();
    struct slim_agent_explanation explanation;
    struct slim_hit hit = {.status = 200};
    char reason[256] = "";
    int changed;

    (void)state;
    put("regexes.yaml", "user_agent_parsers:\n  - regex: '(Second)/(\\d+)'\n"
                        "os_parsers:\n\n  - regex: '(System)'\n"
                        "device_parsers:\n  - regex: 'Crawly'\n"
                        "    device_replacement: 'Spider'\n");
    put("robots.tsv", "# comment\n\nsearch\tfindme\n");
    slim_agents_explain(agents, &hit, &explanation); /* nothing is read yet */
    assert_string_equal("none", place_of(explanation.browser));
    assert_int_equal(APR_SUCCESS, slim_agents_refresh(agents, &changed, reason, sizeof reason));

    hit.field[SLIM_AGENT] = text_of("findme Second/2 System");
    for (int twice = 0; twice < 2; twice++) { /* from the cache, too */
        slim_agents_explain(agents, &hit, &explanation);
        assert_string_equal("regexes.yaml:2", place_of(explanation.browser));
        assert_string_equal("regexes.yaml:5", place_of(explanation.platform));
        assert_string_equal("robots.tsv:3", place_of(explanation.robot));
        assert_int_equal(SLIM_ROBOT_SEARCH, explanation.client->robot);
    }
    hit.field[SLIM_AGENT] = text_of("First/1 Crawly");
    slim_agents_explain(agents, &hit, &explanation);
    assert_string_equal("agents.yaml:2", place_of(explanation.browser));
    assert_string_equal("none", place_of(explanation.platform));
    assert_string_equal("regexes.yaml:7", place_of(explanation.robot));
    hit.field[SLIM_AGENT] = text_of("nobody");
    slim_agents_explain(agents, &hit, &explanation);
    assert_string_equal("none", place_of(explanation.robot));
    assert_int_equal(SLIM_ROBOT_OTHER, explanation.client->robot);
    remove_tree(data);
}

/* --- the list of robots --- */

static void bad_robot_lines_are_refused_by_file_and_line(void **state)
{
    static const struct {
        const char *text;
        int line, column;
    } cases[] = {
        {"robot\tx\n", 1, 1},
        {"search\n", 1, 1},
        {"search\tx\n\n# fine\nSearch\tx\n", 4, 1},
        {"search\t[\n", 1, 9},
        {"search\tx\nai\t(?<n>\n", 2, 9},
    };
    const char *path = scratch_path("robots.tsv");

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_robots *robots;
        const char *reason = NULL;
        put_file(path, cases[i].text, strlen(cases[i].text));
        assert_int_equal(SLIM_EBADRULES, slim_robots_read(path, &robots, &reason, pool));
        const char *start =
            apr_psprintf(pool, "%s: line %d, column %d: ", path, cases[i].line, cases[i].column);
        assert_non_null(reason);
        assert_memory_equal(start, reason, strlen(start));
    }
}

static void first_robot_line_that_fits_wins(void **state)
{
    static const struct {
        const char *agent;
        int class;
    } cases[] = {
        {"Safari Technology Preview", SLIM_ROBOT_NONE},
        {"Mozilla/5.0 (Linux; Android 9; CUBOT X19)", SLIM_ROBOT_NONE},
        {"GPTBot/1.0", SLIM_ROBOT_AI},
        {"googlebot", SLIM_ROBOT_SEARCH},
        {"UptimeRobot/2.0", SLIM_ROBOT_MONITOR},
        {"facebookexternalhit/1.1", SLIM_ROBOT_PREVIEW},
        {"Feedly/1.0", SLIM_ROBOT_FEED},
        {"Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0", -1},
    };
    struct slim_robots *robots;
    const char *reason = "";

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_robots_read("conf/robots.tsv", &robots, &reason, pool));
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        if (slim_robots_find(robots, text_of(cases[i].agent)) != cases[i].class) {
            fail_msg("%s", cases[i].agent);
        }
    }
}

/* --- expressions --- */

static void groups_are_handed_out_and_unmatched_ones_are_empty(void **state)
{
    struct slim_rules *list = slim_rules_make(slim_rule_lists_make(pool));
    struct slim_match match;
    const char *reason;
    unsigned offset;

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_rules_add(list, &(struct slim_rule){.expression = "zzz"},
                                                 &reason, &offset, pool));
    assert_int_equal(APR_SUCCESS,
                     slim_rules_add(list,
                                    &(struct slim_rule){.expression =
                                                            "(a)(x)?(b)(c)(d)(e)(f)(g)(h)(i)(j)"},
                                    &reason, &offset, pool));
    assert_true(slim_rules_match(list, text_of("-abcdefghij-"), &match));
    assert_int_equal(1, match.rule);
    assert_string_equal("abcdefghij", string_of(match.group[0]));
    assert_string_equal("a", string_of(match.group[1]));
    assert_int_equal(0, match.group[2].length);
    assert_string_equal("h", string_of(match.group[9]));
    assert_false(slim_rules_match(list, text_of("ABCDEFGHIJ"), &match));
    assert_false(slim_rules_match(list, (struct slim_text){NULL, 0}, &match));
}

static void hopeless_backtracking_is_no_match(void **state)
{
    struct slim_rules *list = slim_rules_make(slim_rule_lists_make(pool));
    struct slim_match match;
    char subject[400];
    const char *reason;
    unsigned offset;

    (void)state;
    memset(subject, 'a', sizeof subject - 1);
    subject[sizeof subject - 1] = '\0';
    assert_int_equal(APR_SUCCESS,
                     slim_rules_add(list, &(struct slim_rule){.expression = "^(a+)+$b|^(a|aa)+c$"},
                                    &reason, &offset, pool));
    assert_int_equal(APR_SUCCESS, slim_rules_add(list, &(struct slim_rule){.expression = "aaa"},
                                                 &reason, &offset, pool));
    assert_true(slim_rules_match(list, text_of(subject), &match));
    assert_int_equal(1, match.rule);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_agents_are_told_by_our_files),
        cmocka_unit_test(agents_of_today_and_of_old_are_told),
        cmocka_unit_test(hostile_agents_give_printable_names),
        cmocka_unit_test(client_hints_are_part_of_who_asks),
        cmocka_unit_test(agents_beyond_the_limit_are_one),
        cmocka_unit_test(replaced_files_are_used_and_broken_ones_are_not),
        cmocka_unit_test(each_list_stands_alone),
        cmocka_unit_test(without_uap_cores_rules_the_lists_go_on),
        cmocka_unit_test(lists_that_could_not_be_read_are_read_later),
        cmocka_unit_test(many_agents_do_not_mix),
        cmocka_unit_test(own_files_come_first_and_may_come_and_go),
        cmocka_unit_test(explanations_name_file_and_line),
        cmocka_unit_test(bad_robot_lines_are_refused_by_file_and_line),
        cmocka_unit_test(first_robot_line_that_fits_wins),
        cmocka_unit_test(groups_are_handed_out_and_unmatched_ones_are_empty),
        cmocka_unit_test(hopeless_backtracking_is_no_match),
    };

    return RUN_UNIT(tests);
}
