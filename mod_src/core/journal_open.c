/* Opening a journal: which segments are there, where does the last one end. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "journal_internal.h"
#include "whole_file.h"

#define SEGMENT_MAX (16u << 20)
#define SEGMENT_MIN (64u << 10)

void slim_segment_name(uint64_t number, const char *suffix, char name[SEGMENT_NAME_SIZE])
{
    snprintf(name, SEGMENT_NAME_SIZE, "%016" PRIx64 "%s", number, suffix);
}

struct scan {
    slim_journal_seen *seen;
    void *baton;
    int found; /* a frame of hits */
};

static void take_scanned(void *baton, const struct slim_frame *frame)
{
    struct scan *scan = baton;

    if (frame->type == SLIM_FRAME_HITS) {
        scan->found = 1;
        scan->seen(scan->baton, frame);
    }
}

/* Hands out a segment's hits frames, damaged ones too; *end becomes the position behind the last
 * one that is all there. */
static apr_status_t scan_segment(struct slim_journal *j, uint64_t number, struct scan *scan,
                                 struct slim_journal_position *end)
{
    struct slim_journal_reader *reader;
    struct slim_journal_position from = {number, 0, 0};
    struct slim_journal_position stop = {number, UINT64_MAX, 0};
    struct slim_frame frame;
    apr_pool_t *pool;
    apr_status_t rv = apr_pool_create(&pool, NULL);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    rv = slim_journal_reader_open(j->directory, &j->identity, &from, &reader, pool);
    if (rv == APR_SUCCESS) {
        slim_journal_reader_watch(reader, take_scanned, scan);
    }
    while (rv == APR_SUCCESS) {
        rv = slim_journal_read(reader, &stop, &frame);
        if (rv == APR_SUCCESS) {
            take_scanned(scan, &frame);
        }
    }
    uint64_t whole = slim_journal_reader_whole(reader);
    *end = (struct slim_journal_position){number, whole > 0 ? whole : SEGMENT_HEADER,
                                          slim_journal_reader_position(reader).record};
    apr_pool_destroy(pool);
    return rv == SLIM_EOFJOURNAL ? APR_SUCCESS : rv;
}

/* Whether bytes behind the last frame are one that was written to its end, and damaged since. */
static int is_damaged(const struct slim_journal *j, int fd, uint64_t offset)
{
    char header[FRAME_HEADER];
    struct slim_frame frame;
    size_t length;

    return pread(fd, header, sizeof header, (off_t)offset) == (ssize_t)sizeof header
           && slim_frame_recover(header, sizeof header, slim_frame_seed(j->identity.journal),
                                 &frame, &length)
                  == SLIM_EBADJOURNAL
           && slim_frame_header_was_whole(header);
}

/* A frame that was being written when the recorder died is cut. One that is damaged is left to
 * readers: nobody knows what it held, which counts as one record. */
static void settle_tail(struct slim_journal *j, struct slim_journal_position *end)
{
    char name[SEGMENT_NAME_SIZE];
    struct stat st;

    slim_segment_name(end->segment, ".journal", name);
    int fd = openat(j->directory_fd, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return;
    }
    if (fstat(fd, &st) == 0 && (uint64_t)st.st_size > end->offset) {
        if (is_damaged(j, fd, end->offset)) {
            end->offset = (uint64_t)st.st_size & ~UINT64_C(7);
            end->record++;
        } else if (ftruncate(fd, (off_t)end->offset) == 0) {
            j->bytes -= (uint64_t)st.st_size - end->offset;
        }
    }
    close(fd);
}

static int compare_numbers(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* *foreign: its header names another journal, or another place in it; one that is torn is ours.
 * What cannot be read says nothing: errno's value, and it is tried again later. */
static apr_status_t look_whose(struct slim_journal *j, const char *name, int *foreign)
{
    char bytes[SEGMENT_HEADER];
    struct segment_header header;
    int fd = openat(j->directory_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t length = fd < 0 ? -1 : pread(fd, bytes, sizeof bytes, 0);
    apr_status_t rv = length < 0 ? errno : APR_SUCCESS;

    *foreign = length == (ssize_t)sizeof bytes
               && slim_segment_header_get(bytes, &header) == APR_SUCCESS
               && (memcmp(header.journal, j->identity.journal, SLIM_UUID_LENGTH) != 0
                   || header.segment != slim_segment_number(name));
    if (fd >= 0) {
        close(fd);
    }
    return rv;
}

static apr_status_t list_segment(struct slim_journal *j, const char *name, uint64_t number,
                                 apr_array_header_t *numbers)
{
    struct stat st;
    int foreign;

    if (fstatat(j->directory_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno;
    }
    apr_status_t rv = S_ISREG(st.st_mode) ? look_whose(j, name, &foreign) : APR_SUCCESS;
    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (!S_ISREG(st.st_mode) || foreign) { /* whoever put it there: it stands in the way */
        char aside[SEGMENT_NAME_SIZE];
        slim_segment_name(number, ".foreign", aside);
        return renameat(j->directory_fd, name, j->directory_fd, aside) == 0 ? APR_SUCCESS : errno;
    }
    APR_ARRAY_PUSH(numbers, uint64_t) = number;
    j->bytes += (uint64_t)st.st_size;
    j->segments++;
    return APR_SUCCESS;
}

static apr_status_t list_segments(struct slim_journal *j, apr_array_header_t *numbers)
{
    int fd = openat(j->directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;
    apr_status_t rv = APR_SUCCESS;

    if (!dir) {
        rv = errno;
        if (fd >= 0) {
            close(fd);
        }
        return rv;
    }
    for (errno = 0; rv == APR_SUCCESS && (entry = readdir(dir)) != NULL; errno = 0) {
        uint64_t number = slim_segment_number(entry->d_name);
        if (number > 0) {
            rv = list_segment(j, entry->d_name, number, numbers);
        }
    }
    rv = rv == APR_SUCCESS ? errno : rv;
    closedir(dir);
    qsort(numbers->elts, (size_t)numbers->nelts, sizeof(uint64_t), compare_numbers);
    return rv;
}

/* What the recorder before appended last it may not have synced, if it was killed. */
static void note_unsynced(struct slim_journal *j, const apr_array_header_t *numbers)
{
    int from = numbers->nelts > UNSYNCED_MAX ? numbers->nelts - UNSYNCED_MAX : 0;

    for (int i = from; i < numbers->nelts; i++) {
        char name[SEGMENT_NAME_SIZE];
        struct stat st;
        slim_segment_name(APR_ARRAY_IDX(numbers, i, uint64_t), ".journal", name);
        int fd = openat(j->directory_fd, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (fd >= 0 && fstat(fd, &st) == 0) {
            slim_journal_keep_unsynced(j, &(struct slim_unsynced){fd, 0, (uint64_t)st.st_size, 0});
        } else if (fd >= 0) {
            close(fd);
        }
    }
    j->directory_dirty = numbers->nelts > 0;
}

/* The records that were appended last are in the last segment that has any: the ring's tails are
 * moved before a new segment is begun. */
static apr_status_t find_end(struct slim_journal *j, slim_journal_seen *seen, void *baton,
                             apr_pool_t *pool)
{
    apr_array_header_t *numbers = apr_array_make(pool, 16, sizeof(uint64_t));
    apr_status_t rv = list_segments(j, numbers);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    struct scan scan = {.seen = seen, .baton = baton};
    for (int i = numbers->nelts - 1; i >= 0 && !scan.found; i--) {
        uint64_t number = APR_ARRAY_IDX(numbers, i, uint64_t);
        struct slim_journal_position end;

        rv = scan_segment(j, number, &scan, &end);
        if (rv != APR_SUCCESS) {
            return rv;
        }
        if (number > j->segment) { /* the newest */
            settle_tail(j, &end);
            j->segment = number;
            j->end = end;
        } else if (end.record > j->end.record) {
            j->end.record = end.record;
        }
    }
    note_unsynced(j, numbers);
    return APR_SUCCESS;
}

apr_status_t slim_journal_open_directory(struct slim_journal *j)
{
    struct stat st;

    if (mkdir(j->directory, 0700) != 0 && errno != EEXIST) {
        return errno;
    }
    j->directory_fd = open(j->directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (j->directory_fd < 0) {
        return errno;
    }
    if (fstat(j->directory_fd, &st) != 0) {
        return errno;
    }
    if (st.st_uid != geteuid()) {
        return EPERM;
    }
    return slim_name_sync(AT_FDCWD, j->directory); /* whoever made it may not have come to that */
}

static apr_status_t close_journal(void *data)
{
    struct slim_journal *j = data;

    for (int i = 0; i < j->unsynced_count; i++) {
        close(j->unsynced[i].fd);
    }
    if (j->fd >= 0) {
        close(j->fd);
    }
    if (j->directory_fd >= 0) {
        close(j->directory_fd);
    }
    pthread_mutex_destroy(&j->mutex);
    return APR_SUCCESS;
}

apr_status_t slim_journal_open(const char *directory, uint64_t limit, slim_journal_seen *seen,
                               void *baton, struct slim_journal **journal, apr_pool_t *pool)
{
    struct slim_journal *j = apr_pcalloc(pool, sizeof *j);
    uint64_t part = limit / 16 & ~UINT64_C(7);

    j->directory = apr_pstrdup(pool, directory);
    j->directory_fd = -1;
    j->fd = -1;
    j->limit = limit;
    j->segment_max = part > SEGMENT_MAX ? SEGMENT_MAX : part < SEGMENT_MIN ? SEGMENT_MIN : part;
    j->size = 4 * FRAME_MAX;
    j->buffer = apr_palloc(pool, j->size);
    pthread_mutex_init(&j->mutex, NULL);
    apr_pool_cleanup_register(pool, j, close_journal, apr_pool_cleanup_null);

    apr_status_t rv = slim_journal_open_directory(j);
    if (rv == APR_SUCCESS) {
        rv = slim_journal_read_identity(j);
    }
    if (rv == APR_SUCCESS) {
        rv = find_end(j, seen, baton, pool);
        j->opened = j->end;
    }
    if (rv == APR_SUCCESS) {
        *journal = j;
    } else {
        apr_pool_cleanup_run(pool, j, close_journal);
    }
    return rv;
}
