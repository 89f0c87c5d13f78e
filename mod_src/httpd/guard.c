/* Who may see the dashboard. httpd hands a directive to every module that has it: we listen to the
 * core's SetHandler and to mod_authz_core's Require to know which section's Require is in force
 * where. They keep doing their work. */
#include "guard.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include <apr_fnmatch.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_request.h>
#include <http_vhost.h>

#include "gate.h"

static apr_array_header_t *misplaced; /* const char *, sections that are no Location */
static apr_array_header_t *warned;    /* const struct slim_dir * */

void slim_guard_begin(apr_pool_t *pconf)
{
    misplaced = apr_array_make(pconf, 4, sizeof(const char *));
    warned = apr_array_make(pconf, 4, sizeof(const struct slim_dir *));
}

/* --- directives --- */

static int is_in_location(const cmd_parms *cmd)
{
    const ap_directive_t *parent = cmd->directive->parent;

    return parent
           && (strcasecmp(parent->directive, "<Location") == 0
               || strcasecmp(parent->directive, "<LocationMatch") == 0);
}

const char *slim_guard_note_handler(cmd_parms *cmd, void *dir, const char *args)
{
    struct slim_dir *conf = dir;
    const char *name = ap_getword_conf(cmd->temp_pool, &args);

    conf->dashboard = strcmp(name, "slimstats") == 0;
    if (!conf->dashboard || ap_check_cmd_context(cmd, NOT_IN_HTACCESS) != NULL) {
        return NULL;
    }
    if (is_in_location(cmd)) {
        conf->handler_path = conf->path;
    } else {
        APR_ARRAY_PUSH(misplaced, const char *) = conf->path ? conf->path : "the server itself";
    }
    return NULL;
}

/* Whether a Require goes by where a request comes from. */
static int is_by_address(const char *args, apr_pool_t *pool)
{
    static const char *const kinds[] = {"local", "ip", "host", "forward-dns", "expr"};
    const char *word = ap_getword_conf(pool, &args);

    if (strcasecmp(word, "not") == 0) {
        word = ap_getword_conf(pool, &args);
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcasecmp(word, kinds[i]) == 0) {
            return 1;
        }
    }
    return 0;
}

const char *slim_guard_note_require(cmd_parms *cmd, void *dir, const char *args)
{
    struct slim_dir *conf = dir;

    if (!ap_find_linked_module("mod_authz_core.c")) {
        return apr_psprintf(cmd->pool, "Invalid command '%s': mod_authz_core is not loaded",
                            cmd->cmd->name);
    }
    if (cmd->limited & (AP_METHOD_BIT << M_GET)) { /* <Limit POST> guards nothing of ours */
        conf->require_path = conf->path ? conf->path : "";
        conf->by_address |= is_by_address(args, cmd->temp_pool);
    }
    return NULL;
}

/* --- the Require in force --- */

/* The length of a path without the slashes at its end. */
static size_t bare_length(const char *path)
{
    size_t length = strlen(path);

    while (length > 0 && path[length - 1] == '/') {
        length--;
    }
    return length;
}

/* Whether a section's path is the dashboard's or below it: what stands elsewhere was meant for
 * something else. */
static int is_own(const char *require_path, const char *handler_path)
{
    size_t length = bare_length(handler_path);

    return strcmp(require_path, handler_path) == 0
           || (strncmp(require_path, handler_path, length) == 0
               && (require_path[length] == '/' || !require_path[length]));
}

void slim_guard_merge(struct slim_dir *conf, const struct slim_dir *add)
{
    conf->had_own_require |= add->had_own_require;
    conf->had_own_require |=
        conf->handler_path && conf->require_path && is_own(conf->require_path, conf->handler_path);
    if (add->handler_path) {
        conf->handler_path = add->handler_path;
        conf->handler_pattern = add->handler_pattern;
    }
    if (add->require_path) { /* it takes the place of those before, as mod_authz_core has it */
        conf->require_path = add->require_path;
        conf->by_address = add->by_address;
    }
}

/* As httpd's location_walk has it. */
static int holds_for(const core_dir_config *section, const char *path)
{
    size_t length = strlen(section->d);

    if (section->r) {
        return ap_regexec(section->r, path, 0, NULL, 0) == 0;
    }
    if (section->d_is_fnmatch) {
        return apr_fnmatch(section->d, path, APR_FNM_PATHNAME) == APR_SUCCESS;
    }
    return strncmp(section->d, path, length) == 0
           && (length == 0 || section->d[length - 1] == '/' || path[length] == '/'
               || !path[length]);
}

/* The section whose Require is the last that holds for a dashboard, NULL: none; *has_own: whether
 * one before it, or itself, is the dashboard's own. */
static const char *find_require(const apr_array_header_t *sections,
                                const struct slim_dir *dashboard, const char *path, int *has_own)
{
    const char *found = NULL;

    *has_own = 0;
    for (int i = 0; i < sections->nelts; i++) {
        ap_conf_vector_t *section = APR_ARRAY_IDX(sections, i, ap_conf_vector_t *);
        const struct slim_dir *dir = ap_get_module_config(section, &slimstats_module);
        if (dir && dir->require_path
            && (strcmp(dir->require_path, dashboard->handler_path) == 0
                || (!dashboard->handler_pattern
                    && holds_for(ap_get_core_module_config(section), path)))) {
            found = dir->require_path;
            *has_own |= is_own(found, dashboard->handler_path);
        }
    }
    return found;
}

static int is_news(const struct slim_dir *dashboard)
{
    for (int i = 0; i < warned->nelts; i++) {
        if (APR_ARRAY_IDX(warned, i, const struct slim_dir *) == dashboard) {
            return 0;
        }
    }
    APR_ARRAY_PUSH(warned, const struct slim_dir *) = dashboard;
    return 1;
}

static void check_dashboard(apr_pool_t *pool, const server_rec *server,
                            const apr_array_header_t *sections, const struct slim_dir *dashboard)
{
    const char *at = dashboard->handler_path;
    const char *path = apr_pstrcat(pool, apr_pstrmemdup(pool, at, bare_length(at)), "/", NULL);
    int has_own;
    const char *require = find_require(sections, dashboard, path, &has_own);

    if (has_own && !is_own(require, at)) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, server,
                     "%s (%s:%u): the Require of %s decides about the dashboard in %s, which "
                     "answers 403 there until a Require of its own follows, as Require local",
                     server->server_hostname ? server->server_hostname : "virtual host",
                     server->defn_name ? server->defn_name : "", server->defn_line_number, require,
                     at);
    } else if (!has_own && is_news(dashboard)) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, server,
                     "SetHandler slimstats in %s has no Require of its own: the dashboard "
                     "answers 403 until it has one, as Require local",
                     at);
    }
    if (dashboard->handler_pattern && strchr("$*+", at[strlen(at) - 1]) && is_news(dashboard)) {
        ap_log_error(
            APLOG_MARK, APLOG_WARNING, 0, server,
            "SetHandler slimstats in <LocationMatch \"%s\">: what the pattern fits is taken "
            "for the dashboard's place; let it end there, as ^/slimstats",
            at);
    }
}

void slim_guard_check(apr_pool_t *pool, server_rec *main_server)
{
    for (int i = 0; i < misplaced->nelts; i++) {
        ap_log_error(
            APLOG_MARK, APLOG_WARNING, 0, main_server,
            "SetHandler slimstats in %s: the dashboard's place is a <Location>; elsewhere it "
            "answers 403",
            APR_ARRAY_IDX(misplaced, i, const char *));
    }
    for (server_rec *s = main_server; s; s = s->next) {
        const core_server_config *core = ap_get_core_module_config(s->module_config);
        for (int i = 0; i < core->sec_url->nelts; i++) {
            ap_conf_vector_t *section = APR_ARRAY_IDX(core->sec_url, i, ap_conf_vector_t *);
            struct slim_dir *dir = ap_get_module_config(section, &slimstats_module);
            if (dir && dir->handler_path) {
                const core_dir_config *of_core = ap_get_core_module_config(section);
                dir->handler_pattern = of_core->r;
                check_dashboard(pool, s, core->sec_url, dir);
            }
        }
    }
}

/* --- a request --- */

/* Of four numbers, or in brackets; not the one that stands for none, which some systems take for
 * this host. */
static int is_address(const char *host)
{
    unsigned char bytes[16];
    char bare[64];
    size_t length = strlen(host), from = 0;

    if (inet_pton(AF_INET, host, bytes) == 1) {
        return bytes[0] != 0;
    }
    if (length > 2 && host[0] == '[' && host[length - 1] == ']') {
        from = 1;
        length -= 2;
    }
    if (length >= sizeof bare) {
        return 0;
    }
    apr_cpystrn(bare, host + from, length + 1);
    if (inet_pton(AF_INET6, bare, bytes) != 1) {
        return 0;
    }
    for (int i = 0; i < 10; i++) {
        if (bytes[i]) {
            return 1;
        }
    }
    return bytes[12] != 0 || bytes[15] == 1; /* mapped, or ::1 */
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

static int is_loopback(const apr_sockaddr_t *address)
{
    const unsigned char *bytes = address->ipaddr_ptr;
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    static const unsigned char one[16] = {[15] = 1};

    if (address->family == APR_INET) {
        return bytes[0] == 127;
    }
    return address->ipaddr_len == 16
           && (memcmp(bytes, one, 16) == 0 || (memcmp(bytes, mapped, 12) == 0 && bytes[12] == 127));
}

/* Behind a proxy on this machine that nobody told httpd of, everybody seems to be local. Who has
 * given a password is known by more than that. */
static int came_by_unknown_proxy(const request_rec *r, const struct slim_dir *conf)
{
    static const char *const headers[] = {"X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"};

    if (!conf->by_address || r->user || r->useragent_addr != r->connection->client_addr
        || !is_loopback(r->useragent_addr)) {
        return 0;
    }
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        if (apr_table_get(r->headers_in, headers[i])) {
            return 1;
        }
    }
    return 0;
}

/* Another site's page may link to ours, but have nothing of it loaded (W3C Fetch Metadata). */
static int is_from_other_site(const request_rec *r)
{
    const char *site = apr_table_get(r->headers_in, "Sec-Fetch-Site");
    const char *mode = apr_table_get(r->headers_in, "Sec-Fetch-Mode");
    const char *dest = apr_table_get(r->headers_in, "Sec-Fetch-Dest");

    if (!site || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0) {
        return 0;
    }
    return !(r->method_number == M_GET && mode && strcmp(mode, "navigate") == 0 && dest
             && strcmp(dest, "document") == 0);
}

static int tell(request_rec *r, enum slim_gate_told what, const char *text)
{
    if (slim_gate_is_first(what)) {
        ap_log_rerror(APLOG_MARK, APLOG_WARNING, 0, r, "the dashboard answers 403: %s", text);
    }
    return 1;
}

int slim_guard_refuses(request_rec *r, const struct slim_dir *conf)
{
    if (!conf->handler_path || !conf->require_path) {
        return 1;
    }
    if (!is_own(conf->require_path, conf->handler_path)) {
        return !conf->had_own_require /* the configuration's test said so */
               || tell(
                   r, SLIM_TOLD_REQUIRE,
                   apr_psprintf(r->pool,
                                "the Require in force is that of %s, not one of %s; a Require of "
                                "its own has to follow",
                                *conf->require_path ? conf->require_path : ".htaccess",
                                conf->handler_path));
    }
    if (ap_satisfies(r) == SATISFY_ANY) {
        return tell(r, SLIM_TOLD_SATISFY, "Satisfy Any lets Allow decide in place of Require");
    }
    if (came_by_unknown_proxy(r, conf)) {
        return tell(r, SLIM_TOLD_PROXY,
                    "a proxy on this machine makes everybody local; set up mod_remoteip with its "
                    "address (RemoteIPHeader, RemoteIPInternalProxy), or ask for a password");
    }
    if (!host_is_ours(r, conf)) {
        return tell(r, SLIM_TOLD_HOST,
                    apr_psprintf(r->pool,
                                 "\"%s\" is no name of this virtual host; if it is one, say so by "
                                 "ServerAlias, or by SlimStatsHosts for the dashboard alone",
                                 r->hostname ? r->hostname : ""));
    }
    return is_from_other_site(r);
}

const char *slim_guard_path(const request_rec *r, const struct slim_dir *conf)
{
    size_t length = bare_length(conf->handler_path);
    ap_regmatch_t match[1];

    if (conf->handler_pattern) {
        if (ap_regexec(conf->handler_pattern, r->uri, 1, match, 0) != 0) {
            return "?";
        }
        length = (size_t)match[0].rm_eo;
        length -= length > 0 && r->uri[length - 1] == '/';
    } else if (strncmp(r->uri, conf->handler_path, length) != 0) {
        return r->path_info ? r->path_info : "?"; /* of a location with wildcards */
    }
    return r->uri + length;
}
