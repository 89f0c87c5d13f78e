/* Networks of addresses, and which of them host: files, lists, replacing either. */
#include "unit.h"

#include <errno.h>
#include <sys/stat.h>

#include "core/address.h"
#include "core/settings.h"
#include "core/text.h"
#include "enrich/enrich.h"
#include "enrich/hosting.h"
#include "enrich/network.h"
#include "mmdb_writer.h"

static const struct slim_network *network_of(struct slim_networks *networks, const char *text)
{
    uint8_t address[16], length;

    assert_true(slim_address_parse(text, address, &length));
    return slim_networks_find(networks, address, length);
}

static apr_status_t refresh(struct slim_networks *networks, int *changed, const char **reason)
{
    static char buffer[256];
    const char *path = NULL;
    apr_status_t rv = slim_networks_refresh(networks, changed, &path, buffer, sizeof buffer);

    *reason = buffer;
    assert_true(rv == APR_SUCCESS || path);
    return rv;
}

static void must_refresh(struct slim_networks *networks)
{
    const char *reason;
    int changed;

    assert_int_equal(APR_SUCCESS, refresh(networks, &changed, &reason));
    assert_true(changed);
}

/* A directory with a list, or without when it is NULL. */
static const char *make_directory(const char *name, const char *list)
{
    const char *path = scratch_path(name);

    assert_int_equal(0, mkdir(path, 0700));
    if (list) {
        put_file(apr_pstrcat(pool, path, "/hosting.tsv", NULL), list, strlen(list));
    }
    return path;
}

static void replace_list(const char *directory, const char *list)
{
    const char *path = apr_pstrcat(pool, directory, "/hosting.tsv", NULL);
    const char *new_path = apr_pstrcat(pool, path, ".new", NULL);

    put_file(new_path, list, strlen(list));
    assert_int_equal(0, rename(new_path, path));
}

/* --- shapes --- */

static const struct {
    const char *entry;
    uint32_t number;
    const char *name;
} shapes[] = {
    {"{\"autonomous_system_number\":64496,\"autonomous_system_organization\":\"Example\"}", 64496,
     "Example"},
    {"{\"autonomous_system_number\":4294967295}", 4294967295u, ""},
    {"{\"asn\":\"AS64496\",\"as_name\":\"Example\",\"as_domain\":\"example.org\"}", 64496,
     "Example"},
    {"{\"asn\":\"as64496\",\"name\":\"Example\"}", 64496, "Example"},
    {"{\"asn\":\"64496\"}", 64496, ""},
    {"{\"asn\":64496,\"name\":7}", 64496, ""},
    {"\xe2\x43\x61sn\xc2\xfb\xf0\x44name\x49\x45x\x1b[31m\n\xe9", 64496, "Ex [31m \xc3\xa9"},
    /* no number, no network */
    {"{\"autonomous_system_organization\":\"Example\"}", 0, ""},
    {"{\"autonomous_system_number\":0,\"autonomous_system_organization\":\"Example\"}", 0, ""},
    {"{\"autonomous_system_number\":{},\"asn\":[64496],\"name\":\"Example\"}", 0, ""},
    {"{\"asn\":\"AS\"}", 0, ""},
    {"{\"asn\":\"AS64496x\"}", 0, ""},
    {"{\"asn\":\"AS-1\"}", 0, ""},
    {"{\"asn\":\"AS4294967296\"}", 0, ""},
    {"{\"asn\":\"99999999999999999999999999\"}", 0, ""},
    {"{\"country\":{\"iso_code\":\"AT\"}}", 0, ""},
    {"\xc2\xfb\xf0", 0, ""}, /* a number, as its bytes are */
};

static void each_shape_gives_its_network(void **state)
{
    const char *path = scratch_path("shapes.mmdb"), *data = make_directory("shapes", "");
    struct mmdb_writer *w = mmdb_make(6);

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(shapes); i++) {
        mmdb_put(w, apr_psprintf(pool, "10.0.%d.0", (int)i), 24, shapes[i].entry);
    }
    mmdb_install(w, path);
    struct slim_networks *networks = slim_networks_make(path, NULL, data, pool);
    must_refresh(networks);
    for (size_t i = 0; i < LENGTH_OF(shapes); i++) {
        const struct slim_network *network =
            network_of(networks, apr_psprintf(pool, "10.0.%d.7", (int)i));
        if (network->number != shapes[i].number || strcmp(network->name, shapes[i].name) != 0) {
            fail_msg("%s: %u '%s'", shapes[i].entry, network->number, network->name);
        }
        assert_false(network->hosts);
    }
    assert_int_equal(0, network_of(networks, "11.0.0.1")->number);
}

static void numbers_of_any_width_are_read(void **state)
{
    static const struct {
        const char *asn;
        uint32_t number;
    } cases[] = {
        {"{\"uint16\":64496}", 64496}, {"{\"int32\":64496}", 64496},   {"{\"int32\":-1}", 0},
        {"{\"uint64\":64496}", 64496}, {"{\"uint64\":4294967296}", 0}, {"{\"double\":64496}", 0},
    };
    const char *path = scratch_path("widths.mmdb"), *data = make_directory("widths", "");
    struct mmdb_writer *w = mmdb_make(4);

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        mmdb_put(w, apr_psprintf(pool, "10.0.%d.0", (int)i), 24,
                 apr_psprintf(pool, "{\"asn\":%s}", cases[i].asn));
    }
    mmdb_install(w, path);
    struct slim_networks *networks = slim_networks_make(path, NULL, data, pool);
    must_refresh(networks);
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        assert_int_equal(cases[i].number,
                         network_of(networks, apr_psprintf(pool, "10.0.%d.1", (int)i))->number);
    }
}

/* --- those that host --- */

static void lines_are_taken_or_refused(void **state)
{
    static const struct {
        const char *text;
        unsigned bad; /* line, 0: none */
    } cases[] = {
        {"", 0},
        {"# a comment\n\nhosting\tAS64496\tname\textra\n", 0},
        {"people\tAS4294967295\r\nhosting\tdata center\r\n", 0},
        {"hosting\tAS64496\nhosting\tAS64496\n", 0},
        {"hosting\tas64496\n", 0},
        {"hosting\tASK\nhosting\tAS\nhosting\tAS64496 and more\n", 0}, /* words */
        {"hosting\tAS0\n", 1},
        {"hosting\tAS4294967296\n", 1},
        {"hosting\tAS99999999999999999999999\n", 1},
        {"hosting\n", 1},
        {"hosting\t\tname\n", 1},
        {"hosting\t --- \n", 1},
        {"hosting\t*\n", 1},
        {"hosting\t* *\n", 1},
        {"\n\nAS64496\thosting\n", 3},
        {"robot\tAS64496\n", 1},
        {"hosting\tvps\nHosting\tAS64496\n", 2},
        {"hosting\t0123456789012345678901234567890123456789012345678901234567890123456789\n", 1},
        {"1\t2\t3\t4\t5\t6\t7\t8\t9\t10\n", 1},
    };
    const char *path = scratch_path("lines.tsv");

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_hosting *hosting = NULL;
        const char *reason = "";
        put_file(path, cases[i].text, strlen(cases[i].text));
        apr_status_t rv = slim_hosting_read(&path, 1, &hosting, &reason, pool);
        if ((rv == APR_SUCCESS) != (cases[i].bad == 0)) {
            fail_msg("%s: %d %s", cases[i].text, rv, reason);
        }
        if (cases[i].bad) {
            assert_int_equal(SLIM_EBADRULES, rv);
            const char *place = apr_psprintf(pool, "%s: line %u, ", path, cases[i].bad);
            assert_int_equal(0, strncmp(reason, place, strlen(place)));
        }
    }
}

static void the_first_line_that_fits_wins(void **state)
{
    static const char own[] = "people\tAS64500\nhosting\tAS64501\npeople\tour cloud\n";
    static const char ours[] =
        "people\tAS64502\nhosting\tAS64500\nhosting\tAS64503\n"
        "hosting\tcloud\nhosting\tdata center\nhosting\tVPS\npeople\tAS64504\n"
        "hosting\tz\xc3\xbcrich\nhosting\t*host\nhosting\track*\nhosting\t*gpu farm*\n";
    static const struct {
        uint32_t number;
        const char *name;
        int hosts, file; /* 0: none, 1: own, 2: ours */
        unsigned line;
    } cases[] = {
        {64500, "", 0, 1, 1},
        {64501, "Example", 1, 1, 2},
        {64505, "Our Cloud, Inc.", 0, 1, 3},
        {64505, "Your Cloud, Inc.", 1, 2, 4},
        {64502, "Cloud", 0, 2, 1},
        {64503, "Example", 1, 2, 3},
        {64504, "Cloud", 1, 2, 4}, /* the words stand before the number */
        {64504, "Example", 0, 2, 7},
        {64505, "CLOUD", 1, 2, 4},
        {64505, "my-cloud", 1, 2, 4},
        {64505, "CLOUDFLARENET", 0, 0, 0},
        {64505, "Mycloud", 0, 0, 0},
        {64505, "DATA-CENTER", 1, 2, 5},
        {64505, "Data  Center", 1, 2, 5},
        {64505, "Data, Center", 1, 2, 5},
        {64505, "Big Data Centers", 0, 0, 0},
        {64505, "Centre of data", 0, 0, 0},
        {64505, "(vps)", 1, 2, 6},
        {64505, "VPS24", 0, 0, 0},
        {64505, "z\xc3\xbcrich", 1, 2, 8},
        {64505, "z rich", 0, 0, 0},
        {64505, "Maxihost LTDA", 1, 2, 9},
        {64505, "HOST", 1, 2, 9},
        {64505, "Hostess Inc.", 0, 0, 0},
        {64505, "Racknation.cr", 1, 2, 10},
        {64505, "Track and Field", 0, 0, 0},
        {64505, "My-GPU Farms, Inc.", 1, 2, 11},
        {64505, "MegaGPU Farm", 1, 2, 11},
        {64505, "GPU and Farm", 0, 0, 0},
        {64505, "", 0, 0, 0},
        {64505, "...", 0, 0, 0},
        {0, "Cloud", 1, 2, 4},
        {0, "", 0, 0, 0},
    };
    const char *paths[2] = {scratch_path("own.tsv"), scratch_path("ours.tsv")}, *reason = "";
    struct slim_hosting *hosting = NULL;

    (void)state;
    put_file(paths[0], own, strlen(own));
    put_file(paths[1], ours, strlen(ours));
    assert_int_equal(APR_SUCCESS, slim_hosting_read(paths, 2, &hosting, &reason, pool));
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_rule_place place;
        int hosts = slim_hosting_tell(hosting, cases[i].number, text_of(cases[i].name), &place);
        const char *file = cases[i].file ? paths[cases[i].file - 1] : NULL;
        if (hosts != cases[i].hosts || place.file != file || place.line != cases[i].line) {
            fail_msg("%u %s: %d, %s, line %u", cases[i].number, cases[i].name, hosts,
                     place.file ? place.file : "none", place.line);
        }
    }
}

static void the_list_that_comes_with_us_knows_its_own(void **state)
{
    static const struct {
        uint32_t number;
        const char *name;
        int hosts;
    } cases[] = {
        {16509, "AMAZON-02", 1},
        {24940, "Hetzner Online GmbH", 1},
        {16276, "OVH SAS", 1},
        {64496, "Example Hosting Ltd", 1},
        {64496, "SERVERS-COM", 1},
        {64496, "Example Dedicated Server B.V.", 1},
        {13335, "CLOUDFLARENET", 0},
        {13335, "Cloudflare Cloud, Inc.", 0},
        {36183, "AKAMAI-AS", 0},
        {16591, "GOOGLE-FIBER", 0},
        {35540, "OVH Telecom", 0},
        {3320, "Deutsche Telekom AG", 0},
        {8447, "A1 Telekom Austria AG", 0},
        {7922, "COMCAST-7922", 0},
        {64496, "Observer Media", 0},
        {64496, "FDCservers.net", 1},
        {64496, "HostRoyale Technologies Pvt Ltd", 1},
        {64496, "Interserver, Inc", 1},
        {64496, "UpCloud Ltd", 1},
        {64496, "SuperHosting.BG Ltd.", 1},
        {64496, "IDC Frontier Inc.", 1},
        {64496, "Rackspace Ltd.", 1},
        {64496, "BlueVPS OU", 1},
        {209242, "Cloudflare London, LLC", 0},
        {37611, "AFRIHOST SP (PTY) LTD", 0},
        {64496, "Niccolo Telecom", 0},
        {64496, "Jisc Services Limited", 0},
        {64496, "Iran Cell Service and Communication Company", 0},
        {64496, "Cloudwifi", 0},
    };
    const char *path = "conf/hosting.tsv", *reason = "";
    struct slim_hosting *hosting = NULL;

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_hosting_read(&path, 1, &hosting, &reason, pool));
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_rule_place place;
        if (cases[i].hosts
            != slim_hosting_tell(hosting, cases[i].number, text_of(cases[i].name), &place)) {
            fail_msg("%u %s: line %u", cases[i].number, cases[i].name, place.line);
        }
    }
}

/* --- replacing --- */

static void put_network(const char *path, uint32_t number, const char *name)
{
    struct mmdb_writer *w = mmdb_make(4);

    mmdb_put(w, "192.0.2.0", 24, apr_psprintf(pool, "{\"asn\":%u,\"name\":\"%s\"}", number, name));
    mmdb_install(w, path);
}

static void each_file_is_read_again_when_it_is_replaced(void **state)
{
    const char *own = make_directory("own", NULL), *data = make_directory("ours", "");
    const char *path = apr_pstrcat(pool, own, "/GeoLite2-ASN.mmdb", NULL), *reason;
    struct slim_networks *networks = slim_networks_make(NULL, own, data, pool);
    int changed;

    (void)state;
    must_refresh(networks);
    assert_int_equal(0, network_of(networks, "192.0.2.1")->number);
    put_file(apr_pstrcat(pool, own, "/country.mmdb", NULL), "", 0); /* another's */
    put_network(path, 64496, "Example");
    must_refresh(networks);
    assert_string_equal(path, slim_networks_path(networks));
    assert_int_equal(64496, network_of(networks, "192.0.2.1")->number);
    assert_false(network_of(networks, "192.0.2.1")->hosts);
    replace_list(data, "hosting\tAS64496\n");
    must_refresh(networks);
    assert_true(network_of(networks, "192.0.2.1")->hosts);
    replace_list(own, "people\texample\n");
    must_refresh(networks);
    assert_false(network_of(networks, "192.0.2.1")->hosts);
    assert_int_equal(1, network_of(networks, "192.0.2.1")->place.line);
    assert_int_equal(APR_SUCCESS, refresh(networks, &changed, &reason));
    assert_false(changed);

    /* each broken one leaves the last good one, and the other is still read again */
    replace_list(own, "nonsense\n");
    assert_int_equal(SLIM_EBADRULES, refresh(networks, &changed, &reason));
    assert_true(changed && strstr(reason, "own/hosting.tsv: line 1, "));
    assert_int_equal(SLIM_EBADRULES, refresh(networks, &changed, &reason));
    assert_false(changed);
    assert_false(network_of(networks, "192.0.2.1")->hosts);
    put_network(path, 64497, "Other");
    assert_int_equal(SLIM_EBADRULES, refresh(networks, &changed, &reason));
    assert_string_equal("Other", network_of(networks, "192.0.2.1")->name);
    put_file(path, "", 0);
    assert_int_equal(SLIM_EBADRULES, refresh(networks, &changed, &reason));
    assert_string_equal("Other", network_of(networks, "192.0.2.1")->name);
    replace_list(own, "hosting\tother\n");
    assert_int_equal(SLIM_EBADRULES, refresh(networks, &changed, &reason));
    assert_true(changed && reason[0] == '\0'); /* the file now */
    assert_true(network_of(networks, "192.0.2.1")->hosts);
    put_network(path, 64496, "Example");
    must_refresh(networks);
    assert_int_equal(0, unlink(apr_pstrcat(pool, own, "/hosting.tsv", NULL)));
    must_refresh(networks);
    assert_int_equal(1, network_of(networks, "192.0.2.1")->place.line);
    assert_non_null(strstr(network_of(networks, "192.0.2.1")->place.file, "ours/"));
}

static void without_our_list_networks_are_named(void **state)
{
    const char *data = make_directory("without", NULL), *reason;
    const char *path = scratch_path("without.mmdb");
    int changed;

    (void)state;
    put_network(path, 64496, "Example Cloud");
    struct slim_networks *networks = slim_networks_make(path, NULL, data, pool);
    assert_int_equal(ENOENT, refresh(networks, &changed, &reason));
    assert_non_null(strstr(reason, "without/hosting.tsv: cannot be read"));
    assert_string_equal("Example Cloud", network_of(networks, "192.0.2.1")->name);
    assert_false(network_of(networks, "192.0.2.1")->hosts);
}

/* --- as a hit meets it --- */

static struct slim_hit hit_from(const char *address)
{
    struct slim_hit hit = {.status = 200};

    assert_true(slim_address_parse(address, hit.address, &hit.address_length));
    hit.field[SLIM_URI] = text_of("/");
    return hit;
}

static void a_hit_gets_place_network_and_mark(void **state)
{
    static struct slim_facts facts;
    struct slim_enrich_part parts[SLIM_DATA_PARTS];
    struct slim_settings settings;
    struct mmdb_writer *w = mmdb_make(4);

    (void)state;
    slim_settings_init(&settings, pool);
    settings.state = make_directory("hits", "hosting\tAS64496\n");
    settings.data = "conf";
    settings.country = scratch_path("place.mmdb");
    settings.network = scratch_path("network.mmdb");
    mmdb_put(w, "192.0.2.0", 24,
             "{\"country_code\":\"AT\",\"region\":\"Tyrol\",\"city\":\"Imst\"}");
    mmdb_install(w, settings.country);
    put_network(settings.network, 64496, "Example");
    struct slim_enrich *enrich = slim_enrich_make(&settings, pool);
    slim_enrich_read(enrich, parts);
    assert_int_equal(APR_SUCCESS, parts[SLIM_DATA_NETWORKS].status);
    struct slim_hit known = hit_from("192.0.2.1"), unknown = hit_from("192.0.3.1"),
                    long_one = hit_from("2001:db8::1");
    facts.marks = ~0u;
    slim_enrich_hit(enrich, &known, &facts);
    assert_string_equal("AT", facts.country);
    assert_string_equal("Tyrol", string_of(facts.region));
    assert_string_equal("Imst", string_of(facts.city));
    assert_int_equal(64496, facts.network);
    assert_string_equal("Example", string_of(facts.network_name));
    assert_int_equal(SLIM_MARK_HOSTING, facts.marks & SLIM_MARK_HOSTING);
    slim_enrich_hit(enrich, &unknown, &facts);
    assert_string_equal("", facts.country);
    assert_int_equal(0, facts.region.length + facts.city.length + facts.network_name.length);
    assert_int_equal(0, facts.network);
    assert_int_equal(0, facts.marks & SLIM_MARK_HOSTING);

    slim_enrich_read(enrich, parts);
    assert_string_equal("", parts[SLIM_DATA_COUNTRY].news);
    slim_enrich_hit(enrich, &long_one, &facts);
    slim_enrich_read(enrich, parts);
    assert_string_equal(apr_pstrcat(pool, settings.country,
                                    " has IPv4 addresses only: IPv6 visitors get no country", NULL),
                        parts[SLIM_DATA_COUNTRY].news);
    assert_string_equal(apr_pstrcat(pool, settings.network,
                                    " has IPv4 addresses only: IPv6 visitors get no network", NULL),
                        parts[SLIM_DATA_NETWORKS].news);
    slim_enrich_hit(enrich, &long_one, &facts);
    slim_enrich_read(enrich, parts);
    assert_string_equal("", parts[SLIM_DATA_COUNTRY].news);
    assert_string_equal("", parts[SLIM_DATA_NETWORKS].news);
}

/* --- damage --- */

static void no_damage_harms(void **state)
{
    const char *path = scratch_path("damaged.mmdb"), *data = make_directory("damaged", "");
    struct mmdb_writer *w = mmdb_make(6);
    unsigned short seed[3] = {2, 7, 1};
    size_t length;
    apr_pool_t *life;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(shapes); i++) {
        mmdb_put(w, apr_psprintf(pool, "10.0.%d.0", (int)i), 24, shapes[i].entry);
    }
    mmdb_put(w, "2001:db8::", 32, shapes[0].entry);
    uint8_t *good = mmdb_finish(w, &length), *copy = apr_palloc(pool, length);
    assert_int_equal(APR_SUCCESS, apr_pool_create(&life, pool));
    for (int i = 0; i < 4000; i++) {
        const char *reason;
        int changed;
        memcpy(copy, good, length);
        put_file(path, copy, mmdb_damage(copy, length, seed));
        struct slim_networks *networks = slim_networks_make(path, NULL, data, life);
        apr_status_t rv = refresh(networks, &changed, &reason);
        for (size_t n = 0; rv == APR_SUCCESS && n <= LENGTH_OF(shapes); n++) {
            const struct slim_network *network =
                network_of(networks,
                           n ? apr_psprintf(life, "10.0.%d.7", (int)n - 1) : "2001:db8::7");
            size_t used = strnlen(network->name, sizeof network->name);
            assert_true(used <= SLIM_MMDB_TEXT_MAX && slim_utf8_is_valid(network->name, used));
            assert_true(network->number > 0 || used == 0);
        }
        apr_pool_clear(life);
    }
    apr_pool_destroy(life);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_shape_gives_its_network),
        cmocka_unit_test(numbers_of_any_width_are_read),
        cmocka_unit_test(lines_are_taken_or_refused),
        cmocka_unit_test(the_first_line_that_fits_wins),
        cmocka_unit_test(the_list_that_comes_with_us_knows_its_own),
        cmocka_unit_test(each_file_is_read_again_when_it_is_replaced),
        cmocka_unit_test(without_our_list_networks_are_named),
        cmocka_unit_test(a_hit_gets_place_network_and_mark),
        cmocka_unit_test(no_damage_harms),
    };

    return RUN_UNIT(tests);
}
