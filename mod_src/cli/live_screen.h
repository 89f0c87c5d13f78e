/* `slimstats live` on a terminal (curses(3)): panels as people know them from GoAccess, moved
 * through and changed by keys. */
#ifndef SLIM_LIVE_SCREEN_H
#define SLIM_LIVE_SCREEN_H

#include "live_board.h"

#define LIVE_TYPED_MAX 128

struct live_screen {
    struct live_board *board;
    struct live_wish wish; /* as the board has it, or is to have it */
    apr_pool_t *pool;      /* of the wish's texts */
    int panels;
    int period; /* of those that a key goes through, */
    const char *period_label;
    int focus;     /* the panel that keys are for */
    int first;     /* the first that is on the screen */
    int row;       /* the row of the focus that is marked, from 0; */
    int is_at_end; /* or the last, however many come */
    int top;       /* its first row on the screen */
    int rows;      /* rows of it that the answer has now */
    int height;    /* rows that a panel has room for */
    int is_expanded, shows_help, has_colours, is_utf8;
    int is_typing; /* what is to be searched */
    char typed[LIVE_TYPED_MAX + 1];
    const char *note; /* NULL, or what became of the last key */
};

/* Places everything for the terminal's present size, tells the board what is shown, and draws. */
void live_screen_draw(struct live_screen *screen);

#define LIVE_TODAY 1 /* of the periods */
#define LIVE_ESCAPE 27

/* The wish is for a period, by its number; one beyond the last is the first. */
void live_screen_choose_period(struct live_screen *screen, int period);

/* A key, as get_wch(3) has it. Returns 0 when it ends the view. */
int live_screen_key(struct live_screen *screen, int is_function, unsigned key);

/* Shows the view until a key or a signal ends it. Filters and zone are live's words. Returns an
 * exit code, after an error message where there is no such terminal. */
int live_screen_run(struct live *live, int interval_s);

#endif
