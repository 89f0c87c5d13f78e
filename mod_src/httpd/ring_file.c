/* The ring's file and the state directory, made by the parent. It is root: it opens nothing below a
 * directory that httpd's user can write, never maps the ring, and believes no number in it. */
#include <dirent.h>
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

static int is_empty(DIR *directory)
{
    const struct dirent *entry = readdir(directory);

    while (entry && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)) {
        entry = readdir(directory);
    }
    return !entry;
}

/* One that an admin or a package made: as root's it is of use to nobody. 0: it is not empty, not
 * root's, or could have been put there by somebody else. */
static int give_empty(apr_pool_t *pool, const char *path)
{
    int fd = parent_is_safe(pool, path)
                 ? open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                 : -1;
    DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
    struct stat st;
    int given = 0;

    if (directory) {
        given = fstat(fd, &st) == 0 && st.st_uid == 0 && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0
                && is_empty(directory) && fchmod(fd, S_IRWXU) == 0
                && fchown(fd, ap_unixd_config.user_id, ap_unixd_config.group_id) == 0;
        closedir(directory);
    } else if (fd >= 0) {
        close(fd);
    }
    return given;
}

void slim_state_directory_make(apr_pool_t *ptemp, server_rec *server, const char *path)
{
    struct stat st;
    int error;

    if (lstat(path, &st) == 0) {
        uid_t wanted = must_change_owner() ? ap_unixd_config.user_id : geteuid();
        if ((!S_ISDIR(st.st_mode) || st.st_uid != wanted)
            && !(must_change_owner() && give_empty(ptemp, path))) {
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

/* A ring that is there, whatever its shape. *fd is -1, and APR_SUCCESS: there is none; what else
 * may have the name is not one that can be used. */
static apr_status_t open_existing(const char *path, struct slim_ring_shape *shape, int *fd)
{
    apr_status_t rv;

    *fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (*fd < 0) {
        return errno == ENOENT ? APR_SUCCESS : errno;
    }
    rv = is_ours(*fd) ? slim_ring_probe(*fd, shape) : EPERM;
    if (rv != APR_SUCCESS) {
        close(*fd);
        *fd = -1;
    }
    return rv;
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

/* --- older rings --- */

static const char *old_name(apr_pool_t *pool, const char *path, int i)
{
    return i == 0 ? apr_pstrcat(pool, path, ".old", NULL)
                  : apr_psprintf(pool, "%s.old%d", path, i + 1);
}

/* Rings of other shapes are drained together with the one in use, and stay until the recorder has
 * retired them. */
static void open_old(apr_pool_t *pool, const char *path, struct slim_ring_files *files)
{
    for (int i = 0; i < SLIM_RINGS_MAX - 1; i++) {
        struct slim_ring_shape shape;
        const char *name = old_name(pool, path, i);
        if (open_existing(name, &shape, &files->old_fd[i]) == SLIM_ERETIRED) {
            (void)unlink(name);
        }
    }
}

/* A place for one more; -1: each has a name that is taken. */
static int find_place(apr_pool_t *pool, const char *path, const struct slim_ring_files *files)
{
    struct stat st;

    for (int i = 0; i < SLIM_RINGS_MAX - 1; i++) {
        if (files->old_fd[i] < 0 && lstat(old_name(pool, path, i), &st) != 0 && errno == ENOENT) {
            return i;
        }
    }
    return -1;
}

/* Another size or number of children: the ring is renamed, and a new one takes its name. Whoever is
 * killed in between leaves an older ring and none in use. */
static void change_shape(apr_pool_t *pool, server_rec *server, const char *path,
                         struct slim_ring_files *files, const struct slim_ring_shape *wanted)
{
    int place = find_place(pool, path, files);
    const char *aside;

    if (place < 0) {
        ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, server,
                     "SlimStatsBuffer takes effect at a full start after the recorder has drained "
                     "the older rings beside %s",
                     path);
        return;
    }
    aside = old_name(pool, path, place);
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
    files->old_fd[place] = files->fd;
    files->fd = fd;
    files->shape = *wanted;
}

/* --- the ring in use --- */

/* One that cannot be used is kept for people to look at; what is retired is nothing. 0: it stays in
 * the way. */
static int put_aside(apr_pool_t *pool, server_rec *server, const char *path, apr_status_t why)
{
    const char *aside = apr_pstrcat(pool, path, ".damaged", NULL);

    if (why == SLIM_ERETIRED) {
        return 1;
    }
    if ((why == SLIM_EBADRING || why == EPERM || why == ELOOP) && rename(path, aside) == 0) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, server,
                     "%s is damaged, or is not a ring of this version and of httpd's user: hits in "
                     "it are lost; it is kept as %s",
                     path, aside);
        return 1;
    }
    ap_log_error(APLOG_MARK, APLOG_ERR, why == SLIM_EBADRING ? errno : why, server,
                 "cannot use the ring %s: nothing is recorded until the next restart", path);
    return 0;
}

static void open_or_make(apr_pool_t *pool, server_rec *server, const char *path,
                         struct slim_ring_files *files, const struct slim_ring_shape *wanted)
{
    apr_status_t rv = open_existing(path, &files->shape, &files->fd);

    if (files->fd >= 0) {
        if (same_shape(&files->shape, wanted)) {
            return;
        }
        if (!is_reload()) {
            change_shape(pool, server, path, files, wanted);
            return;
        }
        ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, server,
                     "SlimStatsBuffer takes effect at the next full start");
    } else if (rv == APR_SUCCESS || put_aside(pool, server, path, rv)) {
        files->shape = *wanted;
        files->fd = make_new(server, path, wanted);
    }
}

void slim_ring_files_forget(struct slim_ring_files *files)
{
    files->fd = -1;
    for (int i = 0; i < SLIM_RINGS_MAX - 1; i++) {
        files->old_fd[i] = -1;
    }
}

void slim_ring_files_open(apr_pool_t *pconf, server_rec *server, struct slim_ring_files *files)
{
    const char *path = ap_runtime_dir_relative(pconf, "slimstats.ring");
    struct slim_ring_shape wanted;
    int processes = 0;

    ap_mpm_query(AP_MPMQ_HARD_LIMIT_DAEMONS, &processes);
    wanted = slim_ring_shape_for(slim_server_config(server)->settings.buffer_bytes,
                                 processes > 0 ? (unsigned)processes : 1);
    slim_ring_files_forget(files);
    open_old(pconf, path, files);
    open_or_make(pconf, server, path, files, &wanted);
    close_with_pool(pconf, files->fd);
    for (int i = 0; i < SLIM_RINGS_MAX - 1; i++) {
        close_with_pool(pconf, files->old_fd[i]);
    }
}
