/* The file of the visitors' key: refused, or one that is the same when it is written and read. */
#include "fuzz.h"

#include "core/visitor_key.h"

static int is_same(const struct slim_visitor_key_entry *a, const struct slim_visitor_key_entry *b)
{
    return a->kind == b->kind && a->day == b->day && a->is_chain == b->is_chain
           && memcmp(a->key, b->key, sizeof a->key) == 0;
}

static void check_file(const char *path, const struct slim_visitor_key_entry *expected)
{
    struct slim_visitor_key_entry entry;
    int fd;

    CHECK(slim_visitor_key_lock(path, &fd) == APR_SUCCESS);
    apr_status_t rv = slim_visitor_key_read(fd, SLIM_VISITOR_KEY_FILE, &entry);
    CHECK(rv == (expected ? APR_SUCCESS : SLIM_EBADRULES)
          && (!expected || is_same(expected, &entry)));
    if (expected) {
        CHECK(slim_visitor_key_write(fd, SLIM_VISITOR_KEY_FILE, expected) == APR_SUCCESS);
        CHECK(slim_visitor_key_read(fd, SLIM_VISITOR_KEY_FILE, &entry) == APR_SUCCESS
              && is_same(expected, &entry));
    }
    slim_visitor_key_forget(fd, SLIM_VISITOR_KEY_FILE);
    CHECK(slim_visitor_key_read(fd, SLIM_VISITOR_KEY_FILE, &entry) == APR_ENOENT);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slim_visitor_key_entry entry;
    char directory[FUZZ_PATH];
    int good = slim_visitor_key_parse((const char *)data, size, &entry);

    CHECK(!good
          || (entry.day >= 0
              && (entry.kind == SLIM_VISITOR_KEY_DAILY
                  || (entry.kind == SLIM_VISITOR_KEY_STATIC && entry.day == 0))));
    fuzz_make_directory(directory);
    fuzz_put_file(directory, "visitor.key", data, size);
    check_file(directory, good ? &entry : NULL);
    fuzz_remove_directory(directory);
    return 0;
}
