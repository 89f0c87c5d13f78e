/* A request as a record: its raw facts, less what privacy rules leave out. What is left out here is
 * never in ring, journal or store. No allocation and no system call. */
#include <string.h>
#include <strings.h>

#include <http_core.h>
#include <http_protocol.h>

#include "capture.h"
#include "tls.h"
#include "config.h"
#include "core/address.h"
#include "core/fetch.h"
#include "core/privacy.h"

/* A record while it is written: numbers in the hit, texts at once. */
struct writing {
    struct slim_record_writer writer;
    struct slim_hit hit;
    const char *referer; /* the first; written once all headers are known */
    int is_part;         /* what a script puts into a page, which is no page */
};

static inline void put(struct writing *w, enum slim_field field, const char *text)
{
    if (text) {
        slim_record_text(&w->writer, field, text, strlen(text));
    }
}

/* Eight or four letters in lower case; a dash stays a dash. */
static inline uint64_t lower_eight(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return word | UINT64_C(0x2020202020202020);
}

static inline uint32_t lower_four(const char *at)
{
    uint32_t word;

    memcpy(&word, at, sizeof word);
    return word | UINT32_C(0x20202020);
}

/* Whether a name of length letters is this one. Lengths and names are constants, so that it becomes
 * a few comparisons of words: httpd asks this a dozen times a request. */
static inline __attribute__((always_inline)) int is(const char *name, const char *lower,
                                                    size_t length)
{
    if (length < 4) {
        return (name[0] | 0x20) == lower[0] && (name[1] | 0x20) == lower[1]
               && (name[2] | 0x20) == lower[2];
    }
    if (length < 8) {
        return lower_four(name) == lower_four(lower)
               && lower_four(name + length - 4) == lower_four(lower + length - 4);
    }
    return lower_eight(name) == lower_eight(lower)
           && (length <= 16 || lower_eight(name + 8) == lower_eight(lower + 8))
           && (length <= 24 || lower_eight(name + 16) == lower_eight(lower + 16))
           && lower_eight(name + length - 8) == lower_eight(lower + length - 8);
}

#define IS(name, lower) is(name, lower, sizeof lower - 1)

static void take_purpose(struct writing *w, const char *value)
{
    if (w->hit.purpose <= SLIM_PURPOSE_OTHER) {
        w->hit.purpose = slim_purpose_of(value, strlen(value));
    }
}

static void take_platform(struct writing *w, const char *value)
{
    struct slim_text text = {value, strlen(value)};
    uint8_t code = slim_short_of(SLIM_CH_PLATFORM, text);

    if (code) {
        slim_record_short(&w->writer, SLIM_CH_PLATFORM, code);
    } else {
        slim_record_text(&w->writer, SLIM_CH_PLATFORM, text.at, text.length);
    }
}

/* A browser that wants a page names it first; what takes anything begins with a star. */
static inline int names_html(const char *accept)
{
    static const char html[] = "text/html";
    size_t i = 0;

    while (html[i] && accept[i] == html[i]) {
        i++;
    }
    return !html[i] || (accept[0] != '*' && strstr(accept, html) != NULL);
}

static void take_accept(struct writing *w, const char *value)
{
    w->hit.flags |= names_html(value) ? SLIM_HIT_ACCEPT | SLIM_HIT_ACCEPT_HTML : SLIM_HIT_ACCEPT;
}

static void take_header_of_3(struct writing *w, const char *name, const char *value)
{
    if (IS(name, "dnt") && value[0] == '1') {
        w->hit.flags |= SLIM_HIT_DNT;
    }
}

static void take_header_of_5(struct writing *w, const char *name, const char *value)
{
    if (IS(name, "x-moz")) {
        take_purpose(w, value);
    }
}

static void take_header_of_6(struct writing *w, const char *name, const char *value)
{
    if (IS(name, "accept")) {
        take_accept(w, value);
    }
}

static void take_header_of_7(struct writing *w, const char *name, const char *value)
{
    if (IS(name, "referer")) {
        w->referer = w->referer ? w->referer : value;
    } else if (IS(name, "purpose")) {
        take_purpose(w, value);
    } else if (IS(name, "sec-gpc") && value[0] == '1') {
        w->hit.flags |= SLIM_HIT_GPC;
    }
}

static void take_header_of_9(struct writing *w, const char *name, const char *value)
{
    if (IS(name, "sec-ch-ua")) {
        put(w, SLIM_CH_UA, value);
    } else if (IS(name, "x-purpose")) {
        take_purpose(w, value);
    }
}

static void take_header_of_10(struct writing *w, const char *name, const char *value)
{
    if (IS(name, "user-agent")) {
        put(w, SLIM_AGENT, value);
    } else if (IS(name, "hx-boosted") && value[0] == 't') {
        w->hit.flags |= SLIM_HIT_DRAWN;
    }
}

static void take_header_of_11(struct writing *w, const char *name, const char *value)
{
    if (IS(name, "sec-purpose")) {
        take_purpose(w, value);
    } else if (IS(name, "turbo-frame")) {
        w->is_part = 1;
    }
}

static void take_header_of_13(struct writing *w, const char *name, const char *value)
{
    if (IS(name, "x-sec-purpose")) {
        take_purpose(w, value);
    }
}

static void take_header_of_14(struct writing *w, const char *name, const char *value)
{
    if (IS(name, "sec-fetch-site")) {
        w->hit.fetch_site = slim_fetch_site_of(value, strlen(value));
    } else if (IS(name, "sec-fetch-mode")) {
        w->hit.mode = slim_mode_of(value, strlen(value));
    } else if (IS(name, "sec-fetch-dest")) {
        w->hit.dest = slim_dest_of(value, strlen(value));
    }
}

static void take_header_of_15(struct writing *w, const char *name, const char *value)
{
    if (IS(name, "accept-language")) {
        put(w, SLIM_LANGUAGE, value);
    } else if (IS(name, "sec-ch-ua-model")) {
        put(w, SLIM_CH_MODEL, value);
    }
}

static void take_header_of_16(struct writing *w, const char *name, const char *value)
{
    if (IS(name, "sec-ch-ua-mobile") && value[0] == '?' && value[1] == '1') {
        w->hit.flags |= SLIM_HIT_MOBILE;
    } else if (IS(name, "x-requested-with") && strcasecmp(value, "XMLHttpRequest") == 0) {
        w->hit.flags |= SLIM_HIT_BY_SCRIPT;
    }
}

static void take_header_of_18(struct writing *w, const char *name, const char *value)
{
    if (IS(name, "sec-ch-ua-platform")) {
        take_platform(w, value);
    } else if (IS(name, "x-turbo-request-id")) {
        w->hit.flags |= SLIM_HIT_DRAWN;
    }
}

static void take_header_of_26(struct writing *w, const char *name, const char *value)
{
    if (IS(name, "sec-ch-ua-platform-version")) {
        put(w, SLIM_CH_PLATFORM_VERSION, value);
    }
}

static void take_header_of_27(struct writing *w, const char *name, const char *value)
{
    if (IS(name, "sec-ch-ua-full-version-list")) {
        put(w, SLIM_CH_VERSIONS, value);
    }
}

static void take_header(struct writing *w, const char *name, const char *value)
{
    switch (strlen(name)) {
    case 3: take_header_of_3(w, name, value); break;
    case 5: take_header_of_5(w, name, value); break;
    case 6: take_header_of_6(w, name, value); break;
    case 7: take_header_of_7(w, name, value); break;
    case 9: take_header_of_9(w, name, value); break;
    case 10: take_header_of_10(w, name, value); break;
    case 11: take_header_of_11(w, name, value); break;
    case 13: take_header_of_13(w, name, value); break;
    case 14: take_header_of_14(w, name, value); break;
    case 15: take_header_of_15(w, name, value); break;
    case 16: take_header_of_16(w, name, value); break;
    case 18: take_header_of_18(w, name, value); break;
    case 26: take_header_of_26(w, name, value); break;
    case 27: take_header_of_27(w, name, value); break;
    default: break;
    }
}

/* Every request has a Host, and few have what htmx sends. */
static inline int begins_with_hx(const char *name)
{
    return (name[0] | 0x20) == 'h' && (name[1] | 0x20) == 'x';
}

/* One walk over the headers is cheaper than twenty look-ups; most are of no interest by their
 * first letter. */
static void take_headers(struct writing *w, const apr_table_t *headers)
{
#define LETTER(c) (1u << ((c)&31))
    const unsigned wanted = LETTER('a') | LETTER('d') | LETTER('p') | LETTER('r') | LETTER('s')
                            | LETTER('t') | LETTER('u') | LETTER('x');
    const apr_array_header_t *array = apr_table_elts(headers);
    const apr_table_entry_t *entry = (const apr_table_entry_t *)(const void *)array->elts;

    for (int i = 0; i < array->nelts; i++, entry++) {
        if ((wanted & LETTER(entry->key[0])) || begins_with_hx(entry->key)) {
            take_header(w, entry->key, entry->val);
        }
    }
    if (w->is_part) {
        w->hit.flags &= ~(uint32_t)SLIM_HIT_DRAWN;
    }
}

/* As the client sent it: an ErrorDocument makes every method GET. */
static void put_method(struct writing *w, const request_rec *first)
{
    const char *line = first->the_request;

    if (line && line[0] == 'G' && line[1] == 'E' && line[2] == 'T' && line[3] == ' ') {
        slim_record_short(&w->writer, SLIM_METHOD, SLIM_SHORT_GET);
    } else if (line && strchr(line, ' ')) {
        struct slim_text method = {line, strcspn(line, " ")};
        slim_record_short(&w->writer, SLIM_METHOD, slim_short_of(SLIM_METHOD, method));
        slim_record_text(&w->writer, SLIM_METHOD, method.at, method.length);
    } else {
        put(w, SLIM_METHOD, first->method);
    }
}

/* --- the answer --- */

static void take_address(struct slim_hit *hit, const apr_sockaddr_t *address,
                         enum slim_address_kept kept)
{
    hit->address_length = 0;
    memset(hit->address, 0, sizeof hit->address);
    if (!address || !address->ipaddr_ptr || kept == SLIM_ADDRESS_NONE) {
        return;
    }
    const unsigned char *bytes = address->ipaddr_ptr;
    size_t length = address->family == APR_INET ? 4 : address->ipaddr_len == 16 ? 16 : 0;
    memcpy(hit->address, bytes, length);
    hit->address_length = (uint8_t)length;
    slim_address_unmap(hit->address, &hit->address_length);
    slim_privacy_address(kept, hit->address, &hit->address_length);
}

/* "0-", and an end behind the second byte, or none. */
static int is_from_start(const char *range)
{
    if (range[0] != '0' || range[1] != '-') {
        return 0;
    }
    const char *end = range + 2;
    return !((*end == '0' || *end == '1') && (end[1] < '0' || end[1] > '9'));
}

/* Whether a partial answer holds the beginning, so that the ranges of one download count once. What
 * answers with several ranges has no Content-Range. */
static int begins_at_zero(const request_rec *first, const request_rec *last)
{
    const char *range = apr_table_get(last->headers_out, "Content-Range");

    if (range) {
        return strncasecmp(range, "bytes ", 6) == 0 && is_from_start(range + 6);
    }
    range = apr_table_get(first->headers_in, "Range");
    return range && strncasecmp(range, "bytes=", 6) == 0 && is_from_start(range + 6);
}

/* The response's headers are few, and only some begin as this one; a look-up costs three times as
 * much. */
static int is_attachment(const request_rec *last)
{
    const apr_array_header_t *array = apr_table_elts(last->headers_out);
    const apr_table_entry_t *entry = (const apr_table_entry_t *)(const void *)array->elts;

    for (int i = 0; i < array->nelts; i++, entry++) {
        const char *key = entry->key;
        if ((key[0] | 0x20) == 'c' && key[1] && key[2] && (key[3] | 0x20) == 't'
            && strlen(key) == 19 && IS(key, "content-disposition")) {
            return strncasecmp(entry->val, "attachment", 10) == 0;
        }
    }
    return 0;
}

static void put_site(struct writing *w, const request_rec *r, const struct slim_server *conf)
{
    if (conf->site_is_host && r->hostname && *r->hostname) {
        put(w, SLIM_SITE, r->hostname);
    } else {
        slim_record_text(&w->writer, SLIM_SITE, conf->site_text.at, conf->site_text.length);
    }
}

static int is_https(const request_rec *r)
{
    const char *scheme = ap_http_scheme(r);

    return scheme[0] == 'h' && scheme[1] == 't' && scheme[2] == 't' && scheme[3] == 'p'
           && scheme[4] == 's';
}

static uint32_t flags_of(const request_rec *r, const request_rec *first, const request_rec *last)
{
    uint32_t flags = is_https(first) ? SLIM_HIT_TLS : 0;

    if (r->connection->aborted) {
        flags |= SLIM_HIT_ABORTED;
    }
    if (first != last) {
        flags |= SLIM_HIT_REDIRECTED;
    }
    if (last->status == HTTP_PARTIAL_CONTENT && begins_at_zero(first, last)) {
        flags |= SLIM_HIT_FROM_START;
    }
    if (is_attachment(last)) {
        flags |= SLIM_HIT_ATTACHMENT;
    }
    return flags;
}

/* An address of a page, as SlimStatsQuery and SlimStatsSecret want it. */
static void put_address_of_page(struct writing *w, enum slim_field field, const char *text,
                                const struct slim_query_rule *rule)
{
    struct slim_text address = {text, text ? strlen(text) : 0};
    char kept[SLIM_PRIVACY_ROOM];

    if (!slim_query_stays(rule, address)) {
        size_t length = field == SLIM_REFERER ? slim_query_apply(rule, address, kept, sizeof kept)
                                              : slim_query_reduce(rule, address, kept, sizeof kept);
        slim_record_text(&w->writer, field, kept, length < sizeof kept ? length : sizeof kept);
    } else if (address.length > 0) {
        slim_record_text(&w->writer, field, address.at, address.length);
    }
}

/* A visitor who asked not to be followed leaves no address, so no visitor can be made of the hit,
 * and of the referer not what stands behind its path. */
static void put_who_and_whence(struct writing *w, const request_rec *r,
                               const struct slim_server *conf)
{
    if (w->hit.flags & conf->rules.respected) {
        take_address(&w->hit, NULL, SLIM_ADDRESS_NONE);
        struct slim_query_rule none = conf->rules.query;
        none.mode = SLIM_QUERY_DROP;
        put_address_of_page(w, SLIM_REFERER, w->referer, &none);
        return;
    }
    take_address(&w->hit, r->useragent_addr, conf->rules.address);
    put_address_of_page(w, SLIM_REFERER, w->referer, &conf->rules.query);
}

size_t slim_capture_write(char *record, const request_rec *r, const request_rec *first,
                          const request_rec *last, uint64_t bytes, apr_time_t now)
{
    const struct slim_server *conf = slim_server_config(first->server);
    struct writing w;
    struct slim_hit *hit = &w.hit;

    slim_record_begin(&w.writer, record);
    hit->time_us = first->request_time > 0 ? first->request_time : now;
    hit->duration_us = now > hit->time_us ? (uint64_t)(now - hit->time_us) : 0;
    hit->bytes = bytes;
    hit->flags = flags_of(r, first, last);
    hit->status = (uint16_t)last->status;
    hit->protocol = (uint16_t)(first->proto_num < 0 ? 0 : first->proto_num);
    hit->dest = hit->mode = hit->fetch_site = hit->purpose = 0;
    w.referer = NULL;
    w.is_part = 0;
    put_site(&w, first, conf);
    put_method(&w, first);
    put_address_of_page(&w, SLIM_URI, first->unparsed_uri, &conf->rules.query);
    put(&w, SLIM_TYPE, last->content_type);
    if (hit->flags & SLIM_HIT_TLS) {
        put(&w, SLIM_TLS_VERSION, slim_tls_version(first));
    }
    take_headers(&w, first->headers_in);
    put_who_and_whence(&w, r, conf);
    return slim_record_end(&w.writer, hit);
}
