/* The dashboard's location: reports and status over HTTP. It reads, it changes nothing; what goes
 * wrong with the store is told by a word, never by a path, a number or SQL. */
#include <string.h>
#include <strings.h>

#include <apr_atomic.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_main.h>
#include <http_request.h>
#include <http_vhost.h>

#include "../dashboard/assets.h"
#include "../report/ledger.h"
#include "../report/metrics.h"
#include "../report/render.h"
#include "../report/render_json.h"
#include "../core/url.h"
#include "mod_slimstats.h"

#define TIME_LIMIT_MS 5000
#define AT_ONCE 2 /* questions in one child */

static apr_uint32_t asking;

/* --- headers and bodies --- */

static void set_headers(request_rec *r)
{
    static const char *const headers[][2] = {
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "
         "'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
         "require-trusted-types-for 'script'"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
        {"Cache-Control", "no-store"},
        {"X-Robots-Tag", "noindex, nofollow"},
    };

    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        apr_table_setn(r->err_headers_out, headers[i][0], headers[i][1]);
    }
}

/* Who is refused by Require never gets as far as the handler. */
int slim_handler_refusals(request_rec *r)
{
    if (slim_dir_config(r)->dashboard == 1) {
        set_headers(r);
    }
    return DECLINED;
}

static int send_text(request_rec *r, int status, const char *type, const struct slim_buffer *body)
{
    r->status = status;
    ap_set_content_type(r, type);
    ap_set_content_length(r, (apr_off_t)body->length);
    if (!r->header_only) {
        ap_rwrite(body->at, (int)body->length, r);
    }
    return OK;
}

static int send_error(request_rec *r, int status, const char *word, const char *parameter)
{
    struct slim_buffer body;
    json_t *json = json_object();

    slim_buffer_init(&body, r->pool);
    json_object_set_new(json, "error", slim_json_text(word, strlen(word), r->pool));
    if (parameter) {
        json_object_set_new(json, "parameter",
                            slim_json_text(parameter, strlen(parameter), r->pool));
    }
    slim_json_dump(&body, json);
    if (status == HTTP_SERVICE_UNAVAILABLE) {
        apr_table_setn(r->err_headers_out, "Retry-After", "2");
    }
    return send_text(r, status, "application/json; charset=utf-8", &body);
}

/* --- who may ask --- */

static int is_address(const char *host)
{
    return *host == '[' || strspn(host, "0123456789.") == strlen(host)
           || (strchr(host, ':') && strspn(host, "0123456789abcdefABCDEF:.") == strlen(host));
}

/* A page elsewhere can make a browser ask us under a name of its own (DNS rebinding): only names
 * that are ours are answered. */
static int host_is_ours(request_rec *r, const struct slim_dir *conf)
{
    const char *host = r->hostname;

    if (!host || !*host) {
        return 0;
    }
    for (int i = 0; conf->hosts && i < conf->hosts->nelts; i++) {
        if (strcasecmp(host, APR_ARRAY_IDX(conf->hosts, i, const char *)) == 0) {
            return 1;
        }
    }
    return strcasecmp(host, "localhost") == 0 || is_address(host)
           || (!conf->hosts && ap_matches_request_vhost(r, host, r->server->port));
}

/* --- questions --- */

/* Opens the store; on failure the answer is sent and NULL returned. */
static struct slim_store *open_store(request_rec *r)
{
    const struct slim_server *conf = slim_server_config(ap_server_conf);
    const struct slim_store_engine *engine = slim_store_engine_for(conf->settings.store);
    struct slim_store *store;

    if (engine->open_reader(conf->settings.store, TIME_LIMIT_MS, &store, r->pool) != APR_SUCCESS) {
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, "%s", store->error.what);
        send_error(r, HTTP_SERVICE_UNAVAILABLE, slim_state_name(store->error.state), NULL);
        engine->close(store);
        return NULL;
    }
    return store;
}

static char *decode(request_rec *r, struct slim_text text)
{
    char *out = apr_palloc(r->pool, text.length + 1);
    size_t length = slim_url_decode(text, out, text.length);

    out[length] = '\0';
    return strlen(out) == length ? out : NULL; /* NULL: a NUL within */
}

/* Sets the query's words from the URL's; 0 when the error was sent. */
static int take_words(request_rec *r, struct slim_query *query)
{
    static const char *const once[] = {"since", "until",  "tz",      "by",     "limit", "offset",
                                       "sort",  "robots", "compare", "period", "exact"};
    struct slim_text rest = {r->args, r->args ? strlen(r->args) : 0}, name, value;
    unsigned seen = 0;
    const char *reason = "text without NUL bytes";

    while (slim_url_next_parameter(&rest, &name, &value)) {
        const char *word = decode(r, name), *text = decode(r, value);
        int repeated = 0;
        for (unsigned i = 0; word && i < sizeof once / sizeof once[0]; i++) {
            if (strcmp(word, once[i]) == 0) {
                repeated = (seen & 1u << i) != 0;
                seen |= 1u << i;
            }
        }
        if (!word || !text || repeated
            || slim_query_set(query, word, text, &reason, r->pool) != APR_SUCCESS) {
            send_error(r, HTTP_BAD_REQUEST, repeated ? "given more than once" : reason,
                       word ? word : "");
            return 0;
        }
    }
    if (slim_query_check(query, &reason) != APR_SUCCESS) {
        send_error(r, HTTP_BAD_REQUEST, reason, "since");
        return 0;
    }
    return 1;
}

static int answer(request_rec *r, struct slim_query *query, const struct slim_format *format)
{
    struct slim_answer found;
    struct slim_buffer body;
    struct slim_store *store = open_store(r);

    if (!store) {
        return OK;
    }
    apr_status_t rv = slim_report_answer(store, query, &found, r->pool);
    if (rv != APR_SUCCESS) {
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, "%s", store->error.what);
        send_error(r, HTTP_SERVICE_UNAVAILABLE,
                   rv == SLIM_ETIMEOUT ? "the question takes too long: ask for less"
                                       : slim_state_name(store->error.state),
                   NULL);
    } else {
        slim_buffer_init(&body, r->pool);
        format->render(&found, &body);
        send_text(r, HTTP_OK, format->content_type, &body);
    }
    store->engine->close(store);
    return OK;
}

static int serve_ledger(request_rec *r, const struct slim_query *query,
                        const struct slim_format *format)
{
    struct slim_answer answer;
    struct slim_health health;
    struct slim_buffer body;

    slim_health_read(slim_capture_ring(), NULL, apr_time_now(), &health);
    slim_report_ledger(&health, query, &answer, r->pool);
    slim_buffer_init(&body, r->pool);
    format->render(&answer, &body);
    return send_text(r, HTTP_OK, format->content_type, &body);
}

/* /api/NAME, or /api/NAME.csv */
static int serve_report(request_rec *r, const char *name)
{
    const char *dot = strchr(name, '.');
    const struct slim_format *format = slim_format_find(dot ? dot + 1 : "json");
    const struct slim_report *report =
        slim_report_find(dot ? apr_pstrmemdup(r->pool, name, (apr_size_t)(dot - name)) : name);
    struct slim_query query;

    if (!report || !format || (dot && strcmp(dot, ".csv") != 0)) {
        return send_error(r, HTTP_NOT_FOUND, "no such report", NULL);
    }
    slim_query_init(&query, report, apr_time_sec(r->request_time));
    if (!take_words(r, &query)) {
        return OK;
    }
    if (dot) {
        apr_table_setn(r->err_headers_out, "Content-Disposition",
                       apr_psprintf(r->pool, "attachment; filename=\"slimstats-%s.csv\"",
                                    report->name));
    }
    if (report == &slim_ledger_report) {
        return serve_ledger(r, &query, format);
    }
    if (apr_atomic_inc32(&asking) >= AT_ONCE) {
        apr_atomic_dec32(&asking);
        return send_error(r, HTTP_SERVICE_UNAVAILABLE, "busy", NULL);
    }
    answer(r, &query, format);
    apr_atomic_dec32(&asking);
    return OK;
}

static int serve_status(request_rec *r)
{
    struct slim_health health;
    struct slim_buffer body;

    slim_health_read(slim_capture_ring(), NULL, apr_time_now(), &health);
    slim_buffer_init(&body, r->pool);
    slim_health_json(&health, &body);
    return send_text(r, HTTP_OK, "application/json; charset=utf-8", &body);
}

/* The day's figures, when the store is there and not busy; all else needs no store. */
static void ask_day(request_rec *r, struct slim_metrics_day *day)
{
    const struct slim_server *conf = slim_server_config(ap_server_conf);
    const struct slim_store_engine *engine = slim_store_engine_for(conf->settings.store);
    struct slim_store *store;

    day->known = 0;
    if (apr_atomic_inc32(&asking) < AT_ONCE) {
        if (engine->open_reader(conf->settings.store, TIME_LIMIT_MS, &store, r->pool)
            == APR_SUCCESS) {
            slim_metrics_ask(store, apr_time_sec(r->request_time), day, r->pool);
        }
        engine->close(store);
    }
    apr_atomic_dec32(&asking);
}

static int serve_metrics(request_rec *r)
{
    enum slim_metrics_format format =
        slim_metrics_format_for(apr_table_get(r->headers_in, "Accept"));
    struct slim_health health;
    struct slim_metrics_day day;
    struct slim_buffer body;

    ask_day(r, &day);
    slim_health_read(slim_capture_ring(), NULL, apr_time_now(), &health);
    slim_buffer_init(&body, r->pool);
    slim_metrics_render(&health, &day, format, &body);
    apr_table_setn(r->err_headers_out, "Vary", "Accept");
    return send_text(r, HTTP_OK, slim_metrics_content_type(format), &body);
}

/* --- the page and its files --- */

/* Nothing of visitors is in them, so that their packed size tells nothing (BREACH). */
static int serve_asset(request_rec *r, const struct slim_asset *asset)
{
    struct slim_buffer body;
    const char *accepted = apr_table_get(r->headers_in, "Accept-Encoding");

    slim_buffer_init(&body, r->pool);
    apr_table_setn(r->err_headers_out, "Vary", "Accept-Encoding");
    if (accepted && ap_find_list_item(r->pool, accepted, "gzip")) {
        apr_table_setn(r->headers_out, "Content-Encoding", "gzip");
        slim_buffer_add(&body, (const char *)asset->packed, asset->packed_size);
    } else {
        slim_buffer_text(&body, asset->text);
    }
    return send_text(r, HTTP_OK, asset->type, &body);
}

/* /assets/HASH/NAME: another hash is another version's, which is not here. */
static const struct slim_asset *asset_at(const char *path)
{
    static const char folder[] = "/assets/";
    size_t length = strlen(slim_assets_hash);

    if (strncmp(path, folder, sizeof folder - 1) != 0) {
        return NULL;
    }
    path += sizeof folder - 1;
    if (strncmp(path, slim_assets_hash, length) != 0 || path[length] != '/') {
        return NULL;
    }
    return slim_asset_find(path + length + 1);
}

/* --- routes --- */

/* The part of the URL behind the location; NULL for the location without its slash. */
static const char *path_within(request_rec *r, const struct slim_dir *conf)
{
    size_t length = strlen(conf->handler_path);

    while (length > 0 && conf->handler_path[length - 1] == '/') {
        length--;
    }
    if (strncmp(r->uri, conf->handler_path, length) == 0) {
        return r->uri[length] == '/' ? r->uri + length : r->uri[length] ? "" : NULL;
    }
    return r->path_info; /* a location by regular expression */
}

static int redirect_to_slash(request_rec *r)
{
    apr_table_setn(r->headers_out, "Location",
                   apr_pstrcat(r->pool, r->uri, "/", r->args ? "?" : "", r->args, NULL));
    return HTTP_MOVED_PERMANENTLY;
}

int slim_handler(request_rec *r)
{
    const struct slim_dir *conf;
    const struct slim_asset *asset;
    const char *path;

    if (!r->handler || strcmp(r->handler, "slimstats") != 0) {
        return DECLINED;
    }
    conf = slim_dir_config(r);
    set_headers(r);
    /* Parts of two answers are no answer; and httpd's refusal of a range lacks our headers. */
    apr_table_unset(r->headers_in, "Range");
    if (!conf->handler_path || !conf->has_require || !host_is_ours(r, conf)) {
        return HTTP_FORBIDDEN;
    }
    if (r->method_number != M_GET) { /* HEAD is M_GET */
        apr_table_setn(r->err_headers_out, "Allow", "GET, HEAD");
        return send_error(r, HTTP_METHOD_NOT_ALLOWED, "GET and HEAD only", NULL);
    }
    path = path_within(r, conf);
    if (!path) {
        return redirect_to_slash(r);
    }
    if (strcmp(path, "/") == 0) {
        return serve_asset(r, slim_asset_find("index.html"));
    }
    asset = asset_at(path);
    if (asset) {
        apr_table_setn(r->err_headers_out, "Cache-Control", "public, max-age=31536000, immutable");
        return serve_asset(r, asset);
    }
    if (strcmp(path, "/api/status") == 0 && !r->args) { /* with words it is the report */
        return serve_status(r);
    }
    if (strcmp(path, "/metrics") == 0) {
        return serve_metrics(r);
    }
    if (strncmp(path, "/api/", 5) == 0) {
        return serve_report(r, path + 5);
    }
    return send_error(r, HTTP_NOT_FOUND, "no such page", NULL);
}
