/* The dashboard's location: its hooks, and what its parts share. */
#ifndef SLIM_HANDLER_H
#define SLIM_HANDLER_H

#include "config.h"
#include "core/buffer.h"
#include "query/answer.h"
#include "report/metrics.h"

/* The handler hook. */
int slim_handler(request_rec *r);
/* The header_parser hook: answers by httpd itself, as 401 and 403, have the handler's headers, too.
 */
int slim_handler_refusals(request_rec *r);
/* The fixups hook, behind those that would hand the request to somebody else: a site's catch-all
 * (RewriteRule . /index.php, ProxyPass /) leaves the dashboard alone. What sends elsewhere or
 * forbids has ended the request before. */
int slim_handler_keep(request_rec *r);

/* The sites that a request may be told of, as slim_query_confine takes them; NULL: all. */
const apr_array_header_t *slim_handler_sites(const request_rec *r);

/* What SlimStatsView says; NULL: nothing. */
const struct slim_view *slim_handler_view(const request_rec *r);
/* Whether a request may ask for a report. */
int slim_handler_shows(const request_rec *r, const struct slim_report *report);
/* A question of this request without words yet, confined to what it may be told of. 0: it cannot be
 * asked, and the error was sent. */
int slim_handler_begin_query(request_rec *r, const struct slim_report *report,
                             struct slim_query *query);
/* Adds all that such questions are confined to, and what the names of segments and goals stand for:
 * answers to the same words are the same where this is. */
void slim_handler_scope(request_rec *r, struct slim_buffer *out);
/* Takes out of an answer what stands beside a report and is not shown. */
void slim_handler_trim(const request_rec *r, struct slim_answer *answer);
/* Answers /api/dashboard: which reports there are, NULL all, and which segments. */
int slim_handler_dashboard(request_rec *r);

/* Sends a body, or its headers alone; returns OK. */
int slim_handler_send(request_rec *r, int status, const char *type, const struct slim_buffer *body);
/* Sends {"error": word, "parameter": parameter}; parameter may be NULL. Returns OK. */
int slim_handler_fail(request_rec *r, int status, const char *word, const char *parameter);
/* That there is more to send than may be. */
int slim_handler_fail_too_large(request_rec *r);

/* What a request asks the store for, and how the answers become a body. render returns 0 when it
 * has sent an error. */
struct slim_handler_question {
    const struct slim_query *const *queries;
    int number;
    int (*render)(request_rec *r, const struct slim_answer *answers, const void *data,
                  struct slim_buffer *body);
    const void *data;
};

/* Adds the answer to a body: one that was made for another request with the same words, in the
 * same minute and of what is stored now, or else a new one. A body is of the address and words of
 * the request, and of nothing else that it says. 0: an error was sent. */
int slim_handler_answer(request_rec *r, const struct slim_handler_question *question,
                        struct slim_buffer *body);

/* Answers /api/NAME, with name as it stands in the path: of a report, of one as CSV, or "several".
 */
int slim_handler_report(request_rec *r, const char *name);

/* Answers /report.html: all reports as one page without script, as the command makes it. */
int slim_handler_page(request_rec *r);

/* The day's figures, when the store is there and not busy. */
void slim_handler_ask_day(request_rec *r, struct slim_metrics_day *day);

#endif
