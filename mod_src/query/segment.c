/* Reading segments.tsv. */
#include "segment.h"

#include <string.h>

#include <apr_strings.h>

#include "core/setting_table.h"
#include "core/tsv.h"
#include "query.h"

/* --- a line --- */

/* The next of the filters, without its quotes; NULL: a quote is not closed, or "" at the end. */
static const char *next_filter(const char **text, apr_pool_t *pool)
{
    const char *at = *text + strspn(*text, " ");
    char *out = apr_palloc(pool, strlen(at) + 1), *to = out;
    int quoted = 0;

    for (; *at && (quoted || *at != ' '); at++) {
        if (*at == '"') {
            quoted = !quoted;
        } else {
            *to++ = *at;
        }
    }
    *to = '\0';
    *text = at;
    return quoted ? NULL : out;
}

/* What is wrong with a filter; NULL: nothing. Of what reports ask, filters are the same. */
static const char *filter_fault(struct slim_query *query, const char *filter, apr_pool_t *pool)
{
    const char *reason;

    return slim_query_set(query, "where", filter, &reason, pool) == APR_SUCCESS ? NULL : reason;
}

/* Adds the filters of a text; what is wrong with it. */
static const char *read_filters(const char *text, apr_array_header_t *filters, apr_pool_t *pool)
{
    struct slim_query query;

    slim_query_init(&query, &slim_reports[0], 0);
    for (;;) {
        const char *filter = next_filter(&text, pool);
        if (!filter) {
            return "a quote is not closed";
        }
        if (!*filter) {
            return filters->nelts > 0 ? NULL : "there are no filters";
        }
        const char *fault = filter_fault(&query, filter, pool);
        if (fault) {
            return fault;
        }
        APR_ARRAY_PUSH(filters, const char *) = filter;
    }
}

static const char *name_fault(const char *name)
{
    return slim_setting_is_name(name)
               ? NULL
               : "a name is 1 to 64 letters, digits, dots, hyphens and underscores";
}

const char *slim_segment_fault(const char *name, const char *text, apr_pool_t *pool)
{
    const char *fault = name_fault(name);

    if (!fault && strpbrk(text, "\t\r\n")) {
        fault = "filters stand on one line, without tabulators";
    }
    return fault ? fault : read_filters(text, apr_array_make(pool, 4, sizeof(const char *)), pool);
}

/* --- the file --- */

struct reading {
    struct slim_segments *segments;
    unsigned rows;
};

static const char *take(void *baton, const char *path, struct slim_tsv *row, apr_pool_t *pool)
{
    struct reading *reading = baton;
    struct slim_segment segment = {.name = row->column[0], .text = row->column[1]};

    (void)path;
    segment.filters = apr_array_make(pool, 4, sizeof(const char *));
    const char *fault = name_fault(segment.name);
    if (fault) {
        return fault;
    }
    if (slim_segments_find(reading->segments, segment.name)) {
        return "that name stands above, too";
    }
    if (reading->rows++ == SLIM_SEGMENTS_MAX) {
        return "there are too many segments: at most 200";
    }
    row->fault_at = row->at[1];
    fault = row->columns > 2 ? "behind the filters nothing may stand"
                             : read_filters(segment.text, segment.filters, pool);
    if (fault) {
        segment.fault = apr_psprintf(pool, SLIM_SEGMENTS_FILE ": line %u: %s", row->line, fault);
    }
    APR_ARRAY_PUSH(reading->segments->all, struct slim_segment) = segment;
    return fault;
}

/* Without the directory: it is told over HTTP, too. */
static const char *without_directory(const char *fault, const char *state)
{
    size_t length = strlen(state);

    return fault && strncmp(fault, state, length) == 0 && fault[length] == '/' ? fault + length + 1
                                                                               : fault;
}

struct slim_segments *slim_segments_read(const char *state, apr_pool_t *pool)
{
    struct slim_segments *segments = apr_pcalloc(pool, sizeof *segments);
    struct reading reading = {.segments = segments};
    struct slim_list_file file = {
        .path = apr_pstrcat(pool, state, "/" SLIM_SEGMENTS_FILE, NULL),
        .is_own = 1,
        .only_good = 1,
    };

    segments->all = apr_array_make(pool, 8, sizeof(struct slim_segment));
    apr_status_t rv = slim_list_file_load(&file, pool);
    if (APR_STATUS_IS_ENOENT(rv) || APR_STATUS_IS_ENOTDIR(rv)) {
        return segments;
    }
    if (rv == APR_SUCCESS) {
        rv = slim_tsv_each(&file, take, &reading, pool);
    }
    if (rv != APR_SUCCESS && !file.fault) {
        file.fault = SLIM_SEGMENTS_FILE ": it cannot be read";
    }
    segments->fault = without_directory(file.fault, state);
    return segments;
}

const struct slim_segment *slim_segments_find(const struct slim_segments *segments,
                                              const char *name)
{
    for (int i = 0; segments && i < segments->all->nelts; i++) {
        const struct slim_segment *one = &APR_ARRAY_IDX(segments->all, i, struct slim_segment);
        if (strcmp(one->name, name) == 0) {
            return one;
        }
    }
    return NULL;
}

const char *slim_segments_names(const struct slim_segments *segments, apr_pool_t *pool)
{
    const char *names = "";

    for (int i = 0; segments && i < segments->all->nelts; i++) {
        names = apr_pstrcat(pool, names, i ? ", " : "",
                            APR_ARRAY_IDX(segments->all, i, struct slim_segment).name, NULL);
    }
    return names;
}
