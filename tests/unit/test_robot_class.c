/* The class, operator and purpose that our own files give a robot, by its words where its name is
 * unknown. */
#include "unit.h"

#include "core/text.h"
#include "core/tsv.h"
#include "enrich/agent.h"
#include "enrich/robot.h"

#define UAP "/usr/share/uap-core/regexes.yaml"

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

/* tests/data/robot_class.tsv */
static void robots_are_of_the_class_that_they_tell(void **state)
{
    struct slim_agents *agents = our_agents();
    struct slim_tsv tsv;
    int rows = 0, wrong = 0;

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_tsv_open("tests/data/robot_class.tsv", &tsv, pool));
    while (slim_tsv_next(&tsv, pool) == APR_SUCCESS) {
        struct slim_hit hit = {.status = 200};
        hit.field[SLIM_AGENT] = text_of(tsv.column[1]);
        const char *got = slim_robot_name(slim_agents_derive(agents, &hit)->robot);
        if (strcmp(tsv.column[0], got) != 0) {
            print_error("line %u: expected %s, got %s\n", tsv.line, tsv.column[0], got);
            wrong++;
        }
        rows++;
    }
    assert_int_equal(0, wrong);
    assert_true(rows > 50);
}

/* tests/data/robot_purpose.tsv */
static void robots_have_an_operator_and_a_purpose(void **state)
{
    struct slim_agents *agents = our_agents();
    struct slim_tsv tsv;
    int rows = 0, wrong = 0;

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_tsv_open("tests/data/robot_purpose.tsv", &tsv, pool));
    while (slim_tsv_next(&tsv, pool) == APR_SUCCESS) {
        struct slim_hit hit = {.status = 200};
        hit.field[SLIM_AGENT] = text_of(tsv.column[2]);
        const struct slim_client *client = slim_agents_derive(agents, &hit);
        const char *purpose = slim_robot_purpose_name(client->purpose);
        const char *name = client->operator.length == 0
                               ? ""
                               : apr_pstrmemdup(pool, client->operator.at, client->operator.length);
        name = name[0] ? name : "-";
        if (strcmp(tsv.column[0], name) != 0 || strcmp(tsv.column[1], purpose) != 0) {
            print_error("line %u: got %s, %s\n", tsv.line, name, purpose);
            wrong++;
        }
        assert_true(slim_robot_purpose_fits(client->robot, client->purpose));
        rows++;
    }
    assert_int_equal(0, wrong);
    assert_true(rows > 30);
}

/* A list with just this line, and what is wrong with it. */
static const char *fault_of(const char *line)
{
    const char *path = scratch_path("line.tsv"), *reason = "";
    struct slim_robots *robots;

    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(line, file) >= 0);
    assert_int_equal(0, fclose(file));
    apr_status_t rv = slim_robots_read(path, &robots, &reason, pool);
    return rv == APR_SUCCESS ? "" : reason;
}

static void lines_that_say_what_cannot_be_are_refused(void **state)
{
    static const struct {
        const char *line, *fault;
    } cases[] = {
        {"ai\tx\n", ""},
        {"ai\tx\tstranger\n", ""},
        {"ai\tx\tAcme\n", ""},
        {"ai\tx\tAcme\tfetch\tstranger\n", ""},
        {"ai\tx\t-\tindex\n", ""},
        {"tool\tx\t-\tseo\n", ""},
        {"words\tx\tAcme\tindex\n", ""},
        {"ai\tx\tAcme\tsearch\n", "no purpose of this class"},
        {"tool\tx\tAcme\ttrain\n", "no purpose of this class"},
        {"words\tx\tAcme\tseo\n", "no purpose of this class"},
        {"none\tx\tAcme\tother\n", "no purpose of this class"},
        {"ai\tx\tAcme\tlearn\n", "is no purpose of robots"},
        {"ai\tx\tAcme\tindex\tmore\n", "is not stranger"},
        {"learn\tx\n", "needs a class"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *fault = fault_of(cases[i].line);
        if (cases[i].fault[0] ? !strstr(fault, cases[i].fault) : fault[0]) {
            fail_msg("%s: %s", cases[i].line, fault);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(robots_are_of_the_class_that_they_tell),
        cmocka_unit_test(robots_have_an_operator_and_a_purpose),
        cmocka_unit_test(lines_that_say_what_cannot_be_are_refused),
    };

    return RUN_UNIT(tests);
}
