/* The map that forgets: what was asked for lately is there, and it never grows beyond its limits.
 */
#include "unit.h"

#include "core/cache.h"
#include "noise.h"

static struct slim_text key_of(int n, char *text)
{
    return (struct slim_text){text, (size_t)snprintf(text, 16, "key%d", n)};
}

static void values_are_found_by_their_bytes(void **state)
{
    struct slim_cache *cache = slim_cache_make(10, 1 << 20, pool);
    struct slim_text empty = {NULL, 0}, zeros = {"\0\0", 2}, zero = {"\0", 1};
    int one = 1, two = 2, three = 3;

    (void)state;
    assert_null(slim_cache_get(cache, empty));
    assert_int_equal(1, *(int *)slim_cache_put(cache, empty, &one, sizeof one));
    assert_null(slim_cache_get(cache, zeros));
    slim_cache_put(cache, zeros, &two, sizeof two);
    assert_null(slim_cache_get(cache, zero));
    slim_cache_put(cache, zero, &three, sizeof three);
    assert_int_equal(1, *(int *)slim_cache_get(cache, empty));
    assert_int_equal(2, *(int *)slim_cache_get(cache, zeros));
    assert_int_equal(3, *(int *)slim_cache_get(cache, zero));
    slim_cache_clear(cache);
    assert_null(slim_cache_get(cache, empty));
    assert_null(slim_cache_get(cache, zeros));
}

static void keys_are_copied(void **state)
{
    struct slim_cache *cache = slim_cache_make(10, 1 << 20, pool);
    char text[16];
    int n = 7;

    (void)state;
    struct slim_text key = key_of(1, text);
    assert_null(slim_cache_get(cache, key));
    slim_cache_put(cache, key, &n, sizeof n);
    memset(text, 'x', sizeof text);
    n = 8;
    assert_int_equal(7, *(int *)slim_cache_get(cache, key_of(1, text)));
}

/* How many of the keys 0 … count-1 are still there. */
static int still_there(struct slim_cache *cache, int count)
{
    char text[16];
    int there = 0;

    for (int i = 0; i < count; i++) {
        const int *value = slim_cache_get(cache, key_of(i, text));
        assert_true(!value || *value == i);
        there += value != NULL;
    }
    return there;
}

static void entries_beyond_twice_the_limit_are_forgotten(void **state)
{
    struct slim_cache *cache = slim_cache_make(100, 1 << 20, pool);
    char text[16];

    (void)state;
    for (int i = 0; i < 10000; i++) {
        assert_null(slim_cache_get(cache, key_of(i, text)));
        slim_cache_put(cache, key_of(i, text), &i, sizeof i);
        assert_int_equal(i, *(int *)slim_cache_get(cache, key_of(i, text)));
        if (i > 50) { /* the last hundred never go */
            assert_int_equal(i - 50, *(int *)slim_cache_get(cache, key_of(i - 50, text)));
        }
    }
    assert_in_range(still_there(cache, 10000), 100, 200);
}

static void bytes_end_a_generation_too(void **state)
{
    struct slim_cache *cache = slim_cache_make(1000000, 10000, pool);
    char value[1000] = {0}, text[16];

    (void)state;
    for (int i = 0; i < 1000; i++) {
        memcpy(value, &i, sizeof i);
        assert_null(slim_cache_get(cache, key_of(i, text)));
        slim_cache_put(cache, key_of(i, text), value, sizeof value);
    }
    assert_in_range(still_there(cache, 1000), 5, 22);
}

/* What is kept beside a value lives as long as the value. */
static void kept_bytes_live_with_their_value(void **state)
{
    struct slim_cache *cache = slim_cache_make(50, 1 << 20, pool);
    char text[16];

    (void)state;
    assert_null(slim_cache_keep(cache, "", 0));
    for (int round = 0; round < 20000; round++) {
        int n = (int)noise_below(300);
        struct slim_text key = key_of(n, text), *value = slim_cache_get(cache, key);
        if (!value) {
            struct slim_text kept = {slim_cache_keep(cache, key.at, key.length), key.length};
            value = slim_cache_put(cache, key, &kept, sizeof kept);
        }
        assert_int_equal(key.length, value->length);
        assert_memory_equal(text, value->at, value->length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_found_by_their_bytes),
        cmocka_unit_test(keys_are_copied),
        cmocka_unit_test(entries_beyond_twice_the_limit_are_forgotten),
        cmocka_unit_test(bytes_end_a_generation_too),
        cmocka_unit_test(kept_bytes_live_with_their_value),
    };

    return RUN_UNIT(tests);
}
