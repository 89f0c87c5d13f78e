/* The hits of a transaction that are not in the table yet: what their sessions make of them is
 * known when all of them are there, so that each is written once. */
#include <stdlib.h>

#include "store/sqlite/base/array.h"
#include "store/sqlite/base/row.h"
#include "writer.h"

#define ROWS_MAX 4096

struct slim_sqlite_batch {
    sqlite3_stmt *add;
    struct slim_sql_array hits; /* as the statement reads them */
    struct slim_hit_row row[ROWS_MAX];
    uint32_t rows;
    int64_t newest; /* second of the newest of them */
};

static void give_hit(sqlite3_context *result, const struct slim_sql_array *hits, uint32_t row,
                     int column)
{
    slim_sqlite_row_give(result, &slim_stored_hit, (const struct slim_hit_row *)hits->rows + row,
                         column);
}

struct slim_sqlite_batch *slim_sqlite_batch_open(struct slim_sqlite *store, apr_pool_t *pool)
{
    struct slim_sqlite_batch *batch = apr_palloc(pool, sizeof *batch);

    batch->hits = (struct slim_sql_array){slim_sqlite_row_columns(&slim_stored_hit, pool), give_hit,
                                          batch->row, 0};
    slim_sql_array_declare(store, "batch_hit", &batch->hits);
    batch->add = slim_sql_statement(store, "write/hit_add", NULL);
    batch->rows = 0;
    batch->newest = -1;
    return batch;
}

uint32_t slim_sqlite_batch_add(struct slim_sqlite_writer *w, const struct slim_hit_row *row)
{
    struct slim_sqlite_batch *batch = w->batch;
    int64_t second = row->id >> SLIM_HIT_SECOND_SHIFT;

    batch->row[batch->rows++] = *row;
    batch->newest = second > batch->newest ? second : batch->newest;
    return batch->rows;
}

struct slim_hit_row *slim_sqlite_batch_row(struct slim_sqlite_writer *w, uint32_t place)
{
    return &w->batch->row[place - 1];
}

int slim_sqlite_batch_is_full(const struct slim_sqlite_writer *w)
{
    return w->batch->rows == ROWS_MAX;
}

int64_t slim_sqlite_batch_newest(const struct slim_sqlite_writer *w)
{
    return w->batch->newest;
}

void slim_sqlite_batch_forget(struct slim_sqlite_writer *w)
{
    if (w->batch) {
        w->batch->rows = 0;
        w->batch->newest = -1;
    }
}

static int by_id(const void *a, const void *b)
{
    const struct slim_hit_row *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

void slim_sqlite_flush_hits(struct slim_sqlite_writer *w)
{
    struct slim_sqlite_batch *batch = w->batch;

    slim_sqlite_sessions_flush(w);
    if (batch->rows > 0) {
        qsort(batch->row, batch->rows, sizeof batch->row[0], by_id);
        batch->hits.count = batch->rows;
        slim_sql_finish(&w->store, batch->add);
    }
    for (uint32_t i = 0; i < batch->rows && slim_sql_is_well(&w->store); i++) {
        slim_sqlite_rollup_hit(w, &batch->row[i], 1);
    }
    slim_sqlite_batch_forget(w);
    slim_sqlite_claims_flush(w);
}
