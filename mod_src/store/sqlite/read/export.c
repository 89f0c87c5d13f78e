/* Rows as they are, one after the other, in constant memory. */
#include <string.h>

#include "reader.h"
#include "store/columns.h"

#define EXPORT_COLUMNS_MAX 48
#define LAST_SECOND (SLIM_TIME_MAX / 1000000)

static void take_cells(sqlite3_stmt *row, int columns, struct slim_cell *cells)
{
    memset(cells, 0, (size_t)columns * sizeof *cells);
    for (int i = 0; i < columns; i++) {
        int type = sqlite3_column_type(row, i);
        if (type == SQLITE_INTEGER) {
            cells[i].number = sqlite3_column_int64(row, i);
        } else {
            cells[i].is_text = 1;
            cells[i].text = (const char *)sqlite3_column_text(row, i); /* NULL for null */
            cells[i].length = (size_t)sqlite3_column_bytes(row, i);
        }
    }
}

static int take_names(sqlite3_stmt *statement, const char **names)
{
    int columns = sqlite3_column_count(statement);

    columns = columns < EXPORT_COLUMNS_MAX ? columns : EXPORT_COLUMNS_MAX;
    for (int i = 0; i < columns; i++) {
        names[i] = sqlite3_column_name(statement, i);
    }
    return columns;
}

/* 0: it was ended. */
static int hand_out_names(sqlite3_stmt *statement, const struct slim_store_export *export)
{
    const char *names[EXPORT_COLUMNS_MAX];
    int columns = take_names(statement, names);

    return export->begin(export->baton, columns, names);
}

static int hand_out_rows(struct slim_sqlite *store, sqlite3_stmt *statement,
                         const struct slim_store_export *export)
{
    struct slim_cell cells[EXPORT_COLUMNS_MAX];
    const char *names[EXPORT_COLUMNS_MAX];
    int columns = take_names(statement, names);

    while (slim_sql_step(store, statement)) {
        take_cells(statement, columns, cells);
        if (!export->row(export->baton, columns, names, cells)) {
            return 0;
        }
    }
    return 1;
}

apr_status_t slim_sqlite_export(struct slim_store *base, const struct slim_query *query,
                                const struct slim_store_export *export)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    const struct slim_composition c = {.query = query, .robots = query->robots};
    sqlite3_stmt *statement =
        slim_sqlite_ask(store, &c, "maintain/export", query->since, query->until, SLIM_NO_VALUES);

    if (statement && hand_out_names(statement, export)) {
        (void)hand_out_rows(store, statement, export);
    }
    apr_status_t rv = slim_sql_status(store);
    sqlite3_finalize(statement);
    return rv;
}

/* --- archives --- */

/* What is of no single hit comes first: hits need it. */
static const char *const archived[] = {"archive/visitors", "archive/titles", "archive/logs",
                                       "archive/notes",    "archive/gone",   "archive/hits"};

#define ARCHIVED (sizeof archived / sizeof archived[0])
#define OF_HITS (ARCHIVED - 1)

/* One that leaves hits out says nothing of what belongs to no single hit. */
static int is_whole(const struct slim_query *query)
{
    return query->filters == 0 && query->since == 0 && !query->until_text;
}

static sqlite3_stmt *ask_archived(struct slim_sqlite *store, const struct slim_query *query,
                                  size_t which)
{
    const struct slim_composition c = {.query = query, .robots = query->robots};

    return slim_sqlite_ask(store, &c, archived[which], query->since,
                           query->until_text ? query->until : LAST_SECOND,
                           which == OF_HITS
                               ? SLIM_VALUES(slim_value(":flags", SLIM_ROW_FLAGS_ARCHIVED))
                               : SLIM_NO_VALUES);
}

/* 0: it was ended. */
static int hand_out_archive(struct slim_sqlite *store, sqlite3_stmt *const statements[ARCHIVED],
                            int whole, const struct slim_store_export *export)
{
    int goes_on = 1;

    for (size_t i = 0; goes_on && i < ARCHIVED; i++) {
        goes_on = hand_out_names(statements[i], export);
    }
    goes_on = goes_on && slim_sqlite_export_total_names(export);
    for (size_t i = 0; goes_on && whole && i < OF_HITS; i++) {
        goes_on = hand_out_rows(store, statements[i], export);
    }
    goes_on = goes_on && (!whole || slim_sqlite_export_totals(store, export));
    return goes_on && hand_out_rows(store, statements[OF_HITS], export);
}

/* All of it as it is at one time. */
apr_status_t slim_sqlite_export_archive(struct slim_store *base, const struct slim_query *query,
                                        const struct slim_store_export *export)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    sqlite3_stmt *statements[ARCHIVED] = {NULL};
    apr_status_t rv = slim_sql_begin(store, "connection/begin_read");

    if (rv != APR_SUCCESS) {
        return rv;
    }
    for (size_t i = 0; i < ARCHIVED; i++) {
        statements[i] = ask_archived(store, query, i);
    }
    int ended =
        slim_sql_is_well(store) && !hand_out_archive(store, statements, is_whole(query), export);
    for (size_t i = 0; i < ARCHIVED; i++) {
        sqlite3_finalize(statements[i]);
    }
    rv = ended ? APR_SUCCESS : slim_sql_status(store);
    slim_sql_rollback(store); /* nothing was written */
    return rv;
}
