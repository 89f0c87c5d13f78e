/* From ranges of addresses in text files to a MaxMind DB file. */
#include "country_build.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_date.h>
#include <apr_strings.h>
#include <maxminddb.h>

#include "../core/whole_file.h"
#include "geoip_text.h"
#include "mmdb_file.h"

#define LINE_MAX_LENGTH 512
#define PROGRESS_LINES 4096

struct work {
    struct slim_country_build *build;
    struct slim_mmdb_tree tree;
    uint64_t done, total;   /* bytes of the text files */
    apr_time_t made;        /* the newest "# Generated:", else of the files */
    slim_bits128 last_from; /* for the look-up that checks the file */
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

static void take_date(struct work *w, const char *line)
{
    static const char head[] = "# Generated: ";
    apr_time_t made =
        strncmp(line, head, sizeof head - 1) == 0 ? apr_date_parse_rfc(line + sizeof head - 1) : 0;

    w->made = made > w->made ? made : w->made;
}

static apr_status_t take_line(struct work *w, const char *line, size_t length)
{
    struct slim_geoip_range range;

    switch (slim_geoip_read_line(line, length, &range)) {
    case SLIM_GEOIP_BAD: return SLIM_EBADRULES;
    case SLIM_GEOIP_NOTHING: take_date(w, line); return APR_SUCCESS;
    default: break;
    }
    w->build->ranges++;
    w->last_from = range.from;
    return slim_mmdb_tree_put(&w->tree, range.from, range.to,
                              slim_mmdb_country_value(range.country));
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
                              : take_line(w, line, length - (size_t)whole);
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
    apr_time_t written = 0;
    apr_status_t rv = APR_SUCCESS;

    for (int i = 0; i < 2 && rv == APR_SUCCESS; i++) {
        path[i] = apr_pstrcat(w->pool, w->build->from, "/", names[i], NULL);
        file[i] = fopen(path[i], "re");
        if (!file[i] || fstat(fileno(file[i]), &st) != 0) {
            rv = fail(w, errno, "open", path[i]);
        } else {
            w->total += (uint64_t)st.st_size;
            written =
                apr_time_from_sec(st.st_mtime) > written ? apr_time_from_sec(st.st_mtime) : written;
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
    w->made = w->made ? w->made : written; /* libmaxminddb wants a time */
    if (rv == APR_SUCCESS && w->build->ranges == 0) {
        w->reason = apr_psprintf(w->pool, "%s has no ranges in it", w->build->from);
        rv = SLIM_EBADRULES;
    }
    return rv;
}

/* --- writing --- */

/* libmaxminddb has to read what was written, and to find the last address that was put in. */
static apr_status_t check_file(struct work *w, const char *path)
{
    MMDB_s db;
    int error = MMDB_open(path, MMDB_MODE_MMAP, &db), found = 0;

    if (error == MMDB_SUCCESS) {
        struct sockaddr_in6 address = {.sin6_family = AF_INET6};
        for (int i = 0; i < 16; i++) {
            address.sin6_addr.s6_addr[i] = (uint8_t)(w->last_from >> (8 * (15 - i)));
        }
        found = MMDB_lookup_sockaddr(&db, (struct sockaddr *)&address, &error).found_entry;
        MMDB_close(&db);
    }
    if (error != MMDB_SUCCESS || !found) {
        w->reason =
            apr_psprintf(w->pool, "%s as it was written cannot be read back: %s", path,
                         error == MMDB_SUCCESS ? "an address is not in it" : MMDB_strerror(error));
        return APR_EGENERAL;
    }
    return APR_SUCCESS;
}

static apr_status_t write_file(struct work *w, int fd, const char *path)
{
    int own = dup(fd);
    FILE *file = own < 0 ? NULL : fdopen(own, "w");
    struct stat st;

    if (!file) {
        return fail(w, errno, "write", path);
    }
    apr_status_t rv = slim_mmdb_file_write(&w->tree, (uint64_t)apr_time_sec(w->made), file);
    if (fclose(file) != 0 && rv == APR_SUCCESS) {
        rv = errno;
    }
    if (rv == APR_SUCCESS && fstat(fd, &st) != 0) {
        rv = errno;
    }
    if (rv != APR_SUCCESS) {
        return fail(w, rv, "write", path);
    }
    w->build->size = (uint64_t)st.st_size;
    return check_file(w, path);
}

static apr_status_t cannot_replace(struct work *w, apr_status_t rv)
{
    w->reason =
        apr_psprintf(w->pool, "cannot make %s: %s", w->build->output, slim_whole_file_reason(rv));
    return rv;
}

static apr_status_t replace_file(struct work *w)
{
    const char *output = w->build->output;
    struct slim_whole_file whole;
    apr_status_t rv = slim_whole_file_begin(&whole, output, 1, 0644, w->pool);

    if (rv != APR_SUCCESS) {
        return cannot_replace(w, rv);
    }
    rv = write_file(w, whole.fd, whole.partial);
    if (rv != APR_SUCCESS) {
        slim_whole_file_drop(&whole);
        return rv;
    }
    rv = slim_whole_file_end(&whole);
    return rv == APR_SUCCESS ? rv : cannot_replace(w, rv);
}

apr_status_t slim_country_build(struct slim_country_build *build, const char **reason,
                                apr_pool_t *pool)
{
    struct work work = {.build = build, .pool = pool, .reason = "out of memory"};
    apr_status_t rv = slim_mmdb_tree_open(&work.tree);

    build->ranges = build->size = 0;
    if (rv == APR_SUCCESS) {
        rv = read_files(&work);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_mmdb_tree_alias_ipv4(&work.tree);
    }
    if (rv == APR_SUCCESS) {
        rv = replace_file(&work);
    }
    slim_mmdb_tree_close(&work.tree);
    *reason = work.reason;
    return rv;
}
