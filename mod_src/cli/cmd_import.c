/* slimstats import: old logs into the store. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "cli.h"
#include "core/setting_table.h"
#include "core/settings.h"
#include "import/archive_row.h"
#include "import/log_format.h"
#include "importing.h"
#include "maintain.h"

enum {
    OPTION_FORMAT = SLIM_OPTION_LONG,
    OPTION_FROM,
    OPTION_SITE,
    OPTION_SERVER,
    OPTION_AGAIN,
    OPTION_REJECTS,
    OPTION_PROGRESS
};

static const struct slim_cli_option options[] = {
    {"format", OPTION_FORMAT, "FORMAT",
     "the name of a format, as combined or W3C, or a LogFormat string"},
    {"from", OPTION_FROM, "slimstat", "SQL or CSV dumps of a wp_slim_stats table"},
    {"site", OPTION_SITE, "NAME", "site of hits, where the log does not name it"},
    {"server", OPTION_SERVER, "NAME", "front end that wrote the log (default: this server's name)"},
    {"again", OPTION_AGAIN, NULL, "import everything, even what was imported before"},
    {"rejects", OPTION_REJECTS, "FILE", "write the lines that could not be read to this new file"},
    {"progress", OPTION_PROGRESS, NULL, "show progress even where there is no terminal"},
    {.name = NULL},
};

#define DETECT_BYTES 16384 /* of a log's beginning, to recognize its format */

/* --- one log --- */

static struct slim_import_reader *make_dump_reader(struct importing *i,
                                                   struct slim_log_source *source,
                                                   struct slim_text head, const char *name,
                                                   apr_pool_t *pool)
{
    struct slim_import_reader *reader = NULL;

    if (slim_dump_reader_make(source, head, i->site, i->settings.data, &reader, pool)
        != APR_SUCCESS) {
        slim_importing_fail(i, name, "the lists of names and robots cannot be read; see --data",
                            pool);
    }
    return reader;
}

/* NULL after an error message. */
static struct slim_import_reader *make_archive_reader(struct importing *i,
                                                      struct slim_log_source *source,
                                                      struct slim_text head, const char *name,
                                                      apr_pool_t *pool)
{
    struct slim_import_reader *reader;
    const char *wrong = slim_archive_reader_make(source, head, &reader, pool);

    if (wrong) {
        slim_importing_fail(i, name, wrong, pool);
        return NULL;
    }
    printf("%s: an archive: hits of another store, as they were there\n", name);
    return reader;
}

/* Without clients there are hits, but nobody who visits. */
static void tell_clientless(const char *name, struct slim_log_sample sample)
{
    if (2 * sample.clientless > sample.read) {
        slim_cli_fail("%s: %u of its first %u lines name no client: their hits will belong to no "
                      "visitor and no visit; --format tells which field has the address",
                      name, sample.clientless, sample.read);
    }
}

static void tell_fields(const char *name, const char *text, const struct slim_log_format *format)
{
    const char *dropped = slim_log_format_dropped(format);
    apr_pool_t *pool;

    if (apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return;
    }
    printf("%s: %s: uses %s%s%s\n", name, slim_log_format_named(text) ? text : "fields",
           slim_importing_escape(slim_log_format_used(format), pool),
           *dropped ? "; leaves out " : "", slim_importing_escape(dropped, pool));
    apr_pool_destroy(pool);
}

/* NULL after an error message. */
static struct slim_import_reader *make_reader(struct importing *i, struct slim_log_source *source,
                                              struct slim_text head, const char *name,
                                              apr_pool_t *pool)
{
    struct slim_log_error error;
    if (i->from) {
        return make_dump_reader(i, source, head, name, pool);
    }
    i->is_archive = !i->format && slim_archive_is(head);
    if (i->is_archive) {
        return make_archive_reader(i, source, head, name, pool);
    }
    const char *text = i->format ? i->format : slim_log_format_detect(head.at, head.length, pool);
    struct slim_log_format *format = text ? slim_log_format_compile(text, &error, pool) : NULL;

    if (!format) {
        slim_importing_fail(i, name, "its first lines are in no known format; use --format", pool);
        return NULL;
    }
    struct slim_log_sample sample = slim_log_format_sample(format, head.at, head.length, pool);
    tell_fields(name, text, format);
    tell_clientless(name, sample);
    return slim_log_reader_make(source, format, &i->settings, i->site, pool);
}

static void sum_up(struct importing *i, const char *name, struct slim_import_result *result,
                   apr_status_t rv, apr_pool_t *pool)
{
    slim_import_progress_end(&i->progress);
    const uint64_t *fate = result->account.fate;
    i->stored += i->is_archive ? 0 : fate[SLIM_LINE_STORED];
    if (rv == APR_SUCCESS || fate[SLIM_LINE_STORED] + fate[SLIM_LINE_REJECTED] > 0) {
        slim_import_progress_sum(name, result);
    }
    if (rv != APR_SUCCESS) {
        slim_importing_fail(i, name, result->error, pool);
    } else if (i->exit == SLIM_EXIT_OK && fate[SLIM_LINE_REJECTED] > 0) {
        i->exit = SLIM_EXIT_DEGRADED;
    }
}

static void import_source(struct importing *i, struct slim_log_source *source, const char *name,
                          const char *escaped, apr_pool_t *pool)
{
    struct slim_text first = slim_log_source_head(source);
    size_t kept = first.length < DETECT_BYTES ? first.length : DETECT_BYTES;
    struct slim_text head = {apr_pmemdup(pool, first.at, kept), kept};
    struct slim_store_import known;
    struct slim_import_result result;

    if (head.length == 0) {
        fprintf(stderr, "slimstats: %s: there is nothing in it\n", escaped);
        i->exit = i->exit == SLIM_EXIT_OK ? SLIM_EXIT_DEGRADED : i->exit;
        return;
    }
    struct slim_import_reader *reader = make_reader(i, source, head, escaped, pool);
    if (!reader) {
        return;
    }
    apr_status_t rv = slim_import_resume(&i->import, source, &known, &result);
    if (rv == APR_SUCCESS && !result.is_older) {
        known.name = name;
        slim_import_progress_begin(&i->progress, escaped, source, pool);
        rv = slim_import_run(&i->import, source, reader, head, &known, &result);
    }
    sum_up(i, escaped, &result, rv, pool);
}

static void import_log(struct importing *i, const char *name, int fd)
{
    struct slim_log_source *source;
    apr_pool_t *pool;

    if (fd < 0 || apr_pool_create(&pool, i->cli->pool) != APR_SUCCESS) {
        return;
    }
    const char *escaped = slim_importing_escape(name, pool);
    if (slim_log_source_open(fd, &source, pool) != APR_SUCCESS) {
        slim_importing_fail(i, escaped, slim_log_source_error(source), pool);
    } else if (!slim_importing_wait(i)) {
        i->exit = SLIM_EXIT_FAILED;
    } else {
        import_source(i, source, name, escaped, pool);
    }
    apr_pool_destroy(pool);
}

/* --- all logs --- */

static void finish(struct importing *i)
{
    int covered;

    slim_maintain_note(i->import.store, SLIM_NOTE_IMPORT, i->stored);
    if (i->import.engine->checkpoint(i->import.store, &covered) != APR_SUCCESS) {
        i->exit = slim_cli_fail("%s", i->import.store->error.what);
    }
    i->import.engine->close(i->import.store);
    if (i->progress.rejects && fclose(i->progress.rejects) != 0) {
        i->exit = slim_cli_fail("cannot write to %s: %s", i->rejects, strerror(errno));
    }
}

static int import_all(struct importing *i)
{
    i->import.on_reject = slim_import_progress_reject;
    i->import.on_batch = slim_import_progress_batch;
    i->import.data = &i->progress;
    i->import.server = i->server;
    i->progress.shown |= isatty(STDERR_FILENO);
    if (!slim_importing_prepare(i)) {
        return SLIM_EXIT_FAILED;
    }
    for (int n = 0; n < i->names->nelts; n++) {
        import_log(i, APR_ARRAY_IDX(i->names, n, const char *), APR_ARRAY_IDX(i->fds, n, int));
    }
    finish(i);
    return i->exit;
}

/* A word of a question: since, until, tz, week. */
static int set_period(struct importing *i, const char *word, const char *value)
{
    const char *reason;

    if (slim_query_set(&i->period, word, value, &reason, i->cli->pool) != APR_SUCCESS) {
        slim_cli_fail("import: %s", reason);
        return 0;
    }
    return 1;
}

/* Everything, unless it is said otherwise. */
static int begin_period(struct importing *i)
{
    slim_query_init(&i->period, slim_report_find("recent"), apr_time_sec(apr_time_now()));
    int set = set_period(i, "since", "all");
    i->period.given = 0; /* that was a default */
    return set;
}

static void end_period(struct importing *i)
{
    i->import.since_s = i->period.since;
    i->import.until_s = i->period.until_text ? i->period.until : INT64_MAX;
}

static int take_option(struct importing *i, const char *name, int option, const char *value)
{
    switch (option) {
    case OPTION_FORMAT: i->format = value; break;
    case OPTION_FROM: i->from = value; break;
    case OPTION_SITE: i->site = value; break;
    case OPTION_SERVER: i->server = value; break;
    case OPTION_AGAIN: i->import.again = 1; break;
    case OPTION_REJECTS: i->rejects = value; break;
    case OPTION_PROGRESS: i->progress.shown = 1; break;
    default: return set_period(i, name, value);
    }
    return 1;
}

static int check_format(const struct importing *i)
{
    struct slim_log_error error;

    if (i->from && strcmp(i->from, "slimstat") != 0) {
        slim_cli_fail("import: --from %s: only slimstat is known", i->from);
        return 0;
    }
    if (i->server && !slim_setting_is_name(i->server)) {
        slim_cli_fail("import: --server %s: %s", i->server, slim_setting_find("server")->allowed);
        return 0;
    }
    if (i->format && !slim_log_format_compile(i->format, &error, i->cli->pool)) {
        slim_cli_fail("import: --format: %s at column %zu; names are %s", error.reason,
                      error.column, slim_log_format_names(i->cli->pool));
        return 0;
    }
    return 1;
}

/* APR takes a lone dash for an option without letter. */
static const char *const *without_dash(int argc, const char *const *argv, apr_pool_t *pool)
{
    const char **copy = apr_pcalloc(pool, ((size_t)argc + 1) * sizeof *copy);

    for (int n = 0; n < argc; n++) {
        copy[n] = strcmp(argv[n], "-") == 0 ? STANDARD_INPUT : argv[n];
    }
    return copy;
}

static int run_import(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct importing *i = apr_pcalloc(cli->pool, sizeof *i);
    struct slim_cli_options given;
    const char *value;
    int option, more;

    i->cli = cli;
    if (!begin_period(i)) {
        return SLIM_EXIT_FAILED;
    }
    slim_cli_options_begin(&given, cli, &slim_command_import, argc,
                           without_dash(argc, argv, cli->pool));
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        if (!take_option(i, slim_cli_option_name(&given, option), option, value)) {
            return SLIM_EXIT_FAILED;
        }
    }
    if (more < 0) {
        return given.exit;
    }
    end_period(i);
    i->names = apr_array_make(cli->pool, 16, sizeof(const char *));
    i->fds = apr_array_make(cli->pool, 16, sizeof(int));
    for (int n = given.getopt->ind; n < argc; n++) {
        APR_ARRAY_PUSH(i->names, const char *) = given.getopt->argv[n];
    }
    if (i->names->nelts == 0) {
        return slim_cli_fail("import: name a FILE (- is standard input)");
    }
    return check_format(i) ? import_all(i) : SLIM_EXIT_FAILED;
}

const struct slim_command slim_command_import = {
    .name = "import",
    .arguments = "FILE...",
    .summary = "imports access logs; each line is stored only once",
    .options = options,
    .words = "since until tz week",
    .run = run_import,
};
