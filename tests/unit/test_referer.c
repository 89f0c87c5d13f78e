/* The Referer header: what is kept of it, where it comes from, what was searched for. */
#include "unit.h"

#include "core/text.h"
#include "core/tsv.h"
#include "enrich/referer.h"
#include "noise.h"

static struct slim_sources *sources;
static apr_hash_t *own_hosts;

static int read_sources(void **state)
{
    struct slim_list_file list = {.path = "conf/sources.tsv"};
    struct slim_list_file spam = {.path = "conf/referer_spam.txt"};

    if (begin_unit(state) != 0
        || slim_sources_add(sources = slim_sources_make(pool), &list, pool) != APR_SUCCESS
        || slim_sources_add_spam(sources, &spam, pool) != APR_SUCCESS) {
        return -1;
    }
    own_hosts = apr_hash_make(pool);
    apr_hash_set(own_hosts, "www.example.org\tshop.example.org", APR_HASH_KEY_STRING, "");
    apr_hash_set(own_hosts, "www.example.org\twww.snowplowanalytics.com", APR_HASH_KEY_STRING, "");
    apr_hash_set(own_hosts, "www.example.org\t*.wild.example", APR_HASH_KEY_STRING, "");
    return 0;
}

/* Valid until the next call. */
static const struct slim_facts *derive(const char *referer)
{
    static struct slim_facts facts;

    slim_referer_derive(sources, own_hosts, text_of(referer), text_of("www.example.org"), &facts);
    return &facts;
}

static void check(const char *referer, const char *channel, const char *source, const char *terms)
{
    const struct slim_facts *facts = derive(referer);
    const char *got = slim_channel_name(facts->channel);

    if (strcmp(channel, got) != 0 || strcmp(source, string_of(facts->source)) != 0
        || strcmp(terms, string_of(facts->terms)) != 0) {
        fail_msg("%s: expected %s '%s' '%s', got %s '%s' '%s'", referer, channel, source, terms,
                 got, string_of(facts->source), string_of(facts->terms));
    }
}

static void given_cases_are_met(void **state)
{
    struct slim_tsv tsv;
    int rows = 0;

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_tsv_open("tests/data/referer_npm.tsv", &tsv, pool));
    assert_int_equal(APR_SUCCESS, slim_tsv_next(&tsv, pool));
    for (; slim_tsv_next(&tsv, pool) == APR_SUCCESS; rows++) {
        const char *medium = tsv.column[1];
        check(tsv.column[0], strcmp(medium, "email") == 0 ? "mail" : medium, tsv.column[2],
              tsv.column[3]);
    }
    assert_int_equal(23, rows);
}

static void sources_are_named(void **state)
{
    static const struct {
        const char *referer, *channel, *source, *terms;
    } cases[] = {
        {"", "direct", "", ""},
        {"-", "direct", "", ""},
        {"about:blank", "direct", "", ""},
        {"javascript:alert(1)", "direct", "", ""},
        {"ftp://google.com/", "direct", "", ""},
        {"file:///etc/passwd", "direct", "", ""},
        {"data:text/html,x", "direct", "", ""},
        {"http://", "direct", "", ""},
        {"https://www.google.com/", "search", "Google", ""},
        {"https://www.google.co.uk/", "search", "Google", ""},
        {"https://www.google.com.br/search?q=a", "search", "Google", "a"},
        {"HTTPS://WWW.GOOGLE.DE/search?q=a", "search", "Google", "a"},
        {"https://www.google.com:443/", "search", "Google", ""},
        {"https://www.google.com./", "search", "Google", ""},
        {"https://mail.google.com/mail/u/0/", "mail", "Gmail", ""},
        {"https://news.google.com/", "search", "Google News", ""},
        {"android-app://com.google.android.googlequicksearchbox/", "search", "Google", ""},
        {"android-app://com.google.android.gm/", "mail", "Gmail", ""},
        {"android-app://com.example.unknown/", "website", "com.example.unknown", ""},
        {"https://duckduckgo.com/", "search", "DuckDuckGo", ""},
        {"https://html.duckduckgo.com/html/", "search", "DuckDuckGo", ""},
        {"https://www.bing.com/", "search", "Bing", ""},
        {"https://www.bing.com/chat?q=x", "ai", "Copilot", ""},
        {"https://chatgpt.com/", "ai", "ChatGPT", ""},
        {"https://www.perplexity.ai/search/x", "ai", "Perplexity", ""},
        {"https://gemini.google.com/app", "ai", "Gemini", ""},
        {"https://claude.ai/chat/1", "ai", "Claude", ""},
        {"https://l.facebook.com/l.php?u=x", "social", "Facebook", ""},
        {"https://out.reddit.com/t3_x", "social", "Reddit", ""},
        {"https://t.co/abc", "social", "Twitter", ""},
        {"https://x.com/", "social", "Twitter", ""},
        {"https://mastodon.social/@a/1", "social", "Mastodon", ""},
        {"https://outlook.live.com/mail/", "mail", "Outlook.com", ""},
        {"https://semalt.com/crawler.php?u=http://www.example.org", "website", "Referer spam", ""},
        {"http://www.semalt.com/", "website", "Referer spam", ""},
        {"http://semalt.invalid/", "website", "semalt.invalid", ""},
        {"https://cse.google.com/cse?q=a+b", "search", "Google", "a b"},
        {"https://www.google.de/cse?cx=1&q=a", "search", "Google", "a"},
        {"https://images.google.co.uk/imgres?q=a", "search", "Google Images", "a"},
        {"https://translate.google.com/", "search", "Google", ""},
        {"https://scholar.google.com.au/scholar?q=a", "search", "Google", "a"},
        {"https://www-example-org.translate.goog/", "search", "Google", ""},
        {"https://support.google.com/x", "website", "support.google.com", ""},
        {"android-app://com.google.android.apps.maps/", "search", "Google", ""},
        {"android-app://com.google.android.youtube", "social", "YouTube", ""},
        {"android-app://com.slack/", "social", "Slack", ""},
        {"https://www.baidu.com/link?url=x&wd=", "search", "Baidu", ""},
        {"https://m.sogou.com/web/searchList.jsp?keyword=a", "search", "Sogou", "a"},
        {"https://search.naver.com/search.naver?where=m&query=a", "search", "Naver", "a"},
        {"https://search.daum.net/search?w=tot&q=a", "search", "Daum", "a"},
        {"https://marginalia-search.com/search?query=a", "search", "Marginalia", "a"},
        {"https://wiby.me/?q=a+b", "search", "Wiby", "a b"},
        {"https://karmasearch.org/search?q=a", "search", "Karma", "a"},
        {"https://cache.baiducontent.com/c?m=1", "search", "Baidu", ""},
        {"https://service.smt.docomo.ne.jp/portal/search/web/result.html?q=a", "search", "docomo", "a"},
        {"https://service.smt.docomo.ne.jp/portal/", "website", "service.smt.docomo.ne.jp", ""},
        {"https://search.seznam.cz/?q=a", "search", "Seznam", "a"},
        {"https://lite.qwant.com/?q=a&t=web", "search", "Qwant", "a"},
        {"https://search.brave.com/search?q=a", "search", "Brave Search", "a"},
        {"https://kagi.com/search?q=a", "search", "Kagi", "a"},
        {"https://www.mojeek.com/search?q=a", "search", "Mojeek", "a"},
        {"https://search.yahoo.co.jp/search?p=%C5%FD%B7%D7&ei=EUC-JP", "search", "Yahoo! Japan",
         "\xe7\xb5\xb1\xe8\xa8\x88"},
        {"https://r.search.yahoo.com/_ylt=x/RU=https%3a%2f%2fexample.org", "search", "Yahoo!", ""},
        {"https://finance.yahoo.com/", "website", "Yahoo! News", ""},
        {"https://yandex.com.tr/search/?text=a", "search", "Yandex", "a"},
        {"https://ya.ru/", "search", "Yandex", ""},
        {"https://maps.yandex.ru/", "website", "Yandex Maps", ""},
        {"https://searx.nowhere.example/search?q=a", "search", "SearXNG", "a"},
        {"https://lnkd.in/x", "social", "LinkedIn", ""},
        {"https://away.vk.com/away.php", "social", "VKontakte", ""},
        {"https://vk.cc/x", "social", "VKontakte", ""},
        {"https://mastodon.nowhere.example/@a", "social", "Mastodon", ""},
        {"https://go.bsky.app/", "social", "Bluesky", ""},
        {"https://l.threads.com/?u=x", "social", "Threads", ""},
        {"https://link.zhihu.com/?target=x", "social", "Zhihu", ""},
        {"https://lobste.rs/s/x", "social", "Lobsters", ""},
        {"https://t.me/s/x", "social", "Telegram", ""},
        {"https://chat.openai.com/", "ai", "ChatGPT", ""},
        {"https://you.com/search?q=a", "ai", "You.com", "a"},
        {"https://copilot.microsoft.com/", "ai", "Copilot", ""},
        {"https://bard.google.com/", "ai", "Gemini", ""},
        {"https://chat.deepseek.com/a", "ai", "DeepSeek", ""},
        {"https://chat.mistral.ai/chat", "ai", "Mistral", ""},
        {"https://x.com/i/grok?a", "ai", "Grok", ""},
        {"https://duckduckgo.com/aichat", "ai", "Duck.ai", ""},
        {"https://mail.yahoo.co.uk/", "mail", "Yahoo! Mail", ""},
        {"https://e.mail.ru/inbox/", "mail", "Mail.ru Mail", ""},
        {"https://webmail3.nowhere.example/", "mail", "Webmail", ""},
        {"https://mail.nowhere.example/", "mail", "Webmail", ""},
        {"https://mail.com/", "mail", "Mail.com", ""},
        {"android-app://com.fsck.k9/", "mail", "Mail app", ""},
        {"https://blog.example.com/x", "website", "blog.example.com", ""},
        {"https://www.example.com/x", "website", "example.com", ""},
        {"https://m.example.com/x", "website", "example.com", ""},
        {"https://amp.example.com/x", "website", "example.com", ""},
        {"https://l.example.com/x", "website", "example.com", ""},
        {"https://www.com/", "website", "www.com", ""},
        {"https://m.de/", "website", "m.de", ""},
        {"http://[2001:DB8::1]:8080/", "website", "[2001:db8::1]", ""},
        {"http://192.0.2.1/", "website", "192.0.2.1", ""},
        {"https://notgoogle.com/search?q=x", "website", "notgoogle.com", ""},
        {"https://www.google.com.attacker.invalid/search?q=x", "website",
         "google.com.attacker.invalid", ""},
        {"https://attacker.invalid/google.com/search?q=x", "website", "attacker.invalid", ""},
        {"https://google.com@attacker.invalid/search?q=x", "website", "attacker.invalid", ""},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        check(cases[i].referer, cases[i].channel, cases[i].source, cases[i].terms);
    }
}

static void own_hosts_are_internal(void **state)
{
    static const struct {
        const char *referer;
        enum slim_channel channel;
    } cases[] = {
        {"http://www.example.org/", SLIM_CHANNEL_INTERNAL},
        {"HTTPS://WWW.Example.ORG:8443/a?q=b", SLIM_CHANNEL_INTERNAL},
        {"http://shop.example.org./x", SLIM_CHANNEL_INTERNAL},
        {"http://example.org/", SLIM_CHANNEL_INTERNAL},
        {"http://www.shop.example.org/", SLIM_CHANNEL_INTERNAL},
        {"http://www.www.example.org/", SLIM_CHANNEL_WEBSITE},
        {"http://blog.example.org/", SLIM_CHANNEL_WEBSITE},
        {"http://a.wild.example/", SLIM_CHANNEL_INTERNAL},
        {"http://b.a.wild.example/", SLIM_CHANNEL_INTERNAL},
        {"http://wild.example/", SLIM_CHANNEL_WEBSITE},
        {"http://awild.example/", SLIM_CHANNEL_WEBSITE},
        {"http://a.wild.example.evil.invalid/", SLIM_CHANNEL_WEBSITE},
        {"http://www.example.org.evil.invalid/", SLIM_CHANNEL_WEBSITE},
        {"http://evil.invalid/www.example.org", SLIM_CHANNEL_WEBSITE},
        {"http://www.example.org@evil.invalid/", SLIM_CHANNEL_WEBSITE},
        {"http://evil.invalid#@www.example.org/", SLIM_CHANNEL_WEBSITE},
        {"android-app://www.example.org/", SLIM_CHANNEL_WEBSITE},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const struct slim_facts *facts = derive(cases[i].referer);
        if (facts->channel != cases[i].channel) {
            fail_msg("%s is %s", cases[i].referer, slim_channel_name(facts->channel));
        }
        assert_int_equal(0, facts->terms.length);
        assert_true(facts->channel != SLIM_CHANNEL_INTERNAL || facts->source.length == 0);
    }
}

/* What another site calls its own is not ours. */
static void own_hosts_belong_to_one_site(void **state)
{
    static struct slim_facts facts;

    (void)state;
    slim_referer_derive(sources, own_hosts, text_of("http://shop.example.org/"),
                        text_of("other.example"), &facts);
    assert_int_equal(SLIM_CHANNEL_WEBSITE, facts.channel);
    slim_referer_derive(NULL, NULL, text_of("http://Other.example/"), text_of("OTHER.example"),
                        &facts);
    assert_int_equal(SLIM_CHANNEL_INTERNAL, facts.channel);
    slim_referer_derive(NULL, NULL, text_of("https://www.google.com/"), text_of("x"), &facts);
    assert_int_equal(SLIM_CHANNEL_WEBSITE, facts.channel);
    assert_string_equal("google.com", string_of(facts.source));
}

static void user_info_and_fragment_are_cut(void **state)
{
    static const struct {
        const char *header, *referer, *domain;
    } cases[] = {
        {"http://a.b/c?d=e", "http://a.b/c?d=e", "a.b"},
        {"http://a.b/c#secret", "http://a.b/c", "a.b"},
        {"http://a.b/#", "http://a.b/", "a.b"},
        {"http://a.b#", "http://a.b", "a.b"},
        {"http://user:secret@a.b/c", "http://a.b/c", "a.b"},
        {"http://u@v@a.b:81/c?d@e#f", "http://a.b:81/c?d@e", "a.b"},
        {"HTTP://A.B/C", "HTTP://A.B/C", "a.b"},
        {"https://a.b:443/", "https://a.b:443/", "a.b"},
        {"http://user@[::1]:8080/x#y", "http://[::1]:8080/x", "[::1]"},
        {"android-app://com.example/", "", ""},
        {"ftp://a.b/", "", ""},
        {"nonsense", "", ""},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const struct slim_facts *facts = derive(cases[i].header);
        assert_string_equal(cases[i].referer, string_of(facts->referer));
        assert_string_equal(cases[i].domain, string_of(facts->domain));
    }
}

#define GOOGLE "https://www.google.com/search?"

static void terms_are_decoded_and_folded(void **state)
{
    static const struct {
        const char *referer, *terms;
    } cases[] = {
        {GOOGLE "q=hello+world", "hello world"},
        {GOOGLE "hl=en&q=a", "a"},
        {GOOGLE "hl=en;q=a", "a"},
        {GOOGLE "q=", ""},
        {GOOGLE "q=&q=b", "b"},
        {GOOGLE "q=a&q=b", "a"},
        {GOOGLE "q=&query=b", "b"},
        {GOOGLE "query=b&q=a", "a"},
        {GOOGLE "Q=a", ""},
        {GOOGLE "q[]=a", ""},
        {GOOGLE "#q=a+b", "a b"},
        {GOOGLE "q=a#q=b", "a"},
        {GOOGLE "q=%", "%"},
        {GOOGLE "q=%zz", "%zz"},
        {GOOGLE "q=%u0041", "%u0041"},
        {GOOGLE "q=%253Cscript%253E", "%3Cscript%3E"},
        {GOOGLE "q=%3Cb%3E", "<b>"},
        {GOOGLE "q=++a+%09+b%0d%0a%00c++", "a b c"},
        {GOOGLE "q=%20%20", ""},
        {GOOGLE "q=%1b%5d0%07x%7f", "]0 x"},
        {GOOGLE "q=%E2%82%AC", "\xe2\x82\xac"},
        {GOOGLE "q=%C3%A4%CC%88", "\xc3\xa4\xcc\x88"},
        {GOOGLE "q=%E4", "\xc3\xa4"}, /* Latin 1 when nothing else is known */
        {GOOGLE "q=%C3%28", "\xc3\x83("},
        {"https://yandex.ru/search/?text=%CF%F0%E8%E2%E5%F2",
         "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82"},                    /* windows-1251 */
        {"https://www.baidu.com/s?wd=%C4%E3%BA%C3", "\xe4\xbd\xa0\xe5\xa5\xbd"}, /* gb18030 */
        {GOOGLE "q=%CF%F0%E8%E2%E5%F2&ie=windows-1251",
         "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82"},
        {GOOGLE "ie=Shift_JIS&q=%93%56%8B%43", "\xe5\xa4\xa9\xe6\xb0\x97"},
        {GOOGLE "q=%E2%82%AC&ie=windows-1251", "\xe2\x82\xac"}, /* what is UTF-8 stays so */
        {GOOGLE "q=%F9%EC%E5%ED&ie=windows-1255", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d"},
        {GOOGLE "q=%E4&ie=UTF-7", "\xc3\xa4"},
        {GOOGLE "q=%E4&ie=", "\xc3\xa4"},
        {GOOGLE "q=%E4&ei=Ab3cX", "\xc3\xa4"},
        {"https://www.baidu.com/s?wd=%FF%FF", "\xc3\xbf\xc3\xbf"},
        {GOOGLE "q=cache:abc:example.org/x+two+words", "two words"},
        {GOOGLE "q=cache:abc:example.org/x", ""},
        {GOOGLE "q=Cache:x+y", "y"},
        {"https://www.google.com/url?q=https://example.org/x", ""},
        {"https://www.google.com/url?q=http%3A%2F%2Fexample.org", ""},
        {GOOGLE "q=http+status", "http status"},
        {"https://duckduckgo.com/?q==cmd|'/c calc'!A1", "=cmd|'/c calc'!A1"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const struct slim_facts *facts = derive(cases[i].referer);
        if (strcmp(cases[i].terms, string_of(facts->terms)) != 0) {
            fail_msg("%s: expected '%s', got '%s'", cases[i].referer, cases[i].terms,
                     string_of(facts->terms));
        }
        assert_int_equal(SLIM_CHANNEL_SEARCH, facts->channel);
    }
}

static void long_terms_are_cut_between_characters(void **state)
{
    char *referer = apr_pstrcat(pool, GOOGLE "q=", NULL);

    (void)state;
    for (int i = 0; i < 200; i++) {
        referer = apr_pstrcat(pool, referer, i % 2 ? "%E2%82%AC" : "\xe2\x82\xac", NULL);
    }
    const struct slim_facts *facts = derive(referer);
    assert_int_equal(SLIM_TERMS_MAX / 3 * 3, facts->terms.length);
    assert_true(slim_utf8_is_valid(facts->terms.at, facts->terms.length));
    facts = derive(apr_pstrcat(pool, referer, referer, referer, NULL));
    assert_int_equal(SLIM_TERMS_MAX / 3 * 3, facts->terms.length);
}

/* Whatever is sent: texts within their ceilings, terms UTF-8 without controls. */
static void noise_gives_bounded_texts(void **state)
{
    static const char *const parts[] = {"http",        "s",         "://",
                                        "/",           "?",         "#",
                                        "@",           ":",         ".",
                                        "[",           "]",         "&",
                                        ";",           "=",         "%",
                                        "%2",          "%e4",       "+",
                                        "www.",        "google",    "com",
                                        "yandex.ru",   "baidu.com", "q=",
                                        "text=",       "wd=",       "cache:",
                                        "\xff",        "\xe2\x82",  "\r\n",
                                        "android-app", "a",         "www.example.org"};
    static char header[2048];
    static struct slim_facts facts;

    (void)state;
    for (int round = 0; round < 100000; round++) {
        size_t length = 0;
        if (round % 3 == 0) {
            memcpy(header, GOOGLE "q=", strlen(GOOGLE "q="));
            length = strlen(GOOGLE "q=");
        }
        for (size_t n = noise_below(40); n > 0 && length < 2000; n--) {
            const char *part = parts[noise_below(LENGTH_OF(parts))];
            memcpy(header + length, part, strlen(part));
            length += strlen(part);
        }
        if (round % 100 == 0) {
            noise_fill(header + length, sizeof header - length);
            length = sizeof header;
        }
        slim_referer_derive(sources, own_hosts, (struct slim_text){header, length},
                            text_of("www.example.org"), &facts);
        assert_true(facts.referer.length <= sizeof facts.referer_buffer);
        assert_true(facts.domain.length <= sizeof facts.domain_buffer);
        assert_true(facts.source.length <= sizeof facts.source_buffer);
        assert_true(facts.terms.length <= SLIM_TERMS_MAX);
        assert_true(slim_utf8_is_valid(facts.terms.at, facts.terms.length));
        for (size_t i = 0; i < facts.terms.length; i++) {
            unsigned char c = (unsigned char)facts.terms.at[i];
            assert_true(c >= 0x20 && c != 0x7f);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(given_cases_are_met),
        cmocka_unit_test(sources_are_named),
        cmocka_unit_test(own_hosts_are_internal),
        cmocka_unit_test(own_hosts_belong_to_one_site),
        cmocka_unit_test(user_info_and_fragment_are_cut),
        cmocka_unit_test(terms_are_decoded_and_folded),
        cmocka_unit_test(long_terms_are_cut_between_characters),
        cmocka_unit_test(noise_gives_bounded_texts),
    };

    return cmocka_run_group_tests(tests, read_sources, end_unit);
}
