/* The journal at its limit, and on a disk that refuses writes: nothing half written stays. */
#include "journal_writer.h"
#include "size_limit.h"

#include <errno.h>

/* fault F55 */
static void limit_is_never_passed_and_nothing_half_written(void **state)
{
    const char *directory = scratch_path("limit");
    struct slim_journal *journal = open_journal_with(directory, SMALL, ignore_frame, NULL);
    uint64_t records = 0, bytes, segments;
    apr_status_t rv;

    (void)state;
    while ((rv = try_append(journal, 1000)) == APR_SUCCESS) {
        records += 1000;
    }
    assert_int_equal(SLIM_EJOURNALFULL, rv);
    slim_journal_size(journal, &bytes, &segments);
    assert_in_range(bytes, SMALL - 10000, SMALL);
    assert_in_range(bytes_on_disk(directory, 99), SMALL - 10000, SMALL);
    struct found *found = read_all(journal);
    assert_found(found, 0, records);
    assert_no_damage(found);

    struct slim_journal_position end = slim_journal_end(journal);
    slim_journal_retire(journal, &end); /* room comes back */
    append(journal, 1000);
    assert_found(read_journal(journal, end), records, records + 1000);
}

static void what_was_added_before_the_limit_is_kept(void **state)
{
    struct slim_journal *journal =
        open_journal_with(scratch_path("added"), SMALL, ignore_frame, NULL);
    static char payload[8000];
    uint64_t records = 0;
    apr_status_t rv = APR_SUCCESS;
    int fresh;

    (void)state;
    while (rv == APR_SUCCESS) {
        assert_int_equal(APR_SUCCESS, slim_journal_begin(journal, &fresh));
        for (int i = 0; i < 7 && rv == APR_SUCCESS; i++) {
            struct slim_frame frame = hits_frame(records, 1000, payload);
            rv = slim_journal_add(journal, &frame);
            records += rv == APR_SUCCESS ? 1000 : 0;
        }
        assert_int_equal(APR_SUCCESS, slim_journal_flush(journal));
    }
    assert_int_equal(SLIM_EJOURNALFULL, rv);
    assert_found(read_all(journal), 0, records);
}

/* Run in a child of its own; says where it went wrong. */
static int append_against_a_limit(struct slim_journal *journal, const char *segment)
{
    struct stat before, after;

    (void)signal(SIGXFSZ, SIG_IGN);
    for (unsigned room = 0; room < 200; room += 7) {
        if (stat(segment, &before) != 0) {
            return 1;
        }
        set_file_size_limit((rlim_t)before.st_size + room);
        if (try_append(journal, 100) != EFBIG) {
            return 2;
        }
        if (stat(segment, &after) != 0 || after.st_size != before.st_size) {
            return 3;
        }
        set_file_size_limit(RLIM_INFINITY);
        if (try_append(journal, 3) != APR_SUCCESS) {
            return 4;
        }
    }
    return 0;
}

/* fault F53 */
static void failed_write_leaves_nothing_behind(void **state)
{
    const char *directory = scratch_path("refused");
    struct slim_journal *journal = open_journal(directory);
    int status;

    (void)state;
    append(journal, 10);
    pid_t child = fork();
    if (child == 0) {
        _exit(append_against_a_limit(journal, segment_path(directory, 1, ".journal")));
    }
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_true(WIFEXITED(status));
    assert_int_equal(0, WEXITSTATUS(status));
    journal = open_journal(directory);
    struct found *found = read_all(journal);
    assert_found(found, 0, 10 + 3 * 29);
    assert_no_damage(found);
}

static void frames_of_an_impossible_size_are_refused(void **state)
{
    struct slim_journal *journal = open_journal(scratch_path("size"));
    char *payload = apr_pcalloc(pool, SLIM_JOURNAL_PAYLOAD_MAX + 8);
    struct slim_frame frame = {.type = SLIM_FRAME_HITS,
                               .payload = {payload, SLIM_JOURNAL_PAYLOAD_MAX + 8}};
    int fresh, added = 0;

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_journal_begin(journal, &fresh));
    assert_int_equal(APR_ENOSPC, slim_journal_add(journal, &frame));
    frame.payload.length = SLIM_JOURNAL_PAYLOAD_MAX;
    while (slim_journal_add(journal, &frame) == APR_SUCCESS && added < 1000) {
        added++; /* the buffer has an end; what fits is kept */
    }
    assert_in_range(added, 1, 999);
    assert_int_equal(APR_SUCCESS, slim_journal_flush(journal));
    assert_int_equal(added, read_all(journal)->frames);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limit_is_never_passed_and_nothing_half_written),
        cmocka_unit_test(what_was_added_before_the_limit_is_kept),
        cmocka_unit_test(failed_write_leaves_nothing_behind),
        cmocka_unit_test(frames_of_an_impossible_size_are_refused),
    };

    return RUN_UNIT(tests);
}
