/* Who is one visitor, and where the key is kept. */
#include "unit.h"

#include <errno.h>
#include <sys/stat.h>

#include "core/ascii.h"
#include "core/visitor_key.h"
#include "enrich/visitor.h"
#include "enrich/visitor_chain.h"
#include "noise.h"

#define DAY_S INT64_C(86400)

static const unsigned char key_of_paper[16] = {0, 1, 2,  3,  4,  5,  6,  7,
                                               8, 9, 10, 11, 12, 13, 14, 15};

static struct slim_hit hit_of(int64_t seconds, const char *site, uint32_t address,
                              const char *agent)
{
    struct slim_hit hit = {.time_us = seconds * 1000000, .address_length = 4};

    memcpy(hit.address, &address, 4);
    hit.field[SLIM_SITE] = text_of(site);
    hit.field[SLIM_AGENT] = text_of(agent);
    return hit;
}

static const char *state_directory(void)
{
    static int count;
    const char *path = scratch_path(apr_psprintf(pool, "state%d", count++));

    assert_int_equal(0, mkdir(path, 0700));
    return path;
}

static const char *key_file(const char *state)
{
    return apr_pstrcat(pool, state, "/visitor.key", NULL);
}

static uint64_t visitor_at(struct slim_visitors *visitors, int64_t seconds)
{
    struct slim_hit hit = hit_of(seconds, "example.org", 7, "agent");

    return slim_visitors_derive(visitors, &hit, (struct slim_text){NULL, 0});
}

static struct slim_visitors *open_at(const char *state, enum slim_visitor_key kind, int64_t now_s)
{
    struct slim_visitors *visitors = slim_visitors_make(state, NULL, kind, pool);

    assert_int_equal(APR_SUCCESS, slim_visitors_refresh(visitors, now_s));
    return visitors;
}

static const char *read_file(const char *path)
{
    size_t length;

    return get_file(path, &length);
}

static const char *shared_file(const char *text)
{
    const char *directory = state_directory();

    put_file(apr_pstrcat(pool, directory, "/shared", NULL), text, strlen(text));
    return apr_pstrcat(pool, directory, "/shared", NULL);
}

static struct slim_visitors *open_shared(const char *file, enum slim_visitor_key kind,
                                         int64_t now_s)
{
    struct slim_visitors *visitors = slim_visitors_make(state_directory(), file, kind, pool);

    assert_int_equal(APR_SUCCESS, slim_visitors_refresh(visitors, now_s));
    return visitors;
}

#define CHAIN "chain 5 000102030405060708090a0b0c0d0e0f\n"

/* Each from a copy of its own, whenever it comes to it. */
static void front_ends_with_a_chain_come_to_the_same_keys(void **state)
{
    const char *files[2] = {shared_file(CHAIN), shared_file(CHAIN)};
    struct slim_visitors *one = open_shared(files[0], SLIM_VISITOR_KEY_DAILY, 5 * DAY_S);
    uint64_t known[3];

    (void)state;
    for (int day = 0; day < 3; day++) {
        int64_t now_s = (5 + day) * DAY_S + 100;
        assert_int_equal(APR_SUCCESS, slim_visitors_refresh(one, now_s));
        known[day] = visitor_at(one, now_s);
        for (int before = 0; before < day; before++) {
            assert_true(known[day] != known[before]);
        }
    }
    struct slim_visitors *two = open_shared(files[1], SLIM_VISITOR_KEY_DAILY, 7 * DAY_S);
    assert_true(visitor_at(two, 7 * DAY_S) == known[2]);
    assert_true(visitor_at(one, 5 * DAY_S) == known[0]); /* late, and still in memory */
    assert_true(visitor_at(two, 5 * DAY_S) != known[0]); /* of a day whose key is gone */
    assert_string_equal(read_file(files[0]), read_file(files[1]));
    assert_null(strstr(read_file(files[0]), "000102030405"));
}

/* SHA-256 of the words and the chain, computed with another implementation. */
static void a_chain_is_hashed_forward(void **state)
{
    struct slim_visitor_key_entry chain;
    unsigned char key[SLIM_VISITOR_KEY_LENGTH];
    char text[SLIM_VISITOR_KEY_TEXT_SIZE], hex[2 * SLIM_VISITOR_KEY_LENGTH + 1];

    (void)state;
    assert_true(slim_visitor_key_parse(CHAIN, strlen(CHAIN), &chain) && chain.is_chain);
    slim_visitor_chain_key(&chain, key);
    slim_hex_write(key, sizeof key, hex);
    assert_string_equal("a3880bb2fb201cbf5fa52b2459e2b6c4", hex);
    slim_visitor_chain_advance(&chain, 7);
    assert_int_equal(strlen("chain 7 ca1f66b03820e54b7947691d95c44448\n"),
                     slim_visitor_key_format(&chain, text));
    assert_string_equal("chain 7 ca1f66b03820e54b7947691d95c44448\n", text);
}

static void a_shared_static_key_is_that_of_its_file(void **state)
{
    const char *file = shared_file("static 000102030405060708090a0b0c0d0e0f\n");
    struct slim_visitors *one = open_shared(file, SLIM_VISITOR_KEY_STATIC, 5 * DAY_S);
    struct slim_visitors *two = open_shared(file, SLIM_VISITOR_KEY_STATIC, 9 * DAY_S);

    (void)state;
    assert_true(visitor_at(one, 5 * DAY_S) == visitor_at(two, 900 * DAY_S));
}

/* Nobody else would come to what was made in its place. */
static void a_shared_file_that_does_not_fit_is_left_alone(void **state)
{
    static const struct {
        const char *text;
        enum slim_visitor_key kind;
    } cases[] = {{CHAIN, SLIM_VISITOR_KEY_STATIC},
                 {"static 000102030405060708090a0b0c0d0e0f\n", SLIM_VISITOR_KEY_DAILY},
                 {"daily 5 000102030405060708090a0b0c0d0e0f\n", SLIM_VISITOR_KEY_DAILY},
                 {"chain 6 000102030405060708090a0b0c0d0e0f\n", SLIM_VISITOR_KEY_DAILY},
                 {"", SLIM_VISITOR_KEY_STATIC}};

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        const char *file = shared_file(cases[i].text);
        struct slim_visitors *visitors =
            slim_visitors_make(state_directory(), file, cases[i].kind, pool);
        assert_int_equal(SLIM_EBADRULES, slim_visitors_refresh(visitors, 5 * DAY_S));
        assert_true(visitor_at(visitors, 5 * DAY_S) != 0);
        assert_string_equal(cases[i].text, read_file(file));
    }
    struct slim_visitors *none = slim_visitors_make(state_directory(), scratch_path("no-secret"),
                                                    SLIM_VISITOR_KEY_STATIC, pool);
    assert_int_equal(ENOENT, slim_visitors_refresh(none, 5 * DAY_S));
}

/* The state's own file of the day is not left where nobody takes it away any more. */
static void own_keys_of_days_go_when_a_shared_one_comes(void **state)
{
    const char *own = state_directory();
    struct slim_visitors *visitors = open_at(own, SLIM_VISITOR_KEY_DAILY, 5 * DAY_S);

    (void)state;
    assert_int_equal(0, access(key_file(own), F_OK));
    visitors = slim_visitors_make(own, shared_file(CHAIN), SLIM_VISITOR_KEY_DAILY, pool);
    assert_int_equal(APR_SUCCESS, slim_visitors_refresh(visitors, 5 * DAY_S));
    assert_int_not_equal(0, access(key_file(own), F_OK));
}

/* The number is from another implementation, which gives the SipHash paper's own vector. */
static void hash_is_siphash_of_lengths_site_address_and_agent(void **state)
{
    const uint8_t address[4] = {192, 0, 2, 1};

    (void)state;
    assert_true(
        UINT64_C(0x71542de08e49661a)
        == slim_visitor_hash(key_of_paper, text_of("example.org"), address, 4, text_of("agent")));
}

static void each_part_makes_another_visitor(void **state)
{
    static const struct {
        const char *site, *agent;
        uint32_t address;
    } cases[] = {{"a", "b", 1}, {"a", "b", 2}, {"a", "c", 1}, {"b", "b", 1}, {"ab", "", 1},
                 {"", "ab", 1}, {"a", "", 1},  {"", "", 1},   {"", "", 0}};
    uint64_t seen[LENGTH_OF(cases)];

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_hit hit = hit_of(0, cases[i].site, cases[i].address, cases[i].agent);
        seen[i] = slim_visitor_hash(key_of_paper, hit.field[SLIM_SITE], hit.address, 4,
                                    hit.field[SLIM_AGENT]);
        for (size_t j = 0; j < i; j++) {
            assert_true(seen[i] != seen[j]);
        }
    }
}

static void texts_of_any_length_are_hashed(void **state)
{
    static char bytes[5000];
    const uint8_t address[16] = {1};

    (void)state;
    noise_fill(bytes, sizeof bytes);
    for (size_t length = 0; length < sizeof bytes; length += 61) {
        struct slim_text text = {bytes, length};
        assert_int_not_equal(0, slim_visitor_hash(key_of_paper, text, address, 16, text));
    }
}

static void who_left_no_address_is_no_visitor(void **state)
{
    struct slim_visitors *visitors = open_at(state_directory(), SLIM_VISITOR_KEY_STATIC, 0);
    struct slim_hit hit = hit_of(0, "example.org", 7, "agent");

    (void)state;
    assert_int_not_equal(0, slim_visitors_derive(visitors, &hit, (struct slim_text){NULL, 0}));
    hit.address_length = 0;
    assert_int_equal(0, slim_visitors_derive(visitors, &hit, (struct slim_text){NULL, 0}));
}

static void static_key_outlives_days_and_restarts(void **state)
{
    const char *directory = state_directory();
    struct slim_visitors *one = open_at(directory, SLIM_VISITOR_KEY_STATIC, 5 * DAY_S);
    uint64_t visitor = visitor_at(one, 5 * DAY_S);
    struct stat st;

    (void)state;
    assert_int_equal(0, stat(key_file(directory), &st));
    assert_int_equal(0600, st.st_mode & 07777);
    assert_int_equal(visitor, visitor_at(one, 1));
    assert_int_equal(APR_SUCCESS, slim_visitors_refresh(one, 99 * DAY_S));
    assert_int_equal(visitor, visitor_at(one, 99 * DAY_S));
    struct slim_visitors *two = open_at(directory, SLIM_VISITOR_KEY_STATIC, 400 * DAY_S);
    assert_int_equal(visitor, visitor_at(two, 400 * DAY_S));
    two = open_at(state_directory(), SLIM_VISITOR_KEY_STATIC, 5 * DAY_S);
    assert_true(visitor != visitor_at(two, 5 * DAY_S));
}

static void daily_key_is_kept_for_its_day_and_replaced_after_it(void **state)
{
    const char *directory = state_directory();
    struct slim_visitors *one = open_at(directory, SLIM_VISITOR_KEY_DAILY, 5 * DAY_S);
    uint64_t fifth = visitor_at(one, 5 * DAY_S);
    size_t length;
    const char *first = get_file(key_file(directory), &length);

    (void)state;
    struct slim_visitors *two = open_at(directory, SLIM_VISITOR_KEY_DAILY, 6 * DAY_S - 1);
    assert_int_equal(fifth, visitor_at(two, 6 * DAY_S - 1));
    assert_string_equal(first, get_file(key_file(directory), &length));

    assert_int_equal(APR_SUCCESS, slim_visitors_refresh(two, 6 * DAY_S));
    const char *second = get_file(key_file(directory), &length);
    assert_string_not_equal(first, second);
    assert_memory_equal("daily 6 ", second, 8);
    assert_true(fifth != visitor_at(two, 6 * DAY_S));
    assert_int_equal(fifth, visitor_at(two, 5 * DAY_S)); /* hits that were on their way */

    struct slim_visitors *three = open_at(directory, SLIM_VISITOR_KEY_DAILY, 6 * DAY_S + 9);
    assert_int_equal(visitor_at(two, 6 * DAY_S), visitor_at(three, 6 * DAY_S));
    assert_true(fifth != visitor_at(three, 5 * DAY_S));
}

/* Something in the way of the new file stands for a full disk. */
static void a_daily_key_that_cannot_be_replaced_is_removed_all_the_same(void **state)
{
    const char *directory = state_directory();
    struct slim_visitors *visitors = open_at(directory, SLIM_VISITOR_KEY_DAILY, 5 * DAY_S);
    const char *in_the_way = apr_pstrcat(pool, directory, "/visitor.key.slimstats-partial", NULL);
    struct stat st;

    (void)state;
    assert_int_equal(0, mkdir(in_the_way, 0700));
    assert_int_not_equal(APR_SUCCESS, slim_visitors_refresh(visitors, 6 * DAY_S));
    assert_int_equal(-1, stat(key_file(directory), &st));
    uint64_t sixth = visitor_at(visitors, 6 * DAY_S);
    assert_int_equal(0, rmdir(in_the_way));
    assert_int_equal(APR_SUCCESS, slim_visitors_refresh(visitors, 6 * DAY_S + 2));
    visitors = open_at(directory, SLIM_VISITOR_KEY_DAILY, 6 * DAY_S + 3);
    assert_int_equal(sixth, visitor_at(visitors, 6 * DAY_S));
}

static void a_restart_after_midnight_knows_yesterday_in_memory_alone(void **state)
{
    const char *directory = state_directory();
    uint64_t fifth =
        visitor_at(open_at(directory, SLIM_VISITOR_KEY_DAILY, 5 * DAY_S), 5 * DAY_S + 1);
    struct slim_visitors *two = open_at(directory, SLIM_VISITOR_KEY_DAILY, 6 * DAY_S);
    size_t length;

    (void)state;
    assert_int_equal(fifth, visitor_at(two, 5 * DAY_S + 1));
    assert_memory_equal("daily 6 ", get_file(key_file(directory), &length), 8);
}

static void days_of_the_past_have_keys_of_their_own_in_memory(void **state)
{
    const char *directory = state_directory();
    struct slim_visitors *visitors = open_at(directory, SLIM_VISITOR_KEY_DAILY, 9000 * DAY_S);
    uint64_t today = visitor_at(visitors, 9000 * DAY_S), last = today;
    size_t length;
    const char *file = get_file(key_file(directory), &length);

    (void)state;
    for (int64_t day = 1; day < 500; day++) {
        uint64_t visitor = visitor_at(visitors, day * DAY_S);
        assert_int_equal(visitor, visitor_at(visitors, day * DAY_S + DAY_S - 1));
        assert_true(visitor != last);
        last = visitor;
    }
    assert_int_equal(today, visitor_at(visitors, 9000 * DAY_S));
    assert_string_equal(file, get_file(key_file(directory), &length));
}

/* Told, left alone, and visitors are told apart all the same. */
static void a_file_that_is_not_ours_is_never_replaced(void **state)
{
    static const char *const texts[] = {
        "",
        "\n",
        "static",
        "static 00",
        "daily 5 ",
        "key",
        "static 000102030405060708090a0b0c0d0e0f",
        "static 000102030405060708090a0b0c0d0e0g\n",
        "static 000102030405060708090a0b0c0d0e0f0\n",
        "daily 000102030405060708090a0b0c0d0e0f\n",
        "daily -5 000102030405060708090a0b0c0d0e0f\n",
        "daily 99999999999999999999 000102030405060708090a0b0c0d0e0f\n",
    };

    (void)state;
    for (size_t i = 0; i < 2 * LENGTH_OF(texts); i++) {
        const char *directory = state_directory(), *text = texts[i / 2];
        size_t length;
        put_file(key_file(directory), text, strlen(text));
        struct slim_visitors *visitors =
            slim_visitors_make(directory, NULL, (enum slim_visitor_key)(i % 2), pool);
        assert_int_equal(SLIM_EBADRULES, slim_visitors_refresh(visitors, 5 * DAY_S));
        uint64_t visitor = visitor_at(visitors, 5 * DAY_S);
        assert_int_not_equal(0, visitor);
        assert_int_equal(SLIM_EBADRULES, slim_visitors_refresh(visitors, 5 * DAY_S));
        assert_int_equal(visitor, visitor_at(visitors, 5 * DAY_S));
        assert_string_equal(text, get_file(key_file(directory), &length));
        /* once it is away, the key in memory is kept */
        assert_int_equal(0, unlink(key_file(directory)));
        assert_int_equal(APR_SUCCESS, slim_visitors_refresh(visitors, 5 * DAY_S));
        visitors = open_at(directory, (enum slim_visitor_key)(i % 2), 5 * DAY_S);
        assert_int_equal(visitor, visitor_at(visitors, 5 * DAY_S));
    }
}

static void links_and_directories_are_not_followed(void **state)
{
    const char *directory = state_directory(), *elsewhere = scratch_path("elsewhere");
    struct slim_visitors *visitors =
        slim_visitors_make(directory, NULL, SLIM_VISITOR_KEY_STATIC, pool);
    size_t length;

    (void)state;
    put_file(elsewhere, "static 000102030405060708090a0b0c0d0e0f\n", 40);
    assert_int_equal(0, symlink(elsewhere, key_file(directory)));
    assert_int_equal(SLIM_EBADRULES, slim_visitors_refresh(visitors, 0));
    assert_int_equal(0, unlink(key_file(directory)));
    assert_int_equal(0, mkdir(key_file(directory), 0700));
    assert_int_equal(SLIM_EBADRULES, slim_visitors_refresh(visitors, 0));
    assert_int_equal(0, rmdir(key_file(directory)));
    assert_int_equal(0, symlink(elsewhere, apr_pstrcat(pool, directory,
                                                       "/visitor.key.slimstats-partial", NULL)));
    assert_int_equal(APR_SUCCESS, slim_visitors_refresh(visitors, 0));
    assert_string_equal("static 000102030405060708090a0b0c0d0e0f\n", get_file(elsewhere, &length));
    visitors = slim_visitors_make(scratch_path("missing"), NULL, SLIM_VISITOR_KEY_STATIC, pool);
    assert_int_equal(ENOENT, slim_visitors_refresh(visitors, 0));
    assert_int_not_equal(0, visitor_at(visitors, 0));
}

static void noise_is_no_key(void **state)
{
    char text[80];

    (void)state;
    for (int round = 0; round < 100000; round++) {
        struct slim_visitor_key_entry entry;
        size_t length = noise_below(sizeof text);
        noise_fill(text, length);
        if (round & 1 && length > 8) {
            memcpy(text,
                   round & 2   ? "static "
                   : round & 4 ? "chain 1 "
                               : "daily 1 ",
                   round & 2 ? 7 : 8);
        }
        assert_int_equal(0, slim_visitor_key_parse(text, length, &entry));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_is_siphash_of_lengths_site_address_and_agent),
        cmocka_unit_test(each_part_makes_another_visitor),
        cmocka_unit_test(texts_of_any_length_are_hashed),
        cmocka_unit_test(who_left_no_address_is_no_visitor),
        cmocka_unit_test(static_key_outlives_days_and_restarts),
        cmocka_unit_test(daily_key_is_kept_for_its_day_and_replaced_after_it),
        cmocka_unit_test(a_daily_key_that_cannot_be_replaced_is_removed_all_the_same),
        cmocka_unit_test(a_restart_after_midnight_knows_yesterday_in_memory_alone),
        cmocka_unit_test(days_of_the_past_have_keys_of_their_own_in_memory),
        cmocka_unit_test(a_file_that_is_not_ours_is_never_replaced),
        cmocka_unit_test(links_and_directories_are_not_followed),
        cmocka_unit_test(noise_is_no_key),
        cmocka_unit_test(front_ends_with_a_chain_come_to_the_same_keys),
        cmocka_unit_test(a_chain_is_hashed_forward),
        cmocka_unit_test(a_shared_static_key_is_that_of_its_file),
        cmocka_unit_test(a_shared_file_that_does_not_fit_is_left_alone),
        cmocka_unit_test(own_keys_of_days_go_when_a_shared_one_comes),
    };

    return RUN_UNIT(tests);
}
