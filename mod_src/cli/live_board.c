#include "live_board.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>
#include <apr_time.h>

#include "core/clock.h"
#include "report/ask.h"

/* Parts: the figures, then the panels. */
#define FIGURES 0
#define PARTS (LIVE_PANELS_MAX + 1)
#define PANEL(part) ((part)-1)
#define NOW PARTS
#define NOTHING (-1)

/* What took long rests so much longer. */
#define REST 10

struct live_board {
    struct slim_cli *cli;
    const struct slim_goals *goals;
    int64_t interval; /* microseconds */
    int wake[2];      /* a pipe */
    pthread_mutex_t lock;
    pthread_cond_t wished;
    struct live_wish wish;
    struct live_part part[PARTS];
    struct live_now now;
    apr_pool_t *now_pool; /* of its texts */
    int64_t now_asked, now_took;
};

/* The thread's own. */
struct asker {
    struct live_board *board;
    struct live_wish wish; /* the one that is asked for */
    struct live live;
};

/* --- what is to be asked next --- */

static int64_t due_after(int64_t asked, int64_t took, int64_t interval)
{
    return asked + took + (took * REST > interval ? took * REST : interval);
}

static unsigned choice_of(const struct live_wish *wish, int part)
{
    return part == FIGURES ? 1 : wish->choice[PANEL(part)].number;
}

static int64_t due(const struct live_board *board, int part)
{
    const struct live_part *is = &board->part[part];

    if (part != FIGURES && !(board->wish.shown >> PANEL(part) & 1)) {
        return INT64_MAX;
    }
    if (!is->pool || is->wish != board->wish.number
        || is->choice != choice_of(&board->wish, part)) {
        return 0;
    }
    return due_after(is->asked, is->took, board->interval);
}

/* The part whose turn it is, the longest overdue of all; NOTHING: *when is the next one's. */
static int next_part(const struct live_board *board, int64_t *when)
{
    int next = NOW;

    *when = due_after(board->now_asked, board->now_took, board->interval);
    for (int part = PARTS - 1; part >= 0; part--) {
        int64_t at = due(board, part);
        if (at < *when || (at == *when && at == 0)) {
            *when = at;
            next = part;
        }
    }
    return *when <= slim_ticks() ? next : NOTHING;
}

static void wait_until(struct live_board *board, int64_t when)
{
    struct timespec at = {.tv_sec = when / 1000000, .tv_nsec = when % 1000000 * 1000};

    pthread_cond_timedwait(&board->wished, &board->lock, &at);
}

/* --- asking --- */

/* An allocator of its own: pools of two threads share none. */
static apr_pool_t *make_pool(void)
{
    apr_allocator_t *allocator = NULL;
    apr_pool_t *pool;

    if (apr_allocator_create(&allocator) != APR_SUCCESS) {
        allocator = NULL;
    }
    apr_pool_create_ex(&pool, NULL, NULL, allocator);
    if (allocator) {
        apr_allocator_owner_set(allocator, pool);
    }
    return pool;
}

static int set(struct slim_query *query, const char *word, const char *value, const char **reason,
               apr_pool_t *pool)
{
    return !value || slim_query_set(query, word, value, reason, pool) == APR_SUCCESS;
}

static int set_choice(struct slim_query *query, const struct live_choice *choice,
                      const char **reason, apr_pool_t *pool)
{
    if (choice->sort
        && !set(query, "sort", apr_pstrcat(pool, choice->ascending ? "+" : "-", choice->sort, NULL),
                reason, pool)) {
        return 0;
    }
    query->limit = choice->rows;
    return set(query, "search", choice->search, reason, pool);
}

static int make_query(const struct asker *asker, int part, struct slim_query *query,
                      const char **reason, apr_pool_t *pool)
{
    const struct live_wish *wish = &asker->wish;
    const char *report = part == FIGURES ? "overview" : live_panels[PANEL(part)].report;

    slim_query_init(query, slim_report_find(report), apr_time_sec(apr_time_now()));
    query->goals = asker->live.goals;
    query->robots |= wish->robots; /* single hits are theirs, too */
    int good = set(query, "tz", wish->zone, reason, pool)
               && set(query, "since", wish->since, reason, pool);
    for (int i = 0; i < wish->filters && good; i++) {
        good = set(query, "where", wish->filter[i], reason, pool);
    }
    good = good && (part == FIGURES || set_choice(query, &wish->choice[PANEL(part)], reason, pool));
    return good && slim_query_check(query, reason) == APR_SUCCESS;
}

static void ask_part(const struct asker *asker, int part, struct live_part *made)
{
    const char *url = asker->board->cli->store;
    const struct slim_store_engine *engine = slim_store_engine_for(url);
    struct slim_store *store;

    *made = (struct live_part){.pool = make_pool(),
                               .wish = asker->wish.number,
                               .choice = choice_of(&asker->wish, part),
                               .asked = slim_ticks()};
    if (make_query(asker, part, &made->query, &made->trouble, made->pool)) {
        /* The copy that is published has another address: publish() mends it. */
        if (engine->open_reader(url, 0, &store, made->pool) != APR_SUCCESS
            || slim_report_answer(store, &made->query, &made->answer, made->pool) != APR_SUCCESS) {
            made->trouble = apr_pstrdup(made->pool, store->error.what);
        }
        engine->close(store);
    }
    made->took = slim_ticks() - made->asked;
}

/* Words of the present: zone and filters. Minutes that were counted by other filters are not
 * known. */
static void take_words(struct asker *asker)
{
    struct live *live = &asker->live;

    memset(live->minute, 0, sizeof live->minute);
    live->count = 0;
    if (asker->wish.zone) {
        live->words[live->count][0] = "tz";
        live->words[live->count++][1] = asker->wish.zone;
    }
    for (int i = 0; i < asker->wish.filters; i++) {
        live->words[live->count][0] = "where";
        live->words[live->count++][1] = asker->wish.filter[i];
    }
}

/* --- publishing, under the lock --- */

static void publish(struct live_board *board, int part, const struct live_part *made)
{
    struct live_part *is = &board->part[part];

    if (is->pool) {
        apr_pool_destroy(is->pool);
    }
    *is = *made;
    if (is->answer.query) {
        is->answer.query = &is->query;
    }
}

static void publish_now(struct live_board *board, const struct live_now *now, apr_pool_t *pool,
                        int64_t asked)
{
    if (board->now_pool) {
        apr_pool_destroy(board->now_pool);
    }
    board->now_pool = pool;
    board->now = *now;
    board->now_asked = asked;
    board->now_took = slim_ticks() - asked;
}

/* --- the thread --- */

static void ask_now(struct asker *asker)
{
    struct live_board *board = asker->board;
    struct live_now now;
    int64_t asked = slim_ticks();
    apr_pool_t *pool = make_pool();

    live_gather_now(&asker->live, &now, pool);
    pthread_mutex_lock(&board->lock);
    publish_now(board, &now, pool, asked);
    pthread_mutex_unlock(&board->lock);
}

static void ask(struct asker *asker, int part)
{
    struct live_board *board = asker->board;
    struct live_part made;

    if (part == NOW) {
        ask_now(asker);
    } else {
        ask_part(asker, part, &made);
        pthread_mutex_lock(&board->lock);
        publish(board, part, &made);
        pthread_mutex_unlock(&board->lock);
    }
    (void)!write(board->wake[1], "", 1); /* a full pipe wakes, too */
}

/* The next question; without one it waits until there is. */
static void take_turn(struct asker *asker)
{
    struct live_board *board = asker->board;
    int64_t when;

    pthread_mutex_lock(&board->lock);
    int part = next_part(board, &when);
    if (part == NOTHING) {
        wait_until(board, when);
    }
    int is_new = asker->wish.number != board->wish.number;
    asker->wish = board->wish;
    pthread_mutex_unlock(&board->lock);
    if (is_new) {
        take_words(asker);
    }
    if (part != NOTHING) {
        ask(asker, part);
    }
}

static void *work(void *data)
{
    struct live_board *board = data;
    struct asker asker = {.board = board, .live = {.cli = board->cli, .goals = board->goals}};

    for (;;) {
        take_turn(&asker);
    }
    return NULL;
}

static int make_lock(struct live_board *board)
{
    pthread_condattr_t attributes;

    if (pthread_condattr_init(&attributes)) {
        return 0;
    }
    int good = !pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
               && !pthread_cond_init(&board->wished, &attributes)
               && !pthread_mutex_init(&board->lock, NULL);
    pthread_condattr_destroy(&attributes);
    return good;
}

/* Signals are the other thread's. */
static int start(struct live_board *board)
{
    sigset_t all, before;
    pthread_t thread;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&thread, NULL, work, board) || pthread_detach(thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return !failed;
}

struct live_board *live_board_start(const struct live *live, const struct live_wish *wish,
                                    int interval_s)
{
    struct live_board *board = apr_pcalloc(live->cli->pool, sizeof *board);

    board->cli = live->cli;
    board->goals = live->goals;
    board->wish = *wish;
    board->interval = interval_s * INT64_C(1000000);
    board->now.zone = &slim_zone_utc;
    board->now.state = "";
    int good = pipe2(board->wake, O_CLOEXEC | O_NONBLOCK) == 0 && make_lock(board) && start(board);
    return good ? board : NULL;
}

/* --- the screen's side --- */

void live_board_wish(struct live_board *board, const struct live_wish *wish)
{
    pthread_mutex_lock(&board->lock);
    board->wish = *wish;
    pthread_cond_signal(&board->wished);
    pthread_mutex_unlock(&board->lock);
}

void live_board_renew(struct live_board *board)
{
    pthread_mutex_lock(&board->lock);
    for (int part = 0; part < PARTS; part++) {
        board->part[part].asked = board->part[part].took = 0;
    }
    board->now_asked = board->now_took = 0;
    pthread_cond_signal(&board->wished);
    pthread_mutex_unlock(&board->lock);
}

int live_board_fd(const struct live_board *board)
{
    return board->wake[0];
}

void live_board_lock(struct live_board *board)
{
    pthread_mutex_lock(&board->lock);
}

void live_board_unlock(struct live_board *board)
{
    pthread_mutex_unlock(&board->lock);
}

const struct live_now *live_board_now(const struct live_board *board)
{
    return &board->now;
}

const struct live_part *live_board_part(const struct live_board *board, int panel)
{
    return &board->part[panel + 1];
}
