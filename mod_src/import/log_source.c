/* One buffer: what was taken last (for the identity), then what was not taken yet. */
#include "log_source.h"

#include "log_unpack.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define BUFFER_SIZE (512u << 10)
#define INPUT_SIZE (128u << 10) /* compressed bytes at once */

struct slim_log_source {
    int fd;
    int is_file;       /* it may grow, and one can seek in it */
    int is_compressed; /* a .gz */
    int ended;
    uint64_t size;     /* of the file; 0: not known */
    uint64_t consumed; /* bytes read from fd */
    uint64_t offset;   /* of `taken`, in uncompressed bytes */
    uint64_t lines;
    char *buffer;
    size_t taken, filled; /* the bytes between are still to be taken */
    size_t unfinished;
    z_stream inflater;
    int in_member; /* of a .gz: its end was not reached */
    unsigned char *input;
    const struct slim_log_unpacker *unpacker; /* NULL: it is not compressed by a program's format */
    pid_t unpacking;                          /* 0: the program has ended */
    char error[128];
};

/* --- reading --- */

static apr_status_t fail(struct slim_log_source *s, const char *what)
{
    snprintf(s->error, sizeof s->error, "%s", what);
    return APR_EGENERAL;
}

/* *got is 0 at the end only. */
static apr_status_t read_some(struct slim_log_source *s, void *at, size_t size, size_t *got)
{
    ssize_t length;

    do {
        length = read(s->fd, at, size);
    } while (length < 0 && errno == EINTR);
    if (length < 0) {
        return fail(s, strerror(errno));
    }
    *got = (size_t)length;
    s->consumed += *got;
    return APR_SUCCESS;
}

/* Of a file not more than it had when it was opened: what comes meanwhile is for the next time. */
static size_t room_for(const struct slim_log_source *s, size_t size)
{
    uint64_t left = s->size > s->consumed ? s->size - s->consumed : 0;

    return s->is_file && left < size ? (size_t)left : size;
}

/* The end of what a program unpacked is the end of the log, if it was content with it. */
static apr_status_t end_unpacking(struct slim_log_source *s)
{
    char reason[sizeof s->error];
    const char *wrong = slim_log_unpacker_end(s->unpacker, s->unpacking, 1, reason, sizeof reason);

    s->unpacking = 0;
    return wrong ? fail(s, wrong) : APR_SUCCESS;
}

static apr_status_t fill_plain(struct slim_log_source *s)
{
    size_t got;
    apr_status_t rv =
        read_some(s, s->buffer + s->filled, room_for(s, BUFFER_SIZE - s->filled), &got);

    if (rv == APR_SUCCESS) {
        s->filled += got;
        s->ended = got == 0;
    }
    return rv == APR_SUCCESS && s->ended && s->unpacking > 0 ? end_unpacking(s) : rv;
}

/* More compressed bytes; at the end of the file, *end. */
static apr_status_t feed(struct slim_log_source *s, int *end)
{
    size_t got = 0;

    *end = 0;
    if (s->inflater.avail_in > 0) {
        return APR_SUCCESS;
    }
    apr_status_t rv = read_some(s, s->input, INPUT_SIZE, &got);
    s->inflater.next_in = s->input;
    s->inflater.avail_in = (uInt)got;
    *end = got == 0;
    return rv;
}

/* Zero bytes behind the last member are padding, as gzip has it. */
static int is_padding(const struct slim_log_source *s)
{
    return s->inflater.avail_in > 0 && s->inflater.next_in[0] == 0;
}

static apr_status_t fill_compressed(struct slim_log_source *s)
{
    size_t before = s->filled;
    int end;

    while (s->filled == before && !s->ended) {
        apr_status_t rv = feed(s, &end);
        if (rv != APR_SUCCESS) {
            return rv;
        }
        if (end || (!s->in_member && is_padding(s))) {
            s->ended = 1;
            return s->in_member ? fail(s, "its compressed data ends in the middle") : APR_SUCCESS;
        }
        if (!s->in_member && inflateReset(&s->inflater) != Z_OK) {
            return fail(s, "its compressed data cannot be read");
        }
        s->in_member = 1;
        s->inflater.next_out = (unsigned char *)s->buffer + s->filled;
        s->inflater.avail_out = (uInt)(BUFFER_SIZE - s->filled);
        int rc = inflate(&s->inflater, Z_NO_FLUSH);
        s->filled = BUFFER_SIZE - s->inflater.avail_out;
        if (rc == Z_STREAM_END) {
            s->in_member = 0;
        } else if (rc != Z_OK && rc != Z_BUF_ERROR) {
            s->ended = 1;
            return fail(s, "its compressed data is damaged");
        }
    }
    return APR_SUCCESS;
}

/* Makes room by moving what is kept to the front, and reads on. */
static apr_status_t fill(struct slim_log_source *s)
{
    size_t kept = s->taken < SLIM_LOG_KEPT ? s->taken : SLIM_LOG_KEPT;

    if (s->error[0]) {
        return APR_EGENERAL;
    }
    if (s->filled > BUFFER_SIZE / 2 && s->taken > kept) {
        memmove(s->buffer, s->buffer + s->taken - kept, s->filled - s->taken + kept);
        s->filled -= s->taken - kept;
        s->taken = kept;
    }
    return s->is_compressed ? fill_compressed(s) : fill_plain(s);
}

/* Fills until size bytes are there, or the end. */
static apr_status_t want(struct slim_log_source *s, size_t size)
{
    apr_status_t rv = APR_SUCCESS;

    while (rv == APR_SUCCESS && s->filled - s->taken < size && !s->ended) {
        rv = fill(s);
    }
    return rv;
}

/* --- opening --- */

static apr_status_t close_source(void *data)
{
    struct slim_log_source *s = data;

    if (s->is_compressed) {
        inflateEnd(&s->inflater);
    }
    if (s->unpacking > 0) {
        slim_log_unpacker_end(s->unpacker, s->unpacking, 0, s->error, sizeof s->error);
    }
    close(s->fd);
    return APR_SUCCESS;
}

/* What was read so far turns out to be compressed: it becomes the inflater's input. */
static apr_status_t begin_inflating(struct slim_log_source *s, apr_pool_t *pool)
{
    s->input = apr_palloc(pool, INPUT_SIZE);
    if (inflateInit2(&s->inflater, 15 + 16) != Z_OK) { /* 16: gzip's header */
        return fail(s, "no memory to uncompress it");
    }
    s->is_compressed = 1;
    s->in_member = 1;
    memcpy(s->input, s->buffer, s->filled);
    s->inflater.next_in = s->input;
    s->inflater.avail_in = (uInt)s->filled;
    s->filled = 0;
    s->ended = 0;
    return APR_SUCCESS;
}

/* What the program writes is the log. */
static apr_status_t begin_unpacking(struct slim_log_source *s)
{
    int out;
    apr_status_t rv = slim_log_unpacker_start(s->unpacker, s->fd, &out, &s->unpacking);

    s->filled = 0; /* that is nothing for anybody */
    if (rv != APR_SUCCESS) {
        snprintf(s->error, sizeof s->error,
                 rv == ESPIPE ? "%s compressed it, and it is no file: unpack it before it gets here"
                              : "cannot start %s",
                 s->unpacker->program);
        return APR_EGENERAL;
    }
    close(s->fd);
    s->fd = out;
    s->is_file = s->ended = 0;
    s->size = s->consumed = 0;
    s->filled = 0;
    return APR_SUCCESS;
}

static apr_status_t read_first(struct slim_log_source *s, apr_pool_t *pool)
{
    static const char magic[] = {'\x1f', '\x8b'};
    apr_status_t rv = APR_SUCCESS;

    while (rv == APR_SUCCESS && s->filled < SLIM_LOG_MAGIC_MAX && !s->ended) {
        size_t got = 0;
        rv = read_some(s, s->buffer + s->filled, room_for(s, INPUT_SIZE - s->filled), &got);
        s->filled += got;
        s->ended = got == 0;
    }
    if (rv == APR_SUCCESS && s->filled >= sizeof magic
        && memcmp(s->buffer, magic, sizeof magic) == 0) {
        rv = begin_inflating(s, pool);
    }
    s->unpacker = slim_log_unpacker_of((struct slim_text){s->buffer, s->filled});
    if (rv == APR_SUCCESS && s->unpacker && !s->is_compressed) {
        rv = begin_unpacking(s);
    }
    return rv == APR_SUCCESS ? want(s, SLIM_LOG_KEPT) : rv;
}

apr_status_t slim_log_source_open(int fd, struct slim_log_source **source, apr_pool_t *pool)
{
    struct slim_log_source *s = apr_pcalloc(pool, sizeof *s);
    struct stat st;

    s->fd = fd;
    s->buffer = apr_palloc(pool, BUFFER_SIZE);
    *source = s;
    apr_pool_cleanup_register(pool, s, close_source, apr_pool_cleanup_null);
    if (fstat(fd, &st) != 0) {
        return fail(s, strerror(errno));
    }
    if (S_ISDIR(st.st_mode)) {
        return fail(s, "it is a directory");
    }
    s->is_file = S_ISREG(st.st_mode);
    s->size = s->is_file ? (uint64_t)st.st_size : 0;
    apr_status_t rv = read_first(s, pool);
    /* what a damaged file still has is given before the damage is told */
    return rv != APR_SUCCESS && s->filled > 0 ? APR_SUCCESS : rv;
}

/* --- going through --- */

void slim_log_source_take(struct slim_log_source *s, size_t length)
{
    const char *at = s->buffer + s->taken, *end = at + length;

    while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        s->lines++;
        at++;
    }
    s->taken += length;
    s->offset += length;
}

apr_status_t slim_log_source_peek(struct slim_log_source *s, size_t size, struct slim_text *text)
{
    apr_status_t rv = want(s, size < BUFFER_SIZE / 2 ? size : BUFFER_SIZE / 2);

    *text = (struct slim_text){s->buffer + s->taken, s->filled - s->taken};
    return text->length > 0 ? APR_SUCCESS : rv;
}

apr_status_t slim_log_source_skip(struct slim_log_source *s, uint64_t offset, uint64_t lines)
{
    apr_status_t rv = APR_SUCCESS;
    uint64_t near = offset > SLIM_LOG_KEPT ? offset - SLIM_LOG_KEPT : 0;

    if (s->is_file && !s->is_compressed && near > s->filled) {
        if (s->size < offset || lseek(s->fd, (off_t)near, SEEK_SET) < 0) {
            return APR_EOF;
        }
        s->offset = s->consumed = near;
        s->taken = s->filled = 0;
        s->ended = 0;
    }
    while (rv == APR_SUCCESS && s->offset < offset) {
        rv = want(s, 1);
        size_t there = s->filled - s->taken;
        size_t step = there < offset - s->offset ? there : (size_t)(offset - s->offset);
        if (rv == APR_SUCCESS && step == 0) {
            return APR_EOF;
        }
        s->taken += step;
        s->offset += step;
    }
    s->lines = lines;
    return rv;
}

/* Passes over the rest of a line that does not fit; *length grows by it. */
static apr_status_t pass_long_line(struct slim_log_source *s, size_t *length)
{
    for (;;) {
        const char *at = s->buffer + s->taken;
        size_t there = s->filled - s->taken;
        const char *newline = there ? memchr(at, '\n', there) : NULL;
        size_t step = newline ? (size_t)(newline - at) + 1 : there;
        *length += newline ? step - 1 : step;
        slim_log_source_take(s, step);
        if (newline || s->ended) {
            s->lines += !newline;
            return APR_SUCCESS;
        }
        apr_status_t rv = want(s, 1);
        if (rv != APR_SUCCESS) {
            return rv;
        }
    }
}

/* A line without newline at the end of all. */
static apr_status_t last_line(struct slim_log_source *s, struct slim_log_line *line)
{
    size_t there = s->filled - s->taken;

    if (there == 0) {
        return APR_EOF;
    }
    if (s->is_file && !s->is_compressed) {
        s->unfinished = there;
        return APR_EOF;
    }
    line->text = (struct slim_text){s->buffer + s->taken, there};
    slim_log_source_take(s, there);
    line->number = ++s->lines;
    return APR_SUCCESS;
}

static apr_status_t long_line(struct slim_log_source *s, struct slim_log_line *line)
{
    uint64_t begin_lines = s->lines;

    line->text = (struct slim_text){NULL, 0};
    apr_status_t rv = pass_long_line(s, &line->text.length);
    line->number = begin_lines + 1;
    return rv;
}

apr_status_t slim_log_source_line(struct slim_log_source *s, size_t max, struct slim_log_line *line)
{
    size_t searched = 0;

    for (;;) {
        const char *at = s->buffer + s->taken;
        size_t there = s->filled - s->taken;
        const char *newline =
            there > searched ? memchr(at + searched, '\n', there - searched) : NULL;
        if (newline && newline == at) { /* an empty line */
            slim_log_source_take(s, 1);
            searched = 0;
            continue;
        }
        if ((newline && (size_t)(newline - at) > max) || (!newline && there > max)) {
            return long_line(s, line);
        }
        if (newline) {
            line->text = (struct slim_text){at, (size_t)(newline - at)};
            s->taken += line->text.length + 1;
            s->offset += line->text.length + 1;
            line->number = ++s->lines;
            return APR_SUCCESS;
        }
        if (s->ended) {
            return s->error[0] ? APR_EGENERAL : last_line(s, line);
        }
        searched = there;
        apr_status_t rv = fill(s);
        if (rv != APR_SUCCESS && s->filled - s->taken == there) {
            return rv;
        }
    }
}

/* --- what is known of it --- */

const char *slim_log_source_error(const struct slim_log_source *s)
{
    return s->error;
}

struct slim_text slim_log_source_head(const struct slim_log_source *s)
{
    return (struct slim_text){s->buffer, s->filled};
}

uint64_t slim_log_source_offset(const struct slim_log_source *s)
{
    return s->offset;
}

uint64_t slim_log_source_lines(const struct slim_log_source *s)
{
    return s->lines;
}

struct slim_text slim_log_source_tail(const struct slim_log_source *s)
{
    size_t kept = s->taken < SLIM_LOG_KEPT ? s->taken : SLIM_LOG_KEPT;

    return (struct slim_text){s->buffer + s->taken - kept, kept};
}

uint64_t slim_log_source_unfinished(const struct slim_log_source *s)
{
    return s->unfinished;
}

void slim_log_source_progress(const struct slim_log_source *s, uint64_t *done, uint64_t *total)
{
    *done = s->consumed;
    *total = s->size > s->consumed || s->size == 0 ? s->size : s->consumed;
}
