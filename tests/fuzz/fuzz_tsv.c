/* Tab separated files, and what is read from such: sources, spam. */
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "core/tsv.h"
#include "enrich/sources.h"

static void read_rows(const char *path, apr_pool_t *pool)
{
    struct slim_tsv tsv;
    unsigned last = 0;

    CHECK(slim_tsv_open(path, &tsv, pool) == APR_SUCCESS);
    while (slim_tsv_next(&tsv, pool) == APR_SUCCESS) {
        CHECK(tsv.line > last && tsv.columns >= 1 && tsv.columns <= SLIM_TSV_COLUMNS_MAX);
        for (int i = 0; i < SLIM_TSV_COLUMNS_MAX; i++) {
            CHECK(tsv.column[i] && !strpbrk(tsv.column[i], "\t\n"));
        }
        last = tsv.line;
    }
}

static void read_lists(const char *path, apr_pool_t *pool)
{
    struct slim_sources *sources = slim_sources_make(pool);
    const struct slim_text host = {"www.example.org", 15}, path_text = {"/a/b", 4};
    struct slim_list_file list = {.path = path}, spam = {.path = path, .only_good = 1};

    (void)!slim_sources_add(sources, &list, pool);
    CHECK(slim_sources_add_spam(sources, &spam, pool) == APR_SUCCESS);
    const struct slim_source *found = slim_sources_find(sources, host, path_text);
    CHECK(!found || (found->name && found->file && found->line > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    apr_pool_t *pool;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    CHECK(apr_pool_create(&pool, fuzz_pool()) == APR_SUCCESS);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    read_rows(path, pool);
    read_lists(path, pool);
    apr_pool_destroy(pool);
    close(fd);
    return 0;
}
