/* A journal of three segments, damaged: reading goes forward and comes to an end, and no more is
 * read and missed than was there; what is appended afterwards is read. The input: changes of 12
 * bytes, {u8 which segment, u8 how, u16 where, u64 what}. */
#include "fuzz.h"

#include "core/bytes.h"
#include "core/crc32c.h"
#include "core/journal_format.h"

#define SEGMENTS 3u
#define FRAMES 5u
#define RECORDS 3u /* a frame */
#define FRAME_SIZE (FRAME_HEADER + 16 * RECORDS)
#define SEGMENT_SIZE (SEGMENT_HEADER + FRAMES * FRAME_SIZE)

static const struct slim_journal_identity identity = {.journal = "a journal's own"};
static const char identity_text[] =
    "slimstats journal 1\njournal 61206a6f75726e616c2773206f776e00\n"
    "store 00000000000000000000000000000000\n";
static const char payload[16 * RECORDS];

struct segment {
    char bytes[SEGMENT_SIZE];
    size_t size; /* 0: it is gone */
};

static void make_segment(struct segment *segment, uint64_t number)
{
    uint64_t first = number * FRAMES * RECORDS;
    struct segment_header header = {.segment = number + 1, .first_record = first};

    memcpy(header.journal, identity.journal, SLIM_UUID_LENGTH);
    slim_segment_header_put(&header, segment->bytes);
    for (uint64_t i = 0; i < FRAMES; i++, first += RECORDS) {
        const struct slim_frame frame = {.type = SLIM_FRAME_HITS,
                                         .records = RECORDS,
                                         .to = 16 * (first + RECORDS),
                                         .first_record = first,
                                         .payload = {payload, sizeof payload}};
        slim_frame_put(&frame, slim_frame_seed(identity.journal),
                       segment->bytes + SEGMENT_HEADER + i * FRAME_SIZE);
    }
    segment->size = SEGMENT_SIZE;
}

/* A number that is another one, with checksums that are right: what no accident makes. */
static void forge(char *bytes, size_t at, uint64_t what)
{
    slim_put_u64(bytes + (at < SEGMENT_SIZE - 8 ? at : 0), what);
    slim_put_u32(bytes + 12, slim_crc32c(0, bytes + 16, SEGMENT_HEADER - 16));
    for (char *f = bytes + SEGMENT_HEADER; f < bytes + SEGMENT_SIZE; f += FRAME_SIZE) {
        slim_put_u32(f + 8,
                     slim_crc32c(slim_frame_seed(identity.journal), f + 12, FRAME_SIZE - 12));
    }
}

/* 1 when it was a forgery. */
static int change(struct segment *segment, const char *input)
{
    size_t at = slim_get_u16(input + 2) % SEGMENT_SIZE, room = SEGMENT_SIZE - at;
    uint64_t what = slim_get_u64(input + 4);
    size_t length = what % 256 < room ? what % 256 : room;

    switch ((unsigned char)input[1] % 5) {
    case 0: forge(segment->bytes, at, what); return 1;
    case 1: memset(segment->bytes + at, (int)(what >> 8 & 0xff), length); break;
    case 2: segment->size = at < segment->size ? at : segment->size; break;
    case 3: segment->size = 0; break;
    default: memmove(segment->bytes + at, segment->bytes + what % (SEGMENT_SIZE - length), length);
    }
    return 0;
}

static int make_journal(const char *directory, const uint8_t *data, size_t size)
{
    static struct segment segments[SEGMENTS];
    char name[SEGMENT_NAME_SIZE];
    int forged = 0;

    for (unsigned i = 0; i < SEGMENTS; i++) {
        make_segment(&segments[i], i);
    }
    for (size_t at = 0; at + 12 <= size; at += 12) {
        forged |= change(&segments[data[at] % SEGMENTS], (const char *)data + at);
    }
    fuzz_put_file(directory, "identity", identity_text, sizeof identity_text - 1);
    for (unsigned i = 0; i < SEGMENTS; i++) {
        snprintf(name, sizeof name, "%016x.journal", i + 1);
        if (segments[i].size > 0) {
            fuzz_put_file(directory, name, segments[i].bytes, segments[i].size);
        }
    }
    return forged;
}

/* How many records were read; *damage: what was not. */
static uint64_t read_journal(const char *directory, struct slim_journal_position from,
                             struct slim_journal_position end, struct slim_journal_damage *damage,
                             apr_pool_t *pool)
{
    struct slim_journal_reader *reader;
    struct slim_frame frame;
    uint64_t records = 0;

    CHECK(slim_journal_reader_open(directory, &identity, &from, &reader, pool) == APR_SUCCESS);
    while (slim_journal_read(reader, &end, &frame) == APR_SUCCESS) {
        struct slim_journal_position at = slim_journal_reader_position(reader);
        CHECK(at.segment > from.segment || (at.segment == from.segment && at.offset > from.offset));
        CHECK(at.segment < end.segment || at.offset <= end.offset);
        CHECK(frame.payload.length == sizeof payload);
        records += frame.records;
        from = at;
    }
    *damage = slim_journal_reader_damage(reader);
    CHECK(damage->bytes <= SEGMENTS * SEGMENT_SIZE);
    return records;
}

static void count_seen(void *baton, const struct slim_frame *frame)
{
    CHECK(frame->type == SLIM_FRAME_HITS && frame->payload.length == sizeof payload);
    ++*(unsigned *)baton;
}

static void append(const char *directory, apr_pool_t *pool)
{
    struct slim_frame frame = {.type = SLIM_FRAME_HITS,
                               .records = RECORDS,
                               .payload = {payload, sizeof payload}};
    struct slim_journal_damage damage;
    struct slim_journal *journal;
    unsigned seen = 0;
    int fresh;

    CHECK(slim_journal_open(directory, 1u << 20, count_seen, &seen, &journal, pool) == APR_SUCCESS);
    struct slim_journal_position from = slim_journal_end(journal);
    CHECK(seen <= SEGMENTS * FRAMES && slim_journal_begin(journal, &fresh) == APR_SUCCESS);
    CHECK(slim_journal_add(journal, &frame) == APR_SUCCESS);
    CHECK(slim_journal_flush(journal) == APR_SUCCESS);
    struct slim_journal_position end = slim_journal_end(journal);
    CHECK(read_journal(directory, from, end, &damage, pool) == RECORDS);
    CHECK(damage.bytes == 0 && damage.records_gone == 0 && damage.records_unreadable == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct slim_journal_position first = {0, 0, 0}, last = {SEGMENTS, UINT64_MAX, 0};
    struct slim_journal_damage damage;
    char directory[FUZZ_PATH];
    apr_pool_t *pool;

    CHECK(apr_pool_create(&pool, fuzz_pool()) == APR_SUCCESS);
    fuzz_make_directory(directory);
    int forged = make_journal(directory, data, size);
    uint64_t records = read_journal(directory, first, last, &damage, pool);
    CHECK(forged
          || records + damage.records_unreadable + damage.records_gone
                 <= SEGMENTS * FRAMES * RECORDS);
    append(directory, pool);
    apr_pool_destroy(pool);
    fuzz_remove_directory(directory);
    return 0;
}
