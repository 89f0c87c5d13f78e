/* A table for people: columns side by side, numbers to the right, long texts cut. */
#include <string.h>
#include <wchar.h>

#include "escape.h"
#include "render.h"

#define TEXT_WIDTH_MAX 60

/* Columns that a text takes on a terminal. */
static size_t width_of(const char *text, size_t length)
{
    size_t width = 0;

    while (length > 0) {
        long code;
        size_t size = slim_utf8_next(text, length, &code);
        int columns = code > 0x7f ? wcwidth((wchar_t)code) : 1;
        width += columns > 0 ? (size_t)columns : columns < 0;
        text += size;
        length -= size;
    }
    return width;
}

/* The longest beginning that takes at most limit columns. */
static size_t cut_to_width(const char *text, size_t length, size_t limit)
{
    size_t at = 0;

    while (at < length) {
        long code;
        size_t size = slim_utf8_next(text + at, length - at, &code);
        if (width_of(text, at + size) > limit) {
            break;
        }
        at += size;
    }
    return at;
}

static const char *cell_text(const struct slim_cell *cell, enum slim_column_type type,
                             apr_pool_t *pool)
{
    struct slim_buffer text;

    slim_buffer_init(&text, pool);
    if (!cell->is_text) {
        slim_render_number(&text, type, cell->number);
    } else if (cell->length == 0) {
        slim_buffer_text(&text, "-");
    } else {
        slim_escape_plain(&text, cell->text, cell->length);
    }
    if (width_of(text.at, text.length) > TEXT_WIDTH_MAX) {
        text.length = cut_to_width(text.at, text.length, TEXT_WIDTH_MAX - 1);
        text.at[text.length] = '\0';
        slim_buffer_text(&text, "…");
    }
    return text.at;
}

static void add_padded(struct slim_buffer *out, const char *text, size_t width, int right)
{
    size_t own = width_of(text, strlen(text));
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

static void add_head(const struct slim_answer *answer, struct slim_buffer *out)
{
    const struct slim_query *query = answer->query;
    char since[SLIM_TIME_TEXT], until[SLIM_TIME_TEXT];

    slim_buffer_format(out, "%s: %s\n%s to %s", query->report->name, query->report->summary,
                       slim_render_time(query->since, since),
                       slim_render_time(query->until, until));
    slim_buffer_text(out, query->robots || query->report->keeps_robots ? "\n\n"
                                                                       : ", robots left out\n\n");
}

static void add_tail(const struct slim_answer *answer, struct slim_buffer *out)
{
    if (answer->rows_total == 0) {
        slim_buffer_text(out, "nothing found\n");
    } else if (answer->more) {
        slim_buffer_text(out, "and more: --limit, --offset\n");
    }
}

void slim_render_table(const struct slim_answer *answer, struct slim_buffer *out)
{
    const struct slim_column *column = answer->query->report->column;
    int columns = answer->columns, rows = answer->rows->nelts;
    const char **text = apr_palloc(out->pool, (size_t)(rows + 1) * (size_t)columns * sizeof *text);
    size_t width[SLIM_COLUMNS_MAX] = {0};

    for (int i = 0; i < columns; i++) {
        text[i] = column[i].name;
        width[i] = strlen(column[i].name);
    }
    for (int r = 0; r < rows; r++) {
        const struct slim_cell *cells = APR_ARRAY_IDX(answer->rows, r, struct slim_cell *);
        for (int i = 0; i < columns; i++) {
            const char *cell = cell_text(&cells[i], column[i].type, out->pool);
            size_t own = width_of(cell, strlen(cell));
            text[(r + 1) * columns + i] = cell;
            width[i] = own > width[i] ? own : width[i];
        }
    }
    add_head(answer, out);
    for (int r = 0; r <= rows && answer->rows_total > 0; r++) {
        for (int i = 0, shown = 0; i < columns; i++) {
            if (column[i].type == SLIM_ID) {
                continue;
            }
            int right = column[i].type != SLIM_TEXT && column[i].type != SLIM_SECONDS;
            slim_buffer_char(out, ' ', shown++ ? 2 : 0);
            add_padded(out, text[r * columns + i], width[i], right);
        }
        trim_line(out);
    }
    add_tail(answer, out);
}
