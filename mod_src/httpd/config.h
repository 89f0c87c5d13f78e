/* What httpd.conf says: of a server, of a virtual host, of a directory. */
#ifndef SLIM_CONFIG_H
#define SLIM_CONFIG_H

#include "core/settings.h"
#include "dir.h"

/* Of SlimStatsSites: the site of the virtual host that is asked. */
#define SLIM_SITES_VHOST "vhost"

/* The privacy rules as they are written; SLIM_UNSET or NULL: not here. */
struct slim_privacy {
    int address;                   /* enum slim_address_kept */
    int respect;                   /* SLIM_HIT_DNT, SLIM_HIT_GPC */
    int drop_robots;               /* SlimStatsRobots */
    const char *query;             /* "keep", "drop", "only a b" */
    const char *search;            /* "s q" */
    const char *secret;            /* "key *pin*" */
    apr_array_header_t *own_hosts; /* const char *, SlimStatsOwnHost */
};

/* Of a server; the settings are the main server's alone. */
struct slim_server {
    const char *site;           /* SlimStatsSite; NULL: ServerName */
    int site_is_host;           /* %{HTTP_HOST} */
    struct slim_text site_text; /* what records get, fixed at start */
    struct slim_privacy privacy;
    apr_array_header_t *parameters,
        *kinds;                    /* const char *, as site-parameter, site-kind; or NULL */
    struct slim_site_rules rules;  /* fixed at start, too */
    struct slim_settings settings; /* .store is NULL until all is read, unless it was said */
};

void *slim_config_create_server(apr_pool_t *pool, server_rec *server);
void *slim_config_merge_server(apr_pool_t *pool, void *base, void *add);
void *slim_config_create_dir(apr_pool_t *pool, char *path);
void *slim_config_merge_dir(apr_pool_t *pool, void *base, void *add);
extern command_rec slim_config_commands[];

/* SlimStats On stands somewhere (config.c). */
void slim_config_note_on(int on);

/* SlimStatsExclude, SlimStatsOwn: add a rule to a directory's. */
const char *slim_config_add_rule(cmd_parms *cmd, void *dir, const char *value);
const char *slim_config_add_own(cmd_parms *cmd, void *dir, const char *value);
/* SlimStatsView (config_view.c). */
const char *slim_config_view(cmd_parms *cmd, void *dir, int argc, char *const argv[]);

/* SlimStatsPage, SlimStatsPageHeader, SlimStatsPageParam and SlimStatsKind (config_page.c): adds
 * rules to a directory's, or entries to a server's lists; forgets those that were noted; merges a
 * directory's; gives a server's to those who see no request. */
const char *slim_pages_add(cmd_parms *cmd, void *dir, int argc, char *const argv[]);
const char *slim_pages_list(cmd_parms *cmd, void *dir, int argc, char *const argv[]);
const char *slim_pages_header(cmd_parms *cmd, void *dir, int on);
void slim_pages_begin(apr_pool_t *pconf);
struct slim_dir_pages *slim_pages_merge(apr_pool_t *pool, struct slim_dir_pages *base,
                                        struct slim_dir_pages *add);
void slim_pages_finish(apr_pool_t *pconf, const server_rec *server, const server_rec *main_server,
                       struct slim_site_rules *rules);
/* Whether capture has to tell anything of pages: a directive for that stands somewhere. */
extern int slim_pages_are_told;
/* The privacy rules' directives, and how they are inherited (config_privacy.c). */
const char *slim_privacy_set(cmd_parms *cmd, void *dir, int argc, char *const argv[]);
void slim_privacy_init(struct slim_privacy *privacy);
void slim_privacy_merge(apr_pool_t *pool, struct slim_privacy *privacy,
                        const struct slim_privacy *base, const struct slim_privacy *add);
/* Fixes a server's rules, and passes those to the recorder that it needs. main_server comes first.
 */
void slim_privacy_finish(apr_pool_t *pconf, server_rec *server, server_rec *main_server);
/* What is recorded of sites, for those who see no request (config_sites.c): forgets what was noted;
 * notes a rule, SlimStats Off or On if it stands in a section that a log tells nothing of; sets a
 * server's exclusions, and returns whether anything of it is recorded; tells which hosts are of its
 * site. */
void slim_sites_begin(apr_pool_t *pconf);
void slim_sites_note_hidden(cmd_parms *cmd, const char *text, int on, int is_own);
int slim_sites_exclusions(apr_pool_t *pconf, const server_rec *server,
                          const server_rec *main_server, struct slim_site_rules *rules);
void slim_sites_tell(const server_rec *server, const server_rec *main_server, apr_hash_t *hosts);
/* Whether a text is a host's name or address, without a port (config_privacy.c). */
int slim_config_is_host(const char *name);
/* A directive's complaint about its value, with what the table of settings allows, or with a closer
 * word. */
const char *slim_config_refuse_value(cmd_parms *cmd, const char *value);
const char *slim_config_refuse(cmd_parms *cmd, const char *value, const char *allowed);

/* Forgets what the last reading of the configuration left. */
void slim_config_begin(apr_pool_t *pconf);
/* Whether SlimStats On stands anywhere. */
int slim_config_is_on(void);
/* Warns of dashboards that nobody may see, and of what cannot work. */
int slim_config_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *server);
/* Fixes the sites' names and own hosts once all servers are known. */
void slim_config_finish(apr_pool_t *pconf, server_rec *server);

static inline struct slim_server *slim_server_config(const server_rec *server)
{
    return ap_get_module_config(server->module_config, &slimstats_module);
}

#endif
