/* A question: which report, over which time, of which hits. The same words on the command line, in
 * the API and on the dashboard. */
#ifndef SLIM_QUERY_H
#define SLIM_QUERY_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "core/status_code.h"
#include "core/zone.h"
#include "report.h"

struct slim_goal_chain;
struct slim_goals;
struct slim_segments;
struct slim_view;

enum slim_match_kind { SLIM_EQUALS, SLIM_DIFFERS, SLIM_CONTAINS, SLIM_MATCHES /* of goals */ };

struct slim_filter {
    const char *dimension; /* a name of filter_table.h */
    enum slim_match_kind kind;
    const char *value; /* as it was given */
    const char *list; /* several values, any of which is meant, or for DIFFERS none, as a JSON array
                         of texts; NULL: value is one */
};

/* What an engine compares with: see list. */
static inline const char *slim_filter_text(const struct slim_filter *filter)
{
    return filter->list ? filter->list : filter->value;
}

#define SLIM_FILTERS_MAX 16
#define SLIM_CONFINING_MAX (SLIM_FILTERS_MAX + 1) /* that are not the asker's */
#define SLIM_ALL_FILTERS_MAX (SLIM_FILTERS_MAX + SLIM_CONFINING_MAX)
#define SLIM_VALUE_MAX 2048
#define SLIM_SEARCHES_MAX 256

struct slim_query {
    const struct slim_report *report;
    int64_t now;                  /* seconds; what "today" and "7d" count from */
    int64_t since;                /* seconds since 1970 UTC, the first that counts */
    int64_t until;                /* the first that does not */
    const struct slim_zone *zone; /* whose days, hours and clocks are meant; never NULL */
    const char *since_text;       /* as given */
    const char *until_text;       /* NULL: up to now */
    struct slim_filter filter[SLIM_ALL_FILTERS_MAX];
    int filters;
    int confined; /* so many filters, the first ones, are not the asker's: see slim_query_confine */
    const struct slim_segments *segments;  /* that may be asked for; NULL: there are none */
    const struct slim_goals *goals;        /* likewise */
    const struct slim_goal_chain *chain;   /* of a funnel; NULL: all goals, in their order */
    const struct slim_view *view;          /* filters beside its own are refused; NULL: none is */
    const char *search[SLIM_SEARCHES_MAX]; /* rows with one in a name, or =NAME; none: all */
    int searches;
    enum slim_bucket by; /* of weeks those that begin as week_begins has it */
    int week_begins;     /* 0: on Monday, … 6 */
    unsigned limit;      /* rows, 1 … SLIM_LIMIT_MAX */
    unsigned offset;     /* rows left out before them */
    const char *sort;    /* a column of the report; NULL: the report's own */
    int ascending;
    int robots;     /* count them too */
    int exact;      /* count rows where a sketch would do */
    int courses;    /* of rows, too, for reports that have them */
    int compare;    /* with the period before, see slim_query_previous */
    int before;     /* that period is meant instead */
    unsigned given; /* bits by slim_query_words: what was said; 0: all may be said anew */
};

/* Today and the seven days before it, in UTC. */
void slim_query_init(struct slim_query *query, const struct slim_report *report, int64_t now);

/* Before any word: hits of other sites than these (const char *, in lower case) are not told of,
 * whatever the words say. Texts are kept in pool. */
void slim_query_confine(struct slim_query *query, const apr_array_header_t *sites,
                        apr_pool_t *pool);

/* The same for hits of other segments, and for filters that a view does not allow; sites may be
 * confined before. The segment has to be in segments, all of which cannot be asked for afterwards.
 * SLIM_EBADQUERY: it is not, or cannot be used; *reason says why. */
apr_status_t slim_query_confine_view(struct slim_query *query, const struct slim_view *view,
                                     const struct slim_segments *segments, const char **reason,
                                     apr_pool_t *pool) SLIM_MUST_CHECK;

/* Sets one word of the table in query_word.h, in any order. SLIM_EBADQUERY when there is no such
 * word, it has a value that is not allowed, or comes again though it may not; *reason then is a
 * sentence with the word, its value and what is allowed, in pool. Texts and the zone are kept in
 * pool. */
apr_status_t slim_query_set(struct slim_query *query, const char *word, const char *value,
                            const char **reason, apr_pool_t *pool) SLIM_MUST_CHECK;

/* Checks what only all words together show. */
apr_status_t slim_query_check(const struct slim_query *query, const char **reason) SLIM_MUST_CHECK;

const char *slim_bucket_name(enum slim_bucket by);

/* Seconds since 1970 of what people type, by the query's zone and now:
 *   2026-01-31            that day
 *   2026-01-31T10:20[:30] that time; with Z or +01:00 behind it not in the zone but so far from UTC
 *   today, yesterday      the day;  7d, 4w  the day so many days or weeks before today
 *   week, month, year     this one;  last-week, last-month, last-year
 *   90m, 24h              exactly so long ago;  now;  all  the beginning of time
 * A day, week, month or year means its beginning, or, with end_of_day, its end. Numbers since "7d"
 * so do not change during a day. 0: not understood. */
int slim_query_parse_time(const struct slim_query *query, const char *text, int end_of_day,
                          int64_t *seconds);

/* Reads both ends' texts once more, as after another zone. 0: not understood, and nothing is
 * changed. */
int slim_query_resolve(struct slim_query *query);

/* The same question about the period before: as many months when both ends begin a month, as many
 * days when they begin a day, else as many seconds. */
void slim_query_previous(const struct slim_query *query, struct slim_query *previous);

#endif
