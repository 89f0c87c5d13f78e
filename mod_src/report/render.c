/* The table of formats, and numbers for people. */
#include "render.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct slim_format slim_formats[] = {
    {"table", "text/plain; charset=utf-8", slim_render_table, NULL, NULL},
    {"json", "application/json; charset=utf-8", slim_render_json, NULL, NULL},
    {"csv", "text/csv; charset=utf-8", slim_render_csv, NULL, NULL},
    {"tsv", "text/tab-separated-values; charset=utf-8", slim_render_tsv, NULL, NULL},
    {"html", "text/html; charset=utf-8", slim_render_html, slim_render_html_begin,
     slim_render_html_end},
    {NULL, NULL, NULL, NULL, NULL},
};

const struct slim_format *slim_format_find(const char *name)
{
    for (const struct slim_format *format = slim_formats; format->name; format++) {
        if (strcmp(format->name, name) == 0) {
            return format;
        }
    }
    return NULL;
}

const char *slim_render_time(int64_t seconds, char text[SLIM_TIME_TEXT])
{
    return slim_zone_time(&slim_zone_utc, seconds, text);
}

/* What few have, and here nobody has. */
static int is_missing(const struct slim_answer *answer, int column)
{
    if (!answer->query->report->column[column].is_rare || answer->total[column] != 0) {
        return 0;
    }
    for (int i = 0; i < answer->rows->nelts; i++) {
        if (APR_ARRAY_IDX(answer->rows, i, struct slim_cell *)[column].number != 0) {
            return 0;
        }
    }
    return 1;
}

/* A text that only says more of a row, and of none says anything. */
static int is_bare(const struct slim_answer *answer, int column)
{
    const struct slim_report *report = answer->query->report;

    if (report->column[column].type != SLIM_TEXT || report->keys == 0
        || slim_report_is_key(report, column)) {
        return 0;
    }
    for (int i = 0; i < answer->rows->nelts; i++) {
        if (APR_ARRAY_IDX(answer->rows, i, struct slim_cell *)[column].length > 0) {
            return 0;
        }
    }
    return 1;
}

int slim_render_shows(const struct slim_answer *answer, int column)
{
    const struct slim_report *report = answer->query->report;

    if (report->sites_apart && answer->sites < 2
        && strcmp(report->column[column].name, "site") == 0) {
        return 0;
    }
    return report->column[column].type != SLIM_ID && !is_bare(answer, column)
           && !is_missing(answer, column);
}

int slim_render_has_totals(const struct slim_answer *answer)
{
    const struct slim_report *report = answer->query->report;
    int sums = 0;

    for (int i = 1; i < answer->columns; i++) {
        sums += slim_column_adds_up(report->column[i].type);
    }
    return answer->rows_total > 1 && sums > 0 && !report->has_no_totals
           && slim_report_compares(report) && !slim_column_adds_up(report->column[0].type);
}

/* --- numbers --- */

/* 1234567 as 1,234,567 */
static void add_grouped(struct slim_buffer *out, int64_t number)
{
    char digits[32];
    int length = snprintf(digits, sizeof digits, "%" PRId64, number);

    for (int i = 0; i < length; i++) {
        int left = length - i;
        if (i > 0 && left % 3 == 0 && digits[i - 1] != '-') {
            slim_buffer_char(out, ',', 1);
        }
        slim_buffer_char(out, digits[i], 1);
    }
}

static void add_scaled(struct slim_buffer *out, int64_t number, int64_t step,
                       const char *const *units)
{
    double value = (double)number;

    while (value >= (double)step && units[1]) {
        value /= (double)step;
        units++;
    }
    slim_buffer_format(out, value < 10 && value != (double)(int64_t)value ? "%.1f %s" : "%.0f %s",
                       value, *units);
}

int slim_column_decimals(enum slim_column_type type)
{
    return type == SLIM_PERCENT ? 1 : type == SLIM_DECIMAL ? 2 : 0;
}

void slim_render_fixed(struct slim_buffer *out, int64_t number, int decimals)
{
    uint64_t scale = 1, size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    for (int i = 0; i < decimals; i++) {
        scale *= 10;
    }
    slim_buffer_format(out, "%s%" PRIu64, number < 0 ? "-" : "", size / scale);
    if (decimals > 0) {
        slim_buffer_format(out, ".%0*" PRIu64, decimals, size % scale);
    }
}

/* 45 s, 2:05, 1:02:03 */
static void add_span(struct slim_buffer *out, int64_t seconds)
{
    if (seconds < 60) {
        slim_buffer_format(out, "%" PRId64 " s", seconds);
    } else if (seconds < 3600) {
        slim_buffer_format(out, "%d:%02d", (int)(seconds / 60), (int)(seconds % 60));
    } else {
        slim_buffer_format(out, "%" PRId64 ":%02d:%02d", seconds / 3600, (int)(seconds / 60 % 60),
                           (int)(seconds % 60));
    }
}

static void add_number(struct slim_buffer *out, const struct slim_zone *zone,
                       enum slim_column_type type, int64_t number)
{
    static const char *const bytes[] = {"B", "KiB", "MiB", "GiB", "TiB", NULL};
    static const char *const micros[] = {"µs", "ms", "s", NULL};
    char text[SLIM_TIME_TEXT];

    switch (type) {
    case SLIM_BYTES: add_scaled(out, number, 1024, bytes); break;
    case SLIM_TOOK:
    case SLIM_MICROS: add_scaled(out, number, 1000, micros); break;
    case SLIM_SECONDS: slim_buffer_text(out, slim_zone_time(zone, number, text)); break;
    case SLIM_SPAN: add_span(out, number); break;
    case SLIM_PERCENT:
        slim_render_fixed(out, number, 1);
        slim_buffer_text(out, " %");
        break;
    case SLIM_DECIMAL: slim_render_fixed(out, number, 2); break;
    case SLIM_NUMBER: /* status codes and the like */
        slim_buffer_format(out, "%" PRId64, number);
        break;
    default: add_grouped(out, number);
    }
}

void slim_render_cell_number(struct slim_buffer *out, const struct slim_query *query, int column,
                             int64_t number)
{
    const struct slim_report *report = query->report;
    enum slim_column_type type = report->column[column].type;

    if (type == SLIM_NUMBER && slim_report_compares(report)
        && slim_report_measures(report, column)) {
        type = SLIM_COUNT;
    }
    add_number(out, query->zone, type, number);
}

void slim_render_number(struct slim_buffer *out, enum slim_column_type type, int64_t number)
{
    add_number(out, &slim_zone_utc, type, number);
}

void slim_render_course(const struct slim_answer *answer, int row, struct slim_buffer *out)
{
    static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const struct slim_courses *courses = answer->courses;
    int64_t most = 0;

    for (int i = 0; i < courses->spans; i++) {
        most = courses->row[row][i] > most ? courses->row[row][i] : most;
    }
    for (int i = 0; i < courses->spans; i++) {
        int64_t number = courses->row[row][i];
        slim_buffer_text(out, blocks[most > 0 ? (number * 8 + most - 1) / most : 0]);
    }
}

void slim_render_change(struct slim_buffer *out, int64_t before, int64_t now)
{
    if (before != 0) {
        double change = ((double)now - (double)before) * 100 / (double)before;
        slim_buffer_format(out, "%+.1f %%", change);
    } else {
        slim_buffer_text(out, now != 0 ? "new" : "-");
    }
}
