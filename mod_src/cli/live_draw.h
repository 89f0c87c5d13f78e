/* Drawing on a terminal (curses(3)): what the screen and its panels share. */
#ifndef SLIM_LIVE_DRAW_H
#define SLIM_LIVE_DRAW_H

#include <curses.h>

#include "live_screen.h"

/* Pairs of colors. */
enum { LIVE_PLAIN, LIVE_TITLE, LIVE_GRAPH, LIVE_GOOD, LIVE_BAD };

#define LIVE_GAP 2         /* between columns */
#define LIVE_AROUND_ROWS 3 /* of a panel: title, names of columns, and a blank line */

struct live_area {
    int y, x, width;
};

struct slim_buffer live_text(apr_pool_t *pool);

/* An escaped text, cut to width columns. */
void live_put(int y, int x, int width, const char *text);
void live_put_as(const struct live_screen *screen, int pair, attr_t attributes, int y, int x,
                 int width, const char *text);

/* A panel from at on: its title, its columns' names, and so many rows. The board is locked. */
void live_draw_panel(const struct live_screen *screen, int panel, struct live_area at, int rows,
                     apr_pool_t *pool);

#endif
