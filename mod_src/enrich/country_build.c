/* From ranges of addresses in text files to a sorted array. */
#include "country_build.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <apr_strings.h>

#include "core/bytes.h"
#include "core/whole_file.h"
#include "core/write_all.h"
#include "country_ranges.h"
#include "geoip_text.h"

#define LINE_MAX_LENGTH 512
#define PROGRESS_LINES 4096
#define FIRST_ROOM 4096
#define ENTRY_MAX 18 /* bytes */

/* A range and where it was read. */
struct read_range {
    struct slim_geoip_range range;
    unsigned line;
    const char *path;
};

struct work {
    struct slim_country_build *build;
    struct read_range *read;
    size_t count, room;
    uint64_t done, total; /* bytes of the text files */
    uint8_t *bytes;       /* the new file */
    size_t used;
    const char *reason;
    apr_pool_t *pool;
};

static apr_status_t fail(struct work *w, apr_status_t status, const char *what, const char *path)
{
    char text[200];

    w->reason = apr_psprintf(w->pool, "cannot %s %s: %s", what, path,
                             apr_strerror(status, text, sizeof text));
    return status;
}

/* --- reading --- */

static apr_status_t keep(struct work *w, const struct read_range *range)
{
    if (w->count == w->room) {
        size_t room = w->room ? 2 * w->room : FIRST_ROOM;
        struct read_range *more = realloc(w->read, room * sizeof *more);
        if (!more) {
            return APR_ENOMEM;
        }
        w->read = more;
        w->room = room;
    }
    w->read[w->count++] = *range;
    return APR_SUCCESS;
}

static apr_status_t take_line(struct work *w, const char *text, size_t length, const char *path,
                              unsigned line)
{
    struct read_range read = {.line = line, .path = path};

    switch (slim_geoip_read_line(text, length, &read.range)) {
    case SLIM_GEOIP_BAD: return SLIM_EBADRULES;
    case SLIM_GEOIP_NOTHING: return APR_SUCCESS;
    default: return keep(w, &read);
    }
}

static apr_status_t read_lines(struct work *w, FILE *file, const char *path)
{
    char line[LINE_MAX_LENGTH];

    for (unsigned number = 1; fgets(line, sizeof line, file); number++) {
        size_t length = strlen(line);
        int whole = length > 0 && line[length - 1] == '\n';
        w->done += length;
        line[length - (size_t)whole] = '\0';
        apr_status_t rv = !whole && length == sizeof line - 1
                              ? SLIM_EBADRULES
                              : take_line(w, line, length - (size_t)whole, path, number);
        if (rv == SLIM_EBADRULES) {
            w->reason = apr_psprintf(w->pool, "%s, line %u: not FROM,TO,COUNTRY", path, number);
            return rv;
        }
        if (rv != APR_SUCCESS) {
            return fail(w, rv, "take in", path);
        }
        if (w->build->progress && number % PROGRESS_LINES == 0) {
            w->build->progress(w->build->data, w->done, w->total);
        }
    }
    return ferror(file) ? fail(w, errno ? errno : APR_EGENERAL, "read", path) : APR_SUCCESS;
}

static apr_status_t read_files(struct work *w)
{
    static const char *const names[2] = {"geoip", "geoip6"};
    FILE *file[2] = {NULL, NULL};
    const char *path[2];
    struct stat st;
    apr_status_t rv = APR_SUCCESS;

    for (int i = 0; i < 2 && rv == APR_SUCCESS; i++) {
        path[i] = apr_pstrcat(w->pool, w->build->from, "/", names[i], NULL);
        file[i] = fopen(path[i], "re");
        if (!file[i] || fstat(fileno(file[i]), &st) != 0) {
            rv = fail(w, errno, "open", path[i]);
        } else {
            w->total += (uint64_t)st.st_size;
        }
    }
    for (int i = 0; i < 2 && rv == APR_SUCCESS; i++) {
        rv = read_lines(w, file[i], path[i]);
    }
    for (int i = 0; i < 2; i++) {
        if (file[i]) {
            fclose(file[i]);
        }
    }
    if (rv == APR_SUCCESS && w->count == 0) {
        w->reason = apr_psprintf(w->pool, "%s has no ranges in it", w->build->from);
        rv = SLIM_EBADRULES;
    }
    return rv;
}

/* --- sorting --- */

static int compare_starts(const void *a, const void *b)
{
    const struct read_range *left = a, *right = b;

    return left->range.from != right->range.from
               ? (left->range.from < right->range.from ? -1 : 1)
               : (left->line > right->line) - (left->line < right->line);
}

static apr_status_t sort_ranges(struct work *w)
{
    qsort(w->read, w->count, sizeof *w->read, compare_starts);
    for (size_t i = 1; i < w->count; i++) {
        const struct read_range *read = &w->read[i];
        if (read->range.from <= read[-1].range.to) {
            w->reason = apr_psprintf(w->pool, "%s, line %u: has addresses of line %u, too",
                                     read->path, read->line, read[-1].line);
            return SLIM_EBADRULES;
        }
    }
    return APR_SUCCESS;
}

/* --- writing --- */

/* letters: of the country, or two zero bytes. What continues as before needs no entry. */
static uint32_t put_entry(struct work *w, uint32_t count, int family, slim_bits128 from,
                          const char *letters)
{
    size_t width = slim_country_ranges_width(family);
    uint8_t *at = w->bytes + w->used;

    if (count > 0 && memcmp(at - 2, letters, 2) == 0) {
        return count;
    }
    for (size_t i = 0; i < width; i++) {
        at[i] = (uint8_t)(from >> (8 * (width - 1 - i)));
    }
    memcpy(at + width, letters, 2);
    w->used += width + 2;
    return count + 1;
}

static uint32_t put_family(struct work *w, int family, const struct read_range *read, size_t count)
{
    static const char nowhere[2];
    const slim_bits128 last = family == SLIM_COUNTRY_IPV4 ? UINT32_MAX : ~(slim_bits128)0;
    uint32_t entries = 0;

    for (size_t i = 0; i < count; i++) {
        const struct slim_geoip_range *range = &read[i].range;
        entries = put_entry(w, entries, family, range->from, range->country);
        if (range->to != last && (i + 1 == count || read[i + 1].range.from != range->to + 1)) {
            entries = put_entry(w, entries, family, range->to + 1, nowhere);
        }
    }
    return entries;
}

/* A range has an entry, and the gap behind it may have one. */
static apr_status_t make_bytes(struct work *w)
{
    size_t ipv4 = 0;

    w->bytes = calloc(1, SLIM_COUNTRY_RANGES_HEAD + 2 * w->count * ENTRY_MAX);
    if (!w->bytes) {
        return APR_ENOMEM;
    }
    while (ipv4 < w->count && w->read[ipv4].range.from <= UINT32_MAX) {
        ipv4++;
    }
    memcpy(w->bytes, SLIM_COUNTRY_RANGES_MAGIC, SLIM_COUNTRY_RANGES_MAGIC_LENGTH);
    slim_put_u32(w->bytes + 8, SLIM_COUNTRY_RANGES_VERSION);
    w->used = SLIM_COUNTRY_RANGES_HEAD;
    slim_put_u32(w->bytes + 12, put_family(w, SLIM_COUNTRY_IPV4, w->read, ipv4));
    slim_put_u32(w->bytes + 16, put_family(w, SLIM_COUNTRY_IPV6, w->read + ipv4, w->count - ipv4));
    slim_put_u32(w->bytes + 20, slim_country_ranges_checksum(w->bytes, w->used));
    return APR_SUCCESS;
}

static apr_status_t replace_file(struct work *w)
{
    struct slim_whole_file whole;
    apr_status_t rv =
        slim_whole_file_begin(&whole, AT_FDCWD, w->build->output, SLIM_OVER_FILE, 0644);

    if (rv == APR_SUCCESS) {
        rv = slim_write_all(whole.fd, w->bytes, w->used);
        if (rv == APR_SUCCESS) {
            rv = slim_whole_file_end(&whole);
        } else {
            slim_whole_file_drop(&whole);
        }
    }
    if (rv != APR_SUCCESS) {
        w->reason = apr_psprintf(w->pool, "cannot make %s: %s", w->build->output,
                                 slim_whole_file_reason(rv));
    }
    return rv;
}

apr_status_t slim_country_build(struct slim_country_build *build, const char **reason,
                                apr_pool_t *pool)
{
    struct work work = {.build = build, .pool = pool, .reason = "out of memory"};
    apr_status_t rv = read_files(&work);

    if (rv == APR_SUCCESS) {
        rv = sort_ranges(&work);
    }
    if (rv == APR_SUCCESS) {
        rv = make_bytes(&work);
    }
    if (rv == APR_SUCCESS) {
        rv = replace_file(&work);
    }
    build->ranges = work.count;
    build->size = work.used;
    free(work.read);
    free(work.bytes);
    *reason = work.reason;
    return rv;
}
