/* What a dashboard shows: all, some sites, or what SlimStatsView names. Each question begins here,
 * so that none is asked without it. */
#include <string.h>

#include <apr_strings.h>
#include <http_main.h>

#include "handler.h"
#include "query/filter_table.h"
#include "query/goal.h"
#include "query/segment.h"
#include "query/view.h"
#include "report/ledger.h"
#include "report/render_json.h"

const struct slim_view *slim_handler_view(const request_rec *r)
{
    return slim_dir_config(r)->view;
}

/* Read once a request: several questions are asked by the same ones. */
static const struct slim_segments *segments_of(request_rec *r)
{
    static const char key[] = "mod_slimstats-segments";
    void *segments = NULL;

    (void)apr_pool_userdata_get(&segments, key, r->pool);
    if (!segments) {
        segments = slim_segments_read(slim_server_config(ap_server_conf)->settings.state, r->pool);
        (void)apr_pool_userdata_setn(segments, key, NULL, r->pool);
    }
    return segments;
}

static const struct slim_goals *goals_of(request_rec *r)
{
    static const char key[] = "mod_slimstats-goals";
    void *goals = NULL;

    (void)apr_pool_userdata_get(&goals, key, r->pool);
    if (!goals) {
        goals = slim_goals_read(slim_server_config(ap_server_conf)->settings.state,
                                slim_handler_sites(r), r->pool);
        (void)apr_pool_userdata_setn(goals, key, NULL, r->pool);
    }
    return goals;
}

/* A view has goals where it has a report of them. */
static int has_goals(const request_rec *r)
{
    return slim_handler_shows(r, slim_report_find("goals"))
           || slim_handler_shows(r, slim_report_find("funnel"));
}

int slim_handler_shows(const request_rec *r, const struct slim_report *report)
{
    const struct slim_view *view = slim_handler_view(r);

    if (report == &slim_ledger_report) { /* what becomes of all hits is nobody's own */
        return !view && !slim_handler_sites(r);
    }
    return report && (!view || slim_view_shows(view, report));
}

int slim_handler_begin_query(request_rec *r, const struct slim_report *report,
                             struct slim_query *query)
{
    const apr_array_header_t *sites = slim_handler_sites(r);
    const struct slim_view *view = slim_handler_view(r);
    const char *reason = "";

    slim_query_init(query, report, apr_time_sec(r->request_time));
    if (sites) {
        slim_query_confine(query, sites, r->pool);
    }
    query->goals = has_goals(r) ? goals_of(r) : NULL;
    if (!view) {
        query->segments = sites ? NULL : segments_of(r); /* their names may be other sites' */
        return 1;
    }
    if (slim_query_confine_view(query, view, segments_of(r), &reason, r->pool) != APR_SUCCESS) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "SlimStatsView shows nothing: %s", reason);
        slim_handler_fail(r, HTTP_SERVICE_UNAVAILABLE, "view-off", NULL);
        return 0;
    }
    return 1;
}

/* With its length, so that two texts are never read as one. */
static void add_part(struct slim_buffer *out, const char *text)
{
    slim_buffer_format(out, "%zu:", strlen(text));
    slim_buffer_text(out, text);
}

static void add_goal(struct slim_buffer *out, const struct slim_goal *goal)
{
    add_part(out, goal->name);
    for (int i = 0; i < goal->conditions; i++) {
        const struct slim_filter *one = &goal->condition[i];
        add_part(out, one->dimension);
        slim_buffer_format(out, "%d ", (int)one->kind);
        add_part(out, one->value);
    }
}

void slim_handler_scope(request_rec *r, struct slim_buffer *out)
{
    const apr_array_header_t *sites = slim_handler_sites(r);
    const struct slim_view *view = slim_handler_view(r);
    const struct slim_segments *segments = segments_of(r);
    const struct slim_goals *goals = goals_of(r);

    for (int i = 0; sites && i < sites->nelts; i++) {
        add_part(out, APR_ARRAY_IDX(sites, i, const char *));
    }
    slim_buffer_text(out, sites ? " of sites " : " ");
    for (int i = 0; view && i < view->reports->nelts; i++) {
        add_part(out, APR_ARRAY_IDX(view->reports, i, const struct slim_report *)->name);
    }
    add_part(out, view && view->segment ? view->segment : "");
    for (int i = 0; i < segments->all->nelts; i++) {
        const struct slim_segment *one = &APR_ARRAY_IDX(segments->all, i, struct slim_segment);
        add_part(out, one->name);
        add_part(out, one->text);
        add_part(out, one->fault ? one->fault : "");
    }
    for (int i = 0; i < goals->count; i++) {
        add_goal(out, &goals->goal[i]);
    }
}

void slim_handler_trim(const request_rec *r, struct slim_answer *answer)
{
    if (!slim_handler_shows(r, slim_report_find("notes"))) {
        answer->notes = NULL;
    }
}

/* --- what there is --- */

static json_t *shown_reports(const struct slim_view *view)
{
    json_t *reports = view ? json_array() : json_null();

    for (int i = 0; view && i < view->reports->nelts; i++) {
        json_array_append_new(
            reports,
            json_string(APR_ARRAY_IDX(view->reports, i, const struct slim_report *)->name));
    }
    return reports;
}

static json_t *shown_filters(const struct slim_view *view)
{
    json_t *filters = view ? json_array() : json_null();

    for (const struct slim_filter_type *f = slim_filter_types; view && f->name; f++) {
        if (slim_view_filters(view, f->name)) {
            json_array_append_new(filters, json_string(f->name));
        }
    }
    return filters;
}

static json_t *offered_segments(request_rec *r)
{
    int offers = !slim_handler_view(r) && !slim_handler_sites(r);
    const struct slim_segments *segments = offers ? segments_of(r) : NULL;
    json_t *names = json_array();

    for (int i = 0; segments && i < segments->all->nelts; i++) {
        const struct slim_segment *one = &APR_ARRAY_IDX(segments->all, i, struct slim_segment);
        if (!one->fault) {
            json_array_append_new(names,
                                  json_pack("{s:s, s:o}", "name", one->name, "filters",
                                            slim_json_text(one->text, strlen(one->text), r->pool)));
        }
    }
    return names;
}

static json_t *offered_goals(request_rec *r)
{
    const struct slim_goals *goals = has_goals(r) ? goals_of(r) : NULL;
    json_t *names = json_array();

    for (int i = 0; goals && i < goals->count; i++) {
        json_array_append_new(names, json_string(goals->goal[i].name));
    }
    return names;
}

int slim_handler_dashboard(request_rec *r)
{
    struct slim_buffer body;

    slim_buffer_init(&body, r->pool);
    slim_json_dump(&body,
                   json_pack("{s:o, s:o, s:o, s:o}", "goals", offered_goals(r), "reports",
                             shown_reports(slim_handler_view(r)), "filters",
                             shown_filters(slim_handler_view(r)), "segments", offered_segments(r)));
    return slim_handler_send(r, HTTP_OK, "application/json; charset=utf-8", &body);
}
