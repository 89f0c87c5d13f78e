/* Capture: at the end of a request its raw facts go into the ring. No allocation, no system call,
 * no lock that another process could hold; never anything but OK or DECLINED. */
#include <stdatomic.h>
#include <string.h>

#include <apr_fnmatch.h>
#include <apr_optional.h>
#include <apr_strings.h>
#include <ap_mpm.h>
#include <http_core.h>
#include <http_protocol.h>

#include "mod_slimstats.h"

/* What this child has. */
static struct {
    struct slim_ring ring;
    struct slim_ring_producer producer;
    int has_ring;
    int threaded;
    atomic_int has_slot;
    pthread_mutex_t claiming;
    apr_time_t claimed_at; /* the last try */
    module *logio;         /* NULL: bytes are those of bodies */
    size_t bytes_out_offset;
} child = {.claiming = PTHREAD_MUTEX_INITIALIZER};

/* --- the child's beginning --- */

/* mod_logio counts the bytes of a request, and shows them to nobody but its %O. What it keeps for a
 * connection is its own affair, so it is asked: a connection of ours is told of some bytes, and
 * where the number turns up is where it counts them. */
static void find_bytes_out(apr_pool_t *pool)
{
    APR_OPTIONAL_FN_TYPE(ap_logio_add_bytes_out) *add_bytes_out =
        APR_RETRIEVE_OPTIONAL_FN(ap_logio_add_bytes_out);
    module *logio = ap_find_linked_module("mod_logio.c");
    const apr_off_t mark = 0x51a7;
    apr_off_t counts[64] = {0};
    conn_rec connection = {.conn_config = ap_create_conn_config(pool)};

    child.logio = NULL;
    if (!add_bytes_out || !logio) {
        return;
    }
    ap_set_module_config(connection.conn_config, logio, counts);
    add_bytes_out(&connection, mark);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        if (counts[i] == mark) {
            child.logio = logio;
            child.bytes_out_offset = i * sizeof counts[0];
        }
    }
}

void slim_capture_child_init(apr_pool_t *pchild, server_rec *server,
                             const struct slim_ring_files *files)
{
    apr_status_t rv;

    find_bytes_out(pchild);
    ap_mpm_query(AP_MPMQ_IS_THREADED, &child.threaded);
    child.has_ring = 0;
    child.has_slot = 0;
    if (files->fd < 0) {
        return;
    }
    rv = slim_ring_map(files->fd, 1, &child.ring);
    if (rv != APR_SUCCESS || child.ring.shape.slots != files->shape.slots
        || child.ring.shape.slot_size != files->shape.slot_size) {
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, server,
                     "cannot map the ring: this process records nothing");
        return;
    }
    child.has_ring = 1;
    child.has_slot = slim_ring_claim(&child.ring, child.threaded, &child.producer) == APR_SUCCESS;
    child.claimed_at = apr_time_now();
}

const struct slim_ring *slim_capture_ring(void)
{
    return child.has_ring ? &child.ring : NULL;
}

/* A child that found every slot taken looks again once a second: old generations end. */
static int claim_late(apr_time_t now)
{
    if (now - child.claimed_at < APR_USEC_PER_SEC || pthread_mutex_trylock(&child.claiming) != 0) {
        return child.has_slot;
    }
    if (!child.has_slot) {
        child.claimed_at = now;
        child.has_slot =
            slim_ring_claim(&child.ring, child.threaded, &child.producer) == APR_SUCCESS;
    }
    pthread_mutex_unlock(&child.claiming);
    return child.has_slot;
}

/* --- what is not recorded --- */

static int matches_type(const struct slim_rule *rule, const char *type)
{
    char bare[128];

    if (!type) {
        return 0;
    }
    apr_cpystrn(bare, type, sizeof bare);
    bare[strcspn(bare, "; ")] = '\0';
    return apr_fnmatch(rule->pattern, bare, APR_FNM_CASE_BLIND) == APR_SUCCESS;
}

/* first: as the client asked; last: as it was answered. */
static int matches(const struct slim_rule *rule, request_rec *r, request_rec *first,
                   request_rec *last)
{
    const char *text, *error = NULL;

    switch (rule->kind) {
    case SLIM_RULE_ENV:
        return (apr_table_get(r->subprocess_env, rule->pattern) != NULL) != rule->negated;
    case SLIM_RULE_IP:
        return r->useragent_addr && apr_ipsubnet_test(rule->subnet, r->useragent_addr);
    case SLIM_RULE_PATH:
        return first->uri && apr_fnmatch(rule->pattern, first->uri, 0) == APR_SUCCESS;
    case SLIM_RULE_STATUS: return last->status >= rule->low && last->status <= rule->high;
    case SLIM_RULE_TYPE: return matches_type(rule, last->content_type);
    case SLIM_RULE_AGENT:
        text = apr_table_get(first->headers_in, "User-Agent");
        return text && apr_fnmatch(rule->pattern, text, APR_FNM_CASE_BLIND) == APR_SUCCESS;
    case SLIM_RULE_EXPR: return ap_expr_exec(r, rule->expression, &error) > 0;
    }
    return 0;
}

static const enum slim_excluded reasons[] = {
    [SLIM_RULE_ENV] = SLIM_EXCLUDED_ENV,   [SLIM_RULE_IP] = SLIM_EXCLUDED_IP,
    [SLIM_RULE_PATH] = SLIM_EXCLUDED_PATH, [SLIM_RULE_STATUS] = SLIM_EXCLUDED_STATUS,
    [SLIM_RULE_TYPE] = SLIM_EXCLUDED_TYPE, [SLIM_RULE_AGENT] = SLIM_EXCLUDED_AGENT,
    [SLIM_RULE_EXPR] = SLIM_EXCLUDED_EXPR,
};

static int is_excluded(const struct slim_dir *conf, request_rec *r, request_rec *first,
                       request_rec *last, enum slim_excluded *reason)
{
    if (conf->handler_path) {
        *reason = SLIM_EXCLUDED_DASHBOARD;
        return 1;
    }
    for (int i = 0; conf->rules && i < conf->rules->nelts; i++) {
        const struct slim_rule *rule = &APR_ARRAY_IDX(conf->rules, i, struct slim_rule);
        if (matches(rule, r, first, last)) {
            *reason = reasons[rule->kind];
            return 1;
        }
    }
    return 0;
}

/* --- the facts --- */

/* A record while it is written: numbers in the hit, texts at once. */
struct writing {
    struct slim_record_writer writer;
    struct slim_hit hit;
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

static void take_header_of_7(struct writing *w, const char *name, const char *value)
{
    if (IS(name, "referer")) {
        put(w, SLIM_REFERER, value);
    } else if (IS(name, "purpose")) {
        put(w, SLIM_PURPOSE, value);
    } else if (IS(name, "sec-gpc") && value[0] == '1') {
        w->hit.flags |= SLIM_HIT_GPC;
    }
}

static void take_header_of_14(struct writing *w, const char *name, const char *value)
{
    if (IS(name, "sec-fetch-site")) {
        put(w, SLIM_FETCH_SITE, value);
    } else if (IS(name, "sec-fetch-mode")) {
        put(w, SLIM_FETCH_MODE, value);
    } else if (IS(name, "sec-fetch-dest")) {
        put(w, SLIM_FETCH_DEST, value);
    }
}

static void take_header(struct writing *w, const char *name, const char *value)
{
    switch (strlen(name)) {
    case 3:
        if (IS(name, "dnt") && value[0] == '1') {
            w->hit.flags |= SLIM_HIT_DNT;
        }
        break;
    case 5:
        if (IS(name, "x-moz")) {
            put(w, SLIM_PURPOSE, value);
        }
        break;
    case 7: take_header_of_7(w, name, value); break;
    case 9:
        if (IS(name, "sec-ch-ua")) {
            put(w, SLIM_CH_UA, value);
        }
        break;
    case 10:
        if (IS(name, "user-agent")) {
            put(w, SLIM_AGENT, value);
        }
        break;
    case 11:
        if (IS(name, "sec-purpose")) {
            put(w, SLIM_PURPOSE, value);
        }
        break;
    case 14: take_header_of_14(w, name, value); break;
    case 15:
        if (IS(name, "accept-language")) {
            put(w, SLIM_LANGUAGE, value);
        } else if (IS(name, "sec-ch-ua-model")) {
            put(w, SLIM_CH_MODEL, value);
        }
        break;
    case 16:
        if (IS(name, "sec-ch-ua-mobile") && value[0] == '?' && value[1] == '1') {
            w->hit.flags |= SLIM_HIT_MOBILE;
        }
        break;
    case 18:
        if (IS(name, "sec-ch-ua-platform")) {
            put(w, SLIM_CH_PLATFORM, value);
        }
        break;
    case 26:
        if (IS(name, "sec-ch-ua-platform-version")) {
            put(w, SLIM_CH_PLATFORM_VERSION, value);
        }
        break;
    case 27:
        if (IS(name, "sec-ch-ua-full-version-list")) {
            put(w, SLIM_CH_VERSIONS, value);
        }
        break;
    default: break;
    }
}

/* One walk over the headers is cheaper than sixteen look-ups; most are of no interest by their
 * first letter. */
static void take_headers(struct writing *w, const apr_table_t *headers)
{
#define LETTER(c) (1u << ((c)&31))
    const unsigned wanted = LETTER('a') | LETTER('d') | LETTER('p') | LETTER('r') | LETTER('s')
                            | LETTER('u') | LETTER('x');
    const apr_array_header_t *array = apr_table_elts(headers);
    const apr_table_entry_t *entry = (const apr_table_entry_t *)(const void *)array->elts;

    for (int i = 0; i < array->nelts; i++, entry++) {
        if (wanted & LETTER(entry->key[0])) {
            take_header(w, entry->key, entry->val);
        }
    }
}

static void take_address(struct slim_hit *hit, const apr_sockaddr_t *address)
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    hit->address_length = 0;
    memset(hit->address, 0, sizeof hit->address);
    if (!address || !address->ipaddr_ptr) {
        return;
    }
    const unsigned char *bytes = address->ipaddr_ptr;
    size_t length = address->family == APR_INET ? 4 : address->ipaddr_len == 16 ? 16 : 0;
    if (length == 16 && memcmp(bytes, mapped, sizeof mapped) == 0) {
        bytes += sizeof mapped;
        length = 4;
    }
    memcpy(hit->address, bytes, length);
    hit->address_length = (uint8_t)length;
}

/* Whether a partial answer holds the beginning, so that the ranges of one download count once. */
static int begins_at_zero(const request_rec *first, const request_rec *last)
{
    const char *range = apr_table_get(last->headers_out, "Content-Range");

    if (range) {
        return strncmp(range, "bytes 0-", 8) == 0;
    }
    range = apr_table_get(first->headers_in, "Range");
    return range && strncmp(range, "bytes=0-", 8) == 0;
}

/* What the access log's %O says; this hook runs before mod_logio begins anew. */
static uint64_t bytes_of(const request_rec *r, const request_rec *last)
{
    const char *counts =
        child.logio ? ap_get_module_config(r->connection->conn_config, child.logio) : NULL;
    apr_off_t bytes = last->bytes_sent;

    if (counts) {
        memcpy(&bytes, counts + child.bytes_out_offset, sizeof bytes);
    }
    return bytes > 0 ? (uint64_t)bytes : 0;
}

static void put_site(struct writing *w, const request_rec *r)
{
    const struct slim_server *conf = slim_server_config(r->server);

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
    return flags;
}

static size_t write_record(char *record, const request_rec *r, const request_rec *first,
                           const request_rec *last, apr_time_t now)
{
    struct writing w;
    struct slim_hit *hit = &w.hit;

    slim_record_begin(&w.writer, record);
    hit->time_us = first->request_time > 0 ? first->request_time : now;
    hit->duration_us = now > hit->time_us ? (uint64_t)(now - hit->time_us) : 0;
    hit->bytes = bytes_of(r, last);
    hit->flags = flags_of(r, first, last);
    hit->status = (uint16_t)last->status;
    hit->protocol = (uint16_t)(first->proto_num < 0 ? 0 : first->proto_num);
    take_address(hit, r->useragent_addr);
    put_site(&w, first);
    put(&w, SLIM_METHOD, first->method);
    put(&w, SLIM_URI, first->unparsed_uri);
    put(&w, SLIM_TYPE, last->content_type);
    take_headers(&w, first->headers_in);
    return slim_record_end(&w.writer, hit);
}

int slim_capture(request_rec *r)
{
    request_rec *first = r, *last = r;
    char record[SLIM_RECORD_MAX];
    enum slim_excluded reason;

    while (first->prev) {
        first = first->prev;
    }
    while (last->next) {
        last = last->next;
    }
    const struct slim_dir *conf = slim_dir_config(first);
    if (!child.has_ring || !conf || conf->capture != 1) {
        return DECLINED;
    }
    apr_time_t now = apr_time_now();
    if (!child.has_slot && !claim_late(now)) {
        slim_ring_count_no_slot(&child.ring);
    } else if (is_excluded(conf, r, first, last, &reason)) {
        slim_ring_count_excluded(&child.producer, reason);
    } else {
        slim_ring_push(&child.producer, record, write_record(record, r, first, last, now), now);
    }
    return OK;
}
