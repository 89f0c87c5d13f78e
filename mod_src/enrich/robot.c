/* The list of robots: classes and expressions, the first that matches wins. */
#include "robot.h"

#include <apr_strings.h>
#include <apr_tables.h>

#include "core/tsv.h"
#include "rules.h"

struct slim_robots {
    struct slim_rules *rules;
    apr_array_header_t *classes; /* int, one a rule */
};

static const char *take_row(void *baton, const char *path, const struct slim_tsv *row,
                            apr_pool_t *pool)
{
    struct slim_robots *robots = baton;
    const struct slim_rule rule = {row->column[1], 1, {path, row->line}};
    int class = slim_robot_of(row->column[0]);
    const char *why;

    if (class < 0 || row->columns < 2) {
        return "needs a class and an expression";
    }
    APR_ARRAY_PUSH(robots->classes, int) = class;
    return slim_rules_add(robots->rules, &rule, &why, pool) == APR_SUCCESS ? NULL : why;
}

apr_status_t slim_robots_read_files(const char *const *paths, int count,
                                    struct slim_robots **result, const char **reason,
                                    struct slim_rule_lists *lists)
{
    apr_pool_t *pool = slim_rule_lists_pool(lists);
    struct slim_robots *robots = apr_palloc(pool, sizeof *robots);
    apr_status_t rv = APR_SUCCESS;

    robots->rules = slim_rules_make(lists);
    robots->classes = apr_array_make(pool, 256, sizeof(int));
    for (int i = 0; i < count && rv == APR_SUCCESS; i++) {
        rv = slim_tsv_each(paths[i], take_row, robots, reason, pool);
    }
    if (rv == APR_SUCCESS) {
        *result = robots;
    }
    return rv;
}

apr_status_t slim_robots_read(const char *path, struct slim_robots **robots, const char **reason,
                              apr_pool_t *pool)
{
    const char *paths[] = {apr_pstrdup(pool, path)};
    struct slim_rule_lists *lists = slim_rule_lists_make(pool);
    apr_status_t rv = slim_robots_read_files(paths, 1, robots, reason, lists);

    if (rv == APR_SUCCESS) {
        slim_rule_lists_build(lists);
    }
    return rv;
}

int slim_robots_tell(const struct slim_robots *robots, struct slim_text agent,
                     struct slim_rule_place *place)
{
    struct slim_match match;

    if (!slim_rules_match(robots->rules, agent, &match)) {
        return -1;
    }
    *place = match.place;
    return APR_ARRAY_IDX(robots->classes, match.rule, int);
}

int slim_robots_find(const struct slim_robots *robots, struct slim_text agent)
{
    struct slim_rule_place place;

    return slim_robots_tell(robots, agent, &place);
}
