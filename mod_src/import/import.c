/* The way of an old hit: read, enrich, put; and the position with it. Works beside a recorder:
 * batches are short, and between two of them the recorder gets its turn. */
#include "import.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_time.h>

#include "archive_name.h"
#include "archive_row.h"
#include "core/privacy.h"
#include "core/site_rules.h"
#include "enrich/resource.h"

#define BATCH_ROWS 40000
#define BATCH_US 300000              /* or so long, on a machine that has much to do */
#define LOOK_ROWS 256                /* between looks at the clock */
#define PAUSE_US 5000                /* after a batch, for the recorder */
#define BUSY_TRIES 60                /* of a second each, as engines wait by themselves */
#define CHECKPOINT_BYTES (16u << 20) /* of the store's log */

struct running {
    const struct slim_import *import;
    struct slim_log_source *source;
    struct slim_import_reader *reader;
    struct slim_text head;
    struct slim_store_import *known;
    struct slim_import_result *result;
    struct slim_facts facts;
    apr_time_t began;
    uint64_t known_lines; /* still to be noted in the account */
    int64_t rows_from;    /* older rows are gone */
    unsigned rows;        /* in this batch, as the account and the times are */
    struct slim_import_account account, unnoted; /* unnoted: of batches that came to nothing */
    int64_t first_s, last_s;
    char kept[2][SLIM_PRIVACY_ROOM]; /* of a hit's addresses */
};

static apr_status_t store_failed(struct running *r)
{
    snprintf(r->result->error, sizeof r->result->error, "%s", r->import->store->error.what);
    r->import->engine->rollback(r->import->store);
    return APR_EGENERAL;
}

/* --- resuming --- */

static void tell_different(const struct slim_store_import *known, struct slim_import_result *result)
{
    snprintf(
        result->error, sizeof result->error,
        "it begins as %s, which was imported up to byte %llu, but is another log there: was it "
        "edited? Nothing was imported; --again imports all of it",
        known->name, (unsigned long long)known->offset);
}

/* Looks the log up among those known; a new one gets the next number. */
static apr_status_t look_up(const struct slim_import *import, struct slim_log_source *source,
                            const apr_array_header_t *imports, enum slim_log_identity *identity,
                            struct slim_store_import *known, struct slim_import_result *result)
{
    uint32_t last = 0;

    for (int i = 0; i < imports->nelts; i++) {
        uint32_t number = APR_ARRAY_IDX(imports, i, struct slim_store_import).number;
        last = number > last ? number : last;
    }
    if (!import->again) {
        apr_status_t rv = slim_log_identify(source, imports, identity, known);
        if (rv != APR_SUCCESS) {
            snprintf(result->error, sizeof result->error, "%s", slim_log_source_error(source));
            return rv;
        }
    }
    if (*identity == SLIM_LOG_DIFFERENT) {
        tell_different(known, result);
        return APR_EGENERAL;
    }
    known->number = known->number ? known->number : last + 1;
    return APR_SUCCESS;
}

apr_status_t slim_import_resume(const struct slim_import *import, struct slim_log_source *source,
                                struct slim_store_import *known, struct slim_import_result *result)
{
    enum slim_log_identity identity = SLIM_LOG_NEW;
    apr_array_header_t *imports;
    apr_pool_t *pool;

    memset(known, 0, sizeof *known);
    memset(result, 0, sizeof *result);
    apr_status_t rv = apr_pool_create(&pool, NULL);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    rv = import->engine->list_imports(import->store, &imports, pool);
    if (rv != APR_SUCCESS) {
        snprintf(result->error, sizeof result->error, "%s", import->store->error.what);
    } else {
        rv = look_up(import, source, imports, &identity, known, result);
    }
    result->account.lines = result->account.fate[SLIM_LINE_KNOWN] = known->lines;
    result->is_older = identity == SLIM_LOG_SHORTER;
    known->name = NULL; /* it goes with the pool */
    apr_pool_destroy(pool);
    return rv;
}

/* --- a batch --- */

static apr_status_t begin(struct running *r)
{
    const struct slim_import *import = r->import;
    apr_status_t rv = import->engine->begin(import->store);

    for (int i = 0;
         i < BUSY_TRIES && rv != APR_SUCCESS && import->store->error.state == SLIM_STATE_STORE_BUSY;
         i++) {
        rv = import->engine->begin(import->store);
    }
    r->rows = 0;
    r->began = apr_time_now();
    memset(&r->account, 0, sizeof r->account);
    if (rv == APR_SUCCESS) {
        rv = import->engine->rows_from(import->store, &r->rows_from);
    }
    r->first_s = INT64_MAX;
    r->last_s = INT64_MIN;
    return rv;
}

static void widen(int64_t *first, int64_t *last, int none_yet, int64_t from, int64_t to)
{
    *first = none_yet || from < *first ? from : *first;
    *last = none_yet || to > *last ? to : *last;
}

/* Another format than the log has was told: nothing of it is noted, so that the right one can be.
 */
static void pass_over(struct running *r, const struct slim_store_import *next)
{
    r->import->engine->rollback(r->import->store);
    slim_import_account_add(&r->unnoted, &r->account);
    slim_import_account_add(&r->result->account, &r->account);
    *r->known = *next;
}

/* Hits, rejected lines and the position that belongs to both, all or nothing. */
static apr_status_t commit(struct running *r)
{
    const struct slim_import *import = r->import;
    struct slim_store_import next = *r->known;
    struct slim_import_account account = r->account, all = r->result->account;
    struct slim_store_sizes sizes;
    int covered;

    slim_import_account_add(&account, &r->unnoted);
    account.lines += r->known_lines;
    account.fate[SLIM_LINE_KNOWN] += r->known_lines;
    if (r->account.fate[SLIM_LINE_STORED] > 0) {
        widen(&next.first_s, &next.last_s, next.first_s == 0 && next.last_s == 0, r->first_s,
              r->last_s);
    }
    next.rejected += r->account.fate[SLIM_LINE_REJECTED];
    slim_log_identity_note(r->source, r->head, &next);
    slim_import_account_add(&all, &r->account);
    if (slim_import_account_is_rejected(&all)) {
        pass_over(r, &next);
        return APR_SUCCESS;
    }
    memset(&r->unnoted, 0, sizeof r->unnoted);
    if (import->engine->commit_import(import->store, &next, &account) != APR_SUCCESS) {
        return store_failed(r);
    }
    if (r->account.fate[SLIM_LINE_STORED] > 0) {
        widen(&r->result->first_s, &r->result->last_s,
              r->result->account.fate[SLIM_LINE_STORED] == 0, r->first_s, r->last_s);
    }
    slim_import_account_add(&r->result->account, &r->account);
    *r->known = next;
    r->known_lines = 0;
    import->engine->sizes(import->store, &sizes);
    if (sizes.log_bytes > CHECKPOINT_BYTES
        && import->engine->checkpoint(import->store, &covered) != APR_SUCCESS) {
        return store_failed(r);
    }
    if (import->on_batch) {
        import->on_batch(import->data, r->source);
    }
    return APR_SUCCESS;
}

static void reject(struct running *r, const struct slim_import_row *row)
{
    r->account.fate[SLIM_LINE_REJECTED]++;
    if (r->import->on_reject) {
        r->import->on_reject(r->import->data, row);
    }
}

/* Whether the rules of capture leave a hit out, as far as a log can tell; else whether it is own.
 * The hit is as it came. */
static int is_excluded(const struct slim_site_rules *rules, struct slim_hit *hit, unsigned *reason)
{
    int own;

    struct slim_stored_hit asked = {.address_length = hit->address_length,
                                    .status = hit->status,
                                    .resource = slim_resource_derive(hit->field[SLIM_URI]),
                                    .agent = hit->field[SLIM_AGENT]};

    memcpy(asked.address, hit->address, sizeof asked.address);
    int excluded = slim_exclusion_find(rules->exclusions, &asked, reason, &own);
    hit->flags |= own ? SLIM_HIT_OWN : 0;
    return excluded;
}

static int is_in_time(struct running *r, int64_t second)
{
    const struct slim_import *import = r->import;

    if (second < import->since_s || second >= import->until_s) {
        r->account.excluded[SLIM_NOT_IMPORTED_PERIOD]++;
        return 0;
    }
    if (second < r->rows_from && !import->again) {
        r->account.fate[SLIM_LINE_OLD]++;
        return 0;
    }
    return 1;
}

/* The way of a live hit, from the end of the request to the store: what capture leaves out, what it
 * keeps of people, what the recorder makes of it and leaves out. 0: it was left out. */
static int make_hit(struct running *r, struct slim_import_row *row)
{
    const struct slim_import *import = r->import;
    struct slim_hit *hit = &row->hit;
    const struct slim_site_rules *rules =
        slim_site_rules_find(import->settings->sites, hit->field[SLIM_SITE]);
    enum slim_excluded robot;
    unsigned reason;

    if (is_excluded(rules, hit, &reason)) {
        r->account.excluded[reason]++;
        return 0;
    }
    if (!is_in_time(r, hit->time_us / 1000000)) {
        return 0;
    }
    struct slim_text client = slim_privacy_name(rules->address, rules->respected, hit, row->client);
    slim_privacy_addresses(&rules->query, hit, r->kept);
    slim_privacy_apply(rules->address, rules->respected, hit);
    slim_enrich_hit(import->enrich, hit, &r->facts);
    slim_enrich_client_name(import->enrich, hit, client, &r->facts);
    if (r->reader->refine) {
        r->reader->refine(r->reader, &r->facts);
    }
    if (slim_enrich_excludes(import->enrich, &r->facts, &robot)) {
        r->account.excluded[robot]++;
        return 0;
    }
    return 1;
}

static apr_status_t store_hit(struct running *r, const struct slim_hit *hit)
{
    int64_t second = hit->time_us / 1000000;

    r->facts.is_imported = 1;
    widen(&r->first_s, &r->last_s, 0, second, second);
    r->account.fate[SLIM_LINE_STORED]++;
    return r->import->engine->put(r->import->store, hit, &r->facts);
}

/* line has the client's address as it came. */
static apr_status_t store_new_hit(struct running *r, const struct slim_store_line *line)
{
    const struct slim_import *import = r->import;
    int is_recorded = 0;

    if (r->reader->is_log) {
        apr_status_t rv = import->engine->find_recorded(import->store, line, &is_recorded);
        if (rv != APR_SUCCESS) {
            return rv;
        }
    }
    if (is_recorded) {
        r->account.fate[SLIM_LINE_RECORDED]++;
        return APR_SUCCESS;
    }
    return store_hit(r, line->hit);
}

/* A hit of an archive is what it was in the other store, whatever the rules are here. */
static apr_status_t take_archived_hit(struct running *r, struct slim_archive_record *record)
{
    const struct slim_import *import = r->import;
    int64_t second = record->hit.time_us / 1000000;
    int stored;

    if (!is_in_time(r, second)) {
        return APR_SUCCESS;
    }
    record->facts.archive = r->known->number;
    slim_archive_name(record, slim_enrich_agents(import->enrich));
    if (record->facts.server.length == 0 && import->server) {
        record->facts.server = slim_text_of(import->server);
    }
    apr_status_t rv =
        import->engine->put_archived(import->store, &record->hit, &record->facts, &stored);
    if (rv == APR_SUCCESS && stored) {
        widen(&r->first_s, &r->last_s, 0, second, second);
    }
    r->account.fate[stored ? SLIM_LINE_STORED : SLIM_LINE_KNOWN]++;
    return rv;
}

static apr_status_t take_archived(struct running *r, struct slim_archive_record *record)
{
    const struct slim_store_engine *engine = r->import->engine;
    struct slim_store *store = r->import->store;

    switch (record->sort) {
    case SLIM_ARCHIVE_VISITOR:
        return engine->put_past_visitor(store, record->visitor, record->last_s);
    case SLIM_ARCHIVE_TITLE:
        return engine->put_title(store, record->site, record->page, record->title, record->time_us);
    case SLIM_ARCHIVE_NOTE: return engine->put_note(store, &record->note);
    case SLIM_ARCHIVE_GONE: return engine->put_gone(store, record->gone_s, r->known->number);
    case SLIM_ARCHIVE_TOTAL: return engine->put_total(store, &record->total, r->known->number);
    case SLIM_ARCHIVE_LOG:
        record->import.number = r->known->number;
        return engine->put_import(store, &record->import);
    default: r->account.lines++; return take_archived_hit(r, record);
    }
}

static apr_status_t take_row(struct running *r, struct slim_import_row *row)
{
    struct slim_store_line line = {.hit = &row->hit,
                                   .address_length = row->hit.address_length,
                                   .has_all_bytes = r->reader->has_all_bytes,
                                   .log = r->known->number};

    r->rows++;
    if (row->record && !row->reason) {
        return take_archived(r, row->record);
    }
    r->account.lines++;
    if (row->reason) {
        reject(r, row);
        return APR_SUCCESS;
    }
    memcpy(line.address, row->hit.address, sizeof line.address);
    if (!make_hit(r, row)) {
        return APR_SUCCESS;
    }
    line.resource = r->facts.resource;
    return store_new_hit(r, &line);
}

/* --- all of it --- */

/* The recorder waits for its turn meanwhile, and not for long. */
static int is_late(const struct running *r)
{
    return r->rows % LOOK_ROWS == 0 && apr_time_now() - r->began > BATCH_US;
}

/* Reads until a batch is full. What ended it otherwise is in *rv. */
static apr_status_t fill_batch(struct running *r, apr_status_t *ended)
{
    struct slim_import_row row;

    row.client = (struct slim_text){NULL, 0};
    row.record = NULL;
    do {
        *ended = r->reader->next(r->reader, &row);
        if (*ended != APR_SUCCESS) {
            return APR_SUCCESS;
        }
        if (r->rows == 0 && begin(r) != APR_SUCCESS) {
            return store_failed(r);
        }
        if (take_row(r, &row) != APR_SUCCESS) {
            return store_failed(r);
        }
    } while ((r->rows < BATCH_ROWS && !is_late(r)) || !r->reader->at_boundary);
    return APR_SUCCESS;
}

/* A position within a statement would be no place to go on from. */
static apr_status_t ended_within(struct running *r)
{
    r->import->engine->rollback(r->import->store);
    snprintf(r->result->error, sizeof r->result->error,
             "it ends in the middle of a statement, of which nothing was stored");
    return APR_EGENERAL;
}

static apr_status_t run_batches(struct running *r)
{
    apr_status_t rv = APR_SUCCESS, ended = APR_SUCCESS;

    while (rv == APR_SUCCESS && ended == APR_SUCCESS) {
        r->rows = 0;
        rv = fill_batch(r, &ended);
        if (rv == APR_SUCCESS && r->rows > 0 && !r->reader->at_boundary) {
            rv = ended_within(r);
        }
        if (rv == APR_SUCCESS && r->rows > 0) {
            rv = commit(r);
        }
        if (rv == APR_SUCCESS && ended == APR_SUCCESS) {
            usleep(PAUSE_US);
        }
    }
    if (rv == APR_SUCCESS && ended != APR_EOF) {
        snprintf(r->result->error, sizeof r->result->error, "%s", slim_log_source_error(r->source));
        rv = APR_EGENERAL;
    }
    if (rv == APR_SUCCESS && r->reader->is_cut) {
        snprintf(r->result->error, sizeof r->result->error,
                 "it is not complete: its last line is missing; what is there is stored");
        rv = APR_EGENERAL;
    }
    return rv;
}

apr_status_t slim_import_run(const struct slim_import *import, struct slim_log_source *source,
                             struct slim_import_reader *reader, struct slim_text head,
                             struct slim_store_import *known, struct slim_import_result *result)
{
    struct running r = {.import = import,
                        .source = source,
                        .reader = reader,
                        .head = head,
                        .known = known,
                        .known_lines = known->lines,
                        .result = result};
    apr_status_t rv = run_batches(&r);
    if (rv == APR_SUCCESS && r.known_lines > 0) {
        rv = begin(&r) == APR_SUCCESS ? commit(&r) : store_failed(&r);
    }
    result->unfinished = slim_log_source_unfinished(source);
    return rv;
}
