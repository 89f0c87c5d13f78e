/* What the module tells the recorder: lines of names and values. */
#include "unit.h"

#include <fcntl.h>

#include "core/settings.h"
#include "noise.h"

static apr_status_t read_text(struct slim_settings *settings, const char *text, unsigned *line)
{
    const char *path = scratch_path("settings");

    put_file(path, text, strlen(text));
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    apr_status_t rv = slim_settings_read(settings, fd, line, pool);
    close(fd);
    return rv;
}

static int same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static int same_settings(const struct slim_settings *a, const struct slim_settings *b)
{
    int same = same_text(a->store, b->store) && same_text(a->state, b->state)
               && same_text(a->country, b->country) && same_text(a->network, b->network)
               && same_text(a->agents, b->agents) && same_text(a->data, b->data)
               && same_text(a->server, b->server) && same_text(a->visitor_secret, b->visitor_secret)
               && a->journal_limit == b->journal_limit && a->sync_s == b->sync_s
               && a->visit_timeout_s == b->visit_timeout_s && a->visitor_key == b->visitor_key
               && a->retain_days == b->retain_days
               && apr_hash_count(a->sites) == apr_hash_count(b->sites)
               && apr_hash_count(a->own_hosts) == apr_hash_count(b->own_hosts)
               && apr_hash_count(a->hosts) == apr_hash_count(b->hosts);

    for (apr_hash_index_t *hi = apr_hash_first(pool, a->own_hosts); hi; hi = apr_hash_next(hi)) {
        same &= apr_hash_get(b->own_hosts, apr_hash_this_key(hi), APR_HASH_KEY_STRING) != NULL;
    }
    for (apr_hash_index_t *hi = apr_hash_first(pool, a->sites); hi; hi = apr_hash_next(hi)) {
        const struct slim_site_rules *one = apr_hash_this_val(hi);
        const struct slim_site_rules *two =
            apr_hash_get(b->sites, apr_hash_this_key(hi), APR_HASH_KEY_STRING);
        same &= two && one->drop_robots == two->drop_robots && one->query.mode == two->query.mode
                && same_text(one->query.keys, two->query.keys)
                && same_text(one->query.search, two->query.search)
                && slim_site_rules_are_equal(one, two);
    }
    for (apr_hash_index_t *hi = apr_hash_first(pool, a->hosts); hi; hi = apr_hash_next(hi)) {
        same &= same_text(apr_hash_this_val(hi),
                          apr_hash_get(b->hosts, apr_hash_this_key(hi), APR_HASH_KEY_STRING));
    }
    return same;
}

static void set(struct slim_settings *settings, const char *name, const char *value)
{
    assert_int_equal(APR_SUCCESS, slim_settings_set(settings, name, value, pool));
}

static void written_settings_are_read_back(void **state)
{
    struct slim_settings settings, back;
    unsigned line;

    (void)state;
    slim_settings_init(&settings, pool);
    slim_settings_init(&back, pool);
    assert_int_equal(APR_SUCCESS, read_text(&back, slim_settings_write(&settings, pool), &line));
    assert_true(same_settings(&settings, &back));

    settings.store = "sqlite:/srv/a b/st\xc3\xa4ts.db";
    settings.state = "/srv/a b";
    settings.country = "/srv/x.mmdb";
    settings.network = "/srv/asn.mmdb";
    settings.agents = "/srv/regexes.yaml";
    settings.data = "/srv/data";
    settings.server = "web-1.example";
    settings.visitor_secret = "/srv/shared key";
    settings.journal_limit = UINT64_C(123456789012);
    settings.sync_s = 0;
    settings.visit_timeout_s = 60;
    settings.visitor_key = SLIM_VISITOR_KEY_DAILY;
    settings.retain_days = 7;
    set(&settings, "site-query", "*\tdrop");
    set(&settings, "site-query", "Example.org\tonly page id");
    set(&settings, "site-search", "example.org\ts q");
    set(&settings, "site-robots", "other.example\tdrop");
    set(&settings, "site-address", "*\tmasked");
    set(&settings, "site-respect", "*\tdnt gpc");
    set(&settings, "site-exclude", "*\t\tip=192.0.2.0/24");
    set(&settings, "site-exclude", "*\t/a b\toff");
    set(&settings, "site-exclude", "*\t<Directory /srv>\tpath=/x\ty");
    set(&settings, "site-exclude", "other.example\t\tdashboard");
    set(&settings, "site-page", "other.example\t\tindex=home.html");
    set(&settings, "site-page", "other.example\t/a b\tmap /x/([0-9]+) /x/$1");
    set(&settings, "site-page", "*\t<Directory /srv>\tnone");
    set(&settings, "site-kind", "*\tapi /rpc*");
    set(&settings, "site-parameter", "*\t;sid");
    set(&settings, "site-parameter", "*\tMy_*");
    set(&settings, "site-host", "other.example\t*.Other.example");
    slim_settings_own_host(&settings, "Example.ORG", "WWW.Example.org", pool);
    slim_settings_own_host(&settings, "example.org", "[2001:db8::1]", pool);
    for (int i = 0; i < 20000; i++) { /* more than one read's worth */
        slim_settings_own_host(&settings, "example.org", apr_psprintf(pool, "host%d.example", i),
                               pool);
    }
    slim_settings_init(&back, pool);
    assert_int_equal(APR_SUCCESS, read_text(&back, slim_settings_write(&settings, pool), &line));
    assert_true(same_settings(&settings, &back));
    assert_int_equal(13 + 20002 + 3 * 3 + 7 + 6, line);
    assert_non_null(
        apr_hash_get(back.own_hosts, "example.org\twww.example.org", APR_HASH_KEY_STRING));
}

static void sizes_have_units(void **state)
{
    static const struct {
        const char *text;
        uint64_t bytes; /* UINT64_MAX: refused */
    } cases[] = {
        {"0", 0},
        {"1", 1},
        {"007", 7},
        {"1k", 1024},
        {"1K", 1024},
        {"10M", 10 << 20},
        {"10m", 10 << 20},
        {"1G", 1 << 30},
        {"3g", UINT64_C(3) << 30},
        {"8589934591G", UINT64_C(8589934591) << 30},
        {"8589934592G", UINT64_MAX},
        {"9223372036854775807", INT64_MAX},
        {"18446744073709551615", UINT64_MAX},
        {"18446744073709551616", UINT64_MAX},
        {"99999999999999999999999", UINT64_MAX},
        {"", UINT64_MAX},
        {"k", UINT64_MAX},
        {"-1", UINT64_MAX},
        {"-1k", UINT64_MAX},
        {"+1", UINT64_MAX},
        {" 1", UINT64_MAX},
        {"1 ", UINT64_MAX},
        {"1 k", UINT64_MAX},
        {"1kk", UINT64_MAX},
        {"1kb", UINT64_MAX},
        {"1T", UINT64_MAX},
        {"1.5G", UINT64_MAX},
        {"1e9", UINT64_MAX},
        {"0x10", UINT64_MAX},
        {"ten", UINT64_MAX},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        uint64_t bytes = 4711;
        apr_status_t rv = slim_settings_parse_size(cases[i].text, &bytes);
        int good = cases[i].bytes != UINT64_MAX;
        if ((rv == APR_SUCCESS) != good || bytes != (good ? cases[i].bytes : 4711)) {
            fail_msg("'%s' gives %llu", cases[i].text, (unsigned long long)bytes);
        }
    }
}

static void refused_values_leave_the_settings_alone(void **state)
{
    static const struct {
        const char *name, *value;
    } cases[] = {
        {"store", ""},
        {"state", ""},
        {"country", ""},
        {"agents", ""},
        {"data", ""},
        {"journal-limit", ""},
        {"journal-limit", "-1"},
        {"journal-limit", "much"},
        {"journal-limit", "99999999999G"},
        {"journal-limit", "1023K"},
        {"journal-limit", "16385G"},
        {"sync", ""},
        {"sync", "-1"},
        {"sync", "3601"},
        {"sync", "4294967297"},
        {"sync", "1s"},
        {"sync", "1K"},
        {"visit-timeout", "0"},
        {"visit-timeout", "86401"},
        {"visitor-key", ""},
        {"visitor-key", "weekly"},
        {"retain", "0"},
        {"retain", "36501"},
        {"site-query", "drop"},
        {"site-query", "\tdrop"},
        {"site-query", "a.b\tnone"},
        {"site-query", "a.b\tonly"},
        {"site-query", "a.b\tonly "},
        {"site-query", "a.b\tonly a  b"},
        {"site-query", "a.b\tonly a&b"},
        {"site-search", "a.b\t"},
        {"site-robots", "a.b\tmaybe"},
        {"site-color", "a.b\tred"},
        {"site-address", "a.b\thalf"},
        {"site-address", "masked"},
        {"site-respect", "a.b\tp3p"},
        {"site-respect", "a.b\t"},
        {"site-respect", "a.b\tdnt  gpc"},
        {"site-exclude", "a.b\tip=192.0.2.7"},
        {"site-exclude", "a.b\tplace\tip=192.0.2.7"},
        {"site-page", "a.b\tindex"},
        {"site-page", "a.b\t\tindices"},
        {"site-page", "a.b\t\tmap /( /x"},
        {"site-kind", "a.b\tapi"},
        {"site-kind", "a.b\tpicture /x"},
        {"site-parameter", "a.b\t"},
        {"site-parameter", "a.b\ta&b"},
        {"site-host", "a.b"},
        {"site-host", "\ta.b"},
        {"site-host", "a.b\t"},
        {"own-host", ""},
        {"own-host", "example.org"},
        {"own-host", "\texample.org"},
        {"own-host", "example.org\t"},
        {"", "x"},
        {"Store", "sqlite:/x"},
        {"stor", "sqlite:/x"},
        {"storex", "sqlite:/x"},
        {"no-such-name", "1"},
    };
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_settings settings, fresh;
        slim_settings_init(&settings, pool);
        slim_settings_init(&fresh, pool);
        if (slim_settings_set(&settings, cases[i].name, cases[i].value, pool) != SLIM_EBADSETTING) {
            fail_msg("%s '%s' is taken", cases[i].name, cases[i].value);
        }
        if (!same_settings(&fresh, &settings)) {
            print_error("%s '%s' is refused and yet set\n", cases[i].name, cases[i].value);
            wrong++;
        }
    }
    assert_int_equal(0, wrong);
}

static void good_values_are_taken(void **state)
{
    struct slim_settings settings;

    (void)state;
    slim_settings_init(&settings, pool);
    assert_int_equal(APR_SUCCESS, slim_settings_set(&settings, "sync", "3600", pool));
    assert_int_equal(3600, settings.sync_s);
    assert_int_equal(APR_SUCCESS, slim_settings_set(&settings, "sync", "0", pool));
    assert_int_equal(0, settings.sync_s);
    assert_int_equal(APR_SUCCESS, slim_settings_set(&settings, "journal-limit", "64M", pool));
    assert_int_equal(64 << 20, settings.journal_limit);
    assert_int_equal(APR_SUCCESS, slim_settings_set(&settings, "visitor-key", "Daily", pool));
    assert_int_equal(SLIM_VISITOR_KEY_DAILY, settings.visitor_key);
    assert_int_equal(APR_SUCCESS, slim_settings_set(&settings, "own-host", "A.b\tC.d", pool));
    assert_non_null(apr_hash_get(settings.own_hosts, "a.b\tc.d", APR_HASH_KEY_STRING));
}

static void rules_of_a_site_are_found(void **state)
{
    static const struct {
        const char *site;
        enum slim_query_mode mode;
        const char *search;
        int drop_robots;
    } cases[] = {
        {"example.org", SLIM_QUERY_ONLY, "s q", 0},
        {"EXAMPLE.org", SLIM_QUERY_ONLY, "s q", 0},
        {"a.mass.example", SLIM_QUERY_KEEP, "", 1},
        {"b.a.mass.example", SLIM_QUERY_KEEP, "", 1},
        {"mass.example", SLIM_QUERY_DROP, "", 0},
        {"xmass.example", SLIM_QUERY_DROP, "", 0},
        {"other", SLIM_QUERY_DROP, "", 0},
        {"", SLIM_QUERY_DROP, "", 0},
        {".", SLIM_QUERY_DROP, "", 0},
        {"...", SLIM_QUERY_DROP, "", 0},
    };
    char longest[400];
    struct slim_settings settings;

    (void)state;
    slim_settings_init(&settings, pool);
    assert_int_equal(SLIM_QUERY_KEEP,
                     slim_site_rules_find(settings.sites, text_of("x"))->query.mode);
    set(&settings, "site-robots", "*.mass.example\tdrop");
    set(&settings, "site-search", "example.org\ts q");
    set(&settings, "site-query", "example.org\tonly page");
    assert_int_equal(SLIM_QUERY_KEEP,
                     slim_site_rules_find(settings.sites, text_of("x"))->query.mode);
    set(&settings, "site-query", "*\tdrop");
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const struct slim_site_rules *rules =
            slim_site_rules_find(settings.sites, text_of(cases[i].site));
        if (rules->query.mode != cases[i].mode || rules->drop_robots != cases[i].drop_robots
            || strcmp(rules->query.search, cases[i].search) != 0) {
            fail_msg("'%s' has other rules", cases[i].site);
        }
    }
    memset(longest, '.', sizeof longest);
    assert_int_equal(SLIM_QUERY_DROP,
                     slim_site_rules_find(settings.sites,
                                          (struct slim_text){longest, sizeof longest})
                         ->query.mode);
}

static void hosts_are_of_sites(void **state)
{
    struct slim_settings settings;

    (void)state;
    slim_settings_init(&settings, pool);
    assert_null(slim_site_names_only(settings.hosts));
    assert_null(slim_site_names_find(settings.hosts, text_of("a.b")));
    set(&settings, "site-host", "Shop\tWWW.example.org");
    set(&settings, "site-host", "shop\t*.shop.example");
    assert_string_equal("shop", slim_site_names_only(settings.hosts));
    assert_string_equal("shop", slim_site_names_find(settings.hosts, text_of("www.Example.org")));
    assert_string_equal("shop", slim_site_names_find(settings.hosts, text_of("a.b.shop.example")));
    assert_null(slim_site_names_find(settings.hosts, text_of("shop.example")));
    set(&settings, "site-host", "other\twww.example.org");
    assert_string_equal("shop", slim_site_names_find(settings.hosts, text_of("www.example.org")));
    set(&settings, "site-host", "*\tmass.example");
    assert_null(slim_site_names_find(settings.hosts, text_of("mass.example")));
    assert_null(slim_site_names_only(settings.hosts));
}

static void exclusions_follow_sections(void **state)
{
    static const char *const lines[] = {
        "*\t\tpath=/health*",
        "*\t/a\toff",
        "*\t/a/b\ton",
        "*\t/stats\tdashboard",
        "*\t/stats/files\thandler",
        "*\t/*.php\tstatus=404",
        "*\t<Directory /x>\tpath=*",
        "*\t\tenv=x",
        "*\t\tip=10.1",
    };
    static const struct {
        const char *resource;
        int status;
        const char *reason; /* NULL: it is taken */
    } cases[] = {
        {"/", 200, NULL},
        {"/healthy?x", 200, "path"},
        {"//h%65alth", 200, "path"},
        {"/x/../health", 200, "path"},
        {"/./health", 200, "path"},
        {"/a", 200, "off"},
        {"/a/x", 200, "off"},
        {"/ab", 200, NULL},
        {"/a/b/c", 200, NULL},
        {"/a/b/../c", 200, "off"},
        {"/stats", 200, "dashboard"},
        {"/stats/files/x", 200, NULL},
        {"/x.php", 404, "status"},
        {"/x.php", 200, NULL},
        {"/x/y.php", 404, NULL},
        {"", 408, NULL},
        {"*", 200, NULL},
        {"/..", 200, NULL},
    };
    struct slim_settings settings;

    (void)state;
    slim_settings_init(&settings, pool);
    for (size_t i = 0; i < LENGTH_OF(lines); i++) {
        set(&settings, "site-exclude", lines[i]);
    }
    const struct slim_site_rules *rules = slim_site_rules_find(settings.sites, text_of("x"));
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_stored_hit hit = {.status = cases[i].status,
                                      .resource = text_of(cases[i].resource)};
        unsigned reason;
        int own;
        const char *got = slim_exclusion_find(rules->exclusions, &hit, &reason, &own)
                              ? slim_not_imported_name(reason)
                              : NULL;
        if (!same_text(cases[i].reason, got)) {
            fail_msg("%s: %s", cases[i].resource, got ? got : "taken");
        }
    }
}

static void bad_line_is_named_by_the_lines_before_it(void **state)
{
    static const struct {
        const char *text;
        unsigned line;
        int good;
    } cases[] = {
        {"", 0, 1},
        {"\n\n", 0, 1},
        {"sync 2\n", 1, 1},
        {"sync 2", 1, 1},
        {"sync 2\nstate /x y\n", 2, 1},
        {"sync 2\nnonsense\nstate /x\n", 1, 0},
        {"sync 2\nstate /x\nsync x\n", 2, 0},
        {"sync 2\nunknown 1\n", 1, 0},
        {" sync 2\n", 0, 0},
        {"sync  2\n", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_settings settings;
        unsigned line = 99;
        slim_settings_init(&settings, pool);
        apr_status_t rv = read_text(&settings, cases[i].text, &line);
        assert_int_equal(cases[i].good ? APR_SUCCESS : SLIM_EBADSETTING, rv);
        assert_int_equal(cases[i].line, line);
    }
}

static void noise_is_refused(void **state)
{
    char bytes[2000];

    (void)state;
    for (int round = 0; round < 200; round++) {
        struct slim_settings settings;
        unsigned line;
        slim_settings_init(&settings, pool);
        noise_fill(bytes, sizeof bytes);
        bytes[0] = 'x';
        bytes[1] = ' ';
        bytes[sizeof bytes - 1] = '\0';
        assert_int_equal(SLIM_EBADSETTING, read_text(&settings, bytes, &line));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_settings_are_read_back),
        cmocka_unit_test(sizes_have_units),
        cmocka_unit_test(refused_values_leave_the_settings_alone),
        cmocka_unit_test(good_values_are_taken),
        cmocka_unit_test(rules_of_a_site_are_found),
        cmocka_unit_test(hosts_are_of_sites),
        cmocka_unit_test(exclusions_follow_sections),
        cmocka_unit_test(bad_line_is_named_by_the_lines_before_it),
        cmocka_unit_test(noise_is_refused),
    };

    return RUN_UNIT(tests);
}
