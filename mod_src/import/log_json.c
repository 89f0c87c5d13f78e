/* A line that is a JSON object: what its members are is known by their names, in any case, of
 * whatever server. A member of an object is named a.b; of a list the first counts. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "core/ascii.h"
#include "core/record.h"
#include "core/text.h"
#include "log_fact.h"
#include "log_fields.h"
#include "log_value.h"

#define DEPTH_MAX 6
#define NAME_MAX_BYTES 128

enum json_unit { UNIT_SECONDS, UNIT_MILLISECONDS, UNIT_NANOSECONDS };

enum json_item {
    JSON_TIME,
    JSON_CLIENT,
    JSON_SITE,
    JSON_METHOD,
    JSON_URI,
    JSON_QUERY,
    JSON_REQUEST,
    JSON_PROTOCOL,
    JSON_SCHEME,
    JSON_STATUS,
    JSON_BYTES,
    JSON_TAKEN,
    JSON_TEXT,
    JSON_FACT
};

/* Further up wins where a line has several of an item. */
static const struct {
    const char *name;
    enum json_item item;
    int detail; /* the client's field, the text's field, the unit of a time taken, or whose header a
                   fact is, 'i' or 'o': its name is behind the last dot */
} known[] = {
    {"ts", JSON_TIME, 0},
    {"time", JSON_TIME, 0},
    {"@timestamp", JSON_TIME, 0},
    {"timestamp", JSON_TIME, 0},
    {"time_iso8601", JSON_TIME, 0},
    {"startutc", JSON_TIME, 0},
    {"msec", JSON_TIME, 0},
    {"time_local", JSON_TIME, 0},
    {"request.headers.cf-connecting-ip", JSON_CLIENT, SLIM_CLIENT_CF_CONNECTING_IP},
    {"http_cf_connecting_ip", JSON_CLIENT, SLIM_CLIENT_CF_CONNECTING_IP},
    {"http_x_real_ip", JSON_CLIENT, SLIM_CLIENT_X_REAL_IP},
    {"request.headers.x-real-ip", JSON_CLIENT, SLIM_CLIENT_X_REAL_IP},
    {"http_x_forwarded_for", JSON_CLIENT, SLIM_CLIENT_X_FORWARDED_FOR},
    {"x_forwarded_for", JSON_CLIENT, SLIM_CLIENT_X_FORWARDED_FOR},
    {"x-forwarded-for", JSON_CLIENT, SLIM_CLIENT_X_FORWARDED_FOR},
    {"request.client_ip", JSON_CLIENT, SLIM_CLIENT_ADDRESS},
    {"client_ip", JSON_CLIENT, SLIM_CLIENT_ADDRESS},
    {"clientip", JSON_CLIENT, SLIM_CLIENT_ADDRESS},
    {"request.remote_ip", JSON_CLIENT, SLIM_CLIENT_HOST},
    {"request.remote_addr", JSON_CLIENT, SLIM_CLIENT_HOST},
    {"remote_addr", JSON_CLIENT, SLIM_CLIENT_HOST},
    {"remote_ip", JSON_CLIENT, SLIM_CLIENT_HOST},
    {"clienthost", JSON_CLIENT, SLIM_CLIENT_HOST},
    {"remote_host", JSON_CLIENT, SLIM_CLIENT_HOST},
    {"ip", JSON_CLIENT, SLIM_CLIENT_HOST},
    {"request.host", JSON_SITE, 0},
    {"http_host", JSON_SITE, 0},
    {"requesthost", JSON_SITE, 0},
    {"vhost", JSON_SITE, 0},
    {"host", JSON_SITE, 0},
    {"server_name", JSON_SITE, 0},
    {"request.method", JSON_METHOD, 0},
    {"request_method", JSON_METHOD, 0},
    {"requestmethod", JSON_METHOD, 0},
    {"method", JSON_METHOD, 0},
    {"request.uri", JSON_URI, 0},
    {"request_uri", JSON_URI, 0},
    {"requestpath", JSON_URI, 0},
    {"uri", JSON_URI, 0},
    {"url", JSON_URI, 0},
    {"path", JSON_URI, 0},
    {"query_string", JSON_QUERY, 0},
    {"args", JSON_QUERY, 0},
    {"query", JSON_QUERY, 0},
    {"request", JSON_REQUEST, 0},
    {"request.proto", JSON_PROTOCOL, 0},
    {"server_protocol", JSON_PROTOCOL, 0},
    {"requestprotocol", JSON_PROTOCOL, 0},
    {"protocol", JSON_PROTOCOL, 0},
    {"request_scheme", JSON_SCHEME, 0},
    {"requestscheme", JSON_SCHEME, 0},
    {"scheme", JSON_SCHEME, 0},
    {"status", JSON_STATUS, 0},
    {"status_code", JSON_STATUS, 0},
    {"downstreamstatus", JSON_STATUS, 0},
    {"response", JSON_STATUS, 0},
    {"size", JSON_BYTES, 0},
    {"body_bytes_sent", JSON_BYTES, 0},
    {"bytes_sent", JSON_BYTES, 0},
    {"downstreamcontentsize", JSON_BYTES, 0},
    {"bytes", JSON_BYTES, 0},
    {"duration_ms", JSON_TAKEN, UNIT_MILLISECONDS},
    {"request_time", JSON_TAKEN, UNIT_SECONDS},
    {"duration", JSON_TAKEN, UNIT_SECONDS}, /* Traefik's is in nanoseconds, and a whole number */
    {"request.headers.user-agent", JSON_TEXT, SLIM_AGENT},
    {"http_user_agent", JSON_TEXT, SLIM_AGENT},
    {"request_user-agent", JSON_TEXT, SLIM_AGENT},
    {"user_agent", JSON_TEXT, SLIM_AGENT},
    {"user-agent", JSON_TEXT, SLIM_AGENT},
    {"useragent", JSON_TEXT, SLIM_AGENT},
    {"agent", JSON_TEXT, SLIM_AGENT},
    {"request.headers.referer", JSON_TEXT, SLIM_REFERER},
    {"http_referer", JSON_TEXT, SLIM_REFERER},
    {"http_referrer", JSON_TEXT, SLIM_REFERER},
    {"request_referer", JSON_TEXT, SLIM_REFERER},
    {"referer", JSON_TEXT, SLIM_REFERER},
    {"referrer", JSON_TEXT, SLIM_REFERER},
    {"request.headers.accept-language", JSON_TEXT, SLIM_LANGUAGE},
    {"http_accept_language", JSON_TEXT, SLIM_LANGUAGE},
    {"resp_headers.content-type", JSON_TEXT, SLIM_TYPE},
    {"sent_http_content_type", JSON_TEXT, SLIM_TYPE},
    {"request.headers.sec-fetch-site", JSON_FACT, 'i'},
    {"request.headers.sec-fetch-mode", JSON_FACT, 'i'},
    {"request.headers.sec-fetch-dest", JSON_FACT, 'i'},
    {"request.headers.sec-purpose", JSON_FACT, 'i'},
    {"request.headers.purpose", JSON_FACT, 'i'},
    {"request.headers.accept", JSON_FACT, 'i'},
    {"request.headers.x-requested-with", JSON_FACT, 'i'},
    {"resp_headers.content-disposition", JSON_FACT, 'o'},
    {"ssl_protocol", JSON_TEXT, SLIM_TLS_VERSION},
};

#define KNOWN (sizeof known / sizeof known[0])

struct reading {
    struct slim_log_format *format;
    const json_t *value[KNOWN];
    char *scratch;
    struct slim_hit *hit;
    struct slim_log_said *said;
};

/* --- gathering the members --- */

/* Whether the member is one of those known. */
static int note(struct reading *r, const char *name, const json_t *value)
{
    int is_known = 0;

    for (size_t i = 0; i < KNOWN; i++) {
        if (strcmp(name, known[i].name) == 0) {
            r->value[i] = value;
            is_known = 1;
        }
    }
    return is_known;
}

static void gather(struct reading *r, const json_t *object, const char *before, int depth)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        char name[NAME_MAX_BYTES];
        if (json_is_array(value)) {
            value = json_array_get(value, 0);
        }
        if (snprintf(name, sizeof name, "%s%s%s", before, *before ? "." : "", key)
            >= (int)sizeof name) {
            continue;
        }
        slim_lower_all(name, strlen(name), name);
        if (json_is_object(value) && depth < DEPTH_MAX) {
            gather(r, value, name, depth + 1);
        }
        if (!json_is_object(value) && !note(r, name, value)) {
            slim_log_format_tell(r->format, slim_text_of(name), LOG_SKIP);
        }
    }
}

/* --- values --- */

static struct slim_text keep(struct reading *r, struct slim_text text)
{
    char *out = r->scratch;

    if (text.length > 0) {
        memcpy(out, text.at, text.length);
    }
    r->scratch += text.length;
    return (struct slim_text){out, text.length};
}

static struct slim_text text_of(const json_t *value)
{
    return json_is_string(value)
               ? (struct slim_text){json_string_value(value), json_string_length(value)}
               : (struct slim_text){NULL, 0};
}

static void put(struct reading *r, enum slim_field field, struct slim_text text)
{
    if (r->hit->field[field].length > 0 || text.length == 0 || slim_text_is(text, "-")) {
        return;
    }
    if (text.length > slim_field_ceiling[field]) {
        text.length = slim_field_ceiling[field];
        r->hit->flags |= SLIM_HIT_TRUNCATED;
    }
    r->hit->field[field] = keep(r, text);
}

/* A number, or a text that is one; -1: neither. */
static double number_of(const json_t *value)
{
    char text[32];
    struct slim_text string = text_of(value);

    if (json_is_number(value)) {
        return json_number_value(value);
    }
    if (string.length == 0 || string.length >= sizeof text) {
        return -1;
    }
    memcpy(text, string.at, string.length);
    text[string.length] = '\0';
    char *end;
    double number = strtod(text, &end);
    return *end == '\0' && isfinite(number) ? number : -1;
}

static void take_time(struct reading *r, const json_t *value)
{
    double number = number_of(value);
    struct slim_text text = text_of(value);
    int64_t seconds;

    if (r->hit->time_us > 0) {
        return;
    }
    if (number > 0 && number < 1e18) { /* seconds, or smaller units by their size */
        double us = number < 1e11 ? number * 1e6 : number < 1e14 ? number * 1e3 : number;
        us = number >= 1e17 ? number / 1e3 : us;
        r->hit->time_us = us < (double)SLIM_TIME_MAX ? (int64_t)us : 0;
    } else if (text.length == SLIM_LOG_CLF_LENGTH
               && slim_log_time_clf(&r->format->clock, text.at, &seconds)) {
        r->hit->time_us = seconds * 1000000;
    } else {
        (void)slim_log_time_iso(text, &r->hit->time_us);
    }
}

static void take_client(struct reading *r, enum slim_log_client field, struct slim_text text)
{
    struct slim_text first = slim_log_client_first(field, text);

    if (r->hit->address_length > 0 || first.length == 0
        || slim_log_value_address(first, r->hit->address, &r->hit->address_length)
        || field != SLIM_CLIENT_HOST || !slim_log_client_is_name(first)) {
        return;
    }
    r->said->client = keep(r, first);
}

static void take_site(struct reading *r, struct slim_text text)
{
    const char *colon = text.length ? memrchr(text.at, ':', text.length) : NULL;
    uint64_t port;

    if (colon
        && slim_log_value_number((struct slim_text){colon + 1,
                                                    (size_t)(text.at + text.length - colon) - 1},
                                 &port)) {
        text.length = (size_t)(colon - text.at);
    }
    if (r->hit->field[SLIM_SITE].length == 0 && text.length > 0) {
        char *site = r->scratch;
        put(r, SLIM_SITE, text);
        slim_lower_all(site, r->hit->field[SLIM_SITE].length, site);
    }
}

static void take_query(struct reading *r, struct slim_text query)
{
    struct slim_text uri = r->hit->field[SLIM_URI];

    if (uri.length > 0 && query.length > 0 && !slim_text_is(query, "-")
        && !memchr(uri.at, '?', uri.length)
        && uri.length + query.length + 1 <= slim_field_ceiling[SLIM_URI]) {
        char *whole = r->scratch;
        keep(r, uri);
        if (query.at[0] != '?') {
            keep(r, (struct slim_text){"?", 1});
        }
        keep(r, query);
        r->hit->field[SLIM_URI] = (struct slim_text){whole, (size_t)(r->scratch - whole)};
    }
}

/* "GET /a HTTP/1.1" */
static void take_request(struct reading *r, struct slim_text text)
{
    const char *space = text.length ? memchr(text.at, ' ', text.length) : NULL;
    const char *last = text.length ? memrchr(text.at, ' ', text.length) : NULL;

    if (!space || last == space) {
        return;
    }
    put(r, SLIM_METHOD, (struct slim_text){text.at, (size_t)(space - text.at)});
    put(r, SLIM_URI, (struct slim_text){space + 1, (size_t)(last - space) - 1});
    if (!r->hit->protocol) {
        r->hit->protocol = slim_log_value_protocol(
            (struct slim_text){last + 1, (size_t)(text.at + text.length - last) - 1});
    }
}

static void take_taken(struct reading *r, enum json_unit unit, const json_t *value)
{
    static const double us[] = {
        [UNIT_SECONDS] = 1e6, [UNIT_MILLISECONDS] = 1e3, [UNIT_NANOSECONDS] = 1e-3};
    double number = number_of(value);

    if (unit == UNIT_SECONDS && json_is_integer(value) && number >= 1e4) {
        unit = UNIT_NANOSECONDS;
    }
    if (r->hit->duration_us == 0 && number >= 0 && number * us[unit] < 1e15) {
        r->hit->duration_us = number * us[unit] >= 1 ? (uint64_t)(number * us[unit]) : 1;
    }
}

static void take(struct reading *r, enum json_item item, int detail, const json_t *value)
{
    double number = number_of(value);
    struct slim_text text = text_of(value);

    switch (item) {
    case JSON_TIME: take_time(r, value); break;
    case JSON_CLIENT: take_client(r, (enum slim_log_client)detail, text); break;
    case JSON_SITE: take_site(r, text); break;
    case JSON_METHOD: put(r, SLIM_METHOD, text); break;
    case JSON_URI: put(r, SLIM_URI, text); break;
    case JSON_QUERY: take_query(r, text); break;
    case JSON_REQUEST: take_request(r, text); break;
    case JSON_PROTOCOL:
        r->hit->protocol = r->hit->protocol ? r->hit->protocol : slim_log_value_protocol(text);
        break;
    case JSON_SCHEME: r->hit->flags |= slim_text_is(text, "https") ? SLIM_HIT_TLS : 0u; break;
    case JSON_FACT: slim_log_fact_take(detail, text, r->hit); break;
    case JSON_STATUS:
        if (r->hit->status == 0 && number >= 0 && number <= 999) {
            r->hit->status = (uint16_t)number;
        }
        break;
    case JSON_BYTES:
        if (r->hit->bytes == 0 && number > 0 && number < 1e18) {
            r->hit->bytes = (uint64_t)number;
        }
        break;
    case JSON_TAKEN: take_taken(r, (enum json_unit)detail, value); break;
    case JSON_TEXT: put(r, (enum slim_field)detail, text); break;
    }
}

/* --- a line --- */

static const char *missing(const struct slim_hit *hit)
{
    return hit->time_us <= 0 ? "no time in the object"
           : hit->field[SLIM_METHOD].length == 0 && hit->field[SLIM_URI].length == 0
                   && hit->status == 0
               ? "no request in the object"
               : NULL;
}

static int refuse(struct slim_log_error *error, const char *reason, size_t column)
{
    error->reason = reason;
    error->column = column > 0 ? column : 1;
    return 0;
}

static int detail_of(size_t i)
{
    return known[i].item == JSON_FACT
               ? slim_log_fact_of(slim_text_of(strrchr(known[i].name, '.') + 1),
                                  (char)known[i].detail)
               : known[i].detail;
}

int slim_log_json_parse(struct slim_log_format *format, struct slim_text line, char *scratch,
                        struct slim_hit *hit, struct slim_log_said *said,
                        struct slim_log_error *error)
{
    struct reading r = {.format = format, .scratch = scratch, .hit = hit, .said = said};
    json_error_t wrong;
    json_t *object = json_loadb(line.at, line.length, 0, &wrong);

    if (!object) {
        int column =
            wrong.position > 0 && (size_t)wrong.position <= line.length ? wrong.position : 1;
        return refuse(error, "no JSON object", (size_t)column);
    }
    if (json_is_object(object)) {
        gather(&r, object, "", 0);
    }
    for (size_t i = 0; i < KNOWN; i++) {
        if (r.value[i]) {
            slim_log_format_tell(format, slim_text_of(known[i].name), LOG_FIELD);
            take(&r, known[i].item, detail_of(i), r.value[i]);
        }
    }
    json_decref(object);
    format->tells -= format->tells > 0;
    slim_log_fact_end(hit);
    const char *reason = missing(hit);
    return reason ? refuse(error, reason, 1) : 1;
}
