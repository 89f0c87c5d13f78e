/* slimstats import: old logs into the store. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "cli.h"
#include "core/settings.h"
#include "import_progress.h"
#include "report/escape.h"

enum {
    OPTION_FORMAT = SLIM_OPTION_LONG,
    OPTION_FROM,
    OPTION_SITE,
    OPTION_AGAIN,
    OPTION_REJECTS,
    OPTION_PROGRESS
};

static const struct slim_cli_option options[] = {
    {"format", OPTION_FORMAT, "FORMAT", "combined, vhost_combined, common, or a LogFormat string"},
    {"from", OPTION_FROM, "slimstat", "SQL or CSV dumps of a wp_slim_stats table"},
    {"site", OPTION_SITE, "NAME", "site of hits, where the log does not name it"},
    {"again", OPTION_AGAIN, NULL, "import everything, even what was imported before"},
    {"rejects", OPTION_REJECTS, "FILE", "write the lines that could not be read to this new file"},
    {"progress", OPTION_PROGRESS, NULL, "show progress even where there is no terminal"},
    {.name = NULL},
};

#define STANDARD_INPUT "/dev/stdin"
#define STORE_WAIT_US 50000
#define STORE_WAIT_TRIES 200
#define DETECT_BYTES 16384 /* of a log's beginning, to tell its format */

struct importing {
    struct slim_cli *cli;
    const char *format, *site;
    const char *rejects;
    const char *from; /* NULL: access logs */
    struct slim_settings settings;
    struct slim_import import;
    struct slim_import_progress progress;
    apr_array_header_t *names, *fds; /* of the logs */
    int exit;
};

static const char *escape(const char *text, apr_pool_t *pool)
{
    struct slim_buffer out;

    slim_buffer_init(&out, pool);
    slim_escape_plain(&out, text, strlen(text));
    return out.at;
}

static void fail(struct importing *i, const char *name, const char *what, apr_pool_t *pool)
{
    i->exit = slim_cli_fail("%s: %s", name, escape(what, pool));
}

/* --- before anything is read --- */

/* As whoever called: logs often belong to root, while the store is the server's. */
static int open_logs(struct importing *i)
{
    for (int n = 0; n < i->names->nelts; n++) {
        const char *name = APR_ARRAY_IDX(i->names, n, const char *);
        int fd = strcmp(name, STANDARD_INPUT) == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                                   : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (fd < 0) {
            fail(i, escape(name, i->cli->pool), strerror(errno), i->cli->pool);
        }
        APR_ARRAY_PUSH(i->fds, int) = fd;
    }
    if (i->rejects) {
        int fd = open(i->rejects, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        i->progress.rejects = fd >= 0 ? fdopen(fd, "w") : NULL;
        if (!i->progress.rejects) {
            fail(i, escape(i->rejects, i->cli->pool), strerror(errno), i->cli->pool);
            return 0;
        }
    }
    return 1;
}

/* A store that is not there yet will belong to the owner of its directory. */
static int become_owner(const struct slim_cli *cli, const char *state)
{
    const char *path = slim_settings_sqlite_path(cli->store);

    return slim_cli_become_owner(path && access(path, F_OK) == 0 ? path : state);
}

/* Two imports of one log at once would both find it new. */
static int lock_imports(const char *state, apr_pool_t *pool)
{
    const char *path = apr_pstrcat(pool, state, "/import.lock", NULL);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0) {
        slim_cli_fail("cannot open %s: %s", path, strerror(errno));
        return 0;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        slim_cli_fail("another import is running on this store; wait until it ends");
        return 0;
    }
    return 1; /* the descriptor, and with it the lock, lives as long as the process */
}

static int read_settings(struct importing *i, const char *state)
{
    struct slim_cli *cli = i->cli;
    unsigned line;

    slim_settings_init(&i->settings, cli->pool);
    apr_status_t rv = slim_settings_load(&i->settings, state, &line, cli->pool);
    if (rv != APR_SUCCESS && rv != ENOENT) {
        slim_cli_fail("%s/settings: line %u cannot be used: are module and command of one version?",
                      state, line + 1);
        return 0;
    }
    i->settings.store = cli->store;
    i->settings.state = state;
    if (!i->settings.data) {
        i->settings.data = cli->data;
    }
    return 1;
}

static int recorder_runs(const char *state, apr_pool_t *pool)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = open(apr_pstrcat(pool, state, "/recorder.lock", NULL),
                  O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    int held = fd >= 0 && fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;

    if (fd >= 0) {
        close(fd);
    }
    return held;
}

/* Only one may make a store: a recorder that has just begun is about to. */
static int may_make_store(const struct importing *i)
{
    const char *path = slim_settings_sqlite_path(i->settings.store);
    int runs = recorder_runs(i->settings.state, i->cli->pool);

    for (int tries = 0; runs && path && access(path, F_OK) != 0 && tries < STORE_WAIT_TRIES;
         tries++) {
        usleep(STORE_WAIT_US);
    }
    return !runs;
}

static int open_store(struct importing *i)
{
    static const struct slim_journal_identity none;
    const struct slim_store_opening opening = {.url = i->settings.store,
                                               .data = i->settings.data,
                                               .identity = &none,
                                               .may_create = may_make_store(i),
                                               .visit_timeout_s = i->settings.visit_timeout_s};

    i->import.engine = slim_store_engine_for(i->settings.store);
    if (i->import.engine->open(&opening, &i->import.store, i->cli->pool) != APR_SUCCESS) {
        slim_cli_fail("%s", i->import.store->error.what);
        return 0;
    }
    return 1;
}

static void make_enrichments(struct importing *i)
{
    static const char *const names[SLIM_DATA_PARTS] = {
        [SLIM_DATA_COUNTRY] = "country file",
        [SLIM_DATA_NETWORKS] = "network data",
        [SLIM_DATA_AGENTS] = "agent rules",
        [SLIM_DATA_SOURCES] = "list of sources",
    };
    struct slim_enrich_part parts[SLIM_DATA_PARTS];

    i->import.enrich = slim_enrich_make(&i->settings, i->cli->pool);
    slim_enrich_refresh(i->import.enrich, parts);
    for (int n = 0; n < SLIM_DATA_PARTS; n++) {
        if (parts[n].status != APR_SUCCESS) {
            slim_cli_fail("warning: cannot use the %s %s; what it provides stays empty", names[n],
                          parts[n].reason[0] ? parts[n].reason
                          : parts[n].path    ? parts[n].path
                                             : "");
        }
    }
}

static int prepare(struct importing *i)
{
    const char *state = slim_cli_state(i->cli);

    if (!slim_store_engine_for(i->cli->store)) {
        slim_cli_fail("%s is not a store's URL: use sqlite:PATH", i->cli->store);
        return 0;
    }
    if (!open_logs(i) || !become_owner(i->cli, state)) {
        return 0;
    }
    umask(077);
    if (!lock_imports(state, i->cli->pool) || !read_settings(i, state) || !open_store(i)) {
        return 0;
    }
    make_enrichments(i);
    return 1;
}

/* --- one log --- */

static struct slim_import_reader *make_dump_reader(struct importing *i,
                                                   struct slim_log_source *source,
                                                   struct slim_text head, const char *name,
                                                   apr_pool_t *pool)
{
    struct slim_import_reader *reader = NULL;

    if (slim_dump_reader_make(source, head, i->site, i->settings.data, &reader, pool)
        != APR_SUCCESS) {
        fail(i, name, "the lists of names and robots cannot be read; see --data", pool);
    }
    return reader;
}

/* NULL, and the failure told. */
static struct slim_import_reader *make_reader(struct importing *i, struct slim_log_source *source,
                                              struct slim_text head, const char *name,
                                              apr_pool_t *pool)
{
    struct slim_log_error error;
    if (i->from) {
        return make_dump_reader(i, source, head, name, pool);
    }
    const char *text = i->format ? i->format : slim_log_format_detect(head.at, head.length, pool);
    struct slim_log_format *format = text ? slim_log_format_compile(text, &error, pool) : NULL;

    if (!format) {
        fail(i, name, "its first lines are in no known format; use --format", pool);
        return NULL;
    }
    return slim_log_reader_make(source, format, i->site, pool);
}

static void sum_up(struct importing *i, const char *name, struct slim_import_result *result,
                   apr_status_t rv, apr_pool_t *pool)
{
    slim_import_progress_end(&i->progress);
    if (rv == APR_SUCCESS || result->stored + result->rejected > 0) {
        slim_import_progress_sum(name, result);
    }
    if (rv != APR_SUCCESS) {
        fail(i, name, result->error, pool);
    } else if (i->exit == SLIM_EXIT_OK && result->rejected > 0) {
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
    const char *escaped = escape(name, pool);
    if (slim_log_source_open(fd, &source, pool) != APR_SUCCESS) {
        fail(i, escaped, slim_log_source_error(source), pool);
    } else {
        import_source(i, source, name, escaped, pool);
    }
    apr_pool_destroy(pool);
}

/* --- all logs --- */

static void finish(struct importing *i)
{
    int covered;

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
    i->progress.shown |= isatty(STDERR_FILENO);
    if (!prepare(i)) {
        return SLIM_EXIT_FAILED;
    }
    for (int n = 0; n < i->names->nelts; n++) {
        import_log(i, APR_ARRAY_IDX(i->names, n, const char *), APR_ARRAY_IDX(i->fds, n, int));
    }
    finish(i);
    return i->exit;
}

static void take_option(struct importing *i, int option, const char *value)
{
    switch (option) {
    case OPTION_FORMAT: i->format = value; break;
    case OPTION_FROM: i->from = value; break;
    case OPTION_SITE: i->site = value; break;
    case OPTION_AGAIN: i->import.again = 1; break;
    case OPTION_REJECTS: i->rejects = value; break;
    default: i->progress.shown = 1; break;
    }
}

static int check_format(const struct importing *i)
{
    struct slim_log_error error;

    if (i->from && strcmp(i->from, "slimstat") != 0) {
        slim_cli_fail("import: --from %s: only slimstat is known", i->from);
        return 0;
    }

    if (i->format && !slim_log_format_compile(i->format, &error, i->cli->pool)) {
        slim_cli_fail("import: --format: %s at column %zu", error.reason, error.column);
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
    i->site = "";
    slim_cli_options_begin(&given, cli, &slim_command_import, argc,
                           without_dash(argc, argv, cli->pool));
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        take_option(i, option, value);
    }
    if (more < 0) {
        return given.exit;
    }
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
    .run = run_import,
};
