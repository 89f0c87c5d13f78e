/* Sets of visitors in which removed page views were counted. Nothing can be subtracted from a set:
 * they are made anew of what remains, of all dimensions in one reading. */
#include <stdlib.h>

#include "remove.h"
#include "store/hll.h"
#include "store/sqlite/base/row.h"
#include "store/tally.h"

/* Hands each set that a page view is counted in to take, until that returns 0. */
static int each_set(const struct slim_hit_row *hit,
                    int (*take)(void *baton, uint64_t group, int64_t key), void *baton)
{
    int64_t second = hit->id >> SLIM_HIT_SECOND_SHIFT;
    unsigned classes = slim_hit_classes(hit);

    for (const struct slim_dimension *d = slim_dimension_table; d->number; d++) {
        if (d->has_visitors && (classes & d->hit_class)
            && !take(baton, slim_group(d->number, second / d->unit, hit->site, hit->robot),
                     slim_key_of(&d->hit, hit))) {
            return 0;
        }
    }
    return 1;
}

static int touch(void *baton, uint64_t group, int64_t key)
{
    return slim_sums_of(baton, group, key) != NULL;
}

/* Days whose hits were purged keep their sets: they could not be recomputed. */
void slim_removing_touch_sets(struct slim_removing *r, const apr_array_header_t *rows)
{
    for (int i = 0; i < rows->nelts; i++) {
        const struct slim_removing_row *row = &APR_ARRAY_IDX(rows, i, struct slim_removing_row);
        if ((row->is_removed || row->is_renamed) && row->hit.pageview
            && row->hit.id >> SLIM_HIT_SECOND_SHIFT >= r->recount.rows_from
            && !each_set(&row->hit, touch, &r->touched)) {
            slim_sqlite_no_memory(&r->writer->store);
            return;
        }
    }
}

struct remaking {
    struct slim_removing *removing;
    struct slim_hll *set; /* of each that was touched */
    int64_t visitor;      /* of the page view at hand */
};

static int add_visitor(void *baton, uint64_t group, int64_t key)
{
    struct remaking *m = baton;
    const struct slim_sums *touched = &m->removing->touched;
    const struct slim_sum *sum = slim_sums_find(touched, group, key);

    return !sum || slim_hll_add(&m->set[sum - touched->sum], (uint64_t)m->visitor) == APR_SUCCESS;
}

static apr_status_t take_pageview(void *baton, sqlite3_stmt *row)
{
    struct remaking *m = baton;
    struct slim_hit_row hit = {0};

    m->visitor = sqlite3_column_int64(row, slim_sqlite_row_read(row, &slim_stored_hit, &hit));
    if (m->visitor && !each_set(&hit, add_visitor, m)) {
        slim_sqlite_no_memory(&m->removing->writer->store);
    }
    return APR_SUCCESS;
}

/* [*since, *until): all buckets of the sets, seconds. */
static void span_of(const struct slim_sums *touched, int64_t *since, int64_t *until)
{
    *since = INT64_MAX;
    *until = INT64_MIN;
    for (uint32_t i = 0; i < touched->count; i++) {
        uint64_t group = touched->sum[i].group;
        int64_t unit = slim_dimension_table[slim_group_dimension(group) - 1].unit;
        int64_t began = slim_group_bucket(group) * unit;
        *since = began < *since ? began : *since;
        *until = began + unit > *until ? began + unit : *until;
    }
}

static void remake(struct remaking *m)
{
    struct slim_sqlite_writer *w = m->removing->writer;
    const struct slim_sums *touched = &m->removing->touched;
    int64_t since, until;

    span_of(touched, &since, &until);
    slim_sql_rows(&w->store, "maintain/span_pageviews",
                  SLIM_VALUES(slim_value(":since", since), slim_value(":until", until)),
                  take_pageview, m);
    for (uint32_t i = 0; i < touched->count; i++) {
        slim_sqlite_put_visitors(w, touched->sum[i].group, touched->sum[i].key, &m->set[i]);
        slim_hll_free(&m->set[i]);
    }
}

void slim_removing_remake_sets(struct slim_removing *r)
{
    struct remaking m = {.removing = r};

    if (r->touched.count > 0) {
        m.set = calloc(r->touched.count, sizeof *m.set);
        if (m.set) {
            remake(&m);
        } else {
            slim_sqlite_no_memory(&r->writer->store);
        }
        free(m.set);
    }
    slim_sums_free(&r->touched);
}
