/* Capture: at the end of a request its raw facts go into the ring. No allocation, no system call,
 * no lock that another process could hold; never anything but OK or DECLINED. */
#include <stdatomic.h>
#include <string.h>

#include <apr_fnmatch.h>
#include <apr_optional.h>
#include <apr_strings.h>
#include <ap_mpm.h>
#include <http_core.h>
#include <http_request.h>

#include "capture.h"
#include "config.h"

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

/* Else *flags: SLIM_HIT_OWN, if a rule says so. */
static int is_excluded(const struct slim_dir *conf, request_rec *r, request_rec *first,
                       request_rec *last, enum slim_excluded *reason, uint32_t *flags)
{
    if (conf->handler_path && conf->dashboard == 1) {
        *reason = SLIM_EXCLUDED_DASHBOARD;
        return 1;
    }
    for (int i = 0; conf->rules && i < conf->rules->nelts; i++) {
        const struct slim_rule *rule = &APR_ARRAY_IDX(conf->rules, i, struct slim_rule);
        if (!matches(rule, r, first, last)) {
            continue;
        }
        if (rule->is_own) {
            *flags |= SLIM_HIT_OWN;
        } else {
            *reason = reasons[rule->kind];
            return 1;
        }
    }
    return 0;
}

/* --- the hook --- */

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

/* A request that mod_cache answers by its quick handler never met the configuration of its
 * <Location>: it has that of the server alone. */
static int has_skipped_locations(const request_rec *first)
{
    return first->per_dir_config == first->server->lookup_defaults && first->uri
           && first->uri[0] == '/';
}

/* Meets it now, with the path as httpd would have made it. What others see of the request is to be
 * put back: they log it, too. */
static void meet_locations(request_rec *first)
{
    char *path = apr_pstrdup(first->pool, first->uri);

    first->uri = path;
    if (ap_normalize_path(path, AP_NORMALIZE_MERGE_SLASHES | AP_NORMALIZE_DECODE_UNRESERVED)
        && ap_unescape_url(path) == OK) {
        (void)ap_location_walk(first);
    }
}

static int record(request_rec *r, request_rec *first, request_rec *last)
{
    const struct slim_dir *conf = slim_dir_config(first);
    char record[SLIM_RECORD_MAX];
    enum slim_excluded reason;
    uint32_t flags = 0;

    if (!conf || conf->capture != 1) {
        return DECLINED;
    }
    apr_time_t now = apr_time_now();
    if (!child.has_slot && !claim_late(now)) {
        slim_ring_count_no_slot(&child.ring);
    } else if (is_excluded(conf, r, first, last, &reason, &flags)) {
        slim_ring_count_excluded(&child.producer, reason);
    } else {
        size_t length = slim_capture_write(record, r, first, last, bytes_of(r, last), now);
        if (slim_pages_are_told) {
            length = slim_capture_page(record, length, first, last);
        }
        if (flags) {
            slim_record_add_flags(record, flags);
        }
        slim_ring_push(&child.producer, record, length, now);
    }
    return OK;
}

int slim_capture(request_rec *r)
{
    request_rec *first = r, *last = r;

    if (!child.has_ring) {
        return DECLINED;
    }
    while (first->prev) {
        first = first->prev;
    }
    while (last->next) {
        last = last->next;
    }
    if (!has_skipped_locations(first)) {
        return record(r, first, last);
    }
    ap_conf_vector_t *known = first->per_dir_config;
    char *uri = first->uri;
    meet_locations(first);
    int result = record(r, first, last);
    first->per_dir_config = known;
    first->uri = uri;
    return result;
}
