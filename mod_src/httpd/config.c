/* Directives: reading, checking, inheriting. */
#include <stdlib.h>
#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>
#include <http_core.h>

#include "../store/store.h"
#include "mod_slimstats.h"

/* What the whole configuration has, gathered while it is read. */
static int on_somewhere;
static apr_array_header_t *dashboards; /* struct slim_dir *, sections with SetHandler slimstats */
static apr_array_header_t *guarded;    /* struct slim_dir *, sections with a Require */

void slim_config_begin(apr_pool_t *pconf)
{
    on_somewhere = 0;
    dashboards = apr_array_make(pconf, 4, sizeof(struct slim_dir *));
    guarded = apr_array_make(pconf, 4, sizeof(struct slim_dir *));
}

int slim_config_is_on(void)
{
    return on_somewhere;
}

/* --- creating and merging --- */

void *slim_config_create_server(apr_pool_t *pool, server_rec *server)
{
    struct slim_server *conf = apr_pcalloc(pool, sizeof *conf);

    (void)server;
    slim_settings_init(&conf->settings, pool);
    slim_privacy_init(&conf->privacy);
    conf->settings.country = conf->settings.network = NULL;
    conf->buffer_bytes = UINT64_C(16) << 20;
    conf->recorder = SLIM_BINDIR "/slimstats";
    return conf;
}

void *slim_config_merge_server(apr_pool_t *pool, void *base_, void *add_)
{
    const struct slim_server *base = base_, *add = add_;
    struct slim_server *conf = apr_pmemdup(pool, base, sizeof *conf);

    if (add->site) {
        conf->site = add->site;
        conf->site_is_host = add->site_is_host;
    }
    slim_privacy_merge(pool, &conf->privacy, &base->privacy, &add->privacy);
    return conf;
}

void *slim_config_create_dir(apr_pool_t *pool, char *path)
{
    struct slim_dir *conf = apr_pcalloc(pool, sizeof *conf);

    conf->path = apr_pstrdup(pool, path);
    conf->capture = SLIM_UNSET;
    conf->dashboard = SLIM_UNSET;
    return conf;
}

static apr_array_header_t *join(apr_pool_t *pool, apr_array_header_t *a, apr_array_header_t *b)
{
    return a && b ? apr_array_append(pool, a, b) : a ? a : b;
}

/* A Require counts for a dashboard when it stands in the dashboard's own section, or in a later one
 * of the same place: one that is inherited was meant for something else. */
void *slim_config_merge_dir(apr_pool_t *pool, void *base_, void *add_)
{
    const struct slim_dir *base = base_, *add = add_;
    struct slim_dir *conf = apr_pmemdup(pool, base, sizeof *conf);

    conf->path = add->path ? add->path : base->path;
    conf->capture = add->capture != SLIM_UNSET ? add->capture : base->capture;
    conf->dashboard = add->dashboard != SLIM_UNSET ? add->dashboard : base->dashboard;
    conf->rules = join(pool, base->rules, add->rules);
    conf->hosts = add->hosts ? add->hosts : base->hosts;
    if (add->handler_path) {
        conf->handler_path = add->handler_path;
        conf->has_require = add->has_require;
    } else if (add->own_require && conf->handler_path && add->path
               && strcmp(add->path, conf->handler_path) == 0) {
        conf->has_require = 1;
    }
    conf->own_require = add->own_require;
    return conf;
}

/* --- directives --- */

const char *slim_config_refuse(cmd_parms *cmd, const char *value, const char *allowed)
{
    return apr_psprintf(cmd->pool, "%s: \"%s\" is not understood; allowed: %s", cmd->cmd->name,
                        value, allowed);
}

static const char *set_capture(cmd_parms *cmd, void *dir, int on)
{
    (void)cmd;
    ((struct slim_dir *)dir)->capture = on;
    on_somewhere |= on;
    return NULL;
}

static const char *set_site(cmd_parms *cmd, void *dir, const char *value)
{
    struct slim_server *conf = slim_server_config(cmd->server);

    (void)dir;
    if (strcasecmp(value, "%{HTTP_HOST}") == 0) {
        conf->site_is_host = 1;
    } else if (!*value || strlen(value) > 255 || strpbrk(value, "%\t\r\n")) {
        return slim_config_refuse(cmd, value, "a name of at most 255 bytes, or %{HTTP_HOST}");
    } else {
        conf->site_is_host = 0;
    }
    conf->site = value;
    return NULL;
}

static const char *main_server_only(cmd_parms *cmd)
{
    return ap_check_cmd_context(cmd, GLOBAL_ONLY);
}

static const char *set_store(cmd_parms *cmd, void *dir, const char *value)
{
    struct slim_server *conf = slim_server_config(cmd->server);
    const char *path = slim_settings_sqlite_path(value);
    const char *error = main_server_only(cmd);

    (void)dir;
    if (error) {
        return error;
    }
    if (!slim_store_engine_for(value)) {
        return slim_config_refuse(cmd, value, "sqlite:PATH");
    }
    if (path && *path != '/') {
        value = apr_pstrcat(cmd->pool, "sqlite:", ap_server_root_relative(cmd->pool, path), NULL);
    }
    conf->settings.store = value;
    conf->store_set = 1;
    return NULL;
}

/* A path setting: relative ones are relative to ServerRoot. */
static const char *set_path(cmd_parms *cmd, void *dir, const char *value)
{
    struct slim_server *conf = slim_server_config(cmd->server);
    const char **field = (const char **)(void *)((char *)conf + (apr_size_t)cmd->info);
    const char *error = main_server_only(cmd);
    const char *path = *value ? ap_server_root_relative(cmd->pool, value) : NULL;

    (void)dir;
    if (error) {
        return error;
    }
    if (!path) {
        return slim_config_refuse(cmd, value, "a path");
    }
    *field = path;
    return NULL;
}

static const char *set_size(cmd_parms *cmd, const char *value, uint64_t low, uint64_t high,
                            const char *allowed, uint64_t *bytes)
{
    const char *error = main_server_only(cmd);
    uint64_t parsed;

    if (error) {
        return error;
    }
    if (slim_settings_parse_size(value, &parsed) != APR_SUCCESS || parsed < low || parsed > high) {
        return slim_config_refuse(cmd, value, allowed);
    }
    *bytes = parsed;
    return NULL;
}

static const char *set_buffer(cmd_parms *cmd, void *dir, const char *value)
{
    (void)dir;
    return set_size(cmd, value, UINT64_C(1) << 20, UINT64_C(16) << 30,
                    "a size from 1M to 16G, as 16M",
                    &slim_server_config(cmd->server)->buffer_bytes);
}

static const char *set_journal_limit(cmd_parms *cmd, void *dir, const char *value)
{
    (void)dir;
    return set_size(cmd, value, UINT64_C(1) << 20, UINT64_C(1) << 44,
                    "a size from 1M to 16384G, as 1G",
                    &slim_server_config(cmd->server)->settings.journal_limit);
}

static const char *set_number(cmd_parms *cmd, const char *value, uint64_t low, uint64_t high,
                              const char *allowed, uint32_t *number)
{
    uint64_t parsed = 0;
    const char *error = set_size(cmd, value, low, high, allowed, &parsed);

    if (!error && !apr_isdigit(value[strlen(value) - 1])) {
        error = slim_config_refuse(cmd, value, allowed);
    }
    if (!error) {
        *number = (uint32_t)parsed;
    }
    return error;
}

static const char *set_sync(cmd_parms *cmd, void *dir, const char *value)
{
    (void)dir;
    return set_number(cmd, value, 0, 3600, "seconds from 0 to 3600",
                      &slim_server_config(cmd->server)->settings.sync_s);
}

static const char *set_visit_timeout(cmd_parms *cmd, void *dir, const char *value)
{
    uint32_t *seconds = &slim_server_config(cmd->server)->settings.visit_timeout_s, minutes = 0;
    const char *error = set_number(cmd, value, 1, 1440, "minutes from 1 to 1440", &minutes);

    (void)dir;
    if (!error) {
        *seconds = minutes * 60;
    }
    return error;
}

static const char *set_retain(cmd_parms *cmd, void *dir, const char *value)
{
    (void)dir;
    return set_number(cmd, value, 1, 36500, "days from 1 to 36500",
                      &slim_server_config(cmd->server)->settings.retain_days);
}

static const char *set_visitor_key(cmd_parms *cmd, void *dir, const char *value)
{
    uint32_t *key = &slim_server_config(cmd->server)->settings.visitor_key;
    const char *error = main_server_only(cmd);

    (void)dir;
    if (error) {
        return error;
    }
    if (strcasecmp(value, "static") == 0) {
        *key = SLIM_VISITOR_KEY_STATIC;
    } else if (strcasecmp(value, "daily") == 0) {
        *key = SLIM_VISITOR_KEY_DAILY;
    } else {
        return slim_config_refuse(cmd, value, "static or daily");
    }
    return NULL;
}

/* --- the dashboard's place --- */

static const char *add_host(cmd_parms *cmd, void *dir, const char *value)
{
    struct slim_dir *conf = dir;

    if (!conf->hosts) {
        conf->hosts = apr_array_make(cmd->pool, 4, sizeof(const char *));
    }
    APR_ARRAY_PUSH(conf->hosts, const char *) = value;
    return NULL;
}

/* httpd hands a directive to every module that has it. We listen to the core's SetHandler and
 * Require to know whether a dashboard was given a Require of its own; they keep doing their work.
 */
static const char *note_handler(cmd_parms *cmd, void *dir, const char *args)
{
    struct slim_dir *conf = dir;
    const char *name = ap_getword_conf(cmd->temp_pool, &args);

    conf->dashboard = strcmp(name, "slimstats") == 0;
    if (conf->dashboard && ap_check_cmd_context(cmd, NOT_IN_HTACCESS) == NULL && conf->path) {
        conf->handler_path = conf->path;
        APR_ARRAY_PUSH(dashboards, struct slim_dir *) = conf;
    }
    return NULL;
}

static const char *note_require(cmd_parms *cmd, void *dir, const char *args)
{
    struct slim_dir *conf = dir;

    (void)args;
    if (!ap_find_linked_module("mod_authz_core.c")) {
        return apr_psprintf(cmd->pool, "Invalid command '%s': mod_authz_core is not loaded",
                            cmd->cmd->name);
    }
    if (!(cmd->limited & (AP_METHOD_BIT << M_GET))) { /* <Limit POST> guards nothing of ours */
        return NULL;
    }
    conf->own_require = 1;
    conf->has_require = 1;
    if (conf->path && ap_check_cmd_context(cmd, NOT_IN_HTACCESS) == NULL) {
        APR_ARRAY_PUSH(guarded, struct slim_dir *) = conf;
    }
    return NULL;
}

#define SETTING(field)                                                                             \
    (void *)(offsetof(struct slim_server, settings) + offsetof(struct slim_settings, field))

const command_rec slim_config_commands[] = {
    AP_INIT_FLAG("SlimStats", set_capture, NULL, RSRC_CONF | ACCESS_CONF,
                 "On or Off: whether hits are recorded here"),
    AP_INIT_TAKE1("SlimStatsSite", set_site, NULL, RSRC_CONF,
                  "the site's name in the statistics, or %{HTTP_HOST}"),
    AP_INIT_ITERATE("SlimStatsExclude", slim_config_add_rule, NULL, RSRC_CONF | ACCESS_CONF,
                    "hits that are not recorded: env=VAR ip=CIDR path=GLOB status=N-M type=GLOB "
                    "agent=GLOB expr=EXPR"),
    AP_INIT_TAKE_ARGV("SlimStatsAddress", slim_privacy_set, NULL, RSRC_CONF,
                      "what is kept of addresses: full, masked or none"),
    AP_INIT_TAKE_ARGV("SlimStatsRespect", slim_privacy_set, NULL, RSRC_CONF,
                      "headers that ask not to be followed: dnt gpc, or none"),
    AP_INIT_TAKE_ARGV("SlimStatsQuery", slim_privacy_set, NULL, RSRC_CONF,
                      "parameters of addresses: keep, drop, or only KEY ..."),
    AP_INIT_TAKE_ARGV("SlimStatsSearchParam", slim_privacy_set, NULL, RSRC_CONF,
                      "parameters of the site's own search: KEY ..."),
    AP_INIT_TAKE_ARGV("SlimStatsRobots", slim_privacy_set, NULL, RSRC_CONF,
                      "hits of robots: keep or drop"),
    AP_INIT_TAKE_ARGV("SlimStatsOwnHost", slim_privacy_set, NULL, RSRC_CONF,
                      "further hosts whose links are internal: NAME ..."),
    AP_INIT_TAKE1("SlimStatsVisitTimeout", set_visit_timeout, NULL, RSRC_CONF,
                  "minutes without a hit that end a visit"),
    AP_INIT_TAKE1("SlimStatsVisitorKey", set_visitor_key, NULL, RSRC_CONF, "static or daily"),
    AP_INIT_TAKE1("SlimStatsRetain", set_retain, NULL, RSRC_CONF, "days that rows are kept"),
    AP_INIT_TAKE1("SlimStatsStore", set_store, NULL, RSRC_CONF,
                  "where the statistics are: sqlite:PATH"),
    AP_INIT_TAKE1("SlimStatsState", set_path, SETTING(state), RSRC_CONF,
                  "directory of journal, store and keys"),
    AP_INIT_TAKE1("SlimStatsCountry", set_path, SETTING(country), RSRC_CONF, "a MaxMind DB file"),
    AP_INIT_TAKE1("SlimStatsNetwork", set_path, SETTING(network), RSRC_CONF,
                  "a MaxMind DB file of networks"),
    AP_INIT_TAKE1("SlimStatsAgents", set_path, SETTING(agents), RSRC_CONF,
                  "uap-core's regexes.yaml"),
    AP_INIT_TAKE1("SlimStatsRecorder", set_path, (void *)offsetof(struct slim_server, recorder),
                  RSRC_CONF, "the slimstats command"),
    AP_INIT_TAKE1("SlimStatsBuffer", set_buffer, NULL, RSRC_CONF,
                  "size of the ring between httpd and recorder"),
    AP_INIT_TAKE1("SlimStatsJournalLimit", set_journal_limit, NULL, RSRC_CONF,
                  "size of the journal beyond which hits are dropped"),
    AP_INIT_TAKE1("SlimStatsSync", set_sync, NULL, RSRC_CONF,
                  "seconds between syncs of the journal"),
    AP_INIT_ITERATE("SlimStatsHosts", add_host, NULL, ACCESS_CONF,
                    "host names that the dashboard answers to"),
    AP_INIT_RAW_ARGS("SetHandler", note_handler, NULL, OR_FILEINFO, "see the core"),
    AP_INIT_RAW_ARGS("Require", note_require, NULL, OR_AUTHCFG, "see mod_authz_core"),
    {NULL, {NULL}, NULL, 0, RAW_ARGS, NULL},
};

/* --- when all is read --- */

static int is_guarded(const struct slim_dir *dashboard)
{
    for (int i = 0; i < guarded->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(guarded, i, struct slim_dir *)->path, dashboard->path) == 0) {
            return 1;
        }
    }
    return 0;
}

int slim_config_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *server)
{
    (void)pconf;
    (void)plog;
    (void)ptemp;
    for (int i = 0; i < dashboards->nelts; i++) {
        const struct slim_dir *conf = APR_ARRAY_IDX(dashboards, i, struct slim_dir *);
        if (!is_guarded(conf)) {
            ap_log_error(APLOG_MARK, APLOG_WARNING, 0, server,
                         "SetHandler slimstats in %s has no Require of its own: the dashboard "
                         "answers 403 until it has one, as Require local",
                         conf->handler_path);
        }
    }
    if (on_somewhere && !ap_find_linked_module("mod_logio.c")) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, server,
                     "mod_logio is not loaded: bytes are counted without headers");
    }
    return OK;
}

static char *lower_case(apr_pool_t *pool, const char *text)
{
    char *copy = apr_pstrdup(pool, text);

    ap_str_tolower(copy);
    return copy;
}

static void add_own_hosts(struct slim_settings *settings, const char *site,
                          const apr_array_header_t *names, apr_pool_t *pool)
{
    for (int i = 0; names && i < names->nelts; i++) {
        slim_settings_own_host(settings, site, APR_ARRAY_IDX(names, i, const char *), pool);
    }
}

/* httpd lets a virtual host without a directive of ours share the main server's configuration; but
 * it is a site of its own. */
static struct slim_server *own_config(apr_pool_t *pool, server_rec *server,
                                      const struct slim_server *global)
{
    struct slim_server *conf = slim_server_config(server);

    if (conf == global) {
        conf = apr_pmemdup(pool, global, sizeof *global);
        ap_set_module_config(server->module_config, &slimstats_module, conf);
    }
    return conf;
}

void slim_config_finish(apr_pool_t *pconf, server_rec *main_server)
{
    struct slim_server *global = slim_server_config(main_server);

    if (!global->store_set) {
        global->settings.store =
            apr_pstrcat(pconf, "sqlite:", global->settings.state, "/stats.db", NULL);
    }
    for (server_rec *s = main_server; s; s = s->next) {
        struct slim_server *conf = s == main_server ? global : own_config(pconf, s, global);
        const char *name = conf->site && !conf->site_is_host ? conf->site
                           : s->server_hostname              ? s->server_hostname
                                                             : "";
        const char *site = lower_case(pconf, name);
        conf->site_text = (struct slim_text){site, strlen(site)};
        if (s->server_hostname) {
            slim_settings_own_host(&global->settings, site, s->server_hostname, pconf);
        }
        add_own_hosts(&global->settings, site, s->names, pconf);
        add_own_hosts(&global->settings, site, s->wild_names, pconf);
        slim_privacy_finish(pconf, s, main_server);
    }
}
