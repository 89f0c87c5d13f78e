/* Loaded before the C library: notes each write to a regular file below SLIM_UNSYNCED_BELOW, with
 * what stood there before, until the file is synced. What is in the log (SLIM_UNSYNCED_LOG) when
 * the process is killed is what a power cut may have kept, lost or garbled, write by write. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BEFORE_MAX 65536

/* Of a write, then path and the bytes before it; of a sync, then path. */
struct entry {
    uint32_t kind; /* 1: written, 2: synced what was written before 4, 3: cut to offset */
    uint32_t path, before;
    uint64_t offset, length, size; /* of the file before */
};

static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_fdatasync)(int), (*real_fsync)(int), (*real_ftruncate)(int, off_t);
static const char *below;
static int log_fd = -1;

static void __attribute__((constructor)) begin(void)
{
    const char *path = getenv("SLIM_UNSYNCED_LOG");

    real_pwrite = (ssize_t(*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite64");
    real_write = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    real_fdatasync = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    real_fsync = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    real_ftruncate = (int (*)(int, off_t))dlsym(RTLD_NEXT, "ftruncate64");
    below = getenv("SLIM_UNSYNCED_BELOW");
    log_fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;
}

/* The path of a file that is watched; 0: it is none. */
static size_t path_of(int fd, char *path, struct stat *st)
{
    char link[64];

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = below && log_fd >= 0 ? readlink(link, path, 4095) : -1;
    if (length <= 0 || strncmp(path, below, strlen(below)) != 0 || fstat(fd, st) != 0
        || !S_ISREG(st->st_mode)) {
        return 0;
    }
    return (size_t)length;
}

static void note(int fd, uint32_t kind, off_t offset, size_t length)
{
    static __thread char line[sizeof(struct entry) + 4096 + BEFORE_MAX];
    char path[4096];
    struct stat st;
    struct entry entry = {.kind = kind, .path = (uint32_t)path_of(fd, path, &st)};

    if (entry.path == 0) {
        return;
    }
    entry.offset = (uint64_t)(offset < 0 ? lseek(fd, 0, SEEK_CUR) : offset);
    entry.length = length;
    entry.size = (uint64_t)st.st_size;
    if (kind == 1) {
        ssize_t got = pread(fd, line + sizeof entry + entry.path,
                            length < BEFORE_MAX ? length : BEFORE_MAX, (off_t)entry.offset);
        entry.before = got > 0 ? (uint32_t)got : 0;
    }
    memcpy(line, &entry, sizeof entry);
    memcpy(line + sizeof entry, path, entry.path);
    if (real_write(log_fd, line, sizeof entry + entry.path + entry.before) < 0) {
        abort();
    }
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset)
{
    note(fd, 1, offset, length);
    return real_pwrite(fd, bytes, length, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    return pwrite64(fd, bytes, length, offset);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    note(fd, 1, -1, length);
    return real_write(fd, bytes, length);
}

int ftruncate64(int fd, off64_t length)
{
    note(fd, 3, length, 0);
    return real_ftruncate(fd, length);
}

int ftruncate(int fd, off_t length)
{
    return ftruncate64(fd, length);
}

/* What is on the disk is so once the call has ended well. */
static int sync_noted(int fd, int (*sync)(int))
{
    note(fd, 4, 0, 0);

    int rc = sync(fd);

    if (rc == 0) {
        note(fd, 2, 0, 0);
    }
    return rc;
}

int fdatasync(int fd)
{
    return sync_noted(fd, real_fdatasync);
}

int fsync(int fd)
{
    return sync_noted(fd, real_fsync);
}
