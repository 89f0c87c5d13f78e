/* slimstats watch: looks at alerts once, says what is wrong, and tells somebody when that begins
 * and ends. A timer runs it again and again, or Nagios, whose plugins print and exit so. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <apr_thread_proc.h>
#include <apr_time.h>

#include "maintain.h"
#include "report/watch.h"

/* Of a plugin of Nagios. */
enum { EXIT_WELL = 0, EXIT_WARNING = 1, EXIT_CRITICAL = 2, EXIT_UNKNOWN = 3 };

#define ASK_MS 30000

static const struct slim_cli_option options[] = {
    {"run", 'r', "COMMAND", "run this when an alert begins and when it ends, by the shell"},
    {"changes", 'c', NULL, "print what begins and ends alone, nothing else"},
    {.name = NULL},
};

/* An alert as it was looked at. */
struct seen {
    const struct slim_alert *alert;
    struct slim_watch_look look;
    const char *words;
    int64_t since, until;                 /* when it began to be told, until now; 0: it is not */
    int is_told, change;                  /* 1: it begins, -1: it is over */
    int is_unknown;                       /* the store could not say */
    struct slim_watched *watched, before; /* what is remembered, and was; NULL: its line is gone */
};

struct watching {
    struct slim_cli *cli;
    const char *run;
    int changes;
    const struct slim_zone *zone;
    struct slim_alerts *alerts;
    struct slim_watch_memory memory;
    struct seen seen[SLIM_ALERTS_MAX
                     + SLIM_WATCHED_MAX]; /* the alerts, then told ones whose lines are gone */
    int count;
    const char *store_fault; /* why it could not be asked; NULL: it could */
};

/* --- looking --- */

static const char *words_of(const struct watching *w, const struct slim_watch *watch,
                            const struct seen *seen)
{
    return seen->alert->term.account == SLIM_ACCOUNT_BROKEN
               ? slim_state_name(watch->health->state)
               : slim_watch_words(seen->alert, &seen->look, w->cli->pool);
}

static void look_at(struct watching *w, struct slim_watch *watch, const struct slim_alert *alert,
                    struct seen *seen)
{
    struct slim_watched *watched = slim_watch_of(&w->memory, alert);
    apr_status_t rv = SLIM_EBADQUERY;

    *seen = (struct seen){.alert = alert, .watched = watched, .before = *watched};
    uint64_t dropped =
        slim_watch_sample(watched, alert, watch->now, slim_watch_dropped(watch->health));
    if (watch->store || alert->term.account) {
        rv = slim_watch_look(watch, alert, dropped, &seen->look, w->cli->pool);
    }
    if (rv != APR_SUCCESS) { /* what was told of it stays */
        seen->is_unknown = 1;
        seen->words = "cannot be said";
        if (watch->store && !w->store_fault) {
            w->store_fault = apr_pstrdup(w->cli->pool, watch->store->error.what);
        }
    } else {
        seen->since = watched->since ? watched->since : watch->now;
        seen->change = slim_watch_step(watched, alert, &seen->look, watch->now);
        seen->words =
            apr_pstrcat(w->cli->pool, words_of(w, watch, seen),
                        seen->look.holds && !watched->told ? ", not for so long yet" : "", NULL);
    }
    seen->until = seen->change < 0 ? watch->now : seen->since;
    seen->is_told = watched->told != 0;
}

static int is_there(const struct slim_alerts *alerts, const char *name)
{
    for (int i = 0; i < alerts->count; i++) {
        if (strcmp(alerts->alert[i].name, name) == 0) {
            return 1;
        }
    }
    return 0;
}

/* It was told, and its line is gone: so it is over. */
static void see_off(struct watching *w, const struct slim_watched *watched, int64_t now)
{
    struct slim_alert *alert = apr_pcalloc(w->cli->pool, sizeof *alert);

    alert->name = apr_pstrdup(w->cli->pool, watched->name);
    alert->severity = watched->severity;
    w->seen[w->count++] = (struct seen){
        .alert = alert,
        .words = "its line is gone",
        .since = watched->since,
        .until = now,
        .change = -1,
    };
}

/* Those that there are no more are forgotten, unless they were told and a mistake may hide them: so
 * many of these that there is room for all alerts beside them. */
static void forget_others(struct watching *w, int64_t now)
{
    int kept = 0, hidden = 0;

    w->count = w->alerts->count;
    for (int i = 0; i < w->memory.count; i++) {
        const struct slim_watched *one = &w->memory.watched[i];
        int is_hidden = one->told && w->alerts->fault && !is_there(w->alerts, one->name)
                        && hidden < SLIM_WATCHED_MAX - SLIM_ALERTS_MAX;
        hidden += is_hidden;
        if (is_hidden || is_there(w->alerts, one->name)) {
            w->memory.watched[kept++] = *one;
        } else if (one->told) {
            see_off(w, one, now);
        }
    }
    w->memory.count = kept;
}

static void look_at_all(struct watching *w, const struct slim_health *health,
                        struct slim_store *store, const struct slim_goals *goals)
{
    struct slim_watch watch = {
        .store = store,
        .health = health,
        .zone = w->zone,
        .goals = goals,
        .now = apr_time_sec(apr_time_now()),
    };

    slim_watch_remember(slim_cli_state(w->cli), &w->memory, w->cli->pool);
    forget_others(w, watch.now);
    w->memory.looked = watch.now;
    for (int i = 0; i < w->alerts->count; i++) {
        look_at(w, &watch, &w->alerts->alert[i], &w->seen[i]);
    }
}

/* --- telling --- */

static int exit_of(const struct watching *w)
{
    int worst = EXIT_WELL, is_unknown = w->alerts->fault != NULL;

    for (int i = 0; i < w->alerts->count; i++) {
        const struct seen *seen = &w->seen[i];
        int own = seen->alert->severity == SLIM_ALERT_CRITICAL ? EXIT_CRITICAL : EXIT_WARNING;
        worst = seen->is_told && own > worst ? own : worst;
        is_unknown |= seen->is_unknown;
    }
    return worst == EXIT_WELL && is_unknown ? EXIT_UNKNOWN : worst;
}

static const char *word_of(const struct seen *seen)
{
    if (seen->is_told) {
        return seen->alert->severity == SLIM_ALERT_CRITICAL ? "CRITICAL" : "WARNING";
    }
    return seen->is_unknown ? "UNKNOWN" : "OK";
}

static const char *line_of(const struct seen *seen, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%s %s: %s", word_of(seen), seen->alert->name, seen->words);
}

/* Why something cannot be said. */
static const char *reason_of(const struct watching *w)
{
    return w->alerts->fault ? w->alerts->fault : w->store_fault ? w->store_fault : "";
}

/* The first line of a plugin: what is told, and figures behind a bar. */
static void print_head(const struct watching *w, int exit)
{
    static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
    const char *told = "", *figures = "";
    apr_pool_t *pool = w->cli->pool;

    for (int i = 0; i < w->alerts->count; i++) {
        const struct seen *seen = &w->seen[i];
        if (seen->is_told) {
            told = apr_pstrcat(pool, told, *told ? ", " : ": ", seen->alert->name, " ", seen->words,
                               NULL);
        }
        if (seen->look.is_judged) {
            figures = apr_psprintf(pool, "%s %s=%s%s", figures, seen->alert->name,
                                   slim_watch_number(seen->look.value, pool),
                                   seen->alert->is_percent ? "%" : "");
        }
    }
    if (exit == EXIT_UNKNOWN) {
        told = apr_pstrcat(pool, ": ", reason_of(w), NULL);
    } else if (!*told) {
        told = apr_psprintf(pool, ": %d alerts, nothing to tell", w->alerts->count);
    }
    printf("SLIMSTATS %s%s%s%s\n", words[exit], told, *figures ? " |" : "", figures);
}

/* 0: what is told could not be printed. */
static int print(const struct watching *w, int exit)
{
    if (!w->changes) {
        print_head(w, exit);
    }
    for (int i = 0; i < w->count; i++) {
        const struct seen *seen = &w->seen[i];
        if (w->changes && seen->change) {
            printf("%s %s\n",
                   seen->change > 0 ? "begins:" : "is over:", line_of(seen, w->cli->pool));
        } else if (!w->changes) {
            puts(line_of(seen, w->cli->pool));
        }
    }
    return fflush(stdout) == 0 && !ferror(stdout);
}

/* By the shell, with what it is about in its environment; waits for it. "" when it went well, else
 * how it ended. */
static const char *run_by_shell(const char *command, apr_pool_t *pool)
{
    const char *const arguments[] = {command, NULL};
    apr_procattr_t *attributes;
    apr_proc_t process;
    int status = 0;
    apr_exit_why_e why;

    if (apr_procattr_create(&attributes, pool) != APR_SUCCESS
        || apr_procattr_cmdtype_set(attributes, APR_SHELLCMD_ENV) != APR_SUCCESS
        || apr_proc_create(&process, command, arguments, NULL, attributes, pool) != APR_SUCCESS
        || !APR_STATUS_IS_CHILD_DONE(apr_proc_wait(&process, &status, &why, APR_WAIT))) {
        return "could not be run";
    }
    if (!APR_PROC_CHECK_EXIT(why)) {
        return apr_psprintf(pool, "was ended by signal %d", status);
    }
    return status == 0 ? "" : apr_psprintf(pool, "ended with %d", status);
}

/* One that fails is run again at the next look. */
static int run(const struct watching *w, const struct seen *seen)
{
    setenv("SLIMSTATS_ALERT", seen->alert->name, 1);
    setenv("SLIMSTATS_CHANGE", seen->change > 0 ? "begins" : "over", 1);
    setenv("SLIMSTATS_SEVERITY", slim_alert_severity_name(seen->alert->severity), 1);
    setenv("SLIMSTATS_LINE", line_of(seen, w->cli->pool), 1);
    const char *how = run_by_shell(w->run, w->cli->pool);
    if (*how) {
        slim_cli_fail("watch: --run %s, and is run for %s again next time", how, seen->alert->name);
    }
    return !*how;
}

/* As if it had not been told, but for since when it is so. */
static void take_back(struct slim_watch_memory *memory, const struct seen *seen)
{
    struct slim_watched *watched =
        seen->watched ? seen->watched : slim_watch_of(memory, seen->alert);

    if (watched && seen->change > 0) {
        watched->told = 0;
    } else if (watched) {
        watched->since = seen->since;
        watched->told = seen->watched ? seen->before.told : seen->since;
    }
}

/* Beside the course of the numbers; when it is over the same note has its end. */
static void note(struct slim_store *store, const struct seen *seen, apr_pool_t *pool)
{
    const char *text = apr_psprintf(pool, "%s: %.150s %s", seen->alert->name, seen->alert->figure,
                                    seen->alert->condition);
    const struct slim_note note = {
        .kind = SLIM_NOTE_ALERT,
        .at_s = seen->since,
        .until_s = seen->until,
        .text = slim_text_of(text),
        .times = seen->change > 0,
    };

    if (store->engine->add_note(store, &note) != APR_SUCCESS) {
        slim_cli_fail("watch: %s could not be noted: %s", seen->alert->name, store->error.what);
    }
}

/* Opened for it alone: most looks have nothing to note. */
static void tell(struct watching *w)
{
    struct slim_store *store = NULL;
    int is_tried = 0;

    for (int i = 0; i < w->count; i++) {
        const struct seen *seen = &w->seen[i];
        if (!seen->change) {
            continue;
        }
        if (w->run && !run(w, seen)) {
            take_back(&w->memory, seen);
            continue;
        }
        if (!is_tried) {
            store = slim_maintain_open_writer(w->cli);
            is_tried = 1;
        }
        if (store && seen->watched) {
            note(store, seen, w->cli->pool);
        }
    }
    if (store) {
        store->engine->close(store);
    }
}

/* --- the command --- */

/* Where Nagios looks, too. */
static int fail(const struct watching *w, const char *what, const char *why)
{
    if (!w->changes) {
        printf("SLIMSTATS UNKNOWN: %s: %s\n", what, why);
    }
    slim_cli_fail("watch: %s: %s", what, why);
    return EXIT_UNKNOWN;
}

/* What is told is kept last: whoever is killed before tells it again, rather than never; nor is
 * kept what nobody could be told. */
static int watch(struct watching *w, const struct slim_goals *goals)
{
    const struct slim_store_engine *engine = slim_store_engine_for(w->cli->store);
    struct slim_store *store = NULL;
    struct slim_whole_file file;
    struct slim_health health;
    struct slim_ring ring;

    apr_status_t rv = slim_watch_begin(slim_cli_state(w->cli), &file, w->cli->pool);
    if (rv != APR_SUCCESS) {
        return fail(w, apr_pstrcat(w->cli->pool, slim_cli_state(w->cli), "/" SLIM_WATCH_FILE, NULL),
                    slim_whole_file_reason(rv));
    }
    int has_ring = slim_cli_open_ring(w->cli, &ring);
    if (engine->open_reader(w->cli->store, ASK_MS, &store, w->cli->pool) != APR_SUCCESS) {
        w->store_fault = apr_pstrdup(w->cli->pool, store->error.what);
        engine->close(store);
        store = NULL;
    }
    slim_health_read(has_ring ? &ring : NULL, store, &health);
    look_at_all(w, &health, store, goals);
    if (store) {
        engine->close(store);
    }
    int exit = exit_of(w);
    if (!print(w, exit)) {
        int error = errno;
        slim_whole_file_drop(&file);
        return fail(w, "standard output", strerror(error));
    }
    tell(w);
    if (w->store_fault) {
        slim_cli_fail("watch: %s", w->store_fault);
    }
    if (w->alerts->fault) {
        slim_cli_fail("%s", w->alerts->fault);
    }
    rv = slim_watch_keep(&file, &w->memory);
    return rv == APR_SUCCESS ? exit : fail(w, SLIM_WATCH_FILE, slim_whole_file_reason(rv));
}

static int take_zone(struct watching *w, const char *value, struct slim_query *query)
{
    const char *reason;

    if (slim_query_set(query, "tz", value, &reason, w->cli->pool) != APR_SUCCESS) {
        slim_cli_fail("watch: %s", reason);
        return 0;
    }
    w->zone = query->zone;
    return 1;
}

static int run_watch(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct watching *w = apr_pcalloc(cli->pool, sizeof *w);
    struct slim_query query;
    struct slim_cli_options given;
    const char *value;
    int option, more;

    w->cli = cli;
    w->zone = &slim_zone_utc;
    slim_query_init(&query, &slim_reports[0], 0);
    slim_cli_options_begin(&given, cli, &slim_command_watch, argc, argv);
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        if (option == 'r') {
            w->run = value;
        } else if (option == 'c') {
            w->changes = 1;
        } else if (!take_zone(w, value, &query)) {
            return EXIT_UNKNOWN;
        }
    }
    if (more < 0) {
        return given.exit == SLIM_EXIT_OK ? SLIM_EXIT_OK : EXIT_UNKNOWN;
    }
    if (!slim_cli_options_end(&given)) {
        return EXIT_UNKNOWN;
    }
    if (!slim_store_engine_for(cli->store)) {
        slim_cli_refuse_url(cli);
        return EXIT_UNKNOWN;
    }
    const struct slim_goals *goals = slim_cli_goals(cli);
    if (!goals) {
        return EXIT_UNKNOWN;
    }
    w->alerts = slim_alerts_read(cli->data, slim_cli_state(cli), goals, cli->pool);
    return watch(w, goals);
}

const struct slim_command slim_command_watch = {
    .name = "watch",
    .arguments = "",
    .summary = "looks at alerts: tells what is wrong when it begins, and when it is over",
    .options = options,
    .run = run_watch,
    .words = "tz",
};
