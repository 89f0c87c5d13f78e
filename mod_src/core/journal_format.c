/* The journal's bytes. Pure functions: no allocation, no I/O. */
#include "journal_format.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "crc32c.h"

#define JOURNAL_VERSION 1u

static const char segment_magic[8] = {'S', 'L', 'I', 'M', 'J', 'R', 'N', 'L'};
static const char frame_magic[4] = {'S', 'F', 'R', 'M'};

void slim_segment_header_put(const struct segment_header *header, char *bytes)
{
    memset(bytes, 0, SEGMENT_HEADER);
    memcpy(bytes, segment_magic, 8);
    slim_put_u32(bytes + 8, JOURNAL_VERSION);
    memcpy(bytes + 16, header->journal, SLIM_UUID_LENGTH);
    slim_put_u64(bytes + 32, header->segment);
    slim_put_u64(bytes + 40, header->first_record);
    slim_put_u64(bytes + 48, (uint64_t)header->made_us);
    slim_put_u32(bytes + 12, slim_crc32c(0, bytes + 16, SEGMENT_HEADER - 16));
}

apr_status_t slim_segment_header_get(const char *bytes, struct segment_header *header)
{
    if (memcmp(bytes, segment_magic, 8) != 0 || slim_get_u32(bytes + 8) != JOURNAL_VERSION
        || slim_get_u32(bytes + 12) != slim_crc32c(0, bytes + 16, SEGMENT_HEADER - 16)) {
        return SLIM_EBADJOURNAL;
    }
    memcpy(header->journal, bytes + 16, SLIM_UUID_LENGTH);
    header->segment = slim_get_u64(bytes + 32);
    header->first_record = slim_get_u64(bytes + 40);
    header->made_us = (int64_t)slim_get_u64(bytes + 48);
    return APR_SUCCESS;
}

uint64_t slim_segment_number(const char *name)
{
    char *end;

    if (strspn(name, "0123456789abcdef") != 16 || strcmp(name + 16, ".journal") != 0) {
        return 0;
    }
    return strtoull(name, &end, 16);
}

uint32_t slim_frame_seed(const unsigned char *journal_uuid)
{
    return slim_crc32c(0, journal_uuid, SLIM_UUID_LENGTH);
}

void slim_frame_put(const struct slim_frame *frame, uint32_t seed, char *out)
{
    memcpy(out, frame_magic, 4);
    slim_put_u32(out + 4, (uint32_t)frame->payload.length);
    slim_put_u16(out + 12, (uint16_t)frame->type);
    slim_put_u16(out + 14, 0);
    slim_put_u64(out + 16, frame->first_record);
    slim_put_u32(out + 24, frame->records);
    slim_put_u32(out + 28, frame->slot);
    slim_put_u64(out + 32, frame->epoch);
    slim_put_u64(out + 40, frame->from);
    slim_put_u64(out + 48, frame->to);
    slim_put_u64(out + 56, frame->records_before);
    slim_put_u64(out + 64, (uint64_t)frame->written_us);
    memcpy(out + FRAME_HEADER, frame->payload.at, frame->payload.length);
    slim_put_u32(out + 8, slim_crc32c(seed, out + 12, FRAME_HEADER - 12 + frame->payload.length));
}

apr_status_t slim_frame_get(const char *bytes, size_t size, uint32_t seed, struct slim_frame *frame,
                            size_t *length)
{
    if (size < FRAME_HEADER) {
        return size < 4 || memcmp(bytes, frame_magic, 4) == 0 ? APR_INCOMPLETE : SLIM_EBADJOURNAL;
    }
    size_t payload = slim_get_u32(bytes + 4);
    if (memcmp(bytes, frame_magic, 4) != 0 || payload > SLIM_JOURNAL_PAYLOAD_MAX
        || payload % 8 != 0) {
        return SLIM_EBADJOURNAL;
    }
    if (size < FRAME_HEADER + payload) {
        return APR_INCOMPLETE;
    }
    if (slim_get_u32(bytes + 8) != slim_crc32c(seed, bytes + 12, FRAME_HEADER - 12 + payload)) {
        return SLIM_EBADJOURNAL;
    }
    *frame = (struct slim_frame){
        .type = slim_get_u16(bytes + 12),
        .first_record = slim_get_u64(bytes + 16),
        .records = slim_get_u32(bytes + 24),
        .slot = slim_get_u32(bytes + 28),
        .epoch = slim_get_u64(bytes + 32),
        .from = slim_get_u64(bytes + 40),
        .to = slim_get_u64(bytes + 48),
        .records_before = slim_get_u64(bytes + 56),
        .written_us = (int64_t)slim_get_u64(bytes + 64),
        .payload = {bytes + FRAME_HEADER, payload},
    };
    *length = FRAME_HEADER + payload;
    return APR_SUCCESS;
}

void slim_journal_put_ledger(const struct slim_ledger *ledger, char *payload)
{
    memset(payload, 0, SLIM_LEDGER_PAYLOAD);
    slim_put_u64(payload, ledger->drained);
    for (unsigned i = 0; i < SLIM_EXCLUDED_REASONS; i++) {
        slim_put_u64(payload + 8 * (1 + i), ledger->excluded[i]);
    }
    for (unsigned i = 0; i < SLIM_DROPPED_REASONS; i++) {
        slim_put_u64(payload + 8 * (17 + i), ledger->dropped[i]);
    }
}

apr_status_t slim_journal_get_ledger(const struct slim_frame *frame, struct slim_ledger *ledger)
{
    const char *payload = frame->payload.at;

    if (frame->type != SLIM_FRAME_LEDGER || frame->payload.length != SLIM_LEDGER_PAYLOAD) {
        return SLIM_EBADRECORD;
    }
    ledger->drained = slim_get_u64(payload);
    for (unsigned i = 0; i < SLIM_EXCLUDED_REASONS; i++) {
        ledger->excluded[i] = slim_get_u64(payload + 8 * (1 + i));
    }
    for (unsigned i = 0; i < SLIM_DROPPED_REASONS; i++) {
        ledger->dropped[i] = slim_get_u64(payload + 8 * (17 + i));
    }
    ledger->seen = ledger->drained + slim_ledger_excluded(ledger) + slim_ledger_dropped(ledger);
    return APR_SUCCESS;
}
