/* Reports as HTML: a table to put into a page, and a page of its own, without script and
 * without anything from elsewhere, to be mailed or kept. */
#include <inttypes.h>
#include <string.h>

#include "escape.h"
#include "render.h"
#include "render_note.h"
#include "words.h"

/* --- a table --- */

#define NAMES_FIRST 2
#define NUMBERS_FIRST 3

/* What a column is called by styles: there is room on a phone for the first ones. */
static const char *class_of(const struct slim_answer *answer, int column)
{
    const struct slim_column *all = answer->query->report->column;
    int is_name = all[column].type == SLIM_TEXT, before = 0;

    for (int i = 0; i < column; i++) {
        before += slim_render_shows(answer, i) && (all[i].type == SLIM_TEXT) == is_name;
    }
    return is_name ? (before < NAMES_FIRST ? "name" : "name more")
                   : (before < NUMBERS_FIRST ? "number" : "number more");
}

static void add_cell(struct slim_buffer *out, const struct slim_cell *cell,
                     const struct slim_answer *answer, int column)
{
    slim_buffer_format(out, "<td class=\"%s\">", class_of(answer, column));
    if (cell->is_text) {
        slim_buffer_text(out, "<bdi>");
        slim_escape_html(out, cell->text, cell->length);
        slim_buffer_text(out, cell->length ? "</bdi></td>" : "–</bdi></td>");
    } else {
        slim_render_cell_number(out, answer->query, column, cell->number);
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

/* In the place of a bar, which tells what the numbers do. */
static void add_course(struct slim_buffer *out, const struct slim_answer *answer, int row)
{
    slim_buffer_text(out, "<td class=\"bar\">");
    slim_render_course(answer, row, out);
    slim_buffer_text(out, "</td>");
}

static void add_row(const struct slim_answer *answer, const struct slim_cell *cells,
                    struct slim_buffer *out)
{
    for (int i = 0; i < answer->columns; i++) {
        if (slim_render_shows(answer, i)) {
            add_cell(out, &cells[i], answer, i);
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
            add_cell(out, &cell, answer, i);
        } else if (i == 0) {
            slim_buffer_text(out, "<th scope=\"row\">total</th>");
        } else {
            slim_buffer_format(out, "<td class=\"%s\"></td>", class_of(answer, i));
        }
    }
    slim_buffer_text(out, bars ? "<td class=\"bar\"></td></tr></tfoot>" : "</tr></tfoot>");
}

static void add_heads(const struct slim_answer *answer, struct slim_buffer *out)
{
    const struct slim_column *column = answer->query->report->column;
    char words[SLIM_WORDS_SIZE];

    for (int i = 0; i < answer->columns; i++) {
        if (slim_render_shows(answer, i)) {
            slim_buffer_format(out, "<th scope=\"col\" class=\"%s\">%s</th>", class_of(answer, i),
                               slim_words_of(column[i].name, words));
        }
    }
}

/* A course has its bars in the chart. */
static void add_table(const struct slim_answer *answer, struct slim_buffer *out)
{
    const struct slim_report *report = answer->query->report;
    int main = slim_report_by_time(report) ? -1 : slim_report_main(report);
    int64_t most = most_of(answer, main);

    slim_buffer_text(out, "<table><thead><tr>");
    add_heads(answer, out);
    slim_buffer_text(out, main >= 0 ? "<td class=\"bar\"></td>" : "");
    slim_buffer_text(out, "</tr></thead><tbody>");
    for (int r = 0; r < answer->rows->nelts; r++) {
        const struct slim_cell *cells = APR_ARRAY_IDX(answer->rows, r, struct slim_cell *);
        slim_buffer_text(out, "<tr>");
        add_row(answer, cells, out);
        if (answer->courses) {
            add_course(out, answer, r);
        } else if (main >= 0) {
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
    char words[SLIM_WORDS_SIZE];
    const int64_t *before = answer->previous ? answer->previous->row[0] : NULL;

    slim_buffer_text(out, "<dl>");
    for (int i = 0; i < answer->columns; i++) {
        if (!slim_render_shows(answer, i)) {
            continue;
        }
        slim_buffer_format(out, "<div><dt>%s</dt><dd>", slim_words_of(column[i].name, words));
        slim_render_cell_number(out, answer->query, i, cells[i].number);
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

/* --- a course --- */

#define CHART_HEIGHT 100
#define CHART_STEP 10

static const char *label_of(const struct slim_answer *answer, int row)
{
    return APR_ARRAY_IDX(answer->rows, row, struct slim_cell *)[0].text;
}

/* Each bar says what it is when it is pointed at. Labels are the store's own: digits and signs. */
static void add_bars(const struct slim_answer *answer, int column, int64_t most, const char *words,
                     struct slim_buffer *out)
{
    for (int r = 0; r < answer->rows->nelts; r++) {
        int64_t number = APR_ARRAY_IDX(answer->rows, r, struct slim_cell *)[column].number;
        double height = most > 0 ? (double)number * CHART_HEIGHT / (double)most : 0;
        slim_buffer_format(out,
                           "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\"><title>%s: "
                           "%" PRId64 " %s</title></rect>",
                           r * CHART_STEP + 1, CHART_HEIGHT - height, CHART_STEP - 2, height,
                           label_of(answer, r), number, words);
    }
}

static void add_chart(const struct slim_answer *answer, struct slim_buffer *out)
{
    const struct slim_report *report = answer->query->report;
    int main = slim_report_main(report), last = answer->rows->nelts - 1;
    int64_t most = most_of(answer, main);
    char words[SLIM_WORDS_SIZE];

    slim_words_of(report->column[main].name, words);
    slim_buffer_format(out,
                       "<figure><svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" "
                       "role=\"img\" aria-label=\"%s, %d values, at most %" PRId64 "\">",
                       answer->rows->nelts * CHART_STEP, CHART_HEIGHT, words, answer->rows->nelts,
                       most);
    add_bars(answer, main, most, words, out);
    slim_buffer_format(out, "</svg><figcaption><span>%s</span><span>%s, at most ",
                       label_of(answer, 0), words);
    slim_render_cell_number(out, answer->query, main, most);
    slim_buffer_format(out,
                       "</span><span>%s</span></figcaption></figure>\n<details><summary>Table"
                       "</summary>\n",
                       label_of(answer, last));
    add_table(answer, out);
    slim_buffer_text(out, "</details>\n");
}

/* --- a page --- */

const char *const slim_render_page[SLIM_PAGE_REPORTS + 1] = {
    "overview",  "timeline",  "pages",     "entries",  "exits",     "notfound",
    "downloads", "files",     "sources",   "channels", "referers",  "searchterms",
    "campaigns", "countries", "languages", "browsers", "platforms", "robots",
    "marks",     "sites",     "status",    "kinds",    "slow",      NULL};

static const char style[] =
    ":root{color-scheme:light dark;font:15px/1.45 system-ui,\"Segoe UI\",Roboto,sans-serif}"
    "body{max-width:60rem;margin:0 auto;padding:1.5rem}h1{font-size:1.4rem;margin:0}"
    "h2{font-size:1.05rem;margin:2rem 0 0}p{margin:.2rem 0 .6rem;opacity:.75}"
    "section{overflow-x:auto;break-inside:avoid}"
    "table{border-collapse:collapse;width:100%}th,td{padding:.25rem .6rem;text-align:left;"
    "vertical-align:top;border-bottom:1px solid #8884}th{font-weight:600}"
    ".name{overflow-wrap:anywhere;min-width:6rem}"
    ".number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
    ".course .name{white-space:nowrap}"
    ".bar{width:20%;min-width:5rem}.bar i{display:block;height:.7rem;margin:.3rem 0;"
    "background:#4a66d6;border-radius:3px}"
    "figure{margin:.6rem 0}svg{display:block;width:100%;height:9rem;fill:#4a66d6;"
    "border-bottom:1px solid #8888}figcaption{display:flex;justify-content:space-between;"
    "gap:1rem;font-size:.85rem;opacity:.75}summary{cursor:pointer}"
    "dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(8rem,1fr));"
    "gap:.6rem}dl div{border:1px solid #8884;border-radius:8px;padding:.5rem .75rem}"
    "dd{margin:0;font-size:1.3rem;font-weight:600}dd.change{font-size:.9rem;font-weight:400}"
    "@media(max-width:40rem){:root{font-size:13px}body{padding:.75rem}.bar,.more{display:none}"
    "th,td{padding:.25rem}th.number{white-space:normal}.name{min-width:4rem}}"
    "@media print{:root{font-size:9pt}body{max-width:none;padding:0}h2{margin-top:1rem}"
    "section{overflow:visible}tr,figure{break-inside:avoid}"
    ".bar i,svg{print-color-adjust:exact}details:not([open]){display:none}}";

/* Whose numbers they are: of the site that is asked for, or of the only one there is. */
static struct slim_text site_of(const struct slim_answer *answers, int number)
{
    const struct slim_query *query = answers[0].query;

    for (int i = query->confined; i < query->filters; i++) {
        const struct slim_filter *filter = &query->filter[i];
        if (strcmp(filter->dimension, "site") == 0 && filter->kind == SLIM_EQUALS) {
            return (struct slim_text){filter->value, strlen(filter->value)};
        }
    }
    for (int i = 0; i < number; i++) {
        if (strcmp(answers[i].query->report->name, "sites") == 0 && answers[i].rows_total == 1) {
            const struct slim_cell *cell = APR_ARRAY_IDX(answers[i].rows, 0, struct slim_cell *);
            return (struct slim_text){cell->text, cell->length};
        }
    }
    return (struct slim_text){"", 0};
}

static int is_midnight(const struct slim_zone *zone, int64_t seconds)
{
    return slim_zone_bucket(zone, seconds, SLIM_BY_DAY) == seconds;
}

/* Whole days by their names, from the first to the last. */
static void add_period(const struct slim_answer *answer, struct slim_buffer *out)
{
    const struct slim_zone *zone = answer->query->zone;
    int64_t since = answer->since, until = answer->query->until;
    char text[2][SLIM_TIME_TEXT];

    if (is_midnight(zone, since) && (is_midnight(zone, until) || until > answer->query->now)) {
        char label[2][SLIM_LABEL_SIZE];
        slim_zone_label(zone, since, SLIM_BY_DAY, label[0]);
        slim_zone_label(zone, slim_zone_bucket(zone, until - 1, SLIM_BY_DAY), SLIM_BY_DAY,
                        label[1]);
        int is_one = strcmp(label[0], label[1]) == 0;
        slim_buffer_format(out, "%s%s%s (%s)", label[0], is_one ? "" : " to ",
                           is_one ? "" : label[1], zone->name);
    } else {
        slim_buffer_format(out, "%s to %s", slim_zone_time(zone, since, text[0]),
                           slim_zone_time(zone, until, text[1]));
    }
    slim_buffer_text(out, answer->query->robots ? ", robots counted" : ", robots left out");
}

void slim_render_html_begin(const struct slim_answer *answers, int number, struct slim_buffer *out)
{
    struct slim_text site = site_of(answers, number);

    slim_buffer_text(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                          "<meta name=\"viewport\" content=\"width=device-width\">\n"
                          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
                          "'none'; style-src 'unsafe-inline'\">\n<title>");
    slim_escape_html(out, site.at, site.length);
    slim_buffer_text(out, site.length ? ", " : "");
    add_period(&answers[0], out);
    slim_buffer_text(out, "</title>\n<style>");
    slim_buffer_text(out, style);
    slim_buffer_text(out, "</style>\n</head>\n<body>\n<h1><bdi>");
    if (site.length) {
        slim_escape_html(out, site.at, site.length);
    } else {
        slim_buffer_text(out, "Web statistics");
    }
    slim_buffer_text(out, "</bdi></h1>\n<p>");
    add_period(&answers[0], out);
    slim_buffer_text(out, "</p>\n");
}

static void add_notes(const struct slim_answer *answer, struct slim_buffer *out)
{
    char time[SLIM_TIME_TEXT];

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
}

void slim_render_html(const struct slim_answer *answer, struct slim_buffer *out)
{
    const struct slim_report *report = answer->query->report;
    int is_course = slim_report_by_time(report);
    char words[SLIM_WORDS_SIZE];

    slim_buffer_format(out, "<section%s>\n<h2>%s</h2>\n<p>%s</p>\n",
                       is_course ? " class=\"course\"" : "", slim_words_of(report->name, words),
                       report->summary);
    if (is_figures(answer)) {
        add_figures(answer, out);
    } else if (answer->rows->nelts == 0) {
        slim_buffer_text(out, "<p>nothing found</p>\n");
    } else if (is_course && slim_report_main(report) >= 0) {
        add_chart(answer, out);
    } else {
        add_table(answer, out);
    }
    slim_render_notes_html(answer, out);
    add_notes(answer, out);
    slim_buffer_text(out, "</section>\n");
}

void slim_render_html_end(struct slim_buffer *out)
{
    slim_buffer_text(out, "</body>\n</html>\n");
}
