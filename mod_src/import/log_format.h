/* An httpd LogFormat read backwards: compiled once, then each line of the log becomes a hit.
 * https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats */
#ifndef SLIM_LOG_FORMAT_H
#define SLIM_LOG_FORMAT_H

#include <apr_pools.h>

#include "core/hit.h"
#include "core/status_code.h"

struct slim_log_format;

/* What a line tells beside the hit. */
struct slim_log_said {
    struct slim_text client; /* a host's name in lower case, where the log has no address */
    int goes_on;             /* it has more than the format tells */
};

/* What does not fit, and where: "no time", column 23. Columns count bytes from 1. */
struct slim_log_error {
    const char *reason;
    size_t column;
};

/* A format that has a name. */
struct slim_log_name {
    const char *name;
    const char *format; /* NULL: W3C's, or JSON */
    int may_go_on;      /* with fields that are not told */
    int site_of_target; /* requests name their site */
    int is_json;
    int is_alias; /* of another, by which it is recognized */
};

/* The names that --format knows, in any case: ours, and those of goaccess. NULL for others. */
const struct slim_log_name *slim_log_format_named(const char *name);

/* All names, in one text in pool. */
const char *slim_log_format_names(apr_pool_t *pool);

/* Compiles a name or a LogFormat string; the result lives in pool. Known are %h %a %l %u %t %{…}t
 * %r %m %U %q %H %s %b %B %O %I %D %T %{ms,us,s}T %v %V %p, Referer, User-Agent, Accept-Language,
 * Host and the Sec-Fetch headers of %{…}i, Content-Type of %{…}o; others are skipped. Returns NULL
 * and *error, with its column in text, when no line could be read by it. */
struct slim_log_format *slim_log_format_compile(const char *text, struct slim_log_error *error,
                                                apr_pool_t *pool);

/* Tries the named formats on a log's first bytes: the one that reads most lines, and most of them
 * to their ends. NULL when none reads any. */
const char *slim_log_format_detect(const char *bytes, size_t length, apr_pool_t *pool);

/* No longer line is read. */
#define SLIM_LOG_LINE_MAX 65536

/* Reads one line, without its newline, of at most SLIM_LOG_LINE_MAX bytes. 1 and *hit, or 0 and
 * *error. The hit's texts are cut at their ceilings and point into line or into scratch, which has
 * room for 3 × length bytes. error->reason is NULL for a line that is a remark. A request of "-"
 * gives a hit without method and URI. Linear; keeps the last minute in format, so not for two
 * threads at once. */
int slim_log_format_parse(struct slim_log_format *format, const char *line, size_t length,
                          char *scratch, struct slim_hit *hit, struct slim_log_said *said,
                          struct slim_log_error *error) SLIM_MUST_CHECK;

/* Which fields are used, and which are of no use here; as the format has them. */
const char *slim_log_format_used(const struct slim_log_format *format);
const char *slim_log_format_dropped(const struct slim_log_format *format);

/* Whether bytes are those that went over the network, headers included (%O). */
int slim_log_format_has_all_bytes(const struct slim_log_format *format);

/* Whether the lines to come say who asked; of W3C's it is known by the last line of their fields.
 */
int slim_log_format_has_agents(const struct slim_log_format *format);

/* Of a log's first bytes: how many lines can be read, and how many of them name no client. */
struct slim_log_sample {
    unsigned read, clientless;
};
struct slim_log_sample slim_log_format_sample(struct slim_log_format *format, const char *bytes,
                                              size_t length, apr_pool_t *pool);

#endif
