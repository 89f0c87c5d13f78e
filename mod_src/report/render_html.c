/* Reports as HTML: a table to put into a page, and a page of its own, without script and
 * without anything from elsewhere, to be mailed or kept. */
#include <inttypes.h>
#include <string.h>

#include "escape.h"
#include "render.h"

/* --- a table --- */

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

static int64_t most_of(const struct slim_answer *answer, int column)
{
    int64_t most = 0;

    for (int r = 0; column >= 0 && r < answer->rows->nelts; r++) {
        int64_t number = APR_ARRAY_IDX(answer->rows, r, struct slim_cell *)[column].number;
        most = number > most ? number : most;
    }
    return most;
}

/* How long a row's bar is, in percent of the longest. */
static void add_bar(struct slim_buffer *out, int64_t number, int64_t most)
{
    int width = most > 0 && number > 0 ? (int)((double)number * 100 / (double)most) : 0;

    slim_buffer_format(out, "<td class=\"bar\"><i style=\"width:%d%%\"></i></td>", width);
}

static void add_row(const struct slim_answer *answer, const struct slim_cell *cells,
                    struct slim_buffer *out)
{
    const struct slim_column *column = answer->query->report->column;

    for (int i = 0; i < answer->columns; i++) {
        if (slim_render_shows(answer, i)) {
            add_cell(out, &cells[i], answer->query->zone, column[i].type);
        }
    }
}

static void add_totals(const struct slim_answer *answer, struct slim_buffer *out, int bars)
{
    const struct slim_report *report = answer->query->report;

    slim_buffer_text(out, "<tfoot><tr>");
    for (int i = 0; i < answer->columns; i++) {
        struct slim_cell cell = {.number = answer->total[i]};
        if (!slim_render_shows(answer, i)) {
            continue;
        }
        if (slim_report_has_total(report, i)) {
            add_cell(out, &cell, answer->query->zone, report->column[i].type);
        } else {
            slim_buffer_text(out, i == 0 ? "<th scope=\"row\">total</th>" : "<td></td>");
        }
    }
    slim_buffer_text(out, bars ? "<td></td></tr></tfoot>" : "</tr></tfoot>");
}

static void add_table(const struct slim_answer *answer, struct slim_buffer *out)
{
    const struct slim_column *column = answer->query->report->column;
    int main = slim_report_main(answer->query->report);
    int64_t most = most_of(answer, main);

    slim_buffer_text(out, "<table><thead><tr>");
    for (int i = 0; i < answer->columns; i++) {
        if (!slim_render_shows(answer, i)) {
            continue;
        }
        slim_buffer_format(out, "<th scope=\"col\"%s>%s</th>",
                           column[i].type == SLIM_TEXT ? "" : " class=\"number\"", column[i].name);
    }
    slim_buffer_text(out, main >= 0 ? "<td></td>" : "");
    slim_buffer_text(out, "</tr></thead><tbody>");
    for (int r = 0; r < answer->rows->nelts; r++) {
        const struct slim_cell *cells = APR_ARRAY_IDX(answer->rows, r, struct slim_cell *);
        slim_buffer_text(out, "<tr>");
        add_row(answer, cells, out);
        if (main >= 0) {
            add_bar(out, cells[main].number, most);
        }
        slim_buffer_text(out, "</tr>");
    }
    slim_buffer_text(out, "</tbody>");
    if (slim_render_has_totals(answer)) {
        add_totals(answer, out, main >= 0);
    }
    slim_buffer_text(out, "</table>\n");
}

/* --- figures: a report of one row of numbers --- */

static int is_figures(const struct slim_answer *answer)
{
    const struct slim_report *report = answer->query->report;

    return answer->rows->nelts == 1 && report->dimension && strcmp(report->dimension, "all") == 0
           && slim_report_measures(report, 0);
}

static void add_figures(const struct slim_answer *answer, struct slim_buffer *out)
{
    const struct slim_column *column = answer->query->report->column;
    const struct slim_cell *cells = APR_ARRAY_IDX(answer->rows, 0, struct slim_cell *);
    const int64_t *before = answer->previous ? answer->previous->row[0] : NULL;

    slim_buffer_text(out, "<dl>");
    for (int i = 0; i < answer->columns; i++) {
        if (!slim_render_shows(answer, i)) {
            continue;
        }
        slim_buffer_format(out, "<div><dt>%s</dt><dd>", column[i].name);
        slim_render_number_in(out, answer->query->zone, column[i].type, cells[i].number);
        slim_buffer_text(out, "</dd>");
        if (before) {
            slim_buffer_text(out, "<dd class=\"change\">");
            slim_render_change(out, before[i], cells[i].number);
            slim_buffer_text(out, "</dd>");
        }
        slim_buffer_text(out, "</div>");
    }
    slim_buffer_text(out, "</dl>\n");
}

/* --- a page --- */

static const char style[] =
    ":root{color-scheme:light dark;font:15px/1.45 system-ui,\"Segoe UI\",Roboto,sans-serif}"
    "body{max-width:60rem;margin:0 auto;padding:1.5rem}h1{font-size:1.4rem}"
    "h2{font-size:1.05rem;margin:2rem 0 0}p{margin:.2rem 0 .6rem;opacity:.75}"
    "section{overflow-x:auto;break-inside:avoid}"
    "table{border-collapse:collapse;width:100%}th,td{padding:.25rem .6rem;text-align:left;"
    "border-bottom:1px solid #8884}th{font-weight:600}td{overflow-wrap:anywhere}"
    ".number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
    ".bar{width:20%;min-width:5rem}.bar i{display:block;height:.7rem;background:#4a66d6;"
    "border-radius:3px}dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(8rem,1fr));"
    "gap:.6rem}dl div{border:1px solid #8884;border-radius:8px;padding:.5rem .75rem}"
    "dd{margin:0;font-size:1.3rem;font-weight:600}dd.change{font-size:.9rem;font-weight:400}";

void slim_render_html_begin(const struct slim_query *query, struct slim_buffer *out)
{
    char since[SLIM_TIME_TEXT], until[SLIM_TIME_TEXT];

    slim_buffer_text(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                          "<meta name=\"viewport\" content=\"width=device-width\">\n"
                          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
                          "'none'; style-src 'unsafe-inline'\">\n"
                          "<title>slimstats</title>\n<style>");
    slim_buffer_text(out, style);
    slim_buffer_format(
        out, "</style>\n</head>\n<body>\n<h1>slimstats</h1>\n<p>%s to %s, robots %s</p>\n",
        slim_zone_time(query->zone, query->since, since),
        slim_zone_time(query->zone, query->until, until), query->robots ? "counted" : "left out");
}

void slim_render_html(const struct slim_answer *answer, struct slim_buffer *out)
{
    const struct slim_report *report = answer->query->report;
    char time[SLIM_TIME_TEXT];

    slim_buffer_format(out, "<section>\n<h2>%s</h2>\n<p>%s</p>\n", report->name, report->summary);
    if (is_figures(answer)) {
        add_figures(answer, out);
    } else if (answer->rows->nelts > 0) {
        add_table(answer, out);
    } else {
        slim_buffer_text(out, "<p>nothing found</p>\n");
    }
    if (answer->more) {
        slim_buffer_format(out, "<p>%d of %" PRIu64 " rows</p>\n", answer->rows->nelts,
                           answer->rows_total);
    }
    if (answer->approximate) {
        slim_buffer_format(out, "<p>visitors are approximate, within %.1f %%</p>\n",
                           answer->error_percent);
    }
    if (answer->older_until > 0) {
        slim_buffer_format(out, "<p>days before %s were counted by older rules</p>\n",
                           slim_zone_time(answer->query->zone, answer->older_until, time));
    }
    slim_buffer_text(out, "</section>\n");
}

void slim_render_html_end(struct slim_buffer *out)
{
    slim_buffer_text(out, "</body>\n</html>\n");
}
