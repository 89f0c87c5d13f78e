/* State, ledger and the day's figures for monitoring. */
#ifndef SLIM_METRICS_H
#define SLIM_METRICS_H

#include "core/facts.h"
#include "health.h"
#include "watch.h"

enum slim_metrics_format {
    SLIM_METRICS_TEXT,       /* Prometheus, text format 0.0.4 */
    SLIM_METRICS_OPENMETRICS /* OpenMetrics 1.0 */
};

/* What the Accept header of a scraper prefers; NULL: there is none. The older text when it does not
 * name OpenMetrics, or accepts neither. */
enum slim_metrics_format slim_metrics_format_for(const char *accept);
const char *slim_metrics_content_type(enum slim_metrics_format format);

/* Figures of the day that began at midnight UTC; known is 0 when the store could not be asked. */
struct slim_metrics_day {
    int known;
    uint64_t visitors, visits, pageviews, errors;
    uint64_t robots[SLIM_ROBOT_PURPOSES]; /* hits of robots, by what they are for */
    int64_t leaks;                        /* see leaks.h; -1: nobody could say */
    int is_of_sites;                      /* it is of some sites alone, as all that is told then: */
    uint64_t stored;                      /* their hits in the store */
};

/* watched: what the last look at alerts left; NULL: nobody knows. */
void slim_metrics_render(const struct slim_health *health, const struct slim_metrics_day *day,
                         const struct slim_watch_memory *watched, enum slim_metrics_format format,
                         struct slim_buffer *out);

/* Asks an open store for the day's figures; sites as slim_query_confine has them, NULL: all. */
void slim_metrics_ask(struct slim_store *store, int64_t now, const apr_array_header_t *sites,
                      struct slim_metrics_day *day, apr_pool_t *pool);

#endif
