/* The configuration: made, inherited, and checked when all of it is read. */
#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_main.h>

#include "config.h"
#include "guard.h"

/* What the whole configuration has, gathered while it is read. */
static int on_somewhere;

void slim_config_begin(apr_pool_t *pconf)
{
    on_somewhere = 0;
    slim_guard_begin(pconf);
    slim_sites_begin(pconf);
    slim_pages_begin(pconf);
}

void slim_config_note_on(int on)
{
    on_somewhere |= on;
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
    conf->settings.state = NULL; /* that of this instance of httpd */
    conf->settings.store = NULL; /* in the state directory, wherever that will be */
    return conf;
}

static apr_array_header_t *join(apr_pool_t *pool, apr_array_header_t *a, apr_array_header_t *b)
{
    return a && b ? apr_array_append(pool, a, b) : a ? a : b;
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
    conf->parameters = join(pool, add->parameters, base->parameters);
    conf->kinds = join(pool, add->kinds, base->kinds); /* the first that fits counts */
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

void *slim_config_merge_dir(apr_pool_t *pool, void *base_, void *add_)
{
    const struct slim_dir *base = base_, *add = add_;
    struct slim_dir *conf = apr_pmemdup(pool, base, sizeof *conf);

    conf->path = add->path ? add->path : base->path;
    conf->capture = add->capture != SLIM_UNSET ? add->capture : base->capture;
    conf->dashboard = add->dashboard != SLIM_UNSET ? add->dashboard : base->dashboard;
    conf->rules = join(pool, base->rules, add->rules);
    conf->hosts = add->hosts ? add->hosts : base->hosts;
    conf->sites = add->sites ? add->sites : base->sites;
    conf->view = add->view ? add->view : base->view;
    if (add->pages) {
        conf->pages = slim_pages_merge(pool, base->pages, add->pages);
    }
    slim_guard_merge(conf, add);
    return conf;
}

/* --- when all is read --- */

/* Whether a section shows its virtual host's site, and that is no one name. */
static int has_no_site(const server_rec *server, const struct slim_dir *dir)
{
    if (!dir || !dir->sites || !slim_server_config(server)->site_is_host) {
        return 0;
    }
    for (int i = 0; i < dir->sites->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(dir->sites, i, const char *), SLIM_SITES_VHOST) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Where a request's host name is the site, a client would choose whose numbers are shown. */
static int check_sites(const server_rec *main_server)
{
    for (const server_rec *s = main_server; s; s = s->next) {
        const core_server_config *core = ap_get_core_module_config(s->module_config);
        for (int i = 0; i < core->sec_url->nelts; i++) {
            ap_conf_vector_t *section = APR_ARRAY_IDX(core->sec_url, i, ap_conf_vector_t *);
            const struct slim_dir *dir = ap_get_module_config(section, &slimstats_module);
            if (has_no_site(s, dir)) {
                ap_log_error(APLOG_MARK, APLOG_ERR, 0, s,
                             "SlimStatsSites vhost in %s: the site of %s is whatever host a "
                             "request names (SlimStatsSite %%{HTTP_HOST}); name the sites",
                             dir->path,
                             s->server_hostname ? s->server_hostname : "this virtual host");
                return 0;
            }
        }
    }
    return 1;
}

/* Debian's further instances of httpd (apache2@NAME) have ServerRoot /etc/apache2-NAME: each has
 * statistics of its own. */
static const char *default_state(apr_pool_t *pool)
{
    static const char further[] = "apache2-";
    const char *name = apr_filepath_name_get(ap_server_root);

    return strncmp(name, further, sizeof further - 1) == 0
               ? apr_pstrcat(pool, SLIM_STATE_DEFAULT "-", name + sizeof further - 1, NULL)
               : SLIM_STATE_DEFAULT;
}

/* The host's own; NULL when it has none that a server can have. */
static const char *default_server(apr_pool_t *pool)
{
    char name[APRMAXHOSTLEN + 1];

    if (apr_gethostname(name, sizeof name, pool) != APR_SUCCESS) {
        return NULL;
    }
    ap_str_tolower(name);
    return slim_setting_is_name(name) ? apr_pstrdup(pool, name) : NULL;
}

int slim_config_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *server)
{
    struct slim_settings *settings = &slim_server_config(server)->settings;

    (void)plog;
    if (!settings->state) {
        settings->state = default_state(pconf);
    }
    if (!settings->server) {
        settings->server = default_server(pconf);
    }
    slim_guard_check(ptemp, server);
    if (on_somewhere && !ap_find_linked_module("mod_logio.c")) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, server,
                     "mod_logio is not loaded: bytes are counted without headers");
    }
    return check_sites(server) ? OK : HTTP_INTERNAL_SERVER_ERROR;
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

    if (!global->settings.store) {
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
