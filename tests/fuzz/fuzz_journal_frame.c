/* Frames and segment headers of the journal: as they are, and with checksums made right, so that
 * what lies behind these is reached too. What is read is written again as it was. */
#include "fuzz.h"

#include "core/bytes.h"
#include "core/crc32c.h"
#include "core/journal_format.h"

static void read_frame(const char *bytes, size_t size, uint32_t seed)
{
    struct slim_frame frame;
    struct slim_ledger ledger;
    size_t length;

    if (slim_frame_get(bytes, size, seed, &frame, &length) != APR_SUCCESS) {
        return;
    }
    CHECK(length <= size && length == FRAME_HEADER + frame.payload.length);
    CHECK(fuzz_is_within(frame.payload, (struct slim_text){bytes, size}));
    (void)!slim_journal_get_ledger(&frame, &ledger);
    char *again = malloc(length);
    CHECK(again);
    slim_frame_put(&frame, seed, again);
    CHECK(memcmp(again, bytes, 8) == 0 && memcmp(again + 12, bytes + 12, 2) == 0);
    CHECK(memcmp(again + 16, bytes + 16, length - 16) == 0); /* the checks may be older ones */
    free(again);
}

static void recover_frame(const char *bytes, size_t size)
{
    struct slim_frame frame;
    size_t length;
    char *copy = malloc(size);

    CHECK(copy);
    memcpy(copy, bytes, size);
    apr_status_t rv = slim_frame_recover(copy, size, 7, &frame, &length);
    CHECK((rv != APR_SUCCESS && rv != SLIM_EBADFRAME) || length <= size);
    free(copy);
}

static void mend_and_read_frame(const char *bytes, size_t size)
{
    size_t payload = (size - FRAME_HEADER) / 8 * 8;
    char *copy = malloc(size);

    CHECK(copy);
    memcpy(copy, bytes, size);
    memcpy(copy, "SFRM", 4);
    if (payload > SLIM_JOURNAL_PAYLOAD_MAX) {
        payload = SLIM_JOURNAL_PAYLOAD_MAX;
    }
    slim_put_u32(copy + 4, (uint32_t)payload);
    slim_put_u32(copy + 8, slim_crc32c(7, copy + 12, FRAME_HEADER - 12 + payload));
    read_frame(copy, size, 7);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    struct segment_header header;
    char copy[SEGMENT_HEADER];

    read_frame(bytes, size, 7);
    if (size >= FRAME_HEADER) {
        recover_frame(bytes, size);
        mend_and_read_frame(bytes, size);
    }
    if (size >= SEGMENT_HEADER && slim_segment_header_get(bytes, &header) == APR_SUCCESS) {
        slim_segment_header_put(&header, copy);
        CHECK(slim_segment_header_get(copy, &header) == APR_SUCCESS);
    }
    if (size > 0) {
        char *name = malloc(size);
        CHECK(name);
        memcpy(name, bytes, size);
        name[size - 1] = '\0';
        (void)slim_segment_number(name);
        free(name);
    }
    return 0;
}
