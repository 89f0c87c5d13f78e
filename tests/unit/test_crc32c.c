/* The checksum of journal frames. The file itself is taken in, so that the table is compared with
 * the processor's instruction where there is one. */
#define slim_crc32c crc32c_here
#include "core/crc32c.c"

#include "noise.h"
#include "unit.h"

static void vectors_of_rfc_3720_are_met(void **state)
{
    static const unsigned char read_command[48] = {
        0x01, 0xc0, 0, 0,    0, 0, 0, 0,    0,    0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0,
        0,    0,    0, 0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0,    0,
    };
    unsigned char zeros[32] = {0}, ones[32], up[32], down[32];

    (void)state;
    for (unsigned i = 0; i < 32; i++) {
        ones[i] = 0xff;
        up[i] = (unsigned char)i;
        down[i] = (unsigned char)(31 - i);
    }
    assert_int_equal(0x8a9136aa, crc32c_here(0, zeros, sizeof zeros));
    assert_int_equal(0x62a8ab43, crc32c_here(0, ones, sizeof ones));
    assert_int_equal(0x46dd794e, crc32c_here(0, up, sizeof up));
    assert_int_equal(0x113fdb5c, crc32c_here(0, down, sizeof down));
    assert_int_equal(0xd9963a56, crc32c_here(0, read_command, sizeof read_command));
    assert_int_equal(0xe3069283, crc32c_here(0, "123456789", 9));
    assert_int_equal(0, crc32c_here(0, "", 0));
}

static uint32_t bit_by_bit(const unsigned char *bytes, size_t length)
{
    uint32_t crc = 0xffffffffu;

    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1) ? 0x82f63b78u : 0);
        }
    }
    return ~crc;
}

static void every_length_and_alignment_gives_the_same(void **state)
{
    unsigned char bytes[128];

    (void)state;
    noise_fill(bytes, sizeof bytes);
    for (size_t from = 0; from < 16; from++) {
        for (size_t length = 0; length <= 100; length++) {
            uint32_t expected = bit_by_bit(bytes + from, length);
            assert_int_equal(expected, crc32c_here(0, bytes + from, length));
            assert_int_equal(expected, ~by_table(0xffffffffu, bytes + from, length));
        }
    }
}

static void parts_give_what_the_whole_gives(void **state)
{
    unsigned char bytes[300];

    (void)state;
    noise_fill(bytes, sizeof bytes);
    uint32_t whole = crc32c_here(0, bytes, sizeof bytes);
    for (size_t cut = 0; cut <= sizeof bytes; cut++) {
        uint32_t head = crc32c_here(0, bytes, cut);
        assert_int_equal(whole, crc32c_here(head, bytes + cut, sizeof bytes - cut));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_of_rfc_3720_are_met),
        cmocka_unit_test(every_length_and_alignment_gives_the_same),
        cmocka_unit_test(parts_give_what_the_whole_gives),
    };

    return RUN_UNIT(tests);
}
