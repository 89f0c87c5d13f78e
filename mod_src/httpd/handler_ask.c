/* Asking the store for what a request wants to know: once for all who ask the same, and never by
 * more than two at a time. */
#include <string.h>

#include <ap_mpm.h>
#include <http_main.h>
#include <http_protocol.h>

#include "aside.h"
#include "gate.h"
#include "handler.h"
#include "kept.h"
#include "report/ask.h"

#define TIME_LIMIT_MS 5000

/* --- the store, aside of what serves visitors; nothing is sent to the client from there --- */

struct asking {
    request_rec *r;
    apr_pool_t *pool;
    struct slim_store *store;
    int is_open;
    /* What is asked for: the store's revision, or, when it is open, answers, or figures. */
    int64_t *revision;
    const struct slim_handler_question *question;
    struct slim_answer *answers;
    struct slim_metrics_day *day;
    const apr_array_header_t *sites; /* of the day */
    apr_status_t rv;
};

static const struct slim_store_engine *engine_of(const char **url)
{
    *url = slim_server_config(ap_server_conf)->settings.store;
    return slim_store_engine_for(*url);
}

static void ask_store(void *data)
{
    struct asking *a = data;
    const char *url;
    const struct slim_store_engine *engine = engine_of(&url);

    a->is_open = engine->open_reader(url, TIME_LIMIT_MS, &a->store, a->pool) == APR_SUCCESS;
    if (a->is_open && a->revision) {
        a->rv = engine->revision(a->store, a->revision);
    } else if (a->is_open && a->day) {
        slim_metrics_ask(a->store, apr_time_sec(a->r->request_time), a->sites, a->day, a->pool);
    } else if (a->is_open) {
        a->rv = slim_report_answers(a->store, a->question->queries, a->question->number, a->answers,
                                    a->pool);
    }
    engine->close(a->store);
}

/* --- once for all who ask the same --- */

/* A store that cannot be read says so when it is asked in earnest. */
static int64_t revision_now(request_rec *r, apr_pool_t *pool)
{
    int64_t revision = 0;
    struct asking a = {.r = r, .pool = pool, .revision = &revision};

    slim_aside_run(ask_store, &a);
    return a.rv == APR_SUCCESS ? revision : 0;
}

/* All that an answer depends on: what is stored, the time, what it may be told of and what its
 * words mean, the words themselves. In a minute "now" is the same for all. */
static struct slim_text key_of(request_rec *r, int64_t revision)
{
    struct slim_buffer key;

    slim_buffer_init(&key, r->pool);
    slim_buffer_format(&key, "%lld %lld ", (long long)revision,
                       (long long)apr_time_sec(r->request_time) / 60);
    slim_handler_scope(r, &key);
    slim_buffer_text(&key, r->uri);
    slim_buffer_text(&key, "?");
    slim_buffer_text(&key, r->args ? r->args : "");
    return (struct slim_text){key.at, key.length};
}

/* Those who wait keep a quarter of the server's threads from visitors at most. */
static int waiting_max(void)
{
    int processes = 1, threads = 1;

    ap_mpm_query(AP_MPMQ_MAX_DAEMONS, &processes);
    ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads);
    return processes * (threads > 0 ? threads : 1) / 4;
}

/* --- asking --- */

static void fail_to_open(request_rec *r, const struct slim_store *store)
{
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, "%s", store->error.what);
    slim_handler_fail(r, HTTP_SERVICE_UNAVAILABLE, slim_state_name(store->error.state), NULL);
}

static int fail_late(request_rec *r)
{
    slim_handler_fail(r, HTTP_SERVICE_UNAVAILABLE, "the report takes too long: ask for less", NULL);
    return 0;
}

static void fail_to_answer(request_rec *r, apr_status_t rv, const struct slim_store *store)
{
    if (rv == SLIM_ETOOLARGE) {
        (void)slim_handler_fail_too_large(r);
        return;
    }
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, "%s", store->error.what);
    if (rv == SLIM_ETIMEOUT) {
        (void)fail_late(r);
    } else {
        slim_handler_fail(r, HTTP_SERVICE_UNAVAILABLE, slim_state_name(store->error.state), NULL);
    }
}

static int fail_busy(request_rec *r)
{
    slim_handler_fail(r, HTTP_SERVICE_UNAVAILABLE, "busy", NULL);
    return 0;
}

/* *is_late: that is why it has failed. */
static int ask(request_rec *r, const struct slim_handler_question *question,
               struct slim_buffer *body, int *is_late)
{
    struct slim_answer *answers =
        apr_palloc(body->pool, (apr_size_t)question->number * sizeof *answers);
    struct asking a = {.r = r, .pool = body->pool, .question = question, .answers = answers};

    ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, r, "asking the store for %d reports",
                  question->number);
    slim_aside_run(ask_store, &a);
    *is_late = a.is_open && a.rv == SLIM_ETIMEOUT;
    if (!a.is_open) {
        fail_to_open(r, a.store);
    } else if (a.rv != APR_SUCCESS) {
        fail_to_answer(r, a.rv, a.store);
    } else {
        for (int i = 0; i < question->number; i++) {
            slim_handler_trim(r, &answers[i]);
        }
        return question->render(r, answers, question->data, body);
    }
    return 0;
}

/* As many at once as the server may answer; a few wait, the others are answered 503. */
static int ask_in_turn(request_rec *r, const struct slim_handler_question *question,
                       struct slim_buffer *body, int *is_late)
{
    int place = slim_gate_enter(1);

    *is_late = 0;
    if (place < 0) {
        return fail_busy(r);
    }
    int done = ask(r, question, body, is_late);
    slim_gate_leave(place);
    return done;
}

int slim_handler_answer(request_rec *r, const struct slim_handler_question *question,
                        struct slim_buffer *body)
{
    int64_t revision = revision_now(r, body->pool);
    int place, done, is_late;

    if (revision == 0) {
        return ask_in_turn(r, question, body, &is_late);
    }
    switch (slim_kept_enter(key_of(r, revision), waiting_max(), body, &place)) {
    case SLIM_KEPT_FOUND: return 1;
    case SLIM_KEPT_BUSY: return fail_busy(r);
    case SLIM_KEPT_LATE: return fail_late(r);
    case SLIM_KEPT_MAKE: break;
    default: return ask_in_turn(r, question, body, &is_late);
    }
    done = ask_in_turn(r, question, body, &is_late);
    slim_kept_leave(place, done ? body : NULL, is_late);
    return done;
}

void slim_handler_ask_day(request_rec *r, struct slim_metrics_day *day)
{
    struct asking a = {.r = r, .day = day, .sites = slim_handler_sites(r)};

    int place = slim_gate_enter(0);

    *day = (struct slim_metrics_day){.is_of_sites = a.sites != NULL};
    if (place >= 0) {
        a.pool = slim_aside_pool(r->pool);
        slim_aside_run(ask_store, &a);
        slim_aside_pool_end(a.pool);
        slim_gate_leave(place);
    }
}
