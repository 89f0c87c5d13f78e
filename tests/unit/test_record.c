/* A hit as bytes, and streams of such records: what is written is read, what is not is refused. */
#include "unit.h"

#include "core/bytes.h"
#include "core/fetch.h"
#include "core/record.h"
#include "encoded_hit.h"
#include "noise.h"

static struct slim_hit sample_hit(void)
{
    struct slim_hit hit = {.time_us = INT64_C(1610943705123456),
                           .duration_us = 4321,
                           .bytes = UINT64_C(9876543210),
                           .flags = SLIM_HIT_TLS | SLIM_HIT_DNT,
                           .status = 304,
                           .protocol = 1001,
                           .address = {0x20, 0x01, 0x0d, 0xb8, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 1, 2},
                           .address_length = 16,
                           .dest = SLIM_DEST_DOCUMENT,
                           .mode = SLIM_MODE_NAVIGATE,
                           .fetch_site = SLIM_FETCH_SITE_SAME_SITE,
                           .purpose = SLIM_PURPOSE_PREFETCH};
    static const char *const texts[SLIM_FIELDS] = {
        "example.org", "GET",         "/a?b=c",    "https://example.com/\xff\n",
        "Agent/1",     "en-us",       "text/html", "\"X\"",
        "\"X 1\"",     "\"Linux\"",   "6.1",       "Phone",
        "TLSv1.3",     "Shop: lamps", "Lamps",     "one",
        "two",         "three",       "four",      "\1\2\3\4"};

    for (int i = 0; i < SLIM_FIELDS; i++) {
        hit.field[i] = text_of(texts[i]);
    }
    return hit;
}

static void assert_same_hit(const struct slim_hit *a, const struct slim_hit *b)
{
    assert_int_equal(a->time_us, b->time_us);
    assert_int_equal(a->duration_us, b->duration_us);
    assert_int_equal(a->bytes, b->bytes);
    assert_int_equal(a->flags, b->flags);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->protocol, b->protocol);
    assert_int_equal(a->address_length, b->address_length);
    assert_int_equal(a->dest, b->dest);
    assert_int_equal(a->mode, b->mode);
    assert_int_equal(a->fetch_site, b->fetch_site);
    assert_int_equal(a->purpose, b->purpose);
    assert_memory_equal(a->address, b->address, sizeof a->address);
    for (int i = 0; i < SLIM_FIELDS; i++) {
        assert_int_equal(a->field[i].length, b->field[i].length);
        if (a->field[i].length > 0) {
            assert_memory_equal(a->field[i].at, b->field[i].at, a->field[i].length);
        }
    }
}

/* Decodes bytes from a block of exactly their length, so that a sanitizer sees a read behind it. */
static apr_status_t decode_exactly(const char *bytes, size_t length)
{
    char *copy = malloc(length ? length : 1);
    struct slim_hit hit;

    assert_non_null(copy);
    memcpy(copy, bytes, length);
    apr_status_t rv = slim_record_decode(copy, length, &hit);
    if (rv == APR_SUCCESS) {
        assert_in_range(hit.time_us, 0, SLIM_TIME_MAX);
        for (int i = 0; i < SLIM_FIELDS; i++) {
            const struct slim_text *field = &hit.field[i];
            assert_in_range(field->length, 0, slim_field_ceiling[i]);
            int is_short = slim_short_of((enum slim_field)i, *field) > 0
                           && (i == SLIM_METHOD || i == SLIM_CH_PLATFORM);
            if (field->length > 0 && !is_short) {
                assert_true(field->at >= copy && field->at + field->length <= copy + length);
            }
        }
    }
    free(copy);
    return rv;
}

static void decoded_is_what_was_encoded(void **state)
{
    char bytes[SLIM_RECORD_MAX];
    struct slim_hit hit = sample_hit(), back, empty = {.time_us = 0};

    (void)state;
    size_t length = encode_hit(&hit, bytes);
    assert_int_equal(APR_SUCCESS, slim_record_decode(bytes, length, &back));
    assert_same_hit(&hit, &back);

    length = encode_hit(&empty, bytes);
    assert_int_equal(SLIM_RECORD_FIXED, length);
    assert_int_equal(APR_SUCCESS, slim_record_decode(bytes, length, &back));
    assert_same_hit(&empty, &back);
}

/* A later version may have more of them. */
static void codes_that_are_not_known_are_other_ones(void **state)
{
    char bytes[SLIM_RECORD_MAX];
    struct slim_hit hit = {.status = 200}, back;
    size_t length = encode_hit(&hit, bytes);

    (void)state;
    memset(bytes + 34, 0xee, 6);
    assert_int_equal(APR_SUCCESS, slim_record_decode(bytes, length, &back));
    assert_int_equal(0, back.field[SLIM_METHOD].length);
    assert_int_equal(0, back.field[SLIM_CH_PLATFORM].length);
    assert_int_equal(SLIM_DEST_OTHER, back.dest);
    assert_int_equal(SLIM_MODE_OTHER, back.mode);
    assert_int_equal(SLIM_FETCH_SITE_OTHER, back.fetch_site);
    assert_int_equal(SLIM_PURPOSE_OTHER, back.purpose);
}

/* What a module of before the update left in ring and journal, byte by byte. */
static const char version_1[] =
    "\x01\x04\xce\x00\x81\x00\x00\x00\x00\xa0\x40\x3d\xce\x49\x06\x00"
    "\xdc\x05\x00\x00\x00\x00\x00\x00\xd2\x04\x00\x00\x00\x00\x00\x00"
    "\xe9\x03\x00\x00\xc0\x00\x02\x01\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00"
    "\x00\x0f\x00www.example.org\x01\x04\x00POST\x02\x06\x00/a?b=c"
    "\x06\x09\x00text/html\x07\x09\x00same-site\x08\x08\x00navigate\x09\x08\x00"
    "document\x0a\x12\x00prefetch;prerender\x0b\x03\x00\"X\"\x0d\x09\x00\"Windows\""
    "\x10\x07\x00TLSv1.3\x11\x02\x00??";

/* fault F63 */
static void records_of_version_1_are_read(void **state)
{
    static const char agent[] = {4, 1, 4}; /* a User-Agent of 1025 bytes: one more than was kept */
    char bytes[SLIM_RECORD_MAX];
    struct slim_hit hit;
    size_t length = sizeof version_1 - 1;

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_record_decode(version_1, length, &hit));
    assert_int_equal(206, hit.status);
    assert_int_equal(SLIM_HIT_TLS | SLIM_HIT_FROM_START, hit.flags);
    assert_int_equal(1234, hit.bytes);
    assert_int_equal(1500, hit.duration_us);
    assert_int_equal(1001, hit.protocol);
    assert_int_equal(4, hit.address_length);
    assert_memory_equal("\xc0\x00\x02\x01", hit.address, 4);
    assert_string_equal("www.example.org", string_of(hit.field[SLIM_SITE]));
    assert_string_equal("POST", string_of(hit.field[SLIM_METHOD]));
    assert_string_equal("/a?b=c", string_of(hit.field[SLIM_URI]));
    assert_string_equal("text/html", string_of(hit.field[SLIM_TYPE]));
    assert_string_equal("\"X\"", string_of(hit.field[SLIM_CH_UA]));
    assert_string_equal("\"Windows\"", string_of(hit.field[SLIM_CH_PLATFORM]));
    assert_string_equal("TLSv1.3", string_of(hit.field[SLIM_TLS_VERSION]));
    assert_int_equal(SLIM_FETCH_SITE_SAME_SITE, hit.fetch_site);
    assert_int_equal(SLIM_MODE_NAVIGATE, hit.mode);
    assert_int_equal(SLIM_DEST_DOCUMENT, hit.dest);
    assert_int_equal(SLIM_PURPOSE_PRERENDER, hit.purpose);
    assert_int_equal(0, hit.field[SLIM_PAGE_NAME].length);

    for (size_t cut = 0; cut <= length; cut++) {
        (void)decode_exactly(version_1, cut);
    }
    memcpy(bytes, version_1, length);
    memcpy(bytes + length, agent, 3);
    memset(bytes + length + 3, 'a', 1025);
    assert_int_equal(SLIM_EBADRECORD, decode_exactly(bytes, length + 3 + 1025));
    bytes[length + 1] = 0;
    assert_int_equal(APR_SUCCESS, decode_exactly(bytes, length + 3 + 1024));
    bytes[1] = 5;
    assert_int_equal(SLIM_EBADRECORD, decode_exactly(bytes, length));
}

static void fields_at_their_ceiling_are_kept_whole(void **state)
{
    static char texts[SLIM_FIELDS][4096];
    char bytes[SLIM_RECORD_MAX];
    struct slim_hit hit = sample_hit(), back;

    (void)state;
    for (int i = 0; i < SLIM_FIELDS; i++) {
        noise_fill(texts[i], sizeof texts[i]);
        hit.field[i] = (struct slim_text){texts[i], slim_field_ceiling[i]};
    }
    size_t length = encode_hit(&hit, bytes);
    assert_true(length <= SLIM_RECORD_MAX);
    assert_int_equal(APR_SUCCESS, slim_record_decode(bytes, length, &back));
    assert_same_hit(&hit, &back);
}

static void longer_fields_are_cut_and_marked(void **state)
{
    char bytes[SLIM_RECORD_MAX], *text = apr_pcalloc(pool, 1 << 20);
    struct slim_hit back;

    (void)state;
    noise_fill(text, 1 << 20);
    for (int i = 0; i < SLIM_FIELDS; i++) {
        struct slim_hit hit = sample_hit();
        hit.field[i] = (struct slim_text){text, i % 2 ? 1 << 20 : slim_field_ceiling[i] + 1u};
        size_t length = encode_hit(&hit, bytes);
        assert_int_equal(APR_SUCCESS, slim_record_decode(bytes, length, &back));
        hit.field[i].length = slim_field_ceiling[i];
        hit.flags |= SLIM_HIT_TRUNCATED;
        assert_same_hit(&hit, &back);
    }
}

static void a_field_is_written_once(void **state)
{
    char bytes[SLIM_RECORD_MAX];
    struct slim_hit hit = {.status = 200}, back;
    struct slim_record_writer writer;

    (void)state;
    slim_record_begin(&writer, bytes);
    slim_record_text(&writer, SLIM_METHOD, NULL, 0); /* nothing does not count as a text */
    slim_record_text(&writer, SLIM_METHOD, "GET", 3);
    slim_record_text(&writer, SLIM_METHOD, "POST", 4);
    slim_record_text(&writer, SLIM_SITE, "x", 1);
    size_t length = slim_record_end(&writer, &hit);
    hit.field[SLIM_METHOD] = text_of("GET");
    hit.field[SLIM_SITE] = text_of("x");
    assert_int_equal(APR_SUCCESS, slim_record_decode(bytes, length, &back));
    assert_same_hit(&hit, &back);
}

static int is_short(const struct slim_hit *hit, int field)
{
    return (field == SLIM_METHOD || field == SLIM_CH_PLATFORM)
           && slim_short_of((enum slim_field)field, hit->field[field]) > 0;
}

static void a_record_that_ended_takes_more_texts(void **state)
{
    char bytes[SLIM_RECORD_MAX], title[400];
    struct slim_hit hit = sample_hit(), back;
    struct slim_record_writer writer;

    (void)state;
    hit.field[SLIM_TITLE] = hit.field[SLIM_PAGE_SECTIONS] = (struct slim_text){NULL, 0};
    size_t length = encode_hit(&hit, bytes);
    slim_record_resume(&writer, bytes, length);
    assert_int_equal(length, slim_record_end_again(&writer));
    slim_record_text(&writer, SLIM_PAGE_SECTIONS, "\1\2\3\4", 4);
    length = slim_record_end_again(&writer);
    hit.field[SLIM_PAGE_SECTIONS] = text_of("\1\2\3\4");
    assert_int_equal(APR_SUCCESS, slim_record_decode(bytes, length, &back));
    assert_same_hit(&hit, &back);

    memset(title, 't', sizeof title);
    slim_record_resume(&writer, bytes, length);
    slim_record_text(&writer, SLIM_TITLE, title, sizeof title);
    assert_int_equal(APR_SUCCESS, slim_record_decode(bytes, slim_record_end_again(&writer), &back));
    hit.field[SLIM_TITLE] = (struct slim_text){title, slim_field_ceiling[SLIM_TITLE]};
    hit.flags |= SLIM_HIT_TRUNCATED;
    assert_same_hit(&hit, &back);
}

/* Between two texts the record of an earlier version could end; anywhere else it cannot. */
static void every_truncation_is_refused_or_has_the_texts_before_it(void **state)
{
    char bytes[SLIM_RECORD_MAX];
    struct slim_hit hit = sample_hit(), fewer = hit;
    size_t length = encode_hit(&hit, bytes), end = SLIM_RECORD_FIXED;
    int texts = 0;

    (void)state;
    for (int i = 0; i < SLIM_FIELDS; i++) {
        if (!is_short(&hit, i)) {
            fewer.field[i] = (struct slim_text){NULL, 0};
        }
    }
    for (size_t cut = 0; cut <= length; cut++) {
        struct slim_hit back;
        if (cut != end) {
            assert_int_equal(SLIM_EBADRECORD, decode_exactly(bytes, cut));
            continue;
        }
        assert_int_equal(APR_SUCCESS, decode_exactly(bytes, cut));
        assert_int_equal(APR_SUCCESS, slim_record_decode(bytes, cut, &back));
        assert_same_hit(&fewer, &back);
        while (texts < SLIM_FIELDS && is_short(&hit, texts)) {
            texts++;
        }
        if (texts < SLIM_FIELDS) {
            fewer.field[texts] = hit.field[texts];
            end += 3 + hit.field[texts++].length;
        }
    }
    assert_int_equal(SLIM_FIELDS, texts);
    assert_int_equal(end, length);
}

static void impossible_numbers_are_refused(void **state)
{
    static const struct {
        size_t at;
        int size;
        uint64_t value;
        int good;
    } cases[] = {
        {0, 1, 0, 0},
        {0, 1, 3, 0},
        {0, 1, 255, 0},
        {1, 1, 0, 1},
        {1, 1, 1, 0},
        {1, 1, 4, 1},
        {1, 1, 5, 0},
        {1, 1, 17, 0},
        {1, 1, 255, 0},
        {8, 8, UINT64_MAX, 0},
        {8, 8, (uint64_t)INT64_MIN, 0},
        {8, 8, SLIM_TIME_MAX, 1},
        {8, 8, (uint64_t)SLIM_TIME_MAX + 1, 0},
        {16, 8, UINT64_MAX, 1},
        {24, 8, UINT64_MAX, 1},
        {34, 1, 255, 1},
        {36, 1, 255, 1},
        {39, 1, 255, 1},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        char bytes[SLIM_RECORD_MAX], value[8];
        struct slim_hit hit = sample_hit();
        size_t length = encode_hit(&hit, bytes);

        slim_put_u64(value, cases[i].value);
        memcpy(bytes + cases[i].at, value, (size_t)cases[i].size);
        apr_status_t rv = decode_exactly(bytes, length);
        if ((rv == APR_SUCCESS) != cases[i].good) {
            fail_msg("case %zu: status %d", i, rv);
        }
    }
}

#define THIRTY_TWO "0123456789abcdef0123456789ABCDEF"

/* What stands behind the numbers: texts, and fields that only a later version knows. */
static void texts_that_cannot_be_ours_are_refused(void **state)
{
    static const struct {
        struct slim_text bytes;
        const char *method; /* NULL: refused */
    } cases[] = {
        {{"", 0}, ""},
        {{"\x01", 1}, NULL},
        {{"\x01\x00", 2}, NULL},
        {{"\x01\x00\x00", 3}, ""},
        {{"\x01\x03\x00GET", 6}, "GET"},
        {{"\x01\x03\x00GE", 5}, NULL},
        {{"\x01\x03\x00GETx", 7}, NULL},
        {{"\x01\xff\xffGET", 6}, NULL},
        {{"\x01\x01\x00G\x01\x01\x00P", 8}, NULL},
        {{"\x01\x00\x00\x01\x01\x00P", 7}, NULL},
        {{"\x01\x20\x00" THIRTY_TWO, 35}, THIRTY_TWO},
        {{"\x01\x21\x00" THIRTY_TWO "x", 36}, NULL},
        {{"\x10\x02\x00??\x01\x03\x00GET", 11}, "GET"},
        {{"\xff\x02\x00??\xff\x00\x00\x01\x03\x00GET", 14}, "GET"},
        {{"\x10\x04\x00???", 6}, NULL},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        char bytes[SLIM_RECORD_MAX];
        struct slim_hit hit = {.status = 200}, back;
        size_t length = encode_hit(&hit, bytes);

        memcpy(bytes + length, cases[i].bytes.at, cases[i].bytes.length);
        length += cases[i].bytes.length;
        apr_status_t rv = decode_exactly(bytes, length);
        if (rv != (cases[i].method ? APR_SUCCESS : SLIM_EBADRECORD)) {
            fail_msg("case %zu: status %d", i, rv);
        }
        if (cases[i].method) {
            assert_int_equal(APR_SUCCESS, slim_record_decode(bytes, length, &back));
            assert_string_equal(cases[i].method, string_of(back.field[SLIM_METHOD]));
        }
    }
}

static void mutated_bytes_never_lead_outside(void **state)
{
    char bytes[SLIM_RECORD_MAX];
    struct slim_hit hit = sample_hit();

    (void)state;
    size_t length = encode_hit(&hit, bytes);
    for (size_t i = 0; i < length; i++) {
        char kept = bytes[i];
        for (int value = 0; value < 256; value++) {
            bytes[i] = (char)value;
            (void)decode_exactly(bytes, length);
        }
        bytes[i] = kept;
    }
    for (int round = 0; round < 20000; round++) {
        char noisy[512];
        size_t some = noise_below(sizeof noisy);
        noise_fill(noisy, sizeof noisy);
        noisy[0] = (char)(1 + noise_below(2));
        noisy[1] = (char)(4 * noise_below(2));
        memset(noisy + 8, 0, 8);
        (void)decode_exactly(noisy, some);
    }
}

/* --- streams --- */

static size_t add_to_stream(char *stream, size_t at, const char *record, size_t length)
{
    slim_put_u32(stream + at, (uint32_t)length);
    memcpy(stream + at + 4, record, length);
    memset(stream + at + 4 + length, 0, slim_record_span(length) - 4 - length);
    return at + slim_record_span(length);
}

static void span_is_the_next_multiple_of_eight(void **state)
{
    (void)state;
    for (size_t length = 0; length <= SLIM_RECORD_MAX; length++) {
        size_t span = slim_record_span(length);
        assert_true(span % 8 == 0 && span >= length + 4 && span < length + 12);
    }
}

static void stream_gives_its_records_one_by_one(void **state)
{
    static const size_t lengths[] = {1, 3, 4, 5, 8, 12, 88, SLIM_RECORD_MAX, 7};
    static char bytes[SLIM_RECORD_MAX + LENGTH_OF(lengths)], stream[2 * SLIM_RECORD_MAX];
    size_t used = 0;

    (void)state;
    noise_fill(bytes, sizeof bytes);
    for (size_t i = 0; i < LENGTH_OF(lengths); i++) {
        used = add_to_stream(stream, used, bytes + i, lengths[i]);
    }
    struct slim_text rest = {stream, used}, record;
    for (size_t i = 0; i < LENGTH_OF(lengths); i++) {
        assert_int_equal(APR_SUCCESS, slim_record_next(&rest, &record));
        assert_int_equal(lengths[i], record.length);
        assert_memory_equal(bytes + i, record.at, record.length);
    }
    assert_int_equal(APR_EOF, slim_record_next(&rest, &record));
}

static void damaged_streams_are_refused(void **state)
{
    static const struct {
        uint32_t length;
        size_t size;
        apr_status_t status;
    } cases[] = {
        {0, 64, SLIM_EBADRECORD},
        {1, 8, APR_SUCCESS},
        {4, 8, APR_SUCCESS},
        {5, 8, SLIM_EBADRECORD},
        {5, 15, SLIM_EBADRECORD},
        {5, 16, APR_SUCCESS},
        {5, 3, SLIM_EBADRECORD},
        {5, 0, APR_EOF},
        {SLIM_RECORD_MAX, 9000, APR_SUCCESS},
        {SLIM_RECORD_MAX + 1, 9000, SLIM_EBADRECORD},
        {0x7fffffff, 9000, SLIM_EBADRECORD},
        {0xfffffff8, 9000, SLIM_EBADRECORD},
        {0xffffffff, 9000, SLIM_EBADRECORD},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        char *bytes = calloc(1, cases[i].size ? cases[i].size : 1), length[4];
        struct slim_text stream = {bytes, cases[i].size}, before = stream, record;

        assert_non_null(bytes);
        slim_put_u32(length, cases[i].length);
        memcpy(bytes, length, cases[i].size < 4 ? cases[i].size : 4);
        assert_int_equal(cases[i].status, slim_record_next(&stream, &record));
        if (cases[i].status != APR_SUCCESS) {
            assert_ptr_equal(before.at, stream.at);
            assert_int_equal(before.length, stream.length);
        }
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoded_is_what_was_encoded),
        cmocka_unit_test(codes_that_are_not_known_are_other_ones),
        cmocka_unit_test(records_of_version_1_are_read),
        cmocka_unit_test(fields_at_their_ceiling_are_kept_whole),
        cmocka_unit_test(longer_fields_are_cut_and_marked),
        cmocka_unit_test(a_field_is_written_once),
        cmocka_unit_test(every_truncation_is_refused_or_has_the_texts_before_it),
        cmocka_unit_test(impossible_numbers_are_refused),
        cmocka_unit_test(texts_that_cannot_be_ours_are_refused),
        cmocka_unit_test(mutated_bytes_never_lead_outside),
        cmocka_unit_test(a_record_that_ended_takes_more_texts),
        cmocka_unit_test(span_is_the_next_multiple_of_eight),
        cmocka_unit_test(stream_gives_its_records_one_by_one),
        cmocka_unit_test(damaged_streams_are_refused),
    };

    return RUN_UNIT(tests);
}
