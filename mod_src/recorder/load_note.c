/* Notes that the recorder makes on the course of time: that httpd was started or reloaded, that
 * directives or lists changed, that hits could not be stored. They wait until the store can be
 * written, and go without a word where there are too many. */
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>
#include <apr_time.h>

#include "core/clock.h"
#include "loader.h"

#define BUSY_US 1000000
#define BUSY_GRACE_US (INT64_C(30) * 1000000) /* a shorter while is no news */

void slim_loader_note(struct slim_loader *l, enum slim_note_kind kind, const char *text)
{
    struct slim_pending_note *pending = &l->notes.pending[l->notes.count];

    if (l->notes.count == SLIM_PENDING_NOTES) {
        return;
    }
    apr_cpystrn(pending->text, text, sizeof pending->text);
    pending->note = (struct slim_note){.kind = kind, .times = 1};
    pending->note.at_s = pending->note.until_s = apr_time_sec(apr_time_now());
    l->notes.count++;
}

void slim_loader_note_start(struct slim_loader *l)
{
    const struct slim_recorder *r = l->recorder;

    if (r->is_httpds) {
        slim_loader_note(l, SLIM_NOTE_RESTART, "");
    }
    if (r->changed[0]) {
        slim_loader_note(l, SLIM_NOTE_CONFIG, r->changed);
    }
}

void slim_loader_note_lists(struct slim_loader *l, const struct slim_enrich_part *parts)
{
    static const char *const names[SLIM_DATA_PARTS] = {
        [SLIM_DATA_COUNTRY] = "countries", [SLIM_DATA_NETWORKS] = "networks",
        [SLIM_DATA_AGENTS] = "agents",     [SLIM_DATA_SOURCES] = "sources",
        [SLIM_DATA_PAGES] = "pages",
    };

    for (int i = 0; i < SLIM_DATA_PARTS && l->notes.lists_are_known; i++) {
        if (names[i] && parts[i].changed && parts[i].status == APR_SUCCESS) {
            slim_loader_note(l, SLIM_NOTE_RULES, names[i]);
        }
    }
    l->notes.lists_are_known = 1;
}

/* --- outages --- */

static uint64_t dropped(const struct slim_recorder *r)
{
    struct slim_ledger ledger;
    uint64_t all = 0, pushed;

    for (int i = 0; i < r->rings; i++) {
        slim_ring_ledger(&r->ring[i], &ledger, &pushed);
        all += slim_ledger_dropped(&ledger);
    }
    return all;
}

static int is_news(const struct slim_condition *store, int64_t now_us)
{
    return store->state != SLIM_STATE_OK
           && (store->state != SLIM_STATE_STORE_BUSY || now_us - store->since_us > BUSY_GRACE_US);
}

void slim_loader_note_failure(struct slim_loader *l)
{
    if (!l->notes.is_out) {
        l->notes.is_out = 1;
        l->notes.dropped = dropped(l->recorder);
    }
}

void slim_loader_note_recovery(struct slim_loader *l, uint64_t waited)
{
    struct slim_recorder *r = l->recorder;
    int64_t now_us = apr_time_now();
    struct slim_condition store;
    char text[SLIM_NOTE_TEXT_MAX + 1];

    slim_condition_get(&r->conditions, SLIM_AREA_STORE, &store);
    if (is_news(&store, now_us) && l->notes.count < SLIM_PENDING_NOTES) {
        uint64_t lost = l->notes.is_out ? dropped(r) - l->notes.dropped : 0;
        const char *state = slim_state_name(store.state);
        if (lost > 0) {
            snprintf(text, sizeof text, "%s, %llu dropped", state, (unsigned long long)lost);
        } else {
            snprintf(text, sizeof text, "%s", state);
        }
        slim_loader_note(l, SLIM_NOTE_OUTAGE, text);
        struct slim_note *note = &l->notes.pending[l->notes.count - 1].note;
        int64_t since_s = store.since_us / 1000000;
        note->at_s = since_s > 0 && since_s < note->at_s ? since_s : note->at_s;
        note->hits = waited;
    }
    l->notes.is_out = 0;
}

/* --- writing them --- */

static apr_status_t put(struct slim_loader *l, const struct slim_pending_note *pending)
{
    struct slim_note note = pending->note;

    note.text = (struct slim_text){pending->text, strlen(pending->text)};
    return l->engine->add_note(l->store, &note);
}

static void forget_first(struct slim_notes *notes)
{
    notes->count--;
    memmove(notes->pending, notes->pending + 1, notes->count * sizeof notes->pending[0]);
}

void slim_loader_put_notes(struct slim_loader *l)
{
    struct slim_notes *notes = &l->notes;

    if (notes->count == 0 || slim_ticks() < notes->busy_us || slim_loader_log_is_too_large(l)) {
        return;
    }
    while (notes->count > 0) {
        if (put(l, &notes->pending[0]) != APR_SUCCESS) {
            if (l->store->error.state == SLIM_STATE_STORE_BUSY) {
                notes->busy_us = slim_ticks() + BUSY_US;
            } else {
                slim_loader_store_failed(l);
            }
            return;
        }
        l->uncovered = 1;
        forget_first(notes);
    }
}
