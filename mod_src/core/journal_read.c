/* Reading the journal: frame after frame, over segments, past damage. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "journal_internal.h"

#define WINDOW_SIZE (1u << 20)

struct slim_journal_reader {
    const char *directory;
    struct slim_journal_position at;
    struct slim_journal_damage damage;
    int at_frame;               /* a frame begins at.offset, if it is not the end */
    uint64_t whole;             /* offset behind the last frame that was all there */
    slim_journal_seen *damaged; /* is told of damaged ones; NULL: nobody */
    void *baton;
    int began;     /* numbers before at.record are known to be behind us */
    int fd;        /* the segment at.segment, -1: not open */
    uint32_t seed; /* of the frames' checksums */
    char *window;
    uint64_t window_at; /* offset of the window's first byte */
    size_t window_length;
};

static apr_status_t close_reader(void *data)
{
    struct slim_journal_reader *r = data;

    if (r->fd >= 0) {
        close(r->fd);
        r->fd = -1;
    }
    return APR_SUCCESS;
}

apr_status_t slim_journal_reader_open(const char *directory,
                                      const struct slim_journal_identity *identity,
                                      const struct slim_journal_position *position,
                                      struct slim_journal_reader **reader, apr_pool_t *pool)
{
    struct slim_journal_reader *r = apr_pcalloc(pool, sizeof *r);

    r->directory = apr_pstrdup(pool, directory);
    r->seed = slim_frame_seed(identity->journal);
    r->at = *position;
    r->began = position->segment > 0;
    r->at_frame = 1;
    r->fd = -1;
    r->window = apr_palloc(pool, WINDOW_SIZE);
    apr_pool_cleanup_register(pool, r, close_reader, apr_pool_cleanup_null);
    *reader = r;
    return APR_SUCCESS;
}

void slim_journal_reader_watch(struct slim_journal_reader *r, slim_journal_seen *damaged,
                               void *baton)
{
    r->damaged = damaged;
    r->baton = baton;
}

uint64_t slim_journal_reader_whole(const struct slim_journal_reader *r)
{
    return r->whole;
}

struct slim_journal_position slim_journal_reader_position(const struct slim_journal_reader *r)
{
    return r->at;
}

struct slim_journal_damage slim_journal_reader_damage(const struct slim_journal_reader *r)
{
    return r->damage;
}

/* The lowest segment number at or above wanted, 0 when there is none. */
static apr_status_t find_segment(const struct slim_journal_reader *r, uint64_t wanted,
                                 uint64_t *found)
{
    DIR *dir = opendir(r->directory);
    struct dirent *entry;

    if (!dir) {
        return errno;
    }
    *found = 0;
    while ((entry = readdir(dir)) != NULL) {
        uint64_t number = slim_segment_number(entry->d_name);
        if (number >= wanted && number > 0 && (*found == 0 || number < *found)) {
            *found = number;
        }
    }
    closedir(dir);
    return APR_SUCCESS;
}

/* Numbers between what was read and a segment's first one belong to records that are lost: with
 * the damaged end of the segment before it, or with segments that are gone. A reader that has read
 * nothing yet misses nothing. */
static void take_segment_header(struct slim_journal_reader *r, const struct segment_header *header,
                                int adjacent)
{
    if (r->began && header->first_record > r->at.record) {
        uint64_t missing = header->first_record - r->at.record;
        if (adjacent) {
            r->damage.records_unreadable += missing;
        } else {
            r->damage.records_gone += missing;
        }
    }
    r->began = 1;
    r->at.record = header->first_record;
}

static apr_status_t enter_segment(struct slim_journal_reader *r, uint64_t number, int adjacent)
{
    char name[SEGMENT_NAME_SIZE], bytes[SEGMENT_HEADER];
    struct segment_header header;

    snprintf(name, sizeof name, SEGMENT_NAME, number);
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", r->directory, name) >= (int)sizeof path) {
        return ENAMETOOLONG;
    }
    close_reader(r);
    r->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (r->fd < 0) {
        return errno;
    }
    r->window_length = 0;
    if (number != r->at.segment) {
        r->at.segment = number;
        r->at.offset = 0;
    }
    if (r->at.offset < SEGMENT_HEADER) {
        r->at.offset = SEGMENT_HEADER;
        r->at_frame = 1;
        if (pread(r->fd, bytes, sizeof bytes, 0) == (ssize_t)sizeof bytes
            && slim_segment_header_get(bytes, &header) == APR_SUCCESS) {
            take_segment_header(r, &header, adjacent);
        }
    }
    return APR_SUCCESS;
}

/* Opens the segment the reader stands in, or the next one there is when it is gone. */
static apr_status_t open_segment(struct slim_journal_reader *r,
                                 const struct slim_journal_position *end)
{
    uint64_t number;
    apr_status_t rv = find_segment(r, r->at.segment, &number);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (number == 0 || number > end->segment) {
        return SLIM_EOFJOURNAL;
    }
    return enter_segment(r, number, number == r->at.segment && r->at.offset > 0);
}

/* Makes wanted bytes from at.offset on visible, or all there are before stop. */
static apr_status_t look(struct slim_journal_reader *r, size_t wanted, uint64_t stop,
                         size_t *visible)
{
    uint64_t at = r->at.offset;
    uint64_t end = r->window_at + r->window_length;

    if (at < r->window_at || at + wanted > end) {
        ssize_t got = pread(r->fd, r->window, WINDOW_SIZE, (off_t)at);
        if (got < 0) {
            return errno;
        }
        r->window_at = at;
        r->window_length = (size_t)got;
        end = at + r->window_length;
    }
    end = end > stop ? stop : end;
    *visible = end > at ? (size_t)(end - at) : 0;
    return APR_SUCCESS;
}

/* Skips bytes that are no frame, up to where one may begin. */
static void skip_damage(struct slim_journal_reader *r, const char *bytes, size_t visible)
{
    size_t skip = 8;

    while (skip + 4 <= visible && memcmp(bytes + skip, "SFRM", 4) != 0) {
        skip += 8;
    }
    skip = skip > visible ? visible : skip;
    r->at_frame = 0;
    r->at.offset += skip;
    r->damage.bytes += skip;
    r->damage.segment = r->at.segment;
}

/* A frame that a newer one of this segment could not follow is damage too. */
static int take_frame(struct slim_journal_reader *r, const struct slim_frame *frame)
{
    if (frame->first_record < r->at.record
        || (frame->type != SLIM_FRAME_HITS && frame->records != 0)) {
        return 0;
    }
    r->damage.records_unreadable += frame->first_record - r->at.record;
    r->at.record = frame->first_record + frame->records;
    r->began = 1;
    return 1;
}

static void go_behind(struct slim_journal_reader *r, size_t length)
{
    r->at.offset += length;
    r->at_frame = 1;
    r->whole = r->at.offset;
}

/* What a frame held is lost with its payload; that is known of its header. */
static int take_damaged(struct slim_journal_reader *r, const struct slim_frame *frame,
                        size_t length)
{
    if (frame->records > length / 8 || !take_frame(r, frame)) {
        return 0;
    }
    r->damage.records_unreadable += frame->records;
    r->damage.bytes += length;
    r->damage.segment = r->at.segment;
    if (r->damaged) {
        r->damaged(r->baton, frame);
    }
    go_behind(r, length);
    return 1;
}

/* Where a frame must begin, more can be known of a damaged one. */
static apr_status_t recover(struct slim_journal_reader *r, uint64_t stop, struct slim_frame *frame,
                            size_t *length, size_t *visible)
{
    apr_status_t rv = look(r, FRAME_MAX, stop, visible);

    return rv == APR_SUCCESS ? slim_frame_recover(r->window + (r->at.offset - r->window_at),
                                                  *visible, r->seed, frame, length)
                             : rv;
}

static apr_status_t parse_frame(struct slim_journal_reader *r, size_t wanted, uint64_t stop,
                                struct slim_frame *frame, size_t *length, size_t *visible)
{
    apr_status_t rv = look(r, wanted, stop, visible);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (*visible == 0) {
        return SLIM_EOFJOURNAL;
    }
    return slim_frame_get(r->window + (r->at.offset - r->window_at), *visible, r->seed, frame,
                          length);
}

/* The next frame within the open segment, before stop; SLIM_EOFJOURNAL when there is none. */
static apr_status_t read_in_segment(struct slim_journal_reader *r, uint64_t stop,
                                    struct slim_frame *frame)
{
    for (;;) {
        size_t length, visible;
        apr_status_t rv = parse_frame(r, FRAME_HEADER, stop, frame, &length, &visible);

        if (rv == APR_INCOMPLETE) {
            rv = parse_frame(r, FRAME_MAX, stop, frame, &length, &visible);
        }
        if ((rv == APR_INCOMPLETE || rv == SLIM_EBADJOURNAL) && r->at_frame) {
            rv = recover(r, stop, frame, &length, &visible);
        }
        if (rv == APR_SUCCESS && take_frame(r, frame)) {
            go_behind(r, length);
            return APR_SUCCESS;
        }
        if (rv == SLIM_EBADFRAME && take_damaged(r, frame, length)) {
            continue;
        }
        if (rv != APR_SUCCESS && rv != APR_INCOMPLETE && rv != SLIM_EBADJOURNAL
            && rv != SLIM_EBADFRAME) {
            return rv;
        }
        skip_damage(r, r->window + (r->at.offset - r->window_at), visible);
    }
}

apr_status_t slim_journal_read(struct slim_journal_reader *r,
                               const struct slim_journal_position *end, struct slim_frame *frame)
{
    for (;;) {
        apr_status_t rv;
        if (r->at.segment > end->segment
            || (r->at.segment == end->segment && r->at.offset >= end->offset)) {
            return SLIM_EOFJOURNAL;
        }
        if (r->fd < 0) {
            rv = open_segment(r, end);
            if (rv != APR_SUCCESS) {
                return rv;
            }
        }
        uint64_t stop = r->at.segment == end->segment ? end->offset : UINT64_MAX;
        rv = read_in_segment(r, stop, frame);
        if (rv != SLIM_EOFJOURNAL || r->at.segment == end->segment) {
            return rv;
        }
        uint64_t next;
        rv = find_segment(r, r->at.segment + 1, &next);
        if (rv != APR_SUCCESS) {
            return rv;
        }
        if (next == 0 || next > end->segment) {
            return SLIM_EOFJOURNAL;
        }
        rv = enter_segment(r, next, next == r->at.segment + 1);
        if (rv != APR_SUCCESS) {
            return rv;
        }
    }
}
