/* The ring's file and the state directory, made by the parent. It is root: it opens nothing below a
 * directory that httpd's user can write, never maps the ring, and believes no number in it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>
#include <ap_mpm.h>
#include <unixd.h>

#include "ring_file.h"
#include "config.h"
#include "core/whole_file.h"

static int must_change_owner(void)
{
    return geteuid() == 0;
}

/* --- the state directory --- */

static int parent_is_safe(apr_pool_t *pool, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *parent =
        slash == path ? "/" : apr_pstrmemdup(pool, path, (apr_size_t)(slash - path));
    struct stat st;

    if (stat(parent, &st) != 0 || !S_ISDIR(st.st_mode)) {
        return 0;
    }
    return st.st_uid == geteuid() && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static int make_and_give(const char *path)
{
    if (mkdir(path, 0700) != 0) {
        return errno;
    }
    if (must_change_owner()
        && lchown(path, ap_unixd_config.user_id, ap_unixd_config.group_id) != 0) {
        return errno;
    }
    return 0;
}

void slim_state_directory_make(apr_pool_t *ptemp, server_rec *server, const char *path)
{
    struct stat st;
    int error;

    if (lstat(path, &st) == 0) {
        uid_t wanted = must_change_owner() ? ap_unixd_config.user_id : geteuid();
        if (!S_ISDIR(st.st_mode) || st.st_uid != wanted) {
            ap_log_error(APLOG_MARK, APLOG_ERR, 0, server,
                         "SlimStatsState %s is not a directory of httpd's user: chown it to uid "
                         "%ld; until then hits wait in the ring",
                         path, (long)wanted);
        }
        return;
    }
    if (!parent_is_safe(ptemp, path)) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, server,
                     "SlimStatsState %s is not made: the directory above it is missing, or others "
                     "may write to it; make it for httpd's user with mode 0700",
                     path);
        return;
    }
    error = make_and_give(path);
    if (error) {
        ap_log_error(APLOG_MARK, APLOG_ERR, error, server, "cannot make SlimStatsState %s", path);
    }
}

/* --- the ring --- */

static apr_status_t close_fd(void *fd)
{
    close((int)(apr_ssize_t)fd);
    return APR_SUCCESS;
}

static void close_with_pool(apr_pool_t *pconf, int fd)
{
    if (fd >= 0) {
        apr_pool_cleanup_register(pconf, (void *)(apr_ssize_t)fd, close_fd, apr_pool_cleanup_null);
    }
}

static int is_ours(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1
           && (st.st_uid == geteuid() || st.st_uid == ap_unixd_config.user_id);
}

/* The ring that is there, whatever its shape; -1 when there is none that can be used. */
static int open_existing(const char *path, struct slim_ring_shape *shape)
{
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd >= 0 && (!is_ours(fd) || slim_ring_probe(fd, shape) != APR_SUCCESS)) {
        close(fd);
        return -1;
    }
    return fd;
}

static apr_status_t fill_new(int fd, const struct slim_ring_shape *shape)
{
    apr_status_t rv = slim_ring_format(fd, shape);

    if (rv == APR_SUCCESS && must_change_owner()
        && fchown(fd, ap_unixd_config.user_id, ap_unixd_config.group_id) != 0) {
        rv = errno;
    }
    return rv;
}

/* A new ring appears under its name only when it is whole. */
static int make_new(server_rec *server, const char *path, const struct slim_ring_shape *shape)
{
    struct slim_whole_file file;
    int fd = -1;
    apr_status_t rv =
        slim_whole_file_begin(&file, AT_FDCWD, path, SLIM_OVER_ANYTHING, S_IRUSR | S_IWUSR);

    if (rv == APR_SUCCESS) {
        rv = fill_new(file.fd, shape);
        fd = rv == APR_SUCCESS ? fcntl(file.fd, F_DUPFD_CLOEXEC, 0) : -1;
        if (fd >= 0) {
            rv = slim_whole_file_end(&file);
        } else {
            rv = rv == APR_SUCCESS ? errno : rv;
            slim_whole_file_drop(&file);
        }
    }
    if (rv == APR_SUCCESS) {
        return fd;
    }
    ap_log_error(APLOG_MARK, APLOG_ERR, rv, server,
                 "cannot make the ring %s of %" APR_UINT64_T_FMT
                 " bytes: nothing is recorded until the next restart",
                 path, (apr_uint64_t)slim_ring_file_size(shape));
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

static int same_shape(const struct slim_ring_shape *a, const struct slim_ring_shape *b)
{
    return a->slots == b->slots && a->slot_size == b->slot_size;
}

/* After a reload the processes of the generation before still fill the ring they have. */
static int is_reload(void)
{
    int generation = 0;

    return ap_mpm_query(AP_MPMQ_GENERATION, &generation) == APR_SUCCESS && generation > 0;
}

/* Another size or number of children: the old ring is renamed and drained together with the new
 * one. */
static void change_shape(apr_pool_t *pconf, server_rec *server, const char *path,
                         struct slim_ring_files *files, const struct slim_ring_shape *wanted)
{
    const char *aside = apr_pstrcat(pconf, path, ".old", NULL);

    if (rename(path, aside) != 0) {
        ap_log_error(APLOG_MARK, APLOG_ERR, errno, server,
                     "cannot put the old ring %s aside; it stays in use", path);
        return;
    }
    int fd = make_new(server, path, wanted);
    if (fd < 0) {
        (void)rename(aside, path);
        return;
    }
    files->old_fd = files->fd;
    files->fd = fd;
    files->shape = *wanted;
}

void slim_ring_files_open(apr_pool_t *pconf, server_rec *server, struct slim_ring_files *files)
{
    const char *path = ap_runtime_dir_relative(pconf, "slimstats.ring");
    struct slim_ring_shape wanted, old_shape;
    int processes = 0;

    ap_mpm_query(AP_MPMQ_HARD_LIMIT_DAEMONS, &processes);
    wanted = slim_ring_shape_for(slim_server_config(server)->settings.buffer_bytes,
                                 processes > 0 ? (unsigned)processes : 1);
    files->old_fd = -1;
    files->fd = open_existing(path, &files->shape);
    if (files->fd < 0) {
        files->shape = wanted;
        files->fd = make_new(server, path, &wanted);
    } else if (!same_shape(&files->shape, &wanted)) {
        if (is_reload()) {
            ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, server,
                         "SlimStatsBuffer takes effect at the next full start");
        } else {
            change_shape(pconf, server, path, files, &wanted);
        }
    }
    if (files->old_fd < 0) {
        files->old_fd = open_existing(apr_pstrcat(pconf, path, ".old", NULL), &old_shape);
    }
    close_with_pool(pconf, files->fd);
    close_with_pool(pconf, files->old_fd);
}
