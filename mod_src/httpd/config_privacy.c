/* What is kept of people, and what a site leaves out: SlimStatsAddress, SlimStatsRespect,
 * SlimStatsQuery, SlimStatsSecret, SlimStatsSearchParam, SlimStatsRobots, SlimStatsOwnHost. */
#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "config.h"

/* --- directives --- */

/* One word of those in the table. */
static const char *set_word(cmd_parms *cmd, int argc, char *const argv[], int *field)
{
    uint64_t word;

    if (argc != 1 || slim_setting_parse(cmd->info, argv[0], 1, &word) != APR_SUCCESS) {
        return slim_config_refuse_value(cmd, argv[argc - 1]);
    }
    *field = (int)word;
    return NULL;
}

static const char *set_address(cmd_parms *cmd, struct slim_privacy *privacy, int argc,
                               char *const argv[])
{
    return set_word(cmd, argc, argv, &privacy->address);
}

static const char *set_robots(cmd_parms *cmd, struct slim_privacy *privacy, int argc,
                              char *const argv[])
{
    return set_word(cmd, argc, argv, &privacy->drop_robots);
}

static const char *set_respect(cmd_parms *cmd, struct slim_privacy *privacy, int argc,
                               char *const argv[])
{
    uint32_t flags;

    privacy->respect = 0;
    for (int i = 0; i < argc; i++) {
        if (!slim_respect_parse(argv[i], &flags) || (!flags && argc != 1)) {
            return slim_config_refuse_value(cmd, argv[i]);
        }
        privacy->respect |= (int)flags;
    }
    return NULL;
}

static const char *join_keys(cmd_parms *cmd, const char *before, int argc, char *const argv[])
{
    const char *joined = before;

    for (int i = 0; i < argc; i++) {
        joined = apr_pstrcat(cmd->pool, joined, *joined ? " " : "", argv[i], NULL);
    }
    return joined;
}

static const char *set_query(cmd_parms *cmd, struct slim_privacy *privacy, int argc,
                             char *const argv[])
{
    char *word = apr_pstrdup(cmd->pool, argv[0]);
    struct slim_query_rule rule;

    ap_str_tolower(word);
    const char *text = join_keys(cmd, word, argc - 1, argv + 1);
    if (!slim_query_rule_parse(text, &rule)) {
        return slim_config_refuse_value(cmd, text);
    }
    privacy->query = text;
    return NULL;
}

static const char *set_search(cmd_parms *cmd, struct slim_privacy *privacy, int argc,
                              char *const argv[])
{
    const char *text = join_keys(cmd, "", argc, argv);

    if (argc > SLIM_SEARCH_KEYS_MAX || !slim_query_keys_are_good(text)) {
        return slim_config_refuse_value(cmd, text);
    }
    privacy->search = text;
    return NULL;
}

/* Names add up, of a server and its virtual hosts too, until one says none. */
static const char *join_secrets(apr_pool_t *pool, const char *base, const char *add)
{
    if (!base || !add) {
        return add ? add : base;
    }
    return strncmp(add, "none", 4) == 0 && (add[4] == ' ' || !add[4])
               ? add
               : apr_pstrcat(pool, base, " ", add, NULL);
}

static const char *add_secrets(cmd_parms *cmd, struct slim_privacy *privacy, int argc,
                               char *const argv[])
{
    char *word = apr_pstrdup(cmd->pool, argv[0]);
    struct slim_secret_rule rule;

    ap_str_tolower(word);
    const char *text =
        join_keys(cmd, strcmp(word, "none") == 0 ? word : argv[0], argc - 1, argv + 1);
    if (!slim_secret_rule_parse(text, &rule, cmd->pool)) {
        return slim_config_refuse_value(cmd, text);
    }
    privacy->secret = join_secrets(cmd->pool, privacy->secret, text);
    return NULL;
}

/* A name or an address, as it stands in a URL but for its port. */
int slim_config_is_host(const char *name)
{
    int is_address = *name == '[';

    if (!*name || strlen(name) > 255) {
        return 0;
    }
    for (const char *c = name; *c; c++) {
        if (!apr_isalnum(*c) && !strchr(is_address ? ".:[]%" : ".-_", *c)) {
            return 0;
        }
    }
    return !is_address || name[strlen(name) - 1] == ']';
}

static const char *add_own_hosts(cmd_parms *cmd, struct slim_privacy *privacy, int argc,
                                 char *const argv[])
{
    if (!privacy->own_hosts) {
        privacy->own_hosts = apr_array_make(cmd->pool, argc, sizeof(const char *));
    }
    for (int i = 0; i < argc; i++) {
        if (!slim_config_is_host(argv[i] + (strncmp(argv[i], "*.", 2) == 0 ? 2 : 0))) {
            return slim_config_refuse_value(cmd, argv[i]);
        }
        APR_ARRAY_PUSH(privacy->own_hosts, const char *) = argv[i];
    }
    return NULL;
}

static const char *(*const setters[SLIM_SETTING_TYPES])(cmd_parms *cmd,
                                                        struct slim_privacy *privacy, int argc,
                                                        char *const argv[]) = {
    [SLIM_SET_ADDRESS] = set_address,    [SLIM_SET_RESPECT] = set_respect,
    [SLIM_SET_QUERY] = set_query,        [SLIM_SET_SECRET] = add_secrets,
    [SLIM_SET_SEARCH] = set_search,      [SLIM_SET_ROBOTS] = set_robots,
    [SLIM_SET_OWN_HOST] = add_own_hosts,
};

const char *slim_privacy_set(cmd_parms *cmd, void *dir, int argc, char *const argv[])
{
    const struct slim_setting *setting = cmd->info;

    (void)dir;
    if (argc == 0) {
        return apr_pstrcat(cmd->pool, cmd->cmd->name, " needs a value: ", cmd->cmd->errmsg, NULL);
    }
    return setters[setting->type](cmd, &slim_server_config(cmd->server)->privacy, argc, argv);
}

/* --- inheriting --- */

void slim_privacy_init(struct slim_privacy *privacy)
{
    *privacy = (struct slim_privacy){.address = SLIM_UNSET,
                                     .respect = SLIM_UNSET,
                                     .drop_robots = SLIM_UNSET};
}

static int pick(int base, int add)
{
    return add != SLIM_UNSET ? add : base;
}

void slim_privacy_merge(apr_pool_t *pool, struct slim_privacy *privacy,
                        const struct slim_privacy *base, const struct slim_privacy *add)
{
    privacy->address = pick(base->address, add->address);
    privacy->respect = pick(base->respect, add->respect);
    privacy->drop_robots = pick(base->drop_robots, add->drop_robots);
    privacy->query = add->query ? add->query : base->query;
    privacy->search = add->search ? add->search : base->search;
    privacy->secret = join_secrets(pool, base->secret, add->secret);
    privacy->own_hosts = base->own_hosts && add->own_hosts
                             ? apr_array_append(pool, base->own_hosts, add->own_hosts)
                         : add->own_hosts ? add->own_hosts
                                          : base->own_hosts;
}

/* --- when all is read --- */

static void tell_rules(apr_hash_t *sites, const apr_array_header_t *names,
                       const struct slim_site_rules *rules)
{
    for (int i = 0; names && i < names->nelts; i++) {
        *slim_site_rules_make(sites, APR_ARRAY_IDX(names, i, const char *)) = *rules;
    }
}

static void tell_own_hosts(struct slim_settings *settings, const char *site,
                           const apr_array_header_t *hosts, apr_pool_t *pool)
{
    for (int i = 0; hosts && i < hosts->nelts; i++) {
        slim_settings_own_host(settings, site, APR_ARRAY_IDX(hosts, i, const char *), pool);
    }
}

/* With %{HTTP_HOST} each of the host's names is a site. */
void slim_privacy_finish(apr_pool_t *pconf, server_rec *server, server_rec *main_server)
{
    const struct slim_server *global = slim_server_config(main_server);
    struct slim_server *conf = slim_server_config(server);
    struct slim_settings *settings = &slim_server_config(main_server)->settings;
    const struct slim_privacy *privacy = &conf->privacy;
    struct slim_site_rules *rules = &conf->rules;

    rules->address = privacy->address != SLIM_UNSET ? (enum slim_address_kept)privacy->address
                                                    : SLIM_ADDRESS_FULL;
    rules->respected = privacy->respect != SLIM_UNSET ? (uint32_t)privacy->respect : 0;
    rules->query_text = privacy->query ? privacy->query : "keep";
    rules->query = (struct slim_query_rule){SLIM_QUERY_KEEP,
                                            "",
                                            privacy->search ? privacy->search : "",
                                            {0, ""}};
    slim_query_rule_parse(rules->query_text, &rules->query);
    rules->secret_text = privacy->secret ? privacy->secret : "";
    if (privacy->secret) {
        slim_secret_rule_parse(privacy->secret, &rules->query.secret, pconf);
    }
    rules->drop_robots = privacy->drop_robots == 1;
    slim_pages_finish(pconf, server, main_server, rules);
    if (slim_sites_exclusions(pconf, server, main_server, rules)) {
        slim_sites_tell(server, main_server, settings->hosts);
    }
    if (server == main_server) {
        *slim_site_rules_make(settings->sites, "*") = *rules;
    } else if (!slim_site_rules_are_equal(rules, &global->rules)) {
        *slim_site_rules_make(settings->sites, conf->site_text.at) = *rules;
        if (conf->site_is_host) {
            tell_rules(settings->sites, server->names, rules);
            tell_rules(settings->sites, server->wild_names, rules);
        }
    }
    tell_own_hosts(settings, conf->site_text.at, privacy->own_hosts, pconf);
    for (int i = 0; conf->site_is_host && server->names && i < server->names->nelts; i++) {
        tell_own_hosts(settings, APR_ARRAY_IDX(server->names, i, const char *), privacy->own_hosts,
                       pconf);
    }
}
