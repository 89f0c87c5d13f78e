/* The check: what is kept twice must be the same both times. Nothing is changed. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "store/sums.h"

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

/* --- visits --- */

static apr_status_t tell_visit(void *baton, sqlite3_stmt *row)
{
    struct slim_checking *c = baton;
    static const char *const names[] = {"hits", "pageviews", "opened", "closed", "assets", "marks"};
    const int count = (int)(sizeof names / sizeof names[0]);
    int64_t id = sqlite3_column_int64(row, 0);
    char text[128] = "";
    size_t used = 0;

    if (sqlite3_column_int(row, 1)) {
        slim_check_found(c, "visit %" PRId64 " is missing, and has %" PRId64 " hits", id,
                         (int64_t)sqlite3_column_int64(row, 2));
        return APR_SUCCESS;
    }
    for (int i = 0; i < count && used < sizeof text; i++) {
        if (sqlite3_column_int(row, 3 + i)) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? ", " : "",
                                     names[i]);
        }
    }
    slim_check_found(c, "visit %" PRId64 " differs from its hits: %s", id, text);
    return APR_SUCCESS;
}

static apr_status_t tell_empty_visit(void *baton, sqlite3_stmt *row)
{
    slim_check_found(baton, "visit %" PRId64 " has no hit, or no session",
                     (int64_t)sqlite3_column_int64(row, 0));
    return APR_SUCCESS;
}

/* Those that ended before second. */
static void compare_visits(struct slim_checking *c, int64_t second)
{
    slim_sql_rows(c->store, "maintain/visit_differs",
                  SLIM_VALUES(slim_value(":second", second),
                              slim_value(":rows_from", c->recount.rows_from)),
                  tell_visit, c);
    slim_sql_run(c->store, "maintain/gathered_done", SLIM_VALUES(slim_value(":second", second)));
}

static void gather_day(struct slim_checking *c, int64_t day)
{
    int64_t since = day * SLIM_DAY, until = since + SLIM_DAY;

    slim_sql_run(c->store, "maintain/gather_hits",
                 SLIM_VALUES(slim_value(":since", since << SLIM_HIT_SECOND_SHIFT),
                             slim_value(":until", until << SLIM_HIT_SECOND_SHIFT)));
}

static void count_rows(struct slim_checking *c)
{
    int64_t numbers[2];

    slim_sql_numbers(c->store, "maintain/count_rows",
                     SLIM_VALUES(slim_value(":rows_from", c->recount.rows_from)), 0, numbers, 2);
    c->checked->hits = (uint64_t)numbers[0];
    c->checked->visits = (uint64_t)numbers[1];
}

/* A visit is compared on the day after which no hit of it can come. */
static void check_visits(struct slim_checking *c)
{
    int64_t day = c->recount.rows_from / SLIM_DAY - 1;

    slim_sql_run(c->store, "maintain/gathered", SLIM_NO_VALUES);
    count_rows(c);
    while ((day = slim_recount_next_day_of_hits(c->store, day + 1)) >= 0) {
        slim_maintain_progress(c->progress, "visits of day", (uint64_t)day, 0);
        gather_day(c, day);
        compare_visits(c, (day + 1) * SLIM_DAY);
    }
    compare_visits(c, INT64_MAX);
    slim_sql_rows(c->store, "maintain/visit_without_hit",
                  SLIM_VALUES(slim_value(":rows_from", c->recount.rows_from)), tell_empty_visit, c);
    slim_check_sessions(c);
}

/* --- rollups --- */

/* "2026-01-31", "2026-01-31 12h" */
static void name_bucket(const struct slim_dimension *dimension, int64_t bucket, char *text)
{
    enum slim_bucket by = dimension->unit == SLIM_DAY ? SLIM_BY_DAY : SLIM_BY_HOUR;

    slim_zone_label(&slim_zone_utc, bucket * dimension->unit, by, text);
}

struct comparing {
    struct slim_checking *checking;
    const struct slim_dimension *dimension;
};

static apr_status_t tell_rollup(void *baton, sqlite3_stmt *row)
{
    static const char *const names[] = {"hits",    "pageviews", "errors", "bytes",  "visits",
                                        "bounces", "duration",  "fresh",  "unshown"};
    const struct comparing *c = baton;
    char bucket[SLIM_LABEL_SIZE], text[256] = "";
    size_t used = 0;

    name_bucket(c->dimension, sqlite3_column_int64(row, 0), bucket);
    for (int i = 0; i < SLIM_MEASURES && used < sizeof text; i++) {
        int64_t more = sqlite3_column_int64(row, 4 + i);
        if (more != 0) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%+" PRId64 " %s",
                                     used ? ", " : "", more, names[i]);
        }
    }
    slim_check_found(c->checking,
                     "rollup %s of %s, site %s, robot %s, key %" PRId64 ": %s against its rows",
                     c->dimension->name, bucket, slim_sql_column_text(row, 1),
                     slim_sql_column_text(row, 2), (int64_t)sqlite3_column_int64(row, 3), text);
    return APR_SUCCESS;
}

static apr_status_t tell_set(void *baton, sqlite3_stmt *row)
{
    const struct comparing *c = baton;
    char bucket[SLIM_LABEL_SIZE];

    name_bucket(c->dimension, sqlite3_column_int64(row, 0), bucket);
    slim_check_found(c->checking,
                     "visitors of %s of %s, site %s, robot %s, key %" PRId64
                     " are not those of its rows",
                     c->dimension->name, bucket, slim_sql_column_text(row, 1),
                     slim_sql_column_text(row, 2), (int64_t)sqlite3_column_int64(row, 3));
    return APR_SUCCESS;
}

/* Whether the day's sets of visitors are known to be too large, and still to be made anew. */
static int is_stale(struct slim_checking *c, int64_t day)
{
    int64_t stale;

    slim_sql_numbers(c->store, "maintain/stale_is", SLIM_VALUES(slim_value(":day", day)), 0, &stale,
                     1);
    return stale != 0;
}

static void check_dimension(struct slim_checking *c, const struct slim_dimension *d, int64_t day)
{
    struct slim_day_values values = slim_recount_values(d, day);
    struct comparing comparing = {c, d};

    slim_recount_day(&c->recount, d, day);
    slim_recount_size(&c->recount, &c->checked->rollups, &c->checked->sets);
    slim_sql_rows(c->store, "maintain/rollup_differs", values.value, tell_rollup, &comparing);
    if (d->has_visitors && !is_stale(c, day)) {
        slim_sql_rows(c->store, "maintain/set_differs", values.value, tell_set, &comparing);
    }
}

static void check_rollups(struct slim_checking *c)
{
    int64_t day = c->recount.rows_from / SLIM_DAY - 1;

    while ((day = slim_recount_next_day(&c->recount, day + 1)) >= 0) {
        slim_maintain_progress(c->progress, "rollups of day", (uint64_t)day, 0);
        for (const struct slim_dimension *d = slim_dimension_table; d->number; d++) {
            check_dimension(c, d, day);
        }
    }
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
    slim_sql_fail(c->store, slim_recount_open(&c->recount, c->store));
    c->checked->rows_from = c->recount.rows_from;
    c->checked->older_until = slim_sqlite_older_until(c->store);
    check_pages(c, full);
    if (c->checked->differences == 0) {
        check_ids(c);
    }
    if (c->checked->differences == 0) {
        check_visits(c);
        check_rollups(c);
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
