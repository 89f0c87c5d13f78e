/* slimstats note: keeps a note on the course of time, lists notes, deletes one. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <apr_time.h>

#include "core/ascii.h"
#include "core/text.h"
#include "maintain.h"
#include "query/answer.h"
#include "report/ask.h"
#include "report/render.h"

enum { OPTION_AT = SLIM_OPTION_LONG, OPTION_UNTIL, OPTION_SITE, OPTION_KIND, OPTION_DELETE };

static const struct slim_cli_option options[] = {
    {"at", OPTION_AT, "TIME", "when it happened: now (default), 2026-01-31T10:20, 24h, today"},
    {"until", OPTION_UNTIL, "TIME", "when it was over (default: a moment)"},
    {"site", OPTION_SITE, "NAME", "the site that it is about (default: all)"},
    {"kind", OPTION_KIND, "KIND", "note (default) or release; with --list any kind"},
    {"list", 'l', NULL, "print the notes that there are"},
    {"delete", OPTION_DELETE, "NUMBER", "forget the note with that number"},
    {.name = NULL},
};

struct noting {
    const char *text, *at, *until, *site, *kind, *delete;
    int list;
};

/* --- adding --- */

static int read_time(const char *option, const char *text, int64_t *seconds)
{
    struct slim_query query;

    slim_query_init(&query, &slim_reports[0], apr_time_sec(apr_time_now()));
    if (slim_query_parse_time(&query, text, 0, seconds) && *seconds >= 0) {
        return 1;
    }
    slim_cli_fail("note: --%s %s: allowed: now, 2026-01-31T10:20, 2026-01-31, 90m, today", option,
                  text);
    return 0;
}

static int read_kind(const struct noting *noting, struct slim_note *note)
{
    int kind = slim_note_kind_find(slim_text_of(noting->kind ? noting->kind : "note"));

    if (kind < 0 || !slim_note_is_by_people((enum slim_note_kind)kind)) {
        slim_cli_fail("note: --kind %s: allowed: note or release", noting->kind);
        return 0;
    }
    note->kind = (enum slim_note_kind)kind;
    return 1;
}

static const char *lower(const char *text, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, text);

    slim_lower_all(copy, strlen(copy), copy);
    return copy;
}

/* 0 after an error message. */
static int read_note(const struct noting *noting, struct slim_note *note, apr_pool_t *pool)
{
    *note = (struct slim_note){.times = 1};
    note->text = slim_text_of(noting->text);
    note->site = slim_text_of(noting->site ? lower(noting->site, pool) : "");
    if (note->text.length == 0 || !slim_note_text_is_good(note->text)) {
        slim_cli_fail("note: the text has to be UTF-8, of 1 to %d bytes", SLIM_NOTE_TEXT_MAX);
        return 0;
    }
    if (!read_kind(noting, note)
        || !read_time("at", noting->at ? noting->at : "now", &note->at_s)) {
        return 0;
    }
    note->until_s = note->at_s;
    if (noting->until && !read_time("until", noting->until, &note->until_s)) {
        return 0;
    }
    if (!slim_note_is_good(note)) {
        slim_cli_fail("note: %s", note->until_s < note->at_s
                                      ? "--until is earlier than --at"
                                      : "--site has to be UTF-8, of at most 255 bytes");
        return 0;
    }
    return 1;
}

static int add(struct slim_cli *cli, const struct noting *noting)
{
    struct slim_note note;

    if (!read_note(noting, &note, cli->pool)) {
        return SLIM_EXIT_FAILED;
    }
    struct slim_store *store = slim_maintain_open_writer(cli);
    if (!store) {
        return SLIM_EXIT_FAILED;
    }
    if (store->engine->add_note(store, &note) != APR_SUCCESS) {
        return slim_maintain_failed(store);
    }
    store->engine->close(store);
    return SLIM_EXIT_OK;
}

/* --- deleting --- */

static int delete_one(struct slim_cli *cli, const char *text)
{
    char *end;
    int64_t number = strtoll(text, &end, 10);
    int found;

    if (!*text || *end || number <= 0) {
        return slim_cli_fail("note: --delete %s: a number that note --list shows", text);
    }
    struct slim_store *store = slim_maintain_open_writer(cli);
    if (!store) {
        return SLIM_EXIT_FAILED;
    }
    if (store->engine->delete_note(store, number, &found) != APR_SUCCESS) {
        return slim_maintain_failed(store);
    }
    store->engine->close(store);
    if (!found) {
        slim_cli_fail("note: there is no note %" PRId64, number);
        return SLIM_EXIT_DEGRADED;
    }
    return SLIM_EXIT_OK;
}

/* --- listing --- */

static int set(struct slim_query *query, const char *word, const char *value, apr_pool_t *pool)
{
    const char *reason;

    if (slim_query_set(query, word, value, &reason, pool) != APR_SUCCESS) {
        slim_cli_fail("note: %s", reason);
        return 0;
    }
    return 1;
}

/* All of them, as the report has them. */
static int list(struct slim_cli *cli, const struct noting *noting)
{
    struct slim_query query;
    struct slim_answer answer;
    struct slim_buffer out;
    const char *kind = noting->kind ? noting->kind : "";

    if (*kind && slim_note_kind_find(slim_text_of(kind)) < 0) {
        return slim_cli_fail("note: --kind %s: there are no such notes", kind);
    }
    slim_query_init(&query, slim_report_find("notes"), apr_time_sec(apr_time_now()));
    if (!set(&query, "since", "all", cli->pool) || !set(&query, "limit", "1000", cli->pool)
        || (*kind && !set(&query, "search", apr_pstrcat(cli->pool, "=", kind, NULL), cli->pool))
        || (noting->site
            && !set(&query, "where", apr_pstrcat(cli->pool, "site=", noting->site, NULL),
                    cli->pool))) {
        return SLIM_EXIT_FAILED;
    }
    query.until = INT64_MAX >> 24; /* those that are yet to come, too */
    struct slim_store *store = slim_cli_open_reader(cli);
    if (!store) {
        return SLIM_EXIT_FAILED;
    }
    if (slim_report_answer(store, &query, &answer, cli->pool) != APR_SUCCESS) {
        return slim_maintain_failed(store);
    }
    store->engine->close(store);
    query.until = query.now + 1;
    slim_buffer_init(&out, cli->pool);
    slim_format_find("table")->render(&answer, &out);
    fwrite(out.at, 1, out.length, stdout);
    return SLIM_EXIT_OK;
}

/* --- the command --- */

static void take_option(struct noting *noting, int option, const char *value)
{
    switch (option) {
    case OPTION_AT: noting->at = value; break;
    case OPTION_UNTIL: noting->until = value; break;
    case OPTION_SITE: noting->site = value; break;
    case OPTION_KIND: noting->kind = value; break;
    case OPTION_DELETE: noting->delete = value; break;
    default: noting->list = 1;
    }
}

static int run_note(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct slim_cli_options given;
    struct noting noting = {NULL};
    const char *value;
    int option, more;

    slim_cli_options_begin(&given, cli, &slim_command_note, argc, argv);
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        take_option(&noting, option, value);
    }
    if (more < 0) {
        return given.exit;
    }
    int texts = argc - given.getopt->ind;
    if (texts + noting.list + (noting.delete != NULL) != 1) {
        return slim_cli_fail("note: needs one of TEXT (in quotes), --list and --delete NUMBER");
    }
    if (noting.list) {
        return list(cli, &noting);
    }
    if (noting.delete) {
        return delete_one(cli, noting.delete);
    }
    noting.text = given.getopt->argv[given.getopt->ind];
    return add(cli, &noting);
}

const struct slim_command slim_command_note = {
    .name = "note",
    .arguments = "TEXT | --list | --delete NUMBER",
    .summary = "notes what happened, beside the course of the numbers",
    .options = options,
    .run = run_note,
};
