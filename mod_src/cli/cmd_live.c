/* slimstats live: panels on a terminal; without one the hits as lines. */
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <apr_strings.h>

#include "core/write_all.h"
#include "live.h"
#include "live_follow.h"
#include "live_screen.h"
#include "live_wait.h"
#include "query/goal.h"
#include "query/segment.h"

#define INTERVAL_MAX 3600
#define LINES_DEFAULT 24
#define WIDTH_DEFAULT 100

static const struct slim_cli_option options[] = {
    {"interval", 'i', "SECONDS", "seconds between updates, 1 to 3600 (default 1)"},
    {"once", '1', NULL, "show one frame and exit, even without a terminal"},
    {.name = NULL},
};

static int show(const char *bytes, size_t length)
{
    return slim_write_all(STDOUT_FILENO, bytes, length) == APR_SUCCESS;
}

/* One frame as it would be on a terminal, without one. */
static int show_frame(struct live *live)
{
    struct live_view view;
    struct slim_buffer out;

    live_gather(live, &view, LINES_DEFAULT, live->cli->pool);
    slim_buffer_init(&out, live->cli->pool);
    live_frame(&view, WIDTH_DEFAULT, LINES_DEFAULT, strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
               &out);
    if (!show(out.at, out.length)) {
        return slim_cli_fail("live: cannot write: %s", strerror(errno));
    }
    return view.now.trouble ? SLIM_EXIT_DEGRADED : SLIM_EXIT_OK;
}

/* --- lines --- */

static int follow(struct live *live, int interval_s)
{
    struct live_follow state = {NULL, NULL};
    struct timespec interval = {.tv_sec = interval_s};
    sigset_t while_waiting;
    int in_trouble = 0;

    live_catch_signals(&while_waiting);
    while (!live_ended()) {
        const char *trouble = "";
        struct slim_buffer out;
        apr_pool_t *pool;
        apr_pool_create(&pool, live->cli->pool);
        slim_buffer_init(&out, pool);
        int good = live_follow(live, &state, &out, &trouble);
        if (!good && !in_trouble) { /* once, not each second */
            slim_cli_fail("live: %s; waiting", trouble);
        }
        in_trouble = !good;
        int written = show(out.at, out.length);
        apr_pool_destroy(pool);
        if (!written) {
            return slim_cli_fail("live: cannot write: %s", strerror(errno));
        }
        (void)ppoll(NULL, 0, &interval, &while_waiting);
    }
    return SLIM_EXIT_OK;
}

/* --- the command --- */

static int take_interval(const char *value, int *interval_s)
{
    char *end;
    long number = strtol(value, &end, 10);

    *interval_s = (int)number;
    return value[0] >= '0' && value[0] <= '9' && !*end && number >= 1 && number <= INTERVAL_MAX;
}

static int add_word(struct live *live, const char *word, const char *value)
{
    if (live->count == LIVE_WORDS_MAX) {
        slim_cli_fail("live: %s \"%s\" is one too many; allowed: %d", word, value, LIVE_WORDS_MAX);
        return 0;
    }
    live->words[live->count][0] = word;
    live->words[live->count++][1] = value;
    return 1;
}

/* What the state directory has names for is looked at later: it may still be named. */
static int take_word(struct live *live, const char *word, const char *value)
{
    int is_later = strcmp(word, "segment") == 0 || strncmp(value, "goal", 4) == 0;
    struct slim_query query;
    const char *reason;

    slim_query_init(&query, slim_report_find("recent"), 1);
    if (!is_later && slim_query_set(&query, word, value, &reason, live->cli->pool) != APR_SUCCESS) {
        slim_cli_fail("live: %s", reason);
        return 0;
    }
    return add_word(live, word, value);
}

/* In the place of a segment its filters, as if each had been given: keys can take them off. */
static int add_segment(struct live *live, const char *name, const struct slim_segments *segments,
                       const char **reason)
{
    static const char *const signs[] = {"=", "!=", "~"};
    apr_pool_t *pool = live->cli->pool;
    struct slim_query query;

    slim_query_init(&query, slim_report_find("recent"), 1);
    query.segments = segments;
    query.goals = live->goals;
    if (slim_query_set(&query, "segment", name, reason, pool) != APR_SUCCESS) {
        return 0;
    }
    for (int i = 0; i < query.filters; i++) {
        const struct slim_filter *one = &query.filter[i];
        *reason = "too many filters";
        if (!add_word(live, "where",
                      apr_pstrcat(pool, one->dimension, signs[one->kind], one->value, NULL))) {
            return 0;
        }
    }
    return 1;
}

/* All words together, with the lists of the state directory. */
static int settle_words(struct live *live)
{
    struct live given = *live;
    const struct slim_segments *segments = slim_cli_segments(live->cli);
    const char *reason = NULL;
    struct slim_query query;

    live->goals = slim_cli_goals(live->cli);
    if (!segments || !live->goals) {
        return 0;
    }
    live->count = 0;
    for (int i = 0; i < given.count && !reason; i++) {
        const char *word = given.words[i][0], *value = given.words[i][1];
        if (strcmp(word, "segment") == 0) {
            const char *fault = NULL;
            reason = add_segment(live, value, segments, &fault) ? NULL : fault;
        } else if (!add_word(live, word, value)) {
            return 0;
        }
    }
    if (reason || !live_ask(live, "recent", 1, &query, &reason, live->cli->pool)) {
        slim_cli_fail("live: %s", reason);
        return 0;
    }
    return 1;
}

static int run_live(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct slim_cli_options given;
    struct live live = {.cli = cli};
    const char *value;
    int option, more, once = 0, interval_s = 1;

    slim_cli_options_begin(&given, cli, &slim_command_live, argc, argv);
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        if (option == '1') {
            once = 1;
        } else if (option == 'i' && !take_interval(value, &interval_s)) {
            return slim_cli_fail("live: --interval %s: a number from 1 to 3600", value);
        } else if (option != 'i'
                   && !take_word(&live, slim_cli_option_name(&given, option), value)) {
            return SLIM_EXIT_FAILED;
        }
    }
    if (more < 0) {
        return given.exit;
    }
    if (!slim_cli_options_end(&given)) {
        return SLIM_EXIT_FAILED;
    }
    struct slim_store *store = slim_cli_open_reader(cli); /* says what is wrong before it begins */
    if (!store) {
        return SLIM_EXIT_FAILED;
    }
    store->engine->close(store);
    if (!settle_words(&live)) {
        return SLIM_EXIT_FAILED;
    }
    if (once) {
        return show_frame(&live);
    }
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? live_screen_run(&live, interval_s)
                                                         : follow(&live, interval_s);
}

const struct slim_command slim_command_live = {
    .name = "live",
    .arguments = "",
    .summary = "reports on the terminal, refreshed each second; without one each hit as a line",
    .words = "where segment tz",
    .options = options,
    .run = run_live,
};
