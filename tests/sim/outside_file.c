/* Files: opening, reading, writing, syncing. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "memory.h"
#include "outside.h"
#include "world.h"

static int fail(int error)
{
    errno = error;
    return -1;
}

/* The directory that a path begins at; *opened_at: 0, and it fails. */
static struct sim_inode *begin_at(int directory)
{
    struct sim_opened *opened;

    if (directory == AT_FDCWD) {
        return sim_disk_root();
    }
    opened = sim_fd_get(directory);
    return opened ? opened->inode : NULL;
}

/* --- opening --- */

static int open_device(const char *path)
{
    if (strcmp(path, "/dev/urandom") == 0) {
        return sim_fd_take(sim_opened_make(SIM_OPENED_CHANCE, NULL), 3);
    }
    return 0;
}

static int open_file(struct sim_inode *from, const char *path, int flags)
{
    char name[SIM_NAME];
    struct sim_inode *directory, *inode = sim_disk_find(from, path, &directory, name);
    int error;

    if (!inode && (!directory || errno != ENOENT || !(flags & O_CREAT))) {
        return -1;
    }
    error = sim_enter(SIM_CALL_OPEN, inode ? inode : directory);
    inode = sim_disk_find(from, path, &directory, name); /* others were at work meanwhile */
    if (error && !(error == ENOSPC && inode)) {          /* what is there needs no room */
        return fail(error);
    }
    if (inode && (flags & O_CREAT) && (flags & O_EXCL)) {
        return fail(EEXIST);
    }
    if (!inode && !(directory && (flags & O_CREAT))) {
        return fail(ENOENT);
    }
    if (inode && (flags & O_DIRECTORY) && !inode->is_directory) {
        return fail(ENOTDIR);
    }
    if (!inode && sim_room_for(directory, 1) == 0) {
        return fail(ENOSPC);
    }
    if (!inode) {
        sim_trace("make %s", path);
        inode = sim_file_make(directory, name, 0);
    }
    if (flags & O_TRUNC) {
        sim_file_resize(inode, 0);
    }
    sim_done(SIM_CALL_OPEN);
    return sim_fd_take(sim_opened_make(SIM_OPENED_FILE, inode), 3);
}

SIM_OUTSIDE int openat(int directory, const char *path, int flags, ...)
{
    va_list args;
    mode_t mode = 0;

    if (flags & O_CREAT) {
        va_start(args, flags);
        mode = va_arg(args, mode_t);
        va_end(args);
    }
    if (!sim_process) {
        return (int)syscall(SYS_openat, directory, path, flags, mode);
    }
    struct sim_inode *from = begin_at(directory);
    int device = open_device(path);
    return !from ? -1 : device ? device : open_file(from, path, flags);
}

SIM_OUTSIDE int open(const char *path, int flags, ...)
{
    va_list args;
    mode_t mode = 0;

    if (flags & O_CREAT) {
        va_start(args, flags);
        mode = va_arg(args, mode_t);
        va_end(args);
    }
    return openat(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) SIM_SAME_AS(open);

/* What _FORTIFY_SOURCE makes of calls without a mode. */
SIM_OUTSIDE int __open_2(const char *path, int flags);
SIM_OUTSIDE int __open_2(const char *path, int flags)
{
    return openat(AT_FDCWD, path, flags);
}

SIM_OUTSIDE int __openat_2(int directory, const char *path, int flags);
SIM_OUTSIDE int __openat_2(int directory, const char *path, int flags)
{
    return openat(directory, path, flags);
}

SIM_OUTSIDE int close(int fd)
{
    if (!sim_process) {
        return (int)syscall(SYS_close, fd);
    }
    sim_enter(SIM_CALL_CLOSE, NULL);
    return sim_fd_close(fd);
}

SIM_OUTSIDE int dup(int fd)
{
    if (!sim_process) {
        return (int)syscall(SYS_dup, fd);
    }
    struct sim_opened *opened = sim_fd_get(fd);
    int error = opened ? sim_enter(SIM_CALL_OPEN, opened->inode) : EBADF;
    return error ? fail(error) : sim_fd_take(opened, 0);
}

/* --- reading and writing --- */

static ssize_t read_chance(char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bytes[i] = (char)sim_below(256);
    }
    return (ssize_t)length;
}

static ssize_t read_events(struct sim_opened *opened, void *bytes)
{
    if (opened->offset == 0) {
        return fail(EAGAIN);
    }
    memcpy(bytes, &opened->offset, sizeof opened->offset);
    opened->offset = 0;
    return sizeof opened->offset;
}

static ssize_t read_file(struct sim_opened *opened, void *bytes, size_t length, uint64_t at)
{
    int error = sim_enter(SIM_CALL_READ, opened->inode);

    return error                         ? fail(error)
           : opened->inode->is_directory ? fail(EISDIR)
                                         : (ssize_t)sim_file_read(opened->inode, at, bytes, length);
}

SIM_OUTSIDE ssize_t pread(int fd, void *bytes, size_t length, off_t at)
{
    if (!sim_process) {
        return syscall(SYS_pread64, fd, bytes, length, at);
    }
    struct sim_opened *opened = sim_fd_get(fd);
    return opened ? read_file(opened, bytes, length, (uint64_t)at) : -1;
}

ssize_t pread64(int fd, void *bytes, size_t length, off_t at) SIM_SAME_AS(pread);

SIM_OUTSIDE ssize_t read(int fd, void *bytes, size_t length)
{
    if (!sim_process) {
        return syscall(SYS_read, fd, bytes, length);
    }
    struct sim_opened *opened = sim_fd_get(fd);
    if (!opened) {
        return -1;
    }
    if (opened->kind == SIM_OPENED_CHANCE) {
        return read_chance(bytes, length);
    }
    if (opened->kind == SIM_OPENED_EVENTS) {
        return read_events(opened, bytes);
    }
    ssize_t got = read_file(opened, bytes, length, opened->offset);
    opened->offset += got > 0 ? (uint64_t)got : 0;
    return got;
}

/* A disk that fills up takes what it has room for; one that fails takes nothing, and who was told
 * of a short write is told of the failure when he asks for the rest. */
static ssize_t write_file(struct sim_inode *inode, const void *bytes, size_t length, uint64_t at)
{
    int error = sim_enter(SIM_CALL_WRITE, inode);
    size_t grows = at + length > inode->now.size ? (size_t)(at + length) - inode->now.size : 0;
    grows = grows < length ? grows : length;
    size_t part = length - grows + sim_room_for(inode, grows);

    if (error && error != SIM_SHORT) {
        return fail(error);
    }
    if (part == 0 && length > 0) {
        return fail(ENOSPC);
    }
    part = error == SIM_SHORT && part > 0 ? 1 + (size_t)sim_below(part) : part;
    sim_file_write(inode, at, bytes, part);
    sim_done(SIM_CALL_WRITE);
    return (ssize_t)part;
}

SIM_OUTSIDE ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at)
{
    if (!sim_process) {
        return syscall(SYS_pwrite64, fd, bytes, length, at);
    }
    struct sim_opened *opened = sim_fd_get(fd);
    return opened ? write_file(opened->inode, bytes, length, (uint64_t)at) : -1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t at) SIM_SAME_AS(pwrite);

SIM_OUTSIDE ssize_t write(int fd, const void *bytes, size_t length)
{
    if (!sim_process) {
        return syscall(SYS_write, fd, bytes, length);
    }
    struct sim_opened *opened = sim_fd_get(fd);
    uint64_t number = 0;
    if (!opened) {
        return -1;
    }
    switch (opened->kind) {
    case SIM_OPENED_LOG: sim_logged(bytes, length); return (ssize_t)length;
    case SIM_OPENED_READY: sim_process->is_ready = 1; return (ssize_t)length;
    case SIM_OPENED_EVENTS:
        memcpy(&number, bytes, sizeof number);
        opened->offset += number;
        return (ssize_t)length;
    default: break;
    }
    ssize_t wrote = write_file(opened->inode, bytes, length, opened->offset);
    opened->offset += wrote > 0 ? (uint64_t)wrote : 0;
    return wrote;
}

/* --- syncing, and sizes --- */

/* A sync that failed says once that bytes did not reach the disk; the next one does not try them
 * again (https://lwn.net/Articles/752063/). */
SIM_OUTSIDE int fsync(int fd)
{
    if (!sim_process) {
        return (int)syscall(SYS_fsync, fd);
    }
    struct sim_opened *opened = sim_fd_get(fd);
    int error = opened ? sim_enter(SIM_CALL_SYNC, opened->inode) : EBADF;
    if (error) {
        if (opened) {
            sim_file_lose(opened->inode);
        }
        return fail(error);
    }
    sim_file_sync(opened->inode);
    sim_done(SIM_CALL_SYNC);
    return 0;
}

int fdatasync(int fd) SIM_SAME_AS(fsync);

SIM_OUTSIDE int ftruncate(int fd, off_t size)
{
    if (!sim_process) {
        return (int)syscall(SYS_ftruncate, fd, size);
    }
    struct sim_opened *opened = sim_fd_get(fd);
    int error = opened ? sim_enter(SIM_CALL_RESIZE, opened->inode) : EBADF;
    if (error) {
        return fail(error);
    }
    sim_file_resize(opened->inode, (uint64_t)size);
    sim_done(SIM_CALL_RESIZE);
    return 0;
}

int ftruncate64(int fd, off_t size) SIM_SAME_AS(ftruncate);

SIM_OUTSIDE int truncate(const char *path, off_t size)
{
    int fd = open(path, O_WRONLY), rc = fd < 0 ? -1 : ftruncate(fd, size);

    if (fd >= 0) {
        close(fd);
    }
    return rc;
}

SIM_OUTSIDE int posix_fallocate(int fd, off_t at, off_t length)
{
    struct sim_opened *opened = sim_fd_get(fd);
    uint64_t size = (uint64_t)(at + length);
    int error = opened ? sim_enter(SIM_CALL_RESIZE, opened->inode) : EBADF;

    if (!error && size > opened->inode->now.size) {
        size_t grows = (size_t)(size - opened->inode->now.size);
        error = sim_room_for(opened->inode, grows) < grows ? ENOSPC : 0;
        if (!error) {
            sim_file_resize(opened->inode, size);
        }
    }
    return error;
}

/* Only to punch a hole over all of it. */
SIM_OUTSIDE int fallocate(int fd, int mode, off_t at, off_t length)
{
    struct sim_opened *opened = sim_fd_get(fd);
    int error = opened ? sim_enter(SIM_CALL_RESIZE, opened->inode) : EBADF;

    if (!error && (mode != (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE) || at != 0)) {
        error = EOPNOTSUPP;
    }
    if (error) {
        return fail(error);
    }
    memset(opened->inode->now.at, 0,
           (size_t)length < opened->inode->now.size ? (size_t)length : opened->inode->now.size);
    return 0;
}

/* --- memory --- */

SIM_OUTSIDE void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t at)
{
    if (flags == (MAP_PRIVATE | MAP_ANONYMOUS) && protection == (PROT_READ | PROT_WRITE)) {
        return sim_memory_map(length, 0);
    }
    if (!sim_process || fd < 0) {
        return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, at);
    }
    struct sim_opened *opened = sim_fd_get(fd);
    int error = opened ? sim_enter(SIM_CALL_MAP, opened->inode) : EBADF;
    if (error) {
        errno = error;
        return MAP_FAILED;
    }
    return sim_file_map(opened->inode) + at;
}

void *mmap64(void *address, size_t length, int protection, int flags, int fd, off_t at)
    SIM_SAME_AS(mmap);

/* The bytes of a file are the file's, and stay as long as it does. */
SIM_OUTSIDE int munmap(void *address, size_t length)
{
    if (sim_memory_unmap(address) || sim_process) {
        return 0;
    }
    return (int)syscall(SYS_munmap, address, length);
}
