/* The journal: hits on their way from the ring into the store, in order, on disk.
 *
 * A directory holds `identity` and segments named by their number, 0000000000000001.journal and
 * up. Only `slimstats record` writes there (it holds a lock); the newest segment grows, older ones
 * never change. All numbers are little-endian, everything stands on multiples of 8 bytes.
 *
 * Segment: a header of 64 bytes
 *    0 "SLIMJRNL"   8 u32 version 1   12 u32 CRC-32C of bytes 16 … 63   16 journal's UUID
 *   32 u64 segment  40 u64 number of its first record  48 i64 µs when made  56 u64 zero
 * then frames, each a header of 72 bytes and a payload
 *    0 u32 "SFRM"   4 u32 payload length   8 u32 CRC-32C of the journal's UUID and
 *                                                 bytes 12 … end of payload
 *   12 u16 type    14 u16 header's check  16 u64 number of its first record
 *   24 u32 records 28 u32 ring slot       32 u64 ring epoch
 *   40 u64 from    48 u64 to              56 u64 records of the slot before to   64 i64 µs written
 * Type 1 (hits): the payload is a stream as record.h has it, taken from the slot's positions
 * from … to. Type 2 (ledger): the payload is the ring's counters, u64 each: drained, excluded
 * reasons, then dropped reasons (16 each, unused ones 0); it comes first in every segment.
 *
 * The header's check is half a CRC-32C of the UUID and the header without both checks, never 0; in
 * frames of older versions it is 0, and proves nothing. With it one wrong bit of a header is
 * mended, and of a frame whose payload is damaged it is known what was in it.
 *
 * Records are numbered through the life of a journal, so a gap in the numbers says exactly how
 * many were lost. A torn frame at a segment's end was never counted: its records are still in the
 * ring. One that is all there, and damaged, is: they have left the ring.
 * Explained in mod_src/manual/how-journal.md. */
#ifndef SLIM_JOURNAL_H
#define SLIM_JOURNAL_H

#include <stdint.h>

#include <apr_pools.h>

#include "hit.h"
#include "ledger.h"
#include "status_code.h"

#define SLIM_UUID_LENGTH 16
#define SLIM_JOURNAL_PAYLOAD_MAX (256u << 10)

/* A position between two frames; record is the number of the next record behind it. */
struct slim_journal_position {
    uint64_t segment;
    uint64_t offset;
    uint64_t record;
};

enum slim_frame_type { SLIM_FRAME_HITS = 1, SLIM_FRAME_LEDGER = 2 };

struct slim_frame {
    enum slim_frame_type type;
    uint32_t records;
    uint32_t slot;
    uint64_t epoch;
    uint64_t from, to;
    uint64_t records_before;
    uint64_t first_record; /* set by the journal */
    int64_t written_us;    /* set by the journal */
    struct slim_text payload;
};

/* The two UUIDs of a journal: its own, and the store it was last loaded into (zero: none yet). */
struct slim_journal_identity {
    unsigned char journal[SLIM_UUID_LENGTH];
    unsigned char store[SLIM_UUID_LENGTH];
};

/* --- Writing. One thread appends; slim_journal_sync, slim_journal_loaded and slim_journal_end
 * may be called from others. --- */

struct slim_journal;

/* Called for each hits frame at the journal's end, oldest first, when it is opened; of one that is
 * damaged the payload is not valid. */
typedef void slim_journal_seen(void *baton, const struct slim_frame *frame);

/* Opens the journal in directory, made when its parent exists; limit is in bytes. Torn tails are
 * cut, damaged ones stay and are counted, segments of another journal renamed to *.foreign.
 * Everything lives in pool. */
apr_status_t slim_journal_open(const char *directory, uint64_t limit, slim_journal_seen *seen,
                               void *baton, struct slim_journal **journal,
                               apr_pool_t *pool) SLIM_MUST_CHECK;

/* So long a segment takes hits, in ticks: it is retired as a whole, and what was erased is gone
 * when it is. */
#define SLIM_SEGMENT_AGE_US (INT64_C(10) * 1000000)

/* Makes room to append: a new segment when there is none, the last one is full, is gone, or has had
 * hits for SLIM_SEGMENT_AGE_US and the store has come as far as its first. *fresh: a new one was
 * made. */
apr_status_t slim_journal_begin(struct slim_journal *journal, int *fresh) SLIM_MUST_CHECK;

/* Adds a frame to what the next flush writes. SLIM_EJOURNALFULL when the limit would be passed;
 * what was added before stays. */
apr_status_t slim_journal_add(struct slim_journal *journal,
                              const struct slim_frame *frame) SLIM_MUST_CHECK;

/* Whether anything was added since the last flush. */
int slim_journal_pending(const struct slim_journal *journal);

/* Writes what was added, in one go. On failure nothing of it is in the journal. */
apr_status_t slim_journal_flush(struct slim_journal *journal) SLIM_MUST_CHECK;

/* Forgets what was added and not flushed. */
void slim_journal_forget(struct slim_journal *journal);

/* Brings all that was flushed to the disk. */
apr_status_t slim_journal_sync(struct slim_journal *journal) SLIM_MUST_CHECK;

/* The position behind the last flushed frame. */
struct slim_journal_position slim_journal_end(struct slim_journal *journal);

/* Notes how far the journal was loaded: the number of the next record. */
void slim_journal_loaded(struct slim_journal *journal, uint64_t record);

/* Segments that are made from now on have at least this number. With one that grows with time they
 * come behind every position that a store may know, whatever has become of the segments before. */
void slim_journal_number_from(struct slim_journal *journal, uint64_t number);

/* The end of the journal when it was opened; segment 0: nothing was there. */
struct slim_journal_position slim_journal_opened(const struct slim_journal *journal);

/* What is appended from then on is in segments of this number or a higher one. */
uint64_t slim_journal_begins_at(const struct slim_journal *journal);

/* Bytes and number of all segments. */
void slim_journal_size(struct slim_journal *journal, uint64_t *bytes, uint64_t *segments);

/* Removes the segments before position's: their records are safely in the store. */
void slim_journal_retire(struct slim_journal *journal,
                         const struct slim_journal_position *position);

/* Gives a damaged segment a second name, *.corrupt, so that it outlives being retired. */
void slim_journal_set_aside(struct slim_journal *journal, uint64_t segment);

const struct slim_journal_identity *slim_journal_identity(const struct slim_journal *journal);

/* Remembers the store that this journal is loaded into. */
apr_status_t slim_journal_adopt_store(struct slim_journal *journal,
                                      const unsigned char *store_uuid) SLIM_MUST_CHECK;

const char *slim_journal_directory(const struct slim_journal *journal);

/* --- Reading. --- */

struct slim_journal_reader;

/* Reads from position on, frame by frame, until pool is cleared. */
apr_status_t slim_journal_reader_open(const char *directory,
                                      const struct slim_journal_identity *identity,
                                      const struct slim_journal_position *position,
                                      struct slim_journal_reader **reader,
                                      apr_pool_t *pool) SLIM_MUST_CHECK;

/* The next whole frame before end; its payload is valid until the next call. Damaged bytes are
 * skipped. SLIM_EOFJOURNAL when the reader stands at end. */
apr_status_t slim_journal_read(struct slim_journal_reader *reader,
                               const struct slim_journal_position *end,
                               struct slim_frame *frame) SLIM_MUST_CHECK;

/* Where the reader stands: behind the last frame it handed out. */
struct slim_journal_position slim_journal_reader_position(const struct slim_journal_reader *reader);

/* What was found damaged since the reader was opened. */
struct slim_journal_damage {
    uint64_t records_unreadable; /* within segments that are there */
    uint64_t records_gone;       /* in segments that are not */
    uint64_t bytes;              /* skipped */
    uint64_t segment;            /* the last segment in which bytes were skipped */
};

struct slim_journal_damage slim_journal_reader_damage(const struct slim_journal_reader *reader);

/* The ledger in a ledger frame's payload. SLIM_EBADRECORD when it is not valid. */
apr_status_t slim_journal_get_ledger(const struct slim_frame *frame,
                                     struct slim_ledger *ledger) SLIM_MUST_CHECK;

#define SLIM_LEDGER_PAYLOAD (8u * (1 + 16 + 16))

/* Writes a ledger frame's payload: SLIM_LEDGER_PAYLOAD bytes. */
void slim_journal_put_ledger(const struct slim_ledger *ledger, char *payload);

#endif
