/* What a link was tagged with. */
#ifndef SLIM_CAMPAIGN_H
#define SLIM_CAMPAIGN_H

#include "core/facts.h"

/* Fills campaign from a request target, and overrides source and channel, which the referer has
 * already given: with utm_* or an advertisement's click id the channel is campaign, and utm_source
 * is the source. The marks that Facebook, Instagram and Yandex give to ordinary links name the
 * source of a hit without referer, and are no campaign. */
void slim_campaign_derive(struct slim_text target, struct slim_facts *facts);

#endif
