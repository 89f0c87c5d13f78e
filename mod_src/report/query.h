/* A question: which report, over which time, of which hits. The same words on the command line, in
 * the API and on the dashboard. */
#ifndef SLIM_QUERY_H
#define SLIM_QUERY_H

#include <apr_pools.h>

#include "../core/status_code.h"
#include "../core/zone.h"

struct slim_report;

enum slim_match_kind { SLIM_EQUALS, SLIM_DIFFERS, SLIM_CONTAINS };

struct slim_filter {
    const char *dimension; /* a name of the table of dimensions */
    enum slim_match_kind kind;
    const char *value;
};

#define SLIM_FILTERS_MAX 16
#define SLIM_LIMIT_MAX 1000
#define SLIM_VALUE_MAX 2048

struct slim_query {
    const struct slim_report *report;
    int64_t now;   /* seconds; what "today" and "7d" count from */
    int64_t since; /* seconds since 1970 UTC, the first that counts */
    int64_t until; /* the first that does not */
    struct slim_filter filter[SLIM_FILTERS_MAX];
    int filters;
    enum slim_bucket by;
    unsigned limit;   /* rows, 1 … SLIM_LIMIT_MAX */
    unsigned offset;  /* rows left out before them */
    const char *sort; /* a column of the report; NULL: the report's own */
    int ascending;
    int robots; /* count them too */
};

/* The last seven days of a report. */
void slim_query_init(struct slim_query *query, const struct slim_report *report, int64_t now);

/* Sets one word: since, until, where, by, limit, offset, sort, robots. SLIM_EBADQUERY when word or
 * value is not understood; *reason then says what is allowed. Texts are kept in pool. */
apr_status_t slim_query_set(struct slim_query *query, const char *word, const char *value,
                            const char **reason, apr_pool_t *pool) SLIM_MUST_CHECK;

/* Checks what only all words together show. */
apr_status_t slim_query_check(const struct slim_query *query, const char **reason) SLIM_MUST_CHECK;

const char *slim_bucket_name(enum slim_bucket by);

/* The dimensions that --where knows, ending with NULL. */
extern const char *const slim_dimensions[];

/* Seconds since 1970 of "2026-01-31", "2026-01-31T10:20", "today", "yesterday", "7d", "24h", "90m".
 * A day alone means its beginning, or, with end_of_day, the beginning of the next. 0: not
 * understood. */
int slim_query_parse_time(const char *text, int64_t now, int end_of_day, int64_t *seconds);

#endif
