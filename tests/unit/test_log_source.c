/* Logs line by line: plain, compressed, growing, damaged. */
#include "unit.h"

#include <fcntl.h>
#include <zlib.h>

#include "import/log_source.h"
#include "noise.h"

#define MAX 65536

static struct slim_log_source *open_source(const char *path)
{
    struct slim_log_source *source;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    if (slim_log_source_open(fd, &source, pool) != APR_SUCCESS) {
        fail_msg("%s", slim_log_source_error(source));
    }
    return source;
}

static struct slim_log_source *source_of(const void *bytes, size_t length)
{
    put_file(scratch_path("log"), bytes, length);
    return open_source(scratch_path("log"));
}

/* The lines with their numbers, then what ended them. */
static const char *lines_of(struct slim_log_source *source)
{
    const char *shown = "";
    struct slim_log_line line;
    apr_status_t rv;

    while ((rv = slim_log_source_line(source, MAX, &line)) == APR_SUCCESS) {
        const char *text = line.text.at
                               ? string_of(line.text)
                               : apr_psprintf(pool, "(%lu)", (unsigned long)line.text.length);
        shown = apr_psprintf(pool, "%s%lu=%s ", shown, (unsigned long)line.number, text);
    }
    return apr_pstrcat(pool, shown, rv == APR_EOF ? "end" : slim_log_source_error(source), NULL);
}

static const char *compress_text(const char *text, size_t length, size_t *compressed)
{
    z_stream z = {0};
    size_t size = length + 1024;
    unsigned char *out = apr_palloc(pool, size);
    unsigned char *in = apr_pmemdup(pool, text, length ? length : 1);

    assert_int_equal(Z_OK, deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY));
    z.next_in = in;
    z.avail_in = (uInt)length;
    z.next_out = out;
    z.avail_out = (uInt)size;
    assert_int_equal(Z_STREAM_END, deflate(&z, Z_FINISH));
    *compressed = size - z.avail_out;
    deflateEnd(&z);
    return (const char *)out;
}

static struct slim_log_source *compressed_source(const char *const *members, size_t count,
                                                 size_t cut, size_t padding)
{
    char *all = apr_pcalloc(pool, 1u << 20);
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        size_t length;
        const char *bytes = compress_text(members[i], strlen(members[i]), &length);
        memcpy(all + used, bytes, length);
        used += length;
    }
    return source_of(all, used - cut + padding);
}

static void lines_are_numbered_and_empty_ones_passed_over(void **state)
{
    static const struct {
        const char *bytes, *lines;
    } cases[] = {
        {"", "end"},
        {"\n", "end"},
        {"a\n", "1=a end"},
        {"a\nb\n", "1=a 2=b end"},
        {"a\n\n\nb\n", "1=a 4=b end"},
        {"a\r\n", "1=a\r end"},
        {"\x1f\n", "1=\x1f end"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH_OF(cases); i++) {
        assert_string_equal(cases[i].lines,
                            lines_of(source_of(cases[i].bytes, strlen(cases[i].bytes))));
    }
}

static void half_a_line_of_a_growing_file_is_left(void **state)
{
    struct slim_log_source *source = source_of("a\nbc", 4);

    (void)state;
    assert_string_equal("1=a end", lines_of(source));
    assert_int_equal(2, slim_log_source_unfinished(source));
    assert_int_equal(2, slim_log_source_offset(source));
}

static void the_last_line_of_a_pipe_or_gz_is_taken(void **state)
{
    static const char *const members[] = {"a\nbc"};
    struct slim_log_source *source;
    int ends[2];

    (void)state;
    source = compressed_source(members, 1, 0, 0);
    assert_string_equal("1=a 2=bc end", lines_of(source));
    assert_int_equal(4, slim_log_source_offset(source));
    assert_int_equal(0, pipe(ends));
    assert_int_equal(4, write(ends[1], "a\nbc", 4));
    close(ends[1]);
    assert_int_equal(APR_SUCCESS, slim_log_source_open(ends[0], &source, pool));
    assert_string_equal("1=a 2=bc end", lines_of(source));
}

static void members_in_a_row_are_one_log(void **state)
{
    static const char *const members[] = {"a\nb", "c\n", "", "d\n"};

    (void)state;
    assert_string_equal("1=a 2=bc 3=d end", lines_of(compressed_source(members, 4, 0, 0)));
    assert_string_equal("1=a 2=bc 3=d end", lines_of(compressed_source(members, 4, 0, 512)));
}

static void damaged_gz_gives_what_is_before_the_damage(void **state)
{
    static const char *const members[] = {"a\nb\n", "c\nd\n"};
    static const char *const one[] = {"a\nb\nc"};
    size_t length;
    char *bytes = apr_pmemdup(pool, compress_text("a\nb\n", 4, &length), 64);

    (void)state;
    assert_string_equal("1=a 2=b its compressed data is damaged",
                        (bytes[length - 5] ^= 1, lines_of(source_of(bytes, length))));
    assert_string_equal("1=a 2=b 3=c 4=d its compressed data ends in the middle",
                        lines_of(compressed_source(members, 2, 4, 0)));
    /* the half line "c" is not given: it may go on in the whole file */
    assert_string_equal("1=a 2=b its compressed data ends in the middle",
                        lines_of(compressed_source(one, 1, 8, 0)));
    memset(bytes + 2, 0xff, 8);
    put_file(scratch_path("log"), bytes, length);
    struct slim_log_source *source;
    assert_int_equal(APR_EGENERAL,
                     slim_log_source_open(open(scratch_path("log"), O_RDONLY), &source, pool));
    assert_string_equal("its compressed data is damaged", slim_log_source_error(source));
}

static void too_long_a_line_is_told_by_its_length(void **state)
{
    size_t length = 3u << 20;
    char *bytes = malloc(length);

    (void)state;
    memset(bytes, 'x', length);
    memcpy(bytes, "a\n", 2);
    memcpy(bytes + length - 3, "\nb\n", 3);
    assert_string_equal(apr_psprintf(pool, "1=a 2=(%lu) 3=b end", (unsigned long)length - 5),
                        lines_of(source_of(bytes, length)));
    memset(bytes, 'x', length);
    bytes[MAX] = '\n';
    struct slim_log_source *source = source_of(bytes, MAX + 1);
    struct slim_log_line line;
    assert_int_equal(APR_SUCCESS, slim_log_source_line(source, MAX, &line));
    assert_int_equal(MAX, line.text.length);
    assert_non_null(line.text.at);
    free(bytes);
}

/* Lines of random lengths, so that they lie across the buffer's end in every way. */
static char *random_lines(size_t length)
{
    char *bytes = malloc(length);

    noise_seed(7);
    for (size_t i = 0; i < length; i++) {
        bytes[i] = noise_below(100) == 0 ? '\n' : (char)('a' + noise_below(26));
    }
    bytes[length - 1] = '\n';
    return bytes;
}

static void check_all_bytes_arrive(struct slim_log_source *source, const char *bytes, size_t from)
{
    struct slim_log_line line;

    while (slim_log_source_line(source, MAX, &line) == APR_SUCCESS) {
        uint64_t end = slim_log_source_offset(source);
        struct slim_text tail = slim_log_source_tail(source);
        uint64_t begin = end - line.text.length - 1;
        while (from < begin) {
            assert_int_equal('\n', bytes[from++]);
        }
        assert_memory_equal(bytes + begin, line.text.at, line.text.length);
        assert_int_equal(end < SLIM_LOG_KEPT ? end : SLIM_LOG_KEPT, tail.length);
        assert_memory_equal(bytes + end - tail.length, tail.at, tail.length);
        from = end;
    }
}

static void every_byte_arrives_and_its_tail_is_kept(void **state)
{
    size_t length = 5u << 20, compressed;
    char *bytes = random_lines(length);

    (void)state;
    struct slim_log_source *source = source_of(bytes, length);
    check_all_bytes_arrive(source, bytes, 0);
    assert_int_equal(length, slim_log_source_offset(source));
    const char *gz = compress_text(bytes, length, &compressed);
    source = source_of(gz, compressed);
    check_all_bytes_arrive(source, bytes, 0);
    assert_int_equal(length, slim_log_source_offset(source));
    free(bytes);
}

static void skipping_goes_to_an_offset(void **state)
{
    static const size_t offsets[] = {0, 1, 4095, 4096, 4097, 131072, 600000, 3000000, 5u << 20};
    size_t length = 5u << 20, compressed;
    char *bytes = random_lines(length);
    const char *gz = compress_text(bytes, length, &compressed);

    (void)state;
    for (size_t i = 0; i < 2 * LENGTH_OF(offsets); i++) {
        size_t to = offsets[i / 2];
        struct slim_log_source *source =
            i % 2 ? source_of(gz, compressed) : source_of(bytes, length);
        struct slim_log_line line;
        assert_memory_equal(bytes, slim_log_source_head(source).at, SLIM_LOG_KEPT);
        assert_int_equal(APR_SUCCESS, slim_log_source_skip(source, to, 100));
        assert_int_equal(to, slim_log_source_offset(source));
        struct slim_text tail = slim_log_source_tail(source);
        assert_int_equal(to < SLIM_LOG_KEPT ? to : SLIM_LOG_KEPT, tail.length);
        assert_memory_equal(bytes + to - tail.length, tail.at, tail.length);
        if (to < length) {
            assert_int_equal(APR_SUCCESS, slim_log_source_line(source, MAX, &line));
            assert_true(line.number > 100);
            assert_memory_equal(bytes + slim_log_source_offset(source) - line.text.length - 1,
                                line.text.at, line.text.length);
        } else {
            assert_int_equal(APR_EOF, slim_log_source_line(source, MAX, &line));
        }
    }
    assert_int_equal(APR_EOF, slim_log_source_skip(source_of(bytes, length), length + 1, 0));
    assert_int_equal(APR_EOF, slim_log_source_skip(source_of(gz, compressed), length + 1, 0));
    free(bytes);
}

static void a_directory_is_refused(void **state)
{
    struct slim_log_source *source;

    (void)state;
    assert_int_equal(APR_EGENERAL, slim_log_source_open(open(scratch, O_RDONLY), &source, pool));
    assert_string_equal("it is a directory", slim_log_source_error(source));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_numbered_and_empty_ones_passed_over),
        cmocka_unit_test(half_a_line_of_a_growing_file_is_left),
        cmocka_unit_test(the_last_line_of_a_pipe_or_gz_is_taken),
        cmocka_unit_test(members_in_a_row_are_one_log),
        cmocka_unit_test(damaged_gz_gives_what_is_before_the_damage),
        cmocka_unit_test(too_long_a_line_is_told_by_its_length),
        cmocka_unit_test(every_byte_arrives_and_its_tail_is_kept),
        cmocka_unit_test(skipping_goes_to_an_offset),
        cmocka_unit_test(a_directory_is_refused),
    };

    return RUN_UNIT(tests);
}
