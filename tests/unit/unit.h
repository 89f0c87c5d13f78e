/* What every test program needs: cmocka, a pool, and a scratch directory that goes with it. */
#ifndef SLIM_UNIT_H
#define SLIM_UNIT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_pools.h>
#include <apr_strings.h>

#include "core/hit.h"

static apr_pool_t *pool;
static char scratch[32];

#define LENGTH_OF(array) (sizeof(array) / sizeof(array)[0])

static inline struct slim_text text_of(const char *string)
{
    return (struct slim_text){string, strlen(string)};
}

static inline const char *string_of(struct slim_text text)
{
    return apr_pstrmemdup(pool, text.at ? text.at : "", text.length);
}

static inline const char *scratch_path(const char *name)
{
    return apr_pstrcat(pool, scratch, "/", name, NULL);
}

static inline void put_file(const char *path, const void *bytes, size_t length)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_int_equal(length, fwrite(bytes, 1, length, file));
    assert_int_equal(0, fclose(file));
}

/* The file's bytes in pool, with a NUL behind them. */
static inline char *get_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "re");

    assert_non_null(file);
    assert_int_equal(0, fseek(file, 0, SEEK_END));
    *length = (size_t)ftell(file);
    rewind(file);
    char *bytes = apr_pcalloc(pool, *length + 1);
    assert_int_equal(*length, fread(bytes, 1, *length, file));
    fclose(file);
    return bytes;
}

static inline void copy_file(const char *from, const char *to)
{
    struct stat st;
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(in >= 0 && out >= 0 && fstat(in, &st) == 0);
    for (off_t at = 0; at < st.st_size;) {
        assert_true(sendfile(out, in, &at, (size_t)(st.st_size - at)) > 0);
    }
    close(in);
    assert_int_equal(0, close(out));
}

static inline int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static inline void remove_tree(const char *path)
{
    (void)nftw(path, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* In memory where there is room: what is synced there costs nothing. */
static inline int begin_unit(void **state)
{
    struct statvfs memory;
    int has_room = statvfs("/dev/shm", &memory) == 0 && access("/dev/shm", W_OK) == 0
                   && memory.f_bavail * memory.f_frsize > (1U << 28);

    (void)state;
    alarm(900); /* a program that hangs fails */
    strcpy(scratch, has_room ? "/dev/shm/slim-unit-XXXXXX" : "/tmp/slim-unit-XXXXXX");
    return apr_initialize() != APR_SUCCESS || apr_pool_create(&pool, NULL) != APR_SUCCESS
           || mkdtemp(scratch) == NULL;
}

static inline int end_unit(void **state)
{
    (void)state;
    remove_tree(scratch);
    apr_pool_destroy(pool); /* APR keeps the memory: the process is about to end */
    return 0;
}

#define RUN_UNIT(tests) cmocka_run_group_tests(tests, begin_unit, end_unit)

#endif
