/* Sums and names of the ledger's counters. */
#include "ledger.h"

static const char *const excluded_names[SLIM_EXCLUDED_REASONS] = {
    [SLIM_EXCLUDED_DASHBOARD] = "dashboard",
    [SLIM_EXCLUDED_ENV] = "env",
    [SLIM_EXCLUDED_IP] = "ip",
    [SLIM_EXCLUDED_PATH] = "path",
    [SLIM_EXCLUDED_STATUS] = "status",
    [SLIM_EXCLUDED_TYPE] = "type",
    [SLIM_EXCLUDED_AGENT] = "agent",
    [SLIM_EXCLUDED_EXPR] = "expr",
    [SLIM_EXCLUDED_ROBOT] = "robot",
    [SLIM_EXCLUDED_ERASED] = "erased",
};

static const char *const dropped_names[SLIM_DROPPED_REASONS] = {
    [SLIM_DROPPED_RING_FULL] = "ring-full",   [SLIM_DROPPED_JOURNAL_FULL] = "journal-full",
    [SLIM_DROPPED_JOURNAL_IO] = "journal-io", [SLIM_DROPPED_RECORDER_DOWN] = "recorder-down",
    [SLIM_DROPPED_NO_SLOT] = "no-slot",       [SLIM_DROPPED_CHILD_KILLED] = "child-killed",
    [SLIM_DROPPED_UNREADABLE] = "unreadable", [SLIM_DROPPED_JOURNAL_GAP] = "journal-gap",
    [SLIM_DROPPED_REFUSED] = "refused",
};

const char *slim_excluded_name(unsigned reason)
{
    return reason < SLIM_EXCLUDED_REASONS ? excluded_names[reason] : "unknown";
}

const char *slim_dropped_name(unsigned reason)
{
    return reason < SLIM_DROPPED_REASONS ? dropped_names[reason] : "unknown";
}

static uint64_t less(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

void slim_ledger_add(struct slim_ledger *sum, const struct slim_ledger *what)
{
    sum->seen += what->seen;
    sum->drained += what->drained;
    for (unsigned i = 0; i < SLIM_EXCLUDED_REASONS; i++) {
        sum->excluded[i] += what->excluded[i];
    }
    for (unsigned i = 0; i < SLIM_DROPPED_REASONS; i++) {
        sum->dropped[i] += what->dropped[i];
    }
}

void slim_ledger_subtract(struct slim_ledger *sum, const struct slim_ledger *what)
{
    sum->seen = less(sum->seen, what->seen);
    sum->drained = less(sum->drained, what->drained);
    for (unsigned i = 0; i < SLIM_EXCLUDED_REASONS; i++) {
        sum->excluded[i] = less(sum->excluded[i], what->excluded[i]);
    }
    for (unsigned i = 0; i < SLIM_DROPPED_REASONS; i++) {
        sum->dropped[i] = less(sum->dropped[i], what->dropped[i]);
    }
}

uint64_t slim_ledger_excluded(const struct slim_ledger *ledger)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < SLIM_EXCLUDED_REASONS; i++) {
        sum += ledger->excluded[i];
    }
    return sum;
}

uint64_t slim_ledger_dropped(const struct slim_ledger *ledger)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < SLIM_DROPPED_REASONS; i++) {
        sum += ledger->dropped[i];
    }
    return sum;
}
