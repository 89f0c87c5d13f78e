/* The journal on a healthy disk: what is appended is read, over segments and reopening. */
#include "journal_writer.h"

static void appended_frames_are_read_back(void **state)
{
    struct slim_journal *journal = open_journal(scratch_path("plain"));
    struct slim_journal_reader *reader;
    struct slim_journal_position from = {0, 0, 0}, end;
    struct slim_frame frame;
    char payload[64];

    (void)state;
    append(journal, 5);
    append(journal, 1);
    append(journal, SLIM_JOURNAL_PAYLOAD_MAX / 8);
    end = slim_journal_end(journal);
    assert_int_equal(1, end.segment);
    assert_int_equal(6 + SLIM_JOURNAL_PAYLOAD_MAX / 8, end.record);
    assert_int_equal(APR_SUCCESS, slim_journal_reader_open(slim_journal_directory(journal),
                                                           slim_journal_identity(journal), &from,
                                                           &reader, pool));
    assert_int_equal(APR_SUCCESS, slim_journal_read(reader, &end, &frame));
    struct slim_frame written = hits_frame(0, 5, payload);
    assert_int_equal(SLIM_FRAME_HITS, frame.type);
    assert_int_equal(0, frame.first_record);
    assert_int_equal(5, frame.records);
    assert_int_equal(written.slot, frame.slot);
    assert_true(written.epoch == frame.epoch);
    assert_int_equal(written.from, frame.from);
    assert_int_equal(written.to, frame.to);
    assert_int_equal(written.records_before, frame.records_before);
    assert_int_equal(40, frame.payload.length);
    assert_memory_equal(payload, frame.payload.at, 40);
    assert_int_equal(APR_SUCCESS, slim_journal_read(reader, &end, &frame));
    assert_int_equal(APR_SUCCESS, slim_journal_read(reader, &end, &frame));
    assert_int_equal(6, frame.first_record);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(SLIM_EOFJOURNAL, slim_journal_read(reader, &end, &frame));
    }
    append(journal, 2); /* the reader goes on when more was appended */
    end = slim_journal_end(journal);
    assert_int_equal(APR_SUCCESS, slim_journal_read(reader, &end, &frame));
    assert_int_equal(2, frame.records);
    struct slim_journal_position at = slim_journal_reader_position(reader);
    assert_memory_equal(&end, &at, sizeof end);
}

static void nothing_added_is_seen_before_its_flush(void **state)
{
    struct slim_journal *journal = open_journal(scratch_path("flush"));
    char payload[80];
    int fresh;

    (void)state;
    assert_int_equal(APR_SUCCESS, slim_journal_begin(journal, &fresh));
    assert_true(fresh);
    struct slim_journal_position before = slim_journal_end(journal);
    for (uint64_t i = 0; i < 3; i++) {
        struct slim_frame frame = hits_frame(i * 10, 10, payload);
        assert_int_equal(APR_SUCCESS, slim_journal_add(journal, &frame));
        assert_true(slim_journal_pending(journal));
    }
    struct slim_journal_position now = slim_journal_end(journal);
    assert_memory_equal(&before, &now, sizeof now);
    assert_int_equal(0, read_all(journal)->frames);
    slim_journal_forget(journal);
    assert_false(slim_journal_pending(journal));
    assert_int_equal(APR_SUCCESS, slim_journal_flush(journal));
    assert_int_equal(0, read_all(journal)->frames);
    append(journal, 10);
    assert_int_equal(APR_SUCCESS, slim_journal_begin(journal, &fresh));
    assert_false(fresh);
    assert_found(read_all(journal), 0, 10);
}

static void ledgers_are_carried_whole(void **state)
{
    struct slim_journal *journal = open_journal(scratch_path("ledger"));
    struct slim_ledger ledger = {.drained = UINT64_C(1) << 40}, back = {0};
    struct slim_journal_reader *reader;
    struct slim_journal_position from = {0, 0, 0}, end;
    char payload[SLIM_LEDGER_PAYLOAD];
    struct slim_frame frame = {.type = SLIM_FRAME_LEDGER,
                               .epoch = 9,
                               .payload = {payload, sizeof payload}};
    int fresh;

    (void)state;
    for (unsigned i = 0; i < SLIM_EXCLUDED_REASONS; i++) {
        ledger.excluded[i] = 100 + i;
    }
    for (unsigned i = 0; i < SLIM_DROPPED_REASONS; i++) {
        ledger.dropped[i] = 200 + i;
    }
    slim_journal_put_ledger(&ledger, payload);
    assert_int_equal(APR_SUCCESS, slim_journal_begin(journal, &fresh));
    assert_int_equal(APR_SUCCESS, slim_journal_add(journal, &frame));
    assert_int_equal(APR_SUCCESS, slim_journal_flush(journal));
    append(journal, 1);
    end = slim_journal_end(journal);
    assert_int_equal(1, end.record);
    assert_int_equal(APR_SUCCESS, slim_journal_reader_open(slim_journal_directory(journal),
                                                           slim_journal_identity(journal), &from,
                                                           &reader, pool));
    assert_int_equal(APR_SUCCESS, slim_journal_read(reader, &end, &frame));
    assert_int_equal(APR_SUCCESS, slim_journal_get_ledger(&frame, &back));
    assert_int_equal(9, frame.epoch);
    assert_int_equal(ledger.drained, back.drained);
    assert_memory_equal(ledger.excluded, back.excluded, sizeof back.excluded);
    assert_memory_equal(ledger.dropped, back.dropped, sizeof back.dropped);
    assert_int_equal(ledger.drained + slim_ledger_excluded(&ledger) + slim_ledger_dropped(&ledger),
                     back.seen);
    assert_int_equal(APR_SUCCESS, slim_journal_read(reader, &end, &frame));
    assert_int_equal(SLIM_EBADRECORD, slim_journal_get_ledger(&frame, &back));
    frame.type = SLIM_FRAME_LEDGER;
    assert_int_equal(SLIM_EBADRECORD, slim_journal_get_ledger(&frame, &back));
}

/* --- segments --- */

static void frames_go_on_over_segments_and_reopening(void **state)
{
    const char *directory = scratch_path("segments");
    struct slim_journal *journal = open_journal_with(directory, SMALL, ignore_frame, NULL);
    uint64_t bytes, segments;

    (void)state;
    for (uint64_t i = 0; i < 60; i++) {
        if (i % 13 == 12) {
            journal = open_journal_with(directory, SMALL, ignore_frame, NULL);
            assert_int_equal(i * 1000, slim_journal_end(journal).record);
        }
        append(journal, 1000);
        struct slim_journal_position end = slim_journal_end(journal);
        slim_journal_size(journal, &bytes, &segments);
        assert_int_equal(bytes_on_disk(directory, end.segment), bytes);
        assert_int_equal(end.segment, segments);
    }
    assert_true(segments > 5);
    struct found *found = read_all(journal);
    assert_found(found, 0, 60000);
    assert_no_damage(found);
    struct slim_journal_position end = slim_journal_end(journal);
    assert_memory_equal(&end, &found->at, sizeof end);
}

static void reading_begins_at_any_position(void **state)
{
    const char *directory = scratch_path("positions");
    struct slim_journal *journal = open_journal_with(directory, SMALL, ignore_frame, NULL);
    struct slim_journal_position positions[30];

    (void)state;
    for (int i = 0; i < 30; i++) {
        positions[i] = slim_journal_end(journal);
        append(journal, 1000);
    }
    for (int i = 1; i < 30; i++) {
        struct found *found = read_journal(journal, positions[i]);
        assert_found(found, (uint64_t)i * 1000, 30000);
        assert_no_damage(found);
    }
}

static void retiring_removes_older_segments_alone(void **state)
{
    const char *directory = scratch_path("retire");
    struct slim_journal *journal = open_journal_with(directory, SMALL, ignore_frame, NULL);
    struct slim_journal_position middle = {0, 0, 0};
    uint64_t bytes, segments;

    (void)state;
    for (int i = 0; i < 40; i++) {
        append(journal, 1000);
        if (i == 20) {
            middle = slim_journal_end(journal);
        }
    }
    const char *other = apr_pstrcat(pool, directory, "/0000000000000001.journal.txt", NULL);
    put_file(other, "x", 1);
    slim_journal_retire(journal, &middle);
    uint64_t last = slim_journal_end(journal).segment;
    for (uint64_t i = 1; i <= last; i++) {
        int there = access(segment_path(directory, i, ".journal"), F_OK) == 0;
        assert_int_equal(i >= middle.segment, there);
    }
    assert_int_equal(0, access(other, F_OK));
    slim_journal_size(journal, &bytes, &segments);
    assert_int_equal(last - middle.segment + 1, segments);
    assert_int_equal(bytes_on_disk(directory, last), bytes);
    assert_found(read_journal(journal, middle), 21000, 40000);
    append(journal, 10);
    assert_found(read_journal(journal, middle), 21000, 40010);

    struct slim_journal_position end = slim_journal_end(journal);
    slim_journal_retire(journal, &end);
    journal = open_journal_with(directory, SMALL, ignore_frame, NULL);
    assert_int_equal(40010, slim_journal_end(journal).record);
    append(journal, 10);
    assert_found(read_journal(journal, end), 40010, 40020);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appended_frames_are_read_back),
        cmocka_unit_test(nothing_added_is_seen_before_its_flush),
        cmocka_unit_test(ledgers_are_carried_whole),
        cmocka_unit_test(frames_go_on_over_segments_and_reopening),
        cmocka_unit_test(reading_begins_at_any_position),
        cmocka_unit_test(retiring_removes_older_segments_alone),
    };

    return RUN_UNIT(tests);
}
