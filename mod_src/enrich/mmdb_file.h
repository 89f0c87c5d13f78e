/* Writing a MaxMind DB file of countries (https://maxmind.github.io/MaxMind-DB/, version 2.0). */
#ifndef SLIM_MMDB_FILE_H
#define SLIM_MMDB_FILE_H

#include <stdio.h>

#include "mmdb_tree.h"

/* Values of a tree of countries: from two upper-case letters, and back. */
uint32_t slim_mmdb_country_value(const char country[3]);

/* Writes the tree, a data section with {country: {iso_code}} for each country, and the metadata.
 * The same tree gives the same bytes. epoch: seconds since 1970, when the data was made. errno's
 * value when the file cannot be written. */
apr_status_t slim_mmdb_file_write(const struct slim_mmdb_tree *tree, uint64_t epoch,
                                  FILE *file) SLIM_MUST_CHECK;

#endif
