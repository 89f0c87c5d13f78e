/* A report as an HTML table. */
#include <string.h>

#include "escape.h"
#include "render.h"

static void add_cell(struct slim_buffer *out, const struct slim_cell *cell,
                     const struct slim_zone *zone, enum slim_column_type type)
{
    if (cell->is_text) {
        slim_buffer_text(out, "<td><bdi>");
        slim_escape_html(out, cell->text, cell->length);
        slim_buffer_text(out, cell->length ? "</bdi></td>" : "–</bdi></td>");
    } else {
        slim_buffer_text(out, "<td class=\"number\">");
        slim_render_number_in(out, zone, type, cell->number);
        slim_buffer_text(out, "</td>");
    }
}

void slim_render_html_table(const struct slim_answer *answer, struct slim_buffer *out)
{
    const struct slim_column *column = answer->query->report->column;

    slim_buffer_text(out, "<table><thead><tr>");
    for (int i = 0; i < answer->columns; i++) {
        if (column[i].type == SLIM_ID) {
            continue;
        }
        slim_buffer_format(out, "<th scope=\"col\">%s</th>", column[i].name);
    }
    slim_buffer_text(out, "</tr></thead><tbody>");
    for (int r = 0; r < answer->rows->nelts; r++) {
        const struct slim_cell *cells = APR_ARRAY_IDX(answer->rows, r, struct slim_cell *);
        slim_buffer_text(out, "<tr>");
        for (int i = 0; i < answer->columns; i++) {
            if (column[i].type != SLIM_ID) {
                add_cell(out, &cells[i], answer->query->zone, column[i].type);
            }
        }
        slim_buffer_text(out, "</tr>");
    }
    slim_buffer_text(out, "</tbody></table>\n");
}
