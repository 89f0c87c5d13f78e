/* Segments that are missing, damaged, foreign or strange. */
#include "journal_writer.h"

#include <sys/resource.h>
#include <sys/wait.h>

/* 40 frames of 1000 records over several segments. */
static struct slim_journal *make_segments(const char *directory, uint64_t *first_of)
{
    struct slim_journal *journal = open_journal_with(directory, SMALL, ignore_frame, NULL);

    for (uint64_t i = 0; i < 40; i++) {
        append(journal, 1000);
        uint64_t number = slim_journal_end(journal).segment;
        assert_in_range(number, 1, 9);
        first_of[number + 1] = (i + 1) * 1000;
    }
    first_of[1] = 0;
    return journal;
}

static void missing_segments_are_counted_as_gone(void **state)
{
    const char *directory = scratch_path("gone");
    uint64_t first_of[11] = {0};
    struct slim_journal *journal = make_segments(directory, first_of);

    (void)state;
    assert_int_equal(0, unlink(segment_path(directory, 2, ".journal")));
    assert_int_equal(0, unlink(segment_path(directory, 3, ".journal")));
    struct found *found = read_all(journal);
    for (uint64_t i = 0; i < 40000; i++) {
        assert_int_equal(i < first_of[2] || i >= first_of[4], found->times[i]);
    }
    assert_int_equal(first_of[4] - first_of[2], found->damage.records_gone);
    assert_int_equal(0, found->damage.records_unreadable);

    /* The store stands within one that is gone. */
    struct slim_journal_position within = {2, 4096, first_of[2] + 10};
    found = read_journal(journal, within);
    assert_found(found, first_of[4], 40000);
    assert_int_equal(first_of[4] - first_of[2] - 10, found->damage.records_gone);
}

static void end_of_a_segment_that_is_damaged_is_counted(void **state)
{
    const char *directory = scratch_path("end");
    uint64_t first_of[11] = {0};
    struct slim_journal *journal = make_segments(directory, first_of);
    struct stat st;

    (void)state;
    const char *path = segment_path(directory, 2, ".journal");
    assert_int_equal(0, stat(path, &st));
    assert_int_equal(0, truncate(path, st.st_size - 1));
    struct found *found = read_all(journal);
    assert_int_equal(1000, found->damage.records_unreadable);
    assert_int_equal(0, found->damage.records_gone);
    for (uint64_t i = 0; i < 40000; i++) {
        assert_int_equal(i < first_of[3] - 1000 || i >= first_of[3], found->times[i]);
    }
}

/* Nothing of the first segment can be read: its records are lost all the same. */
static void first_segment_without_a_whole_frame_is_counted(void **state)
{
    const char *directory = scratch_path("first");
    uint64_t first_of[11] = {0};
    struct slim_journal *journal = make_segments(directory, first_of);

    (void)state;
    assert_int_equal(0, truncate(segment_path(directory, 1, ".journal"), SEGMENT_HEADER));
    struct found *found = read_journal(journal, (struct slim_journal_position){1, 64, 0});
    assert_int_equal(40000 - first_of[2], found->records);
    assert_int_equal(first_of[2], found->damage.records_unreadable);
}

/* fault F52 */
static void segments_of_another_journal_are_put_aside(void **state)
{
    const char *directory = scratch_path("mixed"), *other = scratch_path("stranger");
    uint64_t first_of[11] = {0};
    struct slim_journal *journal = open_journal(directory), *stranger;
    struct stat st;
    size_t length;

    (void)state;
    append(journal, 7);
    stranger = make_segments(other, first_of);
    assert_true(slim_journal_end(stranger).segment > 3);
    char *bytes = get_file(segment_path(other, 2, ".journal"), &length);
    put_file(segment_path(directory, 2, ".journal"), bytes, length);
    char *own = get_file(segment_path(directory, 1, ".journal"), &length);
    put_file(segment_path(directory, 9, ".journal"), own, length); /* ours, by another number */
    journal = open_journal(directory);
    assert_int_equal(7, slim_journal_end(journal).record);
    assert_int_equal(0, stat(segment_path(directory, 2, ".foreign"), &st));
    assert_int_equal(0, stat(segment_path(directory, 9, ".foreign"), &st));
    assert_int_not_equal(0, stat(segment_path(directory, 2, ".journal"), &st));
    append(journal, 3);
    assert_found(read_all(journal), 0, 10);
}

static void opening_hands_out_the_last_ranges(void **state)
{
    const char *directory = scratch_path("seen");
    uint64_t first_of[11] = {0};
    struct seen seen = {0, 0, 0};
    struct slim_journal *journal = make_segments(directory, first_of);

    (void)state;
    (void)open_journal_with(directory, SMALL, note_seen, &seen);
    assert_int_equal(40000, seen.last_records);
    assert_int_equal(40000 * 8, seen.last_to);
    assert_true(seen.frames > 0);

    /* The last segment has no hits yet: the one before it tells. */
    uint64_t last = slim_journal_end(journal).segment;
    assert_int_equal(0, truncate(segment_path(directory, last, ".journal"), SEGMENT_HEADER));
    seen = (struct seen){0, 0, 0};
    journal = open_journal_with(directory, SMALL, note_seen, &seen);
    assert_int_equal(first_of[last], seen.last_records);
    assert_int_equal(first_of[last], slim_journal_end(journal).record);
    assert_int_equal(last, slim_journal_end(journal).segment);
}

/* fault F57 */
static void unlinked_segment_is_noticed_before_the_next_append(void **state)
{
    const char *directory = scratch_path("unlinked");
    struct slim_journal *journal = open_journal(directory);
    struct slim_journal_position end;
    uint64_t bytes, segments;
    struct stat st;

    (void)state;
    append(journal, 10);
    end = slim_journal_end(journal);
    assert_int_equal(0, unlink(segment_path(directory, 1, ".journal")));
    append(journal, 5);
    assert_int_equal(2, slim_journal_end(journal).segment);
    struct found *found = read_journal(journal, end);
    assert_found(found, 10, 15);
    assert_no_damage(found);
    found = read_journal(journal, (struct slim_journal_position){1, 64, 4});
    assert_int_equal(6, found->damage.records_gone);
    slim_journal_size(journal, &bytes, &segments);
    assert_int_equal(0, stat(segment_path(directory, 2, ".journal"), &st));
    assert_int_equal(1, segments);
    assert_int_equal(st.st_size, bytes);
}

/* fault F56 */
static void removed_directory_is_made_anew_with_its_identity(void **state)
{
    const char *directory = scratch_path("removed");
    struct slim_journal *journal = open_journal(directory);
    struct slim_journal_identity before = *slim_journal_identity(journal);

    (void)state;
    append(journal, 10);
    remove_tree(directory);
    append(journal, 5);
    struct slim_journal_position from = {0, 0, 0};
    struct found *found = read_journal(journal, from);
    assert_found(found, 10, 15);
    journal = open_journal(directory);
    assert_memory_equal(before.journal, slim_journal_identity(journal)->journal, SLIM_UUID_LENGTH);
    assert_int_equal(15, slim_journal_end(journal).record);
}

static void damaged_segment_outlives_being_retired(void **state)
{
    const char *directory = scratch_path("aside");
    uint64_t first_of[11] = {0};
    struct slim_journal *journal = make_segments(directory, first_of);
    struct slim_journal_position end = slim_journal_end(journal);
    struct stat st;

    (void)state;
    slim_journal_set_aside(journal, 2);
    slim_journal_set_aside(journal, 2);
    slim_journal_set_aside(journal, 77);
    assert_found(read_all(journal), 0, 40000);
    slim_journal_retire(journal, &end);
    assert_int_equal(0, stat(segment_path(directory, 2, ".corrupt"), &st));
    assert_true(st.st_size > 4096);
    assert_int_not_equal(0, stat(segment_path(directory, 77, ".corrupt"), &st));
}

/* Names that a stranger put there: neither followed nor written through, and set aside. */
/* fault F58 */
static void links_and_pipes_are_neither_followed_nor_written(void **state)
{
    const char *directory = scratch_path("strange"), *target = scratch_path("precious");
    struct slim_journal *journal = open_journal(directory);
    size_t length;

    (void)state;
    append(journal, 3);
    put_file(target, "precious", 8);
    assert_int_equal(0, symlink(target, segment_path(directory, 2, ".journal")));
    assert_int_equal(0, mkfifo(segment_path(directory, 3, ".journal"), 0600));
    assert_int_equal(0, mkdir(segment_path(directory, 4, ".journal"), 0700));
    journal = open_journal(directory);
    assert_int_equal(3, slim_journal_end(journal).record);
    (void)try_append(journal, 3);
    assert_string_equal("precious", get_file(target, &length));

    assert_int_equal(0, unlink(segment_path(directory, 2, ".foreign")));
    assert_int_equal(0, unlink(segment_path(directory, 3, ".foreign")));
    assert_int_equal(0, rmdir(segment_path(directory, 4, ".foreign")));
    append(journal, 3);
    struct found *found = read_all(journal);
    assert_found(found, 0, slim_journal_end(journal).record);
    assert_no_damage(found);
}

/* Nobody knows whose a segment is that cannot be opened for the moment: it stays where it is, and
 * the journal is opened later. */
static void a_segment_that_cannot_be_opened_is_nobody_elses(void **state)
{
    const char *directory = scratch_path("many_files");
    struct slim_journal *journal = open_journal(directory);
    struct rlimit limit, low;
    pid_t child;
    int status;

    (void)state;
    append(journal, 3);
    assert_int_equal(0, getrlimit(RLIMIT_NOFILE, &limit));
    child = fork();
    if (child == 0) { /* each number of descriptors that opening it may fall short of */
        int failed = 0;
        for (rlim_t more = 0; more < 8; more++) {
            int free_fd = dup(0);
            close(free_fd);
            low = (struct rlimit){(rlim_t)free_fd + more, limit.rlim_max};
            setrlimit(RLIMIT_NOFILE, &low);
            failed += slim_journal_open(directory, LIMIT, ignore_frame, NULL, &journal, pool)
                      != APR_SUCCESS;
        }
        _exit(failed > 1 ? 0 : 1);
    }
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_int_equal(0, status);
    assert_int_not_equal(0, access(segment_path(directory, 1, ".foreign"), F_OK));
    journal = open_journal(directory);
    assert_int_equal(3, slim_journal_end(journal).record);
}

/* The power went: the store was on the disk, the journal's last second was not. What comes then is
 * new to the store. */
static void new_records_are_read_by_a_store_that_is_ahead(void **state)
{
    const char *directory = scratch_path("ahead");
    struct slim_journal *journal = open_journal(directory);

    (void)state;
    for (int i = 0; i < 100; i++) {
        append(journal, 1);
    }
    struct slim_journal_position loaded = slim_journal_end(journal);
    assert_int_equal(0, truncate(segment_path(directory, 1, ".journal"), 4000));
    journal = open_journal(directory);
    for (int i = 0; i < 200; i++) {
        append(journal, 1);
    }
    assert_int_equal(200, read_journal(journal, loaded)->records);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_segments_are_counted_as_gone),
        cmocka_unit_test(end_of_a_segment_that_is_damaged_is_counted),
        cmocka_unit_test(first_segment_without_a_whole_frame_is_counted),
        cmocka_unit_test(segments_of_another_journal_are_put_aside),
        cmocka_unit_test(opening_hands_out_the_last_ranges),
        cmocka_unit_test(unlinked_segment_is_noticed_before_the_next_append),
        cmocka_unit_test(removed_directory_is_made_anew_with_its_identity),
        cmocka_unit_test(damaged_segment_outlives_being_retired),
        cmocka_unit_test(links_and_pipes_are_neither_followed_nor_written),
        cmocka_unit_test(a_segment_that_cannot_be_opened_is_nobody_elses),
        cmocka_unit_test(new_records_are_read_by_a_store_that_is_ahead),
    };

    return RUN_UNIT(tests);
}
