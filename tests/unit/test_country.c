/* Places of addresses: the shapes of files that are about, what is wrong in them, replacing them.
 */
#include "unit.h"

#include <sys/stat.h>

#include "core/address.h"
#include "core/text.h"
#include "enrich/country.h"
#include "mmdb_writer.h"

static const char innsbruck[] =
    "{\"city\":{\"geoname_id\":2775220,\"names\":{\"de\":\"Innsbruck\",\"en\":\"Innsbruck\"}},"
    "\"continent\":{\"code\":\"EU\"},\"country\":{\"iso_code\":\"AT\",\"names\":{\"en\":"
    "\"Austria\"}},\"location\":{\"time_zone\":\"Europe/Vienna\"},\"registered_country\":{"
    "\"iso_code\":\"DE\"},\"subdivisions\":[{\"iso_code\":\"7\",\"names\":{\"de\":\"Tirol\",\"en\":"
    "\"Tyrol\"}},{\"iso_code\":\"9\",\"names\":{\"en\":\"Second\"}}]}";

static const struct slim_place *place_of(struct slim_country *country, const char *text)
{
    uint8_t address[16], length;

    assert_true(slim_address_parse(text, address, &length));
    return slim_country_find(country, address, length);
}

static struct slim_country *open_country(const char *path)
{
    struct slim_country *country = slim_country_make(path, scratch, pool);
    int changed;

    assert_int_equal(APR_SUCCESS, slim_country_refresh(country, &changed));
    assert_true(changed);
    return country;
}

static void check_place(const struct slim_place *place, const char *country, const char *region,
                        const char *city)
{
    assert_string_equal(country, place->country);
    assert_string_equal(region, place->region);
    assert_string_equal(city, place->city);
}

/* --- shapes --- */

static const struct {
    const char *entry, *country, *region, *city;
} shapes[] = {
    {innsbruck, "AT", "Tyrol", "Innsbruck"},
    {"{\"country\":{\"iso_code\":\"AT\"}}", "AT", "", ""},
    {"{\"country\":{\"iso_code\":\"at\"},\"subdivisions\":[{\"iso_code\":\"7\"}]}", "AT", "7", ""},
    {"{\"country\":{\"iso_code\":\"AT\"},\"subdivisions\":[],\"city\":{\"names\":{}}}", "AT", "",
     ""},
    {"{\"country\":{\"iso_code\":\"AT\"},\"city\":{\"names\":{\"de\":\"Wien\"}}}", "AT", "", ""},
    {"{\"city\":\"Linz\",\"country_code\":\"AT\",\"state1\":\"Upper Austria\",\"state2\":\"x\"}",
     "AT", "Upper Austria", "Linz"},
    {"{\"city\":\"Linz\",\"country\":\"AT\",\"region\":\"Upper Austria\"}", "AT", "Upper Austria",
     "Linz"},
    {"{\"country\":\"Austria\",\"country_code\":\"AT\"}", "AT", "", ""},
    {"{\"city_name\":\"Linz\",\"country_code\":\"AT\",\"region_name\":\"Upper Austria\"}", "AT",
     "Upper Austria", "Linz"},
    /* what is wrong */
    {"{\"country\":{\"iso_code\":1},\"city\":7,\"subdivisions\":{\"0\":\"x\"}}", "", "", ""},
    {"{\"country\":{\"iso_code\":\"AUT\"},\"city\":[\"x\"],\"subdivisions\":\"Tyrol\"}", "", "",
     ""},
    {"{\"country\":{\"iso_code\":\"A1\"},\"country_code\":\"\"}", "", "", ""},
    {"{\"country\":[],\"city\":{\"names\":{\"en\":{\"en\":\"x\"}}}}", "", "", ""},
    /* as bytes, because they are no map, or what the program that makes files would not write */
    {"\xe1\x4csubdivisions\x01\x04\x01\x04\x01\x04\x01\x04\x41x", "", "", ""},
    {"\x42"
     "AT",
     "", "", ""},
    {"\x01\x04\x42"
     "AT",
     "", "", ""},
    {"\xc1\x05", "", "", ""},
    {"{}", "", "", ""},
    /* texts */
    {"{\"city\":\"\"}", "", "", ""},
    {"{\"city\":\" \\t \",\"city_name\":\"Linz\"}", "", "", "Linz"},
    {"{\"city\":\"S\xc3\xa3o\\tPaulo\\u001b[2J\"}", "", "", "S\xc3\xa3o Paulo [2J"},
    {"\xe1\x44\x63ity\x49S\xe3o Paulo", "", "", "S\xc3\xa3o Paulo"},
    {"{\"city\":\"<b>&\"}", "", "", "<b>&"},
    {"{\"city\":\"0123456789012345678901234567890123456789012345678901234567890123456789\"}", "",
     "", "0123456789012345678901234567890123456789012345678901234567890123"},
    {"{\"city\":\"012345678901234567890123456789012345678901234567890123456789012\xc3\xa9\"}", "",
     "", "012345678901234567890123456789012345678901234567890123456789012"},
};

static void each_shape_gives_its_place(void **state)
{
    const char *path = scratch_path("shapes.mmdb");
    struct mmdb_writer *w = mmdb_make(6);

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(shapes); i++) {
        mmdb_put(w, apr_psprintf(pool, "10.0.%d.0", (int)i), 24, shapes[i].entry);
    }
    mmdb_install(w, path);
    struct slim_country *country = open_country(path);
    for (int round = 0; round < 2; round++) { /* from the file, then from memory */
        for (size_t i = 0; i < LENGTH_OF(shapes); i++) {
            const struct slim_place *place =
                place_of(country, apr_psprintf(pool, "10.0.%d.7", (int)i));
            if (strcmp(place->country, shapes[i].country) != 0
                || strcmp(place->region, shapes[i].region) != 0
                || strcmp(place->city, shapes[i].city) != 0) {
                fail_msg("%s: '%s' '%s' '%s'", shapes[i].entry, place->country, place->region,
                         place->city);
            }
        }
    }
}

static void addresses_are_found_whatever_their_length(void **state)
{
    const char *path = scratch_path("both.mmdb");
    struct mmdb_writer *w = mmdb_make(6);
    const uint8_t mapped[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1};

    (void)state;
    mmdb_put(w, "192.0.2.0", 24, innsbruck);
    mmdb_put(w, "2001:db8::", 32, "{\"country_code\":\"JP\"}");
    mmdb_install(w, path);
    struct slim_country *country = open_country(path);
    check_place(place_of(country, "192.0.2.255"), "AT", "Tyrol", "Innsbruck");
    check_place(place_of(country, "192.0.3.0"), "", "", "");
    check_place(place_of(country, "2001:db8::1"), "JP", "", "");
    check_place(place_of(country, "2001:db9::1"), "", "", "");
    check_place(slim_country_find(country, mapped, 16), "AT", "Tyrol", "Innsbruck");
    for (uint8_t length = 0; length < 16; length++) {
        if (length != 4) {
            check_place(slim_country_find(country, mapped, length), "", "", "");
        }
    }
}

static void a_file_without_ipv6_says_so_once(void **state)
{
    const char *path = scratch_path("v4.mmdb");
    struct mmdb_writer *w = mmdb_make(4);
    uint8_t v6[16] = {0x20, 1, 0x0d, 0xb8}, v4[4] = {192, 0, 2, 1};
    int changed;

    (void)state;
    mmdb_put(w, "192.0.2.0", 24, innsbruck);
    mmdb_install(w, path);
    struct slim_country *country = open_country(path);
    check_place(place_of(country, "192.0.2.1"), "AT", "Tyrol", "Innsbruck");
    check_place(place_of(country, "::ffff:192.0.2.1"), "AT", "Tyrol", "Innsbruck");
    assert_false(slim_country_was_short(country));
    assert_true(slim_country_lacks(country, v6, 16));
    assert_false(slim_country_lacks(country, v4, 4));
    for (int i = 0; i < 5; i++) {
        v6[15] = (uint8_t)i;
        check_place(slim_country_find(country, v6, 16), "", "", "");
        assert_int_equal(i == 0, slim_country_was_short(country));
    }
    mmdb_install(w, path); /* anew: it may have been mended */
    assert_int_equal(APR_SUCCESS, slim_country_refresh(country, &changed));
    assert_false(slim_country_was_short(country));
    check_place(slim_country_find(country, v6, 16), "", "", "");
    assert_true(slim_country_was_short(country));
}

/* --- which file --- */

static void put_country(const char *name, const char *code)
{
    struct mmdb_writer *w = mmdb_make(6);

    mmdb_put(w, "192.0.2.0", 24, apr_psprintf(pool, "{\"country_code\":\"%s\"}", code));
    mmdb_install(w, scratch_path(name));
}

static const char *in_state(const char *name)
{
    return apr_psprintf(pool, "%s/state/%s", scratch, name);
}

static void a_file_of_cities_is_preferred(void **state)
{
    static const char *const names[] = {
        "GeoLite2-ASN.mmdb",  "DBIP-Country.mmdb", "a.mmdb",
        "GeoLite2-City.mmdb", "GeoIP2-ISP.mmdb",   "dbip-city-lite.mmdb.gz"};
    static const struct {
        const char *gone, *then;
    } steps[] = {{NULL, "GeoLite2-City.mmdb"},
                 {"GeoLite2-City.mmdb", "DBIP-Country.mmdb"},
                 {"DBIP-Country.mmdb", "a.mmdb"}};
    const char *state_directory = scratch_path("state");

    (void)state;
    assert_int_equal(0, mkdir(state_directory, 0700));
    for (size_t i = 0; i < LENGTH_OF(names); i++) {
        put_country(apr_pstrcat(pool, "state/", names[i], NULL), "AT");
    }
    struct slim_country *country = slim_country_make(NULL, state_directory, pool);
    for (size_t i = 0; i < LENGTH_OF(steps); i++) {
        int changed;
        if (steps[i].gone) {
            assert_int_equal(0, unlink(in_state(steps[i].gone)));
        }
        assert_int_equal(APR_SUCCESS, slim_country_refresh(country, &changed));
        assert_true(changed);
        assert_string_equal(in_state(steps[i].then), slim_country_path(country));
    }
}

static void what_replaces_a_file_answers_from_then_on(void **state)
{
    const char *path = scratch_path("replaced.mmdb"), *broken = scratch_path("broken");
    int changed;

    (void)state;
    put_country("replaced.mmdb", "AT");
    struct slim_country *country = open_country(path);
    check_place(place_of(country, "192.0.2.1"), "AT", "", "");
    check_place(place_of(country, "192.0.3.1"), "", "", "");
    struct mmdb_writer *w = mmdb_make(6);
    mmdb_put(w, "192.0.3.0", 24, innsbruck);
    mmdb_install(w, path);
    check_place(place_of(country, "192.0.2.1"), "AT", "", ""); /* nobody has looked */
    assert_int_equal(APR_SUCCESS, slim_country_refresh(country, &changed));
    assert_true(changed);
    check_place(place_of(country, "192.0.2.1"), "", "", "");
    check_place(place_of(country, "192.0.3.1"), "AT", "Tyrol", "Innsbruck");

    put_file(broken, "\xab\xcd\xefMaxMind.com", 14);
    assert_int_equal(0, rename(broken, path));
    assert_int_equal(SLIM_EBADRULES, slim_country_refresh(country, &changed));
    assert_true(changed);
    check_place(place_of(country, "192.0.3.1"), "AT", "Tyrol", "Innsbruck");
    assert_int_equal(APR_SUCCESS, slim_country_refresh(country, &changed));
    assert_false(changed); /* it is told once */

    put_country("replaced.mmdb", "SE");
    assert_int_equal(APR_SUCCESS, slim_country_refresh(country, &changed));
    check_place(place_of(country, "192.0.2.1"), "SE", "", "");
}

/* --- damage --- */

static void check_text(const char *text)
{
    size_t length = strnlen(text, SLIM_MMDB_TEXT_MAX + 1);

    assert_true(length <= SLIM_MMDB_TEXT_MAX);
    assert_true(slim_utf8_is_valid(text, length));
    for (size_t i = 0; i < length; i++) {
        assert_true((unsigned char)text[i] >= 0x20 && text[i] != 0x7f);
    }
}

static void check_damaged(const uint8_t *bytes, size_t length, apr_pool_t *life)
{
    static const char *const addresses[] = {"192.0.2.1", "192.0.3.1", "10.0.0.1", "2001:db8::1",
                                            "255.255.255.255"};
    const char *path = scratch_path("damaged.mmdb");
    struct slim_country *country = slim_country_make(path, NULL, life);
    int changed;

    put_file(path, bytes, length);
    if (slim_country_refresh(country, &changed) != APR_SUCCESS) {
        return;
    }
    for (size_t i = 0; i < LENGTH_OF(addresses); i++) {
        const struct slim_place *place = place_of(country, addresses[i]);
        assert_true(strlen(place->country) == 0 || strlen(place->country) == 2);
        check_text(place->country);
        check_text(place->region);
        check_text(place->city);
    }
}

/* fault F72 */
static void no_damage_harms(void **state)
{
    struct mmdb_writer *w = mmdb_make(6);
    unsigned short seed[3] = {3, 1, 4};
    size_t length;
    apr_pool_t *life;

    (void)state;
    mmdb_put(w, "192.0.2.0", 24, innsbruck);
    mmdb_put(w, "192.0.3.0", 24, shapes[5].entry);
    mmdb_put(w, "2001:db8::", 32, "{\"country_code\":\"JP\"}");
    uint8_t *good = mmdb_finish(w, &length), *copy = apr_palloc(pool, length);
    assert_int_equal(APR_SUCCESS, apr_pool_create(&life, pool));
    for (size_t cut = 0; cut < length; cut += 1 + cut / 512) {
        check_damaged(good, cut, life);
        apr_pool_clear(life);
    }
    for (int i = 0; i < 4000; i++) {
        memcpy(copy, good, length);
        check_damaged(copy, mmdb_damage(copy, length, seed), life);
        apr_pool_clear(life);
    }
    for (size_t at = length - 250; at < length; at++) { /* the file about itself */
        memcpy(copy, good, length);
        for (unsigned bit = 0; bit < 8; bit++) {
            copy[at] = (uint8_t)(good[at] ^ 1u << bit);
            check_damaged(copy, length, life);
            apr_pool_clear(life);
        }
    }
    apr_pool_destroy(life);
}

static void a_deep_and_wide_entry_is_nothing(void **state)
{
    static char deep[2 * 3000], maps[14 * 600];
    const char *path = scratch_path("deep.mmdb");
    struct mmdb_writer *w = mmdb_make(6);

    (void)state;
    for (size_t i = 0; i < sizeof deep; i += 2) { /* an array of one array */
        memcpy(deep + i, "\x01\x04", 2);
    }
    for (size_t i = 0; i < sizeof maps; i += 14) { /* a map with one map */
        memcpy(maps + i, "\xe1\x4csubdivisions", 14);
    }
    mmdb_put_bytes(w, "192.0.2.0", 24, deep, sizeof deep);
    mmdb_put_bytes(w, "192.0.3.0", 24, maps, sizeof maps);
    mmdb_put(w, "192.0.4.0", 24, "\xff\xff\xff\xff"); /* a map of 16 million, and nothing in it */
    mmdb_install(w, path);
    struct slim_country *country = open_country(path);
    check_place(place_of(country, "192.0.2.1"), "", "", "");
    check_place(place_of(country, "192.0.3.1"), "", "", "");
    check_place(place_of(country, "192.0.4.1"), "", "", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_shape_gives_its_place),
        cmocka_unit_test(addresses_are_found_whatever_their_length),
        cmocka_unit_test(a_file_without_ipv6_says_so_once),
        cmocka_unit_test(a_file_of_cities_is_preferred),
        cmocka_unit_test(what_replaces_a_file_answers_from_then_on),
        cmocka_unit_test(no_damage_harms),
        cmocka_unit_test(a_deep_and_wide_entry_is_nothing),
    };

    return RUN_UNIT(tests);
}
