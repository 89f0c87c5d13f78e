/* A country file of one's own, from the text files that Debian's tor-geoipdb brings. */
#ifndef SLIM_COUNTRY_BUILD_H
#define SLIM_COUNTRY_BUILD_H

#include <apr_pools.h>

#include "core/status_code.h"

#define SLIM_GEOIP_DIRECTORY "/usr/share/tor"

struct slim_country_build {
    const char *from;   /* directory of the files geoip and geoip6 */
    const char *output; /* the file to make or to replace */
    void (*progress)(void *data, uint64_t done, uint64_t total); /* bytes read; may be NULL */
    void *data;

    uint64_t ranges; /* taken; set by slim_country_build */
    uint64_t size;   /* of the file, bytes */
};

/* Reads line by line, and replaces output: that is there whole or as it was before. On failure
 * *reason says what is wrong: SLIM_EBADRULES for a line that is not understood, or whose range
 * another line has, too, else errno's value. */
apr_status_t slim_country_build(struct slim_country_build *build, const char **reason,
                                apr_pool_t *pool) SLIM_MUST_CHECK;

#endif
