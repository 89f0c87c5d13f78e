/* Alerts: what is looked at, and beyond which value somebody is to be told. The lines of alerts.tsv
 * in the data directory, and of the one in the state directory beside or in place of them; the
 * shipped file says how a line is written. A line with a mistake is no alert; the others are. */
#ifndef SLIM_ALERT_H
#define SLIM_ALERT_H

#include <apr_pools.h>

#include "query.h"

#define SLIM_ALERTS_FILE "alerts.tsv"
#define SLIM_ALERTS_MAX 64
#define SLIM_ALERT_WINDOW_MIN 300         /* seconds: 5m */
#define SLIM_ALERT_WINDOW_MAX (7 * 86400) /* 7d */

enum slim_alert_severity { SLIM_ALERT_WARNING, SLIM_ALERT_CRITICAL };

/* What the account of the recorder says, in place of a report's column. */
enum slim_account_figure {
    SLIM_ACCOUNT_NONE,
    SLIM_ACCOUNT_DROPPED, /* hits that were lost in the window */
    SLIM_ACCOUNT_LAG,     /* seconds that the oldest hit waits */
    SLIM_ACCOUNT_BROKEN   /* 1: the state is not ok */
};

/* A number of a report, or of the account. */
struct slim_alert_term {
    enum slim_account_figure account;
    const struct slim_report *report; /* with an account NULL */
    int column;                       /* its place */
    int is_largest;                   /* of the rows; else their total */
    const char *name;                 /* rows that are called so alone; NULL: all */
    const char *filters;              /* as slim_filters_read takes them; "": none */
    int robots;                       /* count them, too */
};

struct slim_alert {
    const char *name; /* letters, digits, dots, hyphens, underscores */
    enum slim_alert_severity severity;
    const char *figure; /* as it was written */
    struct slim_alert_term term, divisor;
    int has_divisor; /* the value is so many percent of it */
    int is_below;    /* is told below the limit; else above it */
    double limit;    /* in the term's unit; percent of the divisor, or of what is usual */
    int is_of_usual;
    int is_percent;        /* the value is shown with a % behind it */
    int64_t window;        /* seconds */
    double minimum;        /* of the divisor, or of what is usual: else nothing is said */
    int64_t hold;          /* seconds */
    const char *condition; /* as it was written */
};

struct slim_alerts {
    struct slim_alert alert[SLIM_ALERTS_MAX];
    int count;
    const char *fault; /* the first mistake: "alerts.tsv: line 3: …"; NULL: there is none */
};

/* "warning". */
const char *slim_alert_severity_name(enum slim_alert_severity severity);

/* Reads both files; neither has to be there. goals: that figures may be of; NULL: none. Never
 * fails: what cannot be read is told by the fault. */
struct slim_alerts *slim_alerts_read(const char *data, const char *state,
                                     const struct slim_goals *goals, apr_pool_t *pool);

/* Makes the question of a term, of the period since … until (seconds); the answer's rows are so few
 * that slim_alert_value can be had of it. NULL, or what is wrong with the term's filters. */
const char *slim_alert_ask(const struct slim_alert_term *term, int64_t since, int64_t until,
                           struct slim_query *query, apr_pool_t *pool);

#endif
