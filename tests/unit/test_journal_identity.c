/* The journal's identity file, and places where no journal may be. */
#include "journal_writer.h"
#include "size_limit.h"

static void identity_is_kept_over_reopening(void **state)
{
    static const unsigned char none[SLIM_UUID_LENGTH];
    const char *directory = scratch_path("identity"), *other = scratch_path("other");
    struct slim_journal *journal = open_journal(directory);
    struct slim_journal_identity first = *slim_journal_identity(journal);
    unsigned char store[SLIM_UUID_LENGTH] = "\x00\xff\x10 store uuid";

    (void)state;
    assert_memory_not_equal(none, first.journal, SLIM_UUID_LENGTH);
    assert_memory_equal(none, first.store, SLIM_UUID_LENGTH);
    assert_int_equal(APR_SUCCESS, slim_journal_adopt_store(journal, store));
    journal = open_journal(directory);
    assert_memory_equal(first.journal, slim_journal_identity(journal)->journal, SLIM_UUID_LENGTH);
    assert_memory_equal(store, slim_journal_identity(journal)->store, SLIM_UUID_LENGTH);
    store[0] = 7;
    assert_int_equal(APR_SUCCESS, slim_journal_adopt_store(journal, store));
    assert_memory_equal(store, slim_journal_identity(open_journal(directory))->store,
                        SLIM_UUID_LENGTH);
    assert_memory_not_equal(first.journal, slim_journal_identity(open_journal(other))->journal,
                            SLIM_UUID_LENGTH);
}

static int adopt_against_a_limit(struct slim_journal *journal, const unsigned char *store)
{
    (void)signal(SIGXFSZ, SIG_IGN);
    set_file_size_limit(8);
    if (slim_journal_adopt_store(journal, store) == APR_SUCCESS) {
        return 1;
    }
    set_file_size_limit(RLIM_INFINITY);
    return slim_journal_adopt_store(journal, store) == APR_SUCCESS ? 0 : 2;
}

static void adoption_that_failed_is_tried_again(void **state)
{
    static const unsigned char store[SLIM_UUID_LENGTH] = "another store";
    const char *directory = scratch_path("adoption");
    struct slim_journal *journal = open_journal(directory);
    int status;

    (void)state;
    pid_t child = fork();
    if (child == 0) {
        _exit(adopt_against_a_limit(journal, store));
    }
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_int_equal(0, status);
    assert_memory_equal(store, slim_journal_identity(open_journal(directory))->store,
                        SLIM_UUID_LENGTH);
}

static void damaged_identity_is_refused(void **state)
{
    static const char good[] = "slimstats journal 1\n"
                               "journal 00112233445566778899aabbccddeeff\n"
                               "store 00000000000000000000000000000000\n";
    static const char *const cases[] = {
        "",
        "slimstats journal 1\n",
        "slimstats journal 2\njournal 00112233445566778899aabbccddeeff\n"
        "store 00000000000000000000000000000000\n",
        "slimstats journal 1\njournal 00112233445566778899aabbccddeef\n"
        "store 00000000000000000000000000000000\n",
        "slimstats journal 1\njournal 0011\nstore 00000000000000000000000000000000\n",
        "slimstats journal 1\njournal 001\nstore 00000000000000000000000000000000\n",
        "slimstats journal 1\njournal 00112233445566778899aabbccddeeff\nstore 0\n",
        "slimstats journal 1\njournal xx112233445566778899aabbccddeeff\n"
        "store 00000000000000000000000000000000\n",
    };
    const char *directory = scratch_path("damaged"), *path;
    struct slim_journal *journal = open_journal(directory);
    struct stat st;

    (void)state;
    append(journal, 1);
    path = apr_pstrcat(pool, directory, "/identity", NULL);
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        put_file(path, cases[i], strlen(cases[i]));
        if (slim_journal_open(directory, LIMIT, ignore_frame, NULL, &journal, pool)
            != SLIM_EBADJOURNAL) {
            fail_msg("case %zu is taken", i);
        }
        assert_int_equal(0, stat(segment_path(directory, 1, ".journal"), &st));
    }
    put_file(path, good, strlen(good));
    assert_int_equal(0x11, slim_journal_identity(open_journal(directory))->journal[1]);
}

static void strange_places_are_refused(void **state)
{
    const char *file = scratch_path("a-file"), *link = scratch_path("a-link");
    struct slim_journal *journal;

    (void)state;
    put_file(file, "x", 1);
    assert_int_equal(0, symlink(scratch, link));
    assert_int_not_equal(APR_SUCCESS,
                         slim_journal_open(file, LIMIT, ignore_frame, NULL, &journal, pool));
    assert_int_not_equal(APR_SUCCESS,
                         slim_journal_open(link, LIMIT, ignore_frame, NULL, &journal, pool));
    assert_int_not_equal(APR_SUCCESS, slim_journal_open(scratch_path("no/parent"), LIMIT,
                                                        ignore_frame, NULL, &journal, pool));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_is_kept_over_reopening),
        cmocka_unit_test(adoption_that_failed_is_tried_again),
        cmocka_unit_test(damaged_identity_is_refused),
        cmocka_unit_test(strange_places_are_refused),
    };

    return RUN_UNIT(tests);
}
