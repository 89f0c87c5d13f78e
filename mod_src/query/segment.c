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

const char *slim_filters_read(struct slim_query *query, const char *text, apr_pool_t *pool)
{
    for (;;) {
        const char *reason, *filter = next_filter(&text, pool);
        if (!filter) {
            return "a quote is not closed";
        }
        if (!*filter) {
            return NULL;
        }
        if (slim_query_set(query, "where", filter, &reason, pool) != APR_SUCCESS) {
            return reason;
        }
    }
}

/* What is wrong with a segment's filters. */
static const char *filters_fault(const char *text, apr_pool_t *pool)
{
    struct slim_query query;

    slim_query_init(&query, &slim_reports[0], 0);
    const char *fault = slim_filters_read(&query, text, pool);
    return !fault && query.filters == 0 ? "there are no filters" : fault;
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
    return fault ? fault : filters_fault(text, pool);
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
                             : filters_fault(segment.text, pool);
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

const char *slim_lists_each(const char *state, const char *name, slim_tsv_take *take_row,
                            void *baton, apr_pool_t *pool)
{
    struct slim_list_file file = {
        .path = apr_pstrcat(pool, state, "/", name, NULL),
        .is_own = 1,
        .only_good = 1,
    };
    apr_status_t rv = slim_list_file_load(&file, pool);

    if (APR_STATUS_IS_ENOENT(rv) || APR_STATUS_IS_ENOTDIR(rv)) {
        return NULL;
    }
    if (rv == APR_SUCCESS) {
        rv = slim_tsv_each(&file, take_row, baton, pool);
    }
    if (rv != APR_SUCCESS && !file.fault) {
        file.fault = apr_pstrcat(pool, name, ": it cannot be read", NULL);
    }
    return without_directory(file.fault, state);
}

struct slim_segments *slim_segments_read(const char *state, apr_pool_t *pool)
{
    struct slim_segments *segments = apr_pcalloc(pool, sizeof *segments);
    struct reading reading = {.segments = segments};

    segments->all = apr_array_make(pool, 8, sizeof(struct slim_segment));
    segments->fault = slim_lists_each(state, SLIM_SEGMENTS_FILE, take, &reading, pool);
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
