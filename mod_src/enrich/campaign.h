/* What a link was tagged with. */
#ifndef SLIM_CAMPAIGN_H
#define SLIM_CAMPAIGN_H

#include "core/facts.h"

struct slim_sources;

/* Fills campaign from a request target, and overrides source and channel, which the referer has
 * already given. utm_source is the source: one of the list (sources, NULL: none), with its channel,
 * else as it was sent. The channel is campaign with utm_campaign, utm_medium, an advertisement's
 * click id or a utm_source that the list does not know. The marks that Facebook, Instagram and
 * Yandex give to ordinary links name the source of a hit without referer, and are no campaign. */
void slim_campaign_derive(const struct slim_sources *sources, struct slim_text target,
                          struct slim_facts *facts);

#endif
