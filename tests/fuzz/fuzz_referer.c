/* Referers: within their ceilings, terms in UTF-8 without controls; what is kept of a referer has
 * the same source. */
#include "fuzz.h"

#include "core/text.h"
#include "enrich/referer.h"

static const struct slim_sources *read_sources(void)
{
    static struct slim_sources *sources;
    struct slim_list_file list = {.path = "conf/sources.tsv"};
    struct slim_list_file spam = {.path = "conf/referer_spam.txt"};

    if (!sources) {
        sources = slim_sources_make(fuzz_pool());
        CHECK(slim_sources_add(sources, &list, fuzz_pool()) == APR_SUCCESS);
        CHECK(slim_sources_add_spam(sources, &spam, fuzz_pool()) == APR_SUCCESS);
    }
    return sources;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct slim_facts facts, again;
    const struct slim_sources *sources = read_sources();
    const struct slim_text site = {"www.example.org", 15};

    slim_referer_derive(sources, NULL, fuzz_text(data, size), site, &facts);
    CHECK(facts.referer.length <= sizeof facts.referer_buffer);
    CHECK(facts.domain.length <= sizeof facts.domain_buffer);
    CHECK(facts.source.length <= sizeof facts.source_buffer);
    CHECK(facts.terms.length <= SLIM_TERMS_MAX);
    CHECK(slim_utf8_is_valid(facts.terms.at, facts.terms.length));
    for (size_t i = 0; i < facts.terms.length; i++) {
        CHECK((unsigned char)facts.terms.at[i] >= 0x20 && facts.terms.at[i] != 0x7f);
    }
    if (facts.referer.length > 0 && facts.referer.length < sizeof facts.referer_buffer) {
        slim_referer_derive(sources, NULL, facts.referer, site, &again);
        CHECK(fuzz_is_same(facts.referer, again.referer));
        CHECK(fuzz_is_same(facts.domain, again.domain));
        CHECK(fuzz_is_same(facts.source, again.source));
        CHECK(facts.channel == again.channel);
    }
    return 0;
}
