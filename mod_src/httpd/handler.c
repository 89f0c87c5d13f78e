/* The dashboard's location: reports and status over HTTP. It reads, it changes nothing; failures
 * of the store are answered by a word, never by a path, a number or SQL. */
#include <string.h>

#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_main.h>
#include <http_request.h>

#include "handler.h"
#include "capture.h"
#include "dashboard/assets.h"
#include "guard.h"
#include "report/health.h"
#include "report/metrics.h"
#include "report/render_json.h"

/* --- headers and bodies --- */

#define POLICY(base)                                                                               \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "        \
    "'self'; base-uri " base "; form-action 'none'; frame-ancestors 'none'; "                      \
    "require-trusted-types-for 'script'"

static void set_headers(request_rec *r)
{
    static const char *const headers[][2] = {
        {"Content-Security-Policy", POLICY("'none'")},
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

/* Who uses httpd as a forward proxy asks another server. */
int slim_handler_keep(request_rec *r)
{
    const struct slim_dir *conf = slim_dir_config(r);

    if (conf->handler_path && conf->dashboard == 1 && r->proxyreq != PROXYREQ_PROXY) {
        r->handler = "slimstats";
        r->proxyreq = PROXYREQ_NONE;
        r->filename = r->uri; /* not proxy:… any more, by which mod_proxy takes it, too */
    }
    return DECLINED;
}

int slim_handler_send(request_rec *r, int status, const char *type, const struct slim_buffer *body)
{
    r->status = status;
    ap_set_content_type(r, type);
    ap_set_content_length(r, (apr_off_t)body->length);
    if (!r->header_only) {
        ap_rwrite(body->at, (int)body->length, r);
    }
    return OK;
}

int slim_handler_fail(request_rec *r, int status, const char *word, const char *parameter)
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
    return slim_handler_send(r, status, "application/json; charset=utf-8", &body);
}

/* --- sites --- */

const apr_array_header_t *slim_handler_sites(const request_rec *r)
{
    const apr_array_header_t *said = slim_dir_config(r)->sites;
    apr_array_header_t *sites = said ? apr_array_copy(r->pool, said) : NULL;

    for (int i = 0; sites && i < sites->nelts; i++) {
        const char **site = &APR_ARRAY_IDX(sites, i, const char *);
        if (strcmp(*site, SLIM_SITES_VHOST) == 0) {
            *site = slim_server_config(r->server)->site_text.at;
        }
    }
    return sites;
}

/* --- state and metrics --- */

static int serve_status(request_rec *r)
{
    struct slim_health health;
    struct slim_metrics_day day;
    struct slim_buffer body;

    slim_health_read(slim_capture_ring(), NULL, &health);
    slim_buffer_init(&body, r->pool);
    if (slim_handler_view(r)) { /* how many hits there are is none of its reports */
        slim_health_json_of_sites(&health, -1, &body);
    } else if (slim_handler_sites(r)) {
        slim_handler_ask_day(r, &day);
        slim_health_json_of_sites(&health, day.known ? (int64_t)day.stored : -1, &body);
    } else {
        slim_health_json(&health, &body);
    }
    return slim_handler_send(r, HTTP_OK, "application/json; charset=utf-8", &body);
}

static int serve_metrics(request_rec *r)
{
    enum slim_metrics_format format =
        slim_metrics_format_for(apr_table_get(r->headers_in, "Accept"));
    struct slim_watch_memory *watched = apr_palloc(r->pool, sizeof *watched);
    struct slim_health health;
    struct slim_metrics_day day;
    struct slim_buffer body;

    slim_handler_ask_day(r, &day);
    slim_health_read(slim_capture_ring(), NULL, &health);
    slim_watch_remember(slim_server_config(ap_server_conf)->settings.state, watched, r->pool);
    slim_buffer_init(&body, r->pool);
    slim_metrics_render(&health, &day, watched, format, &body);
    apr_table_setn(r->err_headers_out, "Vary", "Accept");
    return slim_handler_send(r, HTTP_OK, slim_metrics_content_type(format), &body);
}

/* --- the page and its files --- */

/* Nothing of visitors is in them, so that their compressed size reveals nothing (BREACH). */
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
        unsigned char *text = apr_palloc(r->pool, asset->size);
        if (!slim_asset_unpack(asset, text)) {
            return HTTP_INTERNAL_SERVER_ERROR;
        }
        slim_buffer_add(&body, (const char *)text, asset->size);
    }
    return slim_handler_send(r, HTTP_OK, asset->type, &body);
}

/* /help/ and /help/PAGE; NULL for any other path. */
static const struct slim_asset *help_at(const char *path)
{
    static const char folder[] = "/help/";

    if (strncmp(path, folder, sizeof folder - 1) != 0) {
        return NULL;
    }
    return slim_asset_find(path[sizeof folder - 1] ? path + 1 : "help/help");
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
    if (strncmp(path, slim_assets_hash, length) != 0 || path[length] != '/'
        || strchr(path + length + 1, '/')) {
        return NULL;
    }
    return slim_asset_find(path + length + 1);
}

/* --- routes --- */

/* A page without the slash at the end of its address, by which all its links begin one step higher.
 * There are sites whose rules take such a slash away (Laravel's), so that nobody can be sent to the
 * place with it. */
static int serve_above(request_rec *r, const struct slim_asset *page)
{
    unsigned char *text = apr_palloc(r->pool, page->size);
    const char *name = strrchr(r->uri, '/');
    struct slim_buffer body;

    if (!slim_asset_unpack(page, text)) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    const char *whole = apr_pstrmemdup(r->pool, (const char *)text, page->size);
    const char *head = strchr(strstr(whole, "<head>"), '\n') + 1;
    slim_buffer_init(&body, r->pool);
    slim_buffer_add(&body, whole, (size_t)(head - whole));
    slim_buffer_text(&body, "<base href=\"./");
    slim_buffer_text(&body, ap_escape_html(r->pool, ap_escape_uri(r->pool, name ? name + 1 : "")));
    slim_buffer_text(&body, "/\">\n");
    slim_buffer_text(&body, head);
    apr_table_setn(r->err_headers_out, "Content-Security-Policy", POLICY("'self'"));
    return slim_handler_send(r, HTTP_OK, page->type, &body);
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
    if (slim_guard_refuses(r, conf)) {
        return HTTP_FORBIDDEN;
    }
    if (r->method_number != M_GET) { /* HEAD is M_GET */
        apr_table_setn(r->err_headers_out, "Allow", "GET, HEAD");
        return slim_handler_fail(r, HTTP_METHOD_NOT_ALLOWED, "GET and HEAD only", NULL);
    }
    path = slim_guard_path(r, conf);
    if (!*path) {
        return serve_above(r, slim_asset_find("index.html"));
    }
    if (strcmp(path, "/") == 0) {
        return serve_asset(r, slim_asset_find("index.html"));
    }
    asset = asset_at(path);
    if (asset) {
        apr_table_setn(r->err_headers_out, "Cache-Control", "public, max-age=31536000, immutable");
        return serve_asset(r, asset);
    }
    if (strcmp(path, "/help") == 0) {
        return serve_above(r, help_at("/help/"));
    }
    asset = help_at(path);
    if (asset) {
        return serve_asset(r, asset);
    }
    if (strcmp(path, "/api/status") == 0 && !r->args) { /* with words it is the report */
        return serve_status(r);
    }
    if (strcmp(path, "/report.html") == 0) {
        return slim_handler_page(r);
    }
    if (strcmp(path, "/api/dashboard") == 0) {
        return slim_handler_dashboard(r);
    }
    if (strcmp(path, "/metrics") == 0 && !slim_handler_view(r)) {
        return serve_metrics(r);
    }
    if (strncmp(path, "/api/", 5) == 0) {
        return slim_handler_report(r, path + 5);
    }
    return slim_handler_fail(r, HTTP_NOT_FOUND, "no such page", NULL);
}
