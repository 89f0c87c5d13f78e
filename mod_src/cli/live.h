/* What `slimstats live` asks about the present, and how a hit and a frame are laid out as lines. */
#ifndef SLIM_LIVE_H
#define SLIM_LIVE_H

#include "cli.h"
#include "core/buffer.h"
#include "query/answer.h"

#define LIVE_MINUTES 30
#define LIVE_WORDS_MAX 32

struct slim_goals;

struct live {
    struct slim_cli *cli;
    const struct slim_goals *goals;       /* that may be asked for */
    const char *words[LIVE_WORDS_MAX][2]; /* where and tz, checked, for each question */
    int count;
    struct { /* past minutes stay as they were counted */
        int64_t begin;
        int64_t hits;
    } minute[LIVE_MINUTES];
};

struct live_now {
    int64_t now;
    const struct slim_zone *zone;
    const char *state;
    const char *trouble;          /* NULL, or why there is nothing new */
    int64_t online;               /* visitors of the last five minutes, robots left out */
    int64_t minute[LIVE_MINUTES]; /* hits, robots too, the present minute last */
};

struct live_view {
    struct live_now now;
    const char *filters;              /* as typed */
    struct slim_answer pages, recent; /* pages.rows NULL: none */
};

/* A report's question with the words of all. Returns 0 with *reason when a word is not allowed. */
int live_ask(const struct live *live, const char *report, int64_t now, struct slim_query *query,
             const char **reason, apr_pool_t *pool);

/* Asks the store about the present; what fails is now->trouble. Texts are in pool. */
void live_gather_now(struct live *live, struct live_now *now, apr_pool_t *pool);

/* The present, the pages of the last half hour and the last hits, for a frame. */
void live_gather(struct live *live, struct live_view *view, unsigned hits, apr_pool_t *pool);

/* Lines that fit width columns, at most height of them. */
void live_frame(const struct live_view *view, size_t width, int height, int utf8,
                struct slim_buffer *out);

/* Hits a minute: a sign for each, as high as its hits, and what the highest means. */
void live_course(const struct live_now *now, int utf8, struct slim_buffer *out);

/* One hit as a line without its end. */
void live_hit(const struct slim_cell *cells, const struct slim_query *query,
              struct slim_buffer *out);

#endif
