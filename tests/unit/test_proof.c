/* Robots and the addresses that their operators publish: lists, their ages, and what they prove. */
#include "unit.h"

#include <time.h>

#include "core/address.h"
#include "enrich/proof.h"
#include "enrich/ranges.h"

/* --- lists --- */

static const char *fault_of(const char *json)
{
    struct slim_ranges ranges;
    const char *fault = slim_ranges_read(json, strlen(json), &ranges, pool);

    assert_true(!fault == (ranges.count > 0));
    return fault ? fault : "";
}

static void what_is_no_list_is_said(void **state)
{
    static const char *const cases[][2] = {
        {"", "no JSON"},
        {"{", "no JSON"},
        {"[]", "no prefixes"},
        {"{}", "no prefixes"},
        {"{\"prefixes\": 7}", "no prefixes"},
        {"{\"prefixes\": []}", "no prefixes"},
        {"{\"prefixes\": [7, {}, null]}", "no prefixes"},
        {"{\"prefixes\": [{\"ipv4Prefix\": 7}]}", "is no network"},
        {"{\"prefixes\": [{\"ipv4Prefix\": \"192.0.2.0\"}]}", "192.0.2.0 is no network"},
        {"{\"prefixes\": [{\"ipv4Prefix\": \"192.0.2.0/33\"}]}", "is no network"},
        {"{\"prefixes\": [{\"ipv4Prefix\": \"192.0.2.0/-1\"}]}", "is no network"},
        {"{\"prefixes\": [{\"ipv4Prefix\": \"192.0.2.0/24x\"}]}", "is no network"},
        {"{\"prefixes\": [{\"ipv4Prefix\": \"192.0.2.1/24\"}]}", "is no network"},
        {"{\"prefixes\": [{\"ipv4Prefix\": \"2001:db8::/32\"}]}", "is no network"},
        {"{\"prefixes\": [{\"ipv6Prefix\": \"192.0.2.0/24\"}]}", "is no network"},
        {"{\"prefixes\": [{\"ipv6Prefix\": \"2001:db8::/129\"}]}", "is no network"},
        {"{\"prefixes\": [{\"ipv4Prefix\": \"192.0.2.0/24\"}, {\"ipv4Prefix\": \"\"}]}",
         "is no network"},
        {"{\"prefixes\": [{\"ipv4Prefix\": \"192.0.2.0/24\"}]} x", "no JSON"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        if (!strstr(fault_of(cases[i][0]), cases[i][1])) {
            fail_msg("%s: %s", cases[i][0], fault_of(cases[i][0]));
        }
    }
    assert_string_equal(
        "", fault_of("{\"prefixes\": [{\"service\": \"x\"}, {\"ipv4Prefix\": \"192.0.2.0/24\"}]}"));
    assert_string_equal("", fault_of("{\"a\": 1, \"prefixes\": [{\"ipv6Prefix\": \"::/0\"}]}"));
}

static int have(const struct slim_ranges *ranges, const char *from, const char *to)
{
    uint8_t first[16], last[16], length, other;

    assert_true(slim_address_parse(from, first, &length) && slim_address_parse(to, last, &other));
    return slim_ranges_have(ranges, first, last, length);
}

static void both_ends_of_a_range_belong_to_it(void **state)
{
    static const char list[] =
        "{\"prefixes\": [{\"ipv4Prefix\": \"192.0.2.64/27\"}, {\"ipv4Prefix\": \"192.0.2.0/26\"},"
        "{\"ipv4Prefix\": \"192.0.2.16/28\"}, {\"ipv4Prefix\": \"198.51.100.7/32\"},"
        "{\"ipv4Prefix\": \"255.255.255.255/32\"}, {\"ipv6Prefix\": \"2001:db8:1::/48\"}]}";
    static const struct {
        const char *from, *to;
        int have;
    } cases[] = {
        {"192.0.1.255", "192.0.1.255", 0},
        {"192.0.2.0", "192.0.2.0", 1},
        {"192.0.2.95", "192.0.2.95", 1},
        {"192.0.2.96", "192.0.2.96", 0},
        {"192.0.2.0", "192.0.2.95", 1}, /* two that touch are one */
        {"192.0.2.0", "192.0.2.255", -1},
        {"198.51.100.7", "198.51.100.7", 1},
        {"198.51.100.6", "198.51.100.8", -1},
        {"198.51.100.0", "198.51.100.255", -1},
        {"255.255.255.255", "255.255.255.255", 1},
        {"0.0.0.0", "0.0.0.0", 0},
        {"2001:db8:1::", "2001:db8:1:ffff:ffff:ffff:ffff:ffff", 1},
        {"2001:db8:0:ffff::", "2001:db8:0:ffff::", 0},
        {"2001:db8:2::", "2001:db8:2::", 0},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 0},
    };
    struct slim_ranges ranges;

    (void)state;
    assert_null(slim_ranges_read(list, strlen(list), &ranges, pool));
    assert_int_equal(4, ranges.count);
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        if (have(&ranges, cases[i].from, cases[i].to) != cases[i].have) {
            fail_msg("%s to %s", cases[i].from, cases[i].to);
        }
    }
}

/* --- clients --- */

#define TODAY 1800000000
#define DAY 86400

static void put_list(const char *name, const char *network, int64_t at_s)
{
    const char *path = scratch_path(apr_pstrcat(pool, "ranges/", name, NULL));
    const char *text = apr_psprintf(pool, "{\"prefixes\": [{\"%s\": \"%s\"}]}",
                                    strchr(network, ':') ? "ipv6Prefix" : "ipv4Prefix", network);
    const struct timespec times[2] = {{at_s, 0}, {at_s, 0}};

    mkdir(scratch_path("ranges"), 0700);
    put_file(path, text, strlen(text));
    assert_int_equal(0, utimensat(AT_FDCWD, path, times, 0));
}

static struct slim_proofs *proofs_of(const char *lines)
{
    put_file(scratch_path(SLIM_PROOFS_FILE), lines, strlen(lines));
    struct slim_proofs *proofs = slim_proofs_make(scratch_path("none"), scratch, pool);
    assert_true(slim_proofs_refresh(proofs));
    return proofs;
}

static const char *told(const struct slim_proofs *proofs, const char *operator, const char * agent,
                        const char *address, int is_masked, int64_t at_s)
{
    static const char *const names[] = {"open", "range", "false"};
    uint8_t bytes[16], length = 0;
    const struct slim_proof_line *line;
    struct slim_proof_case c = {.operator= text_of(operator),
                                .agent = text_of(agent),
                                .address = bytes,
                                .is_masked = is_masked,
                                .at_s = at_s};

    if (*address) {
        assert_true(slim_address_parse(address, bytes, &length));
    }
    c.length = length;
    return names[slim_proofs_tell(proofs, &c, &line)];
}

static void an_address_proves_or_it_does_not(void **state)
{
    (void)state;
    put_list("a.json", "192.0.2.0/24", TODAY);
    put_list("b.json", "2001:db8::/32", TODAY);
    struct slim_proofs *p =
        proofs_of("Abot\tA\ta.json\thttps://a.example/\nAbot\tA\tb.json\nBbot\tB\tnone.json\n");

    assert_string_equal("range",
                        told(p, "A", "Mozilla/5.0 (compatible; abot/1.0)", "192.0.2.9", 0, TODAY));
    assert_string_equal("range", told(p, "A", "Abot", "2001:db8::1", 0, TODAY));
    assert_string_equal("false", told(p, "A", "Abot", "192.0.3.9", 0, TODAY));
    assert_string_equal("false", told(p, "A", "Abot", "2001:db9::1", 0, TODAY));
    /* others: another robot of A's, a robot of B that is like A's, a list that is not there, no
     * address */
    assert_string_equal("open", told(p, "A", "Aspider", "192.0.3.9", 0, TODAY));
    assert_string_equal("open", told(p, "B", "Cbot, like Abot", "192.0.3.9", 0, TODAY));
    assert_string_equal("open", told(p, "B", "Bbot", "192.0.3.9", 0, TODAY));
    assert_string_equal("open", told(p, "", "Abot", "192.0.3.9", 0, TODAY));
    assert_string_equal("open", told(p, "A", "Abot", "", 0, TODAY));
}

static void one_list_that_is_missing_or_old_makes_nobody_false(void **state)
{
    (void)state;
    put_list("a.json", "192.0.2.0/24", TODAY);
    put_list("c.json", "198.51.100.0/24", TODAY - 40 * DAY);
    struct slim_proofs *p = proofs_of("Abot\tA\ta.json\nAbot\tA\tgone.json\nCbot\tC\tc.json\n");

    assert_string_equal("range", told(p, "A", "Abot", "192.0.2.9", 0, TODAY));
    assert_string_equal("open", told(p, "A", "Abot", "192.0.3.9", 0, TODAY));
    assert_string_equal("range", told(p, "C", "Cbot", "198.51.100.9", 0, TODAY));
    assert_string_equal("open", told(p, "C", "Cbot", "192.0.3.9", 0, TODAY));
    assert_string_equal("false", told(p, "C", "Cbot", "192.0.3.9", 0, TODAY - 20 * DAY));
    assert_string_equal("open", told(p, "C", "Cbot", "192.0.3.9", 0,
                                     TODAY - 4000 * DAY)); /* of an old log */
}

static void a_masked_address_proves_as_a_whole(void **state)
{
    (void)state;
    put_list("a.json", "192.0.2.0/23", TODAY);
    put_list("d.json", "198.51.100.0/25", TODAY);
    put_list("e.json", "2001:db8::/47", TODAY);
    struct slim_proofs *p = proofs_of("Abot\tA\ta.json\nDbot\tD\td.json\nEbot\tE\te.json\n");

    assert_string_equal("range", told(p, "A", "Abot", "192.0.2.0", 1, TODAY));
    assert_string_equal("range", told(p, "A", "Abot", "192.0.3.0", 1, TODAY));
    assert_string_equal("open", told(p, "D", "Dbot", "198.51.100.0", 1, TODAY)); /* half of it */
    assert_string_equal("open", told(p, "D", "Dbot", "203.0.113.0", 1, TODAY));
    assert_string_equal("range", told(p, "E", "Ebot", "2001:db8:1::", 1, TODAY));
    assert_string_equal("open", told(p, "E", "Ebot", "2001:db8:2::", 1, TODAY));
}

static void count_fault(void *baton, const char *fault)
{
    const char **last = baton;

    *last = apr_pstrdup(pool, fault);
}

static void what_changes_is_read_anew_and_what_is_damaged_proves_nothing(void **state)
{
    const char *fault = "";

    (void)state;
    put_list("a.json", "192.0.2.0/24", TODAY);
    struct slim_proofs *p = proofs_of("Abot\tA\ta.json\nbad\nAbot\tA\t../a.json\n");
    assert_int_equal(1, slim_proofs_faults(p, count_fault, &fault));
    assert_non_null(strstr(fault, "line 2, column 1: a line is"));
    assert_false(slim_proofs_refresh(p));
    put_list("a.json", "198.51.100.0/24", TODAY + 1);
    assert_true(slim_proofs_refresh(p));
    assert_string_equal("range", told(p, "A", "Abot", "198.51.100.9", 0, TODAY));
    put_file(scratch_path("ranges/a.json"), "{", 1);
    assert_true(slim_proofs_refresh(p));
    assert_string_equal("open", told(p, "A", "Abot", "198.51.100.9", 0, TODAY));
    assert_int_equal(2, slim_proofs_faults(p, count_fault, &fault));
    assert_non_null(strstr(fault, "ranges/a.json: line 1: it is no JSON"));
    unlink(scratch_path("ranges/a.json"));
    assert_true(slim_proofs_refresh(p));
    assert_int_equal(1, slim_proofs_faults(p, count_fault, &fault));
}

static void the_shipped_lines_are_good(void **state)
{
    const struct slim_proof_line *lines;
    struct slim_proofs *p = slim_proofs_make("conf", NULL, pool);
    const char *fault = "";

    (void)state;
    assert_true(slim_proofs_refresh(p));
    assert_int_equal(0, slim_proofs_faults(p, count_fault, &fault));
    assert_true(slim_proofs_lines(p, &lines) > 20);
    assert_string_equal("open", told(p, "Google", "Googlebot/2.1", "192.0.2.9", 0, TODAY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_list_is_said),
        cmocka_unit_test(both_ends_of_a_range_belong_to_it),
        cmocka_unit_test(an_address_proves_or_it_does_not),
        cmocka_unit_test(one_list_that_is_missing_or_old_makes_nobody_false),
        cmocka_unit_test(a_masked_address_proves_as_a_whole),
        cmocka_unit_test(what_changes_is_read_anew_and_what_is_damaged_proves_nothing),
        cmocka_unit_test(the_shipped_lines_are_good),
    };

    return RUN_UNIT(tests);
}
