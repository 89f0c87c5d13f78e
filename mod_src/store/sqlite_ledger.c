/* The ledger as the SQLite store keeps it. */
#include <stdio.h>
#include <string.h>

#include "sqlite_writer.h"

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
    ledger->before.seen += (uint64_t)numbers[0];
    ledger->stored = (uint64_t)numbers[1];
    return slim_sql_status(store);
}

/* --- writing --- */

static int64_t within(uint64_t value)
{
    return value > (uint64_t)INT64_MAX ? INT64_MAX : (int64_t)value;
}

/* Calls note for each counter by its name in the table: "excluded.path", "dropped.ring". */
static void each_counter(const struct slim_ledger *ledger, void *baton,
                         void (*note)(void *baton, const char *name, uint64_t value))
{
    char name[64];

    for (unsigned i = 0; i < SLIM_EXCLUDED_REASONS; i++) {
        snprintf(name, sizeof name, "excluded.%s", slim_excluded_name(i));
        note(baton, name, ledger->excluded[i]);
    }
    for (unsigned i = 0; i < SLIM_DROPPED_REASONS; i++) {
        snprintf(name, sizeof name, "dropped.%s", slim_dropped_name(i));
        note(baton, name, ledger->dropped[i]);
    }
}

struct putting_ledger {
    struct slim_sqlite *store;
    uint64_t epoch;
    int is_young;
};

static void put_counter(void *baton, const char *name, uint64_t value)
{
    const struct putting_ledger *p = baton;

    slim_sql_run(p->store, "write/ledger_put",
                 SLIM_VALUES(slim_value(":ring", (int64_t)p->epoch),
                             slim_value_string(":counter", name),
                             slim_value(":base", p->is_young ? 0 : within(value)),
                             slim_value(":value", within(value))));
}

/* A ring that drained nothing yet is as young as this store; an older one brings counts that
 * belong to the store before. */
apr_status_t slim_sqlite_put_ledger(struct slim_store *base, uint64_t epoch,
                                    const struct slim_ledger *ledger)
{
    struct putting_ledger p = {(struct slim_sqlite *)base, epoch, ledger->drained == 0};

    each_counter(ledger, &p, put_counter);
    return slim_sql_status(p.store);
}

static void add_counter(void *baton, const char *name, uint64_t value)
{
    if (value > 0) {
        slim_sql_run(baton, "write/ledger_add",
                     SLIM_VALUES(slim_value_string(":counter", name),
                                 slim_value(":value", within(value))));
    }
}

apr_status_t slim_sqlite_put_lost(struct slim_store *base, const struct slim_ledger *lost)
{
    each_counter(lost, base, add_counter);
    return slim_sql_status((struct slim_sqlite *)base);
}
