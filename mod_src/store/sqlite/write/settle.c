/* Visits and sessions that were written go into their tables together, in the order of their keys.
 */
#include <stdlib.h>

#include "session.h"
#include "store/sqlite/base/row.h"

static void give_visit(sqlite3_context *result, const struct slim_sql_array *visits, uint32_t row,
                       int column)
{
    const struct slim_sqlite_sessions *s = visits->rows;

    slim_sqlite_row_give(result, &slim_stored_visit, &s->visit[row], column);
}

static void give_span(sqlite3_context *result, const struct slim_sql_array *spans, uint32_t row,
                      int column)
{
    const struct slim_sqlite_sessions *s = spans->rows;
    const struct slim_sqlite_span_row *one = &s->span[row];
    const int64_t values[] = {one->span.id,    one->visitor,    one->span.began,
                              one->span.ended, one->span.rules, s->rules.timeout};

    sqlite3_result_int64(result, values[column]);
}

void slim_sqlite_settling_open(struct slim_sqlite *store, struct slim_sqlite_sessions *s,
                               apr_pool_t *pool)
{
    s->visits = (struct slim_sql_array){slim_sqlite_row_columns(&slim_stored_visit, pool),
                                        give_visit, s, 0};
    s->spans =
        (struct slim_sql_array){"id, visitor, began, ended, rules, timeout", give_span, s, 0};
    slim_sql_array_declare(store, "batch_visit", &s->visits);
    slim_sql_array_declare(store, "batch_session", &s->spans);
    s->visit_put = slim_sql_statement(store, "write/visit_put", NULL);
    s->put = slim_sql_statement(store, "write/session_put", NULL);
}

void slim_sqlite_settling_forget(struct slim_sqlite_sessions *s)
{
    s->visits.count = s->spans.count = 0;
}

static int compare_visits(const void *a, const void *b)
{
    const struct slim_visit *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

static int compare_spans(const void *a, const void *b)
{
    const struct slim_sqlite_span_row *x = a, *y = b;

    return (x->span.id > y->span.id) - (x->span.id < y->span.id);
}

void slim_sqlite_sessions_settle(struct slim_sqlite_writer *w)
{
    struct slim_sqlite_sessions *s = w->sessions;

    if (s->visits.count > 0) {
        qsort(s->visit, s->visits.count, sizeof *s->visit, compare_visits);
        slim_sql_finish(&w->store, s->visit_put);
    }
    if (s->spans.count > 0) {
        qsort(s->span, s->spans.count, sizeof *s->span, compare_spans);
        slim_sql_finish(&w->store, s->put);
    }
    slim_sqlite_settling_forget(s);
}

/* --- claims --- */

/* The visits that a claim means; -1, which no hit has: it means none. */
static struct slim_session_claim meant(struct slim_session_claim claim)
{
    if (claim.from == SLIM_NEVER) {
        claim.visit = -1;
    }
    claim.rest = claim.rest ? claim.rest : -1;
    return claim;
}

/* One after the other, as they were made. */
void slim_sqlite_claims_flush(struct slim_sqlite_writer *w)
{
    struct slim_sqlite_sessions *s = w->sessions;

    for (uint32_t i = 0; i < s->claims; i++) {
        const struct slim_session_claim was = meant(s->claim[i].was), is = meant(s->claim[i].is);
        int64_t until = s->claim[i].until;
        slim_sql_run(&w->store, "write/hit_claim",
                     SLIM_VALUES(slim_value(":first", is.from < was.from ? is.from : was.from),
                                 slim_value(":from", is.from < until ? is.from : until + 1),
                                 slim_value(":until", until), slim_value(":visit", is.visit),
                                 slim_value(":rest", is.rest), slim_value(":was", was.visit),
                                 slim_value(":was_rest", was.rest)));
    }
    s->claims = 0;
}
