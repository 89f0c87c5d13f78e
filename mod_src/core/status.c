/* Names and meaning of the recorder's states. */
#include "status.h"

#include <stdio.h>
#include <string.h>

#include "hit.h"
#include "setting_table.h"

static const char *const area_names[SLIM_AREAS] = {
    [SLIM_AREA_STORE] = "store",       [SLIM_AREA_CHECKPOINT] = "checkpoint",
    [SLIM_AREA_JOURNAL] = "journal",   [SLIM_AREA_COUNTRY] = "country",
    [SLIM_AREA_NETWORKS] = "networks", [SLIM_AREA_AGENTS] = "agents",
    [SLIM_AREA_SOURCES] = "sources",   [SLIM_AREA_CLOCK] = "clock",
    [SLIM_AREA_PAGES] = "pages",       [SLIM_AREA_THREADS] = "threads",
};

static const struct {
    const char *name, *advice;
} states[SLIM_STATES] = {
    [SLIM_STATE_OK] = {"ok", "all well"},
    [SLIM_STATE_STORE_DENIED] =
        {"store-denied", "the store refuses inserts; hits wait in the journal, nothing is lost; "
                         "look for a trigger or constraint on its tables, and drop it"},
    [SLIM_STATE_STORE_READONLY] =
        {"store-readonly", "no permission to write the store; hits wait in the journal, nothing is "
                           "lost; give file and directory back to httpd's user"},
    [SLIM_STATE_STORE_BUSY] =
        {"store-busy", "another program keeps the store locked; hits wait in the journal, nothing "
                       "is lost; end that program's transaction"},
    [SLIM_STATE_STORE_FULL] =
        {"store-full", "there is no space for the store; hits wait in the journal, nothing is "
                       "lost; free some space"},
    [SLIM_STATE_STORE_IO] =
        {"store-io", "the store cannot be read or written; hits wait in the journal, nothing is "
                     "lost; look at the disk and the directory's permissions"},
    [SLIM_STATE_STORE_CORRUPT] =
        {"store-corrupt",
         "the store is damaged; hits wait in the journal, nothing is lost; restore a backup"},
    [SLIM_STATE_STORE_MOVED] =
        {"store-moved", "the store was deleted, renamed or replaced; hits wait in the journal, "
                        "nothing is lost; put it back, or restart httpd for a new one"},
    [SLIM_STATE_SCHEMA_NEWER] =
        {"schema-newer", "the store was written by a newer version; hits wait in the journal, "
                         "nothing is lost; install that version"},
    [SLIM_STATE_SCHEMA_OLDER] =
        {"schema-older", "the store was written by an older version; restart httpd, whose recorder "
                         "brings it up to date"},
    [SLIM_STATE_CKPT_FAILING] =
        {"ckpt-failing",
         "the store's write-ahead log cannot be merged into it; look for a stopped reader or "
         "an immutable file"},
    [SLIM_STATE_JOURNAL_FULL] =
        {"journal-full", "the journal has no room left; new hits are dropped and counted; free "
                         "space, raise SlimStatsJournalLimit or mend the store"},
    [SLIM_STATE_JOURNAL_IO] =
        {"journal-io", "the journal cannot be written; hits wait in the ring, then are dropped "
                       "and counted; look at the state directory's disk and permissions"},
    [SLIM_STATE_RECORDER_DOWN] =
        {"recorder-down", "the recorder does not run; hits wait in the ring, then are dropped and "
                          "counted; the error log says why"},
    [SLIM_STATE_GEO_OFF] = {"geo-off", "the country file cannot be used; the last good one stays "
                                       "in use; without one, hits have no country"},
    [SLIM_STATE_NETWORKS_OFF] =
        {"networks-off",
         "the network file or hosting.tsv cannot be used; the last good one stays in "
         "use; without one, hits have no network or no mark hosting"},
    [SLIM_STATE_AGENTS_OFF] = {"agents-off", "the agent rules cannot be used; the last good ones "
                                             "stay in use; without any, hits have no browser"},
    [SLIM_STATE_SOURCES_OFF] =
        {"sources-off", "the list of sources cannot be used; referers are known by domain alone"},
    [SLIM_STATE_PAGES_OFF] =
        {"pages-off",
         "a list of paths, names or parameters has a mistake; its last good version, or "
         "what is good of it, stays in use"},
    [SLIM_STATE_CLOCK_BACK] =
        {"clock-back",
         "the system clock went back; hits are stored with the time that it shows, and "
         "nothing is deleted meanwhile; correct it"},
    [SLIM_STATE_CLOCK_AHEAD] =
        {"clock-ahead", "the system clock went ahead; hits are stored with the time that it shows, "
                        "and nothing is deleted meanwhile; correct it"},
    [SLIM_STATE_RECORDER_STUCK] =
        {"recorder-stuck",
         "a part of the recorder stands, and what it does waits; look for a disk or "
         "a file system that hangs"},
};

void slim_heard_bound(struct slim_heard *heard)
{
    heard->server[sizeof heard->server - 1] = '\0';
    if (!slim_setting_is_name(heard->server)) {
        heard->server[0] = '\0';
    }
    if (heard->heard_s < 0 || heard->heard_s > SLIM_TIME_MAX / 1000000) {
        heard->heard_s = 0;
    }
}

void slim_status_bound(struct slim_status *status)
{
    status->version[sizeof status->version - 1] = '\0';
    if (status->heard_count > SLIM_HEARD_MAX) {
        status->heard_count = SLIM_HEARD_MAX;
    }
    for (size_t i = 0; i < SLIM_HEARD_MAX; i++) {
        slim_heard_bound(&status->heard[i]);
    }
    status->reasons[sizeof status->reasons - 1] = '\0';
}

const char *slim_status_validate(const struct slim_status *status)
{
    if (status->version[sizeof status->version - 1] != '\0'
        || status->reasons[sizeof status->reasons - 1] != '\0') {
        return "a text has no end";
    }
    if (status->heard_count > SLIM_HEARD_MAX) {
        return "more recorders are told of than there is room for";
    }
    for (size_t i = 0; i < SLIM_AREAS; i++) {
        if (status->area[i].state >= SLIM_STATES) {
            return "an area is in a state that there is not";
        }
    }
    return status->drop_reason < SLIM_DROPPED_REASONS ? NULL : "hits are dropped for no reason";
}

const char *slim_status_reason(const struct slim_status *status, unsigned area)
{
    const char *at = status->reasons, *last = status->reasons + sizeof status->reasons - 1;

    for (unsigned i = 0; i < area && at < last; i++) {
        at += strnlen(at, (size_t)(last - at)) + 1;
    }
    return at < last ? at : "";
}

void slim_status_add_reason(struct slim_status *status, size_t *used, const char *text)
{
    size_t left = sizeof status->reasons - *used;

    if (left > 1) {
        snprintf(status->reasons + *used, left - 1, "%s", text);
        *used += strlen(status->reasons + *used) + 1;
    }
}

enum slim_state slim_state_of(const char *name)
{
    for (unsigned i = 0; i < SLIM_STATES; i++) {
        if (strcmp(name, states[i].name) == 0) {
            return (enum slim_state)i;
        }
    }
    return SLIM_STATES;
}

const char *slim_state_name(uint32_t state)
{
    return state < SLIM_STATES ? states[state].name : "unknown";
}

const char *slim_state_advice(uint32_t state)
{
    return state < SLIM_STATES ? states[state].advice : "";
}

const char *slim_area_name(unsigned area)
{
    return area < SLIM_AREAS ? area_names[area] : "unknown";
}

enum slim_state slim_status_state(const struct slim_status *status, int64_t now, int64_t *since_us)
{
    if (slim_heartbeat_is_late(status->heartbeat_ticks, now)) {
        *since_us = status->heartbeat_us;
        return SLIM_STATE_RECORDER_DOWN;
    }
    for (unsigned i = 0; i < SLIM_AREAS; i++) {
        const struct slim_condition *area = &status->area[i];
        if (area->state != SLIM_STATE_OK && area->state < SLIM_STATES) {
            *since_us = area->since_us;
            return area->state;
        }
    }
    *since_us = status->started_us;
    return SLIM_STATE_OK;
}

static uint64_t less(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

void slim_status_ledger(const struct slim_status *status, const struct slim_ledger *ring,
                        uint64_t pushed, struct slim_ledger *total, uint64_t *in_ring,
                        uint64_t *in_journal)
{
    uint64_t before_base = slim_ledger_excluded(&status->base) + slim_ledger_dropped(&status->base);

    *in_ring = less(pushed, status->ring_drained + status->ring_lost) + status->older_waiting;
    *in_journal = less(status->journal_next, status->loaded);
    *total = *ring;
    slim_ledger_subtract(total, &status->base);
    slim_ledger_add(total, &status->before);
    total->seen = status->before.seen + *in_journal + status->older_waiting
                  + less(ring->seen, status->ring_drained) - before_base;
}
