/* SlimStatsExclude and SlimStatsOwn: reading the rules. */
#include <string.h>

#include <apr_strings.h>

#include "config.h"
#include "core/hit_rule.h"

static const char *parse_status(cmd_parms *cmd, struct slim_rule *rule, const char *value)
{
    return slim_hit_rule_status(value, &rule->low, &rule->high)
               ? NULL
               : slim_config_refuse(cmd, value, "status=404 or status=300-399, from 100 to 599");
}

static const char *parse_subnet(cmd_parms *cmd, struct slim_rule *rule, const char *value)
{
    char *address = apr_pstrdup(cmd->temp_pool, value);
    char *slash = strchr(address, '/');

    if (slash) {
        *slash = '\0';
    }
    if (apr_ipsubnet_create(&rule->subnet, address, slash ? slash + 1 : NULL, cmd->pool)
        != APR_SUCCESS) {
        return slim_config_refuse(cmd, value, "ip=ADDRESS or ip=ADDRESS/BITS, IPv4 or IPv6");
    }
    return NULL;
}

static const char *parse_expression(cmd_parms *cmd, struct slim_rule *rule, const char *value)
{
    const char *error = NULL;

    rule->expression = ap_expr_parse_cmd(cmd, value, AP_EXPR_FLAG_DONT_VARY, &error, NULL);
    return error ? apr_psprintf(cmd->pool, "%s: expr=%s: %s", cmd->cmd->name, value, error) : NULL;
}

static const char *parse_env(cmd_parms *cmd, struct slim_rule *rule, const char *value)
{
    rule->negated = *value == '!';
    rule->pattern = value + rule->negated;
    return *rule->pattern && !strchr(value, '=')
               ? NULL
               : slim_config_refuse(cmd, value, "env=NAME or env=!NAME");
}

static const char *parse_glob(cmd_parms *cmd, struct slim_rule *rule, const char *value)
{
    rule->pattern = value;
    return *value ? NULL : slim_config_refuse(cmd, value, "a pattern with * and ?");
}

static const char *parse_path(cmd_parms *cmd, struct slim_rule *rule, const char *value)
{
    rule->pattern = value;
    return slim_hit_rule_is_path(value)
               ? NULL
               : slim_config_refuse(cmd, value, "a pattern with * and ?, which begins with / or *");
}

static const struct {
    const char *prefix;
    enum slim_rule_kind kind;
    const char *(*parse)(cmd_parms *cmd, struct slim_rule *rule, const char *value);
} rule_kinds[] = {
    {"env=", SLIM_RULE_ENV, parse_env},          {"ip=", SLIM_RULE_IP, parse_subnet},
    {"path=", SLIM_RULE_PATH, parse_path},       {"status=", SLIM_RULE_STATUS, parse_status},
    {"type=", SLIM_RULE_TYPE, parse_glob},       {"agent=", SLIM_RULE_AGENT, parse_glob},
    {"expr=", SLIM_RULE_EXPR, parse_expression},
};

static const char *add_rule(cmd_parms *cmd, struct slim_dir *conf, const char *value, int is_own)
{
    struct slim_rule rule = {.is_own = is_own};

    for (size_t i = 0; i < sizeof rule_kinds / sizeof rule_kinds[0]; i++) {
        size_t length = strlen(rule_kinds[i].prefix);
        if (strncasecmp(value, rule_kinds[i].prefix, length) == 0) {
            rule.kind = rule_kinds[i].kind;
            const char *error = rule_kinds[i].parse(cmd, &rule, value + length);
            rule.text = apr_pstrcat(cmd->pool, rule_kinds[i].prefix, value + length, NULL);
            if (!error) {
                slim_sites_note_hidden(cmd, rule.text, 0, is_own);
                if (!conf->rules) {
                    conf->rules = apr_array_make(cmd->pool, 4, sizeof rule);
                }
                APR_ARRAY_PUSH(conf->rules, struct slim_rule) = rule;
            }
            return error;
        }
    }
    return slim_config_refuse_value(cmd, value);
}

const char *slim_config_add_rule(cmd_parms *cmd, void *dir, const char *value)
{
    return add_rule(cmd, dir, value, 0);
}

const char *slim_config_add_own(cmd_parms *cmd, void *dir, const char *value)
{
    return add_rule(cmd, dir, value, 1);
}
