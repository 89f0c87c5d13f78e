/* Files that are whole or not there: written beside their name, locked, synced, renamed. */
#include "whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

/* Whether path still leads to what is open. */
static int is_at(int fd, const char *path)
{
    struct stat open_file, named;

    return fstat(fd, &open_file) == 0 && lstat(path, &named) == 0
           && open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino;
}

/* What nobody holds is of one that was killed. It is never written into: it may be anybody's. */
static apr_status_t remove_left_over(const char *partial)
{
    int fd = open(partial, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    apr_status_t rv = APR_SUCCESS;

    if (fd < 0 && errno == ENOENT) {
        return APR_SUCCESS;
    }
    if (fd >= 0 && (flock(fd, LOCK_EX | LOCK_NB) != 0 || !is_at(fd, partial))) {
        rv = SLIM_ELOCKED;
    } else if (unlink(partial) != 0) {
        rv = errno;
    }
    if (fd >= 0) {
        close(fd);
    }
    return rv;
}

static apr_status_t make_partial(struct slim_whole_file *file, mode_t mode)
{
    apr_status_t rv = remove_left_over(file->partial);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    file->fd = open(file->partial, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (file->fd < 0) {
        return errno == EEXIST ? (apr_status_t)SLIM_ELOCKED : errno;
    }
    /* somebody may have taken it for a left-over before the lock was held */
    if (flock(file->fd, LOCK_EX | LOCK_NB) != 0 || !is_at(file->fd, file->partial)) {
        close(file->fd);
        return SLIM_ELOCKED;
    }
    return APR_SUCCESS;
}

/* What may be given the name: nothing is there, or a regular file that may be replaced. */
static apr_status_t look_at_target(struct slim_whole_file *file)
{
    struct stat st;

    if (lstat(file->path, &st) != 0) {
        return errno == ENOENT && file->path[0] ? APR_SUCCESS : errno;
    }
    if (file->replaces && S_ISLNK(st.st_mode)) {
        char *target = realpath(file->path, NULL);
        if (!target) {
            return errno;
        }
        file->path = apr_pstrdup(file->pool, target);
        free(target);
        if (lstat(file->path, &st) != 0) {
            return errno;
        }
    }
    if (S_ISDIR(st.st_mode)) {
        return EISDIR;
    }
    return !file->replaces ? EEXIST : S_ISREG(st.st_mode) ? APR_SUCCESS : ESPIPE;
}

apr_status_t slim_whole_file_begin(struct slim_whole_file *file, const char *path, int replaces,
                                   mode_t mode, apr_pool_t *pool)
{
    *file = (struct slim_whole_file){apr_pstrdup(pool, path), NULL, -1, replaces, pool};
    apr_status_t rv = look_at_target(file);

    file->partial = apr_pstrcat(pool, file->path, SLIM_PARTIAL, NULL);
    return rv == APR_SUCCESS ? make_partial(file, mode) : rv;
}

const char *slim_whole_file_reason(apr_status_t rv)
{
    switch ((int)rv) {
    case EEXIST: return "it is there already";
    case EISDIR: return "it is a directory";
    case ESPIPE: return "it is no regular file";
    case SLIM_ELOCKED: return "another slimstats writes it";
    default: return strerror(rv);
    }
}

/* Not every file system knows a rename that replaces nothing; those that do not know links. */
static int give_name(const struct slim_whole_file *file)
{
    if (file->replaces) {
        return rename(file->partial, file->path);
    }
    if (renameat2(AT_FDCWD, file->partial, AT_FDCWD, file->path, RENAME_NOREPLACE) == 0) {
        return 0;
    }
    if (errno != EINVAL && errno != ENOSYS) {
        return -1;
    }
    return link(file->partial, file->path) == 0 ? unlink(file->partial) : -1;
}

/* One that may not be read, or knows no sync, is no reason to say that there is no file. */
static apr_status_t sync_directory(const char *path, apr_pool_t *pool)
{
    const char *slash = strrchr(path, '/');
    const char *directory =
        slash ? apr_pstrmemdup(pool, path, (apr_size_t)(slash - path) + 1) : ".";
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    apr_status_t rv = APR_SUCCESS;

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
    return sync_directory(file->path, file->pool);
}

void slim_whole_file_drop(struct slim_whole_file *file)
{
    unlink(file->partial);
    close(file->fd);
}
