/* A hit as bytes. Pure functions: no allocation, no I/O, no clock. */
#include "record.h"

#define RECORD_VERSION 1

_Static_assert(SLIM_FIELDS <= 32, "the writer has a bit for each field");

const uint16_t slim_field_ceiling[SLIM_FIELDS] = {
    [SLIM_SITE] = 255,        [SLIM_METHOD] = 32,      [SLIM_URI] = 2048,
    [SLIM_REFERER] = 2048,    [SLIM_AGENT] = 1024,     [SLIM_LANGUAGE] = 128,
    [SLIM_TYPE] = 128,        [SLIM_FETCH_SITE] = 32,  [SLIM_FETCH_MODE] = 32,
    [SLIM_FETCH_DEST] = 32,   [SLIM_PURPOSE] = 64,     [SLIM_CH_UA] = 512,
    [SLIM_CH_VERSIONS] = 512, [SLIM_CH_PLATFORM] = 64, [SLIM_CH_PLATFORM_VERSION] = 64,
    [SLIM_CH_MODEL] = 128,    [SLIM_TLS_VERSION] = 16,
};

static int address_length_is_possible(unsigned length)
{
    return length == 0 || length == 4 || length == 16;
}

static int fixed_part_is_possible(const struct slim_hit *hit)
{
    return address_length_is_possible(hit->address_length) && hit->time_us >= 0
           && hit->time_us <= SLIM_TIME_MAX;
}

/* Texts up to the end; a field that comes twice or is too long is no work of ours. */
static apr_status_t decode_texts(const char *bytes, size_t length, struct slim_hit *hit)
{
    memset(hit->field, 0, sizeof hit->field);
    while (length > 0) {
        if (length < 3) {
            return SLIM_EBADRECORD;
        }
        unsigned field = (unsigned char)bytes[0];
        size_t text = slim_get_u16(bytes + 1);
        if (text > length - 3) {
            return SLIM_EBADRECORD;
        }
        if (field < SLIM_FIELDS) {
            if (text > slim_field_ceiling[field] || hit->field[field].at) {
                return SLIM_EBADRECORD;
            }
            hit->field[field] = (struct slim_text){bytes + 3, text};
        }
        bytes += 3 + text;
        length -= 3 + text;
    }
    return APR_SUCCESS;
}

apr_status_t slim_record_decode(const char *bytes, size_t length, struct slim_hit *hit)
{
    if (length < SLIM_RECORD_FIXED || bytes[0] != RECORD_VERSION) {
        return SLIM_EBADRECORD;
    }
    hit->address_length = (uint8_t)bytes[1];
    hit->status = slim_get_u16(bytes + 2);
    hit->flags = slim_get_u32(bytes + 4);
    hit->time_us = (int64_t)slim_get_u64(bytes + 8);
    hit->duration_us = slim_get_u64(bytes + 16);
    hit->bytes = slim_get_u64(bytes + 24);
    hit->protocol = slim_get_u16(bytes + 32);
    memcpy(hit->address, bytes + 36, sizeof hit->address);
    if (!fixed_part_is_possible(hit)) {
        return SLIM_EBADRECORD;
    }
    return decode_texts(bytes + SLIM_RECORD_FIXED, length - SLIM_RECORD_FIXED, hit);
}

apr_status_t slim_record_next(struct slim_text *stream, struct slim_text *record)
{
    if (stream->length == 0) {
        return APR_EOF;
    }
    if (stream->length < 4) {
        return SLIM_EBADRECORD;
    }
    size_t length = slim_get_u32(stream->at);
    if (length == 0 || length > SLIM_RECORD_MAX || slim_record_span(length) > stream->length) {
        return SLIM_EBADRECORD;
    }
    record->at = stream->at + 4;
    record->length = length;
    stream->at += slim_record_span(length);
    stream->length -= slim_record_span(length);
    return APR_SUCCESS;
}
