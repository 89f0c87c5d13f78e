/* What rings say they drained into the journal, and what of it came: so files of the journal that
 * vanish are missed, whatever their numbers tell. */
#include "loader.h"

/* Records that were counted as lost by their numbers, since the reader was opened. */
static uint64_t counted(const struct slim_loader *l)
{
    struct slim_journal_damage damage = slim_journal_reader_damage(l->reader);

    return damage.records_unreadable + damage.records_gone;
}

/* Hits came, or were to come, after rings spoke: what none of them missed was of one that is gone.
 */
static void go_on(struct slim_loader *l)
{
    if (l->account.rings_spoke) {
        l->account.rings_spoke = 0;
        l->account.gap = 0;
    }
}

static void take_gaps(struct slim_loader *l)
{
    uint64_t now = counted(l);

    if (now > l->account.gaps_counted) {
        go_on(l);
        l->account.gap += now - l->account.gaps_counted;
        l->account.gaps_counted = now;
    }
}

static apr_status_t flush_drained(struct slim_loader *l)
{
    uint64_t records = l->account.drained;

    l->account.drained = 0;
    return records > 0 ? l->engine->add_drained(l->store, l->account.drained_epoch, records)
                       : APR_SUCCESS;
}

void slim_loader_account_open(struct slim_loader *l, uint64_t gap)
{
    l->account = (struct slim_account){.gap = gap, .gap_kept = gap};
}

apr_status_t slim_loader_account_hits(struct slim_loader *l, const struct slim_frame *frame)
{
    apr_status_t rv = APR_SUCCESS;

    take_gaps(l);
    go_on(l);
    if (frame->epoch != l->account.drained_epoch) {
        rv = flush_drained(l);
        l->account.drained_epoch = frame->epoch;
    }
    l->account.drained += frame->records;
    return rv;
}

apr_status_t slim_loader_account_ledger(struct slim_loader *l, const struct slim_frame *frame,
                                        const struct slim_ledger *ledger, uint64_t *vanished)
{
    uint64_t missing = 0;
    apr_status_t rv = flush_drained(l);

    take_gaps(l);
    if (rv == APR_SUCCESS) {
        rv = l->engine->put_drained(l->store, frame->epoch, ledger->drained, &missing);
    }
    uint64_t known = missing < l->account.gap ? missing : l->account.gap;
    l->account.gap -= known;
    l->account.rings_spoke = 1;
    *vanished = missing - known;
    return rv;
}

apr_status_t slim_loader_account_end(struct slim_loader *l)
{
    apr_status_t rv = flush_drained(l);

    take_gaps(l);
    if (rv == APR_SUCCESS && l->account.gap != l->account.gap_kept) {
        rv = l->engine->put_gap(l->store, l->account.gap);
    }
    return rv;
}
