/* What the parts of the load thread share. Times are ticks (core/clock.h). */
#ifndef SLIM_RECORDER_LOADER_H
#define SLIM_RECORDER_LOADER_H

#include "enrich/enrich.h"
#include "recorder.h"
#include "store/store.h"

#define BATCH_INTERVAL_US 1000000 /* between commits while little comes */

struct slim_loader {
    struct slim_recorder *recorder;
    struct slim_journal *journal;
    struct slim_enrich *enrich;
    const struct slim_store_engine *engine;
    struct slim_store *store; /* NULL: not open */
    apr_pool_t *pool;         /* of the open store and reader */
    int may_create;
    struct slim_journal_reader *reader;
    struct slim_journal_position position; /* committed */
    struct slim_journal_damage damage;     /* already counted in the store */
    uint64_t gap, gap_kept; /* counted as lost and not yet missed by a ring; as the store has it */
    uint64_t gaps_counted;  /* of what the reader counted */
    uint64_t drained_epoch, drained; /* records of a ring, not yet counted in the store */
    int rings_spoke;                 /* no hits came since a ring's counters */
    unsigned backoff_s;
    int64_t committed_us, checkpointed_us, refreshed_us;
    int uncovered; /* commits since the last covering checkpoint */
    struct slim_facts facts;
    struct slim_store_purged purged; /* since it was logged last */
    int64_t ledger_us;               /* when the ledger was read last */
    struct slim_store_renewed renewed;
    int is_renewed;                    /* nothing is left of older rules */
    int64_t renew_us, sets_us;         /* when to go on with that, and with sets of visitors */
    int64_t purge_us, purge_logged_us; /* when to purge next, when it was logged last */
    int64_t horizon_us, far_logged_us; /* when the horizon may move, when it was told to be far */
};

/* Checks the data files now and then, and reports those that cannot be used. */
void slim_loader_refresh_data(struct slim_loader *loader);

/* Reads the ledger again now and then: a command may have removed stored hits. */
void slim_loader_refresh_ledger(struct slim_loader *loader);

/* Opens the store and a reader at its position. 0: it failed, which is reported. */
int slim_loader_open_store(struct slim_loader *loader);
void slim_loader_close_store(struct slim_loader *loader);
/* Reports the failure of the store's last call, closes it, and lengthens the pause. */
void slim_loader_store_failed(struct slim_loader *loader);

/* What rings drained is compared with what came. Begins with a reader; gap is the store's. */
void slim_loader_account_open(struct slim_loader *loader, uint64_t gap);
/* Counts a frame of hits. */
apr_status_t slim_loader_account_hits(struct slim_loader *loader,
                                      const struct slim_frame *frame) SLIM_MUST_CHECK;
/* Hears a ring: *vanished becomes how many of its records did not come, and are not counted as lost
 * by their numbers. */
apr_status_t slim_loader_account_ledger(struct slim_loader *loader, const struct slim_frame *frame,
                                        const struct slim_ledger *ledger,
                                        uint64_t *vanished) SLIM_MUST_CHECK;
/* Writes what is not yet written, before a batch is committed. */
apr_status_t slim_loader_account_end(struct slim_loader *loader) SLIM_MUST_CHECK;

/* Merges the store's log when it is time, and retires the segments that are then in the store. */
void slim_loader_checkpoint(struct slim_loader *loader);
/* A log that nobody can merge must not fill the disk: the journal waits instead. */
int slim_loader_log_is_too_large(struct slim_loader *loader);

/* Brings some of what older rules made to today's. */
void slim_loader_renew(struct slim_loader *loader);

/* Deletes some of the rows that are older than they are kept, when it is time. */
void slim_loader_purge(struct slim_loader *loader);

#endif
