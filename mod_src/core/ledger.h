/* The ledger: every hit seen has exactly one fate,
 *     seen = stored + waiting + excluded{reason} + dropped{reason}. */
#ifndef SLIM_LEDGER_H
#define SLIM_LEDGER_H

#include <stdint.h>

/* New reasons go at the end: their numbers are in ring files and stores. */
enum slim_excluded {
    SLIM_EXCLUDED_DASHBOARD, /* the statistics' own pages */
    SLIM_EXCLUDED_ENV,
    SLIM_EXCLUDED_IP,
    SLIM_EXCLUDED_PATH,
    SLIM_EXCLUDED_STATUS,
    SLIM_EXCLUDED_TYPE,
    SLIM_EXCLUDED_AGENT,
    SLIM_EXCLUDED_EXPR,
    SLIM_EXCLUDED_ROBOT,
    SLIM_EXCLUDED_ERASED, /* by `slimstats erase`, after they were stored */
    SLIM_EXCLUDED_REASONS
};

enum slim_dropped {
    SLIM_DROPPED_RING_FULL,     /* the recorder is alive but behind */
    SLIM_DROPPED_JOURNAL_FULL,  /* SlimStatsJournalLimit, or the disk, is full */
    SLIM_DROPPED_JOURNAL_IO,    /* the journal cannot be written */
    SLIM_DROPPED_RECORDER_DOWN, /* nobody drains the ring */
    SLIM_DROPPED_NO_SLOT,       /* more children than slots */
    SLIM_DROPPED_CHILD_KILLED,  /* the child died inside the hook */
    SLIM_DROPPED_UNREADABLE,    /* damaged in the ring or in the journal */
    SLIM_DROPPED_JOURNAL_GAP,   /* had been in the journal: its files are gone or older, or
                                   the store is older than it */
    SLIM_DROPPED_REFUSED,       /* the store takes others, but not this one */
    SLIM_DROPPED_REASONS
};

/* Counters of one source of hits (one ring since it was made). All only grow. */
struct slim_ledger {
    uint64_t seen;
    uint64_t drained; /* moved from the ring into the journal */
    uint64_t excluded[SLIM_EXCLUDED_REASONS];
    uint64_t dropped[SLIM_DROPPED_REASONS];
};

/* The words of status, dashboard and metrics: "env", "ring-full", … Never NULL. */
const char *slim_excluded_name(unsigned reason);
const char *slim_dropped_name(unsigned reason);

/* Adds what into sum. */
void slim_ledger_add(struct slim_ledger *sum, const struct slim_ledger *what);

/* Takes what off sum, never below 0: what was counted before the store began. */
void slim_ledger_subtract(struct slim_ledger *sum, const struct slim_ledger *what);

uint64_t slim_ledger_excluded(const struct slim_ledger *ledger);
uint64_t slim_ledger_dropped(const struct slim_ledger *ledger);

#endif
