/* A hit as bytes. Pure functions: no allocation, no I/O, no clock. */
#include "record.h"

#include "fetch.h"

#define RECORD_VERSION 2

_Static_assert(SLIM_FIELDS <= 32, "the writer has a bit for each field");

const uint16_t slim_field_ceiling[SLIM_FIELDS] = {
    [SLIM_SITE] = 255,
    [SLIM_METHOD] = 32,
    [SLIM_URI] = 2048,
    [SLIM_REFERER] = 2048,
    [SLIM_AGENT] = 1024,
    [SLIM_LANGUAGE] = 128,
    [SLIM_TYPE] = 128,
    [SLIM_CH_UA] = 512,
    [SLIM_CH_VERSIONS] = 512,
    [SLIM_CH_PLATFORM] = 64,
    [SLIM_CH_PLATFORM_VERSION] = 64,
    [SLIM_CH_MODEL] = 128,
    [SLIM_TLS_VERSION] = 16,
    [SLIM_PAGE_NAME] = 256,
    [SLIM_TITLE] = 128,
    [SLIM_DIMENSION_1] = 64,
    [SLIM_DIMENSION_2] = 64,
    [SLIM_DIMENSION_3] = 64,
    [SLIM_DIMENSION_4] = 64,
    [SLIM_PAGE_SECTIONS] = 32,
};

/* --- texts that are one byte --- */

#define SHORT(text)                                                                                \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

static const struct slim_text methods[] = {
    SHORT(""),
    [SLIM_SHORT_GET] = SHORT("GET"),
    [SLIM_SHORT_POST] = SHORT("POST"),
    [SLIM_SHORT_HEAD] = SHORT("HEAD"),
    [SLIM_SHORT_OPTIONS] = SHORT("OPTIONS"),
    [SLIM_SHORT_PUT] = SHORT("PUT"),
    [SLIM_SHORT_DELETE] = SHORT("DELETE"),
    [SLIM_SHORT_PATCH] = SHORT("PATCH"),
    [SLIM_SHORT_PROPFIND] = SHORT("PROPFIND"),
};

/* With the quotes that browsers send. */
static const struct slim_text platforms[] = {
    SHORT(""),          SHORT("\"Windows\""), SHORT("\"Android\""),   SHORT("\"macOS\""),
    SHORT("\"Linux\""), SHORT("\"iOS\""),     SHORT("\"Chrome OS\""), SHORT("\"Chromium OS\""),
    SHORT("\"\""),      SHORT("\"Unknown\""),
};

struct list {
    const struct slim_text *text;
    unsigned count;
};

static struct list short_texts(enum slim_field field)
{
    return field == SLIM_METHOD ? (struct list){methods, sizeof methods / sizeof methods[0]}
                                : (struct list){platforms, sizeof platforms / sizeof platforms[0]};
}

struct slim_text slim_short_text(enum slim_field field, unsigned code)
{
    struct list list = short_texts(field);

    return code > 0 && code < list.count ? list.text[code] : (struct slim_text){NULL, 0};
}

uint8_t slim_short_of(enum slim_field field, struct slim_text text)
{
    struct list list = short_texts(field);

    for (unsigned i = 1; i < list.count; i++) {
        if (list.text[i].length == text.length
            && memcmp(list.text[i].at, text.at, text.length) == 0) {
            return (uint8_t)i;
        }
    }
    return 0;
}

/* --- reading --- */

static int address_length_is_possible(unsigned length)
{
    return length == 0 || length == 4 || length == 16;
}

int slim_record_numbers(const char *bytes, struct slim_hit *hit)
{
    hit->address_length = (uint8_t)bytes[1];
    hit->status = slim_get_u16(bytes + 2);
    hit->flags = slim_get_u32(bytes + 4);
    hit->time_us = (int64_t)slim_get_u64(bytes + 8);
    hit->duration_us = slim_get_u64(bytes + 16);
    hit->bytes = slim_get_u64(bytes + 24);
    hit->protocol = slim_get_u16(bytes + 32);
    return address_length_is_possible(hit->address_length) && hit->time_us >= 0
           && hit->time_us <= SLIM_TIME_MAX;
}

apr_status_t slim_record_next_text(struct slim_text *bytes, unsigned *field, struct slim_text *text)
{
    if (bytes->length == 0) {
        return APR_EOF;
    }
    if (bytes->length < 3) {
        return SLIM_EBADRECORD;
    }
    size_t length = slim_get_u16(bytes->at + 1);
    if (length > bytes->length - 3) {
        return SLIM_EBADRECORD;
    }
    *field = (unsigned char)bytes->at[0];
    *text = (struct slim_text){bytes->at + 3, length};
    bytes->at += 3 + length;
    bytes->length -= 3 + length;
    return APR_SUCCESS;
}

/* Texts up to the end; a field that comes twice or is too long is no work of ours. */
static apr_status_t decode_texts(struct slim_text bytes, struct slim_hit *hit)
{
    struct slim_text text;
    apr_status_t rv;
    unsigned field;

    while ((rv = slim_record_next_text(&bytes, &field, &text)) == APR_SUCCESS) {
        if (field >= SLIM_FIELDS) {
            continue;
        }
        if (text.length > slim_field_ceiling[field] || hit->field[field].at) {
            return SLIM_EBADRECORD;
        }
        hit->field[field] = text;
    }
    return rv == APR_EOF ? APR_SUCCESS : rv;
}

static uint8_t known_code(char byte, unsigned codes, unsigned other)
{
    unsigned code = (unsigned char)byte;

    return (uint8_t)(code < codes ? code : other);
}

static apr_status_t decode_2(const char *bytes, size_t length, struct slim_hit *hit)
{
    if (length < SLIM_RECORD_FIXED || !slim_record_numbers(bytes, hit)) {
        return SLIM_EBADRECORD;
    }
    hit->dest = known_code(bytes[36], SLIM_DESTS, SLIM_DEST_OTHER);
    hit->mode = known_code(bytes[37], SLIM_MODES, SLIM_MODE_OTHER);
    hit->fetch_site = known_code(bytes[38], SLIM_FETCH_SITES, SLIM_FETCH_SITE_OTHER);
    hit->purpose = known_code(bytes[39], SLIM_PURPOSES, SLIM_PURPOSE_OTHER);
    memcpy(hit->address, bytes + 40, sizeof hit->address);
    memset(hit->field, 0, sizeof hit->field);
    hit->field[SLIM_METHOD] = slim_short_text(SLIM_METHOD, (unsigned char)bytes[34]);
    hit->field[SLIM_CH_PLATFORM] = slim_short_text(SLIM_CH_PLATFORM, (unsigned char)bytes[35]);
    return decode_texts((struct slim_text){bytes + SLIM_RECORD_FIXED, length - SLIM_RECORD_FIXED},
                        hit);
}

apr_status_t slim_record_decode(const char *bytes, size_t length, struct slim_hit *hit)
{
    if (length == 0) {
        return SLIM_EBADRECORD;
    }
    switch (bytes[0]) {
    case 1: return slim_record_decode_1(bytes, length, hit);
    case RECORD_VERSION: return decode_2(bytes, length, hit);
    default: return SLIM_EBADRECORD;
    }
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
