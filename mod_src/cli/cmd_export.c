/* slimstats export: prints hits, one after the other. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <apr_time.h>

#include "import/archive_row.h"
#include "maintain.h"
#include "output.h"
#include "query/answer.h"
#include "report/render.h"
#include "report/render_json.h"

#define SEED_COLUMNS 11 /* of the old table; the others are for people */

static const struct slim_cli_option options[] = {
    {"columns", 'c', "seed|all",
     "seed: the eleven of wp_slim_stats (default); all: readable ones, too"},
    {"format", 'f', "FORMAT",
     "csv, jsonl, tsv, or archive: all that is kept, for import into another store (default: as "
     "FILE is called, else csv)"},
    SLIM_OUTPUT_OPTIONS,
    {.name = NULL},
};

struct exporting {
    struct slim_query query;
    apr_array_header_t *later; /* const char *, words and values */
    enum { NOT_SAID, AS_CSV, AS_JSONL, AS_TSV, AS_ARCHIVE } format;
    int all_columns;
    struct slim_output_wish output;
    FILE *file;
    int failed;
    int sorts;        /* of an archive's lines */
    uint64_t rows;    /* of an archive */
    apr_pool_t *pool; /* of a row */
};

/* --- rows --- */

static void add_separated(struct slim_buffer *out, int columns, const struct slim_cell *cells,
                          char separator)
{
    for (int i = 0; i < columns; i++) {
        slim_buffer_char(out, separator, i > 0);
        slim_render_separated(out, &cells[i], separator);
    }
    slim_buffer_char(out, '\n', 1);
}

static void add_object(struct slim_buffer *out, int columns, const char *const *names,
                       const struct slim_cell *cells)
{
    json_t *object = json_object();

    for (int i = 0; i < columns; i++) {
        json_t *value = !cells[i].is_text ? json_integer(cells[i].number)
                        : cells[i].text ? slim_json_text(cells[i].text, cells[i].length, out->pool)
                                        : json_null();
        json_object_set_new(object, names[i], value);
    }
    slim_json_dump(out, object);
}

static void add_names(struct slim_buffer *out, int columns, const char *const *names,
                      char separator)
{
    for (int i = 0; i < columns; i++) {
        slim_buffer_char(out, separator, i > 0);
        slim_buffer_text(out, names[i]);
    }
    slim_buffer_char(out, '\n', 1);
}

/* 0 ends the export: what takes it is full, or gone. */
static int write_line(struct exporting *e, const struct slim_buffer *out)
{
    e->failed = fwrite(out->at, 1, out->length, e->file) != out->length ? errno : 0;
    return !e->failed;
}

static int shown_columns(const struct exporting *e, int columns)
{
    return e->all_columns || columns < SEED_COLUMNS ? columns : SEED_COLUMNS;
}

static int write_names(void *baton, int columns, const char *const *names)
{
    struct exporting *e = baton;
    struct slim_buffer out;

    slim_buffer_init(&out, e->pool);
    if (e->format != AS_JSONL) {
        add_names(&out, shown_columns(e, columns), names, e->format == AS_CSV ? ',' : '\t');
    }
    return write_line(e, &out);
}

static int write_row(void *baton, int columns, const char *const *names,
                     const struct slim_cell *cells)
{
    struct exporting *e = baton;
    struct slim_buffer out;

    columns = shown_columns(e, columns);
    apr_pool_clear(e->pool);
    slim_buffer_init(&out, e->pool);
    if (e->format == AS_JSONL) {
        add_object(&out, columns, names, cells);
    } else {
        add_separated(&out, columns, cells, e->format == AS_CSV ? ',' : '\t');
    }
    return write_line(e, &out);
}

/* --- archives: see import/archive_row.h --- */

static int is_plain(char c)
{
    return (unsigned char)c >= ' ' && c != 0x7f && c != '\\';
}

static void add_archived_text(struct slim_buffer *out, const struct slim_cell *cell)
{
    size_t at = 0, plain;

    while (at < cell->length) {
        for (plain = at; plain < cell->length && is_plain(cell->text[plain]); plain++) {
        }
        slim_buffer_add(out, cell->text + at, plain - at);
        if (plain < cell->length) {
            slim_buffer_format(out, "\\x%02x", (unsigned char)cell->text[plain++]);
        }
        at = plain;
    }
}

static int write_archived_names(void *baton, int columns, const char *const *names)
{
    struct exporting *e = baton;
    struct slim_buffer out;

    slim_buffer_init(&out, e->pool);
    if (e->sorts++ == 0) {
        slim_buffer_text(&out, SLIM_ARCHIVE_MARK "\n");
    }
    slim_buffer_char(&out, '#', 1);
    add_names(&out, columns, names, '\t');
    return write_line(e, &out);
}

static int write_archived(void *baton, int columns, const char *const *names,
                          const struct slim_cell *cells)
{
    struct exporting *e = baton;
    struct slim_buffer out;

    (void)names;
    apr_pool_clear(e->pool);
    slim_buffer_init(&out, e->pool);
    for (int i = 0; i < columns; i++) {
        slim_buffer_char(&out, '\t', i > 0);
        if (cells[i].is_text) {
            add_archived_text(&out, &cells[i]);
        } else {
            slim_buffer_format(&out, "%" PRId64, cells[i].number);
        }
    }
    slim_buffer_char(&out, '\n', 1);
    e->rows++;
    return write_line(e, &out);
}

/* The last line says that it is; and what no archive has is told. */
static apr_status_t write_archive(struct exporting *e, struct slim_store *store)
{
    const struct slim_store_export export = {write_archived_names, write_archived, e};
    struct slim_buffer out;
    apr_status_t rv = store->engine->export_archive(store, &e->query, &export);

    if (rv == APR_SUCCESS && !e->failed) {
        slim_buffer_init(&out, e->pool);
        slim_buffer_format(&out, "#end\t%" PRIu64 "\n", e->rows);
        write_line(e, &out);
        fprintf(stderr, "slimstats: not in it: the ledger and the account of imports%s\n",
                e->query.given ? "; nor, of some hits alone, titles, logs and totals of days that "
                                 "have no hits"
                               : "");
    }
    return rv;
}

/* --- the command --- */

static int set_word(struct exporting *e, const char *word, const char *value, apr_pool_t *pool)
{
    const char *reason;

    if (slim_query_set(&e->query, word, value, &reason, pool) != APR_SUCCESS) {
        slim_cli_fail("export: %s", reason);
        return 0;
    }
    return 1;
}

static int find_format(struct exporting *e, const char *name)
{
    static const char *const names[] = {
        [AS_CSV] = "csv", [AS_JSONL] = "jsonl", [AS_TSV] = "tsv", [AS_ARCHIVE] = "archive"};

    for (unsigned i = AS_CSV; i <= AS_ARCHIVE; i++) {
        if (strcmp(name, names[i]) == 0) {
            e->format = i;
            return 1;
        }
    }
    return 0;
}

static int take_format(struct exporting *e, const char *value)
{
    if (!find_format(e, value)) {
        slim_cli_fail("export: --format %s: csv, jsonl, tsv or archive", value);
        return 0;
    }
    return 1;
}

/* What names what is in the state directory, which a later option may name. */
static int set_later(struct slim_cli *cli, struct exporting *e)
{
    if (e->later->nelts == 0) {
        return 1;
    }
    e->query.segments = slim_cli_segments(cli);
    e->query.goals = slim_cli_goals(cli);
    for (int i = 0; e->query.segments && i < e->later->nelts; i += 2) {
        if (!set_word(e, APR_ARRAY_IDX(e->later, i, const char *),
                      APR_ARRAY_IDX(e->later, i + 1, const char *), cli->pool)) {
            return 0;
        }
    }
    return e->query.segments != NULL;
}

static int take_option(struct exporting *e, const char *name, int option, const char *value,
                       apr_pool_t *pool)
{
    int taken = slim_output_take(&e->output, option, value);

    if (taken != 0) {
        return taken > 0;
    }
    switch (option) {
    case 'f': return take_format(e, value);
    case 'c':
        e->all_columns = strcmp(value, "all") == 0;
        if (!e->all_columns && strcmp(value, "seed") != 0) {
            slim_cli_fail("export: --columns %s: seed or all", value);
            return 0;
        }
        return 1;
    default:
        if (strcmp(name, "segment") == 0 || strncmp(value, "goal", 4) == 0) {
            APR_ARRAY_PUSH(e->later, const char *) = name;
            APR_ARRAY_PUSH(e->later, const char *) = value;
            return 1;
        }
        return set_word(e, name, value, pool);
    }
}

static int write_rows(struct slim_cli *cli, struct exporting *e)
{
    const struct slim_store_export export = {write_names, write_row, e};
    struct slim_store *store = slim_cli_open_reader(cli);

    if (!store) {
        return SLIM_EXIT_FAILED;
    }
    apr_pool_create(&e->pool, cli->pool);
    apr_status_t rv = e->format == AS_ARCHIVE
                          ? write_archive(e, store)
                          : store->engine->export_rows(store, &e->query, &export);
    if (rv != APR_SUCCESS) {
        return slim_maintain_failed(store);
    }
    store->engine->close(store);
    return e->failed ? slim_cli_fail("cannot write the rows: %s", strerror(e->failed))
                     : SLIM_EXIT_OK;
}

static int export_rows(struct slim_cli *cli, struct exporting *e)
{
    struct slim_output output;

    if (!slim_cli_store_is_there(cli) || !slim_output_open(&output, &e->output, cli->pool)) {
        return SLIM_EXIT_FAILED;
    }
    e->file = output.file;
    return slim_output_close(&output, write_rows(cli, e));
}

static int run_export(struct slim_cli *cli, int argc, const char *const *argv)
{
    struct slim_cli_options given;
    struct exporting e = {0};
    const char *value, *reason;
    int option, more;

    slim_query_init(&e.query, slim_report_find("recent"), apr_time_sec(apr_time_now()));
    if (!set_word(&e, "since", "all", cli->pool)) {
        return SLIM_EXIT_FAILED;
    }
    e.query.given = 0; /* that was a default */
    e.later = apr_array_make(cli->pool, 4, sizeof(const char *));
    slim_cli_options_begin(&given, cli, &slim_command_export, argc, argv);
    while ((more = slim_cli_options_next(&given, &option, &value)) > 0) {
        if (!take_option(&e, slim_cli_option_name(&given, option), option, value, cli->pool)) {
            return SLIM_EXIT_FAILED;
        }
    }
    if (more < 0) {
        return given.exit;
    }
    if (!slim_cli_options_end(&given)) {
        return SLIM_EXIT_FAILED;
    }
    if (e.format == NOT_SAID && !find_format(&e, slim_output_extension(&e.output))) {
        e.format = AS_CSV;
    }
    if (!set_later(cli, &e)) {
        return SLIM_EXIT_FAILED;
    }
    if (slim_query_check(&e.query, &reason) != APR_SUCCESS) {
        return slim_cli_fail("export: %s", reason);
    }
    return export_rows(cli, &e);
}

const struct slim_command slim_command_export = {
    .name = "export",
    .arguments = "",
    .summary = "prints hits, as CSV or JSON lines",
    .words = "since until tz week where segment",
    .options = options,
    .run = run_export,
};
