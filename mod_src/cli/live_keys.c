/* Keys, and what they change of the wish. */
#include <curses.h>
#include <string.h>
#include <wchar.h>

#include <apr_strings.h>

#include "live_screen.h"
#include "query/filter_table.h"

#define CTRL_L 12
#define BACKSPACE 8
#define RUBOUT 127

static const struct {
    const char *since, *label;
} periods[] = {{"30m", "30 minutes"},        {"today", "today"},      {"7d", "7 days and today"},
               {"28d", "28 days and today"}, {"month", "this month"}, {"year", "this year"},
               {"all", "all time"}};

#define PERIODS ((int)(sizeof periods / sizeof periods[0]))

/* --- the panel in focus --- */

static const struct slim_report *report_in_focus(const struct live_screen *screen)
{
    return slim_report_find(live_panels[screen->focus].report);
}

static void go_to_panel(struct live_screen *screen, int panel)
{
    if (panel >= 0 && panel < screen->panels) {
        screen->focus = panel;
        screen->row = screen->top = 0;
    }
}

static void turn_panel(struct live_screen *screen, int step)
{
    go_to_panel(screen, (screen->focus + step + screen->panels) % screen->panels);
}

/* Beyond the rows that a panel shows is the next panel, unless it is alone. */
static void move_row(struct live_screen *screen, int step)
{
    int row = screen->row + step, last = screen->rows - 1;

    if (!screen->is_expanded && (row < 0 || row > last || row >= screen->height)) {
        int panel = screen->focus + (step > 0 ? 1 : -1);
        if (panel >= 0 && panel < screen->panels) {
            go_to_panel(screen, panel);
        }
        return;
    }
    screen->row = row < 0 ? 0 : row > last && last >= 0 ? last : row;
}

/* The last row of as many as there can be: most of them are still to come. */
static void go_to_end(struct live_screen *screen)
{
    struct live_choice *choice = &screen->wish.choice[screen->focus];

    screen->is_at_end = 1;
    if (choice->rows < SLIM_LIMIT_MAX) {
        choice->rows = SLIM_LIMIT_MAX;
        choice->number++;
    }
}

/* --- what is asked --- */

static void wish_anew(struct live_screen *screen)
{
    screen->wish.number++;
    screen->row = screen->top = 0;
}

static void choose_anew(struct live_screen *screen)
{
    screen->wish.choice[screen->focus].number++;
    screen->row = screen->top = 0;
}

void live_screen_choose_period(struct live_screen *screen, int period)
{
    screen->period = (period + PERIODS) % PERIODS;
    screen->period_label = periods[screen->period].label;
    screen->wish.since = periods[screen->period].since;
    wish_anew(screen);
}

/* Single hits stand in the order of their time, and hours in theirs. */
static void turn_sort(struct live_screen *screen, int step)
{
    const struct slim_report *report = report_in_focus(screen);
    struct live_choice *choice = &screen->wish.choice[screen->focus];
    const char *sort = choice->sort ? choice->sort : report->sort;
    int columns = slim_report_columns(report), at = 0;

    if (!slim_report_compares(report)) {
        screen->note = "hits stand in the order of their time";
        return;
    }
    while (at < columns && strcmp(report->column[at].name, sort) != 0) {
        at++;
    }
    do {
        at = (at + step + columns) % columns;
    } while (!slim_report_measures(report, at) && !slim_report_names(report, at));
    choice->sort = report->column[at].name;
    choice->ascending = report->column[at].type == SLIM_TEXT;
    choose_anew(screen);
}

static void reverse_sort(struct live_screen *screen)
{
    const struct slim_report *report = report_in_focus(screen);
    struct live_choice *choice = &screen->wish.choice[screen->focus];

    if (slim_report_compares(report)) {
        choice->ascending = choice->sort ? !choice->ascending : !report->ascending;
        choice->sort = choice->sort ? choice->sort : report->sort;
        choose_anew(screen);
    }
}

/* --- filters --- */

static const struct slim_cell *marked_cell(const struct live_screen *screen, const char *name)
{
    const struct live_part *part = live_board_part(screen->board, screen->focus);
    const struct slim_column *column = slim_report_column(report_in_focus(screen), name);

    if (!column || !part->pool || part->trouble || screen->row >= part->answer.rows->nelts) {
        return NULL;
    }
    return &APR_ARRAY_IDX(part->answer.rows, screen->row,
                          struct slim_cell *)[column - part->query.report->column];
}

/* "page=/a" of the marked row, in the wish's pool; NULL: there is none. */
static const char *marked_filter(const struct live_screen *screen)
{
    const struct live_panel *panel = &live_panels[screen->focus];
    const struct slim_cell *cell = panel->column ? marked_cell(screen, panel->column) : NULL;

    if (!cell || (cell->is_text && cell->length == 0)) {
        return NULL;
    }
    const char *value = cell->is_text
                            ? apr_pstrmemdup(screen->pool, cell->text, cell->length)
                            : apr_psprintf(screen->pool, "%" APR_INT64_T_FMT, cell->number);
    return apr_pstrcat(screen->pool, panel->filter ? panel->filter : panel->column, "=", value,
                       NULL);
}

static void add_filter(struct live_screen *screen)
{
    live_board_lock(screen->board);
    const char *filter = marked_filter(screen);
    live_board_unlock(screen->board);

    if (!filter) {
        screen->note = "this row has nothing to filter by";
    } else if (screen->wish.filters == SLIM_FILTERS_MAX) {
        screen->note = "there are as many filters as there can be; F takes the last one away";
    } else {
        screen->wish.filter[screen->wish.filters++] = filter;
        wish_anew(screen);
    }
}

static void remove_filter(struct live_screen *screen)
{
    if (screen->wish.filters > 0) {
        screen->wish.filters--;
        wish_anew(screen);
    } else {
        screen->note = "there is no filter";
    }
}

/* --- searching --- */

static void begin_typing(struct live_screen *screen)
{
    const char *search = screen->wish.choice[screen->focus].search;

    if (slim_report_has_names(report_in_focus(screen))) {
        screen->is_typing = 1;
        apr_cpystrn(screen->typed, search ? search : "", sizeof screen->typed);
    } else {
        screen->note = "rows of this panel have no names to be searched";
    }
}

static void end_typing(struct live_screen *screen)
{
    screen->is_typing = 0;
    screen->wish.choice[screen->focus].search =
        screen->typed[0] ? apr_pstrdup(screen->pool, screen->typed) : NULL;
    choose_anew(screen);
}

/* A whole character of UTF-8. */
static void rub_out(char *typed)
{
    size_t length = strlen(typed);

    while (length > 0 && ((unsigned char)typed[length - 1] & 0xc0) == 0x80) {
        length--;
    }
    typed[length > 0 ? length - 1 : 0] = '\0';
}

static void type(struct live_screen *screen, wchar_t c)
{
    char bytes[MB_LEN_MAX];
    mbstate_t state = {0};
    size_t size = wcrtomb(bytes, c, &state), length = strlen(screen->typed);

    if (c >= ' ' && size != (size_t)-1 && length + size <= LIVE_TYPED_MAX) {
        memcpy(screen->typed + length, bytes, size);
        screen->typed[length + size] = '\0';
    }
}

static void typing_key(struct live_screen *screen, int is_function, unsigned key)
{
    if (is_function ? key == KEY_BACKSPACE : key == BACKSPACE || key == RUBOUT) {
        rub_out(screen->typed);
    } else if (is_function ? key == KEY_ENTER : key == '\n' || key == '\r') {
        end_typing(screen);
    } else if (!is_function && key == LIVE_ESCAPE) {
        screen->is_typing = 0;
    } else if (!is_function) {
        type(screen, (wchar_t)key);
    }
}

/* --- all keys --- */

static void function_key(struct live_screen *screen, unsigned key)
{
    int page = screen->height > 1 ? screen->height - 1 : 1;

    switch (key) {
    case KEY_BTAB:
    case KEY_LEFT: turn_panel(screen, -1); break;
    case KEY_RIGHT: turn_panel(screen, 1); break;
    case KEY_UP: move_row(screen, -1); break;
    case KEY_DOWN: move_row(screen, 1); break;
    case KEY_PPAGE: move_row(screen, -page); break;
    case KEY_NPAGE: move_row(screen, page); break;
    case KEY_HOME: screen->row = 0; break;
    case KEY_END: go_to_end(screen); break;
    case KEY_ENTER: screen->is_expanded = !screen->is_expanded; break;
    case KEY_BACKSPACE: remove_filter(screen); break;
    case KEY_F(1): screen->shows_help = !screen->shows_help; break;
    case KEY_F(5): live_board_renew(screen->board); break;
    default: break; /* KEY_RESIZE: all is drawn anew */
    }
}

/* Back from help, from a panel alone. Returns 0 where there is nothing to go back from. */
static int go_back(struct live_screen *screen)
{
    if (screen->shows_help) {
        screen->shows_help = 0;
    } else if (screen->is_expanded) {
        screen->is_expanded = 0;
        screen->row = screen->top = 0;
    } else {
        return 0;
    }
    return 1;
}

static void letter(struct live_screen *screen, unsigned key)
{
    switch (key) {
    case '\t': turn_panel(screen, 1); break;
    case 'k': move_row(screen, -1); break;
    case 'j': move_row(screen, 1); break;
    case 'g': screen->row = 0; break;
    case 'G': go_to_end(screen); break;
    case '\r':
    case '\n':
    case 'o': screen->is_expanded = !screen->is_expanded; break;
    case 'f': add_filter(screen); break;
    case BACKSPACE:
    case RUBOUT:
    case 'F': remove_filter(screen); break;
    case '/': begin_typing(screen); break;
    case 's': turn_sort(screen, 1); break;
    case 'S': turn_sort(screen, -1); break;
    case 'r': reverse_sort(screen); break;
    case 'p': live_screen_choose_period(screen, screen->period + 1); break;
    case 'P': live_screen_choose_period(screen, screen->period - 1); break;
    case 'b':
        screen->wish.robots = !screen->wish.robots;
        wish_anew(screen);
        break;
    case 'c': screen->has_colours = !screen->has_colours && has_colors(); break;
    case 'h':
    case '?': screen->shows_help = !screen->shows_help; break;
    case CTRL_L: clearok(curscr, TRUE), live_board_renew(screen->board); break;
    default:
        if (key >= '0' && key <= '9') {
            go_to_panel(screen, key == '0' ? 9 : (int)key - '1');
        }
    }
}

int live_screen_key(struct live_screen *screen, int is_function, unsigned key)
{
    screen->note = NULL;
    screen->is_at_end = 0;
    if (screen->is_typing) {
        typing_key(screen, is_function, key);
    } else if (is_function) {
        function_key(screen, key);
    } else if (key == LIVE_ESCAPE) {
        go_back(screen);
    } else if (key == 'q' || key == 'Q') {
        return go_back(screen);
    } else {
        letter(screen, key);
    }
    return 1;
}
