/* What a test of the configuration says of the lists. */
#ifndef SLIM_CHECK_LISTS_H
#define SLIM_CHECK_LISTS_H

#include <httpd.h>

/* Of httpd's hook test_config: has the command read all lists, and say what is wrong with them on
 * standard error. */
void slim_check_lists(apr_pool_t *pconf, server_rec *server);

#endif
