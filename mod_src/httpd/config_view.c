/* SlimStatsView: a dashboard of some reports, of a segment. */
#include <string.h>

#include <apr_strings.h>

#include "config.h"
#include "core/setting_table.h"
#include "query/filter_table.h"
#include "query/view.h"

/* Each of several names with commas between. */
static const char *take_names(struct slim_view *view, const char *list,
                              int (*take)(struct slim_view *view, const char *name),
                              apr_pool_t *pool)
{
    char *state, *copy = apr_pstrdup(pool, list);

    for (char *name = apr_strtok(copy, ",", &state); name; name = apr_strtok(NULL, ",", &state)) {
        if (!take(view, name)) {
            return name;
        }
    }
    return NULL;
}

static int take_report(struct slim_view *view, const char *name)
{
    const struct slim_report *report = slim_report_find(name);

    if (!report || report == &slim_ledger_report) {
        return 0;
    }
    APR_ARRAY_PUSH(view->reports, const struct slim_report *) = report;
    return 1;
}

static int take_filter(struct slim_view *view, const char *name)
{
    const struct slim_filter_type *type = slim_filter_type_find(name, strlen(name));

    if (!type) {
        return 0;
    }
    APR_ARRAY_PUSH(view->filters, const char *) = type->name;
    return 1;
}

static const char *value_of(const char *word, const char *name)
{
    size_t length = strlen(name);

    return strncmp(word, name, length) == 0 && word[length] == '=' ? word + length + 1 : NULL;
}

/* What cannot be used of a word; NULL: nothing. */
static const char *take_word(struct slim_view *view, const char *word, apr_pool_t *pool)
{
    const char *value;

    value = value_of(word, "reports");
    if (value) {
        return take_names(view, value, take_report, pool);
    }
    value = value_of(word, "filters");
    if (value) {
        return take_names(view, value, take_filter, pool);
    }
    value = value_of(word, "segment");
    if (!value || !slim_setting_is_name(value) || view->segment) {
        return word;
    }
    view->segment = value;
    return NULL;
}

const char *slim_config_view(cmd_parms *cmd, void *dir, int argc, char *const argv[])
{
    struct slim_view *view = apr_pcalloc(cmd->pool, sizeof *view);

    view->reports = apr_array_make(cmd->pool, 4, sizeof(const struct slim_report *));
    view->filters = apr_array_make(cmd->pool, 2, sizeof(const char *));
    for (int i = 0; i < argc; i++) {
        const char *wrong = take_word(view, argv[i], cmd->pool);
        if (wrong) {
            return slim_config_refuse_value(cmd, wrong);
        }
    }
    if (view->reports->nelts == 0) {
        return slim_config_refuse_value(cmd, argc > 0 ? argv[argc - 1] : "");
    }
    ((struct slim_dir *)dir)->view = view;
    return NULL;
}
