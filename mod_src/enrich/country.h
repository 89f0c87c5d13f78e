/* The place of an address: country, and region and city when the file is one of cities. */
#ifndef SLIM_COUNTRY_H
#define SLIM_COUNTRY_H

#include <apr_pools.h>

#include "../core/hit.h"
#include "mmdb_copy.h"
#include "mmdb_value.h"

struct slim_country;

/* All "" when unknown. */
struct slim_place {
    char country[3];                     /* ISO 3166-1, upper case */
    char region[SLIM_MMDB_TEXT_MAX + 1]; /* its largest subdivision's English name, else its code */
    char city[SLIM_MMDB_TEXT_MAX + 1];   /* English name */
};

/* Where the file comes from: path, or NULL for what slim_mmdb_copy_make finds, less what is named
 * for something else (GeoLite2-ASN.mmdb): a file of cities before one of countries. Nothing is
 * opened yet. */
struct slim_country *slim_country_make(const char *path, const char *state, apr_pool_t *pool);

/* As slim_mmdb_copy_refresh. */
apr_status_t slim_country_refresh(struct slim_country *country, int *changed) SLIM_MUST_CHECK;

/* The file behind it. */
struct slim_mmdb_copy *slim_country_file(struct slim_country *country);

/* The place of an address of 4 or 16 bytes; never NULL. It is valid until the next call. */
const struct slim_place *slim_country_find(struct slim_country *country, const uint8_t *address,
                                           uint8_t length);

#endif
