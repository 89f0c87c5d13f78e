/* SlimStatsPage, SlimStatsPageParam and SlimStatsKind: reading them, and telling them to those who
 * see no request. */
#include <string.h>

#include <apr_strings.h>
#include <http_core.h>

#include "capture.h"
#include "config.h"

/* A rule in a section that no address tells: of files, or with a condition. */
struct noted {
    const server_rec *server;
    const char *section, *text;
};

int slim_pages_are_told;
static int filter_is_hooked;
static apr_array_header_t *noted; /* struct noted */

void slim_pages_begin(apr_pool_t *pconf)
{
    slim_pages_are_told = filter_is_hooked = 0;
    noted = apr_array_make(pconf, 4, sizeof(struct noted));
}

/* --- sections --- */

static int is_place(const ap_directive_t *section)
{
    return strcasecmp(section->directive, "<Location") == 0
           && (!section->args || section->args[0] != '~');
}

/* All that a directive stands in, the outermost first: two of one condition may be in different
 * directories. NULL: an address tells whether it holds. */
static const char *hiding_sections(const cmd_parms *cmd)
{
    const ap_directive_t *at = cmd->directive ? cmd->directive->parent : NULL;
    const char *text = "";
    int hides = 0;

    for (; at; at = at->parent) {
        if (strcasecmp(at->directive, "<VirtualHost") != 0) {
            hides |= !is_place(at);
            text = apr_pstrcat(cmd->pool, at->directive, *(at->args ? at->args : "") ? " " : "",
                               at->args ? at->args : "", *text ? " " : "", text, NULL);
        }
    }
    return hides && !strpbrk(text, "\t\n") ? text : NULL;
}

/* --- the directive --- */

static const char *check(cmd_parms *cmd, const char *text)
{
    struct slim_page_rule rule;
    const char *why;

    if (slim_page_rule_parse(apr_pstrcat(cmd->temp_pool, "\t", text, NULL), &rule, &why,
                             cmd->temp_pool)
        == APR_SUCCESS) {
        return NULL;
    }
    return why ? apr_psprintf(cmd->pool, "%s: %s", cmd->cmd->name, why)
               : slim_config_refuse_value(cmd, text);
}

static void *push(apr_array_header_t **array, int size, apr_pool_t *pool)
{
    if (!*array) {
        *array = apr_array_make(pool, 4, size);
    }
    return apr_array_push(*array);
}

static struct slim_dir_pages *pages_of(cmd_parms *cmd, struct slim_dir *conf)
{
    if (!conf->pages) {
        conf->pages = apr_pcalloc(cmd->pool, sizeof *conf->pages);
        conf->pages->header = conf->pages->file = SLIM_UNSET;
    }
    return conf->pages;
}

static void add_rule(cmd_parms *cmd, struct slim_dir *conf, const char *text)
{
    const char *section = hiding_sections(cmd);
    struct slim_dir_pages *pages = pages_of(cmd, conf);

    if (strcmp(text, "file") == 0) {
        pages->file = slim_pages_are_told = 1;
    } else if (strcmp(text, "none") == 0) {
        pages->file = 0;
    }
    if (!section) {
        *(const char **)push(&pages->rules, sizeof text, cmd->pool) = text;
        return;
    }
    APR_ARRAY_PUSH(noted, struct noted) = (struct noted){cmd->server, section, text};
    slim_pages_are_told = 1;
    uint32_t id = slim_page_section_id(section);
    if (!pages->sections) { /* it is the same for all of a section's rules */
        *(uint32_t *)push(&pages->sections, sizeof id, cmd->pool) = id;
    }
}

const char *slim_pages_add(cmd_parms *cmd, void *dir, int argc, char *const argv[])
{
    if (argc == 0) {
        return apr_pstrcat(cmd->pool, cmd->cmd->name, " needs a value: ", cmd->cmd->errmsg, NULL);
    }
    for (int i = 0; i < argc; i++) {
        int is_map = strcasecmp(argv[i], "map") == 0;
        const char *pattern = is_map && i + 1 < argc ? argv[i + 1] : "";
        const char *page = is_map && i + 2 < argc ? argv[i + 2] : "";
        const char *text =
            is_map ? apr_pstrcat(cmd->pool, "map ", pattern, " ", page, NULL) : argv[i];
        const char *error = check(cmd, text);
        if (error) {
            return error;
        }
        add_rule(cmd, dir, text);
        i += is_map ? 2 : 0;
    }
    return NULL;
}

const char *slim_pages_header(cmd_parms *cmd, void *dir, int on)
{
    if (on && !filter_is_hooked) {
        slim_page_filter_hook();
        filter_is_hooked = slim_pages_are_told = 1;
    }
    pages_of(cmd, dir)->header = on;
    return NULL;
}

/* --- lists of a server --- */

const char *slim_pages_list(cmd_parms *cmd, void *dir, int argc, char *const argv[])
{
    const struct slim_setting *setting = cmd->info;
    struct slim_server *conf = slim_server_config(cmd->server);
    int is_kind = setting->type == SLIM_SET_KIND;
    struct slim_site_rules tried = {.own = NULL};

    (void)dir;
    if (argc <= is_kind) {
        return apr_pstrcat(cmd->pool, cmd->cmd->name, " needs a value: ", cmd->cmd->errmsg, NULL);
    }
    char *kind = apr_pstrdup(cmd->pool, argv[0]);
    ap_str_tolower(kind);
    for (int i = is_kind; i < argc; i++) {
        const char *text = is_kind ? apr_pstrcat(cmd->pool, kind, " ", argv[i], NULL) : argv[i];
        const char *why = is_kind ? slim_site_rules_kind(&tried, text, cmd->temp_pool)
                                  : slim_site_rules_parameter(&tried, text, cmd->temp_pool);
        if (why) {
            return apr_psprintf(cmd->pool, "%s: \"%s\": %s", cmd->cmd->name, text, why);
        }
        *(const char **)push(is_kind ? &conf->kinds : &conf->parameters, sizeof text, cmd->pool) =
            text;
    }
    return NULL;
}

/* --- merging --- */

static apr_array_header_t *join(apr_pool_t *pool, apr_array_header_t *a, apr_array_header_t *b)
{
    return a && b ? apr_array_append(pool, a, b) : a ? a : b;
}

struct slim_dir_pages *slim_pages_merge(apr_pool_t *pool, struct slim_dir_pages *base,
                                        struct slim_dir_pages *add)
{
    if (!base) {
        return add;
    }
    struct slim_dir_pages *pages = apr_palloc(pool, sizeof *pages);
    pages->header = add->header != SLIM_UNSET ? add->header : base->header;
    pages->file = add->file != SLIM_UNSET ? add->file : base->file;
    pages->rules = join(pool, base->rules, add->rules);
    pages->sections = join(pool, base->sections, add->sections);
    return pages;
}

/* --- when all is read --- */

static void tell_listed(const struct slim_server *conf, struct slim_site_rules *rules,
                        apr_pool_t *pool)
{
    rules->own = NULL;
    rules->listed = NULL;
    for (int i = 0; conf->kinds && i < conf->kinds->nelts; i++) {
        (void)slim_site_rules_kind(rules, APR_ARRAY_IDX(conf->kinds, i, const char *), pool);
    }
    for (int i = 0; conf->parameters && i < conf->parameters->nelts; i++) {
        (void)slim_site_rules_parameter(rules, APR_ARRAY_IDX(conf->parameters, i, const char *),
                                        pool);
    }
}

static void tell(struct slim_site_rules *rules, const char *section, const char *text,
                 apr_pool_t *pool)
{
    struct slim_page_rule rule;
    const char *why;

    if (!strpbrk(section, "\t\n")
        && slim_page_rule_parse(apr_pstrcat(pool, section, "\t", text, NULL), &rule, &why, pool)
               == APR_SUCCESS) {
        slim_site_rules_page(rules, &rule, pool);
    }
}

static void tell_all(struct slim_site_rules *rules, const char *section,
                     const struct slim_dir_pages *pages, apr_pool_t *pool)
{
    for (int i = 0; pages && pages->rules && i < pages->rules->nelts; i++) {
        tell(rules, section, APR_ARRAY_IDX(pages->rules, i, const char *), pool);
    }
}

/* As httpd merges them: the server's, those of files, those of <Location>. */
void slim_pages_finish(apr_pool_t *pconf, const server_rec *server, const server_rec *main_server,
                       struct slim_site_rules *rules)
{
    const core_server_config *core = ap_get_core_module_config(server->module_config);
    const struct slim_dir *base = ap_get_module_config(server->lookup_defaults, &slimstats_module);

    tell_listed(slim_server_config(server), rules, pconf);
    rules->pages = NULL;
    tell_all(rules, "", base->pages, pconf);
    for (int i = 0; i < noted->nelts; i++) {
        const struct noted *one = &APR_ARRAY_IDX(noted, i, struct noted);
        if (one->server == server || one->server == main_server) {
            tell(rules, one->section, one->text, pconf);
        }
    }
    for (int i = 0; i < core->sec_url->nelts; i++) {
        ap_conf_vector_t *section = APR_ARRAY_IDX(core->sec_url, i, ap_conf_vector_t *);
        const core_dir_config *place = ap_get_core_module_config(section);
        const struct slim_dir *dir = ap_get_module_config(section, &slimstats_module);
        if (dir && !place->r) {
            tell_all(rules, place->d, dir->pages, pconf);
        }
    }
}
