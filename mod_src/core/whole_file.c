/* Files that are complete or absent: written under another name, locked, synced, renamed. */
#include "whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform.h"
#include "write_all.h"

/* --- the part --- */

/* Whether the part's name still leads to what is open. */
static int is_partial(const struct slim_whole_file *file, int fd)
{
    struct stat opened, named;

    return fstat(fd, &opened) == 0
           && fstatat(file->directory, file->partial, &named, AT_SYMLINK_NOFOLLOW) == 0
           && opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* What nobody holds is of one that was killed. It is never written into: it may be anybody's. */
static apr_status_t remove_left_over(const struct slim_whole_file *file)
{
    int fd = openat(file->directory, file->partial,
                    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    apr_status_t rv = APR_SUCCESS;

    if (fd < 0 && errno == ENOENT) {
        return APR_SUCCESS;
    }
    if (fd >= 0 && (flock(fd, LOCK_EX | LOCK_NB) != 0 || !is_partial(file, fd))) {
        rv = SLIM_ELOCKED;
    } else if (unlinkat(file->directory, file->partial, 0) != 0) {
        rv = errno;
    }
    if (fd >= 0) {
        close(fd);
    }
    return rv;
}

static apr_status_t make_partial(struct slim_whole_file *file, mode_t mode)
{
    apr_status_t rv = remove_left_over(file);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    file->fd = openat(file->directory, file->partial,
                      O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (file->fd < 0) {
        return errno == EEXIST ? (apr_status_t)SLIM_ELOCKED : errno;
    }
    /* somebody may have taken it for a left-over before the lock was held */
    if (flock(file->fd, LOCK_EX | LOCK_NB) != 0 || !is_partial(file, file->fd)) {
        close(file->fd);
        return SLIM_ELOCKED;
    }
    return APR_SUCCESS;
}

/* --- the name --- */

static apr_status_t follow_link(struct slim_whole_file *file, struct stat *st)
{
    char target[PATH_MAX];

    if (!realpath(file->path, target)) {
        return errno;
    }
    memcpy(file->path, target, sizeof target);
    return lstat(file->path, st) == 0 ? APR_SUCCESS : errno;
}

/* Whether the name may be given. */
static apr_status_t look_at_target(struct slim_whole_file *file)
{
    struct stat st;

    if (fstatat(file->directory, file->path, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT && file->path[0] ? APR_SUCCESS : errno;
    }
    if (file->over == SLIM_OVER_FILE && S_ISLNK(st.st_mode)) {
        apr_status_t rv = follow_link(file, &st);
        if (rv != APR_SUCCESS) {
            return rv;
        }
    }
    if (S_ISDIR(st.st_mode)) {
        return EISDIR;
    }
    if (file->over == SLIM_OVER_NOTHING) {
        return EEXIST;
    }
    return file->over == SLIM_OVER_ANYTHING || S_ISREG(st.st_mode) ? APR_SUCCESS : ESPIPE;
}

apr_status_t slim_whole_file_begin(struct slim_whole_file *file, int directory, const char *path,
                                   enum slim_whole_file_over over, mode_t mode)
{
    file->directory = directory;
    file->fd = -1;
    file->over = over;
    if (snprintf(file->path, sizeof file->path, "%s", path) >= (int)sizeof file->path) {
        return ENAMETOOLONG;
    }
    apr_status_t rv = look_at_target(file);
    snprintf(file->partial, sizeof file->partial, "%s" SLIM_PARTIAL, file->path);
    return rv == APR_SUCCESS ? make_partial(file, mode) : rv;
}

/* Not every file system knows a rename that replaces nothing; those that do not know links. */
static int give_name(const struct slim_whole_file *file)
{
    int directory = file->directory;

    if (file->over != SLIM_OVER_NOTHING) {
        return renameat(directory, file->partial, directory, file->path);
    }
    if (slim_rename_to_free_name(directory, file->partial, file->path) == 0) {
        return 0;
    }
    if (errno != EINVAL && errno != ENOSYS) {
        return -1;
    }
    return linkat(directory, file->partial, directory, file->path, 0) == 0
               ? unlinkat(directory, file->partial, 0)
               : -1;
}

apr_status_t slim_name_sync(int directory, const char *path)
{
    char name[PATH_MAX] = ".";
    const char *slash = strrchr(path, '/');
    apr_status_t rv = APR_SUCCESS;

    if (slash) {
        snprintf(name, sizeof name, "%.*s", (int)(slash - path) + 1, path);
    }
    int fd = openat(directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return APR_SUCCESS;
    }
    if (fsync(fd) != 0 && errno != EINVAL) {
        rv = errno;
    }
    close(fd);
    return rv;
}

apr_status_t slim_whole_file_end(struct slim_whole_file *file)
{
    apr_status_t rv = fsync(file->fd) == 0 ? APR_SUCCESS : errno;

    if (rv == APR_SUCCESS && give_name(file) != 0) {
        rv = errno;
    }
    if (rv != APR_SUCCESS) {
        slim_whole_file_drop(file);
        return rv;
    }
    close(file->fd);
    return slim_name_sync(file->directory, file->path);
}

void slim_whole_file_drop(struct slim_whole_file *file)
{
    unlinkat(file->directory, file->partial, 0);
    close(file->fd);
}

apr_status_t slim_whole_file_put(int directory, const char *path, const void *bytes, size_t length)
{
    struct slim_whole_file file;
    apr_status_t rv = slim_whole_file_begin(&file, directory, path, SLIM_OVER_ANYTHING, 0600);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    rv = slim_write_all(file.fd, bytes, length);
    if (rv != APR_SUCCESS) {
        slim_whole_file_drop(&file);
        return rv;
    }
    return slim_whole_file_end(&file);
}

const char *slim_whole_file_reason(apr_status_t rv)
{
    switch ((int)rv) {
    case EEXIST: return "it is there already";
    case EISDIR: return "it is a directory";
    case ESPIPE: return "it is not a regular file";
    case SLIM_ELOCKED: return "another slimstats writes it";
    default: return strerror(rv);
    }
}
