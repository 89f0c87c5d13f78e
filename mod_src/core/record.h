/* A hit as bytes, and the stream of such records that ring and journal carry.
 *
 * Record, version 1, all numbers little-endian:
 *    0  u8  version          8  i64 time_us       32  u16 protocol
 *    1  u8  address length  16  u64 duration_us   34  u16 zero
 *    2  u16 status          24  u64 bytes         36  address, 16 bytes
 *    4  u32 flags
 *   52  then each text that is not empty, in any order: u8 field, u16 length, its bytes.
 * A reader skips fields that it does not know.
 *
 * Stream: u32 length, the record, zero bytes up to a multiple of 8; and so on. */
#ifndef SLIM_RECORD_H
#define SLIM_RECORD_H

#include "bytes.h"
#include "hit.h"
#include "status_code.h"

/* No record is longer. The ceilings of all fields together stay below it. */
#define SLIM_RECORD_MAX 8192

/* The most bytes kept of a field; a longer one is cut and the hit marked SLIM_HIT_TRUNCATED. */
extern const uint16_t slim_field_ceiling[SLIM_FIELDS];

/* Writes a record text by text: httpd's children do that at the end of each request, so these are
 * inline. out has room for SLIM_RECORD_MAX bytes. Nothing fails: texts are cut at their ceilings.
 */
struct slim_record_writer {
    char *out, *at;
    uint32_t written; /* a bit for each field */
    uint32_t flags;   /* SLIM_HIT_TRUNCATED, once a text was cut */
};

#define SLIM_RECORD_FIXED 52

static inline void slim_record_begin(struct slim_record_writer *writer, char *out)
{
    writer->out = out;
    writer->at = out + SLIM_RECORD_FIXED;
    writer->written = 0;
    writer->flags = 0;
}

/* The first text of a field counts, further ones are ignored. */
static inline void slim_record_text(struct slim_record_writer *writer, enum slim_field field,
                                    const char *text, size_t length)
{
    if (length == 0 || (writer->written & 1u << field)) {
        return;
    }
    if (length > slim_field_ceiling[field]) {
        length = slim_field_ceiling[field];
        writer->flags |= SLIM_HIT_TRUNCATED;
    }
    writer->written |= 1u << field;
    writer->at[0] = (char)field;
    slim_put_u16(writer->at + 1, (uint16_t)length);
    memcpy(writer->at + 3, text, length);
    writer->at += 3 + length;
}

/* Writes hit's numbers and address; its texts are not looked at. Returns the record's length. */
static inline size_t slim_record_end(struct slim_record_writer *writer, const struct slim_hit *hit)
{
    char *out = writer->out;

    out[0] = 1;
    out[1] = (char)hit->address_length;
    slim_put_u16(out + 2, hit->status);
    slim_put_u32(out + 4, hit->flags | writer->flags);
    slim_put_u64(out + 8, (uint64_t)hit->time_us);
    slim_put_u64(out + 16, hit->duration_us);
    slim_put_u64(out + 24, hit->bytes);
    slim_put_u16(out + 32, hit->protocol);
    slim_put_u16(out + 34, 0);
    memcpy(out + 36, hit->address, sizeof hit->address);
    return (size_t)(writer->at - out);
}

/* Reads a record of length bytes. The hit's texts point into bytes. SLIM_EBADRECORD when a number
 * in it is impossible, or a text does not end within it; hit is then undefined. */
apr_status_t slim_record_decode(const char *bytes, size_t length,
                                struct slim_hit *hit) SLIM_MUST_CHECK;

/* Bytes that a record of length takes in a stream. */
static inline size_t slim_record_span(size_t length)
{
    return (4 + length + 7) & ~(size_t)7;
}

/* Takes the next record off a stream: *stream moves behind it, *record is its bytes.
 * APR_EOF at the end, SLIM_EBADRECORD when what is there cannot be a record. */
apr_status_t slim_record_next(struct slim_text *stream, struct slim_text *record) SLIM_MUST_CHECK;

#endif
