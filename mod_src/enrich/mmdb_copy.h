/* A MaxMind DB file (https://maxmind.github.io/MaxMind-DB/) in use: found, copied, watched, asked.
 */
#ifndef SLIM_MMDB_COPY_H
#define SLIM_MMDB_COPY_H

#include <stdint.h>

#include <apr_pools.h>
#include <maxminddb.h>

#include "../core/status_code.h"

struct slim_mmdb_copy;

/* How much a file is wanted by its name: 0 not at all. Of a directory the highest is taken, and of
 * equals the first by name. */
typedef int slim_mmdb_rank(const char *name);

/* Where the file comes from: path, or NULL for an .mmdb file of state (NULL: none), else of
 * /usr/share/GeoIP, else of /var/lib/GeoIP, by rank. Nothing is opened yet. */
struct slim_mmdb_copy *slim_mmdb_copy_make(const char *path, const char *state,
                                           slim_mmdb_rank *rank, apr_pool_t *pool);

/* Opens the file, or opens it again when it was replaced. A sealed copy in memory is read, so that
 * a file that is cut while it is in use harms nobody; a file that cannot be used leaves the last
 * good one in place. *changed tells that something was tried; the result is APR_SUCCESS with no
 * file named and none found, SLIM_EBADRULES for a file that is no MaxMind DB, else errno's value.
 */
apr_status_t slim_mmdb_copy_refresh(struct slim_mmdb_copy *copy, int *changed) SLIM_MUST_CHECK;

/* The file in use or last tried, NULL when there is none. */
const char *slim_mmdb_copy_path(const struct slim_mmdb_copy *copy);

/* The entry of an address of 4 or 16 bytes: 1 and *entry, which is valid until the next refresh,
 * else 0. IPv4 in IPv6 (::ffff:a.b.c.d) is looked up as IPv4. */
int slim_mmdb_copy_find(struct slim_mmdb_copy *copy, const uint8_t *address, uint8_t length,
                        MMDB_entry_s *entry);

/* Whether an address cannot be in the file because that has IPv4 addresses only. */
int slim_mmdb_copy_lacks(const struct slim_mmdb_copy *copy, const uint8_t *address, uint8_t length);

/* Whether such an address was asked for, once a file opened: 1 the first time, then 0. */
int slim_mmdb_copy_was_short(struct slim_mmdb_copy *copy);

#endif
