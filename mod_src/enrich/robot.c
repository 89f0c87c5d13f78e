/* The list of robots: classes and expressions, the first that matches wins. */
#include "robot.h"

#include <apr_strings.h>
#include <apr_tables.h>

#include "rules.h"
#include "../core/tsv.h"

struct slim_robots {
    struct slim_rules *rules;
    apr_array_header_t *classes; /* int, one a rule */
};

apr_status_t slim_robots_read(const char *path, struct slim_robots **result, const char **reason,
                              apr_pool_t *pool)
{
    struct slim_robots *robots = apr_palloc(pool, sizeof *robots);
    struct slim_tsv tsv;
    const char *why = "cannot be read";
    apr_status_t rv = slim_tsv_open(path, &tsv, pool);

    robots->rules = slim_rules_make(pool);
    robots->classes = apr_array_make(pool, 256, sizeof(int));
    while (rv == APR_SUCCESS) {
        rv = slim_tsv_next(&tsv, pool);
        if (rv != APR_SUCCESS) {
            break;
        }
        int class = slim_robot_of(tsv.column[0]);
        why = "needs a class and an expression";
        if (class < 0 || tsv.columns < 2) {
            rv = SLIM_EBADRULES;
            break;
        }
        APR_ARRAY_PUSH(robots->classes, int) = class;
        rv = slim_rules_add(robots->rules, tsv.column[1], 1, &why, pool);
    }
    if (rv != APR_EOF) {
        *reason = apr_psprintf(pool, "%s: line %u: %s", path, tsv.line, why);
        return rv;
    }
    *result = robots;
    return APR_SUCCESS;
}

int slim_robots_find(const struct slim_robots *robots, struct slim_text agent)
{
    struct slim_match match;

    if (!slim_rules_match(robots->rules, agent, &match)) {
        return -1;
    }
    return APR_ARRAY_IDX(robots->classes, match.rule, int);
}
