/* Removing hits as if they had never been recorded. A day at a time: the hits to be removed are
 * looked for while others may write. Then, in one transaction, they and the visits that had one are
 * subtracted from the rollups, the remaining hits of those visits are divided into visits again,
 * and sets of visitors, from which nothing can be subtracted, are recomputed from the hits. */
#include <string.h>

#include "remove.h"
#include "sweep.h"

#define ROWS_MAX 2000 /* hits found for a transaction: others wait for it */

static struct slim_sqlite *store_of(const struct slim_removing *r)
{
    return &r->writer->store;
}

static void run_files(struct slim_removing *r, const char *const *files)
{
    for (; *files; files++) {
        slim_sql_run(store_of(r), *files, SLIM_NO_VALUES);
    }
}

/* --- rollups --- */

static void tidy_rollups(struct slim_removing *r)
{
    for (const struct slim_dimension *d = slim_dimension_table; d->number; d++) {
        slim_sql_run(store_of(r), "maintain/rollup_tidy",
                     SLIM_VALUES(slim_value(":dimension", d->number),
                                 slim_value(":first", r->began / d->unit),
                                 slim_value(":last", r->ended / d->unit + 1)));
    }
}

void slim_removing_finish(struct slim_removing *r)
{
    slim_removing_freshen(r);
    slim_sqlite_rollups_flush(r->writer);
    tidy_rollups(r);
    slim_removing_remake_sets(r);
}

/* Each hit in its own account. What the ledger takes is never more than it had: rows of a store
 * that is older than the account of imports may not say that they were imported. */
static void note_in_ledger(struct slim_removing *r)
{
    unsigned reason = r->removal->rule->reason;
    uint64_t recorded = r->hits - r->imported;
    struct slim_ledger lost = {0};
    int64_t stored;

    slim_sqlite_imports_exclude(store_of(r), reason, r->imported);
    slim_sql_numbers(store_of(r), "maintain/stored_most", SLIM_NO_VALUES, 0, &stored, 1);
    if (stored <= 0 || recorded == 0) {
        return;
    }
    stored = (int64_t)recorded < stored ? (int64_t)recorded : stored;
    slim_sql_run(store_of(r), "maintain/stored_less", SLIM_VALUES(slim_value(":hits", stored)));
    lost.excluded[reason] = (uint64_t)stored;
    slim_sql_fail(store_of(r), slim_sqlite_put_lost(&store_of(r)->base, &lost));
}

/* --- a day --- */

void slim_removing_find(struct slim_removing *r)
{
    static const char *const begin[] = {"maintain/affected_visit_clear",
                                        "maintain/affected_hit_clear",
                                        "maintain/affected_visit_find", NULL};
    int64_t span[2];

    run_files(r, begin);
    slim_sql_numbers(store_of(r), "maintain/affected_visit_span", SLIM_NO_VALUES, -1, span, 2);
    if (span[0] >= 0) {
        slim_sql_run(store_of(r), "maintain/affected_hit_find",
                     SLIM_VALUES(slim_value(":first", span[0] << SLIM_HIT_SECOND_SHIFT),
                                 slim_value(":last", (span[1] + 1) << SLIM_HIT_SECOND_SHIFT)));
        r->began = span[0];
        r->ended = span[1];
    }
    slim_sql_run(store_of(r), "maintain/affected_hit_add", SLIM_NO_VALUES);
}

/* Those that lose one; all of their sessions are made again. */
static void count_visits(struct slim_removing *r)
{
    int64_t visits;

    slim_sql_numbers(store_of(r), "maintain/removed_visits", SLIM_NO_VALUES, 0, &visits, 1);
    r->removed->visits += (uint64_t)visits;
}

/* Who is erased is nobody who had come before, either. */
static void forget_past(struct slim_removing *r, const apr_array_header_t *rows)
{
    int64_t last = 0;

    for (int i = 0; i < rows->nelts; i++) {
        const struct slim_removing_row *row = &APR_ARRAY_IDX(rows, i, struct slim_removing_row);
        if (row->is_removed && row->hit.visitor != last) {
            last = row->hit.visitor;
            slim_sql_run(store_of(r), "maintain/past_forget",
                         SLIM_VALUES(slim_value(":visitor", last)));
        }
    }
}

static void remove_affected(struct slim_removing *r)
{
    static const char *const gone[] = {"maintain/session_delete", "maintain/visit_delete",
                                       "maintain/hit_delete", NULL};
    apr_array_header_t *rows = apr_array_make(r->pool, 1000, sizeof(struct slim_removing_row));

    count_visits(r);
    slim_removing_read(r, rows);
    slim_removing_touch_sets(r, rows);
    slim_removing_take_out_hits(r, rows);
    slim_removing_take_out_visits(r);
    run_files(r, gone);
    slim_removing_give_visits(r, rows);
    if (r->removal->forgets_texts) {
        forget_past(r, rows);
    }
}

static void remove_in_transaction(struct slim_removing *r)
{
    slim_removing_find(r);
    remove_affected(r);
    slim_removing_finish(r);
    if (r->hits > 0) {
        note_in_ledger(r);
    }
}

apr_status_t slim_removing_begin(struct slim_removing *r, apr_pool_t *pool)
{
    apr_status_t rv = slim_maintain_begin(r->writer);

    if (rv == APR_SUCCESS) {
        apr_pool_create(&r->pool, pool);
        r->first_lost = apr_array_make(r->pool, 100, sizeof(int64_t));
        r->hits = r->imported = 0;
        r->began = INT64_MAX;
        r->ended = 0;
    }
    return rv;
}

/* Removes what was found of a day. */
static apr_status_t remove_found(struct slim_removing *r, apr_pool_t *pool)
{
    uint64_t visits = r->removed->visits;
    apr_status_t rv = slim_removing_begin(r, pool);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    remove_in_transaction(r);
    rv = slim_maintain_end(r->writer);
    if (rv == APR_SUCCESS) {
        r->removed->hits += r->hits;
    } else {
        r->removed->visits = visits;
    }
    apr_pool_destroy(r->pool);
    return rv;
}

static void bind_number(sqlite3_stmt *statement, const char *name, int64_t value)
{
    sqlite3_bind_int64(statement, sqlite3_bind_parameter_index(statement, name), value);
}

/* *found: whether a day has hits to be removed. */
static apr_status_t find_removed(struct slim_removing *r, int64_t day, int *found)
{
    int64_t since = day * SLIM_DAY, until = since + SLIM_DAY;
    unsigned rows = r->removal->rows_max ? r->removal->rows_max : ROWS_MAX;
    int outer = slim_sql_series_begin(store_of(r));

    slim_sql_run(store_of(r), "maintain/removed_hit_clear", SLIM_NO_VALUES);
    bind_number(r->find, ":since", since << SLIM_HIT_SECOND_SHIFT);
    bind_number(r->find, ":until", until << SLIM_HIT_SECOND_SHIFT);
    bind_number(r->find, ":rows", rows);
    slim_sql_finish(store_of(r), r->find);
    *found = slim_sql_changes(store_of(r)) > 0;
    return slim_sql_series_end(store_of(r), outer);
}

static apr_status_t remove_day(struct slim_removing *r, int64_t day, apr_pool_t *pool)
{
    int found;
    apr_status_t rv = find_removed(r, day, &found);

    while (rv == APR_SUCCESS && found) {
        rv = remove_found(r, pool);
        if (rv == APR_SUCCESS) {
            rv = find_removed(r, day, &found);
        }
    }
    return rv;
}

static apr_status_t remove_days(struct slim_removing *r, const struct slim_store_progress *progress,
                                apr_pool_t *pool)
{
    int64_t day = -1;
    apr_status_t rv = APR_SUCCESS;

    while (rv == APR_SUCCESS) {
        day = slim_recount_next_day(&r->recount, day + 1);
        rv = slim_sql_status(store_of(r));
        if (rv != APR_SUCCESS || day < 0) {
            break;
        }
        slim_maintain_progress(progress, "day", (uint64_t)day, 0);
        rv = remove_day(r, day, pool);
    }
    return rv;
}

apr_status_t slim_removing_prepare(struct slim_removing *r)
{
    static const char *const tables[] = {"maintain/removed_hit", "maintain/affected_visit",
                                         "maintain/affected_hit", NULL};
    struct slim_sqlite *store = store_of(r);
    int outer = slim_sql_series_begin(store);

    slim_sql_fail(store, slim_recount_open(&r->recount, store));
    run_files(r, tables);
    return slim_sql_series_end(store, outer);
}

apr_status_t slim_sqlite_remove(struct slim_store *base, const struct slim_store_removal *removal,
                                const struct slim_store_progress *progress,
                                struct slim_store_removed *removed, apr_pool_t *pool)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);
    struct slim_removing r = {.writer = w, .removal = removal, .removed = removed};
    apr_status_t rv = slim_removing_prepare(&r);

    memset(removed, 0, sizeof *removed);
    if (rv == APR_SUCCESS) {
        w->store.question.removal = removal;
        r.find = slim_removal_statement(&w->store, "maintain/removed_hit_find", removal->rule);
        rv = r.find ? remove_days(&r, progress, pool) : slim_sql_status(&w->store);
        sqlite3_finalize(r.find);
        w->store.question.removal = NULL;
    }
    if (rv == APR_SUCCESS && removal->forgets_texts && removed->hits > 0) {
        rv = slim_sqlite_forget_texts(base, progress, &removed->texts, pool);
    }
    return rv;
}
