/* Files by their names: what they are, directories, locks. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "outside.h"
#include "world.h"

#define OWNER 33

static int fail(int error)
{
    errno = error;
    return -1;
}

static struct sim_inode *begin_at(int directory)
{
    struct sim_opened *opened = directory == AT_FDCWD ? NULL : sim_fd_get(directory);

    return directory == AT_FDCWD ? sim_disk_root() : opened ? opened->inode : NULL;
}

/* --- what they are --- */

/* Each process sees devices of its own: of a process that died, SQLite must not remember what it
 * held. */
static void describe(const struct sim_inode *inode, struct stat *st)
{
    memset(st, 0, sizeof *st);
    st->st_dev = (dev_t)sim_process->pid << 8 | (dev_t)inode->disk;
    st->st_ino = inode->number;
    st->st_mode = inode->is_directory ? S_IFDIR | 0700 : S_IFREG | 0600;
    st->st_mode &= sim_is_forbidden(inode) ? (mode_t)S_IFMT : ~(mode_t)0;
    st->st_nlink = (nlink_t)inode->links;
    st->st_uid = st->st_gid = OWNER;
    st->st_size = (off_t)inode->now.size;
    st->st_blksize = 4096;
    st->st_blocks = (blkcnt_t)((inode->now.size + 511) / 512);
    st->st_mtim.tv_sec = inode->changed_us / SIM_SECOND;
    st->st_mtim.tv_nsec = inode->changed_us % SIM_SECOND * 1000;
}

SIM_OUTSIDE int fstatat(int directory, const char *path, struct stat *st, int flags)
{
    if (!sim_process) {
        return (int)syscall(SYS_newfstatat, directory, path, st, flags);
    }
    struct sim_inode *from = begin_at(directory), *inode = NULL;
    int error = from ? sim_enter(SIM_CALL_STAT, from) : EBADF;
    if (error == 0) {
        inode = sim_disk_find(from, path, NULL, NULL);
        error = inode ? sim_enter(SIM_CALL_STAT, inode) : errno;
    }
    if (error) {
        return fail(error);
    }
    describe(inode, st);
    return 0;
}

SIM_OUTSIDE int stat(const char *path, struct stat *st)
{
    return fstatat(AT_FDCWD, path, st, 0);
}

SIM_OUTSIDE int lstat(const char *path, struct stat *st)
{
    return fstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

SIM_OUTSIDE int fstat(int fd, struct stat *st)
{
    if (!sim_process) {
        return (int)syscall(SYS_fstat, fd, st);
    }
    struct sim_opened *opened = sim_fd_get(fd);
    int error = opened ? sim_enter(SIM_CALL_STAT, opened->inode) : EBADF;
    if (error) {
        return fail(error);
    }
    describe(opened->inode, st);
    return 0;
}

SIM_OUTSIDE int stat64(const char *path, struct stat64 *st)
{
    return stat(path, (struct stat *)st);
}

SIM_OUTSIDE int lstat64(const char *path, struct stat64 *st)
{
    return lstat(path, (struct stat *)st);
}

SIM_OUTSIDE int fstat64(int fd, struct stat64 *st)
{
    return fstat(fd, (struct stat *)st);
}

SIM_OUTSIDE int access(const char *path, int how)
{
    struct stat st;

    return sim_process ? stat(path, &st) : (int)syscall(SYS_access, path, how);
}

SIM_OUTSIDE int fchmod(int fd, mode_t mode)
{
    (void)mode;
    return sim_fd_get(fd) ? 0 : -1;
}

/* There are no links. */
SIM_OUTSIDE ssize_t readlink(const char *path, char *text, size_t size)
{
    if (!sim_process) {
        return syscall(SYS_readlink, path, text, size);
    }
    if (strncmp(path, "/proc/self/fd/", 14) == 0) {
        return snprintf(text, size, "/run/slimstats.ring");
    }
    return fail(EINVAL);
}

SIM_OUTSIDE char *realpath(const char *path, char *resolved)
{
    strcpy(resolved, path);
    return resolved;
}

SIM_OUTSIDE char *__realpath_chk(const char *path, char *resolved, size_t size);
SIM_OUTSIDE char *__realpath_chk(const char *path, char *resolved, size_t size)
{
    (void)size;
    return realpath(path, resolved);
}

/* --- names --- */

/* The directory and the name that a path ends in; how the call fails, 0: it does not. */
static int find_place(int directory, const char *path, struct sim_inode **parent, char *name)
{
    struct sim_inode *from = begin_at(directory);

    if (!from) {
        return EBADF;
    }
    (void)sim_disk_find(from, path, parent, name);
    if (!*parent) {
        return ENOENT;
    }
    return sim_enter(SIM_CALL_NAME, *parent);
}

SIM_OUTSIDE int unlinkat(int directory, const char *path, int flags)
{
    struct sim_inode *parent;
    char name[SIM_NAME];

    if (!sim_process) {
        return (int)syscall(SYS_unlinkat, directory, path, flags);
    }
    int error = find_place(directory, path, &parent, name);
    if (error == 0 && !sim_name_find(parent, name)) {
        error = ENOENT;
    }
    if (error) {
        return fail(error);
    }
    sim_trace("unlink %s", path);
    sim_name_remove(parent, name);
    sim_done(SIM_CALL_NAME);
    return 0;
}

SIM_OUTSIDE int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

SIM_OUTSIDE int mkdir(const char *path, mode_t mode)
{
    struct sim_inode *parent;
    char name[SIM_NAME];

    if (!sim_process) {
        return (int)syscall(SYS_mkdir, path, mode);
    }
    int error = find_place(AT_FDCWD, path, &parent, name);
    if (error == 0 && sim_name_find(parent, name)) {
        error = EEXIST;
    }
    if (error) {
        return fail(error);
    }
    sim_file_make(parent, name, 1);
    return 0;
}

static int move(int from_at, const char *from, int to_at, const char *to, int replaces)
{
    struct sim_inode *parent, *target;
    char name[SIM_NAME], new_name[SIM_NAME];
    int error = find_place(from_at, from, &parent, name);

    if (error == 0 && !sim_name_find(parent, name)) {
        error = ENOENT;
    }
    error = error ? error : find_place(to_at, to, &target, new_name);
    if (error == 0 && target != parent) {
        error = EXDEV;
    }
    if (error == 0 && !replaces && sim_name_find(target, new_name)) {
        error = EEXIST;
    }
    if (error) {
        return fail(error);
    }
    sim_trace("rename %s to %s", from, to);
    sim_name_move(parent, name, new_name);
    sim_done(SIM_CALL_NAME);
    return 0;
}

SIM_OUTSIDE int renameat(int from_at, const char *from, int to_at, const char *to)
{
    return move(from_at, from, to_at, to, 1);
}

SIM_OUTSIDE int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags)
{
    return move(from_at, from, to_at, to, !(flags & RENAME_NOREPLACE));
}

SIM_OUTSIDE int rename(const char *from, const char *to)
{
    return move(AT_FDCWD, from, AT_FDCWD, to, 1);
}

SIM_OUTSIDE int linkat(int from_at, const char *from, int to_at, const char *to, int flags)
{
    struct sim_inode *inode, *parent;
    char name[SIM_NAME];
    int error = find_place(to_at, to, &parent, name);

    (void)flags;
    if (error == 0 && sim_name_find(parent, name)) {
        error = EEXIST;
    }
    if (error) {
        return fail(error);
    }
    inode = sim_disk_find(begin_at(from_at), from, NULL, NULL);
    if (!inode) {
        return -1;
    }
    sim_name_put(parent, name, inode);
    return 0;
}

/* --- locks --- */

static int lock_bytes(struct sim_inode *inode, struct flock *lock, int command)
{
    int64_t from = lock->l_start, to = lock->l_len ? from + lock->l_len : INT64_MAX;
    int exclusive = lock->l_type == F_UNLCK ? -1 : lock->l_type == F_WRLCK, found;

    if (command == F_GETLK) {
        int owner = sim_lock_owner(inode, from, to, exclusive, &found);
        lock->l_type = owner ? found ? F_WRLCK : F_RDLCK : F_UNLCK;
        lock->l_pid = owner;
        return 0;
    }
    return sim_lock(inode, from, to, exclusive) ? fail(EAGAIN) : 0;
}

SIM_OUTSIDE int fcntl(int fd, int command, ...)
{
    va_list args;

    va_start(args, command);
    void *argument = va_arg(args, void *);
    va_end(args);
    if (!sim_process) {
        return (int)syscall(SYS_fcntl, fd, command, argument);
    }
    struct sim_opened *opened = sim_fd_get(fd);
    if (!opened) {
        return -1;
    }
    sim_enter(SIM_CALL_LOCK, NULL);
    switch (command) {
    case F_GETLK:
    case F_SETLK: return lock_bytes(opened->inode, argument, command);
    case F_DUPFD:
    case F_DUPFD_CLOEXEC: return sim_fd_take(opened, (int)(intptr_t)argument);
    case F_GETFD:
    case F_SETFD:
    case F_GETFL:
    case F_SETFL: return 0;
    default: return fail(EINVAL);
    }
}

int fcntl64(int fd, int command, ...) SIM_SAME_AS(fcntl);

static int can_flock(void *opened)
{
    return sim_flock(opened, 1);
}

SIM_OUTSIDE int flock(int fd, int how)
{
    struct sim_opened *opened = sim_fd_get(fd);

    if (!opened) {
        return -1;
    }
    sim_enter(SIM_CALL_LOCK, NULL);
    if (how & LOCK_UN) {
        sim_flock(opened, 0);
        return 0;
    }
    if (!sim_flock(opened, 1)) {
        if (how & LOCK_NB) {
            return fail(EWOULDBLOCK);
        }
        sim_wait(INT64_MAX, can_flock, opened);
    }
    return 0;
}

/* --- directories --- */

struct listing {
    struct dirent entry;
    int fd;
    size_t at, count;
    char name[][SIM_NAME];
};

SIM_OUTSIDE DIR *fdopendir(int fd)
{
    struct sim_opened *opened = sim_fd_get(fd);
    int error = opened ? sim_enter(SIM_CALL_LIST, opened->inode) : EBADF;

    if (error) {
        errno = error;
        return NULL;
    }
    const struct sim_listing *names = &opened->inode->names;
    struct listing *listing = calloc(1, sizeof *listing + names->count * SIM_NAME);
    listing->fd = fd;
    listing->count = names->count;
    for (size_t i = 0; i < names->count; i++) {
        memcpy(listing->name[i], names->entry[i].name, SIM_NAME);
    }
    return (DIR *)listing;
}

SIM_OUTSIDE DIR *opendir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);

    if (fd >= 0 && !dir) {
        int error = errno;
        close(fd);
        errno = error;
    }
    return dir;
}

SIM_OUTSIDE struct dirent *readdir(DIR *dir)
{
    struct listing *listing = (struct listing *)dir;

    if (listing->at == listing->count) {
        return NULL;
    }
    snprintf(listing->entry.d_name, sizeof listing->entry.d_name, "%s",
             listing->name[listing->at++]);
    return &listing->entry;
}

SIM_OUTSIDE int closedir(DIR *dir)
{
    struct listing *listing = (struct listing *)dir;

    close(listing->fd);
    free(listing);
    return 0;
}
