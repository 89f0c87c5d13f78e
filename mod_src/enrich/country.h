/* The place of an address: country, and region and city when the file is one of cities. */
#ifndef SLIM_COUNTRY_H
#define SLIM_COUNTRY_H

#include <apr_pools.h>

#include "core/hit.h"
#include "core/status_code.h"
#include "mmdb_value.h"

/* How our own files of countries are called (slimstats country build), and the one by default. It
 * comes before a country.mmdb by name, which is what earlier versions built. */
#define SLIM_COUNTRY_ENDING ".ranges"
#define SLIM_COUNTRY_FILE "countries" SLIM_COUNTRY_ENDING

struct slim_country;

/* All "" when unknown. */
struct slim_place {
    char country[3];                     /* ISO 3166-1, upper case */
    char region[SLIM_MMDB_TEXT_MAX + 1]; /* its largest subdivision's English name, else its code */
    char city[SLIM_MMDB_TEXT_MAX + 1];   /* English name */
};

/* Where the file comes from: path, or NULL for what slim_address_file_make finds: an .mmdb file,
 * unless it is named for something else (GeoLite2-ASN.mmdb), or one that ends in
 * SLIM_COUNTRY_ENDING; a file of cities before one of countries. Nothing is opened yet. */
struct slim_country *slim_country_make(const char *path, const char *state, apr_pool_t *pool);

/* Opens the file, or opens it again when it was replaced; its kind is recognized by its first
 * bytes. One that cannot be used leaves the last good one in use. *changed: something
 * was tried; the result is APR_SUCCESS with no file named and none found, SLIM_EBADRULES for a file
 * of no kind that is known, else errno's value. */
apr_status_t slim_country_refresh(struct slim_country *country, int *changed) SLIM_MUST_CHECK;

/* The file in use or last tried, NULL when there is none. */
const char *slim_country_path(const struct slim_country *country);

/* As slim_mmdb_lacks and slim_mmdb_was_short. */
int slim_country_lacks(const struct slim_country *country, const uint8_t *address, uint8_t length);
int slim_country_was_short(struct slim_country *country);

/* The place of an address of 4 or 16 bytes; never NULL. It is valid until the next call. */
const struct slim_place *slim_country_find(struct slim_country *country, const uint8_t *address,
                                           uint8_t length);

#endif
