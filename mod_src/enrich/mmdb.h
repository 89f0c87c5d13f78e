/* A MaxMind DB file (https://maxmind.github.io/MaxMind-DB/) in use. */
#ifndef SLIM_MMDB_H
#define SLIM_MMDB_H

#include <stdint.h>

#include <apr_pools.h>
#include <maxminddb.h>

#include "core/status_code.h"

struct slim_mmdb;

/* Whether a file is called as such files are. */
int slim_mmdb_is_name(const char *name);

/* Nothing is open yet. */
struct slim_mmdb *slim_mmdb_make(apr_pool_t *pool);

/* Opens what fd leads to, in place of what is open: a file that nobody changes meanwhile, since
 * libmaxminddb maps it. SLIM_EBADRULES: it is no MaxMind DB, and what is open stays. */
apr_status_t slim_mmdb_open(struct slim_mmdb *mmdb, int fd) SLIM_MUST_CHECK;

void slim_mmdb_close(struct slim_mmdb *mmdb);

/* The entry of an address of 4 or 16 bytes: 1 and *entry, which is valid until another file is
 * opened, else 0. IPv4 in IPv6 (::ffff:a.b.c.d) is looked up as IPv4. */
int slim_mmdb_find(struct slim_mmdb *mmdb, const uint8_t *address, uint8_t length,
                   MMDB_entry_s *entry);

/* Whether an address cannot be in the file because that has IPv4 addresses only. */
int slim_mmdb_lacks(const struct slim_mmdb *mmdb, const uint8_t *address, uint8_t length);

/* Whether such an address was asked for, since the file was opened: 1 the first time, then 0. */
int slim_mmdb_was_short(struct slim_mmdb *mmdb);

#endif
