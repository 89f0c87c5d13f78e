/* A hit as bytes, and the stream of such records that ring and journal carry.
 *
 * Record, version 2, all numbers little-endian:
 *    0  u8  version          8  i64 time_us       34  u8 method          38  u8 Sec-Fetch-Site
 *    1  u8  address length  16  u64 duration_us   35  u8 platform        39  u8 purpose
 *    2  u16 status          24  u64 bytes         36  u8 Sec-Fetch-Dest  40  address, 16 bytes
 *    4  u32 flags           32  u16 protocol      37  u8 Sec-Fetch-Mode
 *   56  then each text that is not empty, in any order: u8 field, u16 length, its bytes.
 * Method and platform are short for the text of a field (slim_short_text), 0: it is none of those,
 * or there is none; the next four are codes of fetch.h. A reader skips fields that it does not
 * know, and reads version 1 as well (record_old.c).
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
    uint32_t written;         /* a bit for each field */
    uint32_t flags;           /* SLIM_HIT_TRUNCATED, once a text was cut */
    uint8_t method, platform; /* short for those fields, which are then not written as texts */
};

#define SLIM_RECORD_FIXED 56
#define SLIM_RECORD_FIXED_1 52 /* of version 1 */

/* The texts that most hits have in a field, which a record has one byte for: GET, POST, …;
 * "Windows", "Android", …. Records count them: new ones go at the end. */
enum slim_short_method {
    SLIM_SHORT_GET = 1,
    SLIM_SHORT_POST,
    SLIM_SHORT_HEAD,
    SLIM_SHORT_OPTIONS,
    SLIM_SHORT_PUT,
    SLIM_SHORT_DELETE,
    SLIM_SHORT_PATCH,
    SLIM_SHORT_PROPFIND
};

/* What a byte stands for in SLIM_METHOD or SLIM_CH_PLATFORM; empty for 0 and for other bytes. */
struct slim_text slim_short_text(enum slim_field field, unsigned code);
/* The byte for a text; 0: there is none. */
uint8_t slim_short_of(enum slim_field field, struct slim_text text);

static inline void slim_record_begin(struct slim_record_writer *writer, char *out)
{
    writer->out = out;
    writer->at = out + SLIM_RECORD_FIXED;
    writer->written = 0;
    writer->flags = 0;
    writer->method = writer->platform = 0;
}

/* Adds flags to a record that is written. */
static inline void slim_record_add_flags(char *record, uint32_t flags)
{
    slim_put_u32(record + 4, slim_get_u32(record + 4) | flags);
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

/* The same for a text that is one byte (slim_short_of); 0 writes nothing. */
static inline void slim_record_short(struct slim_record_writer *writer, enum slim_field field,
                                     uint8_t code)
{
    if (code == 0 || (writer->written & 1u << field)) {
        return;
    }
    writer->written |= 1u << field;
    if (field == SLIM_METHOD) {
        writer->method = code;
    } else {
        writer->platform = code;
    }
}

/* Writes hit's numbers and address; its texts are not looked at. Returns the record's length. */
static inline size_t slim_record_end(struct slim_record_writer *writer, const struct slim_hit *hit)
{
    char *out = writer->out;

    out[0] = 2;
    out[1] = (char)hit->address_length;
    slim_put_u16(out + 2, hit->status);
    slim_put_u32(out + 4, hit->flags | writer->flags);
    slim_put_u64(out + 8, (uint64_t)hit->time_us);
    slim_put_u64(out + 16, hit->duration_us);
    slim_put_u64(out + 24, hit->bytes);
    slim_put_u16(out + 32, hit->protocol);
    out[34] = (char)writer->method;
    out[35] = (char)writer->platform;
    out[36] = (char)hit->dest;
    out[37] = (char)hit->mode;
    out[38] = (char)hit->fetch_site;
    out[39] = (char)hit->purpose;
    memcpy(out + 40, hit->address, sizeof hit->address);
    return (size_t)(writer->at - out);
}

/* Goes on with a record that was ended, for texts of fields that it has not; and ends it again.
 * Returns its length. */
static inline void slim_record_resume(struct slim_record_writer *writer, char *out, size_t length)
{
    slim_record_begin(writer, out);
    writer->at = out + length;
}

static inline size_t slim_record_end_again(const struct slim_record_writer *writer)
{
    slim_put_u32(writer->out + 4, slim_get_u32(writer->out + 4) | writer->flags);
    return (size_t)(writer->at - writer->out);
}

/* Reads a record of length bytes. The hit's texts point into bytes, or to constants.
 * SLIM_EBADRECORD when a number in it is impossible, or a text does not end within it; hit is then
 * undefined. Codes that this version does not know become those of "other". */
apr_status_t slim_record_decode(const char *bytes, size_t length,
                                struct slim_hit *hit) SLIM_MUST_CHECK;

/* The same for a record of version 1 (record_old.c), which slim_record_decode calls. */
apr_status_t slim_record_decode_1(const char *bytes, size_t length,
                                  struct slim_hit *hit) SLIM_MUST_CHECK;

/* The numbers that stand at the same place in both versions. 0: one of them is impossible. */
int slim_record_numbers(const char *bytes, struct slim_hit *hit);

/* Takes the next text off bytes behind the numbers: *field is its number, whatever that is.
 * APR_EOF at the end, SLIM_EBADRECORD when it does not end within them. */
apr_status_t slim_record_next_text(struct slim_text *bytes, unsigned *field,
                                   struct slim_text *text) SLIM_MUST_CHECK;

/* Bytes that a record of length takes in a stream. */
static inline size_t slim_record_span(size_t length)
{
    return (4 + length + 7) & ~(size_t)7;
}

/* Takes the next record off a stream: *stream moves behind it, *record is its bytes.
 * APR_EOF at the end, SLIM_EBADRECORD when what is there cannot be a record. */
apr_status_t slim_record_next(struct slim_text *stream, struct slim_text *record) SLIM_MUST_CHECK;

#endif
