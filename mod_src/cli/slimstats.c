/* The command line: finds the subcommand and runs it. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_general.h>
#include <sqlite3.h>
#include <apr_strings.h>

#include "cli.h"
#include "core/near_name.h"
#include "core/platform.h"
#include "core/ring.h"
#include "core/settings.h"
#include "core/status.h"
#include "core/version.h"
#include "report/escape.h"

static const struct slim_command *const commands[] = {
    &slim_command_report,  &slim_command_reports, &slim_command_live,    &slim_command_status,
    &slim_command_import,  &slim_command_export,  &slim_command_check,   &slim_command_rebuild,
    &slim_command_purge,   &slim_command_erase,   &slim_command_exclude, &slim_command_backup,
    &slim_command_restore, &slim_command_country, &slim_command_explain, &slim_command_lists,
    &slim_command_key,     &slim_command_note,    &slim_command_segment, &slim_command_goal,
    &slim_command_watch,   &slim_command_ranges,  &slim_command_record,
};

#define COMMANDS (sizeof commands / sizeof commands[0])

int slim_cli_fail(const char *format, ...)
{
    va_list args;
    char text[8192];

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fputs("slimstats: ", stderr);
    for (size_t size, length = strlen(text), at = 0; at < length; at += size) {
        long code;
        size = slim_utf8_next(text + at, length - at, &code);
        if (code < 0 || slim_escape_misleads(code)) {
            fprintf(stderr, code < 0 || code < 0x100 ? "\\x%02lx" : "\\u{%lx}",
                    code < 0 ? (unsigned char)text[at] : (unsigned long)code);
        } else {
            fwrite(text + at, 1, size, stderr);
        }
    }
    fputc('\n', stderr);
    return SLIM_EXIT_FAILED;
}

/* --- what several commands need --- */

/* Where a recorder runs, it has had a store. */
static void tell_no_store(struct slim_cli *cli, const char *path)
{
    struct slim_ring ring;

    if (slim_cli_become_owner(slim_cli_state(cli)) && slim_cli_open_ring(cli, &ring)) {
        close(ring.fd);
        slim_cli_fail("there is no store at %s; %s", path,
                      slim_state_advice(SLIM_STATE_STORE_MOVED));
    } else {
        slim_cli_fail("there is no store at %s; httpd makes one with SlimStats On, import of a "
                      "log, too; --store tells where another is",
                      path);
    }
}

int slim_cli_store_is_there(struct slim_cli *cli)
{
    const char *path = slim_store_file(cli->store);
    struct stat st;

    if (!path) {
        return 1;
    }
    if (stat(path, &st) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) {
            tell_no_store(cli, path);
            return 0;
        }
        return 1; /* opening it gives the error message */
    }
    if (S_ISDIR(st.st_mode)) {
        slim_cli_fail("%s is a directory; use sqlite:%s/stats.db", path, path);
    } else if (!S_ISREG(st.st_mode)) {
        slim_cli_fail("%s is not a regular file", path);
    } else if (st.st_size == 0) {
        slim_cli_fail("%s is empty, not a store", path);
    } else {
        return 1;
    }
    return 0;
}

int slim_cli_refuse_url(const struct slim_cli *cli)
{
    return slim_cli_fail("%s is not a store's URL: use %s",
                         slim_settings_store_shown(cli->store, cli->pool),
                         slim_store_forms(cli->pool));
}

int slim_cli_find_store(struct slim_cli *cli)
{
    const char *path = slim_store_file(cli->store);

    if (!slim_store_engine_for(cli->store)) {
        slim_cli_refuse_url(cli);
        return 0;
    }
    if (!slim_cli_store_is_there(cli) || (path && !slim_cli_become_owner(path))) {
        return 0;
    }
    if (path && access(path, R_OK) != 0 && errno == EACCES) {
        slim_cli_fail("%s may not be read by this user: run this as root or as httpd's user", path);
        return 0;
    }
    return 1;
}

struct slim_store *slim_cli_open_reader(struct slim_cli *cli)
{
    const struct slim_store_engine *engine = slim_store_engine_for(cli->store);
    struct slim_store *store;

    if (!slim_cli_find_store(cli)) {
        return NULL;
    }
    if (engine->open_reader(cli->store, 0, &store, cli->pool) != APR_SUCCESS) {
        slim_cli_fail("%s; %s", store->error.what, slim_state_advice(store->error.state));
        return NULL;
    }
    return store;
}

const char *slim_cli_state(const struct slim_cli *cli)
{
    const char *path = slim_store_file(cli->store);
    const char *slash = path ? strrchr(path, '/') : NULL;

    if (cli->state) {
        return cli->state;
    }
    if (!path) {
        return SLIM_STATE_DEFAULT;
    }
    return !slash          ? "."
           : slash == path ? "/"
                           : apr_pstrmemdup(cli->pool, path, (apr_size_t)(slash - path));
}

/* --- main --- */

/* share/slimstats beside the command, so that a tree can be moved as a whole; else as installed. */
static const char *find_data(apr_pool_t *pool)
{
    char path[4096];
    ssize_t length = readlink(SLIM_LINK_OF_PROGRAM, path, sizeof path - 1);
    const char *from_environment = getenv("SLIMSTATS_DATA");

    if (from_environment && *from_environment) {
        return from_environment;
    }
    if (length > 0) {
        path[length] = '\0';
        for (int up = 0; up < 2; up++) {
            char *slash = strrchr(path, '/');
            if (slash) {
                *slash = '\0';
            }
        }
        const char *beside = apr_pstrcat(pool, path, "/share/slimstats", NULL);
        if (access(beside, F_OK) == 0) {
            return beside;
        }
    }
    return SLIM_DATADIR;
}

/* A file that is opened where a standard stream was closed would get what that stream gets. Whoever
 * uses what stands there instead is told that it is no good. */
static int hold_standard_streams(void)
{
    static const int flags[] = {O_WRONLY, O_RDONLY, O_RDONLY};

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", flags[fd]) != fd) {
            return 0;
        }
    }
    return 1;
}

static void print_help(void)
{
    printf("slimstats %s: web statistics, recorded by the server itself\n\n"
           "slimstats COMMAND [options]\n\n",
           SLIM_VERSION);
    for (size_t i = 0; i < COMMANDS; i++) {
        printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
    }
    printf("\nslimstats COMMAND --help lists the options of a command; see also slimstats(1).\n");
}

static int tell_no_command(const struct slim_cli *cli, const char *name)
{
    struct slim_near_name near;

    slim_near_begin(&near, name, strlen(name));
    for (size_t i = 0; i < COMMANDS; i++) {
        slim_near_try(&near, commands[i]->name);
    }
    return slim_cli_fail("no such command: %s%s; slimstats --help lists them", name,
                         slim_near_question(&near, "", cli->pool));
}

static int run_command(struct slim_cli *cli, int argc, const char *const *argv)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(argv[0], commands[i]->name) == 0) {
            return commands[i]->run(cli, argc, argv);
        }
    }
    if (argv[0][0] == '-') {
        return slim_cli_fail("%s: options follow the command (see slimstats --help)", argv[0]);
    }
    return tell_no_command(cli, argv[0]);
}

int main(int argc, const char *const *argv)
{
    const char *from_environment = getenv("SLIMSTATS_STORE");
    struct slim_cli cli = {0};
    int rc;

    if (!hold_standard_streams() || apr_app_initialize(&argc, &argv, NULL) != APR_SUCCESS
        || apr_pool_create(&cli.pool, NULL) != APR_SUCCESS) {
        return SLIM_EXIT_FAILED;
    }
    setlocale(LC_CTYPE, "");
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* it costs a lock for each allocation */
    cli.store = from_environment && *from_environment ? from_environment
                                                      : "sqlite:" SLIM_STATE_DEFAULT "/stats.db";
    cli.data = find_data(cli.pool);
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0
        || strcmp(argv[1], "help") == 0) {
        print_help();
        rc = argc < 2 ? SLIM_EXIT_FAILED : SLIM_EXIT_OK;
    } else if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        printf("slimstats %s\n", SLIM_VERSION);
        rc = SLIM_EXIT_OK;
    } else if (strcmp(argv[1], "--store") == 0 && argc > 3) {
        cli.store = argv[2];
        rc = run_command(&cli, argc - 3, argv + 3);
    } else {
        rc = run_command(&cli, argc - 1, argv + 1);
    }
    if ((fflush(stdout) != 0 || ferror(stdout)) && rc != SLIM_EXIT_FAILED) {
        rc = slim_cli_fail("cannot write to standard output: %s", strerror(errno));
    }
    apr_terminate();
    return rc;
}
