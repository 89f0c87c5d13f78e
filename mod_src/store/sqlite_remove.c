/* Taking hits away as if they had never come. A day at a time: hits that are to go are looked
 * for while others may write; then, in one transaction, they and the visits that had one are taken
 * out of the rollups, what remains of those visits is given its visits anew, and the sets of
 * visitors, which cannot forget, are made anew from rows. */
#include <string.h>

#include "sqlite_remove.h"

#define ROWS_MAX 50000 /* hits found for a transaction: what it keeps in memory is bounded */

/* --- statements --- */

/* Runs a statement that may have :since and :until (as hits' numbers), or :first and :last. */
static apr_status_t run_between(struct slim_removing *r, const char *file, int64_t since,
                                int64_t until)
{
    sqlite3_stmt *statement;
    apr_status_t rv = slim_sqlite_prepare(r->store, file, NULL, &statement);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    slim_sqlite_bind_int(statement, ":since", since << SLIM_HIT_SECOND_SHIFT);
    slim_sqlite_bind_int(statement, ":until", until << SLIM_HIT_SECOND_SHIFT);
    slim_sqlite_bind_int(statement, ":first", since << SLIM_HIT_SECOND_SHIFT);
    slim_sqlite_bind_int(statement, ":last", until << SLIM_HIT_SECOND_SHIFT);
    slim_sqlite_bind_int(statement, ":rows",
                         r->removal->rows_max ? r->removal->rows_max : ROWS_MAX);
    return slim_sqlite_finish(r->store, statement);
}

static apr_status_t run_files(struct slim_removing *r, const char *const *files)
{
    apr_status_t rv = APR_SUCCESS;

    for (; *files && rv == APR_SUCCESS; files++) {
        rv = slim_sqlite_run_file(r->store, *files);
    }
    return rv;
}

/* --- rollups and sets --- */

static apr_status_t run_for_dimension(struct slim_removing *r, const char *file,
                                      const struct slim_dimension *d)
{
    sqlite3_stmt *statement;
    apr_status_t rv = slim_sqlite_prepare(r->store, file, NULL, &statement);

    if (rv == APR_SUCCESS) {
        slim_sqlite_bind_int(statement, ":dimension", d->number);
        rv = slim_sqlite_finish(r->store, statement);
    }
    return rv;
}

/* Days without rows keep their sets: nobody knows any more who else was in them. */
static apr_status_t touch_sets(struct slim_removing *r)
{
    apr_status_t rv = APR_SUCCESS;

    for (const struct slim_dimension *d = slim_dimension_table; rv == APR_SUCCESS && d->number;
         d++) {
        if (d->has_visitors) {
            rv = slim_recount_run(&r->recount, d, "sqlite/house/touch_sets.sql",
                                  r->recount.rows_from, r->ended + 1);
        }
    }
    return rv;
}

/* The buckets of a dimension's touched sets; -1: there are none. */
static apr_status_t find_span(struct slim_removing *r, const struct slim_dimension *d,
                              int64_t span[2])
{
    sqlite3_stmt *statement;
    apr_status_t rv =
        slim_sqlite_prepare(r->store, "sqlite/house/touched_span.sql", NULL, &statement);

    if (rv == APR_SUCCESS) {
        slim_sqlite_bind_int(statement, ":dimension", d->number);
        rv = slim_sqlite_take_numbers(r->store, statement, -1, span, 2);
    }
    return rv;
}

static apr_status_t remake_sets(struct slim_removing *r, const struct slim_dimension *d)
{
    int64_t span[2];
    apr_status_t rv = find_span(r, d, span);

    if (rv != APR_SUCCESS || span[0] < 0) {
        return rv;
    }
    rv = slim_sqlite_run_file(r->store, "sqlite/house/recount_clear.sql");
    if (rv == APR_SUCCESS) {
        rv = slim_recount_run(&r->recount, d, "sqlite/house/recount_touched.sql", span[0] * d->unit,
                              (span[1] + 1) * d->unit);
    }
    if (rv == APR_SUCCESS) {
        rv = run_for_dimension(r, "sqlite/house/set_clear_touched.sql", d);
    }
    return rv == APR_SUCCESS ? run_for_dimension(r, "sqlite/house/set_make.sql", d) : rv;
}

static apr_status_t remake_all_sets(struct slim_removing *r)
{
    apr_status_t rv = APR_SUCCESS;

    for (const struct slim_dimension *d = slim_dimension_table; rv == APR_SUCCESS && d->number;
         d++) {
        rv = d->has_visitors ? remake_sets(r, d) : APR_SUCCESS;
    }
    return rv;
}

static apr_status_t tidy_rollups(struct slim_removing *r)
{
    apr_status_t rv = APR_SUCCESS;

    for (const struct slim_dimension *d = slim_dimension_table; rv == APR_SUCCESS && d->number;
         d++) {
        sqlite3_stmt *statement;
        rv = slim_sqlite_prepare(r->store, "sqlite/house/rollup_tidy.sql", NULL, &statement);
        if (rv == APR_SUCCESS) {
            slim_sqlite_bind_int(statement, ":dimension", d->number);
            slim_sqlite_bind_int(statement, ":first", r->began / d->unit);
            slim_sqlite_bind_int(statement, ":last", r->ended / d->unit + 1);
            rv = slim_sqlite_finish(r->store, statement);
        }
    }
    return rv;
}

static apr_status_t read_stored(struct slim_removing *r, int64_t *stored)
{
    sqlite3_stmt *statement;
    apr_status_t rv =
        slim_sqlite_prepare(r->store, "sqlite/house/stored_most.sql", NULL, &statement);

    return rv == APR_SUCCESS ? slim_sqlite_take_numbers(r->store, statement, 0, stored, 1) : rv;
}

/* Hits that were imported never were in a journal, and rows do not tell which: as many as the
 * journal has stored are counted. */
static apr_status_t note_in_ledger(struct slim_removing *r)
{
    struct slim_ledger lost = {0};
    sqlite3_stmt *statement;
    int64_t stored = 0;
    apr_status_t rv = read_stored(r, &stored);

    if (rv != APR_SUCCESS || stored <= 0) {
        return rv;
    }
    stored = (int64_t)r->hits < stored ? (int64_t)r->hits : stored;
    rv = slim_sqlite_prepare(r->store, "sqlite/house/stored_less.sql", NULL, &statement);
    if (rv == APR_SUCCESS) {
        slim_sqlite_bind_int(statement, ":hits", stored);
        rv = slim_sqlite_finish(r->store, statement);
    }
    lost.excluded[r->removal->rule->reason] = (uint64_t)stored;
    return rv == APR_SUCCESS ? slim_sqlite_put_lost(&r->store->base, &lost) : rv;
}

/* --- a day --- */

static apr_status_t find_members(struct slim_removing *r)
{
    static const char *const begin[] = {"sqlite/house/going_visit_clear.sql",
                                        "sqlite/house/member_clear.sql",
                                        "sqlite/house/touched_set_clear.sql",
                                        "sqlite/house/going_visit_find.sql", NULL};
    sqlite3_stmt *statement;
    int64_t span[2];
    apr_status_t rv = run_files(r, begin);

    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_prepare(r->store, "sqlite/house/going_span.sql", NULL, &statement);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_take_numbers(r->store, statement, -1, span, 2);
    }
    if (rv == APR_SUCCESS && span[0] >= 0) {
        rv = run_between(r, "sqlite/house/member_find.sql", span[0], span[1] + 1);
        r->began = span[0];
        r->ended = span[1];
    }
    return rv == APR_SUCCESS ? slim_sqlite_run_file(r->store, "sqlite/house/member_add.sql") : rv;
}

static apr_status_t remove_members(struct slim_removing *r)
{
    static const char *const gone[] = {"sqlite/house/visit_delete.sql",
                                       "sqlite/house/hit_delete.sql", NULL};
    apr_array_header_t *rows = apr_array_make(r->pool, 1000, sizeof(struct slim_removing_row));
    apr_status_t rv = slim_removing_read(r, rows);

    if (rv == APR_SUCCESS) {
        rv = touch_sets(r);
    }
    if (rv == APR_SUCCESS && r->removal->forgets_texts) {
        rv = slim_sqlite_run_file(r->store, "sqlite/house/loose_hits.sql");
    }
    if (rv == APR_SUCCESS) {
        rv = slim_removing_take_out_hits(r, rows);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_removing_take_out_visits(r);
    }
    if (rv == APR_SUCCESS) {
        rv = run_files(r, gone);
    }
    return rv == APR_SUCCESS ? slim_removing_give_visits(r, rows) : rv;
}

static apr_status_t remove_in_transaction(struct slim_removing *r)
{
    apr_status_t rv = find_members(r);

    if (rv == APR_SUCCESS) {
        rv = remove_members(r);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_removing_freshen(r);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_rollups_flush(r->store);
    }
    if (rv == APR_SUCCESS) {
        rv = tidy_rollups(r);
    }
    if (rv == APR_SUCCESS) {
        rv = remake_all_sets(r);
    }
    return rv == APR_SUCCESS && r->hits > 0 ? note_in_ledger(r) : rv;
}

/* Takes away what was found of a day. */
static apr_status_t remove_found(struct slim_removing *r, apr_pool_t *pool)
{
    uint64_t visits = r->removed->visits;
    apr_status_t rv = slim_house_begin(r->store);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    apr_pool_create(&r->pool, pool);
    r->first_lost = apr_array_make(r->pool, 100, sizeof(int64_t));
    r->hits = 0;
    r->began = INT64_MAX;
    r->ended = 0;
    rv = slim_house_end(r->store, remove_in_transaction(r));
    if (rv == APR_SUCCESS) {
        r->removed->hits += r->hits;
    } else {
        r->removed->visits = visits;
    }
    apr_pool_destroy(r->pool);
    return rv;
}

/* *found: some of a day's hits that go. */
static apr_status_t find_going(struct slim_removing *r, int64_t day, int *found)
{
    apr_status_t rv = slim_sqlite_run_file(r->store, "sqlite/house/going_clear.sql");

    *found = 0;
    if (rv == APR_SUCCESS) {
        rv = run_between(r, "sqlite/house/going_find.sql", day * SLIM_DAY, (day + 1) * SLIM_DAY);
        *found = rv == APR_SUCCESS && sqlite3_changes(r->store->db) > 0;
    }
    return rv;
}

static apr_status_t remove_day(struct slim_removing *r, int64_t day, apr_pool_t *pool)
{
    int found;
    apr_status_t rv = find_going(r, day, &found);

    while (rv == APR_SUCCESS && found) {
        rv = remove_found(r, pool);
        if (rv == APR_SUCCESS) {
            rv = find_going(r, day, &found);
        }
    }
    return rv;
}

static apr_status_t remove_days(struct slim_removing *r, const struct slim_store_teller *teller,
                                apr_pool_t *pool)
{
    int64_t day = -1;
    apr_status_t rv = APR_SUCCESS;

    while (rv == APR_SUCCESS) {
        rv = slim_recount_next_day(&r->recount, day + 1, &day);
        if (rv != APR_SUCCESS || day < 0) {
            break;
        }
        slim_house_tell(teller, "day", (uint64_t)day, 0);
        rv = remove_day(r, day, pool);
    }
    return rv;
}

static apr_status_t make_tables(struct slim_removing *r)
{
    static const char *const files[] = {"sqlite/house/going.sql",  "sqlite/house/going_visit.sql",
                                        "sqlite/house/member.sql", "sqlite/house/touched_set.sql",
                                        "sqlite/house/loose.sql",  NULL};

    return run_files(r, files);
}

/* The log still has what was deleted. It is emptied if nobody reads just now; else it will be. */
static void empty_log(struct slim_sqlite *store)
{
    if (slim_sqlite_lock(store) == APR_SUCCESS) {
        sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        slim_sqlite_unlock(store);
    }
}

/* What is deleted is overwritten: who asks for it to be gone means that. */
apr_status_t slim_sqlite_remove(struct slim_store *base, const struct slim_store_removal *removal,
                                const struct slim_store_teller *teller,
                                struct slim_store_removed *removed, apr_pool_t *pool)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    struct slim_removing r = {.store = store, .removal = removal, .removed = removed};
    apr_status_t rv = slim_recount_open(&r.recount, store);

    memset(removed, 0, sizeof *removed);
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_execute(store, "pragma secure_delete = on", "write to");
    }
    if (rv == APR_SUCCESS) {
        rv = make_tables(&r);
    }
    if (rv == APR_SUCCESS) {
        store->removal = removal;
        rv = remove_days(&r, teller, pool);
        store->removal = NULL;
    }
    if (rv == APR_SUCCESS && removal->forgets_texts && removed->hits > 0) {
        slim_house_tell(teller, "texts", 0, 0);
        rv = slim_removing_tidy(&r);
        empty_log(store);
    }
    return rv;
}
