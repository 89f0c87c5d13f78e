/* Request targets: resource, page, kind, campaign and the rules that make pages equal or cut
 * queries. The same bytes as a Link header. */
#include "fuzz.h"

#include "core/link_header.h"
#include "core/page_rule.h"
#include "core/query_rule.h"
#include "core/text.h"
#include "enrich/campaign.h"
#include "enrich/kind.h"
#include "enrich/local_search.h"
#include "enrich/page.h"
#include "enrich/resource.h"
#include "enrich/type_class.h"

static const struct slim_page_list *lists(void)
{
    static struct slim_page_list *list;
    struct slim_list_file paths = {.path = "conf/paths.tsv"}, names = {.path = "conf/names.tsv"},
                          parameters = {.path = "conf/parameters.txt"};

    if (!list) {
        list = slim_page_list_make(fuzz_pool());
        CHECK(slim_page_list_add_paths(list, &paths, fuzz_pool()) == APR_SUCCESS
              && slim_page_list_add_names(list, &names, fuzz_pool()) == APR_SUCCESS
              && slim_page_list_add_parameters(list, &parameters, fuzz_pool()) == APR_SUCCESS);
    }
    return list;
}

static void check_page(struct slim_text resource)
{
    static char page[2048], again[2048];
    struct slim_text once = {page, slim_resource_page(resource, NULL, lists(), page, sizeof page)};
    struct slim_text twice = {again, slim_resource_page(once, NULL, lists(), again, sizeof again)};

    CHECK(once.length <= sizeof page && slim_utf8_is_valid(page, once.length));
    CHECK(fuzz_is_same(once, twice));
}

static apr_array_header_t *page_rules(void)
{
    static const char *const texts[] = {"\tindex",
                                        "\tslash",
                                        "/a\tlower",
                                        "/b\tnone",
                                        "\tmap ((/[a-z]+)+)+([0-9]*) $1$3\u20ac",
                                        "\tmap (.*)\\?(.*) $2?$1"};
    static apr_array_header_t *rules;
    const char *why;

    if (!rules) {
        rules = apr_array_make(fuzz_pool(), 8, sizeof(struct slim_page_rule));
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
            CHECK(slim_page_rule_parse(texts[i], apr_array_push(rules), &why, fuzz_pool())
                  == APR_SUCCESS);
        }
    }
    return rules;
}

static void check_equal_pages(struct slim_text resource)
{
    static char page[SLIM_PAGE_MAX];
    const struct slim_site_rules site = {.pages = page_rules()};
    const struct slim_page_maker maker = {lists(), &site, {NULL, 0}, {NULL, 0}};
    struct slim_text address;
    const char *rule;

    size_t length = slim_page_derive(&maker, resource, page, sizeof page, &rule);
    CHECK(length <= sizeof page && slim_utf8_is_valid(page, length));
    length = slim_page_named(&maker, resource, page, sizeof page);
    CHECK(length <= sizeof page && slim_utf8_is_valid(page, length));
    if (slim_link_canonical(resource, &address)) {
        CHECK(address.at >= resource.at
              && address.at + address.length <= resource.at + resource.length);
    }
}

static void check_rules(struct slim_text target)
{
    static const struct slim_query_rule rules[] = {{SLIM_QUERY_DROP, "", "", {0, ""}},
                                                   {SLIM_QUERY_ONLY, "id q", "", {0, ""}},
                                                   {SLIM_QUERY_ONLY, "page", "s", {0, ""}},
                                                   {SLIM_QUERY_KEEP, "", "", {0, "door"}}};
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
    struct slim_hit hit = {.status = 0};
    struct slim_kind_case c = {.method = {"GET", 3},
                               .status = 200,
                               .resource = resource,
                               .list = lists()};

    CHECK(resource.length <= size || size == 0 || resource.length == 1);
    check_page(resource);
    check_equal_pages(resource);
    check_rules(target);
    facts.kind = slim_kind_derive(&c);
    CHECK(facts.kind < SLIM_KINDS);
    for (uint32_t number = 0; number < 32; number++) {
        c.evidence = slim_evidence_unpack((number * 0x9e3779b9u) | 1);
        CHECK(slim_evidence_pack(&c.evidence) < 1u << 23);
        CHECK(slim_kind_derive(&c) < SLIM_KINDS);
    }
    c.evidence.type = (uint8_t)slim_type_class_of(target);
    CHECK(c.evidence.type < SLIM_TYPES && slim_dest_of(target.at, target.length) < SLIM_DESTS
          && slim_mode_of(target.at, target.length) < SLIM_MODES
          && slim_purpose_of(target.at, target.length) < SLIM_PURPOSES);
    CHECK(slim_kind_derive(&c) < SLIM_KINDS);
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
