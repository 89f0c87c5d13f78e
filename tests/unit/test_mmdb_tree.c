/* The search tree of a country file: against a list that is searched from its end. */
#include "unit.h"

#include "enrich/mmdb_tree.h"

static struct slim_mmdb_tree tree;

static int open_tree(void **state)
{
    (void)state;
    return slim_mmdb_tree_open(&tree) != APR_SUCCESS;
}

static int close_tree(void **state)
{
    (void)state;
    slim_mmdb_tree_close(&tree);
    return 0;
}

/* -1: nothing. */
static int64_t look_up(slim_bits128 address)
{
    uint32_t record = 0;

    for (int depth = 0; depth < 128; depth++) {
        record = tree.node[record][address >> (127 - depth) & 1];
        if (record == 0 || (record & SLIM_MMDB_VALUE)) {
            break;
        }
    }
    assert_true(record == 0 || (record & SLIM_MMDB_VALUE));
    return record ? (int64_t)(record & ~SLIM_MMDB_VALUE) : -1;
}

static uint32_t nodes_in_use(void)
{
    uint32_t *room = apr_palloc(pool, 2 * sizeof *room * tree.count);

    return slim_mmdb_tree_number(&tree, room, room + tree.count);
}

static void put(slim_bits128 from, slim_bits128 to, uint32_t value)
{
    assert_int_equal(APR_SUCCESS, slim_mmdb_tree_put(&tree, from, to, value));
}

#define RANGES 300
#define ALL (~(slim_bits128)0)

static void what_was_put_last_is_found(void **state)
{
    slim_bits128 from[RANGES], to[RANGES];
    unsigned short seed[3] = {1, 2, 3};

    (void)state;
    for (int i = 0; i < RANGES; i++) {
        int shift = (int)(nrand48(seed) % 120);
        slim_bits128 base = (slim_bits128)nrand48(seed) << (nrand48(seed) % 97);
        from[i] = base;
        to[i] = base + ((slim_bits128)nrand48(seed) << shift >> 8);
        if (to[i] < from[i]) {
            to[i] = ALL;
        }
        put(from[i], to[i], (uint32_t)i);
    }
    for (int i = 0; i < 3 * RANGES; i++) {
        const slim_bits128 near[3] = {from[i / 3], to[i / 3], to[i / 3] + 1};
        int expected = RANGES - 1;
        while (expected >= 0 && !(near[i % 3] >= from[expected] && near[i % 3] <= to[expected])) {
            expected--;
        }
        assert_int_equal(expected, look_up(near[i % 3]));
    }
}

static void edges_of_the_space_are_taken(void **state)
{
    (void)state;
    put(0, 0, 1);
    put(ALL, ALL, 2);
    assert_int_equal(1, look_up(0));
    assert_int_equal(-1, look_up(1));
    assert_int_equal(-1, look_up(ALL - 1));
    assert_int_equal(2, look_up(ALL));
    put(0, ALL, 3);
    assert_int_equal(3, look_up(0));
    assert_int_equal(3, look_up(ALL));
    assert_int_equal(APR_EINVAL, slim_mmdb_tree_put(&tree, 2, 1, 1));
    assert_int_equal(APR_EINVAL, slim_mmdb_tree_put(&tree, 1, 2, SLIM_MMDB_VALUE));
}

static void halves_that_are_alike_become_one(void **state)
{
    (void)state;
    for (slim_bits128 i = 0; i < 256; i++) {
        put(i, i, 7);
    }
    assert_int_equal(120, nodes_in_use());
    put(0, ALL, 7);
    assert_int_equal(1, nodes_in_use());
    for (slim_bits128 i = 0; i < 100; i++) { /* nodes come back into use */
        put(i, i, 8);
        put(i, i, 7);
    }
    assert_int_equal(1, nodes_in_use());
    assert_true(tree.count <= 256);
}

static void ipv4_is_found_below_its_other_names(void **state)
{
    const slim_bits128 mapped = (slim_bits128)0xffff << 32,
                       six_to_four = (slim_bits128)0x2002 << 112;

    (void)state;
    put(0x01020300, 0x010203ff, 5);
    put(six_to_four, six_to_four + 1000, 6); /* gives way */
    assert_int_equal(APR_SUCCESS, slim_mmdb_tree_alias_ipv4(&tree));
    assert_int_equal(5, look_up(0x01020304));
    assert_int_equal(5, look_up(mapped | 0x01020304));
    assert_int_equal(-1, look_up(mapped | 0x01020404));
    assert_int_equal(5, look_up(six_to_four | (slim_bits128)0x01020304 << 80 | 1));
    assert_int_equal(-1, look_up(six_to_four));
}

#define TREE_TEST(test) cmocka_unit_test_setup_teardown(test, open_tree, close_tree)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TREE_TEST(what_was_put_last_is_found),
        TREE_TEST(edges_of_the_space_are_taken),
        TREE_TEST(halves_that_are_alike_become_one),
        TREE_TEST(ipv4_is_found_below_its_other_names),
    };

    return RUN_UNIT(tests);
}
