/* What differs between two settings files (settings.h): names alone, no values. */
#ifndef SLIM_SETTINGS_CHANGE_H
#define SLIM_SETTINGS_CHANGE_H

#include <stddef.h>

#include <apr_pools.h>

/* The directives whose lines differ, in the order of the table: "SlimStatsRetain, SlimStatsQuery",
 * at most size - 1 bytes, the last names left out where they do not fit. Lines of sites may have
 * come in another order. Empty: none. */
void slim_settings_changed(const char *before, const char *after, char *names, size_t size,
                           apr_pool_t *pool);

#endif
