/* The options of a command: which there are, their help, and reading them. */
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "cli.h"
#include "core/near_name.h"
#include "core/settings.h"
#include "query/query_word.h"

enum { OPTION_STORE = SLIM_OPTION_COMMON, OPTION_STATE, OPTION_DATA };

static const struct slim_cli_option common[] = {
    {"store", OPTION_STORE, "URL", "where the statistics are: sqlite:PATH (or SLIMSTATS_STORE)"},
    {"state", OPTION_STATE, "DIR", "directory of journal and lock (default: beside the store)"},
    {"data", OPTION_DATA, "DIR", "directory of the lists of sources and robots"},
    {"help", 'h', NULL, "this text"},
    {.name = NULL},
};

/* --- which there are --- */

static void add(apr_array_header_t *all, const struct slim_cli_option *options)
{
    for (; options && options->name; options++) {
        APR_ARRAY_PUSH(all, struct slim_cli_option) = *options;
    }
}

static int is_in_list(const char *name, const char *list)
{
    size_t length = strlen(name);

    for (const char *at = strstr(list, name); at; at = strstr(at + 1, name)) {
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || !at[length])) {
            return 1;
        }
    }
    return strcmp(list, "*") == 0;
}

static void add_words(apr_array_header_t *all, const char *list)
{
    for (const struct slim_query_word *w = slim_query_words; list && w->name; w++) {
        if (is_in_list(w->name, list)) {
            APR_ARRAY_PUSH(all, struct slim_cli_option) =
                (struct slim_cli_option){w->name, w->letter, w->placeholder, w->summary};
        }
    }
}

static int is_common(const char *name)
{
    for (const struct slim_cli_option *o = common; o->name; o++) {
        if (strcmp(o->name, name) == 0) {
            return 1;
        }
    }
    return 0;
}

static void add_settings(apr_array_header_t *all)
{
    for (const struct slim_setting *s = slim_settings_table; s->type != SLIM_SETTING_TYPES; s++) {
        char room[SLIM_ALLOWED_SIZE];
        if (s->name && slim_setting_is_single(s) && !is_common(s->name)) {
            APR_ARRAY_PUSH(all, struct slim_cli_option) = (struct slim_cli_option){
                s->name, SLIM_OPTION_SETTING + (int)(s - slim_settings_table),
                apr_pstrdup(all->pool, slim_setting_placeholder(s, 0, room, sizeof room)),
                s->summary};
        }
    }
}

/* --- help --- */

static void print_options(const apr_array_header_t *all)
{
    for (int i = 0; i < all->nelts; i++) {
        const struct slim_cli_option *o = &APR_ARRAY_IDX(all, i, struct slim_cli_option);
        char letter[8] = "    ", name[64];
        if (o->key < SLIM_OPTION_LONG) {
            snprintf(letter, sizeof letter, "-%c, ", o->key);
        }
        snprintf(name, sizeof name, "%s--%s%s%s", letter, o->name, o->placeholder ? " " : "",
                 o->placeholder ? o->placeholder : "");
        printf("  %-31s %s\n", name, o->text);
    }
}

/* --- reading them --- */

void slim_cli_options_begin(struct slim_cli_options *o, struct slim_cli *cli,
                            const struct slim_command *command, int argc, const char *const *argv)
{
    o->cli = cli;
    o->command = command;
    o->exit = SLIM_EXIT_OK;
    o->all = apr_array_make(cli->pool, 32, sizeof(struct slim_cli_option));
    add_words(o->all, command->words);
    add(o->all, command->options);
    if (command->settings) {
        add_settings(o->all);
    }
    add(o->all, common);
    o->table = apr_pcalloc(cli->pool, ((size_t)o->all->nelts + 1) * sizeof *o->table);
    for (int i = 0; i < o->all->nelts; i++) {
        const struct slim_cli_option *option = &APR_ARRAY_IDX(o->all, i, struct slim_cli_option);
        o->table[i] = (apr_getopt_option_t){option->name, option->key, option->placeholder != NULL,
                                            option->text};
    }
    apr_getopt_init(&o->getopt, cli->pool, argc, argv);
    o->getopt->interleave = 1;
    o->getopt->errfn = NULL;
}

const char *slim_cli_option_name(const struct slim_cli_options *options, int option)
{
    for (int i = 0; i < options->all->nelts; i++) {
        const struct slim_cli_option *o = &APR_ARRAY_IDX(options->all, i, struct slim_cli_option);
        if (o->key == option) {
            return o->name;
        }
    }
    return "";
}

static int take_common(struct slim_cli_options *o, int option, const char *value)
{
    switch (option) {
    case OPTION_STORE: o->cli->store = value; return 1;
    case OPTION_STATE: o->cli->state = value; return 1;
    case OPTION_DATA: o->cli->data = value; return 1;
    default: return 0;
    }
}

/* The argument that apr_getopt_long() has stopped at: it stands before those that follow, or, when
 * a letter of a run of them is wrong, already before all that are no options. */
static const char *wrong_argument(const apr_getopt_t *getopt)
{
    int at = getopt->skip_end == getopt->ind ? getopt->skip_start : getopt->ind;

    return getopt->argv[at > 0 ? at - 1 : 0];
}

static const char *all_names(const apr_array_header_t *all)
{
    const char *names = "";

    for (int i = 0; i < all->nelts; i++) {
        names = apr_pstrcat(all->pool, names, i ? ", " : "",
                            APR_ARRAY_IDX(all, i, struct slim_cli_option).name, NULL);
    }
    return names;
}

/* For --nmae or --nmae=5. */
static const char *meant(const struct slim_cli_options *o, const char *wrong)
{
    struct slim_near_name near;

    if (strncmp(wrong, "--", 2) != 0) {
        return "";
    }
    slim_near_begin(&near, wrong + 2, strcspn(wrong + 2, "="));
    for (int i = 0; i < o->all->nelts; i++) {
        slim_near_try(&near, APR_ARRAY_IDX(o->all, i, struct slim_cli_option).name);
    }
    return slim_near_question(&near, "--", o->cli->pool);
}

static int tell_wrong_option(const struct slim_cli_options *o, apr_status_t rv)
{
    const char *wrong = wrong_argument(o->getopt);
    int has_value = strncmp(wrong, "--", 2) == 0 && strchr(wrong, '=');

    if (rv == APR_BADARG) {
        return slim_cli_fail("%s: %s: %s (see slimstats %s --help)", o->command->name, wrong,
                             has_value ? "takes no value" : "needs a value", o->command->name);
    }
    return slim_cli_fail("%s: %s is not known%s; allowed: %s", o->command->name, wrong,
                         meant(o, wrong), all_names(o->all));
}

int slim_cli_options_next(struct slim_cli_options *o, int *option, const char **value)
{
    for (;;) {
        apr_status_t rv = apr_getopt_long(o->getopt, o->table, option, value);
        if (APR_STATUS_IS_EOF(rv)) {
            return 0;
        }
        if (rv != APR_SUCCESS) {
            o->exit = tell_wrong_option(o, rv);
            return -1;
        }
        if (*option == 'h') {
            printf("slimstats %s [options]%s%s\n%s\n\n", o->command->name,
                   *o->command->arguments ? " " : "", o->command->arguments, o->command->summary);
            print_options(o->all);
            return -1;
        }
        if (!take_common(o, *option, *value)) {
            return 1;
        }
    }
}

int slim_cli_options_end(const struct slim_cli_options *o)
{
    if (o->getopt->ind < o->getopt->argc) {
        slim_cli_fail("%s: %s: no argument is expected", o->command->name,
                      o->getopt->argv[o->getopt->ind]);
        return 0;
    }
    return 1;
}
