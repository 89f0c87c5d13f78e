/* A journal in the scratch directory, frames whose records tell their number, and reading them. */
#ifndef SLIM_JOURNAL_WRITER_H
#define SLIM_JOURNAL_WRITER_H

#include "unit.h"

#include <inttypes.h>
#include <sys/stat.h>

#include "core/bytes.h"
#include "core/journal_format.h"

#define LIMIT (64u << 20)
#define SMALL (1u << 20) /* a limit that makes segments of 64 KiB */

static inline void ignore_frame(void *baton, const struct slim_frame *frame)
{
    (void)baton, (void)frame;
}

static inline struct slim_journal *open_journal_with(const char *directory, uint64_t limit,
                                                     slim_journal_seen *seen, void *baton)
{
    struct slim_journal *journal;

    assert_int_equal(APR_SUCCESS, slim_journal_open(directory, limit, seen, baton, &journal, pool));
    return journal;
}

static inline struct slim_journal *open_journal(const char *directory)
{
    return open_journal_with(directory, LIMIT, ignore_frame, NULL);
}

static inline const char *segment_path(const char *directory, uint64_t number, const char *suffix)
{
    char name[SEGMENT_NAME_SIZE];

    snprintf(name, sizeof name, "%016" PRIx64 "%s", number, suffix);
    return apr_pstrcat(pool, directory, "/", name, NULL);
}

/* Of all segments there are, up to last. */
static inline uint64_t bytes_on_disk(const char *directory, uint64_t last)
{
    uint64_t sum = 0;
    struct stat st;

    for (uint64_t i = 1; i <= last; i++) {
        sum += stat(segment_path(directory, i, ".journal"), &st) == 0 ? (uint64_t)st.st_size : 0;
    }
    return sum;
}

/* What opening a journal tells of its end. */
struct seen {
    uint64_t frames, last_to, last_records;
};

static inline void note_seen(void *baton, const struct slim_frame *frame)
{
    struct seen *seen = baton;

    assert_int_equal(SLIM_FRAME_HITS, frame->type);
    assert_true(frame->to > seen->last_to);
    seen->frames++;
    seen->last_to = frame->to;
    seen->last_records = frame->records_before;
}

/* A frame of count records, 8 bytes each, that hold their numbers; payload has room for them. */
static inline struct slim_frame hits_frame(uint64_t first, uint32_t count, char *payload)
{
    for (uint32_t i = 0; i < count; i++) {
        slim_put_u64(payload + 8 * i, first + i);
    }
    return (struct slim_frame){.type = SLIM_FRAME_HITS,
                               .records = count,
                               .slot = 3,
                               .epoch = UINT64_C(0x1122334455667788),
                               .from = first * 8,
                               .to = (first + count) * 8,
                               .records_before = first + count,
                               .payload = {payload, 8 * (size_t)count}};
}

static inline apr_status_t try_append(struct slim_journal *journal, uint32_t count)
{
    static char payload[SLIM_JOURNAL_PAYLOAD_MAX];
    struct slim_frame frame = hits_frame(slim_journal_end(journal).record, count, payload);
    int fresh;
    apr_status_t rv = slim_journal_begin(journal, &fresh);

    if (rv == APR_SUCCESS) {
        rv = slim_journal_add(journal, &frame);
    }
    return rv == APR_SUCCESS ? slim_journal_flush(journal) : rv;
}

static inline void append(struct slim_journal *journal, uint32_t count)
{
    assert_int_equal(APR_SUCCESS, try_append(journal, count));
}

/* What a reader found: how often each record, and the damage. */
struct found {
    unsigned char times[200000];
    uint64_t records, frames, wrong;
    struct slim_journal_damage damage;
    struct slim_journal_position at;
};

static inline void take_found(struct found *found, const struct slim_frame *frame)
{
    for (uint32_t i = 0; i < frame->records; i++) {
        uint64_t number = frame->first_record + i;
        if (slim_get_u64(frame->payload.at + 8 * i) != number || number >= sizeof found->times) {
            found->wrong++;
        } else {
            found->times[number]++;
            found->records++;
        }
    }
    found->frames++;
}

/* Reads a journal's directory from a position up to its end. */
static inline struct found *read_journal(struct slim_journal *journal,
                                         struct slim_journal_position from)
{
    static struct found found;
    struct slim_journal_position end = slim_journal_end(journal);
    struct slim_journal_reader *reader;
    struct slim_frame frame;
    apr_status_t rv;
    apr_pool_t *own;

    memset(&found, 0, sizeof found);
    assert_int_equal(APR_SUCCESS, apr_pool_create(&own, pool));
    assert_int_equal(APR_SUCCESS,
                     slim_journal_reader_open(slim_journal_directory(journal),
                                              slim_journal_identity(journal), &from, &reader, own));
    while ((rv = slim_journal_read(reader, &end, &frame)) == APR_SUCCESS) {
        take_found(&found, &frame);
    }
    assert_int_equal(SLIM_EOFJOURNAL, rv);
    found.damage = slim_journal_reader_damage(reader);
    found.at = slim_journal_reader_position(reader);
    apr_pool_destroy(own);
    return &found;
}

static inline struct found *read_all(struct slim_journal *journal)
{
    return read_journal(journal, (struct slim_journal_position){0, 0, 0});
}

/* Each of the records from … to-1 once, and no other between 0 and to. */
static inline void assert_found(const struct found *found, uint64_t from, uint64_t to)
{
    assert_int_equal(0, found->wrong);
    assert_int_equal(to - from, found->records);
    for (uint64_t i = from; i < to; i++) {
        assert_int_equal(1, found->times[i]);
    }
}

static inline void assert_no_damage(const struct found *found)
{
    assert_int_equal(0, found->damage.records_unreadable);
    assert_int_equal(0, found->damage.records_gone);
    assert_int_equal(0, found->damage.bytes);
}

#endif
