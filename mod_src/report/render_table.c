/* A table for people: columns side by side, numbers to the right, long texts cut. */
#include <string.h>

#include "escape.h"
#include "render.h"
#include "render_note.h"
#include "width.h"

#define TEXT_WIDTH_MAX 60

static const char *cell_text(const struct slim_cell *cell, const struct slim_query *query,
                             int column, apr_pool_t *pool)
{
    struct slim_buffer text;

    slim_buffer_init(&text, pool);
    if (!cell->is_text) {
        slim_render_cell_number(&text, query, column, cell->number);
    } else if (cell->length == 0) {
        slim_buffer_text(&text, "-");
    } else {
        slim_escape_plain(&text, cell->text, cell->length);
    }
    if (slim_width(text.at, text.length) > TEXT_WIDTH_MAX) {
        text.length = slim_width_cut(text.at, text.length, TEXT_WIDTH_MAX - 1);
        text.at[text.length] = '\0';
        slim_buffer_text(&text, "…");
    }
    return text.at;
}

static void add_padded(struct slim_buffer *out, const char *text, size_t width, int right)
{
    size_t own = slim_width(text, strlen(text));
    size_t padding = width > own ? width - own : 0;

    slim_buffer_char(out, ' ', right ? padding : 0);
    slim_buffer_text(out, text);
    slim_buffer_char(out, ' ', right ? 0 : padding);
}

static void trim_line(struct slim_buffer *out)
{
    while (out->length > 0 && out->at[out->length - 1] == ' ') {
        out->at[--out->length] = '\0';
    }
    slim_buffer_char(out, '\n', 1);
}

/* --- the grid --- */

/* Lines of texts: the columns' names, the rows, and the totals. */
struct grid {
    const char **text;
    size_t width[SLIM_COLUMNS_MAX + 2];
    int right[SLIM_COLUMNS_MAX + 2];
    int columns, lines;
    int used; /* texts */
};

static void put(struct grid *grid, const char *text)
{
    size_t own = slim_width(text, strlen(text));
    size_t *width = &grid->width[grid->used % grid->columns];

    grid->text[grid->used++] = text;
    *width = own > *width ? own : *width;
}

static const char *change_text(const int64_t *before, int64_t now, int column, apr_pool_t *pool)
{
    struct slim_buffer text;

    if (!before) {
        return "-";
    }
    slim_buffer_init(&text, pool);
    slim_render_change(&text, before[column], now);
    return text.at;
}

static const char *course_text(const struct slim_answer *answer, int row, apr_pool_t *pool)
{
    struct slim_buffer text;

    slim_buffer_init(&text, pool);
    slim_render_course(answer, row, &text);
    return text.at;
}

static void put_names(struct grid *grid, const struct slim_answer *answer, int changed)
{
    const struct slim_column *column = answer->query->report->column;

    for (int i = 0; i < answer->columns; i++) {
        if (slim_render_shows(answer, i)) {
            grid->right[grid->used] = column[i].type != SLIM_TEXT && column[i].type != SLIM_SECONDS;
            put(grid, column[i].name);
        }
        if (i == changed) {
            grid->right[grid->used] = 1;
            put(grid, "change");
        }
    }
    if (answer->courses) {
        put(grid, "course");
    }
}

static void put_row(struct grid *grid, const struct slim_answer *answer, int row, int changed,
                    apr_pool_t *pool)
{
    const struct slim_cell *cells = APR_ARRAY_IDX(answer->rows, row, struct slim_cell *);

    for (int i = 0; i < answer->columns; i++) {
        if (slim_render_shows(answer, i)) {
            put(grid, cell_text(&cells[i], answer->query, i, pool));
        }
        if (i == changed) {
            put(grid, change_text(answer->previous->row[row], cells[i].number, i, pool));
        }
    }
    if (answer->courses) {
        put(grid, course_text(answer, row, pool));
    }
}

static void put_totals(struct grid *grid, const struct slim_answer *answer, int changed,
                       apr_pool_t *pool)
{

    for (int i = 0; i < answer->columns; i++) {
        if (!slim_render_shows(answer, i)) {
            continue;
        }
        int has_total = slim_report_has_total(answer->query->report, i);
        struct slim_cell cell = {.number = answer->total[i]};
        put(grid, has_total ? cell_text(&cell, answer->query, i, pool) : i == 0 ? "total" : "");
        if (i == changed) {
            put(grid,
                has_total ? change_text(answer->previous->total, answer->total[i], i, pool) : "");
        }
    }
    if (answer->courses) {
        put(grid, "");
    }
}

static struct grid make_grid(const struct slim_answer *answer, apr_pool_t *pool)
{
    const struct slim_report *report = answer->query->report;
    int rows = answer->rows->nelts, totals = slim_render_has_totals(answer);
    int changed = answer->previous ? slim_report_main(report) : -1;
    struct grid grid = {.lines = 1 + rows + totals,
                        .columns = (changed >= 0) + (answer->courses != NULL)};

    for (int i = 0; i < answer->columns; i++) {
        grid.columns += slim_render_shows(answer, i);
    }
    grid.text = apr_palloc(pool, (size_t)grid.lines * (size_t)grid.columns * sizeof *grid.text);
    put_names(&grid, answer, changed);
    for (int r = 0; r < rows; r++) {
        put_row(&grid, answer, r, changed, pool);
    }
    if (totals) {
        put_totals(&grid, answer, changed, pool);
    }
    return grid;
}

/* --- around it --- */

static int leaves_robots_out(const struct slim_query *query)
{
    return !query->robots && !query->report->keeps_robots;
}

static void add_period(const struct slim_query *query, int64_t from, struct slim_buffer *out)
{
    char since[SLIM_TIME_TEXT], until[SLIM_TIME_TEXT];

    slim_buffer_format(out, "%s to %s", slim_zone_time(query->zone, from, since),
                       slim_zone_time(query->zone, query->until, until));
}

static void add_head(const struct slim_answer *answer, struct slim_buffer *out)
{
    const struct slim_query *query = answer->query;

    slim_buffer_format(out, "%s: %s\n", query->report->name, query->report->summary);
    add_period(query, answer->since, out);
    if (leaves_robots_out(query)) {
        slim_buffer_text(out, ", robots left out");
    }
    if (answer->previous) {
        slim_buffer_text(out, "\ncompared with ");
        add_period(&answer->previous->query, answer->previous->query.since, out);
    }
    slim_buffer_text(out, "\n\n");
}

static void add_tail(const struct slim_answer *answer, struct slim_buffer *out)
{
    char time[SLIM_TIME_TEXT];

    if (answer->rows_total == 0) {
        slim_buffer_text(out, leaves_robots_out(answer->query)
                                  ? "nothing found; robots, as curl, are left out: --robots\n"
                                  : "nothing found\n");
    } else if (answer->more) {
        slim_buffer_text(out, "there are more rows: --limit, --offset\n");
    }
    if (answer->rows_from > 0) {
        slim_buffer_format(out, "rows before %s were deleted: counted from there on\n",
                           slim_zone_time(answer->query->zone, answer->rows_from, time));
    }
    if (answer->rounded) {
        slim_buffer_text(out, "rows at its ends were deleted: counted by whole days or hours\n");
    }
    if (answer->older_until > 0) {
        slim_buffer_format(
            out,
            "days before %s were counted by older rules, and stay so: their rows were deleted\n",
            slim_zone_time(answer->query->zone, answer->older_until, time));
    }
    if (answer->approximate) {
        slim_buffer_format(
            out,
            "≈ visitors are estimates, with a standard error of %.1f %%; --exact counts them\n",
            answer->error_percent);
    }
}

void slim_render_table(const struct slim_answer *answer, struct slim_buffer *out)
{
    struct grid grid = make_grid(answer, out->pool);

    add_head(answer, out);
    for (int line = 0; line < grid.lines && answer->rows_total > 0; line++) {
        for (int i = 0; i < grid.columns; i++) {
            slim_buffer_char(out, ' ', i > 0 ? 2 : 0);
            add_padded(out, grid.text[line * grid.columns + i], grid.width[i], grid.right[i]);
        }
        trim_line(out);
    }
    slim_render_notes_plain(answer, out);
    add_tail(answer, out);
}
