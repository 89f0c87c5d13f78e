/* What the parts of the load thread share. Times are ticks (core/clock.h).
 * Explained in mod_src/manual/how-position.md. */
#ifndef SLIM_RECORDER_LOADER_H
#define SLIM_RECORDER_LOADER_H

#include "enrich/enrich.h"
#include "recorder.h"
#include "store/store.h"

#define BATCH_INTERVAL_US 1000000 /* between commits while little comes */

/* What rings say they drained, and what came. */
struct slim_account {
    uint64_t gap, gap_kept; /* counted as lost and not yet missed by a ring; as the store has it */
    uint64_t gaps_counted;  /* of what the reader counted */
    uint64_t drained_epoch, drained; /* records of a ring, not yet counted in the store */
    int rings_spoke;                 /* no hits came since a ring's counters */
};

#define SLIM_REFUSED_MAX 8 /* of a batch; if it refuses more, the store refuses all */

/* Hits that the store refuses while it takes others. */
struct slim_refusal {
    uint64_t number[SLIM_REFUSED_MAX]; /* of the records, in the batch that comes next */
    unsigned count;
    struct slim_store_error error; /* of the last one */
    unsigned kept;                 /* in refused.log, by the batch that is under way */
    uint64_t unlogged;
    int64_t logged_us; /* ticks; 0: never */
};

#define SLIM_PENDING_NOTES 8

struct slim_pending_note {
    struct slim_note note;
    char text[SLIM_NOTE_TEXT_MAX + 1];
};

/* Notes that are to be written, in their order. */
struct slim_notes {
    struct slim_pending_note pending[SLIM_PENDING_NOTES];
    unsigned count;
    int64_t busy_us;     /* when to go on */
    int lists_are_known; /* what changes from here on is noted */
    int is_out;          /* the store failed, */
    uint64_t dropped;    /* and by then so many hits were dropped */
};

/* What one batch did. */
struct slim_batch {
    uint64_t hits;   /* put */
    uint64_t loaded; /* records taken from the journal */
    size_t bytes;
    int frames;
    uint64_t vanished; /* records that were in the journal, and are not */
    uint64_t until;    /* the record at which it ends; 0: where the journal does, or it is full */
    uint64_t next;     /* behind the last record it took */
    int is_trial;      /* will be rolled back */
    struct slim_ledger lost; /* and what the sites' rules left out */
};

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
    int is_renumbered;                     /* the store does not know it yet, but a higher one */
    struct slim_journal_damage damage;     /* already counted in the store */
    struct slim_account account;
    struct slim_refusal refusal;
    struct slim_notes notes;
    unsigned backoff_s;
    int64_t committed_us, checkpointed_us, refreshed_us;
    int64_t opened_us; /* the store */
    int64_t heard_us;  /* when the store heard of this recorder last; 0: not since it was opened */
    int uncovered;     /* commits since the last covering checkpoint */
    struct slim_facts facts;
    struct slim_store_purged purged; /* since it was logged last */
    int64_t ledger_us;               /* when the ledger was read last */
    struct slim_store_renewed renewed;
    int is_renewed;                    /* nothing is left of older rules */
    int robots_are_named;              /* whose they are, and what for, by the lists in use */
    int leaks_are_found;               /* among stored hits, likewise */
    int64_t robots_us;                 /* when to go on with that */
    int64_t renew_us, sets_us;         /* when to go on with that, and with sets of visitors */
    int64_t purge_us, purge_logged_us; /* when to purge next, when it was logged last */
    int64_t horizon_us, far_logged_us; /* when the horizon may move, when it was told to be far */
    struct slim_store_sweep *sweep;    /* for texts of rows that were purged; NULL: none goes on */
    apr_pool_t *sweep_pool;            /* its, in pool */
    struct slim_store_swept swept;
    int sweep_is_due;
    int64_t sweep_us; /* when to go on */
};

/* Checks the data files now and then, and reports those that cannot be used. */
void slim_loader_refresh_data(struct slim_loader *loader);

/* Reads the ledger again now and then: a command may have removed stored hits. */
void slim_loader_refresh_ledger(struct slim_loader *loader);

/* Whether the store is to hear of this recorder, though there is nothing else to be written. */
int slim_loader_is_silent(const struct slim_loader *loader);
/* Within a batch: notes now and then how this recorder is. */
apr_status_t slim_loader_put_heard(struct slim_loader *loader) SLIM_MUST_CHECK;

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

/* Reads frames and puts them into the transaction that is open. */
apr_status_t slim_loader_fill(struct slim_loader *loader, const struct slim_journal_position *end,
                              struct slim_batch *batch) SLIM_MUST_CHECK;

/* Finds the hit for which a batch was refused, by parts of the batch that are rolled back. 1: the
 * next batch leaves it out. 0: it is not for one hit, or for too many; nothing is left out. */
int slim_loader_find_refused(struct slim_loader *loader, const struct slim_journal_position *end,
                             const struct slim_batch *batch);
int slim_loader_is_refused(const struct slim_loader *loader, uint64_t record);
/* Writes a hit that is left out into the state directory's refused.log; it is durable then. */
apr_status_t slim_loader_set_aside(struct slim_loader *loader,
                                   const struct slim_hit *hit) SLIM_MUST_CHECK;
/* The batch failed: takes out again what it wrote there. */
void slim_loader_take_back(struct slim_loader *loader);
/* It was committed. */
void slim_loader_keep_aside(struct slim_loader *loader);
/* Once the store's position is known: takes out what a recorder wrote there that was killed before
 * it could commit. */
void slim_loader_settle_aside(struct slim_loader *loader);
/* After a batch: says what was left out, once an hour, and forgets it. */
void slim_loader_tell_refused(struct slim_loader *loader);

/* Merges the store's log when it is time, and retires the segments that are then in the store. */
void slim_loader_checkpoint(struct slim_loader *loader);
/* A log that nobody can merge must not fill the disk: the journal waits instead. */
int slim_loader_log_is_too_large(struct slim_loader *loader);

/* Brings some of what older rules made to today's. */
void slim_loader_renew(struct slim_loader *loader);

/* Names some robots anew after their list has changed, or the store was opened. */
void slim_loader_name_robots(struct slim_loader *loader);
/* Finds some leaks among stored hits then. */
void slim_loader_find_leaks(struct slim_loader *loader);

/* Notes on the course of time. What happened just now; a text that is too long is cut. */
void slim_loader_note(struct slim_loader *loader, enum slim_note_kind kind, const char *text);
/* That this recorder began, and what changed. */
void slim_loader_note_start(struct slim_loader *loader);
/* Which lists changed since they were looked at last; SLIM_DATA_PARTS parts. */
void slim_loader_note_lists(struct slim_loader *loader, const struct slim_enrich_part *parts);
/* That the store fails; and that it does no longer, before the condition is left: waited hits were
 * in the journal. */
void slim_loader_note_failure(struct slim_loader *loader);
void slim_loader_note_recovery(struct slim_loader *loader, uint64_t waited);
/* Writes those that are pending. */
void slim_loader_put_notes(struct slim_loader *loader);

/* Deletes some of the rows that are older than they are kept, when it is time. */
void slim_loader_purge(struct slim_loader *loader);

/* Deletes some of the texts that only such rows had. */
void slim_loader_sweep(struct slim_loader *loader);

#endif
