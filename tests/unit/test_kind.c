/* What a hit fetched. */
#include "unit.h"

#include "core/text.h"
#include "enrich/kind.h"
#include "enrich/resource.h"
#include "enrich/type_class.h"
#include "noise.h"

/* One case: what was sent and answered; the kind. method: GET when empty. */
struct kind_case {
    const char *method, *purpose, *dest, *mode, *accept, *type, *resource;
    enum slim_kind kind;
    unsigned status; /* 200 when 0 */
    uint32_t flags;
};

/* The lists that come with us. */
static struct slim_page_list *lists;

static int read_lists(void **state)
{
    struct slim_list_file paths = {.path = "conf/paths.tsv"}, names = {.path = "conf/names.tsv"},
                          parameters = {.path = "conf/parameters.txt"};

    if (begin_unit(state)) {
        return 1;
    }
    lists = slim_page_list_make(pool);
    return slim_page_list_add_paths(lists, &paths, pool)
           || slim_page_list_add_names(lists, &names, pool)
           || slim_page_list_add_parameters(lists, &parameters, pool);
}

static struct slim_kind_case case_of(const struct kind_case *c)
{
    struct slim_hit hit = {.flags = c->flags,
                           .purpose = slim_purpose_of(c->purpose, strlen(c->purpose)),
                           .dest = slim_dest_of(c->dest, strlen(c->dest)),
                           .mode = slim_mode_of(c->mode, strlen(c->mode))};

    hit.field[SLIM_TYPE] = text_of(c->type);
    if (*c->accept) {
        hit.flags |= SLIM_HIT_ACCEPT | (strstr(c->accept, "text/html") ? SLIM_HIT_ACCEPT_HTML : 0u);
    }
    return (struct slim_kind_case){.method = text_of(*c->method ? c->method : "GET"),
                                   .resource = text_of(c->resource),
                                   .status = c->status ? c->status : 200,
                                   .evidence = slim_evidence_of(&hit),
                                   .list = lists};
}

static void check(const struct kind_case *cases, size_t count)
{
    int wrong = 0;

    for (size_t i = 0; i < count; i++) {
        struct slim_kind_case c = case_of(&cases[i]);
        enum slim_kind kind = slim_kind_derive(&c);
        if (kind != cases[i].kind) {
            print_error("%zu: %s '%s' '%s' '%s' %s: %s, not %s\n", i, cases[i].method,
                        cases[i].dest, cases[i].accept, cases[i].type, cases[i].resource,
                        slim_kind_name(kind), slim_kind_name(cases[i].kind));
            wrong++;
        }
    }
    assert_int_equal(0, wrong);
}

#define CHECK(cases) check(cases, LENGTH_OF(cases))

/* A browser at work over https. */
#define PAGE_BY_CLICK "", "", "document", "navigate", "text/html,*/*"
#define BY_SCRIPT "", "", "empty", "cors", "*/*"
/* Over http, and in a log. */
#define PLAIN(accept) "", "", "", "", accept
#define LOGGED "", "", "", "", ""

static void status_and_request_come_first(void **state)
{
    static const struct kind_case cases[] = {
        {PLAIN("*/*"), "", "/sock", SLIM_KIND_API, 101, 0},
        {"", "", "websocket", "websocket", "", "", "/sock", SLIM_KIND_API, 101, 0},
        {LOGGED, "", "", SLIM_KIND_OTHER, 408, 0},
        {LOGGED, "text/html", "", SLIM_KIND_OTHER, 400, 0},
    };

    (void)state;
    CHECK(cases);
}

static void pages_asked_for_ahead_are_prefetches(void **state)
{
    static const struct kind_case cases[] = {
        {"", "prefetch", "document", "navigate", "text/html", "text/html", "/", SLIM_KIND_PREFETCH,
         0, 0},
        {"", "prefetch;anonymous-client-ip", "", "", "", "text/html", "/", SLIM_KIND_PREFETCH, 0,
         0},
        {"", "prefetch;prerender", "document", "navigate", "", "text/html", "/", SLIM_KIND_PREFETCH,
         0, 0},
        {"", "Prefetch", "empty", "cors", "*/*", "text/html", "/", SLIM_KIND_PREFETCH, 0, 0},
        {"", "preview", "", "", "", "text/html", "/", SLIM_KIND_PREFETCH, 0, 0},
        /* rendered ahead, with all that is in it */
        {"", "prefetch;prerender", "iframe", "navigate", "", "text/html", "/", SLIM_KIND_OTHER, 0,
         0},
        {"", "prefetch;prerender", "empty", "cors", "*/*", "text/html", "/", SLIM_KIND_API, 0, 0},
        {"", "prefetch;prerender", "image", "no-cors", "", "text/html", "/", SLIM_KIND_ASSET, 0, 0},
        {"", "instant", "", "", "", "", "/about", SLIM_KIND_PREFETCH, 0, 0},
        /* what would be none is what it is */
        {"", "prefetch", "", "", "", "image/png", "/a.png", SLIM_KIND_ASSET, 0, 0},
        {"", "prefetch", "", "", "", "text/css", "/x.css", SLIM_KIND_ASSET, 0, 0},
        {"", "prefetch", "", "", "", "", "/x.css", SLIM_KIND_ASSET, 0, 0},
        {"", "prefetch", "document", "navigate", "", "application/pdf", "/x.pdf",
         SLIM_KIND_DOWNLOAD, 0, 0},
        {"", "prefetch", "document", "navigate", "", "text/html", "/x", SLIM_KIND_DOWNLOAD, 0,
         SLIM_HIT_ATTACHMENT},
        {"", "other", "", "", "", "text/html", "/", SLIM_KIND_PAGE, 0, 0},
    };

    (void)state;
    CHECK(cases);
}

static void attachments_are_downloads(void **state)
{
    static const struct kind_case cases[] = {
        {PAGE_BY_CLICK, "text/html", "/export", SLIM_KIND_DOWNLOAD, 0, SLIM_HIT_ATTACHMENT},
        {"POST", "", "document", "navigate", "text/html", "text/html", "/export.php",
         SLIM_KIND_DOWNLOAD, 0, SLIM_HIT_ATTACHMENT},
        {BY_SCRIPT, "application/json", "/x", SLIM_KIND_DOWNLOAD, 0, SLIM_HIT_ATTACHMENT},
        {"", "", "image", "no-cors", "", "image/png", "/x", SLIM_KIND_DOWNLOAD, 0,
         SLIM_HIT_ATTACHMENT},
    };

    (void)state;
    CHECK(cases);
}

/* Whatever a browser wanted it for, and whatever type it has. */
static void well_known_paths_are_what_they_are(void **state)
{
    static const struct {
        const char *resource;
        enum slim_kind kind;
    } cases[] = {
        {"/wp-admin/admin-ajax.php", SLIM_KIND_API},
        {"/blog/wp-admin/admin-ajax.php?action=heartbeat", SLIM_KIND_API},
        {"/xmlrpc.php", SLIM_KIND_API},
        {"/wp-cron.php?doing_wp_cron=1749911311.0382", SLIM_KIND_API},
        {"/wp-json/wp/v2/posts", SLIM_KIND_API},
        {"/?p=1&rest_route=/wp/v2/posts", SLIM_KIND_API},
        {"/feed/", SLIM_KIND_FEED},
        {"/2026/hello/feed/", SLIM_KIND_FEED},
        {"/?feed=rss2&cat=1", SLIM_KIND_FEED},
        {"/favicon.ico", SLIM_KIND_ASSET},
        {"/apple-touch-icon-120x120-precomposed.png", SLIM_KIND_ASSET},
        {"/robots.txt", SLIM_KIND_OTHER},
        {"/.well-known/security.txt", SLIM_KIND_OTHER},
        {"/sitemap.xml", SLIM_KIND_OTHER},
        {"/wp-sitemap-posts-post-1.xml", SLIM_KIND_OTHER},
        {"/sitemap/", SLIM_KIND_PAGE},
        {"/xmlrpc.php5", SLIM_KIND_PAGE},
        {"/?feed=mine", SLIM_KIND_PAGE},
        {"/wp-jsonx", SLIM_KIND_PAGE},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const struct kind_case both[] = {
            {PAGE_BY_CLICK, "text/html", cases[i].resource, cases[i].kind, 0, 0},
            {LOGGED, "", cases[i].resource, cases[i].kind, 0, 0},
        };
        CHECK(both);
    }
}

/* The site's own come first, then its own files, then ours. */
/* A path's stars stand for nothing, for a text, and for one that looks like the pattern itself. */
static void a_path_fits_whatever_its_stars_stand_for(void **state)
{
    static const char *const patterns[] = {
        "/a*b/*/c.php", "*/wp-login.php", "*ab*bc*", "/\xc3\xbc*", "*", "/x", "/**y"};
    static const char *const texts[] = {"", "/", "z", "a*b", "/a*b/*/c.php", "\xff\x80 ~"};

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(patterns); i++) {
        struct slim_page_list *list = slim_page_list_make(pool);
        assert_null(slim_page_list_add_kind(list, "feed", patterns[i], pool));
        for (size_t j = 0; j < LENGTH_OF(texts); j++) {
            char resource[256] = "";
            for (const char *at = patterns[i]; *at; at++) {
                char letter[] = {*at, '\0'};
                strcat(resource, *at == '*' ? texts[j] : letter);
            }
            if (resource[0]) {
                assert_non_null(slim_page_list_path(list, text_of(resource)));
            }
        }
    }
}

static void a_site_adds_its_own(void **state)
{
    static char paths[] = "other\t/about*\n", names[] = "api\ttxt  x1\n";
    struct slim_list_file own_paths = {"paths.tsv", paths, sizeof paths - 1, 1, 0, NULL},
                          own_names = {"names.tsv", names, sizeof names - 1, 1, 0, NULL},
                          ours = {.path = "conf/names.tsv"};
    struct slim_page_list *list = slim_page_list_make(pool), *own = slim_page_list_make(pool);
    struct slim_kind_reason why;
    struct slim_kind_case c = {.method = {"GET", 3}, .status = 200, .own = own, .list = list};

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_page_list_add_paths(list, &own_paths, pool));
    assert_int_equal(APR_SUCCESS, slim_page_list_add_names(list, &own_names, pool));
    assert_int_equal(APR_SUCCESS, slim_page_list_add_names(list, &ours, pool));
    assert_null(slim_page_list_add_kind(own, "feed", "*.x2", pool));
    assert_null(slim_page_list_add_kind(own, "download", ".X1", pool));
    c.resource = text_of("/about/us");
    assert_int_equal(SLIM_KIND_OTHER, slim_kind_explain(&c, &why));
    assert_string_equal("paths.tsv", why.listed->file);
    assert_int_equal(1, why.listed->line);
    c.resource = text_of("/a.TXT");
    assert_int_equal(SLIM_KIND_API, slim_kind_explain(&c, &why));
    c.resource = text_of("/a.x1");
    assert_int_equal(SLIM_KIND_DOWNLOAD, slim_kind_explain(&c, &why));
    assert_null(why.listed->file);
    c.resource = text_of("/a.x2");
    assert_int_equal(SLIM_KIND_FEED, slim_kind_derive(&c));
    c.resource = text_of("/a.zip");
    assert_int_equal(SLIM_KIND_DOWNLOAD, slim_kind_derive(&c));
}

/* File, line, column. */
static void mistakes_in_lists_are_told(void **state)
{
    static const struct {
        const char *text;
        apr_status_t (*add)(struct slim_page_list *list, struct slim_list_file *file,
                            apr_pool_t *p);
        const char *fault;
    } cases[] = {
        {"# head\napi\t/a\napi /b\n", slim_page_list_add_paths, "own: line 3, column 1: needs"},
        {"pages\t/a\n", slim_page_list_add_paths, "own: line 1, column 1: the kind is none of"},
        {"prefetch\t/a\n", slim_page_list_add_paths, "own: line 1, column 1: the kind is none of"},
        {"page\ta\n", slim_page_list_add_paths, "own: line 1, column 6: a path begins with"},
        {"page\t?\n", slim_page_list_add_paths, "own: line 1, column 6: a path begins with"},
        {"download\tlog a/b txt\n", slim_page_list_add_names,
         "own: line 1, column 14: an extension"},
        {"download\n", slim_page_list_add_names, "own: line 1, column 1: needs"},
        {"ref\na=b\n", slim_page_list_add_parameters, "own: line 2, column 1: a parameter's name"},
        {"*\n", slim_page_list_add_parameters, "own: line 1, column 1: a parameter's name"},
        {"ref\tx\n", slim_page_list_add_parameters, "own: line 1, column 1: needs one name"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        char *text = apr_pstrdup(pool, cases[i].text);
        struct slim_list_file file = {"own", text, strlen(text), 1, 0, NULL};
        assert_int_equal(SLIM_EBADRULES, cases[i].add(slim_page_list_make(pool), &file, pool));
        if (strncmp(file.fault, cases[i].fault, strlen(cases[i].fault)) != 0) {
            fail_msg("%s: %s", cases[i].text, file.fault);
        }
    }
}

static void the_destination_decides_what_is_part_of_a_page(void **state)
{
    static const struct kind_case cases[] = {
        {"", "", "image", "no-cors", "", "text/html", "/", SLIM_KIND_ASSET, 0, 0},
        {"", "", "style", "no-cors", "", "text/css", "/a.css", SLIM_KIND_ASSET, 0, 0},
        {"", "", "script", "no-cors", "", "text/javascript", "/a.js", SLIM_KIND_ASSET, 0, 0},
        {"", "", "font", "cors", "", "font/woff2", "/a.woff2", SLIM_KIND_ASSET, 0, 0},
        {"", "", "track", "cors", "", "text/vtt", "/a.vtt", SLIM_KIND_ASSET, 0, 0},
        {"", "", "manifest", "cors", "", "application/manifest+json", "/m", SLIM_KIND_ASSET, 0, 0},
        {"", "", "serviceworker", "same-origin", "", "text/javascript", "/sw.js", SLIM_KIND_ASSET,
         0, 0},
        {"", "", "video", "no-cors", "", "video/mp4", "/a.mp4", SLIM_KIND_DOWNLOAD, 0, 0},
        {"", "", "audio", "no-cors", "", "audio/mpeg", "/a.mp3", SLIM_KIND_DOWNLOAD, 0, 0},
        {"", "", "iframe", "navigate", "text/html", "text/html", "/", SLIM_KIND_OTHER, 0, 0},
        {"", "", "embed", "navigate", "", "application/pdf", "/a.pdf", SLIM_KIND_OTHER, 0, 0},
        {"", "", "report", "no-cors", "", "", "/csp", SLIM_KIND_OTHER, 0, 0},
        {BY_SCRIPT, "text/html", "/", SLIM_KIND_API, 0, 0},
        {BY_SCRIPT, "application/json", "/x", SLIM_KIND_API, 0, 0},
        {BY_SCRIPT, "application/zip", "/a.zip", SLIM_KIND_DOWNLOAD, 0, 0},
        {"", "", "empty", "no-cors", "*/*", "text/html", "/beacon", SLIM_KIND_API, 0, 0},
        /* a service worker, <a download> */
        {"", "", "empty", "navigate", "text/html,*/*", "text/html", "/b", SLIM_KIND_PAGE, 0, 0},
        {"", "", "empty", "navigate", "*/*", "application/zip", "/a.zip", SLIM_KIND_DOWNLOAD, 0, 0},
        /* a script that shows what it gets, and says so */
        {"", "", "empty", "same-origin", "text/html", "text/html", "/b", SLIM_KIND_PAGE, 0,
         SLIM_HIT_DRAWN},
        {"", "", "empty", "cors", "*/*", "text/html", "/b", SLIM_KIND_PAGE, 0, SLIM_HIT_DRAWN},
        {"", "", "empty", "cors", "*/*", "application/json", "/b", SLIM_KIND_API, 0,
         SLIM_HIT_DRAWN},
        {"", "", "nonsense", "navigate", "", "text/html", "/", SLIM_KIND_PAGE, 0, 0},
        {"", "", "Document", "Navigate", "", "text/html", "/", SLIM_KIND_PAGE, 0, 0},
    };

    (void)state;
    CHECK(cases);
}

/* The same over https and over http. */
static void a_navigation_is_what_the_answer_is(void **state)
{
    static const struct {
        const char *type, *resource;
        enum slim_kind kind;
    } cases[] = {
        {"text/html", "/", SLIM_KIND_PAGE},
        {"text/html", "/a.png", SLIM_KIND_PAGE},
        {"TEXT/HTML; charset=utf-8", "/", SLIM_KIND_PAGE},
        {"text/html ;charset=utf-8", "/x.png", SLIM_KIND_PAGE},
        {"application/xhtml+xml", "/", SLIM_KIND_PAGE},
        {"image/png", "/pic.png", SLIM_KIND_ASSET},
        {"image/svg+xml", "/", SLIM_KIND_ASSET},
        {"image/x-icon", "/icon", SLIM_KIND_ASSET},
        {"text/css", "/style.css", SLIM_KIND_ASSET},
        {"application/javascript", "/x", SLIM_KIND_ASSET},
        {"application/wasm", "/x", SLIM_KIND_ASSET},
        {"application/json", "/data.json", SLIM_KIND_API},
        {"application/hal+json", "/x", SLIM_KIND_API},
        {"text/event-stream", "/x", SLIM_KIND_API},
        {"application/rss+xml; charset=UTF-8", "/feed.php", SLIM_KIND_FEED},
        {"application/atom+xml", "/x", SLIM_KIND_FEED},
        {"application/pdf", "/", SLIM_KIND_DOWNLOAD},
        {"audio/mpeg", "/", SLIM_KIND_DOWNLOAD},
        {"video/mp4", "/", SLIM_KIND_DOWNLOAD},
        {"application/octet-stream", "/x", SLIM_KIND_DOWNLOAD},
        {"application/vnd.ms-excel", "/x", SLIM_KIND_DOWNLOAD},
        {"application/x-sql", "/dump.sql", SLIM_KIND_DOWNLOAD},
        {"application/x-unknown", "/a", SLIM_KIND_DOWNLOAD},
        {"text/csv", "/a.csv", SLIM_KIND_DOWNLOAD},
        /* what the name decides */
        {"text/plain", "/x.txt", SLIM_KIND_DOWNLOAD},
        {"text/plain", "/misc/sample.log", SLIM_KIND_DOWNLOAD},
        {"text/x-python", "/a.py", SLIM_KIND_DOWNLOAD},
        {"text/x-diff", "/a.patch", SLIM_KIND_DOWNLOAD},
        {"text/plain", "/README", SLIM_KIND_OTHER},
        {"text/plain", "/a.php", SLIM_KIND_OTHER},
        {"text/plain", "/a.png", SLIM_KIND_ASSET},
        {"application/xml", "/a", SLIM_KIND_OTHER},
        {"application/xml", "/a.xml", SLIM_KIND_OTHER},
        {"text/xml", "/index.rss", SLIM_KIND_FEED},
        {"chemical/x-pdb", "/a", SLIM_KIND_OTHER},
        /* a log has no type */
        {"", "/", SLIM_KIND_PAGE},
        {"", "/about", SLIM_KIND_PAGE},
        {"", "/about/", SLIM_KIND_PAGE},
        {"", "/a.html", SLIM_KIND_PAGE},
        {"", "/A.HTML?x=1.png", SLIM_KIND_PAGE},
        {"", "/a.php", SLIM_KIND_PAGE},
        {"", "/v1.2/about", SLIM_KIND_PAGE},
        {"", "/releases/v1.2", SLIM_KIND_PAGE},
        {"", "/a.png?b/c", SLIM_KIND_ASSET},
        {"", "/a.min.js", SLIM_KIND_ASSET},
        {"", "/a.tar.gz", SLIM_KIND_DOWNLOAD},
        {"", "/dump.xml.gz", SLIM_KIND_DOWNLOAD},
        {"", "/a.PDF", SLIM_KIND_DOWNLOAD},
        {"", "/a.gem", SLIM_KIND_DOWNLOAD},
        {"", "/a.whl", SLIM_KIND_DOWNLOAD},
        {"", "/a.sql", SLIM_KIND_DOWNLOAD},
        {"", "/a.rss", SLIM_KIND_FEED},
        {"", "/a.json", SLIM_KIND_API},
        {"", "/a.unknown", SLIM_KIND_OTHER},
        {"", "/a.", SLIM_KIND_OTHER},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const struct kind_case both[] = {
            {PAGE_BY_CLICK, cases[i].type, cases[i].resource, cases[i].kind, 0, 0},
            {PLAIN("text/html,application/xhtml+xml,*/*;q=0.8"), cases[i].type, cases[i].resource,
             cases[i].kind, 0, 0},
            {LOGGED, cases[i].type, cases[i].resource, cases[i].kind, 0, 0},
        };
        CHECK(both);
    }
}

/* Without Sec-Fetch (over http) a script is told by what it takes. */
static void what_a_script_takes_is_no_page(void **state)
{
    static const struct kind_case cases[] = {
        {PLAIN("image/avif,image/webp,*/*"), "image/png", "/a.png", SLIM_KIND_ASSET, 0, 0},
        {PLAIN("*/*"), "application/json", "/a", SLIM_KIND_API, 0, 0},
        {PLAIN("*/*"), "text/html", "/a.html", SLIM_KIND_API, 0, 0},
        {PLAIN("application/json"), "text/html", "/a", SLIM_KIND_API, 0, 0},
        {PLAIN("text/html,*/*"), "text/html", "/a", SLIM_KIND_PAGE, 0, 0},
        {PLAIN("text/html, */*; q=0.01"), "text/html", "/a", SLIM_KIND_API, 0, SLIM_HIT_BY_SCRIPT},
        {LOGGED, "text/html", "/a", SLIM_KIND_PAGE, 0, 0},
        {LOGGED, "text/html", "/a", SLIM_KIND_API, 0, SLIM_HIT_BY_SCRIPT},
        /* a browser that navigates shows what it gets */
        {"", "", "document", "navigate", "*/*", "text/html", "/a", SLIM_KIND_PAGE, 0, 0},
        {"", "", "document", "navigate", "*/*", "text/css", "/a.css", SLIM_KIND_ASSET, 0, 0},
        {PLAIN("*/*"), "application/zip", "/a.zip", SLIM_KIND_DOWNLOAD, 0, 0},
    };

    (void)state;
    CHECK(cases);
}

static void what_is_neither_got_nor_posted_is_not_looked_at(void **state)
{
    static const struct kind_case cases[] = {
        {"PUT", "", "", "", "", "text/html", "/dav/p.png", SLIM_KIND_OTHER, 201, 0},
        {"PUT", "", "", "", "*/*", "", "/dav/p.png", SLIM_KIND_OTHER, 204, 0},
        {"PROPFIND", "", "", "", "", "text/xml", "/dav/", SLIM_KIND_OTHER, 207, 0},
        {"OPTIONS", "", "", "", "", "", "/", SLIM_KIND_OTHER, 0, 0},
        {"CONNECT", "", "", "", "", "", "example.org:443", SLIM_KIND_OTHER, 405, 0},
        {"DELETE", "", "empty", "cors", "*/*", "", "/items/7", SLIM_KIND_API, 204, 0},
        {"PUT", "", "", "", "", "application/json", "/items/7", SLIM_KIND_API, 0, 0},
        {"HEAD", "", "", "", "", "text/html", "/", SLIM_KIND_PAGE, 0, 0},
        {"POST", "", "", "", "text/html", "text/html", "/", SLIM_KIND_PAGE, 0, 0},
        {"POST", "", "", "", "*/*", "text/html", "/", SLIM_KIND_API, 0, 0},
    };

    (void)state;
    CHECK(cases);
}

/* Kept as a number, and read back the same. */
static void evidence_is_a_number_of_three_bytes(void **state)
{
    struct slim_evidence most = {1,
                                 SLIM_TYPES - 1,
                                 SLIM_DESTS - 1,
                                 SLIM_MODES - 1,
                                 SLIM_PURPOSES - 1,
                                 SLIM_ACCEPT_HTML,
                                 1,
                                 1,
                                 1},
                         none = {0}, log = {.known = 1};

    (void)state;
    uint32_t number = slim_evidence_pack(&most);
    assert_true(number < 1u << 23);
    struct slim_evidence back = slim_evidence_unpack(number);
    assert_memory_equal(&most, &back, sizeof back);
    assert_int_equal(0, slim_evidence_pack(&none));
    assert_int_equal(1, slim_evidence_pack(&log));
    for (uint32_t any = 1; any < 1u << 23; any += 8191) {
        back = slim_evidence_unpack(any);
        assert_true(back.type < SLIM_TYPES && back.dest < SLIM_DESTS && back.mode < SLIM_MODES);
        assert_true(*slim_type_class_name(back.type) && slim_purpose_name(back.purpose));
    }
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

static void page_is_the_resource_made_equal(void **state)
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
        /* sessions, caches, letters of either case, escaped names */
        {"/?doing_wp_cron=1749911311.0382", "/"},
        {"/?PHPSESSID=abc", "/"},
        {"/?phpsessid=abc&p=1", "/?p=1"},
        {"/?gad_campaignid=9", "/"},
        {"/?%75tm_source=9", "/"},
        {"/shop;jsessionid=1A2B/cart;x=1;JSESSIONID=3?y", "/shop/cart;x=1?y"},
        {"/;jsessionidx=1", "/;jsessionidx=1"},
        /* only & separates parameters */
        {"/?p=a.git;a=log", "/?p=a.git;a=log"},
        {"/?p=a.git;utm_source=x&utm_medium=y", "/?p=a.git;utm_source=x"},
        /* escapes */
        {"/caf%C3%A9", "/caf\u00e9"},
        {"/caf%c3%a9", "/caf\u00e9"},
        {"/caf\u00e9", "/caf\u00e9"},
        {"/%7euser/%2e%2D%5f/%41", "/~user/.-_/A"},
        {"/a%2fb", "/a%2Fb"},
        {"/a%2Fb?c%3dd%26e", "/a%2Fb?c%3Dd%26e"},
        {"/a%20b+c", "/a%20b+c"},
        {"/%e2%82%ac?q=%f0%9f%98%80", "/\u20ac?q=\U0001f600"},
        {"/a\"b<c>|", "/a%22b%3Cc%3E%7C"},
        {"/(a)'!*", "/(a)'!*"},
        {"/%28a%29", "/%28a%29"},
        {"/%C3%28", "/%C3%28"},
        {"/\xe9", "/%E9"},
        {"/%e9t%e9", "/%E9t%E9"},
        {"/%ED%A0%80", "/%ED%A0%80"},
        {"/%E2%80%AE", "/%E2%80%AE"},
        {"/\u202e", "/%E2%80%AE"},
        {"/%00%0a", "/%00%0A"},
        {"/100%", "/100%25"},
        {"/100%25", "/100%25"},
        {"/%%41B", "/%25AB"},
        {"/%zz", "/%25zz"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        char page[256];
        size_t length =
            slim_resource_page(text_of(cases[i].resource), NULL, lists, page, sizeof page);
        assert_string_equal(cases[i].page, string_of((struct slim_text){page, length}));
    }
}

/* Never longer than its room, UTF-8, and its own page. */
static void page_of_a_page_is_itself(void **state)
{
    static const char *const parts[] = {"/a",           "?",     "&",     ";",      "=",
                                        "utm_x",        "gclid", "pk_=1", "fbclid", "b",
                                        "%26",          "#",     "\xff",  "//",     "%",
                                        "%4",           "1",     "%C3",   "\xc3",   "%A9",
                                        ";jsessionid=1"};
    char resource[512], page[300], again[300];

    (void)state;
    for (int round = 0; round < 50000; round++) {
        size_t length = 0, size = 100 + noise_below(200);
        for (size_t n = noise_below(30); n > 0; n--) {
            const char *part = parts[noise_below(LENGTH_OF(parts))];
            memcpy(resource + length, part, strlen(part));
            length += strlen(part);
        }
        size_t once =
            slim_resource_page((struct slim_text){resource, length}, NULL, lists, page, size);
        assert_true(once <= size && slim_utf8_is_valid(page, once));
        size_t twice = slim_resource_page((struct slim_text){page, once}, NULL, lists, again, size);
        if (once != twice || memcmp(page, again, once) != 0) {
            fail_msg("%.*s gives %.*s", (int)length, resource, (int)once, page);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_and_request_come_first),
        cmocka_unit_test(pages_asked_for_ahead_are_prefetches),
        cmocka_unit_test(attachments_are_downloads),
        cmocka_unit_test(well_known_paths_are_what_they_are),
        cmocka_unit_test(a_path_fits_whatever_its_stars_stand_for),
        cmocka_unit_test(a_site_adds_its_own),
        cmocka_unit_test(mistakes_in_lists_are_told),
        cmocka_unit_test(the_destination_decides_what_is_part_of_a_page),
        cmocka_unit_test(a_navigation_is_what_the_answer_is),
        cmocka_unit_test(what_a_script_takes_is_no_page),
        cmocka_unit_test(what_is_neither_got_nor_posted_is_not_looked_at),
        cmocka_unit_test(evidence_is_a_number_of_three_bytes),
        cmocka_unit_test(resource_is_path_and_query),
        cmocka_unit_test(page_is_the_resource_made_equal),
        cmocka_unit_test(page_of_a_page_is_itself),
    };

    return cmocka_run_group_tests(tests, read_lists, end_unit);
}
