/* A session's hits are divided into visits, and the tables follow: hits, visits and rollups change
 * by what differs from what they have. */
#include <stdlib.h>
#include <string.h>

#include "core/valid.h"
#include "session.h"
#include "store/sqlite/base/row.h"

#define ENOUGH 512 /* hits at hand before some are forgotten */
#define MANY 2048  /* of one client within minutes: then late hits are waited for less */
#define FEW 16     /* for both, where memory is short */

/* --- hits --- */

/* The row of a stored hit; 0: it is gone, or a failure. */
static int find_hit(struct slim_sqlite_writer *w, int64_t id, struct slim_hit_row *row)
{
    sqlite3_stmt *statement = w->sessions->hit_find;

    sqlite3_bind_int64(statement, 1, id);
    int found = slim_sql_step(&w->store, statement);
    if (found) {
        slim_sqlite_hit_read(statement, row);
    }
    sqlite3_reset(statement);
    return found;
}

void slim_sqlite_stale_day(struct slim_sqlite_writer *w, int64_t second)
{
    slim_sql_run(&w->store, "write/stale_day", SLIM_VALUES(slim_value(":day", second / 86400)));
}

static void change_hit(struct slim_sqlite_writer *w, const struct slim_sqlite_session *one,
                       const struct slim_session_hit *hit)
{
    sqlite3_stmt *statement = w->sessions->hit_change;
    struct slim_hit_row row = {.visitor = one->visitor};

    if (!find_hit(w, hit->id, &row)) {
        return;
    }
    slim_sqlite_rollup_hit(w, &row, -1);
    if (hit->was.pageview && (!hit->is.pageview || hit->is.robot != hit->was.robot)) {
        slim_sqlite_stale_day(w, slim_session_second(hit));
    }
    slim_hit_row_take(&row, &hit->is);
    const int64_t values[] = {row.visit, row.pageview, row.download, row.shown,
                              row.robot, row.flags,    row.id};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        sqlite3_bind_int64(statement, (int)i + 1, values[i]);
    }
    slim_sql_finish(&w->store, statement);
    slim_sqlite_rollup_hit(w, &row, 1);
}

static int differs(const struct slim_session_part *a, const struct slim_session_part *b)
{
    return a->visit != b->visit || a->pageview != b->pageview || a->download != b->download
           || a->searched != b->searched || a->shown != b->shown || a->robot != b->robot;
}

static void write_hits(struct slim_sqlite_writer *w, struct slim_sqlite_session *one)
{
    for (uint32_t i = 0; i < one->hits; i++) {
        struct slim_session_hit *hit = &one->hit[i];
        if (hit->row) {
            slim_hit_row_take(slim_sqlite_batch_row(w, hit->row), &hit->is);
            hit->row = 0;
        } else if (differs(&hit->is, &hit->was)) {
            change_hit(w, one, hit);
        }
        hit->was = hit->is;
    }
}

/* --- visits --- */

static void put_visit(struct slim_sqlite_writer *w, const struct slim_visit *visit)
{
    struct slim_sqlite_sessions *s = w->sessions;

    if (!slim_sqlite_make_room(&s->visit, &s->visits_room, s->visits.count, sizeof *s->visit)) {
        slim_sqlite_no_memory(&w->store);
        return;
    }
    s->visit[s->visits.count++] = *visit;
}

/* Replaces what the table and the rollups have of a visit; either may be NULL. */
static void change_visit(struct slim_sqlite_writer *w, const struct slim_visit *from,
                         const struct slim_visit *to)
{
    if (from) {
        slim_sqlite_rollup_visit(w, from, -1);
    }
    if (to) {
        slim_sqlite_rollup_visit(w, to, 1);
        put_visit(w, to);
    } else if (from) {
        slim_sql_run(&w->store, "write/visit_remove", SLIM_VALUES(slim_value(":id", from->id)));
    }
}

static const struct slim_visit *find_visit(const struct slim_visit *visits, uint32_t count,
                                           int64_t id)
{
    for (uint32_t i = 0; i < count; i++) {
        if (visits[i].id == id) {
            return &visits[i];
        }
    }
    return NULL;
}

static void write_visits(struct slim_sqlite_writer *w, struct slim_sqlite_session *one,
                         const struct slim_visit *visits, uint32_t count)
{
    for (uint32_t i = 0; i < one->visits; i++) {
        if (!find_visit(visits, count, one->visit[i].id)) {
            change_visit(w, &one->visit[i], NULL);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct slim_visit *was = find_visit(one->visit, one->visits, visits[i].id);
        if (!was || memcmp(was, &visits[i], sizeof *was) != 0) {
            slim_should_be_valid("visit", slim_visit_validate(&visits[i]));
            change_visit(w, was, &visits[i]);
        }
    }
}

/* --- new visitors --- */

static apr_status_t take_visit(void *baton, sqlite3_stmt *row)
{
    slim_sqlite_row_read(row, &slim_stored_visit, baton);
    return APR_SUCCESS;
}

/* The first visit that counts of the sessions after this one: file says which. */
static void freshen_later(struct slim_sqlite_writer *w, const struct slim_sqlite_session *one,
                          int fresh)
{
    struct slim_visit visit = {0};

    if (one->after == SLIM_SESSION_NEVER) {
        return;
    }
    slim_sql_rows(&w->store, "write/visit_first_after",
                  SLIM_VALUES(slim_value(":visitor", one->visitor),
                              slim_value(":second", one->now.ended)),
                  take_visit, &visit);
    if (visit.hits > 0 && visit.fresh != fresh) {
        struct slim_visit changed = visit;
        changed.fresh = fresh;
        change_visit(w, &visit, &changed);
    }
}

static int was_seen(struct slim_sqlite_writer *w, struct slim_sqlite_session *one)
{
    int64_t seen;

    if (one->seen == SEEN_UNKNOWN) {
        slim_sql_numbers(&w->store, "write/visit_seen_before",
                         SLIM_VALUES(slim_value(":visitor", one->visitor),
                                     slim_value(":second", one->now.began)),
                         0, &seen, 1);
        one->seen = seen ? SEEN : NOT_SEEN;
    }
    return one->seen == SEEN;
}

/* The first visit with a page view may be its visitor's first. When that is no longer so, or only
 * now, the one of a later session changes, too. */
static void freshen(struct slim_sqlite_writer *w, struct slim_sqlite_session *one,
                    struct slim_visit *visits, uint32_t count)
{
    int was_fresh = 0, is_fresh = 0, counts = 0;

    for (uint32_t i = 0; i < one->visits; i++) {
        was_fresh |= one->visit[i].fresh != 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        visits[i].fresh = 0;
        if (slim_visit_counts(&visits[i]) && !counts && !one->past_counts) {
            visits[i].fresh = is_fresh = !was_seen(w, one);
        }
        counts |= slim_visit_counts(&visits[i]);
    }
    if (was_fresh != is_fresh && !one->past_counts) {
        freshen_later(w, one, was_fresh);
    }
}

/* --- forgetting --- */

static int is_in_play(const struct slim_sqlite_session *one, int64_t id)
{
    if (id == one->past.visit.id || id == one->past.rest.id) {
        return 1;
    }
    for (uint32_t i = 0; i < one->hits; i++) {
        if (one->hit[i].is.visit == id) {
            return 1;
        }
    }
    return 0;
}

/* Forgets hits that can no longer change, and visits that have none of those left. */
static void forget_some(struct slim_sqlite_writer *w, struct slim_sqlite_session *one)
{
    /* of the last seconds none is forgotten: late hits are looked for among them */
    static const int64_t seconds[] = {600, 60, 5};
    struct slim_sqlite_sessions *s = w->sessions;
    int is_short = s->hits > HITS_MANY;
    uint32_t kept = 0;
    long left = one->hits, many = is_short ? FEW : MANY;

    if (one->hits < (is_short ? FEW : ENOUGH) || one->hits < one->enough) {
        return;
    }
    for (size_t i = 0; i < sizeof seconds / sizeof seconds[0] && (i == 0 || left > many); i++) {
        left =
            slim_session_forget(s->work, &s->rules, &one->past, one->hit, (size_t)left, seconds[i]);
    }
    if (left < 0) {
        slim_sqlite_no_memory(&w->store);
        return;
    }
    one->claim = slim_session_claimed(s->work);
    s->hits -= one->hits - (uint32_t)left;
    one->hits = (uint32_t)left;
    one->enough = one->hits * 2;
    for (uint32_t i = 0; i < one->visits; i++) {
        if (is_in_play(one, one->visit[i].id)) {
            one->visit[kept++] = one->visit[i];
        } else {
            one->past_counts |= slim_visit_counts(&one->visit[i]);
        }
    }
    one->visits = kept;
}

/* --- claims --- */

static int same_claim(const struct slim_session_claim *a, const struct slim_session_claim *b)
{
    return a->from == b->from
           && (a->from == SLIM_NEVER || (a->visit == b->visit && a->rest == b->rest));
}

/* Remembers that rows of waiting hits are to change, once all are stored. */
static void write_claim(struct slim_sqlite_writer *w, struct slim_sqlite_session *one,
                        const struct slim_session_claim *claim)
{
    struct slim_sqlite_sessions *s = w->sessions;

    if (same_claim(&one->claim, claim) && (!one->claims_again || claim->from == SLIM_NEVER)) {
        return;
    }
    if (!slim_sqlite_make_room(&s->claim, &s->claims_room, s->claims, sizeof *s->claim)) {
        slim_sqlite_no_memory(&w->store);
        return;
    }
    s->claim[s->claims++] = (struct slim_sqlite_claim){one->claim, *claim, one->past.until};
    one->claim = *claim;
    one->claims_again = 0;
}

/* --- a session --- */

static int keep_visits(struct slim_sqlite_session *one, const struct slim_visit *visits,
                       uint32_t count)
{
    if (count > one->visits_room) {
        struct slim_visit *larger = realloc(one->visit, count * sizeof *larger);
        if (!larger) {
            return 0;
        }
        one->visit = larger;
        one->visits_room = count;
    }
    memcpy(one->visit, visits, count * sizeof *visits);
    one->visits = count;
    return 1;
}

/* Notes when a session began and ended, if that has changed. */
static void write_span(struct slim_sqlite_writer *w, struct slim_sqlite_session *one)
{
    struct slim_sqlite_sessions *s = w->sessions;

    if (memcmp(&one->now, &one->stored, sizeof one->now) == 0) {
        return;
    }
    if (!slim_sqlite_make_room(&s->span, &s->spans_room, s->spans.count, sizeof *s->span)) {
        slim_sqlite_no_memory(&w->store);
        return;
    }
    s->span[s->spans.count++] = (struct slim_sqlite_span_row){one->visitor, one->now};
    one->stored = one->now;
}

void slim_sqlite_session_write(struct slim_sqlite_writer *w, struct slim_sqlite_session *one)
{
    struct slim_sqlite_sessions *s = w->sessions;
    struct slim_visit *visits;

    if (!slim_sql_is_well(&w->store)) {
        return;
    }
    int count = slim_session_divide(s->work, &s->rules, &one->past, one->hit, one->hits, &visits);
    if (count < 0) {
        slim_sqlite_no_memory(&w->store);
        return;
    }
    const struct slim_session_claim claim = slim_session_claimed(s->work);
    for (int i = 0; i < count; i++) {
        visits[i].visitor = one->visitor;
    }
    freshen(w, one, visits, (uint32_t)count);
    write_hits(w, one);
    write_visits(w, one, visits, (uint32_t)count);
    write_claim(w, one, &claim);
    write_span(w, one);
    if (!keep_visits(one, visits, (uint32_t)count)) {
        slim_sqlite_no_memory(&w->store);
        return;
    }
    forget_some(w, one);
}
