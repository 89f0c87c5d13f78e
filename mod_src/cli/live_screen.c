/* The terminal: taken, waited for, and put back as it was however the command is asked to end. */
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#define NCURSES_WIDECHAR 1 /* get_wch(3), which not every C library's _GNU_SOURCE means */
#include <curses.h>

#include "live_screen.h"
#include "query/goal.h"
#include "live_wait.h"

static void take_words(struct live_screen *screen, const struct live *live)
{
    for (int i = 0; i < live->count; i++) {
        const char *value = live->words[i][1];
        if (strcmp(live->words[i][0], "tz") == 0) {
            screen->wish.zone = value;
        } else if (screen->wish.filters < SLIM_FILTERS_MAX) {
            screen->wish.filter[screen->wish.filters++] = value;
        }
    }
}

static void make_screen(struct live_screen *screen, const struct live *live)
{
    *screen = (struct live_screen){.pool = live->cli->pool,
                                   .is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0};
    live_screen_choose_period(screen, LIVE_TODAY);
    for (const struct live_panel *panel = live_panels; panel->label; panel++) {
        if (strcmp(panel->report, "goals") == 0 && live->goals->count == 0) {
            break;
        }
        screen->wish.choice[screen->panels++] =
            (struct live_choice){.number = 1, .rows = 10, .sort = panel->latest};
    }
    take_words(screen, live);
}

/* no-color.org: who sets NO_COLOR wants none. */
static int make_colours(void)
{
    static const short colours[] = {COLOR_CYAN, COLOR_GREEN, COLOR_GREEN, COLOR_RED};
    const char *none = getenv("NO_COLOR");

    if ((none && *none) || !has_colors() || start_color() == ERR) {
        return 0;
    }
    use_default_colors();
    for (short i = 0; i < (short)(sizeof colours / sizeof colours[0]); i++) {
        init_pair((short)(i + 1), colours[i], -1);
    }
    return 1;
}

static SCREEN *enter(struct live_screen *screen)
{
    SCREEN *terminal = newterm(NULL, stdout, stdin);

    if (terminal) {
        cbreak();
        noecho();
        nonl();
        nodelay(stdscr, TRUE);
        keypad(stdscr, TRUE);
        set_escdelay(25);
        curs_set(0);
        screen->has_colours = make_colours();
    }
    return terminal;
}

/* After an Esc: whether more came at once. So begins what a terminal sends for keys that its kind
 * does not have (ECMA-48, 5.4); it is read to its end. */
static int skip_sequence(void)
{
    wint_t key;
    int length = 0;

    while (get_wch(&key) == OK) {
        length++;
        if (key != '[' && key != 'O' && key >= '@' && key <= '~') {
            break;
        }
    }
    return length > 0;
}

/* Keys that came. Returns 0 when one ends the view. */
static int take_keys(struct live_screen *screen)
{
    wint_t key;
    int what;

    while ((what = get_wch(&key)) != ERR) {
        int is_function = what == KEY_CODE_YES;
        if (!is_function && key == LIVE_ESCAPE && skip_sequence()) {
            continue;
        }
        if (!live_screen_key(screen, is_function, key)) {
            return 0;
        }
    }
    return 1;
}

/* Waits for a key, for answers, or for another size. Returns 0 when the terminal is gone. */
static int wait_for_change(const struct live_screen *screen, const sigset_t *while_waiting)
{
    struct pollfd inputs[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                              {.fd = live_board_fd(screen->board), .events = POLLIN}};
    char bytes[256];

    if (ppoll(inputs, 2, NULL, while_waiting) < 0) {
        return errno == EINTR;
    }
    while (inputs[1].revents && read(inputs[1].fd, bytes, sizeof bytes) > 0) {
    }
    return !(inputs[0].revents & (POLLHUP | POLLERR | POLLNVAL));
}

int live_screen_run(struct live *live, int interval_s)
{
    struct live_screen screen;
    sigset_t while_waiting;

    live_catch_signals(&while_waiting);
    make_screen(&screen, live);
    if (!enter(&screen)) {
        return slim_cli_fail("live: this terminal is not known: set TERM, or use --once");
    }
    screen.board = live_board_start(live, &screen.wish, interval_s);
    if (!screen.board) {
        endwin();
        return slim_cli_fail("live: cannot start a thread: %s", strerror(errno));
    }
    do {
        live_screen_draw(&screen);
    } while (wait_for_change(&screen, &while_waiting) && !live_ended() && take_keys(&screen));
    endwin();
    fflush(NULL);
    _exit(SLIM_EXIT_OK); /* a question that takes long is not waited for; it only reads */
}
