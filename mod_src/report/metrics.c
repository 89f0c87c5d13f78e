/* Metrics, as OpenMetrics and as Prometheus' older text: the two differ in how counters are named
 * in their heads, and in the last line. Label values are names of ours, never a visitor's bytes. */
#include "metrics.h"
#include "ask.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "accept.h"
#include "core/version.h"
#include "leaks.h"
#include "query/answer.h"

struct writing {
    struct slim_buffer *out;
    enum slim_metrics_format format;
};

enum slim_metrics_format slim_metrics_format_for(const char *accept)
{
    const char *header = accept ? accept : "";
    size_t length = strlen(header);
    struct slim_accepted text = slim_accept_look(header, length, "text/plain");
    struct slim_accepted open = slim_accept_look(header, length, "application/openmetrics-text");

    return open.quality > text.quality
                   || (open.quality && open.quality == text.quality && open.named)
               ? SLIM_METRICS_OPENMETRICS
               : SLIM_METRICS_TEXT;
}

const char *slim_metrics_content_type(enum slim_metrics_format format)
{
    return format == SLIM_METRICS_OPENMETRICS
               ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
               : "text/plain; version=0.0.4; charset=utf-8";
}

/* --- heads and samples --- */

static void add_head(const struct writing *w, const char *name, const char *type, const char *help)
{
    const char *tail =
        strcmp(type, "counter") == 0 && w->format == SLIM_METRICS_TEXT ? "_total" : "";

    slim_buffer_format(w->out, "# HELP slimstats_%s%s %s\n# TYPE slimstats_%s%s %s\n", name, tail,
                       help, name, tail, type);
}

static void add_labelled(const struct writing *w, const char *name, const char *label,
                         const char *value, uint64_t number)
{
    slim_buffer_format(w->out, "slimstats_%s{%s=\"%s\"} %" PRIu64 "\n", name, label, value, number);
}

static void add_gauge(const struct writing *w, const char *name, const char *help, uint64_t number)
{
    add_head(w, name, "gauge", help);
    slim_buffer_format(w->out, "slimstats_%s %" PRIu64 "\n", name, number);
}

static void add_counter(const struct writing *w, const char *name, const char *help,
                        uint64_t number)
{
    add_head(w, name, "counter", help);
    slim_buffer_format(w->out, "slimstats_%s_total %" PRIu64 "\n", name, number);
}

static void add_seconds(const struct writing *w, const char *name, const char *help, int64_t us)
{
    add_head(w, name, "gauge", help);
    slim_buffer_format(w->out, "slimstats_%s %" PRId64 ".%06d\n", name, us / 1000000,
                       (int)(us % 1000000));
}

/* --- the metrics --- */

static void add_ledger(const struct writing *w, const struct slim_health *h)
{
    add_counter(w, "hits_seen", "Requests seen while capture was on.", h->ledger.seen);
    add_counter(w, "hits_stored", "Hits in the store.", h->stored);
    add_head(w, "hits_excluded", "counter", "Hits left out by a rule.");
    for (unsigned i = 0; i < SLIM_EXCLUDED_REASONS; i++) {
        add_labelled(w, "hits_excluded_total", "reason", slim_excluded_name(i),
                     h->ledger.excluded[i]);
    }
    add_head(w, "hits_dropped", "counter", "Hits lost, by the reason.");
    for (unsigned i = 0; i < SLIM_DROPPED_REASONS; i++) {
        add_labelled(w, "hits_dropped_total", "reason", slim_dropped_name(i), h->ledger.dropped[i]);
    }
    if (h->has_ring) {
        add_head(w, "hits_waiting", "gauge", "Hits on their way to the store.");
        add_labelled(w, "hits_waiting", "place", "ring", h->waiting_ring);
        add_labelled(w, "hits_waiting", "place", "journal", h->waiting_journal);
    }
}

static void add_imports(const struct writing *w, const struct slim_import_account *account)
{
    add_head(w, "import_lines", "counter", "Lines of imported logs, by what became of them.");
    for (unsigned i = 0; i < SLIM_LINE_FATES; i++) {
        add_labelled(w, "import_lines_total", "fate", slim_line_fate_name(i), account->fate[i]);
    }
    add_labelled(w, "import_lines_total", "fate", "excluded",
                 slim_import_account_excluded(account));
}

static void add_state(const struct writing *w, const struct slim_health *h)
{
    add_head(w, "state", "gauge", "1 for the current state, 0 for all others.");
    for (unsigned i = 0; i < SLIM_STATES; i++) {
        add_labelled(w, "state", "state", slim_state_name(i), h->state == i);
    }
    if (h->has_ring) {
        add_head(w, "area_healthy", "gauge", "1 while nothing is wrong with an area.");
        for (unsigned i = 0; i < SLIM_AREAS; i++) {
            add_labelled(w, "area_healthy", "area", slim_area_name(i),
                         h->status.area[i].state == SLIM_STATE_OK);
        }
    }
    add_head(w, "build_info", "gauge", "1, with the version.");
    add_labelled(w, "build_info", "version", SLIM_VERSION, 1);
}

static void add_recorder(const struct writing *w, const struct slim_health *h)
{
    const struct slim_status *s = &h->status;

    add_gauge(w, "ring_used_bytes", "Bytes of hits that wait in the ring.", h->ring_used);
    add_gauge(w, "ring_size_bytes", "Bytes that the ring can hold.", h->ring_size);
    add_gauge(w, "journal_used_bytes", "Bytes of the journal.", s->journal_bytes);
    add_gauge(w, "journal_limit_bytes", "Bytes that the journal may grow to.", s->journal_limit);
    add_gauge(w, "journal_segments", "Files of the journal.", s->journal_segments);
    add_gauge(w, "store_bytes", "Bytes of the store.", s->store_bytes);
    add_gauge(w, "store_log_bytes", "Bytes of the store's log.", s->wal_bytes);
    add_seconds(w, "lag_seconds", "Age of the oldest hit that waits.", h->lag_us);
    add_seconds(w, "heartbeat_age_seconds", "Seconds since the recorder's last heartbeat.",
                h->heartbeat_age_us);
    add_seconds(w, "last_commit_duration_seconds", "How long the last commit took.",
                (int64_t)(s->commit_duration_us & INT64_MAX));
    add_seconds(w, "last_commit_timestamp_seconds", "When the last commit was.",
                s->commit_us > 0 ? s->commit_us : 0);
    add_counter(w, "commits", "Commits since the recorder started.", s->commits);
}

static void add_recorders(const struct writing *w, const struct slim_health *h)
{
    add_head(w, "recorder_heard_timestamp_seconds", "gauge",
             "When the store heard of a front end's recorder last.");
    for (uint64_t i = 0; i < h->heard_count; i++) {
        add_labelled(w, "recorder_heard_timestamp_seconds", "server", h->heard[i].server,
                     (uint64_t)h->heard[i].heard_s);
    }
}

static void add_day(const struct writing *w, const struct slim_metrics_day *day)
{
    add_gauge(w, "day_visitors", "Visitors since midnight UTC, without robots.", day->visitors);
    add_gauge(w, "day_visits", "Visits since midnight UTC, without robots.", day->visits);
    add_gauge(w, "day_pageviews", "Page views since midnight UTC, without robots.", day->pageviews);
    add_gauge(w, "day_errors", "Hits with a status of 400 or above since midnight UTC.",
              day->errors);
    if (day->leaks >= 0) {
        add_gauge(w, "leaks", "Paths that only scanners ask for, and that are answered.",
                  (uint64_t)day->leaks);
    }
    add_head(w, "day_robot_hits", "gauge",
             "Hits of robots since midnight UTC, by what they are for.");
    for (unsigned i = 0; i < SLIM_ROBOT_PURPOSES; i++) {
        add_labelled(w, "day_robot_hits", "purpose", slim_robot_purpose_name(i), day->robots[i]);
    }
}

static void add_whole(const struct writing *w, const struct slim_health *health)
{
    add_ledger(w, health);
    add_imports(w, &health->imports);
    add_recorders(w, health);
    if (health->has_ring) {
        add_recorder(w, health);
    }
}

/* What slimstats watch saw last; nothing before it was run. */
static void add_alerts(const struct writing *w, const struct slim_watch_memory *watched)
{
    if (!watched->looked) {
        return;
    }
    add_gauge(w, "watch_timestamp_seconds", "When slimstats watch looked at alerts last.",
              (uint64_t)watched->looked);
    add_head(w, "alert", "gauge", "1 for an alert that is told, 0 for all others.");
    for (int i = 0; i < watched->count; i++) {
        const struct slim_watched *one = &watched->watched[i];
        slim_buffer_format(w->out, "slimstats_alert{alert=\"%s\",severity=\"%s\"} %d\n", one->name,
                           slim_alert_severity_name(one->severity), one->told != 0);
    }
}

void slim_metrics_render(const struct slim_health *health, const struct slim_metrics_day *day,
                         const struct slim_watch_memory *watched, enum slim_metrics_format format,
                         struct slim_buffer *out)
{
    const struct writing w = {.out = out, .format = format};

    add_state(&w, health);
    if (!day->is_of_sites) {
        add_whole(&w, health);
        if (watched) {
            add_alerts(&w, watched);
        }
    } else if (day->known) {
        add_counter(&w, "hits_stored", "Hits in the store.", day->stored);
    }
    if (day->known) {
        add_day(&w, day);
    }
    if (format == SLIM_METRICS_OPENMETRICS) {
        slim_buffer_text(out, "# EOF\n");
    }
}

/* --- the day --- */

static uint64_t figure(const struct slim_answer *answer, const char *name)
{
    const struct slim_report *report = answer->query->report;
    const struct slim_cell *cells = APR_ARRAY_IDX(answer->rows, 0, struct slim_cell *);
    const struct slim_column *column = slim_report_column(report, name);
    int64_t number = column ? cells[column - report->column].number : 0;

    return number > 0 ? (uint64_t)number : 0;
}

/* Of a column that is called for a purpose. */
static uint64_t total_of(const struct slim_answer *answer, const char *purpose)
{
    const struct slim_report *report = answer->query->report;
    char name[32];

    snprintf(name, sizeof name, "%s_hits", purpose);
    const struct slim_column *column = slim_report_column(report, name);
    int64_t number = column ? answer->total[column - report->column] : 0;

    return number > 0 ? (uint64_t)number : 0;
}

struct asking {
    struct slim_store *store;
    int64_t now;
    const apr_array_header_t *sites;
};

/* Asks for the figures of a period; 0: nobody could say. */
static int ask_figures(const struct asking *asking, const char *report, const char *since,
                       int robots, struct slim_answer *answer, apr_pool_t *pool)
{
    struct slim_query *query = apr_palloc(pool, sizeof *query);
    const char *reason;

    slim_query_init(query, slim_report_find(report), asking->now);
    if (asking->sites) {
        slim_query_confine(query, asking->sites, pool);
    }
    query->robots = robots;
    return slim_query_set(query, "since", since, &reason, pool) == APR_SUCCESS
           && slim_report_answer(asking->store, query, answer, pool) == APR_SUCCESS
           && answer->rows->nelts > 0;
}

void slim_metrics_ask(struct slim_store *store, int64_t now, const apr_array_header_t *sites,
                      struct slim_metrics_day *day, apr_pool_t *pool)
{
    const struct asking asking = {store, now, sites};
    struct slim_answer answer;

    *day = (struct slim_metrics_day){.is_of_sites = sites != NULL, .leaks = -1};
    if (!ask_figures(&asking, "overview", "today", 0, &answer, pool)) {
        return;
    }
    day->visitors = figure(&answer, "visitors");
    day->visits = figure(&answer, "visits");
    day->pageviews = figure(&answer, "pageviews");
    day->errors = figure(&answer, "errors");
    day->known = !sites || ask_figures(&asking, "overview", "all", 1, &answer, pool);
    day->stored = day->known && sites ? figure(&answer, "hits") : 0;
    day->leaks = day->known ? slim_leaks_open(store, now, sites, pool) : -1;
    if (day->known && ask_figures(&asking, "purposes", "today", 0, &answer, pool)) {
        for (unsigned i = 0; i < SLIM_ROBOT_PURPOSES; i++) {
            day->robots[i] = total_of(&answer, slim_robot_purpose_name(i));
        }
    }
}
