/* The class that our own files give a robot, by its words where its name is unknown. */
#include "unit.h"

#include "core/text.h"
#include "core/tsv.h"
#include "enrich/agent.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(robots_are_of_the_class_that_they_tell),
    };

    return RUN_UNIT(tests);
}
