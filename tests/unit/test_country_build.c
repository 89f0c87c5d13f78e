/* A country file from text: which lines are taken, what the file answers, what failure leaves. */
#include "unit.h"

#include <errno.h>
#include <sys/stat.h>

#include "core/address.h"
#include "core/tsv.h"
#include "enrich/country.h"
#include "enrich/country_build.h"
#include "enrich/geoip_text.h"

static void lines_are_read_or_refused(void **state)
{
    static const struct {
        const char *line;
        enum slim_geoip_line result;
        uint64_t from, to; /* lower halves */
        const char *country;
    } cases[] = {
        {"16777216,16777471,AU", SLIM_GEOIP_RANGE, 16777216, 16777471, "AU"},
        {"0,4294967295,CH", SLIM_GEOIP_RANGE, 0, 4294967295, "CH"},
        {"1,1,UK\r", SLIM_GEOIP_RANGE, 1, 1, "GB"},
        {"2001:db8::1,2001:db8::ffff,JP", SLIM_GEOIP_RANGE, 1, 65535, "JP"},
        {"", SLIM_GEOIP_NOTHING, 0, 0, ""},
        {"\r", SLIM_GEOIP_NOTHING, 0, 0, ""},
        {"# Generated: today", SLIM_GEOIP_NOTHING, 0, 0, ""},
        {"1,2,?"
         "?",
         SLIM_GEOIP_NOTHING, 0, 0, ""},
        {"1,2,EU", SLIM_GEOIP_NOTHING, 0, 0, ""},
        {"1,2,AP", SLIM_GEOIP_NOTHING, 0, 0, ""},
        {"1,2,A1", SLIM_GEOIP_NOTHING, 0, 0, ""},
        {"1,2,AUT", SLIM_GEOIP_BAD, 0, 0, ""},
        {"1,2,", SLIM_GEOIP_BAD, 0, 0, ""},
        {"1,2", SLIM_GEOIP_BAD, 0, 0, ""},
        {"1,2,AT,", SLIM_GEOIP_BAD, 0, 0, ""},
        {"2,1,AT", SLIM_GEOIP_BAD, 0, 0, ""},
        {"-1,1,AT", SLIM_GEOIP_BAD, 0, 0, ""},
        {",1,AT", SLIM_GEOIP_BAD, 0, 0, ""},
        {"1,4294967296,AT", SLIM_GEOIP_BAD, 0, 0, ""},
        {"1,99999999999999999999999999,AT", SLIM_GEOIP_BAD, 0, 0, ""},
        {"1,2001:db8::1,AT", SLIM_GEOIP_BAD, 0, 0, ""},
        {"2001:db8::g,2001:db8::1,AT", SLIM_GEOIP_BAD, 0, 0, ""},
        {"2001:db8:0000000000000000000000000000000000000000000::,2001:db8::1,AT", SLIM_GEOIP_BAD, 0,
         0, ""},
        {"1.2.3.4,1.2.3.5,AT", SLIM_GEOIP_BAD, 0, 0, ""},
        {"<html>", SLIM_GEOIP_BAD, 0, 0, ""},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_geoip_range range = {0, 0, ""};
        enum slim_geoip_line got =
            slim_geoip_read_line(cases[i].line, strlen(cases[i].line), &range);
        if (got != cases[i].result || (uint64_t)range.from != cases[i].from
            || (uint64_t)range.to != cases[i].to || strcmp(range.country, cases[i].country) != 0) {
            fail_msg("'%s': %d '%s'", cases[i].line, (int)got, range.country);
        }
    }
}

static void put_text(const char *name, const char *text)
{
    put_file(scratch_path(name), text, strlen(text));
}

static apr_status_t build(const char *output, const char **reason)
{
    struct slim_country_build asked = {.from = scratch, .output = output};

    return slim_country_build(&asked, reason, pool);
}

static const char *country_of(struct slim_country *country, const char *text)
{
    uint8_t address[16], length;

    assert_true(slim_address_parse(text, address, &length));
    return slim_country_find(country, address, length)->country;
}

static struct slim_country *open_country(const char *path)
{
    struct slim_country *country = slim_country_make(path, scratch, pool);
    int changed;

    assert_int_equal(APR_SUCCESS, slim_country_refresh(country, &changed));
    assert_string_equal(path ? path : "", path ? slim_country_path(country) : "");
    return country;
}

static const char geoip[] = "# Generated: Thu, 25 Jun 2026 04:33:59 GMT\n"
                            "16777216,16777471,AU\n16777472,16778239,CN\n16778240,16778240,?"
                            "?\n";
static const char geoip6[] = "2001:200::,2001:200:134:ffff:ffff:ffff:ffff:ffff,JP\n";

static void ranges_are_found_in_the_file(void **state)
{
    const char *reason, *path = scratch_path(SLIM_COUNTRY_FILE);
    static const struct {
        const char *address, *country;
    } cases[] = {
        {"1.0.0.0", "AU"},       {"1.0.0.255", "AU"},       {"1.0.1.0", "CN"},
        {"1.0.3.255", "CN"},     {"1.0.4.0", ""},           {"0.255.255.255", ""},
        {"::1.0.0.1", "AU"},     {"::ffff:1.0.0.1", "AU"},  {"2002:100:1::1", "AU"},
        {"2001:200::", "JP"},    {"2001:200:134::1", "JP"}, {"2001:200:135::1", ""},
        {"255.255.255.255", ""},
    };

    (void)state;
    put_text("geoip", geoip);
    put_text("geoip6", geoip6);
    assert_int_equal(APR_SUCCESS, build(path, &reason));
    struct slim_country *country = open_country(NULL); /* it is where one is looked for */
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        assert_string_equal(cases[i].country, country_of(country, cases[i].address));
    }
}

/* geoipupdate puts several files into one directory, and the one of networks comes first by name.
 */
static void a_file_of_something_else_is_not_taken(void **state)
{
    static const char *const others[] = {"A.ranges.slimstats-partial", "ASN.mmdb",
                                         "Anonymous-IP.mmdb", ".ranges", "aranges"};
    const char *reason, *path = scratch_path(SLIM_COUNTRY_FILE);

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(others); i++) {
        put_text(others[i], "");
    }
    assert_int_equal(APR_SUCCESS, build(path, &reason));
    struct slim_country *country = open_country(NULL);
    assert_string_equal(path, slim_country_path(country));
    assert_string_equal("AU", country_of(country, "1.0.0.1"));
}

/* What an earlier version built there is a country.mmdb. */
static void a_file_of_ours_is_taken_before_one_built_earlier(void **state)
{
    static const char *const names[] = {"GeoLite2-City.mmdb", "Country.mmdb", SLIM_COUNTRY_FILE,
                                        "country.mmdb"};
    const char *reason;
    int changed;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(names); i++) {
        assert_int_equal(APR_SUCCESS, build(scratch_path(names[i]), &reason));
    }
    struct slim_country *country = slim_country_make(NULL, scratch, pool);
    for (size_t i = 0; i < LENGTH_OF(names); i++) {
        assert_int_equal(APR_SUCCESS, slim_country_refresh(country, &changed));
        assert_string_equal(scratch_path(names[i]), slim_country_path(country));
        assert_int_equal(0, unlink(scratch_path(names[i])));
    }
}

static void ranges_come_in_any_order_but_not_twice(void **state)
{
    const char *reason, *path = scratch_path("order.ranges");

    (void)state;
    put_text("geoip", "20,29,DE\n4294967290,4294967295,FR\n0,9,AT\n10,19,AT\n");
    assert_int_equal(APR_SUCCESS, build(path, &reason));
    struct slim_country *country = open_country(path);
    assert_string_equal("AT", country_of(country, "0.0.0.0"));
    assert_string_equal("AT", country_of(country, "0.0.0.19"));
    assert_string_equal("DE", country_of(country, "0.0.0.20"));
    assert_string_equal("", country_of(country, "0.0.0.30"));
    assert_string_equal("", country_of(country, "255.255.255.249"));
    assert_string_equal("FR", country_of(country, "255.255.255.255"));
    put_text("geoip", "20,29,DE\n0,9,AT\n9,19,CH\n");
    assert_int_equal(SLIM_EBADRULES, build(path, &reason));
    assert_non_null(strstr(reason, "geoip, line 3: has addresses of line 2, too"));
    put_text("geoip", geoip);
}

static void the_same_text_gives_the_same_bytes(void **state)
{
    const char *reason, *path = scratch_path("a.ranges");
    size_t length[2];
    char *bytes[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(APR_SUCCESS, build(path, &reason));
        bytes[i] = get_file(path, &length[i]);
    }
    assert_int_equal(length[0], length[1]);
    assert_memory_equal(bytes[0], bytes[1], length[0]);
}

static void failure_leaves_the_file_as_it_was(void **state)
{
    const char *reason, *path = scratch_path("kept.ranges");
    char *long_line = apr_pcalloc(pool, 2000);
    struct stat st;

    (void)state;
    put_text("kept.ranges", "as it was");
    put_text("geoip", "1,2,AT\n1,2\n");
    assert_int_equal(SLIM_EBADRULES, build(path, &reason));
    assert_non_null(strstr(reason, "geoip, line 2"));
    memset(long_line, '#', 1999);
    put_text("geoip", long_line);
    assert_int_equal(SLIM_EBADRULES, build(path, &reason));
    put_text("geoip", "");
    put_text("geoip6", "# nothing\n");
    assert_int_equal(SLIM_EBADRULES, build(path, &reason));
    assert_int_equal(0, unlink(scratch_path("geoip6")));
    assert_int_equal(ENOENT, build(path, &reason));
    assert_non_null(strstr(reason, "geoip6"));
    put_text("geoip6", geoip6);
    assert_int_equal(ENOENT, build(scratch_path("no/such/place.ranges"), &reason));
    size_t length;
    assert_string_equal("as it was", get_file(path, &length));
    assert_int_equal(-1, stat(apr_psprintf(pool, "%s.slimstats-partial", path), &st));
}

/* The distribution's own text, and addresses on whose country several registers agree. */
static void given_addresses_are_found(void **state)
{
    struct slim_country_build asked = {.from = SLIM_GEOIP_DIRECTORY,
                                       .output = scratch_path("all.ranges")};
    const char *reason;
    struct slim_tsv tsv;
    int rows = 0, good = 0;

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_country_build(&asked, &reason, pool));
    struct slim_country *country = open_country(asked.output);
    assert_int_equal(APR_SUCCESS, slim_tsv_open("tests/data/ip_country_consensus.tsv", &tsv, pool));
    assert_int_equal(APR_SUCCESS, slim_tsv_next(&tsv, pool));
    for (; slim_tsv_next(&tsv, pool) == APR_SUCCESS; rows++) {
        good += strcmp(tsv.column[1], country_of(country, tsv.column[0])) == 0;
    }
    assert_int_equal(340, rows);
    assert_true(good * 100 >= rows * 98);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read_or_refused),
        cmocka_unit_test(ranges_are_found_in_the_file),
        cmocka_unit_test(a_file_of_something_else_is_not_taken),
        cmocka_unit_test(a_file_of_ours_is_taken_before_one_built_earlier),
        cmocka_unit_test(ranges_come_in_any_order_but_not_twice),
        cmocka_unit_test(the_same_text_gives_the_same_bytes),
        cmocka_unit_test(failure_leaves_the_file_as_it_was),
        cmocka_unit_test(given_addresses_are_found),
    };

    return RUN_UNIT(tests);
}
