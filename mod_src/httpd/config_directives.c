/* The directives: httpd's table of commands, made from the table of settings, and what each type of
 * setting does with its value. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>
#include <http_core.h>

#include "config.h"
#include "guard.h"
#include "store/store.h"

const char *slim_config_refuse(cmd_parms *cmd, const char *value, const char *allowed)
{
    return apr_psprintf(cmd->pool, "%s: \"%s\" is not understood; allowed: %s", cmd->cmd->name,
                        value, allowed);
}

const char *slim_config_refuse_value(cmd_parms *cmd, const char *value)
{
    char room[SLIM_ALLOWED_SIZE];

    return slim_config_refuse(cmd, value, slim_setting_allowed(cmd->info, 1, room, sizeof room));
}

/* --- members of struct slim_settings --- */

/* httpd knows no directives that stand in the main server alone. */
static const char *put(cmd_parms *cmd, const char *value, const char *resolved)
{
    const struct slim_setting *setting = cmd->info;
    struct slim_settings *settings = &slim_server_config(cmd->server)->settings;

    if (!resolved || slim_settings_put(settings, setting, resolved, 1, cmd->pool) != APR_SUCCESS) {
        return slim_config_refuse_value(cmd, value);
    }
    return NULL;
}

static const char *set_plain(cmd_parms *cmd, void *dir, const char *value)
{
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)dir;
    return error ? error : put(cmd, value, value);
}

/* Relative paths are relative to ServerRoot. */
static const char *set_path(cmd_parms *cmd, void *dir, const char *value)
{
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)dir;
    return error ? error
                 : put(cmd, value, *value ? ap_server_root_relative(cmd->pool, value) : NULL);
}

static const char *set_store(cmd_parms *cmd, void *dir, const char *value)
{
    const struct slim_store_engine *engine = slim_store_engine_for(value);
    const char *path = slim_store_file(value), *url = value;
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)dir;
    if (error) {
        return error;
    }
    if (path && *path != '/') {
        url = apr_pstrcat(cmd->pool, engine->scheme, ":", ap_server_root_relative(cmd->pool, path),
                          NULL);
    }
    return put(cmd, slim_settings_store_shown(value, cmd->pool), engine ? url : NULL);
}

/* Servers are kept in lower case, as sites are. */
static const char *set_name(cmd_parms *cmd, void *dir, const char *value)
{
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    char *name = apr_pstrdup(cmd->pool, value);

    (void)dir;
    ap_str_tolower(name);
    return error ? error : put(cmd, value, name);
}

/* --- of servers and directories --- */

/* Whoever may write .htaccess files may leave hits out, but not have any recorded. */
static const char *set_capture(cmd_parms *cmd, void *dir, int on)
{
    static int is_said;

    if (on && ap_check_cmd_context(cmd, NOT_IN_HTACCESS)) {
        if (!is_said) {
            ap_log_error(
                APLOG_MARK, APLOG_WARNING, 0, cmd->server,
                "SlimStats On in %s does nothing: in .htaccess files only Off has an effect",
                cmd->directive->filename);
        }
        is_said = 1;
        return NULL;
    }
    ((struct slim_dir *)dir)->capture = on;
    slim_sites_note_hidden(cmd, on ? "on" : "off", on, 0);
    slim_config_note_on(on);
    return NULL;
}

static const char *set_site(cmd_parms *cmd, void *dir, const char *value)
{
    struct slim_server *conf = slim_server_config(cmd->server);
    int is_host = strcasecmp(value, "%{HTTP_HOST}") == 0;

    (void)dir;
    if (!is_host
        && (!*value || strlen(value) > 255 || strpbrk(value, "%\t\r\n") || strstr(value, "://"))) {
        return slim_config_refuse_value(cmd, value);
    }
    conf->site_is_host = is_host;
    conf->site = value;
    return NULL;
}

static const char *add_host(cmd_parms *cmd, void *dir, const char *value)
{
    struct slim_dir *conf = dir;

    if (!slim_config_is_host(value)) {
        return slim_config_refuse_value(cmd, value);
    }
    if (!conf->hosts) {
        conf->hosts = apr_array_make(cmd->pool, 4, sizeof(const char *));
    }
    APR_ARRAY_PUSH(conf->hosts, const char *) = value;
    return NULL;
}

/* Sites are kept in lower case. */
static const char *add_shown_site(cmd_parms *cmd, void *dir, const char *value)
{
    struct slim_dir *conf = dir;
    char *site = apr_pstrdup(cmd->pool, value);

    if (!*value || strlen(value) > 255 || strpbrk(value, "%*\t\r\n") || strstr(value, "://")) {
        return slim_config_refuse_value(cmd, value);
    }
    if (!conf->sites) {
        conf->sites = apr_array_make(cmd->pool, 4, sizeof(const char *));
    }
    ap_str_tolower(site);
    APR_ARRAY_PUSH(conf->sites, const char *) = site;
    return NULL;
}

/* --- the table of commands --- */

static const struct {
    cmd_func function;
    enum cmd_how how;
} takes[SLIM_SETTING_TYPES] = {
    [SLIM_SET_PATH] = {{.take1 = set_path}, TAKE1},
    [SLIM_SET_STORE] = {{.take1 = set_store}, TAKE1},
    [SLIM_SET_NAME] = {{.take1 = set_name}, TAKE1},
    [SLIM_SET_SIZE] = {{.take1 = set_plain}, TAKE1},
    [SLIM_SET_NUMBER] = {{.take1 = set_plain}, TAKE1},
    [SLIM_SET_WORD] = {{.take1 = set_plain}, TAKE1},
    [SLIM_SET_QUERY] = {{.take_argv = slim_privacy_set}, TAKE_ARGV},
    [SLIM_SET_SECRET] = {{.take_argv = slim_privacy_set}, TAKE_ARGV},
    [SLIM_SET_SEARCH] = {{.take_argv = slim_privacy_set}, TAKE_ARGV},
    [SLIM_SET_ROBOTS] = {{.take_argv = slim_privacy_set}, TAKE_ARGV},
    [SLIM_SET_OWN_HOST] = {{.take_argv = slim_privacy_set}, TAKE_ARGV},
    [SLIM_SET_CAPTURE] = {{.flag = set_capture}, FLAG},
    [SLIM_SET_EXCLUDE] = {{.take1 = slim_config_add_rule}, ITERATE},
    [SLIM_SET_OWN] = {{.take1 = slim_config_add_own}, ITERATE},
    [SLIM_SET_PAGE] = {{.take_argv = slim_pages_add}, TAKE_ARGV},
    [SLIM_SET_PAGE_PARAM] = {{.take_argv = slim_pages_list}, TAKE_ARGV},
    [SLIM_SET_KIND] = {{.take_argv = slim_pages_list}, TAKE_ARGV},
    [SLIM_SET_PAGE_HEADER] = {{.flag = slim_pages_header}, FLAG},
    [SLIM_SET_SITE] = {{.take1 = set_site}, TAKE1},
    [SLIM_SET_ADDRESS] = {{.take_argv = slim_privacy_set}, TAKE_ARGV},
    [SLIM_SET_RESPECT] = {{.take_argv = slim_privacy_set}, TAKE_ARGV},
    [SLIM_SET_HOSTS] = {{.take1 = add_host}, ITERATE},
    [SLIM_SET_SITES] = {{.take1 = add_shown_site}, ITERATE},
    [SLIM_SET_VIEW] = {{.take_argv = slim_config_view}, TAKE_ARGV},
};

static const int overrides[] = {
    [SLIM_IN_DIRECTORY] = RSRC_CONF | ACCESS_CONF | OR_ALL, /* whatever AllowOverride allows */
    [SLIM_IN_SECTION] = RSRC_CONF | ACCESS_CONF,
    [SLIM_IN_HOST] = RSRC_CONF,
    [SLIM_IN_SERVER] = RSRC_CONF,
    [SLIM_IN_LOCATION] = ACCESS_CONF,
};

static const command_rec listened[] = {
    AP_INIT_RAW_ARGS("SetHandler", slim_guard_note_handler, NULL, OR_FILEINFO, "see the core"),
    AP_INIT_RAW_ARGS("Require", slim_guard_note_require, NULL, OR_AUTHCFG, "see mod_authz_core"),
};

#define LISTENED (sizeof listened / sizeof listened[0])
#define COMMANDS_MAX 40

command_rec slim_config_commands[COMMANDS_MAX + 1]; /* ends with a NULL name */
static char usages[COMMANDS_MAX][256];

static void make_command(command_rec *command, char *usage, const struct slim_setting *setting)
{
    char room[SLIM_ALLOWED_SIZE];

    snprintf(usage, sizeof usages[0], "%s: %s", setting->summary,
             slim_setting_allowed(setting, 1, room, sizeof room));
    *command = (command_rec){
        .name = setting->directive,
        .func = takes[setting->type].function,
        .cmd_data = (void *)(apr_uintptr_t)setting,
        .req_override = overrides[setting->place],
        .args_how = takes[setting->type].how,
        .errmsg = usage,
    };
}

/* httpd reads the commands as soon as the module is loaded, before any hook of it could run. */
__attribute__((constructor)) static void make_commands(void)
{
    size_t count = 0;

    for (const struct slim_setting *s = slim_settings_table; s->type != SLIM_SETTING_TYPES; s++) {
        if (s->directive) {
            assert(count + LISTENED < COMMANDS_MAX);
            make_command(&slim_config_commands[count], usages[count], s);
            count++;
        }
    }
    memcpy(&slim_config_commands[count], listened, sizeof listened);
}
