/* What the parts of the journal's writer share. */
#ifndef SLIM_JOURNAL_INTERNAL_H
#define SLIM_JOURNAL_INTERNAL_H

#include <pthread.h>

#include "journal_format.h"

#define UNSYNCED_MAX 8

/* What of a segment no sync has brought to the disk. */
struct slim_unsynced {
    int fd;
    uint64_t from, to; /* offsets */
    int failed;        /* a sync did */
};

struct slim_journal {
    const char *directory;
    int directory_fd;
    uint64_t limit;
    uint64_t segment_max;
    struct slim_journal_identity identity;
    int fd;           /* the newest segment, -1: none is open */
    int is_torn;      /* behind its end are bytes of a write that failed */
    uint64_t segment; /* its number, or the highest one taken */
    struct slim_journal_position opened;
    uint64_t floor;     /* of the next segment's number */
    int64_t hits_since; /* ticks: when hits were first in the newest segment; 0: it has none */
    uint64_t first_record;

    char *buffer; /* frames added and not flushed */
    size_t used, size;
    uint64_t added; /* records in the buffer */

    pthread_mutex_t mutex; /* guards what follows: other threads ask for it */
    struct slim_journal_position end;
    uint64_t bytes, segments;
    uint64_t segment_first; /* the number of the newest segment's first record */
    uint64_t loaded;        /* records before this number are in the store */
    int dirty;              /* written since the last sync */
    int directory_dirty;    /* a segment was made since the last sync */
    uint64_t synced;        /* of the newest segment, what is on the disk */
    int sync_failed;        /* of what is not */
    struct slim_unsynced unsynced[UNSYNCED_MAX]; /* closed segments that still have to be synced */
    int unsynced_count;
};

/* NULL, or which invariant does not hold. The mutex is held. */
const char *slim_journal_validate(const struct slim_journal *journal);

/* The file name of a segment; suffix: ".journal", ".corrupt", ".foreign". */
void slim_segment_name(uint64_t number, const char *suffix, char name[SEGMENT_NAME_SIZE]);

/* Opens, or makes, the journal's directory: one of our own user. */
apr_status_t slim_journal_open_directory(struct slim_journal *journal) SLIM_MUST_CHECK;

/* Reads the identity file, or makes one with a fresh UUID. */
apr_status_t slim_journal_read_identity(struct slim_journal *journal) SLIM_MUST_CHECK;
apr_status_t slim_journal_write_identity(struct slim_journal *journal) SLIM_MUST_CHECK;

/* Notes a closed segment that has to be synced, whose descriptor is given away. The mutex is held.
 */
void slim_journal_keep_unsynced(struct slim_journal *journal, const struct slim_unsynced *segment);

/* --- the reader, for who looks for the journal's end --- */

/* Tells of frames that are all there but damaged; their payload is not valid. */
void slim_journal_reader_watch(struct slim_journal_reader *reader, slim_journal_seen *damaged,
                               void *baton);

/* The offset behind the last frame that was all there; 0: none was. */
uint64_t slim_journal_reader_whole(const struct slim_journal_reader *reader);

#endif
