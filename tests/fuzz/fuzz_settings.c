/* The recorder's settings: lines that are refused, or settings that are the same when they are
 * written and read again; and each value of the table within its range. */
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "core/settings.h"

static apr_status_t read_settings(const void *bytes, size_t size, struct slim_settings *settings,
                                  apr_pool_t *pool)
{
    unsigned lines, lines_max = 1;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    CHECK(fd >= 0 && write(fd, bytes, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
    slim_settings_init(settings, pool);
    apr_status_t rv = slim_settings_read(settings, fd, &lines, pool);
    close(fd);
    for (size_t i = 0; i < size; i++) {
        lines_max += ((const char *)bytes)[i] == '\n';
    }
    CHECK(lines <= lines_max && (rv == APR_SUCCESS || rv == SLIM_EBADSETTING));
    return rv;
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A hash has no order. */
static apr_array_header_t *sorted_lines(const char *text, apr_pool_t *pool)
{
    apr_array_header_t *lines = apr_array_make(pool, 64, sizeof(char *));
    char *state, *copy = apr_pstrdup(pool, text);

    for (char *at = apr_strtok(copy, "\n", &state); at; at = apr_strtok(NULL, "\n", &state)) {
        APR_ARRAY_PUSH(lines, char *) = at;
    }
    qsort(lines->elts, (size_t)lines->nelts, sizeof(char *), compare_lines);
    return lines;
}

static void check_again(const struct slim_settings *first, apr_pool_t *pool)
{
    const char *text = slim_settings_write(first, pool);
    struct slim_settings again;

    CHECK(read_settings(text, strlen(text), &again, pool) == APR_SUCCESS);
    apr_array_header_t *a = sorted_lines(text, pool);
    apr_array_header_t *b = sorted_lines(slim_settings_write(&again, pool), pool);
    CHECK(a->nelts == b->nelts);
    for (int i = 0; i < a->nelts; i++) {
        CHECK(strcmp(APR_ARRAY_IDX(a, i, char *), APR_ARRAY_IDX(b, i, char *)) == 0);
    }
    for (apr_hash_index_t *hi = apr_hash_first(pool, first->sites); hi; hi = apr_hash_next(hi)) {
        const struct slim_site_rules *rules =
            apr_hash_get(again.sites, apr_hash_this_key(hi), APR_HASH_KEY_STRING);
        CHECK(rules && slim_site_rules_are_equal(rules, apr_hash_this_val(hi)));
    }
}

static void check_value(const char *text)
{
    for (const struct slim_setting *s = slim_settings_table; s->type != SLIM_SETTING_TYPES; s++) {
        uint64_t value;
        for (int as_directive = 0; s->max > 0 && as_directive < 2; as_directive++) {
            CHECK(slim_setting_parse(s, text, as_directive, &value) != APR_SUCCESS
                  || (value >= s->min && value <= s->max));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slim_settings settings;
    apr_pool_t *pool;

    CHECK(apr_pool_create(&pool, fuzz_pool()) == APR_SUCCESS);
    check_value(apr_pstrmemdup(pool, (const char *)data, size));
    if (read_settings(data, size, &settings, pool) == APR_SUCCESS) {
        check_again(&settings, pool);
    }
    apr_pool_destroy(pool);
    return 0;
}
