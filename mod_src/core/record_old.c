/* Records of version 1, which ring and journal may still hold after an update. All numbers
 * little-endian:
 *    0  u8  version          8  i64 time_us       32  u16 protocol
 *    1  u8  address length  16  u64 duration_us   34  u16 zero
 *    2  u16 status          24  u64 bytes         36  address, 16 bytes
 *    4  u32 flags
 *   52  then each text that is not empty: u8 field, u16 length, its bytes.
 * Fetch metadata were texts. Nothing of Accept was kept, nor of Content-Disposition. */
#include "fetch.h"
#include "record.h"

/* The fields of version 1 by their numbers: where each went, and the most it could have. */
enum { TO_FETCH_SITE = SLIM_FIELDS, TO_MODE, TO_DEST, TO_PURPOSE };

static const struct {
    uint8_t to; /* enum slim_field, or a code */
    uint16_t ceiling;
} fields[] = {
    {SLIM_SITE, 255},        {SLIM_METHOD, 32},      {SLIM_URI, 2048},
    {SLIM_REFERER, 2048},    {SLIM_AGENT, 1024},     {SLIM_LANGUAGE, 128},
    {SLIM_TYPE, 128},        {TO_FETCH_SITE, 32},    {TO_MODE, 32},
    {TO_DEST, 32},           {TO_PURPOSE, 64},       {SLIM_CH_UA, 512},
    {SLIM_CH_VERSIONS, 512}, {SLIM_CH_PLATFORM, 64}, {SLIM_CH_PLATFORM_VERSION, 64},
    {SLIM_CH_MODEL, 128},    {SLIM_TLS_VERSION, 16},
};

#define FIELDS (sizeof fields / sizeof fields[0])

static void put(struct slim_hit *hit, unsigned to, struct slim_text text)
{
    switch (to) {
    case TO_FETCH_SITE: hit->fetch_site = slim_fetch_site_of(text.at, text.length); break;
    case TO_MODE: hit->mode = slim_mode_of(text.at, text.length); break;
    case TO_DEST: hit->dest = slim_dest_of(text.at, text.length); break;
    case TO_PURPOSE: hit->purpose = slim_purpose_of(text.at, text.length); break;
    default: hit->field[to] = text; break;
    }
}

static apr_status_t decode_texts(struct slim_text bytes, struct slim_hit *hit)
{
    uint32_t seen = 0;
    struct slim_text text;
    apr_status_t rv;
    unsigned field;

    while ((rv = slim_record_next_text(&bytes, &field, &text)) == APR_SUCCESS) {
        if (field >= FIELDS) {
            continue;
        }
        if (text.length > fields[field].ceiling || (seen & 1u << field)) {
            return SLIM_EBADRECORD;
        }
        seen |= 1u << field;
        put(hit, fields[field].to, text);
    }
    return rv == APR_EOF ? APR_SUCCESS : rv;
}

apr_status_t slim_record_decode_1(const char *bytes, size_t length, struct slim_hit *hit)
{
    if (length < SLIM_RECORD_FIXED_1 || !slim_record_numbers(bytes, hit)) {
        return SLIM_EBADRECORD;
    }
    hit->dest = hit->mode = hit->fetch_site = hit->purpose = 0;
    hit->flags &= SLIM_HIT_FLAGS_KEPT;
    memcpy(hit->address, bytes + 36, sizeof hit->address);
    memset(hit->field, 0, sizeof hit->field);
    return decode_texts((struct slim_text){bytes + SLIM_RECORD_FIXED_1,
                                           length - SLIM_RECORD_FIXED_1},
                        hit);
}
