/* Which values a filter can have. Any other is a typing error, and is refused: an empty answer
 * would look like a result. */
#ifndef SLIM_FILTER_VALUE_H
#define SLIM_FILTER_VALUE_H

#include "query.h"

/* A closed set of names, or a shape. */
struct slim_filter_values;

extern const struct slim_filter_values slim_values_proof;
extern const struct slim_filter_values slim_values_channel, slim_values_country, slim_values_ip,
    slim_values_kind, slim_values_language, slim_values_mark, slim_values_purpose,
    slim_values_robot, slim_values_status, slim_values_visit;
/* Any name that has no comma. */
extern const struct slim_filter_values slim_values_word;

/* Whether the filter has one of these values, or a value with that in it; NULL: any value. Of a
 * filter whose value is one: each of several is looked at alone.
 * Addresses are normalized as they are stored. 0: *reason says what is allowed. */
int slim_filter_value_check(const struct slim_filter_values *values, struct slim_filter *filter,
                            const char **reason, apr_pool_t *pool);

#endif
