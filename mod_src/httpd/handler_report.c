/* Questions over HTTP: /api/NAME, /api/NAME.csv and /api/several. */
#include <string.h>

#include <apr_strings.h>
#include <http_core.h>
#include <http_main.h>
#include <http_protocol.h>

#include "aside.h"
#include "capture.h"
#include "handler.h"
#include "handler_words.h"
#include "report/ask.h"
#include "report/ledger.h"
#include "report/render.h"

#define SEVERAL_MAX 24
#define BODY_MAX ((size_t)24 << 20) /* of several answers */

int slim_handler_fail_too_large(request_rec *r)
{
    return slim_handler_fail(r, HTTP_BAD_REQUEST, "the answer is too large: ask for less", "limit");
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

static int render_one(request_rec *r, const struct slim_answer *answers, const void *data,
                      struct slim_buffer *body)
{
    const struct slim_format *format = data;

    (void)r;
    format->render(answers, body);
    return 1;
}

static int serve_one(request_rec *r, const struct slim_report *report,
                     const struct slim_format *format)
{
    apr_array_header_t *words = slim_words_read(r);
    struct slim_query query;
    const struct slim_query *asked = &query;
    const struct slim_handler_question question = {&asked, 1, render_one, format};
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
    slim_buffer_init(&body, pool);
    if (slim_handler_answer(r, &question, &body)) {
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

static int render_several(request_rec *r, const struct slim_answer *answers, const void *data,
                          struct slim_buffer *body)
{
    const struct several *several = data;

    slim_buffer_text(body, "{\"answers\":[");
    for (int i = 0; i < several->number; i++) {
        slim_buffer_text(body, i ? "," : "");
        slim_render_json(&answers[several->of[i]], body);
        if (body->length > BODY_MAX) {
            (void)slim_handler_fail_too_large(r);
            return 0;
        }
    }
    slim_buffer_text(body, "]}\n");
    return 1;
}

/* One answer, or one refusal, for all. */
static int serve_several(request_rec *r)
{
    apr_array_header_t *words = slim_words_read(r);
    const struct slim_query *asked[SEVERAL_MAX];
    struct several several;
    struct slim_buffer body;

    if (!words || !read_several(r, words, &several)) {
        return OK;
    }
    for (int i = 0; i < several.asked; i++) {
        asked[i] = &several.queries[i];
    }
    const struct slim_handler_question question = {asked, several.asked, render_several, &several};
    apr_pool_t *pool = slim_aside_pool(r->pool);
    slim_buffer_init(&body, pool);
    if (slim_handler_answer(r, &question, &body)) {
        (void)slim_handler_send(r, HTTP_OK, slim_format_find("json")->content_type, &body);
    }
    slim_aside_pool_end(pool);
    return OK;
}

/* --- all on a page --- */

/* Its style stands within it; nothing else does, and nothing is fetched. */
static const char page_policy[] = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
                                  "form-action 'none'; frame-ancestors 'none'";

struct page {
    const struct slim_format *html;
    int number; /* of answers */
};

static int render_page(request_rec *r, const struct slim_answer *answers, const void *data,
                       struct slim_buffer *body)
{
    const struct page *page = data;

    page->html->begin(answers, page->number, body);
    for (int i = 0; i < page->number; i++) {
        page->html->render(&answers[i], body);
        if (body->length > BODY_MAX) {
            (void)slim_handler_fail_too_large(r);
            return 0;
        }
    }
    page->html->end(body);
    return 1;
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
    struct page page = {slim_format_find("html"), 0};
    struct slim_buffer body;

    if (!words || !read_page(r, words, queries, &page.number)) {
        return OK;
    }
    for (int i = 0; i < page.number; i++) {
        asked[i] = &queries[i];
    }
    const struct slim_handler_question question = {asked, page.number, render_page, &page};
    apr_pool_t *pool = slim_aside_pool(r->pool);
    slim_buffer_init(&body, pool);
    if (slim_handler_answer(r, &question, &body)) {
        apr_table_setn(r->err_headers_out, "Content-Security-Policy", page_policy);
        (void)slim_handler_send(r, HTTP_OK, page.html->content_type, &body);
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
