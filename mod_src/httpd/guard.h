/* Who may see the dashboard: its section's own Require, our host names, no other site's pages. */
#ifndef SLIM_GUARD_H
#define SLIM_GUARD_H

#include "dir.h"

/* Forgets what the last reading of the configuration left. */
void slim_guard_begin(apr_pool_t *pconf);

/* SetHandler and Require, which the core and mod_authz_core act on. */
const char *slim_guard_note_handler(cmd_parms *cmd, void *dir, const char *args);
const char *slim_guard_note_require(cmd_parms *cmd, void *dir, const char *args);

/* Merges what was noted of base and add into conf, which begins as base. */
void slim_guard_merge(struct slim_dir *conf, const struct slim_dir *add);

/* Warns of dashboards that nobody may see, once for each, and of virtual hosts where another
 * section decides. */
void slim_guard_check(apr_pool_t *pool, server_rec *main_server);

/* Whether a request to the dashboard is refused; the admin is told why where that is news. */
int slim_guard_refuses(request_rec *r, const struct slim_dir *conf);

/* The part of the URL behind the location, "" for the location without its slash. */
const char *slim_guard_path(const request_rec *r, const struct slim_dir *conf);

#endif
