/* Visitors are identified by a keyed hash, which nobody can reverse without the key. */
#ifndef SLIM_VISITOR_H
#define SLIM_VISITOR_H

#include <apr_pools.h>

#include "core/hit.h"
#include "core/settings.h"
#include "core/visitor_key.h"

/* SipHash-2-4 of site, address as it was kept, and agent; never 0. */
uint64_t slim_visitor_hash(const unsigned char key[SLIM_VISITOR_KEY_LENGTH], struct slim_text site,
                           const uint8_t *address, uint8_t address_length, struct slim_text agent);

/* The same of a host's name in place of an address: never equal to one of these by their bytes. */
uint64_t slim_visitor_hash_name(const unsigned char key[SLIM_VISITOR_KEY_LENGTH],
                                struct slim_text site, struct slim_text name,
                                struct slim_text agent);

struct slim_visitors;

/* Nothing is read or made yet. shared: the file of the key of several front ends, which is never
 * made here; NULL: the key is this state directory's own. */
struct slim_visitors *slim_visitors_make(const char *state, const char *shared,
                                         enum slim_visitor_key kind, apr_pool_t *pool);

/* Reads the key's file in the state directory, or makes it. Daily keys: at the first call of a day
 * the file gets that day's key and the day before's is in no file any more. Call it every few
 * seconds. When the file cannot be used it is left alone, and visitors are identified by a key in
 * memory: SLIM_EBADRULES for a file that is not ours, else errno. */
apr_status_t slim_visitors_refresh(struct slim_visitors *visitors, int64_t now_s);

/* The visitor of a hit; 0 when its address was not kept. The key is that of the hit's day. name: of
 * the client's host, for a hit without address; empty: none is known. */
uint64_t slim_visitors_derive(struct slim_visitors *visitors, const struct slim_hit *hit,
                              struct slim_text name);

const char *slim_visitors_path(const struct slim_visitors *visitors);

#endif
