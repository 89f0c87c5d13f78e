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

    slim_sql_account(p->store, "write/ledger_put",
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
        slim_sql_account(baton, "write/ledger_add",
                         SLIM_VALUES(slim_value_string(":counter", name),
                                     slim_value(":value", within(value))));
    }
}

apr_status_t slim_sqlite_put_lost(struct slim_store *base, const struct slim_ledger *lost)
{
    each_counter(lost, base, add_counter);
    return slim_sql_status((struct slim_sqlite *)base);
}

/* --- what rings drained --- */

apr_status_t slim_sqlite_add_drained(struct slim_store *base, uint64_t epoch, uint64_t records)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;

    slim_sql_account(store, "write/ring_drained_add",
                     SLIM_VALUES(slim_value(":ring", (int64_t)epoch),
                                 slim_value(":value", within(records))));
    return slim_sql_status(store);
}

/* A ring that nothing is known of began after the last batch of this journal, if there was one:
 * all of it should have come. Else it brings what belongs to the store before. */
static int64_t drained_before(struct slim_sqlite_writer *w, uint64_t epoch, int64_t drained)
{
    int64_t numbers[4];

    slim_sql_numbers(&w->store, "write/ring_known",
                     SLIM_VALUES(slim_value(":ring", (int64_t)epoch),
                                 slim_value_blob(":uuid", w->journal_uuid, SLIM_UUID_LENGTH)),
                     0, numbers, 4);
    if (numbers[0] >= 0) {
        return numbers[1] < 0 ? drained : numbers[0];
    }
    return numbers[2] == 0 && numbers[3] > 0 ? 0 : drained;
}

apr_status_t slim_sqlite_put_drained(struct slim_store *base, uint64_t epoch, uint64_t drained,
                                     uint64_t *missing)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);
    int64_t value = within(drained), before = drained_before(w, epoch, value);

    slim_sql_account(&w->store, "write/ring_drained_put",
                     SLIM_VALUES(slim_value(":ring", (int64_t)epoch), slim_value(":value", value)));
    *missing = value > before ? (uint64_t)(value - before) : 0;
    return slim_sql_status(&w->store);
}

apr_status_t slim_sqlite_put_gap(struct slim_store *base, uint64_t records)
{
    struct slim_sqlite *store = (struct slim_sqlite *)base;

    slim_sql_account(store, "write/gap_put", SLIM_VALUES(slim_value(":value", within(records))));
    return slim_sql_status(store);
}

apr_status_t slim_sqlite_put_heard(struct slim_store *base, const struct slim_heard *heard)
{
    struct slim_sqlite_writer *w = slim_sqlite_writer_of(base);

    slim_sql_account(&w->store, "write/recorder_put",
                     SLIM_VALUES(slim_value_blob(":uuid", w->journal_uuid, SLIM_UUID_LENGTH),
                                 slim_value_string(":server", heard->server),
                                 slim_value_string(":state",
                                                   slim_state_name((uint32_t)heard->state)),
                                 slim_value(":heard", heard->heard_s),
                                 slim_value(":waiting", (int64_t)heard->waiting)));
    return slim_sql_status(&w->store);
}
