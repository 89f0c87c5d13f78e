/* The lists that were read when the module was built answer as those that are read now. */
#include "unit.h"

#include "core/tsv.h"
#include "enrich/agent.h"
#include "enrich/agents_image.h"

#define UAP "/usr/share/uap-core/regexes.yaml"

static const char *const names[] = {"agents.yaml", "regexes.yaml", "robots.tsv", "probes.tsv"};

/* A directory with copies of all lists. */
static void copy_lists(void)
{
    for (size_t i = 0; i < LENGTH_OF(names); i++) {
        copy_file(i == 1 ? UAP : apr_pstrcat(pool, "conf/", names[i], NULL),
                  scratch_path(names[i]));
    }
}

static struct slim_agents *agents_of_copies(void)
{
    struct slim_agents *agents = slim_agents_make(scratch_path("regexes.yaml"), scratch, pool);
    char reason[256] = "";
    int changed;

    if (slim_agents_refresh(agents, &changed, reason, sizeof reason) != APR_SUCCESS) {
        fail_msg("%s", reason);
    }
    return agents;
}

static const char *place_text(const struct slim_rule_place *place)
{
    return place->file ? apr_psprintf(pool, "%s:%u", place->file, place->line) : "nowhere";
}

/* All that is said of an agent, and by which lines. */
static const char *said_of(struct slim_agents *agents, const char *agent)
{
    struct slim_hit hit = {.status = 200};
    struct slim_agent_explanation said;

    hit.field[SLIM_AGENT] = text_of(agent);
    slim_agents_explain(agents, &hit, &said);
    return apr_psprintf(pool, "%s %s %s on %s %s, %s; %s, %s, %s", string_of(said.client->browser),
                        string_of(said.client->version), string_of(said.client->version_full),
                        string_of(said.client->platform), string_of(said.client->platform_version),
                        slim_robot_name(said.client->robot), place_text(&said.browser),
                        place_text(&said.platform), place_text(&said.robot));
}

static const char *said_of_probe(struct slim_agents *agents, const char *resource, uint16_t status)
{
    struct slim_rule_place place = {NULL, 0};

    return slim_agents_is_probe(agents, text_of(resource), status, &place) ? place_text(&place)
                                                                           : "none";
}

static void assert_same(struct slim_agents *ready, struct slim_agents *read)
{
    static const char *const resources[] = {
        "/",          "/wp-login.php",  "/.env",           "/a?b=../../etc/passwd",
        "/cgi-bin/x", "/%2egit/config", "/vendor/phpunit/"};
    struct slim_tsv tsv;
    int rows = 0;

    assert_int_equal(APR_SUCCESS, slim_tsv_open("tests/data/agents.tsv", &tsv, pool));
    for (; slim_tsv_next(&tsv, pool) == APR_SUCCESS; rows++) {
        assert_string_equal(said_of(read, tsv.column[0]), said_of(ready, tsv.column[0]));
    }
    assert_true(rows > 100);
    for (size_t i = 0; i < LENGTH_OF(resources); i++) {
        for (uint16_t status = 200; status < 500; status = (uint16_t)(status + 204)) {
            assert_string_equal(said_of_probe(read, resources[i], status),
                                said_of_probe(ready, resources[i], status));
        }
    }
}

static void change_list(const char *name, const char *from, const char *to)
{
    size_t length;
    char *bytes = get_file(scratch_path(name), &length);
    char *at = from[0] ? strstr(bytes, from) : bytes + length;

    assert_non_null(at);
    put_file(scratch_path(name),
             apr_pstrcat(pool, apr_pstrndup(pool, bytes, (size_t)(at - bytes)), to,
                         at + strlen(from), NULL),
             length - strlen(from) + strlen(to));
}

static void lists_of_the_package_need_not_be_read(void **state)
{
    (void)state;
    copy_lists();
    assert_int_equal(LENGTH_OF(names),
                     slim_agents_image.agents.files + slim_agents_image.probes.files);
    assert_true(slim_agents_is_image(agents_of_copies()));
}

static void what_is_read_says_the_same(void **state)
{
    (void)state;
    copy_lists();
    struct slim_agents *ready = agents_of_copies();
    for (size_t i = 0; i < LENGTH_OF(names); i++) {
        copy_lists();
        change_list(names[i], "", "# Of ours.\n");
        struct slim_agents *read = agents_of_copies();
        assert_false(slim_agents_is_image(read));
        assert_same(ready, read);
    }
}

static void a_change_of_the_same_length_counts(void **state)
{
    static const char curl[] = "curl/7.88.1";

    (void)state;
    copy_lists();
    assert_non_null(strstr(said_of(agents_of_copies(), curl), ", tool;"));
    change_list("robots.tsv", "\ntool\t^(?:curl|", "\nfeed\t^(?:curl|");
    struct slim_agents *changed = agents_of_copies();
    assert_false(slim_agents_is_image(changed));
    assert_non_null(strstr(said_of(changed, curl), ", feed;"));
}

static void lists_of_the_site_come_first(void **state)
{
    static const char own[] = "feed\t^curl/\n";

    (void)state;
    copy_lists();
    assert_int_equal(0, mkdir(scratch_path("own"), 0700));
    put_file(scratch_path("own/robots.tsv"), own, sizeof own - 1);
    struct slim_agents *agents = slim_agents_make(scratch_path("regexes.yaml"), scratch, pool);
    char reason[256];
    int changed;
    slim_agents_add_own(agents, scratch_path("own"));
    assert_int_equal(APR_SUCCESS, slim_agents_refresh(agents, &changed, reason, sizeof reason));
    assert_false(slim_agents_is_image(agents));
    assert_non_null(strstr(said_of(agents, "curl/7.88.1"), ", feed;"));
    assert_int_equal(0, unlink(scratch_path("own/robots.tsv")));
    assert_int_equal(APR_SUCCESS, slim_agents_refresh(agents, &changed, reason, sizeof reason));
    assert_true(slim_agents_is_image(agents));
    assert_non_null(strstr(said_of(agents, "curl/7.88.1"), ", tool;"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_the_package_need_not_be_read),
        cmocka_unit_test(what_is_read_says_the_same),
        cmocka_unit_test(a_change_of_the_same_length_counts),
        cmocka_unit_test(lists_of_the_site_come_first),
    };

    return RUN_UNIT(tests);
}
