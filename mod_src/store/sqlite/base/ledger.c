/* The ledger as the SQLite store keeps it. */
#include <string.h>

#include <apr_strings.h>

#include "connection.h"

/* The counter of a name as the table has it; NULL when this version does not know it. */
static uint64_t *counter(struct slim_ledger *ledger, const char *name)
{
    for (unsigned i = 0; strncmp(name, "excluded.", 9) == 0 && i < SLIM_EXCLUDED_REASONS; i++) {
        if (strcmp(name + 9, slim_excluded_name(i)) == 0) {
            return &ledger->excluded[i];
        }
    }
    for (unsigned i = 0; strncmp(name, "dropped.", 8) == 0 && i < SLIM_DROPPED_REASONS; i++) {
        if (strcmp(name + 8, slim_dropped_name(i)) == 0) {
            return &ledger->dropped[i];
        }
    }
    return NULL;
}

/* Ring 0 is the recorder: what it lost or left out had been loaded, and is not seen twice. */
static void take_counter(struct slim_store_ledger *ledger, uint64_t epoch, sqlite3_stmt *row)
{
    uint64_t ring = (uint64_t)sqlite3_column_int64(row, 0);
    const char *name = (const char *)sqlite3_column_text(row, 1);
    uint64_t base = (uint64_t)sqlite3_column_int64(row, 2);
    uint64_t value = (uint64_t)sqlite3_column_int64(row, 3);
    int is_own = ring != 0 && ring == epoch;
    if (name && ring == 0 && strcmp(name, "gap") == 0) {
        ledger->gap = value;
    }
    uint64_t *into = name ? counter(is_own ? &ledger->base : &ledger->before, name) : NULL;

    if (!into) {
        return;
    }
    if (is_own) {
        *into += base;
        return;
    }
    *into += value > base ? value - base : 0;
    ledger->before.seen += ring != 0 && value > base ? value - base : 0;
}

struct reading_ledger {
    struct slim_store_ledger *ledger;
    uint64_t epoch;
};

static apr_status_t take_row(void *baton, sqlite3_stmt *row)
{
    struct reading_ledger *r = baton;

    take_counter(r->ledger, r->epoch, row);
    return APR_SUCCESS;
}

/* A counter of imports; NULL when this version does not know it. */
static uint64_t *import_counter(struct slim_import_account *account, const char *name)
{
    if (strcmp(name, "lines") == 0) {
        return &account->lines;
    }
    for (unsigned i = 0; i < SLIM_LINE_FATES; i++) {
        if (strcmp(name, slim_line_fate_name(i)) == 0) {
            return &account->fate[i];
        }
    }
    for (unsigned i = 0; strncmp(name, "excluded.", 9) == 0 && i < SLIM_NOT_IMPORTED_REASONS; i++) {
        if (strcmp(name + 9, slim_not_imported_name(i)) == 0) {
            return &account->excluded[i];
        }
    }
    return NULL;
}

static apr_status_t take_import(void *baton, sqlite3_stmt *row)
{
    uint64_t *into = import_counter(baton, slim_sql_column_text(row, 0));
    int64_t value = sqlite3_column_int64(row, 1);

    if (into) {
        *into = value > 0 ? (uint64_t)value : 0;
    }
    return APR_SUCCESS;
}

apr_status_t slim_sqlite_ledger(struct slim_store *base, uint64_t epoch,
                                struct slim_store_ledger *ledger)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    struct reading_ledger r = {ledger, epoch};
    int64_t numbers[2];

    memset(ledger, 0, sizeof *ledger);
    slim_sql_rows(store, "write/ledger_list", SLIM_NO_VALUES, take_row, &r);
    if (slim_sql_status(store) != APR_SUCCESS) {
        return slim_sql_status(store);
    }
    slim_sql_numbers(store, "write/stored_total", SLIM_NO_VALUES, 0, numbers, 2);
    slim_sql_rows(store, "write/import_account_list", SLIM_NO_VALUES, take_import,
                  &ledger->imports);
    ledger->before.seen += (uint64_t)numbers[0];
    ledger->stored = (uint64_t)numbers[1];
    return slim_sql_status(store);
}

/* --- recorders --- */

struct hearing {
    struct slim_heard *heard;
    uint64_t count;
};

static apr_status_t take_heard(void *baton, sqlite3_stmt *row)
{
    struct hearing *h = baton;
    struct slim_heard *one = &h->heard[h->count++];

    *one = (struct slim_heard){.state = slim_state_of(slim_sql_column_text(row, 1)),
                               .heard_s = sqlite3_column_int64(row, 2),
                               .waiting = (uint64_t)sqlite3_column_int64(row, 3),
                               .stored = (uint64_t)sqlite3_column_int64(row, 4)};
    apr_cpystrn(one->server, slim_sql_column_text(row, 0), sizeof one->server);
    slim_heard_bound(one);
    return APR_SUCCESS;
}

apr_status_t slim_sqlite_list_heard(struct slim_store *base, int64_t since_s,
                                    struct slim_heard heard[SLIM_HEARD_MAX], uint64_t *count)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;
    struct hearing h = {heard, 0};

    slim_sql_rows(store, "write/recorder_list",
                  SLIM_VALUES(slim_value(":since", since_s), slim_value(":most", SLIM_HEARD_MAX)),
                  take_heard, &h);
    *count = h.count;
    return slim_sql_status(store);
}
