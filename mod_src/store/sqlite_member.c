/* The hits of visits that lose some: out of the rollups, and their visits made anew. */
#include <string.h>

#include "sqlite_remove.h"

/* --- a hit's row --- */

static void read_row(sqlite3_stmt *statement, struct slim_removing_row *row)
{
    struct slim_hit_numbers *n = &row->hit;
    int64_t internal = 0;
    int64_t *const columns[] = {&n->id,       &n->site,       &n->method,     &n->language,
                                &n->country,  &n->referer,    &n->source,     &n->searchterms,
                                &n->resource, &n->page,       &n->agent,      &n->browser,
                                &n->platform, &n->visit,      &n->visitor,    &n->robot,
                                &n->kind,     &n->status,     &n->bytes,      &n->campaign,
                                &internal,    &row->pageview, &row->download, &row->local,
                                &n->place,    &n->network,    &n->marks,      &row->goes};

    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        *columns[i] = sqlite3_column_int64(statement, (int)i);
    }
    n->internal = internal != 0;
}

/* As slim_class_sql has them. */
static unsigned classes_of(const struct slim_removing_row *row)
{
    const struct slim_hit_numbers *n = &row->hit;
    unsigned classes = SLIM_CLASS_HIT;

    classes |= row->pageview ? SLIM_CLASS_PAGEVIEW : 0;
    classes |= row->download ? SLIM_CLASS_DOWNLOAD : 0;
    classes |= n->status == 404 || n->status == 410 ? SLIM_CLASS_NOTFOUND : 0;
    classes |= n->status >= 400 ? SLIM_CLASS_ERROR : 0;
    classes |= n->robot != 0 ? SLIM_CLASS_ROBOT : 0;
    if (row->pageview && n->referer != 0 && !n->internal) {
        classes |= SLIM_CLASS_REFERRED;
    }
    if (row->pageview && n->searchterms != 0) {
        classes |= row->local ? SLIM_CLASS_LOCAL : SLIM_CLASS_SEARCHED;
    }
    return classes;
}

/* All members' rows, in order of time: they have to be read before their visits are gone. */
apr_status_t slim_removing_read(struct slim_removing *r, apr_array_header_t *rows)
{
    sqlite3_stmt *statement;
    apr_status_t rv =
        slim_sqlite_prepare(r->store, "sqlite/house/member_rows.sql", NULL, &statement);
    int rc;

    if (rv != APR_SUCCESS) {
        return rv;
    }
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        struct slim_removing_row *row = &APR_ARRAY_PUSH(rows, struct slim_removing_row);
        memset(row, 0, sizeof *row);
        read_row(statement, row);
        row->hit.classes = classes_of(row);
    }
    if (rc != SQLITE_DONE) {
        rv = slim_sqlite_failed(r->store, "read");
    }
    sqlite3_finalize(statement);
    return rv;
}

/* --- out of the rollups --- */

apr_status_t slim_removing_take_out_hits(struct slim_removing *r, const apr_array_header_t *rows)
{
    apr_status_t rv = APR_SUCCESS;

    for (int i = 0; rv == APR_SUCCESS && i < rows->nelts; i++) {
        const struct slim_removing_row *row = &APR_ARRAY_IDX(rows, i, struct slim_removing_row);
        int64_t second = row->hit.id >> SLIM_HIT_SECOND_SHIFT;
        r->began = second < r->began ? second : r->began;
        r->ended = second > r->ended ? second : r->ended;
        if (row->goes) {
            r->hits++;
            rv = slim_sqlite_rollup_hit(r->store, &row->hit, -1);
        }
    }
    return rv;
}

apr_status_t slim_removing_take_out_visits(struct slim_removing *r)
{
    sqlite3_stmt *statement;
    struct slim_visit visit;
    apr_status_t rv =
        slim_sqlite_prepare(r->store, "sqlite/house/visit_rows.sql", NULL, &statement);
    int rc = SQLITE_DONE;

    if (rv != APR_SUCCESS) {
        return rv;
    }
    while (rv == APR_SUCCESS && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
        slim_sqlite_read_visit(statement, &visit);
        r->removed->visits++;
        rv = slim_sqlite_rollup_visit(r->store, &visit, -1);
        if (visit.fresh) {
            APR_ARRAY_PUSH(r->first_lost, int64_t) = visit.visitor;
        }
    }
    if (rv == APR_SUCCESS && rc != SQLITE_DONE) {
        rv = slim_sqlite_failed(r->store, "read");
    }
    sqlite3_finalize(statement);
    return rv;
}

/* --- visits anew --- */

static apr_status_t revisit(struct slim_removing *r, const struct slim_removing_row *row,
                            sqlite3_stmt *update)
{
    const struct slim_hit_numbers *n = &row->hit;
    const struct slim_visit_hit hit = {
        .id = n->id,
        .second = n->id >> SLIM_HIT_SECOND_SHIFT,
        .visitor = n->visitor,
        .pageview = row->pageview != 0,
        .origin = {n->page, n->source, n->searchterms, n->campaign, n->referer},
        .client = {n->site, n->country, n->language, n->agent, n->browser, n->platform, n->place,
                   n->network, n->robot},
        .is_asset = n->kind == SLIM_KIND_ASSET,
        .marks = n->marks,
    };
    int64_t visit;
    apr_status_t rv = slim_sqlite_visit_hit(r->store, &hit, &visit);

    if (rv == APR_SUCCESS && visit != n->visit) {
        const int64_t values[] = {visit, n->id};
        slim_sqlite_bind_numbers(update, values, 2);
        rv = slim_sqlite_run(r->store, update, "store visits in");
    }
    return rv;
}

apr_status_t slim_removing_give_visits(struct slim_removing *r, const apr_array_header_t *rows)
{
    sqlite3_stmt *update;
    apr_status_t rv = slim_sqlite_prepare(r->store, "sqlite/house/hit_revisit.sql", NULL, &update);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    for (int i = 0; rv == APR_SUCCESS && i < rows->nelts; i++) {
        const struct slim_removing_row *row = &APR_ARRAY_IDX(rows, i, struct slim_removing_row);
        rv = row->goes ? APR_SUCCESS : revisit(r, row, update);
    }
    sqlite3_finalize(update);
    return rv == APR_SUCCESS ? slim_sqlite_visits_flush(r->store) : rv;
}

/* The first visit of a visitor, when it is not known as such. *found: there is one. */
static apr_status_t find_first(struct slim_removing *r, int64_t visitor, struct slim_visit *visit,
                               int *found)
{
    sqlite3_stmt *statement;
    apr_status_t rv =
        slim_sqlite_prepare(r->store, "sqlite/house/visit_first.sql", NULL, &statement);

    *found = 0;
    if (rv != APR_SUCCESS) {
        return rv;
    }
    slim_sqlite_bind_int(statement, ":visitor", visitor);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW) {
        slim_sqlite_read_visit(statement, visit);
        *found = !visit->fresh;
    } else if (rc != SQLITE_DONE) {
        rv = slim_sqlite_failed(r->store, "read");
    }
    sqlite3_finalize(statement);
    return rv;
}

static apr_status_t freshen(struct slim_removing *r, int64_t visitor)
{
    sqlite3_stmt *statement;
    struct slim_visit visit;
    int found;
    apr_status_t rv = find_first(r, visitor, &visit, &found);

    if (rv != APR_SUCCESS || !found) {
        return rv;
    }
    rv = slim_sqlite_rollup_visit(r->store, &visit, -1);
    visit.fresh = 1;
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_rollup_visit(r->store, &visit, 1);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_prepare(r->store, "sqlite/house/visit_freshen.sql", NULL, &statement);
    }
    if (rv == APR_SUCCESS) {
        slim_sqlite_bind_int(statement, ":id", visit.id);
        rv = slim_sqlite_finish(r->store, statement);
    }
    return rv;
}

apr_status_t slim_removing_freshen(struct slim_removing *r)
{
    apr_status_t rv = APR_SUCCESS;

    for (int i = 0; rv == APR_SUCCESS && i < r->first_lost->nelts; i++) {
        rv = freshen(r, APR_ARRAY_IDX(r->first_lost, i, int64_t));
    }
    return rv;
}
