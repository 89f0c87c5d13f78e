/* What the recorder reports about itself, in the ring's status block: the one place that is always
 * writable, whatever happens to disk and store. */
#ifndef SLIM_STATUS_H
#define SLIM_STATUS_H

#include <stdint.h>

#include "import_account.h"
#include "ledger.h"

/* Each area is in one state at a time. */
enum slim_area {
    SLIM_AREA_STORE,
    SLIM_AREA_CHECKPOINT,
    SLIM_AREA_JOURNAL,
    SLIM_AREA_COUNTRY,
    SLIM_AREA_NETWORKS,
    SLIM_AREA_AGENTS,
    SLIM_AREA_SOURCES,
    SLIM_AREA_CLOCK,
    SLIM_AREA_PAGES,
    SLIM_AREA_THREADS,
    SLIM_AREAS
};

enum slim_state {
    SLIM_STATE_OK,
    SLIM_STATE_STORE_DENIED,
    SLIM_STATE_STORE_READONLY,
    SLIM_STATE_STORE_BUSY,
    SLIM_STATE_STORE_FULL,
    SLIM_STATE_STORE_IO,
    SLIM_STATE_STORE_CORRUPT,
    SLIM_STATE_STORE_MOVED,
    SLIM_STATE_SCHEMA_NEWER,
    SLIM_STATE_SCHEMA_OLDER, /* to readers alone: who writes brings it up to date */
    SLIM_STATE_CKPT_FAILING,
    SLIM_STATE_JOURNAL_FULL,
    SLIM_STATE_JOURNAL_IO,
    SLIM_STATE_RECORDER_DOWN,
    SLIM_STATE_GEO_OFF,
    SLIM_STATE_NETWORKS_OFF,
    SLIM_STATE_AGENTS_OFF,
    SLIM_STATE_SOURCES_OFF,
    SLIM_STATE_CLOCK_BACK,
    SLIM_STATE_CLOCK_AHEAD,
    SLIM_STATE_RECORDER_STUCK,
    SLIM_STATE_PAGES_OFF,
    SLIM_STATES
};

struct slim_condition {
    uint32_t state;   /* enum slim_state */
    int32_t code;     /* errno, or the store's own code; 0: none */
    int64_t since_us; /* of the state, µs since 1970; 0 when ok */
};

/* What of an area was logged within the hour, so that the next recorder does not begin again. */
struct slim_told {
    uint32_t is_out; /* the line in was logged, and the line out is due */
    uint32_t pairs;  /* of lines in and out that were logged since counted */
    uint64_t silent; /* times that it went wrong without a line */
    int64_t counted; /* ticks since when pairs counts */
    int64_t reminded;
};

#define SLIM_TOLD_LINES 8

/* A recorder of the store, this one or another front end's, as the store heard of it last. */
struct slim_heard {
    char server[72];  /* its name, "" none */
    int64_t heard_s;  /* seconds since 1970 */
    uint64_t state;   /* enum slim_state; SLIM_STATES: one that is not known */
    uint64_t waiting; /* hits in its journal then */
    uint64_t stored;  /* by it, ever */
};

#define SLIM_HEARD_MAX 12
/* So long after it was heard last a recorder is silent: each says how it is every five minutes at
 * least, while it can write to the store. */
#define SLIM_SILENT_S 600
/* So long it is told of. */
#define SLIM_HEARD_KEPT_S (30 * 86400)

/* For how many seconds it has been silent; 0: it is not. */
static inline int64_t slim_heard_silence(const struct slim_heard *heard, int64_t now_s)
{
    return now_s - heard->heard_s >= SLIM_SILENT_S ? now_s - heard->heard_s : 0;
}

/* Only 64-bit multiples: the block is copied word by word. */
struct slim_status {
    int64_t heartbeat_us;
    int64_t heartbeat_ticks; /* the same moment (core/clock.h) */
    int64_t started_us;
    uint32_t pid;
    uint32_t drop_reason; /* enum slim_dropped that a full ring means now; SLIM_DROPPED_RING_FULL
                             when the recorder drains as fast as it can */
    struct slim_condition area[SLIM_AREAS];

    uint64_t journal_bytes;
    uint64_t journal_limit;
    uint64_t journal_segments;
    /* These move together, so that a ledger made of them adds up. */
    uint64_t ring_drained; /* records moved from the ring into the journal */
    uint64_t ring_lost;    /* records damaged in the ring */
    uint64_t journal_next; /* number of the next record to be appended */
    uint64_t loaded;       /* number of the next record to be loaded */
    int64_t drain_ticks;   /* when the ring was looked at last */
    int64_t behind_ticks;  /* what waits to be loaded from the journal came after this */

    int64_t clock_believed;    /* see recorder/clock_watch.h */
    uint64_t ledger_known;     /* 1 once the store was read; before, what it holds is not in here */
    struct slim_ledger before; /* see slim_store_ledger */
    struct slim_ledger base;
    uint64_t stored;

    uint64_t store_bytes;
    uint64_t wal_bytes;
    int64_t commit_us; /* the last commit */
    uint64_t commit_duration_us;
    uint64_t commits; /* since the recorder started */
    char version[16];
    struct slim_import_account imports; /* in the store */
    struct slim_told told[SLIM_AREAS];
    struct {
        uint64_t sum;         /* of its text */
        int64_t at;           /* ticks */
    } lines[SLIM_TOLD_LINES]; /* others that were logged lately */
    uint64_t older_waiting;   /* records that wait in older rings */
    uint64_t heard_count;     /* recorders of the store, as far as they fit */
    struct slim_heard heard[SLIM_HEARD_MAX];
    /* What each area's state is about, for the admin alone: "cannot use the list of sources
     * /x/sources.tsv: line 3: …". A text of each area after the other, each ended by a zero byte;
     * "": none. Those that have no room are cut. */
    char reasons[1408];
};

/* What was read of shared memory, or of a store's file, as it can be: texts end, a name is a
 * server's or empty, a time is one, or 0. */
void slim_heard_bound(struct slim_heard *heard);
void slim_status_bound(struct slim_status *status);

/* NULL, or what of a status block cannot be. What is published is valid; what is read may be of a
 * newer version, which has states of its own. */
const char *slim_status_validate(const struct slim_status *status);

/* An area's text in reasons; never NULL. */
const char *slim_status_reason(const struct slim_status *status, unsigned area);
/* Appends the text of the next area, cut to what room there is; *used: of reasons, 0 at first. */
void slim_status_add_reason(struct slim_status *status, size_t *used, const char *text);

/* "store-denied", "ok"; never NULL. */
const char *slim_state_name(uint32_t state);
/* The state of a name; SLIM_STATES: there is none. */
enum slim_state slim_state_of(const char *name);
/* "store", "journal"; never NULL. */
const char *slim_area_name(unsigned area);
/* One sentence for the admin: what it means and what to do. */
const char *slim_state_advice(uint32_t state);

/* A recorder that has not moved for this long is down. */
#define SLIM_HEARTBEAT_LATE_US INT64_C(5000000)

/* Whether it is: the last beat may be any number, now is slim_ticks(). */
static inline int slim_heartbeat_is_late(int64_t heartbeat_ticks, int64_t now)
{
    return heartbeat_ticks < now - SLIM_HEARTBEAT_LATE_US;
}

/* The state that a status means at now (ticks): recorder-down first, then the first area not ok;
 * *since_us: since when, in wall time. */
enum slim_state slim_status_state(const struct slim_status *status, int64_t now, int64_t *since_us);

/* The whole ledger: what the ring counts now (pushed: records it ever took), joined with what the
 * store knew of before. drained of total is not used. When no request is under way
 * seen = stored + waiting + excluded + dropped: the left side counts requests and journal records,
 * the right side counts fates. */
void slim_status_ledger(const struct slim_status *status, const struct slim_ledger *ring,
                        uint64_t pushed, struct slim_ledger *total, uint64_t *in_ring,
                        uint64_t *in_journal);

#endif
