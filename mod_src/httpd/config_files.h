/* Files and directories that directives name, as configtest looks at them. */
#ifndef SLIM_CONFIG_FILES_H
#define SLIM_CONFIG_FILES_H

#include <httpd.h>

/* The check_config hook: an error unless all that directives name is there and of its kind; what is
 * not is told with file and line. In `httpd -t` alone: a server that starts goes on without, since
 * statistics are nobody's reason to be down, and recorder and status say what is missing. Behind
 * slim_config_check, which fixes the state directory. */
int slim_config_files_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                            server_rec *server);

#endif
