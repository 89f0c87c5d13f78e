/* Records of hits, alone and in a stream: texts lie within; what is read is written and read again
 * the same. */
#include "fuzz.h"

#include "core/record.h"
#include "../unit/encoded_hit.h"

static void decode(struct slim_text record)
{
    static char out[SLIM_RECORD_MAX];
    struct slim_hit hit, again;

    if (slim_record_decode(record.at, record.length, &hit) != APR_SUCCESS) {
        return;
    }
    for (unsigned i = 0; i < SLIM_FIELDS; i++) {
        int is_short = (i == SLIM_METHOD || i == SLIM_CH_PLATFORM)
                       && slim_short_of((enum slim_field)i, hit.field[i]) > 0;
        CHECK(is_short || fuzz_is_within(hit.field[i], record));
        CHECK(hit.field[i].length <= slim_field_ceiling[i]);
    }
    size_t length = encode_hit(&hit, out);
    CHECK(length <= sizeof out);
    CHECK(slim_record_decode(out, length, &again) == APR_SUCCESS);
    CHECK(hit.time_us == again.time_us && hit.status == again.status && hit.flags == again.flags);
    CHECK(hit.dest == again.dest && hit.mode == again.mode && hit.purpose == again.purpose);
    for (unsigned i = 0; i < SLIM_FIELDS; i++) {
        CHECK(fuzz_is_same(hit.field[i], again.field[i]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slim_text stream = fuzz_text(data, size), record;

    decode(stream);
    while (slim_record_next(&stream, &record) == APR_SUCCESS) {
        CHECK(fuzz_is_within(record, fuzz_text(data, size)) && record.length > 0);
        decode(record);
    }
    return 0;
}
