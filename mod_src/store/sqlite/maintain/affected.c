/* Visits that lose some of their hits: these are subtracted from the rollups, and what remains is
 * divided into visits again. */
#include "remove.h"
#include "store/sqlite/base/row.h"

/* --- a hit's row --- */

static apr_status_t take_hit(void *baton, sqlite3_stmt *row)
{
    struct slim_removing_row *taken =
        &APR_ARRAY_PUSH((apr_array_header_t *)baton, struct slim_removing_row);

    *taken = (struct slim_removing_row){0};
    int next = slim_sqlite_hit_read(row, &taken->hit);
    taken->hit.visitor = sqlite3_column_int64(row, next);
    taken->is_removed = sqlite3_column_int(row, next + 1);
    return APR_SUCCESS;
}

void slim_removing_read(struct slim_removing *r, apr_array_header_t *rows)
{
    slim_sql_rows(&r->writer->store, "maintain/affected_hit_rows", SLIM_NO_VALUES, take_hit, rows);
}

/* --- out of the rollups --- */

void slim_removing_take_out_hits(struct slim_removing *r, const apr_array_header_t *rows)
{
    for (int i = 0; i < rows->nelts; i++) {
        const struct slim_removing_row *row = &APR_ARRAY_IDX(rows, i, struct slim_removing_row);
        int64_t second = row->hit.id >> SLIM_HIT_SECOND_SHIFT;
        r->began = second < r->began ? second : r->began;
        r->ended = second > r->ended ? second : r->ended;
        if (row->is_removed) {
            r->hits++;
            r->imported += (row->hit.flags & SLIM_ROW_FLAGS_OF_IMPORTS) != 0;
            slim_sqlite_rollup_hit(r->writer, &row->hit, -1);
        }
    }
}

static apr_status_t take_out_visit(void *baton, sqlite3_stmt *row)
{
    struct slim_removing *r = baton;
    struct slim_visit visit = {0};

    slim_sqlite_row_read(row, &slim_stored_visit, &visit);
    slim_sqlite_rollup_visit(r->writer, &visit, -1);
    if (visit.fresh) {
        APR_ARRAY_PUSH(r->first_lost, int64_t) = visit.visitor;
    }
    return APR_SUCCESS;
}

void slim_removing_take_out_visits(struct slim_removing *r)
{
    slim_sql_rows(&r->writer->store, "maintain/visit_rows", SLIM_NO_VALUES, take_out_visit, r);
}

/* --- visits of the remaining hits --- */

void slim_removing_give_visits(struct slim_removing *r, const apr_array_header_t *rows)
{
    for (int i = 0; i < rows->nelts; i++) {
        const struct slim_removing_row *row = &APR_ARRAY_IDX(rows, i, struct slim_removing_row);
        if (!row->is_removed && row->hit.visitor) {
            slim_sqlite_session_hit(r->writer, &row->hit, 0);
        }
    }
    slim_sqlite_flush_hits(r->writer);
}

static apr_status_t take_visit(void *baton, sqlite3_stmt *row)
{
    slim_sqlite_row_read(row, &slim_stored_visit, baton);
    return APR_SUCCESS;
}

static void freshen(struct slim_removing *r, int64_t visitor)
{
    struct slim_sqlite *store = &r->writer->store;
    struct slim_visit first = {0};

    slim_sql_rows(store, "maintain/visit_first", SLIM_VALUES(slim_value(":visitor", visitor)),
                  take_visit, &first);
    if (first.hits == 0 || first.fresh) {
        return;
    }
    slim_sqlite_rollup_visit(r->writer, &first, -1);
    first.fresh = 1;
    slim_sqlite_rollup_visit(r->writer, &first, 1);
    slim_sql_run(store, "maintain/visit_freshen", SLIM_VALUES(slim_value(":id", first.id)));
}

void slim_removing_freshen(struct slim_removing *r)
{
    for (int i = 0; i < r->first_lost->nelts; i++) {
        freshen(r, APR_ARRAY_IDX(r->first_lost, i, int64_t));
    }
}
