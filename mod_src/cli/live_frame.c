/* A frame of `slimstats live`. What visitors sent is escaped before it is cut, so that no line
 * holds a byte that a terminal would act on. */
#include <inttypes.h>
#include <string.h>

#include "live.h"
#include "report/escape.h"
#include "report/render.h"
#include "report/width.h"

struct frame {
    struct slim_buffer *out;
    size_t width;
    int left; /* lines */
};

static void add_line(struct frame *frame, const char *text)
{
    if (frame->left-- > 0) {
        slim_buffer_add(frame->out, text, slim_width_cut(text, strlen(text), frame->width));
        slim_buffer_text(frame->out, "\n");
    }
}

static struct slim_buffer new_line(const struct frame *frame)
{
    struct slim_buffer line;

    slim_buffer_init(&line, frame->out->pool);
    return line;
}

static const struct slim_cell *cell_of(const struct slim_cell *cells,
                                       const struct slim_report *report, const char *name)
{
    const struct slim_column *column = slim_report_column(report, name);

    return column ? &cells[column - report->column] : NULL;
}

static void add_cell(struct slim_buffer *line, const struct slim_cell *cells,
                     const struct slim_query *query, const char *name, size_t width)
{
    const struct slim_cell *cell = cell_of(cells, query->report, name);
    size_t begin = line->length;

    if (!cell || (cell->is_text && cell->length == 0)) {
        slim_buffer_text(line, "-");
    } else if (cell->is_text) {
        slim_escape_plain(line, cell->text, cell->length);
    } else {
        slim_render_cell_number(line, query,
                                (int)(slim_report_column(query->report, name)
                                      - query->report->column),
                                cell->number);
    }
    size_t own = slim_width(line->at + begin, line->length - begin);
    slim_buffer_char(line, ' ', own < width ? width - own : 0);
    slim_buffer_char(line, ' ', 2);
}

void live_hit(const struct slim_cell *cells, const struct slim_query *query,
              struct slim_buffer *out)
{
    static const struct {
        const char *name;
        size_t width;
    } parts[] = {{"time", 20},    {"ip", 15},     {"country", 2},  {"status", 3},  {"method", 4},
                 {"resource", 0}, {"browser", 0}, {"platform", 0}, {"referer", 0}, {"site", 0}};

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        add_cell(out, cells, query, parts[i].name, parts[i].width);
    }
    while (out->length > 0 && out->at[out->length - 1] == ' ') {
        out->at[--out->length] = '\0';
    }
}

void live_course(const struct live_now *now, int utf8, struct slim_buffer *out)
{
    static const char *const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const plain[] = {".", ":", "-", "=", "+", "*", "#", "@"};
    int64_t most = 0;

    for (int i = 0; i < LIVE_MINUTES; i++) {
        most = now->minute[i] > most ? now->minute[i] : most;
    }
    slim_buffer_text(out, "hits a minute |");
    for (int i = 0; i < LIVE_MINUTES; i++) {
        int64_t hits = now->minute[i];
        slim_buffer_text(out, hits > 0 ? (utf8 ? bars : plain)[(hits * 8 - 1) / most] : " ");
    }
    slim_buffer_format(out, "|  %" PRId64 " at most", most);
}

static void add_head(struct frame *frame, const struct live_view *view, int utf8)
{
    char time[SLIM_TIME_TEXT];
    struct slim_buffer line = new_line(frame);

    slim_buffer_format(&line, "slimstats live  %s  %s  ",
                       slim_zone_time(view->now.zone, view->now.now, time), view->now.state);
    slim_escape_plain(&line, view->filters, strlen(view->filters));
    add_line(frame, line.at);
    if (view->now.trouble) {
        line = new_line(frame);
        slim_escape_plain(&line, view->now.trouble, strlen(view->now.trouble));
        add_line(frame, line.at);
    }
    line = new_line(frame);
    slim_buffer_format(&line, "online now %" PRId64 "   ", view->now.online);
    live_course(&view->now, utf8, &line);
    add_line(frame, line.at);
}

static void add_rows(struct frame *frame, const struct slim_answer *answer, const char *title,
                     int hits)
{
    if (!answer->rows) {
        return;
    }
    add_line(frame, "");
    add_line(frame, title);
    for (int r = 0; r < answer->rows->nelts && frame->left > 0; r++) {
        const struct slim_cell *cells = APR_ARRAY_IDX(answer->rows, r, struct slim_cell *);
        const struct slim_cell *count = cell_of(cells, answer->query->report, "pageviews");
        struct slim_buffer line = new_line(frame);
        if (hits) {
            live_hit(cells, answer->query, &line);
        } else if (!count || count->number == 0) { /* fetched ahead, and never shown */
            break;
        } else {
            slim_buffer_format(&line, "%8" PRId64 "  ", count->number);
            add_cell(&line, cells, answer->query, "page", 0);
            if (answer->sites > 1) {
                add_cell(&line, cells, answer->query, "site", 0);
            }
        }
        add_line(frame, line.at);
    }
}

void live_frame(const struct live_view *view, size_t width, int height, int utf8,
                struct slim_buffer *out)
{
    struct frame frame = {.out = out, .width = width, .left = height};

    add_head(&frame, view, utf8);
    add_rows(&frame, &view->pages, "page views in 30 minutes", 0);
    add_rows(&frame, &view->recent, "last hits", 1);
}
