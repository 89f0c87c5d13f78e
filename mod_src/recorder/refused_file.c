/* Hits that the store refused, as lines of an access log that `slimstats import` reads. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/address.h"
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

static apr_status_t append(int fd, const struct line *line, int64_t *from)
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
    *from = st.st_size;
    apr_status_t rv = slim_write_all_at(fd, line->at, line->length, st.st_size);
    if (rv == APR_SUCCESS && fdatasync(fd) != 0) {
        rv = errno;
    }
    if (rv != APR_SUCCESS && ftruncate(fd, st.st_size) != 0) {
        return errno;
    }
    return rv;
}

static void name_file(const struct slim_loader *l, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%.*s/refused.log", PATH_MAX - 16, l->recorder->settings->state);
}

static apr_status_t keep(const char *path, const struct slim_hit *hit, int64_t *from)
{
    char *room = malloc(LINE_MAX_BYTES);
    struct line line = {room, 0};
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    apr_status_t rv = fd < 0 ? errno : room ? APR_SUCCESS : ENOMEM;

    if (rv == APR_SUCCESS) {
        write_line(&line, hit);
        rv = append(fd, &line, from);
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
    int64_t from = 0;

    name_file(l, path);
    apr_status_t rv = keep(path, hit, &from);
    if (rv == APR_SUCCESS) {
        l->refusal.kept_from = l->refusal.kept++ == 0 ? from : l->refusal.kept_from;
        return rv;
    }
    struct slim_store_error *error = &l->store->error;
    *error = (struct slim_store_error){.state = l->refusal.error.state, .code = rv};
    apr_strerror(rv, reason, sizeof reason);
    snprintf(error->what, sizeof error->what,
             "cannot keep a hit that the store refuses in %.300s: %s", path, reason);
    return SLIM_ESTORE;
}

void slim_loader_take_back(struct slim_loader *l)
{
    char path[PATH_MAX];

    name_file(l, path);
    if (l->refusal.kept > 0 && truncate(path, l->refusal.kept_from) != 0) {
        return; /* the lines are there twice then */
    }
    l->refusal.kept = 0;
}
