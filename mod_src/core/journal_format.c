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

/* Never 0: older versions wrote that. */
static uint16_t header_check(const char *header, uint32_t seed)
{
    uint32_t sum = slim_crc32c(seed, header, 8);

    sum = slim_crc32c(sum, header + 12, 2);
    sum = slim_crc32c(sum, header + 16, FRAME_HEADER - 16) & 0xffff;
    return sum ? (uint16_t)sum : 0xffff;
}

static int header_fits(const char *header, uint32_t seed)
{
    return memcmp(header, frame_magic, 4) == 0
           && slim_get_u16(header + 14) == header_check(header, seed);
}

static void get_header(const char *header, struct slim_frame *frame)
{
    *frame = (struct slim_frame){
        .type = slim_get_u16(header + 12),
        .first_record = slim_get_u64(header + 16),
        .records = slim_get_u32(header + 24),
        .slot = slim_get_u32(header + 28),
        .epoch = slim_get_u64(header + 32),
        .from = slim_get_u64(header + 40),
        .to = slim_get_u64(header + 48),
        .records_before = slim_get_u64(header + 56),
        .written_us = (int64_t)slim_get_u64(header + 64),
        .payload = {header + FRAME_HEADER, slim_get_u32(header + 4)},
    };
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
    slim_put_u16(out + 14, header_check(out, seed));
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
    get_header(bytes, frame);
    *length = FRAME_HEADER + payload;
    return APR_SUCCESS;
}

apr_status_t slim_frame_recover(char *bytes, size_t size, uint32_t seed, struct slim_frame *frame,
                                size_t *length)
{
    if (size < FRAME_HEADER) {
        return SLIM_EBADJOURNAL;
    }
    if (header_fits(bytes, seed)) {
        get_header(bytes, frame);
        *length = FRAME_HEADER + frame->payload.length;
        return *length > FRAME_MAX ? SLIM_EBADJOURNAL
               : *length > size    ? APR_INCOMPLETE
                                   : SLIM_EBADFRAME;
    }
    for (unsigned bit = 0; bit < FRAME_HEADER * 8; bit++) {
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        if (header_fits(bytes, seed)
            && slim_frame_get(bytes, size, seed, frame, length) == APR_SUCCESS) {
            return APR_SUCCESS;
        }
        bytes[bit / 8] ^= (char)(1 << bit % 8);
    }
    return SLIM_EBADJOURNAL;
}

int slim_frame_header_was_whole(const char *header)
{
    return slim_get_u16(header + 14) != 0 && slim_get_u64(header + 64) != 0;
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
