/* The recorder: `slimstats record`. One process, four threads: main (signals, status), drain (ring
 * to journal), sync (journal to disk), load (journal to store). */
#ifndef SLIM_RECORDER_H
#define SLIM_RECORDER_H

#include <pthread.h>
#include <stdatomic.h>

#include "clock_watch.h"
#include "condition.h"
#include "core/journal.h"
#include "core/log.h"
#include "core/note.h"
#include "core/ring.h"
#include "core/settings.h"

struct slim_recorder_start {
    const struct slim_settings *settings;
    int ring_fd;                         /* -1: none, load what the journal has */
    int old_ring_fd[SLIM_RINGS_MAX - 1]; /* of other shapes, that may still have hits */
    int old_rings;
    int ready_fd;         /* gets one byte when it runs; -1: nobody waits */
    int parent;           /* ends when this is no longer its parent; 0: never */
    int replace;          /* pid of the recorder to take over from; 0: none */
    int reason_logged;    /* a previous recorder logged why it cannot start */
    int64_t down_since_s; /* ticks when the previous one died; 0: it did not, or unknown */
};

/* Runs until SIGTERM, or until its parent is gone. The result is the process's exit code: 0 ended
 * well, 2 could not start (the reason is logged). */
int slim_recorder_run(const struct slim_recorder_start *start, apr_pool_t *pool);

/* --- shared by its threads --- */

enum slim_recorder_thread {
    SLIM_THREAD_DRAIN,
    SLIM_THREAD_SYNC,
    SLIM_THREAD_LOAD,
    SLIM_RECORDER_THREADS
};

struct slim_recorder {
    const struct slim_settings *settings;
    struct slim_ring ring[SLIM_RINGS_MAX]; /* the ring, and older ones on their way out */
    int rings;
    struct slim_conditions conditions;
    int is_httpds;                        /* httpd was started or reloaded, and it with it */
    char changed[SLIM_NOTE_TEXT_MAX + 1]; /* directives, since the recorder before */
    apr_pool_t *thread_pool[2];           /* of drain and load: a pool serves one thread */

    _Atomic int64_t beat[SLIM_RECORDER_THREADS]; /* ticks when each went through its loop last */
    atomic_int went[SLIM_RECORDER_THREADS];      /* whether each went through it once */
    atomic_int ended;                            /* how many of them have */
    atomic_int is_up;                            /* they went, or stand: it has a heartbeat */
    atomic_int journal_faults;                   /* enum slim_journal_fault, as bits */
    atomic_int clock_is_wrong;                   /* nothing is deleted for its age */
    struct slim_clock_watch clock;
    int64_t ticked, watched_from; /* of the main thread: its last tick, and when it last stood */

    atomic_int stopping;    /* drain once more and end */
    atomic_int drained;     /* the drain thread has ended: nothing more comes */
    atomic_int interrupted; /* what waits for somebody else stops waiting */

    int appended_fd;         /* an eventfd: the journal has what is wanted, or the end has come */
    _Atomic uint64_t wanted; /* who loads waits for more records than this one's number says */

    pthread_mutex_t publishing; /* one writes the status at a time; the other one is taken later */
    pthread_mutex_t mutex;      /* guards what follows */
    struct slim_journal *journal;          /* NULL until it could be opened; then it stays */
    struct slim_status status;             /* what the threads report; heartbeat and areas apart */
    int64_t heartbeat_us, heartbeat_ticks; /* of the last recorder, until this one is up */
    int was_loaded;                        /* since the recorder started */
};

/* Takes over from the last recorder's status what only the store and the threads will know better,
 * as far as it is plausible. */
void slim_recorder_begin_status(struct slim_recorder *recorder);
/* Writes the status into the rings. A recorder that is not up has no heartbeat of its own. */
void slim_recorder_publish(struct slim_recorder *recorder);

/* Logs what is no state of health, unless the same text was logged within the hour, by this
 * recorder or the one before. */
void slim_recorder_log_once(struct slim_recorder *recorder, enum slim_level level,
                            const char *format, ...) __attribute__((format(printf, 3, 4)));

void *slim_recorder_drain(void *recorder);
void *slim_recorder_sync(void *recorder);
void *slim_recorder_load(void *recorder);

/* What may be wrong with the journal. It is well again when none of it is. */
enum slim_journal_fault { SLIM_JOURNAL_APPENDING = 1, SLIM_JOURNAL_SYNCING = 2 };

void slim_recorder_journal_failed(struct slim_recorder *recorder, enum slim_journal_fault fault,
                                  apr_status_t rv, const char *doing);
void slim_recorder_journal_is_well(struct slim_recorder *recorder, enum slim_journal_fault fault);

/* The journal, once it is open; NULL before. */
struct slim_journal *slim_recorder_journal(struct slim_recorder *recorder);

/* Says that a thread goes through its loop. */
void slim_recorder_beat(struct slim_recorder *recorder, enum slim_recorder_thread thread);
/* Says that it went through it. */
void slim_recorder_went(struct slim_recorder *recorder, enum slim_recorder_thread thread);

/* Wakes who waits for hits. */
void slim_recorder_wake(struct slim_recorder *recorder);

/* Says that the journal has grown; wakes who waits for that much. */
void slim_recorder_appended(struct slim_recorder *recorder, struct slim_journal *journal);

/* Waits until the journal goes beyond a record, the drain has ended, or ms milliseconds went by. */
void slim_recorder_wait_for_hits(struct slim_recorder *recorder, uint64_t record, unsigned ms);

/* Waits until ms milliseconds went by or the drain has ended. */
void slim_recorder_sleep(struct slim_recorder *recorder, unsigned ms);

#endif
