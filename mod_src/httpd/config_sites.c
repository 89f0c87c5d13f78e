/* What those have to know of sites who see no request: import reads lines of a log. Gathered when
 * all of the configuration is read. */
#include <string.h>

#include <apr_strings.h>
#include <ap_listen.h>
#include <http_core.h>

#include "config.h"

/* What stands in a section that a log tells nothing of: of files, or with a condition. */
struct hidden {
    const server_rec *server;
    const char *section, *text;
    int on, is_own;
};

static apr_array_header_t *hidden; /* struct hidden */

void slim_sites_begin(apr_pool_t *pconf)
{
    hidden = apr_array_make(pconf, 4, sizeof(struct hidden));
}

static int is_place(const ap_directive_t *section)
{
    return strcasecmp(section->directive, "<VirtualHost") == 0
           || (strcasecmp(section->directive, "<Location") == 0
               && (!section->args || section->args[0] != '~'));
}

/* The innermost section that is none of <VirtualHost> and <Location>; NULL: there is none. */
static const ap_directive_t *hiding_section(const cmd_parms *cmd)
{
    const ap_directive_t *at = cmd->directive ? cmd->directive->parent : NULL;

    while (at && is_place(at)) {
        at = at->parent;
    }
    return at;
}

void slim_sites_note_hidden(cmd_parms *cmd, const char *text, int on, int is_own)
{
    const ap_directive_t *section = hiding_section(cmd);

    if (!section || ap_check_cmd_context(cmd, NOT_IN_HTACCESS)) {
        return;
    }
    const char *args = section->args ? section->args : "";
    APR_ARRAY_PUSH(hidden, struct hidden) =
        (struct hidden){cmd->server, apr_pstrcat(cmd->pool, section->directive, " ", args, NULL),
                        text, on, is_own};
}

/* --- exclusions --- */

static void add(struct slim_site_rules *rules, const char *section, const char *text, int is_own,
                apr_pool_t *pool)
{
    struct slim_exclusion exclusion;

    if (!strpbrk(section, "\t\n") && !strpbrk(text, "\n")
        && slim_exclusion_parse(apr_pstrcat(pool, section, "\t", text, NULL), &exclusion, pool)
               == APR_SUCCESS) {
        exclusion.is_own = is_own;
        slim_site_rules_exclude(rules, &exclusion, pool);
    }
}

static void add_section(struct slim_site_rules *rules, const char *section,
                        const struct slim_dir *dir, apr_pool_t *pool)
{
    if (*section && dir->capture != SLIM_UNSET) {
        add(rules, section, dir->capture ? "on" : "off", 0, pool);
    }
    if (dir->dashboard != SLIM_UNSET) {
        add(rules, section, dir->dashboard ? "dashboard" : "handler", 0, pool);
    }
    for (int i = 0; dir->rules && i < dir->rules->nelts; i++) {
        const struct slim_rule *rule = &APR_ARRAY_IDX(dir->rules, i, struct slim_rule);
        add(rules, section, rule->text, rule->is_own, pool);
    }
}

/* Each <Location> of a server that has a directive of ours; what patterns of the kind of
 * <LocationMatch> hold was noted when it was read. */
static void add_locations(const server_rec *server, struct slim_site_rules *rules, int *on,
                          apr_pool_t *pool)
{
    const core_server_config *core = ap_get_core_module_config(server->module_config);

    for (int i = 0; i < core->sec_url->nelts; i++) {
        ap_conf_vector_t *section = APR_ARRAY_IDX(core->sec_url, i, ap_conf_vector_t *);
        const core_dir_config *place = ap_get_core_module_config(section);
        const struct slim_dir *dir = ap_get_module_config(section, &slimstats_module);
        if (dir && !place->r) {
            *on |= dir->capture == 1;
            add_section(rules, place->d, dir, pool);
        }
    }
}

static void add_hidden(const server_rec *server, const server_rec *main_server,
                       struct slim_site_rules *rules, int *on, apr_pool_t *pool)
{
    for (int i = 0; i < hidden->nelts; i++) {
        const struct hidden *one = &APR_ARRAY_IDX(hidden, i, struct hidden);
        if (one->server == server || one->server == main_server) {
            *on |= one->on;
            if (!one->on) {
                add(rules, one->section, one->text, one->is_own, pool);
            }
        }
    }
}

/* Where only some places are recorded, the others are not. */
static void add_base(const struct slim_dir *base, int locations_are_on, int hidden_are_on,
                     struct slim_site_rules *rules, apr_pool_t *pool)
{
    if (base->capture != 1 && locations_are_on && !hidden_are_on) {
        add(rules, "", "off", 0, pool);
    }
    add_section(rules, "", base, pool);
}

int slim_sites_exclusions(apr_pool_t *pconf, const server_rec *server,
                          const server_rec *main_server, struct slim_site_rules *rules)
{
    const struct slim_dir *base = ap_get_module_config(server->lookup_defaults, &slimstats_module);
    struct slim_site_rules tried = *rules;
    int locations_are_on = 0, hidden_are_on = 0;

    tried.exclusions = rules->exclusions = NULL;
    add_locations(server, &tried, &locations_are_on, pconf);
    add_hidden(server, main_server, &tried, &hidden_are_on, pconf);
    add_base(base, locations_are_on, hidden_are_on, rules, pconf);
    for (int i = 0; tried.exclusions && i < tried.exclusions->nelts; i++) {
        slim_site_rules_exclude(rules, &APR_ARRAY_IDX(tried.exclusions, i, struct slim_exclusion),
                                pconf);
    }
    return base->capture == 1 || locations_are_on || hidden_are_on;
}

/* --- hosts --- */

static int answers_all(const server_rec *server, const ap_listen_rec *listener)
{
    for (const server_addr_rec *at = server->addrs; at; at = at->next) {
        if ((at->host_port == 0 || at->host_port == listener->bind_addr->port)
            && (apr_sockaddr_is_wildcard(at->host_addr)
                || apr_sockaddr_equal(at->host_addr, listener->bind_addr))) {
            return 1;
        }
    }
    return 0;
}

/* A main server whose ports all belong to virtual hosts answers nobody. */
static int is_reached(const server_rec *server, const server_rec *main_server)
{
    for (const ap_listen_rec *listener = ap_listeners; server == main_server && listener;
         listener = listener->next) {
        const server_rec *host = main_server->next;
        while (host && !answers_all(host, listener)) {
            host = host->next;
        }
        if (!host) {
            return 1;
        }
    }
    return server != main_server || !ap_listeners;
}

static void tell_names(apr_hash_t *hosts, const char *site, const apr_array_header_t *names)
{
    for (int i = 0; names && i < names->nelts; i++) {
        slim_site_names_add(hosts, site, APR_ARRAY_IDX(names, i, const char *));
    }
}

void slim_sites_tell(const server_rec *server, const server_rec *main_server, apr_hash_t *hosts)
{
    const struct slim_server *conf = slim_server_config(server);
    const char *site = conf->site_is_host ? SLIM_SITE_IS_HOST : conf->site_text.at;

    if (!is_reached(server, main_server) || !*conf->site_text.at) {
        return;
    }
    slim_site_names_add(hosts, site, conf->site_text.at);
    if (server->server_hostname) {
        slim_site_names_add(hosts, site, server->server_hostname);
    }
    tell_names(hosts, site, server->names);
    tell_names(hosts, site, server->wild_names);
}
