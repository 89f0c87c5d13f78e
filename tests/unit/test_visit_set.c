/* The set of visits: what is put into it is found, and nothing else. */
#include "unit.h"

#include "store/visit_set.h"

#define SHIFT 24

static void nothing_is_found_in_an_empty_set(void **state)
{
    struct slim_visit_set set = {0};

    (void)state;
    assert_null(slim_visit_set_find(&set, 1));
    assert_null(slim_visit_set_find(&set, 0));
    slim_visit_set_free(&set);
}

/* Numbers as visits have them: seconds in the upper bits, most of them with nothing below. */
static void all_that_was_put_is_found_with_its_visitor(void **state)
{
    struct slim_visit_set set = {0};

    (void)state;
    for (int64_t i = 1; i <= 100000; i++) {
        assert_int_equal(1, slim_visit_set_add(&set, (i << SHIFT) + i % 3, -i));
    }
    for (int64_t i = 1; i <= 100000; i++) {
        const struct slim_visit_slot *found = slim_visit_set_find(&set, (i << SHIFT) + i % 3);
        assert_non_null(found);
        assert_int_equal(-i, found->visitor);
        assert_null(slim_visit_set_find(&set, (i << SHIFT) + 3));
    }
    assert_null(slim_visit_set_find(&set, 0));
    slim_visit_set_free(&set);
    assert_null(slim_visit_set_find(&set, 1 << SHIFT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_found_in_an_empty_set),
        cmocka_unit_test(all_that_was_put_is_found_with_its_visitor),
    };

    return RUN_UNIT(tests);
}
