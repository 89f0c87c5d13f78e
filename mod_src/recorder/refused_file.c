/* Hits that the store refused, as lines of an access log that `slimstats import` reads. They are
 * written before the transaction that counts them ends; a note beside them says until then what of
 * the file is older, so that a recorder that is killed in between leaves no line twice. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/address.h"
#include "core/log.h"
#include "core/whole_file.h"
#include "core/write_all.h"
#include "loader.h"

#define FILE_MAX (16u << 20) /* then hits wait in the journal: somebody has to look */
#define LINE_MAX_BYTES (4u * SLIM_RECORD_MAX + 1024)

struct line {
    char *at;
    size_t length;
};

static void add(struct line *line, const char *text)
{
    size_t length = strlen(text);

    memcpy(line->at + line->length, text, length);
    line->length += length;
}

/* As httpd escapes what clients send. */
static void add_text(struct line *line, struct slim_text text)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c > ' ' && c < 127 && c != '"' && c != '\\') {
            line->at[line->length++] = (char)c;
        } else {
            char escaped[] = {'\\', 'x', digits[c >> 4], digits[c & 15], '\0'};
            add(line, escaped);
        }
    }
    if (text.length == 0) {
        add(line, "-");
    }
}

static void add_quoted(struct line *line, struct slim_text text)
{
    add(line, " \"");
    add_text(line, text);
    add(line, "\"");
}

static void add_time(struct line *line, int64_t time_us)
{
    time_t second = (time_t)(time_us / 1000000);
    struct tm tm;
    char text[64] = "";

    if (gmtime_r(&second, &tm)) {
        strftime(text, sizeof text, " - - [%d/%b/%Y:%H:%M:%S +0000]", &tm);
    }
    add(line, text);
}

/* %v %a %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" "%{Accept-Language}i"
 * "%{Content-Type}o" %D */
static void write_line(struct line *line, const struct slim_hit *hit)
{
    char address[SLIM_ADDRESS_SIZE], numbers[96];

    add_text(line, hit->field[SLIM_SITE]);
    slim_address_format(hit->address, hit->address_length, address);
    add(line, " ");
    add(line, address[0] ? address : "-");
    add_time(line, hit->time_us);
    add(line, " \"");
    add_text(line, hit->field[SLIM_METHOD]);
    add(line, " ");
    add_text(line, hit->field[SLIM_URI]);
    snprintf(numbers, sizeof numbers, " HTTP/%u.%u\" %u %llu", hit->protocol / 1000u,
             hit->protocol % 1000u, hit->status, (unsigned long long)hit->bytes);
    add(line, numbers);
    add_quoted(line, hit->field[SLIM_REFERER]);
    add_quoted(line, hit->field[SLIM_AGENT]);
    add_quoted(line, hit->field[SLIM_LANGUAGE]);
    add_quoted(line, hit->field[SLIM_TYPE]);
    snprintf(numbers, sizeof numbers, " %llu\n", (unsigned long long)hit->duration_us);
    add(line, numbers);
}

static apr_status_t append(int fd, const struct line *line)
{
    struct stat st;

    if (fstat(fd, &st) != 0) {
        return errno;
    }
    if (!S_ISREG(st.st_mode)) {
        return EINVAL;
    }
    if ((uint64_t)st.st_size + line->length > FILE_MAX) {
        return EFBIG;
    }
    apr_status_t rv = slim_write_all_at(fd, line->at, line->length, st.st_size);
    if (rv == APR_SUCCESS && fdatasync(fd) != 0) {
        rv = errno;
    }
    if (rv != APR_SUCCESS && ftruncate(fd, st.st_size) != 0) {
        return errno;
    }
    return rv;
}

static void name_file(const struct slim_loader *l, const char *name, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%.*s/%s", PATH_MAX - 32, l->recorder->settings->state, name);
}

/* --- the note --- */

struct note {
    uint64_t file; /* inode; 0: there was none */
    int64_t size;
    struct slim_journal_position position; /* of the store, before the transaction */
};

static apr_status_t write_note(const struct slim_loader *l, const struct note *note)
{
    char path[PATH_MAX], text[160];
    int length =
        snprintf(text, sizeof text, "%" PRIu64 " %" PRId64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
                 note->file, note->size, note->position.segment, note->position.offset,
                 note->position.record);

    name_file(l, "refused.pending", path);
    return slim_whole_file_put(AT_FDCWD, path, text, (size_t)length);
}

static int read_note(const struct slim_loader *l, struct note *note)
{
    char path[PATH_MAX], text[160] = "";

    name_file(l, "refused.pending", path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        return 0;
    }
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    return length > 0
           && sscanf(text, "%" SCNu64 " %" SCNd64 " %" SCNu64 " %" SCNu64 " %" SCNu64, &note->file,
                     &note->size, &note->position.segment, &note->position.offset,
                     &note->position.record)
                  == 5;
}

static void remove_note(const struct slim_loader *l)
{
    char path[PATH_MAX];

    name_file(l, "refused.pending", path);
    (void)unlink(path);
}

/* The file as it is now, before lines are added. */
static apr_status_t announce(const struct slim_loader *l, const char *path)
{
    struct note note = {.position = l->position};
    struct stat st;

    if (lstat(path, &st) == 0) {
        note.file = (uint64_t)st.st_ino;
        note.size = st.st_size;
    } else if (errno != ENOENT) {
        return errno;
    }
    return write_note(l, &note);
}

/* Takes out what was added since the note. */
static void cut(const struct slim_loader *l, const struct note *note)
{
    char path[PATH_MAX];
    struct stat st;

    name_file(l, "refused.log", path);
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > note->size
        && (note->file == 0 || note->file == (uint64_t)st.st_ino)
        && ftruncate(fd, note->size) != 0) {
        slim_log(SLIM_LOG_INFO, "cannot cut %s: %s", path, strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
}

void slim_loader_take_back(struct slim_loader *l)
{
    struct note note;

    if (l->refusal.kept > 0 && read_note(l, &note)) {
        cut(l, &note);
    }
    slim_loader_keep_aside(l);
}

void slim_loader_keep_aside(struct slim_loader *l)
{
    if (l->refusal.kept > 0) {
        remove_note(l);
    }
    l->refusal.kept = 0;
}

void slim_loader_settle_aside(struct slim_loader *l)
{
    struct note note;

    if (read_note(l, &note)) {
        if (note.position.segment == l->position.segment
            && note.position.offset == l->position.offset
            && note.position.record == l->position.record) {
            cut(l, &note);
        }
        remove_note(l);
    }
    l->refusal.kept = 0;
}

/* --- a line --- */

static apr_status_t keep(const char *path, const struct slim_hit *hit)
{
    char *room = malloc(LINE_MAX_BYTES);
    struct line line = {room, 0};
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    apr_status_t rv = fd < 0 ? errno : room ? APR_SUCCESS : ENOMEM;

    if (rv == APR_SUCCESS) {
        write_line(&line, hit);
        rv = append(fd, &line);
    }
    if (fd >= 0) {
        close(fd);
    }
    free(room);
    return rv;
}

apr_status_t slim_loader_set_aside(struct slim_loader *l, const struct slim_hit *hit)
{
    char path[PATH_MAX], reason[128];

    name_file(l, "refused.log", path);
    apr_status_t rv = l->refusal.kept == 0 ? announce(l, path) : APR_SUCCESS;
    if (rv == APR_SUCCESS) {
        l->refusal.kept++;
        rv = keep(path, hit);
    }
    if (rv == APR_SUCCESS) {
        return rv;
    }
    struct slim_store_error *error = &l->store->error;
    *error = (struct slim_store_error){.state = l->refusal.error.state, .code = rv};
    apr_strerror(rv, reason, sizeof reason);
    snprintf(error->what, sizeof error->what,
             "cannot keep a hit that the store refuses in %.300s: %s", path, reason);
    return SLIM_ESTORE;
}
