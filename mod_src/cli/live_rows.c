/* A panel of the screen: numbers, the one that rows are sorted by first with its share and a bar,
 * and what each row is called. What visitors sent is escaped before it is cut, so that no cell
 * holds a byte that a terminal would act on. */
#include <string.h>

#include "live_draw.h"
#include "report/escape.h"
#include "report/render.h"
#include "report/width.h"
#include "report/words.h"

#define NAME_LEAST 24
#define BAR 10
#define SHARE 7

struct slim_buffer live_text(apr_pool_t *pool)
{
    struct slim_buffer text;

    slim_buffer_init(&text, pool);
    return text;
}

void live_put(int y, int x, int width, const char *text)
{
    if (width > 0) {
        mvaddnstr(y, x, text, (int)slim_width_cut(text, strlen(text), (size_t)width));
    }
}

void live_put_as(const struct live_screen *screen, int pair, attr_t attributes, int y, int x,
                 int width, const char *text)
{
    attr_set(attributes, (short)(screen->has_colours ? pair : LIVE_PLAIN), NULL);
    live_put(y, x, width, text);
    attr_set(A_NORMAL, LIVE_PLAIN, NULL);
}

/* --- a panel's columns --- */

/* The numbers that there is room for, the one that rows are sorted by first. */
struct columns {
    int place[SLIM_COLUMNS_MAX]; /* in a row */
    int width[SLIM_COLUMNS_MAX];
    int count;
    int64_t most; /* of the first */
    int share;    /* whether the first has a total */
};

static struct slim_buffer number_text(const struct live_part *part, int column, int64_t number,
                                      apr_pool_t *pool)
{
    struct slim_buffer text = live_text(pool);

    slim_render_cell_number(&text, &part->query, column, number);
    return text;
}

static int column_width(const struct live_part *part, int column, int first, int rows,
                        apr_pool_t *pool)
{
    char words[SLIM_WORDS_SIZE];
    int width = (int)strlen(slim_words_of(part->query.report->column[column].name, words));

    for (int r = first; r < first + rows && r < part->answer.rows->nelts; r++) {
        const struct slim_cell *cells = APR_ARRAY_IDX(part->answer.rows, r, struct slim_cell *);
        struct slim_buffer text = number_text(part, column, cells[column].number, pool);
        int own = (int)slim_width(text.at, text.length);
        width = own > width ? own : width;
    }
    return width;
}

/* The column that rows are sorted by, else the report's main number; -1: it counts nothing. */
static int main_column(const struct live_part *part)
{
    const struct slim_report *report = part->query.report;

    for (int i = 0; part->query.sort && i < part->answer.columns; i++) {
        if (strcmp(report->column[i].name, part->query.sort) == 0
            && slim_report_measures(report, i)) {
            return i;
        }
    }
    return slim_report_main(report);
}

static void add_column(struct columns *columns, const struct live_part *part, int column, int first,
                       int rows, int *left, apr_pool_t *pool)
{
    int width = column_width(part, column, first, rows, pool);

    if (*left >= width + LIVE_GAP) {
        columns->place[columns->count] = column;
        columns->width[columns->count++] = width;
        *left -= width + LIVE_GAP;
    }
}

static struct columns choose_columns(const struct live_part *part, int width, int first, int rows,
                                     apr_pool_t *pool)
{
    const struct slim_answer *answer = &part->answer;
    struct columns columns = {.count = 0};
    int column = main_column(part), left = width - NAME_LEAST;

    if (column < 0 || !slim_report_compares(part->query.report)) {
        return columns;
    }
    for (int r = 0; r < answer->rows->nelts; r++) {
        int64_t number = APR_ARRAY_IDX(answer->rows, r, struct slim_cell *)[column].number;
        columns.most = number > columns.most ? number : columns.most;
    }
    columns.share =
        slim_column_adds_up(part->query.report->column[column].type) && answer->total[column] > 0;
    left -= BAR + LIVE_GAP + (columns.share ? SHARE + LIVE_GAP : 0);
    add_column(&columns, part, column, first, rows, &left, pool);
    for (int i = 0; i < answer->columns; i++) {
        if (i != column && slim_render_shows(answer, i)
            && (slim_report_measures(part->query.report, i)
                || part->query.report->column[i].type == SLIM_SECONDS)) {
            add_column(&columns, part, i, first, rows, &left, pool);
        }
    }
    return columns;
}

/* --- a panel's rows --- */

/* What a row is called, and what else it says of itself. */
static struct slim_buffer row_name(const struct live_part *part, int row, apr_pool_t *pool)
{
    const struct slim_report *report = part->query.report;
    const struct slim_cell *cells = APR_ARRAY_IDX(part->answer.rows, row, struct slim_cell *);
    struct slim_buffer text = live_text(pool);

    if (!slim_report_compares(report)) {
        live_hit(cells, &part->query, &text);
        return text;
    }
    for (int i = 0; i < part->answer.columns; i++) {
        if (!slim_report_names(report, i) || !slim_render_shows(&part->answer, i)) {
            continue;
        }
        struct slim_buffer part_of_it = live_text(pool);
        if (!cells[i].is_text) {
            slim_render_cell_number(&part_of_it, &part->query, i, cells[i].number);
        } else {
            slim_escape_plain(&part_of_it, cells[i].text, cells[i].length);
        }
        if (part_of_it.length > 0) {
            slim_buffer_char(&text, ' ', text.length > 0 ? LIVE_GAP : 0);
            slim_buffer_text(&text, part_of_it.at);
        }
    }
    slim_buffer_text(&text, text.length > 0 ? "" : "-");
    return text;
}

/* As many eighths of a cell as the number is of the greatest. */
static struct slim_buffer bar_text(const struct live_screen *screen, int64_t number, int64_t most,
                                   apr_pool_t *pool)
{
    static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    struct slim_buffer text = live_text(pool);
    int eighths = most > 0 && number > 0 ? (int)((double)number / (double)most * BAR * 8) : 0;

    for (int i = 0; i < eighths / 8; i++) {
        slim_buffer_text(&text, screen->is_utf8 ? "█" : "#");
    }
    if (eighths % 8 > 0) {
        slim_buffer_text(&text, screen->is_utf8 ? parts[eighths % 8] : "-");
    }
    return text;
}

static int draw_numbers(const struct live_screen *screen, const struct live_part *part,
                        const struct columns *columns, int row, struct live_area at,
                        attr_t attributes, apr_pool_t *pool)
{
    const struct slim_cell *cells = APR_ARRAY_IDX(part->answer.rows, row, struct slim_cell *);
    int x = at.x;

    for (int i = 0; i < columns->count; i++) {
        int column = columns->place[i];
        struct slim_buffer text = number_text(part, column, cells[column].number, pool);
        int own = (int)slim_width(text.at, text.length);
        live_put_as(screen, LIVE_PLAIN, attributes, at.y, x + columns->width[i] - own, own,
                    text.at);
        x += columns->width[i] + LIVE_GAP;
        if (i == 0 && columns->share) {
            text = live_text(pool);
            slim_buffer_format(&text, "%5.1f %%",
                               (double)cells[column].number * 100
                                   / (double)part->answer.total[column]);
            live_put_as(screen, LIVE_PLAIN, attributes, at.y, x, SHARE, text.at);
            x += SHARE + LIVE_GAP;
        }
    }
    if (columns->count > 0) {
        struct slim_buffer bar =
            bar_text(screen, cells[columns->place[0]].number, columns->most, pool);
        live_put_as(screen, LIVE_GRAPH, attributes, at.y, x, BAR, bar.at);
        x += BAR + LIVE_GAP;
    }
    return x;
}

static void draw_row(const struct live_screen *screen, const struct live_part *part,
                     const struct columns *columns, int row, struct live_area at, attr_t attributes,
                     apr_pool_t *pool)
{
    struct slim_buffer name = row_name(part, row, pool);
    int x = draw_numbers(screen, part, columns, row, at, attributes, pool);

    live_put_as(screen, LIVE_PLAIN, attributes, at.y, x, at.x + at.width - x, name.at);
}

static void draw_names(const struct live_screen *screen, const struct live_part *part,
                       const struct columns *columns, struct live_area at)
{
    char words[SLIM_WORDS_SIZE];
    int x = at.x;

    for (int i = 0; i < columns->count; i++) {
        const char *name = slim_words_of(part->query.report->column[columns->place[i]].name, words);
        live_put_as(screen, LIVE_PLAIN, i == 0 ? A_UNDERLINE : A_DIM, at.y,
                    x + columns->width[i] - (int)strlen(name), columns->width[i], name);
        x += columns->width[i] + LIVE_GAP;
        if (i == 0 && columns->share) {
            live_put_as(screen, LIVE_PLAIN, A_DIM, at.y, x, SHARE, "  Share");
            x += SHARE + LIVE_GAP;
        }
    }
}

/* --- panels --- */

/* "  1-7 of 1,203" */
static void add_range(struct slim_buffer *text, const struct live_part *part, int first, int rows)
{
    if (part->pool && !part->trouble && part->answer.rows->nelts > 0
        && slim_report_compares(part->query.report)) {
        int left = part->answer.rows->nelts - first;
        slim_buffer_format(text, "  %d-%d of ", first + 1, first + (left < rows ? left : rows));
        slim_render_number(text, SLIM_COUNT, (int64_t)part->answer.rows_total);
    }
}

static void draw_panel_title(const struct live_screen *screen, int panel, struct live_area at,
                             const struct live_part *part, int rows, apr_pool_t *pool)
{
    const struct live_choice *choice = &screen->wish.choice[panel];
    int is_focus = panel == screen->focus;
    struct slim_buffer text = live_text(pool);

    slim_buffer_text(&text, is_focus ? "> " : "  ");
    if (panel < 10) {
        slim_buffer_format(&text, "%d ", (panel + 1) % 10);
    }
    slim_buffer_text(&text, live_panels[panel].label);
    add_range(&text, part, is_focus ? screen->top : 0, rows);
    if (choice->search) {
        slim_buffer_text(&text, "  with \"");
        slim_escape_plain(&text, choice->search, strlen(choice->search));
        slim_buffer_text(&text, "\"");
    }
    live_put_as(screen, LIVE_TITLE, is_focus ? A_BOLD | A_REVERSE : A_BOLD, at.y, at.x, at.width,
                text.at);
}

static const char *missing_text(const struct live_screen *screen, const struct live_part *part,
                                apr_pool_t *pool)
{
    struct slim_buffer text = live_text(pool);

    if (!part->pool) {
        return screen->is_utf8 ? "…" : "...";
    }
    if (!part->trouble) {
        return "nothing in this period";
    }
    slim_escape_plain(&text, part->trouble, strlen(part->trouble));
    return text.at;
}

/* An answer that was asked for otherwise is dim until the new one is there. */
static int is_old(const struct live_screen *screen, int panel, const struct live_part *part)
{
    return part->wish != screen->wish.number || part->choice != screen->wish.choice[panel].number;
}

void live_draw_panel(const struct live_screen *screen, int panel, struct live_area at, int rows,
                     apr_pool_t *pool)
{
    const struct live_part *part = live_board_part(screen->board, panel);
    int is_focus = panel == screen->focus, first = is_focus ? screen->top : 0;

    draw_panel_title(screen, panel, at, part, rows, pool);
    if (!part->pool || part->trouble || part->answer.rows->nelts == 0) {
        live_put_as(screen, LIVE_PLAIN, A_DIM, at.y + 1, at.x + 2, at.width - 2,
                    missing_text(screen, part, pool));
        return;
    }
    struct columns columns = choose_columns(part, at.width - 2, first, rows, pool);
    draw_names(screen, part, &columns, (struct live_area){at.y + 1, at.x + 2, at.width - 2});
    for (int r = 0; r < rows && first + r < part->answer.rows->nelts; r++) {
        int is_marked = is_focus && first + r == screen->row;
        struct live_area line = {at.y + 2 + r, at.x + 2, at.width - 2};
        if (is_marked) {
            live_put_as(screen, LIVE_TITLE, A_BOLD, line.y, at.x, 1, ">");
        }
        draw_row(screen, part, &columns, first + r, line,
                 is_marked                     ? A_BOLD
                 : is_old(screen, panel, part) ? A_DIM
                                               : A_NORMAL,
                 pool);
    }
}
