/* Journal to store. A batch is one transaction with the journal position behind it; on any failure
 * it is rolled back and read again from the position that the store knows. */
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "core/clock.h"
#include "core/log.h"
#include "loader.h"

#define BATCH_HITS 10000
#define BATCH_BYTES (4u << 20)
#define FINAL_US 1000000 /* how long the end may take */
#define WAIT_MS 100      /* between looks, while something is deleted or made anew */
#define WAIT_IDLE_MS 250 /* while nothing is */

/* --- a batch --- */

static apr_status_t put_record(struct slim_loader *l, struct slim_text record, uint64_t number,
                               struct slim_batch *batch)
{
    enum slim_excluded reason;
    struct slim_hit hit;

    if (slim_record_decode(record.at, record.length, &hit) != APR_SUCCESS) {
        batch->lost.dropped[SLIM_DROPPED_UNREADABLE]++;
        return APR_SUCCESS;
    }
    if (slim_loader_is_refused(l, number)) {
        batch->lost.dropped[SLIM_DROPPED_REFUSED]++;
        return batch->is_trial ? APR_SUCCESS : slim_loader_set_aside(l, &hit);
    }
    slim_enrich_hit(l->enrich, &hit, &l->facts);
    if (slim_enrich_excludes(l->enrich, &l->facts, &reason)) {
        batch->lost.excluded[reason]++;
        return APR_SUCCESS;
    }
    apr_status_t rv = l->engine->put(l->store, &hit, &l->facts);
    batch->hits += rv == APR_SUCCESS;
    return rv;
}

static int is_over(const struct slim_batch *batch, uint64_t number)
{
    return batch->until > 0 && number >= batch->until;
}

/* A frame's header counts its records; what of them cannot be found in it is lost. */
static apr_status_t put_hits(struct slim_loader *l, const struct slim_frame *frame,
                             struct slim_batch *batch)
{
    struct slim_text stream = frame->payload, record;
    uint64_t found = 0;
    apr_status_t rv = APR_SUCCESS;

    while (rv == APR_SUCCESS && found < frame->records
           && !is_over(batch, frame->first_record + found)
           && slim_record_next(&stream, &record) == APR_SUCCESS) {
        rv = put_record(l, record, frame->first_record + found, batch);
        found++;
        batch->next = frame->first_record + found;
    }
    if (rv == APR_SUCCESS) {
        batch->loaded += frame->records;
        batch->lost.dropped[SLIM_DROPPED_UNREADABLE] += frame->records - found;
        rv = slim_loader_account_hits(l, frame);
    }
    return rv;
}

static apr_status_t put_ledger(struct slim_loader *l, const struct slim_frame *frame,
                               const struct slim_ledger *ledger, struct slim_batch *batch)
{
    uint64_t vanished;
    apr_status_t rv = slim_loader_account_ledger(l, frame, ledger, &vanished);

    batch->vanished += vanished;
    batch->loaded += vanished;
    batch->lost.dropped[SLIM_DROPPED_JOURNAL_GAP] += vanished;
    return rv == APR_SUCCESS ? l->engine->put_ledger(l->store, frame->epoch, ledger) : rv;
}

static apr_status_t put_frame(struct slim_loader *l, const struct slim_frame *frame,
                              struct slim_batch *batch)
{
    struct slim_ledger ledger = {0};

    batch->frames++;
    batch->bytes += frame->payload.length;
    if (frame->type == SLIM_FRAME_HITS) {
        return put_hits(l, frame, batch);
    }
    if (slim_journal_get_ledger(frame, &ledger) == APR_SUCCESS) {
        return put_ledger(l, frame, &ledger, batch);
    }
    return APR_SUCCESS;
}

/* Records that damage cost since the last batch. */
static void count_damage(struct slim_loader *l, struct slim_batch *batch,
                         const struct slim_journal_damage *now)
{
    uint64_t unreadable = now->records_unreadable - l->damage.records_unreadable;
    uint64_t gone = now->records_gone - l->damage.records_gone;

    batch->lost.dropped[SLIM_DROPPED_UNREADABLE] += unreadable;
    batch->lost.dropped[SLIM_DROPPED_JOURNAL_GAP] += gone;
    batch->loaded += unreadable + gone;
}

static void log_damage(struct slim_loader *l, const struct slim_journal_damage *now,
                       uint64_t vanished)
{
    if (vanished > 0) {
        slim_log(SLIM_LOG_WARN,
                 "%llu hits that were in the journal came neither from there nor from the store: "
                 "files were removed, or older ones put back; they were counted as dropped",
                 (unsigned long long)vanished);
    }
    if (now->records_gone > l->damage.records_gone) {
        slim_log(SLIM_LOG_WARN,
                 "the store is older than the journal's beginning: %llu hits are in neither, and "
                 "were counted as dropped",
                 (unsigned long long)(now->records_gone - l->damage.records_gone));
    }
    if (now->records_unreadable > l->damage.records_unreadable
        || now->segment != l->damage.segment) {
        slim_log(SLIM_LOG_WARN,
                 "segment %llu of the journal is damaged: %llu bytes skipped, %llu hits lost and "
                 "counted as dropped",
                 (unsigned long long)now->segment,
                 (unsigned long long)(now->bytes - l->damage.bytes),
                 (unsigned long long)(now->records_unreadable - l->damage.records_unreadable));
        slim_journal_set_aside(l->journal, now->segment);
    }
    l->damage = *now;
}

static int has_more(struct slim_loader *l)
{
    struct slim_journal_position end = slim_journal_end(l->journal);

    return end.segment > l->position.segment
           || (end.segment == l->position.segment && end.offset > l->position.offset);
}

static void note_commit(struct slim_loader *l, const struct slim_batch *batch, int64_t began_us,
                        int more)
{
    struct slim_recorder *r = l->recorder;
    struct slim_journal_position end = slim_journal_end(l->journal);
    struct slim_store_sizes sizes;

    l->committed_us = slim_ticks();
    l->uncovered = 1;
    slim_journal_loaded(l->journal, l->position.record);
    l->engine->sizes(l->store, &sizes);
    pthread_mutex_lock(&r->mutex);
    r->status.stored += batch->hits;
    r->status.before.seen += batch->loaded;
    slim_ledger_add(&r->status.before, &batch->lost);
    r->status.loaded = l->position.record;
    r->status.journal_next = end.record;
    r->was_loaded = 1;
    r->status.commits++;
    r->status.commit_us = apr_time_now();
    r->status.commit_duration_us = (uint64_t)(l->committed_us - began_us);
    if (!more) { /* all that was there when it began */
        r->status.behind_ticks = began_us;
    }
    r->status.store_bytes = sizes.bytes;
    r->status.wal_bytes = sizes.log_bytes;
    pthread_mutex_unlock(&r->mutex);
    slim_conditions_stored(&r->conditions, batch->hits);
}

apr_status_t slim_loader_fill(struct slim_loader *l, const struct slim_journal_position *end,
                              struct slim_batch *batch)
{
    struct slim_frame frame;
    apr_status_t rv = APR_SUCCESS;

    while (rv == APR_SUCCESS && batch->hits < BATCH_HITS && batch->bytes < BATCH_BYTES
           && !is_over(batch, batch->next)) {
        rv = slim_journal_read(l->reader, end, &frame);
        if (rv == APR_SUCCESS) {
            rv = put_frame(l, &frame, batch);
        }
    }
    return rv;
}

static void journal_unreadable(struct slim_loader *l, apr_status_t rv)
{
    char reason[128];

    l->store->error = (struct slim_store_error){.state = SLIM_STATE_STORE_IO, .code = rv};
    apr_strerror(rv, reason, sizeof reason);
    snprintf(l->store->error.what, sizeof l->store->error.what, "cannot read the journal in %s: %s",
             slim_journal_directory(l->journal), reason);
}

/* Whether the reader went on, if only over damage or into the next segment. */
static int moved(const struct slim_loader *l)
{
    struct slim_journal_position at = slim_journal_reader_position(l->reader);

    return at.segment != l->position.segment || at.offset != l->position.offset;
}

/* Ends the transaction with all that belongs to it. */
static apr_status_t commit_batch(struct slim_loader *l, struct slim_batch *batch, int64_t began_us,
                                 int more)
{
    struct slim_journal_damage damage = slim_journal_reader_damage(l->reader);
    struct slim_journal_position at = slim_journal_reader_position(l->reader);

    count_damage(l, batch, &damage);
    apr_status_t rv = slim_loader_account_end(l);
    if (rv == APR_SUCCESS) {
        rv = l->engine->put_lost(l->store, &batch->lost);
    }
    if (rv == APR_SUCCESS && batch->hits == 0 && batch->lost.dropped[SLIM_DROPPED_REFUSED] > 0) {
        l->store->error = l->refusal.error; /* no other hit was taken: it may refuse all */
        rv = SLIM_ESTORE;
    }
    if (rv == APR_SUCCESS) {
        rv = slim_loader_put_heard(l);
    }
    if (rv == APR_SUCCESS) {
        rv = l->engine->commit(l->store, &at, batch->loaded);
    }
    if (rv == APR_SUCCESS) {
        l->position = at;
        l->account.gap_kept = l->account.gap;
        log_damage(l, &damage, batch->vanished);
        note_commit(l, batch, began_us, more);
        slim_loader_tell_refused(l);
    }
    return rv;
}

/* After a failure. 1: the batch can be tried again, without a hit that was refused. */
static int recover(struct slim_loader *l, const struct slim_journal_position *end,
                   const struct slim_batch *batch)
{
    l->engine->rollback(l->store);
    slim_loader_take_back(l);
    if (slim_loader_find_refused(l, end, batch)) {
        return 1;
    }
    slim_loader_store_failed(l);
    return 0;
}

/* One transaction. *more: the journal has further frames. 0 when the store failed. */
static int load_batch(struct slim_loader *l, int *more)
{
    struct slim_journal_position end = slim_journal_end(l->journal);
    struct slim_batch batch = {0};
    int64_t began_us = slim_ticks();
    uint64_t began_at = l->position.record;
    apr_status_t rv = l->engine->begin(l->store);

    *more = 0;
    if (rv != APR_SUCCESS) {
        slim_loader_store_failed(l);
        return 0;
    }
    rv = slim_loader_fill(l, &end, &batch);
    *more = rv == APR_SUCCESS;
    if (rv != APR_SUCCESS && rv != SLIM_EOFJOURNAL && rv != SLIM_ESTORE) {
        journal_unreadable(l, rv);
        rv = SLIM_ESTORE;
    }
    if (rv == SLIM_EOFJOURNAL && batch.frames == 0 && !moved(l) && !slim_loader_is_silent(l)) {
        l->engine->rollback(l->store);
        return 1;
    }
    if (rv != SLIM_ESTORE) {
        rv = commit_batch(l, &batch, began_us, *more);
    }
    if (rv != APR_SUCCESS) {
        *more = recover(l, &end, &batch);
        return *more;
    }
    l->backoff_s = 0;
    slim_loader_note_recovery(l, end.record > began_at ? end.record - began_at : 0);
    slim_condition_leave(&l->recorder->conditions, SLIM_AREA_STORE);
    return 1;
}

/* --- the thread --- */

static int due(const struct slim_loader *l)
{
    struct slim_journal_position end = slim_journal_end(l->journal);

    return end.record > l->position.record + BATCH_HITS
           || slim_ticks() - l->committed_us >= BATCH_INTERVAL_US;
}

/* Notes until when nothing waits. Without the store nobody knows whether anything does. */
static void note_waiting(struct slim_loader *l)
{
    struct slim_recorder *r = l->recorder;
    int64_t now = slim_ticks();

    if (l->store && !has_more(l)) {
        pthread_mutex_lock(&r->mutex);
        r->status.behind_ticks = now;
        pthread_mutex_unlock(&r->mutex);
    }
}

static int step(struct slim_loader *l)
{
    int more = 0;

    slim_loader_refresh_data(l);
    if (!l->journal) {
        l->journal = slim_recorder_journal(l->recorder);
    }
    if (!l->journal) {
        return 0;
    }
    note_waiting(l);
    if (!l->store && !slim_loader_open_store(l)) {
        return 0;
    }
    if (slim_enrich_waits(l->enrich)) {
        return 0; /* nor are hits stored without what is derived from them */
    }
    if (((has_more(l) && due(l)) || slim_loader_is_silent(l)) && !slim_loader_log_is_too_large(l)
        && !load_batch(l, &more)) {
        return 0;
    }
    slim_loader_refresh_ledger(l);
    if (l->store && !more) {
        slim_loader_put_notes(l);
    }
    if (l->store && !more) {
        slim_loader_purge(l);
    }
    if (l->store && !more) {
        slim_loader_sweep(l);
    }
    if (l->store && !more) {
        slim_loader_renew(l);
    }
    if (l->store && !more) {
        slim_loader_name_robots(l);
    }
    if (l->store && !more) {
        slim_loader_find_leaks(l);
    }
    if (l->store) {
        slim_loader_checkpoint(l);
    }
    return more;
}

/* Beside hits there are data files, old rows and the store's log to look after. */
static unsigned longest_wait(const struct slim_loader *l)
{
    return l->purged.more || l->sweep_is_due || !l->is_renewed || !l->robots_are_named
                   || !l->leaks_are_found
               ? WAIT_MS
               : WAIT_IDLE_MS;
}

/* Until there is something to do: what waits is loaded when it is due or is enough for a batch, and
 * what comes when nothing waits, at once. */
static void wait_for_work(struct slim_loader *l)
{
    unsigned ms = longest_wait(l);
    uint64_t beyond = UINT64_MAX;

    if (l->store) {
        beyond = slim_journal_end(l->journal).record;
        int64_t left_us = l->committed_us + BATCH_INTERVAL_US - slim_ticks();
        if (has_more(l) && !due(l)) {
            beyond = l->position.record + BATCH_HITS;
            ms = left_us > 0 && left_us / 1000 < ms ? (unsigned)(left_us / 1000) + 1 : ms;
        }
    }
    slim_recorder_wait_for_hits(l->recorder, beyond, ms);
}

/* What is left is loaded if that is quick; else the next recorder does it. */
static void finish(struct slim_loader *l)
{
    int64_t deadline = slim_ticks() + FINAL_US;
    int more = 1;

    while (l->store && has_more(l) && slim_ticks() < deadline && !slim_enrich_waits(l->enrich)) {
        slim_recorder_beat(l->recorder, SLIM_THREAD_LOAD);
        if (!load_batch(l, &more)) {
            break;
        }
    }
    slim_loader_close_store(l);
}

void *slim_recorder_load(void *data)
{
    struct slim_recorder *r = data;
    struct slim_loader *l = apr_pcalloc(r->thread_pool[1], sizeof *l);

    l->recorder = r;
    l->may_create = 1;
    l->engine = slim_store_engine_for(r->settings->store);
    l->enrich = slim_enrich_make(r->settings, r->thread_pool[1]);
    slim_loader_note_start(l);
    while (!atomic_load(&r->drained)) {
        slim_recorder_beat(r, SLIM_THREAD_LOAD);
        int more = step(l);
        slim_recorder_went(r, SLIM_THREAD_LOAD);
        if (l->backoff_s > 0 && !l->store) {
            slim_recorder_sleep(r, l->backoff_s * 1000);
        } else if (!more) {
            wait_for_work(l);
        }
    }
    finish(l);
    atomic_fetch_add(&r->ended, 1);
    return NULL;
}
