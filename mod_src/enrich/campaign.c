/* Campaigns: utm_* and click ids. */
#include "campaign.h"

#include <string.h>

#include "core/click_id.h"
#include "core/url.h"
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
    int any_utm;
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

static struct slim_text read_value(struct tags *tags, enum utm which, char *buffer, size_t size)
{
    size_t length = slim_value_read(tags->utm[which], "", buffer, size);

    tags->any_utm |= length > 0;
    return (struct slim_text){length > 0 ? buffer : NULL, length};
}

static void derive_source(struct slim_facts *facts, const struct tags *tags,
                          struct slim_text utm_source)
{
    const struct slim_click_id *ordinary = tags->ordinary;

    if (tags->any_utm || tags->paid) {
        facts->channel = SLIM_CHANNEL_CAMPAIGN;
    } else if (ordinary && facts->channel == SLIM_CHANNEL_DIRECT) {
        facts->channel = ordinary->channel;
        facts->source = slim_text_of(ordinary->network);
    }
    if (utm_source.length > 0) {
        facts->source = utm_source;
    } else if (tags->paid && facts->source.length == 0) {
        facts->source = slim_text_of(tags->paid->network);
    }
}

void slim_campaign_derive(struct slim_text target, struct slim_facts *facts)
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
    derive_source(facts, &tags, source);
}
