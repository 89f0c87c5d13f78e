/* Campaigns: utm_* and click ids. */
#include "campaign.h"

#include <string.h>

#include "core/click_id.h"
#include "core/url.h"
#include "sources.h"
#include "value.h"

enum utm { UTM_SOURCE, UTM_CAMPAIGN, UTM_MEDIUM, UTM_TERM, UTM_CONTENT, UTMS };

static const char *const utm_names[UTMS] = {
    [UTM_SOURCE] = "utm_source", [UTM_CAMPAIGN] = "utm_campaign", [UTM_MEDIUM] = "utm_medium",
    [UTM_TERM] = "utm_term",     [UTM_CONTENT] = "utm_content",
};

/* The first of each. */
struct tags {
    struct slim_text utm[UTMS]; /* raw, not empty */
    const struct slim_click_id *paid, *ordinary;
};

static void note_utm(struct tags *tags, struct slim_text name, struct slim_text value)
{
    for (int i = 0; i < UTMS; i++) {
        if (name.length == strlen(utm_names[i]) && memcmp(name.at, utm_names[i], name.length) == 0
            && tags->utm[i].length == 0) {
            tags->utm[i] = value;
        }
    }
}

static void find_tags(struct slim_text query, struct tags *tags)
{
    struct slim_text name, value;

    while (slim_url_next_parameter(&query, &name, &value)) {
        const struct slim_click_id *id;
        if (name.length > 4 && memcmp(name.at, "utm_", 4) == 0) {
            note_utm(tags, name, value);
        } else if ((id = slim_click_id_find(name)) != NULL) {
            const struct slim_click_id **first =
                id->channel == SLIM_CHANNEL_CAMPAIGN ? &tags->paid : &tags->ordinary;
            *first = *first ? *first : id;
        }
    }
}

static struct slim_text read_value(const struct tags *tags, enum utm which, char *buffer,
                                   size_t size)
{
    size_t length = slim_value_read(tags->utm[which], "", buffer, size);

    return (struct slim_text){length > 0 ? buffer : NULL, length};
}

/* What links of a campaign have; a source alone may be an engine's or an assistant's own habit. */
static int is_campaign(const struct slim_facts *facts, const struct tags *tags)
{
    return facts->campaign.name.length > 0 || facts->campaign.medium.length > 0 || tags->paid;
}

static void derive_source(const struct slim_sources *sources, struct slim_facts *facts,
                          const struct tags *tags, struct slim_text utm_source)
{
    const struct slim_source *named =
        sources && utm_source.length > 0 ? slim_sources_named(sources, utm_source) : NULL;

    if (named) {
        facts->source = slim_text_of(named->name);
        facts->channel = named->channel;
    } else if (utm_source.length > 0) {
        facts->source = utm_source;
        facts->channel = SLIM_CHANNEL_CAMPAIGN;
    } else if (tags->paid) {
        facts->source =
            facts->source.length == 0 ? slim_text_of(tags->paid->network) : facts->source;
    }
    if (is_campaign(facts, tags)) {
        facts->channel = SLIM_CHANNEL_CAMPAIGN;
    } else if (tags->ordinary && facts->channel == SLIM_CHANNEL_DIRECT) {
        facts->source = slim_text_of(tags->ordinary->network);
        facts->channel = tags->ordinary->channel;
    }
}

void slim_campaign_derive(const struct slim_sources *sources, struct slim_text target,
                          struct slim_facts *facts)
{
    struct slim_campaign *campaign = &facts->campaign;
    struct tags tags = {.paid = NULL};
    struct slim_text query = slim_value_query(target);

    memset(campaign, 0, sizeof *campaign);
    if (query.length == 0) {
        return;
    }
    find_tags(query, &tags);
    campaign->name = read_value(&tags, UTM_CAMPAIGN, facts->campaign_buffer[0], SLIM_TAG_MAX);
    campaign->medium = read_value(&tags, UTM_MEDIUM, facts->campaign_buffer[1], SLIM_TAG_MAX);
    campaign->term = read_value(&tags, UTM_TERM, facts->campaign_buffer[2], SLIM_TAG_MAX);
    campaign->content = read_value(&tags, UTM_CONTENT, facts->campaign_buffer[3], SLIM_TAG_MAX);
    struct slim_text source =
        read_value(&tags, UTM_SOURCE, facts->source_buffer, sizeof facts->source_buffer);
    if (campaign->name.length == 0 && tags.paid) {
        campaign->name = slim_text_of(tags.paid->network);
    }
    derive_source(sources, facts, &tags, source);
}
