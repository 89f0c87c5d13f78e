/* The list of robots: classes and expressions, the first that matches wins. */
#include "robot.h"

#include <string.h>

#include <apr_strings.h>

#include "agent_shape.h"
#include "core/tsv.h"
#include "rules.h"

struct slim_robots {
    struct slim_rules *rules; /* each with the class, and these, as its mark: */
};

#define CLASS(mark) ((mark)&0xff)
#define IS_OWN 0x100       /* of the site's own list: it counts wherever it fits */
#define IS_STRANGERS 0x200 /* only for agents whose browser agents.yaml does not name */

/* Reading one file. */
struct reading {
    struct slim_robots *robots;
    int is_own;
};

static const char *take_row(void *baton, const char *path, struct slim_tsv *row, apr_pool_t *pool)
{
    const struct reading *reading = baton;
    struct slim_rule rule = {.expression = row->column[1],
                             .ignore_case = 1,
                             .place = {path, row->line}};
    int class = slim_robot_of(row->column[0]);
    const char *why;
    unsigned offset;

    if (class < 0 || row->columns < 2) {
        return "needs a class and an expression";
    }
    if (row->columns > 2 && strcmp(row->column[2], "stranger") != 0) {
        row->fault_at = row->at[2];
        return "is not stranger, and nothing else can stand here";
    }
    rule.mark = class | (reading->is_own ? IS_OWN : 0) | (row->columns > 2 ? IS_STRANGERS : 0);
    if (slim_rules_add(reading->robots->rules, &rule, &why, &offset, pool) != APR_SUCCESS) {
        row->fault_at = row->at[1] + offset;
        return why;
    }
    return NULL;
}

struct slim_robots *slim_robots_make(struct slim_rule_lists *lists)
{
    struct slim_robots *robots = apr_palloc(slim_rule_lists_pool(lists), sizeof *robots);

    robots->rules = slim_rules_make(lists);
    return robots;
}

apr_status_t slim_robots_read_files(struct slim_list_file *files, int count,
                                    struct slim_robots **result, struct slim_rule_lists *lists)
{
    apr_pool_t *pool = slim_rule_lists_pool(lists);
    struct slim_robots *robots = slim_robots_make(lists);
    apr_status_t rv = APR_SUCCESS;

    for (int i = 0; i < count && rv == APR_SUCCESS; i++) {
        struct reading reading = {robots, files[i].is_own};
        rv = slim_tsv_each(&files[i], take_row, &reading, pool);
    }
    if (rv == APR_SUCCESS) {
        *result = robots;
    }
    return rv;
}

apr_status_t slim_robots_read(const char *path, struct slim_robots **robots, const char **reason,
                              apr_pool_t *pool)
{
    struct slim_list_file file = {.path = apr_pstrdup(pool, path)};
    struct slim_rule_lists *lists = slim_rule_lists_make(pool);
    apr_status_t rv = slim_robots_read_files(&file, 1, robots, lists);

    if (rv == APR_SUCCESS) {
        slim_rule_lists_build(lists);
    }
    *reason = file.fault;
    return rv;
}

struct telling {
    const struct slim_robots *robots;
    const struct slim_robot_look *look;
};

static int counts(void *baton, const struct slim_match *match)
{
    const struct telling *telling = baton;
    const struct slim_robot_look *look = telling->look;
    int mark = slim_rules_mark(telling->robots->rules, match->rule);
    struct slim_text all = match->group[0];

    if (mark & IS_OWN || CLASS(mark) == SLIM_ROBOT_NONE) {
        return 1;
    }
    if (mark & IS_STRANGERS && look->has_browser) {
        return 0;
    }
    size_t from = all.length > 0 ? (size_t)(all.at - look->shape->text) : 0;
    return !slim_agent_shape_is_device(look->shape, from, from + all.length);
}

int slim_robots_tell(const struct slim_robots *robots, const struct slim_robot_look *look,
                     struct slim_rule_place *place)
{
    struct telling telling = {robots, look};
    struct slim_text text = {look->shape->text, look->shape->length};
    struct slim_match match;

    if (!slim_rules_match_accepted(robots->rules, text, counts, &telling, &match)) {
        return -1;
    }
    *place = match.place;
    return CLASS(slim_rules_mark(robots->rules, match.rule));
}

int slim_robots_find(const struct slim_robots *robots, struct slim_text agent)
{
    struct slim_rule_place place;
    struct slim_agent_shape shape;
    const struct slim_robot_look look = {&shape, 0};

    slim_agent_shape_find(agent, &shape);
    return slim_robots_tell(robots, &look, &place);
}
