/* New hits are those of the last minutes that were not seen the last time: a hit that was stored
 * late stands among older ones. */
#include "live_follow.h"
#include "report/ask.h"

#include <apr_strings.h>
#include <apr_time.h>

#define WINDOW_S 600
#define WINDOW_HITS 10000
#define HITS_AT_FIRST 10

static void take_rows(struct live_follow *follow, const struct slim_answer *answer,
                      apr_hash_t *seen, apr_pool_t *pool, struct slim_buffer *out)
{
    int first = follow->seen == NULL;

    for (int r = answer->rows->nelts - 1; r >= 0; r--) { /* newest first */
        const struct slim_cell *cells = APR_ARRAY_IDX(answer->rows, r, struct slim_cell *);
        int64_t *hit = apr_pmemdup(pool, &cells[0].number, sizeof cells[0].number);
        apr_hash_set(seen, hit, sizeof *hit, hit);
        if (first ? r < HITS_AT_FIRST : !apr_hash_get(follow->seen, hit, sizeof *hit)) {
            live_hit(cells, answer->query, out);
            slim_buffer_text(out, "\n");
        }
    }
}

static apr_status_t ask(const struct live *live, struct slim_store *store, int first,
                        struct slim_answer *answer, apr_pool_t *pool)
{
    struct slim_query *query = apr_palloc(pool, sizeof *query);
    const char *reason;

    if (!live_ask(live, "recent", apr_time_sec(apr_time_now()), query, &reason, pool)) {
        return SLIM_EBADQUERY;
    }
    query->since = first ? 0 : query->now - WINDOW_S;
    query->limit = WINDOW_HITS;
    return slim_report_answer(store, query, answer, pool);
}

int live_follow(const struct live *live, struct live_follow *follow, struct slim_buffer *out,
                const char **trouble)
{
    const struct slim_store_engine *engine = slim_store_engine_for(live->cli->store);
    struct slim_store *store;
    struct slim_answer answer;
    apr_pool_t *pool, *temporary = out->pool;

    apr_status_t rv = engine->open_reader(live->cli->store, 0, &store, temporary);
    if (rv == APR_SUCCESS) {
        rv = ask(live, store, follow->seen == NULL, &answer, temporary);
    }
    if (rv != APR_SUCCESS) {
        *trouble = apr_pstrdup(temporary, store->error.what);
    } else {
        apr_pool_create(&pool, live->cli->pool);
        apr_hash_t *seen = apr_hash_make(pool);
        take_rows(follow, &answer, seen, pool, out);
        if (follow->pool) {
            apr_pool_destroy(follow->pool);
        }
        follow->seen = seen;
        follow->pool = pool;
    }
    engine->close(store);
    return rv == APR_SUCCESS;
}
