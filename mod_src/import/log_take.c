/* The values of a line, each into its place in the hit. No allocation, no I/O. */
#include "log_fact.h"
#include "log_reading.h"

#include <string.h>

#include "core/ascii.h"
#include "core/record.h"
#include "core/text.h"
#include "core/url.h"
#include "log_value.h"

/* --- values --- */

static int is_absent(struct slim_text value)
{
    return value.length == 0 || (value.length == 1 && value.at[0] == '-');
}

static struct slim_text decode(struct reading *r, struct slim_text value)
{
    if (value.length == 0 || !memchr(value.at, '\\', value.length)) {
        return value;
    }
    char *out = r->scratch + slim_log_value_unescape(value, r->scratch);
    struct slim_text decoded = {r->scratch, (size_t)(out - r->scratch)};
    r->scratch = out;
    return decoded;
}

static void keep(struct reading *r, enum slim_field field, struct slim_text value)
{
    if (value.length > slim_field_ceiling[field]) {
        value.length = slim_field_ceiling[field];
        r->hit->flags |= SLIM_HIT_TRUNCATED;
    }
    r->hit->field[field] = value;
}

/* --- the request --- */

/* "GET /a HTTP/1.1": the protocol is behind the last space, if it is one at all. */
static void take_request(struct reading *r, struct slim_text value)
{
    struct slim_text request = decode(r, value);

    if (is_absent(value)) {
        return;
    }
    const char *space = memchr(request.at, ' ', request.length);
    if (!space) {
        keep(r, SLIM_METHOD, request);
        return;
    }
    struct slim_text method = {request.at, (size_t)(space - request.at)};
    struct slim_text target = {space + 1, request.length - method.length - 1};
    const char *last = target.length ? memrchr(target.at, ' ', target.length) : NULL;
    r->hit->protocol = 9;
    if (last) {
        struct slim_text word = {last + 1, (size_t)(target.at + target.length - last) - 1};
        uint16_t protocol = slim_log_value_protocol(word);
        if (protocol) {
            r->hit->protocol = protocol;
            target.length = (size_t)(last - target.at);
        }
    }
    keep(r, SLIM_METHOD, method);
    keep(r, SLIM_URI, target);
}

/* %U and %q apart from each other are put together. */
static void take_uri(struct reading *r, struct slim_text value)
{
    struct slim_text before = r->hit->field[SLIM_URI], more = decode(r, value);

    if (is_absent(value) || r->uris++ > 1) {
        return;
    }
    if (before.length > 0) {
        char *out = r->scratch;
        memcpy(out, before.at, before.length);
        memcpy(out + before.length, more.at, more.length);
        more = (struct slim_text){out, before.length + more.length};
        r->scratch += more.length;
    }
    keep(r, SLIM_URI, more);
}

/* What W3C's format writes apart, and without the mark. */
static void take_query(struct reading *r, struct slim_text value)
{
    struct slim_text before = r->hit->field[SLIM_URI];
    char *out = r->scratch;

    if (is_absent(value) || before.length == 0) {
        return;
    }
    memcpy(out, before.at, before.length);
    out[before.length] = '?';
    memcpy(out + before.length + 1, value.at, value.length);
    r->scratch += before.length + 1 + value.length;
    keep(r, SLIM_URI, (struct slim_text){out, (size_t)(r->scratch - out)});
}

/* IIS writes + for a space, CloudFront %20. */
static struct slim_text unpack(struct reading *r, struct slim_text value)
{
    int by_percent = r->format->separator[0] == '\t';
    char *out = r->scratch;
    size_t length = value.length;

    if (by_percent) {
        length = slim_url_decode(value, out, value.length);
    } else {
        for (size_t i = 0; i < length; i++) {
            out[i] = value.at[i] == '+' ? ' ' : value.at[i];
        }
    }
    r->scratch += length;
    return (struct slim_text){out, length};
}

/* --- the site --- */

static struct slim_text lower(struct reading *r, struct slim_text text)
{
    char *out = r->scratch;

    slim_lower_all(text.at, text.length, out);
    r->scratch += text.length;
    return (struct slim_text){out, text.length};
}

/* The name as httpd has it: in lower case, without port. */
static void take_host_header(struct reading *r, struct slim_text value)
{
    struct slim_text host = decode(r, value);
    const char *colon = host.length ? memrchr(host.at, ':', host.length) : NULL;
    uint64_t port;

    if (r->has_site || is_absent(value)) {
        return;
    }
    if (colon
        && slim_log_value_number((struct slim_text){colon + 1,
                                                    (size_t)(host.at + host.length - colon) - 1},
                                 &port)) {
        host.length = (size_t)(colon - host.at);
    }
    keep(r, SLIM_SITE, lower(r, host));
}

void slim_log_take_site_of_target(struct reading *r)
{
    struct slim_url url;

    if (r->hit->field[SLIM_SITE].length == 0 && slim_url_split(r->hit->field[SLIM_URI], &url)) {
        keep(r, SLIM_SITE, lower(r, url.host));
    }
}

static void take_site(struct reading *r, struct slim_text value)
{
    if (!is_absent(value)) {
        keep(r, SLIM_SITE, lower(r, decode(r, value)));
        r->has_site = 1;
    }
}

/* --- one step --- */

static const char *take_status(struct reading *r, struct slim_text value)
{
    uint64_t status = 0;

    if (!is_absent(value) && (!slim_log_value_number(value, &status) || status > 999)) {
        return "no status";
    }
    r->hit->status = (uint16_t)status;
    return NULL;
}

static const char *take_bytes(struct reading *r, struct slim_text value, int all)
{
    uint64_t bytes = 0;

    if (!is_absent(value) && !slim_log_value_number(value, &bytes)) {
        return "no number of bytes";
    }
    if (all || !r->has_all_bytes) {
        r->hit->bytes = bytes;
    }
    r->has_all_bytes |= all;
    return NULL;
}

/* With a point it is seconds, whatever the unit. */
static const char *take_duration(struct reading *r, struct slim_text value, uint64_t unit_us)
{
    uint64_t us = 0;

    if (is_absent(value) || value.at[0] == '-') {
        return NULL;
    }
    if (!slim_log_value_duration(value, unit_us, &us)) {
        return "no time to serve";
    }
    if (unit_us == 1 || !r->has_microseconds) {
        r->hit->duration_us = us ? us : 1; /* 0 says that it is not known */
    }
    r->has_microseconds |= unit_us == 1;
    return NULL;
}

static const char *take_port(struct reading *r, struct slim_text value)
{
    uint64_t port;

    if (!slim_log_value_number(value, &port) || port > 65535) {
        return "no port";
    }
    r->hit->flags |= port == 443 ? SLIM_HIT_TLS : 0u;
    return NULL;
}

/* NAME:PORT is what vhost_combined begins with: no name of a client has a colon but nginx' "unix:",
 * and an address of IPv6 has two at least. */
static int is_site_and_port(struct slim_text value)
{
    const char *colon = memchr(value.at, ':', value.length);

    size_t behind = colon ? (size_t)(value.at + value.length - colon) - 1 : 0;

    return behind > 0 && !memchr(colon + 1, ':', behind);
}

/* A list ends where no comma goes before the space. */
static int is_one_client(struct slim_text value)
{
    const char *at = value.at, *end = value.at + value.length;

    while ((at = memchr(at, ' ', (size_t)(end - at))) != NULL) {
        if (at == value.at || at[-1] != ',') {
            return 0;
        }
        at++;
    }
    return value.length > 0 && !is_site_and_port(value);
}

static const char *take_client(struct reading *r, enum slim_log_client field,
                               struct slim_text value)
{
    uint8_t address[16], length;

    if (field <= SLIM_CLIENT_ADDRESS && !is_one_client(value)) {
        return "no address";
    }
    struct slim_text first = slim_log_client_first(field, decode(r, value));
    if (first.length == 0 || field < r->client) {
        return NULL;
    }
    if (slim_log_value_address(first, address, &length)) {
        memcpy(r->hit->address, address, sizeof address);
        r->hit->address_length = length;
        r->said->client.length = 0;
    } else if (field == SLIM_CLIENT_HOST && slim_log_client_is_name(first)) {
        r->said->client = lower(r, first);
    } else {
        return field == SLIM_CLIENT_ADDRESS ? "no address" : NULL;
    }
    r->client = field;
    return NULL;
}

/* A user "- -" is two fields: the line has one more before it than the format, or the head of a
 * syslog or a container. */
static const char *take_user(struct slim_text value)
{
    int has_more = value.length > 1 && value.at[0] == '-' && value.at[1] == ' ';
    int has_head =
        value.length > 1 && value.at[value.length - 2] == ' ' && value.at[value.length - 1] == '-';

    return has_more || has_head ? "too many words" : NULL;
}

static const char *take_word(struct slim_text value, int may_be_empty)
{
    return value.length == 0                     ? may_be_empty ? NULL : "a word is missing"
           : memchr(value.at, ' ', value.length) ? "too many words"
                                                 : NULL;
}

/* No list of clients, and no time. */
static const char *take_site_word(struct reading *r, struct slim_text value)
{
    uint8_t address[16], length;

    if (!slim_log_client_is_name(value) && !slim_log_value_address(value, address, &length)) {
        return "no site";
    }
    take_site(r, value);
    return NULL;
}

/* Of date and time, apart from each other. */
static const char *take_pieces(struct reading *r, const char *pieces, char between,
                               struct slim_text value)
{
    const char *at = value.at, *end = value.at + value.length;

    for (const char *piece = pieces; *piece; piece++) {
        if (piece != pieces && (at == end || *at++ != between)) {
            return "no time";
        }
        size_t taken = slim_log_time_piece(*piece, at, (size_t)(end - at), &r->moment);
        if (taken == 0) {
            return "no time";
        }
        at += taken;
    }
    r->has_moment = 1;
    return at == end || *at == '.' ? NULL : "no time";
}

/* What W3C's format has beside the others. */
static const char *take_extended(struct reading *r, const struct slim_log_step *step,
                                 struct slim_text value)
{
    switch (step->item) {
    case LOG_DATE: return take_pieces(r, "Ymd", '-', value);
    case LOG_CLOCK: return take_pieces(r, "HMS", ':', value);
    case LOG_TAKEN: return take_duration(r, value, 1000);
    case LOG_QUERY: take_query(r, value); return NULL;
    case LOG_SITE_PREFERRED: take_site(r, value); return NULL;
    case LOG_SCHEME:
        r->hit->flags |=
            slim_text_is(value, "https") || slim_text_is(value, "wss") ? SLIM_HIT_TLS : 0u;
        return NULL;
    default: return NULL;
    }
}

const char *slim_log_take(struct reading *r, const struct slim_log_step *step,
                          struct slim_text value)
{
    switch (step->item) {
    case LOG_SKIP_WORD: return take_word(value, step->quoted);
    case LOG_CLIENT: return take_client(r, step->client, value);
    case LOG_USER: return take_user(value);
    case LOG_STATUS: return take_status(r, value);
    case LOG_BYTES_BODY: return take_bytes(r, value, 0);
    case LOG_BYTES_ALL: return take_bytes(r, value, 1);
    case LOG_MICROSECONDS: return take_duration(r, value, 1);
    case LOG_MILLISECONDS: return take_duration(r, value, 1000);
    case LOG_SECONDS: return take_duration(r, value, 1000000);
    case LOG_PORT: return take_port(r, value);
    case LOG_SITE: return take_site_word(r, value);
    case LOG_SITE_HEADER: take_host_header(r, value); return NULL;
    case LOG_REQUEST: take_request(r, value); return NULL;
    case LOG_URI: take_uri(r, value); return NULL;
    case LOG_PROTOCOL: r->hit->protocol = slim_log_value_protocol(value); return NULL;
    case LOG_METHOD:
    case LOG_FIELD:
        if (!is_absent(value)) {
            keep(r, step->item == LOG_METHOD ? SLIM_METHOD : step->field,
                 step->is_packed ? unpack(r, value) : decode(r, value));
        }
        return NULL;
    case LOG_FACT:
        if (!is_absent(value)) {
            slim_log_fact_take(step->fact, decode(r, value), r->hit);
        }
        return NULL;
    case LOG_FLAG:
        r->hit->flags |= slim_text_is(value, "1") || slim_text_is(value, "?1") ? step->flag : 0;
        return NULL;
    default: return take_extended(r, step, value);
    }
}
