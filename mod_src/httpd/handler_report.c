/* Questions over HTTP: /api/NAME, /api/NAME.csv and /api/several. */
#include <string.h>

#include <apr_strings.h>
#include <http_core.h>
#include <http_main.h>
#include <http_protocol.h>

#include "aside.h"
#include "capture.h"
#include "gate.h"
#include "handler.h"
#include "handler_words.h"
#include "report/ask.h"
#include "report/ledger.h"
#include "report/render.h"

#define TIME_LIMIT_MS 5000
#define SEVERAL_MAX 24
#define BODY_MAX ((size_t)24 << 20) /* of several answers */

/* --- asking --- */

static int fail_too_large(request_rec *r)
{
    return slim_handler_fail(r, HTTP_BAD_REQUEST, "the answer is too large: ask for less", "limit");
}

static void fail_to_answer(request_rec *r, apr_status_t rv, const struct slim_store *store)
{
    if (rv == SLIM_ETOOLARGE) {
        (void)fail_too_large(r);
        return;
    }
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, "%s", store->error.what);
    slim_handler_fail(r, HTTP_SERVICE_UNAVAILABLE,
                      rv == SLIM_ETIMEOUT ? "the report takes too long: ask for less"
                                          : slim_state_name(store->error.state),
                      NULL);
}

/* A question on its way; day: that is what is asked for. */
struct asking {
    request_rec *r;
    apr_pool_t *pool; /* of answers */
    const struct slim_query *const *queries;
    int number;
    struct slim_answer *answers;
    struct slim_metrics_day *day;
    const apr_array_header_t *sites;
    struct slim_store *store;
    int is_open;
    apr_status_t rv;
};

/* Nothing is sent to the client from here. */
static void ask_store(void *data)
{
    struct asking *a = data;
    const char *url = slim_server_config(ap_server_conf)->settings.store;
    const struct slim_store_engine *engine = slim_store_engine_for(url);

    a->is_open = engine->open_reader(url, TIME_LIMIT_MS, &a->store, a->pool) == APR_SUCCESS;
    if (a->is_open && a->day) {
        slim_metrics_ask(a->store, apr_time_sec(a->r->request_time), a->sites, a->day, a->pool);
    } else if (a->is_open) {
        a->rv = slim_report_answers(a->store, a->queries, a->number, a->answers, a->pool);
    }
    engine->close(a->store);
}

/* Asks the store; 0 when an error was sent. */
static int ask(request_rec *r, const struct slim_query *const *queries, int number,
               struct slim_answer *answers, apr_pool_t *pool)
{
    struct asking a = {
        .r = r, .pool = pool, .queries = queries, .number = number, .answers = answers};

    slim_aside_run(ask_store, &a);
    if (!a.is_open) {
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, "%s", a.store->error.what);
        slim_handler_fail(r, HTTP_SERVICE_UNAVAILABLE, slim_state_name(a.store->error.state), NULL);
        return 0;
    }
    if (a.rv != APR_SUCCESS) {
        fail_to_answer(r, a.rv, a.store);
    }
    return a.rv == APR_SUCCESS;
}

/* As many requests at once as the server may answer; a few wait, the others are answered 503. */
static int ask_in_turn(request_rec *r, const struct slim_query *const *queries, int number,
                       struct slim_answer *answers, apr_pool_t *pool)
{
    int place = slim_gate_enter(1);

    if (place < 0) {
        slim_handler_fail(r, HTTP_SERVICE_UNAVAILABLE, "busy", NULL);
        return 0;
    }
    int done = ask(r, queries, number, answers, pool);
    slim_gate_leave(place);
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

/* --- one report --- */

static int serve_ledger(request_rec *r, const struct slim_query *query,
                        const struct slim_format *format)
{
    struct slim_answer answer;
    struct slim_health health;
    struct slim_buffer body;

    slim_health_read(slim_capture_ring(), NULL, &health);
    slim_report_ledger(&health, query, &answer, r->pool);
    slim_buffer_init(&body, r->pool);
    format->render(&answer, &body);
    return slim_handler_send(r, HTTP_OK, format->content_type, &body);
}

static int fail_unknown(request_rec *r)
{
    return slim_handler_fail(r, HTTP_NOT_FOUND, "no such report", NULL);
}

static int serve_one(request_rec *r, const struct slim_report *report,
                     const struct slim_format *format)
{
    apr_array_header_t *words = slim_words_read(r);
    struct slim_query query;
    const struct slim_query *asked = &query;
    struct slim_answer answer;
    struct slim_buffer body;

    if (!slim_handler_shows(r, report)) {
        return fail_unknown(r);
    }
    if (!slim_handler_begin_query(r, report, &query) || !words
        || !slim_words_set(r, &query, words, 0, words->nelts) || !slim_words_check(r, &query)) {
        return OK;
    }
    if (format != slim_format_find("json")) {
        apr_table_setn(r->err_headers_out, "Content-Disposition",
                       apr_psprintf(r->pool, "attachment; filename=\"slimstats-%s.%s\"",
                                    report->name, format->name));
    }
    if (report == &slim_ledger_report) {
        return serve_ledger(r, &query, format);
    }
    apr_pool_t *pool = slim_aside_pool(r->pool);
    if (ask_in_turn(r, &asked, 1, &answer, pool)) {
        slim_handler_trim(r, &answer);
        slim_buffer_init(&body, pool);
        format->render(&answer, &body);
        (void)slim_handler_send(r, HTTP_OK, format->content_type, &body);
    }
    slim_aside_pool_end(pool);
    return OK;
}

/* --- several --- */

static int next_report(const apr_array_header_t *words, int from)
{
    while (from < words->nelts
           && strcmp(APR_ARRAY_IDX(words, from, struct slim_word).name, "report") != 0) {
        from++;
    }
    return from;
}

static int refuse_report(request_rec *r, const char *reason)
{
    slim_handler_fail(r, HTTP_BAD_REQUEST, reason, "report");
    return 0;
}

/* The question at a word that names its report: the words before the first report are meant for
 * all, those behind it for itself. 0 when the error was sent. */
static int read_question(request_rec *r, const apr_array_header_t *words, int at,
                         struct slim_query *query)
{
    const struct slim_report *report =
        slim_report_find(APR_ARRAY_IDX(words, at, struct slim_word).value);

    if (report == &slim_ledger_report || !slim_handler_shows(r, report)) {
        return refuse_report(r, "the name of a report");
    }
    return slim_handler_begin_query(r, report, query)
           && slim_words_set(r, query, words, 0, next_report(words, 0))
           && slim_words_set(r, query, words, at + 1, next_report(words, at + 1))
           && slim_words_check(r, query);
}

/* Whether the questions at two words have the same words in the same order. */
static int are_equal(const apr_array_header_t *words, int a, int b)
{
    int length = next_report(words, a + 1) - a;

    if (next_report(words, b + 1) - b != length) {
        return 0;
    }
    for (int i = 0; i < length; i++) {
        const struct slim_word *one = &APR_ARRAY_IDX(words, a + i, struct slim_word);
        const struct slim_word *other = &APR_ARRAY_IDX(words, b + i, struct slim_word);
        if (strcmp(one->name, other->name) != 0 || strcmp(one->value, other->value) != 0) {
            return 0;
        }
    }
    return 1;
}

/* Several questions; those that are equal are asked once. */
struct several {
    struct slim_query *queries;
    int asked;           /* how many there are */
    int at[SEVERAL_MAX]; /* the word where each begins */
    int number;          /* of answers */
    int of[SEVERAL_MAX]; /* the question of each */
};

/* The question that is equal to the one at a word, or a new one; -1 when the error was sent. */
static int find_question(request_rec *r, const apr_array_header_t *words, int at,
                         struct several *several)
{
    for (int i = 0; i < several->asked; i++) {
        if (are_equal(words, several->at[i], at)) {
            return i;
        }
    }
    several->at[several->asked] = at;
    return read_question(r, words, at, &several->queries[several->asked]) ? several->asked++ : -1;
}

/* 0 when the error was sent. */
static int read_several(request_rec *r, const apr_array_header_t *words, struct several *several)
{
    several->queries = apr_pcalloc(r->pool, SEVERAL_MAX * sizeof *several->queries);
    several->asked = several->number = 0;
    for (int at = next_report(words, 0); at < words->nelts; at = next_report(words, at + 1)) {
        if (several->number == SEVERAL_MAX) {
            return refuse_report(r, "at most 24 reports");
        }
        int question = find_question(r, words, at, several);
        if (question < 0) {
            return 0;
        }
        several->of[several->number++] = question;
    }
    return several->number > 0 || refuse_report(r, "the name of a report");
}

static void send_several(request_rec *r, const struct several *several, struct slim_answer *answers,
                         apr_pool_t *pool)
{
    struct slim_buffer body;

    slim_buffer_init(&body, pool);
    slim_buffer_text(&body, "{\"answers\":[");
    for (int i = 0; i < several->asked; i++) {
        slim_handler_trim(r, &answers[i]);
    }
    for (int i = 0; i < several->number; i++) {
        slim_buffer_text(&body, i ? "," : "");
        slim_render_json(&answers[several->of[i]], &body);
        if (body.length > BODY_MAX) {
            (void)fail_too_large(r);
            return;
        }
    }
    slim_buffer_text(&body, "]}\n");
    (void)slim_handler_send(r, HTTP_OK, slim_format_find("json")->content_type, &body);
}

/* One answer, or one refusal, for all. */
static int serve_several(request_rec *r)
{
    apr_array_header_t *words = slim_words_read(r);
    const struct slim_query *asked[SEVERAL_MAX];
    struct slim_answer answers[SEVERAL_MAX];
    struct several several;

    if (!words || !read_several(r, words, &several)) {
        return OK;
    }
    for (int i = 0; i < several.asked; i++) {
        asked[i] = &several.queries[i];
    }
    apr_pool_t *pool = slim_aside_pool(r->pool);
    if (ask_in_turn(r, asked, several.asked, answers, pool)) {
        send_several(r, &several, answers, pool);
    }
    slim_aside_pool_end(pool);
    return OK;
}

/* --- all on a page --- */

/* Its style stands within it; nothing else does, and nothing is fetched. */
static const char page_policy[] = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
                                  "form-action 'none'; frame-ancestors 'none'";

static void send_page(request_rec *r, struct slim_answer *answers, int number, apr_pool_t *pool)
{
    const struct slim_format *html = slim_format_find("html");
    struct slim_buffer body;

    slim_buffer_init(&body, pool);
    html->begin(answers, number, &body);
    for (int i = 0; i < number; i++) {
        slim_handler_trim(r, &answers[i]);
        html->render(&answers[i], &body);
        if (body.length > BODY_MAX) {
            (void)fail_too_large(r);
            return;
        }
    }
    html->end(&body);
    apr_table_setn(r->err_headers_out, "Content-Security-Policy", page_policy);
    (void)slim_handler_send(r, HTTP_OK, html->content_type, &body);
}

/* The questions of those of its reports that may be asked for, number of them; 0 when the error was
 * sent. */
static int read_page(request_rec *r, const apr_array_header_t *words, struct slim_query *queries,
                     int *number)
{
    *number = 0;
    for (int i = 0; i < SLIM_PAGE_REPORTS; i++) {
        const struct slim_report *report = slim_report_find(slim_render_page[i]);
        struct slim_query *query = &queries[*number];
        if (!slim_handler_shows(r, report)) {
            continue;
        }
        if (!slim_handler_begin_query(r, report, query)
            || !slim_words_set(r, query, words, 0, words->nelts) || !slim_words_check(r, query)) {
            return 0;
        }
        (*number)++;
    }
    if (*number == 0) {
        (void)fail_unknown(r);
    }
    return *number > 0;
}

int slim_handler_page(request_rec *r)
{
    apr_array_header_t *words = slim_words_read(r);
    struct slim_query *queries = apr_pcalloc(r->pool, SLIM_PAGE_REPORTS * sizeof *queries);
    const struct slim_query *asked[SLIM_PAGE_REPORTS];
    struct slim_answer answers[SLIM_PAGE_REPORTS];
    int number;

    if (!words || !read_page(r, words, queries, &number)) {
        return OK;
    }
    for (int i = 0; i < number; i++) {
        asked[i] = &queries[i];
    }
    apr_pool_t *pool = slim_aside_pool(r->pool);
    if (ask_in_turn(r, asked, number, answers, pool)) {
        send_page(r, answers, number, pool);
    }
    slim_aside_pool_end(pool);
    return OK;
}

int slim_handler_report(request_rec *r, const char *name)
{
    const char *dot = strchr(name, '.');
    const struct slim_format *format = slim_format_find(dot ? dot + 1 : "json");
    const struct slim_report *report =
        slim_report_find(dot ? apr_pstrmemdup(r->pool, name, (apr_size_t)(dot - name)) : name);

    if (strcmp(name, "several") == 0) {
        return serve_several(r);
    }
    if (!report || !format || (dot && strcmp(dot, ".csv") != 0)) {
        return fail_unknown(r);
    }
    return serve_one(r, report, format);
}
