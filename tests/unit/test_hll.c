/* Sets of visitors: exact while small, close when large, the same whatever the order. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "noise.h"
#include "store/hll.h"

static void add_many(struct slim_hll *set, uint64_t seed, size_t count)
{
    noise_seed(seed);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(APR_SUCCESS, slim_hll_add(set, noise()));
    }
}

static size_t write_set(const struct slim_hll *set, unsigned char *bytes)
{
    size_t length = slim_hll_write(set, SLIM_HLL_SPARSE_MAX, bytes);

    assert_int_equal(length, slim_hll_size(set, SLIM_HLL_SPARSE_MAX));
    return length;
}

static void small_sets_are_exact(void **state)
{
    (void)state;
    for (size_t count = 0; count <= SLIM_HLL_SPARSE_MAX; count = count * 2 + 1) {
        struct slim_hll set = {0}, back = {0};
        unsigned char bytes[SLIM_HLL_BYTES_MAX];
        int estimated = 1;
        add_many(&set, 5, count);
        add_many(&set, 5, count); /* again: nothing new */
        assert_int_equal(count, slim_hll_count(&set, &estimated));
        assert_false(estimated);
        size_t length = write_set(&set, bytes);
        assert_int_equal(count ? 1 + 6 * count : 0, length);
        assert_int_equal(APR_SUCCESS, slim_hll_merge(&back, bytes, length));
        assert_int_equal(count, slim_hll_count(&back, &estimated));
        assert_false(estimated);
        slim_hll_free(&set);
        slim_hll_free(&back);
    }
}

static void the_hash_zero_is_a_visitor(void **state)
{
    struct slim_hll set = {0};
    int estimated;

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_hll_add(&set, 0));
    assert_int_equal(APR_SUCCESS, slim_hll_add(&set, 0));
    assert_int_equal(1, slim_hll_count(&set, &estimated));
    slim_hll_free(&set);
}

static void large_sets_are_close(void **state)
{
    static const size_t counts[] = {2561, 5000, 20000, 100000, 1000000};

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(counts); i++) {
        struct slim_hll set = {0}, back = {0};
        unsigned char bytes[SLIM_HLL_BYTES_MAX];
        int estimated = 0;
        add_many(&set, 11 + i, counts[i]);
        assert_int_equal(counts[i], slim_hll_count(&set, &estimated)); /* in memory still exact */
        assert_false(estimated);
        assert_int_equal(SLIM_HLL_BYTES_MAX, write_set(&set, bytes));
        assert_int_equal(APR_SUCCESS, slim_hll_merge(&back, bytes, sizeof bytes));
        double count = (double)slim_hll_count(&back, &estimated);
        assert_true(estimated);
        /* three standard errors */
        assert_true(fabs(count / (double)counts[i] - 1) < 3 * SLIM_HLL_ERROR_PERCENT / 100);
        slim_hll_free(&set);
        slim_hll_free(&back);
    }
}

static void unions_do_not_depend_on_order_or_form(void **state)
{
    unsigned char small[SLIM_HLL_BYTES_MAX], large[SLIM_HLL_BYTES_MAX], one[SLIM_HLL_BYTES_MAX],
        other[SLIM_HLL_BYTES_MAX];
    struct slim_hll a = {0}, b = {0}, c = {0}, d = {0};

    (void)state;
    add_many(&a, 1, 2000);
    add_many(&b, 2, 8000);
    size_t small_length = write_set(&a, small), large_length = write_set(&b, large);
    assert_int_equal('S', small[0]);
    assert_int_equal('D', large[0]);
    assert_int_equal(APR_SUCCESS, slim_hll_merge(&c, small, small_length));
    assert_int_equal(APR_SUCCESS, slim_hll_merge(&c, large, large_length));
    assert_int_equal(APR_SUCCESS, slim_hll_merge(&d, large, large_length));
    assert_int_equal(APR_SUCCESS, slim_hll_merge(&d, small, small_length));
    assert_int_equal(write_set(&c, one), write_set(&d, other));
    assert_memory_equal(one, other, sizeof one);
    slim_hll_free(&a);
    slim_hll_free(&b);
    slim_hll_free(&c);
    slim_hll_free(&d);
}

static void bytes_that_are_no_set_are_refused(void **state)
{
    static unsigned char bytes[SLIM_HLL_BYTES_MAX + 1];
    struct slim_hll set = {0};
    int estimated;

    (void)state;
    for (size_t length = 1; length <= sizeof bytes;
         length = length < 40 ? length + 1 : length + 997) {
        bytes[0] = 'D';
        assert_int_equal(SLIM_EBADRECORD, slim_hll_merge(&set, bytes, length));
        bytes[0] = 'x';
        assert_int_equal(SLIM_EBADRECORD, slim_hll_merge(&set, bytes, length));
        bytes[0] = 'S';
        assert_int_equal((length - 1) % 6 ? SLIM_EBADRECORD : APR_SUCCESS,
                         slim_hll_merge(&set, bytes, length));
    }
    slim_hll_free(&set);
    memset(bytes, 0xff, sizeof bytes); /* registers that no hash can give */
    bytes[0] = 'D';
    assert_int_equal(APR_SUCCESS, slim_hll_merge(&set, bytes, SLIM_HLL_BYTES_MAX));
    assert_true(slim_hll_count(&set, &estimated) > 0);
    slim_hll_free(&set);
}

/* Of exact sets of any size, of one with the hash zero, and of estimates. */
static void what_is_handed_over_is_the_set(void **state)
{
    static const size_t counts[] = {0, 1, 2, 17, 3000, 40000};

    (void)state;
    for (size_t i = 0; i < 2 * LENGTH_OF(counts); i++) {
        struct slim_hll set = {0}, back = {0};
        int estimated, back_estimated;
        add_many(&set, 31, counts[i / 2]);
        assert_int_equal(APR_SUCCESS, slim_hll_add(&set, 0));
        if (i % 2) {
            unsigned char dense[SLIM_HLL_BYTES_MAX] = {'D', 1};
            assert_int_equal(APR_SUCCESS, slim_hll_merge(&set, dense, sizeof dense));
        }
        size_t size = slim_hll_size(&set, SIZE_MAX);
        unsigned char *bytes = apr_palloc(pool, size + 1), *written = apr_palloc(pool, size + 1);
        bytes[size] = 0xa5;
        assert_int_equal(size, slim_hll_hand_over(&set, bytes));
        assert_int_equal(0xa5, bytes[size]);
        assert_int_equal(APR_SUCCESS, slim_hll_merge(&back, bytes, size));
        assert_int_equal(slim_hll_count(&set, &estimated), slim_hll_count(&back, &back_estimated));
        assert_int_equal(estimated, back_estimated);
        assert_int_equal(size, slim_hll_write(&back, SIZE_MAX, written));
        assert_int_equal(size, slim_hll_write(&set, SIZE_MAX, bytes));
        assert_memory_equal(written, bytes, size);
        slim_hll_free(&set);
        slim_hll_free(&back);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_sets_are_exact),
        cmocka_unit_test(the_hash_zero_is_a_visitor),
        cmocka_unit_test(large_sets_are_close),
        cmocka_unit_test(unions_do_not_depend_on_order_or_form),
        cmocka_unit_test(bytes_that_are_no_set_are_refused),
        cmocka_unit_test(what_is_handed_over_is_the_set),
    };

    return RUN_UNIT(tests);
}
