/* What a hit fetched, and which hits count as page view or download. */
#include "unit.h"

#include "enrich/kind.h"
#include "enrich/resource.h"
#include "noise.h"

static void kind_is_decided_by_purpose_destination_type_and_name(void **state)
{
    static const struct {
        const char *purpose, *destination, *mode, *type, *resource;
        enum slim_kind kind;
    } cases[] = {
        /* purpose first */
        {"prefetch", "document", "navigate", "text/html", "/", SLIM_KIND_PREFETCH},
        {"prefetch;anonymous-client-ip", "", "", "text/html", "/", SLIM_KIND_PREFETCH},
        {"prefetch;prerender", "document", "navigate", "text/html", "/", SLIM_KIND_PREFETCH},
        {"Prefetch", "", "", "image/png", "/a.png", SLIM_KIND_PREFETCH},
        {"preview", "", "", "text/html", "/", SLIM_KIND_PREFETCH},
        {"other", "", "", "text/html", "/", SLIM_KIND_PAGE},
        /* then the destination */
        {"", "document", "navigate", "text/html", "/", SLIM_KIND_PAGE},
        {"", "document", "navigate", "text/html", "/a.png", SLIM_KIND_PAGE},
        {"", "document", "navigate", "image/png", "/a.png", SLIM_KIND_PAGE},
        {"", "document", "navigate", "", "/", SLIM_KIND_PAGE},
        {"", "Document", "Navigate", "text/html", "/", SLIM_KIND_PAGE},
        {"", "document", "navigate", "application/pdf", "/a.pdf", SLIM_KIND_DOWNLOAD},
        {"", "document", "navigate", "application/zip", "/get", SLIM_KIND_DOWNLOAD},
        {"", "document", "navigate", "application/rss+xml", "/feed", SLIM_KIND_FEED},
        {"", "empty", "cors", "text/html", "/", SLIM_KIND_API},
        {"", "empty", "cors", "application/json", "/x", SLIM_KIND_API},
        {"", "image", "no-cors", "text/html", "/", SLIM_KIND_ASSET},
        {"", "style", "no-cors", "text/css", "/a.css", SLIM_KIND_ASSET},
        {"", "script", "no-cors", "text/javascript", "/a.js", SLIM_KIND_ASSET},
        {"", "font", "cors", "font/woff2", "/a.woff2", SLIM_KIND_ASSET},
        {"", "video", "no-cors", "video/mp4", "/a.mp4", SLIM_KIND_ASSET},
        {"", "manifest", "cors", "application/manifest+json", "/m", SLIM_KIND_ASSET},
        {"", "serviceworker", "same-origin", "text/javascript", "/sw.js", SLIM_KIND_ASSET},
        {"", "iframe", "navigate", "text/html", "/", SLIM_KIND_OTHER},
        {"", "report", "no-cors", "", "/csp", SLIM_KIND_OTHER},
        {"", "nonsense", "navigate", "text/html", "/", SLIM_KIND_PAGE},
        /* then the type of the response */
        {"", "", "", "text/html", "/", SLIM_KIND_PAGE},
        {"", "", "", "TEXT/HTML; charset=utf-8", "/", SLIM_KIND_PAGE},
        {"", "", "", "text/html ;charset=utf-8", "/x.png", SLIM_KIND_PAGE},
        {"", "", "", "application/xhtml+xml", "/", SLIM_KIND_PAGE},
        {"", "", "", "application/rss+xml; charset=UTF-8", "/feed/", SLIM_KIND_FEED},
        {"", "", "", "application/atom+xml", "/x", SLIM_KIND_FEED},
        {"", "", "", "image/svg+xml", "/", SLIM_KIND_ASSET},
        {"", "", "", "image/x-icon", "/favicon.ico", SLIM_KIND_ASSET},
        {"", "", "", "text/css", "/", SLIM_KIND_ASSET},
        {"", "", "", "application/javascript", "/x", SLIM_KIND_ASSET},
        {"", "", "", "application/json", "/x", SLIM_KIND_API},
        {"", "", "", "application/hal+json", "/x", SLIM_KIND_API},
        {"", "", "", "application/pdf", "/", SLIM_KIND_DOWNLOAD},
        {"", "", "", "audio/mpeg", "/", SLIM_KIND_DOWNLOAD},
        {"", "", "", "video/mp4", "/", SLIM_KIND_DOWNLOAD},
        {"", "", "", "application/octet-stream", "/x", SLIM_KIND_DOWNLOAD},
        {"", "", "", "application/vnd.ms-excel", "/x", SLIM_KIND_DOWNLOAD},
        {"", "", "", "text/plain", "/x.txt", SLIM_KIND_OTHER},
        {"", "", "", "application/xml", "/sitemap", SLIM_KIND_OTHER},
        {"", "", "", "application/xml", "/blog/feed", SLIM_KIND_FEED},
        {"", "", "", "text/xml", "/blog/rss.xml", SLIM_KIND_OTHER},
        {"", "", "", "text/xml", "/index.rss", SLIM_KIND_FEED},
        {"", "", "", "application/x-unknown", "/a", SLIM_KIND_OTHER},
        /* then the extension */
        {"", "", "", "", "/", SLIM_KIND_PAGE},
        {"", "", "", "", "", SLIM_KIND_PAGE},
        {"", "", "", "", "/about", SLIM_KIND_PAGE},
        {"", "", "", "", "/a.html", SLIM_KIND_PAGE},
        {"", "", "", "", "/A.HTML?x=1.png", SLIM_KIND_PAGE},
        {"", "", "", "", "/a.php", SLIM_KIND_PAGE},
        {"", "", "", "", "/v1.2/about", SLIM_KIND_PAGE},
        {"", "", "", "", "/a.png?b/c", SLIM_KIND_ASSET},
        {"", "", "", "", "/a.min.js", SLIM_KIND_ASSET},
        {"", "", "", "", "/a.tar.gz", SLIM_KIND_DOWNLOAD},
        {"", "", "", "", "/a.PDF", SLIM_KIND_DOWNLOAD},
        {"", "", "", "", "/a.rss", SLIM_KIND_FEED},
        {"", "", "", "", "/a.json", SLIM_KIND_API},
        {"", "", "", "", "/a.unknown", SLIM_KIND_OTHER},
        {"", "", "", "", "/a.", SLIM_KIND_OTHER},
        {"", "", "", "", "*", SLIM_KIND_PAGE},
    };
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_hit hit = {.status = 200};
        hit.field[SLIM_PURPOSE] = text_of(cases[i].purpose);
        hit.field[SLIM_FETCH_DEST] = text_of(cases[i].destination);
        hit.field[SLIM_FETCH_MODE] = text_of(cases[i].mode);
        hit.field[SLIM_TYPE] = text_of(cases[i].type);
        enum slim_kind kind = slim_kind_derive(&hit, text_of(cases[i].resource));
        if (kind != cases[i].kind) {
            print_error("'%s' '%s' '%s': %s, not %s\n", cases[i].destination, cases[i].type,
                        cases[i].resource, slim_kind_name(kind), slim_kind_name(cases[i].kind));
            wrong++;
        }
    }
    assert_int_equal(0, wrong);
}

static void hit_without_any_header_is_a_page(void **state)
{
    struct slim_hit hit = {.status = 200};

    (void)state;
    assert_int_equal(SLIM_KIND_PAGE, slim_kind_derive(&hit, (struct slim_text){NULL, 0}));
}

static void resource_is_path_and_query(void **state)
{
    static const struct {
        const char *target, *resource;
    } cases[] = {
        {"", ""},
        {"/", "/"},
        {"/a?b=c", "/a?b=c"},
        {"/a#b?c", "/a"},
        {"#", ""},
        {"/a?b#c", "/a?b"},
        {"http://example.org/a?b", "/a?b"},
        {"HTTP://user@example.org:80/a", "/a"},
        {"http://example.org", "/"},
        {"http://example.org#x", "/"},
        {"http://example.org?a", "?a"},
        {"http://", "http://"},
        {"//example.org/a", "//example.org/a"},
        {"/http://example.org/a", "/http://example.org/a"},
        {"*", "*"},
        {"example.org:443", "example.org:443"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_text resource = slim_resource_derive(text_of(cases[i].target));
        assert_string_equal(cases[i].resource, string_of(resource));
    }
    assert_int_equal(0, slim_resource_derive((struct slim_text){NULL, 0}).length);
}

static void page_is_the_resource_without_tracking(void **state)
{
    static const struct {
        const char *resource, *page;
    } cases[] = {
        {"", ""},
        {"/", "/"},
        {"/a?b=c", "/a?b=c"},
        {"/a?utm_source=x", "/a"},
        {"/a?utm_source=x&utm_medium=y&b=c", "/a?b=c"},
        {"/a?b=c&utm_source=x", "/a?b=c"},
        {"/a?b=c&gclid=1&d=e&fbclid=2&f", "/a?b=c&d=e&f"},
        {"/a?b=&c", "/a?b=&c"},
        {"/a?", "/a"},
        {"/a?&&", "/a"},
        {"/a?msclkid", "/a"},
        {"/a?xutm_source=1", "/a?xutm_source=1"},
        {"/a?gclidx=1", "/a?gclidx=1"},
        {"/a?q=gclid", "/a?q=gclid"},
        {"/utm_source=1?b", "/utm_source=1?b"},
        {"/a?b=c=d&e==", "/a?b=c=d&e=="},
        {"/a?=x", "/a?=x"},
        {"/a?b?c", "/a?b?c"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        char page[64];
        size_t length = slim_resource_page(text_of(cases[i].resource), page);
        assert_in_range(length, 0, strlen(cases[i].resource));
        assert_string_equal(cases[i].page, string_of((struct slim_text){page, length}));
    }
}

/* Never longer than what it is made of, and its own page. */
static void page_of_a_page_is_itself(void **state)
{
    static const char *const parts[] = {"/a",    "?",      "&", ";",   "=", "utm_x", "gclid",
                                        "pk_=1", "fbclid", "b", "%26", "#", "\xff",  "//"};
    char resource[512], page[512], again[512];

    (void)state;
    for (int round = 0; round < 50000; round++) {
        size_t length = 0;
        for (size_t n = noise_below(30); n > 0; n--) {
            const char *part = parts[noise_below(LENGTH_OF(parts))];
            memcpy(resource + length, part, strlen(part));
            length += strlen(part);
        }
        size_t once = slim_resource_page((struct slim_text){resource, length}, page);
        assert_true(once <= length);
        size_t twice = slim_resource_page((struct slim_text){page, once}, again);
        if (once != twice || memcmp(page, again, once) != 0) {
            fail_msg("%.*s gives %.*s", (int)length, resource, (int)once, page);
        }
    }
}

static void pageviews_are_pages_got_or_posted(void **state)
{
    static const struct {
        enum slim_kind kind;
        const char *method;
        unsigned status;
        int pageview;
    } cases[] = {
        {SLIM_KIND_PAGE, "GET", 200, 1},     {SLIM_KIND_PAGE, "POST", 200, 1},
        {SLIM_KIND_PAGE, "GET", 299, 1},     {SLIM_KIND_PAGE, "GET", 304, 1},
        {SLIM_KIND_PAGE, "GET", 199, 0},     {SLIM_KIND_PAGE, "GET", 300, 0},
        {SLIM_KIND_PAGE, "GET", 301, 0},     {SLIM_KIND_PAGE, "GET", 303, 0},
        {SLIM_KIND_PAGE, "GET", 305, 0},     {SLIM_KIND_PAGE, "GET", 404, 0},
        {SLIM_KIND_PAGE, "GET", 500, 0},     {SLIM_KIND_PAGE, "GET", 0, 0},
        {SLIM_KIND_PAGE, "HEAD", 200, 0},    {SLIM_KIND_PAGE, "PUT", 200, 0},
        {SLIM_KIND_PAGE, "OPTIONS", 200, 0}, {SLIM_KIND_PAGE, "", 200, 0},
        {SLIM_KIND_PAGE, "GETS", 200, 0},    {SLIM_KIND_ASSET, "GET", 200, 0},
        {SLIM_KIND_FEED, "GET", 200, 0},     {SLIM_KIND_PREFETCH, "GET", 200, 0},
        {SLIM_KIND_OTHER, "GET", 200, 0},    {SLIM_KIND_API, "POST", 200, 0},
        {SLIM_KIND_DOWNLOAD, "GET", 200, 0},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        static struct slim_facts facts;
        struct slim_hit hit = {.status = (uint16_t)cases[i].status};
        facts.kind = cases[i].kind;
        hit.field[SLIM_METHOD] = text_of(cases[i].method);
        if (slim_facts_is_pageview(&facts, &hit) != cases[i].pageview) {
            fail_msg("%s %u of kind %s", cases[i].method, cases[i].status,
                     slim_kind_name(cases[i].kind));
        }
    }
}

static void ranges_of_one_download_count_once(void **state)
{
    static const struct {
        enum slim_kind kind;
        unsigned status;
        uint32_t flags;
        int download;
    } cases[] = {
        {SLIM_KIND_DOWNLOAD, 200, 0, 1},
        {SLIM_KIND_DOWNLOAD, 206, SLIM_HIT_FROM_START, 1},
        {SLIM_KIND_DOWNLOAD, 206, SLIM_HIT_FROM_START | SLIM_HIT_ABORTED, 1},
        {SLIM_KIND_DOWNLOAD, 206, 0, 0},
        {SLIM_KIND_DOWNLOAD, 206, SLIM_HIT_TLS, 0},
        {SLIM_KIND_DOWNLOAD, 304, 0, 0},
        {SLIM_KIND_DOWNLOAD, 404, SLIM_HIT_FROM_START, 0},
        {SLIM_KIND_DOWNLOAD, 416, SLIM_HIT_FROM_START, 0},
        {SLIM_KIND_PAGE, 200, 0, 0},
        {SLIM_KIND_ASSET, 206, SLIM_HIT_FROM_START, 0},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        static struct slim_facts facts;
        struct slim_hit hit = {.status = (uint16_t)cases[i].status, .flags = cases[i].flags};
        facts.kind = cases[i].kind;
        assert_int_equal(cases[i].download, !!slim_facts_is_download(&facts, &hit));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kind_is_decided_by_purpose_destination_type_and_name),
        cmocka_unit_test(hit_without_any_header_is_a_page),
        cmocka_unit_test(resource_is_path_and_query),
        cmocka_unit_test(page_is_the_resource_without_tracking),
        cmocka_unit_test(page_of_a_page_is_itself),
        cmocka_unit_test(pageviews_are_pages_got_or_posted),
        cmocka_unit_test(ranges_of_one_download_count_once),
    };

    return RUN_UNIT(tests);
}
