/* The bytes of a log, line by line: a plain file, a pipe, or one that gzip compressed (told by its
 * first bytes, not by its name; several members in a row are one log), or a file that xz, bzip2,
 * zstd or zip did. Offsets are those of the uncompressed bytes. */
#ifndef SLIM_LOG_SOURCE_H
#define SLIM_LOG_SOURCE_H

#include <stdint.h>

#include <apr_pools.h>

#include "core/hit.h"
#include "core/status_code.h"

struct slim_log_source;

/* How much of a log's beginning, and of what was read last, is kept for its identity. */
#define SLIM_LOG_KEPT 4096

struct slim_log_line {
    struct slim_text text; /* without newline; NULL and its length when it is too long */
    uint64_t number;       /* from 1 */
};

/* How many bytes at the beginning of a file only say that it is UTF-8; 0 or 3. */
static inline size_t slim_log_mark_length(const char *bytes, size_t length)
{
    return length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* Reads from fd, which it owns from now on and closes with pool. *source is set even on failure, so
 * that its error can be read. */
apr_status_t slim_log_source_open(int fd, struct slim_log_source **source,
                                  apr_pool_t *pool) SLIM_MUST_CHECK;

/* What is wrong, after a call that failed: "its compressed data is damaged". */
const char *slim_log_source_error(const struct slim_log_source *source);

/* The log's first bytes, at least SLIM_LOG_KEPT unless it is shorter. Only before anything was
 * taken. */
struct slim_text slim_log_source_head(const struct slim_log_source *source);

/* Goes to an offset of the uncompressed bytes; before line number lines + 1. APR_EOF when the log
 * is shorter. Only before anything was taken. */
apr_status_t slim_log_source_skip(struct slim_log_source *source, uint64_t offset,
                                  uint64_t lines) SLIM_MUST_CHECK;

/* The next line that is not empty. A file ends where it did when it was opened. A line of more than
 * max bytes is passed over and told by its length alone. APR_EOF at the end: of a plain file a line
 * that has no newline yet is not taken, because its rest may be on its way; of anything else it is.
 * APR_EGENERAL when the log cannot be read on; what could be read was given before. */
apr_status_t slim_log_source_line(struct slim_log_source *source, size_t max,
                                  struct slim_log_line *line) SLIM_MUST_CHECK;

/* The same by bytes: what is there, at least size bytes unless the log ends; *text is empty at the
 * end. Taken bytes count as lines by their newlines. */
apr_status_t slim_log_source_peek(struct slim_log_source *source, size_t size,
                                  struct slim_text *text) SLIM_MUST_CHECK;
void slim_log_source_take(struct slim_log_source *source, size_t length);

/* Bytes and lines taken so far. */
uint64_t slim_log_source_offset(const struct slim_log_source *source);
uint64_t slim_log_source_lines(const struct slim_log_source *source);

/* The bytes before the offset, at most SLIM_LOG_KEPT. */
struct slim_text slim_log_source_tail(const struct slim_log_source *source);

/* Bytes of a line that was left for later. */
uint64_t slim_log_source_unfinished(const struct slim_log_source *source);

/* Of the file itself: how much was read, and its size (0: not known). */
void slim_log_source_progress(const struct slim_log_source *source, uint64_t *done,
                              uint64_t *total);

#endif
