/* The fields of W3C's extended log format, as steps. Values stand between single spaces or tabs;
 * the log begins anew with each #Fields line. https://www.w3.org/TR/WD-logfile.html */
#include <string.h>

#include "core/text.h"
#include "log_fields.h"

static const struct {
    const char *name;
    struct slim_log_step step;
} known[] = {
    {"date", {.item = LOG_DATE}},
    {"time", {.item = LOG_CLOCK}},
    {"c-ip", {.item = LOG_CLIENT, .client = SLIM_CLIENT_ADDRESS}},
    {"x-forwarded-for", {.item = LOG_CLIENT, .client = SLIM_CLIENT_X_FORWARDED_FOR}},
    {"cs(x-forwarded-for)", {.item = LOG_CLIENT, .client = SLIM_CLIENT_X_FORWARDED_FOR}},
    {"cs-method", {.item = LOG_METHOD}},
    {"cs-uri-stem", {.item = LOG_URI}},
    {"cs-uri", {.item = LOG_URI}},
    {"cs-uri-query", {.item = LOG_QUERY}},
    {"cs-version", {.item = LOG_PROTOCOL}},
    {"cs-protocol-version", {.item = LOG_PROTOCOL}},
    {"cs-protocol", {.item = LOG_SCHEME}},
    {"s-port", {.item = LOG_PORT}},
    {"sc-status", {.item = LOG_STATUS}},
    {"sc-bytes", {.item = LOG_BYTES_ALL}},
    {"time-taken", {.item = LOG_TAKEN}},
    {"cs-host", {.item = LOG_SITE_HEADER}},
    {"cs(host)", {.item = LOG_SITE_HEADER}},
    {"x-host-header", {.item = LOG_SITE_PREFERRED}},
    {"cs(user-agent)", {.item = LOG_FIELD, .field = SLIM_AGENT, .is_packed = 1}},
    {"cs(referer)", {.item = LOG_FIELD, .field = SLIM_REFERER}},
    {"cs(referrer)", {.item = LOG_FIELD, .field = SLIM_REFERER}},
    {"cs(accept-language)", {.item = LOG_FIELD, .field = SLIM_LANGUAGE}},
    {"sc-content-type", {.item = LOG_FIELD, .field = SLIM_TYPE}},
    {"ssl-protocol", {.item = LOG_FIELD, .field = SLIM_TLS_VERSION}},
};

static struct slim_log_step step_of(struct slim_text name)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (slim_text_is(name, known[i].name)) {
            return known[i].step;
        }
    }
    return (struct slim_log_step){.item = LOG_SKIP};
}

static struct slim_text next_name(struct slim_text *names)
{
    while (names->length > 0 && strchr(" \t", names->at[0])) {
        names->at++;
        names->length--;
    }
    size_t length = 0;
    while (length < names->length && !strchr(" \t", names->at[length])) {
        length++;
    }
    struct slim_text name = {names->at, length};
    names->at += length;
    names->length -= length;
    return name;
}

static void add_step(struct slim_log_format *f, struct slim_text name, struct slim_text separator)
{
    struct slim_log_step step = step_of(name);

    if (f->steps > 0) {
        f->step[f->steps - 1].until = separator;
    }
    step.until = (struct slim_text){"", 0};
    f->has_all_bytes |= step.item == LOG_BYTES_ALL;
    slim_log_format_tell(f, name, step.item);
    f->step[f->steps++] = step;
}

/* CloudFront names its fields between spaces, but writes tabs between the values. */
void slim_log_w3c_note(struct slim_log_format *f, struct slim_text line)
{
    static const char fields[] = "#Fields:";

    if (line.length < sizeof fields - 1 || memcmp(line.at, fields, sizeof fields - 1) != 0) {
        return;
    }
    struct slim_text names = {line.at + sizeof fields - 1, line.length - sizeof fields + 1}, name;
    f->steps = 0;
    f->has_all_bytes = 0;
    f->separator[0] = '\0';
    f->used[0] = f->dropped[0] = '\0';
    while ((name = next_name(&names)).length > 0 && f->steps < SLIM_LOG_STEPS_MAX) {
        add_step(f, name, (struct slim_text){f->separator, 1});
    }
}
