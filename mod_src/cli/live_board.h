/* What `slimstats live` shows on a terminal: answers that a thread of their own keeps new, so that
 * keys are heard while a question takes long.
 *
 * Invariants: an answer belongs to one wish and one choice, by their numbers; another one is shown
 * as old until it was asked anew. A wish is copied; its texts are never freed and never changed.
 * Parts are read and replaced under the board's lock. */
#ifndef SLIM_LIVE_BOARD_H
#define SLIM_LIVE_BOARD_H

#include "live.h"

struct live_panel {
    const char *label;
    const char *report;
    const char *column; /* that a row is filtered by; NULL: none */
    const char *filter; /* its name as a filter; NULL: the column's */
    const char *latest; /* the column that rows are sorted by at first, descending; NULL: as the
                           report has it */
};

/* Ends with a NULL label. */
extern const struct live_panel live_panels[];

/* At least as many as there are panels; at most the bits of live_wish.shown. */
#define LIVE_PANELS_MAX 40
#define LIVE_FIGURES (-1)

/* How one panel is to be. */
struct live_choice {
    unsigned number;    /* of this choice, from 1 */
    const char *sort;   /* a column of the report; NULL: the report's own */
    int ascending;      /* where sort is given */
    const char *search; /* NULL: all rows */
    unsigned rows;      /* wanted, 1 to SLIM_LIMIT_MAX */
};

/* What whoever looks wants to see. */
struct live_wish {
    unsigned number;   /* of this wish, from 1 */
    const char *since; /* as the word of a question */
    int robots;
    const char *filter[SLIM_FILTERS_MAX]; /* as typed: "page=/a" */
    int filters;
    const char *zone; /* NULL: UTC */
    uint64_t shown;   /* panels that are on the screen, by bits: only these are asked */
    struct live_choice choice[LIVE_PANELS_MAX];
};

/* The answer for a panel. */
struct live_part {
    apr_pool_t *pool; /* of all of it; NULL: never asked */
    unsigned wish, choice;
    struct slim_query query;
    struct slim_answer answer;
    const char *trouble; /* NULL, or why there is no answer */
    int64_t asked, took; /* ticks, microseconds (core/clock.h) */
};

struct live_board;

/* Starts to ask; what costs much is asked less often than each interval. Lives as long as the
 * process: a question that takes long is not waited for at its end. NULL: no thread can be made. */
struct live_board *live_board_start(const struct live *live, const struct live_wish *wish,
                                    int interval_s);

void live_board_wish(struct live_board *board, const struct live_wish *wish);

/* All is asked anew. */
void live_board_renew(struct live_board *board);

/* Readable when something new is there; the bytes are the caller's to read. */
int live_board_fd(const struct live_board *board);

/* Between these, what the next two return does not change. */
void live_board_lock(struct live_board *board);
void live_board_unlock(struct live_board *board);
const struct live_now *live_board_now(const struct live_board *board);
/* Of a panel by its place, or LIVE_FIGURES: those above all panels. */
const struct live_part *live_board_part(const struct live_board *board, int panel);

#endif
