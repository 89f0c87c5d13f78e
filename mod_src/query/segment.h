/* Segments: filters with a name, of the file segments.tsv in the state directory. A line is a name,
 * a tabulator, and filters with spaces between, as country=AT source="Search box"; what stands in
 * quotes may have spaces. A line with a mistake is no segment that can be used; the others are. */
#ifndef SLIM_SEGMENT_H
#define SLIM_SEGMENT_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "core/tsv.h"

struct slim_query;

#define SLIM_SEGMENTS_FILE "segments.tsv"
#define SLIM_SEGMENTS_MAX 200

struct slim_segment {
    const char *name;
    const char *text;  /* the filters, as they stand there */
    const char *fault; /* "segments.tsv: line 3: …"; NULL: it can be used */
};

struct slim_segments {
    apr_array_header_t *all; /* struct slim_segment */
    const char *fault;       /* the first mistake, as above; NULL: there is none */
};

/* Reads the file of a state directory; it need not be there. Never fails: what cannot be read is
 * told by the fault, and has no segments. */
struct slim_segments *slim_segments_read(const char *state, apr_pool_t *pool);

/* NULL: there is none of that name. */
const struct slim_segment *slim_segments_find(const struct slim_segments *segments,
                                              const char *name);

/* Their names, "a, b"; "" there is none. */
const char *slim_segments_names(const struct slim_segments *segments, apr_pool_t *pool);

/* Sets all filters of a text; what is wrong with it, a sentence, NULL: nothing. */
const char *slim_filters_read(struct slim_query *query, const char *text, apr_pool_t *pool);

/* Hands each row of a list in the state directory to take; the first mistake, "NAME: line 3: …",
 * NULL: there is none, or no such file. */
const char *slim_lists_each(const char *state, const char *name, slim_tsv_take *take, void *baton,
                            apr_pool_t *pool);

/* What is wrong with a segment: a sentence; NULL: nothing. */
const char *slim_segment_fault(const char *name, const char *text, apr_pool_t *pool);

#endif
