/* Our own file of countries: what is looked up, and that a file that is not right is refused. */
#include "unit.h"

#include "core/bytes.h"
#include "enrich/country.h"
#include "enrich/country_ranges.h"

#define BYTES_MAX 4096

/* A file while it is made; entries of IPv4 come before those of IPv6. */
static uint8_t bytes[BYTES_MAX];
static size_t used;

static void begin(void)
{
    memset(bytes, 0, sizeof bytes);
    memcpy(bytes, SLIM_COUNTRY_RANGES_MAGIC, SLIM_COUNTRY_RANGES_MAGIC_LENGTH);
    slim_put_u32(bytes + 8, SLIM_COUNTRY_RANGES_VERSION);
    used = SLIM_COUNTRY_RANGES_HEAD;
}

static void put(int family, const char *address, const char country[2])
{
    size_t width = slim_country_ranges_width(family);
    uint8_t *count = bytes + 12 + 4 * family;

    assert_true(used + width + 2 <= sizeof bytes);
    memcpy(bytes + used, address, width);
    memcpy(bytes + used + width, country, 2);
    used += width + 2;
    slim_put_u32(count, slim_get_u32(count) + 1);
}

static void seal(void)
{
    slim_put_u32(bytes + 20, slim_country_ranges_checksum(bytes, used));
}

/* 1.0.0.0 AU, 2.0.0.0 none, 9.9.9.9 CH; 2001:db8:: JP, 2001:db9:: none. */
static void make_good(void)
{
    begin();
    put(SLIM_COUNTRY_IPV4, "\1\0\0\0", "AU");
    put(SLIM_COUNTRY_IPV4, "\2\0\0\0", "\0\0");
    put(SLIM_COUNTRY_IPV4, "\x9\x9\x9\x9", "CH");
    put(SLIM_COUNTRY_IPV6, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0", "JP");
    put(SLIM_COUNTRY_IPV6, "\x20\1\x0d\xb9\0\0\0\0\0\0\0\0\0\0\0\0", "\0\0");
    seal();
}

static void the_entry_before_an_address_counts(void **state)
{
    static const struct {
        uint8_t length;
        uint8_t address[16];
        const char *country;
    } cases[] = {
        {4, {0, 255, 255, 255}, ""},
        {4, {1, 0, 0, 0}, "AU"},
        {4, {1, 255, 255, 255}, "AU"},
        {4, {2, 0, 0, 0}, ""},
        {4, {9, 9, 9, 8}, ""},
        {4, {9, 9, 9, 9}, "CH"},
        {4, {255, 255, 255, 255}, "CH"},
        {16, {0x20, 1, 0x0d, 0xb7, 255}, ""},
        {16, {0x20, 1, 0x0d, 0xb8}, "JP"},
        {16,
         {0x20, 1, 0x0d, 0xb8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
         "JP"},
        {16, {0x20, 1, 0x0d, 0xb9}, ""},
        {16, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 4}, "AU"},
        {16, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}, "AU"},
        {16, {0x20, 2, 1, 2, 3, 4, 7}, "AU"},
        {16, {0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4}, ""},
        {0, {1}, ""},
        {15, {1}, ""},
    };
    struct slim_country_ranges ranges;

    (void)state;
    make_good();
    assert_int_equal(APR_SUCCESS, slim_country_ranges_read(bytes, used, &ranges));
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        char country[3] = "xx";
        slim_country_ranges_find(&ranges, cases[i].address, cases[i].length, country);
        if (strcmp(cases[i].country, country) != 0) {
            fail_msg("case %d: '%s'", (int)i, country);
        }
    }
}

static void nothing_is_in_a_file_without_entries(void **state)
{
    static const uint8_t address[16] = {0xff};
    struct slim_country_ranges ranges;
    char country[3];

    (void)state;
    begin();
    seal();
    assert_int_equal(APR_SUCCESS, slim_country_ranges_read(bytes, used, &ranges));
    for (uint8_t length = 4; length <= 16; length = (uint8_t)(length + 12)) {
        slim_country_ranges_find(&ranges, address, length, country);
        assert_string_equal("", country);
    }
}

/* Each with a checksum that is right. */
static void what_is_wrong_in_itself_is_refused(void **state)
{
    static const struct {
        size_t at;
        const char *bytes;
        size_t length;
    } cases[] = {
        {0, "slimCtry", 8}, /* not ours */
        {8, "\2", 1},       /* a later version */
        {12, "\2", 1},      /* a byte that no entry has */
        {12, "\4", 1},      /* the counts go past the end */
        {12, "\xff\xff\xff\xff", 4},
        {16, "\xff\xff\xff\xff", 4},
        {12, "\xff\xff\xff\xff\xff\xff\xff\xff", 8},
        {24, "\3", 1},       /* not sorted */
        {30, "\1\0\0\0", 4}, /* an address twice */
        {28, "au", 2},       /* no letters of a country */
        {28, "A", 2},
        {28, "\0A", 2},
        {28, "A1", 2},
        {42, "\x20\1\x0d\xb9", 4}, /* IPv6, twice */
        {58, "J\xff", 2},
    };
    struct slim_country_ranges ranges;

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        make_good();
        memcpy(bytes + cases[i].at, cases[i].bytes, cases[i].length);
        seal();
        if (slim_country_ranges_read(bytes, used, &ranges) != SLIM_EBADRULES) {
            fail_msg("case %d", (int)i);
        }
    }
}

/* The checksum sees one bit, the counts each other length. */
static void any_damage_is_seen(void **state)
{
    struct slim_country_ranges ranges;

    (void)state;
    make_good();
    for (size_t cut = 0; cut < used; cut++) {
        assert_int_equal(SLIM_EBADRULES, slim_country_ranges_read(bytes, cut, &ranges));
    }
    assert_int_equal(SLIM_EBADRULES, slim_country_ranges_read(bytes, used + 1, &ranges));
    for (size_t bit = 0; bit < 8 * used; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(SLIM_EBADRULES, slim_country_ranges_read(bytes, used, &ranges));
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(APR_SUCCESS, slim_country_ranges_read(bytes, used, &ranges));
}

static void install(const char *path, size_t length)
{
    const char *new_path = apr_pstrcat(pool, path, ".new", NULL);

    put_file(new_path, bytes, length);
    assert_int_equal(0, rename(new_path, path));
}

static const char *country_of_1_0_0_1(struct slim_country *country)
{
    static const uint8_t address[4] = {1, 0, 0, 1};

    return slim_country_find(country, address, 4)->country;
}

static void a_broken_file_leaves_the_last_good_one(void **state)
{
    const char *path = scratch_path("replaced.ranges");
    struct slim_country *country = slim_country_make(path, NULL, pool);
    int changed;

    (void)state;
    make_good();
    install(path, used);
    assert_int_equal(APR_SUCCESS, slim_country_refresh(country, &changed));
    assert_string_equal("AU", country_of_1_0_0_1(country));
    install(path, used - 1);
    assert_int_equal(SLIM_EBADRULES, slim_country_refresh(country, &changed));
    assert_string_equal("AU", country_of_1_0_0_1(country));
    install(path, 3);
    assert_int_equal(SLIM_EBADRULES, slim_country_refresh(country, &changed));
    begin();
    put(SLIM_COUNTRY_IPV4, "\1\0\0\0", "NZ");
    seal();
    install(path, used);
    assert_int_equal(APR_SUCCESS, slim_country_refresh(country, &changed));
    assert_string_equal("NZ", country_of_1_0_0_1(country));
    assert_int_equal(0, truncate(path, 0)); /* while it is in use */
    slim_country_find(country, (const uint8_t[4]){1, 0, 0, 2}, 4);
    assert_string_equal("NZ",
                        slim_country_find(country, (const uint8_t[4]){1, 0, 0, 3}, 4)->country);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_entry_before_an_address_counts),
        cmocka_unit_test(nothing_is_in_a_file_without_entries),
        cmocka_unit_test(what_is_wrong_in_itself_is_refused),
        cmocka_unit_test(any_damage_is_seen),
        cmocka_unit_test(a_broken_file_leaves_the_last_good_one),
    };

    return RUN_UNIT(tests);
}
