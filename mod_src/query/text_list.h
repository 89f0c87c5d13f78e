/* Several texts as one: how they are handed to an engine. */
#ifndef SLIM_TEXT_LIST_H
#define SLIM_TEXT_LIST_H

#include <apr_pools.h>
#include <apr_tables.h>

/* A JSON array (RFC 8259) of const char *, in pool; "[]" when memory is short. What is no UTF-8 is
 * left out: no engine has such a name. */
const char *slim_text_list(const apr_array_header_t *texts, apr_pool_t *pool);

#endif
