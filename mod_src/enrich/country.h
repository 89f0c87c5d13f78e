/* The country of an address, from a MaxMind DB file (https://maxmind.github.io/MaxMind-DB/). */
#ifndef SLIM_COUNTRY_H
#define SLIM_COUNTRY_H

#include <apr_pools.h>

#include "../core/hit.h"
#include "../core/status_code.h"

struct slim_country;

/* Where the file comes from: path, or NULL for the first .mmdb by name in state, /usr/share/GeoIP
 * and /var/lib/GeoIP that is not named for something else (GeoLite2-ASN.mmdb). Nothing is opened
 * yet. */
struct slim_country *slim_country_make(const char *path, const char *state, apr_pool_t *pool);

/* Opens the file, or opens it again when it was replaced. A private copy is read, so that a file
 * that is cut while it is in use harms nobody; a file that cannot be used leaves the last good one
 * in place. *changed tells that something was tried; the result is APR_SUCCESS with no file named
 * and none found, SLIM_EBADRULES for a file that is no MaxMind DB, else errno's value. */
apr_status_t slim_country_refresh(struct slim_country *country, int *changed) SLIM_MUST_CHECK;

/* The file in use or last tried, NULL when there is none. */
const char *slim_country_path(const struct slim_country *country);

/* Writes the ISO 3166-1 code of an address in upper case, or "" when it is not known. IPv4 in
 * IPv6 (::ffff:a.b.c.d) is looked up as IPv4. */
void slim_country_derive(struct slim_country *country, const uint8_t *address,
                         uint8_t address_length, char out[3]);

#endif
