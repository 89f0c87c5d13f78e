/* Runs a compiled LogFormat over one line. No allocation, no I/O; every byte of a line is looked at
 * a bounded number of times. */
#include <string.h>

#include "core/ascii.h"
#include "core/record.h"
#include "log_fact.h"
#include "core/text.h"
#include "log_program.h"
#include "log_value.h"

struct reading {
    struct slim_log_format *format;
    const char *begin, *at, *end;
    char *scratch;
    struct slim_hit *hit;
    struct slim_log_said *said;
    struct slim_log_moment moment;
    enum slim_log_client client; /* the field that told it */
    int has_moment, has_site, has_all_bytes, has_microseconds;
    int uris; /* parts of the URI that were read */
};

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

static const char *take_duration(struct reading *r, struct slim_text value, uint64_t unit_us)
{
    uint64_t time = 0;

    if (is_absent(value)) {
        return NULL;
    }
    if (!slim_log_value_number(value, &time) || time > INT64_MAX / 1000000) {
        return "no time to serve";
    }
    if (unit_us == 1 || !r->has_microseconds) {
        r->hit->duration_us = time ? time * unit_us : 1; /* 0 says that it is not known */
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

/* NAME:PORT is what vhost_combined begins with: no name of a client has a colon, and an address of
 * IPv6 has two at least. */
static int is_site_and_port(struct slim_text value)
{
    const char *colon = memchr(value.at, ':', value.length);

    return colon && !memchr(colon + 1, ':', (size_t)(value.at + value.length - colon - 1));
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

/* A user "- -" is two fields: the line has one more before it than the format. */
static const char *take_user(struct slim_text value)
{
    return value.length > 1 && value.at[0] == '-' && value.at[1] == ' ' ? "too many words" : NULL;
}

static const char *take_site_word(struct reading *r, struct slim_text value)
{
    if (value.length == 0 || memchr(value.at, ' ', value.length) || is_site_and_port(value)
        || value.at[0] == '[' || value.at[value.length - 1] == ',') {
        return "no site";
    }
    take_site(r, value);
    return NULL;
}

static const char *take(struct reading *r, const struct slim_log_step *step, struct slim_text value)
{
    switch (step->item) {
    case LOG_SKIP_WORD: return memchr(value.at, ' ', value.length) ? "too many words" : NULL;
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
            keep(r, step->item == LOG_METHOD ? SLIM_METHOD : step->field, decode(r, value));
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
    default: return NULL;
    }
}

/* --- finding the end of a value --- */

static int is_escaped(const char *begin, const char *at)
{
    const char *back = at;

    while (back > begin && back[-1] == '\\') {
        back--;
    }
    return (at - back) & 1;
}

/* Whether the line may end behind the last step's text. */
static int ends_well(const struct reading *r, const char *at)
{
    return at == r->end || (r->format->may_go_on && *at == ' ');
}

/* Where the value that begins at r->at ends, NULL: nowhere. A quote that is not followed by what
 * the format wants is part of the value: not everybody who writes such logs escapes them. */
static const char *find_end(const struct reading *r, const struct slim_log_step *step, int is_last)
{
    struct slim_text until = step->until;
    const char *at = r->at;

    if (until.length == 0) {
        const char *space =
            r->format->may_go_on && at < r->end ? memchr(at, ' ', (size_t)(r->end - at)) : NULL;
        return space ? space : r->end;
    }
    while (at < r->end && (at = memchr(at, until.at[0], (size_t)(r->end - at))) != NULL) {
        if ((size_t)(r->end - at) < until.length) {
            return NULL;
        }
        if (memcmp(at, until.at, until.length) == 0 && !(step->quoted && is_escaped(r->at, at))
            && !(step->item == LOG_CLIENT && until.at[0] == ' ' && at > r->at && at[-1] == ',')
            && (!is_last || ends_well(r, at + until.length))) {
            return at;
        }
        at++;
    }
    return NULL;
}

static const char *take_time(struct reading *r)
{
    int64_t seconds;

    if (r->end - r->at < SLIM_LOG_CLF_LENGTH
        || !slim_log_time_clf(&r->format->clock, r->at, &seconds)) {
        return "no time";
    }
    r->hit->time_us = seconds * 1000000;
    r->at += SLIM_LOG_CLF_LENGTH;
    return NULL;
}

static const char *take_piece(struct reading *r, const struct slim_log_step *step)
{
    size_t taken = slim_log_time_piece(step->piece, r->at, (size_t)(r->end - r->at), &r->moment);

    r->at += taken;
    r->has_moment = 1;
    return taken ? NULL : "no time";
}

static const char *pass_text(struct reading *r, struct slim_text text, const char *reason)
{
    if ((size_t)(r->end - r->at) < text.length || memcmp(r->at, text.at, text.length) != 0) {
        return reason;
    }
    r->at += text.length;
    return NULL;
}

static const char *const missing_end[] = {
    [LOG_REQUEST] = "a request that does not end",
    [LOG_FIELD] = "a header that does not end",
};

static const char *run_step(struct reading *r, const struct slim_log_step *step, int is_last)
{
    const char *wrong;

    if (step->item == LOG_TIME || step->item == LOG_PIECE) {
        wrong = step->item == LOG_TIME ? take_time(r) : take_piece(r, step);
        return wrong ? wrong : pass_text(r, step->until, "no end of the time");
    }
    const char *end = find_end(r, step, is_last);
    if (!end) {
        size_t item = step->item;
        wrong = item < sizeof missing_end / sizeof missing_end[0] ? missing_end[item] : NULL;
        return wrong     ? wrong
               : is_last ? "a line that does not end as it should"
                         : "a line that is cut";
    }
    wrong = take(r, step, (struct slim_text){r->at, (size_t)(end - r->at)});
    if (!wrong) {
        r->at = end + step->until.length;
    }
    return wrong;
}

static const char *run(struct reading *r)
{
    const struct slim_log_format *f = r->format;
    const char *wrong = pass_text(r, f->first, "not what the format begins with");

    for (int i = 0; i < f->steps && !wrong; i++) {
        wrong = run_step(r, &f->step[i], i == f->steps - 1);
    }
    if (!wrong && !ends_well(r, r->at)) {
        wrong = "more than the format has";
    }
    if (!wrong && r->has_moment && !slim_log_time_of_moment(&r->moment, &r->hit->time_us)) {
        wrong = "no such day";
    }
    if (!wrong && (r->hit->time_us < 0 || r->hit->time_us > SLIM_TIME_MAX)) {
        wrong = "a time before 1970 or after 9999";
    }
    return wrong;
}

int slim_log_format_parse(struct slim_log_format *format, const char *line, size_t length,
                          char *scratch, struct slim_hit *hit, struct slim_log_said *said,
                          struct slim_log_error *error)
{
    struct reading r = {.format = format,
                        .begin = line,
                        .at = line,
                        .end = line + length,
                        .scratch = scratch,
                        .hit = hit,
                        .said = said,
                        .moment = {.epoch_us = -1}};

    memset(hit, 0, sizeof *hit);
    memset(said, 0, sizeof *said);
    const char *wrong = run(&r);
    slim_log_fact_end(hit);
    if (wrong) {
        error->reason = wrong;
        error->column = (size_t)(r.at - r.begin) + 1;
    }
    return !wrong;
}
