/* A disk that fails to take what was written: the kernel says so once, and calls it written then.
 * Linked with --wrap=fdatasync and --wrap=pwrite. */
#include "journal_writer.h"

static int failing;    /* so many of the next syncs fail */
static int went_well;  /* how many did */
static uint64_t at, n; /* what was written last */

int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
ssize_t __real_pwrite(int fd, const void *bytes, size_t length, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t length, off_t offset);

int __wrap_fdatasync(int fd)
{
    if (failing > 0) {
        failing--;
        errno = EIO;
        return -1;
    }
    went_well++;
    return __real_fdatasync(fd);
}

ssize_t __wrap_pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    at = (uint64_t)offset;
    n = length;
    return __real_pwrite(fd, bytes, length, offset);
}

static void assert_written_again(struct slim_journal *journal, uint64_t from, uint64_t to)
{
    at = n = 0;
    assert_int_equal(APR_SUCCESS, slim_journal_sync(journal));
    assert_int_equal(from, at);
    assert_int_equal(to - from, n);
    at = n = 0;
    assert_int_equal(APR_SUCCESS, slim_journal_sync(journal));
    assert_int_equal(0, n);
}

/* fault F24 */
static void what_a_sync_failed_for_is_written_again(void **state)
{
    struct slim_journal *journal = open_journal(scratch_path("journal"));

    (void)state;
    append(journal, 10);
    assert_int_equal(APR_SUCCESS, slim_journal_sync(journal));
    uint64_t synced = slim_journal_end(journal).offset;
    append(journal, 10);
    failing = 2;
    assert_int_equal(EIO, slim_journal_sync(journal));
    append(journal, 10);
    assert_int_equal(EIO, slim_journal_sync(journal));
    assert_written_again(journal, synced, slim_journal_end(journal).offset);
    append(journal, 10);
    uint64_t end = slim_journal_end(journal).offset;
    assert_int_equal(APR_SUCCESS, slim_journal_sync(journal));
    assert_int_equal(end, at + n); /* by the flush, and by nobody since */
}

/* fault F24 */
static void a_closed_segment_stays_unsynced_until_a_sync_went_well(void **state)
{
    const char *directory = scratch_path("closed");
    struct slim_journal *journal = open_journal_with(directory, SMALL, ignore_frame, NULL);

    (void)state;
    append(journal, 10);
    uint64_t first = slim_journal_end(journal).segment, end = 0;
    failing = 1;
    assert_int_equal(EIO, slim_journal_sync(journal));
    while (slim_journal_end(journal).segment == first) {
        end = slim_journal_end(journal).offset;
        append(journal, 10);
    }
    failing = 2; /* both segments */
    assert_int_equal(EIO, slim_journal_sync(journal));
    assert_int_equal(0, failing);
    uint64_t newest = slim_journal_end(journal).offset;
    assert_written_again(journal, 0, newest);
    assert_true(end > newest);
}

/* fault F61 */
static void what_a_killed_recorder_left_unsynced_is_synced(void **state)
{
    const char *directory = scratch_path("killed");

    (void)state;
    append(open_journal(directory), 10);
    struct slim_journal *journal = open_journal(directory);
    went_well = 0;
    assert_int_equal(APR_SUCCESS, slim_journal_sync(journal));
    assert_int_equal(1, went_well);
    append(journal, 10);
    assert_int_equal(APR_SUCCESS, slim_journal_sync(journal));
    assert_int_equal(2, went_well);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_sync_failed_for_is_written_again),
        cmocka_unit_test(a_closed_segment_stays_unsynced_until_a_sync_went_well),
        cmocka_unit_test(what_a_killed_recorder_left_unsynced_is_synced),
    };

    return RUN_UNIT(tests);
}
