/* A command line, an argument a line: each option that is handed out is one of the command's, with
 * a value when it takes one; what is wrong is named. */
#include "fuzz.h"

#include <stdarg.h>

#include "cli/cli.h"

#define ARGUMENTS_MAX 64

static char said[8192];

/* In the command's place, which prints it. */
int slim_cli_fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(said, sizeof said, format, args);
    va_end(args);
    return SLIM_EXIT_FAILED;
}

static const struct slim_cli_option own[] = {{"output", 'o', "FILE", "where to"},
                                             {"full", SLIM_OPTION_LONG, NULL, "all of it"},
                                             {"quiet", 'q', NULL, "no progress"},
                                             {.name = NULL}};
static const struct slim_command commands[] = {
    {"report", "NAME", "answers", own, NULL, "*", 0},
    {"record", "", "records", own, NULL, "since until", 1},
    {"check", "", "checks", NULL, NULL, NULL, 0},
};

static int split(char *text, const char **argv)
{
    int argc = 0;
    char *end;

    argv[argc++] = "slimstats";
    for (; text && argc < ARGUMENTS_MAX; text = end ? end + 1 : NULL) {
        end = strchr(text, '\n');
        if (end) {
            *end = '\0';
        }
        argv[argc++] = text;
    }
    argv[argc] = NULL;
    return argc;
}

static int is_of(const char *value, int argc, const char *const *argv)
{
    for (int i = 1; i < argc; i++) {
        if (value >= argv[i] && value <= argv[i] + strlen(argv[i])) {
            return 1;
        }
    }
    return 0;
}

/* -1: the command has no such option. */
static int takes_value(const struct slim_cli_options *o, int key)
{
    for (int i = 0; i < o->all->nelts; i++) {
        const struct slim_cli_option *one = &APR_ARRAY_IDX(o->all, i, struct slim_cli_option);
        if (one->key == key) {
            return one->placeholder != NULL;
        }
    }
    return -1;
}

static void read_options(const struct slim_command *command, const char *text, size_t size,
                         apr_pool_t *pool)
{
    const char *argv[ARGUMENTS_MAX + 1], *value;
    int argc = split(apr_pstrmemdup(pool, text, size), argv), option, rv;
    struct slim_cli cli = {.pool = pool};
    struct slim_cli_options o;
    size_t taken = 0;

    said[0] = '\0';
    slim_cli_options_begin(&o, &cli, command, argc, argv);
    while ((rv = slim_cli_options_next(&o, &option, &value)) == 1) {
        int expected = takes_value(&o, option);
        CHECK(++taken <= size && *slim_cli_option_name(&o, option));
        CHECK(expected == (value != NULL) && (!value || is_of(value, argc, argv)));
    }
    CHECK((o.exit == SLIM_EXIT_FAILED) == (*said != '\0'));
    CHECK(rv == -1 || (o.exit == SLIM_EXIT_OK && o.getopt->ind <= argc));
    CHECK(rv == -1 || slim_cli_options_end(&o) == (o.getopt->ind == argc));
    CHECK(!*said || strncmp(said, command->name, strlen(command->name)) == 0);
    CHECK((!cli.store || is_of(cli.store, argc, argv))
          && (!cli.data || is_of(cli.data, argc, argv)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int is_silent;
    apr_pool_t *pool;

    if (!is_silent) {
        CHECK(freopen("/dev/null", "w", stdout)); /* the help */
        is_silent = 1;
    }
    CHECK(apr_pool_create(&pool, fuzz_pool()) == APR_SUCCESS);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        read_options(&commands[i], (const char *)data, size, pool);
    }
    apr_pool_destroy(pool);
    return 0;
}
