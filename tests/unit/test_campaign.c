/* What a link was tagged with, and what was searched for on the site itself. */
#include "unit.h"

#include "core/text.h"
#include "enrich/campaign.h"
#include "enrich/local_search.h"
#include "enrich/referer.h"
#include "enrich/value.h"
#include "noise.h"

static struct slim_sources *sources;

static int read_sources(void **state)
{
    struct slim_list_file file = {.path = "conf/sources.tsv"};

    return begin_unit(state) != 0
           || slim_sources_add(sources = slim_sources_make(pool), &file, pool) != APR_SUCCESS;
}

/* Valid until the next call. */
static const struct slim_facts *derive(const char *referer, const char *target)
{
    static struct slim_facts facts;

    slim_referer_derive(sources, NULL, text_of(referer), text_of("example.org"), &facts);
    slim_campaign_derive(sources, text_of(target), &facts);
    return &facts;
}

static void tags_are_told(void **state)
{
    static const struct {
        const char *target, *name, *medium, *term, *content, *source;
    } cases[] = {
        {"/", "", "", "", "", ""},
        {"/?", "", "", "", "", ""},
        {"/?a=b", "", "", "", "", ""},
        {"/?utm_campaign=spring", "spring", "", "", "", ""},
        {"/?utm_campaign=spring+sale%21&utm_medium=e-mail&utm_term=red%20shoes&utm_content=top"
         "&utm_source=letter",
         "spring sale!", "e-mail", "red shoes", "top", "letter"},
        {"/?utm_campaign=a;utm_medium=b", "a", "b", "", "", ""},
        {"/?utm_campaign=&utm_campaign=b&utm_campaign=c", "b", "", "", "", ""},
        {"/?utm_campaign=%20%20", "", "", "", "", ""},
        {"/?utm_campaign=a%0d%0ab%00c", "a b c", "", "", "", ""},
        {"/?utm_campaign=%C3%A4", "\xc3\xa4", "", "", "", ""},
        {"/?utm_campaign=%E4", "\xc3\xa4", "", "", "", ""},
        {"/?utm_campaign", "", "", "", "", ""},
        {"/?UTM_CAMPAIGN=a&utm_campaigns=b&xutm_campaign=c&utm_=d", "", "", "", "", ""},
        {"/#?utm_campaign=a", "", "", "", "", ""},
        {"/?b=1#utm_campaign=a", "", "", "", "", ""},
        {"http://example.org/?utm_campaign=a", "a", "", "", "", ""},
        {"/?gclid=1", "Google Ads", "", "", "", "Google Ads"},
        {"/?gclid", "Google Ads", "", "", "", "Google Ads"},
        {"/?gclid=1&utm_campaign=a", "a", "", "", "", "Google Ads"},
        {"/?gclid=1&utm_source=b", "Google Ads", "", "", "", "b"},
        {"/?msclkid=1&gclid=1", "Microsoft Ads", "", "", "", "Microsoft Ads"},
        {"/?fbclid=1&ScCid=1", "Snapchat", "", "", "", "Snapchat"},
        {"/?fbclid=1", "", "", "", "", "Facebook"},
        {"/?igsh=1", "", "", "", "", "Instagram"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const struct slim_facts *facts = derive("", cases[i].target);
        const struct slim_campaign *c = &facts->campaign;
        if (strcmp(cases[i].name, string_of(c->name)) != 0
            || strcmp(cases[i].medium, string_of(c->medium)) != 0
            || strcmp(cases[i].term, string_of(c->term)) != 0
            || strcmp(cases[i].content, string_of(c->content)) != 0
            || strcmp(cases[i].source, string_of(facts->source)) != 0) {
            fail_msg("%s: '%s' '%s' '%s' '%s' from '%s'", cases[i].target, string_of(c->name),
                     string_of(c->medium), string_of(c->term), string_of(c->content),
                     string_of(facts->source));
        }
    }
}

static void tags_win_over_the_referer(void **state)
{
    static const struct {
        const char *referer, *target, *channel, *source;
    } cases[] = {
        {"", "/", "direct", ""},
        {"", "/?utm_source=letter", "campaign", "letter"},
        {"", "/?utm_medium=mail", "campaign", ""},
        {"", "/?gclid=1", "campaign", "Google Ads"},
        {"", "/?fbclid=1", "social", "Facebook"},
        {"", "/?ysclid=1", "search", "Yandex"},
        {"", "/?fbclid=1&utm_campaign=a", "campaign", ""},
        {"https://www.google.com/", "/?gclid=1", "campaign", "Google"},
        {"https://www.google.com/", "/?gclid=1&utm_source=ads", "campaign", "ads"},
        {"https://www.google.com/", "/?fbclid=1", "search", "Google"},
        {"https://blog.example.com/", "/?fbclid=1", "website", "blog.example.com"},
        {"https://l.facebook.com/", "/?fbclid=1", "social", "Facebook"},
        {"https://l.facebook.com/", "/?fbclid=1&utm_source=fb", "social", "Facebook"},
        {"https://l.facebook.com/", "/?fbclid=1&utm_source=shop", "campaign", "shop"},
        {"https://example.org/", "/?fbclid=1", "internal", ""},
        {"https://example.org/", "/?utm_source=banner", "campaign", "banner"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const struct slim_facts *facts = derive(cases[i].referer, cases[i].target);
        const char *channel = slim_channel_name(facts->channel);
        if (strcmp(cases[i].channel, channel) != 0
            || strcmp(cases[i].source, string_of(facts->source)) != 0) {
            fail_msg("%s to %s: %s '%s'", cases[i].referer, cases[i].target, channel,
                     string_of(facts->source));
        }
    }
}

/* Assistants and engines mark their links as well, so the list comes first. */
static void a_source_of_the_list_is_named_as_there(void **state)
{
    static const struct {
        const char *referer, *target, *channel, *source;
    } cases[] = {
        {"", "/?utm_source=chatgpt.com", "ai", "ChatGPT"},
        {"https://chatgpt.com/", "/?utm_source=chatgpt.com", "ai", "ChatGPT"},
        {"", "/?utm_source=openai", "ai", "OpenAI"},
        {"", "/?utm_source=Perplexity", "ai", "Perplexity"},
        {"", "/?utm_source=www.perplexity.ai", "ai", "Perplexity"},
        {"", "/?utm_source=https%3A%2F%2Fclaude.ai%2Fchat", "ai", "Claude"},
        {"", "/?utm_source=google", "search", "Google"},
        {"", "/?utm_source=GOOGLE.CO.UK", "search", "Google"},
        {"", "/?utm_source=google&utm_medium=cpc", "campaign", "Google"},
        {"", "/?utm_source=google&gclid=1", "campaign", "Google"},
        {"", "/?utm_source=google&utm_campaign=may", "campaign", "Google"},
        {"", "/?utm_source=google&utm_term=a&utm_content=b", "search", "Google"},
        {"", "/?utm_term=a", "direct", ""},
        {"https://other.example/", "/?utm_source=bing", "search", "Bing"},
        {"https://other.example/", "/?utm_term=a", "website", "other.example"},
        {"", "/?utm_source=hacker-news", "social", "Hacker News"},
        {"", "/?utm_source=HackerNews", "social", "Hacker News"},
        {"", "/?utm_source=yahoo", "search", "Yahoo!"},
        {"", "/?utm_source=ig", "social", "Instagram"},
        {"", "/?utm_source=m.facebook.com", "social", "Facebook"},
        {"", "/?utm_source=x", "social", "Twitter"},
        {"", "/?utm_source=gmail", "mail", "Gmail"},
        {"", "/?utm_source=letter.example", "campaign", "letter.example"},
        {"", "/?utm_source=---", "campaign", "---"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const struct slim_facts *facts = derive(cases[i].referer, cases[i].target);
        const char *channel = slim_channel_name(facts->channel);
        if (strcmp(cases[i].channel, channel) != 0
            || strcmp(cases[i].source, string_of(facts->source)) != 0) {
            fail_msg("%s to %s: %s '%s'", cases[i].referer, cases[i].target, channel,
                     string_of(facts->source));
        }
    }
}

static void terms_in_the_referer_stay_beside_a_campaign(void **state)
{
    (void)state;
    assert_string_equal(
        "shoes",
        string_of(derive("https://www.google.com/search?q=shoes", "/?utm_source=a")->terms));
}

static void the_sites_own_search_is_told_apart(void **state)
{
    static const struct {
        const char *keys, *target;
        enum slim_kind kind;
        const char *terms;
        int local;
    } cases[] = {
        {"", "/?s=a", SLIM_KIND_PAGE, "engine", 0},
        {"s", "/", SLIM_KIND_PAGE, "engine", 0},
        {"s", "/?s=", SLIM_KIND_PAGE, "engine", 0},
        {"s", "/?s=+%20", SLIM_KIND_PAGE, "engine", 0},
        {"s", "/?s=a", SLIM_KIND_PAGE, "a", 1},
        {"s", "/?x=1&s=two++words%21", SLIM_KIND_PAGE, "two words!", 1},
        {"s", "/?s=a", SLIM_KIND_API, "a", 1},
        {"s", "/?s=a", SLIM_KIND_ASSET, "engine", 0},
        {"s", "/?s=a", SLIM_KIND_PREFETCH, "engine", 0},
        {"s q", "/?q=b&s=a", SLIM_KIND_PAGE, "a", 1},
        {"s q", "/?q=b&s=", SLIM_KIND_PAGE, "b", 1},
        {"s q", "/?sq=a", SLIM_KIND_PAGE, "engine", 0},
        {"s", "/?a=1#s=a", SLIM_KIND_PAGE, "engine", 0},
        {"s", "/?s=%FC", SLIM_KIND_PAGE, "\xc3\xbc", 1},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_facts facts = {.kind = cases[i].kind, .terms_are_local = 1};
        facts.terms = text_of("engine");
        slim_local_search_derive(cases[i].keys, text_of(cases[i].target), &facts);
        if (strcmp(cases[i].terms, string_of(facts.terms)) != 0
            || facts.terms_are_local != cases[i].local) {
            fail_msg("%s in %s: '%s', %d", cases[i].keys, cases[i].target, string_of(facts.terms),
                     facts.terms_are_local);
        }
    }
}

static void long_values_are_cut_between_characters(void **state)
{
    char target[3000] = "/?utm_campaign=";
    struct slim_facts facts = {.kind = SLIM_KIND_PAGE};

    (void)state;
    for (size_t i = strlen(target); i < sizeof target - 3; i += 2) {
        memcpy(target + i, "\xc3\xa4", 3);
    }
    const struct slim_facts *derived = derive("", target);
    assert_in_range(derived->campaign.name.length, SLIM_TAG_MAX - 4, SLIM_TAG_MAX);
    assert_true(slim_utf8_is_valid(derived->campaign.name.at, derived->campaign.name.length));
    slim_local_search_derive("utm_campaign", text_of(target), &facts);
    assert_in_range(facts.terms.length, SLIM_TERMS_MAX - 4, SLIM_TERMS_MAX);
    assert_true(slim_utf8_is_valid(facts.terms.at, facts.terms.length));
}

static void noise_gives_valid_text(void **state)
{
    static const char *const often[] = {"?",      "&",           ";",
                                        "=",      "#",           "%",
                                        "+",      "utm_source=", "&utm_campaign=",
                                        "&gclid", "&s=",         "\xc3",
                                        "\xe4"};
    char target[600];

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct slim_facts facts = {.kind = SLIM_KIND_PAGE};
        size_t used = 0;
        while (used < 500) {
            const char *word = often[noise_below(LENGTH_OF(often))];
            memcpy(target + used, word, strlen(word));
            used += strlen(word);
            target[used++] = (char)noise();
        }
        struct slim_text text = {target, used};
        slim_campaign_derive(sources, text, &facts);
        slim_local_search_derive("s", text, &facts);
        const struct slim_text texts[] = {facts.source, facts.terms, facts.campaign.name};
        for (size_t i = 0; i < LENGTH_OF(texts); i++) {
            assert_true(texts[i].length <= SLIM_TAG_MAX);
            assert_true(slim_utf8_is_valid(texts[i].at, texts[i].length));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_are_told),
        cmocka_unit_test(tags_win_over_the_referer),
        cmocka_unit_test(a_source_of_the_list_is_named_as_there),
        cmocka_unit_test(terms_in_the_referer_stay_beside_a_campaign),
        cmocka_unit_test(the_sites_own_search_is_told_apart),
        cmocka_unit_test(long_values_are_cut_between_characters),
        cmocka_unit_test(noise_gives_valid_text),
    };

    return cmocka_run_group_tests(tests, read_sources, end_unit);
}
