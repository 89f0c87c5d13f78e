/* A hit that the store refuses must not block those behind it. It is looked for by trying: the
 * batch up to some record, rolled back in any case. It is left out only in a transaction that
 * stores others: what refuses all loses nothing. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "loader.h"

#define LOG_AGAIN_US (INT64_C(3600) * 1000000)

int slim_loader_is_refused(const struct slim_loader *l, uint64_t record)
{
    for (unsigned i = 0; i < l->refusal.count; i++) {
        if (l->refusal.number[i] == record) {
            return 1;
        }
    }
    return 0;
}

/* Reads from the committed position again. */
static apr_status_t open_trial(struct slim_loader *l, apr_pool_t **pool)
{
    apr_status_t rv = apr_pool_create(pool, l->pool);

    if (rv == APR_SUCCESS) {
        rv = slim_journal_reader_open(slim_journal_directory(l->journal),
                                      slim_journal_identity(l->journal), &l->position, &l->reader,
                                      *pool);
    }
    return rv;
}

/* Whether the store takes the batch up to a record; *failed: that cannot be told. */
static int takes_until(struct slim_loader *l, const struct slim_journal_position *end,
                       uint64_t until, int *failed)
{
    struct slim_batch batch = {.until = until, .is_trial = 1};
    struct slim_account account = l->account;
    struct slim_journal_reader *reader = l->reader;
    apr_pool_t *pool = NULL;
    apr_status_t rv = open_trial(l, &pool);

    slim_recorder_beat(l->recorder, SLIM_THREAD_LOAD);
    l->account.gaps_counted = 0;
    if (rv == APR_SUCCESS) {
        rv = l->engine->begin(l->store);
    }
    int begun = rv == APR_SUCCESS;
    if (begun) {
        rv = slim_loader_fill(l, end, &batch);
        rv = rv == SLIM_EOFJOURNAL ? APR_SUCCESS : rv;
    }
    if (rv == APR_SUCCESS) {
        rv = l->engine->flush(l->store);
    }
    *failed = rv != APR_SUCCESS && (rv != SLIM_ESTORE || !l->store->error.is_of_row);
    if (begun) {
        l->engine->rollback(l->store);
    }
    if (pool) {
        apr_pool_destroy(pool);
    }
    l->reader = reader;
    l->account = account;
    return rv == APR_SUCCESS;
}

/* The first record that makes the batch one that is refused: in ever larger parts of it, then in
 * ever smaller ones. 0: there is none. */
static uint64_t find_first(struct slim_loader *l, const struct slim_journal_position *end,
                           uint64_t next)
{
    uint64_t good = l->position.record, bad = 0;
    int failed;

    for (uint64_t step = 1; bad == 0; step *= 2) {
        uint64_t until = next - good > step ? good + step : next;
        if (!takes_until(l, end, until, &failed)) {
            bad = until;
        } else if (until == next) {
            return 0;
        } else {
            good = until;
        }
        if (failed) {
            return 0;
        }
    }
    while (bad - good > 1) {
        uint64_t middle = good + (bad - good) / 2;
        if (takes_until(l, end, middle, &failed)) {
            good = middle;
        } else {
            bad = middle;
        }
        if (failed) {
            return 0;
        }
    }
    return bad;
}

/* What was read since the last commit is read again. */
static apr_status_t read_again(struct slim_loader *l)
{
    memset(&l->damage, 0, sizeof l->damage);
    slim_loader_account_open(l, l->account.gap_kept);
    return slim_journal_reader_open(slim_journal_directory(l->journal),
                                    slim_journal_identity(l->journal), &l->position, &l->reader,
                                    l->pool);
}

int slim_loader_find_refused(struct slim_loader *l, const struct slim_journal_position *end,
                             const struct slim_batch *batch)
{
    struct slim_refusal *refusal = &l->refusal;
    struct slim_store_error error = l->store->error;
    uint64_t bad = 0;

    if (error.is_of_row && refusal->count < SLIM_REFUSED_MAX && batch->next > l->position.record) {
        bad = find_first(l, end, batch->next);
    }
    if (bad == 0 || read_again(l) != APR_SUCCESS) {
        refusal->count = 0;
        l->store->error = error;
        return 0;
    }
    refusal->number[refusal->count++] = bad - 1;
    refusal->error = error;
    return 1;
}

void slim_loader_tell_refused(struct slim_loader *l)
{
    struct slim_refusal *refusal = &l->refusal;
    int64_t now = slim_ticks();

    refusal->unlogged += refusal->count;
    slim_loader_keep_aside(l);
    if (refusal->unlogged > 0
        && (refusal->logged_us == 0 || now - refusal->logged_us > LOG_AGAIN_US)) {
        slim_log(SLIM_LOG_ERROR,
                 "%s, which is about %" PRIu64 " hits alone, number %" PRIu64
                 " of the journal the last; others are taken; they were counted as dropped, and "
                 "are kept in %s/refused.log",
                 refusal->error.what, refusal->unlogged,
                 refusal->count > 0 ? refusal->number[refusal->count - 1] : 0,
                 l->recorder->settings->state);
        refusal->logged_us = now;
        refusal->unlogged = 0;
    }
    refusal->count = 0;
}
