/* The ledger's counters, as they are written. */
#include <stdio.h>

#include "writer.h"

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
