/* The screen: a head, panels of rows, and a line of keys. What visitors sent is escaped before it
 * is cut, so that no cell holds a byte that a terminal would act on. */
#include <curses.h>
#include <inttypes.h>
#include <string.h>

#include "live_draw.h"
#include "live_screen.h"
#include "report/escape.h"
#include "report/render.h"
#include "report/width.h"
#include "report/words.h"

#define HEAD_LINES 5
#define FOOT_LINES 1
#define ROWS_USUAL 7
#define ROWS_LEAST 3
#define TWO_COLUMNS_FROM 160

/* --- the head --- */

static void draw_title(const struct live_screen *screen, const struct live_now *now,
                       apr_pool_t *pool)
{
    char time[SLIM_TIME_TEXT];
    struct slim_buffer text = live_text(pool);
    int is_well = strcmp(now->state, "ok") == 0;

    slim_buffer_format(&text, "slimstats live  %s  ",
                       now->now ? slim_zone_time(now->zone, now->now, time) : "");
    int x = (int)slim_width(text.at, text.length);
    live_put_as(screen, LIVE_TITLE, A_BOLD, 0, 0, COLS, text.at);
    live_put_as(screen, is_well ? LIVE_GOOD : LIVE_BAD, A_BOLD, 0, x, COLS - x, now->state);
    x += (int)strlen(now->state) + LIVE_GAP;
    text = live_text(pool);
    slim_buffer_format(&text, "%s%s", screen->period_label,
                       screen->wish.robots ? ", with robots" : "");
    for (int i = 0; i < screen->wish.filters; i++) {
        slim_buffer_text(&text, i == 0 ? "   only " : ", ");
        slim_escape_plain(&text, screen->wish.filter[i], strlen(screen->wish.filter[i]));
    }
    live_put(0, x, COLS - x, text.at);
}

/* "Visits 1,204   Visitors 990 …", on two lines at most. */
static void draw_figures(const struct live_screen *screen, apr_pool_t *pool)
{
    const struct live_part *part = live_board_part(screen->board, LIVE_FIGURES);
    int y = 1, x = 0;

    if (!part->pool || part->trouble || part->answer.rows->nelts == 0) {
        return;
    }
    const struct slim_report *report = part->query.report;
    const struct slim_cell *cells = APR_ARRAY_IDX(part->answer.rows, 0, struct slim_cell *);
    for (int i = 0; i < part->answer.columns; i++) {
        char words[SLIM_WORDS_SIZE];
        struct slim_buffer name = live_text(pool), number = live_text(pool);
        if (!slim_report_measures(report, i) || !slim_render_shows(&part->answer, i)) {
            continue;
        }
        slim_buffer_format(&name, "%s ", slim_words_of(report->column[i].name, words));
        slim_render_cell_number(&number, &part->query, i, cells[i].number);
        int width = (int)(slim_width(name.at, name.length) + slim_width(number.at, number.length));
        if (x > 0 && x + width > COLS) {
            y++, x = 0;
        }
        if (y < 3) {
            live_put(y, x, COLS - x, name.at);
            live_put_as(screen, LIVE_PLAIN, A_BOLD, y, x + (int)name.length,
                        COLS - x - (int)name.length, number.at);
        }
        x += width + LIVE_GAP + 1;
    }
}

static void draw_head(const struct live_screen *screen, apr_pool_t *pool)
{
    const struct live_now *now = live_board_now(screen->board);
    struct slim_buffer text = live_text(pool);

    draw_title(screen, now, pool);
    draw_figures(screen, pool);
    if (now->now) {
        slim_buffer_format(&text, "online now %" PRId64 "   ", now->online);
        live_course(now, screen->is_utf8, &text);
        live_put(3, 0, COLS, text.at);
    }
    if (now->trouble) {
        text = live_text(pool);
        slim_escape_plain(&text, now->trouble, strlen(now->trouble));
        live_put_as(screen, LIVE_BAD, A_BOLD, 4, 0, COLS, text.at);
    }
}

/* --- help and foot --- */

static void draw_help(const struct live_screen *screen)
{
    static const char *const lines[][2] = {
        {"Tab, Shift-Tab", "the next panel, the one before"},
        {"1 to 9, 0", "one of the first ten panels"},
        {"Up, Down, k, j", "another row; Page Up, Page Down, g, G: further"},
        {"Enter, o", "the panel alone on the screen, and back"},
        {"f, F", "only hits like the marked row; take the last filter away"},
        {"/", "only rows whose name contains a text; an empty one: all rows"},
        {"s, S, r", "sort by the next column, the one before, in the other order"},
        {"p, P", "another period"},
        {"b", "with robots, without them"},
        {"c", "with colors, without them"},
        {"F5, Ctrl-L", "ask anew"},
        {"q, Esc", "back; q leaves"},
    };
    int y = HEAD_LINES;

    live_put_as(screen, LIVE_TITLE, A_BOLD, y++, 2, COLS - 2, "Keys");
    for (size_t i = 0; i < sizeof lines / sizeof lines[0] && y < LINES - FOOT_LINES; i++, y++) {
        live_put_as(screen, LIVE_PLAIN, A_BOLD, y, 2, COLS - 2, lines[i][0]);
        live_put(y, 20, COLS - 20, lines[i][1]);
    }
}

static void draw_foot(const struct live_screen *screen, apr_pool_t *pool)
{
    struct slim_buffer text = live_text(pool);

    if (screen->is_typing) {
        slim_buffer_format(&text, "rows with: ");
        slim_escape_plain(&text, screen->typed, strlen(screen->typed));
        slim_buffer_text(&text, "_");
    } else {
        slim_buffer_text(&text, screen->note ? screen->note
                                             : "Tab panel  Enter expand  f filter  / search  "
                                               "s sort  p period  ? help  q quit");
    }
    live_put_as(screen, LIVE_PLAIN, screen->is_typing || screen->note ? A_BOLD : A_DIM, LINES - 1,
                0, COLS - 1, text.at);
}

/* --- where everything is --- */

struct places {
    int across; /* panels side by side */
    int fit;    /* panels on the screen */
    int rows;   /* of each */
};

static struct places find_places(const struct live_screen *screen)
{
    struct places places = {.across = 1, .fit = 1};
    int lines = LINES - HEAD_LINES - FOOT_LINES;

    if (screen->is_expanded) {
        places.rows = lines - LIVE_AROUND_ROWS + 1;
    } else {
        int rows = lines / 2 - LIVE_AROUND_ROWS;
        places.rows = rows > ROWS_USUAL ? ROWS_USUAL : rows < ROWS_LEAST ? ROWS_LEAST : rows;
        places.across = COLS >= TWO_COLUMNS_FROM ? 2 : 1;
        places.fit = lines / (places.rows + LIVE_AROUND_ROWS) * places.across;
    }
    places.fit = places.fit > 0 ? places.fit : 1;
    places.rows = places.rows > 0 ? places.rows : 1;
    return places;
}

/* The focus is on the screen, and so is its marked row. */
static void bring_into_view(struct live_screen *screen, const struct places *places)
{
    const struct live_part *part = live_board_part(screen->board, screen->focus);

    screen->rows = part->pool && !part->trouble ? part->answer.rows->nelts : 0;
    screen->height = places->rows;
    if (screen->focus < screen->first) {
        screen->first = screen->focus;
    } else if (screen->focus >= screen->first + places->fit) {
        screen->first = screen->focus - places->fit + 1;
    }
    if (screen->first > screen->panels - places->fit) {
        screen->first = screen->panels > places->fit ? screen->panels - places->fit : 0;
    }
    if (screen->is_at_end || screen->row >= screen->rows) {
        screen->row = screen->rows > 0 ? screen->rows - 1 : 0;
    }
    if (screen->row < screen->top) {
        screen->top = screen->row;
    } else if (screen->row >= screen->top + places->rows) {
        screen->top = screen->row - places->rows + 1;
    }
}

/* Rows are asked for by the hundred where somebody moves among them. */
static void wish_for(struct live_screen *screen, const struct places *places)
{
    uint64_t shown = 0;

    for (int i = 0; i < places->fit; i++) {
        int panel = screen->is_expanded ? screen->focus : screen->first + i;
        unsigned rows =
            panel == screen->focus && (screen->is_expanded || screen->row > 0) ? 100 : 10;
        if (panel >= screen->panels) {
            break;
        }
        struct live_choice *choice = &screen->wish.choice[panel];
        while (rows < (unsigned)(screen->top + 2 * places->rows) && rows < SLIM_LIMIT_MAX) {
            rows += 100;
        }
        if (rows > choice->rows) {
            choice->rows = rows < SLIM_LIMIT_MAX ? rows : SLIM_LIMIT_MAX;
            choice->number++;
        }
        shown |= UINT64_C(1) << panel;
    }
    screen->wish.shown = shown;
    live_board_wish(screen->board, &screen->wish);
}

static void draw_panels(const struct live_screen *screen, const struct places *places,
                        apr_pool_t *pool)
{
    int width = COLS / places->across;

    for (int i = 0; i < places->fit; i++) {
        int panel = screen->is_expanded ? screen->focus : screen->first + i;
        if (panel < screen->panels) {
            struct live_area at = {HEAD_LINES
                                       + i / places->across * (places->rows + LIVE_AROUND_ROWS),
                                   i % places->across * width, width - (places->across > 1)};
            live_draw_panel(screen, panel, at, places->rows, pool);
        }
    }
}

void live_screen_draw(struct live_screen *screen)
{
    struct places places = find_places(screen);
    apr_pool_t *pool;

    apr_pool_create(&pool, screen->pool);
    erase();
    live_board_lock(screen->board);
    bring_into_view(screen, &places);
    draw_head(screen, pool);
    if (screen->shows_help) {
        draw_help(screen);
    } else {
        draw_panels(screen, &places, pool);
    }
    live_board_unlock(screen->board);
    draw_foot(screen, pool);
    refresh();
    wish_for(screen, &places);
    apr_pool_destroy(pool);
}
