/* Bringing the journal to the disk. A sync that failed is not simply tried again: the kernel takes
 * what it could not write for written, and the next one says that all is well. What it was about is
 * read back, from memory, and written once more before. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "journal_internal.h"
#include "write_all.h"

void slim_journal_keep_unsynced(struct slim_journal *j, const struct slim_unsynced *segment)
{
    if (j->unsynced_count == UNSYNCED_MAX) {
        (void)fdatasync(j->unsynced[0].fd);
        close(j->unsynced[0].fd);
        memmove(j->unsynced, j->unsynced + 1, (UNSYNCED_MAX - 1) * sizeof j->unsynced[0]);
        j->unsynced_count--;
    }
    j->unsynced[j->unsynced_count++] = *segment;
}

/* Nobody else writes there: who appends is behind it. */
static apr_status_t write_again(const struct slim_unsynced *segment)
{
    char bytes[65536];
    uint64_t at = segment->from;

    while (at < segment->to) {
        size_t wanted = segment->to - at < sizeof bytes ? (size_t)(segment->to - at) : sizeof bytes;
        ssize_t got = pread(segment->fd, bytes, wanted, (off_t)at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0 ? errno : APR_SUCCESS; /* it was cut meanwhile */
        }
        apr_status_t rv = slim_write_all_at(segment->fd, bytes, (size_t)got, (off_t)at);
        if (rv != APR_SUCCESS) {
            return rv;
        }
        at += (uint64_t)got;
    }
    return APR_SUCCESS;
}

static apr_status_t sync_segment(const struct slim_unsynced *segment)
{
    apr_status_t rv = segment->failed ? write_again(segment) : APR_SUCCESS;

    return rv == APR_SUCCESS && fdatasync(segment->fd) != 0 ? errno : rv;
}

/* What has to be synced now; the newest segment, if it is among them, is the last. */
struct work {
    struct slim_unsynced segments[UNSYNCED_MAX + 1];
    int count;
    uint64_t newest; /* the number of the newest segment; 0: it is not among them */
    int directory;   /* -1: it need not */
};

static void take_work(struct slim_journal *j, struct work *work)
{
    pthread_mutex_lock(&j->mutex);
    *work = (struct work){.count = j->unsynced_count, .directory = -1};
    memcpy(work->segments, j->unsynced, (size_t)j->unsynced_count * sizeof j->unsynced[0]);
    j->unsynced_count = 0;
    int newest = j->dirty && j->fd >= 0 ? dup(j->fd) : -1;
    if (newest >= 0) {
        work->segments[work->count++] =
            (struct slim_unsynced){newest, j->synced, j->end.offset, j->sync_failed};
        work->newest = j->segment;
        j->dirty = 0;
    }
    if (j->directory_dirty) {
        work->directory = dup(j->directory_fd);
        j->directory_dirty = work->directory < 0;
    }
    pthread_mutex_unlock(&j->mutex);
}

/* The mutex is held. 0: it is the newest no more. */
static int note_newest(struct slim_journal *j, uint64_t number, uint64_t to, apr_status_t rv)
{
    if (j->segment != number || j->fd < 0) {
        return 0;
    }
    if (rv != APR_SUCCESS) {
        j->dirty = j->sync_failed = 1;
    } else if (j->synced < to) {
        j->synced = to;
        j->sync_failed = 0;
    }
    return 1;
}

static apr_status_t sync_one(struct slim_journal *j, const struct work *work, int i)
{
    struct slim_unsynced segment = work->segments[i];
    apr_status_t rv = sync_segment(&segment);

    pthread_mutex_lock(&j->mutex);
    int is_newest =
        i == work->count - 1 && work->newest > 0 && note_newest(j, work->newest, segment.to, rv);
    int is_kept = rv != APR_SUCCESS && !is_newest;
    if (is_kept) {
        segment.failed = 1;
        slim_journal_keep_unsynced(j, &segment);
    }
    pthread_mutex_unlock(&j->mutex);
    if (!is_kept) {
        close(segment.fd);
    }
    return rv;
}

static apr_status_t sync_directory(struct slim_journal *j, int fd)
{
    apr_status_t rv = fsync(fd) == 0 ? APR_SUCCESS : errno;

    close(fd);
    if (rv != APR_SUCCESS) {
        pthread_mutex_lock(&j->mutex);
        j->directory_dirty = 1;
        pthread_mutex_unlock(&j->mutex);
    }
    return rv;
}

apr_status_t slim_journal_sync(struct slim_journal *j)
{
    struct work work;
    apr_status_t rv = APR_SUCCESS;

    take_work(j, &work);
    for (int i = 0; i < work.count; i++) {
        apr_status_t one = sync_one(j, &work, i);
        rv = one == APR_SUCCESS ? rv : one;
    }
    if (work.directory >= 0) {
        apr_status_t one = sync_directory(j, work.directory);
        rv = one == APR_SUCCESS ? rv : one;
    }
    return rv;
}
