/* What every fuzz target needs. A target is one function: whatever bytes it is given, its own
 * checks hold and no sanitizer complains. With libFuzzer it is `make fuzz`; with driver.c a unit
 * test that runs the seeds. */
#ifndef SLIM_FUZZ_H
#define SLIM_FUZZ_H

#include <dirent.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_pools.h>
#include <apr_strings.h>

#include "core/hit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* What is the same for all inputs lives here. */
static inline apr_pool_t *fuzz_pool(void)
{
    static apr_pool_t *pool;

    if (!pool && (apr_initialize() != APR_SUCCESS || apr_pool_create(&pool, NULL) != APR_SUCCESS)) {
        abort();
    }
    return pool;
}

static inline struct slim_text fuzz_text(const uint8_t *data, size_t size)
{
    return (struct slim_text){(const char *)data, size};
}

/* A text that is empty, or lies wholly within another. */
static inline int fuzz_is_within(struct slim_text part, struct slim_text whole)
{
    return part.length == 0
           || (part.at >= whole.at && part.length <= whole.length
               && part.at - whole.at <= (ptrdiff_t)(whole.length - part.length));
}

static inline int fuzz_is_same(struct slim_text a, struct slim_text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

/* A directory for one input's files; path has FUZZ_PATH bytes. */
#define FUZZ_PATH 64

static inline void fuzz_make_directory(char *path)
{
    snprintf(path, FUZZ_PATH, "/dev/shm/slim_fuzz.XXXXXX");
    CHECK(mkdtemp(path));
}

static inline void fuzz_remove_directory(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry;

    CHECK(dir);
    while ((entry = readdir(dir)) != NULL) {
        CHECK(entry->d_name[0] == '.' || unlinkat(dirfd(dir), entry->d_name, 0) == 0);
    }
    closedir(dir);
    CHECK(rmdir(path) == 0);
}

static inline void fuzz_put_file(const char *directory, const char *name, const void *bytes,
                                 size_t size)
{
    char path[FUZZ_PATH + 64];

    snprintf(path, sizeof path, "%s/%s", directory, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, bytes, size) == (ssize_t)size && close(fd) == 0);
}

/* All of a file, to be freed. */
static inline char *fuzz_get_file(const char *path, size_t *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    off_t end = lseek(fd, 0, SEEK_END);
    char *bytes = malloc(end > 0 ? (size_t)end : 1);

    CHECK(fd >= 0 && end >= 0 && bytes && pread(fd, bytes, (size_t)end, 0) == end);
    close(fd);
    *size = (size_t)end;
    return bytes;
}

#endif
