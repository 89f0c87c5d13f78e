/* The check: what is kept twice must be the same both times. Nothing is changed. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sqlite_house.h"

struct checking {
    struct slim_recount recount;
    struct slim_sqlite *store;
    const struct slim_store_teller *teller;
    struct slim_store_checked *checked;
};

/* Counts a difference and tells it. */
static void __attribute__((format(printf, 2, 3))) found(struct checking *c, const char *format, ...)
{
    char text[1024];
    va_list args;

    c->checked->differences++;
    if (c->teller && c->teller->found) {
        va_start(args, format);
        vsnprintf(text, sizeof text, format, args);
        va_end(args);
        c->teller->found(c->teller->baton, text);
    }
}

static const char *text_of(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);

    return text ? text : "";
}

/* Steps through a statement's rows, telling each; finalizes it. */
static apr_status_t each_row(struct checking *c, sqlite3_stmt *statement,
                             void (*tell)(struct checking *c, sqlite3_stmt *row))
{
    apr_status_t rv = APR_SUCCESS;
    int rc;

    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        tell(c, statement);
    }
    if (rc != SQLITE_DONE) {
        rv = slim_sqlite_failed(c->store, "check");
    }
    sqlite3_finalize(statement);
    return rv;
}

/* --- the file --- */

static void tell_integrity(struct checking *c, sqlite3_stmt *row)
{
    if (strcmp(text_of(row, 0), "ok") != 0) {
        found(c, "the file is damaged: %s", text_of(row, 0));
    }
}

static void tell_foreign(struct checking *c, sqlite3_stmt *row)
{
    found(c, "%s %" PRId64 " points to a %s that is missing", text_of(row, 0),
          (int64_t)sqlite3_column_int64(row, 1), text_of(row, 2));
}

static apr_status_t check_pages(struct checking *c, int full)
{
    sqlite3_stmt *statement;
    apr_status_t rv = slim_sqlite_prepare(c->store,
                                          full ? "sqlite/house/integrity.sql"
                                               : "sqlite/house/integrity_quick.sql",
                                          NULL, &statement);

    slim_house_tell(c->teller, "file", 0, 0);
    return rv == APR_SUCCESS ? each_row(c, statement, tell_integrity) : rv;
}

static apr_status_t check_ids(struct checking *c)
{
    sqlite3_stmt *statement;
    apr_status_t rv =
        slim_sqlite_prepare(c->store, "sqlite/house/foreign_ids.sql", NULL, &statement);

    slim_house_tell(c->teller, "ids", 0, 0);
    return rv == APR_SUCCESS ? each_row(c, statement, tell_foreign) : rv;
}

apr_status_t slim_sqlite_check_pages(struct slim_sqlite *store,
                                     const struct slim_store_teller *teller,
                                     struct slim_store_checked *checked)
{
    struct checking c = {.store = store, .teller = teller, .checked = checked};

    return check_pages(&c, 0);
}

/* --- visits --- */

static void tell_visit(struct checking *c, sqlite3_stmt *row)
{
    static const char *const names[] = {"hits",      "pageviews", "began",  "ended",
                                        "entry_hit", "exit_hit",  "assets", "marks"};
    const int count = (int)(sizeof names / sizeof names[0]);
    int64_t id = sqlite3_column_int64(row, 0);
    char text[128] = "";
    size_t used = 0;

    if (sqlite3_column_int(row, 1)) {
        found(c, "visit %" PRId64 " is missing, and has %" PRId64 " hits", id,
              (int64_t)sqlite3_column_int64(row, 2));
        return;
    }
    for (int i = 0; i < count && used < sizeof text; i++) {
        if (sqlite3_column_int(row, 3 + i)) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? ", " : "",
                                     names[i]);
        }
    }
    found(c, "visit %" PRId64 " is not what its hits make of it: %s", id, text);
}

static void tell_empty_visit(struct checking *c, sqlite3_stmt *row)
{
    found(c, "visit %" PRId64 " has lost the hit that opened it",
          (int64_t)sqlite3_column_int64(row, 0));
}

static apr_status_t compare_visits(struct checking *c, int64_t second)
{
    sqlite3_stmt *statement;
    apr_status_t rv =
        slim_sqlite_prepare(c->store, "sqlite/house/visit_differs.sql", NULL, &statement);

    if (rv == APR_SUCCESS) {
        slim_sqlite_bind_int(statement, ":second", second);
        slim_sqlite_bind_int(statement, ":rows_from", c->recount.rows_from);
        rv = each_row(c, statement, tell_visit);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_sqlite_prepare(c->store, "sqlite/house/gathered_done.sql", NULL, &statement);
    }
    if (rv == APR_SUCCESS) {
        slim_sqlite_bind_int(statement, ":second", second);
        rv = slim_sqlite_finish(c->store, statement);
    }
    return rv;
}

static apr_status_t gather_day(struct checking *c, int64_t day)
{
    sqlite3_stmt *statement;
    apr_status_t rv =
        slim_sqlite_prepare(c->store, "sqlite/house/gather_hits.sql", NULL, &statement);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    slim_sqlite_bind_int(statement, ":since", (day * SLIM_DAY) << SLIM_HIT_SECOND_SHIFT);
    slim_sqlite_bind_int(statement, ":until", ((day + 1) * SLIM_DAY) << SLIM_HIT_SECOND_SHIFT);
    return slim_sqlite_finish(c->store, statement);
}

static apr_status_t next_day_of_hits(struct checking *c, int64_t day, int64_t *next)
{
    sqlite3_stmt *statement;
    apr_status_t rv =
        slim_sqlite_prepare(c->store, "sqlite/house/day_of_hits.sql", NULL, &statement);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    slim_sqlite_bind_int(statement, ":since", (day * SLIM_DAY) << SLIM_HIT_SECOND_SHIFT);
    return slim_sqlite_take_numbers(c->store, statement, -1, next, 1);
}

static apr_status_t count_rows(struct checking *c)
{
    sqlite3_stmt *statement;
    int64_t numbers[2] = {0, 0};
    apr_status_t rv =
        slim_sqlite_prepare(c->store, "sqlite/house/count_rows.sql", NULL, &statement);

    if (rv == APR_SUCCESS) {
        slim_sqlite_bind_int(statement, ":rows_from", c->recount.rows_from);
        rv = slim_sqlite_take_numbers(c->store, statement, 0, numbers, 2);
    }
    c->checked->hits = (uint64_t)numbers[0];
    c->checked->visits = (uint64_t)numbers[1];
    return rv;
}

static apr_status_t find_empty_visits(struct checking *c)
{
    sqlite3_stmt *statement;
    apr_status_t rv =
        slim_sqlite_prepare(c->store, "sqlite/house/visit_without_hit.sql", NULL, &statement);

    if (rv == APR_SUCCESS) {
        slim_sqlite_bind_int(statement, ":rows_from", c->recount.rows_from);
        rv = each_row(c, statement, tell_empty_visit);
    }
    return rv;
}

/* A visit is compared on the day after which no hit of it can come. */
static apr_status_t check_visits(struct checking *c)
{
    int64_t day = c->recount.rows_from / SLIM_DAY - 1;
    apr_status_t rv = slim_sqlite_run_file(c->store, "sqlite/house/gathered.sql");

    if (rv == APR_SUCCESS) {
        rv = count_rows(c);
    }
    while (rv == APR_SUCCESS) {
        rv = next_day_of_hits(c, day + 1, &day);
        if (rv != APR_SUCCESS || day < 0) {
            break;
        }
        slim_house_tell(c->teller, "visits of day", (uint64_t)day, 0);
        rv = gather_day(c, day);
        if (rv == APR_SUCCESS) {
            rv = compare_visits(c, (day + 1) * SLIM_DAY);
        }
    }
    if (rv == APR_SUCCESS) {
        rv = compare_visits(c, INT64_MAX);
    }
    return rv == APR_SUCCESS ? find_empty_visits(c) : rv;
}

/* --- rollups --- */

/* "2026-01-31", "2026-01-31 12h" */
static void name_bucket(const struct slim_dimension *dimension, int64_t bucket, char *text)
{
    enum slim_bucket by = dimension->unit == SLIM_DAY ? SLIM_BY_DAY : SLIM_BY_HOUR;

    slim_zone_label(&slim_zone_utc, bucket * dimension->unit, by, text);
}

static void tell_rollup(struct checking *c, const struct slim_dimension *dimension,
                        sqlite3_stmt *row)
{
    static const char *const names[] = {"hits",   "pageviews", "errors",   "bytes",
                                        "visits", "bounces",   "duration", "fresh"};
    char bucket[SLIM_LABEL_SIZE], text[256] = "";
    size_t used = 0;

    name_bucket(dimension, sqlite3_column_int64(row, 0), bucket);
    for (int i = 0; i < 8 && used < sizeof text; i++) {
        int64_t more = sqlite3_column_int64(row, 4 + i);
        if (more != 0) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%+" PRId64 " %s",
                                     used ? ", " : "", more, names[i]);
        }
    }
    found(c, "rollup %s of %s, site %s, robot %s, key %" PRId64 ": %s against its rows",
          dimension->name, bucket, text_of(row, 1), text_of(row, 2),
          (int64_t)sqlite3_column_int64(row, 3), text);
}

static void tell_set(struct checking *c, const struct slim_dimension *dimension, sqlite3_stmt *row)
{
    char bucket[SLIM_LABEL_SIZE];

    name_bucket(dimension, sqlite3_column_int64(row, 0), bucket);
    found(c, "visitors of %s of %s, site %s, robot %s, key %" PRId64 " are not those of its rows",
          dimension->name, bucket, text_of(row, 1), text_of(row, 2),
          (int64_t)sqlite3_column_int64(row, 3));
}

static apr_status_t
compare(struct checking *c, const struct slim_dimension *dimension, int64_t day, const char *file,
        void (*tell)(struct checking *c, const struct slim_dimension *dimension, sqlite3_stmt *row))
{
    sqlite3_stmt *statement;
    apr_status_t rv = slim_recount_prepare(&c->recount, file, dimension, day, &statement);
    int rc;

    if (rv != APR_SUCCESS) {
        return rv;
    }
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        tell(c, dimension, statement);
    }
    if (rc != SQLITE_DONE) {
        rv = slim_sqlite_failed(c->store, "check");
    }
    sqlite3_finalize(statement);
    return rv;
}

static apr_status_t check_day(struct checking *c, int64_t day)
{
    apr_status_t rv = APR_SUCCESS;

    slim_house_tell(c->teller, "rollups of day", (uint64_t)day, 0);
    for (const struct slim_dimension *d = slim_dimension_table; rv == APR_SUCCESS && d->number;
         d++) {
        rv = slim_recount_day(&c->recount, d, day);
        if (rv == APR_SUCCESS) {
            rv = slim_recount_size(&c->recount, &c->checked->rollups, &c->checked->sets);
        }
        if (rv == APR_SUCCESS) {
            rv = compare(c, d, day, "sqlite/house/rollup_differs.sql", tell_rollup);
        }
        if (rv == APR_SUCCESS && d->has_visitors) {
            rv = compare(c, d, day, "sqlite/house/set_differs.sql", tell_set);
        }
    }
    return rv;
}

static apr_status_t check_rollups(struct checking *c)
{
    int64_t day = c->recount.rows_from / SLIM_DAY - 1;
    apr_status_t rv = APR_SUCCESS;

    while (rv == APR_SUCCESS) {
        rv = slim_recount_next_day(&c->recount, day + 1, &day);
        if (rv != APR_SUCCESS || day < 0) {
            break;
        }
        rv = check_day(c, day);
    }
    return rv;
}

/* --- all --- */

/* In one snapshot, so that a recorder which goes on writing makes no difference. A file that is
 * damaged, or has rows whose texts are missing, is not asked further. */
static apr_status_t check_all(struct checking *c, int full)
{
    apr_status_t rv = slim_recount_open(&c->recount, c->store);

    c->checked->rows_from = c->recount.rows_from;
    if (rv == APR_SUCCESS) {
        rv = check_pages(c, full);
    }
    if (rv != APR_SUCCESS || c->checked->differences > 0) {
        return rv;
    }
    rv = check_ids(c);
    if (rv != APR_SUCCESS || c->checked->differences > 0) {
        return rv;
    }
    rv = check_visits(c);
    return rv == APR_SUCCESS ? check_rollups(c) : rv;
}

apr_status_t slim_sqlite_check(struct slim_store *base, int full,
                               const struct slim_store_teller *teller,
                               struct slim_store_checked *checked)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    struct checking c = {.store = store, .teller = teller, .checked = checked};
    apr_status_t rv = slim_sqlite_execute(store, "begin", "check");

    memset(checked, 0, sizeof *checked);
    if (rv == APR_SUCCESS) {
        rv = check_all(&c, full);
        sqlite3_exec(store->db, "rollback", NULL, NULL, NULL); /* the temporary tables go, too */
    }
    return rv;
}
