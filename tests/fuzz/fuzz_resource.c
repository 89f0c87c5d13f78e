/* Request targets: resource, page, kind, campaign and the rules that cut queries. */
#include "fuzz.h"

#include "core/query_rule.h"
#include "core/text.h"
#include "enrich/campaign.h"
#include "enrich/kind.h"
#include "enrich/local_search.h"
#include "enrich/resource.h"

static void check_page(struct slim_text resource)
{
    char *page = malloc(resource.length + 1), *again = malloc(resource.length + 1);

    CHECK(page && again);
    struct slim_text once = {page, slim_resource_page(resource, page)};
    CHECK(once.length <= resource.length);
    struct slim_text twice = {again, slim_resource_page(once, again)};
    CHECK(fuzz_is_same(once, twice));
    free(page);
    free(again);
}

static void check_rules(struct slim_text target)
{
    static const struct slim_query_rule rules[] = {{SLIM_QUERY_DROP, "", ""},
                                                   {SLIM_QUERY_ONLY, "id q", ""},
                                                   {SLIM_QUERY_ONLY, "page", "s"}};
    char out[512];

    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        CHECK(slim_query_apply(&rules[i], target, out, sizeof out) <= target.length);
        CHECK(slim_query_reduce(&rules[i], target, out, sizeof out) <= target.length);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct slim_facts facts;
    struct slim_text target = fuzz_text(data, size);
    struct slim_text resource = slim_resource_derive(target);
    struct slim_hit hit = {.status = 200};

    CHECK(resource.length <= size || size == 0 || resource.length == 1);
    check_page(resource);
    check_rules(target);
    hit.field[SLIM_URI] = target;
    facts.kind = slim_kind_derive(&hit, resource);
    CHECK(facts.kind < SLIM_KINDS);
    hit.field[SLIM_TYPE] = hit.field[SLIM_FETCH_DEST] = hit.field[SLIM_PURPOSE] = target;
    CHECK(slim_kind_derive(&hit, resource) < SLIM_KINDS);
    facts.source = (struct slim_text){NULL, 0};
    facts.channel = SLIM_CHANNEL_DIRECT;
    slim_campaign_derive(NULL, target, &facts);
    CHECK(facts.campaign.name.length <= SLIM_TAG_MAX
          && facts.source.length <= sizeof facts.source_buffer);
    hit.status = 200;
    hit.field[SLIM_URI] = target;
    hit.field[SLIM_METHOD] = slim_text_of("GET");
    facts.kind = SLIM_KIND_PAGE;
    slim_local_search_derive("s q /find/*", &hit, &facts);
    CHECK(!facts.terms_are_local || slim_utf8_is_valid(facts.terms.at, facts.terms.length));
    return 0;
}
