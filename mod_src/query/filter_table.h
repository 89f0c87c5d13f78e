/* What can be filtered by. A filter is a line of this table and a file in sql/: filter/NAME.sql, a
 * condition on a row called hit, or visit_filter/NAME.sql, one on a row called visit. */
#ifndef SLIM_FILTER_TABLE_H
#define SLIM_FILTER_TABLE_H

#include <stddef.h>

#include <apr_pools.h>

struct slim_filter_values;

enum slim_filter_of {
    SLIM_OF_HIT,
    /* of a hit, and the same for all hits of a visit: it can be asked of the visit's own columns
     * site, robot, agent and id */
    SLIM_OF_EACH_HIT,
    SLIM_OF_VISIT, /* a visit has it, and a hit by its visit alone; its file is in visit_filter/ */
    /* the same, and a visit has it by its page views: a visit without any, and hits of such a visit
     * or of none, have no value, neither one asked for nor another */
    SLIM_OF_COUNTED_VISIT
};

struct slim_filter_type {
    const char *name;
    enum slim_filter_of of;
    /* that there can be: several can be asked for, with commas between; NULL: any text, and a comma
     * is part of it */
    const struct slim_filter_values *values;
};

/* Ends with a NULL name. */
extern const struct slim_filter_type slim_filter_types[];

static inline int slim_filter_is_of_visits(const struct slim_filter_type *type)
{
    return type->of == SLIM_OF_VISIT || type->of == SLIM_OF_COUNTED_VISIT;
}

/* NULL: there is none of that name. */
const struct slim_filter_type *slim_filter_type_find(const char *name, size_t length);

/* All names, in pool: "site, page, …". */
const char *slim_filter_names(apr_pool_t *pool);

#endif
