/* slimstats report, slimstats reports: one report, and which there are. */
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>
#include <apr_time.h>

#include "cli.h"
#include "core/near_name.h"
#include "output.h"
#include "report/ask.h"
#include "report/ledger.h"
#include "report/render.h"

static const struct slim_cli_option options[] = {
    {"format", 'f', "FORMAT",
     "table, json, csv, tsv or html (default: as FILE is called, else table)"},
    SLIM_OUTPUT_OPTIONS,
    {.name = NULL},
};

#define WORDS_MAX 512 /* more than a question takes */

struct asked {
    const struct slim_format *format; /* NULL: not said */
    struct slim_output_wish output;
    const char *words[WORDS_MAX][2]; /* name and value, in order */
    int count;
    const struct slim_segments *segments; /* NULL: none is asked for */
    const struct slim_goals *goals;       /* likewise */
};

static int take_option(struct asked *asked, const struct slim_cli_options *given, int option,
                       const char *value)
{
    int taken = slim_output_take(&asked->output, option, value);

    if (taken != 0) {
        return taken > 0;
    }
    if (option == 'f') {
        asked->format = slim_format_find(value);
        if (!asked->format) {
            slim_cli_fail("report: --format %s: table, json, csv, tsv or html", value);
            return 0;
        }
    } else if (asked->count == WORDS_MAX) {
        slim_cli_fail("report: at most %d options", WORDS_MAX);
        return 0;
    } else {
        asked->words[asked->count][0] = slim_cli_option_name(given, option);
        asked->words[asked->count++][1] = value ? value : "on";
    }
    return 1;
}

static void answer_ledger(struct slim_cli *cli, struct slim_store *store,
                          const struct slim_query *query, struct slim_answer *answer)
{
    struct slim_health health;
    struct slim_ring ring;
    int has_ring = slim_cli_open_ring(cli, &ring);

    slim_health_read(has_ring ? &ring : NULL, store, &health);
    slim_report_ledger(&health, query, answer, cli->pool);
}

static void tell_no_report(const struct slim_cli *cli, const char *name)
{
    struct slim_near_name near;

    slim_near_begin(&near, name, strlen(name));
    for (const struct slim_report *report = slim_reports; report->name; report++) {
        slim_near_try(&near, report->name);
    }
    slim_cli_fail("no such report: %s%s; slimstats reports lists them", name,
                  slim_near_question(&near, "", cli->pool));
}

/* The query for a report, from the options; 0 after an error message. */
static int ask(struct slim_cli *cli, const char *name, const struct asked *asked, int64_t now,
               struct slim_query *query)
{
    const struct slim_report *report = slim_report_find(name);
    const char *reason;

    if (!report) {
        tell_no_report(cli, name);
        return 0;
    }
    slim_query_init(query, report, now);
    query->segments = asked->segments;
    query->goals = asked->goals;
    for (int i = 0; i < asked->count; i++) {
        const char *const *word = asked->words[i];
        if (slim_query_set(query, word[0], word[1], &reason, cli->pool) != APR_SUCCESS) {
            slim_cli_fail("report: %s", reason);
            return 0;
        }
    }
    if (slim_query_check(query, &reason) != APR_SUCCESS) {
        slim_cli_fail("report: %s", reason);
        return 0;
    }
    return 1;
}

/* The queries, one for each report; NULL after an error message. */
static struct slim_query *ask_all(struct slim_cli *cli, const char *const *names, int number,
                                  const struct asked *asked)
{
    struct slim_query *queries = apr_pcalloc(cli->pool, (size_t)number * sizeof *queries);
    int64_t now = apr_time_sec(apr_time_now());

    for (int i = 0; i < number; i++) {
        if (!ask(cli, names[i], asked, now, &queries[i])) {
            return NULL;
        }
    }
    return queries;
}

static apr_status_t answer(struct slim_cli *cli, struct slim_store *store,
                           const struct slim_query *queries, int number,
                           struct slim_answer *answers)
{
    const struct slim_query **all = apr_palloc(cli->pool, (size_t)number * sizeof *all);

    if (number == 1 && queries[0].report == &slim_ledger_report) {
        answer_ledger(cli, store, &queries[0], &answers[0]);
        return APR_SUCCESS;
    }
    for (int i = 0; i < number; i++) {
        all[i] = &queries[i];
    }
    return slim_report_answers(store, all, number, answers, cli->pool);
}

/* Without a name, what an admin wants to see first; on a page, all. */
static const char *const first_look[] = {"overview", "pages", "sources", "recent", NULL};
static void render(const struct asked *asked, const struct slim_answer *answers, int number,
                   struct slim_buffer *out)
{
    if (asked->format->begin) {
        asked->format->begin(answers, number, out);
    }
    for (int i = 0; i < number; i++) {
        slim_buffer_text(out, i && !asked->format->begin ? "\n" : "");
        asked->format->render(&answers[i], out);
    }
    if (asked->format->end) {
        asked->format->end(out);
    }
}

static int print_reports(struct slim_cli *cli, const struct slim_query *queries, int number,
                         const struct asked *asked, const struct slim_output *output)
{
    struct slim_store *store = slim_cli_open_reader(cli);
    struct slim_answer *answers = apr_pcalloc(cli->pool, (size_t)number * sizeof *answers);
    struct slim_buffer out;
    int rc = SLIM_EXIT_OK;

    if (!store) {
        return SLIM_EXIT_FAILED;
    }
    if (answer(cli, store, queries, number, answers) != APR_SUCCESS) {
        rc = slim_cli_fail("%s; %s", store->error.what, slim_state_advice(store->error.state));
    }
    store->engine->close(store);
    if (rc != SLIM_EXIT_OK) {
        return rc;
    }
    slim_buffer_init(&out, cli->pool);
    render(asked, answers, number, &out);
    fwrite(out.at, 1, out.length, output->file); /* looked at when it is closed */
    return SLIM_EXIT_OK;
}

static int is_word(const char *text)
{
    return *text
           && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(text);
}

/* That of its name, as month.html; else a table, but for what is the name of another sort of file.
 * NULL after an error message. */
static const struct slim_format *format_of_file(const struct slim_output_wish *wish)
{
    const char *extension = slim_output_extension(wish);
    const struct slim_format *format = slim_format_find(extension);

    if (!format && is_word(extension) && strcmp(extension, "txt") != 0) {
        slim_cli_fail("report: -o %s: .%s is none of .csv, .tsv, .json, .html and .txt; --format "
                      "says what another name stands for",
                      wish->path, extension);
        return NULL;
    }
    return format ? format : &slim_formats[0];
}

/* NAME, or NAME PAGE: that page's rows. */
static int take_names(struct slim_cli *cli, const struct slim_cli_options *given, int argc,
                      const char **names, struct asked *asked)
{
    const char *const *left = given->getopt->argv + given->getopt->ind;
    int count = argc - given->getopt->ind;
    const struct slim_report *report = count > 1 ? slim_report_find(left[0]) : NULL;

    names[0] = count > 0 ? left[0] : NULL;
    if (count < 2 || (!report && count == 2)) {
        return 1; /* a name that is none is told later */
    }
    if (count > 2 || !slim_report_column(report, "page") || asked->count == WORDS_MAX) {
        slim_cli_fail("report: one name at a time, and a page behind one that lists pages");
        return 0;
    }
    asked->words[asked->count][0] = "where";
    asked->words[asked->count++][1] = apr_pstrcat(cli->pool, "page=", left[1], NULL);
    return 1;
}

static int asks_for(const struct asked *asked, const char *word, const char *value)
{
    for (int i = 0; i < asked->count; i++) {
        if (strcmp(asked->words[i][0], word) == 0
            && strncmp(asked->words[i][1], value, strlen(value)) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Once all options are known: they are where the state is. 0 after an error message. */
static int find_lists(struct slim_cli *cli, const char *report, struct asked *asked)
{
    if (asks_for(asked, "segment", "")) {
        asked->segments = slim_cli_segments(cli);
        if (!asked->segments) {
            return 0;
        }
    }
    if (asks_for(asked, "where", "goal")
        || (report && (strcmp(report, "goals") == 0 || strcmp(report, "funnel") == 0))) {
        asked->goals = slim_cli_goals(cli);
        return asked->goals != NULL;
    }
    return 1;
}

static int run_report(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct slim_cli_options given;
    struct asked asked = {0};
    struct slim_output output;
    const char *value, *names[2] = {NULL, NULL};
    int option, more;

    slim_cli_options_begin(&given, cli, &slim_command_report, argc, argv);
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        if (!take_option(&asked, &given, option, value)) {
            return SLIM_EXIT_FAILED;
        }
    }
    if (more < 0) {
        return given.exit;
    }
    if (!take_names(cli, &given, argc, names, &asked)) {
        return SLIM_EXIT_FAILED;
    }
    if (!asked.format) {
        asked.format = format_of_file(&asked.output);
    }
    if (!asked.format) {
        return SLIM_EXIT_FAILED;
    }
    int page = asked.format->begin != NULL;
    if (!names[0] && asked.format != &slim_formats[0] && !page) {
        return slim_cli_fail("report: --format %s needs the name of a report", asked.format->name);
    }
    const char *const *all = names[0] ? names : page ? slim_render_page : first_look;
    int number = 0;
    while (all[number]) {
        number++;
    }
    if (!find_lists(cli, names[0], &asked)) {
        return SLIM_EXIT_FAILED;
    }
    const struct slim_query *queries = ask_all(cli, all, number, &asked);
    if (!queries) { /* before a file is made in vain */
        return SLIM_EXIT_FAILED;
    }
    if (!slim_cli_store_is_there(cli) || !slim_output_open(&output, &asked.output, cli->pool)) {
        return SLIM_EXIT_FAILED;
    }
    return slim_output_close(&output, print_reports(cli, queries, number, &asked, &output));
}

const struct slim_command slim_command_report = {
    .name = "report",
    .arguments = "[NAME [PAGE]]",
    .summary = "prints a report: pages, sources, countries, …",
    .words = "*",
    .options = options,
    .run = run_report,
};

static int run_reports(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct slim_cli_options given;
    const char *value;
    int option, more;

    slim_cli_options_begin(&given, cli, &slim_command_reports, argc, argv);
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        continue;
    }
    if (more < 0) {
        return given.exit;
    }
    if (!slim_cli_options_end(&given)) {
        return SLIM_EXIT_FAILED;
    }
    for (const struct slim_report *report = slim_reports; report->name; report++) {
        printf("%-12s %s\n", report->name, report->summary);
    }
    printf("%-12s %s\n", slim_ledger_report.name, slim_ledger_report.summary);
    return SLIM_EXIT_OK;
}

const struct slim_command slim_command_reports = {
    .name = "reports",
    .arguments = "",
    .summary = "lists the reports",
    .run = run_reports,
};
