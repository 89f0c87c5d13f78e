/* The formats that have a name, and which of them a log is in, told from its first lines. */
#include <string.h>

#include "log_format.h"
#include "log_source.h"

static const struct {
    const char *name, *format;
} named[] = {
    {"vhost_combined", "%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\""},
    {"combined", "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\""},
    {"common", "%h %l %u %t \"%r\" %>s %b"},
    {"site_combined", "%v %h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\""},
    {"site_common", "%v %h %l %u %t \"%r\" %>s %b"},
};

#define NAMED (sizeof named / sizeof named[0])
const char *slim_log_format_named(const char *name)
{
    for (size_t i = 0; i < NAMED; i++) {
        if (strcmp(name, named[i].name) == 0) {
            return named[i].format;
        }
    }
    return NULL;
}

/* A line of a log's first bytes; 0: it cannot be read. */
static int read_one(struct slim_log_format *format, struct slim_text line, char *scratch,
                    struct slim_log_sample *sample)
{
    struct slim_log_error error;
    struct slim_log_said said;
    struct slim_hit hit;

    line.length -= line.length > 0 && line.at[line.length - 1] == '\r';
    if (line.length > SLIM_LOG_LINE_MAX
        || !slim_log_format_parse(format, line.at, line.length, scratch, &hit, &said, &error)) {
        return 0;
    }
    sample->read++;
    sample->clientless += hit.address_length == 0 && said.client.length == 0;
    return hit.address_length > 0;
}

/* Counts lines; how many of them have an address. */
static unsigned read_lines(struct slim_log_format *format, const char *bytes, size_t length,
                           struct slim_log_sample *sample, apr_pool_t *pool)
{
    char *scratch = apr_palloc(pool, 3 * length + 1);
    const char *at = bytes + slim_log_mark_length(bytes, length), *end = bytes + length;
    unsigned addresses = 0;

    *sample = (struct slim_log_sample){0};
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        newline = newline ? newline : end;
        addresses += (unsigned)read_one(format, (struct slim_text){at, (size_t)(newline - at)},
                                        scratch, sample);
        at = newline + 1;
    }
    return addresses;
}

struct slim_log_sample slim_log_format_sample(struct slim_log_format *format, const char *bytes,
                                              size_t length, apr_pool_t *pool)
{
    struct slim_log_sample sample;

    (void)read_lines(format, bytes, length, &sample, pool);
    return sample;
}

/* A format in whose lines addresses stand where clients should is more likely than one that takes
 * something else for their names. */
const char *slim_log_format_detect(const char *bytes, size_t length, apr_pool_t *pool)
{
    const char *best = NULL;
    unsigned most = 0;

    for (size_t i = 0; i < NAMED; i++) {
        struct slim_log_error error;
        struct slim_log_sample sample;
        struct slim_log_format *format = slim_log_format_compile(named[i].name, &error, pool);
        unsigned addresses = read_lines(format, bytes, length, &sample, pool);
        unsigned points = 2 * sample.read + addresses;
        if (points > most) {
            most = points;
            best = named[i].name;
        }
    }
    return best;
}
