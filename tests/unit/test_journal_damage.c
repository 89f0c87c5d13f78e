/* A segment after crashes and bit rot: every whole frame is read, none twice, and what is lost is
 * counted exactly. */
#include "journal_writer.h"

#include <fcntl.h>

#include "noise.h"

#define FRAMES 20

/* A journal with one segment of FRAMES frames, of one record and 8 bytes each, kept as bytes. */
static char *segment;
static size_t segment_length;
static const size_t frame_length = FRAME_HEADER + 8;
static char *identity;
static size_t identity_length;

static int make_sample(void **state)
{
    const char *directory;

    if (begin_unit(state) != 0) {
        return -1;
    }
    directory = scratch_path("sample");
    struct slim_journal *journal = open_journal(directory);
    for (int i = 0; i < FRAMES; i++) {
        append(journal, 1);
    }
    segment = get_file(segment_path(directory, 1, ".journal"), &segment_length);
    identity = get_file(apr_pstrcat(pool, directory, "/identity", NULL), &identity_length);
    return segment_length != SEGMENT_HEADER + FRAMES * frame_length;
}

/* The sample's journal with other bytes as its segment, in a directory made anew. */
static const char *put_journal(const char *bytes, size_t length)
{
    const char *directory = scratch_path("damaged");

    remove_tree(directory);
    assert_int_equal(0, mkdir(directory, 0700));
    put_file(apr_pstrcat(pool, directory, "/identity", NULL), identity, identity_length);
    put_file(segment_path(directory, 1, ".journal"), bytes, length);
    return directory;
}

/* Each test of many rounds gets its memory back after every one. */
static apr_pool_t *begin_round(void)
{
    apr_pool_t *all = pool;

    assert_int_equal(APR_SUCCESS, apr_pool_create(&pool, all));
    return all;
}

static void end_round(apr_pool_t *all)
{
    apr_pool_destroy(pool);
    pool = all;
}

/* --- torn tails --- */

/* fault F50 */
static void torn_tail_is_cut_at_every_offset(void **state)
{
    (void)state;
    for (size_t cut = 0; cut <= segment_length; cut++) {
        apr_pool_t *all = begin_round();
        struct seen seen = {0, 0, 0};
        size_t whole = cut < SEGMENT_HEADER ? 0 : (cut - SEGMENT_HEADER) / frame_length;
        const char *directory = put_journal(segment, cut);
        struct slim_journal *journal = open_journal_with(directory, LIMIT, note_seen, &seen);

        assert_int_equal(whole, seen.frames);
        assert_int_equal(whole * 8, seen.last_to);
        assert_int_equal(whole, seen.last_records);
        assert_int_equal(whole, slim_journal_end(journal).record);
        struct found *found = read_all(journal);
        assert_found(found, 0, whole);
        append(journal, 2);
        found = read_all(journal);
        assert_found(found, 0, whole + 2);
        assert_no_damage(found);
        struct found *again = read_all(open_journal(directory));
        assert_found(again, 0, whole + 2);
        assert_no_damage(again);
        end_round(all);
    }
}

/* The disk kept the length but not the bytes. */
/* fault F52 */
static void tail_of_zeros_is_cut(void **state)
{
    (void)state;
    for (size_t cut = 0; cut <= segment_length; cut += 5) {
        apr_pool_t *all = begin_round();
        size_t whole = cut < SEGMENT_HEADER ? 0 : (cut - SEGMENT_HEADER) / frame_length;
        char *bytes = apr_pcalloc(pool, segment_length + 4096);
        memcpy(bytes, segment, cut);
        struct slim_journal *journal = open_journal(put_journal(bytes, segment_length + 4096));
        /* one more where a frame's header is there, and its length: it was counted */
        size_t in_frame = cut < SEGMENT_HEADER ? 0 : (cut - SEGMENT_HEADER) % frame_length;
        int has_header = in_frame > FRAME_HEADER - 8; /* its last number */
        assert_in_range(slim_journal_end(journal).record, whole, whole + (has_header ? 1 : 0));
        append(journal, 2);
        struct found *found = read_all(journal);
        assert_int_equal(0, found->wrong);
        assert_int_equal(slim_journal_end(journal).record, found->at.record);
        assert_int_equal(found->at.record, found->records + found->damage.records_unreadable
                                               + found->damage.records_gone);
        end_round(all);
    }
}

static void frames_are_not_counted_before_they_are_whole(void **state)
{
    struct slim_journal *journal;
    struct slim_journal_position end;

    (void)state;
    journal = open_journal(put_journal(segment, segment_length - 1));
    end = slim_journal_end(journal);
    assert_int_equal(FRAMES - 1, end.record);
    assert_int_equal(segment_length - frame_length, end.offset);
    append(journal, 1); /* stands where the torn one stood, with its number */
    assert_found(read_all(journal), 0, FRAMES);
}

/* --- bit rot while nobody runs --- */

/* A byte of a frame's header, but of its payload's checksum. */
static int is_mended(size_t at)
{
    size_t in_frame = (at - SEGMENT_HEADER) % frame_length;

    return at >= SEGMENT_HEADER && in_frame < FRAME_HEADER && (in_frame < 8 || in_frame >= 12);
}

/* Opens the journal with other bytes, and appends: what was counted before is read or counted as
 * lost, and what the last frame moved the ring to is known. */
static struct found *read_reopened(const char *bytes, struct seen *seen)
{
    *seen = (struct seen){0, 0, 0};
    struct slim_journal *journal =
        open_journal_with(put_journal(bytes, segment_length), LIMIT, note_seen, seen);
    slim_journal_number_from(journal, 1000);
    append(journal, 2);
    struct found *found = read_all(journal);
    assert_int_equal(0, found->wrong);
    assert_int_equal(FRAMES + 2, found->at.record);
    assert_int_equal(FRAMES + 2, found->records + found->damage.records_unreadable
                                     + found->damage.records_gone);
    return found;
}

/* fault F52 */
static void every_flipped_bit_of_a_last_or_middle_frame_is_accounted_for(void **state)
{
    static const size_t places[] = {FRAMES - 1, FRAMES / 2, 0};
    char *bytes = apr_pmemdup(pool, segment, segment_length);
    struct seen seen;

    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        size_t first = SEGMENT_HEADER + places[i] * frame_length;
        for (size_t bit = first * 8; bit < (first + frame_length) * 8; bit++) {
            apr_pool_t *all = begin_round();
            bytes[bit / 8] ^= (char)(1 << bit % 8);
            struct found *found = read_reopened(bytes, &seen);
            if (found->times[places[i]] != is_mended(bit / 8)) {
                fail_msg("bit %zu of frame %zu", bit - first * 8, places[i]);
            }
            assert_int_equal(FRAMES, seen.frames);
            assert_int_equal(FRAMES * 8, seen.last_to);
            bytes[bit / 8] ^= (char)(1 << bit % 8);
            end_round(all);
        }
    }
}

/* Of a last frame whose header is beyond repair only that there was one is known. */
static void a_last_frame_without_header_is_one_record(void **state)
{
    char *bytes = apr_pmemdup(pool, segment, segment_length);
    struct seen seen;

    (void)state;
    noise_fill(bytes + segment_length - frame_length, FRAME_HEADER);
    struct found *found = read_reopened(bytes, &seen);
    assert_int_equal(FRAMES - 1, seen.frames);
    assert_int_equal(frame_length, found->damage.bytes);
    assert_int_equal(1, found->damage.records_gone);
}

/* --- bit rot while the recorder runs --- */

/* Overwrites the running journal's segment, and appends a frame behind: what is lost between two
 * whole frames is known exactly. */
static struct found *read_damaged(const char *bytes, size_t length)
{
    const char *directory = put_journal(segment, segment_length);
    struct slim_journal *journal = open_journal(directory);
    int fd = open(segment_path(directory, 1, ".journal"), O_WRONLY);

    assert_int_equal(length, pwrite(fd, bytes, length, 0));
    close(fd);
    append(journal, 1);
    struct found *found = read_all(journal);
    assert_int_equal(0, found->wrong);
    assert_int_equal(1, found->times[FRAMES]);
    assert_int_equal(FRAMES + 1, found->at.record);
    return found;
}

/* fault F52 */
static void every_flipped_bit_costs_its_own_frame_alone(void **state)
{
    char *bytes = apr_pmemdup(pool, segment, segment_length);

    (void)state;
    for (size_t bit = 0; bit < segment_length * 8; bit += 3) { /* of each byte */
        apr_pool_t *all = begin_round();
        size_t at = bit / 8;
        size_t touched = at < SEGMENT_HEADER ? FRAMES : (at - SEGMENT_HEADER) / frame_length;
        bytes[at] ^= (char)(1 << bit % 8);
        struct found *found = read_damaged(bytes, segment_length);
        size_t lost = is_mended(at) ? FRAMES : touched;
        for (size_t i = 0; i < FRAMES; i++) {
            if (found->times[i] != (i != lost)) {
                fail_msg("bit %zu: record %zu was read %d times", bit, i, found->times[i]);
            }
        }
        assert_int_equal(lost < FRAMES, found->damage.records_unreadable);
        assert_int_equal(lost < FRAMES ? frame_length : 0, found->damage.bytes);
        assert_int_equal(0, found->damage.records_gone);
        bytes[at] ^= (char)(1 << bit % 8);
        end_round(all);
    }
}

/* Whatever is written over it: no record is false or comes twice, and all are accounted for. */
/* fault F52 */
static void random_damage_is_counted_exactly(void **state)
{
    (void)state;
    for (int round = 0; round < 1000; round++) {
        apr_pool_t *all = begin_round();
        char *bytes = apr_pmemdup(pool, segment, segment_length);
        for (size_t n = 1 + noise_below(5); n > 0; n--) {
            size_t at = noise_below(segment_length), length = 1 + noise_below(200);
            length = length < segment_length - at ? length : segment_length - at;
            size_t from = noise_below(segment_length - length + 1);
            if (noise_below(2)) {
                noise_fill(bytes + at, length);
            } else {
                memmove(bytes + at, bytes + from, length); /* frames in a wrong place */
            }
        }
        struct found *found = read_damaged(bytes, segment_length);
        for (size_t i = 0; i <= FRAMES; i++) {
            assert_in_range(found->times[i], 0, 1);
        }
        assert_int_equal(FRAMES + 1, found->records + found->damage.records_unreadable);
        end_round(all);
    }
}

static void zeros_in_the_middle_are_skipped(void **state)
{
    const char *directory = scratch_path("zeros");
    struct slim_journal *journal = open_journal(directory);
    char zeros[4096] = {0};

    (void)state;
    for (int i = 0; i < 100; i++) {
        append(journal, 10);
    }
    int fd = open(segment_path(directory, 1, ".journal"), O_WRONLY);
    size_t length = FRAME_HEADER + 80, at = SEGMENT_HEADER + 20 * length + 40;
    assert_int_equal(sizeof zeros, pwrite(fd, zeros, sizeof zeros, (off_t)at));
    close(fd);
    size_t first = 20, behind = (at + sizeof zeros - SEGMENT_HEADER + length - 1) / length;
    struct found *found = read_all(journal);
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(i / 10 < first || i / 10 >= behind, found->times[i]);
    }
    assert_int_equal((behind - first) * 10, found->damage.records_unreadable);
    assert_int_equal((behind - first) * length, found->damage.bytes);
    assert_int_equal(1, found->damage.segment);
}

/* A copytruncate under the recorder: it goes on at its own offset, a hole lies between. */
/* fault F51 */
static void segment_cut_under_the_writer_is_no_loss_of_what_follows(void **state)
{
    const char *directory = scratch_path("cut");
    struct slim_journal *journal = open_journal(directory);

    (void)state;
    for (int i = 0; i < 100; i++) {
        append(journal, 10);
    }
    assert_int_equal(0, truncate(segment_path(directory, 1, ".journal"), 1000));
    append(journal, 10);
    size_t whole = (1000 - SEGMENT_HEADER) / (FRAME_HEADER + 80);
    struct found *found = read_all(journal);
    for (size_t i = 0; i < 1010; i++) {
        assert_int_equal(i / 10 < whole || i >= 1000, found->times[i]);
    }
    assert_int_equal(1000 - whole * 10, found->damage.records_unreadable);
}

/* A visitor can send what looks like a frame: it is none without the journal's secret. */
/* fault F52 */
static void frames_of_another_journal_are_no_frames(void **state)
{
    const char *directory = scratch_path("forged"), *other = scratch_path("forger");
    struct slim_journal *journal = open_journal(directory), *forger = open_journal(other);
    size_t length;
    int fresh;

    (void)state;
    for (int i = 0; i < 30; i++) {
        append(forger, 1);
    }
    char *forged = get_file(segment_path(other, 1, ".journal"), &length);
    struct slim_frame frame = {.type = SLIM_FRAME_HITS,
                               .payload = {forged + SEGMENT_HEADER, length - SEGMENT_HEADER}};
    append(journal, 5);
    assert_int_equal(APR_SUCCESS, slim_journal_begin(journal, &fresh));
    size_t at = slim_journal_end(journal).offset;
    assert_int_equal(APR_SUCCESS, slim_journal_add(journal, &frame));
    assert_int_equal(APR_SUCCESS, slim_journal_flush(journal));
    append(journal, 5);
    int fd = open(segment_path(directory, 1, ".journal"), O_WRONLY);
    assert_int_equal(1, pwrite(fd, "?", 1, (off_t)at)); /* the header goes, the payload stays */
    close(fd);
    struct found *found = read_all(journal);
    assert_found(found, 0, 10);
    assert_int_equal(FRAME_HEADER + frame.payload.length, found->damage.bytes);
}

/* A visitor may send the mark that frames begin with, as often as it fits. */
static void marks_in_a_payload_hide_no_frame(void **state)
{
    const char *directory = scratch_path("marks");
    struct slim_journal *journal = open_journal(directory);
    char marks[4088]; /* an odd number of them: each is a step */
    struct slim_frame frame = {.type = SLIM_FRAME_HITS, .payload = {marks, sizeof marks}};
    int fresh;

    (void)state;
    for (size_t at = 0; at < sizeof marks; at += 8) {
        memcpy(marks + at, "SFRM", 4);
        slim_put_u32(marks + at + 4, (uint32_t)noise_below(512) * 8);
    }
    append(journal, 5);
    size_t at = slim_journal_end(journal).offset;
    assert_int_equal(APR_SUCCESS, slim_journal_begin(journal, &fresh));
    assert_int_equal(APR_SUCCESS, slim_journal_add(journal, &frame));
    assert_int_equal(APR_SUCCESS, slim_journal_flush(journal));
    append(journal, 5);
    int fd = open(segment_path(directory, 1, ".journal"), O_WRONLY);
    assert_int_equal(1, pwrite(fd, "?", 1, (off_t)at));
    close(fd);
    struct found *found = read_all(journal);
    assert_found(found, 0, 10);
    assert_int_equal(FRAME_HEADER + sizeof marks, found->damage.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(torn_tail_is_cut_at_every_offset),
        cmocka_unit_test(tail_of_zeros_is_cut),
        cmocka_unit_test(frames_are_not_counted_before_they_are_whole),
        cmocka_unit_test(every_flipped_bit_of_a_last_or_middle_frame_is_accounted_for),
        cmocka_unit_test(a_last_frame_without_header_is_one_record),
        cmocka_unit_test(every_flipped_bit_costs_its_own_frame_alone),
        cmocka_unit_test(random_damage_is_counted_exactly),
        cmocka_unit_test(zeros_in_the_middle_are_skipped),
        cmocka_unit_test(segment_cut_under_the_writer_is_no_loss_of_what_follows),
        cmocka_unit_test(frames_of_another_journal_are_no_frames),
        cmocka_unit_test(marks_in_a_payload_hide_no_frame),
    };

    return cmocka_run_group_tests(tests, make_sample, end_unit);
}
