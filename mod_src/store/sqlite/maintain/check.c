/* The check: what is kept twice must be the same both times. Nothing is changed. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

void slim_check_found(struct slim_checking *c, const char *format, ...)
{
    char text[1024];
    va_list args;

    c->checked->differences++;
    if (c->progress && c->progress->found) {
        va_start(args, format);
        vsnprintf(text, sizeof text, format, args);
        va_end(args);
        c->progress->found(c->progress->baton, text);
    }
}

/* --- the file --- */

static apr_status_t tell_integrity(void *baton, sqlite3_stmt *row)
{
    const char *said = slim_sql_column_text(row, 0);

    if (strcmp(said, "ok") != 0) {
        slim_check_found(baton, "the file is damaged: %s", said);
    }
    return APR_SUCCESS;
}

static apr_status_t tell_foreign(void *baton, sqlite3_stmt *row)
{
    slim_check_found(baton, "%s %" PRId64 " points to a %s that is missing",
                     slim_sql_column_text(row, 0), (int64_t)sqlite3_column_int64(row, 1),
                     slim_sql_column_text(row, 2));
    return APR_SUCCESS;
}

static void check_pages(struct slim_checking *c, int full)
{
    slim_maintain_progress(c->progress, "file", 0, 0);
    slim_sql_rows(c->store, full ? "maintain/integrity" : "maintain/integrity_quick",
                  SLIM_NO_VALUES, tell_integrity, c);
}

static void check_ids(struct slim_checking *c)
{
    slim_maintain_progress(c->progress, "ids", 0, 0);
    slim_sql_rows(c->store, "maintain/foreign_ids", SLIM_NO_VALUES, tell_foreign, c);
}

apr_status_t slim_sqlite_check_pages(struct slim_sqlite *store,
                                     const struct slim_store_progress *progress,
                                     struct slim_store_checked *checked)
{
    struct slim_checking c = {.store = store, .progress = progress, .checked = checked};

    check_pages(&c, 0);
    return slim_sql_status(store);
}

/* --- rows --- */

static void count_rows(struct slim_checking *c)
{
    int64_t numbers[2];

    slim_sql_numbers(c->store, "maintain/count_rows",
                     SLIM_VALUES(slim_value(":rows_from", c->recount.rows_from)), 0, numbers, 2);
    c->checked->hits = (uint64_t)numbers[0];
    c->checked->visits = (uint64_t)numbers[1];
}

/* --- imports --- */

static void check_imports(struct slim_checking *c)
{
    char difference[256];

    slim_sqlite_check_imports(c->store, c->recount.rows_from, &c->checked->imports, difference,
                              sizeof difference);
    if (*difference) {
        slim_check_found(c, "%s", difference);
    }
}

/* --- all --- */

/* In one snapshot, so that a recorder which goes on writing makes no difference. A file that is
 * damaged, or has rows whose texts are missing, is not asked further. */
static void check_all(struct slim_checking *c, int full)
{
    slim_sql_run(c->store, "maintain/check_cache", SLIM_NO_VALUES);
    slim_sql_fail(c->store, slim_recount_open(&c->recount, c->store));
    c->checked->rows_from = c->recount.rows_from;
    c->checked->older_until = slim_sqlite_older_until(c->store);
    check_pages(c, full);
    if (c->checked->differences == 0) {
        check_ids(c);
    }
    if (c->checked->differences == 0) {
        count_rows(c);
        slim_check_days(c);
        slim_check_empty_visits(c);
        slim_check_sessions(c);
        check_imports(c);
    }
}

apr_status_t slim_sqlite_check(struct slim_store *base, int full,
                               const struct slim_store_progress *progress,
                               struct slim_store_checked *checked)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    struct slim_checking c = {.store = store, .progress = progress, .checked = checked};
    apr_status_t rv = slim_sql_begin(store, "connection/begin_read");

    memset(checked, 0, sizeof *checked);
    if (rv == APR_SUCCESS) {
        check_all(&c, full);
        rv = slim_sql_status(store);
        slim_sql_rollback(store); /* the temporary tables go, too */
    }
    return rv;
}
