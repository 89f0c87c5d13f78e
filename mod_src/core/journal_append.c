/* Appending to the journal. A failed or short write is cut off again, so that the newest segment
 * always ends with a whole frame; the file is written at known offsets, never "at its end". */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_time.h>

#include "clock.h"
#include "journal_internal.h"
#include "valid.h"
#include "write_all.h"

/* --- segments --- */

/* The mutex is held. */
static void leave_newest(struct slim_journal *j)
{
    if (j->fd < 0) {
        return;
    }
    slim_journal_keep_unsynced(j, &(struct slim_unsynced){j->fd, j->synced, j->end.offset,
                                                          j->sync_failed});
    j->sync_failed = 0;
    j->fd = -1;
}

static void leave_segment(struct slim_journal *j)
{
    pthread_mutex_lock(&j->mutex);
    leave_newest(j);
    pthread_mutex_unlock(&j->mutex);
}

/* The directory may have been renamed or removed under us; its path is what counts. */
static apr_status_t reopen_directory(struct slim_journal *j)
{
    struct stat here, there;

    if (fstat(j->directory_fd, &here) == 0 && lstat(j->directory, &there) == 0
        && here.st_dev == there.st_dev && here.st_ino == there.st_ino) {
        return APR_SUCCESS;
    }
    int old = j->directory_fd;
    apr_status_t rv = slim_journal_open_directory(j);
    if (rv != APR_SUCCESS) {
        if (j->directory_fd >= 0 && j->directory_fd != old) {
            close(j->directory_fd);
        }
        j->directory_fd = old;
        return rv;
    }
    close(old);
    pthread_mutex_lock(&j->mutex);
    j->bytes = 0;
    j->segments = 0;
    pthread_mutex_unlock(&j->mutex);
    return slim_journal_write_identity(j);
}

/* A name that is taken, by whatever, is passed over. */
static int create_segment(struct slim_journal *j, char name[SEGMENT_NAME_SIZE])
{
    int fd = -1;

    j->segment = j->segment + 1 < j->floor ? j->floor - 1 : j->segment;
    for (int tries = 0; fd < 0 && tries < 100; tries++) {
        slim_segment_name(j->segment + 1, ".journal", name);
        fd =
            openat(j->directory_fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0 && errno != EEXIST) {
            break;
        }
        j->segment += fd < 0;
    }
    return fd;
}

static apr_status_t write_segment_header(struct slim_journal *j, int fd)
{
    char bytes[SEGMENT_HEADER];
    struct segment_header header = {.segment = j->segment + 1,
                                    .first_record = j->end.record,
                                    .made_us = apr_time_now()};

    memcpy(header.journal, j->identity.journal, SLIM_UUID_LENGTH);
    slim_segment_header_put(&header, bytes);
    return slim_write_all_at(fd, bytes, sizeof bytes, 0);
}

static apr_status_t make_segment(struct slim_journal *j)
{
    char name[SEGMENT_NAME_SIZE];
    apr_status_t rv = reopen_directory(j);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    int fd = create_segment(j, name);
    if (fd < 0) {
        return errno;
    }
    rv = write_segment_header(j, fd);
    if (rv != APR_SUCCESS) {
        close(fd);
        (void)unlinkat(j->directory_fd, name, 0);
        return rv;
    }
    j->hits_since = 0;
    pthread_mutex_lock(&j->mutex);
    leave_newest(j);
    j->segment_first = j->end.record;
    j->fd = fd;
    j->segment++;
    j->end.segment = j->segment;
    j->end.offset = SEGMENT_HEADER;
    j->synced = 0;
    j->bytes += SEGMENT_HEADER;
    j->segments++;
    j->dirty = 1;
    j->directory_dirty = 1;
    pthread_mutex_unlock(&j->mutex);
    return APR_SUCCESS;
}

/* Bytes written to a deleted file would be lost in silence. */
static int segment_is_gone(const struct slim_journal *j)
{
    struct stat st;

    return fstat(j->fd, &st) != 0 || st.st_nlink == 0;
}

static void forget_segment(struct slim_journal *j)
{
    pthread_mutex_lock(&j->mutex);
    j->bytes = j->bytes > j->end.offset ? j->bytes - j->end.offset : 0;
    j->segments -= j->segments > 0;
    pthread_mutex_unlock(&j->mutex);
}

/* Its hits have been there for so long that it is time to let them go; but nobody would, as long
 * as those before them wait. */
static int is_old(struct slim_journal *j)
{
    if (j->hits_since == 0 || slim_ticks() - j->hits_since < SLIM_SEGMENT_AGE_US) {
        return 0;
    }
    pthread_mutex_lock(&j->mutex);
    int old = j->loaded > j->segment_first;
    pthread_mutex_unlock(&j->mutex);
    return old;
}

/* Frames of a write that failed may be whole, and are written once more: nothing follows them
 * before they are gone. */
static apr_status_t cut_torn_end(struct slim_journal *j)
{
    if (j->is_torn && ftruncate(j->fd, (off_t)j->end.offset) != 0) {
        return errno;
    }
    j->is_torn = 0;
    return APR_SUCCESS;
}

apr_status_t slim_journal_begin(struct slim_journal *j, int *fresh)
{
    int gone = j->fd >= 0 && segment_is_gone(j);
    int has_room = j->fd >= 0 && j->end.offset < j->segment_max && !gone;

    *fresh = 0;
    if (gone) {
        j->is_torn = 0;
        forget_segment(j);
        leave_segment(j);
    }
    apr_status_t rv = cut_torn_end(j);
    if (rv != APR_SUCCESS || (has_room && !is_old(j))) {
        return rv;
    }
    rv = make_segment(j);
    if (rv != APR_SUCCESS && has_room) {
        j->hits_since = slim_ticks(); /* the old one will do, for as long again */
        return APR_SUCCESS;
    }
    *fresh = rv == APR_SUCCESS;
    return rv;
}

/* --- frames --- */

apr_status_t slim_journal_add(struct slim_journal *j, const struct slim_frame *frame)
{
    struct slim_frame whole = *frame;
    size_t length = FRAME_HEADER + frame->payload.length;

    pthread_mutex_lock(&j->mutex);
    int full = j->bytes + j->used + length > j->limit;
    pthread_mutex_unlock(&j->mutex);
    if (full) {
        return SLIM_EJOURNALFULL;
    }
    if (frame->payload.length > SLIM_JOURNAL_PAYLOAD_MAX || j->used + length > j->size) {
        return APR_ENOSPC;
    }
    whole.first_record = j->end.record + j->added;
    whole.written_us = apr_time_now();
    slim_frame_put(&whole, slim_frame_seed(j->identity.journal), j->buffer + j->used);
    j->used += length;
    j->added += frame->records;
    return APR_SUCCESS;
}

int slim_journal_pending(const struct slim_journal *j)
{
    return j->used > 0;
}

void slim_journal_forget(struct slim_journal *j)
{
    j->used = 0;
    j->added = 0;
}

apr_status_t slim_journal_flush(struct slim_journal *j)
{
    if (j->used == 0) {
        return APR_SUCCESS;
    }
    pthread_mutex_lock(&j->mutex);
    slim_must_be_valid("journal", slim_journal_validate(j));
    pthread_mutex_unlock(&j->mutex);
    apr_status_t rv = slim_write_all_at(j->fd, j->buffer, j->used, (off_t)j->end.offset);
    if (rv == APR_SUCCESS) {
        j->hits_since = j->hits_since == 0 && j->added > 0 ? slim_ticks() : j->hits_since;
        pthread_mutex_lock(&j->mutex);
        j->end.offset += j->used;
        j->end.record += j->added;
        j->bytes += j->used;
        j->dirty = 1;
        pthread_mutex_unlock(&j->mutex);
    } else {
        j->is_torn = 1;
        (void)cut_torn_end(j); /* else it is tried again */
    }
    slim_journal_forget(j);
    return rv;
}

struct slim_journal_position slim_journal_end(struct slim_journal *j)
{
    struct slim_journal_position end;

    pthread_mutex_lock(&j->mutex);
    end = j->end;
    pthread_mutex_unlock(&j->mutex);
    return end;
}

void slim_journal_loaded(struct slim_journal *j, uint64_t record)
{
    pthread_mutex_lock(&j->mutex);
    j->loaded = record;
    pthread_mutex_unlock(&j->mutex);
}

void slim_journal_size(struct slim_journal *j, uint64_t *bytes, uint64_t *segments)
{
    pthread_mutex_lock(&j->mutex);
    *bytes = j->bytes;
    *segments = j->segments;
    pthread_mutex_unlock(&j->mutex);
}

static void remove_segment(struct slim_journal *j, uint64_t number)
{
    char name[SEGMENT_NAME_SIZE];
    struct stat st;

    slim_segment_name(number, ".journal", name);
    if (fstatat(j->directory_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0
        || unlinkat(j->directory_fd, name, 0) != 0) {
        return;
    }
    pthread_mutex_lock(&j->mutex);
    uint64_t size = (uint64_t)st.st_size;
    j->bytes = j->bytes > size ? j->bytes - size : 0;
    j->segments -= j->segments > 0;
    pthread_mutex_unlock(&j->mutex);
}

void slim_journal_retire(struct slim_journal *j, const struct slim_journal_position *position)
{
    int fd = openat(j->directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;

    if (!dir) {
        return;
    }
    while ((entry = readdir(dir)) != NULL) {
        uint64_t number = slim_segment_number(entry->d_name);
        if (number > 0 && number < position->segment) {
            remove_segment(j, number);
        }
    }
    closedir(dir);
}

void slim_journal_set_aside(struct slim_journal *j, uint64_t number)
{
    char name[SEGMENT_NAME_SIZE], aside[SEGMENT_NAME_SIZE];

    slim_segment_name(number, ".journal", name);
    slim_segment_name(number, ".corrupt", aside);
    if (linkat(j->directory_fd, name, j->directory_fd, aside, 0) != 0) {
        return; /* it was set aside before, or cannot be: its records count as lost either way */
    }
}

void slim_journal_number_from(struct slim_journal *j, uint64_t number)
{
    j->floor = number;
}

struct slim_journal_position slim_journal_opened(const struct slim_journal *j)
{
    return j->opened;
}

uint64_t slim_journal_begins_at(const struct slim_journal *j)
{
    return j->floor > j->opened.segment ? j->floor : j->opened.segment + 1;
}

const char *slim_journal_directory(const struct slim_journal *j)
{
    return j->directory;
}
