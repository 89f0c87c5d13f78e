/* Comma and tab separated values. Controls are escaped, so that a value never begins a new row;
 * what a spreadsheet would take for a formula gets a ' before it (OWASP, CSV injection), behind a
 * semicolon, too, which begins a cell where the comma is for decimals. */
#include <inttypes.h>
#include <string.h>

#include "escape.h"
#include "render.h"

static int looks_like_formula(const char *text, size_t length)
{
    static const char *const signs[] = {
        "=", "+", "-", "@", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"};

    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        size_t size = strlen(signs[i]);
        if (length >= size && memcmp(text, signs[i], size) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Nothing is quoted in TSV, but spreadsheets read a " at the beginning as one: =1+1 is behind it.
 */
static int needs_mark(const char *text, size_t length)
{
    return looks_like_formula(text, length) || (length > 0 && *text == '"');
}

/* Copies a text, with a ' between a semicolon and what would be a formula behind it. */
static void mark_behind_semicolons(struct slim_buffer *out, const struct slim_buffer *text)
{
    size_t from = 0;

    for (size_t i = 0; i + 1 < text->length; i++) {
        if (text->at[i] == ';' && needs_mark(text->at + i + 1, text->length - i - 1)) {
            slim_buffer_add(out, text->at + from, i + 1 - from);
            slim_buffer_char(out, '\'', 1);
            from = i + 1;
        }
    }
    slim_buffer_add(out, text->at + from, text->length - from);
}

static void add_quoted(struct slim_buffer *out, const struct slim_buffer *cell)
{
    int formula = looks_like_formula(cell->at, cell->length);

    if (!formula && !strpbrk(cell->at, ",\"' ")) {
        slim_buffer_add(out, cell->at, cell->length);
        return;
    }
    slim_buffer_text(out, formula ? "\"'" : "\"");
    for (size_t i = 0; i < cell->length; i++) {
        slim_buffer_char(out, cell->at[i], cell->at[i] == '"' ? 2 : 1);
    }
    slim_buffer_text(out, "\"");
}

static void add_cell(struct slim_buffer *out, const struct slim_cell *cell,
                     const struct slim_zone *zone, enum slim_column_type type, char separator)
{
    struct slim_buffer text, escaped;
    char time[SLIM_TIME_TEXT];

    slim_buffer_init(&text, out->pool);
    if (cell->is_text) {
        slim_buffer_init(&escaped, out->pool);
        slim_escape_plain(&escaped, cell->text, cell->length);
        mark_behind_semicolons(&text, &escaped);
    } else if (type == SLIM_SECONDS) {
        slim_buffer_text(&text, slim_zone_time(zone, cell->number, time));
    } else {
        slim_render_fixed(out, cell->number, slim_column_decimals(type));
        return;
    }
    if (separator == ',') {
        add_quoted(out, &text);
    } else {
        slim_buffer_text(out, needs_mark(text.at, text.length) ? "'" : "");
        slim_buffer_add(out, text.at, text.length);
    }
}

void slim_render_separated(struct slim_buffer *out, const struct slim_cell *cell, char separator)
{
    add_cell(out, cell, &slim_zone_utc, SLIM_COUNT, separator);
}

/* The period before stands behind all columns; empty where nothing is known. */
static void add_previous(const struct slim_answer *answer, struct slim_buffer *out, int row,
                         char separator)
{
    const struct slim_column *column = answer->query->report->column;

    for (int i = 0; answer->previous && i < answer->columns; i++) {
        if (!slim_report_measures(answer->query->report, i)) {
            continue;
        }
        slim_buffer_char(out, separator, 1);
        if (row < 0) {
            slim_buffer_format(out, "%s_previous", column[i].name);
        } else if (answer->previous->row[row]) {
            slim_render_fixed(out, answer->previous->row[row][i],
                              slim_column_decimals(column[i].type));
        }
    }
}

/* Behind them its course: numbers with spaces between. */
static void add_course(const struct slim_answer *answer, struct slim_buffer *out, int row,
                       char separator)
{
    struct slim_buffer text;

    if (!answer->courses) {
        return;
    }
    slim_buffer_char(out, separator, 1);
    if (row < 0) {
        slim_buffer_text(out, "course");
        return;
    }
    slim_buffer_init(&text, out->pool);
    for (int i = 0; i < answer->courses->spans; i++) {
        slim_buffer_format(&text, i > 0 ? " %" PRId64 : "%" PRId64, answer->courses->row[row][i]);
    }
    const struct slim_cell cell = {.is_text = 1, .text = text.at, .length = text.length};
    slim_render_separated(out, &cell, separator);
}

static void render(const struct slim_answer *answer, struct slim_buffer *out, char separator)
{
    const struct slim_column *column = answer->query->report->column;

    for (int i = 0; i < answer->columns; i++) {
        slim_buffer_char(out, separator, i > 0);
        slim_buffer_text(out, column[i].name);
    }
    add_previous(answer, out, -1, separator);
    add_course(answer, out, -1, separator);
    slim_buffer_char(out, '\n', 1);
    for (int r = 0; r < answer->rows->nelts; r++) {
        const struct slim_cell *cells = APR_ARRAY_IDX(answer->rows, r, struct slim_cell *);
        for (int i = 0; i < answer->columns; i++) {
            slim_buffer_char(out, separator, i > 0);
            add_cell(out, &cells[i], answer->query->zone, column[i].type, separator);
        }
        add_previous(answer, out, r, separator);
        add_course(answer, out, r, separator);
        slim_buffer_char(out, '\n', 1);
    }
}

void slim_render_csv(const struct slim_answer *answer, struct slim_buffer *out)
{
    render(answer, out, ',');
}

void slim_render_tsv(const struct slim_answer *answer, struct slim_buffer *out)
{
    render(answer, out, '\t');
}
