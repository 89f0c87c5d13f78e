/* The ring's file: its shape, and what is refused as none. */
#include "ring_file.h"

#define SLOT SLIM_RING_SLOT_MIN

static void shape_has_spare_slots_and_keeps_to_its_bytes(void **state)
{
    static const struct {
        uint64_t bytes;
        unsigned processes;
    } cases[] = {
        {0, 0},
        {0, 1},
        {16 << 20, 1},
        {16 << 20, 10},
        {16 << 20, 8},
        {16 << 20, 256},
        {16 << 20, 5000},
        {UINT64_MAX, 1},
        {1 << 30, 3},
        {1, 100000},
        {UINT64_MAX, UINT32_MAX},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        unsigned n = cases[i].processes;
        struct slim_ring_shape shape = slim_ring_shape_for(cases[i].bytes, n);
        assert_in_range(shape.slots, 1, SLIM_RING_SLOTS_MAX);
        assert_in_range(shape.slot_size, SLIM_RING_SLOT_MIN, 1u << 30);
        assert_int_equal(0, shape.slot_size % 4096);
        assert_true(shape.slots >= n + n / 8 || shape.slots == SLIM_RING_SLOTS_MAX);
        assert_true(shape.slot_size == SLIM_RING_SLOT_MIN
                    || (uint64_t)shape.slots * shape.slot_size <= cases[i].bytes);
        assert_true(slim_ring_file_size(&shape) > (uint64_t)shape.slots * shape.slot_size);
    }
}

static void formatted_file_is_probed_and_mapped(void **state)
{
    int fd = make_ring_file(3, 2 * SLOT), other;
    struct slim_ring_shape shape;
    struct slim_ring ring, second;

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_ring_probe(fd, &shape));
    assert_int_equal(3, shape.slots);
    assert_int_equal(2 * SLOT, shape.slot_size);
    assert_int_equal(slim_ring_file_size(&shape), lseek(fd, 0, SEEK_END));
    assert_int_equal(APR_SUCCESS, slim_ring_map(fd, 0, &ring));
    assert_int_equal(3, ring.shape.slots);
    assert_int_not_equal(0, ring.epoch);
    assert_int_equal(0, waiting_in(&ring));
    other = make_ring_file(3, 2 * SLOT);
    assert_int_equal(APR_SUCCESS, slim_ring_map(other, 0, &second));
    assert_true(ring.epoch != second.epoch);
    slim_ring_unmap(&ring);
    slim_ring_unmap(&ring);
    slim_ring_unmap(&second);
    close(fd);
    close(other);
}

static void impossible_shapes_are_not_formatted(void **state)
{
    static const struct slim_ring_shape shapes[] = {
        {0, SLOT},     {SLIM_RING_SLOTS_MAX + 1, SLOT}, {1, 0},        {1, 4096},
        {1, SLOT + 1}, {1, (1u << 30) + 4096},          {1, 1u << 31}, {UINT32_MAX, UINT32_MAX},
    };
    int fd = open(scratch_path("empty"), O_RDWR | O_CREAT, 0600);

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(shapes); i++) {
        assert_int_not_equal(APR_SUCCESS, slim_ring_format(fd, &shapes[i]));
        assert_int_equal(0, lseek(fd, 0, SEEK_END));
    }
    close(fd);
}

static void files_that_are_no_ring_are_refused(void **state)
{
    static const struct {
        off_t at;
        int size;
        uint64_t value;
    } cases[] = {
        {0, 1, 's'},         {7, 1, 0},           {8, 4, 0},           {8, 4, 2},
        {8, 4, UINT32_MAX},  {12, 4, 0},          {12, 4, 2},          {12, 4, 65537},
        {12, 4, UINT32_MAX}, {16, 4, 0},          {16, 4, SLOT - 1},   {16, 4, SLOT / 2},
        {16, 4, 2 * SLOT},   {16, 4, UINT32_MAX}, {16, 4, 0xfffff000}, {24, 8, 0},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        int fd = make_ring_file(1, SLOT);
        struct slim_ring_shape shape;
        struct slim_ring ring;
        uint64_t value = cases[i].value; /* a ring's numbers are in the machine's own order */
        const char *bytes =
            (const char *)&value + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 8 - cases[i].size : 0);
        assert_int_equal(cases[i].size, pwrite(fd, bytes, (size_t)cases[i].size, cases[i].at));
        if (slim_ring_probe(fd, &shape) != SLIM_EBADRING
            || slim_ring_map(fd, 1, &ring) != SLIM_EBADRING) {
            fail_msg("case %zu", i);
        }
        close(fd);
    }
}

static void files_of_another_length_are_refused(void **state)
{
    static const off_t lengths[] = {0, 1, 8, 47, 48, 4096, 8192};
    int fd = make_ring_file(2, SLOT);
    off_t right = lseek(fd, 0, SEEK_END);
    struct slim_ring_shape shape;

    (void)state;
    assert_int_equal(0, ftruncate(fd, right + 1));
    assert_int_equal(SLIM_EBADRING, slim_ring_probe(fd, &shape));
    assert_int_equal(0, ftruncate(fd, right - 1));
    assert_int_equal(SLIM_EBADRING, slim_ring_probe(fd, &shape));
    for (size_t i = LENGTH_OF(lengths); i > 0; i--) {
        assert_int_equal(0, ftruncate(fd, lengths[i - 1]));
        assert_int_equal(SLIM_EBADRING, slim_ring_probe(fd, &shape));
    }
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shape_has_spare_slots_and_keeps_to_its_bytes),
        cmocka_unit_test(formatted_file_is_probed_and_mapped),
        cmocka_unit_test(impossible_shapes_are_not_formatted),
        cmocka_unit_test(files_that_are_no_ring_are_refused),
        cmocka_unit_test(files_of_another_length_are_refused),
    };

    return RUN_UNIT(tests);
}
