/* The store as the load thread keeps it: opening it again and again while it fails, merging its
 * log, and the data files that hits are enriched by. */
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "core/clock.h"
#include "core/log.h"
#include "loader.h"

#define BACKOFF_MAX_S 5 /* a try costs little, and healing is promised within seconds */
#define CHECKPOINT_BYTES (4u << 20)
#define CHECKPOINT_INTERVAL_US (INT64_C(30) * 1000000)
#define LOG_BYTES_MAX (64u << 20)         /* of the store's own log */
#define REFRESH_US (INT64_C(2) * 1000000) /* between looks at data files, and the ledger */
#define HEARD_US (INT64_C(30) * 1000000)  /* between notes of how the recorder is, with a batch, */
#define HEARD_ALONE_US (INT64_C(300) * 1000000) /* and without one */

/* --- data files --- */

static void report_part(struct slim_recorder *r, const struct slim_enrich_part *part,
                        enum slim_area area, enum slim_state state, const char *name)
{
    char reason[128], what[512];

    if (!part->changed) {
        return;
    }
    if (part->status == APR_SUCCESS) {
        slim_condition_leave(&r->conditions, area);
        return;
    }
    apr_strerror(part->status, reason, sizeof reason);
    snprintf(what, sizeof what, "cannot use the %s %s: %s", name, part->path ? part->path : "",
             part->reason[0]                  ? part->reason
             : part->status == SLIM_EBADRULES ? "it is damaged, or of another format"
                                              : reason);
    slim_condition_enter(&r->conditions, area, state, part->status, what);
}

static void log_news(struct slim_recorder *r, const struct slim_enrich_part *part)
{
    if (part->news[0]) {
        slim_recorder_log_once(r, SLIM_LOG_NOTICE, "%s", part->news);
    }
}

/* No state of the recorder: nothing is lost, only visitors are identified anew. */
static void log_visitor_key(struct slim_recorder *r, const struct slim_enrich_part *part)
{
    char reason[128];

    if (part->changed && part->status == APR_SUCCESS) {
        slim_log(SLIM_LOG_NOTICE, "the visitor key is saved in %s again", part->path);
    } else if (part->changed) {
        apr_strerror(part->status, reason, sizeof reason);
        slim_recorder_log_once(
            r, SLIM_LOG_WARN,
            "cannot save the visitor key in %s: %s; until then one in memory is used", part->path,
            part->status != SLIM_EBADRULES ? reason
            : r->settings->visitor_secret
                ? "the file there has no shared key of this kind, or is of a day to come, and is "
                  "left alone"
                : "the file there is not a visitor key, and is left alone");
    }
}

void slim_loader_refresh_data(struct slim_loader *l)
{
    struct slim_enrich_part parts[SLIM_DATA_PARTS];

    if (slim_ticks() - l->refreshed_us < REFRESH_US) {
        return;
    }
    l->refreshed_us = slim_ticks();
    slim_enrich_refresh(l->enrich, parts);
    report_part(l->recorder, &parts[SLIM_DATA_COUNTRY], SLIM_AREA_COUNTRY, SLIM_STATE_GEO_OFF,
                "country file");
    log_news(l->recorder, &parts[SLIM_DATA_COUNTRY]);
    report_part(l->recorder, &parts[SLIM_DATA_NETWORKS], SLIM_AREA_NETWORKS,
                SLIM_STATE_NETWORKS_OFF, "network data");
    log_news(l->recorder, &parts[SLIM_DATA_NETWORKS]);
    report_part(l->recorder, &parts[SLIM_DATA_AGENTS], SLIM_AREA_AGENTS, SLIM_STATE_AGENTS_OFF,
                "agent rules");
    log_news(l->recorder, &parts[SLIM_DATA_AGENTS]);
    l->robots_are_named &= !parts[SLIM_DATA_AGENTS].changed;
    l->leaks_are_found &= !parts[SLIM_DATA_AGENTS].changed;
    report_part(l->recorder, &parts[SLIM_DATA_SOURCES], SLIM_AREA_SOURCES, SLIM_STATE_SOURCES_OFF,
                "list of sources");
    report_part(l->recorder, &parts[SLIM_DATA_PAGES], SLIM_AREA_PAGES, SLIM_STATE_PAGES_OFF,
                "list of paths, names or parameters");
    log_visitor_key(l->recorder, &parts[SLIM_DATA_VISITORS]);
    slim_loader_note_lists(l, parts);
}

/* --- the store --- */

void slim_loader_close_store(struct slim_loader *l)
{
    if (l->store) {
        l->engine->close(l->store);
        l->store = NULL;
        l->heard_us = 0;
        l->is_renewed = 0;
        l->robots_are_named = l->leaks_are_found = 0;
    }
    if (l->pool) {
        apr_pool_destroy(l->pool);
        l->pool = NULL;
        l->sweep = NULL;
    }
}

void slim_loader_store_failed(struct slim_loader *l)
{
    const struct slim_store_error *error = &l->store->error;

    slim_condition_enter(&l->recorder->conditions, SLIM_AREA_STORE, error->state, error->code,
                         error->what);
    slim_loader_note_failure(l);
    slim_loader_close_store(l);
    l->backoff_s = l->backoff_s == 0                  ? 1
                   : l->backoff_s * 2 > BACKOFF_MAX_S ? BACKOFF_MAX_S
                                                      : l->backoff_s * 2;
}

/* --- recorders of the store --- */

int slim_loader_is_silent(const struct slim_loader *l)
{
    int64_t since_us = l->heard_us > 0 ? l->heard_us : l->opened_us;

    return slim_ticks() - since_us >= HEARD_ALONE_US;
}

/* The first area in which something is wrong. */
static enum slim_state state_of(struct slim_recorder *r)
{
    enum slim_state state = SLIM_STATE_OK;

    pthread_mutex_lock(&r->mutex);
    for (unsigned i = 0; state == SLIM_STATE_OK && i < SLIM_AREAS; i++) {
        state = (enum slim_state)r->status.area[i].state;
    }
    pthread_mutex_unlock(&r->mutex);
    return state;
}

apr_status_t slim_loader_put_heard(struct slim_loader *l)
{
    struct slim_recorder *r = l->recorder;
    struct slim_heard heard = {.heard_s = apr_time_sec(apr_time_now()), .state = state_of(r)};
    int64_t now = slim_ticks();

    if (l->heard_us > 0 && now - l->heard_us < HEARD_US) {
        return APR_SUCCESS;
    }
    apr_cpystrn(heard.server, r->settings->server ? r->settings->server : "", sizeof heard.server);
    struct slim_journal_position at = slim_journal_reader_position(l->reader);
    struct slim_journal_position end = slim_journal_end(l->journal);
    heard.waiting = end.record > at.record ? end.record - at.record : 0;
    l->heard_us = now;
    return l->engine->put_heard(l->store, &heard);
}

/* Who writes to the store, this one included. */
static apr_status_t take_heard(struct slim_loader *l)
{
    struct slim_recorder *r = l->recorder;
    struct slim_heard heard[SLIM_HEARD_MAX] = {0};
    uint64_t count;
    int64_t since_s = apr_time_sec(apr_time_now()) - SLIM_HEARD_KEPT_S;
    apr_status_t rv = l->engine->list_heard(l->store, since_s, heard, &count);

    if (rv == APR_SUCCESS) {
        pthread_mutex_lock(&r->mutex);
        memcpy(r->status.heard, heard, sizeof heard);
        r->status.heard_count = count;
        pthread_mutex_unlock(&r->mutex);
    }
    return rv;
}

/* What the store knows of the ledger, once it is open. */
static apr_status_t take_ledger(struct slim_loader *l, uint64_t *gap)
{
    struct slim_recorder *r = l->recorder;
    struct slim_store_ledger ledger;
    apr_status_t rv = l->engine->ledger(l->store, r->rings ? r->ring[0].epoch : 0, &ledger);

    if (rv == APR_SUCCESS) {
        l->ledger_us = slim_ticks();
        *gap = ledger.gap;
        pthread_mutex_lock(&r->mutex);
        r->status.before = ledger.before;
        r->status.base = ledger.base;
        r->status.stored = ledger.stored;
        r->status.imports = ledger.imports;
        r->status.ledger_known = 1;
        r->status.loaded = l->position.record;
        pthread_mutex_unlock(&r->mutex);
        rv = take_heard(l);
    }
    return rv;
}

void slim_loader_refresh_ledger(struct slim_loader *l)
{
    uint64_t gap;

    if (slim_ticks() - l->ledger_us >= REFRESH_US && take_ledger(l, &gap) != APR_SUCCESS) {
        slim_loader_store_failed(l);
    }
}

static apr_status_t open_reader(struct slim_loader *l)
{
    memset(&l->damage, 0, sizeof l->damage);
    return slim_journal_reader_open(slim_journal_directory(l->journal),
                                    slim_journal_identity(l->journal), &l->position, &l->reader,
                                    l->pool);
}

/* An older state directory was put back, or a power cut took what the store has. Nothing is missing
 * for that: what comes now is in segments behind the store's position, with numbers of records from
 * where the journal was found. It is not, if segments are named by a clock that went back: then the
 * store's position becomes where the journal was found, at once: a next recorder would find what
 * comes now there, too. */
static void go_on_behind(struct slim_loader *l)
{
    struct slim_journal_position opened = slim_journal_opened(l->journal);

    if (!l->is_renumbered
        && (l->position.segment <= opened.segment
            || (!l->may_create && l->position.record <= slim_journal_end(l->journal).record))) {
        return;
    }
    l->is_renumbered = slim_journal_begins_at(l->journal) <= l->position.segment;
    if (l->is_renumbered) {
        l->position = opened;
    }
    l->position.record = opened.record;
    if (l->may_create) {
        slim_recorder_log_once(
            l->recorder, SLIM_LOG_WARN,
            "the store is ahead of the journal in %s, whose files are gone or older: what comes "
            "now goes on behind",
            slim_journal_directory(l->journal));
    }
}

static apr_status_t put_position(struct slim_loader *l)
{
    apr_status_t rv = l->engine->begin(l->store);

    if (rv == APR_SUCCESS) {
        rv = l->engine->commit(l->store, &l->position, 0);
        if (rv != APR_SUCCESS) {
            l->engine->rollback(l->store);
        }
    }
    l->is_renumbered &= rv != APR_SUCCESS;
    return rv;
}

static apr_status_t prepare_store(struct slim_loader *l)
{
    uint64_t gap = 0;
    apr_status_t rv = l->engine->position(l->store, &l->position);

    if (rv == APR_SUCCESS) {
        slim_loader_settle_aside(l);
        go_on_behind(l);
        rv = l->is_renumbered ? put_position(l) : APR_SUCCESS;
    }
    if (rv == APR_SUCCESS) {
        rv = take_ledger(l, &gap);
        slim_loader_account_open(l, gap);
    }
    if (rv == APR_SUCCESS) {
        rv = slim_journal_adopt_store(l->journal, l->engine->uuid(l->store));
        if (rv != APR_SUCCESS) {
            l->store->error.state = SLIM_STATE_STORE_IO;
            l->store->error.code = rv;
            snprintf(l->store->error.what, sizeof l->store->error.what,
                     "cannot note the store's identity in %s", slim_journal_directory(l->journal));
        }
    }
    return rv == APR_SUCCESS ? open_reader(l) : rv;
}

/* A store that is missing is made once, when the recorder starts: later its absence is a fault. */
int slim_loader_open_store(struct slim_loader *l)
{
    struct slim_recorder *r = l->recorder;
    const struct slim_store_opening opening = {.url = r->settings->store,
                                               .data = r->settings->data,
                                               .identity = slim_journal_identity(l->journal),
                                               .may_create = l->may_create,
                                               .visit_timeout_s = r->settings->visit_timeout_s,
                                               .stop = &r->interrupted};
    apr_status_t rv = apr_pool_create(&l->pool, r->thread_pool[1]);

    if (rv != APR_SUCCESS) {
        return 0;
    }
    rv = l->engine->open(&opening, &l->store, l->pool);
    if (rv == APR_SUCCESS) {
        rv = prepare_store(l);
    }
    if (rv != APR_SUCCESS) {
        slim_loader_store_failed(l);
        return 0;
    }
    l->may_create = 0;
    l->opened_us = slim_ticks();
    return 1;
}

/* --- checkpoints --- */

static void checkpoint_failed(struct slim_loader *l, int code, const char *what)
{
    slim_condition_enter(&l->recorder->conditions, SLIM_AREA_CHECKPOINT, SLIM_STATE_CKPT_FAILING,
                         code, what);
}

/* Segments go only when all that was loaded from them is in the store itself. */
void slim_loader_checkpoint(struct slim_loader *l)
{
    struct slim_store_sizes sizes;
    uint64_t bytes, segments;
    int covered = 0;
    int64_t now = slim_ticks();

    l->engine->sizes(l->store, &sizes);
    slim_journal_size(l->journal, &bytes, &segments);
    int due = sizes.log_bytes > CHECKPOINT_BYTES || segments > 1
              || now - l->checkpointed_us > CHECKPOINT_INTERVAL_US;
    if (!l->uncovered || !due || now - l->checkpointed_us < BATCH_INTERVAL_US) {
        return;
    }
    l->checkpointed_us = now;
    if (l->engine->checkpoint(l->store, &covered) != APR_SUCCESS) {
        checkpoint_failed(l, l->store->error.code, l->store->error.what);
    } else if (covered) {
        l->uncovered = 0;
        slim_condition_leave(&l->recorder->conditions, SLIM_AREA_CHECKPOINT);
        slim_journal_retire(l->journal, &l->position);
    }
}

int slim_loader_log_is_too_large(struct slim_loader *l)
{
    struct slim_store_sizes sizes;

    l->engine->sizes(l->store, &sizes);
    if (sizes.log_bytes < LOG_BYTES_MAX) {
        return 0;
    }
    if (l->uncovered) {
        checkpoint_failed(l, 0, "the store's log has reached 64 MiB and cannot be merged");
        return 1;
    }
    return 0;
}
