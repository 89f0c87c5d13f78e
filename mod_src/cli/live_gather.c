/* The questions behind a frame: visitors online, hits a minute, pages and the last hits. */
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>
#include <apr_time.h>

#include "live.h"
#include "report/ask.h"
#include "report/health.h"

#define ONLINE_S 300

int live_ask(const struct live *live, const char *report, int64_t now, struct slim_query *query,
             const char **reason, apr_pool_t *pool)
{
    slim_query_init(query, slim_report_find(report), now);
    query->goals = live->goals;
    for (int i = 0; i < live->count; i++) {
        if (slim_query_set(query, live->words[i][0], live->words[i][1], reason, pool)
            != APR_SUCCESS) {
            return 0;
        }
    }
    return 1;
}

/* An answer from since to now; 0 when the store failed. */
static int answer_since(const struct live *live, struct slim_store *store, const char *report,
                        int64_t since, int64_t until, unsigned limit, struct slim_answer *answer,
                        apr_pool_t *pool)
{
    struct slim_query *query = apr_palloc(pool, sizeof *query);
    const char *reason;

    if (!live_ask(live, report, until - 1, query, &reason, pool)) {
        return 0;
    }
    query->since = since;
    query->until = until;
    query->limit = limit;
    return slim_report_answer(store, query, answer, pool) == APR_SUCCESS;
}

/* A column that adds up, over all rows. */
static int64_t total(const struct slim_answer *answer, const char *name)
{
    const struct slim_report *report = answer->query->report;
    const struct slim_column *column = slim_report_column(report, name);

    return column ? answer->total[column - report->column] : 0;
}

/* A number of an overview's only row. */
static int64_t figure(const struct slim_answer *answer, const char *name)
{
    const struct slim_report *report = answer->query->report;
    const struct slim_column *column = slim_report_column(report, name);

    return column && answer->rows->nelts > 0
               ? APR_ARRAY_IDX(answer->rows, 0, struct slim_cell *)[column - report->column].number
               : 0;
}

static int count_minutes(struct live *live, struct slim_store *store, struct live_now *now,
                         apr_pool_t *pool)
{
    int64_t last = now->now - now->now % 60;

    for (int i = 0; i < LIVE_MINUTES; i++) {
        int64_t begin = last - (LIVE_MINUTES - 1 - i) * 60;
        size_t place = (size_t)(begin / 60 % LIVE_MINUTES);
        if (live->minute[place].begin != begin || begin >= last - 120) {
            struct slim_answer answer;
            if (!answer_since(live, store, "overview", begin, begin + 60, 1, &answer, pool)) {
                return 0;
            }
            live->minute[place].begin = begin;
            live->minute[place].hits = figure(&answer, "hits") + figure(&answer, "robots");
        }
        now->minute[i] = live->minute[place].hits;
    }
    return 1;
}

static int count_online(const struct live *live, struct slim_store *store, struct live_now *now,
                        apr_pool_t *pool)
{
    struct slim_answer answer;

    if (!answer_since(live, store, "online", now->now - ONLINE_S, now->now + 1, 1, &answer, pool)) {
        return 0;
    }
    now->online = total(&answer, "online");
    return 1;
}

static const char *read_state(const struct live *live, struct slim_store *store, apr_pool_t *pool)
{
    struct slim_cli cli = *live->cli;
    struct slim_health health;
    struct slim_ring ring;

    cli.pool = pool;
    int has_ring = slim_cli_open_ring(&cli, &ring);

    slim_health_read(has_ring ? &ring : NULL, store, &health);
    if (has_ring) {
        int fd = ring.fd;
        slim_ring_unmap(&ring);
        close(fd);
    }
    return slim_state_name(health.state);
}

/* Opens the store, anew each time, so that one that was replaced is seen; to be closed in any case.
 * Returns whether it is open. */
static int open_now(const struct live *live, struct live_now *now, struct slim_store **store,
                    apr_pool_t *pool)
{
    const struct slim_store_engine *engine = slim_store_engine_for(live->cli->store);
    struct slim_query query;
    const char *reason;

    *now = (struct live_now){.now = apr_time_sec(apr_time_now()), .zone = &slim_zone_utc};
    if (live_ask(live, "overview", now->now, &query, &reason, pool)) {
        now->zone = query.zone;
    }
    int opened = engine->open_reader(live->cli->store, 0, store, pool) == APR_SUCCESS;
    now->state = read_state(live, opened ? *store : NULL, pool);
    return opened;
}

static void close_now(struct live_now *now, struct slim_store *store, int good, apr_pool_t *pool)
{
    if (!good) {
        now->trouble = apr_pstrdup(pool, store->error.what);
    }
    store->engine->close(store);
}

void live_gather_now(struct live *live, struct live_now *now, apr_pool_t *pool)
{
    struct slim_store *store;
    int good = open_now(live, now, &store, pool) && count_online(live, store, now, pool)
               && count_minutes(live, store, now, pool);

    close_now(now, store, good, pool);
}

static const char *join_filters(const struct live *live, apr_pool_t *pool)
{
    const char *filters = "";

    for (int i = 0; i < live->count; i++) {
        if (strcmp(live->words[i][0], "where") == 0) {
            filters = apr_pstrcat(pool, filters, *filters ? ", " : "", live->words[i][1], NULL);
        }
    }
    return filters;
}

void live_gather(struct live *live, struct live_view *view, unsigned hits, apr_pool_t *pool)
{
    struct live_now *now = &view->now;
    struct slim_store *store;

    *view = (struct live_view){.filters = join_filters(live, pool)};
    int good = open_now(live, now, &store, pool) && count_online(live, store, now, pool)
               && count_minutes(live, store, now, pool)
               && answer_since(live, store, "pages", now->now - LIVE_MINUTES * 60, now->now + 1, 5,
                               &view->pages, pool)
               && answer_since(live, store, "recent", 0, now->now + 1, hits, &view->recent, pool);
    close_now(now, store, good, pool);
}
