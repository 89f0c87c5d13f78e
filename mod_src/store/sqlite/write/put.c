/* A hit and its facts become a row: numbers for its texts, its own number, its visit, and its part
 * in the rollups. */
#include "writer.h"

/* A second with more hits than the counter has lends from the next one. */
#define COUNTER_BITS SLIM_HIT_SECOND_SHIFT

/* The newest is asked for once. */
int slim_sqlite_may_have_hits(struct slim_sqlite_writer *w, int64_t second)
{
    if (w->newest_hit == 0) {
        slim_sql_numbers(&w->store, "write/hit_newest", SLIM_NO_VALUES, 1, &w->newest_hit, 1);
    }
    return second << COUNTER_BITS <= w->newest_hit;
}

static int64_t give(struct slim_sqlite_writer *w, int64_t id)
{
    w->newest_hit = id > w->newest_hit ? id : w->newest_hit;
    return id;
}

/* The highest number given within a second; -1: none. */
static int64_t last_given(struct slim_sqlite_writer *w, int64_t first)
{
    sqlite3_stmt *statement = w->last_in_second;

    sqlite3_bind_int64(statement, 1, first);
    sqlite3_bind_int64(statement, 2, first + ((INT64_C(1) << COUNTER_BITS) - 1));
    int found =
        slim_sql_step(&w->store, statement) && sqlite3_column_type(statement, 0) != SQLITE_NULL;
    int64_t last = found ? sqlite3_column_int64(statement, 0) : -1;
    sqlite3_reset(statement);
    return last;
}

/* The next free number within a second. */
static int64_t next_id(struct slim_sqlite_writer *w, int64_t second)
{
    int64_t first = second << COUNTER_BITS;
    size_t slot = (size_t)second % SLIM_SECONDS_KEPT;
    int64_t last = -1;

    if (w->seconds[slot].last != 0 && w->seconds[slot].second == second) {
        return give(w, ++w->seconds[slot].last);
    }
    if (second <= slim_sqlite_batch_newest(w)) {
        slim_sqlite_flush_hits(w); /* it may have some of that second */
    }
    if (slim_sqlite_may_have_hits(w, second)) {
        last = last_given(w, first);
    }
    w->seconds[slot].second = second;
    w->seconds[slot].last = last < 0 ? first : last + 1;
    return give(w, w->seconds[slot].last);
}

void slim_sqlite_note_last(struct slim_sqlite_writer *w, int64_t second, int64_t last)
{
    size_t slot = (size_t)second % SLIM_SECONDS_KEPT;

    if (w->seconds[slot].last == 0 || w->seconds[slot].second != second) {
        w->seconds[slot].second = second;
        w->seconds[slot].last = last;
    }
}

apr_status_t slim_sqlite_put(struct slim_store *base, const struct slim_hit *hit,
                             const struct slim_facts *facts)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);
    struct slim_hit_texts texts;
    struct slim_hit_row row;

    slim_hit_row_begin(&row, hit, facts);
    slim_hit_texts_of(hit, facts, &texts);
    slim_sqlite_dictionaries_fill(&w->store, w->dictionaries, hit->time_us / INT64_C(86400000000),
                                  &texts, &row);
    slim_sqlite_title(w, &row, facts->title, hit->time_us);
    row.roles = slim_hit_row_roles(&row, hit->field[SLIM_METHOD]);
    if (slim_sqlite_batch_is_full(w)) {
        slim_sqlite_flush_hits(w);
    }
    row.id = next_id(w, hit->time_us / 1000000);
    if (row.visitor) {
        slim_sqlite_session_hit(w, &row, 1);
    } else {
        slim_hit_row_alone(&row);
        slim_sqlite_batch_add(w, &row);
    }
    w->put += slim_sql_is_well(&w->store) ? 1 : 0;
    return slim_sql_status(&w->store);
}
