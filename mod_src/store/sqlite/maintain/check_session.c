/* Sessions are divided once more, and have to come to the visits that are stored. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "store/sqlite/write/session.h"

/* Clients that ask for more without a pause are counted, as all visits are, but not divided again:
 * that would need all of their hits at once. */
#define DIVIDED_MAX 200000

struct dividing {
    struct slim_checking *checking;
    struct slim_session_work *work;
};

/* Names the columns in which a stored visit is not what its hits make of it. */
static void compare_visit(struct slim_checking *c, const struct slim_visit *stored,
                          const struct slim_visit *made)
{
    char text[256] = "";
    size_t used = 0;

    for (const struct slim_stored_column *column = slim_stored_visit.column;
         column->name && !column->through && used < sizeof text; column++) {
        if (slim_row_number(stored, column->at) != slim_row_number(made, column->at)) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? ", " : "",
                                     column->name);
        }
    }
    if (used > 0) {
        slim_check_found(c, "visit %" PRId64 " differs from its hits: %s", stored->id, text);
    }
}

static void compare_visits(struct slim_checking *c, const struct slim_sqlite_session *one,
                           struct slim_visit *made, int count)
{
    for (int i = 0; i < count; i++) {
        const struct slim_visit *stored = NULL;
        for (uint32_t k = 0; k < one->visits && !stored; k++) {
            stored = one->visit[k].id == made[i].id ? &one->visit[k] : NULL;
        }
        if (!stored) {
            slim_check_found(c, "visit %" PRId64 " is missing, and has %" PRId64 " hits",
                             made[i].id, made[i].hits);
            continue;
        }
        made[i].visitor = one->visitor;
        made[i].fresh = stored->fresh; /* of other sessions, too */
        compare_visit(c, stored, &made[i]);
    }
    for (uint32_t k = 0; k < one->visits; k++) {
        int found = 0;
        for (int i = 0; i < count; i++) {
            found |= one->visit[k].id == made[i].id;
        }
        if (!found) {
            slim_check_found(c, "visit %" PRId64 " has no hit", one->visit[k].id);
        }
    }
}

static void compare_hits(struct slim_checking *c, const struct slim_sqlite_session *one)
{
    for (uint32_t i = 0; i < one->hits; i++) {
        const struct slim_session_part *is = &one->hit[i].is, *was = &one->hit[i].was;
        if (is->visit != was->visit || is->pageview != was->pageview
            || is->download != was->download || is->searched != was->searched
            || is->shown != was->shown || is->robot != was->robot) {
            slim_check_found(c, "hit %" PRId64 " is not what its session makes of it",
                             one->hit[i].id);
        }
    }
}

static apr_status_t check_session(void *baton, sqlite3_stmt *row)
{
    const struct dividing *d = baton;
    struct slim_checking *c = d->checking;
    const struct slim_session_span span = {sqlite3_column_int64(row, 0),
                                           sqlite3_column_int64(row, 2),
                                           sqlite3_column_int64(row, 3), SLIM_SESSION_RULES};
    const struct slim_session_rules rules =
        slim_sqlite_session_rules(c->store, sqlite3_column_int64(row, 4));
    struct slim_sqlite_session one = {.visitor = sqlite3_column_int64(row, 1)};
    struct slim_visit *visits;
    int count = 0;

    slim_session_past_clear(&one.past);
    slim_sqlite_session_load_visits(c->store, &one, &span);
    if (slim_sqlite_session_hits(&one) > DIVIDED_MAX) {
        slim_sqlite_session_clear(&one);
        return APR_SUCCESS;
    }
    one.past.own = 0; /* the hits have to say it */
    slim_sqlite_session_load_hits(c->store, &one, &span, SLIM_LONG_AGO, &rules, 0);
    if (one.hits == 0) {
        slim_check_found(c, "session %" PRId64 " has no hit", span.id);
    } else {
        count = slim_session_divide(d->work, &rules, &one.past, one.hit, one.hits, &visits);
    }
    if (count < 0) {
        slim_sqlite_no_memory(c->store);
    } else if (count > 0) {
        compare_visits(c, &one, visits, count);
        compare_hits(c, &one);
    }
    slim_sqlite_session_clear(&one);
    return slim_sql_status(c->store);
}

void slim_check_sessions(struct slim_checking *c)
{
    struct dividing d = {c, slim_session_work_make()};

    if (!d.work) {
        slim_sqlite_no_memory(c->store);
        return;
    }
    slim_maintain_progress(c->progress, "sessions", 0, 0);
    slim_sql_rows(c->store, "maintain/sessions",
                  SLIM_VALUES(slim_value(":rows_from", c->recount.rows_from),
                              slim_value(":rules", SLIM_SESSION_RULES)),
                  check_session, &d);
    slim_session_work_free(d.work);
}
