/* Which values of a dimension there can be: a question for another one is a slip of the pen, and an
 * empty answer would be taken for a number. */
#ifndef SLIM_FILTER_VALUE_H
#define SLIM_FILTER_VALUE_H

#include "query.h"

/* Whether the filter's dimension can have its value, or a value with that in it. Sets of names are
 * closed (robot, kind, channel, mark), others have a shape (status, country, language, visit, ip);
 * any other dimension has any value. Addresses become what the store has. 0: *reason says what is
 * allowed. */
int slim_filter_value_check(struct slim_filter *filter, const char **reason, apr_pool_t *pool);

#endif
