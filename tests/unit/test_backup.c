/* A copy of the store, and a copy put back. */
#include "old_store.h"

#include "core/whole_file.h"

#include <sys/stat.h>

#define ROWS "select count(*), sum(bytes) from hit"

static void assert_checked(const char *path)
{
    struct slim_store *store = open_reader(path);
    struct slim_store_checked checked;

    well(store, SQLITE->check(store, 1, NULL, &checked));
    assert_int_equal(0, checked.differences);
    assert_true(checked.hits > 0);
    SQLITE->close(store);
}

static void put_more(struct slim_store *store, int from, int to)
{
    struct slim_journal_position position = {1, 64, (uint64_t)to};

    well(store, SQLITE->begin(store));
    for (int i = from; i < to; i++) {
        put_made(store, &made[i]);
    }
    well(store, SQLITE->commit(store, &position, (uint64_t)(to - from)));
}

static void a_copy_is_whole_while_others_write(void **state)
{
    const char *path = scratch_path("live.db"), *copy = scratch_path("copy.db");
    struct slim_store *writer = open_store(path), *reader = open_reader(path);
    struct stat st;

    (void)state;
    make_hits(31);
    put_more(writer, 0, 1000);
    well(reader, SQLITE->backup(reader, copy, NULL));
    put_more(writer, 1000, 1100);
    assert_string_equal("1000|5000000\n", rows_of(copy, ROWS));
    assert_checked(copy);
    assert_int_equal(0, stat(copy, &st));
    assert_int_equal(0600, st.st_mode & 07777);
    assert_int_equal(-1, access(apr_pstrcat(pool, copy, "-wal", NULL), F_OK));
    SQLITE->close(reader);
    SQLITE->close(writer);
}

/* A copy is as right as the store: SQLite looks at its pages, and a check at what they say. */
static void a_copy_says_what_the_store_says(void **state)
{
    const char *path = scratch_path("wrong.db"), *copy = scratch_path("wrong.copy");
    struct slim_store *store = open_store(path);
    struct slim_store_checked checked;

    (void)state;
    make_hits(34);
    put_more(store, 0, 300);
    SQLITE->close(store);
    change(path, "update rollup set hits = hits + 1");
    struct slim_store *reader = open_reader(path);
    well(reader, SQLITE->backup(reader, copy, NULL));
    SQLITE->close(reader);
    reader = open_reader(copy);
    well(reader, SQLITE->check(reader, 0, NULL, &checked));
    assert_true(checked.differences > 0);
    SQLITE->close(reader);
}

static void a_copy_with_a_damaged_page_is_not_kept(void **state)
{
    const char *path = scratch_path("bad.db"), *copy = scratch_path("bad.copy");
    struct slim_store *store = open_store(path);
    size_t length;

    (void)state;
    make_hits(35);
    put_more(store, 0, 1500);
    SQLITE->close(store);
    char *bytes = get_file(path, &length);
    memset(bytes + 4096 * (length / 4096 / 2), 0xa5, 4096);
    put_file(path, bytes, length);
    struct slim_store *reader = open_reader(path);
    assert_int_equal(SLIM_ESTORE, SQLITE->backup(reader, copy, NULL));
    assert_non_null(strstr(reader->error.what, "bad.copy"));
    assert_int_equal(-1, access(copy, F_OK));
    assert_int_equal(-1, access(apr_pstrcat(pool, copy, SLIM_PARTIAL, NULL), F_OK));
    SQLITE->close(reader);
}

static void a_file_that_is_there_is_left_alone(void **state)
{
    const char *path = scratch_path("store.db"), *there = scratch_path("precious");
    size_t length;

    (void)state;
    SQLITE->close(open_store(path));
    put_file(there, "precious", 8);
    struct slim_store *reader = open_reader(path);
    assert_int_equal(SLIM_ESTORE, SQLITE->backup(reader, there, NULL));
    assert_non_null(strstr(reader->error.what, "it is there already"));
    SQLITE->close(reader);
    assert_string_equal("precious", get_file(there, &length));
}

static void a_backup_comes_back_without_the_log_of_the_other(void **state)
{
    const char *path = scratch_path("old.db"), *copy = scratch_path("old.copy");
    struct slim_journal_position position;
    struct slim_store *writer = open_store(path), *restored;

    (void)state;
    make_hits(32);
    put_more(writer, 0, 500);
    struct slim_store *reader = open_reader(path);
    well(reader, SQLITE->backup(reader, copy, NULL));
    SQLITE->close(reader);
    put_more(writer, 500, 900);
    /* killed: its log stays */
    assert_int_equal(0, access(apr_pstrcat(pool, path, "-wal", NULL), F_OK));
    apr_status_t rv = SQLITE->restore(url_of(path), copy, NULL, &restored, pool);
    well(restored, rv);
    assert_memory_equal(SQLITE->uuid(writer), SQLITE->uuid(restored), SLIM_UUID_LENGTH);
    assert_string_equal("500|2500000\n", rows_of(path, ROWS));
    assert_checked(path);
    struct slim_store *again = open_store(path);
    well(again, SQLITE->position(again, &position));
    assert_int_equal(500, position.record);
    put_more(again, 500, 900);
    SQLITE->close(again);
    assert_string_equal("900|4500000\n", rows_of(path, ROWS));
    assert_checked(path);
    SQLITE->close(writer);
}

static void what_is_no_backup_is_refused_and_the_store_stays(void **state)
{
    const char *path = scratch_path("kept.db"), *copy = scratch_path("kept.copy");
    static const char *const cases[] = {"text", "empty", "none", "newer", "torn", "foreign"};
    struct slim_store *store = open_store(path);
    size_t length, kept_length;

    (void)state;
    make_hits(33);
    put_more(store, 0, 1500);
    well(store, SQLITE->backup(store, copy, NULL));
    SQLITE->close(store);
    char *bytes = get_file(copy, &length);
    const char *kept = get_file(path, &kept_length);
    put_file(scratch_path("text"), "no store", 8);
    put_file(scratch_path("empty"), "", 0);
    char version = bytes[63]; /* user_version */
    bytes[63] = 99;
    put_file(scratch_path("newer"), bytes, length);
    bytes[63] = version;
    bytes[71] ^= 1; /* application_id */
    put_file(scratch_path("foreign"), bytes, length);
    bytes[71] ^= 1;
    memset(bytes + 4096 * (length / 4096 / 2), 0xa5, 4096);
    put_file(scratch_path("torn"), bytes, length);
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        struct slim_store *restored;
        assert_int_equal(SLIM_ESTORE, SQLITE->restore(url_of(path), scratch_path(cases[i]), NULL,
                                                      &restored, pool));
        assert_true(strlen(restored->error.what) > 10);
        size_t now_length;
        const char *now = get_file(path, &now_length);
        assert_int_equal(kept_length, now_length);
        assert_memory_equal(kept, now, kept_length);
        assert_int_equal(-1, access(apr_pstrcat(pool, path, SLIM_PARTIAL, NULL), F_OK));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_is_whole_while_others_write),
        cmocka_unit_test(a_copy_says_what_the_store_says),
        cmocka_unit_test(a_copy_with_a_damaged_page_is_not_kept),
        cmocka_unit_test(a_file_that_is_there_is_left_alone),
        cmocka_unit_test(a_backup_comes_back_without_the_log_of_the_other),
        cmocka_unit_test(what_is_no_backup_is_refused_and_the_store_stays),
    };

    return RUN_UNIT(tests);
}
