/* What is kept of people: SlimStatsAddress, SlimStatsRespect, SlimStatsQuery and SlimStatsSecret.
 * Pure.
 */
#ifndef SLIM_PRIVACY_H
#define SLIM_PRIVACY_H

#include "hit.h"
#include "query_rule.h"
#include "setting_values.h"

/* Leaves of an address what is kept: all of it, its network (/24, or /48 of IPv6), or nothing. */
void slim_privacy_address(enum slim_address_kept kept, uint8_t address[16], uint8_t *length);

/* Leaves of a hit what may be known of its client. respected: flags of hits whose visitors asked
 * not to be followed (SLIM_HIT_DNT, SLIM_HIT_GPC): they leave no address, so no visitor can be made
 * of the hit, and of the referer not what stands behind its path. */
void slim_privacy_apply(enum slim_address_kept kept, uint32_t respected, struct slim_hit *hit);

#define SLIM_PRIVACY_ROOM 2049 /* past the ceiling of an address, so that cutting it is seen */

/* Leaves of the addresses of page and referer what capture records. They point into room where
 * anything goes. */
void slim_privacy_addresses(const struct slim_query_rule *rule, struct slim_hit *hit,
                            char room[2][SLIM_PRIVACY_ROOM]);

/* As slim_privacy_address of a host's name, where a log has it in place of an address: the name,
 * that of its network (without the first label), or none. To be asked before slim_privacy_apply. */
struct slim_text slim_privacy_name(enum slim_address_kept kept, uint32_t respected,
                                   const struct slim_hit *hit, struct slim_text name);

#endif
