/* The recorder's settings, as the module passes them: lines of "name value", read from the
 * file descriptor that the parent hands over. The same names are the options of
 * `slimstats record`. */
#ifndef SLIM_SETTINGS_H
#define SLIM_SETTINGS_H

#include <stdint.h>

#include <apr_hash.h>
#include <apr_pools.h>

#include "setting_table.h"
#include "setting_values.h"
#include "site_names.h"
#include "site_rules.h"
#include "status_code.h"

/* The defaults of httpd.conf; texts live in pool or are constants. */
void slim_settings_init(struct slim_settings *settings, apr_pool_t *pool);

/* Sets a path, URL, size, number or word by its entry in the table. With as_directive a number is
 * counted as httpd.conf does. SLIM_EBADSETTING: the value is not allowed, and nothing was set. */
apr_status_t slim_settings_put(struct slim_settings *settings, const struct slim_setting *setting,
                               const char *value, int as_directive,
                               apr_pool_t *pool) SLIM_MUST_CHECK;

/* Sets one by its name. SLIM_EBADSETTING when name or value is not understood. */
apr_status_t slim_settings_set(struct slim_settings *settings, const char *name, const char *value,
                               apr_pool_t *pool) SLIM_MUST_CHECK;

/* All that a file behind fd has, in pool; SLIM_EBADSETTING: too much. */
apr_status_t slim_settings_text(int fd, char **text, apr_pool_t *pool) SLIM_MUST_CHECK;

/* Reads lines until the end of the file behind fd; *line: how many were understood. */
apr_status_t slim_settings_read(struct slim_settings *settings, int fd, unsigned *line,
                                apr_pool_t *pool) SLIM_MUST_CHECK;

/* The settings as lines for slim_settings_read, in pool. */
const char *slim_settings_write(const struct slim_settings *settings, apr_pool_t *pool);

/* Writes them to the file `settings` in the state directory, whole or not at all; and reads them
 * from there: ENOENT when there is none, else as slim_settings_read. */
apr_status_t slim_settings_save(const struct slim_settings *settings,
                                apr_pool_t *pool) SLIM_MUST_CHECK;
apr_status_t slim_settings_load(struct slim_settings *settings, const char *state, unsigned *line,
                                apr_pool_t *pool) SLIM_MUST_CHECK;

/* The file `settings` in the state directory as it is; NULL: there is none. */
const char *slim_settings_left(const char *state, apr_pool_t *pool);

/* Adds a host name that belongs to a site: referers from it are internal. "*.example.org" stands
 * for all names below. */
void slim_settings_own_host(struct slim_settings *settings, const char *site, const char *host,
                            apr_pool_t *pool);

/* A store URL as messages may have it: without a user's name and password. */
const char *slim_settings_store_shown(const char *store, apr_pool_t *pool);

#endif
